"""Cells from parameter sets of PyBaMM."""

from collections.abc import Mapping
from typing import Any

from ..errors import ParameterError
from ..parameters.catalogue import PHASES
from ..parameters.catalogue.kinetics import FICKIAN
from ..parameters.catalogue.quantities import SURFACE_FORM
from ..parameters.cell import Cell
from ..parameters.formats.bpx_names import DESIGN as TYPICAL
from ..parameters.reading import warn_of_remarks
from ..support.arguments import mapping
from ..support.arguments import text as text_of
from ..support.files import cut
from ..support.renamed import by_name
from .exchange import hysteresis, kinetics
from .exchange.ageing_from_pybamm import ageing_of, asked
from .exchange.options_from_pybamm import checked, refused
from .exchange.profiles import means_of
from .exchange.pybamm_package import Given, citation_of, given, options_of, pybamm
from .exchange.read_pybamm import ASSUMED, CHANGED, SET, Reading
from .exchange.sections_from_pybamm import cell_section, electrode, electrolyte, foil, separator
from .exchange.windows_of_phases import with_windows
from .names import CONDUCTS, LAYERS, NEGATIVE, NUMBERS, OPTIONAL, POSITIVE, of_side

METHODS = "as given by PyBaMM, which says neither by what method nor from which of its citations each value is"
MOST = 50  # faults listed


@by_name
def from_pybamm(
    parameter_values: Any,
    options: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    design: dict[str, Any] | None = None,
) -> Cell:
    """The `Cell` of a lithium-ion or sodium-ion parameter set of PyBaMM.

    parameter_values: the name of a set, such as "Chen2020", or a `pybamm.ParameterValues`; options: PyBaMM's model
    options.  A set with a lithium-metal electrode, or the option {"working electrode": "positive"}, becomes a cell
    with a negative electrode of lithium metal.  Options of ageing, of hysteresis (PyBaMM's "open-circuit potential"),
    of kinetics ("intercalation kinetics") and "surface form" are taken over with the quantities that they need, and
    those of the MSMR model, which electrodes have without options where the set has host sites and no potential.
    name: of the cell; that of the set by default.
    design: content of the section "design" of a cellsim parameter file, with the sources "pybamm" and "assumed"; by
    default a pouch cell with typical densities, marked as assumed: masses depend on them, voltages do not.

    Functions become expressions, every digit kept, or tables where they cannot be written as one; the remarks of the
    cell say which and how far the table is from the function.  Porosity, active fraction and particle radius that are
    functions of position become profiles.  Stoichiometry windows are PyBaMM's, from the
    lithium of its initial state and the open-circuit voltages at 0 and 100 % state of charge; of composite electrodes,
    of which PyBaMM has none, they are computed from the same here.  Values have the method
    "literature" and PyBaMM's citations as their source, second-hand; those that differ from the set are "assumed".

    What a run does not use is listed in `Cell.remarks` and in a `CellsimWarning`.  Raises ParameterError for what has
    no counterpart (lead-acid, equivalent circuits, input parameters) and for options that would change
    a run.
    """
    known = given(parameter_values)
    if name is not None:
        text_of("from_pybamm: name", name, "give a name, as text", ParameterError)
    if design is not None:
        design = dict(mapping("from_pybamm: design", design, "give the section of a parameter file, a dictionary"))
    label = name or known.name or "pybamm"
    chosen, defaults = options_of(options)
    place = f"from_pybamm: {label}"
    reason = refused(known, chosen)
    if reason:
        raise ParameterError(f"{place}: {reason}")
    reading = Reading(known, chosen)
    chosen = kinetics.find_sites(reading, chosen)
    ages = asked(chosen)
    content = _content(reading, chosen, defaults, ages)
    laws = kinetics.asked(reading, chosen)
    if reading.faults:
        raise ParameterError("\n".join(f"{place}: {cut(fault, 400)}" for fault in reading.faults[:MOST]))
    content["design"] = _design(reading) if design is None else design
    head = {
        "title": f"PyBaMM's {known.name}" if known.name else f"{label}, from parameter values of PyBaMM",
        "description": f"Read from PyBaMM {pybamm().__version__}; {METHODS}.",
        "kind": "liquid",
        "sources": _sources(known),
        "remarks": reading.said(),
    }
    whole = head | content
    if any(PHASES in content[part] for part in (NEGATIVE, POSITIVE)) or (reading.sites and not reading.half_cell):
        whole = with_windows(reading, whole, label)
    cell = Cell.from_json(whole, label, None, place)
    if ages:
        cell = cell.with_ageing(ages)
    model = hysteresis.asked(chosen)
    if model is not None:
        cell = cell.with_hysteresis(model)
    if laws is not None:
        cell = cell.with_kinetics(laws)
    if reading.sites:
        cell = cell.with_particle(kinetics.of_electrodes(reading, FICKIAN))
    cell = cell.with_surface_form(chosen.get(SURFACE_FORM) or "false")
    warn_of_remarks(cell)
    return cell


