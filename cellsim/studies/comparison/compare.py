"""Comparison of several runs: one row of figures per run, and their curves in one plot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, overload

from ...ensemble.ensemble import Ensemble
from ...errors import ReportError
from ...physics.constants import ZERO_CELSIUS
from ...simulation.result import Result
from ...support.arguments import listed, shown
from ...support.files import optional
from ...support.renamed import by_name
from .measured import MeasuredComparison, compared

VOLTAGE = "Voltage [V]"
LONGEST = 200  # characters of a label
CLOSED = 0.01  # net charge, relative to the charge taken up, up to which a run counts as a full cycle


@dataclass(frozen=True)
class RunComparison:
    """Runs and their labels, in the given order."""

    labels: tuple[str, ...]
    results: tuple[Result, ...]

    def to_pandas(self) -> Any:
        """A pandas DataFrame, one row per run; durations [s], capacities [Ah], energies [Wh], voltages [V].

        endings: of all steps, by name.  energy_efficiency: energy delivered over energy taken up if the run ends
        within 1 % of its initial charge, else NaN.  voltage_efficiency: mean discharge voltage over mean charge
        voltage, NaN unless the run has both.
        """
        return optional("pandas").DataFrame([_row(*run) for run in zip(self.labels, self.results, strict=True)])

    def plot(
        self,
        path: str | PathLike[str] | None = None,
        *,
        y: str | Iterable[str] = ("Voltage [V]", "Current [A]"),
        x: str = "Time [s]",
    ) -> Any:
        """Curves of all runs as a matplotlib Figure, one panel for each name of `y`; written to `path` if given.

        x, y: names of variables that depend on time only; x may also be "Capacity [A.h]", the charge throughput since
        the start.  Raises ReportError for a name that one of the runs does not have.
        """
        from .plots import plot_runs

        return plot_runs(self, path, y=y, x=x)

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        return "\n".join(f"{label}: {result!r}" for label, result in zip(self.labels, self.results, strict=True))


@overload
def compare(
    runs: Iterable[Result | Ensemble] | Result | Ensemble, labels: Sequence[str] | None = None, *, measured: None = None
) -> RunComparison: ...


@overload
def compare(
    runs: Iterable[Result | Ensemble] | Result | Ensemble, labels: Sequence[str] | None = None, *, measured: Any
) -> MeasuredComparison: ...


@by_name
def compare(
    runs: Iterable[Result | Ensemble] | Result | Ensemble, labels: Sequence[str] | None = None, *, measured: Any = None
) -> RunComparison | MeasuredComparison:
    """Compare runs with each other or with a measured record, with `.plot()` and `.to_pandas()`.

    runs: results, ensembles kept in memory, or both; an ensemble contributes all its results.
    labels: one per result; by default made of the properties in which the runs differ.
    measured: the `CyclerData` of `read_cycler`, or what that reads; then the result has `rms`, `largest` and a table by
    step.  Times of the record count from the start of the run (`CyclerData.part` begins at 0 again).
    Raises ReportError without runs, for an ensemble written to a file, a case that did not start, and labels that
    are not unique or not as many as the results.
    """
    wanted = "give results of simulate or ensembles"
    given_runs = [runs] if isinstance(runs, Result | Ensemble) else listed("compare: runs", runs, wanted, ReportError)
    given = [pair for run in given_runs for pair in _results(run)]
    if not given:
        raise ReportError("compare: nothing to compare; give at least one result")
    results = tuple(result for _, result in given)
    if labels is None:
        names = _distinct([_words(*pair) for pair in given])
    else:
        labels = listed("compare: labels", labels, "give a list of texts", ReportError)
        names = tuple(label[:LONGEST] if isinstance(label, str) else shown(label) for label in labels)
    if len(names) != len(results):
        raise ReportError(f"compare: {len(names)} labels for {len(results)} results; give one for each")
    if len(set(names)) < len(names):
        raise ReportError("compare: two labels are the same; give different ones")
    return RunComparison(names, results) if measured is None else compared(names, results, measured)


def _results(run: Any) -> list[tuple[dict[str, Any], Result]]:
    """(labels of the case, Result) of a result or of each case of an ensemble."""
    if isinstance(run, Result):
        return [({}, run)]
    if not isinstance(run, Ensemble):
        raise ReportError(f"compare: expected results or ensembles, found {type(run).__name__}")
    if run.results is None:
        raise ReportError("compare: the results of this ensemble were written to a file; simulate it without `path`")
    for outcome, result in zip(run.outcomes, run.results, strict=True):
        if result is None:
            raise ReportError(f"compare: case {outcome.number} did not start ({outcome.failure}); remove it")
    return [(o.labels, r) for o, r in zip(run.outcomes, run.results, strict=True) if r is not None]


def _words(labels: dict[str, Any], result: Result) -> tuple[str, ...]:
    """Properties in which runs may differ."""
    own = [
        f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}"
        for k, v in labels.items()
        if k not in ("cell", "temperature")
    ]
    return (
        result.cell,
        result.model,
        f"{result.temperature - ZERO_CELSIUS:.4g} °C",
        ", ".join(own),
        "; ".join(step.step for step in result.steps),
    )


def _distinct(described: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Labels made of the properties in which runs differ, numbered where they are equal."""
    differ = [len(set(column)) > 1 for column in zip(*described, strict=True)]
    if any(differ[:-1]) and len({row[:-1] for row in described}) == len(described):
        differ[-1] = False  # texts of steps are long, and used only if necessary
    labels = [", ".join(w for w, d in zip(row, differ, strict=True) if d and w) or row[0] for row in described]
    repeated = {name for name in labels if labels.count(name) > 1}
    return tuple(
        f"{name} ({labels[:k].count(name) + 1})" if name in repeated else name for k, name in enumerate(labels)
    )


def _row(label: str, result: Result) -> dict[str, Any]:
    out, into = result.discharge_capacity, result.charge_capacity
    given, taken = result.discharge_energy, result.charge_energy
    both = out > 0.0 and into > 0.0
    nan = float("nan")
    return {
        "label": label,
        "cell": result.cell,
        "model": result.model,
        "temperature": result.temperature,
        "endings": ", ".join(e.name for e in result.endings),
        "duration": float(result.t[-1] - result.t[0]),
        "discharge_capacity": out,
        "charge_capacity": into,
        "discharge_energy": given,
        "charge_energy": taken,
        "energy_efficiency": given / taken if both and abs(out - into) <= CLOSED * into else nan,
        "voltage_efficiency": (given / out) / (taken / into) if both else nan,
        "final_voltage": float(result[VOLTAGE][-1]) if VOLTAGE in result.variables else nan,
    }
