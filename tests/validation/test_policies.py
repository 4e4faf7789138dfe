"""What the lines on lives by charging policy are made of: the cells, the plating of a charge, the fit."""

import numpy as np
import pytest
from pytest import approx

from cellsim.studies.validation.lines.ageing import policies


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Each test finds nothing that another one made up."""
    caches = (policies.cells, policies.plating, policies.charged, policies.predicted)
    for kept in caches:
        kept.cache_clear()
    yield
    for kept in caches:
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()


def test_cells_are_those_of_the_source():
    """41 cells to learn from and 43 to predict, lives of 148 to 2237 cycles, steps of 1 to 8C."""
    test, steps, life = policies.cells()
    assert (test.size, np.count_nonzero(test)) == (84, 43) and (life.min(), life.max()) == (148.0, 2237.0)
    assert steps[:, ::2].min() == 1.0 and steps[:, ::2].max() == 8.0 and steps[:, 1].max() == policies.FULL


def test_twice_the_rate_plates_twice_as_much(monkeypatch):
    """Where a rate may be fitted as a factor: to half a percent."""
    one, _ = policies.charged(4.8, 80.0, 4.8)
    policies.plating.cache_clear()
    policies.charged.cache_clear()
    monkeypatch.setattr(policies, "SLOW", 2.0 * policies.SLOW)
    assert policies.charged(4.8, 80.0, 4.8)[0] == approx(2.0 * one, rel=5e-3)


@pytest.mark.parametrize("other", [0.0, 4e-4])
def test_the_fit_finds_rates_of_its_own(monkeypatch, other):
    """Lives that two rates make are found again, those of the test too: to rounding."""
    losses = np.array([1e-4, 2e-4, 4e-4, 8e-4])
    lost = policies.END * policies.plating().nominal_capacity
    life = 1.0 / (3.0 * losses / lost + other)
    cells = (np.array([False, True, False, False]), np.column_stack([losses, losses, losses]), life)
    monkeypatch.setattr(policies, "cells", lambda: cells)
    monkeypatch.setattr(policies, "charged", lambda first, until, second: (first, 1.0))
    rate, found = policies.predicted()
    assert rate == approx(3.0 * policies.SLOW, rel=1e-9) and found == approx(life, rel=1e-9)


def test_an_order_that_opposes_leaves_all_open(monkeypatch):
    """A rank correlation of -1 is no success."""
    test, _, life = policies.cells()
    monkeypatch.setattr(policies, "predicted", lambda: (1.0, 1.0 / life))
    assert policies.ranks().error == 1.0
    monkeypatch.setattr(policies, "predicted", lambda: (1.0, 2.0 * life))
    assert policies.ranks().error == approx(0.0, abs=1e-12)
