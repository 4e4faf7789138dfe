"""The multi-species, multi-reaction model in runs: against PyBaMM, closed forms, in every model and kind of cell."""

from types import FunctionType, SimpleNamespace

import numpy as np
import pytest
from partials import check_partials, python
from pytest import approx
from reference_cases import columns
from reference_cells import MSMR_STEPS

import cellsim
from cellsim.kernels.equations.electrode import host_sites
from cellsim.physics import electron_transfer
from cellsim.physics.constants import F, R

N, P = "negative electrode/", "positive electrode/"
OCP, I0 = "open-circuit potential", "exchange-current density"
SET = "msmr_example"
MODELS = {"DFN": cellsim.DFN((6, 4, 6), 10), "SPMe": cellsim.SPMe((6, 4, 6), 10), "SPM": cellsim.SPM(10)}
T = 298.15
SPACE = dict(vars(host_sites)) | {
    name: python(getattr(electron_transfer, name)) for name in ("host_site", "logarithmic", "site_current")
}
for name in ("of_all_sites", "at_overpotential", "by_sites"):
    SPACE[name] = FunctionType(python(getattr(host_sites, name)).__code__, SPACE, name)
by_sites = SPACE["by_sites"]


def site(U0, X, w, b, i0):
    return SimpleNamespace(U0=U0, X=X, w=w, anodic=b, i0=i0)


ROWS = [
    SimpleNamespace(first=1, sites=3),
    site(3.6, 0.2, 1.0, 0.5, 0.3),
    site(3.8, 0.5, 1.4, 0.3, 2.0),
    site(4.2, 0.3, 5.5, 0.0, 3e4),  # a fast reaction whose current is bounded one way
]


@pytest.mark.parametrize("j", (1e-6, 0.4, -3.0, 200.0, -2e5))
def test_partials_of_the_overpotential_are_those_of_the_value(j):
    """By current, potential, scale and salt, complex step; rel 1e-9: rounding of a current of exponentials."""

    def term(j, U, scale, r):
        return by_sites(ROWS, ROWS[0], j, U, scale, r, T)[:5]

    check_partials(term, (j, 3.75, 1.7, 0.8), (0, 1, 2, 3), rel=1e-9)


def test_the_overpotential_gives_the_current_back():
    """Over 20 decades either way, from full to empty sites: rel 1e-9, and 0 at rest."""
    for U in (3.2, 3.7, 4.3):
        for r in (0.01, 1.0, 3.0):
            assert by_sites(ROWS, ROWS[0], 0.0, U, 1.7, r, T)[0] == 0.0
            for j in (1e-12, -1e-12, 1e-3, -0.1, 10.0, -1e3, 1e8, -1e8):
                eta, slope, *_, near = by_sites(ROWS, ROWS[0], j, U, 1.7, r, T)
                back = SPACE["at_overpotential"](ROWS, ROWS[0], U, r, T, F * eta / (R * T))[0] * 1.7
                assert back == approx(j, rel=1e-9) and slope > 0.0 and near > 0.0


@pytest.fixture(scope="module")
def reference():
    """Column by column: times [s] by run, and voltages [V] by model and run."""
    return columns("pybamm_msmr.csv")


@pytest.mark.parametrize("rate", MSMR_STEPS)
@pytest.mark.parametrize("model", (cellsim.DFN(), cellsim.SPM()), ids=lambda one: type(one).__name__)
def test_runs_agree_with_pybamm(reference, model, rate):
    """Discharges, rests and charges: 0.5 mV at every point.

    The mesh here is chosen for 0.1 mV; the rest is room for the reference's mesh and either's steps in time.
    """
    steps = [cellsim.Step("current", i, time) if i else cellsim.rest(time) for i, time in MSMR_STEPS[rate]]
    run = cellsim.simulate(SET, steps, model, soc=None, accuracy=1e-4, rtol=1e-6, force=True, time_budget=600.0)
    off = run.at("Voltage [V]", reference[f"time_s {rate}"]) - reference[f"{type(model).__name__} {rate}"]
    assert np.max(np.abs(off)) < 5e-4


