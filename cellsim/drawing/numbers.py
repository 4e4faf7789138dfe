"""Numbers in words."""


def number(x: float, digits: int = 3) -> str:
    """A number with at least `digits` significant digits."""
    if x != 0.0 and not 1e-4 <= abs(x) < 1e6:
        return f"{x:.{digits - 1}e}"
    return f"{x:.0f}" if abs(x) >= 10.0 ** (digits - 1) else f"{x:.{digits}g}"


def span(low: float, high: float) -> str:
    """An interval."""
    return f"{number(low)} – {number(high)}"
