"""Derivatives of a run's variables with respect to quantities of the cell, with an error for each.

Central differences on one mesh at three steps h, h/2, h/4, extrapolated twice by Richardson's rule: what is left is of
the sixth order in h and what the integrator's steps scatter.  The error is the difference of the two extrapolations
before the last, which is larger.  These are no forward sensitivities: those differentiate the equations of every step
and would be a part of the kernels.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ....ensemble.case import OPTIONS, Case, known_options
from ....ensemble.ensemble import simulate_many
from ....errors import ParameterError, ProtocolError
from ....parameters import load
from ....simulation.run import simulate
from ....support.arguments import listed, number, numbers, shown
from ....support.arguments import text as text_of
from ..measured import Array

STEP = 0.02  # of a value: truncation and scatter are about equal at RTOL
RTOL = 1e-10
POINTS = 51
HALVES = (1.0, 0.5, 0.25)
WANTED = 'give paths of quantities, such as ["positive electrode/particle diffusivity"], or {path: step}'


@dataclass(frozen=True)
class Derivatives:
    """Derivatives of variables with respect to quantities.

    times (n,) [s].  values[variable][path] (n,): derivative, in the unit of the variable over that of the quantity;
    errors alike: its estimated error.  steps: by path, by which the quantity was moved.
    """

    times: Array
    values: Mapping[str, Mapping[str, Array]] = field(repr=False)
    errors: Mapping[str, Mapping[str, Array]] = field(repr=False)
    steps: Mapping[str, float] = field(repr=False)

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

    cell, steps and options: as for `simulate`.  parameters: paths of quantities that are numbers, each moved by 2 % of
    its value; or {path: step} in the unit of the quantity.  outputs: a variable or several, one number at a time.
    times (n,) [s]: within the shortest of all runs; evenly over the run unless given.
    threads, processes, executor: as for `simulate_many`.

    All runs, six a quantity, have the mesh of the cell as it is and the tolerance 1e-10 unless `rtol` is given.  A
    quantity that decides the windows moves them, as in `Cell.with_`, at the same state of charge.  Where a step ends by
    a limit, its end moves too: derivatives at fixed times beside it are large, and so are their errors.
    Raises ParameterError and ProtocolError.
    """
    known_options("derivatives:", options, [name for name in OPTIONS if name != "start"])
    loaded = load(cell)
    moves = _moves(loaded, parameters)
    wanted = "give names of variables, such as 'Voltage [V]'"
    given = [outputs] if isinstance(outputs, str) else listed("derivatives: outputs", outputs, wanted)
    names = [text_of("derivatives: outputs", name, wanted) for name in given]
    options = {"rtol": RTOL} | options
    base = simulate(loaded, steps, **options)
    for name in names:
        if base[name].ndim != 1 or name not in base.keys() or base.variables.dims(name) != ("Time [s]",):  # noqa: SIM118
            raise ProtocolError(f"derivatives: outputs: {shown(name)} is not one number at a time; choose another")
    t = _times(times, base)
    fixed = options | {"model": base.final_state.model}
    cases = [
        Case(loaded, steps, changes={path: loaded.value(path) + sign * share * move}, **fixed)
        for path, move in moves.items()
        for share in HALVES
        for sign in (1.0, -1.0)
    ]
    done = simulate_many(cases, threads=threads, processes=processes, executor=executor, keep=["Time [s]", *names])
    if done.failures:
        raise ProtocolError(f"derivatives: a varied run fails: {done.failures[0].failure}; give smaller steps")
    runs = [result for result in done.results or () if result is not None]
    last = min(float(run.t[-1]) for run in runs)
    if t[-1] > last:
        raise ProtocolError(f"derivatives: times: a varied run ends after {last:.6g} s; give times before that")
    values: dict[str, dict[str, Array]] = {name: {} for name in names}
    errors: dict[str, dict[str, Array]] = {name: {} for name in names}
    for k, (path, move) in enumerate(moves.items()):
        own = runs[2 * len(HALVES) * k : 2 * len(HALVES) * (k + 1)]
        for name in names:
            y = [run.at(name, t) for run in own]
            d = [(y[2 * i] - y[2 * i + 1]) / (2.0 * share * move) for i, share in enumerate(HALVES)]
            first = [(4.0 * d[1] - d[0]) / 3.0, (4.0 * d[2] - d[1]) / 3.0]
            values[name][path] = (16.0 * first[1] - first[0]) / 15.0
            errors[name][path] = np.abs(first[1] - first[0])
    return Derivatives(t, values, errors, moves)


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
                raise ParameterError(f"derivatives: {path}: is 0, of which 2 % is nothing; give {{path: step}}")
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
        return np.linspace(0.0, float(base.t[-1]), POINTS + 2)[1:-1]
    t = numbers("derivatives: times", times, "give times in seconds within the run", low=0.0)
    if (np.diff(t) <= 0.0).any() or t[-1] > base.t[-1]:
        raise ProtocolError(f"derivatives: times: give rising times up to {base.t[-1]:.6g} s, the end of the run")
    return t
