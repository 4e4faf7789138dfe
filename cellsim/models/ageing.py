"""Cells that age: data of `kernels.equations.ageing` and `side_reactions`, and the state of a fresh cell."""

from collections.abc import Sequence
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
from .electrodes import PARTS, active_fraction, has_foil, phases, stated, values_of
from .graded import ACTIVE, RADIUS, graded
from .kinds import Kind, counts_of_kinds, kinds, kinds_of
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
AGES = ("SEI", "lithium plating", "coulombic inefficiency of particles", "loss of active material", *WEARING)
SHARE = 0.1  # an error of this share of what the films first hold, or of LEAST of an electrode's lithium, weighs as 1 V
LEAST = 1e-3
LOSSES = (  # field of records.Ageing, word in the option, quantity
    ("loss", "stress", "LAM constant proportional term"),
    ("loss_compressed", "asymmetric", "LAM constant proportional term in compression"),
    ("by_current", "current", "current-driven LAM factor"),
)
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


def number(cell: Cell, phase: str, key: str) -> float:
    """A quantity of an electrode or a phase, 0 where the set does not give an optional one."""
    path, name = stated(cell, phase, key), QUANTITIES.get(key)
    if name is not None and name.default is None and not cell.has(path):
        return 0.0
    return cell.mean(path)


def ages(cell: Cell) -> bool:
    """Whether anything in the particles' electrodes of a cell ages within a run."""
    return any(_ages(cell.options(phase)) for part in PARTS for phase in phases(cell, part))


def _ages(options: dict[str, str]) -> bool:
    return (
        bool(options)
        and any(options[key] != "none" for key in AGES)
        or options.get("particle mechanics") == "swelling and cracking"
    )


def ageing_of(cell: Cell, T: float) -> tuple[NDArray[Any], Any]:
    """How each kind of particle ages, AGEING by its `sweep`, or (0,) if nothing does; and COUNTS of the state."""
    several, has = counts_of_kinds(cell), counts_of_metal(cell)
    if not ages(cell):
        return records(np.zeros(0, AGEING)), counted(**several, **has)
    both = kinds(cell)
    start = 0, max(len(both[0]), 1)
    rows = records(np.zeros(start[1] + len(both[1]), AGEING))
    for side, part in enumerate(PARTS):
        here = rows[start[side] : start[side] + len(both[side])]
        for kind, a in zip(both[side], here, strict=True):
            for name, there in _kind(cell, part, kind, a).items():
                has[name] = has.get(name, 0) | int(there)
        here["weight"] = _weight(cell, part, both[side], here)
    rows[0]["reservoir"] = reservoir(cell) if has.get("reservoirs") else 0.0
    return rows, counted(**several, **has, remade=2 if several else 0)


def pores_of(cell: Cell) -> float:
    """Volume of the pores of electrodes and separator as made, per electrode area [m]."""
    parts = [part for part in (*PARTS, "separator") if not (part == PARTS[0] and has_foil(cell))]
    return float(
        sum(cell.value(f"{part}/thickness") * cell.mean(f"{part}/electrolyte volume fraction") for part in parts)
    )


def reservoir(cell: Cell) -> float:
    """Electrolyte beyond the pores of the cell as made, per electrode area [m]."""
    return (cell.value("design/electrolyte fill factor") - 1.0) * pores_of(cell)


def _kind(cell: Cell, part: str, kind: Kind, a: Any) -> dict[str, bool]:
    """Fill the record of a kind of particle of an electrode; which states it needs."""
    phase, options = kind.phase, cell.options(kind.phase)
    _as_even_as_needed(cell, part, options)
    for field, key in PLAIN.items():
        a[field] = number(cell, phase, key)
    a["R_p"], a["active"] = kind.radius, a["active"] * share_of_phase(cell, part, kind)
    a["T_ref"] = cell.value("cell/reference temperature")
    a["sei"], a["plating"] = SEI_LAWS[options["SEI"]], PLATING_LAWS[options["lithium plating"]]
    if options["coulombic inefficiency of particles"] != "none":
        efficiency = number(cell, phase, "coulombic efficiency of particles")
        a["inefficiency"] = (1.0 - efficiency) / efficiency
        a["plating"] = a["plating"] or laws.INEFFICIENT
    a["alpha"] = number(cell, phase, "SEI growth transfer coefficient") if "(asymmetric)" in options["SEI"] else 0.5
    if options["SEI film resistance"] == "distributed":
        a["rho"] = number(cell, phase, "SEI resistivity")
    cracks, loss = options["particle mechanics"] == "swelling and cracking", options["loss of active material"]
    a["on_cracks"] = int(options["SEI on cracks"] == "true")
    a["stressed"] = int(cracks or "stress" in loss)
    for field, word, key in LOSSES:
        if word in loss:  # of all active material that the value is stated for, of which this is a part
            whole = active_fraction(cell, stated(cell, phase, key).rpartition("/")[0])
            a[field] = number(cell, phase, key) * (a["active"] / whole)
    if "reaction" in loss:
        a["by_reaction"] = number(cell, phase, "reaction-driven LAM factor")
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
    _wearing(cell, part, phase, options, a)
    a["solvent"] = number(cell, phase, "solvent volume per SEI lithium") if options["dry-out"] != "none" else 0.0
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


