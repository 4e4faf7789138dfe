"""Cells from BPX files (Battery Parameter eXchange, 0.1 to 1.x), without executing anything in them.

BPX does not describe the masses and current collectors that a cellsim parameter set requires; they are assumed.
Entries that a run does not use become remarks of the cell; entries that would make a run wrong are refused.
"""

import re
from collections.abc import Collection, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ...physics.constants import ZERO_CELSIUS
from ...support.files import cut, quoted
from ..catalogue.quantities import ONLY_MODEL
from ..cell import Cell
from ..laws.law import finite
from ..reading import is_bpx, read, warn_of_remarks
from .bpx_electrodes import electrode, record, solids
from .bpx_names import (
    AREA,
    ASSUMED,
    CELL,
    CONDUCTS,
    DENSITY,
    DESIGN,
    ELECTROLYTE,
    FACTOR,
    HYSTERESIS,
    INITIAL_SALT,
    INITIAL_SOC,
    NOT_IN_SPM,
    PAIRS,
    PARTICLE,
    PARTS,
    SALT,
    SALT_OF_OTHERS,
    SEPARATOR,
    SOURCE,
    SPECIFIC_HEAT,
    SPM_ONLY,
    STARTS,
    STATE,
    SURFACE,
    T_AROUND,
    T_REFERENCE,
    T_START,
    TRANSFER,
    VOLUME,
)


def read_bpx(path: str | PathLike[str], design: dict[str, Any] | None = None) -> Cell:
    """The `Cell` of a BPX file (porous electrodes of one material or blended; versions 0.1 to 1.x).

    design: content of the section "design" of a cellsim parameter file, with the sources "bpx" and "assumed".
    By default a pouch cell with typical foils and densities, marked as assumed: voltages do not depend on them,
    masses and energy densities do.

    Expressions in x are restricted as in cellsim's own files; tables are interpolated by monotone cubics.  The active
    material volume fraction is surface area x radius / 3; the heat capacity [J/K] is density x volume x specific
    heat; the cooled surface is the external surface.

    Files for the model SPM state no electrolyte, separator, porosities and conductivities: assumed values stand for
    them, runs of the cell are those of an SPM, and other models are refused (`Cell.only_model`).

    A blended electrode has its materials as phases (primary, secondary, ...), and its window is the mean of theirs: at
    rest they share the lithium at one potential; the remarks say where the file's windows do not.

    Entries that a run does not use (initial temperature and state of charge, thermal conductivity, measured runs in
    "Validation", entries of "User-defined") are listed in `Cell.remarks` and in a `CellsimWarning`.

    Raises ParameterError: unreadable file, unsupported model or electrode, hysteresis branches, degradation, or
    unknown, missing or invalid values; the message lists all faults.
    """
    cell = cell_of(read(path), Path(path), design)
    warn_of_remarks(cell)
    return cell


def cell_of(raw: Any, path: Path, design: dict[str, Any] | None = None) -> Cell:
    """The cell of the content of a BPX file; path: names the file in messages.  Raises ParameterError."""
    header = raw.get("Header") if isinstance(raw, dict) else None
    if not isinstance(header, dict) or not is_bpx(raw) or "BPX" not in header:
        raise ParameterError(f"{cut(path.name)}: not a BPX file: it needs Header/BPX and Parameterisation")
    file = _File(path, raw)
    content = file.read()
    if file.faults:
        raise ParameterError("\n".join(f"{cut(path.name)}: {cut(fault, 300)}" for fault in file.faults[:50]))
    title, description = (str(header.get(k) or path.stem) for k in ("Title", "Description"))
    head = {
        "title": title,
        "description": description,
        "kind": "liquid",
        "remarks": file.remarks,
        "sources": {
            SOURCE: {"citation": f"BPX file {path.name}: {title}"},
            ASSUMED: {"citation": "assumption of cellsim: BPX does not describe the cell's design"},
        },
    }
    return Cell.from_json(head | content | {"design": design or _typical(file.pairs)}, path.stem, path)


