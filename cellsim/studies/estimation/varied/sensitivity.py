"""What a result depends on: Sobol indices, Morris screening and Latin hypercubes over any number of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ....ensemble.case import Case, known_options
from ....ensemble.engine import Progress
from ....ensemble.resumable import run_resumably
from ....errors import ProtocolError
from ....kernels.call.calls import Coroutine
from ....parameters import Cell, load
from ....protocols import Protocol
from ....simulation.result import Result
from ....support.arguments import chosen, shown, whole
from ....support.files import optional
from ....support.renamed import by_name, by_names
from ...hypercube import latin_hypercube
from ..measured import Array
from .factors import NUMBERS, Factor, factors_of, values_at

if TYPE_CHECKING:
    from ....drawing.style import Figure

METHODS = ("sobol", "morris", "latin hypercube")
LEVELS = 4  # of the grid of Morris
SCALARS = ("discharge_capacity", "charge_capacity", "discharge_energy", "charge_energy")
SEED = 2028
OUTPUT = (
    f"give one of {', '.join(SCALARS)}, a variable, whose last value counts, or a function of a Result that gives a "
    "number"
)


@by_names
@dataclass(frozen=True)
class Sensitivity:
    """How an output depends on what was varied.

    method: sobol, morris or latin hypercube.  factors: names, in order of influence.  figures: by column, values (n,)
    in that order:
    sobol: "S1", share of the variance that a factor makes alone, "ST", with all it does together with others, and half
    the widths of their 95 % intervals, "S1_conf" and "ST_conf";
    morris: "mu", mean change of the output over the whole width of a factor, "mu_star", of its absolute value, with
    "mu_star_conf", and "sigma", its spread, which shows curvature and interaction;
    latin hypercube: "rank correlation".
    output (m,): of every case, NaN where one failed.  points (m, n): quantiles at which factors were, in the order in
    which they were given, `given`.
    """

    method: str
    factors: tuple[str, ...]
    figures: dict[str, Array]
    output: Array = field(repr=False)
    points: Array = field(repr=False)
    given: tuple[str, ...] = field(repr=False)

    def quantiles(self, levels: Any = (0.05, 0.5, 0.95)) -> Array:
        """Of the output; the spread that the distributions make, but not for morris, which goes over their edges."""
        return np.asarray(np.nanquantile(self.output, levels))

    def to_pandas(self) -> Any:
        """A DataFrame, a row a factor."""
        return optional("pandas").DataFrame(self.figures, index=list(self.factors))

    def plot(self, path: str | PathLike[str] | None = None) -> Figure:
        """Bars of influence, as a matplotlib Figure; written to `path` if given."""
        from .plots import plot_sensitivity

        return plot_sensitivity(self, path)

    def __repr__(self) -> str:
        wide = max(map(len, self.factors))
        lines = [f"{self.method}, {self.output.size} cases, {int(np.isnan(self.output).sum())} failed"]
        lines.append(" ".join([" " * wide, *(f"{name:>12}" for name in self.figures)]))
        for k, name in enumerate(self.factors):
            lines.append(" ".join([f"{name:{wide}}", *(f"{column[k]:12.4g}" for column in self.figures.values())]))
        return "\n".join(lines)


@by_name
def sensitivity(
    cell: Any,
    steps: Any,
    parameters: Any = None,
    output: Any = "discharge_energy",
    *,
    method: str = "sobol",
    samples: int = 128,
    together: Any = (),
    seed: int = SEED,
    path: Any = None,
    threads: int | None = None,
    processes: int | None = None,
    executor: Any = None,
    progress: Progress = None,
    **options: Any,
) -> Sensitivity:
    """What a number of a run depends on.

    cell, steps: as `simulate`, and so are further arguments in `options`.
    parameters: {"section/quantity": how far} or a list of paths; temperature [K], soc, voltage [V] and ambient [K] of
    the run may be among them.  How far: (lowest, highest) evenly, (lowest, highest, "log") evenly in the logarithm,
    (mean, standard deviation, "normal"), one number for half the width relative to the cell's value, or None, as for
    the paths of a list, for the half-width that values have by the method by which they are known (measured and stated
    2 %, fitted and literature 5 %, assumed 10 %).  By default the sizes, amounts, densities and resistances that the
    audit of a claim varies, by their methods.
    together: lists of paths that move together, as if wholly correlated: one factor each.
    output: name of a number of the `Result`, such as "discharge_energy", or of a variable, whose last value counts, or
    a function of a Result that gives a number (for processes one that can be pickled).
    method: "sobol": shares of the variance (needs cellsim[sensitivity]), samples*(n + 2) cases for n factors, samples a
    power of two; "morris": samples*(n + 1) cases, to find the few that matter; "latin hypercube": as many as samples,
    rank correlations and the spread.
    path: `.parquet` or `.csv` to which cases are saved as they come; interrupted, the same call computes the others.
    threads, processes, executor, progress: as `simulate_many`.

    Raises ParameterError and ProtocolError; also if a case of sobol or morris fails, which have no use for the others.
    Source: Saltelli et al., Comput. Phys. Commun. 181 (2010) 259; Morris, Technometrics 33 (1991) 161.
    """
    loaded, protocol = load(cell), Protocol(steps)
    known_options("sensitivity:", options)
    chosen("method", method, METHODS)
    samples = whole("samples", samples, "give a whole number, at least 2", low=2, high=10**7)
    factors = factors_of(loaded, parameters, together)
    points = design(method, [f.name for f in factors], samples, whole("seed", seed, low=0))
    which = _output(output)
    said = [] if callable(output) else [output]
    rows = [
        {"case": k, **values_at(factors, point), "cell": loaded.digest(), "of": [*said, repr(sorted(options.items()))]}
        for k, point in enumerate(points)
    ]
    found = run_resumably(
        rows,
        partial(_computed, loaded, protocol, options, which, [f for factor in factors for f in _paths(factor)]),
        path,
        progress,
        row_of=lambda case, value: {"output": value, "failure": ""},
        failed=lambda case, why: {"output": float("nan"), "failure": why},
        threads=threads,
        processes=processes,
        executor=executor,
    )
    failures = [row["failure"] for row in found if row["failure"]]
    return analysed(method, [f.name for f in factors], points, np.array([r["output"] for r in found]), failures, seed)


def _paths(factor: Factor) -> list[str]:
    return [spread.path for spread in factor.spreads]


def _output(output: Any) -> Callable[[Result], float]:
    if callable(output):
        return output  # type: ignore[no-any-return]
    if not isinstance(output, str):
        raise ProtocolError(f"output {shown(output)}: {OUTPUT}")
    return partial(_named, output)


def _named(name: str, result: Result) -> float:
    return float(getattr(result, name) if name in SCALARS else result[name][-1])


def _computed(
    cell: Cell, steps: Any, options: Mapping[str, Any], output: Callable[[Result], float], paths: list[str], row: Any
) -> Coroutine[float]:
    changes = {path: row[path] for path in paths if path not in NUMBERS}
    own = {path: row[path] for path in paths if path in NUMBERS}
    result = yield from Case(cell, steps, changes=changes, **{**options, **own}).coroutine()
    return float(output(result))


def design(method: str, names: list[str], samples: int, seed: int) -> Array:
    """Points (m, n) of the unit cube at which a method wants the output.  Raises ProtocolError."""
    if method == "latin hypercube":
        return latin_hypercube(samples, len(names), seed)
    optional("SALib", "sensitivity")
    problem = _problem(names)
    if method == "morris":
        from SALib.sample import morris

        return np.asarray(morris.sample(problem, samples, num_levels=LEVELS, seed=seed))
    if samples & (samples - 1):
        near = 1 << samples.bit_length()
        raise ProtocolError(f"samples {samples}: give a power of two for sobol, such as {near // 2} or {near}")
    from SALib.sample import sobol

    return np.asarray(sobol.sample(problem, samples, calc_second_order=False, seed=seed))


def analysed(
    method: str, names: list[str], points: Array, output: Array, failures: list[str] | None = None, seed: int = SEED
) -> Sensitivity:
    """What the output at the points of a `design` says.  Raises ProtocolError if cases failed that are needed."""
    good = np.isfinite(output)
    if method != "latin hypercube" and not good.all():
        why = (failures or ["the output is no finite number"])[0]
        raise ProtocolError(
            f"sensitivity: {int((~good).sum())} of {output.size} cases failed, the first with: {why}; {method} needs "
            "all of them: narrow the ranges, or use method='latin hypercube', which leaves them out"
        )
    figures: dict[str, Array]
    if method == "latin hypercube":
        from scipy.stats import spearmanr

        if good.sum() < 3:
            why = (failures or ["too few samples"])[0]
            raise ProtocolError(f"sensitivity: {int(good.sum())} of {output.size} cases have an output: {why}")
        ranks = [float(spearmanr(x, output[good]).statistic) for x in points[good].T]
        figures = {"rank correlation": np.nan_to_num(np.array(ranks))}
        weight = np.abs(figures["rank correlation"])
    elif method == "morris":
        from SALib.analyze import morris

        found = morris.analyze(_problem(names), points, output, num_levels=LEVELS, seed=seed)
        figures = {name: np.asarray(found[name], float) for name in ("mu", "mu_star", "mu_star_conf", "sigma")}
        weight = figures["mu_star"]
    else:
        from SALib.analyze import sobol

        if np.ptp(output) == 0.0:
            raise ProtocolError("sensitivity: the output is the same in all cases: it depends on none of these factors")
        found = sobol.analyze(_problem(names), output, calc_second_order=False, seed=seed)
        figures = {name: np.asarray(found[name], float) for name in ("S1", "S1_conf", "ST", "ST_conf")}
        weight = figures["ST"]
    order = np.argsort(-weight, kind="stable")
    return Sensitivity(
        method,
        tuple(names[k] for k in order),
        {name: column[order] for name, column in figures.items()},
        output,
        points,
        tuple(names),
    )


def _problem(names: list[str]) -> dict[str, Any]:
    """What is varied, in the words of SALib: quantiles."""
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
