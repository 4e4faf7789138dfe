"""The life of a cell: cycles or storage with the ageing that its parameter set states, until an end of life."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import ProtocolError
from ...models import ACCURACY, DFN, model_of
from ...parameters import Cell, load
from ...parameters.catalogue.ageing import SIDES, needed
from ...protocols import Protocol
from ...protocols.step import LONGEST, kelvin
from ...simulation.run import simulate
from ...simulation.settings import how
from ...simulation.start import FinalState, at_start
from ...support.arguments import flag, listed, number, shown, whole
from .checkup import CHECKUP, checkup
from .contents import Amounts
from .cycle_map import Aged, CellCycle, Stopped, Summary, ages_within_runs, amounts_of, summary_of
from .jumping.jump_records import Life as Jumped
from .jumping.jumps import simulate_life
from .life_table import Life, table_of

PLATING_VOLUMES = 10  # of the negative electrode: plated lithium varies two- to threefold through it
RETURNS = 0.1  # share of the charge by which a cycle may end elsewhere, as it heals from a jump or loses lithium
YEAR = 365.25 * 24.0 * 3600.0
UNTIL = 'give a text such as "80% capacity" or "4 Ah", a share of the first capacity such as 0.8, or None'


def age(
    cell: Any,
    protocol: Any,
    cycles: int = 1000,
    *,
    until: Any = "80% capacity",
    ageing: Any = None,
    model: Any = None,
    temperature: Any = None,
    soc: Any = 1.0,
    heat: Any = None,
    ambient: Any = None,
    accuracy: float = ACCURACY,
    rtol: float | None = None,
    force: bool = False,
    jump: bool = True,
    tolerance: float = 1e-3,
    checkups: int | None = None,
    keep: Iterable[int] = (),
    progress: Callable[[int, int], Any] | None = None,
) -> Life:
    """Cycle a cell until an end of life and return a `Life`: a table of the cycles, and why it ended.

    cell: a `Cell`, the name of a packaged parameter set, or the path of one.  protocol: of one cycle, as in `simulate`;
    it should end where it began.  cycles: at most so many.
    until: "80% capacity" (of the discharge capacity of the first cycle), "4 Ah", a share, or None.
    ageing: options named as in PyBaMM, see `Cell.with_ageing`; those of the parameter set unless given.
    model, temperature, soc, heat, ambient, accuracy, rtol, force: as in `simulate`.  A model without a mesh gets at
    least 10 volumes in the negative electrode, as lithium plating varies through it.
    jump: jump over cycles that change little, with an error of the capacity of at most `tolerance` over the whole life,
    as a share of the first capacity; what that came to is `Life.bound`.  False simulates every cycle.
    checkups: every so many cycles a copy of the cell is measured: capacity at C/20 and 1C, resistance.
    keep: cycles whose states are kept in `Life.states`, which `simulate(cell, ..., start=state)` continues from.
    progress: function (cycles done, cycles asked for), called as cycles are reported.

    A cycle that the cell cannot complete (clogged pores, no lithium left) ends the life, and `Life.end` says why.
    Raises ParameterError, ProtocolError; also for a cell in which nothing ages.
    """
    cell = aged_cell(cell, ageing)
    cycles = whole("cycles", cycles, "give a number of cycles, at least 1")
    every = whole("checkups", checkups, "give a number of cycles, such as 100, or None", none=True)
    flag("jump", jump)
    threshold, (accuracy, rtol, wanted) = margin_of(until), _checked(accuracy, rtol, keep, progress)
    steps = Protocol(protocol, force=force)
    start = fresh_start(cell, steps, model, temperature, soc, heat, ambient, accuracy)
    sys = start.model.discretise(cell, start.temperature)
    amounts = amounts_of(cell, sys)
    fresh = amounts(start.state)
    keywords = {"heat": heat, "ambient": kelvin("ambient", ambient), "accuracy": accuracy, "rtol": rtol, "force": force}
    the_map = CellCycle(cell, steps, keywords, sys, fresh, start.state)
    stops = sorted({*wanted, *(range(every, cycles + 1, every) if every else ())})
    measured: dict[int, dict[str, float]] = {}
    if every:
        measured[0] = checkup(cell, start, heat=heat)

    def visit(n: int, state: Aged) -> None:
        if every and n % every == 0:
            measured[n] = checkup(cell, state.end, heat=heat)

    def report(at: Any, row: Summary) -> None:
        if at.cycle == 2:
            _check_returns(cell, row)
        if progress:
            progress(at.cycle, cycles)

    found: Jumped[Aged, Summary] = simulate_life(
        the_map,
        Aged(start),
        cycles,
        tolerance=tolerance,
        jump=jump,
        margin=_from_first(threshold, the_map) if threshold else None,
        stops=[n for n in stops if n <= cycles],
        visit=visit if stops else None,
        report=report,
    )
    if not len(found.cycles):
        raise ProtocolError(
            f"{cell.name}: the first cycle is not completed: {found.end}; change the protocol or the rates"
        )
    end = end_of(found.end, until)
    states = {n: state.end for n, state in found.states.items()}
    table = table_of(cell, found.cycles, found.rows, measured)
    return Life(cell, steps, table, end, states, found, _remarks(cell, found))


def _checked(
    accuracy: Any, rtol: Any, keep: Any = (), progress: Any = None
) -> tuple[float, float | None, tuple[int, ...]]:
    """Accuracy, rtol and the cycles to keep; raises ProtocolError also for a progress that is no function."""
    _period, accuracy, checked_rtol, _budget, _steps = how(None, accuracy, rtol, 10.0, 1)
    if progress is not None and not callable(progress):
        raise ProtocolError(f"progress {shown(progress)}: give a function of the cycles done and the cycles asked for")
    wanted = "give numbers of cycles, such as [100, 500]"
    cycles = tuple(whole("keep", n, wanted) for n in listed("keep", keep, wanted, ProtocolError))
    return accuracy, None if rtol is None else checked_rtol, cycles


def aged_cell(cell: Any, ageing: Any) -> Cell:
    """The cell with options of ageing.  Raises ParameterError, and ProtocolError for one in which nothing ages."""
    found: Cell = load(cell)
    aged = found if ageing is None else found.with_ageing(ageing)
    if not ages_within_runs(aged):
        raise ProtocolError(
            f"{aged.name}: nothing ages within a run, as its parameter set turns no mechanism on; give "
            'ageing={"SEI": "solvent-diffusion limited"}, or a set with rates such as okane2022'
        )
    return aged


def fresh_start(
    cell: Cell, steps: Protocol, model: Any, temperature: Any, soc: Any, heat: Any, ambient: Any, accuracy: float
) -> FinalState:
    """The fresh cell at rest, on a mesh for the steps and for ageing."""
    T, around = kelvin("temperature", temperature), kelvin("ambient", ambient)
    model, accuracy = model_of(model), _checked(accuracy, None)[0]
    soc = number("soc", soc, "give a state of charge from 0 to 1, or None", low=0.0, high=1.0, none=True)
    begun = at_start(cell, model, T, soc, None, heat, steps.steps, accuracy, around)
    given = getattr(model, "volumes", None)
    if isinstance(begun.model, DFN) and given is None and begun.sys.counts["plating"]:
        n_n, n_s, n_p = begun.model.volumes or (1, 1, 1)
        finer = replace(begun.model, volumes=(max(n_n, PLATING_VOLUMES), n_s, n_p))
        begun = at_start(cell, finer, T, soc, None, heat, steps.steps, accuracy, around)
    return FinalState(
        cell,
        begun.model,
        begun.state,
        begun.soc,
        begun.sys.T,
        begun.ambient if around is None else float(around),
        begun.temperature,
    )


def _check_returns(cell: Cell, row: Summary) -> None:
    """Raises ProtocolError if a cycle, the second of a life, does not end where it began."""
    out, into = float(row["Discharge capacity [A.h]"]), float(row["Charge capacity [A.h]"])
    if abs(out - into) > RETURNS * max(out, into, 1e-12):
        raise ProtocolError(
            f"{cell.name}: the protocol does not end where it begins: its second cycle takes {out:.4g} Ah out of "
            f"the cell and {into:.4g} Ah into it; give a cycle of discharge and charge"
        )


def margin_of(until: Any) -> tuple[str, float] | None:
    """What ends a life: ("share", 0.8) or ("Ah", 4.0).  Raises ProtocolError."""
    if until is None:
        return None
    if isinstance(until, str):
        match = re.fullmatch(r"\s*([\d.]+)\s*(%|Ah|A\.h)\s*(of the |of )?(capacity)?\s*", until)
        if not match:
            raise ProtocolError(f"until {shown(until)}: {UNTIL}")
        value, unit = float(match[1]), match[2]
        if unit == "%":
            return "share", number("until", value / 100.0, UNTIL, above=0.0, high=1.0)
        return "Ah", number("until", value, UNTIL, above=0.0)
    return "share", number("until", until, UNTIL, above=0.0, high=1.0)


def _from_first(threshold: tuple[str, float], the_map: CellCycle) -> Callable[[Summary], float]:
    """How far a cycle's capacity is above the threshold, as a share of the first one that is asked about."""
    kind, value = threshold
    first: list[float] = []

    def margin(row: Summary) -> float:
        Q = the_map.capacity(row)
        if not first and not Q > 0.0:
            raise ProtocolError("the first cycle delivers no charge; begin it with a charge, or give another soc")
        first[:] = first or [Q]
        return Q / first[0] - (value if kind == "share" else value / first[0])

    return margin


