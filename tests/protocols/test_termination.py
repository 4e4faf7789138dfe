"""Ends of a whole run as in PyBaMM, and steps that wait for the clock."""

from datetime import datetime, timedelta

import numpy as np
import pytest

import cellsim
from cellsim import Protocol, ProtocolError, Step
from cellsim.errors import ReportError
from cellsim.protocols import Condition, Repeat

CHEN, AGES = "lgm50_chen2020", "okane2022"
CYCLE = ("Discharge at 1C until 3 V", "Charge at 1C until 4.1 V")
EIGHT = datetime(2026, 1, 1, 8)


@pytest.mark.parametrize(
    "words, condition",
    [
        ("80% capacity", Condition("capacity retention", "below", 0.8)),
        ("80 % of the capacity", Condition("capacity retention", "below", 0.8)),
        ("4 Ah capacity", Condition("cell capacity", "below", 4.0)),
        ("4Ah", Condition("cell capacity", "below", 4.0)),
        ("3.5 A.h capacity", Condition("cell capacity", "below", 3.5)),
        ("2.5 V", Condition("voltage", "below", 2.5)),
        ("12 h", Condition("time", "above", 43200.0)),
        ("90 minutes", Condition("time", "above", 5400.0)),
    ],
)
def test_words_of_terminations(words, condition):
    assert Protocol("Rest for 1 s", termination=words).whenever == (condition,)


@pytest.mark.parametrize(
    "words", ["", "80", "capacity", "2.5 V capacity", "120% capacity", "-4 Ah", "4 K", "0 h", 4, [None]]
)
def test_other_words_are_refused(words):
    with pytest.raises(ProtocolError, match="termination"):
        Protocol("Rest for 1 s", termination=words)


def test_a_share_of_the_capacity_after_the_first_cycle_ends_the_run():
    """The table says where: the first cycle whose capacity is at or below the share; not one cycle later."""
    whole = cellsim.simulate(AGES, Protocol([CYCLE] * 6), "SPM").summary_variables["Capacity [A.h]"].to_numpy()
    assert np.all(np.diff(whole) < 0.0)
    share = 0.5 * (whole[3] + whole[2]) / whole[0]
    run = cellsim.simulate(AGES, Protocol([CYCLE] * 6), "SPM", termination=f"{100 * share:.10f}% capacity")
    assert len(run.cycles) == 4
    assert run.termination.startswith("ended by the protocol: Stop whenever capacity retention below")
    assert not run.stopped_early
    charge = cellsim.simulate(AGES, Protocol([CYCLE] * 6), "SPM", termination=f"{whole[2] + 1e-6} Ah")
    assert len(charge.cycles) == 3


def test_a_cell_that_does_not_age_keeps_its_capacity():
    """It is that of the stated windows, which are balanced to the cut-off voltages."""
    run = cellsim.simulate(CHEN, Protocol([CYCLE] * 2), "SPM", termination="99.999% capacity")
    assert run.termination == "the protocol is complete"
    Q = run["Capacity [A.h]"]
    assert np.ptp(Q) < 1e-9 * Q[0]
    from cellsim.models.health.esoh import electrode_soh

    assert Q[0] == pytest.approx(electrode_soh(cellsim.load(CHEN)).capacity, rel=1e-9)


def test_a_function_of_the_cycle_ends_the_run():
    seen = []

    def thin(row):
        seen.append(dict(row))
        return row["Throughput capacity [A.h]"] > 10.0

    steps = Protocol(["Rest for 1 s", *[CYCLE] * 4])
    run = cellsim.simulate(CHEN, steps, "SPM", termination=[thin, "50 h"])
    assert run.termination == "ended by termination: thin holds after cycle 3"
    assert [row["Cycle number"] for row in seen] == [1, 2, 3]
    last = run.summary_variables.iloc[-1]
    assert {key: seen[-1][key] for key in last.index} == pytest.approx(last.to_dict())
    for wrong in (cellsim.SPM, 4, [None]):
        with pytest.raises(ProtocolError, match="termination"):
            cellsim.simulate(CHEN, "Rest for 1 s", termination=wrong)


