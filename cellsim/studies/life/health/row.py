"""A row of the table of a life: what a cycle did, and the cell at its end, under PyBaMM's names where it has any."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ....models.electrodes import PARTS
from ....simulation.history.cycles import HOTTEST, changed, exchanged, hottest_of, time_held
from ..in_bulk import MARGIN, PLACE, OneCycle, Together
from ..windows import IN_PARTICLES

Summary = Mapping[str, float | str]
CAPACITY = "Discharge capacity [A.h]"
LOSSES = {  # what takes lithium for good: column of a table, and the amounts that it is the sum of
    "Loss of capacity to SEI [A.h]": ("sei",),
    "Loss of capacity to SEI on cracks [A.h]": ("sei_on_cracks",),
    "Loss of capacity to dead lithium [A.h]": ("dead", "metal dead"),
    "Loss of capacity to lost active material [A.h]": ("draining",),
    "Loss of capacity to interphase at lithium [A.h]": ("metal bound",),
}
AT_THE_END = (  # variables of which a table holds the value at the end of a cycle
    "Cell thickness change [m]",
    "Wetted fraction of pores",
    "Electrolyte in reservoir [m3]",
    "X-averaged negative particle contact",
    "X-averaged positive particle contact",
    "X-averaged negative interphase resistance [Ohm.m2]",
    "X-averaged positive interphase resistance [Ohm.m2]",
    "Interphase resistance [Ohm.m2]",
    "Host capacity [A.h]",
    "Hazard of a short",
    "Survival probability",
)
RESISTANCE, IN_SALT = "Local ECM resistance [Ohm]", "Total lithium in electrolyte [mol]"
REACTIONS = ("SEI", "SEI on cracks", "lithium plating")


class Names(NamedTuple):
    """Variables that a row is made of; asked for once in a life, as that there is none takes long to find out."""

    hottest: str  # `hottest_of` them
    at_the_end: tuple[str, ...]  # those of AT_THE_END that the cell has
    changing: tuple[str, ...]  # those of which a row has the change within the cycle, too


def changing(phases: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Variables of which PyBaMM's tables of cycles have value and change; phases: of each electrode, by its name."""
    found = [RESISTANCE, IN_SALT]
    for part, names in phases.items():
        low = part.partition(" ")[0]
        found += [f"Total lithium in {part} [mol]", *(f"Total lithium in {one} phase in {part} [mol]" for one in names)]
        kinds = ("", *(f"{one} " for one in names))
        found += [f"Loss of lithium to {low} {one}{what} [mol]" for one in kinds for what in REACTIONS]
    return tuple(found)


def names_of(result: Any) -> Names:
    """Those of a `Result`, or of a cycle in bulk."""
    every = changing({part: ("primary", "secondary") for part in PARTS})
    there = result.variables
    at_the_end, both = (tuple(name for name in names if name in there) for names in (AT_THE_END, every))
    return Names(hottest_of(there), at_the_end, both)


