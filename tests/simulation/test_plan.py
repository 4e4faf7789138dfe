"""Runs that share what is known beforehand: the same numbers, remarks and sentences as when nothing is kept."""

import gc
import weakref

import numpy as np
import pytest

import cellsim
from cellsim.errors import CellsimError, ProtocolError
from cellsim.models import memo, meshing, porous
from cellsim.protocols import protocol as protocols
from cellsim.simulation import plan, settings, start
from cellsim.simulation.control import Now, control, depends_on_state

CELL = "lgm50_chen2020"
KEPT = (plan.planned, plan._plan, settings.checked, start.ground, start._meshed, start._at_rest, porous.build)
VARIED = {"negative electrode/particle diffusivity": 4e-14, "separator/thickness": 2e-5}
SPIKE = cellsim.Profile((0.0, 10.0, 20.0), (0.0, 5.0, -2.0))
RUNS = {
    "text": ("Discharge at 1C until 3.4 V; Rest for 5 min", {}),
    "charge": ([cellsim.charge(1.0), cellsim.hold(4.2)], {"soc": 0.1}),
    "until a state of charge": ("Discharge at 1C until 60% SOC; Charge at C/2 until 70% SOC", {}),
    "profile": ([cellsim.profile(np.column_stack([SPIKE.times, SPIKE.values]))], {"soc": 0.5}),
    "heat": ("Discharge at 2C for 5 min; Rest until 25.5 degC or for 2 min", {"heat": True, "model": cellsim.SPM()}),
    "another place": (
        "Rest for 1 min; Rest for 1 min at ambient 10 degC; Discharge at 1C for 1 min at ambient 40 degC",
        {},
    ),
}


def forget():
    """Forget all that is kept between runs."""
    for each in KEPT:
        each.cache_clear()
    protocols._known.cache_clear()
    meshing.resolution.cache_clear()
    memo.forget()


def same(one, other):
    """Bit for bit, with the same words."""
    assert str(one) == str(other) and one.remarks == other.remarks and one.steps == other.steps
    for name in ("Time [s]", "Voltage [V]", "Current [A]", "Negative particle concentration [mol.m-3]"):
        assert np.array_equal(one[name], other[name])
    assert np.array_equal(one.final_state.state, other.final_state.state)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_the_same_whatever_was_run_before(name):
    """From nothing kept, from everything kept, and after a variation of the cell and other arguments."""
    steps, how = RUNS[name]
    forget()
    fresh = cellsim.simulate(CELL, steps, **how)
    same(cellsim.simulate(CELL, steps, **how), fresh)
    varied = cellsim.load(CELL).with_(VARIED)
    other = cellsim.simulate(varied, steps, **how)
    cellsim.simulate(CELL, steps, **(how | {"accuracy": 5e-3, "ambient": 300.0}))
    same(cellsim.simulate(CELL, steps, **how), fresh)
    forget()
    same(cellsim.simulate(varied, steps, **how), other)
    assert not np.array_equal(other["Voltage [V]"], fresh["Voltage [V]"])


NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
KINDS = {
    "diffusivities": [
        {f"{NEGATIVE}/particle diffusivity": D, f"{POSITIVE}/particle diffusivity": 5e-15} for D in (3e-14, 4e-14)
    ],
    "geometry": [
        {f"{NEGATIVE}/thickness": L, f"{POSITIVE}/particle radius": R} for L, R in ((8e-5, 5e-6), (9e-5, 6e-6))
    ],
    "a table": [{f"{POSITIVE}/particle diffusivity": law} for law in ("4e-15*(1 + x)", "4e-15*(2 - x)")],
    "kinetics": [
        {f"{NEGATIVE}/exchange-current density": i0, f"{POSITIVE}/film resistance": 1e-3} for i0 in (1.0, 2.0)
    ],
    "electrolyte": [{"electrolyte/initial concentration": c} for c in (900.0, 1100.0)],
    "cut-offs": [{"cell/upper voltage cut-off": V, "cell/lower voltage cut-off": 2.6} for V in (4.15, 4.18)],
    "area and capacity": [{"cell/electrode area": A, "cell/nominal capacity": 4.9} for A in (0.1, 0.11)],
    "temperature": [{"temperature": T} for T in (288.15, 308.15)],
    "state of charge": [{"soc": soc} for soc in (0.05, 0.3)],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("heat", (None, True), ids=("isothermal", "with heat"))
def test_cases_that_differ_are_the_same_as_alone(kind, heat):
    """Prepared one after the other, sharing what they can: bit for bit what each gives when nothing is kept."""
    cell, varied = cellsim.load(CELL), []
    for change in ({}, *KINDS[kind], KINDS[kind][0]):
        how = change if next(iter(change), "") in ("temperature", "soc") else {"changes": change}
        varied.append(
            cellsim.Case(cell, "Charge at 1C for 20 min; Rest for 5 min", **({"soc": 0.2, "heat": heat} | how))
        )
    results = cellsim.simulate_many(varied, threads=1).results
    for case, result in zip(varied, results, strict=True):
        forget()
        same(case.run(), result)
    V = [result["Voltage [V]"] for result in results]
    assert np.array_equal(V[1], V[3])
    assert not np.array_equal(V[1], V[2]) or kind == "cut-offs"  # which this charge does not reach


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_goes_on_is_the_same_whatever_was_run_before(name):
    """From where another one ended, twice, and with nothing kept."""
    steps, how = RUNS[name]
    how = {key: value for key, value in how.items() if key == "heat"}
    begin = cellsim.simulate(CELL, "Discharge at C/2 for 30 min", RUNS[name][1].get("model"), **how)
    first = cellsim.simulate(CELL, steps, start=begin, **how)
    same(cellsim.simulate(CELL, steps, start=begin, **how), first)
    forget()
    same(cellsim.simulate(CELL, steps, start=begin, **how), first)


@pytest.mark.parametrize(
    "step, depends",
    (
        ("Discharge at 1C until 3 V", False),
        ("Discharge at 1C until 50% SOC", True),
        ("Rest for 1 h or until 3.9 V", True),
        ("Charge at 1C until 2 Ah or until above 4.1 V", False),
        ("Hold at 4.2 V until C/20", False),
        ("Charge at 1C until 40 degC", True),
        ("Charge at 1C until above 40 degC", False),
    ),
    ids=lambda value: str(value),
)
def test_a_step_is_kept_ready_unless_it_depends_on_the_state(step, depends):
    """What is kept is what is made anew from another state of charge; what is not kept differs there."""
    protocol = cellsim.Protocol(step)
    (one,) = protocol.steps
    assert depends_on_state(one) is depends
    made, begun = plan.planned(cellsim.load(CELL), protocol, None, None, 0.9, None, True, 1e-3, None)
    runs = [_Here(made, begun.state.copy(), soc) for soc in (0.9, 0.3)]
    controls = [control(run, one) for run in runs]
    ready = [made.ready(run, one).control for run in runs]
    assert ready == (controls if depends else [controls[0]] * 2)
    assert depends or controls[0] == controls[1]


class _Here:
    """As much of a run as the control of a step asks for."""

    def __init__(self, made, state, soc):
        self.plan, self.cell, self.sys, self.model = made, made.cell, made.sys, made.model
        self.state, self.soc0 = state, soc

    def soc(self):
        """State of charge."""
        return self.soc0

    def now(self):
        """Its present state."""
        return Now(self)


CHANGES = (
    "cell/nominal capacity",
    "cell/electrode area",
    "cell/upper voltage cut-off",
    "negative electrode/particle diffusivity",
    "positive electrode/thickness",
    "electrolyte/initial concentration",
)


@pytest.mark.parametrize("path", CHANGES)
def test_a_variation_is_the_same_whatever_was_varied_before(path):
    """Plans, meshes and tables are shared by variations that have them in common, and by no others."""
    cell, steps = cellsim.load(CELL), "Discharge at 1C for 10 min; Rest for 1 min; Charge at C/2 until C/20 or 4 V"
    one, other = (cell.with_({path: factor * cell.value(path)}) for factor in (0.98, 1.01))
    forget()
    fresh = cellsim.simulate(one, steps, soc=0.9)
    forget()
    for before in (cell, other):
        cellsim.simulate(before, steps, soc=0.9)
    same(cellsim.simulate(one, steps, soc=0.9), fresh)


@pytest.mark.parametrize(
    "how",
    (
        {"soc": 2.0},
        {"soc": True},
        {"heat": 1},
        {"temperature": "warm"},
        {"period": [1.0]},
        {"model": [1]},
        {"rtol": {}},
    ),
    ids=lambda how: str(how),
)
def test_a_wrong_argument_gives_its_sentence_each_time(how):
    """Before and after a right run of equal arguments: 1 is not True, and what has no hash is refused in words."""
    said = []
    for _ in range(2):
        with pytest.raises(CellsimError) as fault:
            cellsim.simulate(CELL, cellsim.rest(1.0), **how)
        said.append(str(fault.value))
        cellsim.simulate(CELL, cellsim.rest(1.0), soc=1.0, heat=True)
    assert said[0] == said[1] and next(iter(how)) in said[0]


def test_a_text_that_names_a_file_is_read_each_time(tmp_path):
    """As the file may have changed."""
    path = tmp_path / "load.csv"
    ends = []
    for last in (20.0, 40.0):
        path.write_text(f"0, 1\n{last}, 1\n")
        ends.append(cellsim.simulate(CELL, f'Run "{path}"', cellsim.SPM()).t[-1])
    assert ends == [20.0, 40.0]


def test_a_protocol_that_the_cell_cannot_run_is_refused_each_time():
    """A plan that fails is not kept."""
    for _ in range(2):
        with pytest.raises(ProtocolError, match="above the upper cut-off voltage"):
            cellsim.simulate(CELL, "Charge at 1C until 4.5 V")
        with pytest.raises(ProtocolError, match="needs a run with heat"):
            cellsim.simulate(CELL, "Rest for 1 h or until above 300 K")


def test_a_result_goes_when_no_one_has_it():
    """Without the garbage collector, as thousands of results of an ensemble would wait for it."""
    gc.collect()
    gc.disable()
    try:
        result = cellsim.simulate(CELL, "Discharge at 1C for 1 min; Rest for 1 min", cellsim.SPM())
        result["Voltage [V]"], result.steps[0]["Voltage [V]"]  # noqa: B018
        seen = weakref.ref(result.variables)
        del result
        assert seen() is None
    finally:
        gc.enable()
