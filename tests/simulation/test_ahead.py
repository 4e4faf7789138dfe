"""Steps that kernels take ahead of the protocol: the same numbers, bit for bit, as one step after the other."""

import numpy as np
import pytest

import cellsim
from cellsim.errors import Ending, SolveError
from cellsim.kernels.call import calls
from cellsim.protocols import Protocol
from cellsim.simulation.stepping import ahead, guess, running
from cellsim.simulation.stepping import steps as stepping

CELL = "lgm50_chen2020"
CYCLE = (
    "Discharge at 1C until 2.5 V; Rest for 10 min; Charge at 1C until 4.2 V; Hold at 4.2 V until C/5; Rest for 5 min"
)
TWICE = "repeat 2:\n" + "\n".join(f"  {line}" for line in CYCLE.split("; "))
SPM, DFN = cellsim.SPM(), cellsim.DFN()
RUNS = {
    "cycles": (CELL, TWICE, {"model": DFN}),
    "cycles of a cell that ages": ("okane2022", TWICE, {"model": DFN}),
    "stored states": (CELL, CYCLE, {"model": SPM, "period": 20.0}),
    "heat": (CELL, CYCLE, {"model": SPM, "heat": True}),
    "a limit of the whole run": (CELL, TWICE, {"model": SPM, "termination": "100 min"}),
    "a condition": (CELL, f"{CYCLE}; stop if voltage above 4.1 V; {CYCLE}", {"model": SPM}),
    "a state of charge": (CELL, "Discharge at 1C until 60% SOC; Rest for 1 min; Charge at 1C until 70% SOC", {}),
    "a charge that ends by something else": (
        CELL,
        "Discharge at 1C for 10 min; CCCV at C/2 to 4.2 V until C/20 for 5 min; Rest for 60 s",
        {"model": SPM},
    ),
    "steps that end at once": (CELL, "Discharge at 1C until 2.5 V; Discharge at C/2 until 2.6 V; Rest for 60 s", {}),
    "another place": (
        CELL,
        "Discharge at 1C for 60 s; Rest for 60 s at ambient 10 degC; Rest for 60 s; Charge at C/2 for 60 s",
        {"model": SPM},
    ),
    "the end of the cell": (
        CELL,
        "Discharge at 1C for 60 s; Charge at 2C for 2 hours; Rest for 60 s; Discharge at 1C for 60 s",
        {"model": SPM, "force": True},
    ),
    "more rows than a call has room for": (CELL, CYCLE, {"model": SPM, "rtol": 1e-7}),
}


def result_of(cell, steps, how):
    """Result of a run, also of one that failed."""
    try:
        return cellsim.simulate(cell, steps, **how)
    except SolveError as fault:
        return fault.result


def same(one, other):
    """Rows, steps, the state at the end, and why."""
    assert one.steps == other.steps and one.termination == other.termination
    assert np.array_equal(one.step_index, other.step_index) and np.array_equal(one.t, other.t)
    assert np.array_equal(one.variables.last()["Voltage [V]"], other.variables.last()["Voltage [V]"])
    for name in ("Voltage [V]", "Current [A]", "Electrolyte concentration [mol.m-3]"):
        assert np.array_equal(one[name], other[name])
    assert np.array_equal(one.final_state.state, other.final_state.state)


@pytest.fixture
def alone(monkeypatch):
    """A run whose steps are asked for one by one."""

    def run_alone(*given):
        with monkeypatch.context() as m:
            for module in (stepping, running):
                m.setattr(module, "MOST", 0)
            return result_of(*given)

    return run_alone


@pytest.fixture
def count(monkeypatch):
    """Kernel calls so far."""
    made, performed = [], calls.performed
    monkeypatch.setattr(calls, "performed", lambda call: made.append(1) or performed(call))
    return made


@pytest.mark.parametrize("name", RUNS)
def test_steps_taken_ahead_are_those_taken_alone(name, alone):
    """Every number of every row, the endings, and the words."""
    same(result_of(*RUNS[name]), alone(*RUNS[name]))


def test_a_run_that_goes_on(alone):
    """From the end of another one."""
    first = cellsim.simulate(CELL, CYCLE, SPM)
    same(cellsim.simulate(CELL, CYCLE, start=first), alone(CELL, CYCLE, {"start": first}))


def test_a_cycle_is_one_call(count, alone):
    """Python does not stand between the steps; without looking ahead there is a call for each."""
    cellsim.simulate(CELL, CYCLE, SPM)
    assert len(count) == 1
    alone(CELL, CYCLE, {"model": SPM})
    assert len(count) == 1 + 5


