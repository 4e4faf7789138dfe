"""The cycles of a run, and what each of them came to."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from ...errors import ReportError
from ...support.files import optional

# variables of which the table of cycles holds the value at the end of each, and the change; others are sums
AT_THE_END = (
    "Loss of ",
    "Capacity of ",
    "Total lithium",
    "Lithium ",
    "Negative electrode capacity",
    "Positive e",
    "Local ECM resistance [Ohm]",
)
HOTTEST = "Maximum cell temperature [K]"


def cycles_of(result: Any) -> tuple[Any, ...]:
    """Each cycle of a `Result` as a Result of its own, on the clock of the run."""
    numbers = [step.cycle for step in result.steps]
    if 0 in numbers:
        raise ReportError(
            "cycles: this result does not say which cycle a step belongs to, as it was saved by version 0.1.0; "
            "take its steps"
        )
    ends = [k for k, n in enumerate(numbers, 1) if k == len(numbers) or numbers[k] != n]
    return tuple(_part(result, first, last) for first, last in zip([0, *ends[:-1]], ends, strict=True))


def _part(result: Any, first: int, last: int) -> Any:
    """Steps first to last - 1 of a result."""
    a, b = np.searchsorted(result.step_index, (first, last))
    whole = last == len(result.steps)
    return replace(
        result,
        step_index=result.step_index[a:b] - first,
        steps=result.steps[first:last],
        variables=result.variables.rows(slice(int(a), int(b))),
        termination=result.termination if whole else result.steps[last - 1].message,
        final_state=result.final_state if whole else None,
    )


def summary(result: Any) -> Any:
    """The table that `Result.summary_variables` describes."""
    return optional("pandas").DataFrame(rows_of(result)).set_index("Cycle number")


def rows_of(result: Any, charge: float = 0.0, energy: float = 0.0) -> list[dict[str, Any]]:
    """A row for each cycle; charge [A.h], energy [W.h]: what passed before."""
    rows = []
    for cycle in result.cycles:
        through = cycle.discharge_capacity + cycle.charge_capacity, cycle.discharge_energy + cycle.charge_energy
        charge, energy = charge + through[0], energy + through[1]
        end, lasted = cycle.steps[-1].t_end, cycle.steps[-1].t_end - cycle.steps[0].t_start
        row = {"Cycle number": cycle.steps[0].cycle, "Time [s]": end, "Time [h]": end / 3600.0}
        row |= {"Throughput capacity [A.h]": charge, "Throughput energy [W.h]": energy}
        within = {"Time [s]": lasted, "Time [h]": lasted / 3600.0}
        within |= {"Throughput capacity [A.h]": through[0], "Throughput energy [W.h]": through[1]}
        changes = {changed(name): x for name, x in within.items()}
        rows.append({**row, **passed(cycle), **dict(_states(cycle)), **changes})
    return rows


@cache
def changed(name: str) -> str:
    """PyBaMM's name of the change of a variable within a cycle."""
    return f"Change in {name[0].lower()}{name[1:]}"


def hottest_of(variables: Any) -> str:
    """The variable that is the highest temperature of a cell, as a name that is found soon.

    Of a cell with one temperature, and in older files, that is the temperature of the cell.
    """
    return HOTTEST if HOTTEST in variables.makers else "Cell temperature [K]"


def passed(result: Any) -> dict[str, float]:
    """What a cycle, or a whole run, delivered and took."""
    found = exchanged(result, time_held(result.steps))
    name = hottest_of(result.variables)
    if result.step_index.size and name in result.variables:
        found[HOTTEST] = float(np.max(result[name]))
    return found


def exchanged(result: Any, held: Any) -> dict[str, Any]:
    """Charge and energy delivered and taken in, and the efficiencies, of a run or, as arrays, of several.

    held: time at constant voltage [s].
    """
    return {
        "Discharge capacity [A.h]": result.discharge_capacity,
        "Charge capacity [A.h]": result.charge_capacity,
        "Discharge energy [W.h]": result.discharge_energy,
        "Charge energy [W.h]": result.charge_energy,
        "Coulombic efficiency": _share(result.discharge_capacity, result.charge_capacity),
        "Energy efficiency": _share(result.discharge_energy, result.charge_energy),
        "Time at constant voltage [h]": held / 3600.0,
    }


def time_held(steps: Any) -> float:
    """Time at constant voltage in some steps [s]."""
    return sum(s.t_end - s.t_start for s in steps if s.step.startswith("Hold at"))


def _share(part: Any, whole: Any) -> Any:
    """A part over the whole, NaN where that is not above 0."""
    if isinstance(whole, np.ndarray):
        return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0.0)
    return part / whole if whole > 0.0 else np.nan


def _states(cycle: Any) -> Iterator[tuple[str, float]]:
    """Range of the voltage, and the cell at the end of a cycle that has rows, with the change since its begin."""
    if not cycle.step_index.size:
        return
    for words, of in (("Minimum", np.min), ("Maximum", np.max)):
        if "Voltage [V]" in cycle.variables:
            yield f"{words} voltage [V]", float(of(cycle["Voltage [V]"]))
    if "Capacity [A.h]" in cycle.variables:
        yield "Capacity [A.h]", float(cycle["Capacity [A.h]"][-1])
    for name in cycle.variables:
        if name.startswith(AT_THE_END) and cycle.variables.dims(name) == ("Time [s]",):
            values = cycle[name]
            yield name, float(values[-1])
            yield changed(name), float(values[-1] - values[0])
