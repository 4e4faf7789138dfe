"""Charges of many cells that are not quite alike: each along its own limits, or all with the current of one of them."""
import math
from dataclasses import dataclass

import numpy as np

from ...errors import CellsimError, ProtocolError
from ...parameters import load
from ...protocols import profile
from ...simulation.run import simulate
from ...support.arguments import chosen, number, whole
from ..uncertainty import varied_cells
from .axes import OVER
from .constrained import WITHIN, check_window, ride
from .constraints import KNOWN, WRITTEN, limits_of, value_of, with_limit
from .fastest import distances
from .maps import ACCURACY, celsius, point

FIRST = {"plating margin": 10.0, "temperature": 1.0, "critical current margin": 0.1}  # tried, in the unit of WRITTEN
DOUBLED = 6  # times at most, after which no margin is thought to do
MOST = 10_000
SAMPLES = f"give a whole number from 1 to {MOST}"
HALVED = 4  # times, after which a margin is found
INSTANT = 1e-3  # s that a jump of the current takes when it is replayed


@dataclass(frozen=True)
class Robust:
    """The fastest charge of cells drawn around one: minutes (samples,) and the time within which 95 % are done."""

    cell: str
    minutes: np.ndarray
    nominal: float

    @property
    def worst(self) -> float:
        """95 % quantile [min]; infinite if more than 5 % never get there."""
        return float(np.quantile(self.minutes, 0.95, method="higher"))


def robust_charge(cell, *, limits=None, start=0.1, end=0.8, temperature=25.0, samples=40, **how) -> Robust:
    """Ride each of `samples` cells of a Latin hypercube (studies.uncertainty) along the same limits.

    Each keeps to the limits by its own potentials, as a charger would that knows them; `worst` is the time that
    the slowest twentieth exceeds.  Which margin a charger needs that does not know them says `fleet_charge`.
    """
    cell, temperature = load(cell), celsius("temperature", temperature)
    kept = limits_of(limits, cell)
    check_window(start, end)
    samples = whole("samples", samples, SAMPLES, high=MOST)
    minutes = [point(other, kept, temperature, {}, start, end, how)[0] for other in varied_cells(cell, samples)]
    return Robust(cell.name, np.array(minutes), point(cell, kept, temperature, {}, start, end, how)[0])


@dataclass(frozen=True)
class Fleet:
    """One charge for many cells: the current over time of the nominal cell, which keeps off a limit by a margin.

    margin: by how much the nominal cell stays within the limit `over`, in the unit of WRITTEN (K for a temperature);
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
        unit = "K" if self.over == "temperature" else WRITTEN[self.over][0]
        return (f"{self.cell}: {100 * self.bare:.0f} % of the cells keep to the {self.over} with the current of the "
                f"nominal one ({self.minutes_bare:.3g} min); {100 * self.share:.0f} % if that stays {self.margin:.3g} "
                f"{unit} within it ({self.minutes:.3g} min)")


def fleet_charge(cell, over="plating margin", *, limits=None, start=0.1, end=0.8, temperature=25.0, samples=40,
                 share=0.95, **how) -> Fleet:
    """The fixed margin by which a charger stays within a limit that `share` of cells drawn around `cell` shall keep to.

    The charger knows the nominal cell alone: the current of that cell's ride, with the margin, is replayed on each
    drawn one (studies.uncertainty) from the same state of charge, until the upper cut-off voltage if it comes first.
    A cell that cannot follow does not count as keeping to the limit.  What is drawn is what bears on voltages; the
    critical current is not.  The margin is found by halving, to FIRST / 16.
    Raises ProtocolError if there is no such limit, and what `ride` does.
    """
    cell, temperature = load(cell), celsius("temperature", temperature)
    kept = limits_of(limits, cell)
    check_window(start, end)
    samples = whole("samples", samples, SAMPLES, high=MOST)
    share = number("share", share, "give a share of the cells, above 0 and at most 1", above=0.0, high=1.0)
    chosen("fleet over", over, OVER)
    if over not in kept.of(cell):
        raise ProtocolError(f"fleet over {over!r}: name a limit that {cell.name} has and that is given, one of "
                            f"{', '.join(OVER)}, such as limits='plating margin >= 0 mV'")
    others = list(varied_cells(cell, samples))
    sense = 1.0 if KNOWN[over][1] == "above" else -1.0
    how |= {"temperature": temperature + 273.15, "accuracy": ACCURACY, "heat": True}

    def tried(margin):
        """(share of the cells that keep to the limit, ride of the nominal one with this margin)."""
        along = ride(cell, with_limit(kept, over, value_of(kept, over) + sense * margin), soc=start, to=end, **how)
        if not along.reached:
            return 0.0, along
        step = profile(replayed(along.result), "current")
        return float(np.mean([_keeps(other, step, kept, over, start, how) for other in others])), along

    bare, along_bare = tried(0.0)
    low, high, found = 0.0, 0.0, (bare, along_bare)
    while found[0] < share and found[1].reached and high < FIRST[over] * 2**DOUBLED:
        low, high = high, max(2.0 * high, FIRST[over])
        found = tried(high)
    if found[0] < share:
        high = math.inf
    while low < high < math.inf and high - low > FIRST[over] / 2**HALVED:
        middle = 0.5 * (low + high)
        now = tried(middle)
        low, high, found = (low, middle, now) if now[0] >= share else (middle, high, found)
    return Fleet(cell.name, over, high, found[0], bare, found[1].duration / 60.0 if high < math.inf else math.inf,
                 along_bare.duration / 60.0, replayed(found[1].result))


def replayed(result) -> np.ndarray:
    """Time [s] and current [A] (n, 2) of a run; where a new step begins the current changes within INSTANT."""
    t = result.t.copy()
    again = np.flatnonzero(np.diff(t) <= 0.0) + 1
    t[again] += INSTANT
    keep = np.concatenate([[True], np.diff(t) > 0.0])
    return np.column_stack([t, result["Current [A]"]])[keep]


def _keeps(cell, step, limits, over, start, how) -> bool:
    """Whether a cell that is charged with this current keeps to a limit."""
    try:
        result = simulate(cell, step, soc=start, **how)
    except CellsimError:
        return False
    return distances(result, limits, cell)[over] >= -WITHIN[over]
