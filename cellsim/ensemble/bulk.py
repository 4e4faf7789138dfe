"""Cases of an ensemble in bulk: where only numbers are asked for, no case is put together as a `Result`.

Whatever needs one, or is not as usual, is left to `case.run_case`, which also tells what is wrong with a case.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from operator import itemgetter
from typing import Any

from ..kernels.call.calls import Coroutine
from ..models.memo import abreast
from ..parameters import Cell
from ..protocols.protocol import Protocol, protocol_of
from ..simulation.run import prepared
from ..simulation.stepping.bundle import Start, figures_of
from ..simulation.stepping.relatives import DIFFUSIVITY, Alike, Relatives
from ..simulation.stepping.running import Prepared
from ..support.arguments import by_value
from .case import OPTIONS, Case, Kept, Outcome
from .parquet import check

# options of cases that are begun in bulk, where the others are as they are by default
SAME = ("model", "temperature", "soc", "ambient", "period", "accuracy", "rtol", "time_budget", "max_steps")
WHO = itemgetter("cell", "steps", *OPTIONS)
USUAL = {name: getattr(Case, name) for name in OPTIONS if name not in SAME}
Arguments = tuple[int, Any, tuple[str, ...] | None, dict[str, bool] | None]  # of `case.run_case`


def run_together(arguments: Sequence[Arguments]) -> Coroutine[list[tuple[Outcome, Kept] | None]]:
    """What `run_case` returns of each of some cases, a coroutine of one kernel call; None of one left to it."""
    found: list[tuple[Outcome, Kept] | None] = [None] * len(arguments)
    _, _, keep, columns = arguments[0]
    if keep is None or columns is None:
        return found
    starts: dict[int, Start] = {}
    alone: dict[tuple[Any, ...], list[tuple[int, Case, Cell, float]]] = {}  # by cell and paths of the changes
    known: dict[tuple[Any, ...], Relatives | None] = {}  # by who the arguments of cases are
    families: dict[int, tuple[Relatives, Alike, list[tuple[int, Case, Sequence[float]]]]] = {}  # by who is alike
    for k, (_, case, _, _) in enumerate(arguments):
        try:
            check(case.labels, columns)
            who = (*case.changes, *map(id, WHO(case.__dict__)))
            if who not in known:
                known[who] = _relatives_of(case)
            relatives = known[who]
            if relatives is not None and (D := case.cell.numbers_of(case.changes)) is not None:
                alike = relatives.run(D, partial(_prepared, case))
                if alike is not None:
                    families.setdefault(id(alike), (relatives, alike, []))[2].append((k, case, D))
                    continue
            cell = case.varied_cell()
            T = float(cell.temperature(case.temperature))
            alone.setdefault((id(cell.origin), *cell.changes), []).append((k, case, cell, T))
        except Exception:  # what it is the case says when it is run by itself
            continue
    for several in alone.values():
        with abreast([cell for _, _, cell, _ in several], [T for *_, T in several]):
            for k, case, cell, _ in several:
                with suppress(Exception):  # as above
                    run = _prepared(case, cell)
                    starts[k] = Start(run, run.plan.record)
    for relatives, alike, members in families.values():
        places, cases, D = zip(*members, strict=True)
        starts.update(
            zip(places, relatives.starts(alike, D, [partial(_prepared, case) for case in cases]), strict=True)
        )
    figures = yield from figures_of(list(starts.values()), keep)
    for k, one in zip(starts, figures, strict=True):
        if one is not None:
            number, case, _, _ = arguments[k]
            labels, (out, taken, energy, stored) = dict(case.labels), one.amounts
            ended = one.ending.name, one.message, "", one.duration
            found[k] = Outcome(number, labels, *ended, out, taken, energy, stored, *one.voltage), one.series
    return found


def _prepared(case: Case, cell: Cell | None = None) -> Prepared:
    """The run of a case, about to begin; cell: its `varied_cell`.  Raises what `simulate` does."""
    given = case.__dict__
    return prepared(case.varied_cell() if cell is None else cell, case.steps, **{name: given[name] for name in OPTIONS})


def _relatives_of(case: Case) -> Relatives | None:
    """The family of a case whose changes are diffusivities of particles; None if it has none."""
    given, paths = case.__dict__, (*case.changes,)
    if not paths or not all(path.endswith(DIFFUSIVITY) for path in paths) or not isinstance(case.cell, Cell):
        return None
    if any(given[name] is not usual for name, usual in USUAL.items()):
        return None
    return _family(case.cell, paths, protocol_of(case.steps), *(given[name] for name in SAME))


@by_value
def _family(cell: Cell, paths: tuple[str, ...], protocol: Protocol, *given: Any) -> Relatives:
    """The family of cases with these arguments."""
    return Relatives(paths)
