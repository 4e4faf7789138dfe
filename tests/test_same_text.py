"""The comparison of documentation with what is computed notices what it should."""

import pytest
from same_text import close, last_digit, same_but_for_last_digits


@pytest.mark.parametrize(
    "text, unit", [("3.14", 0.01), ("7", 1.0), ("-0.50", 0.01), ("1.2e2", 10.0), ("8.34e-05", 1e-7)]
)
def test_unit_of_the_last_digit(text, unit):
    """By hand."""
    assert last_digit(text) == pytest.approx(unit, rel=1e-12)


@pytest.mark.parametrize(
    "one, other, alike",
    [
        ("14.9", "14.8", True),
        ("14.9", "14.7", False),
        ("14.9", "999", False),
        ("8.34e-05", "8.35e-05", True),
        ("1", "-1", False),
        ("0.1", "0.14", True),
    ],
)
def test_numbers_are_alike_within_one_unit(one, other, alike):
    """Of the coarser of both."""
    assert close(one, other) == alike


@pytest.mark.parametrize(
    "other, alike",
    [
        ("rms 14.8 mV of lgm50", True),
        ("rms 15.1 mV of lgm50", False),
        ("rms 14.9 mV of lgm51", False),
        ("rms 14.9 V of lgm50", False),
        ("rms 14.9 mV of lgm50\nmore", False),
    ],
)
def test_texts_are_alike_but_for_last_digits(other, alike):
    """Words, digits in names and the number of lines have to agree."""
    assert (same_but_for_last_digits("rms 14.9 mV of lgm50", other) == []) == alike
