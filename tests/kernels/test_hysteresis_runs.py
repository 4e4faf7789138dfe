"""Open-circuit hysteresis in runs: against PyBaMM, against closed forms, and whatever cell a user may make.

CELLSIM_HYSTERESIS_RUNS: how many random cells, 50 unless given.
"""

import os
import pickle
import random

import numpy as np
import pytest
from pytest import approx
from reference_cases import columns
from reference_cells import HYSTERESIS_LOOPS, HYSTERESIS_MODELS, hysteresis

import cellsim
from cellsim.kernels.layout import unknowns
from cellsim.physics.constants import F

RUNS = int(os.environ.get("CELLSIM_HYSTERESIS_RUNS", "50"))
N, P = "negative electrode/", "positive electrode/"
LITHIATION, DELITHIATION = "lithiation open-circuit potential", "delithiation open-circuit potential"
DECAYS = ("lithiation hysteresis decay rate", "delithiation hysteresis decay rate")
MODELS = {"DFN": cellsim.DFN(), "SPMe": cellsim.SPMe(), "SPM": cellsim.SPM()}
LOOPS = [cellsim.Step("current", i, time) if i else cellsim.rest(time) for i, time in HYSTERESIS_LOOPS]


@pytest.fixture(scope="module")
def reference():
    """Column by column: times [s], and voltages [V] by model and hysteresis."""
    return columns("pybamm_hysteresis.csv")


@pytest.mark.parametrize("how", HYSTERESIS_MODELS)
@pytest.mark.parametrize("model", MODELS)
def test_loops_agree_with_pybamm(reference, model, how):
    """A major loop, a minor one, rests, pulses both ways: 0.5 mV at every point.

    The reference is good to 0.05 mV, the mesh here is chosen for 0.1 mV; the rest is room for either's steps in time.
    """
    run = cellsim.simulate(hysteresis(how), LOOPS, MODELS[model], soc=None, accuracy=1e-4, rtol=1e-6)
    off = run.at("Voltage [V]", reference["time_s"]) - reference[f"{model} {how}"]
    assert np.max(np.abs(off)) < 5e-4


def linear(initial, decay, split=0.04):
    """Chen 2020 with a linear potential of graphite, branches at a constant distance, and a constant decay rate."""
    U = "0.5 - 0.4*x"
    return cellsim.load("lgm50_chen2020").with_(
        {
            N + "open-circuit potential": U,
            N + LITHIATION: f"{U} - {split}",
            N + DELITHIATION: f"{U} + {split}",
            **dict.fromkeys((N + key for key in DECAYS), decay),
            N + "hysteresis decay rate at unit slope": decay / 0.4**1.5,
            N + "hysteresis switching factor": 1.5,
            N + "initial hysteresis state": initial,
        }
    )


@pytest.mark.parametrize("how", HYSTERESIS_MODELS[1:])
@pytest.mark.parametrize("model", MODELS)
def test_h_approaches_a_branch_exponentially_in_the_local_stoichiometry(model, how):
    """h = 1 - (1 - h_0) exp(-decay change / 2) while the current flows one way: in every volume of every model.

    To 1e-4: rtol times the few hundred steps.
    """
    run = cellsim.simulate(
        linear(-0.7, 12.0).with_hysteresis(how), "Discharge at 1C for 20 minutes", MODELS[model], soc=0.9, rtol=1e-7
    )
    c = run["Negative particle concentration [mol.m-3]"]
    sys = run.final_state.model.discretise(run.final_state.cell, run.final_state.temperature)
    x = c @ (3.0 * sys.shell["volume"]) / run.final_state.cell.value(N + "maximum concentration")
    h = run["Negative electrode hysteresis state"]
    assert h[-1].min() > 0.2  # far from where it began
    assert h == approx(1.0 - 1.7 * np.exp(-0.5 * 12.0 * (x[0] - x)), abs=1e-4)


def test_heat_of_a_loop_is_its_area():
    """Over a closed loop of an SPM: heat with branches less heat without, by the areas of h over charge, to 1e-6.

    With branches at a constant distance h and its integral are exponentials; the rest of the heat is the same.
    """
    split, decay, steps = 0.04, 9.0, "Discharge at 1C for 20 minutes; Charge at 1C for 20 minutes"
    lump = cellsim.Lumped(1e9, 0.0, 1.0)  # stays at its temperature

    def made(distance):
        cell = linear(-1.0, decay, distance).with_hysteresis("one-state hysteresis")
        run = cellsim.simulate(cell, steps, cellsim.SPM(20), soc=0.7, heat=lump, rtol=1e-10)
        return run["Heat generated [J]"][-1], cell

    (heat, cell), (without, _) = made(split), made(1e-12)
    get = cell.value
    held = F * get(N + "maximum concentration") * get(N + "active material volume fraction")
    held *= get(N + "thickness") * get("cell/electrode area")
    change = get("cell/nominal capacity") * 1200.0 / held  # of the stoichiometry, either way
    area, h = 0.0, -1.0
    for way in (1.0, -1.0):  # h = way - (way - h) exp(-decay z / 2), integrated over z = 0 .. change
        fallen = 1.0 - np.exp(-0.5 * decay * change)
        area += change - way * (way - h) * 2.0 / decay * fallen
        h += (way - h) * fallen
    assert heat - without == approx(held * split * area, rel=1e-6)


