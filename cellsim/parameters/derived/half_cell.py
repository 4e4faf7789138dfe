"""Half cells: one electrode of a cell against lithium metal."""

import copy
from collections.abc import Iterable
from typing import Any

from ...errors import ParameterError
from ...support.arguments import chosen, number, numbers
from ..catalogue import PHASES, ageing, quantities
from ..catalogue.quantities import ONLY_MODEL
from ..cell import Cell
from ..equilibrium import CUTOFFS, NEGATIVE, POSITIVE, T_REF, potential, potential_of
from ..formats.bpx_names import DESIGN as TYPICAL
from ..sources import source_key
from .foil import METAL, Foil, foil_of

PARTS = {"positive": POSITIVE, "negative": NEGATIVE}
TAKEN = (  # of the section "cell"
    "reference temperature",
    "ambient temperature",
    "operating pressure",
    "fabrication pressure",
    "highest pressure",
    "pressure memory",
    ONLY_MODEL,
)
EXCESS = "lithium excess thickness"
ENDS = ("minimum stoichiometry", "maximum stoichiometry")
ASSUMED = {"citation": "assumption or computation of cellsim for a cell made of the parts of another one"}
OWN = "derived"  # key of that source


def half_cell(cell: Cell, electrode: str, foil: Any, window: Any, cutoffs: Any, area: Any) -> Cell:
    """See `Cell.half_cell`."""
    place = f"half_cell of {cell.name}"
    part = PARTS[chosen(f"{place}: electrode", electrode, PARTS, ParameterError)]
    kind = cell.text(f"{part}/type")
    if kind not in ("porous", "film"):
        raise ParameterError(
            f"{place}: its {part} is lithium metal; its half cell is symmetric_cell('lithium'), or give 'positive'"
        )
    lithium = foil_of(cell, foil, place)
    made = Parts(cell, lithium, area, place)
    ends = made.ends(part, window)
    same = foil is None and window is None and cell.text(f"{NEGATIVE}/type") == METAL  # the cell is its own half cell
    if cutoffs is None and same:
        cutoffs = [cell.value(path) for path in CUTOFFS]
    made.content[NEGATIVE] = lithium.section
    made.content[POSITIVE] = made.electrode(part, ends)
    laws = [potential_of(cell, part), ends, cell.value(T_REF)]
    counter = lithium.section.get("counter potential", {}).get("value", 0.0)
    made.voltages(_cutoffs(laws, counter, cutoffs, place), cutoffs is None)
    made.design(part, None)
    capacity = made.capacity()
    full = "s of the full cell is s here" if electrode == "positive" else "s of the full cell is 1 - s here"
    words = [
        f"the {part} of {cell.name} against lithium; discharge lithiates it; state of charge {full}; C-rates are "
        f"those of the full cell: 1C is {capacity:.4g} A",
        lithium.words,
        *made.left_out(part),
    ]
    title = f"{cell.title}: {part} against lithium"
    return made.cell(f"{cell.name}_{electrode}_half_cell", title, words)


def _cutoffs(laws: Any, counter: float, given: Any, place: str) -> tuple[float, float]:
    """Lower and upper cut-off voltage [V]."""
    law, ends, T = laws
    if given is None:
        top, low = (potential(law, x, T)[0] - counter for x in ends)
        if not low < top:
            raise ParameterError(
                f"{place}: the open-circuit potential does not fall between the ends of the window "
                f"({top:.4g} V at x = {ends[0]:.4g}, {low:.4g} V at x = {ends[1]:.4g}); give cutoffs=(lower, upper)"
            )
        return low, top
    low, top = pair(f"{place}: cutoffs", given, "give (lower, upper) voltage [V], the lower one first", -10.0, 10.0)
    return low, top


def pair(name: str, given: Any, wanted: str, low: float, high: float) -> tuple[float, float]:
    """Two rising numbers.  Raises ParameterError."""
    values = numbers(name, given, wanted, low=low, high=high, least=2, error=ParameterError)
    if values.size != 2 or not values[0] < values[1]:
        raise ParameterError(f"{name}: {', '.join(f'{v:g}' for v in values[:4])}: {wanted}")
    return float(values[0]), float(values[1])


