"""`cellsim bench`: every model has its row; how long a run takes is not tested."""

import sys

import pytest

from cellsim import ParameterError, cli
from cellsim.studies import speed


@pytest.fixture(scope="module")
def rows():
    """The quickest benchmark there is."""
    return speed.bench(seconds=0.0)


def test_every_model_is_timed_on_a_discharge(rows):
    """And the first of them on a CC-CV charge too."""
    assert [r.model for r in rows] == ["DFN", "SPMe", "SPM", "DFN"]
    assert rows[0].protocol.startswith("discharge") and rows[-1].protocol.startswith("CC-CV charge")


def test_numbers_are_positive_and_consistent(rows):
    """At least three runs a row; runs a second are the inverse of the time of one."""
    for r in rows:
        assert r.milliseconds > 0.0 and r.times > 2 and r.runs >= 3
        assert r.runs_per_second * r.milliseconds == pytest.approx(1e3, rel=1e-12)


def test_an_unknown_cell_is_refused():
    """As everywhere else."""
    with pytest.raises(ParameterError, match="lgm50"):
        speed.bench("lgm50_chen2021")


def test_the_command_prints_a_row_a_model_and_the_machine(capsys, monkeypatch):
    """`cellsim bench`."""
    monkeypatch.setattr(speed.bench, "__defaults__", ("lgm50_chen2020", 0.0))
    monkeypatch.setattr(sys, "argv", ["cellsim", "bench"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    out = capsys.readouterr().out
    assert not end.value.code and all(word in out for word in ("DFN", "SPMe", "SPM", "CC-CV", "cores"))
