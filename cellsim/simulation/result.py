"""The outcome of a simulation: arrays by name, why each step ended, and ways to keep it."""
import difflib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from ..errors import Ending, ReportError
from ..support.arguments import file_path, flag, number, numbers, shown, text
from ..support.files import optional
from .citations import Citations, basis_in, citations_of
from .storage import read, write
from .variables import Variables


class UnknownVariable(ReportError, KeyError):
    """A result holds no variable of that name."""

    __str__ = Exception.__str__


@dataclass(frozen=True)
class StepResult:
    """What one step did.  Capacities [A.h] and energies [W.h] are those passed in this step.

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
    """A simulation.  `result["Voltage [V]"]` is an array over `result.t`; `list(result)` names all.

    Discharge current, capacity and energy are positive.  At the border of two steps the time
    appears twice: before and after the change.
    termination: why the run ended, in words.  remarks: what a reader of it should know, one sentence each.
    final_state: for `simulate(..., start=result)`; None in results read from a file or from another process.
    basis: what `citations` reads, see `citations.basis_of`; None in results of version 0.1.0.
    """

    cell: str
    model: str
    temperature: float  # K
    step_index: np.ndarray  # (times,) which step each row belongs to
    steps: tuple[StepResult, ...]
    variables: Variables
    termination: str = ""
    remarks: tuple[str, ...] = ()
    final_state: Any = field(default=None, repr=False, compare=False)
    basis: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)

    @property
    def t(self) -> np.ndarray:
        """Times [s]."""
        return self["Time [s]"]

    def __getitem__(self, name) -> np.ndarray:
        text("variable", name, "give the name of a variable, such as 'Voltage [V]'", ReportError)
        try:
            return self.variables[name]
        except KeyError:
            near = difflib.get_close_matches(name[:100], list(self.variables), n=3, cutoff=0.4)
            said = f"{shown(name)} is not a variable of {self.model}; nearest: {', '.join(near)}"
            raise UnknownVariable(said) from None

    def __iter__(self):
        return iter(self.variables)

    def _total(self, key):
        return float(sum(getattr(step, key) for step in self.steps))

    @property
    def discharge_capacity(self) -> float:
        """Charge delivered over all steps [A.h]."""
        return self._total("discharge_capacity")

    @property
    def charge_capacity(self) -> float:
        """Charge taken in over all steps [A.h]."""
        return self._total("charge_capacity")

    @property
    def discharge_energy(self) -> float:
        """Energy delivered over all steps [W.h]."""
        return self._total("discharge_energy")

    @property
    def charge_energy(self) -> float:
        """Energy taken in over all steps [W.h]."""
        return self._total("charge_energy")

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Why each step ended."""
        return tuple(step.ending for step in self.steps)

    def at(self, name, times) -> np.ndarray:
        """A variable at given times [s], by cubic interpolation within the step that holds each time.

        Along a profile it is linear between the stored times, as no smooth curve goes through kinks:
        ask `simulate` for a `period` to have it between the points of the profile.
        Times outside the run give NaN.  For a time shared by two steps the later one counts.
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
                out[here] = CubicSpline(t, y)(times[here])
        return out

    def time_below(self, name, level=0.0) -> float:
        """How long a variable over time was below a level [s], as if linear between the stored times."""
        t, y = self.t, self[name] - number("level", level, "give a number", error=ReportError)
        if y.ndim != 1:
            raise ReportError(f"{name} is not one number at a time: give a variable over time only")
        a, b = y[:-1], y[1:]
        crossing = (a < 0.0) != (b < 0.0)
        share = np.where((a < 0.0) & (b < 0.0), 1.0, 0.0)
        low = np.minimum(a, b)[crossing]
        share[crossing] = low / (low - np.maximum(a, b)[crossing])
        return float(np.sum(share * np.diff(t)))

    def citations(self) -> Citations:
        """What to cite for this run: program, model, methods, parameter set; print it, or write its `bibtex()`."""
        return citations_of(self)

    def to_pandas(self):
        """A DataFrame of all variables that depend on time only, with the step number."""
        pd = optional("pandas")
        frame = pd.DataFrame({name: self[name] for name in self if self.variables.dims(name) == ("Time [s]",)})
        frame.insert(1, "Step", self.step_index)
        return frame

    def to_xarray(self, *, exact=False):
        """A Dataset of all variables, in space too; units are in the names.

        So that `.sel` finds every time, those that appear twice, where one step follows another, differ in it by
        the least that a number can: of two rows at 10 s the second is at 10.000000000000002 s.
        exact: leave the times as they are.
        """
        xr, exact = optional("xarray"), flag("exact", exact, ReportError)
        names = [n for n in self if self.variables.dims(n) != (n,)]
        axes = {n: self[n] for n in self if self.variables.dims(n) == (n,)}
        if "Time [s]" in axes and not exact:
            axes["Time [s]"] = _apart(axes["Time [s]"])
        return xr.Dataset({n: (self.variables.dims(n), self[n]) for n in names}
                          | {"Step": (("Time [s]",), self.step_index)}, coords=axes,
                          attrs={"cellsim": json.dumps(self._meta())})

    def _meta(self) -> dict:
        return {"cell": self.cell, "model": self.model, "temperature": self.temperature,
                "termination": self.termination, "remarks": self.remarks, "basis": self.basis,
                "steps": [asdict(s) | {"ending": s.ending.name} for s in self.steps]}

    def save(self, path):
        """Write to `.parquet` (variables over time) or `.nc` (all variables); never half-written.

        Raises ReportError for another kind of file and if it cannot be written; an earlier file stays then.
        """
        write(self, self._meta(), path)

    @classmethod
    def load(cls, path) -> "Result":
        """Read what `save` wrote, number for number.  Raises ReportError if the file is anything else or damaged."""
        meta, arrays, step_index = read(path)
        try:
            steps = tuple(StepResult(**(s | {"ending": Ending[s["ending"]]})) for s in meta["steps"])
            return cls(meta["cell"], meta["model"], meta["temperature"], step_index, steps,
                       Variables.from_arrays(arrays), meta.get("termination", ""), tuple(meta.get("remarks", ())),
                       basis=basis_in(meta))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise ReportError(f"{path}: is not a result of this version of cellsim ({fault})") from None

    def plot(self, path=None, *, states=False, times=5, slider=None):
        """Voltage and current over time, or the internal states, as a matplotlib Figure; written to `path` if given.

        states: True for voltage, concentrations and potentials, or names of variables, each of which gets a panel.
        They are drawn with a slider over time where the backend is interactive (a window, which
        `matplotlib.pyplot.show()` opens, or `%matplotlib widget` in a notebook, which needs cellsim[notebook]),
        otherwise, and in a file, at `times` over each other: a number of them or a list [s].  slider: True or
        False to insist.
        Raises ReportError for unknown names, for times outside the run and where there can be no slider.
        """
        path = path if path is None else file_path("path", path)
        if slider is not None:
            flag("slider", slider, ReportError)
        if states is None or states is False:
            from .plots.curves import plot_result

            return plot_result(self, path)
        from .plots.states import plot_states

        return plot_states(self, path, states=states, times=times, slider=slider)

    def _repr_html_(self):
        """A card for notebooks: cell, model, each step and its ending, the voltage in miniature."""
        from .plots.card import card

        return card(self)

    def __repr__(self):
        lines = [self.termination] if self.termination.startswith("stopped") else []
        soc = "State of charge"
        start = f", from {100.0 * self[soc][0]:.4g} % state of charge" if soc in self.variables else ""
        lines += [f"{self.model} of {self.cell} at {self.temperature:g} K{start}"]
        lines += [f"  {k + 1}. {s.step}: {s.message}" for k, s in enumerate(self.steps)]
        lines += [f"  note: {remark}" for remark in self.remarks]
        return "\n".join(lines)


def _apart(t):
    """Times that rise, each moved up no further than it must be."""
    t = t.copy()
    for k in np.flatnonzero(np.diff(t) <= 0.0) + 1:
        while k < t.size and t[k] <= t[k - 1]:
            t[k] = np.nextafter(t[k - 1], np.inf)
            k += 1
    return t
