"""Laws of charge transfer: the derivatives they promise, their formulas, their limits."""

from types import FunctionType

import numpy as np
import pytest
from partials import check_partials, python, terms_of
from pytest import approx
from scipy.special import erfc

from cellsim.physics import electron_transfer as terms
from cellsim.physics.constants import F, R
from cellsim.physics.kinetics import overpotential

T = 298.15


def uncompiled(module):
    """The terms of a module as Python functions that call each other as such: compiled ones have no way in."""
    space = dict(vars(module))
    for name, term in vars(module).items():
        if hasattr(term, "py_func"):
            space[name] = FunctionType(term.py_func.__code__, space, name)
    return space


PLAIN = uncompiled(terms)
butler_volmer = python(overpotential)
transfer = PLAIN["overpotential_of_transfer"]


TERMS = {  # (function, arguments, positions of the partials)
    "linear_overpotential": (PLAIN["linear_overpotential"], (-7.0, 0.4, 310.0), (0, 1)),
    "host_site": (PLAIN["host_site"], (0.09, 0.7, 0.0884, 0.433, 0.086, 0.4, T), (0, 1)),
    "host_site, filled": (PLAIN["host_site"], (3.1, 1.3, 3.7, 0.3, 1.4, 0.0, 280.0), (0, 1)),
    "logarithmic": (PLAIN["logarithmic"], (-3.0,), (0,)),
    "site_current": (PLAIN["site_current"], (0.6, -1.3, 0.3), (0, 1)),
    "complementary_error": (PLAIN["complementary_error"], (0.7,), (0,)),
    "marcus": (PLAIN["marcus"], (3.0, 12.0), (0,)),
    "marcus_hush_chidsey": (PLAIN["marcus_hush_chidsey"], (-3.0, 12.0), (0,)),
    "overpotential_of_transfer": (transfer, (0.9, 2.0, 0.3, 0, T), (0, 1)),
    "overpotential_of_transfer, cathodic": (transfer, (-1e-3, 2.0, 0.02, 0, T), (0, 1)),
    "overpotential_of_transfer, beyond the summit": (transfer, (2.5, 2.0, 0.3, 0, T), (0, 1)),
    "overpotential_of_transfer, metal": (transfer, (5.0, 2.0, 0.3, 1, T), (0, 1)),
    "overpotential_of_transfer, metal, cathodic": (transfer, (-1e-2, 2.0, 0.3, 1, T), (0, 1)),
    "overpotential_of_transfer, metal, saturated": (transfer, (-90.0, 2.0, 0.3, 1, T), (0, 1)),
}
WITHOUT_PARTIALS = {"summit"}


def test_every_law_of_charge_transfer_is_checked_here():
    """A term added without a test of its partials fails here."""
    assert terms_of(terms) == {name.split(",")[0] for name in TERMS} | WITHOUT_PARTIALS


@pytest.mark.parametrize("name", TERMS)
def test_partials_of_charge_transfer_are_those_of_the_value(name):
    """Complex step; rel 1e-11: rounding of a solution whose current is an exponential of it."""
    check_partials(*TERMS[name], rel=1e-11)


@pytest.mark.parametrize("b", (0.0, 0.3, 1.0))
def test_exchange_currents_of_a_host_site_are_those_of_the_source(b):
    """Eq. 16 of Baker and Verbrugge in filled and empty sites, and as PyBaMM writes it; rel 1e-12, rounding of exp."""
    U, r, U0, X, w = 0.21, 0.8, 0.17, 0.05, 2.5
    f = F / (R * T)
    x = X / (1.0 + np.exp(f * (U - U0) / w))
    found = PLAIN["host_site"](U, r, U0, X, w, b, T)[0]
    assert found == approx(x ** (w * (1.0 - b)) * (X - x) ** (w * b) * r**b, rel=1e-12)
    assert found == approx(x**w * np.exp(f * b * (U - U0)) * r**b, rel=1e-12)


@pytest.mark.parametrize("energy", (0.02, 0.3, 1.0, 5.0))
@pytest.mark.parametrize("u", (-40.0, -4.0, -1e-3, 0.0, 0.03, 2.0, 10.0))
def test_overpotentials_give_the_current_of_their_formulas(u, energy):
    """Written as their sources write them, up to nine tenths of what can flow; rel 1e-9: exp enlarges rounding."""
    k = R * T / F
    L = energy / k
    formulas = (
        np.exp(-((L - u) ** 2) / (4.0 * L)) - np.exp(-((L + u) ** 2) / (4.0 * L)),
        np.sqrt(np.pi * L) * np.tanh(u / 2.0) * erfc((L - np.sqrt(1.0 + np.sqrt(L) + u * u)) / (2.0 * np.sqrt(L))),
    )
    most = PLAIN["marcus"](PLAIN["summit"](L), L)[0], 2.0 * np.sqrt(np.pi * L)
    falls = abs(u) > PLAIN["summit"](L), False  # the inverted region, which no current asks for
    for metal, y in enumerate(formulas):
        if abs(y) < 0.9 * most[metal] and not falls[metal]:
            assert transfer(1.7 * y, 1.7, energy, metal, T)[0] == approx(k * u, rel=1e-9, abs=1e-18)


@pytest.mark.parametrize("metal", (0, 1))
@pytest.mark.parametrize("energy", (0.02, 0.3, 5.0))
def test_every_current_has_an_overpotential_that_rises_with_it(metal, energy):
    """Over 30 decades either way, far beyond what can flow: finite, odd, rising, and continuous to the slope given."""
    i = np.concatenate([10.0 ** np.linspace(-25.0, 5.0, 400), np.linspace(0.9, 1.1, 200), np.linspace(1.0, 60.0, 300)])
    i = np.unique(i)
    eta, slope, _ = np.array([transfer(one, 1.0, energy, metal, T) for one in i]).T
    assert np.isfinite(eta).all() and (np.diff(eta) > 0.0).all() and (slope > 0.0).all()
    assert transfer(-i[200], 1.0, energy, metal, T)[0] == -eta[200]
    assert transfer(0.0, 1.0, energy, metal, T)[0] == 0.0
    jump = np.abs(np.diff(eta)) / (np.maximum(slope[1:], slope[:-1]) * np.diff(i))
    assert jump.max() < 1.01  # no more than the steeper end asks for, but for an extreme slope between them


def test_marcus_is_butler_volmer_at_small_overpotentials():
    """j = 2 i0 exp(-L/4) sinh(u/2) exp(-u^2/4L): the last factor is 1 but for u^2/4L = 5e-7 at 5 eV, u = 0.02."""
    k, energy = R * T / F, 5.0
    for i in (-0.02, 1e-9, 0.02):
        i0 = np.exp(0.25 * energy / k)
        assert transfer(i, i0, energy, 0, T)[0] == approx(butler_volmer(i, 1.0, T)[0], rel=1e-6)
