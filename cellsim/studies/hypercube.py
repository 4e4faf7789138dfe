"""Points of a Latin hypercube: those of scipy.stats, bit for bit, which takes seconds to import."""

import numpy as np
from numpy.typing import NDArray


def latin_hypercube(points: int, dimensions: int, seed: int) -> NDArray[np.float64]:
    """Points (points, dimensions) within the unit cube, along each axis one in each of as many strata of equal width.

    The strata are permuted at random, and the point in each is uniform: McKay et al. 1979, doi 10.2307/1268522.
    """
    rng = np.random.default_rng(seed).spawn(1)[0]
    within = rng.random((points, dimensions))
    strata = np.tile(np.arange(1, points + 1), (dimensions, 1))
    for axis in strata:
        rng.shuffle(axis)
    return np.asarray((strata.T - within) / points)
