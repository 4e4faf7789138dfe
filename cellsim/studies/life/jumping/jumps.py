"""Lives of many cycles from few simulated ones: the slow contents of a cell integrated over the cycle number.

A cycle is a map from the state of a cell to its state one cycle later.  Slow contents (lithium, active material, films,
porosity) change little in a cycle, everything else follows them.  A jump over H cycles:

1. predicts the slow contents from the slopes of earlier cycles (Adams-Bashforth over sums, `adams`);
2. simulates a cycle that is not used: fast states come to what belongs to the new contents ("healing");
3. simulates a second one, whose change is the slope ahead of the jump, and corrects the contents with it
   (Adams-Moulton);
4. simulates a third one from the corrected contents.  It is the one reported; its slope corrects the contents once
   more, and is remembered.

The formula goes up to the cycle whose slope it uses: what earlier cycles did to the contents while fast states lagged
behind is dropped.

Formulas of order one to three are compared at each jump; the one with the least estimated error is used.  The error
is that of the contents by their weights, and that of the capacity: the cycle before the correction and the one after
it show what the correction did to the capacity.  Jumps are as long as the error allows, and repeated shorter where it
does not.

Explicit multirevolution formulas (Calvo et al., Numer. Math. 97 (2004) 635) are unstable here: a state that one cycle
forgets has the eigenvalue -1, so that jumps of more than some cycles amplify it.  Extrapolation of cycles as such goes
back to Sulzer et al., J. Electrochem. Soc. 168 (2021) 120531.
"""

import math
from collections.abc import Callable, Collection, MutableSequence
from dataclasses import dataclass, replace
from typing import Any, Generic, cast

import numpy as np

from ....errors import CellsimError, ProtocolError
from ....support.arguments import number, numbers, whole
from .adams import Array
from .jump_records import RUNNING, CycleMap, Jump, Life, Progress, Row, Snapshot, State
from .trial import Beyond, Trial, Trials

SAFETY = 6.0  # bound over the sum of estimated errors
SURE = 3.0  # standard deviations of the error from noise that the bound contains
NOISE = 0.3  # share of the tolerance that noise may take
SHARE = 0.15  # of what is left of the tolerance, for one jump
LEAST = 0.02  # of the tolerance, for one jump, when nothing is left of it: the result then says that it is not met
HEALING = 1  # cycles that heal what a visit disturbed: fast states are forgotten within a cycle
START = 4  # cycles simulated before the first jump
LONGER, SHORTER, CAUTION = 2.0, 0.2, 0.9  # limits of the change of a jump from one to the next, and a factor below 1
NEAR = 6  # cycles before a suspected end that are simulated one by one
TIGHTER = 1.5  # of what a life missed its tolerance by, the errors of its jumps are made smaller when it is repeated
SLOWEST = 1e-12  # rate of change of the capacity in a cycle below which nothing ages
SHORTEST = 3  # a jump over fewer cycles saves nothing


ENDED = "the margin to the end of life was used up"
NOTHING = "the first cycle passed no charge"