def test_a_time_cuts_the_step_and_a_voltage_ends_after_it():
    run = cellsim.simulate(CHEN, "Discharge at 1C", "SPM", termination="10 min")
    assert run.t[-1] == 600.0
    run = cellsim.simulate(CHEN, ["Discharge at 1C for 20 min"] * 3, "SPM", termination="3.7 V")
    assert run.steps[-1].result["Voltage [V]"][-1] <= 3.7 < run["Voltage [V]"][run.step_index == len(run.steps) - 2][-1]


def test_a_film_has_no_such_capacity():
    with pytest.raises(ProtocolError, match="compare the capacity of a step"):
        cellsim.simulate("danilov2011", "Discharge at 1C", termination="80% capacity")


def test_steps_wait_for_the_clock():
    """A rest fills the time to the next start; a step that is still running then is cut; rows have date and time."""
    steps = [
        Step("c-rate", 0.5, 3600.0, start_time=EIGHT),
        Step("c-rate", 0.5, start_time="2026-01-01T09:30"),
        Step("rest", 0.0, 60.0, start_time=EIGHT + timedelta(hours=2)),
    ]
    run = cellsim.simulate(CHEN, steps, "SPM")
    assert [s.t_start for s in run.steps] == [0.0, 3600.0, 5400.0, 7200.0]
    assert run.steps[1].step == "Rest for 30 minutes"
    assert run.steps[1].cycle == 1 and run.steps[2].cycle == 2
    assert run.steps[2].clock == "2026-01-01T09:30:00"
    stamps = run.timestamps
    assert stamps[0] == np.datetime64("2026-01-01T08:00") and stamps[-1] == np.datetime64("2026-01-01T10:01")
    assert run.cycles[1].timestamps[0] == np.datetime64("2026-01-01T09:30")
    with pytest.raises(ReportError, match="start time"):
        cellsim.simulate(CHEN, "Rest for 1 s", "SPM").timestamps  # noqa: B018


@pytest.mark.parametrize(
    "steps, words",
    [
        (["Rest for 1 s", Step("rest", 0.0, 1.0, start_time=EIGHT)], "first step needs a start time"),
        ([Step("rest", 0.0, 1.0, start_time=EIGHT)] * 2, "starts before the step before it"),
        ([Repeat((Step("rest", 0.0, 1.0, start_time=EIGHT),), 2)], "cannot be repeated"),
        (['label a; Rest for 1 s starting at "2026-01-01"; goto a 3 times'], "cannot jump"),
        (['Rest for 1 s starting at "2026-13-01"'], "give a datetime"),
        (["Rest for 1 s starting at noon"], "in quotes"),
        (['Rest for 1 s starting at "2026-01-01 08:00+01:00"'], "without a time zone"),
    ],
)
def test_start_times_that_make_no_sense(steps, words):
    with pytest.raises(ProtocolError, match=words):
        Protocol(steps)


def test_a_step_that_would_begin_too_late_stops_the_run():
    first, last = (f'Rest for 2 h starting at "2026-01-01 0{hour}:00"' for hour in (8, 9))
    run = cellsim.simulate(CHEN, [first, "Discharge at 1C for 1 s", last], "SPM")
    assert run.termination.startswith("stopped: Discharge at 1C for 1 second would begin")
    assert run.t[-1] == 3600.0


def test_a_charge_and_hold_with_a_start_time_is_text():
    words = 'Rest for 1 s starting at "2026-01-01 08:00"; CCCV at 1C to 4.2 V until C/20 starting at "2026-01-01 09:00"'
    protocol = Protocol(words)
    assert protocol == Protocol(protocol.to_text()) == Protocol.from_json(protocol.to_json())
    assert [s.start_time for s in protocol.steps] == [EIGHT, EIGHT + timedelta(hours=1), None]