class _File:
    """A BPX file being read, with its faults, and remarks on unused entries."""

    def __init__(self, path: Path, raw: dict[str, Any]) -> None:
        self.path, self.raw, self.header, self.parts = path, raw, raw["Header"], raw["Parameterisation"]
        self.faults: list[str] = []
        self.remarks: list[str] = []
        self.pairs = 1.0
        self.hysteresis: dict[str, dict[str, Any]] = {}  # initial states by their names in the file, and by material
        self.only: dict[str, str] = {}  # model that the file has the numbers of
        self.assumed: set[tuple[str, str]] = set()  # sections and keys that the file leaves out
        cell = self.parts.get("Cell") if isinstance(self.parts, dict) else None
        stated = cell.get(T_REFERENCE) if isinstance(cell, dict) else None
        self.T_ref = float(stated) if stated is not None and finite(stated) else ZERO_CELSIUS + 25.0

    def read(self) -> dict[str, Any]:
        """The sections of a cellsim parameter file without the design; empty if there are faults."""
        self._header()
        parts = {}
        for name in PARTS:
            parts[name] = self._part(name)
        self._rest()
        state = self._state()
        if self.faults:
            return {}
        self._model(parts)
        electrolyte = parts["Electrolyte"] | state.pop("electrolyte")
        if SALT not in electrolyte:
            electrolyte[SALT] = SALT_OF_OTHERS
            self.assumed.add(("Electrolyte", SALT))
            self.remarks.append(f"no initial electrolyte concentration is stated; {SALT_OF_OTHERS:g} mol/m3 is assumed")
        return {
            "cell": self._cell(parts["Cell"] | state.pop("cell"), state) | self.only,
            "negative electrode": electrode(self, "Negative electrode", parts["Negative electrode"]),
            "separator": self.section("Separator", parts["Separator"], "separator", SEPARATOR),
            "positive electrode": electrode(self, "Positive electrode", parts["Positive electrode"]),
            "electrolyte": self.section("Electrolyte", electrolyte, "electrolyte", ELECTROLYTE),
        }

    def _header(self) -> None:
        version = re.match(r"([01])(?:\.(\d+))?(\.|$)", str(self.header["BPX"])[:20])
        if version is None:
            self.faults.append(f"BPX version {quoted(self.header['BPX'])} is not supported; versions 0.1 to 1.x are")
        elif version[1] == "0" and int(version[2] or 0) < 3:
            self.remarks.append(FACTOR)
        model = self.header.get("Model")
        if model not in ("DFN", "SPMe", "SPM"):
            self.faults.append(f"model {quoted(model)} is not supported; DFN, SPMe and SPM are")

    def _part(self, name: str) -> dict[str, Any]:
        """A section, with the entries of its single "Particle" merged into it."""
        content = self.parts.get(name) if isinstance(self.parts, dict) else None
        if content is None and self.header.get("Model") == "SPM" and name in ("Electrolyte", "Separator"):
            return {}
        if not isinstance(content, dict):
            self.faults.append(f"Parameterisation/{name}: missing section; add it")
            return {}
        content = {key: value for key, value in content.items() if value is not None}
        particles = content.pop(PARTICLE, None)
        if isinstance(particles, dict) and particles and all(isinstance(one, dict) for one in particles.values()):
            materials = {
                str(label): {key: value for key, value in one.items() if value is not None}
                for label, one in particles.items()
            }
            content |= {PARTICLE: materials} if len(materials) > 1 else next(iter(materials.values()))
        elif particles is not None:
            self.faults.append(f"{name}/{PARTICLE}: must be an object of materials by name, found {quoted(particles)}")
        return content

    def _model(self, parts: dict[str, dict[str, Any]]) -> None:
        """What follows from the model of the file: assumed values for what one for the SPM leaves out."""
        model = self.header["Model"]
        left_out = NOT_IN_SPM if model == "SPM" else {}
        gaps = {name: [key for key in values if key not in parts[name]] for name, values in left_out.items()}
        for name, keys in gaps.items():
            room = 1.0
            if "Porosity" in keys and name != "Separator":
                room = 1.0 - (solids(parts[name]) or 0.0)
            for key in keys:
                value = NOT_IN_SPM[name][key]
                parts[name][key] = min(value, 0.5 * room) if key == "Porosity" and room > 0.0 else value
                self.assumed.add((name, key))
        missing = [f"{name} ({', '.join(keys)})" for name, keys in gaps.items() if keys]
        if missing:
            self.only = {ONLY_MODEL: model}
            self.remarks.append(SPM_ONLY.format("; ".join(missing)))
        elif model != "DFN":
            self.remarks.append(f"the file was made for the model {model}; run it with model=cellsim.{model}()")

    def _rest(self) -> None:
        """Entries beside the sections of the cell."""
        own = self.parts if isinstance(self.parts, dict) else {}
        beside = {
            **{k: v for k, v in own.items() if k not in PARTS},
            **{k: v for k, v in self.raw.items() if k not in ("Header", "Parameterisation", "State")},
        }
        for key, content in beside.items():
            if not content:
                continue
            names = [str(k) for k in content] if isinstance(content, dict) else []
            branches = [k for k in names if HYSTERESIS.search(k)] if key == "User-defined" else []
            if branches:
                self.faults.append(
                    f"User-defined/{cut(branches[0])}: a hysteresis is read from the entries of BPX only, and a run "
                    "without it would be wrong; give 'OCP (lithiation) [V]' and 'OCP (delithiation) [V]'"
                )
            elif key == "Validation":
                self.remarks.append(f"Validation: measured runs are not used ({cut(', '.join(names))})")
            elif key == "User-defined":
                self.remarks.append(f"User-defined: not used ({cut(', '.join(names), 300)})")
            elif key != "$schema":
                known = ", ".join((*PARTS, "User-defined", "Validation", "State"))
                self.faults.append(f"{cut(key)}: unknown section; known: {known}")

    def _state(self) -> dict[str, Any]:
        """The section "State" of BPX 1.x: values for the cell and the electrolyte, and the initial state of charge."""
        given = self.raw.get("State") or {}
        if not isinstance(given, dict):
            self.faults.append(f"State: must be an object, found {quoted(given)}")
            return {}
        state: dict[str, float] = {}
        for section, content in given.items():
            if section not in STATE or not isinstance(content, dict):
                self.faults.append(f"State/{cut(section)}: must be an object and one of {', '.join(STATE)}")
                continue
            for key, value in content.items():
                self._stated(section, key, value, state)
        return {
            "cell": {key: state[key] for key in (T_START, T_AROUND, TRANSFER) if key in state},
            "electrolyte": {SALT: state[INITIAL_SALT]} if INITIAL_SALT in state else {},
            "soc": state.get(INITIAL_SOC, 1.0),
        }

    def _stated(self, section: str, key: str, value: Any, state: dict[str, float]) -> None:
        """Check an entry of the section "State" and put it into `state`."""
        if key in STARTS.values() and section == "Initial conditions":
            self._begun(section, key, value)
        elif key not in STATE[section]:
            self.faults.append(f"State/{section}/{cut(key)}: unknown quantity; known: {', '.join(STATE[section])}")
        elif value is not None and not finite(value):
            self.faults.append(f"State/{section}/{key}: a number is needed, found {quoted(value)}")
        elif section == "Degradation" and value:
            self.faults.append(
                f"State/{section}/{key}: {value:g}: degraded states are not supported; give the present "
                "parameters of the cell"
            )
        elif value is not None:
            state[key] = value

    def _begun(self, section: str, key: str, value: Any) -> None:
        """An initial state of hysteresis: a number, or one for each material by its name."""
        each = value if isinstance(value, dict) else {"": value}
        for one in each.values():
            if one is not None and not finite(one):
                self.faults.append(f"State/{section}/{key}: a number is needed, found {quoted(one)}")
        self.hysteresis[key] = {label: one for label, one in each.items() if one is not None}

    def _cell(self, content: dict[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
        def number(key: str) -> float:
            return self.number("Cell", content, key)

        self.pairs, area = number(PAIRS), number(AREA)
        heat = [key for key in (DENSITY, VOLUME, SPECIFIC_HEAT) if key in content]
        if T_AROUND not in content and T_REFERENCE in content:
            content[T_AROUND] = content[T_REFERENCE]
            self.remarks.append("no ambient temperature is stated; the reference temperature is used")
        used = {DENSITY, VOLUME, SPECIFIC_HEAT, CONDUCTS, T_START, PAIRS, AREA}
        records = self.section("Cell", content, "cell", CELL, used)
        records["electrode area"] = record("cell", "electrode area", self.pairs * area, "pairs x area of a pair")
        records["operating pressure"] = record("cell", "operating pressure", 101325.0, "not in BPX", ASSUMED)
        if len(heat) == 3:
            capacity = number(DENSITY) * number(VOLUME) * number(SPECIFIC_HEAT)
            records["heat capacity"] = record("cell", "heat capacity", capacity, "density x volume x specific heat")
        else:
            reason = (
                f"{' and '.join(heat)} alone do not determine the heat capacity"
                if heat
                else "no heat capacity is stated"
            )
            self.remarks.append(
                f"{reason}; a run with heat uses the heat capacity of an assumed design unless "
                "cellsim.Lumped(heat_capacity=...) is given"
            )
        if SURFACE not in content:
            self.remarks.append(
                "no external surface area is stated; a run with heat uses that of an assumed design "
                "unless cellsim.Lumped(cooling_area=...) is given"
            )
        if CONDUCTS in content:
            self.remarks.append(
                f"{CONDUCTS} is not used: BPX does not say in which direction; give cell/thermal conductivity"
            )
        start = content.get(T_START)
        if start is not None and start != content.get(T_AROUND):
            self.remarks.append(
                f"{T_START} {quoted(start)} is not used by default; give simulate "
                f"temperature={quoted(start)} and ambient={quoted(content.get(T_AROUND))}"
            )
        if state["soc"] != 1.0:
            self.remarks.append(
                f"Initial state-of-charge {state['soc']:g} is not used by default; give simulate soc={state['soc']:g}"
            )
        return records

    def section(
        self,
        name: str,
        content: Mapping[str, Any],
        section: str,
        names: Mapping[str, str],
        computed: Collection[str] = (),
    ) -> dict[str, Any]:
        """A section under the names of cellsim.  Missing keys are reported by the checks of the cell."""
        for key in sorted(set(content) - set(names) - set(computed))[:10]:
            self.faults.append(f"{name}/{cut(key)}: unknown quantity; known: {', '.join(names)}")
        return {
            key: record(section, key, content[bpx], "not in the file", ASSUMED)
            if (name, bpx) in self.assumed
            else record(section, key, content[bpx])
            for bpx, key in names.items()
            if bpx in content
        }

    def number(self, name: str, content: Mapping[str, Any], key: str) -> float:
        given = content.get(key)
        if given is None or not finite(given):
            self.faults.append(f"{name}/{key}: a number is needed, found {quoted(given)}")
            return 1.0
        return float(given)


def _typical(pairs: float) -> dict[str, Any]:
    """A design whose values are marked as assumed, except for the number of electrode pairs."""
    assumed = {k: record("design", k, v, "typical; not in BPX", ASSUMED) for k, v in DESIGN.items()}
    key = "number of electrode pairs"
    return {"format": "pouch", key: record("design", key, pairs)} | assumed
