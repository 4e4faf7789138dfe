"""Terms of ageing: the derivatives they promise, the values of their formulas written out, and their limits."""

from math import exp, pi

import numpy as np
import pytest
from partials import STEP, check_partials, python, terms_of
from pytest import approx

from cellsim.physics.ageing import drying, fatigue, plating, sei
from cellsim.physics.constants import F, R

MODULES = (sei, plating, fatigue, drying)
f = F / (R * 298.15)
KOLZENBERG = (1.5e-7, 0.5, 1e-9, 1e-8, 1e-20, 15.0, f)  # after v, L, j
TERMS = {  # (function, arguments, positions of the partials)
    "tamed": (sei.tamed, (3.0,), (0,)),
    "tamed, beyond": (sei.tamed, (55.0,), (0,)),
    "reaction_limited": (sei.reaction_limited, (0.1, 0.4, 1.5e-7, 0.5, f), (0,)),
    "reaction_limited, beyond": (sei.reaction_limited, (-3.0, 0.4, 1.5e-7, 0.5, f), (0,)),
    "solvent_diffusion_limited": (sei.solvent_diffusion_limited, (7e-9, 2.5e-22, 2636.0), (0,)),
    "ec_reaction_limited": (sei.ec_reaction_limited, (0.1, 7e-9, 0.4, 1e-12, 4541.0, 2e-18, 0.5, f), (0, 1)),
    "electron_migration_limited": (sei.electron_migration_limited, (0.1, 7e-9, 0.4, 8.95e-14), (0, 1)),
    "electron_migration_limited, above": (sei.electron_migration_limited, (0.5, 7e-9, 0.4, 8.95e-14), (0, 1)),
    "interstitial_diffusion_limited": (sei.interstitial_diffusion_limited, (0.1, 7e-9, 1e-20, 15.0, f), (0, 1)),
    "tunnelling_limited": (sei.tunnelling_limited, (0.1, 7e-9, 1.5e-2, 0.4, 1e9, f), (0, 1)),
    "von_kolzenberg": (sei.von_kolzenberg, (0.1, 7e-9, -0.3, *KOLZENBERG), (0, 1, 2)),
    "von_kolzenberg, discharge": (sei.von_kolzenberg, (0.1, 7e-9, 0.03, *KOLZENBERG), (0, 1, 2)),
    "von_kolzenberg, stopped": (sei.von_kolzenberg, (0.1, 7e-9, 9.0, *KOLZENBERG), (0, 1, 2)),
    "von_kolzenberg, thin": (sei.von_kolzenberg, (0.1, 5e-10, -0.3, *KOLZENBERG), (0, 1, 2)),
    "plating_at": (plating.plating_at, (0.05, 1e-3, 0.7, f), (0,)),
    "dying_beside": (plating.dying_beside, (-0.3, 0.01), (0,)),
    "dying_beside, discharge": (plating.dying_beside, (0.3, 0.01), (0,)),
    "surface_stress": (fatigue.surface_stress, (15000.0, 12000.0, 3.1e-6, 15e9, 0.3), (0, 1)),
    "crack_growth": (fatigue.crack_growth, (5e7, 3e-8, 3.9e-20, 1.12, 2.2), (0, 1)),
    "crack_growth, pressed": (fatigue.crack_growth, (-5e7, 3e-8, 3.9e-20, 1.12, 2.2), (0, 1)),
    "roughness": (fatigue.roughness, (3e-8, 15e-9, 3.18e15), (0,)),
    "stress_driven_loss": (fatigue.stress_driven_loss, (3e7, 2.8e-7, 1e-7, 6e7, 2.5), (0,)),
    "stress_driven_loss, pressed": (fatigue.stress_driven_loss, (-3e7, 2.8e-7, 1e-7, 6e7, 2.5), (0,)),
    "reservoir_left": (drying.reservoir_left, (2e-7, 9e-7), (0, 1)),
    "reservoir_left, empty": (drying.reservoir_left, (1e-6, 9e-7), (0, 1)),
    "wetted_share": (drying.wetted_share, (3e-6, 9e-7, 5e-5), (0, 2)),
    "wetted_share, full": (drying.wetted_share, (2e-7, 9e-7, 5e-5), (0, 2)),
    "stress_driven_loss, off": (fatigue.stress_driven_loss, (-3e7, 2.8e-7, 0.0, 6e7, 2.5), (0,)),
}
OTHERWISE = {"stripping_and_plating"}  # returns two values, each with its partials


def test_every_term_of_ageing_is_checked_here():
    """A term added without a test of its partials fails here."""
    assert {name.split(",")[0] for name in TERMS} | OTHERWISE == terms_of(*MODULES)


@pytest.fixture(autouse=True)
def in_python(monkeypatch):
    """`tamed` as Python, too, so that a complex argument needs no compilation."""
    monkeypatch.setattr(plating, "tamed", getattr(sei.tamed, "py_func", sei.tamed))
    monkeypatch.setattr(sei, "tamed", plating.tamed)
    yield


@pytest.mark.parametrize("name", TERMS)
def test_partials_are_those_of_the_value(name):
    """Complex step; rel 1e-12 is rounding of a dozen operations, those of powers and exponentials of 40 included."""
    check_partials(*TERMS[name], rel=1e-12)


