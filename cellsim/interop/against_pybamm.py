"""A cell run here, and by PyBaMM with what `to_pybamm` makes of it: how far the voltages are apart."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import CellsimWarning, ParameterError
from ..parameters import Cell, load
from ..protocols import Protocol
from ..simulation.run import simulate
from ..support.arguments import chosen, number
from ..support.files import cut
from .exchange.options_from_pybamm import SODIUM
from .exchange.pybamm_package import pybamm
from .from_pybamm import from_pybamm
from .to_pybamm import PyBaMMCell, Writing, to_pybamm

Array = NDArray[np.float64]
FINE = {"x_n": 60, "x_s": 30, "x_p": 60, "r": 60}  # volumes, and shells of every particle
STEEP = {"x_n": 30, "x_s": 20, "x_p": 30, "r": 120}  # fronts inside particles need shells
GRADED = {"negative electrode": "right", "positive electrode": "left", "particle": "right"}  # separator, surface: where
STRETCH = 2.0  # fields are steep; there volumes and shells are thinner than at the other end by nearly exp(STRETCH)
TENFOLD = 10.0  # between the least and the largest diffusivity of a particle, from which on the mesh is STEEP
MESHES = ("fine", "default")  # "default": PyBaMM's own
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
    model: str | None = None,
    mesh: str = "fine",
    soc: float = 1.0,
    temperature: float | None = None,
) -> Difference:
    """Run a cell here and in PyBaMM with the same protocol, and compare.

    steps: a protocol, as for `simulate`; a discharge at `rate` [1/h] to the lower cut-off voltage unless given.
    model: "DFN", "SPMe" or "SPM"; "DFN" unless given, or `Cell.only_model`.
    mesh: of PyBaMM, "fine" (60, 30, 60 volumes and 60 shells, or 30, 20, 30 and 120 where the diffusivity of a particle
    varies more than tenfold, thinner towards the separator and the surface) or "default".
    soc, temperature [K]: where the run starts.  Nothing ages in either.
    Raises ParameterError without PyBaMM and for cells that `to_pybamm` refuses; ProtocolError for a protocol that
    PyBaMM cannot run.
    """
    cell = load(cell)
    chosen("against_pybamm: mesh", mesh, MESHES, ParameterError)
    model = cell.only_model or "DFN" if model is None else model
    chosen("against_pybamm: model", model, ("DFN", "SPMe", "SPM"), ParameterError)
    protocol, words = _asked(cell, steps, rate)
    theirs = to_pybamm(cell, soc=soc, temperature=temperature)
    run = lambda: simulate(cell, protocol, model, soc=soc, temperature=temperature, accuracy=ACCURACY, ageing=False)  # noqa: E731
    return compared(cell.name, words, run, theirs, protocol.to_pybamm(), model, mesh)


def set_against_pybamm(name: str, *, rate: float = 1.0, mesh: str = "fine") -> Difference:
    """A parameter set of PyBaMM discharged by PyBaMM from 100 % state of charge, and the cell that `from_pybamm` makes.

    Composite electrodes, host sites (MSMR) and sodium-ion sets, of which PyBaMM finds no state of charge, begin
    at what the set states.  name: of the set; rate [1/h]: of the discharge to the lower cut-off voltage; mesh: as for
    `against_pybamm`.
    Raises ParameterError for what `from_pybamm` refuses.
    """
    chosen("set_against_pybamm: mesh", mesh, MESHES, ParameterError)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CellsimWarning)  # the remarks are in the cell
        cell = from_pybamm(name)
    protocol, words = _asked(cell, None, rate)
    options = Writing(cell, cell.temperature()).options
    values, soc = pybamm().ParameterValues(name), None
    if not {"particle phases", "open-circuit potential"} & set(options) and SODIUM not in cell.remarks:
        soc = 1.0
        values.set_initial_state(soc, options=options)
    run = lambda: simulate(cell, protocol, soc=soc, accuracy=ACCURACY)  # noqa: E731
    return compared(name, words, run, PyBaMMCell(values, options), protocol.to_pybamm(), "DFN", mesh)


def _asked(cell: Cell, steps: Any, rate: float) -> tuple[Protocol, str]:
    """The protocol, and its words."""
    wanted = "give a C-rate above 0 and at most 20"
    number("against_pybamm: rate", rate, wanted, above=0.0, high=20.0, error=ParameterError)
    text = f"Discharge at {rate:g}C until {cell.value('cell/lower voltage cut-off'):g} V"
    protocol = Protocol(text if steps is None else steps)
    return protocol, cut(text if steps is None else protocol.to_text().replace("\n", "; "), 80)


def compared(
    name: str, words: str, run: Callable[[], Any], theirs: PyBaMMCell, experiment: Any, model: str, mesh: str
) -> Difference:
    """The difference of a run here, a function, and of PyBaMM's of the same experiment."""
    solve = their_run(theirs, experiment, model, mesh)
    run()  # compiles and tabulates
    result, seconds = _timed(run)
    try:
        solution, their_seconds = _timed(solve)
    except pybamm().SolverError as fault:
        reason = f"PyBaMM's solver fails ({cut(' '.join(str(fault).split()), 200)}); try another mesh"
        raise ParameterError(f"against_pybamm: {name}: {reason}") from None
    parts = [step for cycle in solution.cycles for step in cycle.steps]
    if len(parts) != len(result.steps):
        raise ParameterError(
            f"against_pybamm: {len(result.steps)} steps ran here, {len(parts)} in PyBaMM; compare a shorter protocol"
        )
    apart = [_difference(result, step, part) for step, part in zip(result.steps, parts, strict=True)]
    share, off = (np.concatenate(columns) for columns in zip(*apart, strict=True))
    k = int(np.argmax(np.abs(off)))
    passed = sum(float(np.trapezoid(np.abs(part["Current [A]"].entries), part.t)) for part in parts) / 3600.0
    return Difference(
        name,
        words,
        mesh,
        1e3 * float(np.sqrt(np.mean(off**2))),
        1e3 * float(off[k]),
        float(share[k]),
        result.discharge_capacity + result.charge_capacity,
        passed,
        seconds,
        their_seconds,
        theirs.lost,
    )


