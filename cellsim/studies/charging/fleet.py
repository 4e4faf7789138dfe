"""Charges of many cells that are not quite alike: each along its own limits, or all with the current of one of them."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ...ensemble.engine import Progress, reporting, workers_of
from ...ensemble.jobs import Job
from ...ensemble.resumable import KINDS, recording, write_rows
from ...errors import CellsimError, ProtocolError
from ...kernels.call.calls import Coroutine
from ...parameters import Cell, load
from ...protocols import Profile, profile
from ...protocols.quantities import CONSTRAINTS
from ...simulation.result import Result
from ...simulation.run import simulate_coroutine
from ...support.arguments import chosen, number, whole
from ...support.renamed import by_name
from ..uncertainty import varied_cells
from .axes import OVER, kelvin
from .constrained import WITHIN, ChargeConstraints, check_window, constrained_charge_coroutine
from .constraints import limits_of, value_of, with_limit
from .fastest import distances
from .maps import ACCURACY, in_common, point, run_points

DOUBLED = 6  # times at most, after which no margin is assumed to suffice
MOST = 10_000
SAMPLES = f"give a whole number from 1 to {MOST}"
HALVED = 4  # times, after which a margin is found
INSTANT = 1e-3  # s that a jump of the current takes when it is replayed


@dataclass(frozen=True)
class Robust:
    """The fastest charge of cells drawn around one: minutes (samples,) and the time within which 95 % are done.

    Infinite where a cell never gets there; NaN where the solver failed, for the reason in failures.
    """

    cell: str
    minutes: np.ndarray
    nominal: float
    failures: tuple[str, ...] = ()

    @property
    def worst(self) -> float:
        """95 % quantile [min]; infinite if more than 5 % never get there."""
        return float(np.quantile(self.minutes, 0.95, method="higher"))


@by_name
def robust_charge(
    cell,
    *,
    limits=None,
    start=0.1,
    end=0.8,
    temperature=298.15,
    samples=40,
    path=None,
    progress: Progress = None,
    threads: int | None = None,
    processes: int | None = None,
    **how,
) -> Robust:
    """Charge each of `samples` cells of a Latin hypercube (studies.uncertainty) along the same limits.

    Each keeps to the limits by its own potentials, as a charger would that knows them; `worst` is the time that
    the slowest twentieth exceeds.  `fleet_charge` gives the margin a charger needs without this knowledge.
    path: `.parquet` or `.csv`: a row for the nominal cell (number -1) and each of the others, saved as they come; an
    interrupted study is resumed where it stopped.  progress: True for a bar, or a function called with the numbers of
    charges done and in all.  threads: to run kernels in, as many as processors unless given; processes: so many of
    them instead.
    """
    cell, temperature = load(cell), kelvin("temperature", temperature)
    kept = limits_of(limits, cell)
    check_window(start, end)
    samples = whole("samples", samples, SAMPLES, high=MOST)
    cells = [*varied_cells(cell, samples), cell]
    same = in_common(cell, kept, start, end, temperature, how)
    cases = [{"number": number, "values": cells[number].digest(), **same} for number in (-1, *range(len(cells) - 1))]
    members = partial(_of_member, cells, kept, temperature, start, end, how)
    rows = run_points(cases, members, path, progress, threads=threads, processes=processes)
    return Robust(
        cell.name,
        np.array([row["minutes"] for row in rows[1:]]),
        rows[0]["minutes"],
        tuple(row["failure"] for row in rows[1:]),
    )


def _of_member(
    cells: list[Cell],
    limits: ChargeConstraints,
    temperature: float,
    start: float,
    end: float,
    how: dict[str, Any],
    case: dict,
) -> Coroutine[tuple[float, float, str]]:
    return point(cells[case["number"]], limits, temperature, {}, start, end, how)


@dataclass(frozen=True)
class Fleet:
    """One charge for many cells: the current over time of the nominal cell, which keeps off a limit by a margin.

    margin: by how much the nominal cell stays within the limit `over`, in its unit in text (K for a temperature);
    infinite if none was found.  share: of the drawn cells, how many then keep to the limit itself.
    bare: the share without a margin.  minutes, minutes_bare: of the nominal cell with and without the margin.
    current: rows of time [s] and current [A], negative in a charge, of the charge with the margin.
    """

    cell: str
    over: str
    margin: float
    share: float
    bare: float
    minutes: float
    minutes_bare: float
    current: np.ndarray

    def __repr__(self):
        unit = "K" if self.over == "temperature" else CONSTRAINTS[self.over].unit
        return (
            f"{self.cell}: {100 * self.bare:.0f} % of the cells keep to the {self.over} with the current of the "
            f"nominal one ({self.minutes_bare:.3g} min); {100 * self.share:.0f} % if that stays {self.margin:.3g} "
            f"{unit} within it ({self.minutes:.3g} min)"
        )


@by_name
def fleet_charge(
    cell,
    over="plating margin",
    *,
    limits=None,
    start=0.1,
    end=0.8,
    temperature=298.15,
    samples=40,
    share=0.95,
    path=None,
    progress: Progress = None,
    threads: int | None = None,
    processes: int | None = None,
    **how,
) -> Fleet:
    """The fixed margin by which a charger stays within a limit that `share` of cells drawn around `cell` shall keep to.

    The charger knows the nominal cell alone: the current of that cell's charge, with the margin, is replayed on each
    drawn one (studies.uncertainty) from the same state of charge, until the upper cut-off voltage if it comes first.
    A cell that cannot follow does not count as keeping to the limit.  The draw varies what affects voltages, not the
    critical current.  The margin is found by halving, to 1/16 of the first one tried.
    path: `.parquet` or `.csv`: a row for each margin tried and each cell, whether it keeps to the limit; charges are
    saved as they come, and an interrupted search is resumed where it stopped.
    progress: True for a bar, or a function called with the number of charges done and None, as it is not known how
    many margins will be tried.  threads: to run kernels in, as many as processors unless given; processes: so many of
    them instead.
    Raises ProtocolError if there is no such limit, and what `constrained_charge` does.
    """
    workers_of(threads, processes)
    cell, temperature = load(cell), kelvin("temperature", temperature)
    kept = limits_of(limits, cell)
    check_window(start, end)
    samples = whole("samples", samples, SAMPLES, high=MOST)
    share = number("share", share, "give a share of the cells, above 0 and at most 1", above=0.0, high=1.0)
    chosen("fleet over", over, OVER)
    if over not in kept.of(cell):
        raise ProtocolError(
            f"fleet over {over!r}: name a limit that {cell.name} has and that is given, one of "
            f"{', '.join(OVER)}, such as limits='plating margin >= 0 mV'"
        )
    others = list(varied_cells(cell, samples))
    bound = value_of(kept, over) or 0.0
    sense = 1.0 if CONSTRAINTS[over].side == "above" else -1.0
    how |= {"temperature": temperature, "accuracy": ACCURACY, "heat": True}
    rows: list[dict] = []
    counts = itertools.count(1)
    same = {"over": over, **in_common(cell, kept, start, end, temperature, how)}

    def tried(margin: float) -> tuple[float, Along]:
        """Share of the cells that keep to the limit, and charge of the nominal one, with this margin."""
        within = with_limit(kept, over, bound + sense * margin)
        case = {"margin": margin, **same}
        (along,) = recorder.values(
            [case],
            lambda number, case: Job(_nominal, (cell, within, start, end, how)),
            pack=lambda along: (along.reached, along.duration, along.current.tolist()),
            unpack=lambda said: Along(said[0], said[1], np.array(said[2])),
            counted=one_more,
            threads=threads if processes is None else 1,
        )
        if not along.reached:
            return 0.0, along
        step = profile(along.current, "current")
        found = recorder.values(
            [{"number": number, "values": values, **case} for number, values in enumerate(digests)],
            lambda number, case: Job(_keeps, (others[number], step, kept, over, start, how), reuse=True),
            lost=lambda fault: True,
            counted=one_more,
        )
        keeps = [each or False for each in found]
        rows.extend({"margin": margin, "number": number, "keeps": one} for number, one in enumerate(keeps))
        return float(np.mean(keeps)), along

    with reporting(progress) as report, recording(path, KINDS, threads=threads, processes=processes) as recorder:
        one_more = lambda: report(next(counts), None)  # noqa: E731
        digests = [other.digest() if path is not None else "" for other in others]
        fleet = _least_margin(tried, cell, over, share)
        if path is not None:
            write_rows(rows, path)
        return fleet


class Along(NamedTuple):
    """The charge of the nominal cell: whether it gets there, how long it takes [s], and its current over time."""

    reached: bool
    duration: float
    current: np.ndarray


def _nominal(cell: Cell, limits: ChargeConstraints, start: float, end: float, how: dict[str, Any]) -> Coroutine[Along]:
    along = yield from constrained_charge_coroutine(cell, limits, soc=start, to=end, **how)
    return Along(along.reached, along.duration, replayed(along.result))


def _least_margin(tried: Callable[[float], tuple[float, Along]], cell: Cell, over: str, share: float) -> Fleet:
    """The least margin with which `share` of the cells keep to the limit, by doubling and halving."""
    first = CONSTRAINTS[over].margin
    bare, along_bare = tried(0.0)
    low, high, found = 0.0, 0.0, (bare, along_bare)
    while found[0] < share and found[1].reached and high < first * 2**DOUBLED:
        low, high = high, max(2.0 * high, first)
        found = tried(high)
    if found[0] < share:
        high = math.inf
    while low < high < math.inf and high - low > first / 2**HALVED:
        middle = 0.5 * (low + high)
        again = tried(middle)
        low, high, found = (low, middle, again) if again[0] >= share else (middle, high, found)
    return Fleet(
        cell.name,
        over,
        high,
        found[0],
        bare,
        found[1].duration / 60.0 if high < math.inf else math.inf,
        along_bare.duration / 60.0,
        found[1].current,
    )


def replayed(result: Result) -> np.ndarray:
    """Time [s] and current [A] (n, 2) of a run; where a new step begins the current changes within INSTANT."""
    t = result.t.copy()
    again = np.flatnonzero(np.diff(t) <= 0.0) + 1
    t[again] += INSTANT
    keep = np.concatenate([[True], np.diff(t) > 0.0])
    return np.column_stack([t, result["Current [A]"]])[keep]


def _keeps(
    cell: Cell, step: Profile, limits: ChargeConstraints, over: str, start: float, how: dict[str, Any]
) -> Coroutine[bool]:
    """Whether a cell that is charged with this current keeps to a limit."""
    try:
        result = yield from simulate_coroutine(cell, step, soc=start, **how)
    except CellsimError:
        return False
    return bool(distances(result, limits, cell)[over] >= -WITHIN[over])
