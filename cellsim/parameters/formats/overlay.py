"""Ageing overlays: files with options and rates of ageing that can be laid over any parameter set.

An overlay has the form of a parameter file, with the sections of the electrodes only and in them nothing but what
`parameters.catalogue.ageing` lists, for particles and for lithium metal.  Its rates were chosen for, or fitted to,
another cell: the cell that comes out says so in its remarks, and so does every result of a run in which it ages.
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ...support.arguments import near
from ...support.files import cut, quoted
from ...support.renamed import by_name
from ..catalogue import PHASES, ageing
from ..cell import Cell
from ..load import home, load
from ..reading import read

FOLDER = "ageing"  # beside the packaged parameter sets
REMARK = "ageing overlay "  # how the remark of an overlay begins
HEAD = ("title", "description")
KNOWN = ("format", "kind", "sources", *HEAD, *ageing.SIDES)
METHODS = ("literature", "assumed")
PORES = ("SEI porosity change", "lithium plating porosity change")


@by_name
def overlays() -> list[str]:
    """Names of the packaged ageing overlays."""
    return sorted(path.stem for path in (home() / FOLDER).glob("*.json"))


@by_name
def with_overlay(cell: "str | os.PathLike[str] | Cell", overlay: "str | os.PathLike[str]") -> Cell:
    """The cell with the options and rates of ageing of an overlay in place of its own.

    cell: as for `load`.  overlay: a name of `overlays()`, or the path of a file that ends in .json.  What the overlay
    leaves out stays as the set has it; `Cell.with_ageing` chooses among the mechanisms afterwards.  Options and most
    quantities are of particles, those of `catalogue.ageing.OF_METAL` of lithium metal: an electrode to which nothing of
    its section applies stays as it is, and the remark says so.  Pores keep their volume where the set
    states a transport efficiency, from which no porosity follows.  Of a composite electrode it holds for all phases.
    Raises ParameterError: unknown name, unreadable file, all faults in the file, no electrode that it applies to.
    """
    cell = load(cell)
    name, raw = _content(overlay)
    content = cell.to_json()
    sections, notes = _cited(raw, content, name), []
    if raw["kind"] != cell.kind:
        notes.append(f"its laws are of a {raw['kind']} electrolyte, and that of this cell is {cell.kind}")
    for part, section in sections.items():
        if applies := _applying(section, content[part].get("type")):
            content[part] |= applies
            notes += _fixed_pores(content[part], part)
            notes += _of_all_phases(content[part], applies, part)
        else:
            notes.append(f"the {part} is {content[part].get('type')}, to which it does not apply")
    if not any(_applying(section, content[part].get("type")) for part, section in sections.items()):
        kinds = ", ".join(f"the {part} of {cell.name} is {content[part].get('type')}" for part in sections)
        raise ParameterError(f"{name}: applies to particles, and {kinds}; state interphase and voids in the set itself")
    words = f"{REMARK}{name}, {raw['title']}: its rates and constants are assumed for this cell, not fitted to it"
    content["remarks"] = [*content.get("remarks", ()), "; ".join([words, *notes])]
    return Cell.from_json(content, cell.name, cell.path, f"{cell.name} with {REMARK}{name}")


def _applying(section: dict[str, Any], kind: Any) -> dict[str, Any]:
    """What of a section is of electrodes of a kind."""
    if kind == "lithium metal":
        return {key: record for key, record in section.items() if key in ageing.OF_METAL}
    if kind != "porous":
        return {}
    return {key: record for key, record in section.items() if key in ageing.OPTIONS or key in ageing.QUANTITIES}


def overlay_remarks(cell: Cell) -> tuple[str, ...]:
    """The remarks on overlays of a cell that ages; () if it has none, or if its options turn all of it off."""
    ages = any(value not in ageing.OFF for part in ageing.SIDES for value in cell.options(part).values())
    metal = ageing.SIDES[0]
    if cell.text(f"{metal}/type") == "lithium metal":
        ages = ages or any(cell.value(f"{metal}/{key}") != off for key, off in ageing.AGES_METAL.items())
    return tuple(remark for remark in cell.remarks if ages and remark.startswith(REMARK))


def _content(overlay: "str | os.PathLike[str]") -> tuple[str, dict[str, Any]]:
    """Name and checked content of an overlay."""
    if not isinstance(overlay, str | os.PathLike):
        raise ParameterError(
            f"an ageing overlay is a name or the path of a .json file, not {quoted(overlay)}; "
            f"known: {', '.join(overlays())}"
        )
    path = Path(overlay)
    if path.suffix.lower() == ".json":
        return path.stem, _checked(read(path), cut(path.name))
    return str(overlay), _packaged(str(overlay))


@lru_cache(maxsize=64)
def _packaged(name: str) -> dict[str, Any]:
    if name not in overlays():
        raise ParameterError(f"unknown ageing overlay {cut(name)!r}; {near(name, overlays())}")
    return _checked(read(home() / FOLDER / f"{name}.json"), f"{name}.json")


def _checked(raw: Any, place: str) -> dict[str, Any]:
    """The content of an overlay; values, units and sources are checked with those of the cell that it is laid over."""
    found = list(_faults(raw))
    if found:
        raise ParameterError("\n".join(f"{place}: {cut(text, 400)}" for text in found))
    return {"kind": "liquid", **raw}


def _faults(raw: Any) -> Iterator[str]:
    """What an overlay must not have, or lacks, one sentence each."""
    if not isinstance(raw, dict):
        yield f"the file must contain a JSON object, found {quoted(raw)}; see parameter_sets/README.md"
        return
    yield from (f"{key}: not part of an ageing overlay; known: {', '.join(KNOWN)}" for key in raw if key not in KNOWN)
    yield from (f"{key}: missing; give it as a string" for key in HEAD if not isinstance(raw.get(key), str))
    if raw.get("kind", "liquid") not in ("liquid", "solid"):
        yield f'kind: must be "liquid" or "solid", found {quoted(raw["kind"])}'
    if raw.get("format", 1) != 1:
        yield f"format: must be 1, found {quoted(raw['format'])}: the file was written for another version of cellsim"
    if not isinstance(raw.get("sources"), dict) or not raw["sources"]:
        yield "sources: missing; list every source with its citation"
    if not any(part in raw for part in ageing.SIDES):
        yield f"ages nothing; add a section {' or '.join(map(repr, ageing.SIDES))}"
    for part in ageing.SIDES:
        if part in raw:
            yield from (f"{part}{text}" for text in _faults_of_electrode(raw[part]))


def _faults_of_electrode(section: Any) -> Iterator[str]:
    """Faults of the section of an electrode, each as what follows its name."""
    if not isinstance(section, dict) or not section:
        yield f": must be an object with options and quantities of ageing, found {quoted(section)}"
        return
    for key, record in section.items():
        if key not in ageing.OPTIONS and key not in ageing.QUANTITIES and key not in ageing.OF_METAL:
            known = near(key, [*ageing.QUANTITIES, *ageing.OPTIONS, *ageing.OF_METAL])
            yield f"/{key}: not of ageing, which is all that an overlay may change; {known}"
        elif isinstance(record, dict) and record.get("method") not in METHODS:
            yield (
                f"/{key}: method {quoted(record.get('method'))}; choose {' or '.join(METHODS)}: on the cells that an "
                "overlay is laid over nothing of it was measured or fitted; say in the note on which cell it was"
            )


def _fixed_pores(electrode: dict[str, Any], part: str) -> list[str]:
    """Turn off what an electrode with a transport efficiency cannot have, and what is to be said of it."""
    asked = [key for key in PORES if electrode.get(key) == "true"]
    if "transport efficiency" not in electrode or not asked:
        return []
    electrode |= dict.fromkeys(asked, "false")
    return [f"pores of the {part} keep their volume, as the set states a transport efficiency"]


def _of_all_phases(electrode: dict[str, Any], applies: dict[str, Any], part: str) -> list[str]:
    """Let an overlay hold for all phases of an electrode that is composite, and what is to be said of it."""
    phases = electrode.get(PHASES, {})
    for name, phase in phases.items():
        phases[name] = {key: record for key, record in phase.items() if key not in applies}
    return [f"all phases of the {part} age by it, each by its own potential, stress and surface"] if phases else []


def _cited(raw: dict[str, Any], content: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """The sections of an overlay, and its sources into a content: under another key where the set has another of it."""
    known = content["sources"]
    keys = {
        key: f"{key} ({name})" if known.get(key, source) != source else key for key, source in raw["sources"].items()
    }
    known |= {keys[key]: source for key, source in raw["sources"].items()}
    return {
        part: {
            key: record | {"source": keys[record["source"]]}
            if isinstance(record, dict) and isinstance(record.get("source"), str) and record["source"] in keys
            else record
            for key, record in raw[part].items()
        }
        for part in ageing.SIDES
        if part in raw
    }