def end_of(found: str, until: Any) -> str:
    """Why a life ended, in words; "" if all cycles were done."""
    return f"the end of life was reached: {until}" if found.startswith("the margin") else found


def _remarks(cell: Cell, found: Jumped[Aged, Summary]) -> tuple[str, ...]:
    """What a reader of the table should know."""
    remarks = [*cell.remarks, *assumed_rates(cell)]
    if found.jumps and not found.met:
        remarks.append(
            f"the error of the capacity may be {100.0 * found.bound:.2g} %, more than the {100.0 * found.tolerance:g} "
            "% asked for; give jump=False to simulate every cycle"
        )
    return tuple(remarks)


def assumed_rates(cell: Cell) -> tuple[str, ...]:
    """A remark on rates of ageing that are used and that no one has measured, if there are any."""
    methods = {row[0]: row[4] for row in cell.provenance().rows}
    used = {f"{part}/{key}" for part in SIDES for key in needed(cell.options(part))}
    used |= {f"negative electrode/{key}" for key in OF_METAL}
    assumed = sorted(path for path in used if methods.get(path) == "assumed" and path.partition("/")[2] in RATES)
    if not assumed:
        return ()
    return (f"rates of ageing that are assumed, not measured: {', '.join(assumed)}",)


OF_METAL = ("coulombic efficiency", "calendar interphase growth")
RATES = (
    "SEI solvent diffusivity",
    "SEI kinetic rate constant",
    "SEI reaction exchange current density",
    "SEI electron conductivity",
    "SEI lithium interstitial diffusivity",
    "lithium plating kinetic rate constant",
    "lithium plating exchange-current density",
    "dead lithium decay constant",
    "cracking rate",
    "LAM constant proportional term",
    "reaction-driven LAM factor",
    "current-driven LAM factor",
    *OF_METAL,
)


