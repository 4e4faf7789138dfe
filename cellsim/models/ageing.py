"""Cells that age: data of `kernels.equations.ageing` and `side_reactions`, and the state of a fresh cell."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..kernels.equations import side_reactions as laws
from ..kernels.layout import AGEING, System, counted
from ..parameters import Cell
from ..parameters.catalogue.ageing import QUANTITIES
from ..physics.constants import F
from ..physics.interphase import coated
from ..support.compile import records
from .electrodes import PARTS, has_foil, values_of
from .graded import ACTIVE, RADIUS, graded
from .lithium_metal import counts_of_metal
from .volumes import pressure, surface_area

SEI_LAWS = {
    "none": 0,
    "reaction limited": laws.REACTION,
    "reaction limited (asymmetric)": laws.REACTION,
    "solvent-diffusion limited": laws.SOLVENT,
    "ec reaction limited": laws.EC,
    "ec reaction limited (asymmetric)": laws.EC,
    "electron-migration limited": laws.MIGRATION,
    "interstitial-diffusion limited": laws.INTERSTITIAL,
    "tunnelling limited": laws.TUNNELLING,
    "VonKolzenberg2020": laws.VON_KOLZENBERG,
}
PLATING_LAWS = {
    "none": 0,
    "reversible": laws.REVERSIBLE,
    "irreversible": laws.IRREVERSIBLE,
    "partially reversible": laws.PARTIALLY_REVERSIBLE,
    "Yang2017": laws.CONSTANT,
}
CONTACT, CONNECTION, INTERPHASE = WEARING = (
    "contact loss of particles",
    "connection loss of particles",
    "interphase of particles",
)
SHARE = 0.1  # an error of this share of what the films first hold, or of LEAST of an electrode's lithium, weighs as 1 V
LEAST = 1e-3
# fields of records.Ageing and the quantities they are
PLAIN = {
    "V_sei": "SEI partial molar volume",
    "E_sei": "SEI growth activation energy",
    "U": "SEI open-circuit potential",
    "j0": "SEI reaction exchange current density",
    "D_sol": "SEI solvent diffusivity",
    "c_sol": "bulk solvent concentration",
    "k_ec": "SEI kinetic rate constant",
    "c_ec": "EC initial concentration in electrolyte",
    "D_ec": "EC diffusivity",
    "kappa_e": "SEI electron conductivity",
    "D_li": "SEI lithium interstitial diffusivity",
    "c_li": "lithium interstitial reference concentration",
    "beta": "tunnelling barrier factor",
    "L_tun": "tunnelling distance for electrons",
    "kappa_li": "SEI lithium ion conductivity",
    "z": "ratio of lithium moles to SEI moles",
    "L_0": "initial SEI thickness",
    "k_pl": "lithium plating kinetic rate constant",
    "alpha_pl": "lithium plating transfer coefficient",
    "j0_pl": "lithium plating exchange-current density",
    "gamma": "dead lithium decay constant",
    "V_li": "lithium metal partial molar volume",
    "Omega": "partial molar volume",
    "E": "Young's modulus",
    "nu": "Poisson's ratio",
    "width": "initial crack width",
    "density": "number of cracks per unit area",
    "k_cr": "cracking rate",
    "E_cr": "cracking activation energy",
    "b_cr": "Paris' law constant b",
    "m_cr": "Paris' law constant m",
    "critical": "critical stress",
    "m_loss": "LAM constant exponential term",
    "c_max": "maximum concentration",
    "R_p": "particle radius",
    "active": "active material volume fraction",
    "strength": "contact strength",
    "modulus": "electrolyte modulus",
}


def number(cell: Cell, part: str, key: str) -> float:
    """A quantity of an electrode, 0 where the set does not give an optional one."""
    path = f"{part}/{key}"
    name = QUANTITIES.get(key)
    if name is not None and name.default is None and not cell.has(path):
        return 0.0
    return cell.mean(path)


def ages(cell: Cell) -> bool:
    """Whether anything in the particles' electrodes of a cell ages within a run."""
    return any(_ages(cell.options(part)) for part in PARTS)