def share_of_phase(cell: Cell, part: str, kind: Kind) -> float:
    """Share of a kind of particle in the active material of its phase."""
    every = [(one.share * one.radius) for one in kinds_of(cell, part) if one.phase == kind.phase]
    return kind.share * kind.radius / sum(every)


def _weight(cell: Cell, part: str, of_side: Sequence[Kind], rows: Any) -> float:
    """Lithium per electrode area whose error weighs as one of 1 V [C/m2]."""
    films = held = 0.0
    for kind, a in zip(of_side, rows, strict=True):
        films += _first_sei(cell, part, kind, a) if a["sei"] else 0.0
        held += a["content"] * a["active"]
    thickness = number(cell, part, "thickness") if of_side else 0.0
    return max(SHARE * films * thickness, SHARE * LEAST * held * thickness)


def _wearing(cell: Cell, part: str, phase: str, options: dict[str, str], a: Any) -> None:
    """What full cycles do to contact, connection and interphase of the particles."""
    get = lambda key: cell.value(stated(cell, phase, key))  # noqa: E731
    ends = values_of(cell, part)
    a["window"] = ends("maximum stoichiometry") - ends("minimum stoichiometry")
    a["strain"], a["P"] = get("volume change"), pressure(cell)
    if options[CONTACT] != "none":
        a["parting"], a["healing"] = get("contact loss"), get("contact healing")
    if options[CONNECTION] != "none":
        a["cutting_off"] = get("connection loss")
    if options[INTERPHASE] != "none":
        per_area = coated(get("cycling interphase growth"), get("coating coverage"), get("coating factor"))[0]
        covered = stated(cell, phase, "cycling interphase growth").rpartition("/")[0]
        a["interphase"] = per_area * surface_area(cell, covered) * ends("thickness")


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


def _first_sei(cell: Cell, part: str, kind: Kind, a: Any) -> float:
    """Lithium in the SEI of one kind of particle of the fresh cell, as charge per volume of the electrode [C/m3]."""
    return float(a["L_0"] * surface_area(cell, part) * kind.share * F * a["z"] / a["V_sei"])


def fresh(cell: Cell, sys: System, y: Any) -> None:
    """The slow states of a fresh cell into the fields y of its state."""
    volume, counts, both = sys.volume, sys.counts, kinds(cell)
    for side, part in enumerate(PARTS):
        here = np.flatnonzero(volume["side"] == side)
        dx = volume["dx"][here]
        surface = volume["area"][here] / (surface_area(cell, part) * dx) if both[side] else 1.0
        for k, kind in enumerate(both[side]):
            a = sys.ageing[k + side * max(len(both[0]), 1)]
            if counts["sei"] and a["sei"]:
                first = _first_sei(cell, part, kind, a)
                y.sei[k, here] = first * dx * surface
                if counts["sei_on_cracks"] and a["on_cracks"]:
                    thin = number(cell, kind.phase, "initial SEI on cracks thickness")
                    y.sei_on_cracks[k, here] = first * dx * thin / a["L_0"] * surface
            if counts["plating"] and a["plating"]:
                first = number(cell, kind.phase, "initial plated lithium concentration")
                y.plated[k, here] = F * dx * first * kind.share
            if counts["cracking"]:
                y.crack[k, here] = number(cell, kind.phase, "initial crack length")
            if counts["loss"]:
                y.active[k, here] = a["active"]
        if counts["clogging"]:
            y.porosity[here] = volume["eps"][here]
        if counts["wearing"]:
            y.touching[:, here] = y.contact[:, here] = 1.0
    if counts["reservoirs"]:
        y.reserve[:], y.wetted[:] = sys.ageing[0]["reservoir"], 1.0
        y.reserve_salt[:] = sys.c_ref * sys.ageing[0]["reservoir"]
