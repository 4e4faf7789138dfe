"""The two electrodes by name, and which of them is a metal."""
NEGATIVE, POSITIVE = PARTS = ("negative electrode", "positive electrode")


def is_metal(cell, part) -> bool:
    """True where an electrode is lithium metal."""
    return cell.text(f"{part}/type") == "lithium metal"


def has_foil(cell) -> bool:
    """True where the negative electrode is lithium metal."""
    return is_metal(cell, NEGATIVE)
