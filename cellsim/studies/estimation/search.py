"""Searches for the values that describe measured runs best: least squares from one or many starts, and CMA-ES."""

from dataclasses import dataclass

import numpy as np

from ...errors import CellsimError, SolveError
from ...support.files import optional
from ..hypercube import latin_hypercube
from .measured import Array
from .misfit import Measured, Misfit

POOR = 10.0  # scaled rms of a run from which on it counts as not described
TRIES = 8  # starting points for each free quantity, where the first search is stuck
AGAIN = 2  # of which so many are searched from
WIDTH = 0.25  # first standard deviation of CMA-ES, as a share of the distance between bounds


@dataclass(frozen=True)
class Best:
    """Where a search ended: coordinates (n,), its cost, and why it is none, in words; "" if it is one."""

    x: Array
    cost: float
    why: str = ""


@dataclass(frozen=True)
class Effort:
    """evaluations: steps of a search at most; tolerance: relative, of cost and coordinates; starts: of searches;
    generations: of CMA-ES, 0 for none."""

    evaluations: int
    tolerance: float
    starts: int = 1
    generations: int = 0


def search(misfit: Misfit, effort: Effort) -> Best:
    """The best of all searches, which start again from elsewhere if they get stuck.  Raises for faulty runs."""
    space = misfit.space
    for run in misfit.runs:  # what is wrong with a run as such is said at once
        try:
            misfit.result(run, space.start)
        except SolveError:
            continue
    starts = [space.start]
    if effort.generations:
        starts = [_evolved(misfit, effort.generations)]
    if effort.starts > 1:
        points = _spread(misfit, TRIES * len(space.paths) + effort.starts)
        starts += [x for _, x in points[: effort.starts - 1]]
    best = min((least_squares_from(misfit, start, effort) for start in starts), key=lambda found: found.cost)
    why = _fault(misfit, best)
    if why and effort.starts == 1 and not effort.generations:
        near = [x for cost, x in _spread(misfit, TRIES * len(space.paths))[:AGAIN] if cost < 4.0 * best.cost]
        best = min([best, *(least_squares_from(misfit, x, effort) for x in near)], key=lambda found: found.cost)
        why = _fault(misfit, best)
    return Best(best.x, best.cost, why)


def least_squares_from(misfit: Misfit, start: Array, effort: Effort, fixed: int | None = None) -> Best:
    """What least squares find from a starting point; fixed: number of a coordinate that stays as it is."""
    from scipy.optimize import least_squares

    space = misfit.space
    free = [k for k in range(start.size) if k != fixed]

    def whole(x: Array) -> Array:
        full = start.copy()
        full[free] = x
        return full

    found = least_squares(
        lambda x: misfit.at(whole(x)),
        np.clip(start, space.lo, space.hi)[free],
        lambda x: misfit.jacobian(whole(x))[:, free],
        bounds=(space.lo[free], space.hi[free]),
        x_scale=1.0,
        loss=misfit.loss,
        max_nfev=effort.evaluations,
        ftol=effort.tolerance,
        xtol=effort.tolerance,
    )
    stuck = f"the search had not converged after {effort.evaluations} steps; give more evaluations"
    return Best(whole(found.x), float(found.cost), "" if found.status else stuck)


def _spread(misfit: Misfit, many: int) -> list[tuple[float, Array]]:
    """(cost, coordinates) of points of a Latin hypercube between the bounds, the best first."""
    space = misfit.space
    points = space.lo + (space.hi - space.lo) * latin_hypercube(many, len(space.paths), 0)
    costs = [misfit.cost(y) for y in misfit.of(points)]
    return [(costs[k], points[k]) for k in np.argsort(costs, kind="stable")]


def _evolved(misfit: Misfit, generations: int) -> Array:
    """The best point of a search by covariance matrix adaptation between the bounds, a generation at once."""
    cmaes = optional("cmaes", "fit")
    space = misfit.space
    n = len(space.paths)
    size = space.hi - space.lo
    start = (space.start - space.lo) / size
    if n == 1:  # CMA-ES needs two dimensions
        return _spread(misfit, 4 * generations)[0][1]
    search = cmaes.CMA(mean=start, sigma=WIDTH, bounds=np.array([[0.0, 1.0]] * n), seed=1)
    best = np.inf, space.start
    for _ in range(generations):
        asked = [search.ask() for _ in range(search.population_size)]
        points = [space.lo + size * x for x in asked]
        costs = [misfit.cost(y) for y in misfit.of(points)]
        search.tell(list(zip(asked, costs, strict=True)))
        k = int(np.argmin(costs))
        if costs[k] < best[0]:
            best = costs[k], points[k]
        if search.should_stop():
            break
    return best[1]


def _fault(misfit: Misfit, found: Best) -> str:
    """Why the outcome of a search is none, in words; "" if it is one."""
    for number, run in enumerate(misfit.runs):
        try:
            result = misfit.result(run, found.x)
        except CellsimError as fault:
            return f"run {run.name!r} cannot be simulated with the fitted cell: {fault}"
        if why := run.too_short(result):
            return why
        blocks = [block for block in misfit.blocks if block.run == number]
        for block, d in zip(blocks, run.apart(result), strict=False):
            if rms(d) > POOR * block.scale:
                return (
                    f"run {run.name!r} differs by {rms(d):.3g} {block.unit or 'of the modulus'} rms, more than "
                    f"{POOR:g} times what counts as alike: these quantities, within these bounds, do not describe it"
                )
    return found.why


def residual_rms(misfit: Misfit, run: Measured, x: Array) -> tuple[float, float]:
    """rms of voltage [V] and temperature [K] of a run, NaN where there is none; of a spectrum relative, and NaN."""
    try:
        d = run.apart(misfit.result(run, x))
    except CellsimError:
        return float("nan"), float("nan")
    return rms(d[0]), rms(d[1]) if len(d) > 1 else float("nan")


def rms(d: Array) -> float:
    """Root mean square, NaN of nothing."""
    return float(np.sqrt(np.mean(d**2))) if d.size else float("nan")
