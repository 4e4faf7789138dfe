"""Lives of several cells and protocols, maps of lives over temperature, window and rate, and uncertain lives."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np

from ....ensemble.engine import Progress
from ....errors import ProtocolError
from ....models import ACCURACY, model_of, open_circuit_voltage
from ....parameters import Cell
from ....protocols import Protocol
from ....protocols.step import kelvin
from ....support.arguments import listed, mapping, number, numbers, shown, text, whole
from ....support.renamed import by_name
from ...hypercube import latin_hypercube
from ..prepare import aged_cell, rates_used
from .lives import LifeCase, Lives, ageing_cells, run_lives

CELL, PROTOCOL, TEMPERATURE, RATE = "Cell", "Protocol", "Ambient temperature [K]", "C-rate"
FROM, TO = "From [% SOC]", "To [% SOC]"
SPREAD = {"measured": 1.2, "fitted": 1.5, "stated": 1.5, "literature": 2.0, "assumed": 3.0}
# factor up and down within which a rate of ageing may be, by how it is known: a judgement of the authors of cellsim


@by_name
def age_many(
    cells: Any,
    protocol: Any,
    cycles: int = 1000,
    *,
    temperatures: Iterable[float] | float | None = None,
    until: Any = "80% capacity",
    ageing: Any = None,
    model: Any = None,
    soc: Any = 1.0,
    heat: Any = None,
    accuracy: float = ACCURACY,
    rtol: float | None = None,
    jump: bool = True,
    tolerance: float = 1e-3,
    path: Any = None,
    progress: Progress = None,
    threads: int | None = None,
    processes: int | None = None,
) -> Lives:
    """Lives of several cells, with several protocols, at several temperatures, side by side.

    cells: a cell as in `age`, a list of them, or {label: cell}.  protocol: of one cycle, or {label: protocol}.
    temperatures [K]: of the cell at the start and of its surroundings.  All combinations are aged.
    path: `.parquet` or `.csv` for the table; interrupted, the same call computes the lives that are missing.
    processes: so many lives at a time (needs cellsim[processes]); one after the other in this process unless given.
    threads, progress: as in `simulate_many`.  The others as in `age`.
    A life that fails is a row with the reason.  Raises ParameterError, ProtocolError, ReportError.
    """
    found = ageing_cells(cells, ageing)
    protocols = protocol if isinstance(protocol, Mapping) else {"": protocol}
    steps = {str(name): Protocol(each) for name, each in protocols.items()}
    Ts = _temperatures(temperatures)
    if not found or not steps or not Ts:
        raise ProtocolError("age_many: nothing to age; give at least one cell, protocol and temperature")
    how = _how(cycles, until, model, soc, heat, accuracy, rtol, jump, tolerance)
    cases = [
        LifeCase(
            cell,
            each,
            how | {"temperature": T, "ambient": T},
            {CELL: name}
            | ({PROTOCOL: called} if len(steps) > 1 else {})
            | ({} if T is None or len(Ts) == 1 else {TEMPERATURE: T}),
        )
        for (name, cell), (called, each), T in product(found.items(), steps.items(), Ts)
    ]
    return run_lives("side by side", cases, path, progress, threads, processes)


@by_name
def life_map(
    cell: Any,
    *,
    rates: Iterable[float] | float = (0.5, 1.0),
    windows: Iterable[tuple[float, float]] = ((0.0, 1.0),),
    temperatures: Iterable[float] | float | None = None,
    charge_rate: float | None = None,
    cycles: int = 1000,
    until: Any = "80% equilibrium capacity",
    ageing: Any = None,
    model: Any = None,
    heat: Any = None,
    accuracy: float = ACCURACY,
    rtol: float | None = None,
    jump: bool = True,
    tolerance: float = 1e-3,
    path: Any = None,
    progress: Progress = None,
    threads: int | None = None,
    processes: int | None = None,
) -> Lives:
    """Lives over discharge rate, window of the state of charge and temperature.

    rates: C-rates of the discharge, and of the charge unless `charge_rate` is given.  windows: (from, to) as states of
    charge, 0 to 1; a cycle charges at constant current and then voltage, until C/20, to the open-circuit voltage of
    the upper end, and discharges to that of the lower one in the same way, to 0 without the voltage held.
    until: judged by the capacity between the cut-offs at rest, whatever the window.  temperatures [K].
    The others as in `age_many`.  The rows are those of all combinations, labelled by "C-rate", "From [% SOC]",
    "To [% SOC]" and "Ambient temperature [K]".
    """
    cell = aged_cell(cell, ageing)
    wanted = "give C-rates above 0 and at most 20, such as [0.5, 1]"
    Cs = [number("rates", C, wanted, above=0.0, high=20.0) for C in numbers("rates", rates, wanted)]
    number("charge_rate", charge_rate, wanted, above=0.0, high=20.0, none=True)
    how = _how(cycles, until, model, 0.0, heat, accuracy, rtol, jump, tolerance)
    cases = []
    for (low, high), C, T in product(_windows(windows), Cs, _temperatures(temperatures)):
        V_low, V_high = (float(open_circuit_voltage(cell, soc, cell.temperature(T))) for soc in (low, high))
        V_low = max(V_low, cell.value("cell/lower voltage cut-off"))
        V_high = min(V_high, cell.value("cell/upper voltage cut-off"))
        into, out = charge_rate or C, C
        steps = (
            f"Charge at {into:.10g}C until {V_high:.8g} V; Hold at {V_high:.8g} V until C/20\n"
            f"Discharge at {out:.10g}C until {V_low:.8g} V"
        )
        if low > 0.0:  # under load the voltage of a narrow window is there at once
            steps += f"\nHold at {V_low:.8g} V until C/20"
        T = cell.temperature(T)
        labels = {RATE: C, FROM: 100.0 * low, TO: 100.0 * high, TEMPERATURE: T}
        cases.append(LifeCase(cell, Protocol(steps), how | {"soc": low, "temperature": T, "ambient": T}, labels))
    return run_lives("map", cases, path, progress, threads, processes)


@by_name
def uncertain_lives(
    cell: Any,
    protocol: Any,
    lives: int = 100,
    cycles: int = 1000,
    *,
    spread: Mapping[str, Any] | None = None,
    seed: int = 0,
    until: Any = "80% capacity",
    ageing: Any = None,
    model: Any = None,
    temperature: Any = None,
    soc: Any = 1.0,
    heat: Any = None,
    ambient: Any = None,
    accuracy: float = ACCURACY,
    rtol: float | None = None,
    jump: bool = True,
    tolerance: float = 3e-3,
    path: Any = None,
    progress: Progress = None,
    threads: int | None = None,
    processes: int | None = None,
) -> Lives:
    """Lives of a cell whose rates of ageing are uncertain.

    spread: {"section/quantity": factor}: the value may be so many times larger or smaller; (low, high) for bounds.
    Without it every rate of ageing that the cell uses and that is a number varies by the factor of its method: 1.2
    measured, 1.5 fitted or stated, 2 literature, 3 assumed, which is a judgement and no measurement.  Values are drawn
    evenly over the logarithm, as a Latin hypercube; the same seed gives the same cells.
    `Lives.quantiles` says after how many cycles 5, 50 and 95 % of the lives have ended.  tolerance: wider than in
    `age`, as the scatter of the draws is far wider still.
    The others as in `age` and `age_many`.
    """
    cell = aged_cell(cell, ageing)
    steps = Protocol(protocol)
    many = whole("lives", lives, "give a number of lives, 1 to 100000", high=100_000)
    seed = whole("seed", seed, "give a whole number, 0 or more", low=0)
    bounds = _spread(cell, spread)
    how = _how(cycles, until, model, soc, heat, accuracy, rtol, jump, tolerance)
    how |= {"temperature": kelvin("temperature", temperature), "ambient": kelvin("ambient", ambient)}
    draws = latin_hypercube(many, len(bounds), seed)
    cases = []
    for draw in draws:
        values = {p: float(np.exp(a + u * (b - a))) for (p, (a, b)), u in zip(bounds.items(), draw, strict=True)}
        cases.append(LifeCase(cell, steps, how, values, values))
    return run_lives("uncertain", cases, path, progress, threads, processes)


def _spread(cell: Cell, spread: Any) -> dict[str, tuple[float, float]]:
    """Logarithms of the bounds of every uncertain rate.  Raises ParameterError, ProtocolError."""
    wanted = 'give {"section/quantity": factor above 1}, or (low, high), both above 0'
    if spread is None:
        methods = {row[0]: row[4] for row in cell.provenance().rows}
        given: Mapping[str, Any] = {
            path: SPREAD[methods[path]]
            for path in rates_used(cell)
            if path in methods and cell.is_number(path) and cell.value(path) > 0.0
        }
        if not given:
            raise ProtocolError(f"{cell.name}: no rate of ageing is a number; {wanted}")
    else:
        given = mapping("spread", spread, wanted)
    bounds = {}
    for path, width in given.items():
        value = cell.value(path)
        if isinstance(width, int | float) and not isinstance(width, bool):
            factor = number(f"spread of {path}", width, wanted, above=1.0, high=1e6)
            low, high = value / factor, value * factor
        else:
            ends = numbers(f"spread of {path}", width, wanted, low=1e-300)
            if ends.size != 2 or not ends[0] < ends[1]:
                raise ProtocolError(f"spread of {path} {shown(width)}: {wanted}")
            low, high = ends
        if not low > 0.0:
            raise ProtocolError(f"spread of {path}: its value is {value:g}; {wanted}")
        bounds[path] = float(np.log(low)), float(np.log(high))
    if not bounds:
        raise ProtocolError(f"spread {shown(spread)}: {wanted}")
    return bounds


def _temperatures(given: Any) -> list[float | None]:
    """Temperatures [K], [None] if none is given."""
    if given is None:
        return [None]
    wanted = "give kelvin, such as [283.15, 298.15]"
    return [kelvin("temperatures", T) for T in numbers("temperatures", given, wanted)]


def _windows(given: Any) -> list[tuple[float, float]]:
    """Windows of the state of charge.  Raises ProtocolError."""
    wanted = "give (from, to) as states of charge, such as [(0.0, 1.0), (0.3, 0.8)]"
    found = []
    for window in listed("windows", given, wanted):
        ends = numbers("windows", window, wanted, low=0.0, high=1.0)
        if ends.size != 2 or not ends[1] - ends[0] >= 0.01:
            raise ProtocolError(f"windows {shown(window)}: {wanted}, at least a hundredth apart")
        found.append((float(ends[0]), float(ends[1])))
    if not found:
        raise ProtocolError(f"windows: {wanted}")
    return found


def _how(
    cycles: Any, until: Any, model: Any, soc: Any, heat: Any, accuracy: Any, rtol: Any, jump: Any, tolerance: Any
) -> dict[str, Any]:
    """Arguments of `age` that all lives share."""
    return {
        "cycles": whole("cycles", cycles, "give a number of cycles, at least 1"),
        "until": until if until is None or not isinstance(until, str) else text("until", until),
        "model": model_of(model),
        "soc": soc,
        "heat": heat,
        "accuracy": accuracy,
        "rtol": rtol,
        "jump": jump,
        "tolerance": tolerance,
    }
