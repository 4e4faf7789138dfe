"""Laws of charge transfer in runs: against PyBaMM, against closed forms, in every model and kind of cell."""

import random

import numpy as np
import pytest
from pytest import approx
from reference_cases import columns
from reference_cells import KINETICS, KINETICS_STEPS, kinetics

import cellsim
from cellsim.physics.constants import F, R

N, P = "negative electrode/", "positive electrode/"
ANODIC, CATHODIC, ENERGY = "anodic transfer coefficient", "cathodic transfer coefficient", "reorganisation energy"
MODELS = {"DFN": cellsim.DFN(), "SPMe": cellsim.SPMe(), "SPM": cellsim.SPM()}
BEYOND = (cellsim.Limit("voltage", 5.0),)  # in place of the cell's cut-off, which PyBaMM's steps do not know
STEPS = [
    cellsim.Step("current", i, time, until=BEYOND if i < 0.0 else ()) if i else cellsim.rest(time)
    for i, time in KINETICS_STEPS
]
T = 298.15


@pytest.fixture(scope="module")
def reference():
    """Column by column: times [s], and voltages [V] by model and law."""
    return columns("pybamm_kinetics.csv")


@pytest.mark.parametrize("law", KINETICS)
@pytest.mark.parametrize("model", ("DFN", "SPM"))
def test_laws_agree_with_pybamm(reference, model, law):
    """Discharges, charges and rests up to 2C: 0.5 mV at every point.

    The mesh here is chosen for 0.1 mV; the rest is room for the reference's mesh and either's steps in time.
    """
    run = cellsim.simulate(kinetics(law), STEPS, MODELS[model], soc=None, accuracy=1e-4, rtol=1e-6, force=True)
    off = run.at("Voltage [V]", reference["time_s"]) - reference[f"{model} {law}"]
    assert np.max(np.abs(off)) < 5e-4


@pytest.mark.parametrize("model", MODELS)
def test_transfer_coefficients_of_a_half_are_the_symmetric_law(model):
    """By another path of the solver: to 1e-7 V, its tolerance of 1e-8 over some hundred steps."""
    cell, steps = cellsim.load("lgm50_chen2020"), "Discharge at 1C for 10 minutes"
    even = cell.with_({N + ANODIC: 0.5, P + ANODIC: 0.5}).with_kinetics("asymmetric Butler-Volmer")
    runs = [cellsim.simulate(one, steps, MODELS[model], soc=0.9, rtol=1e-8) for one in (cell, even)]
    assert runs[1].at("Voltage [V]", runs[0].t) == approx(runs[0]["Voltage [V]"], abs=1e-7)


def test_laws_that_are_not_used_change_nothing():
    """Bit for bit: the quantities of a law, and the default by name."""
    cell = cellsim.load("lgm50_chen2020")
    stated = cell.with_({N + ANODIC: 0.3, P + ENERGY: 0.2}).with_kinetics("symmetric Butler-Volmer")
    runs = [cellsim.simulate(one, "Discharge at 1C for 10 minutes", soc=0.9) for one in (cell, stated)]
    assert runs[0].final_state.state.tobytes() == runs[1].final_state.state.tobytes()


@pytest.mark.parametrize("law", KINETICS)
@pytest.mark.parametrize("model", MODELS)
def test_overpotentials_give_the_currents_of_their_law(model, law):
    """The variables of a run, in the formulas as PyBaMM writes them: rel 1e-5, the tolerance over its error scale."""
    cell = kinetics(law)
    run = cellsim.simulate(cell, "Discharge at 1C for 10 minutes", MODELS[model], soc=0.9, rtol=1e-7)
    for part, name in ((N, "Negative"), (P, "Positive")):
        u = run[f"{name} electrode reaction overpotential [V]"][3:] * F / (R * T)
        i0 = run[f"{name} electrode exchange current density [A.m-2]"][3:]
        a, L = cell.value(part + ANODIC), (cell.value(part + ENERGY) if cell.has(part + ENERGY) else 1.0) * F / (R * T)
        y = {
            "asymmetric Butler-Volmer": lambda u=u, a=a: np.exp(a * u) - np.exp((a - 1.0) * u),
            "linear": lambda u=u: u,
            "Marcus": lambda u=u, L=L: np.exp(-((L - u) ** 2) / (4.0 * L)) - np.exp(-((L + u) ** 2) / (4.0 * L)),
            "Marcus-Hush-Chidsey": lambda u=u, L=L: _continuum(u, L),
        }[law]()
        assert i0 * y == approx(run[f"{name} electrode interfacial current density [A.m-2]"][3:], rel=1e-5)


def _continuum(u, L):
    from scipy.special import erfc

    return np.sqrt(np.pi * L) * np.tanh(u / 2.0) * erfc((L - np.sqrt(1.0 + np.sqrt(L) + u * u)) / (2.0 * np.sqrt(L)))


@pytest.mark.parametrize("law", KINETICS)
def test_impedance_is_that_of_the_law_at_rest(law):
    """Charge transfer from a spectrum at high frequency less that of Butler-Volmer, both in closed form: rel 1e-9.

    At rest 1/R_ct = i0 F/RT times the slope of the law at u = 0: 1, 1, exp(-L/4), and that of erfc.
    """
    from scipy.special import erfc

    cell, L = kinetics(law), lambda part: F * cell.value(part + ENERGY) / (R * T)
    slopes = {"Marcus": lambda x: np.exp(-x / 4.0)}
    slopes["Marcus-Hush-Chidsey"] = lambda x: (
        0.5 * np.sqrt(np.pi * x) * erfc((x - np.sqrt(1.0 + np.sqrt(x))) / (2.0 * np.sqrt(x)))
    )
    scaled = {
        part + "exchange-current density": cell.value(part + "exchange-current density")
        * (slopes[law](L(part)) if law in slopes else 1.0)
        for part in (N, P)
    }
    f, model = np.geomspace(1e-3, 1e4, 15), cellsim.DFN((10, 5, 10), 20)
    ours = cellsim.impedance(cell, f, soc=0.5, model=model)
    plain = cellsim.impedance(cell.with_(scaled).with_kinetics("symmetric Butler-Volmer"), f, soc=0.5, model=model)
    assert ours.impedance == approx(plain.impedance, rel=1e-9)


