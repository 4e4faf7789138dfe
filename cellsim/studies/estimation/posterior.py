"""Samples of the posterior of a fit, by an ensemble of walkers whose steps are simulated side by side."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...support.files import optional
from .measured import Array
from .misfit import Misfit
from .statistics import Uncertainty, log_likelihood


@dataclass(frozen=True)
class Posterior:
    """samples (m, n): of the quantities `paths`, in their units.  acceptance: share of steps that were taken.

    autocorrelation: steps until a walker has forgotten where it was, the longest of all quantities, NaN where there
    were too few steps to tell; there are about m/autocorrelation independent samples.
    """

    paths: tuple[str, ...]
    samples: Array = field(repr=False)
    acceptance: float
    autocorrelation: float

    def quantiles(self, levels: Any = (0.05, 0.5, 0.95)) -> dict[str, Array]:
        """By path, at the levels given."""
        return {path: np.quantile(self.samples[:, k], levels) for k, path in enumerate(self.paths)}

    def to_pandas(self) -> Any:
        """A DataFrame, a row a sample."""
        return optional("pandas").DataFrame(self.samples, columns=list(self.paths))


def sampled(
    misfit: Misfit, known: Uncertainty, best: Array, samples: int, walkers: int, burn: int, seed: int
) -> Posterior:
    """See `Fit.posterior`."""
    emcee = optional("emcee", "fit")
    space = misfit.space
    rng = np.random.default_rng(seed)

    def density(points: Array) -> Array:
        inside = np.all((points >= space.lo) & (points <= space.hi), axis=1)
        found = np.full(len(points), -np.inf)
        if inside.any():
            found[inside] = [log_likelihood(misfit, known, r) for r in misfit.of(points[inside])]
        return found

    spread = np.sqrt(np.diag(known.covariance))
    spread = np.where(np.isfinite(spread), spread, 0.1 * (space.hi - space.lo))
    start = best + spread * rng.standard_normal((walkers, best.size))
    inner = 1e-6 * (space.hi - space.lo) * (1.0 + rng.random(start.shape))
    start = np.clip(start, space.lo + inner, space.hi - inner)
    sampler = emcee.EnsembleSampler(walkers, best.size, density, vectorize=True)
    sampler.random_state = np.random.RandomState(seed).get_state()
    sampler.run_mcmc(start, burn + samples)
    chain = sampler.get_chain(discard=burn, flat=True)
    try:
        memory = float(np.max(sampler.get_autocorr_time(discard=burn, tol=0, quiet=True)))
    except Exception:  # of too few steps
        memory = float("nan")
    values = np.array([list(space.values(x).values()) for x in chain])
    return Posterior(space.paths, values, float(np.mean(sampler.acceptance_fraction)), memory)
