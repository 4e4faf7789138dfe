"""Simulated charges that are faster than any publicly known one of their class are flagged, with the reason."""

import io
import math

import pytest
from rich.console import Console

import cellsim
from cellsim.studies.charging.measured_charges import FILE, beyond, known
from cellsim.studies.claim_audit.charging_claim import ChargingVerdict
from cellsim.studies.claim_audit.claim_file import load_charging_claim
from cellsim.studies.claim_audit.report import words
from cellsim.studies.claim_audit.report.tables import charging_table


def test_every_record_names_packaged_cells_and_its_source():
    """A time between minutes and hours, a year, and where it was read; no cell twice."""
    names = [cell for one in set(known().values()) for cell in one.cells]
    assert len(names) == len(set(names)) and set(names) <= set(cellsim.cells()) and FILE.is_file()
    for one in known().values():
        assert 1.0 < one.minutes < 120.0 and any(y in one.date for y in map(str, range(2010, 2027)))
        assert len(one.source) > 20 and len(one.kinetics) > 5


@pytest.mark.parametrize(
    "cell, minutes, window, flagged",
    [
        ("leaf_2010", 7.0, (0.1, 0.8), True),
        ("leaf_2010", 7.0, (0.0, 1.0), True),
        ("leaf_2010", 42.0, (0.1, 0.8), False),
        ("leaf_2010", 3.0, (0.1, 0.5), False),
        ("leaf_2010", math.inf, (0.1, 0.8), False),
        ("leaf_2010", math.nan, (0.1, 0.8), False),
        ("lgm50_chen2020", 1.0, (0.1, 0.8), False),
    ],
)
def test_only_what_is_faster_over_the_whole_window_is_flagged(cell, minutes, window, flagged):
    """A third of it may well be faster; of a class without a record nothing is known."""
    said = beyond(cell, minutes, *window)
    assert bool(said) is flagged
    if flagged:
        assert all(word in said for word in ("leaf_2010: 7 min", "22 min", "second-hand", "kinetics", "evwiki"))


def test_the_flag_stands_beside_the_number():
    """In the table of the terminal and in the words of the page; once for each cell, of its fastest charge."""
    target = "target_nmc811_lpscl_li"
    verdicts = [
        ChargingVerdict(target, "leaf_2010", rule, T, 199.0, minutes, (), 1.0 / 3.0, 328.15)
        for rule, T, minutes in (("safe", 298.15, 7.2), ("safe", 318.15, 6.9), ("rated", 298.15, 42.0))
    ]
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(charging_table(verdicts, load_charging_claim()))
    text = console.export_text()
    assert "7 !" in text and "42 !" not in text and "199 !" not in text
    assert text.count("faster than any published charge") == 1 and "6.9 min" in text
    assert words.minutes("leaf_2010", 6.9) == "7 !" and words.minutes(target, 199.0) == "199"
