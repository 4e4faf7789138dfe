"""Comparison of texts with numbers in them, such as a page of the documentation with what a command prints."""

import re
from itertools import zip_longest

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")  # a number in a name, such as LGM50, is a word


def last_digit(text) -> float:
    """One unit in the last printed digit of a number: 0.01 for 3.14, 10 for 1.2e2, 1 for 7."""
    mantissa, _, exponent = text.partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def close(one, other, units=1.0, share=0.0) -> bool:
    """Whether printed numbers differ by no more than `units` of the coarser last digit, or a share of the larger."""
    a, b = float(one), float(other)
    return abs(a - b) <= max((units + 1e-6) * max(last_digit(one), last_digit(other)), share * max(abs(a), abs(b)))


def same_but_for_last_digits(one, other, units=1.0, share=0.0) -> list[str]:
    """The lines in which two texts differ by more than `units` in the last digit of a number; none if they are alike.

    Words must be the same, and so must how many numbers there are.  share: by which they may differ instead.
    """
    different = []
    for a, b in zip_longest(one.splitlines(), other.splitlines()):
        if (
            a is None
            or b is None
            or NUMBER.sub("#", a) != NUMBER.sub("#", b)
            or not all(close(x, y, units, share) for x, y in zip(NUMBER.findall(a), NUMBER.findall(b), strict=True))
        ):
            different.append(f"{a!r} against {b!r}")
    return different