class Parts:
    """The content of a parameter file that is made of the parts of a cell."""

    def __init__(self, cell: Cell, lithium: Foil | None, area: Any, place: str) -> None:
        self.of, self.place, self.raw = cell, place, cell.to_json()
        full = cell.value("cell/electrode area")
        wanted = "give the electrode area in m2, such as 1.77e-4"
        given = number(f"{place}: area", area, wanted, above=0.0, high=1e4, none=True, error=ParameterError)
        self.area = full if given is None else given
        self.sources = copy.deepcopy(cell.sources) | (lithium.sources if lithium else {})
        self.excess = lithium.excess if lithium else None
        self.own = source_key(self.sources, OWN, ASSUMED)
        self.content: dict[str, Any] = {
            "cell": {key: self.raw["cell"][key] for key in TAKEN if key in self.raw["cell"]},
            "separator": self.raw["separator"],
            "electrolyte": self.raw["electrolyte"],
        }
        self.content["cell"]["electrode area"] = (
            self.raw["cell"]["electrode area"]
            if given is None
            else self.record("cell", "electrode area", given, "given")
        )
        rate = self.raw["cell"]["nominal capacity"]
        note = "that of the full cell per electrode area, so that C-rates compare"
        share = self.area / full
        self.content["cell"]["nominal capacity"] = (
            rate | {"note": f"{rate['note']}; of the full cell" if "note" in rate else "of the full cell"}
            if share == 1.0
            else self.record("cell", "nominal capacity", rate["value"] * share, note)
        )

    def record(self, section: str, key: str, value: float, note: str, kind: str | None = None) -> dict[str, Any]:
        """A value that is assumed."""
        unit = quantities(section, kind)[key].unit
        return {"value": float(value), "unit": unit, "source": self.own, "method": "assumed", "note": note}

    def capacity(self) -> float:
        """Nominal capacity [A.h]."""
        return float(self.content["cell"]["nominal capacity"]["value"])

    def ends(self, part: str, window: Any) -> tuple[float, float]:
        """The stoichiometry window of an electrode, or the given one."""
        if window is None:
            low, high = (self.of.value(f"{part}/{end}") for end in ENDS)
            return low, high
        return pair(f"{self.place}: window", window, "give (lowest, highest) stoichiometry, from 0 to 1", 0.0, 1.0)

    def electrode(self, part: str, ends: Iterable[float] | None = None, note: str = "given") -> dict[str, Any]:
        """The section of an electrode with ageing turned off; ends: its window, if it is another one."""
        kind = self.of.text(f"{part}/type")
        section: dict[str, Any] = _ageless(copy.deepcopy(self.raw[part]))
        for key, x in zip(ENDS, ends or (), strict=False):
            if x != self.of.value(f"{part}/{key}"):
                section[key] = self.record(part, key, x, note, kind)
        return section

    def voltages(self, cutoffs: tuple[float, float], computed: bool) -> None:
        """Set the cut-off voltages."""
        note = "open-circuit voltage at the end of the window" if computed else "given"
        for which, V in zip(("lower", "upper"), cutoffs, strict=True):
            key = f"{which} voltage cut-off"
            self.content["cell"][key] = self.record("cell", key, V, note)

    def design(self, positive: str, negative: str | None) -> None:
        """Set the design: densities and collectors of these electrodes, in a typical pouch."""
        raw = self.raw["design"]
        section: dict[str, Any] = {"format": "pouch"}
        section["number of electrode pairs"] = raw["number of electrode pairs"]
        for key, value in TYPICAL.items():
            section[key] = self.record("design", key, value, "typical: no packaging is known")
        for key in ("electrolyte density", "separator density", "electrolyte specific heat", "separator specific heat"):
            if key in raw:
                section[key] = raw[key]
        for side, part in (("positive", positive), ("negative", negative)):
            for key in [k for k in (*raw, *section) if k.startswith(f"{side} ")]:
                source = key if part is None else f"{part.split()[0]} {key.removeprefix(side).strip()}"
                if source in raw:
                    section[key] = raw[source]
        if negative is None:
            section = {k: v for k, v in section.items() if not k.startswith("negative ") or "collector" in k}
        self.content["design"] = section | ({EXCESS: self.excess} if self.excess else {})

    def left_out(self, part: str) -> list[str]:
        """What of the full cell is not in the parts."""
        gone = [key for key in self.raw["cell"] if key not in (*TAKEN, "electrode area", "nominal capacity")]
        gone = [key for key in gone if "cut-off" not in key]
        words = [f"not taken over from the full cell: {', '.join(gone)}"] if gone else []
        if _ageless(self.raw[part]) != self.raw[part]:
            words.append("nothing ages: options of ageing are not taken over, their quantities are")
        return [*words, "packaging, masses and heat capacity are those of an assumed pouch"]

    def cell(self, name: str, title: str, words: list[str]) -> Cell:
        """The checked cell."""
        description = f"Made of the parts of {self.of.name}. {self.of.description}"
        head = {"title": title, "description": description, "kind": self.of.kind, "sources": self.sources}
        content = {"format": 1, **head, "remarks": words, **self.content}
        return Cell.from_json(content, name, None, self.place)


def _ageless(section: dict[str, Any]) -> dict[str, Any]:
    """The section of an electrode without options of ageing, its own and those of its phases."""
    kept = {key: value for key, value in section.items() if key not in ageing.OPTIONS}
    if PHASES in kept:
        kept[PHASES] = {name: _ageless(phase) for name, phase in kept[PHASES].items()}
    return kept
