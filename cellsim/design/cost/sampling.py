"""Draws of uncertain inputs: Latin hypercube, with the prices that follow lithium correlated through one factor."""

from collections.abc import Mapping

import numpy as np

from .prices import Price
from .values import Array, Value

SAMPLES, SEED = 2000, 2028


def draws(inputs: Mapping[str, Value], samples: int = SAMPLES, seed: int = SEED) -> dict[str, Array]:
    """Values (samples,) of every uncertain input by path; the same seed gives the same draws of the same paths.

    The deviate of a price with `lithium` w is w L + sqrt(1 - w2) e: L one standard normal factor for all, e its own.
    """
    from scipy.special import ndtri

    uncertain = {path: value for path, value in inputs.items() if value.uncertain}
    common = ndtri(_stratified("lithium", samples, seed))
    found = {}
    for path, value in uncertain.items():
        own = ndtri(_stratified(path, samples, seed))
        w = value.lithium if isinstance(value, Price) else 0.0
        found[path] = np.asarray(value.at(w * common + np.sqrt(1.0 - w * w) * own), float)
    return found


def _stratified(name: str, samples: int, seed: int) -> Array:
    """One column of a Latin hypercube: a random permutation of strata with jitter, decided by the name and the seed.

    Two models that share an input draw the same values of it, so that their difference is not blurred.
    """
    rng = np.random.default_rng([seed, *name.encode()])
    return (rng.permutation(samples) + rng.random(samples)) / samples


def rank_correlations(inputs: Mapping[str, Array], outcome: Array) -> dict[str, float]:
    """Spearman's rank correlation of each input with the outcome, largest magnitude first."""

    def ranks(x: Array) -> Array:
        return np.argsort(np.argsort(x)).astype(float)

    target = ranks(outcome)
    found = {path: float(np.corrcoef(ranks(x), target)[0, 1]) for path, x in inputs.items()}
    return dict(sorted(found.items(), key=lambda item: -abs(item[1])))
