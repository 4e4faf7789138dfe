"""How far runs are from their measurements, at one point of a search or at many side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ensemble.engine import values_of
from ...ensemble.jobs import Job
from ...errors import ParameterError, ProtocolError, SolveError
from ...kernels.call.calls import Coroutine, finish
from ...parameters import Cell
from ...support.arguments import listed
from .measured import Array, MeasuredRun
from .measured_spectrum import MeasuredSpectrum
from .space import Space

FAR = 100.0  # scaled residual of a run that the solver cannot do
LOSSES = ("linear", "soft_l1", "huber", "cauchy", "arctan")  # of scipy.optimize.least_squares


UNITS = {"voltage": "V", "temperature": "K", "impedance": ""}
Measured = MeasuredRun | MeasuredSpectrum


def checked_runs(runs: Any, who: str = "fit") -> list[Measured]:
    """One measurement or several as a list.  Raises ProtocolError for none, and for two of one name."""
    wanted = "give a cellsim.MeasuredRun or a list of them"
    found: list[Measured] = [runs] if isinstance(runs, Measured) else listed(f"{who}: runs", runs, wanted)
    if not found or not all(isinstance(run, Measured) for run in found):
        raise ProtocolError(f"{who}: runs: {wanted}, at least one")
    names = [run.name for run in found]
    if len(set(names)) < len(names):
        raise ProtocolError(f"{who}: two runs have the same name; give each its own")
    return found


@dataclass(frozen=True)
class Block:
    """A series of one run: where it is in the residuals, and its scaled residual a volt or a kelvin."""

    run: int
    channel: str
    scale: float  # V, K or, of impedance, relative
    at: slice
    factor: float

    @property
    def unit(self) -> str:
        """V, K or none."""
        return UNITS[self.channel]


class Misfit:
    """Scaled residuals of all runs.

    A residual is a difference by the scale of its series times the root of the weight of its run, and such that every
    run counts alike, however many times were measured; of runs of equal weight and number of times it is the
    difference by its scale.
    """

    def __init__(
        self,
        cell: Cell,
        runs: list[Measured],
        space: Space,
        scales: dict[str, float],
        weights: dict[str, float],
        loss: str,
        workers: dict[str, Any],
        report: Callable[[int, int | None], object] | None,
        source: str,
    ):
        self.cell, self.runs, self.space, self.loss, self.source = cell, runs, space, loss, source
        self.workers, self.report, self.count = workers, report, 0
        self.last: tuple[Array, Array] | None = None
        many = sum(run.channels[0][1] for run in runs) / len(runs)
        blocks, first = [], 0
        for number, run in enumerate(runs):
            for channel, size in run.channels:
                root = np.sqrt(weights.get(run.name, 1.0) * many / size)
                at = slice(first, first + size)
                blocks.append(Block(number, channel, scales[channel], at, float(root / scales[channel])))
                first = at.stop
        self.blocks, self.size = blocks, first

    def cell_at(self, x: Array, note: str = "") -> Cell:
        """The cell at coordinates, what is fitted marked so; note: follows the source.  Raises ParameterError."""
        changes, _ = self.space.split(self.space.values(x))
        return self.cell.with_(changes, method="fitted", source=self.source + note) if changes else self.cell

    def simulated(self, run: Measured, x: Array) -> Coroutine[Any]:
        """A run at coordinates.  Raises what `simulate` does."""
        _, options = self.space.split(self.space.values(x))
        return run.simulated_coroutine(self.cell_at(x), **options.get(run.name, {}))

    def result(self, run: Measured, x: Array) -> Any:
        """The same, at once."""
        return finish(self.simulated(run, x))

    def of(self, points: Any) -> list[Array]:
        """Residuals (size,) at each of several points, whose runs are made side by side."""
        jobs = [Job(self._scaled, (number, x), reuse=True) for x in points for number in range(len(self.runs))]
        workers = self.workers if len(jobs) > 1 or "executor" in self.workers else {"threads": 1}
        found = values_of(jobs, **workers)
        self.count += len(points)
        if self.report is not None:
            self.report(self.count, None)
        n = len(self.runs)
        return [np.concatenate(found[k * n : (k + 1) * n]) for k in range(len(points))]

    def at(self, x: Array) -> Array:
        """Residuals at one point."""
        if self.last is None or not np.array_equal(self.last[0], x):
            self.last = x.copy(), self.of([x])[0]
        return self.last[1].copy()

    def jacobian(self, x: Array) -> Array:
        """Derivatives (size, n) of the residuals by coordinates, over steps that are the same everywhere."""
        space = self.space
        steps = np.where(x + space.steps <= space.hi, space.steps, -space.steps)
        here, others = self.at(x), x + np.diag(steps)
        there = self.of(others)
        return np.stack([(y - here) / steps[k] for k, y in enumerate(there)], axis=1)

    def cost(self, residuals: Array) -> float:
        """Half the sum of the losses."""
        return 0.5 * float(np.sum(rho(self.loss, residuals**2)[0]))

    def _scaled(self, number: int, x: Array) -> Coroutine[Array]:
        run = self.runs[number]
        blocks = [block for block in self.blocks if block.run == number]
        try:
            result = yield from self.simulated(run, x)
        except (SolveError, ParameterError) as fault:  # what it did counts, and what it did not do is far off
            result = getattr(fault, "result", None)
        if result is None:  # also where there is no such cell
            return np.concatenate([np.full(b.at.stop - b.at.start, FAR * b.factor * b.scale) for b in blocks])
        return np.concatenate([d * b.factor for b, d in zip(blocks, run.apart(result), strict=False)])

    def __getstate__(self) -> dict[str, Any]:
        """For processes, which need neither workers nor reports."""
        return self.__dict__ | {"workers": {}, "report": None, "last": None}


def rho(loss: str, z: Array) -> tuple[Array, Array]:
    """A loss of squared residuals and its derivative, as scipy.optimize.least_squares defines them."""
    if loss == "soft_l1":
        return 2.0 * (np.sqrt(1.0 + z) - 1.0), 1.0 / np.sqrt(1.0 + z)
    if loss == "huber":
        root = np.sqrt(np.maximum(z, 1e-300))
        return np.where(z <= 1.0, z, 2.0 * root - 1.0), np.where(z <= 1.0, 1.0, 1.0 / np.maximum(root, 1.0))
    if loss == "cauchy":
        return np.log1p(z), 1.0 / (1.0 + z)
    if loss == "arctan":
        return np.arctan(z), 1.0 / (1.0 + z * z)
    return z, np.ones_like(z)
