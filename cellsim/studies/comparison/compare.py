"""Several runs side by side: one row of figures a run, and their curves in one picture."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...ensemble.ensemble import Ensemble
from ...errors import ReportError
from ...simulation.result import Result
from ...support.arguments import listed, shown
from ...support.files import optional

VOLTAGE = "Voltage [V]"
LONGEST = 200  # characters of a label
CLOSED = 0.01  # charge left over, relative to what was charged, up to which a run counts as there and back


@dataclass(frozen=True)
class RunComparison:
    """Runs and what each is called, in the order given."""

    labels: tuple[str, ...]
    results: tuple[Result, ...]

    def to_pandas(self):
        """A DataFrame, one row a run; durations in s, capacities in A.h, energies in W.h, voltages in V.

        endings: of all steps, by name.  energy_efficiency: energy delivered over energy taken in, where the
        run ends within 1 % of the charge it began with, NaN elsewhere.  voltage_efficiency: mean voltage of
        discharge over that of charge, NaN unless there were both.
        """
        return optional("pandas").DataFrame([_row(*run) for run in zip(self.labels, self.results, strict=True)])

    def plot(self, path=None, *, y=("Voltage [V]", "Current [A]"), x="Time [s]"):
        """Curves of all runs as a matplotlib Figure, a panel for each name of `y`; written to `path` if given.

        x, y: names of variables over time; x may also be "Capacity [A.h]", the charge passed since the
        start, whichever way.  Raises ReportError for a name that one of the runs does not have.
        """
        from .plots import plot_runs

        return plot_runs(self, path, y=y, x=x)

    def __len__(self):
        return len(self.results)

    def __repr__(self):
        return "\n".join(f"{label}: {result!r}" for label, result in zip(self.labels, self.results, strict=True))


def compare(runs: Iterable[Result | Ensemble] | Result | Ensemble,
            labels: Sequence[str] | None = None) -> RunComparison:
    """Put runs side by side, for `.plot()` and `.to_pandas()`.

    runs: results, ensembles kept in memory, or both; an ensemble gives each of its results.
    labels: a name for each result, in order; otherwise whatever differs between them says which is which.
    Raises ReportError for no runs at all, an ensemble whose series went to a file, a case that never
    began, and labels that are not as many as the results or not all different.
    """
    wanted = "give results of simulate or ensembles"
    runs = [runs] if isinstance(runs, Result | Ensemble) else listed("compare: runs", runs, wanted, ReportError)
    given = [pair for run in runs for pair in _results(run)]
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
    return RunComparison(names, results)


def _results(run):
    """(labels of the case, Result) of what was given."""
    if isinstance(run, Result):
        return [({}, run)]
    if not isinstance(run, Ensemble):
        raise ReportError(f"compare: expected results or ensembles, found {type(run).__name__}")
    if run.results is None:
        raise ReportError("compare: the series of this ensemble went to a file; simulate it without `path`")
    for outcome, result in zip(run.outcomes, run.results, strict=True):
        if result is None:
            raise ReportError(f"compare: case {outcome.number} never began ({outcome.failure}); leave it out")
    return [(o.labels, r) for o, r in zip(run.outcomes, run.results, strict=True) if r is not None]


def _words(labels, result) -> tuple[str, ...]:
    """What may tell a run from others."""
    own = [f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in labels.items()
           if k not in ("cell", "temperature")]
    return (result.cell, result.model, f"{result.temperature - 273.15:.4g} °C", ", ".join(own),
            "; ".join(step.step for step in result.steps))


def _distinct(described) -> tuple[str, ...]:
    """The words in which runs differ; a number where they do not tell them apart."""
    differ = [len(set(column)) > 1 for column in zip(*described, strict=True)]
    if any(differ[:-1]) and len({row[:-1] for row in described}) == len(described):
        differ[-1] = False  # steps are long: name them only if nothing else tells
    found = [", ".join(w for w, d in zip(row, differ, strict=True) if d and w) or row[0] for row in described]
    repeated = {name for name in found if found.count(name) > 1}
    return tuple(f"{name} ({found[:k].count(name) + 1})" if name in repeated else name for k, name in enumerate(found))


def _row(label, result) -> dict:
    out, into = result.discharge_capacity, result.charge_capacity
    given, taken = result.discharge_energy, result.charge_energy
    both = out > 0.0 and into > 0.0
    nan = float("nan")
    return {"label": label, "cell": result.cell, "model": result.model, "temperature": result.temperature,
            "endings": ", ".join(e.name for e in result.endings), "duration": float(result.t[-1] - result.t[0]),
            "discharge_capacity": out, "charge_capacity": into, "discharge_energy": given, "charge_energy": taken,
            "energy_efficiency": given / taken if both and abs(out - into) <= CLOSED * into else nan,
            "voltage_efficiency": (given / out) / (taken / into) if both else nan,
            "final_voltage": float(result[VOLTAGE][-1]) if VOLTAGE in result.variables else nan}
