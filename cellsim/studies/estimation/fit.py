"""Fit parameters of a cell to measured runs; what is fitted is marked so."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...ensemble.engine import Progress, reporting, workers_of
from ...errors import ProtocolError
from ...parameters import load
from ...support.arguments import chosen, mapping, near, number, whole
from ...support.files import cut
from ...support.renamed import by_name
from .fitted import Fit
from .measured_spectrum import MeasuredSpectrum
from .misfit import LOSSES, Measured, Misfit, checked_runs
from .search import Best, Effort, residual_rms
from .search import search as search_for
from .space import space_of
from .statistics import uncertainty

TOLERANCE = 1e-6  # relative, of cost and coordinates: far below a standard error
NEAR = 0.01  # share of the distance between bounds within which a value is at one
SEARCHES = ("least squares", "global")
GENERATIONS = 30  # of the global search


@by_name
def fit(
    cell: Any,
    runs: Any,
    parameters: Any,
    *,
    voltage_scale: float = 0.01,
    temperature_scale: float = 0.5,
    impedance_scale: float = 0.01,
    weights: Mapping[str, float] | None = None,
    loss: str = "linear",
    search: str = "least squares",
    starts: int = 1,
    evaluations: int = 60,
    threads: int | None = None,
    processes: int | None = None,
    executor: Any = None,
    progress: Progress = None,
) -> Fit:
    """Fit the quantities `parameters` of `cell` to one or several measured runs.

    cell: a `Cell`, or the name or path of one.  runs: a `MeasuredRun` or `MeasuredSpectrum`, or a list of them.
    parameters: {"section/quantity": (lowest, highest)}, in the unit of the quantity, on a logarithmic scale; with
    (lowest, highest, "linear") on a linear one, where the bounds need not be above 0.  "soc of NAME", and temperature,
    ambient or voltage of it, are the options of one run that the measurement does not tell.  The search starts from
    the value of the cell, or amid the bounds if the cell has none within.
    voltage_scale [V], temperature_scale [K] and impedance_scale (of the modulus): differences that count alike.  Every
    measured time or frequency counts alike within a run, and every run alike but for its weight in `weights`
    ({name: number}, 1 if left out).
    loss: "linear" for least squares; "soft_l1", "huber", "cauchy" or "arctan" count differences beyond the scales less,
    so that a few bad points do not decide.
    search: "least squares", or "global" for CMA-ES before it (needs cellsim[fit]).  starts: least squares from so
    many points.  With one start the search begins again from elsewhere only if it gets stuck.
    evaluations: at most so many steps of each search.
    threads, processes, executor: as `simulate_many`; the runs of a step are made side by side.
    progress: True for a bar, or a function called with how often all runs were simulated and None.

    What is fitted has the method "fitted" in the cell, and a source that names the runs.  Whether it succeeded is in
    `.success` and `.reason`.  Raises ParameterError and ProtocolError.
    """
    workers_of(threads, processes, executor)
    loaded, known = load(cell), checked_runs(runs, "fit")
    effort = Effort(
        whole("evaluations", evaluations, "give a whole number, at least 1"),
        TOLERANCE,
        whole("starts", starts, "give a whole number, at least 1", high=1000),
        GENERATIONS if chosen("search", search, SEARCHES) == "global" else 0,
    )
    workers = {"threads": threads, "processes": processes, "executor": executor}
    with reporting(progress, "fitting") as report:
        misfit = Misfit(
            loaded,
            known,
            space_of(loaded, parameters, known, "fit"),
            scales(voltage_scale, temperature_scale, impedance_scale),
            _weights(weights, known),
            chosen("loss", loss, LOSSES),
            {name: value for name, value in workers.items() if value is not None},
            report,
            source_of("fit", known),
        )
        return found_by(misfit, effort)


def scales(volts: Any, kelvin: Any, relative: Any = 0.01) -> dict[str, float]:
    """What counts alike, checked."""
    return {
        "voltage": number("voltage_scale", volts, "give volts, above 0", above=0.0),
        "temperature": number("temperature_scale", kelvin, "give kelvin, above 0", above=0.0),
        "impedance": number("impedance_scale", relative, "give a share of the modulus, above 0", above=0.0),
    }


def source_of(what: str, runs: list[Measured]) -> str:
    """The source of fitted values."""
    return f"{what} by cellsim to the measured runs {', '.join(run.name for run in runs)[:200]}"


def _weights(weights: Any, runs: list[Measured]) -> dict[str, float]:
    if weights is None:
        return {}
    names = [run.name for run in runs]
    for name, value in mapping("weights", weights, 'give {"name of a run": number}', ProtocolError).items():
        if name not in names:
            raise ProtocolError(f"weights: no run of the name {name[:40]!r}; {near(name, names)}")
        number(f"weights: {cut(name, 40)}", value, "give a number above 0", above=0.0)
    return {name: float(value) for name, value in weights.items()}


def found_by(misfit: Misfit, effort: Effort) -> Fit:
    """Search, and say how well it is known what was found."""
    best = search_for(misfit, effort)
    space = misfit.space
    ends = at_ends(misfit, best)
    known = uncertainty(misfit, best.x, ends)
    errors = np.sqrt(np.diag(known.covariance)) * np.abs(space.slopes(best.x))
    rms = {run.name: residual_rms(misfit, run, best.x) for run in misfit.runs}
    left = "; ".join(
        f"{run.name} {100 * rms[run.name][0]:.3g} %"
        if isinstance(run, MeasuredSpectrum)
        else f"{run.name} {1e3 * rms[run.name][0]:.3g} mV"
        for run in misfit.runs
    )
    misfit.report = None
    return Fit(
        misfit.cell_at(best.x, f"; residual rms {left[:200]}"),
        space.values(best.x),
        dict(zip(space.paths, errors.tolist(), strict=True)),
        known.correlation,
        rms,
        tuple(space.paths[k] for k in ends),
        not best.why,
        best.why or "converged",
        misfit.count,
        best.x,
        misfit,
        known,
    )


def at_ends(misfit: Misfit, best: Best) -> list[int]:
    """Numbers of the coordinates that ended at a bound."""
    space = misfit.space
    gaps = np.minimum(best.x - space.lo, space.hi - best.x)
    return [k for k in range(best.x.size) if gaps[k] < NEAR * (space.hi[k] - space.lo[k])]