def _ages(options: dict[str, str]) -> bool:
    return (
        bool(options)
        and any(options[key] != "none" for key in ("SEI", "lithium plating", "loss of active material", *WEARING))
        or options.get("particle mechanics") == "swelling and cracking"
    )


def ageing_of(cell: Cell, T: float) -> tuple[NDArray[Any], Any]:
    """How either electrode ages: (2,) AGEING, or (0,) if nothing does; and COUNTS of the state."""
    if not ages(cell):
        return records(np.zeros(0, AGEING)), counted(**counts_of_metal(cell))
    both = records(np.zeros(2, AGEING))
    has = counts_of_metal(cell)
    for side, part in enumerate(PARTS):
        options = cell.options(part)
        if options:
            for name, there in _electrode(cell, part, options, both[side]).items():
                has[name] = has.get(name, 0) | int(there)
    both[0]["reservoir"] = reservoir(cell) if has.get("reservoirs") else 0.0
    return both, counted(**has)


def pores_of(cell: Cell) -> float:
    """Volume of the pores of electrodes and separator as made, per electrode area [m]."""
    parts = [part for part in (*PARTS, "separator") if not (part == PARTS[0] and has_foil(cell))]
    return float(
        sum(cell.value(f"{part}/thickness") * cell.mean(f"{part}/electrolyte volume fraction") for part in parts)
    )


def reservoir(cell: Cell) -> float:
    """Electrolyte beyond the pores of the cell as made, per electrode area [m]."""
    return (cell.value("design/electrolyte fill factor") - 1.0) * pores_of(cell)


def _electrode(cell: Cell, part: str, options: dict[str, str], a: Any) -> dict[str, bool]:
    """Fill the record of an electrode; which states it needs."""
    _as_even_as_needed(cell, part, options)
    for field, key in PLAIN.items():
        a[field] = number(cell, part, key)
    a["T_ref"] = cell.value("cell/reference temperature")
    a["sei"], a["plating"] = SEI_LAWS[options["SEI"]], PLATING_LAWS[options["lithium plating"]]
    a["alpha"] = number(cell, part, "SEI growth transfer coefficient") if "(asymmetric)" in options["SEI"] else 0.5
    if options["SEI film resistance"] == "distributed":
        a["rho"] = number(cell, part, "SEI resistivity")
    cracks, loss = options["particle mechanics"] == "swelling and cracking", options["loss of active material"]
    a["on_cracks"] = int(options["SEI on cracks"] == "true")
    a["stressed"] = int(cracks or "stress" in loss)
    if "stress" in loss:
        a["loss"] = number(cell, part, "LAM constant proportional term")
    if "asymmetric" in loss:
        a["loss_compressed"] = number(cell, part, "LAM constant proportional term in compression")
    if "reaction" in loss:
        a["by_reaction"] = number(cell, part, "reaction-driven LAM factor")
    if "current" in loss:
        a["by_current"] = number(cell, part, "current-driven LAM factor")
    if not cracks:
        a["k_cr"] = 0.0
    a["content"] = F * a["c_max"] * number(cell, part, "utilisation")
    a["sei_clogs"] = int(options["SEI porosity change"] == "true")
    a["plated_clogs"] = int(options["lithium plating porosity change"] == "true")
    if cell.has(f"{part}/bruggeman exponent"):
        a["tau_exponent"] = number(cell, part, "bruggeman exponent")
    elif cell.has(f"{part}/percolation exponent"):
        a["tau_least"] = number(cell, part, "percolation threshold")
        a["tau_exponent"] = number(cell, part, "percolation exponent")
    thickness = number(cell, part, "thickness")
    _wearing(cell, part, options, a)
    a["solvent"] = number(cell, part, "solvent volume per SEI lithium") if options["dry-out"] != "none" else 0.0
    a["weight"] = max(
        SHARE * _first_sei(cell, part, a) * thickness if a["sei"] else 0.0,
        SHARE * LEAST * a["content"] * a["active"] * thickness,
    )
    return {
        "sei": a["sei"] > 0,
        "sei_on_cracks": a["on_cracks"] > 0,
        "plating": a["plating"] > 0,
        "cracking": cracks,
        "loss": loss != "none" or options["dry-out"] != "none" or options[CONNECTION] != "none",
        "clogging": a["sei_clogs"] + a["plated_clogs"] > 0,
        "wearing": any(options[key] != "none" for key in WEARING),
        "reservoirs": options["dry-out"] != "none",
    }


