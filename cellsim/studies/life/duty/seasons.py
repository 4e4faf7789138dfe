"""Days through the seasons: what a month does to a cell, from two days at its middle.

The rate at which contents change depends on the temperature of the month and, more slowly, on what the cell has become.
In the first year, where rates fall fast, every month is a life of its own with jumps over days.  Later, a month is one
step of the midpoint rule: contents are foreseen for the middle of the month by the rate of the month before, times what
the two months' rates were to each other a year ago, both without a fall as 1 / sqrt(t); one day heals the fast states,
the next gives the rate.

Error of a month: that of the middle's contents, the rate less the rate foreseen over half a month, times the change of
the rate with the contents, which is that over the last year; and that of the rule, rates taken as 1 / sqrt(t).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ....errors import CellsimError
from ..contents import Array
from ..cycle_map import Aged
from ..health.row import Summary
from ..jumping.jump_records import Jump, Life, Progress
from ..jumping.jumps import SAFETY, SURE, simulate_life
from ..saved.life_journal import OF_PROGRESS, LifeJournal, near_of
from ..saved.parts import Parts
from ..saved.rows import Rows
from ..saved.states import array_of, packed, text_of, unpacked
from .day import Day

MONTHS, OF_YEAR = 12, 365.25
COUNTS = ("simulated", "rejected", "failed")
BEGIN = 2  # days of a month that are simulated before the first jump: one comes to its temperature, one has a slope


class Measured(NamedTuple):
    """A month that was measured at its middle: contents there, and their change in a day."""

    contents: Array
    rate: Array


@dataclass
class _Found:
    """What a life came to so far; as in `jump_records.Life`."""

    numbers: list[int]
    rows: Rows
    jumps: list[Jump]
    simulated: int = 0
    rejected: int = 0
    failed: int = 0
    end: str = ""


class Seasons:
    """A life of days whose surroundings change from month to month.

    months [K]: one temperature or twelve.
    """

    def __init__(self, the_map: Day, start: Aged, months: list[float], days: int, tolerance: float) -> None:
        self.map, self.start, self.months, self.days, self.tolerance = the_map, start, months, days, tolerance
        self.at: Progress[Aged] = Progress(0, start)
        self.measured: list[Measured] = []
        self.found = _Found([], Rows(), [])
        self.how: dict[str, Any] = {}
        self.kept: Parts | None = None  # a journal of the months
        self.by_days: dict[str, Any] = {}  # a journal of the days and where it stands, of one temperature

    @contextmanager
    def kept_at(self, path: Any, key: str, resume: bool) -> Iterator[None]:
        """Keep what is done in a journal beside the file `path`, and go on where it stands.  Raises ReportError."""
        if len(self.months) == 1:
            with LifeJournal.at(path, key, {}, resume, self.map.windows) as days:
                self.by_days = {"snapshot": days.keep, "resume": days.snapshot(self.start)}
                yield
                days.done()
            return
        with Parts.at(path, key, resume) as self.kept:
            for part in self.kept.done:
                self._take_up(part)
            yield
            self.kept.over()

    def known(self) -> tuple[int, Summary | None]:
        """The last day that was reported before, and the summary of the first one."""
        before = self.by_days.get("resume") or self.found
        return (before.numbers[-1], before.rows[0]) if before.numbers else (0, None)

    def run(self, how: dict[str, Any]) -> Life[Aged, Summary]:
        """The life; how: further arguments of `simulate_life`."""
        if len(self.months) == 1:
            both = how | self.by_days
            return simulate_life(self.map, self.start, self.days, tolerance=self.tolerance, **both)
        at, found, self.how = self.at, self.found, how
        while at.cycle < self.days and not found.end:
            month, known = len(self.measured), (len(found.rows), len(found.jumps))
            last = min(round((month + 1) * OF_YEAR / MONTHS), self.days)
            self.map.keywords["ambient"] = self.months[month % MONTHS]
            after = self._at_once(at, last) if how["jump"] and month > MONTHS and last < self.days else None
            at = self._by_days(at, last) if after is None else after
            if self.kept and not found.end:
                self.kept.add(self._part(at, *known))
        numbers, jumps = np.array(found.numbers, int), tuple(found.jumps)
        counts = found.simulated, found.rejected, found.failed
        return Life(numbers, found.rows, {}, jumps, *counts, at.worst, self.tolerance, found.end, at)

    def _part(self, at: Progress[Aged], rows: int, jumps: int) -> dict[str, Any]:
        """What `_take_up` needs of a month; rows, jumps: how many there were before it."""
        found, last = self.found, self.measured[-1]
        return {
            "state": packed(at.state),
            "at": {name: getattr(at, name) for name in OF_PROGRESS},
            "near": self.map.windows and self.map.windows.near,
            "measured": [text_of(array) for array in last],
            "numbers": found.numbers[rows:],
            "rows": found.rows[rows:],
            "jumps": found.jumps[jumps:],
            "counts": [getattr(found, name) for name in COUNTS],
        }

    def _take_up(self, part: dict[str, Any]) -> None:
        """Stand behind a month."""
        found, end = self.found, self.start.end
        state = unpacked(part["state"], end.cell, end.model, end.state.size)
        self.at = Progress(state=state, **{**part["at"], "capacities": ()})
        self.measured.append(Measured(*(array_of(text) for text in part["measured"])))
        found.numbers += part["numbers"]
        found.rows.extend(part["rows"])
        found.jumps += [Jump(*jump) for jump in part["jumps"]]
        for name, count in zip(COUNTS, part["counts"], strict=True):
            setattr(found, name, count)
        if self.map.windows is not None:
            self.map.windows.near = near_of(part)

    def _by_days(self, at: Progress[Aged], last: int) -> Progress[Aged]:
        """A month with jumps over days."""
        share = max(self.tolerance * float(np.sqrt(last / self.days)), 1e-9)
        begun, y = at.cycle, self.map.contents(at.state)
        life = simulate_life(self.map, None, last, tolerance=share, passes=1, start=at, begin=BEGIN, **self.how)
        found = self.found
        found.numbers += life.cycles.tolist()
        found.rows.extend(life.rows)
        found.jumps += life.jumps
        found.simulated, found.rejected = found.simulated + life.simulated, found.rejected + life.rejected
        found.failed, found.end = found.failed + life.failed, life.end
        passed = max(life.last.cycle - begun, 1)
        change = self.map.contents(life.last.state) - y
        self.measured.append(Measured(y + 0.5 * change, change / passed))
        # slopes and capacities of one temperature say nothing of the next
        return replace(life.last, positions=(), slopes=(), uncertain=(), capacities=(), waiting=0, pause=0)

    def _at_once(self, at: Progress[Aged], last: int) -> Progress[Aged] | None:
        """A month from two days at its middle; None where that is not accurate, or the life may end in it."""
        H, y, known = last - at.cycle, self.map.contents(at.state), self.measured
        before, year, ago = known[-1].rate, known[-MONTHS], known[-MONTHS - 1].rate
        ratio = np.divide(year.rate, ago, out=np.ones_like(ago), where=ago != 0.0)
        n = len(known)
        fell = (n - 0.5) / (n + 0.5) * (n - MONTHS + 0.5) / (n - MONTHS - 0.5)  # as 1 / sqrt(t), now and a year ago
        foreseen = before * np.clip(ratio, 0.1, 10.0) * np.sqrt(fell)
        try:
            state = self.map.renewed(at.state, y + foreseen * (H // 2 - 1))
            state, _ = self.map.advance(state)
            middle = self.map.contents(state)
            state, row = self.map.advance(state)
            rate = self.map.contents(state) - middle
            late = H // 2 + 0.5 - 0.5 * H  # days by which the one measured is after the middle
            rate += late * (year.rate - rate) / OF_YEAR
            over = self.map.renewed(state, y + rate * H)
        except CellsimError:
            return None
        finally:
            self.found.simulated += 2
        size, changed = self._norm(rate), self._norm(rate - year.rate)
        stiff = changed / max(self._norm(middle - year.contents), 1e-300)
        of_rule = size * H * (changed / max(size, 1e-300) / MONTHS) ** 2 / 8.0
        off = 0.5 * H * self._norm(rate - foreseen)
        error = stiff * off * H + of_rule
        worst = max(at.worst, SAFETY * (at.error + error) + SURE * at.noise + off)  # off: of the day reported
        margin = self.how["margin"]
        near = margin is not None and margin(row) <= 2.0 * H * size
        if near or not worst <= self.tolerance * np.sqrt(last / self.days):
            return None
        self.measured.append(Measured(middle + 0.5 * rate, rate))
        number = at.cycle + H // 2 + 1
        self.found.numbers.append(number)
        self.found.rows.append(row)
        self.found.jumps.append(Jump(at.cycle, H, 2, error, 0.0))
        new = replace(at, cycle=last, state=over, error=at.error + error, worst=worst)
        if self.how["report"]:
            self.how["report"](replace(new, cycle=number), row)
        return new

    def _norm(self, x: Array) -> float:
        return float(np.sum(self.map.weights * np.abs(x)))
