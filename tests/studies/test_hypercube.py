"""Points of Latin hypercubes are those of scipy.stats."""

import numpy as np
import pytest
from scipy.stats import qmc

from cellsim.studies.hypercube import latin_hypercube


@pytest.mark.parametrize(("points", "dimensions", "seed"), ((200, 30, 1), (7, 3, 2026), (1, 1, 0)))
def test_points_are_those_of_scipy(points, dimensions, seed):
    """To the last bit, so that what was drawn before is drawn again."""
    expected = qmc.LatinHypercube(dimensions, rng=seed).random(points)
    assert np.array_equal(latin_hypercube(points, dimensions, seed), expected)


def test_one_point_in_each_stratum():
    """Along each axis."""
    strata = np.sort(np.floor(50 * latin_hypercube(50, 4, 3)), axis=0)
    assert np.array_equal(strata, np.tile(np.arange(50.0)[:, None], 4))