def _wearing(cell: Cell, part: str, options: dict[str, str], a: Any) -> None:
    """What full cycles do to contact, connection and interphase of the particles."""
    get = values_of(cell, part)
    a["window"] = get("maximum stoichiometry") - get("minimum stoichiometry")
    a["strain"], a["P"] = get("volume change"), pressure(cell)
    if options[CONTACT] != "none":
        a["parting"], a["healing"] = get("contact loss"), get("contact healing")
    if options[CONNECTION] != "none":
        a["cutting_off"] = get("connection loss")
    if options[INTERPHASE] != "none":
        per_area = coated(get("cycling interphase growth"), get("coating coverage"), get("coating factor"))[0]
        a["interphase"] = per_area * surface_area(cell, part) * get("thickness")


LOSING = ("loss of active material", "dry-out", CONNECTION)  # mechanisms that take active material


def _as_even_as_needed(cell: Cell, part: str, options: dict[str, str]) -> None:
    """Raises ParameterError where a mechanism takes for even what varies over the electrode."""
    varies = graded(cell, part)
    for key, words, on in (
        (ACTIVE, "a loss of active material", any(options[name] != "none" for name in LOSING)),
        (RADIUS, "cracking", options["particle mechanics"] == "swelling and cracking"),
    ):
        if on and key in varies:
            raise ParameterError(
                f"{cell.name}: {part}/{key} varies over the electrode, which {words} does not describe; turn that "
                f"option off, or give the mean, {cell.mean(f'{part}/{key}'):.6g}"
            )


def _first_sei(cell: Cell, part: str, a: Any) -> float:
    """Lithium in the SEI of the fresh cell, as charge per volume of the electrode [C/m3]."""
    return float(a["L_0"] * surface_area(cell, part) * F * a["z"] / a["V_sei"])


def fresh(cell: Cell, sys: System, y: Any) -> None:
    """The slow states of a fresh cell into the fields y of its state."""
    volume, counts = sys.volume, sys.counts
    for side, part in enumerate(PARTS):
        here, a = volume["side"] == side, sys.ageing[side]
        dx = volume["dx"][here]
        surface = volume["area"][here] / (surface_area(cell, part) * dx) if cell.options(part) else 1.0
        if counts["sei"] and a["sei"]:
            y.sei[here] = _first_sei(cell, part, a) * dx * surface
            if counts["sei_on_cracks"] and a["on_cracks"]:
                thin = number(cell, part, "initial SEI on cracks thickness")
                y.sei_on_cracks[here] = _first_sei(cell, part, a) * dx * thin / a["L_0"] * surface
        if counts["plating"] and a["plating"]:
            y.plated[here] = F * dx * number(cell, part, "initial plated lithium concentration")
        if counts["cracking"]:
            y.crack[here] = number(cell, part, "initial crack length")
        if counts["loss"]:
            y.active[here] = a["active"]
        if counts["clogging"]:
            y.porosity[here] = volume["eps"][here]
        if counts["wearing"]:
            y.touching[here] = y.contact[here] = 1.0
    if counts["reservoirs"]:
        y.reserve[:], y.wetted[:] = sys.ageing[0]["reservoir"], 1.0
        y.reserve_salt[:] = sys.c_ref * sys.ageing[0]["reservoir"]
