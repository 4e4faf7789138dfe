"""Cells from BPX files (Battery Parameter eXchange, 0.1 to 0.5), without executing anything in them.

BPX says nothing about the masses and foils of a cell, which a cellsim parameter set must hold.
"""
from pathlib import Path

from ..errors import ParameterError
from ..parameters import Cell
from ..parameters.load import read
from ..parameters.names import quantities
from ..physics.constants import F

SOURCE, ASSUMED = "bpx", "assumed"
IGNORED = {"Density [kg.m-3]", "Specific heat capacity [J.K-1.kg-1]", "Thermal conductivity [W.m-1.K-1]",
           "External surface area [m2]", "Volume [m3]", "Initial temperature [K]"}  # no heat yet
CELL = {
    "Nominal cell capacity [A.h]": "nominal capacity",
    "Lower voltage cut-off [V]": "lower voltage cut-off",
    "Upper voltage cut-off [V]": "upper voltage cut-off",
    "Reference temperature [K]": "reference temperature",
    "Ambient temperature [K]": "ambient temperature",
}
ELECTROLYTE = {
    "Initial concentration [mol.m-3]": "initial concentration",
    "Cation transference number": "cation transference number",
    "Conductivity [S.m-1]": "conductivity",
    "Conductivity activation energy [J.mol-1]": "conductivity activation energy",
    "Diffusivity [m2.s-1]": "diffusivity",
    "Diffusivity activation energy [J.mol-1]": "diffusivity activation energy",
}
SEPARATOR = {
    "Thickness [m]": "thickness",
    "Porosity": "electrolyte volume fraction",
    "Transport efficiency": "transport efficiency",
}
ELECTRODE = SEPARATOR | {
    "Particle radius [m]": "particle radius",
    "Conductivity [S.m-1]": "electronic conductivity",
    "Diffusivity [m2.s-1]": "particle diffusivity",
    "Diffusivity activation energy [J.mol-1]": "diffusivity activation energy",
    "Maximum concentration [mol.m-3]": "maximum concentration",
    "Minimum stoichiometry": "minimum stoichiometry",
    "Maximum stoichiometry": "maximum stoichiometry",
    "OCP [V]": "open-circuit potential",
    "Entropic change coefficient [V.K-1]": "entropic change coefficient",
    "Reaction rate constant activation energy [J.mol-1]": "exchange-current activation energy",
}
COMPUTED = {"Surface area per unit volume [m-1]", "Reaction rate constant [mol.m-2.s-1]"}
PAIRS = "Number of electrode pairs connected in parallel to make a cell"
AREA = "Electrode area [m2]"
DESIGN = {  # what a BPX file does not say; enough to load, not to judge an energy density by
    "positive active material density": 4700.0, "negative active material density": 2240.0,
    "positive inert density": 1800.0, "negative inert density": 1600.0, "electrolyte density": 1200.0,
    "separator density": 950.0, "positive current collector thickness": 15e-6,
    "negative current collector thickness": 10e-6, "positive current collector density": 2700.0,
    "negative current collector density": 8960.0, "area coverage": 0.9, "pouch foil thickness": 113e-6,
    "pouch foil density": 1600.0,
}


