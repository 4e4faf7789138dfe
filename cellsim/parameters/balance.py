"""The lithium of a cell: between which stoichiometries its electrodes work, from lithium and cut-off voltages.

States of charge 0 and 1 are states at rest at the reference temperature.  A file states both by the
stoichiometries of either electrode, its windows, and with them how much lithium goes to and fro.

A variation of the cell (`Cell.with_`) has windows of its own:

- The lithium came in with the positive electrode: its amount per positive active material (thickness x fraction
  x utilisation x maximum concentration) stays.  A thicker negative electrode takes none of it.  What the first
  cycle costs is in the windows of the file, and is not scaled with the negative electrode.
- The ends are where the open-circuit voltage meets the cut-off voltages ("electrode state of health", Mohtat et al.,
  J. Power Sources 427 (2019) 101).  Where the file puts an end within a hundredth of its window from that, how far off
  it is in volts stays, so that a small change has a small effect.  Where the file ends the window before the
  cut-off voltage, it does so at a stoichiometry of the positive electrode, which then stays unless the cut-off
  voltage comes first.
- Windows that are stated in a variation are kept as they are.  If those of one electrode are stated only, the
  other one's follow from the lithium.

A metal electrode has no window; that of the positive electrode then follows from its own potential.
"""
import math
from functools import lru_cache
from typing import NamedTuple

from ..errors import ParameterError
from ..physics.constants import F
from .equilibrium import AMOUNT, COUNTER, CUTOFFS, NEGATIVE, OCP, POSITIVE, T_REF, Balance, State

WINDOWS = tuple(f"{part}/{end} stoichiometry" for part in (NEGATIVE, POSITIVE) for end in ("minimum", "maximum"))
DECIDING = frozenset((*(f"{part}/{key}" for part in (NEGATIVE, POSITIVE) for key in (*AMOUNT, OCP)), COUNTER, T_REF,
                      *CUTOFFS))  # what windows follow from
NEAR = 0.01  # of the window: an end this close to a cut-off voltage was meant to lie there, printed to two digits
ROUNDED, LOST = 1e-3, 2e-2  # charges of both windows may differ by so much as printed to three digits, to two


_known = lru_cache(maxsize=64)(Balance.of)  # of cells that are varied


class Windows(NamedTuple):
    """States of charge 0 and 1, and the initial state a file prints, if any."""

    empty: State
    full: State
    initial: State | None

    @classmethod
    def of(cls, cell) -> "Windows":
        """As a cell states them."""
        metal = cell.text(f"{NEGATIVE}/type") == "lithium metal"

        def state(end_n, end_p):
            paths = f"{NEGATIVE}/{end_n} stoichiometry", f"{POSITIVE}/{end_p} stoichiometry"
            return State(0.0 if metal else cell.value(paths[0]), cell.value(paths[1]))

        printed = not metal and all(cell.has(f"{part}/initial stoichiometry") for part in (NEGATIVE, POSITIVE))
        return cls(state("minimum", "maximum"), state("maximum", "minimum"),
                   state("initial", "initial") if printed else None)

    def records(self, ratio) -> dict[str, float]:
        """Values by path."""
        found = {WINDOWS[2]: self.full.positive, WINDOWS[3]: self.empty.positive}
        if ratio:
            found |= {WINDOWS[0]: self.empty.negative, WINDOWS[1]: self.full.negative}
        if self.initial is not None:
            found |= {f"{NEGATIVE}/initial stoichiometry": self.initial.negative,
                      f"{POSITIVE}/initial stoichiometry": self.initial.positive}
        return found


class End(NamedTuple):
    """One end of the windows as a file states it."""

    state: State
    lithium: float  # as `Balance.lithium`
    V: float  # open-circuit voltage
    place: str  # "at" the cut-off voltage, "inside" both, or "outside"


@lru_cache(maxsize=64)
def ends(cell) -> tuple[End, End]:
    """Both ends of the windows of a cell that states them: empty, full."""
    balance, windows = Balance.of(cell), Windows.of(cell)
    width = windows.empty.positive - windows.full.positive
    found = []
    for state, cutoff, sign in ((windows.empty, balance.cutoffs[0], -1.0), (windows.full, balance.cutoffs[1], 1.0)):
        lithium = balance.lithium(state)
        V = balance.voltage(state.positive, lithium)[0]
        off = sign * (V - cutoff)  # above 0: beyond
        near = balance.voltage(state.positive - sign * (-NEAR if off > 0.0 else NEAR) * width, lithium)[0]
        at = (sign * (near - cutoff) > 0.0) != (off > 0.0)
        found.append(End(state, lithium, V, "at" if at else "outside" if off > 0.0 else "inside"))
    return found[0], found[1]


