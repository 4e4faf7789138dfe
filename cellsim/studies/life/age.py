"""The life of a cell: cycles with the ageing that its parameter set states, until an end of life."""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any, cast

from ...ensemble.journal import digest
from ...errors import ProtocolError
from ...models import ACCURACY
from ...parameters import Cell
from ...protocols import Protocol
from ...protocols.step import kelvin
from ...support.arguments import chosen, flag, whole
from ...support.renamed import by_name
from .checkup import Checkups
from .cycle_map import NO_WINDOW, Aged, CellCycle
from .health.row import CAPACITY, Summary
from .jumping.jump_records import Life as Jumped
from .jumping.jumps import NOTHING, simulate_life
from .life_table import Life, table_of
from .prepare import aged_cell, assumed_rates, by_equilibrium, checked, fresh_start, margin_of
from .saved.life_file import table_path
from .saved.life_journal import LifeJournal
from .saved.rows import Rows
from .saved.states import heat_said, model_said, packed
from .windows import EQUILIBRIUM, Windows

RETURNS = 0.1  # share of the charge by which a cycle may end elsewhere, as it heals from a jump or loses lithium
PART = 0.1  # of the capacity at equilibrium; by cycles that use less no capacity is judged to a tolerance
SETTLED = 10  # cycle by which a cell that began elsewhere than its cycles has come to where they run
NO_CHARGE = "the first cycle delivers no charge; give a cycle of discharge and charge"
BOTH = (CAPACITY, "Charge capacity [A.h]")
COPY, REAL = "copy", "cell"  # what check-ups measure


@by_name
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
    checkups_on: str = COPY,
    keep: Iterable[int] = (),
    progress: Callable[[int, int], Any] | None = None,
    path: Any = None,
    resume: bool = True,
) -> Life:
    """Cycle a cell until an end of life and return a `Life`: a table of the cycles, and why it ended.

    cell: a `Cell`, the name of a packaged parameter set, or the path of one.  protocol: of one cycle, as in `simulate`;
    it should end where it began.  cycles: at most so many.
    until: "80% capacity" (of the discharge capacity of the first cycle), "4 Ah", a share, or None; with "equilibrium",
    as in "80% equilibrium capacity", lives are judged by the capacity between the cut-off voltages at rest, and so is
    the error of jumps: for cycles that use a part of the cell.
    ageing: options named as in PyBaMM, see `Cell.with_ageing`; those of the parameter set unless given.
    model, temperature, soc, heat, ambient, accuracy, rtol, force: as in `simulate`.  A model without a mesh gets at
    least 10 volumes in the negative electrode, as lithium plating varies through it.
    jump: jump over cycles that change little, with an error of the capacity of at most `tolerance` over the whole life,
    as a share of the first capacity; what that came to is `Life.bound`.  False simulates every cycle.
    checkups: every so many cycles a copy of the cell is measured: capacity at C/20 and 1C, resistance.
    checkups_on: "cell" measures the cell itself, as a laboratory does: it ages meanwhile, time and charge count, and
    it is brought back to the charge that it had.  A check-up that the cell cannot complete is a remark.
    keep: cycles whose states are kept in `Life.states`, that of the last one in any case, which
    `simulate(cell, ..., start=state)` continues from; `Life.state` finds those of other cycles.
    progress: function (cycles done, cycles asked for), called as cycles are reported.
    path: a `.parquet` file that the life is saved to, see `Life.save`.  While it lasts, what is done is kept in a
    journal beside it: the same call goes on where a killed one was, to the same life bit for bit.  resume=False begins
    anew.

    A cycle that the cell cannot complete (clogged pores, no lithium left) ends the life, and `Life.end` says why; what
    it did until then is `Life.unfinished`.
    Raises ParameterError, ProtocolError; also for a cell in which nothing ages.  ReportError for a path that cannot be
    written or that another process is at work on.
    """
    cell = aged_cell(cell, ageing)
    cycles = whole("cycles", cycles, "give a number of cycles, at least 1")
    every = whole("checkups", checkups, "give a number of cycles, such as 100, or None", none=True)
    real = chosen("checkups_on", checkups_on, (COPY, REAL)) == REAL
    flag("jump", jump)
    flag("resume", resume)
    threshold, (accuracy, rtol, wanted) = margin_of(until), checked(accuracy, rtol, keep, progress)
    if wanted and max(wanted) > cycles:
        raise ProtocolError(f"keep {max(wanted)}: the life has {cycles} cycles; give numbers of these, or more cycles")
    steps = Protocol(protocol, force=force)
    start = fresh_start(cell, steps, model, temperature, soc, heat, ambient, accuracy)
    how = {"heat": heat, "ambient": kelvin("ambient", ambient), "accuracy": accuracy, "rtol": rtol, "force": force}
    windows = Windows(cell) if by_equilibrium(until) else None
    the_map = CellCycle(start, steps, how, windows, 1 if jump else cycles)
    stops = sorted({*wanted, *(range(every, cycles + 1, every) if every else ())})
    checks = Checkups(cell, heat, real)
    early = Early(cell, threshold if windows is None else None)
    if every:
        checks.begin(start)

    def visit(n: int, state: Aged) -> Aged | None:
        return checks.at(n, state) if every and n % every == 0 else None

    def report(at: Any, row: Summary) -> None:
        early.look(at.cycle, row, at.state.end.soc)
        if progress:
            progress(at.cycle, cycles)

    with ExitStack() as stack:
        journal = before = None
        if path is not None:
            path = table_path(path)
            said = [
                cell.to_json(),
                json.loads(steps.to_json()),
                model_said(start.model),
                {**how, "heat": heat_said(heat)},
            ]
            key = digest([said, packed(Aged(start)), cycles, until, jump, tolerance, every, wanted, real])
            journal = stack.enter_context(LifeJournal.at(path, key, checks.measured, resume, windows))
            before = journal.snapshot(Aged(start))
            if before:
                early.known(before.rows, before.at.cycle)
        found: Jumped[Aged, Summary] = simulate_life(
            the_map,
            Aged(start),
            cycles,
            tolerance=tolerance,
            jump=jump,
            margin=from_first(threshold, the_map, before.rows[0] if before else None) if threshold else None,
            stops=[n for n in stops if n <= cycles],
            visit=visit if stops else None,
            report=report,
            rows=Rows,
            snapshot=journal.keep if journal else None,
            resume=before,
        )
        if not len(found.cycles):
            raise ProtocolError(f"{cell.name}: {not_completed('cycle', found.end)}")
        if found.end == NOTHING:
            raise ProtocolError(
                f"{cell.name}: the first cycle delivers no charge; give a cycle of discharge and charge"
            )
        rows = cast(Rows, found.rows)
        early.end(found.last.cycle, rows)
        table = table_of(cell, found.cycles, rows, checks.measured)
        states = {n: state.end for n, state in {**found.states, found.last.cycle: found.last.state}.items()}
        remarks = (*remarks_of(cell, found), *checks.remarks(), *_not_kept(wanted, found.last.cycle))
        remarks += (early.remark,) if early.remark else ()
        if found.jumps and windows is None:
            remarks += in_part(table)
        end, cut = end_of(found.end, until), unfinished(the_map, found.end)
        life = Life(cell, steps, table, end, states, found, remarks, start, how, cut, until)
        if journal:
            life.save(path)
            journal.done()
    return life