def row_of(result: Any, parked: Any, passed_by: Any, amounts: Any, names: Names) -> dict[str, Any]:
    """A row of the table of a life, or the columns of several.

    result: of a cycle; in place of a `Result` a `OneCycle`, or a block of cycles, `Together`, whose amounts and `Aged`
    are arrays over its cycles, as is then what is returned.  parked: the last run of the cycle, `result` where it is
    the only one.  passed_by: `Aged` when the cycle began, and when it was over.  amounts: at its
    begin, at its end and before the first cycle, see `Amounts`.  names: `names_of`.
    """
    (before, after), (was, now, fresh) = passed_by, amounts
    bulk = isinstance(result, OneCycle | Together)
    row: dict[str, Any] = {
        "Time [h]": after.seconds / 3600.0,
        "Throughput capacity [A.h]": after.amp_hours,
        "Throughput energy [W.h]": after.watt_hours,
        **exchanged(result, result.held if bulk else time_held(result.steps)),
        HOTTEST: result[names.hottest] if bulk else float(np.max(result[names.hottest])),
    }
    if result.model == "DFN" and np.all(np.isfinite(now["Q_n"])):
        margin, place = result[MARGIN], result[PLACE]
        at = None if bulk else np.argmin(margin)
        row["Minimum plating margin [V]"] = margin if at is None else float(margin[at])
        row["Position of minimum plating margin [m]"] = place if at is None else float(place[at])
    row[IN_PARTICLES] = now["Q_Li"]
    row["Loss of lithium inventory [%]"] = 100.0 * (1.0 - now["Q_Li"] / fresh["Q_Li"])
    change = {IN_PARTICLES: now["Q_Li"] - was["Q_Li"]}
    for key, name in (("Q_n", "Negative"), ("Q_p", "Positive")):
        if np.all(np.isfinite(now[key])):
            row[f"{name} electrode capacity [A.h]"] = now[key]
            row[f"Loss of active material in {name.lower()} electrode [%]"] = 100.0 * (1.0 - now[key] / fresh[key])
            change[f"{name} electrode capacity [A.h]"] = now[key] - was[key]
        for of_phase in (each for each in now if each.startswith(f"{key} ")):
            phase, lost = of_phase.partition(" ")[2], 100.0 * (1.0 - now[of_phase] / fresh[of_phase])
            row[f"{name} electrode {phase} capacity [A.h]"] = now[of_phase]
            row[f"Loss of {phase} active material in {name.lower()} electrode [%]"] = lost
            change[f"{name} electrode {phase} capacity [A.h]"] = now[of_phase] - was[of_phase]
    row |= losses(now, fresh)
    if not (np.any(now["metal bound"]) or fresh["metal bound"]):
        del row["Loss of capacity to interphase at lithium [A.h]"]
    row["Capacity of plated lithium [A.h]"] = now["plated"]
    if "porosity" in now:
        row["X-averaged negative electrode porosity"] = now["mean porosity"]
        row["Minimum porosity"] = now["porosity"]
    at_ends = _at_ends(result, parked, names)
    row |= zip((*names.at_the_end, *names.changing), at_ends[0], strict=True)
    of_changing = (values[len(names.at_the_end) :] for values in at_ends)
    change |= {name: there - began for name, there, began in zip(names.changing, *of_changing, strict=True)}
    change["Time [h]"] = (after.seconds - before.seconds) / 3600.0
    change["Throughput capacity [A.h]"] = after.amp_hours - before.amp_hours
    change["Throughput energy [W.h]"] = after.watt_hours - before.watt_hours
    return row | {changed(name): x for name, x in change.items()}


def held_in(now: Mapping[str, float]) -> dict[str, float]:
    """What windows are found from, under the names of a row; now: amounts."""
    found = {IN_PARTICLES: now["Q_Li"]}
    for key, name in (("Q_n", "Negative"), ("Q_p", "Positive")):
        phases = ((one, f"{name} electrode {one.partition(' ')[2]} capacity [A.h]") for one in now if f"{key} " in one)
        found |= {f"{name} electrode capacity [A.h]": now[key], **{column: now[one] for one, column in phases}}
    return found


def _at_ends(result: Any, parked: Any, names: Names) -> tuple[Sequence[Any], Sequence[Any]]:
    """Variables of a row when its cycle was over, and when it began."""
    wanted = (*names.at_the_end, *names.changing)
    if isinstance(parked, OneCycle | Together):
        end = parked.values(wanted)[0]
    else:
        last = parked.variables.last()
        end = [float(last[name][-1]) for name in wanted]
    if isinstance(result, OneCycle | Together):
        return end, result.values(wanted)[1]
    first = result.variables.first()
    return end, [float(first[name][0]) for name in wanted]


def losses(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What each of LOSSES took between two states [Ah], or several, as arrays."""
    return {name: sum(now[key] - before[key] for key in keys) for name, keys in LOSSES.items()}


class LateSummary(Mapping[str, float | str]):
    """A `Summary` that is made when more is asked for than is known at once, as most of a jump are not."""

    def __init__(self, capacity: float, make: Any, asked: Any, windows: Mapping[str, float]) -> None:
        """capacity: of the discharge; windows: the last columns, known, too; make: returns the rows of a list of
        cycles, each as `asked` says it.
        """
        self.known, self.windows = {CAPACITY: capacity, **windows}, windows
        self._make, self._asked = make, asked
        self._row: Summary | None = None

    def look(self) -> None:
        """Look at all rows of its cycle now, while they are at hand, and let go of them."""
        if self._row is None and isinstance(self._asked[0], OneCycle):
            self._asked[0].block.look()

    @staticmethod
    def make_all(summaries: "Sequence[LateSummary]") -> None:
        """Make those of one life, which takes less time than one after the other."""
        missing = [one for one in summaries if one._row is None]
        for one, row in zip(missing, missing[0]._make([one._asked for one in missing]) if missing else (), strict=True):
            one._row = {**row, **one.windows}
            one._asked = None  # a result holds its states

    @property
    def row(self) -> Summary:
        """The whole of it."""
        self.make_all([self])
        return self._row or {}

    def __getitem__(self, name: str) -> float | str:
        return self.known[name] if name in self.known else self.row[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.row)

    def __len__(self) -> int:
        return len(self.row)
