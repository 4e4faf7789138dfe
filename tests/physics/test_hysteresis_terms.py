"""Terms of open-circuit hysteresis: the derivatives they promise, and what h does at an implicit stage."""

import pytest
from partials import check_partials, python, terms_of
from pytest import approx

from cellsim.physics import hysteresis

h_of, follow = python(hysteresis.decayed), python(hysteresis.following_current)


def potential(x, h):
    """The term with its laws written as functions of the stoichiometry."""
    mix = python(hysteresis.between_branches)
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
    assert terms_of(hysteresis) == {name.split(",")[0] for name in TERMS}


@pytest.mark.parametrize("name", TERMS)
def test_partials_of_hysteresis_are_those_of_the_value(name):
    """Complex step; rel 1e-13 is rounding of a dozen operations."""
    check_partials(*TERMS[name], rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("known", (-1.0, -0.3, 0.8, 1.0))
@pytest.mark.parametrize("j", (-1e3, -0.1, 0.0, 1e-9, 5.0))
def test_a_stage_keeps_h_between_the_branches_and_on_its_equation(known, j):
    """h = known + q (j - |j| h), of any length of step; rel 1e-12: rounding."""
    for q in (0.0, 1e-6, 1.0, 1e6):
        h = h_of(known, q, j)[0]
        assert -1.0 <= h <= 1.0
        assert h * (1.0 + q * abs(j)) == approx(known + q * j, rel=1e-12)