def moved(cell, stated, before) -> dict[str, float]:
    """Stoichiometries by path of a cell whose windows were stated by another one, `stated`.

    before: the cell that was varied, whose initial state goes along.
    """
    was, now = _known(stated), Balance.of(cell)
    windows = Windows.of(stated)._replace(initial=_initial(now, before))
    same = abs(now.ratio - was.ratio) <= 1e-12 * was.ratio
    if same and now[1:] == was[1:]:
        return windows.records(was.ratio)
    alike = same and now[1:4] == was[1:4]  # but for cut-off voltages
    new = [_end(now, was, alike, end, sign) for end, sign in zip(ends(stated), (-1.0, 1.0), strict=True)]
    return Windows(new[0], new[1], windows.initial).records(now.ratio)


def _initial(now, before) -> State | None:
    """The initial state, at the voltage and with the lithium that it had before."""
    was, initial = _known(before), Windows.of(before).initial
    if initial is None or abs(now.ratio - was.ratio) <= 1e-12 * was.ratio:
        return initial
    lithium = was.lithium(initial)
    return now.state_at(was.voltage(initial.positive, lithium)[0], lithium, initial.positive)


def _end(now, was, alike, end, sign) -> State:
    k = int(sign > 0.0)
    cutoff, shift = now.cutoffs[k], now.cutoffs[k] - was.cutoffs[k]
    if shift == 0.0 and alike:
        return end.state
    if end.place == "at":
        return now.state_at(end.V + shift, end.lithium, end.state.positive)
    if end.place == "outside":
        return now.state_at(cutoff if shift else end.V, end.lithium, end.state.positive)
    a, b = now.reaches(end.lithium)
    x = end.state.positive
    if a <= x <= b and sign * (now.voltage(x, end.lithium)[0] - cutoff) <= 0.0:
        return now.at(x, end.lithium)
    return now.state_at(cutoff, end.lithium, x)


def followed(cell, before, given) -> dict[str, float]:
    """Stoichiometries by path that follow where some, `given` paths, were stated in a variation `cell` of `before`.

    The other electrode's, with the lithium of `before`.
    """
    balance = Balance.of(cell)
    if not balance.ratio or len({path.split("/")[0] for path in given}) != 1:
        return {}
    now, then = Windows.of(cell), Windows.of(before)
    found = {}
    for state, was, minimum, maximum in ((now.empty, then.empty, 0, 3), (now.full, then.full, 1, 2)):
        lithium = balance.lithium(was)
        if WINDOWS[minimum] in given:
            found[WINDOWS[maximum]] = lithium - balance.ratio * state.negative
        if WINDOWS[maximum] in given:
            found[WINDOWS[minimum]] = (lithium - state.positive) / balance.ratio
    for path, x in found.items():
        if not 0.0 <= x <= 1.0:
            raise ParameterError(f"{path}: would be {x:.4g} to keep the cell's lithium; state the windows of both "
                                 "electrodes, or change their sizes")
    return found


def reconciled(cell) -> tuple[dict[str, float], str]:
    """Stoichiometries by path with which both windows of a cell hold the same lithium, and what to say about it.

    ({}, "") where they do to the digits that windows are printed with.  Raises ParameterError where they do not by far.
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
        amount = F * cell.value("cell/electrode area") / 3600.0 * math.prod(
            cell.value(f"{POSITIVE}/{key}") for key in AMOUNT)
        low, high = windows.empty.negative, windows.empty.negative + charge_p / balance.ratio
        remedy = f"a negative window from {low:.4g} to {high:.4g} would hold the same, or " if high < 1.0 else ""
        raise ParameterError(
            f"{WINDOWS[1]}: the windows do not hold the same lithium: the negative electrode takes "
            f"{amount * charge_n:.4g} A.h and the positive one gives {amount * charge_p:.4g} A.h; {remedy}"
            "check thicknesses, fractions and concentrations")
    lithium = 0.5 * (balance.lithium(windows.empty) + balance.lithium(windows.full))
    empty, full = (balance.state_at(end.V, lithium, end.state.positive) for end in ends(cell))
    return (Windows(empty, full, None).records(balance.ratio),
            f"the windows of stoichiometry differ by {100.0 * off:.2g} % in charge; they were balanced to the mean of "
            "the lithium at states of charge 0 and 1")


def remarks(cell) -> tuple[str, ...]:
    """Where states of charge 0 and 1 are not where the open-circuit voltage meets a cut-off voltage, in words."""
    found = []
    for end, path, soc in zip(ends(cell), CUTOFFS, (0, 1), strict=True):
        if end.place != "at":
            where, then = (("beyond", "ends before it") if end.place == "outside" else
                           ("short of", "goes on beyond it"))
            found.append(f"state of charge {soc} is at {end.V:.4g} V open circuit, {where} the cut-off voltage of "
                         f"{cell.value(path):g} V: a slow run {then}")
    return tuple(found)
