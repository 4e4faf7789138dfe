"""How well fitted values are known: covariance, correlation of residuals, what is not identified."""

from dataclasses import dataclass

import numpy as np

from .measured import Array
from .misfit import Misfit, rho

TIED = 0.95  # correlation of two values from which on they are said to be tied to each other
NOTHING = 1e-6  # norm of a column of derivatives of scaled residuals below which they do not depend on a quantity
VAGUE = 0.5  # standard error, relative to the value, from which on it is said to be poorly known


@dataclass(frozen=True)
class Uncertainty:
    """Linearised uncertainty of coordinates.

    covariance (n, n): NaN for those at bounds, which are held.  noise: standard deviation of each series, in the order
    of `Misfit.blocks` [V or K].  memory: by how much the variance of a mean of a series is greater than that of
    independent residuals, from their correlation from one time to the next.
    """

    covariance: Array
    noise: Array
    memory: Array

    @property
    def correlation(self) -> Array:
        """(n, n)."""
        spread = np.sqrt(np.diag(self.covariance))
        with np.errstate(invalid="ignore"):
            return np.asarray(self.covariance / np.outer(spread, spread))


def uncertainty(misfit: Misfit, x: Array, held: list[int]) -> Uncertainty:
    """Of a fit that ended at x, with the coordinates `held` as they are.

    The covariance is A^-1 B A^-1 with A = J' W J and B = sum over series of s^2 m J_b' J_b: J the derivatives of the
    residuals, W the weights of the loss, s^2 the variance of the weighted residuals of a series and m its `memory`, so
    that it also holds where runs are weighted otherwise than by their noise (Huber, Proc. 5th Berkeley Symp. 1 (1967)
    221).
    """
    r, J = misfit.at(x), misfit.jacobian(x)
    n = x.size
    free = [k for k in range(n) if k not in held]
    weights = rho(misfit.loss, r**2)[1]
    J = J[:, free]
    A = J.T @ (weights[:, None] * J)
    B = np.zeros_like(A)
    noise, memory = [], []
    spare = max(misfit.size - len(free), 1) / misfit.size
    for block in misfit.blocks:
        part = weights[block.at] * r[block.at]
        variance = float(np.mean(part**2)) / spare
        memory.append(_memory(part))
        noise.append(np.sqrt(variance) / block.factor)
        B += variance * memory[-1] * J[block.at].T @ J[block.at]
    full = np.full((n, n), np.nan)
    full[np.ix_(free, free)] = _sandwich(A, B)
    return Uncertainty(full, np.array(noise), np.array(memory))


def _sandwich(A: Array, B: Array) -> Array:
    """A^-1 B A^-1; infinite for coordinates on which the residuals do not depend."""
    size = np.sqrt(np.diag(A))
    seen = size > NOTHING
    scale = np.where(seen, size, 1.0)
    vectors = np.linalg.eigh(np.where(np.outer(seen, seen), A / np.outer(scale, scale), np.eye(len(A))))
    inverse = vectors.eigenvectors / np.maximum(vectors.eigenvalues, 1e-12) @ vectors.eigenvectors.T
    inverse = inverse / np.outer(scale, scale)
    found = inverse @ B @ inverse
    found[~seen, ~seen] = np.inf
    return np.asarray(found)


def _memory(r: Array) -> float:
    """(1 + c)/(1 - c) of a series whose neighbours correlate by c > 0, 1 where that may be chance."""
    if r.size < 4 or not np.any(r):
        return 1.0
    c = float(np.sum(r[1:] * r[:-1]) / np.sum(r * r))
    c = min(c, 1.0 - 1.0 / r.size)
    return (1.0 + c) / (1.0 - c) if c > 2.0 / np.sqrt(r.size) else 1.0


def log_likelihood(misfit: Misfit, known: Uncertainty, r: Array) -> float:
    """Of residuals (size,), but for a constant: normal scatter of the noise that the fit left."""
    total = 0.0
    for block, noise, memory in zip(misfit.blocks, known.noise, known.memory, strict=True):
        total -= 0.5 * float(np.sum((r[block.at] / block.factor) ** 2)) / max(noise**2 * memory, 1e-300)
    return total