class Early:
    """Whether the cycles of a life end where they begin, as far as its first cycles tell."""

    def __init__(self, cell: Cell, threshold: tuple[str, float] | None) -> None:
        """threshold: of the discharge capacity, against that of the first cycle, as `margin_of` has it."""
        self.cell, self.threshold = cell, threshold
        self.first: Summary | None = None
        self.settled, self.remark = False, ""

    def known(self, rows: Sequence[Summary], cycle: int) -> None:
        """Rows that were reported before, of cycles up to this one."""
        for n, row in enumerate(rows[:2], 1):
            self.look(n, row, float("nan"))
        self.settled = cycle >= SETTLED

    def look(self, n: int, row: Summary, soc: float) -> None:
        """A reported cycle, and the state of charge that it ended with.  Raises ProtocolError."""
        if n == 1:
            self.first = row
        if n == 2 and self.threshold and self.first is not None:
            self.remark = _check_first(self.cell, self.threshold, self.first, row, soc)
        if n >= SETTLED and not self.settled:
            self._check(row, n)
            self.settled = True

    def end(self, n: int, rows: Rows) -> None:
        """A life that is over before cycle SETTLED may still come nearer to where it runs.  Raises ProtocolError."""
        if self.settled or not 2 <= len(rows) <= n < SETTLED:
            return
        second, last = rows[1], rows[len(rows) - 1]
        if n == 2 or not _cycled(last) or _apart(last) > 0.5 * _apart(second):
            self._check(last, n)

    def _check(self, row: Summary, n: int) -> None:
        """A cell whose first cycle ended where it began is none that does not return, but one that ages."""
        if self.first is None or not _returns(self.first):
            check_returns(self.cell, row, f"cycle {n}")


def _apart(row: Summary) -> float:
    """What a cycle takes out of the cell and into it differ by [Ah]."""
    out, into = (float(row[key]) for key in BOTH)
    return abs(out - into)


def _cycled(row: Summary) -> bool:
    """Whether a cycle was both discharge and charge."""
    return min(float(row[key]) for key in BOTH) > 0.0


