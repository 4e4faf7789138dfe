"""Electronic conductivity as a law of temperature and surface stoichiometry: runs, heat, spectra, wrong laws."""

import math

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, Lumped, ParameterError, SPMe
from cellsim.models.materials.electrons import of_reference
from cellsim.physics.constants import R

P, N = "positive electrode", "negative electrode"
SIGMA, ENERGY, V = f"{P}/electronic conductivity", f"{P}/electronic conductivity activation energy", "Voltage [V]"
SMALL = (4, 3, 4), 6
E, T_REF, WARM = 20000.0, 298.15, 318.15
OF_T = f"0.18*exp({E}/{R!r}*(1/{T_REF} - 1/T))"
OF_X = "0.02 + 0.3*(1 - x)**2"
TIMES = np.linspace(0.0, 2900.0, 30)


def cell(changes=None):
    return cellsim.load("lgm50_chen2020").with_(changes or {})


def run(changes, model=None, steps="Discharge at 1C for 50 min", **options):
    return cellsim.simulate(cell(changes), steps, model or DFN(*SMALL), rtol=1e-7, **options)


@pytest.mark.parametrize("model", (DFN(*SMALL), SPMe(*SMALL)), ids=("DFN", "SPMe"))
@pytest.mark.parametrize("law", ({ENERGY: E}, {SIGMA: OF_T}), ids=("activation energy", "expression"))
def test_at_a_temperature_it_is_the_number_by_hand(model, law):
    """2e-6 V: the same equations to the tolerance of the steps, 1e-7 of a volt, some hundred of them."""
    by_hand = 0.18 * math.exp(E / R * (1.0 / T_REF - 1.0 / WARM))
    found, known = (run(changes, model, temperature=WARM) for changes in (law, {SIGMA: by_hand}))
    plain = run({}, model, temperature=WARM)
    assert np.abs(found.at(V, TIMES) - known.at(V, TIMES)).max() < 2e-6
    assert np.abs(found.at(V, TIMES) - plain.at(V, TIMES)).max() > 1e-3  # so that it could be seen


@pytest.mark.parametrize(
    "law",
    ({ENERGY: E}, {SIGMA: OF_T}, {SIGMA: f"({OF_X})*exp(1 - {T_REF}/T)"}, {SIGMA: "0.18 + 1e-3*x*(T - 298.15)"}),
    ids=("activation energy", "of T", "product", "of both"),
)
def test_with_heat_that_warms_nothing_it_is_the_law_at_that_temperature(law):
    """1e9 J/K: 1e-7 K.  1e-6 V: laws at the first temperature are exact, steps are not the same."""
    still = run(law, temperature=310.0)
    heated = run(law, temperature=310.0, heat=Lumped(heat_capacity=1e9))
    assert np.abs(still.at(V, TIMES) - heated.at(V, TIMES)).max() < 2e-6


def test_with_heat_it_follows_the_temperature_of_the_cell():
    """The SPMe's loss in the solid is I L / 3 sigma(T), of each electrode, at every row; rounding of tables: 1e-5."""
    warm = run({ENERGY: E}, SPMe(*SMALL), "Discharge at 3C for 10 min", heat=True)
    T, I = warm["Cell temperature [K]"], 15.0 / cell().value("cell/electrode area")
    assert T[-1] - T[0] > 4.0
    sigma = 0.18 * np.exp(E / R * (1.0 / T_REF - 1.0 / T))
    known = -I / 3.0 * (75.6e-6 / sigma + 85.2e-6 / 215.0)
    assert warm["X-averaged solid phase ohmic losses [V]"] == approx(known, rel=1e-5)


def test_one_particle_loses_what_the_law_at_its_surface_says():
    """I L / 3 sigma(x), off the voltage of the same cell with another conductivity; 30 uV: rows of
    few long steps are interpolated."""
    found, plain = run({SIGMA: OF_X}, SPMe(*SMALL)), run({}, SPMe(*SMALL))
    x = found.at("X-averaged positive particle surface stoichiometry", TIMES)
    per = 5.0 / cell().value("cell/electrode area") * 75.6e-6 / 3.0
    less = per * (1.0 / (0.02 + 0.3 * (1.0 - x) ** 2) - 1.0 / 0.18)
    assert np.ptp(less) > 0.01
    assert plain.at(V, TIMES) - found.at(V, TIMES) == approx(less, abs=3e-5)