def store(
    cell: Any,
    years: float = 1.0,
    *,
    soc: float = 0.5,
    temperature: Any = None,
    ageing: Any = None,
    model: Any = None,
    points: int = 24,
    checkups: bool = False,
    accuracy: float = ACCURACY,
    rtol: float | None = None,
) -> Life:
    """Calendar ageing: the cell at rest from a state of charge on, which falls as side reactions take lithium.

    years: of storage; points: rows of the table, evenly spaced in the root of time.  checkups: measure a copy at each.
    The others as in `age`.
    """
    cell = aged_cell(cell, ageing)
    years = number("years", years, "give years as a number above 0 and at most 100, such as 20", above=0.0, high=100.0)
    points = whole("points", points, "give a number of rows, 2 to 1000", low=2, high=1000)
    flag("checkups", checkups)
    accuracy, rtol, _ = _checked(accuracy, rtol)
    rest = Protocol(f"Rest for {min(years * YEAR, LONGEST):.10g} s")
    soc = number("soc", soc, "give a state of charge from 0 to 1, such as 0.5", low=0.0, high=1.0)
    start = fresh_start(cell, rest, model, temperature, soc, None, None, accuracy)
    amounts: Amounts = amounts_of(cell, start.model.discretise(cell, start.temperature))
    fresh, at = amounts(start.state), Aged(start)
    rows: list[Summary] = []
    measured = {0: checkup(cell, start)} if checkups else {}
    times = years * YEAR * (np.arange(1, points + 1) / points) ** 2
    end = ""
    for n, until in enumerate(times, 1):
        try:
            at, result = _rested(cell, at, until, accuracy, rtol)
        except Stopped as stopped:
            at, result, end = at.counted(stopped.result), stopped.result, str(stopped)
        row = {**summary_of(result, at, amounts(at.end.state), fresh), "Voltage [V]": float(result["Voltage [V]"][-1])}
        rows.append({key: value for key, value in row.items() if key not in CYCLED})
        if end:
            break
        if checkups:
            measured[n] = checkup(cell, at.end)
    numbers = np.arange(1, len(rows) + 1)
    table = table_of(cell, numbers, rows, measured, name="Point")
    return Life(cell, rest, table, end, {len(rows): at.end}, None, tuple(cell.remarks) + assumed_rates(cell))


def _rested(cell: Cell, at: Aged, until: float, accuracy: float, rtol: float | None) -> tuple[Aged, Any]:
    """The cell after a rest until a time [s], and the last run.  Raises Stopped where the cell cannot rest so long."""
    result = None
    while result is None or until - at.seconds > 1e-6 * until:
        step = f"Rest for {min(until - at.seconds, LONGEST):.12g} s"
        result = simulate(cell, step, start=at.end, accuracy=accuracy, rtol=rtol)
        if result.stopped_early:
            raise Stopped(result.termination, result)
        at = at.counted(result)
    return at, result


CYCLED = (
    "Discharge capacity [A.h]",
    "Charge capacity [A.h]",
    "Discharge energy [W.h]",
    "Charge energy [W.h]",
    "Coulombic efficiency",
    "Energy efficiency",
    "Time at constant voltage [h]",
)
__all__ = ["CHECKUP", "age", "store"]