def simulate_life(
    cycle: CycleMap[State, Row],
    state: State | None,
    cycles: int,
    *,
    tolerance: float = 1e-3,
    jump: bool = True,
    margin: Callable[[Row], float] | None = None,
    stops: Collection[int] = (),
    visit: Callable[[int, State], State | None] | None = None,
    heal: int = 1,
    longest: int = 10**6,
    passes: int = 3,
    begin: int = START,
    start: Progress[State] | None = None,
    report: Callable[[Progress[State], Row], None] | None = None,
    rows: Callable[[], MutableSequence[Row]] = list,
    snapshot: Callable[[Snapshot[State, Row]], None] | None = None,
    resume: Snapshot[State, Row] | None = None,
) -> Life[State, Row]:
    """Simulate a life of `cycles` cycles by jumping over most of them.

    cycle: the map of one cycle.  state: before the first.  tolerance: of the error of the capacity in the whole life,
    over the first capacity.  jump=False: every cycle.
    margin: a number of a summary that is positive until the end of life, such as capacity less 80 %; its first cycle at
    or below 0 is located exactly and is the last one.  A cycle that raises a CellsimError ends the life before it; one
    that is cut short should be returned with a margin below 0 instead, so that its ageing is reported.
    stops: cycles that are simulated in any case; their states are kept, and `visit` is called with cycle and state.
    It may return another state to continue from, for check-ups that age the cell.
    heal: cycles after a jump that are not used; 0 where fast states are forgotten within a cycle and change the slopes
    little.  longest: limit of the length of a jump.
    passes: a life whose bound is above the tolerance, as where it ends in a steep fall, is repeated with smaller errors
    of each jump, or with every cycle if that is no more work, up to so many times in all; `visit` and `report` are then
    called again from the first cycle on.
    begin: cycles that are simulated before the first jump.
    start: go on from there instead of from `state`, which then is needed for repetitions only and may be None.
    report: called with the progress after each reported cycle.
    rows: makes the list that summaries are appended to.
    snapshot: called after each reported cycle with all that it takes to go on; its lists are those of the life itself.
    resume: such a snapshot, of a life with the same arguments: the life goes on there, to the same end bit for bit.

    Raises ProtocolError for wrong arguments, and what `cycle` raises other than CellsimError.
    """
    cycles = whole("cycles", cycles, "give a number of cycles, 1 or more")
    tolerance = number("tolerance", tolerance, "give a share of the capacity, such as 1e-3", low=1e-9, high=0.5)
    heal = whole("heal", heal, "give a number of cycles, 0 to 10", low=0, high=10)
    longest = whole("longest", longest, "give a number of cycles, 1 or more")
    wanted = sorted({int(s) for s in numbers("stops", stops, "give numbers of cycles", low=1.0)} if len(stops) else ())
    at = start or Progress(0, cast(State, state))
    shapes = np.shape(cycle.weights), np.shape(cycle.contents(at.state))
    if shapes[0] != shapes[1] or np.min(cycle.weights, initial=0.0) < 0.0:
        raise ProtocolError(
            f"cycle: weights of shape {shapes[0]} for contents of shape {shapes[1]}; give a weight, 0 or more, for each"
        )
    terms = _Terms(
        cycles, tolerance, margin, wanted, heal, longest if jump else 0, visit, report, rows, snapshot, begin
    )
    simulated, first = 0, 1
    if resume is not None:
        terms, simulated, first = replace(terms, longest=resume.longest), resume.before, resume.turn
    for turn in range(first, whole("passes", passes, "give a number, 1 or more") + 1):
        run = _Run(cycle, at, terms, turn, simulated)
        if resume is not None:
            run.take_up(resume)
            resume = None
        run.go()
        simulated += run.trials.simulated
        if run.at.worst <= tolerance or turn == passes or state is None:
            break
        tighter = TIGHTER * run.at.worst / tolerance
        at = replace(Progress(0, state), strict=run.at.strict * tighter)
        if run.trials.simulated * tighter**0.25 > run.at.cycle:
            terms = replace(terms, longest=0)
    return run.life(simulated)


@dataclass(frozen=True)
class _Terms(Generic[State, Row]):
    """What a life is asked for; see `simulate_life`."""

    cycles: int
    tolerance: float
    margin: Callable[[Row], float] | None
    stops: list[int]
    heal: int
    longest: int
    visit: Callable[[int, State], State | None] | None
    report: Callable[[Progress[State], Row], None] | None
    rows: Callable[[], MutableSequence[Row]]
    snapshot: Callable[[Snapshot[State, Row]], None] | None
    begin: int


