"""The lines on ageing: the reference has the rows, and the benchmark's cell is the one they compare."""

import sys
from pathlib import Path

import pytest

from cellsim.errors import ReportError
from cellsim.studies.validation import LINES, reference
from cellsim.studies.validation.lines.ageing import cases, cycles

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import ageing as benchmark  # noqa: E402


def test_every_case_has_rows_and_belongs_to_a_line():
    """None is forgotten, and capacities are those of a cell that still works."""
    used = {name for _, names in cycles.MECHANISMS.values() for name in names} | {cycles.CLOGGING}
    assert used == set(cases.CASES)
    for name in used:
        assert next(iter(cases.theirs(name).values()))["Q_dis_Ah"] > 1.0, name


def test_lines_have_the_name_of_their_group():
    """`cellsim validate ageing` runs them."""
    assert sum(line.name.startswith("ageing-") for line in LINES) == 16 + 3 + 8 + 2 + 2 + 8 + 3 + 2


def test_missing_rows_are_a_sentence(monkeypatch, tmp_path):
    """An installation without them says so."""
    monkeypatch.setattr(reference, "HOMES", (tmp_path,))
    cases.theirs.cache_clear()
    with pytest.raises(ReportError, match="carries no reference curves"):
        cases.theirs("all_25C")
    cases.theirs.cache_clear()


def test_benchmark_has_the_mechanisms_of_the_validation():
    """The same options, and rows for each model with and without jumps, of use and of uncertain lives."""
    assert benchmark.OPTIONS == cases.FIVE
    names = [name for name, _ in benchmark.works(quick=True)]
    assert len(names) == 10 and sum("jumps" in name for name in names) == 3


def test_benchmark_measures_time_memory_and_what_is_lost():
    """A life of two cycles on the SPM."""
    row = benchmark.ours({"run": "life", "how": {"model": "SPM", "cycles": 2, "jump": False}}, quick=True)
    assert row["s"][0] > 0.0 and row["MB"] > 10.0 and row["simulated"] == 2
    assert 4.5 < row["capacities"][2] < 5.5 and 0.0 < row["LLI"] < 1.0