def test_partials_of_stripping_and_plating():
    """Two values: per plated lithium by v, and the other way by v and by c."""
    args = (0.05, 1000.0, 1e-9, 0.65, f)
    up, up_v, down, down_v, down_c = python(plating.stripping_and_plating)(*args)
    by_v = python(plating.stripping_and_plating)(0.05 + STEP, *args[1:])
    by_c = python(plating.stripping_and_plating)(0.05, 1000.0 + STEP, *args[2:])
    assert (up_v, down_v) == approx((by_v[0].imag / STEP.imag, by_v[2].imag / STEP.imag), rel=1e-12)
    assert down_c == approx(by_c[2].imag / STEP.imag, rel=1e-12)
    assert (up, down) == approx((F * 1e-9 * exp(0.35 * f * 0.05), F * 1e-6 * exp(-0.65 * f * 0.05)), rel=1e-13)


def test_values_are_those_of_the_formulas():
    """Each law written out once more, with numbers in place of names; rounding."""
    at = {name: python(term)(*args)[0] for name, (term, args, _) in TERMS.items()}
    k = 1e-12 * exp(-0.5 * f * (0.1 - 0.4))
    assert at["reaction_limited"] == approx(-1.5e-7 * exp(0.15 * f), rel=1e-13)
    assert at["solvent_diffusion_limited"] == approx(-2.5e-22 * 2636.0 * F / 7e-9, rel=1e-13)
    assert at["ec_reaction_limited"] == approx(-F * 4541.0 / (1.0 / k + 7e-9 / 2e-18), rel=1e-13)
    assert at["electron_migration_limited"] == approx(-8.95e-14 * 0.3 / 7e-9, rel=1e-13)
    assert at["electron_migration_limited, above"] == 0.0
    assert at["interstitial_diffusion_limited"] == approx(-1e-20 * 15.0 * F / 7e-9 * exp(-0.1 * f), rel=1e-13)
    assert at["tunnelling_limited"] == approx(-1.5e-2 * exp(-0.04 * f - 7.0), rel=1e-13)
    assert at["plating_at"] == approx(-1e-3 * exp(-0.035 * f), rel=1e-13)
    assert at["surface_stress"] == approx(3.1e-6 * 15e9 * 3000.0 / 2.1, rel=1e-13)
    assert at["crack_growth"] == approx(3.9e-20 / 3600.0 * (1.12 * 5e7 * (pi * 3e-8) ** 0.5) ** 2.2, rel=1e-13)
    assert at["roughness"] == approx(2.0 * 3e-8 * 15e-9 * 3.18e15, rel=1e-13)
    assert at["stress_driven_loss"] == approx(2.8e-7 * 0.5**2.5, rel=1e-13)
    assert at["stress_driven_loss, pressed"] == approx(1e-7 * 0.5**2.5, rel=1e-13)
    assert at["reservoir_left"] == approx(7e-7, rel=1e-13) and at["reservoir_left, empty"] == 0.0
    assert at["wetted_share"] == approx(1.0 - 2.1 / 50.0, rel=1e-13) and at["wetted_share, full"] == 1.0
    assert at["stress_driven_loss, off"] == at["crack_growth, pressed"] == 0.0


@pytest.mark.parametrize("j", (-0.3, 0.03))
def test_von_kolzenberg_as_printed(j):
    """-j0 LL exp(-alpha f v), LL = (1 - s La/L_mig)/(1 - s La/L_mig + La/L_diff), s the sign of j; rounding."""
    La, s = 7e-9 - 1e-9, np.sign(j)
    L_mig = 2.0 * 1e-8 / (f * abs(j))
    L_diff = 1e-20 * 15.0 * F / 1.5e-7 * exp(-0.5 * f * 0.1)
    top = 1.0 - s * La / L_mig
    expected = -1.5e-7 * exp(-0.05 * f) * top / (top + La / L_diff)
    assert python(sei.von_kolzenberg)(0.1, 7e-9, j, *KOLZENBERG)[0] == approx(expected, rel=1e-12)
    assert python(sei.von_kolzenberg)(0.1, 7e-9, 9.0, *KOLZENBERG)[0] == 0.0
    assert python(sei.von_kolzenberg)(0.1, 5e-10, j, *KOLZENBERG)[0] == approx(-1.5e-7 * exp(-0.05 * f), rel=1e-13)


def test_an_exponent_of_no_battery_is_continued_smoothly():
    """Value and slope meet at the border; finite far beyond, where a guess may lie."""
    below, above = (python(sei.tamed)(sei.STEEPEST + d) for d in (-1e-9, 1e-9))
    assert above == approx(below, rel=1e-8) and np.isfinite(python(sei.tamed)(1e6)).all()


def test_plating_rests_at_its_equilibrium():
    """v = ln(c / c_pl) / f: as much is stripped as plated; rounding of the exponentials."""
    v = np.log(1000.0 / 57.0) / f
    up, _, down, _, _ = python(plating.stripping_and_plating)(v, 1000.0, 1e-9, 0.65, f)
    assert up * 57.0 == approx(down, rel=1e-12)