@pytest.mark.parametrize("model", MODELS)
def test_one_ideal_site_is_butler_volmer_with_fickian_diffusion(model):
    """w = 1, a = 1/2: i0 of sqrt(x (1 - x) r), D of 1, by another path of the solver: to 1e-6 V.

    Its tolerance is 1e-8 over some hundred steps, and the law of D is a table of a constant here.
    """
    ideal = {"standard potential": [3.8], "occupancy fraction": [1.0], "ideality factor": [1.0]}
    cell = cellsim.load("lgm50_chen2020").with_({P + OCP: ideal, "cell/lower voltage cut-off": 2.0})
    own = {P + "host site exchange-current density": 7.0, P + "host site charge transfer coefficient": 0.5}
    sites = cell.with_(own).with_particle(("Fickian diffusion", "MSMR"))
    sites = sites.with_kinetics(("symmetric Butler-Volmer", "MSMR"))
    runs = [
        cellsim.simulate(c, "Discharge at 1C for 10 minutes", MODELS[model], soc=0.9, rtol=1e-8) for c in (cell, sites)
    ]
    assert runs[1].at("Voltage [V]", runs[0].t) == approx(runs[0]["Voltage [V]"], abs=1e-6)
    name = "X-averaged positive electrode exchange current density [A.m-2]"
    assert runs[1][name][-1] == approx(runs[0][name][-1], rel=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_overpotentials_give_the_currents_of_all_sites(model):
    """The variables of a run in the formulas as PyBaMM writes them: rel 1e-5, the tolerance over its error scale."""
    cell = cellsim.load(SET)
    run = cellsim.simulate(cell, "Discharge at 1C for 5 minutes", MODELS[model], soc=0.7, rtol=1e-7)
    f, r = F / (R * T), run["Electrolyte concentration [mol.m-3]"][5] / 1000.0
    for part, name, edge in ((N, "Negative", slice(None, 6)), (P, "Positive", slice(-6, None))):
        x = run[f"{name} particle surface stoichiometry"][5]
        u = f * run[f"{name} electrode reaction overpotential [V]"][5]
        law, r_here = cell.law(part + OCP), r[edge] if r.size > 3 else 1.0
        U, i0ref = law(x, T), cell.law(part + "host site exchange-current density")
        weights = np.array(i0ref.table[1]) if i0ref.table else np.full(len(law.sites.X), i0ref.value)
        a = cell.law(part + "host site charge transfer coefficient")
        shares = np.array(a.table[1]) if a.table else np.full(weights.size, a.value)
        j = i0 = 0.0
        for U0, X, w, weight, share in zip(*law.sites, weights, shares, strict=True):
            one = weight * (X / (1.0 + np.exp(f * (U - U0) / w))) ** w * np.exp(f * (1.0 - share) * (U - U0))
            one = one * r_here ** (1.0 - share)
            i0, j = i0 + one, j + one * (np.exp((1.0 - share) * u) - np.exp(-share * u))
        assert run[f"{name} electrode exchange current density [A.m-2]"][5] == approx(i0, rel=1e-5)
        assert np.mean(run[f"{name} electrode interfacial current density [A.m-2]"][5]) == approx(np.mean(j), rel=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_lithium_is_kept_and_a_law_with_heat_is_that_without(model):
    """1C out and in: lithium to 1e-10; with heat, held at 298.15 K and at 310 K, to 2e-5 V.

    Of a potential, with heat, 2e-6 V is the error allowed between its nodes in temperature; diffusivities have 1e-3.
    """
    steps = "Discharge at 1C for 15 minutes; Charge at 1C for 5 minutes"
    still = cellsim.Lumped(heat_transfer_coefficient=1e9)
    for temperature in (T, 310.0):
        runs = [
            cellsim.simulate(SET, steps, MODELS[model], soc=0.8, temperature=temperature, heat=heat, time_budget=600.0)
            for heat in (False, still)
        ]
        held = runs[0]["Total lithium in particles [mol]"]
        assert np.ptp(held) < 1e-10 * held[0]
        t = np.append(np.linspace(1.0, 899.0, 40), np.linspace(901.0, 1199.0, 20))
        assert runs[1].at("Voltage [V]", t) == approx(runs[0].at("Voltage [V]", t), abs=2e-5)


def test_warmth_of_a_run_is_that_of_its_temperature():
    """A run that begins at 298.15 K and is held at 310 K has, once warm, the law of 310 K at its state: 0.1 mV."""
    still = cellsim.Lumped(heat_transfer_coefficient=1e9)
    run = cellsim.simulate(SET, "Rest for 2 hours", MODELS["SPM"], soc=0.5, temperature=T, heat=still, ambient=310.0)
    cell = cellsim.load(SET)
    x = run["Negative particle surface stoichiometry"][-1], run["Positive particle surface stoichiometry"][-1]
    U = [float(cell.law(part + OCP)(np.ravel(one)[0], 310.0)) for part, one in zip((N, P), x, strict=True)]
    assert run["Voltage [V]"][-1] == approx(U[1] - U[0], abs=1e-4)


def test_impedance_is_that_of_the_sites_at_rest():
    """Charge transfer at high frequency in closed form: R_ct = RT/F over the sum of exchange currents: rel 1e-9."""
    cell, model = cellsim.load(SET), cellsim.SPM(20)
    x = 0.5 * (cell.value(P + "minimum stoichiometry") + cell.value(P + "maximum stoichiometry"))
    fast = cell.with_({P + I0: 2.0 * cell.value(P + I0)})
    f = [1e6]
    slow, quick = (cellsim.impedance(one, f, soc=0.5, model=model).impedance[0].real for one in (cell, fast))
    law = cell.law(P + OCP)
    U, total = float(law(x, T)), 0.0
    weights, shares = (
        np.array(cell.law(P + key).table[1])
        for key in ("host site exchange-current density", "host site charge transfer coefficient")
    )
    for U0, X, w, weight, a in zip(*law.sites, weights, shares, strict=True):
        held = X / (1.0 + np.exp(F * (U - U0) / (R * T * w)))
        total += weight * held**w * np.exp(F * (1.0 - a) * (U - U0) / (R * T))
    surface = 3.0 * cell.value(P + "active material volume fraction") * cell.value(P + "thickness")
    surface *= cell.value("cell/electrode area") / cell.value(P + "particle radius")
    assert slow - quick == approx(0.5 * R * T / (F * total * surface), rel=1e-6)


def test_half_cells_and_phases_have_host_sites():
    """A half cell, and a composite whose graphite is of host sites: finite voltages, all lithium."""
    half = cellsim.load(SET).half_cell("positive")
    assert half.kinetics(P[:-1]) == half.particle(P[:-1]) == "MSMR"
    run = cellsim.simulate(half, "Discharge at 0.5C for 10 minutes", MODELS["DFN"], soc=0.9)
    assert np.isfinite(run["Voltage [V]"]).all()
    graphite = N + "primary/"
    sites = cellsim.load(SET).to_json()["negative electrode"][OCP]["host sites"]
    own = {"host site exchange-current density": 2.7, "host site charge transfer coefficient": 0.5, OCP: sites}
    cell = cellsim.load("lgm50_composite").with_({graphite + key: value for key, value in own.items()})
    cell = cell.with_kinetics((("MSMR", "symmetric Butler-Volmer"), "symmetric Butler-Volmer"))
    cell = cell.with_particle((("MSMR", "Fickian diffusion"), "Fickian diffusion"))
    assert cell.particle(graphite[:-1]) == "MSMR" and cell.particle(N + "secondary") == "Fickian diffusion"
    for model in (MODELS["DFN"], MODELS["SPMe"]):
        run = cellsim.simulate(cell, "Discharge at 1C for 5 minutes", model, soc=0.8)
        held = run["Total lithium in particles [mol]"]
        assert np.isfinite(run["Voltage [V]"]).all() and np.ptp(held) < 1e-10 * held[0]
