"""Numbers in words."""


def number(x, digits=3) -> str:
    """A number to so many significant digits, at least all those before the point."""
    if x != 0.0 and not 1e-4 <= abs(x) < 1e6:
        return f"{x:.{digits - 1}e}"
    return f"{x:.0f}" if abs(x) >= 10.0 ** (digits - 1) else f"{x:.{digits}g}"


def span(low, high) -> str:
    """Two ends of an interval."""
    return f"{number(low)} – {number(high)}"
