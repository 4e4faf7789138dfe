"""Every term returns the derivatives it promises, and the values of its formula."""

import numpy as np
import pytest
from partials import check_partials, terms_of
from pytest import approx

from cellsim.physics import kinetics, transport
from cellsim.physics.constants import F, R


def f(x):
    """A law with known slope, standing for a departure from the square-root law."""
    return 1.0 + 0.3 * x + 0.2 * x * x


def f_x(x):
    return 0.3 + 0.4 * x


def exchange_current(i_ref, x, r):
    """The term with its shapes written as functions of its arguments."""
    return kinetics.exchange_current.py_func(i_ref, x, f(x), f_x(x), r, f(r), f_x(r))


TERMS = {  # term of the arguments it returns partials for: (function, arguments, positions)
    "exchange_current": (exchange_current, (3.4, 0.37, 0.8), (1, 2)),
    "end_potential": (kinetics.end_potential.py_func, (0.0007,), (0,)),
    "end_potential, full": (kinetics.end_potential.py_func, (0.9991,), (0,)),
    "end_potential, overfull": (kinetics.end_potential.py_func, (1.002,), (0,)),
    "overpotential": (kinetics.overpotential.py_func, (-7.0, 0.4, 310.0), (0, 1)),
    "log_concentration": (transport.log_concentration.py_func, (830.0,), (0,)),
}
WITHOUT_PARTIALS = {"diffusion_factor", "arrhenius", "bruggeman", "percolation", "relaxed", "diluted", "end_potentials"}


def test_every_term_of_the_physics_is_checked_here():
    """A term added without a test of its partials fails here."""
    assert terms_of(kinetics, transport) == {name.split(",")[0] for name in TERMS} | WITHOUT_PARTIALS


@pytest.mark.parametrize("name", TERMS)
def test_partials_are_those_of_the_value(name):
    """Complex step; rel 1e-13 is rounding of a dozen operations."""
    check_partials(*TERMS[name], rel=1e-13)


def test_the_ends_of_an_electrode_are_walls():
    """A volt at either end, a millivolt at a thousandth from it, nothing inside; rounding only."""
    U = lambda x: kinetics.end_potential.py_func(x)[0]  # noqa: E731
    assert (U(0.0), U(1.0)) == approx((1.0, -1.0), rel=1e-12)
    assert (U(0.001), U(0.999)) == approx((1e-3, -1e-3), rel=1e-9)
    assert U(0.006) == U(0.5) == U(0.994) == 0.0 and abs(U(0.00499)) < 1e-14
    assert U(-0.01) > 60.0 and U(1.01) < -60.0


@pytest.mark.parametrize("i", (0.0, 1e-12, -1e-12, 2.0, -2.0, 1e9, -1e9))
def test_overpotential_solves_butler_volmer_at_any_current(i):
    """i = 2 i0 sinh(F eta / 2RT) back to i; the slope stays finite.  rel 1e-12: sinh enlarges eta's rounding."""
    i0, T = 0.7, 298.15
    eta, slope, _ = kinetics.overpotential.py_func(i, i0, T)
    assert 2.0 * i0 * np.sinh(F * eta / (2.0 * R * T)) == approx(i, rel=1e-12, abs=1e-25)
    assert 0.0 < slope <= R * T / (F * i0) * (1.0 + 1e-14)


def test_exchange_current_is_its_reference_at_half_filling():
    """i0 = i_ref by definition at x = 0.5, c = c_ref; exact up to rounding."""
    assert kinetics.exchange_current.py_func(2.5, 0.5, 1.0, 0.0, 1.0, 1.0, 0.0)[0] == approx(2.5, rel=1e-15)


def test_arrhenius_factor_by_hand():
    """E = 34.7 kJ/mol from 298.15 to 308.15 K: exp(34700 / 8.314462618 (1/298.15 - 1/308.15)); rel 1e-6 of 6 digits."""
    assert transport.arrhenius(34700.0, 308.15, 298.15) == approx(1.574997, rel=1e-6)
    assert transport.arrhenius(34700.0, 298.15, 298.15) == 1.0


def test_a_single_ion_conductor_has_no_diffusion_potential():
    """chi = 0 for t_plus = 1; 2RT/F (1 - 0.4) 1.2 at 300 K by hand, 0.037227 V (5 digits)."""
    assert transport.diffusion_factor(1.0, 3.0, 300.0) == 0.0
    assert transport.diffusion_factor(0.4, 1.2, 300.0) == approx(0.037227, rel=2e-5)


def test_nothing_conducts_below_the_percolation_threshold():
    """Zero at and below it, one in the bulk, and monotone between."""
    phi = np.linspace(0.0, 1.0, 101)
    efficiency = np.array([transport.percolation(x, 0.1, 2.0) for x in phi])
    assert np.all(efficiency[phi <= 0.1] == 0.0) and efficiency[-1] == 1.0
    assert np.all(np.diff(efficiency[phi >= 0.1]) > 0.0)
    assert transport.bruggeman(0.25, 1.5) == approx(0.125, rel=1e-15)


def test_a_step_of_a_falling_current_is_taken_in_its_overpotential():
    """Where i is 2 i0 sinh(v), Newton's step to an overpotential of none lands there at once; rounding only."""
    i, i0 = 1e6, 1e-3
    v = np.arcsinh(0.5 * i / i0)
    slope = 1.0 / (2.0 * i0 * np.cosh(v))
    for s in (1.0, -1.0):
        assert kinetics.relaxed.py_func(s * i, -s * v / slope, i0) == approx(0.0, abs=1e-13 * i)
        assert s * kinetics.relaxed.py_func(s * i, -s * 0.5 * v / slope, i0) == approx(2.0 * i0 * np.sinh(0.5 * v))
        assert s * kinetics.relaxed.py_func(s * i, -s * 9.0 * v / slope, i0) == approx(-2.0 * i0 * np.sinh(1.0))


def test_a_concentration_that_falls_to_none_stays_positive():
    """In its logarithm, by no more than a factor of e^7 and at least one of 10."""
    diluted = transport.diluted.py_func
    assert diluted(2.0, -10.0) == approx(2.0 * np.exp(-5.0))
    assert diluted(2.0, -1.9) == approx(0.2) and diluted(2.0, -1e9) == approx(2.0 * np.exp(-7.0))
