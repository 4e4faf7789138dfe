"""A cell as a BPX file of version 1.1, with a list of what such a file cannot carry."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from ...design.cell import build
from ...design.thermal import NATURAL, cooling_area, heat_capacity
from ...errors import ParameterError
from ...models.electrodes import electrode_of, phases
from ...models.graded import graded
from ...models.initial import of_phases
from ...models.volumes import electronic_conductivity, touching, transport_efficiency
from ...parameters import Cell, load
from ...parameters.catalogue import hysteresis
from ...parameters.catalogue.quantities import ELECTRONIC
from ...parameters.formats import bpx_names as names
from ...physics.constants import F
from ...support.arguments import file_path
from ...support.files import cut, replacing
from ...support.renamed import by_name
from .laws import Written
from .lost import lost_of

VERSION = "1.1.0"
SUFFIXES = (".json",)
PARTS = ("negative electrode", "positive electrode")
FIXED = "its design (but for pairs, surface, volume, density and specific heat), pressures, provenance of values"
LAWS: dict[str, dict[str, tuple[str, str | None]]] = {
    "electrolyte": {
        "conductivity": ("Conductivity [S.m-1]", "Conductivity activation energy [J.mol-1]"),
        "diffusivity": ("Diffusivity [m2.s-1]", "Diffusivity activation energy [J.mol-1]"),
    },
    "electrode": {
        "particle diffusivity": ("Diffusivity [m2.s-1]", "Diffusivity activation energy [J.mol-1]"),
        "open-circuit potential": ("OCP [V]", None),
        "entropic change coefficient": ("Entropic change coefficient [V.K-1]", None),
    },
}
ENERGIES = {"particle diffusivity": "diffusivity activation energy"}  # by law, where not "<law> activation energy"
NUMBERS = {  # of a porous electrode, as they are
    "Thickness [m]": "thickness",
    "Porosity": "electrolyte volume fraction",
}
OF_MATERIAL = {  # the same of its particles, or of one of its phases
    "Particle radius [m]": "particle radius",
    "Maximum concentration [mol.m-3]": "maximum concentration",
}


@dataclass(frozen=True)
class BPXFile:
    """The content of a BPX file of version 1.1.

    lost: what the cell has and the file cannot carry, so that a run of it may differ, one sentence each.
    notes: what the file states in another form, and what other programs read otherwise.
    """

    content: dict[str, Any] = field(repr=False)
    lost: tuple[str, ...]
    notes: tuple[str, ...]

    def save(self, path: str | PathLike[str]) -> None:
        """Write the file, which ends in .json; an existing one is kept if that fails.  Raises ReportError."""
        path = file_path("path", path, SUFFIXES)
        with replacing(path) as partial:
            partial.write_text(json.dumps(self.content, indent=2) + "\n", encoding="utf-8")

    def __str__(self) -> str:
        lines = [f"  not carried: {text}" for text in self.lost] + [f"  note: {text}" for text in self.notes]
        return "\n".join([f"BPX {VERSION} of {self.content['Header']['Title']}", *lines])


@by_name
def to_bpx(cell: "str | PathLike[str] | Cell", path: str | PathLike[str] | None = None) -> BPXFile:
    """A cell as a BPX file of version 1.1 (model DFN), saved at `path` if given; a `BPXFile` with `content`, `lost`.

    cell: as for `load`; one with the numbers of the SPM alone becomes a file for the model SPM.
    Transport laws become efficiencies, electronic laws the effective conductivity, the fraction of connected material
    the surface area, partial contact the rate constant, phases the materials of a blend.
    Expressions with other functions than exp, tanh, cosh and roots become tables fine enough to be read linearly.  Laws
    are stated at the reference temperature, with activation energies.  What BPX cannot carry (a thermodynamic factor, a
    transference number that varies, series and film resistances, shapes of the exchange current, ageing) is in `lost`,
    in the description of the file and, where it is a number, among its user-defined entries.

    Raises ParameterError for a cell that would be another one as a BPX file: lithium metal, films, graded electrodes.
    Raises ReportError if the file cannot be written.
    """
    cell = load(cell)
    if path is not None:
        path = file_path("path", path, SUFFIXES)
    for part in PARTS:
        if cell.text(f"{part}/type") != "porous":
            raise ParameterError(
                f"{cell.name}: BPX describes porous electrodes only, and the {part} is {cell.text(f'{part}/type')}; "
                "keep the cell as a file of cellsim (Cell.to_json)"
            )
        if graded(cell, part):
            raise ParameterError(
                f"{cell.name}: {part}: {', '.join(graded(cell, part))} varies over the electrode, which BPX has no "
                "form for; keep the cell as a file of cellsim (Cell.to_json), or give numbers such as cell.mean(path)"
            )
    written = _Writer(cell).file()
    if path is not None:
        written.save(path)
    return written


def inverse(target: float, guess: float, forward: Callable[[float], float]) -> float:
    """The number near `guess` of which `forward` is `target` to the last bit; the nearest one if there is none."""
    best, x = guess, guess
    for _ in range(4):
        x = float(np.nextafter(x, -np.inf))
    for _ in range(9):
        if abs(forward(x) - target) < abs(forward(best) - target):
            best = x
        x = float(np.nextafter(x, np.inf))
    return best


def _of_spm(parts: dict[str, Any]) -> dict[str, Any]:
    """What a file for the model SPM has of the sections of a cell."""
    return {
        name: {key: value for key, value in section.items() if key not in names.NOT_IN_SPM.get(name, ())}
        for name, section in parts.items()
        if name not in ("Electrolyte", "Separator")
    }


class _Writer:
    """A BPX file being written."""

    def __init__(self, cell: Cell) -> None:
        self.cell, self.laws = cell, Written(cell)
        self.lost, self.notes = self.laws.lost, self.laws.notes

    def file(self) -> BPXFile:
        parts: dict[str, Any] = {
            "Cell": self._cell(),
            "Electrolyte": self._electrolyte(),
            "Negative electrode": self._electrode(PARTS[0]),
            "Separator": {
                "Thickness [m]": self.cell.value("separator/thickness"),
                "Porosity": self.cell.value("separator/electrolyte volume fraction"),
                "Transport efficiency": transport_efficiency(self.cell, "separator"),
            },
            "Positive electrode": self._electrode(PARTS[1]),
        }
        dense = [
            part for part in ("separator", *PARTS) if self.cell.value(f"{part}/electrolyte volume fraction") == 1.0
        ]
        if dense:
            self.notes.append(
                f"porosity 1 of the {' and '.join(dense)}: PyBaMM divides by its logarithm and cannot read the file; "
                "state 0.9999 there"
            )
        if self.cell.only_model:
            parts = _of_spm(parts)
        sentences, numbers = lost_of(self.cell)
        lost = (*self.lost, *sentences)
        if numbers:
            parts["User-defined"] = numbers
        return BPXFile(
            {"Header": self._header(lost), "Parameterisation": parts, "State": self._state()}, lost, tuple(self.notes)
        )

    def _header(self, lost: tuple[str, ...]) -> dict[str, Any]:
        words = [self.cell.description, f"Written by cellsim from {self.cell.name}. Not carried: {FIXED}."]
        words += [f"Not carried: {text}." for text in lost]
        return {
            "BPX": VERSION,
            "Title": self.cell.title,
            "Description": " ".join(words),
            "References": "; ".join(dict.fromkeys(source["citation"] for source in self.cell.sources.values())),
            "Model": self.cell.only_model or "DFN",
        }

    def _cell(self) -> dict[str, Any]:
        get = self.cell.value
        area, stated = get("cell/electrode area"), get("design/number of electrode pairs")
        pairs = max(round(stated), 1)
        if pairs != stated:
            self.notes.append(f"{stated:g} electrode pairs are {pairs} larger ones, as BPX takes whole numbers")
        design, capacity = build(self.cell), heat_capacity(self.cell)
        if any(record[0].startswith("design/") and record[4] == "assumed" for record in self.cell.provenance().rows):
            self.notes.append("surface, volume and density may rest on assumed values of the design")
        density = design.mass / design.volume
        return {
            names.AREA: inverse(area, area / pairs, lambda one: pairs * one),
            names.PAIRS: pairs,
            names.SURFACE: cooling_area(self.cell),
            names.VOLUME: design.volume,
            names.DENSITY: density,
            names.SPECIFIC_HEAT: inverse(capacity, capacity / design.mass, lambda c: density * design.volume * c),
            **{
                bpx: get(f"cell/{key}")
                for bpx, key in names.CELL.items()
                if bpx not in (names.T_AROUND, names.SURFACE, names.TRANSFER)
            },
        }

    def _electrolyte(self) -> dict[str, Any]:
        section = {"Cation transference number": self.laws.number("electrolyte/cation transference number")}
        return section | self._laws("electrolyte", "electrolyte")

    def _electrode(self, part: str) -> dict[str, Any]:
        contact, connected = touching(self.cell, part), self.cell.value(f"{part}/utilisation")
        section: dict[str, Any] = {bpx: self.cell.value(f"{part}/{key}") for bpx, key in NUMBERS.items()} | {
            "Transport efficiency": transport_efficiency(self.cell, part),
            "Conductivity [S.m-1]": electronic_conductivity(self.cell, part),
        }
        if not self.cell.is_number(f"{part}/{ELECTRONIC}"):
            law = self.cell.law(f"{part}/{ELECTRONIC}")
            self.lost.append(f"{part}/{ELECTRONIC}: {cut(law, 60)}; BPX has a number, that amid the window at T_ref")
        if contact != 1.0:
            self.notes.append(f"{part}: partial contact ({contact:.4g}) is part of the reaction rate constant")
        if connected != 1.0:
            self.notes.append(f"{part}: utilisation ({connected:.4g}) is part of the surface area")
        windows = self._windows(part)
        if len(windows) == 1:
            return section | self._material(part, windows[0])
        blend = zip(phases(self.cell, part), windows, strict=True)
        return section | {names.PARTICLE: {one.split("/")[1].capitalize(): self._material(one, x) for one, x in blend}}

    def _windows(self, part: str) -> list[tuple[float, float]]:
        """The window of each phase: at rest together at states of charge 0 and 1."""
        ends = [self.cell.value(f"{part}/{end} stoichiometry") for end in ("minimum", "maximum")]
        at = [of_phases(self.cell, part, 1.0, mean, self.laws.T) for mean in ends]
        return list(zip(*at, strict=True))

    def _material(self, part: str, window: tuple[float, float]) -> dict[str, Any]:
        """Entries of the material of an electrode, or of one of its phases."""

        def get(key: str) -> float:
            return self.cell.value(f"{part}/{key}")

        radius, whole = get("particle radius"), electrode_of(part)
        active = get("active material volume fraction") * self.cell.value(f"{whole}/utilisation")
        rate = get("exchange-current density") * touching(self.cell, part)
        section = {bpx: get(key) for bpx, key in OF_MATERIAL.items()} | {
            "Minimum stoichiometry": window[0],
            "Maximum stoichiometry": window[1],
            names.AREA_OF: inverse(active, 3.0 * active / radius, lambda a: a * radius / 3.0),
            names.RATE: inverse(rate, 2.0 * rate / F, lambda k: 0.5 * F * k),
        }
        energy = get("exchange-current activation energy")
        if energy:
            section["Reaction rate constant activation energy [J.mol-1]"] = energy
        return section | self._laws(part, "electrode") | self._hysteresis(part)

    def _hysteresis(self, part: str) -> dict[str, Any]:
        """Branches of a material, and the decay constant where its model has one for both directions."""
        model, section = self.cell.hysteresis(part), dict[str, Any]()
        for bpx, key in names.ELECTRODE.items():
            if key in hysteresis.BRANCHES and self.cell.has(f"{part}/{key}"):
                section[bpx], _ = self.laws.law(f"{part}/{key}")
        if model == hysteresis.ONE_STATE:
            rates = [self.cell.law(f"{part}/{key}").value for key in hysteresis.DECAYS]
            if rates[0] is not None and rates[0] == rates[1]:
                return section | {names.DECAY: rates[0]}
            self.lost.append(f"{part}: decay rates of the hysteresis that differ or vary; BPX has one number")
        elif model != hysteresis.SINGLE:
            self.lost.append(f"{part}: the model of its hysteresis, {model}; BPX has the one-state model alone")
        return section

    def _starts(self) -> dict[str, Any]:
        """Initial states of hysteresis, where there is one."""
        found = {}
        for part in PARTS:
            each = {one: self.cell.value(f"{one}/{hysteresis.INITIAL}") for one in phases(self.cell, part)}
            if all(self.cell.hysteresis(one) == hysteresis.SINGLE for one in each):
                continue
            by_name = {one.partition("/")[2].capitalize(): state for one, state in each.items()}
            found[names.STARTS[part.capitalize()]] = by_name.get("", by_name)
        return found

    def _laws(self, part: str, kind: str) -> dict[str, Any]:
        section: dict[str, Any] = {}
        for key, (bpx, energy) in LAWS[kind].items():
            section[bpx], within = self.laws.law(f"{part}/{key}")  # also 0 for a coefficient that PyBaMM asks for
            if energy is not None:
                total = within + self.cell.value(f"{part}/{ENERGIES.get(key, f'{key} activation energy')}")
                section |= {energy: total} if total else {}
        return section

    def _state(self) -> dict[str, Any]:
        around = self.cell.value("cell/ambient temperature")
        transfer = f"cell/{names.CELL[names.TRANSFER]}"
        stated = self.cell.has(transfer)
        if not stated:
            self.notes.append(f"heat transfer coefficient: not stated by the cell; {NATURAL:g} W/m2/K is assumed")
        salt = {names.INITIAL_SALT: self.cell.value("electrolyte/initial concentration")}
        salt = {} if self.cell.only_model else salt
        return {
            "Initial conditions": {names.INITIAL_SOC: 1.0, names.T_START: around, **salt, **self._starts()},
            "Thermal environment": {
                names.T_AROUND: around,
                names.TRANSFER: self.cell.value(transfer) if stated else NATURAL,
            },
        }
