"""PyBOP with runs of cellsim: a simulator for its problems, optimisers and samplers (needs cellsim[pybop])."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from ...ensemble.engine import run_jobs, workers_of
from ...ensemble.jobs import Job
from ...errors import CellsimError, ParameterError, ProtocolError
from ...kernels.call.calls import Coroutine
from ...parameters import Cell, load
from ...protocols import Protocol, profile
from ...simulation.result import Result
from ...simulation.run import simulate_coroutine
from ...studies.estimation.measured import Array, continued
from ...studies.estimation.varied.repeated import Repeatable, repeatable
from ...support.arguments import near, numbers
from ...support.files import optional
from ..names import LAWS, NEGATIVE, NUMBERS, POSITIVE

VOLTAGE = "Voltage [V]"
CURRENTS = ("Current function [A]", "Current [A]")
SHORT = 0.01  # share of the last time by which a run may end too early
MOVE = 1e-4  # of a parameter, for derivatives
Found = tuple[list[Array], dict[str, Array]]  # outputs, and their derivatives by parameters
SIDES = {NEGATIVE: "Negative", POSITIVE: "Positive"}


def path_of(name: str) -> str:
    """The path of a quantity here that PyBaMM has in the same unit; a path stays as it is.  Raises ParameterError."""
    known = _paths()
    if name in known:
        return known[name]
    if "/" in name:
        return name
    raise ParameterError(f"pybop: {name[:80]!r} is no quantity that both programs have alike; {near(name, known)}")


@cache
def _paths() -> dict[str, str]:
    found = {}
    for section in ("cell", "electrode", "separator", "electrolyte"):
        names = dict(NUMBERS.get(section, {}))
        names |= {key: law.name for key, law in LAWS.get(section, {}).items()}
        for side, word in SIDES.items() if section == "electrode" else [(section, "")]:
            for key, name in names.items():
                found[name.format(S=word, s=word.lower())] = f"{side}/{key}"
    return found


def simulator(
    cell: Any,
    parameters: Mapping[str, Any],
    dataset: Any = None,
    *,
    steps: Any = None,
    times: Any = None,
    threads: int | None = None,
    **options: Any,
) -> Any:
    """A `pybop.BaseSimulator` that runs cellsim, for `pybop.Problem`.

    cell: a `Cell`, or the name or path of one.
    parameters: {name: pybop.Parameter}; names are paths, such as "cell/series resistance", or PyBaMM's names of
    quantities that both programs have in the same unit, such as "Negative particle diffusivity [m2.s-1]".
    dataset: a `pybop.Dataset`, or a mapping, with "Time [s]" and "Current [A]" (discharge positive), which is run as it
    was recorded; or steps, as `simulate` takes them, with times (n,) [s] at which outputs are wanted.
    threads: to run kernels in; the members of a generation are simulated side by side.
    options: further arguments of `simulate`, such as model and soc.

    A run that fails, or ends before the last time, is a `pybop.FailedSolution`, whose cost is infinite.  Sensitivities,
    for optimisers and samplers that need gradients, are the derivatives of the integrator's time steps, each taken
    again with the parameter a ten-thousandth larger and smaller; a run that goes on from another one has none.
    Raises ReportError without pybop, ParameterError and ProtocolError for wrong arguments.
    """
    workers_of(threads)
    if (dataset is None) == (steps is None):
        raise ProtocolError("pybop: give a dataset with times and currents, or steps and times")
    if dataset is not None:
        t, current = _recorded(dataset)
        steps = profile(np.column_stack([t - t[0], current]))
        t = t - t[0]
    else:
        t = numbers("pybop: times", times, "give times in seconds", low=0.0)
    return _class()(load(cell), Protocol(steps), parameters, t, threads, options)


def _recorded(dataset: Any) -> tuple[Array, Array]:
    """Times and currents of a dataset."""
    wanted = "give a dataset with 'Time [s]' and 'Current [A]'"
    try:
        t = numbers("pybop: Time [s]", dataset["Time [s]"], wanted, least=2)
        name = next(name for name in CURRENTS if name in (dataset.keys() if hasattr(dataset, "keys") else dataset.data))
        return t, numbers(f"pybop: {name}", dataset[name], wanted, least=t.size)
    except (StopIteration, KeyError, TypeError, AttributeError):
        raise ProtocolError(f"pybop: dataset: {wanted}") from None


@cache
def _class() -> Any:
    """The class, which needs PyBOP to be defined."""
    pybop = optional("pybop", "pybop")

    class Simulator(pybop.BaseSimulator):  # type: ignore[misc,name-defined]
        """A run of cellsim as PyBOP calls it; see `simulator`."""

        def __init__(self, cell: Cell, steps: Any, parameters: Any, times: Array, threads: Any, options: Any):
            super().__init__(dict(parameters))
            self.cell, self.steps, self.times, self.threads, self.options = cell, steps, times, threads, options
            self.paths = {name: path_of(name) for name in parameters}
            self.outputs = [VOLTAGE]

        def set_output_variables(self, target: list[str]) -> None:
            """Names of variables that the cost asks for."""
            self.outputs = list(target)

        def solve_batch(self, inputs: list[Any], calculate_sensitivities: bool = False) -> list[Any]:
            """A solution for each set of inputs, simulated side by side."""
            run = self._run_with_slopes if calculate_sensitivities else self._run
            jobs = [Job(run, (given,), reuse=True) for given in inputs]
            found = run_jobs(jobs, threads=self.threads if len(jobs) > 1 else 1)
            return [self._solution(given, done) for given, done in zip(inputs, found, strict=True)]

        @property
        def has_sensitivities(self) -> bool:
            """Whether there are derivatives."""
            return self.options.get("start") is None

        def _cell(self, inputs: Mapping[str, float]) -> Cell:
            return self.cell.with_({self.paths[name]: float(value) for name, value in inputs.items()})

        def _run(self, inputs: Mapping[str, float]) -> Coroutine[Found | None]:
            """Outputs (n,) at the times, and no derivatives; None of a run that ends early."""
            result: Result = yield from simulate_coroutine(self._cell(inputs), self.steps, **self.options)
            return self._outputs(result)

        def _outputs(self, result: Result) -> Found | None:
            if result.t[-1] < (1.0 - SHORT) * self.times[-1]:
                return None
            return [continued(result, name, self.times) for name in self.outputs], {}

        def _run_with_slopes(self, inputs: Mapping[str, float]) -> Coroutine[Found | None]:
            """The same with the derivatives (outputs, n) by each parameter."""
            run = yield from repeatable(self._cell(inputs), self.steps, **self.options)
            found = self._outputs(run.result)
            if found is None:
                return None
            for name in inputs:
                found[1][name] = yield from self._slope(run, inputs, name)
            return found

        def _slope(self, run: Repeatable, inputs: Mapping[str, float], name: str) -> Coroutine[Array]:
            """Derivatives (outputs, n) by one parameter."""
            value = float(inputs[name])
            return run.slope(
                lambda to: (self._cell({**inputs, name: value + to}), {}),
                lambda moved: np.array([continued(moved, output, self.times) for output in self.outputs]),
                MOVE * (abs(value) or 1.0),
            )

        def _solution(self, inputs: Any, done: Any) -> Any:
            if done.fault is not None and not isinstance(done.fault, CellsimError):
                raise done.fault
            if done.value is None:
                return pybop.FailedSolution(self.outputs, list(self.paths))
            solution, (outputs, slopes) = pybop.Solution(inputs), done.value
            for k, (name, values) in enumerate(zip(self.outputs, outputs, strict=True)):
                by = {parameter: slope[k] for parameter, slope in slopes.items()}
                solution.set_solution_variable(name, np.asarray(values), by or None)
            return solution

    return Simulator
