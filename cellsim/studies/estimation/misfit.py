"""How far runs are from their measurements, at one point of a search or at many side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ensemble.engine import values_of
from ...ensemble.jobs import Job
from ...errors import ParameterError, ProtocolError, SolveError
from ...kernels.call.calls import Coroutine, Together, finish
from ...parameters import Cell
from ...support.arguments import listed
from .measured import Array, MeasuredRun
from .measured_spectrum import MeasuredSpectrum
from .space import Space
from .varied.repeated import Repeatable, repeatable

MOVE = 1e-4  # of a coordinate, by which runs with the same time steps are moved
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
        found = self._done(jobs)
        self._counted(len(points))
        n = len(self.runs)
        return [np.concatenate(found[k * n : (k + 1) * n]) for k in range(len(points))]

    def at(self, x: Array) -> Array:
        """Residuals at one point."""
        if self.last is None or not np.array_equal(self.last[0], x):
            self.last = x.copy(), self.of([x])[0]
        return self.last[1].copy()

    def jacobian(self, x: Array) -> Array:
        """Derivatives (size, n) of the residuals by coordinates: exact ones of the time steps, see `repeated`.

        Of a spectrum, and where a varied run cannot take the same steps, differences over longer ways.
        """
        inside, many = np.clip(x, self.space.lo + MOVE, self.space.hi - MOVE), range(len(self.runs))
        bases = self._done([Job(self._base, (number, inside)) for number in many])
        places = [(number, k) for number in many if bases[number] is not None for k in range(x.size)]
        found = self._done([Job(self._slope, (bases[number], number, inside, k), reuse=True) for number, k in places])
        columns = dict(zip(places, found, strict=True))
        slow = [number for number in many if any(columns.get((number, k)) is None for k in range(x.size))]
        blocks = dict(zip(slow, self._done([Job(self._differences, (n, x), reuse=True) for n in slow]), strict=True))
        self._counted(2 * x.size + 1)
        return np.concatenate(
            [
                blocks[number] if number in blocks else np.stack([columns[number, k] for k in range(x.size)], axis=1)
                for number in many
            ]
        )

    def _done(self, jobs: list[Job]) -> list[Any]:
        """The values of jobs, which are run side by side."""
        return values_of(jobs, **(self.workers if len(jobs) > 1 or "executor" in self.workers else {"threads": 1}))

    def _counted(self, runs: int) -> None:
        self.count += runs
        if self.report is not None:
            self.report(self.count, None)

    def _base(self, number: int, x: Array) -> Coroutine[Repeatable | None]:
        """A run at coordinates that can be taken again; None if it cannot."""
        run = self.runs[number]
        if isinstance(run, MeasuredSpectrum) or run.options.get("start") is not None:
            return None
        _, options = self.space.split(self.space.values(x))
        try:
            return (yield from repeatable(self.cell_at(x), run.steps, **run.arguments(options.get(run.name, {}))))
        except (SolveError, ParameterError):
            return None

    def _slope(self, base: Repeatable, number: int, x: Array, k: int) -> Coroutine[Array | None]:
        """Derivatives of the residuals of a run by one coordinate; None where it cannot take the same time steps."""
        run, along = self.runs[number], np.eye(x.size)[k]
        assert isinstance(run, MeasuredRun)

        def moved(to: float) -> tuple[Cell, dict[str, Any]]:
            _, options = self.space.split(self.space.values(x + to * along))
            return self.cell_at(x + to * along), dict(options.get(run.name, {}))

        try:
            return (yield from base.slope(moved, lambda result: self._weighted(number, run.apart(result)), MOVE))
        except (SolveError, ParameterError):
            return None

    def _differences(self, number: int, x: Array) -> Coroutine[Array]:
        """Derivatives of the residuals of one run over steps that are the same everywhere, a coroutine."""
        space = self.space
        steps = np.where(x + space.steps <= space.hi, space.steps, -space.steps)
        here, *there = yield Together([self._scaled(number, y) for y in (x, *(x + np.diag(steps)))])
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
        return self._weighted(number, run.apart(result))

    def _weighted(self, number: int, apart: tuple[Array, ...]) -> Array:
        """Scaled residuals of one run from its differences."""
        blocks = [block for block in self.blocks if block.run == number]
        return np.concatenate([d * b.factor for b, d in zip(blocks, apart, strict=False)])

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