def test_the_porous_model_passes_the_current_through_the_law():
    """Ohm's law in the solid: sigma(x) dphi_s/dx from the collector, against the current that has not yet reacted.

    2 %: the gradient of 60 volumes by differences, and the law amid two of them.
    """
    one = run({SIGMA: OF_X}, DFN((10, 5, 60), 8), "Discharge at 1C for 30 min")
    x, phi = one["Positive particle surface concentration [mol.m-3]"][-1], one["Positive electrode potential [V]"][-1]
    at, c_max = one["x_p [m]"], cell().value(f"{P}/maximum concentration")
    sigma = 0.02 + 0.3 * (1.0 - x / c_max) ** 2
    carried = -0.5 * (sigma[1:] + sigma[:-1]) * np.diff(phi) / np.diff(at)
    j = one["Positive electrode interfacial current density [A.m-2]"][-1]
    a = 3.0 * cell().value(f"{P}/active material volume fraction") / cell().value(f"{P}/particle radius")
    faces = np.concatenate([[at[0] - 0.5 * (at[1] - at[0])], 0.5 * (at[1:] + at[:-1])])
    dx = 2.0 * (at - faces)
    passed = -np.cumsum(a * j * dx)[:-1]
    assert carried[5:] == approx(passed[5:], rel=0.02)


@pytest.mark.parametrize("model", ("DFN", "SPMe"))
def test_a_spectrum_has_the_conductivity_of_its_stoichiometry(model):
    """As with the number by hand, to rounding, at another temperature."""
    f = np.geomspace(1e-3, 1e4, 8)
    law = {SIGMA: f"({OF_X})*exp(1 - {T_REF}/T)"}
    found = cellsim.impedance(cell(law), f, model, soc=0.4, temperature=WARM)
    x = cellsim.models.initial.stoichiometries(cell(), 0.4)[1]
    number = (0.02 + 0.3 * (1.0 - x) ** 2) * math.exp(1.0 - T_REF / WARM)
    known = cellsim.impedance(cell({SIGMA: number}), f, model, soc=0.4, temperature=WARM)
    assert np.abs(found.impedance / known.impedance - 1.0).max() < 1e-7


def test_a_law_that_is_a_constant_changes_nothing():
    """2e-6 V: the tolerance of the steps."""
    found, plain = run({SIGMA: "0.18 + 0*x"}), run({})
    assert np.abs(found.at(V, TIMES) - plain.at(V, TIMES)).max() < 2e-6


def test_phases_share_a_conductivity_by_their_surface():
    """A composite electrode whose phases differ: lost is between what either surface says; 1e-5 V: steps."""
    steps, key = "Discharge at 1C for 20 min", f"{N}/electronic conductivity"
    composite, t = cellsim.load("lgm50_composite"), np.linspace(1.0, 1190.0, 20)
    one, other = (cellsim.simulate(composite.with_({key: law}), steps, SPMe(*SMALL)) for law in ("5 + 20*x", 15.0))
    per = composite.nominal_capacity / composite.value("cell/electrode area") * composite.value(f"{N}/thickness") / 3.0
    lost = other.at(V, t) - one.at(V, t) + per / 15.0
    names = (f"X-averaged negative {phase} particle surface stoichiometry" for phase in ("primary", "secondary"))
    x = [one.at(name, t) for name in names]
    least, most = (per / (5.0 + 20.0 * of(*x)) for of in (np.maximum, np.minimum))
    assert ((lost > least - 1e-5) & (lost < most + 1e-5)).all() and np.ptp(x, axis=0).min() > 0.01


def test_the_law_is_that_of_the_file_over_its_reference():
    """At reference 1, elsewhere the quotient by hand; rounding."""
    one = cell({SIGMA: OF_X, ENERGY: E})
    middle = 0.5 * (one.value(f"{P}/minimum stoichiometry") + one.value(f"{P}/maximum stoichiometry"))
    law = of_reference(one, P, WARM)
    faster = math.exp(E / R * (1.0 / T_REF - 1.0 / WARM))
    assert of_reference(one, P, T_REF)(middle) == approx(1.0, rel=1e-14)
    assert law(0.5) == approx(faster * (0.02 + 0.3 * 0.25) / (0.02 + 0.3 * (1.0 - middle) ** 2), rel=1e-12)


@pytest.mark.parametrize(
    "changes, options, words",
    [
        ({SIGMA: "0.1*(x - 0.5)"}, {}, "outside 1e-30 to 1e\\+08; check it"),
        ({SIGMA: "0.18*(T - 290)"}, {"temperature": 280.0}, "T = 280 K"),
        ({SIGMA: "0.18*(T - 290)/8.15"}, {"temperature": 300.0, "heat": True}, None),
    ],
    ids=("negative", "negative where it is cold", "negative where it could become cold"),
)
def test_a_conductivity_below_nothing_is_said(changes, options, words):
    """In one sentence with the key; where heat does not get there it is no fault."""
    if words is None:
        assert cellsim.simulate(cell(changes), "Discharge at 1C for 1 min", DFN(*SMALL), **options).t[-1] == 60.0
        return
    with pytest.raises(ParameterError, match=words) as fault:
        cellsim.simulate(cell(changes), "Discharge at 1C for 1 min", DFN(*SMALL), **options)
    assert "electronic conductivity" in str(fault.value) and "\n" not in str(fault.value)
