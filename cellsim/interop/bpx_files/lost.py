"""What a cell states and a BPX file cannot carry."""

from typing import Any

from ...models.electrodes import materials
from ...parameters import Cell
from ...parameters.catalogue import ageing, flattened, hysteresis, kinetics, named, parted
from ...parameters.formats.bpx_names import HYSTERESIS
from ...support.files import cut

SECTIONS = ("cell", "negative electrode", "separator", "positive electrode", "electrolyte")
CARRIED = {  # as they are, or folded into an entry of BPX
    "cell": {
        "electrode area",
        "nominal capacity",
        "lower voltage cut-off",
        "upper voltage cut-off",
        "reference temperature",
        "ambient temperature",
        "heat capacity",
        "heat transfer coefficient",
        "cooling area",
        # pressures act through contacts, which are folded at the present pressure
        "operating pressure",
        "fabrication pressure",
        "highest pressure",
        "pressure memory",
    },
    "electrode": {
        "thickness",
        "electrolyte volume fraction",
        "active material volume fraction",
        "void volume fraction",
        "utilisation",
        "contact fraction",
        "contact pressure",
        "contact pressure exponent",
        "transport efficiency",
        "bruggeman exponent",
        "percolation threshold",
        "percolation exponent",
        "electronic conductivity",
        "electronic bruggeman exponent",
        "electronic percolation threshold",
        "electronic percolation exponent",
        "particle radius",
        "particle diffusivity",
        "diffusivity activation energy",
        "maximum concentration",
        "open-circuit potential",
        *hysteresis.BRANCHES,
        *hysteresis.DECAYS,  # `_Writer` says where they are two
        hysteresis.INITIAL,
        "entropic change coefficient",
        "exchange-current density",
        "exchange-current activation energy",
        "minimum stoichiometry",
        "maximum stoichiometry",
    },
    "separator": {
        "thickness",
        "electrolyte volume fraction",
        "transport efficiency",
        "bruggeman exponent",
        "percolation threshold",
        "percolation exponent",
    },
    "electrolyte": {
        "initial concentration",
        "cation transference number",  # `Written.number` says where it varies
        "conductivity",
        "conductivity activation energy",
        "diffusivity",
        "diffusivity activation energy",
    },
}
MEANT = {
    "electrolyte/thermodynamic factor": "BPX has none, which is a factor of 1",
    "initial stoichiometry": "of use with soc=None only",
    "double-layer capacity": "of use in impedance, and in runs that charge double layers",
}


def lost_of(cell: Cell) -> tuple[list[str], dict[str, float]]:
    """(sentences, numbers by name for User-defined) on every quantity that is not at its default and not carried."""
    sentences, numbers = [], {}
    options = {part: cell.options(part) for part in ageing.SIDES}
    for part, chosen in options.items():
        on = [f"{key}: {value}" for key, value in chosen.items() if value not in ageing.OFF]
        if on:
            sentences.append(f"{part}: ageing ({', '.join(on)}), whose numbers are user-defined entries")
    for path in materials(cell):
        if cell.kinetics(path) != kinetics.SYMMETRIC:
            sentences.append(f"{path}: {cell.kinetics(path)} kinetics; BPX has symmetric Butler-Volmer alone")
        if cell.particle(path) != kinetics.FICKIAN:
            sentences.append(f"{path}: {cell.particle(path)} diffusion, by the potential; BPX has Fickian alone")
    if cell.charges_double_layers:
        sentences.append("surface form: differential, double layers that are charged within a run")
    if cell.kind != "liquid":
        sentences.append(f"kind of electrolyte: {cell.kind}")
    raw = flattened(cell.to_json())
    for section in SECTIONS:
        known = named(section, raw[section])
        carried = CARRIED["electrode" if section in options else section]
        for key in raw[section]:
            path = f"{section}/{key}"
            if parted(key)[1] in carried or key not in known or not cell.has(path):
                continue
            of_ageing = parted(key)[1] in ageing.QUANTITIES
            law, default = cell.law(path), known[key].default
            if (of_ageing and not _ages(options[section])) or (law.value is not None and law.value == default):
                continue
            if not of_ageing:
                unit = "" if known[key].unit == "1" else f" {known[key].unit}"
                meant = MEANT.get(path, MEANT.get(parted(key)[1]))
                sentences.append(f"{path}: {cut(law, 60)}{unit}" + (f" ({meant})" if meant else ""))
            name = f"{path} [{known[key].unit}]"
            if law.value is not None and not HYSTERESIS.search(name):
                numbers[name] = law.value
    return sentences, numbers


def _ages(options: dict[str, Any]) -> bool:
    return any(value not in ageing.OFF for value in options.values())
