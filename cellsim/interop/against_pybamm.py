"""A cell run here, and by PyBaMM with what `to_pybamm` makes of it: how far the voltages are apart."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..parameters import load
from ..protocols import Protocol
from ..simulation.run import simulate
from ..support.arguments import chosen, number
from .pybamm_package import pybamm
from .to_pybamm import PyBaMMCell, to_pybamm

Array = NDArray[np.float64]
FINE = {"x_n": 30, "x_s": 20, "x_p": 30, "r_n": 60, "r_p": 60}
MESHES: dict[str, dict[str, int]] = {"fine": FINE, "default": {}}  # "default": PyBaMM's own
ACCURACY = 1e-4  # V, of the run here
RTOL, ATOL = 1e-6, 1e-8  # of PyBaMM's run
COMPARED = 0.98  # of the shorter of both runs of a step: at the knee a voltage is a matter of the mesh
POINTS = 200  # a step


@dataclass(frozen=True)
class Difference:
    """Voltages of two runs of one cell.

    rms, largest [mV]: PyBaMM less cellsim, over the first 98 % of each step; at: where the largest is, a fraction of
    the step; capacity, their_capacity [Ah]: charge passed, the charge of a charge counted as well; seconds,
    their_seconds: of processor time, kernels compiled and model built.
    """

    cell: str
    protocol: str
    mesh: str
    rms: float
    largest: float
    at: float
    capacity: float
    their_capacity: float
    seconds: float
    their_seconds: float
    lost: tuple[str, ...]

    def __str__(self) -> str:
        apart = 100.0 * (self.their_capacity / self.capacity - 1.0) if self.capacity else 0.0
        lines = [
            f"{self.cell}, {self.protocol}: PyBaMM less cellsim {self.rms:.2g} mV rms, {self.largest:.2g} mV at most "
            f"(at {100.0 * self.at:.0f} % of a step)",
            f"  capacity {self.capacity:.5g} Ah here, {self.their_capacity:.5g} Ah there ({apart:+.2g} %)",
            f"  processor time {1e3 * self.seconds:.3g} ms here, {1e3 * self.their_seconds:.3g} ms there "
            f"(solving alone, {self.mesh} mesh of PyBaMM)",
        ]
        return "\n".join([*lines, *(f"  not in PyBaMM: {words}" for words in self.lost)])


def against_pybamm(
    cell: Any,
    steps: Any = None,
    *,
    rate: float = 1.0,
    model: str = "DFN",
    mesh: str = "fine",
    soc: float = 1.0,
    temperature: float | None = None,
) -> Difference:
    """Run a cell here and in PyBaMM with the same protocol, and compare.

    steps: a protocol, as for `simulate`; a discharge at `rate` [1/h] to the lower cut-off voltage unless given.
    model: "DFN", "SPMe" or "SPM"; mesh: of PyBaMM, "fine" (30, 20, 30 volumes, 60 shells) or "default".
    soc, temperature [K]: where the run starts.  Nothing ages in either.
    Raises ParameterError without PyBaMM and for cells that `to_pybamm` refuses; ProtocolError for a protocol that
    PyBaMM cannot run.
    """
    package, cell = pybamm(), load(cell)
    chosen("against_pybamm: mesh", mesh, tuple(MESHES), ParameterError)
    chosen("against_pybamm: model", model, ("DFN", "SPMe", "SPM"), ParameterError)
    wanted = "give a C-rate above 0 and at most 20"
    number("against_pybamm: rate", rate, wanted, above=0.0, high=20.0, error=ParameterError)
    low = cell.value("cell/lower voltage cut-off")
    text = f"Discharge at {rate:g}C until {low:g} V"
    protocol = Protocol(text if steps is None else steps)
    theirs = to_pybamm(cell, soc=soc, temperature=temperature)
    solve = their_run(theirs, protocol.to_pybamm(), model, mesh)
    run = lambda: simulate(cell, protocol, model, soc=soc, temperature=temperature, accuracy=ACCURACY, ageing=False)  # noqa: E731
    run()  # compiles and tabulates
    result, seconds = _timed(run)
    try:
        solution, their_seconds = _timed(solve)
    except package.SolverError as fault:
        words = " ".join(str(fault).split())[:200]
        raise ParameterError(
            f"against_pybamm: {cell.name}: PyBaMM's solver fails ({words}); try another mesh"
        ) from None
    apart = [piece for pair in _pairs(result, solution) for piece in [_difference(*pair)]]
    all_of = np.concatenate([d for _, d in apart])
    share = np.concatenate([s for s, _ in apart])
    k = int(np.argmax(np.abs(all_of)))
    parts = [step for cycle in solution.cycles for step in cycle.steps]
    Q = sum(float(np.trapezoid(np.abs(part["Current [A]"].entries), part.t)) for part in parts) / 3600.0
    return Difference(
        cell.name,
        text if steps is None else protocol.to_text().replace("\n", "; ")[:80],
        mesh,
        1e3 * float(np.sqrt(np.mean(all_of**2))),
        1e3 * float(all_of[k]),
        float(share[k]),
        result.discharge_capacity + result.charge_capacity,
        Q,
        seconds,
        their_seconds,
        theirs.lost,
    )


def their_run(theirs: PyBaMMCell, experiment: Any, model: str, mesh: str) -> Callable[[], Any]:
    """PyBaMM's simulation of an experiment, built, as a function that solves it."""
    package = pybamm()
    built = package.Simulation(
        theirs.model(model),
        parameter_values=theirs.parameter_values,
        experiment=experiment,
        solver=package.IDAKLUSolver(rtol=RTOL, atol=ATOL),
        **({"var_pts": dict(MESHES[mesh])} if MESHES[mesh] else {}),
    )
    built.build_for_experiment()
    return lambda: built.solve(calc_esoh=False)


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return run(), time.process_time() - start


def _pairs(result: Any, solution: Any) -> Iterator[tuple[Any, float, float, Any]]:
    """(result, begin and end of a step here [s], PyBaMM's solution of the step)."""
    theirs = [step for cycle in solution.cycles for step in cycle.steps]
    if len(theirs) != len(result.steps):
        raise ParameterError(
            f"against_pybamm: {len(result.steps)} steps ran here, {len(theirs)} in PyBaMM; compare a shorter protocol"
        )
    for step, other in zip(result.steps, theirs, strict=True):
        yield result, step.t_start, step.t_end, other


def _difference(result: Any, begin: float, end: float, other: Any) -> tuple[Array, Array]:
    """(fraction of the step, PyBaMM's voltage less ours [V]), both (POINTS,)."""
    t_0 = float(other.t[0])
    length = COMPARED * min(end - begin, float(other.t[-1]) - t_0)
    share = np.linspace(0.0, 1.0, POINTS + 1)[1:]
    theirs = np.asarray(other["Voltage [V]"](t_0 + share * length))
    ours = np.asarray(result.at("Voltage [V]", begin + share * length))
    return share * length / (end - begin), theirs - ours
