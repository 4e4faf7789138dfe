"""Result of a simulation: variables by name, reasons why steps ended, tables, files and plots."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import Ending, ReportError
from ..support.arguments import file_path, flag, number, numbers, shown, text
from ..support.files import optional
from ..support.renamed import by_names
from .citations import Citations, basis_in, citations_of
from .history.cycles import cycles_of, summary
from .history.interpolation import attributes, between, separated
from .history.joining import joined
from .history.step import StepResult as StepResult  # by its old name in pickles, too
from .storage import read, steps_in, write
from .variables import Variables
from .variables.lookup import remedy


class UnknownVariable(ReportError, KeyError):
    """A result has no variable of that name."""

    __str__ = Exception.__str__


@by_names
@dataclass(frozen=True)
class Result:
    """Result of a run.  `result["Voltage [V]"]` is an array over `result.t`; `result.keys()` names all variables.
    `list(result)` names those that tables and files keep; the others are the same in other units.
    `first + second` is a run and its continuation (`simulate(..., start=first)`) as one.

    Discharge current, capacity and energy are positive.  Where one step follows another, the time appears twice:
    before and after the change.
    cell, model: names; temperature: at the start [K]; step_index: (times,) index into `steps` of each row.
    termination: why the run ended, as a sentence.  final_state: for `simulate(..., start=result)`; None in results
    read from a file or from another process.
    """

    cell: str
    model: str
    temperature: float  # K
    step_index: NDArray[np.int64]  # (times,)
    steps: tuple[StepResult, ...]
    variables: Variables
    termination: str = ""
    final_state: Any = field(default=None, repr=False, compare=False)
    # of `remarks` and `basis`, or functions that make them, which not every run has to call
    _remarks: tuple[str, ...] | Callable[[], tuple[str, ...]] = field(default=(), repr=False, compare=False)
    _basis: Mapping[str, Any] | Callable[[], Mapping[str, Any] | None] | None = field(
        default=None, repr=False, compare=False
    )
    _sensitivities: Any = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        # steps refer to the variables, not to this result, so that none of them is kept alive by a circle
        of_run = self.cell, self.model, self.temperature, self.step_index, self.variables, self._basis
        steps = tuple(step._of(partial(_of_step, of_run, k)) for k, step in enumerate(self.steps))
        object.__setattr__(self, "steps", steps)

    @property
    def t(self) -> NDArray[np.float64]:
        """Times (times,) [s]."""
        return self["Time [s]"]

    @cached_property
    def basis(self) -> Mapping[str, Any] | None:
        """What `citations` reads, see `citations.basis_of`; None in results of version 0.1.0."""
        return self._basis() if callable(self._basis) else self._basis

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """Notes on the run, one sentence each."""
        return self._remarks() if callable(self._remarks) else self._remarks

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_basis": self.basis, "_remarks": self.remarks}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """A variable (times, ...).  Raises UnknownVariable, a KeyError."""
        text("variable", name, "give the name of a variable, such as 'Voltage [V]'", ReportError)
        try:
            return np.asarray(self.variables[name])
        except KeyError:
            words = remedy(name, self.keys())
            raise UnknownVariable(f"{shown(name)} is not a variable of {self.model}; {words}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)

    def __contains__(self, name: object) -> bool:
        return name in self.variables

    def keys(self) -> list[str]:
        """Names of all variables, those included that are the same in other units."""
        return self.variables.names()

    _ipython_key_completions_ = keys

    def __add__(self, other: "Result") -> "Result":
        """This run and the one that went on where it ended: times, charges and cycles are counted through.

        Raises ReportError if the other run is of another cell or model, or began elsewhere.
        """
        if not isinstance(other, Result):
            return NotImplemented
        both: Result = joined(self, other)
        return both

    @property
    def cycles(self) -> "tuple[Result, ...]":
        """Each cycle as a Result of its own, with the times of the run; `result.cycles[0].steps[1]["Voltage [V]"]`.

        As in PyBaMM a step at the top level of the protocol is a cycle, and so is each repetition of a block.
        """
        return cycles_of(self)

    @property
    def timestamps(self) -> "NDArray[np.datetime64]":
        """Date and time of each row (times,), to a microsecond, of a protocol with start times.  Raises ReportError."""
        if not self.steps or not self.steps[0].clock:
            raise ReportError("timestamps: no step of the protocol has a start time; give the first one a start_time")
        first = np.datetime64(self.steps[0].clock, "us")
        since = np.round((self.t - self.steps[0].t_start) * 1e6).astype("timedelta64[us]")
        stamps: NDArray[np.datetime64] = first + since
        return stamps

    @property
    def summary_variables(self) -> Any:
        """A pandas DataFrame with a row for each cycle, indexed by its number; columns have PyBaMM's names.

        Capacities and energies [A.h, W.h] are those of the cycle, "Throughput" counts from the start of the run;
        lithium, losses and times are those at the end of the cycle, and "Change in ..." what they changed by within it.
        """
        return summary(self)

    @property
    def amounts(self) -> tuple[float, float, float, float]:
        """Charge delivered and taken up in all steps [Ah], and the same of energy [Wh]."""
        each = ((x.discharge_capacity, x.charge_capacity, x.discharge_energy, x.charge_energy) for x in self.steps)
        sums = [float(sum(amount)) for amount in zip(*each, strict=True)]
        return (sums[0], sums[1], sums[2], sums[3]) if sums else (0.0, 0.0, 0.0, 0.0)

    @property
    def discharge_capacity(self) -> float:
        """Charge delivered in all steps [Ah]."""
        return self.amounts[0]

    @property
    def charge_capacity(self) -> float:
        """Charge taken up in all steps [Ah]."""
        return self.amounts[1]

    @property
    def discharge_energy(self) -> float:
        """Energy delivered in all steps [Wh]."""
        return self.amounts[2]

    @property
    def charge_energy(self) -> float:
        """Energy taken up in all steps [Wh]."""
        return self.amounts[3]

    @property
    def stopped_early(self) -> bool:
        """Whether the protocol was not done to its end; `termination` says why."""
        return self.termination.startswith("stopped")

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Reason why each step ended."""
        return tuple(step.ending for step in self.steps)

    def at(self, name: str, times: ArrayLike) -> NDArray[np.float64]:
        """A variable (n, ...) at times (n,) [s], by cubic interpolation within the step that contains each time.

        In a step that follows a profile it is linear between the stored times, because curves have kinks at the
        points of the profile; give `simulate` a `period` for values between them.
        It is linear, too, where the cubic would leave two rows by more than these and their neighbours differ: at a
        jump of a law, rows follow each other within nanoseconds, and the cubic overshoots beyond bounds.
        Times outside the run give NaN.  At the common time of two steps the value is that of the later step.
        """
        return between(self, self[name], numbers("times", times, "give times in seconds", error=ReportError))

    def time_below(self, name: str, level: float = 0.0) -> float:
        """Time for which a variable was below a level [s], by linear interpolation between the stored times."""
        t, y = self.t, self[name] - number("level", level, "give a number", error=ReportError)
        if y.ndim != 1:
            raise ReportError(f"{name} depends on position: give a variable that depends on time only")
        a, b = y[:-1], y[1:]
        crossing = (a < 0.0) != (b < 0.0)
        share = np.where((a < 0.0) & (b < 0.0), 1.0, 0.0)
        low = np.minimum(a, b)[crossing]
        share[crossing] = low / (low - np.maximum(a, b)[crossing])
        return float(np.sum(share * np.diff(t)))

    @property
    def sensitivities(self) -> Any:
        """The `cellsim.Derivatives` of this run: `result.sensitivities["Voltage [V]"]["separator/thickness"]`.

        Only the `result` of these has them, as they take the run again.  Raises ReportError.
        """
        if self._sensitivities is None:
            raise ReportError("sensitivities: those of a run are with cellsim.derivatives(cell, steps, paths).result")
        return self._sensitivities

    def citations(self) -> Citations:
        """What to cite for this run: program, model, methods, parameter set; print it, or write its `bibtex()`."""
        return citations_of(self)

    def to_pandas(self) -> Any:
        """A pandas DataFrame of all variables that depend on time only, with the index of the step."""
        pd = optional("pandas")
        frame = pd.DataFrame({name: self[name] for name in self if self.variables.dims(name) == ("Time [s]",)})
        frame.insert(1, "Step", self.step_index)
        return frame

    def to_xarray(self, *, exact: bool = False, short: bool = False) -> Any:
        """An xarray Dataset of all variables, including those in space; units are in the names, and are attributes.

        short: axes are time, x, x_n, r_n and so on, so that they are arguments: `.sel(time=10, method="nearest")`.
        Equal times, where one step follows another, are separated by one unit in the last place, so that `.sel`
        finds every row: of two rows at 10 s the second is at 10.000000000000002 s.
        exact: do not separate them.
        """
        xr, exact, short = optional("xarray"), flag("exact", exact, ReportError), flag("short", short, ReportError)
        names = [n for n in self if self.variables.dims(n) != (n,)]
        axes = {n: self[n] for n in self if self.variables.dims(n) == (n,)}
        if "Time [s]" in axes and not exact:
            axes["Time [s]"] = separated(axes["Time [s]"])
        data = xr.Dataset(
            {n: (self.variables.dims(n), self[n], attributes(n)) for n in names}
            | {"Step": (("Time [s]",), self.step_index)},
            coords={n: (n, values, attributes(n)) for n, values in axes.items()},
            attrs={"cellsim": json.dumps(self._meta())},
        )
        return data.rename({n: n.partition(" [")[0].lower() for n in axes}) if short else data

    def _meta(self) -> dict[str, Any]:
        return {
            "cell": self.cell,
            "model": self.model,
            "temperature": self.temperature,
            "termination": self.termination,
            "remarks": self.remarks,
            "basis": self.basis,
            "steps": [asdict(s) | {"ending": s.ending.name} for s in self.steps],
        }

    def to_bdf(self, path: str | PathLike[str]) -> None:
        """Write a file of the Battery Data Format (.bdf, .bdf.csv, .bdf.parquet), where charging current is positive.

        It holds time, current, voltage, step (from 0) and, as surface temperature, that of the cell.  Where the time
        appears twice, the later row is a microsecond later.  Raises ReportError.
        """
        from ..cycler.bdf import write_bdf

        warm = next((self[n] for n in ("Surface temperature [K]", "Cell temperature [K]") if n in self.variables), None)
        write_bdf(path, self.t, self["Current [A]"], self["Voltage [V]"], warm, self.step_index)

    def save(self, path: str | PathLike[str]) -> None:
        """Write to `.parquet` (variables that depend on time only) or `.nc` (all variables), atomically.

        Raises ReportError for another suffix, and if the file cannot be written; an existing file is kept then.
        """
        write(self, self._meta(), path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Result":
        """Read a file of `save`, exactly.  Raises ReportError for any other or a damaged file."""
        meta, arrays, step_index = read(path)
        try:
            steps = steps_in(meta)
            return cls(
                meta["cell"],
                meta["model"],
                meta["temperature"],
                step_index,
                steps,
                Variables.from_arrays(arrays),
                meta.get("termination", ""),
                _remarks=tuple(meta.get("remarks", ())),
                _basis=basis_in(meta),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as fault:
            raise ReportError(f"{path}: is not a result that this version of cellsim can read ({fault})") from None

    def plot(
        self,
        names: Any = None,
        path: str | PathLike[str] | None = None,
        *,
        states: bool | str | Iterable[str] = False,
        times: int | ArrayLike = 5,
        slider: bool | None = None,
    ) -> Any:
        """Variables over time, or in space at several times, as a matplotlib Figure; written to `path` if given.

        names: names of variables, a panel each, or lists of names for a panel; by default voltage and current.  A
        single path in their place is where the picture goes.
        states: True for voltage, concentrations and potentials; or names, as above.
        times: number of times, or times [s], at which states are drawn over each other.
        slider: draw states with a slider over time instead; by default if the backend is interactive (a window
        opened by `matplotlib.pyplot.show()`, or `%matplotlib widget` in a notebook, which needs cellsim[notebook])
        and no file is written.
        Curves in space pass through the values of the mesh (dots) and are interpolated between and beyond them.
        Raises ReportError for unknown names, times outside the run, and if no slider is possible.
        """
        from .plots.choice import drawn

        return drawn(self, names, path, states, times, slider)

    def plot_voltage_components(
        self, path: str | PathLike[str] | None = None, *, split_by_electrode: bool = False
    ) -> Any:
        """What takes voltage between the open-circuit voltage and the terminals, over time, as a matplotlib Figure.

        split_by_electrode: parts of either electrode on their own.  Raises ReportError for models without these parts.
        """
        from .plots.curves import plot_components

        path = path if path is None else file_path("path", path)
        return plot_components(self, path, flag("split_by_electrode", split_by_electrode, ReportError))

    def _repr_html_(self) -> str:
        """Summary for notebooks: cell, model, each step with the reason why it ended, and a small voltage curve."""
        from .plots.card import card

        return str(card(self))

    def __repr__(self) -> str:
        lines = [self.termination] if self.stopped_early else []
        soc = "State of charge"
        start = f", from {100.0 * self[soc][0]:.4g} % state of charge" if soc in self.variables else ""
        lines += [f"{self.model} of {self.cell} at {self.temperature:g} K{start}"]
        lines += [f"  {k + 1}. {s.step}: {s.message}" for k, s in enumerate(self.steps)]
        lines += [f"  note: {remark}" for remark in self.remarks]
        return "\n".join(lines)


def _of_step(of_run: tuple[Any, ...], k: int, step: StepResult) -> Result:
    """The rows of step k of a run."""
    cell, model, temperature, step_index, variables, basis = of_run
    a, b = np.searchsorted(step_index, (k, k + 1))
    rows = variables.rows(slice(int(a), int(b)))
    return Result(cell, model, temperature, step_index[a:b] - k, (step,), rows, step.message, _basis=basis)