def _returns(row: Summary) -> bool:
    """Whether a cycle ends where it begins, and is one."""
    passes = max(float(row[key]) for key in BOTH)
    return passes > 0.0 and _apart(row) <= RETURNS * passes


def check_returns(cell: Cell, row: Summary, what: str) -> None:
    """Raises ProtocolError if a cycle, called `what`, does not end where it began, or passes no charge."""
    if not _returns(row):
        out, into = (float(row[key]) for key in BOTH)
        raise ProtocolError(
            f"{cell.name}: the protocol does not end where it begins: its {what} takes {out:.4g} Ah out of "
            f"the cell and {into:.4g} Ah into it; give a cycle of discharge and charge, or of another state of charge, "
            "or rates at which it ages less in a cycle"
        )


def _check_first(cell: Cell, threshold: tuple[str, float], first: Summary, second: Summary, soc: float) -> str:
    """Raises ProtocolError if the first cycle, by whose capacity others are judged, began elsewhere than they do.

    By more than RETURNS; returns a remark where it is less, but half of what the capacity may lose in the life.
    """
    (kind, value), (one, two) = threshold, (float(row[CAPACITY]) for row in (first, second))
    may_lose = 1.0 - (value if kind == "share" else value / max(one, 1e-300))
    off = min(abs(one - float(first["Charge capacity [A.h]"])), abs(one - two))
    if not _cycled(second) or off <= min(RETURNS, 0.5 * may_lose) * one:
        return ""
    said = (
        f"the first cycle delivers {one:.4g} Ah and the second {two:.4g} Ah, as the life begins at another state of "
        "charge than its cycles"
    )
    if off > RETURNS * one:
        where = f"give soc={soc:.3g}, where they begin" if 0.0 <= soc <= 1.0 else "begin with the charge and soc=0"
        raise ProtocolError(f"{cell.name}: {said}; {where}, or until=None")
    return f"the end of life is judged by the first cycle, but {said}; begin where they do, or give until=None"


def in_part(table: Any) -> tuple[str, ...]:
    """A remark on a life with jumps whose cycles use a small part of the cell."""
    first, whole = float(table[CAPACITY].dropna().iloc[0]), table[EQUILIBRIUM].dropna()
    if not len(whole) or first > PART * float(whole.iloc[0]):
        return ()
    return (
        f"the first cycle takes {100.0 * first / float(whole.iloc[0]):.2g} % of the capacity at equilibrium; the error "
        'by jumps may be larger as a share of so little: give until="80% equilibrium capacity", or jump=False',
    )


def _not_kept(wanted: Iterable[int], last: int) -> list[str]:
    """A remark on cycles that were to be kept and that the life did not come to."""
    missed = ", ".join(str(n) for n in wanted if n > last)
    return [f"the states after cycles {missed} were not kept, as the last cycle was {last}"] if missed else []


def from_first(threshold: tuple[str, float], the_map: CellCycle, row: Summary | None) -> Callable[[Summary], float]:
    """How far a cycle's capacity is above the threshold, as a share of that of `row`, else of the first one."""
    kind, value = threshold
    first: list[float] = [] if row is None else [the_map.capacity(row)]

    def margin(row: Summary) -> float:
        Q = the_map.capacity(row)
        if not first and not Q > 0.0:
            raise ProtocolError(NO_CHARGE)
        if not first and kind == "Ah" and value >= Q:
            raise ProtocolError(f"until {value:g} Ah: the first cycle is at {Q:.4g} Ah; give less, or a share as 80%")
        first[:] = first or [Q]
        return Q / first[0] - (value if kind == "share" else value / first[0])

    return margin


def not_completed(what: str, end: str) -> str:
    """Why a life has no first cycle, or first day."""
    if end.startswith(NO_WINDOW):
        return end
    return f"the first {what} is not completed: {end}; change the protocol or the rates"


def unfinished(the_map: CellCycle, end: str) -> dict[str, float] | None:
    """The summary of the cycle that a life ended in, as far as it came; None if it ended otherwise."""
    last = the_map.stopped
    if last is None or last.row is None or str(last) != end:
        return None
    return {name: float(x) for name, x in last.row.items()}


def end_of(found: str, until: Any) -> str:
    """Why a life ended, in words; "" if all cycles were done."""
    return f"the end of life was reached: {until}" if found.startswith("the margin") else found


def remarks_of(cell: Cell, found: Jumped[Aged, Summary]) -> tuple[str, ...]:
    """What a reader of the table should know."""
    remarks = [*cell.remarks, *assumed_rates(cell)]
    if found.jumps and not found.met:
        remarks.append(
            f"the error of the capacity may be {100.0 * found.bound:.2g} %, more than the {100.0 * found.tolerance:g} "
            "% asked for; give jump=False to simulate every cycle"
        )
    return tuple(remarks)
