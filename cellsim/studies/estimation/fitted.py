"""What a fit found: values with their uncertainty, residuals, and a report of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameters import Cell
from ...support.arguments import number, whole
from ...support.files import optional
from ...support.renamed import by_names
from .measured import Array
from .misfit import Misfit
from .posterior import Posterior, sampled
from .profile import ProfileLikelihood, profiled
from .space import Space
from .statistics import TIED, VAGUE, Uncertainty

if TYPE_CHECKING:
    from ...drawing.style import Figure


@by_names
@dataclass(frozen=True)
class Fit:
    """The fitted cell and how well its values are known.

    values, standard_errors: by path, in the unit of the quantity; NaN for a value at a bound, which the runs do not
    determine.  correlation (n, n): of the estimates, of logarithms where the scale is logarithmic, in the order of
    `values`.  rms: per run, of voltage [V] and temperature [K] (or NaN); of a spectrum relative to the modulus.
    at_bounds: paths whose value ended at a bound.  success: whether the search converged to values with which every
    run lasts as long as it was measured, and differs from it by less than ten times what counts as alike;
    reason: why, or why not, in words.  evaluations: how often all runs were simulated.

    Standard errors hold if what is left is scatter.  Where the residuals of neighbouring times are alike, as where the
    model misses something, they are widened as for scatter that is correlated so; they do not know what is missed.
    """

    cell: Cell
    values: dict[str, float]
    standard_errors: dict[str, float]
    correlation: Array = field(repr=False)
    rms: dict[str, tuple[float, float]]
    at_bounds: tuple[str, ...]
    success: bool
    reason: str
    evaluations: int
    x: Array = field(repr=False)
    _misfit: Misfit = field(repr=False)
    _known: Uncertainty = field(repr=False)

    @property
    def space(self) -> Space:
        """Free quantities, bounds and scales."""
        return self._misfit.space

    @property
    def replaced(self) -> tuple[str, ...]:
        """Paths of quantities that were laws of the cell, and are the same everywhere in the fitted one."""
        cell = self._misfit.cell
        return tuple(path for path in self.values if "/" in path and cell.has(path) and not cell.is_number(path))

    def intervals(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Linearised confidence intervals by path, in the unit of the quantity; NaN where there is no standard error.

        level: between 0 and 1.  On a logarithmic scale they are symmetric in the logarithm.  Raises ProtocolError.
        """
        from scipy.stats import t

        level = number("level", level, "give a probability between 0 and 1, such as 0.95", above=0.0, below=1.0)
        wide = t.ppf(0.5 + 0.5 * level, max(self._misfit.size - self.x.size, 1))
        spread = wide * np.sqrt(np.diag(self._known.covariance))
        with np.errstate(over="ignore"):  # of what the runs do not tell the upper end is infinite
            low, high = self.space.values(self.x - spread), self.space.values(self.x + spread)
        return {path: (low[path], high[path]) for path in self.values}

    def identified(self) -> dict[str, str]:
        """For each path "yes", or why the runs do not determine it."""
        found = {}
        for k, path in enumerate(self.values):
            error = self.standard_errors[path] / abs(self.values[path] or 1.0)
            tied = [
                other
                for j, other in enumerate(self.values)
                if j != k and abs(np.nan_to_num(self.correlation[k, j])) > TIED
            ]
            if path in self.at_bounds:
                found[path] = "no: at a bound"
            elif np.isinf(error):
                found[path] = "no: the runs do not depend on it"
            elif not error < VAGUE:
                found[path] = f"no: standard error {100.0 * error:.3g} %"
            else:
                found[path] = f"only with {', '.join(tied)}" if tied else "yes"
        return found

    def profile(self, path: str, points: int = 9, reach: float = 3.0) -> ProfileLikelihood:
        """Profile likelihood of one value: the others are fitted anew while it is held at several places.

        points: how many, 3 at least; reach: how far, in standard errors to each side, within the bounds.
        Raises ParameterError for a path that is not fitted.
        """
        points = whole("points", points, "give a whole number, at least 3", low=3, high=1000)
        reach = number("reach", reach, "give a number of standard errors, above 0", above=0.0)
        return profiled(self._misfit, self._known, self.x, path, points, reach)

    def posterior(self, samples: int = 1000, walkers: int | None = None, burn: int = 200, seed: int = 0) -> Posterior:
        """Samples of the posterior with priors that are even between the bounds, on the scales of the fit, by emcee.

        samples, burn: steps of each walker that are kept, and before them; walkers: four a quantity unless given.
        All walkers of a step are simulated side by side.  The scatter is what the fit left, see `Fit`.
        """
        samples = whole("samples", samples, "give a whole number, at least 1")
        burn = whole("burn", burn, "give a whole number, at least 0", low=0)
        least = 2 * self.x.size
        many = f"give a whole number, at least {least}, twice as many as quantities"
        walkers = whole("walkers", walkers, many, low=least, none=True) or max(4 * self.x.size, 8)
        return sampled(self._misfit, self._known, self.x, samples, walkers, burn, whole("seed", seed, low=0))

    def to_pandas(self) -> Any:
        """A DataFrame, a row a quantity: value, standard error, 95 % interval, whether it is identified."""
        ends = self.intervals()
        said = self.identified()
        return (
            optional("pandas")
            .DataFrame(
                {
                    path: {
                        "value": value,
                        "standard error": self.standard_errors[path],
                        "low": ends[path][0],
                        "high": ends[path][1],
                        "identified": said[path],
                    }
                    for path, value in self.values.items()
                }
            )
            .T
        )

    def plot(self, path: str | PathLike[str] | None = None) -> Figure:
        """Measured and fitted voltages with their differences, as a matplotlib Figure; written to `path` if given."""
        from .plots import plot_fit

        return plot_fit(self, path)

    def report(self) -> str:
        """Everything as text."""
        said, ends = self.identified(), self.intervals()
        lines = [f"{'' if self.success else 'not '}fitted: {self.reason}", "values, standard errors, 95 % intervals:"]
        for path, value in self.values.items():
            low, high = ends[path]
            lines.append(
                f"  {path}: {value:.5g}  +- {self.standard_errors[path]:.2g}  ({low:.5g} to {high:.5g})"
                f"  identified: {said[path]}"
            )
        if replaced := self.replaced:
            lines.append(f"a law until now, fitted as one number: {', '.join(replaced)}")
        if len(self.values) > 1:
            lines.append("correlation of the estimates:")
            lines += ["  " + " ".join(f"{c:6.2f}" for c in row) for row in self.correlation]
        lines.append("residuals (rms; variance of a mean over that of independent ones):")
        for block, noise, memory in zip(self._misfit.blocks, self._known.noise, self._known.memory, strict=True):
            run = self._misfit.runs[block.run]
            size = {"V": f"{1e3 * noise:.3g} mV", "K": f"{noise:.3g} K"}.get(block.unit, f"{100 * noise:.3g} % of |Z|")
            lines.append(f"  {run.name}: {size}, {memory:.3g} ({block.at.stop - block.at.start} values)")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.report()