def test_irreversible_heat_is_that_of_overpotentials_and_of_hysteresis():
    """What the terminals lack of the open-circuit potentials with hysteresis, and the heat of hysteresis: 1e-6 of it.

    The kernel knows the equilibrium potential only; the variables are made of the branches.
    """
    cell = hysteresis(HYSTERESIS_MODELS[1])
    run = cellsim.simulate(cell, LOOPS[:4], cellsim.DFN((6, 4, 6), 10), soc=None, heat=True)
    sys = run.final_state.model.discretise(cell, run.final_state.temperature)
    lacking = -run["Current density [A.m-2]"] * run["Voltage [V]"]
    for side, name in enumerate(("Negative", "Positive")):
        v = sys.volume["side"] == side
        U = run[f"{name} electrode open-circuit potential [V]"]
        lacking -= (U * run[f"{name} electrode interfacial current density [A.m-2]"]) @ sys.volume["area"][v]
    found = lacking * cell.value("cell/electrode area") + run["Hysteresis electrochemical heating [W]"]
    assert np.ptp(run["Hysteresis electrochemical heating [W]"]) > 0.1
    assert found == approx(run["Irreversible heating [W]"], abs=1e-6 * np.max(run["Irreversible heating [W]"]))


@pytest.mark.parametrize("model", MODELS)
def test_branches_that_are_not_used_change_nothing(model):
    """Bit for bit, and no state more."""
    steps = "Discharge at 1C for 20 minutes; Charge at 1C for 5 minutes"
    cell = cellsim.load("lgm50_chen2020").with_({"cell/upper voltage cut-off": 4.3})
    plain = cellsim.simulate(cell, steps, MODELS[model], soc=0.9).final_state.state
    off = cellsim.simulate(
        hysteresis(HYSTERESIS_MODELS[1]).with_hysteresis("single"), steps, MODELS[model], soc=0.9
    ).final_state.state
    assert plain.tobytes() == off.tobytes()


def test_a_run_goes_on_from_the_state_of_hysteresis_that_another_ended_with():
    """In two pieces as in one, to the tolerance; and a stored result knows it."""
    cell, more = hysteresis(HYSTERESIS_MODELS[1]), ("Discharge at 1C for 10 minutes", "Charge at 1C for 5 minutes")
    whole = cellsim.simulate(cell, list(more), soc=0.9, rtol=1e-6)
    first = cellsim.simulate(cell, more[0], soc=0.9, model=whole.final_state.model, rtol=1e-6)
    then = cellsim.simulate(cell, more[1], start=first, rtol=1e-6)
    name = "Negative electrode hysteresis state"
    assert then[name][0] == approx(first[name][-1], abs=1e-15) and abs(then[name][0, 0]) > 0.1
    assert then[name][-1] == approx(whole[name][-1], abs=1e-5)
    assert then["Voltage [V]"][-1] == approx(whole["Voltage [V]"][-1], abs=1e-6)
    kept = pickle.loads(pickle.dumps(whole))
    assert (kept[name] == whole[name]).all()


def test_the_parts_of_the_voltage_add_up_with_hysteresis():
    """Open-circuit voltage and what is lost on the way, to rounding, while h is between the branches."""
    run = cellsim.simulate(hysteresis(HYSTERESIS_MODELS[1]), LOOPS[:4], soc=None)
    parts = (
        "Bulk open-circuit voltage [V]",
        "Particle concentration overpotential [V]",
        "X-averaged reaction overpotential [V]",
        "X-averaged concentration overpotential [V]",
        "X-averaged electrolyte ohmic losses [V]",
        "X-averaged solid phase ohmic losses [V]",
    )
    assert sum(run[name] for name in parts) - run["Contact overpotential [V]"] == approx(run["Voltage [V]"], abs=1e-12)
    h, split = run["Negative electrode hysteresis state"], -run["Negative electrode OCP hysteresis [V]"]
    U, U_eq = (
        run["Negative electrode open-circuit potential [V]"],
        run["Negative electrode equilibrium open-circuit potential [V]"],
    )
    x = run["Negative particle surface concentration [mol.m-3]"] / 33133.0
    assert split == approx(0.05 * np.exp(-x) + 0.005, abs=1e-6)  # as the laws of the cell have it
    assert U - U_eq == approx(-0.005 * np.exp(-x) - 0.0025 + 0.5 * h * split, abs=1e-6)