@pytest.mark.parametrize("sum_of_both", (0.8, 1.3))
def test_coefficients_need_not_add_up_to_one(sum_of_both):
    """An SPM: eta of i0 [exp(a u) - exp(-c u)] back to the current, rel 1e-6."""
    a = 0.3 * sum_of_both
    cell = cellsim.load("lgm50_chen2020").with_({N + ANODIC: a, N + CATHODIC: sum_of_both - a})
    cell = cell.with_kinetics(("asymmetric Butler-Volmer", "symmetric Butler-Volmer"))
    run = cellsim.simulate(cell, "Discharge at 1C for 5 minutes", cellsim.SPM(), soc=0.9, rtol=1e-8)
    u = run["Negative electrode reaction overpotential [V]"][3:] * F / (R * T)
    i0 = run["Negative electrode exchange current density [A.m-2]"][3:]
    j = run["Negative electrode interfacial current density [A.m-2]"][3:]
    assert i0 * (np.exp(a * u) - np.exp((a - sum_of_both) * u)) == approx(j, rel=1e-6)


@pytest.mark.parametrize("prefactor", (0.5, 5.0))
def test_a_current_beyond_the_largest_of_a_law_ends_at_the_cutoff(prefactor):
    """Marcus' rate has a summit of about the prefactor: beyond it, at once or where i0 has fallen, is the cut-off."""
    cell = cellsim.load("lgm50_chen2020").with_({N + ENERGY: 0.3, N + "exchange-current density": prefactor})
    cell = cell.with_kinetics(("Marcus", "symmetric Butler-Volmer"))
    run = cellsim.simulate(cell, "Discharge at 2C until 2.5 V", soc=0.9)
    assert np.isfinite(run["Voltage [V]"]).all() and "2.5 V" in str(run)
    if prefactor > 1.0:
        assert 60.0 < run.t[-1] < 1800.0 and run["Voltage [V]"][-1] == approx(2.5, abs=1e-3)
    else:
        assert run.t[-1] == 0.0


@pytest.mark.parametrize("law", KINETICS)
def test_phases_and_half_cells_have_laws_of_their_own(law):
    """A composite electrode whose silicon follows another law, and a half cell; lithium is kept to 1e-10."""
    numbers = KINETICS[law]["negative"]
    silicon = N + "secondary/"
    changes = {silicon + key: value for key, value in numbers.items() if key != "factor"}
    path = silicon + "exchange-current density"
    cell = cellsim.load("lgm50_composite")
    cell = cell.with_(changes | {path: cell.value(path) * numbers.get("factor", 1.0)})
    mixed = cell.with_kinetics((("symmetric Butler-Volmer", law), "symmetric Butler-Volmer"))
    assert mixed.kinetics(silicon[:-1]) == law and mixed.kinetics(N + "primary") == "symmetric Butler-Volmer"
    for model in (cellsim.DFN((6, 4, 6), 8), cellsim.SPMe((6, 4, 6), 8)):
        runs = [cellsim.simulate(one, "Discharge at 1C for 10 minutes", model, soc=None) for one in (cell, mixed)]
        assert np.abs(runs[1]["Voltage [V]"][-1] - runs[0]["Voltage [V]"][-1]) > 1e-6
        held = runs[1]["Total lithium in particles [mol]"]
        assert np.ptp(held) < 1e-10 * held[0]
    half = kinetics(law).half_cell("positive")
    assert half.kinetics("positive electrode") == law
    run = cellsim.simulate(half, "Discharge at 0.5C for 10 minutes", soc=0.9)
    assert np.isfinite(run["Voltage [V]"]).all()


def test_random_cells_by_any_law_run():
    """Thirty cells by random laws and numbers: each run ends for a reason, with finite voltages and all lithium."""
    rng = random.Random(7)
    for _ in range(30):
        cell = cellsim.load("lgm50_chen2020")
        changes = {}
        for part in (N, P):
            changes |= {part + ANODIC: rng.uniform(0.05, 0.95), part + ENERGY: 10.0 ** rng.uniform(-2.0, 0.5)}
            path = part + "exchange-current density"
            changes[path] = cell.value(path) * 10.0 ** rng.uniform(-1.0, 3.0)
        cell = cell.with_(changes).with_kinetics((rng.choice([*KINETICS]), rng.choice([*KINETICS])))
        rate = rng.choice((0.2, 1.0, 3.0))
        steps = f"Discharge at {rate}C for 10 minutes or until 2.5 V; Charge at {rate}C for 5 minutes or until 4.2 V"
        model = rng.choice((cellsim.DFN((6, 4, 6), 8), cellsim.SPMe((6, 4, 6), 8), cellsim.SPM(8)))
        run = cellsim.simulate(cell, steps, model, soc=rng.uniform(0.3, 0.9))
        held = run["Total lithium in particles [mol]"]
        assert np.isfinite(run["Voltage [V]"]).all() and np.ptp(held) < 1e-10 * held[0], (changes, steps)