def test_wrong_guesses_end(count, alone):
    """A protocol that goes elsewhere every time costs no more than WRONG calls for nothing."""
    steps = "repeat 8:\n  Discharge at 1C for 60 s\n  Charge at 1C for 30 s; stop if voltage above 5 V"
    many = cellsim.simulate(CELL, steps, SPM)
    looked = len(count)
    same(many, alone(CELL, steps, {"model": SPM}))
    assert looked <= len(many.steps)


def test_a_failure_ahead_is_one_only_if_it_is_asked_for(alone):
    """A rest that meets no limit ends the run there, and only if no condition ends it before."""
    steps = "Discharge at 1C for 60 s; Rest until 3 V; Rest for 60 s"
    found = result_of(CELL, steps, {"model": SPM})
    assert found.endings == (Ending.DURATION, Ending.NO_LIMIT_MET)
    same(found, alone(CELL, steps, {"model": SPM}))
    before = cellsim.simulate(CELL, steps.replace("s; ", "s; stop if voltage below 5 V; ", 1), SPM)
    assert before.endings == (Ending.DURATION,)


def test_a_budget_of_time_keeps_the_steps_before():
    """A step that takes too long fails with what came before it, however many steps a call has."""
    many = cellsim.Step("c-rate", 1.0, 100.0, period=1e-3)  # more rows than two calls have room for
    steps = [cellsim.discharge(1.0, duration=60.0), cellsim.rest(60.0), many]
    with pytest.raises(SolveError, match="step 3") as fault:
        cellsim.simulate(CELL, steps, SPM, time_budget=1e-9)
    assert [step.ending for step in fault.value.result.steps[:2]] == [Ending.DURATION] * 2
    assert fault.value.result.endings[-1] == Ending.SOLVER_TIME_BUDGET


GUESSES = {
    "a;b;c": "Rest for 1 s; Rest for 2 s; Rest for 3 s",
    "block": "repeat 3:\n  Rest for 1 s\n  Rest for 2 s\nRest for 3 s",
    "nested": "repeat 2:\n  Rest for 1 s\n  repeat 2:\n    Rest for 2 s\n  Rest for 3 s",
    "goto": "label here\nRest for 1 s\nRest for 2 s\ngoto here 2 times\nRest for 3 s",
}


@pytest.mark.parametrize("name", GUESSES)
def test_what_is_guessed_is_what_follows(name):
    """Where nothing depends on how steps end, the guess at any step is the rest of the protocol."""
    from types import SimpleNamespace

    def all_steps():
        walk, t = Protocol(GUESSES[name]).walk(), 0.0
        step, found, guessed = next(walk), [], []
        while step is not None:
            found.append(step)
            guessed.append(guess.ahead(walk, ahead.MOST))
            outcome = SimpleNamespace(
                ending=Ending.DURATION, t_start=t, t_end=t + 1.0, discharge_capacity=0.0, charge_capacity=0.0
            )
            try:
                step = walk.send(outcome, {})
            except StopIteration:
                step = None
        return found, guessed

    found, guessed = all_steps()
    assert len(found) > 2
    for k, after in enumerate(guessed):
        assert all(a is b for a, b in zip(after, found[k + 1 :], strict=True))


@pytest.mark.parametrize("name", ["a;b;c", "block", "nested"])
def test_a_fixed_course_is_that_of_the_walk(name):
    """Steps, labels, positions and cycles, and why it ends, as a run gives them step by step."""
    protocol = Protocol(f"label begin; {GUESSES[name]}" if name == "a;b;c" else GUESSES[name])
    course = guess.course_of(protocol.walk(), 20)
    run = cellsim.simulate(CELL, protocol, SPM, soc=0.5)
    assert [(p.step.summary, p.label, p.position, p.cycle) for p in course.places] == [
        (step.step, step.label, step.index, step.cycle) for step in run.steps
    ]
    assert course.reason == run.termination
    assert guess.course_of(protocol.walk(), len(course.places) - 1) is None


@pytest.mark.parametrize(
    "steps",
    (
        GUESSES["goto"],
        "CCCV at 1C to 4.2 V until C/20",
        "Rest for 1 s; stop if voltage above 4 V; Rest for 2 s",
        "Rest for 1 s\nstop whenever voltage below 3 V",
    ),
)
def test_what_depends_on_how_steps_end_has_no_course(steps):
    """Jumps, conditions, and a hold that follows only a charge to its voltage."""
    assert guess.course_of(Protocol(steps).walk(), 20) is None
