"""The former name of `fit`, for one release."""

import warnings
from dataclasses import dataclass
from typing import Any

from ...ensemble.engine import Progress, reporting, workers_of
from ...parameters import Cell, load
from ...support.arguments import whole
from ...support.renamed import by_name
from .fit import at_ends, scales, source_of
from .measured import MeasuredRun
from .misfit import Misfit, checked_runs
from .search import Effort, residual_rms, search
from .space import space_of

__all__ = ["Calibration", "MeasuredRun", "calibrate"]
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Calibration:
    """The fitted cell, its values by path, and per run the rms of voltage [V] and temperature [K] (or NaN).

    at_bounds, success, reason, evaluations: as those of `Fit`.
    """

    cell: Cell
    values: dict[str, float]
    rms: dict[str, tuple[float, float]]
    at_bounds: tuple[str, ...]
    success: bool
    reason: str
    evaluations: int

    def __repr__(self) -> str:
        values = "\n".join(
            f"  {path}: {value:.5g}" + ("  (at a bound)" if path in self.at_bounds else "")
            for path, value in self.values.items()
        )
        runs = "\n".join(
            f"  {name}: {1e3 * V:.3g} mV" + ("" if T != T else f", {T:.2g} K") for name, (V, T) in self.rms.items()
        )
        return f"{'' if self.success else 'not '}calibrated: {self.reason}\n{values}\n{runs}"


@by_name
def calibrate(
    cell: Any,
    runs: Any,
    free: Any,
    *,
    voltage_scale: float = 0.01,
    temperature_scale: float = 0.5,
    evaluations: int = 60,
    threads: int | None = None,
    progress: Progress = None,
) -> Calibration:
    """`fit` without uncertainties and to a lower tolerance; use that.

    cell, runs, voltage_scale, temperature_scale, evaluations, threads, progress: as `fit`; free: its `parameters`.
    Raises ParameterError and ProtocolError.
    """
    warnings.warn("calibrate is fit now; the old name goes with the next release", DeprecationWarning, 2)
    workers_of(threads)
    loaded, known = load(cell), checked_runs(runs, "calibrate")
    with reporting(progress, "calibrating") as report:
        misfit = Misfit(
            loaded,
            known,
            space_of(loaded, free, known, "calibrate"),
            scales(voltage_scale, temperature_scale),
            {},
            "linear",
            {"threads": threads},
            report,
            source_of("calibration", known),
        )
        best = search(misfit, Effort(whole("evaluations", evaluations, "give a whole number, at least 1"), TOLERANCE))
        return Calibration(
            misfit.cell_at(best.x),
            misfit.space.values(best.x),
            {run.name: residual_rms(misfit, run, best.x) for run in known},
            tuple(misfit.space.paths[k] for k in at_ends(misfit, best)),
            not best.why,
            best.why or "converged",
            misfit.count,
        )