def read_bpx(path, design=None) -> Cell:
    """The `Cell` of a BPX file (Doyle-Fuller-Newman, porous electrodes, 0.1 to 0.5).

    design: content of the section "design" of a cellsim parameter file, with sources among
    "bpx" and "assumed".  Without it the cell is taken for a pouch of typical foils and densities,
    each marked as assumed: voltages do not depend on them, masses and energy densities do.

    Expressions in x pass the same whitelist as in our own files; tables are interpolated by
    monotone cubics.  The surface area gives the active material volume fraction, area x radius / 3.
    The sections "Validation" and "User-defined" and the data for heat are not read.

    Raises ParameterError: unreadable file, another kind of model or electrode, unknown, missing or
    unsound values, all of them at once.
    """
    path = Path(path)
    raw = read(path)
    raw = raw if isinstance(raw, dict) else {}
    header, parts = raw.get("Header"), raw.get("Parameterisation")
    if not isinstance(header, dict) or not isinstance(parts, dict) or "BPX" not in header:
        raise ParameterError(f"{path.name}: not a BPX file: it needs Header/BPX and Parameterisation")
    _supported(path, header, parts)
    pairs = _number(path, "Cell", parts["Cell"], PAIRS)
    area = _number(path, "Cell", parts["Cell"], AREA)
    cell = _section(path, "Cell", parts["Cell"], "cell", CELL, IGNORED | {PAIRS, AREA})
    cell["electrode area"] = _record("cell", "electrode area", pairs * area, "pairs times the area of one")
    cell["operating pressure"] = _record("cell", "operating pressure", 101325.0, "not in BPX", ASSUMED)
    title, description = (str(header.get(k) or path.stem) for k in ("Title", "Description"))
    return Cell.from_json({
        "title": title, "description": description, "kind": "liquid",
        "sources": {SOURCE: {"citation": f"BPX file {path.name}: {title}"},
                    ASSUMED: {"citation": "assumption of cellsim: BPX does not describe the cell's design"}},
        "cell": cell,
        "negative electrode": _electrode(path, "Negative electrode", parts),
        "separator": _section(path, "Separator", parts["Separator"], "separator", SEPARATOR),
        "positive electrode": _electrode(path, "Positive electrode", parts),
        "electrolyte": _section(path, "Electrolyte", parts["Electrolyte"], "electrolyte", ELECTROLYTE),
        "design": design or _typical(pairs),
    }, path.stem, path)


def _supported(path, header, parts):
    """Refuse what the reader cannot represent."""
    version = str(header["BPX"])
    if not version.startswith("0."):
        raise ParameterError(f"{path.name}: BPX version {version} is not supported; versions 0.1 to 0.5 are")
    if header.get("Model") != "DFN":
        raise ParameterError(f"{path.name}: model {header.get('Model')!r} is not supported; only 'DFN' is")
    for name in ("Cell", "Electrolyte", "Negative electrode", "Separator", "Positive electrode"):
        if not isinstance(parts.get(name), dict):
            raise ParameterError(f"{path.name}: Parameterisation/{name}: missing section; add it")
        if "Particle" in parts[name]:
            raise ParameterError(f"{path.name}: {name}/Particle: blended electrodes are not supported; "
                                 "give one active material")


def _section(path, name, content, section, names, computed=()):
    """A section under cellsim's names.  Absent keys are left to the checks of the cell."""
    unknown = sorted(set(content) - set(names) - set(computed))
    if unknown:
        raise ParameterError(f"{path.name}: {name}/{unknown[0]}: unknown quantity; known: {', '.join(names)}")
    return {ours: _record(section, ours, content[theirs]) for theirs, ours in names.items()
            if content.get(theirs) is not None}


def _record(section, key, given, note=None, method="literature"):
    form = {float: "value", int: "value", str: "expression", dict: "table"}.get(type(given), "value")
    record = {form: given, "unit": quantities(section)[key].unit, "method": method,
              "source": ASSUMED if method == ASSUMED else SOURCE}
    return record | ({"note": note} if note else {})


def _number(path, name, content, key):
    given = content.get(key)
    if type(given) not in (int, float):
        raise ParameterError(f"{path.name}: {name}/{key}: a number is needed, found {given!r}")
    return float(given)


def _electrode(path, name, parts):
    content, section = parts[name], name.lower()
    number = lambda key: _number(path, name, content, key)  # noqa: E731
    surface, rate = (number(key) for key in ("Surface area per unit volume [m-1]",
                                             "Reaction rate constant [mol.m-2.s-1]"))
    records = {
        "type": "porous",
        "active material volume fraction": _record(section, "active material volume fraction",
                                                   surface * number("Particle radius [m]") / 3.0,
                                                   "surface area x radius / 3"),
        "exchange-current density": _record(section, "exchange-current density", 0.5 * F * rate,
                                            "F k sqrt(x (1 - x)) at x = 0.5")}
    return records | _section(path, name, content, section, ELECTRODE, COMPUTED)


def _typical(pairs):
    """A design with every value marked as assumed, but for the number of electrode pairs."""
    assumed = {k: _record("design", k, v, "typical; not in BPX", ASSUMED) for k, v in DESIGN.items()}
    key = "number of electrode pairs"
    return {"format": "pouch", key: _record("design", key, pairs)} | assumed