@pytest.mark.parametrize("model", [cellsim.DFN((5, 3, 5), 6), cellsim.SPMe((5, 3, 5), 6)])
@pytest.mark.parametrize("above", [0.02, 0.05, 0.08])
def test_a_held_voltage_at_which_the_current_changes_its_sign(model, above):
    """A cell that was discharged relaxes past the voltage held: it is charged at first, and then gives current.

    On the way its electrodes go from one branch to the other, 0.06 V apart, while the current is within 0.03 A/m2: the
    run gets there, and passes the charge of one with a tolerance 100 times smaller, to rtol of the capacity.
    """
    cell = hysteresis("current sigmoid")
    before = cellsim.simulate(cell, "Discharge at 2C for 10 minutes; Rest for 1 second", model, soc=0.8)
    V = before["Voltage [V]"][-1] + above
    run, close = (cellsim.simulate(cell, f"Hold at {V} V for 1 hour", start=before, rtol=rtol) for rtol in (1e-4, 1e-6))
    assert run["Current [A]"][0] < 0.0 < run["Current [A]"][-1]
    assert run["Voltage [V]"] == approx(np.full(run.t.size, V), abs=1e-4)  # rtol
    charge, exact = (np.ptp(each["Discharge capacity [A.h]"][[0, -1]]) for each in (run, close))
    assert charge == approx(exact, abs=1e-4 * cell.value("cell/nominal capacity"))


def hysteresis_cell(rng):
    """A cell with branches at random distances, at random rates; half of them age."""
    base = cellsim.load(rng.choice(("lgm50_chen2020", "marquis2019", "okane2022")))
    changes = {}
    for part in rng.choice(((N,), (P,), (N, P))):
        U = base.law(part + "open-circuit potential")
        wide = 10.0 ** rng.uniform(-3.0, -0.7)
        rise = rng.choice(("1", "x", "(1 - x)", "exp(-5*x)", "x*(1 - x)", "(1 + tanh(30*(x - 0.4)))"))
        lo, hi = (base.value(f"{part}{end} stoichiometry") for end in ("minimum", "maximum"))
        if U.expression:
            branches = f"{U.expression} - {wide}*{rise}", f"{U.expression} + {wide * rng.random()}*{rise}"
        else:
            x = np.linspace(lo, hi, 60)
            y, more = U(x, 298.15), wide * x * (1.0 - x)
            branches = (x, y - more), (x, y + more * rng.random())
        changes |= dict(zip((part + LITHIATION, part + DELITHIATION), branches, strict=True))
        rate = lambda: rng.choice((10.0 ** rng.uniform(-1.0, 4.0), f"{10.0 ** rng.uniform(0.0, 2.0)}*(0.1 + x)"))  # noqa: E731
        changes |= {part + key: rate() for key in DECAYS}
        changes[part + "hysteresis decay rate at unit slope"] = 10.0 ** rng.uniform(-1.0, 4.0)
        changes[part + "hysteresis switching factor"] = rng.uniform(0.0, 3.0)
        changes[part + "initial hysteresis state"] = rng.uniform(-1.0, 1.0)
    how = rng.choice(HYSTERESIS_MODELS)
    return base.with_(changes).with_hysteresis(how), how


def steps_of(rng):
    """Cycles with reversals, holds and powers at random rates."""
    out, into = (rng.choice((0.2, 1.0, 2.0)) for _ in range(2))
    minor = f"Charge at {into}C for {rng.randint(1, 9)} minutes; Discharge at {out}C for 10 seconds; Rest for 1 hour; "
    power = "Discharge at 5 W for 5 minutes; Charge at 4 W for 5 minutes; Hold at 3.7 V for 5 minutes; "
    away = f"Discharge at {out}C for {rng.randint(1, 30)} minutes; {minor}{power if rng.random() < 0.5 else ''}"
    return away + f"Charge at {into}C until 4.1 V; Hold at 4.1 V until C/20; Discharge at {out}C until 3.2 V"


@pytest.mark.parametrize("number", range(RUNS))
def test_cells_with_hysteresis_run_and_keep_their_lithium(number):
    """No NaN, no failure of the solver, h between the branches; lithium as at the start to 1e-10."""
    rng = random.Random(f"hysteresis {number}")
    cell, how = hysteresis_cell(rng)
    model = rng.choice((cellsim.DFN((5, 3, 4), 6), cellsim.SPMe((5, 3, 4), 6), cellsim.SPM(6), cellsim.DFN()))
    T, steps, heat = rng.uniform(263.15, 318.15), steps_of(rng), rng.random() < 0.3 or None
    run = cellsim.simulate(cell, steps, model, temperature=T, soc=rng.uniform(0.3, 1.0), heat=heat)
    about = f"{number}: {cell.name}, {how}, {model}, {T:.1f} K, {steps}: {run.termination}"
    assert np.isfinite(run.final_state.state).all() and np.isfinite(run["Voltage [V]"]).all(), about
    assert not any(ending.is_failure for ending in run.endings), about
    sys = run.final_state.model.discretise(cell, T)
    assert (np.abs(unknowns(sys, run.final_state.state).h) <= 1.0 + 1e-3).all(), about
    if not sys.ageing.size:
        total = run["Total lithium in particles [mol]"] + run["Total lithium in electrolyte [mol]"]
        assert np.ptp(total) < 1e-10 * total[0], about