class _Run(Generic[State, Row]):
    """A life in progress."""

    def __init__(
        self, cycle: CycleMap[State, Row], start: Progress[State], terms: _Terms[State, Row], turn: int, before: int
    ) -> None:
        """turn, before: number of the pass, and the cycles simulated in earlier ones."""
        self.trials = Trials(cycle, terms.margin, terms.heal)
        self.at, self.terms, self.turn, self.before = start, terms, turn, before
        self.upper: tuple[int, float] | None = None  # a cycle beyond the end of life, and its margin
        self.numbers: list[int] = []
        self.rows = terms.rows()
        self.states: dict[int, State] = {}
        self.jumps: list[Jump] = []
        self.rejected = self.failed = 0
        self.end = ""
        self.beyond = 0  # jumps beyond the end of life since the last accepted one
        self.follows = terms.longest >= SHORTEST or start.error + start.noise > 0.0  # whether slopes are asked for

    def go(self) -> None:
        """Until the last cycle or the end of life."""
        while self.at.cycle < self.terms.cycles and not self.end:
            H = self._length()
            reported = len(self.numbers)
            if H < SHORTEST:
                self._one()
            else:
                self._jump(H)
            if self.terms.snapshot and len(self.numbers) > reported:
                self.terms.snapshot(self._snapshot())

    def _snapshot(self) -> Snapshot[State, Row]:
        """What `take_up` needs."""
        return Snapshot(
            **{name: getattr(self, name) for name in RUNNING},
            longest=self.terms.longest,
            simulated=self.trials.simulated,
        )

    def take_up(self, before: Snapshot[State, Row]) -> None:
        """Stand where a snapshot was taken."""
        for name in RUNNING:
            setattr(self, name, getattr(before, name))
        self.trials.simulated = before.simulated

    def life(self, simulated: int) -> Life[State, Row]:
        """The result."""
        return Life(
            np.array(self.numbers, int),
            self.rows,
            self.states,
            tuple(self.jumps),
            simulated,
            self.rejected,
            self.failed,
            self.at.worst,
            self.terms.tolerance,
            self.end,
            self.at,
        )

    # ---- one cycle after another

    def _one(self) -> None:
        """Simulate the next cycle."""
        before = self.trials.map.contents(self.at.state) if self.follows else None
        try:
            state, row = self.trials.advance(self.at.state)
        except CellsimError as fault:
            self.end = str(fault)
            return
        slope = None if before is None else self.trials.map.contents(state) - before
        self._book(self.at.cycle + 1, state, row, slope, self._scatter(slope), {})

    def _scatter(self, slope: Array | None) -> float:
        """Uncertainty of the slope of a simulated cycle, from the second difference of three in a row."""
        at = self.at
        if slope is not None and len(at.slopes) > 1 and at.positions[-2] == at.cycle - 1.5:
            return self.trials.norm(slope - 2.0 * at.slopes[-1] + at.slopes[-2]) / math.sqrt(6.0)
        return at.uncertain[-1] if at.uncertain else 0.0

    def _book(self, n: int, state: State, row: Row, slope: Any, uncertain: float, changes: dict[str, Any]) -> None:
        """Report a cycle, remember its slope if there is one, and stop where a stop is asked for."""
        at, Q = self.at, self.trials.map.capacity(row)
        margin = self.terms.margin(row) if self.terms.margin else np.inf
        first = at.first or Q
        known = {} if at.healing or slope is None else self._remembered(n, Q, slope, uncertain)
        faster = 0.0 if at.healing or slope is None else self.trials.norm(slope)
        for before, value in known.get("capacities", ())[:-1]:
            faster = max(faster, abs(Q - value) / (n - before) / (first or 1.0))
        sums = {name: changes.get(name, getattr(at, name)) for name in ("error", "shift", "noise", "shaken")}
        error, noise = (max(sums[a], faster * sums[b]) for a, b in (("error", "shift"), ("noise", "shaken")))
        self.at = replace(
            at,
            **changes,
            **known,
            first=first,
            worst=max(at.worst, SAFETY * error + SURE * noise),
            waiting=max(at.waiting - 1, 0),
            cycle=n,
            state=state,
            healing=max(at.healing - 1, 0),
            margin=margin,
        )
        self.numbers.append(n)
        self.rows.append(row)
        if self.upper and self.upper[0] <= n:
            self.upper = None
        if margin <= 0.0 or not first > 0.0:
            self.end = ENDED if first > 0.0 else NOTHING
        if n in self.terms.stops:
            self.states[n] = self.at.state
            other = self.terms.visit(n, self.at.state) if self.terms.visit else None
            if other is not None:
                self._disturbed(n, other)
        if self.terms.report:
            self.terms.report(self.at, row)

    def _disturbed(self, n: int, other: State) -> None:
        """Go on from another state than that of cycle n.

        Along the life a visit that ages the cell as some cycles do is as if these had passed: slopes known before lie
        so much farther behind.  Capacities before do not continue.
        """
        at, trials = self.at, self.trials
        change = trials.norm(trials.map.contents(other) - trials.map.contents(at.state))
        passed = change / max(trials.norm(at.slopes[-1]), SLOWEST) if at.slopes else 0.0
        self.states[n] = other
        self.at = replace(
            at,
            state=other,
            positions=tuple(x - passed for x in at.positions),
            capacities=(),
            waiting=max(at.waiting, HEALING + 1),
            healing=HEALING,
        )

    def _remembered(self, n: int, Q: float, slope: Array, uncertain: float) -> dict[str, Any]:
        """Slopes and capacities with those of cycle n."""
        at, kept = self.at, slice(-40, None)
        return {
            "positions": (*at.positions, n - 0.5)[kept],
            "slopes": (*at.slopes, slope)[kept],
            "uncertain": (*at.uncertain, uncertain)[kept],
            "capacities": (*at.capacities, (n, Q))[-3:],
        }

    # ---- jumps

    def _length(self) -> int:
        """Length of the next jump; below SHORTEST the next cycle is simulated."""
        n, at = self.at.cycle, self.at
        if self.terms.longest < SHORTEST or len(at.positions) < self.terms.begin or at.waiting:
            return 0
        goal = min((s for s in self.terms.stops if s > n), default=self.terms.cycles)
        overhead = self.terms.heal + 2
        H = min(int(at.wanted), self.terms.longest, min(goal, self.terms.cycles) - n - overhead)
        if self.upper:
            m, margin = self.upper
            share = at.margin / (at.margin - margin) if np.isfinite(margin) and np.isfinite(at.margin) else 0.5
            ahead = int((m - n) * share * CAUTION**self.beyond)
            H = min(H, ahead - overhead - 1 if m - n > NEAR else 0)
        return H

    def _jump(self, H: int) -> None:
        """Try a jump over H cycles; accept it, or make the next one shorter."""
        error, noise = self._allowed()
        try:
            trial = self.trials.jump(self.at, H, error)
        except Beyond as beyond:
            self.upper = beyond.cycle, beyond.margin
            self.beyond += 1
            self.failed += not np.isfinite(beyond.margin)
            return
        worst = max(trial.error / error, (trial.noise / noise) ** (trial.order + 1), 1e-10)
        factor = min(LONGER, max(SHORTER, CAUTION * worst ** (-1.0 / (trial.order + 1))))
        if worst > 1.0:
            self.rejected += 1
            H_new, pause = H * min(factor, CAUTION), max(self.at.pause, START)
            self.at = replace(self.at, wanted=max(H_new, SHORTEST), order=trial.order)
            if H_new < SHORTEST:
                self.at = replace(self.at, waiting=pause, pause=2 * pause)
            return
        self._accept(trial, H, max(H * factor, min(self.at.wanted, H * factor * LONGER)))

    def _accept(self, trial: Trial, H: int, wanted: float) -> None:
        """Go on from the end of a jump.

        Errors made before grow with the rate of change: along the life they do so exactly, as the rate itself is a
        solution of the linearised equations.
        """
        at, self.beyond = self.at, 0
        rate = max(self.trials.norm(trial.slope), SLOWEST)
        self.jumps.append(Jump(at.cycle, H, trial.order, trial.error, trial.noise))
        changes = {
            "wanted": wanted,
            "order": trial.order,
            "error": at.error + trial.error,
            "shift": at.shift + trial.error / rate,
            "noise": float(np.hypot(at.noise, trial.noise)),
            "shaken": float(np.hypot(at.shaken, trial.noise / rate)),
            "pause": START,
        }
        self._book(trial.end, trial.state, trial.row, trial.slope, trial.uncertain, changes)

    def _allowed(self) -> tuple[float, float]:
        """Error and noise that the next jump may have."""
        tolerance = self.terms.tolerance / self.at.strict
        for_error, for_noise = (1.0 - NOISE) * tolerance / SAFETY, NOISE * tolerance / SURE
        left = np.sqrt(max(for_noise**2 - self.at.noise**2, 0.0) * SHARE)
        return max(SHARE * (for_error - self.at.error), LEAST * for_error), max(left, LEAST * for_noise)
