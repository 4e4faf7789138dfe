"""Lithium as a counter electrode: its section of a parameter file, and what is said of it."""

from typing import Any, NamedTuple

from ...errors import ParameterError
from ...physics.constants import V_LI, F
from ...support.arguments import mapping, near, number
from ...support.files import cut
from ..catalogue import quantities
from ..cell import Cell
from ..equilibrium import NEGATIVE, T_REF
from ..load import load
from ..sources import source_key

METAL = "lithium metal"
RATE, SALT_ORDER, LITHIUM_ORDER = 3.5e-8, 0.3, 0.7  # i0 = F rate c_Li ** 0.7 c_e ** 0.3
XU = {
    "citation": "S. Xu et al., Evolution of Dead Lithium Growth in Lithium Metal Batteries: Experimentally Validated "
    "Model of the Apparent Capacity Loss, J. Electrochem. Soc. 166 (2019) A3456, as coded in PyBaMM's half-cell sets",
    "note": "second-hand: the paper itself was not opened",
}
GIVEN = {"citation": "lithium metal as given by the user of cellsim"}
WANTED = 'give a cell with lithium metal, or a dictionary such as {"exchange-current density": 10.0}'
I0 = "exchange-current density"
SAME_T = 0.5  # K, by which reference temperatures may differ
OF_ITS_CELL = ("measured", "fitted", "stated")  # methods that hold for the cell of the set alone


class Foil(NamedTuple):
    """A section of lithium metal, the sources that it uses, and a sentence on where it is from."""

    section: dict[str, Any]
    sources: dict[str, dict[str, str]]
    words: str
    excess: dict[str, Any] | None = None  # record of the lithium in the discharged cell


def foil_of(cell: Cell, given: Any, place: str) -> Foil:
    """The lithium for cells made of the parts of `cell`; given: as for `Cell.half_cell`.  Raises ParameterError."""
    if given is None:
        if cell.text(f"{NEGATIVE}/type") == METAL:
            return _lent(cell, cell, "that of the cell", place)
        return _literature(cell, place)
    if isinstance(given, dict):
        return _numbers(given, place)
    try:
        lender = load(given)
    except ParameterError as fault:
        raise ParameterError(f"{place}: foil: {fault}; {WANTED}") from None
    if lender.text(f"{NEGATIVE}/type") != METAL:
        raise ParameterError(f"{place}: foil: {lender.name} has no lithium metal; {WANTED}")
    return _lent(lender, cell, f"that of {lender.name}", place)


def _lent(lender: Cell, cell: Cell, words: str, place: str) -> Foil:
    """The lithium of another cell, with the sources of its values."""
    ours, theirs = (c.value(T_REF) for c in (cell, lender))
    if abs(ours - theirs) > SAME_T:
        raise ParameterError(
            f"{place}: foil: the numbers of {lender.name} hold at {theirs:g} K and those of {cell.name} at {ours:g} K; "
            "give numbers of lithium at that temperature"
        )
    raw, sources = lender.to_json(), dict(cell.sources)

    def lent(record: dict[str, Any]) -> dict[str, Any]:
        name = source_key(sources, record["source"], raw["sources"][record["source"]])
        method = "literature" if lender is not cell and record["method"] in OF_ITS_CELL else record["method"]
        return record | {"source": name, "method": method}

    section = {key: lent(record) if isinstance(record, dict) else record for key, record in raw[NEGATIVE].items()}
    excess = raw["design"].get("lithium excess thickness")
    c_0, theirs = (c.value("electrolyte/initial concentration") for c in (cell, lender))
    if c_0 != theirs:
        note = f"{section[I0]['value']:g} at {theirs:g} mol/m3, times the root of the ratio of the salt concentrations"
        section[I0] = section[I0] | {"value": section[I0]["value"] * (c_0 / theirs) ** 0.5, "note": note}
    return Foil(section, sources, f"lithium: {words}, resistances included", excess and lent(excess))


def _literature(cell: Cell, place: str) -> Foil:
    """Lithium in a liquid electrolyte of which nothing is known."""
    if cell.kind != "liquid":
        raise ParameterError(
            f"{place}: no exchange current of lithium in the solid electrolyte of {cell.name} is known here; "
            f"foil: {WANTED}"
        )
    c_0 = cell.value("electrolyte/initial concentration")
    i_0 = F * RATE * V_LI**-LITHIUM_ORDER * c_0**SALT_ORDER
    sources = dict(cell.sources)
    key = source_key(sources, "xu2019", XU)
    note = "3.5e-8 F c_Li ** 0.7 c_e ** 0.3, fitted by the source to another cell"
    section = {
        "type": METAL,
        I0: {"value": i_0, "unit": "A.m-2", "source": key, "method": "literature", "note": note},
        "exchange-current electrolyte shape": {
            "expression": f"(x/{c_0!r})**({SALT_ORDER - 0.5!r})",
            "unit": "1",
            "source": key,
            "method": "literature",
            "note": "c_e ** 0.3 in all",
        },
    }
    words = (
        f"lithium: exchange current {i_0:.4g} A/m2 of another cell (Xu 2019, as in PyBaMM), the same at every "
        "temperature, without interphase: a measured half cell has a resistance in addition"
    )
    return Foil(section, sources, words)


def _numbers(given: Any, place: str) -> Foil:
    """Lithium of which the user gives numbers."""
    known = quantities(NEGATIVE, METAL)
    section: dict[str, Any] = {"type": METAL}
    for key, value in mapping(f"{place}: foil", given, WANTED).items():
        if key not in known:
            raise ParameterError(f"{place}: foil: {cut(key, 80)}: unknown quantity; {near(key, known)}")
        value = number(f"{place}: foil: {key}", value, f"give a number [{known[key].unit}]", error=ParameterError)
        section[key] = {"value": value, "unit": known[key].unit, "source": "foil", "method": "assumed"}
    if I0 not in section:
        raise ParameterError(f"{place}: foil: {I0} [A.m-2] is missing; add it")
    return Foil(section, {"foil": GIVEN}, "lithium: numbers as given")
