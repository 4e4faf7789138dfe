"""Derivatives of a run's variables with respect to quantities of the cell: exact ones of its time steps.

The run is taken again with the same time steps by cells in which a quantity is a little larger and a little smaller,
see `repeated`.  The difference is the derivative of what the integrator computed, but for the third power of the
change; a second pair at half of it takes that away and tells how much it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ....ensemble.case import OPTIONS, known_options
from ....ensemble.engine import values_of
from ....ensemble.jobs import Job
from ....errors import CellsimError, ParameterError, ProtocolError, ReportError
from ....kernels.call.calls import Coroutine, finish
from ....parameters import load
from ....simulation.result import Result
from ....support.arguments import listed, number, numbers, shown
from ....support.arguments import text as text_of
from ....support.renamed import by_name, by_names
from ..measured import Array
from .repeated import Repeatable, repeatable

STEP = 1e-3  # of a value: what it leaves after extrapolation is below a billionth, as rounding is
RTOL = 1e-7  # at which derivatives, too, are within some millionths of those of the equations
POINTS = 51
HALVES = (1.0, 0.5)
WANTED = 'give paths of quantities, such as ["positive electrode/particle diffusivity"], or {path: step}'


@by_names
@dataclass(frozen=True)
class Derivatives:
    """Derivatives of variables with respect to quantities; `found["Voltage [V]"]["separator/thickness"]` is an array.

    times (n,) [s].  values[variable][path] (n,): derivative, in the unit of the variable over that of the quantity;
    errors alike: its estimated error.  steps: by path, by which the quantity was moved.
    """

    times: Array
    values: Mapping[str, Mapping[str, Array]] = field(repr=False)
    errors: Mapping[str, Mapping[str, Array]] = field(repr=False)
    steps: Mapping[str, float] = field(repr=False)
    _run: Any = field(repr=False, compare=False)

    @property
    def result(self) -> Result:
        """The run; its `sensitivities` are these derivatives."""
        run: Result = replace(self._run, _sensitivities=self)
        return run

    def __getitem__(self, variable: str) -> Mapping[str, Array]:
        """Derivatives of a variable (n,) by the path of the quantity.  Raises ReportError."""
        if not isinstance(variable, str) or variable not in self.values:
            raise ReportError(f"derivatives of {shown(variable)}: not asked for; known: {', '.join(self.values)}")
        return self.values[variable]

    def error(self, variable: str, path: str) -> float:
        """Largest estimated error of a derivative over its largest value."""
        return float(np.abs(self.errors[variable][path]).max() / max(np.abs(self.values[variable][path]).max(), 1e-300))

    def __str__(self) -> str:
        lines = [f"derivatives at {self.times.size} times from {self.times[0]:.4g} to {self.times[-1]:.4g} s"]
        for variable, by in self.values.items():
            for path, d in by.items():
                k, off = int(np.argmax(np.abs(d))), self.error(variable, path)
                lines.append(f"  d {variable} / d {path}: {d[k]:.4g} at most, error {off:.1g} of it")
        return "\n".join(lines)


@by_name
def derivatives(
    cell: Any,
    steps: Any,
    parameters: Any,
    outputs: Any = "Voltage [V]",
    *,
    times: Any = None,
    threads: int | None = None,
    processes: int | None = None,
    executor: Any = None,
    **options: Any,
) -> Derivatives:
    """Derivatives of variables over time with respect to quantities of the cell, with an estimate of their error.

    cell, steps and options: as for `simulate`, but for `start`.  parameters: paths of quantities that are numbers, each
    moved by a thousandth of its value; or {path: step} in the unit of the quantity.  outputs: a variable or several,
    one number at a time.  times (n,) [s]: within the run; unless given about evenly over it, at its own times.
    threads, processes, executor: as for `simulate_many`.

    Between the times of the run variables are interpolated as by `Result.at`, along profiles linearly.
    The run has the tolerance 1e-7 unless `rtol` is given: derivatives are as good as the run, and at the tolerance of
    `simulate` within some tenths of a percent.  Four runs a quantity repeat its time steps.
    A quantity that decides the windows moves them, as in `Cell.with_`, at the same state of charge.  Where a step ends
    by a limit, its end moves too; what a variable does at a fixed time after it is what is derived.
    Raises ParameterError and ProtocolError, and SolveError as `simulate` does.
    """
    known_options("derivatives:", options, [name for name in OPTIONS if name != "start"])
    loaded = load(cell)
    moves = _moves(loaded, parameters)
    wanted = "give names of variables, such as 'Voltage [V]'"
    given = [outputs] if isinstance(outputs, str) else listed("derivatives: outputs", outputs, wanted)
    names = tuple(text_of("derivatives: outputs", name, wanted) for name in given)
    if not names:
        raise ProtocolError(f"derivatives: outputs: none given; {wanted}")
    run = finish(repeatable(loaded, steps, **{"rtol": RTOL} | options))
    base = run.result
    for name in names:
        if base[name].ndim != 1 or name not in base.keys() or base.variables.dims(name) != ("Time [s]",):  # noqa: SIM118
            raise ProtocolError(f"derivatives: outputs: {shown(name)} is not one number at a time; choose another")
    t = _times(times, base)
    jobs = [Job(_slope, (run, path, share * move, names, t)) for path, move in moves.items() for share in HALVES]
    found = iter(values_of(jobs, threads=threads, processes=processes, executor=executor))
    values: dict[str, dict[str, Array]] = {name: {} for name in names}
    errors: dict[str, dict[str, Array]] = {name: {} for name in names}
    for path in moves:
        whole, half = next(found), next(found)
        for k, name in enumerate(names):
            values[name][path] = (4.0 * half[k] - whole[k]) / 3.0
            errors[name][path] = np.abs(half[k] - whole[k])
    return Derivatives(t, values, errors, moves, base)


def _slope(run: Repeatable, path: str, move: float, names: tuple[str, ...], t: Array) -> Coroutine[Array]:
    """Derivatives (names, n) by a quantity at the times t (n,) of the run."""
    value = run.cell.value(path)
    try:
        return (
            yield from run.slope(
                lambda to: (run.cell.with_({path: value + to}), {}),
                lambda done: np.stack([run.at(done, name, t) for name in names]),
                move,
            )
        )
    except CellsimError as fault:
        raise ProtocolError(
            f"derivatives: {path} at {value:.10g}, moved by {move:.6g}: {fault}; give {{path: step}} with another step"
        ) from None


def _moves(cell: Any, parameters: Any) -> dict[str, float]:
    """By how much each quantity is moved."""
    if isinstance(parameters, str):
        parameters = [parameters]
    if not isinstance(parameters, Mapping | Iterable) or isinstance(parameters, bytes):
        raise ParameterError(f"derivatives: parameters {shown(parameters)}: {WANTED}")
    stated = parameters if isinstance(parameters, Mapping) else dict.fromkeys(_paths(parameters))
    moves = {}
    for path, move in stated.items():
        value = cell.value(path)
        name = f"derivatives: step of {str(path)[:80]}"
        if move is None:
            if value == 0.0:
                raise ParameterError(
                    f"derivatives: {path}: is 0, of which a thousandth is nothing; give {{path: step}}"
                )
            moves[path] = STEP * abs(value)
        else:
            moves[path] = number(name, move, "give a number above 0", above=0.0, error=ParameterError)
    if not moves:
        raise ParameterError(f"derivatives: parameters: none given; {WANTED}")
    return moves


def _paths(parameters: Any) -> list[str]:
    paths = listed("derivatives: parameters", parameters, WANTED, ParameterError)
    return [text_of("derivatives: parameters", path, WANTED, ParameterError) for path in paths]


def _times(times: Any, base: Any) -> Array:
    """The times asked for, rising."""
    if times is None:
        own = base.t[(base.t > 0.0) & (base.t < base.t[-1])]
        evenly = np.linspace(0.0, float(base.t[-1]), POINTS + 2)[1:-1]
        return np.unique(own[np.abs(own - evenly[:, None]).argmin(axis=1)]) if own.size else evenly
    t = numbers("derivatives: times", times, "give times in seconds within the run", low=0.0)
    if (np.diff(t) <= 0.0).any() or t[-1] > base.t[-1]:
        raise ProtocolError(f"derivatives: times: give rising times up to {base.t[-1]:.6g} s, the end of the run")
    return t