def their_run(theirs: PyBaMMCell, experiment: Any, model: str, mesh: str) -> Callable[[], Any]:
    """PyBaMM's simulation of an experiment, built, as a function that solves it."""
    package = pybamm()
    made = theirs.model(model)
    built = package.Simulation(
        made,
        parameter_values=theirs.parameter_values,
        experiment=experiment,
        solver=package.IDAKLUSolver(rtol=RTOL, atol=ATOL),
        **({"var_pts": _fine(theirs, made), "submesh_types": _graded(made)} if mesh == "fine" else {}),
    )
    built.build_for_experiment()
    return lambda: built.solve(calc_esoh=False)


def _fine(theirs: PyBaMMCell, model: Any) -> dict[str, int]:
    """Numbers of volumes and shells, of particles of every phase, for a run of which the mesh is no large error."""
    points = STEEP if _steep(theirs.parameter_values) else FINE
    keys = (str(getattr(key, "name", key)) for key in model.default_var_pts)
    return {key: points[key if key in points else key[0]] for key in keys if key in points or key[0] in points}


def _graded(model: Any) -> dict[str, Any]:
    """Meshes of the domains of a model, electrodes and particles of every phase graded."""
    package, kinds = pybamm(), dict(model.default_submesh_types)
    for domain in kinds:
        key = "particle" if domain.endswith("particle") else domain
        if key in GRADED:
            how = {"side": GRADED[key], "stretch": STRETCH}
            kinds[domain] = package.MeshGenerator(package.Exponential1DSubMesh, how)
    return kinds


def _steep(values: Any) -> bool:
    """Whether the diffusivity of a particle varies more than TENFOLD."""
    package, x = pybamm(), np.linspace(0.05, 0.95, 91)
    for name in values.keys():  # noqa: SIM118
        if name.endswith("particle diffusivity [m2.s-1]"):
            inputs = {"x": package.Vector(x), "T": package.Scalar(values["Reference temperature [K]"])}
            D = np.ravel(values.process_symbol(package.FunctionParameter(name, inputs)).evaluate())
            if D.max() > TENFOLD * D.min():
                return True
    return False


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return run(), time.process_time() - start


def _difference(result: Any, step: Any, theirs: Any) -> tuple[Array, Array]:
    """(fraction of the step, PyBaMM's voltage less ours [V]), both (POINTS,)."""
    begin, t_0 = step.t_start, float(theirs.t[0])
    length = COMPARED * min(step.t_end - begin, float(theirs.t[-1]) - t_0)
    share = np.linspace(0.0, 1.0, POINTS + 1)[1:]
    off = np.asarray(theirs["Voltage [V]"](t_0 + share * length)) - result.at("Voltage [V]", begin + share * length)
    return share * length / (step.t_end - begin), off
