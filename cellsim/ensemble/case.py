"""Cases of an ensemble, what differs from one simulation to the next, and what became of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import CellsimError, ParameterError, ProtocolError, SolveError
from ..kernels.call.calls import Coroutine, finish
from ..models import ACCURACY, default_model, initial_state, model_of
from ..parameters import Cell, load
from ..protocols import Protocol, Step
from ..protocols.program import MAX_STEPS
from ..simulation.result import Result
from ..simulation.run import simulate, simulate_coroutine
from ..simulation.variables import Variables
from ..support.arguments import mapping, near, shown
from ..support.renamed import by_name
from .jobs import Finished
from .parquet import check

OPTIONS = tuple(signature(simulate).parameters)[2:]  # what `simulate` takes besides the cell and the steps
CHANGES = 'give a dictionary {"section/quantity": value}'
LABELS = "give a dictionary {name: number or text}"


def known_options(what: str, names: Iterable[str], known: Sequence[str] = OPTIONS) -> None:
    """Raises ProtocolError for a name that is not among those known."""
    for name in names:
        if name not in known:
            raise ProtocolError(f"{what} {shown(name)}: no argument of that name; {near(name, known)}")


@dataclass(frozen=True)
class Case:
    """One simulation of an ensemble: every argument of `simulate`, changes to the cell, and labels.

    What it is given is checked when it runs, but for cell, changes and labels, which must be of the right kind.
    changes: as in `Cell.with_`; made when the case runs, so that a faulty one fails alone.
    labels: name to number or text; they become columns of the tables.
    """

    cell: Cell | str
    steps: Protocol | str | Step | Sequence
    model: Any = None
    temperature: float | None = None
    soc: float | None = 1.0
    voltage: float | None = None
    heat: Any = None
    ambient: float | None = None
    period: float | None = None
    accuracy: float = ACCURACY
    rtol: float | None = None
    time_budget: float = 10.0
    max_steps: int = MAX_STEPS
    force: bool = False
    start: Any = None
    ageing: Any = None
    surface_form: Any = None
    termination: Any = None
    changes: Mapping[str, float | str] = field(default_factory=dict)
    labels: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.cell, Cell | str | Path):
            raise ParameterError(f"cell {shown(self.cell)}: give a Cell, the name of a set or the path of a file")
        mapping("changes", self.changes, CHANGES)
        mapping("labels", self.labels, LABELS, ProtocolError)

    def varied_cell(self) -> Cell:
        """The cell with its changes.  Raises ParameterError."""
        cell = self.cell if isinstance(self.cell, Cell) else load(self.cell)
        return cell.with_(self.changes) if self.changes else cell

    def variables(self) -> Variables:
        """The variables of a result of this case, at its initial state.  Raises ParameterError."""
        cell = self.varied_cell()
        T = cell.temperature(self.temperature)
        model = (model_of(self.model) or default_model(cell)).resolved(cell, T, 1.0, self.accuracy)
        sys = model.discretise(cell, T)
        return Variables.of(cell, sys, model, np.zeros(1), initial_state(cell, sys, 0.5)[None], 0.5)

    @by_name
    def run(self) -> Result:
        """The simulation of this case.  Raises what `simulate` does."""
        return finish(self.coroutine())

    def coroutine(self) -> Coroutine[Result]:
        """The same as a coroutine of kernel calls.  Raises ParameterError for faulty changes at once."""
        given = self.__dict__
        options = {name: given[name] for name in OPTIONS}
        return simulate_coroutine(self.varied_cell(), self.steps, **options)


Case.__init__ = by_name(Case.__init__)  # type: ignore[method-assign]


@dataclass(frozen=True)
class Outcome:
    """One case in a row of figures: what it was, how it ended, what it delivered.

    number: from 0, in the order of the cases.  ending: name of the last step's `Ending`, "" if no
    step was run.  failure: "" or why the case failed; figures are then those up to the failure.
    Discharged and charged amounts are sums over the steps.
    """

    number: int
    labels: dict[str, Any]
    ending: str = ""
    message: str = ""
    failure: str = ""
    duration: float = float("nan")  # s
    discharge_capacity: float = float("nan")  # A.h
    charge_capacity: float = float("nan")  # A.h
    discharge_energy: float = float("nan")  # W.h
    charge_energy: float = float("nan")  # W.h
    final_voltage: float = float("nan")  # V
    minimum_voltage: float = float("nan")  # V
    maximum_voltage: float = float("nan")  # V


Series = Sequence[np.ndarray]  # variables over time, in the order of the names asked for
Kept = Result | Series | None


class Packed(NamedTuple):
    """What came of some cases whose series go to a table, a `jobs.Packed`."""

    outcomes: list[Outcome]
    rows: list[int]  # of each case, -1 of one without series
    series: list[np.ndarray]  # of all of them, one behind the other

    @classmethod
    def of(cls, values: Sequence[tuple[Outcome, Series | None]]) -> "Packed":
        """Those."""
        outcomes, series = zip(*values, strict=True)
        there = [one for one in series if one is not None]
        rows = [-1 if one is None else len(one[0]) for one in series]
        return cls([*outcomes], rows, [np.concatenate(pieces) for pieces in zip(*there, strict=True)])

    def values(self) -> list[tuple[Outcome, Series | None]]:
        """Of each."""
        ends = np.cumsum(np.maximum(self.rows, 0)).tolist()
        return [
            (outcome, None if rows < 0 else [one[end - rows : end] for one in self.series])
            for outcome, rows, end in zip(self.outcomes, self.rows, ends, strict=True)
        ]


def run_case(
    number: int, case: Any, keep: tuple[str, ...] | None, columns: dict[str, bool] | None
) -> Coroutine[tuple[Outcome, Kept]]:
    """A case as a job: its outcome, whatever happens, and its result, with the variables of `keep` only unless None.

    columns: of the table to which it goes, as `parquet.kinds` of labels; then it is those variables, and no result.
    """
    result, failure, labels = None, "", {}
    try:
        if not isinstance(case, Case):
            raise ProtocolError(f"expected cellsim.Case, found {type(case).__name__}")
        labels = dict(case.labels)
        if columns is not None:
            check(labels, columns)
        result = yield from case.coroutine()
    except SolveError as fault:
        result, failure = fault.result, str(fault)
    except CellsimError as fault:
        failure = str(fault)
    except Exception as fault:  # a fault of one case, of whatever kind, must not end the others
        failure = f"{type(fault).__name__}: {fault}"
    if result is None:
        return Outcome(number, labels, failure=failure or "nothing came out"), None
    try:
        outcome = _outcome(number, labels, result, failure)
        if keep is None:
            return outcome, result
        return outcome, _reduced(result, keep) if columns is None else [
            np.array(result.variables[name]) for name in keep
        ]
    except Exception as fault:
        return Outcome(number, labels, failure=failure or f"{type(fault).__name__}: {fault}"), None


def outcome_of(done: Finished) -> tuple[Outcome, Kept]:
    """Outcome and result, or series, of a case that was run; of one whose process ended, an outcome that says so."""
    if done.value is not None:
        return done.value
    number, case = done.job.arguments[:2]
    labels = getattr(case, "labels", {})
    return Outcome(number, dict(labels) if isinstance(labels, dict) else {}, failure=done.failure), None


def _outcome(number: int, labels: dict[str, Any], result: Result, failure: str) -> Outcome:
    voltage, last = result.variables["Voltage [V]"], result.steps[-1]
    return Outcome(
        number,
        labels,
        last.ending.name,
        last.message,
        failure,
        float(result.variables["Time [s]"][-1]),
        *result.amounts,
        float(voltage[-1]),
        float(voltage.min()),
        float(voltage.max()),
    )


def _reduced(result: Result, keep: tuple[str, ...]) -> Result:
    """The result with only the variables of `keep`, and none of its states."""
    arrays = {name: (result.variables.dims(name), np.array(result[name])) for name in keep}
    return Result(
        result.cell,
        result.model,
        result.temperature,
        result.step_index,
        result.steps,
        Variables.from_arrays(arrays),
        result.termination,
        _remarks=result.remarks,
        _basis=result.basis,
    )


@by_name
def cases(
    cell, steps, *, changes=None, c_rate=None, temperature=None, soc=1.0, voltage=None, model=None, **same
) -> list[Case]:
    """All combinations of what is given as a list, the last varying fastest, as labelled cases.

    cell: a `Cell` or the name of a set; steps: as for `simulate`.
    changes: {"section/quantity": value or list of values}, of which all combinations are made, or a
    list of such dictionaries of single values, which are taken one after the other.
    c_rate: number or list; `steps` is then a function of it: `cellsim.discharge`, or
    `lambda rate: [cellsim.charge(rate), cellsim.hold(4.2)]`.
    cell, temperature [K], soc, voltage [V], model: one or a list; so is every other argument of `simulate`, such as
    heat, ambient [K] or period [s], in `same`.
    Every list is an axis, and its value a label of the case.  Raises ProtocolError, and ParameterError
    for a cell that cannot be loaded.
    """
    if (c_rate is None) == callable(steps):
        raise ProtocolError(
            "steps: give a function of the C-rate, such as cellsim.discharge, together with "
            "c_rate=[...]; without c_rate give steps"
        )
    known_options("cases:", same)
    name, values, label = _axis("cell", cell)
    loaded = [load(c) for c in values]
    axes = [
        (name, loaded, label),
        *_changes(changes),
        _axis("c_rate", c_rate),
        _axis("temperature", temperature),
        _axis("soc", soc),
        _axis("voltage", voltage),
        _axis("model", model),
        *(_axis(*option) for option in same.items()),
    ]
    found = []
    for chosen in product(*(values for _, values, _ in axes)):
        given: dict = {}
        varied: dict = {}
        labels: dict = {}
        for (name, _, label), value in zip(axes, chosen, strict=True):
            if name is None:
                varied.update(value)
                labels.update(value if label else {})
            else:
                given[name] = value
                labels.update({name: _word(value)} if label else {})
        rate = given.pop("c_rate")
        found.append(Case(steps=steps(rate) if callable(steps) else steps, changes=varied, labels=labels, **given))
    return found


def _axis(name, value):
    """(name, values, whether they are labels)."""
    if not isinstance(value, list | tuple | range | np.ndarray) or isinstance(value, np.ndarray) and value.ndim == 0:
        return name, [value], False
    if len(value) == 0:
        raise ProtocolError(f"{name}: an empty list gives no cases; give at least one value")
    return name, [v.item() if isinstance(v, np.generic) else v for v in value], True


def _changes(changes):
    """One axis of dictionaries for each quantity, or one for all."""
    if isinstance(changes, Mapping):
        for path, value in changes.items():
            _, values, label = _axis(path, value)
            yield None, [{path: v} for v in values], label
    elif changes is not None:
        rows = list(changes) if isinstance(changes, Iterable) else []
        if not rows or not all(isinstance(row, Mapping) for row in rows):
            raise ProtocolError(
                'changes: give a dictionary {"section/quantity": values} or a list of such dictionaries'
            )
        yield None, [dict(row) for row in rows], True


def _word(value):
    """A label: numbers as they are, cells by name."""
    return value if isinstance(value, int | float | str) else getattr(value, "name", None) or str(value)
