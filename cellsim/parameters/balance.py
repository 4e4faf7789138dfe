"""Stoichiometry windows of the electrodes from the lithium inventory and the cut-off voltages.

States of charge 0 and 1 are equilibrium states at the reference temperature.  A file states them as the
stoichiometry window of each electrode, which also fixes the cyclable lithium.

The windows of a variation (`Cell.with_`) are recomputed:

- All lithium enters with the positive electrode: the lithium per positive active material (thickness x fraction
  x utilisation x maximum concentration) is constant.  A thicker negative electrode consumes no more of it; the
  first-cycle loss is contained in the windows of the file and does not scale with the negative electrode.
- The ends of the windows are where the open-circuit voltage equals the cut-off voltages ("electrode state of
  health", Mohtat et al., J. Power Sources 427 (2019) 101).  If an end of the file lies within NEAR of its window
  from there, its distance in volts is kept, so that small changes have small effects.  If the file ends the window
  well before the cut-off voltage, the stoichiometry of the positive electrode is kept there, unless the cut-off
  voltage is reached first.
- Windows stated in a variation are kept.  If the window of one electrode only is stated, the window of the other
  one follows from the lithium inventory.

A lithium-metal electrode has no window; the window of the positive electrode then follows from its potential alone.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, NamedTuple

from ..errors import ParameterError
from ..physics.constants import F
from .catalogue import ORDINALS, parted
from .equilibrium import AMOUNT, COUNTER, CUTOFFS, NEGATIVE, OCP, POSITIVE, T_REF, Balance, State, amount

WINDOWS = tuple(f"{part}/{end} stoichiometry" for part in (NEGATIVE, POSITIVE) for end in ("minimum", "maximum"))
DECIDING = frozenset(
    (*(f"{part}/{key}" for part in (NEGATIVE, POSITIVE) for key in (*AMOUNT, OCP)), COUNTER, T_REF, *CUTOFFS)
)  # quantities that determine the windows, those of phases by `decides`
NEAR = 0.01  # of the window: an end this close to a cut-off voltage is taken to lie there, rounded to two digits
LEAST = 1e-3  # of a window: a variation that leaves less than this has no capacity
ROUNDED, LOST = 1e-3, 2e-2  # relative difference in charge of windows printed to three digits, to two


def decides(path: str) -> bool:
    """Whether the windows depend on the quantity of a path."""
    section, _, key = path.partition("/")
    phase, own = parted(key)
    return (f"{section}/{own}" if phase in ORDINALS else path) in DECIDING


_known = lru_cache(maxsize=64)(Balance.of)  # for cells that are varied


class Windows(NamedTuple):
    """States of charge 0 and 1, and the initial state if the file states one."""

    empty: State
    full: State
    initial: State | None

    @classmethod
    def of(cls, cell: Any) -> "Windows":
        """The windows that a `Cell` states."""
        metal = cell.text(f"{NEGATIVE}/type") == "lithium metal"

        def state(end_n: str, end_p: str) -> State:
            paths = f"{NEGATIVE}/{end_n} stoichiometry", f"{POSITIVE}/{end_p} stoichiometry"
            return State(0.0 if metal else cell.value(paths[0]), cell.value(paths[1]))

        printed = not metal and all(cell.has(f"{part}/initial stoichiometry") for part in (NEGATIVE, POSITIVE))
        return cls(
            state("minimum", "maximum"), state("maximum", "minimum"), state("initial", "initial") if printed else None
        )

    def records(self, ratio: float) -> dict[str, float]:
        """Stoichiometries by path; ratio: `Balance.ratio`."""
        values = {WINDOWS[2]: self.full.positive, WINDOWS[3]: self.empty.positive}
        if ratio:
            values |= {WINDOWS[0]: self.empty.negative, WINDOWS[1]: self.full.negative}
        if self.initial is not None:
            values |= {
                f"{NEGATIVE}/initial stoichiometry": self.initial.negative,
                f"{POSITIVE}/initial stoichiometry": self.initial.positive,
            }
        return values


class End(NamedTuple):
    """One end of the windows that a file states."""

    state: State
    lithium: float  # as `Balance.lithium`
    V: float  # open-circuit voltage [V]
    place: str  # "at" the cut-off voltage, "inside" both, or "outside"


@lru_cache(maxsize=64)
def ends(cell: Any) -> tuple[End, End]:
    """Both ends of the windows that a `Cell` states: empty, full."""
    balance, windows = Balance.of(cell), Windows.of(cell)
    width = windows.empty.positive - windows.full.positive
    both = []
    for state, cutoff, sign in ((windows.empty, balance.cutoffs[0], -1.0), (windows.full, balance.cutoffs[1], 1.0)):
        lithium = balance.lithium(state)
        V = balance.voltage(state.positive, lithium)[0]
        off = sign * (V - cutoff)  # > 0: beyond the cut-off voltage
        near = balance.voltage(state.positive - sign * (-NEAR if off > 0.0 else NEAR) * width, lithium)[0]
        at = (sign * (near - cutoff) > 0.0) != (off > 0.0)
        both.append(End(state, lithium, V, "at" if at else "outside" if off > 0.0 else "inside"))
    return both[0], both[1]


def moved(cell: Any, stated: Any, before: Any) -> dict[str, float]:
    """Stoichiometries by path of a variation.

    cell: the variation; stated: the cell that states the windows; before: the cell that was varied, whose initial
    state is carried over.
    """
    old, new = _known(stated), Balance.of(cell)
    windows = Windows.of(stated)._replace(initial=_initial(new, before))
    same = abs(new.ratio - old.ratio) <= 1e-12 * old.ratio
    if same and new[1:] == old[1:]:
        return windows.records(old.ratio)
    alike = same and new[1:4] == old[1:4]  # apart from the cut-off voltages
    stated_ends = ends(stated)
    empty, full = (_end(new, old, alike, end, sign) for end, sign in zip(stated_ends, (-1.0, 1.0), strict=True))
    if not empty.positive - full.positive > LEAST * (windows.empty.positive - windows.full.positive):
        lithium = stated_ends[1].lithium
        V = sorted(new.voltage(x, lithium)[0] for x in new.reaches(lithium))
        raise ParameterError(
            f"no charge is left between the cut-off voltages of {new.cutoffs[0]:g} and {new.cutoffs[1]:g} V: the "
            f"open-circuit voltage is {V[0]:.3g} to {V[1]:.3g} V; check the open-circuit potentials or the cut-offs"
        )
    return Windows(empty, full, windows.initial).records(new.ratio)


def _initial(new: Balance, before: Any) -> State | None:
    """The initial state, at its previous voltage and lithium content."""
    old, initial = _known(before), Windows.of(before).initial
    if initial is None or abs(new.ratio - old.ratio) <= 1e-12 * old.ratio:
        return initial
    lithium = old.lithium(initial)
    return new.state_at(old.voltage(initial.positive, lithium)[0], lithium, initial.positive)


def _end(new: Balance, old: Balance, alike: bool, end: End, sign: float) -> State:
    """One end of the windows; sign: -1 for the empty cell, 1 for the full one."""
    k = int(sign > 0.0)
    cutoff, shift = new.cutoffs[k], new.cutoffs[k] - old.cutoffs[k]
    if shift == 0.0 and alike:
        return end.state
    if end.place == "at":
        return new.state_at(end.V + shift, end.lithium, end.state.positive)
    if end.place == "outside":
        return new.state_at(cutoff if shift else end.V, end.lithium, end.state.positive)
    a, b = new.reaches(end.lithium)
    x = end.state.positive
    if a <= x <= b and sign * (new.voltage(x, end.lithium)[0] - cutoff) <= 0.0:
        return new.at(x, end.lithium)
    return new.state_at(cutoff, end.lithium, x)


def followed(cell: Any, before: Any, given: Collection[str]) -> dict[str, float]:
    """Stoichiometries by path of the electrode whose window a variation does not state.

    cell: the variation; given: paths of the windows it states, of one electrode; before: the cell with its lithium.
    """
    balance = Balance.of(cell)
    if not balance.ratio or len({path.split("/")[0] for path in given}) != 1:
        return {}
    new, old = Windows.of(cell), Windows.of(before)
    values = {}
    for state, previous, minimum, maximum in ((new.empty, old.empty, 0, 3), (new.full, old.full, 1, 2)):
        lithium = balance.lithium(previous)
        if WINDOWS[minimum] in given:
            values[WINDOWS[maximum]] = lithium - balance.ratio * state.negative
        if WINDOWS[maximum] in given:
            values[WINDOWS[minimum]] = (lithium - state.positive) / balance.ratio
    for path, x in values.items():
        if not 0.0 <= x <= 1.0:
            raise ParameterError(
                f"{path}: would be {x:.4g} to conserve the cell's lithium; state the windows of both "
                "electrodes, or change their sizes"
            )
    return values


def reconciled(cell: Any) -> tuple[dict[str, float], str]:
    """Stoichiometries by path with which both windows of a cell pass the same charge, and a remark on the change.

    ({}, "") if the windows agree to ROUNDED.  Raises ParameterError if they differ by more than LOST.
    """
    balance, windows = Balance.of(cell), Windows.of(cell)
    if not balance.ratio:
        return {}, ""
    charge_n = balance.ratio * (windows.full.negative - windows.empty.negative)
    charge_p = windows.empty.positive - windows.full.positive
    off = abs(charge_n - charge_p) / max(charge_n, charge_p)
    if off <= ROUNDED:
        return {}, ""
    if off > LOST:
        whole = F * cell.value("cell/electrode area") / 3600.0 * amount(cell, POSITIVE)
        low, high = windows.empty.negative, windows.empty.negative + charge_p / balance.ratio
        remedy = f"a negative window from {low:.4g} to {high:.4g} would match, or " if high < 1.0 else ""
        raise ParameterError(
            f"{WINDOWS[1]}: the windows of the electrodes differ in charge, with {whole * charge_n:.4g} Ah for the "
            f"negative and {whole * charge_p:.4g} Ah for the positive electrode; {remedy}"
            "check thicknesses, fractions and concentrations"
        )
    lithium = 0.5 * (balance.lithium(windows.empty) + balance.lithium(windows.full))
    empty, full = (balance.state_at(end.V, lithium, end.state.positive) for end in ends(cell))
    return (
        Windows(empty, full, None).records(balance.ratio),
        f"the windows of stoichiometry differ by {100.0 * off:.2g} % in charge; they were balanced at the mean "
        "lithium content of states of charge 0 and 1",
    )


def remarks(cell: Any) -> tuple[str, ...]:
    """A sentence for each of states of charge 0 and 1 whose open-circuit voltage differs from the cut-off voltage."""
    sentences = []
    for end, path, soc in zip(ends(cell), CUTOFFS, (0, 1), strict=True):
        if end.place != "at":
            where, then = (
                ("beyond", "ends before it") if end.place == "outside" else ("short of", "continues beyond it")
            )
            sentences.append(
                f"state of charge {soc} is at {end.V:.4g} V open circuit, {where} the cut-off voltage of "
                f"{cell.value(path):g} V: a slow run {then}"
            )
    return tuple(sentences)