def _content(
    reading: Reading, chosen: Mapping[str, Any], defaults: Mapping[str, Any], ages: dict[str, Any]
) -> dict[str, Any]:
    """The sections of the parameter file without the design; {} after the first faults, which later ones rest on."""
    checked(reading, chosen, defaults)
    content = {"cell": cell_section(reading), "separator": separator(reading)}
    reading.find_window(means_of(reading))
    if reading.faults:
        return {}
    content["electrolyte"] = electrolyte(reading)
    negative = foil(reading) if reading.half_cell else electrode(reading, NEGATIVE)
    content |= {NEGATIVE: negative, POSITIVE: electrode(reading, POSITIVE)}
    if reading.faults:
        return {}
    for path, value in reading.windows().items():
        section, _, key = path.partition("/")
        content[section][key] = value
    for part, more in ageing_of(reading, ages).items():
        content[part] |= more
    return content


def _sources(known: Given) -> dict[str, dict[str, str]]:
    package = f"PyBaMM {pybamm().__version__}"
    cited = "; ".join(map(citation_of, known.citations))
    words = f"{package}, parameter set {known.name}" if known.name else f"{package}, parameter values given by the user"
    sources = {
        SET: {"citation": words + (f", which cites: {cited}" if cited else "")}
        | ({"note": f"second-hand: {METHODS}; the publications themselves were not opened"} if cited else {}),
        ASSUMED: {"citation": "assumption of cellsim: PyBaMM's set does not say it"},
    }
    if known.changed:
        sources[CHANGED] = {"citation": f"given by the user in place of the value of PyBaMM's {known.name}"}
    return sources


def _design(reading: Reading) -> dict[str, Any]:
    """A pouch cell with the current collectors of the set, and typical densities."""
    records: dict[str, Any] = {"format": "pouch"}
    note = "typical; not in the set"
    for key, value in TYPICAL.items():
        records[key] = reading.assumed("design", key, value, note)
    for part in (NEGATIVE, POSITIVE):
        for key, name in NUMBERS["design"].items():
            own, theirs = of_side(key, part), of_side(name, part)
            if reading.has(theirs):
                records[own] = reading.record("design", own, reading.number(theirs), (theirs,))
    for layer in LAYERS:
        name, own = CONDUCTS.format(layer=layer), f"{layer.lower()} thermal conductivity"
        if reading.has(name) and not (reading.half_cell and layer == "Negative electrode"):
            records[own] = reading.record("design", own, float(reading.at(name, {"T": reading.T_ref})[0]), (name,))
    records["number of electrode pairs"] = reading.pairs()
    if reading.half_cell:
        for key in ("negative active material density", "negative inert density"):
            records.pop(key)
    for key in OPTIONAL:  # of the cell
        reading.used.add(OPTIONAL[key])
    return records
