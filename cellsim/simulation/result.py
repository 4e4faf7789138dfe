"""Result of a simulation: variables by name, reasons why steps ended, tables, files and plots."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import Ending, ReportError
from ..support.arguments import file_path, flag, near, number, numbers, shown, text
from ..support.files import optional
from .citations import Citations, basis_in, citations_of
from .storage import read, write
from .variables import Variables


class UnknownVariable(ReportError, KeyError):
    """A result has no variable of that name."""

    __str__ = Exception.__str__


@dataclass(frozen=True)
class StepResult:
    """Outcome of one step: times [s], capacities [Ah] and energies [Wh] of this step, all positive.

    step: its text in the protocol language (`Step.summary`).
    kinked: it followed a profile, at whose points curves have kinks.
    label: the `Label` directly before the step in the protocol, "" if there is none.
    index: position of the step in `Protocol.steps`; -1 in results of version 0.1.0.
    """

    step: str
    ending: Ending
    message: str
    t_start: float
    t_end: float
    discharge_capacity: float
    charge_capacity: float
    discharge_energy: float
    charge_energy: float
    kinked: bool = False
    label: str = ""
    index: int = -1


@dataclass(frozen=True)
class Result:
    """Result of a run.  `result["Voltage [V]"]` is an array over `result.t`; `list(result)` names all variables.

    Discharge current, capacity and energy are positive.  Where one step follows another, the time appears twice:
    before and after the change.
    cell, model: names; temperature: at the start [K]; step_index: (times,) index into `steps` of each row.
    termination: why the run ended, as a sentence.  remarks: notes on the run, one sentence each.
    final_state: for `simulate(..., start=result)`; None in results read from a file or from another process.
    """

    cell: str
    model: str
    temperature: float  # K
    step_index: NDArray[np.int64]  # (times,)
    steps: tuple[StepResult, ...]
    variables: Variables
    termination: str = ""
    remarks: tuple[str, ...] = ()
    final_state: Any = field(default=None, repr=False, compare=False)
    # of `basis`, or a function that makes it, which not every run has to call
    _basis: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = field(default=None, repr=False, compare=False)

    @property
    def t(self) -> NDArray[np.float64]:
        """Times (times,) [s]."""
        return self["Time [s]"]

    @cached_property
    def basis(self) -> Mapping[str, Any] | None:
        """What `citations` reads, see `citations.basis_of`; None in results of version 0.1.0."""
        return self._basis() if callable(self._basis) else self._basis

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_basis": self.basis}

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """A variable (times, ...).  Raises UnknownVariable, a KeyError."""
        text("variable", name, "give the name of a variable, such as 'Voltage [V]'", ReportError)
        try:
            return np.asarray(self.variables[name])
        except KeyError:
            remedy = near(name, self.variables)
            raise UnknownVariable(f"{shown(name)} is not a variable of {self.model}; {remedy}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def _total(self, key: str) -> float:
        return float(sum(getattr(step, key) for step in self.steps))

    @property
    def discharge_capacity(self) -> float:
        """Charge delivered in all steps [Ah]."""
        return self._total("discharge_capacity")

    @property
    def charge_capacity(self) -> float:
        """Charge taken up in all steps [Ah]."""
        return self._total("charge_capacity")

    @property
    def discharge_energy(self) -> float:
        """Energy delivered in all steps [Wh]."""
        return self._total("discharge_energy")

    @property
    def charge_energy(self) -> float:
        """Energy taken up in all steps [Wh]."""
        return self._total("charge_energy")

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
        from scipy.interpolate import CubicSpline, make_interp_spline

        times = numbers("times", times, "give times in seconds", error=ReportError)
        values = self[name]
        out = np.full((times.size, *values.shape[1:]), np.nan)
        for k in np.unique(self.step_index):
            rows = np.flatnonzero(self.step_index == k)
            t, first = np.unique(self.t[rows], return_index=True)
            here = (times >= t[0]) & (times <= t[-1])
            y = values[rows[first]]
            if t.size == 1:
                out[here] = y[0]
            elif here.any() and self.steps[k].kinked:
                out[here] = make_interp_spline(t, y, k=1)(times[here])
            elif here.any():
                out[here] = _within_neighbours(t, y, times[here], CubicSpline(t, y)(times[here]))
        return out

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

    def citations(self) -> Citations:
        """What to cite for this run: program, model, methods, parameter set; print it, or write its `bibtex()`."""
        return citations_of(self)

    def to_pandas(self) -> Any:
        """A pandas DataFrame of all variables that depend on time only, with the index of the step."""
        pd = optional("pandas")
        frame = pd.DataFrame({name: self[name] for name in self if self.variables.dims(name) == ("Time [s]",)})
        frame.insert(1, "Step", self.step_index)
        return frame

    def to_xarray(self, *, exact: bool = False) -> Any:
        """An xarray Dataset of all variables, including those in space; units are in the names.

        Equal times, where one step follows another, are separated by one unit in the last place, so that `.sel`
        finds every row: of two rows at 10 s the second is at 10.000000000000002 s.
        exact: do not separate them.
        """
        xr, exact = optional("xarray"), flag("exact", exact, ReportError)
        names = [n for n in self if self.variables.dims(n) != (n,)]
        axes = {n: self[n] for n in self if self.variables.dims(n) == (n,)}
        if "Time [s]" in axes and not exact:
            axes["Time [s]"] = _separated(axes["Time [s]"])
        return xr.Dataset(
            {n: (self.variables.dims(n), self[n]) for n in names} | {"Step": (("Time [s]",), self.step_index)},
            coords=axes,
            attrs={"cellsim": json.dumps(self._meta())},
        )

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
            steps = tuple(StepResult(**(s | {"ending": Ending[s["ending"]]})) for s in meta["steps"])
            return cls(
                meta["cell"],
                meta["model"],
                meta["temperature"],
                step_index,
                steps,
                Variables.from_arrays(arrays),
                meta.get("termination", ""),
                tuple(meta.get("remarks", ())),
                _basis=basis_in(meta),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise ReportError(f"{path}: is not a result that this version of cellsim can read ({fault})") from None

    def plot(
        self,
        path: str | PathLike[str] | None = None,
        *,
        states: bool | str | Iterable[str] = False,
        times: int | ArrayLike = 5,
        slider: bool | None = None,
    ) -> Any:
        """Voltage and current over time, or the internal states, as a matplotlib Figure; written to `path` if given.

        states: True for voltage, concentrations and potentials, or names of variables, one panel each.
        times: number of times, or times [s], at which states are drawn over each other.
        slider: draw states with a slider over time instead; by default if the backend is interactive (a window
        opened by `matplotlib.pyplot.show()`, or `%matplotlib widget` in a notebook, which needs cellsim[notebook])
        and no file is written.
        Raises ReportError for unknown names, times outside the run, and if no slider is possible.
        """
        path = path if path is None else file_path("path", path)
        if slider is not None:
            flag("slider", slider, ReportError)
        if states is None or states is False:
            from .plots.curves import plot_result

            return plot_result(self, path)
        from .plots.states import plot_states

        return plot_states(self, path, states=states, times=times, slider=slider)

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


def _within_neighbours(
    t: NDArray[np.float64], y: NDArray[np.float64], times: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Interpolated values (n, ...) at times (n,) of rows y at t, linear where they stray too far from the chord.

    That is by more than the two rows and their next ones differ, which no smooth curve through them does.
    """
    k = np.clip(np.searchsorted(t, times, "right") - 1, 0, t.size - 2)
    share = ((times - t[k]) / (t[k + 1] - t[k])).reshape(-1, *(1,) * (y.ndim - 1))
    chord = y[k] + share * (y[k + 1] - y[k])
    near = np.stack([y[np.clip(k + i, 0, t.size - 1)] for i in (-1, 0, 1, 2)])
    return np.where(np.abs(values - chord) <= np.ptp(near, axis=0), values, chord)


def _separated(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Strictly increasing times, each moved up by the least possible amount."""
    t = t.copy()
    for k in np.flatnonzero(np.diff(t) <= 0.0) + 1:
        while k < t.size and t[k] <= t[k - 1]:
            t[k] = np.nextafter(t[k - 1], np.inf)
            k += 1
    return t
