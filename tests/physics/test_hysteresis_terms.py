"""Terms of open-circuit hysteresis: the derivatives they promise, and what h does at an implicit stage."""

import inspect

import numpy as np
import pytest
from pytest import approx

from cellsim.physics import hysteresis

STEP = 1e-30j  # a complex step cannot cancel, so the derivative is exact to rounding
h_of, follow = (getattr(term, "py_func", term) for term in (hysteresis.decayed, hysteresis.following_current))


def potential(x, h):
    """The term with its laws written as functions of the stoichiometry."""
    mix = getattr(hysteresis.between_branches, "py_func", hysteresis.between_branches)
    return mix(h, 0.01 * x * x, 0.02 * x, 0.03 - 0.02 * x, -0.02)


TERMS = {  # (function, arguments, positions of the partials)
    "following_current": (follow, (0.007,), (0,)),
    "following_current, steep": (follow, (-3.0,), (0,)),
    "decayed": (h_of, (0.3, 0.2, 1.7), (2, 1)),
    "decayed, lithiation": (h_of, (0.3, 0.2, -1.7), (2, 1)),
    "between_branches": (potential, (0.4, -0.6), (0, 1)),
}


def test_every_term_of_hysteresis_is_checked_here():
    """A term added without a test of its partials fails here."""
    terms = {
        name
        for name, term in inspect.getmembers(hysteresis)
        if getattr(getattr(term, "py_func", term), "__module__", "") == hysteresis.__name__
    }
    assert terms == {name.split(",")[0] for name in TERMS}


@pytest.mark.parametrize("name", TERMS)
def test_partials_of_hysteresis_are_those_of_the_value(name):
    """Complex step; rel 1e-13 is rounding of a dozen operations."""
    term, args, positions = TERMS[name]
    value, *partials = term(*args)
    assert len(partials) == len(positions) and np.isfinite(value)
    for position, partial in zip(positions, partials, strict=True):
        moved = [complex(z) if k == position else z for k, z in enumerate(args)]
        moved[position] += STEP
        assert partial == approx(np.imag(term(*moved)[0]) / STEP.imag, rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("known", (-1.0, -0.3, 0.8, 1.0))
@pytest.mark.parametrize("j", (-1e3, -0.1, 0.0, 1e-9, 5.0))
def test_a_stage_keeps_h_between_the_branches_and_on_its_equation(known, j):
    """h = known + q (j - |j| h), of any length of step; rel 1e-12: rounding."""
    for q in (0.0, 1e-6, 1.0, 1e6):
        h = h_of(known, q, j)[0]
        assert -1.0 <= h <= 1.0
        assert h * (1.0 + q * abs(j)) == approx(known + q * j, rel=1e-12)
