"""Cycles and steps of a result as results, their table, and runs that are joined."""

import pickle

import numpy as np
import pytest

import cellsim
from cellsim.errors import ReportError

CHEN = "lgm50_chen2020"
CYCLE = ("Discharge at 1C for 10 min", "Rest for 5 min", "Charge at C/2 for 5 min")
V, Q = "Voltage [V]", "Discharge capacity [A.h]"


@pytest.fixture(scope="module")
def run():
    return cellsim.simulate(CHEN, cellsim.Protocol([CYCLE] * 2))


def test_cycles_and_steps_are_parts_of_the_run(run):
    """Together they have every row once, in order; their numbers are those of the run."""
    assert [len(cycle.steps) for cycle in run.cycles] == [3, 3]
    for name in (V, "Negative particle surface concentration [mol.m-3]", "Time [h]"):
        np.testing.assert_array_equal(np.concatenate([c[name] for c in run.cycles]), run[name])
        np.testing.assert_array_equal(np.concatenate([s[name] for c in run.cycles for s in c.steps]), run[name])
    second = run.cycles[1]
    assert second.t[0] == run.cycles[0].t[-1] == 1200.0
    step = second.steps[1]
    assert step.t[0] == step.t_start == 1800.0
    assert step.termination == step.message == step.result.termination
    assert step.result.steps[0].step == "Rest for 5 minutes"
    assert second.termination == run.termination
    assert run.cycles[0].termination == run.steps[2].message
    np.testing.assert_array_equal(second["x [m]"], run["x [m]"])


def test_a_step_at_the_top_level_is_a_cycle_as_in_pybamm():
    run = cellsim.simulate(CHEN, ["Rest for 1 s", ("Rest for 2 s", "Rest for 3 s"), "Rest for 4 s"], "SPM")
    assert [[s.t_end - s.t_start for s in c.steps] for c in run.cycles] == [[1.0], [2.0, 3.0], [4.0]]


def test_table_of_cycles(run):
    """Charge by hand: 5 A for 10 min out, 2.5 A for 5 min in; lithium that leaves one electrode is in the other."""
    table = run.summary_variables
    assert list(table.index) == [1, 2]
    assert table[Q].to_numpy() == pytest.approx([5.0 / 6.0] * 2, rel=1e-9)
    assert table["Throughput capacity [A.h]"].to_numpy() == pytest.approx(np.array([1.0, 2.0]) * (5 / 6 + 2.5 / 12))
    assert table["Time [h]"].to_numpy() == pytest.approx([1 / 3, 2 / 3])
    lithium = sum(table[f"Total lithium in {side} electrode [mol]"] for side in ("negative", "positive"))
    assert np.ptp(lithium) < 1e-9 * lithium.iloc[0]
    assert table["Minimum voltage [V]"].iloc[1] == run.cycles[1][V].min()


def test_changes_within_cycles(run):
    """Of lithium and time, as in PyBaMM: what one electrode loses the other gains; cycles follow each other."""
    table = run.summary_variables
    assert table["Change in time [h]"].to_numpy() == pytest.approx([1 / 3] * 2)
    assert table["Change in throughput capacity [A.h]"].to_numpy() == pytest.approx([5 / 6 + 2.5 / 12] * 2)
    out, into = (table[f"Change in total lithium in {side} electrode [mol]"] for side in ("negative", "positive"))
    assert out.to_numpy() == pytest.approx(-into.to_numpy(), rel=1e-9) and (out < 0.0).all()
    total = table["Total lithium in negative electrode [mol]"]
    assert total.iloc[1] - total.iloc[0] == pytest.approx(out.iloc[1], rel=1e-9)


def test_a_run_and_its_continuation_are_one(run):
    """Joined, they are what one protocol gives; continuation is exact up to the first steps of the integrator."""
    more = cellsim.simulate(CHEN, [CYCLE], start=run)
    both = run + more
    whole = cellsim.simulate(CHEN, cellsim.Protocol([CYCLE] * 3))
    assert len(both.cycles) == 3
    assert both.t[-1] == whole.t[-1]
    assert [s.cycle for s in both.steps] == [s.cycle for s in whole.steps]
    for name, within in ((V, 1e-3), (Q, 1e-6), ("State of charge", 1e-6)):  # the accuracy of a run; charge is exact
        assert np.abs(both.at(name, [100.0, 3000.0]) - whole.at(name, [100.0, 3000.0])).max() < within, name
    assert both.summary_variables["Throughput capacity [A.h]"].iloc[-1] == pytest.approx(3 * (5 / 6 + 2.5 / 12))
    assert both.final_state is more.final_state
    assert str(both.citations()) == str(run.citations())


def test_a_continuation_may_name_the_model_of_the_run_and_no_other(run):
    """By its name, as such, or with its mesh; the run is the same."""
    more = cellsim.simulate(CHEN, "Rest for 60 s", start=run)
    for model in ("DFN", cellsim.DFN(), run.final_state.model):
        again = cellsim.simulate(CHEN, "Rest for 60 s", model, start=run)
        np.testing.assert_array_equal(again[V], more[V])
    for model in ("SPM", cellsim.DFN((3, 3, 3))):
        with pytest.raises(cellsim.ProtocolError, match="begins as that ended; leave out model"):
            cellsim.simulate(CHEN, "Rest for 60 s", model, start=run)


def test_what_cannot_be_joined(run):
    for other, words in (
        (run, "did not begin where the first ended"),
        (cellsim.simulate(CHEN, "Rest for 1 s", "SPM"), "DFN and of SPM cannot be joined"),
        (
            cellsim.simulate("marquis2019" if "marquis2019" in cellsim.cells() else "ecker2015", "Rest for 1 s"),
            "cannot",
        ),
    ):
        with pytest.raises(ReportError, match=words):
            run + other
    with pytest.raises(TypeError):
        run + 1


def test_names(run):
    """All names are offered and answered; iteration gives those that files keep."""
    names = run.keys()
    assert set(run) < set(names)
    assert len(run) == len(list(run))
    assert "Time [h]" in names
    assert "Time [h]" not in list(run)
    assert "Time [h]" in run
    assert "Tine [h]" not in run
    assert run._ipython_key_completions_() == names
    assert all(run[name].size for name in names)
    assert run.steps[0].keys() == run.keys()


def test_parts_survive_files_and_pickles(run, tmp_path):
    run.save(tmp_path / "run.nc")
    for again in (cellsim.Result.load(tmp_path / "run.nc"), pickle.loads(pickle.dumps(run))):
        np.testing.assert_array_equal(again.cycles[1].steps[2][V], run.cycles[1].steps[2][V])
        assert again.summary_variables.equals(run.summary_variables)
    step = pickle.loads(pickle.dumps(run.steps[0]))
    assert step == run.steps[0]
    with pytest.raises(ReportError, match="belongs to no result"):
        step[V]
