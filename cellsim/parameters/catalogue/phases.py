"""Phases of a composite electrode: how a file lists them, and which quantities each has of its own.

A file gives `"phases": {"primary": {...}, "secondary": {...}}` under a porous electrode; the path of a quantity is
"negative electrode/secondary/particle radius".  What is no quantity of a phase is one of the electrode: its windows are
those of the mean stoichiometry, the lithium in all phases over what all of them can hold.  Options and quantities of
ageing are those of the electrode, or of a phase that states its own.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from . import hysteresis, kinetics

PHASES = "phases"
ORDINALS = (
    "primary",
    "secondary",
    "tertiary",
    "quaternary",
    "quinary",
    "senary",
    "septenary",
    "octonary",
    "nonary",
    "denary",
)
OF_PHASE = (
    "active material volume fraction",
    "particle radius",
    "surface area per unit volume",
    "particle radius standard deviation",
    "particle size classes",
    "particle size histogram",
    "particle diffusivity",
    "diffusivity activation energy",
    "maximum concentration",
    "open-circuit potential",
    "entropic change coefficient",
    "exchange-current density",
    "exchange-current shape",
    "exchange-current electrolyte shape",
    "exchange-current activation energy",
    "film resistance",
    "initial stoichiometry",
    *hysteresis.QUANTITIES,
    *kinetics.QUANTITIES,
)


def parted(key: str) -> tuple[str, str]:
    """(phase, quantity) of a key of an electrode, such as "secondary/particle radius"; phase "" if it has none."""
    phase, slash, rest = key.partition("/")
    return (phase, rest) if slash else ("", key)


def phases_of(keys: Iterable[str]) -> tuple[str, ...]:
    """The phases that keys of an electrode belong to, in order; () without."""
    return _phases_of(tuple(keys))


@lru_cache(maxsize=256)
def _phases_of(keys: tuple[Any, ...]) -> tuple[str, ...]:
    found = {key.partition("/")[0] for key in keys if isinstance(key, str) and "/" in key} - {""}
    if not found:
        return ()
    return tuple(sorted(found, key=lambda name: (ORDINALS.index(name) if name in ORDINALS else len(ORDINALS), name)))


def flattened(raw: Any) -> Any:
    """The content of a file with quantities of phases under keys "phase/quantity"; invalid phases stay as they are."""
    if not isinstance(raw, dict):
        return raw
    for section, content in raw.items():
        phases = content.get(PHASES) if isinstance(content, dict) else None
        if isinstance(phases, dict) and phases and all(isinstance(one, dict) and one for one in phases.values()):
            flat = {key: value for key, value in content.items() if key != PHASES}
            for phase, quantities in phases.items():
                flat |= {f"{phase}/{key}": value for key, value in quantities.items()}
            raw = raw | {section: flat}
    return raw


def nested(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The content as a file has it: the opposite of `flattened`."""
    out = dict(raw)
    for section, content in raw.items():
        phases = phases_of(content) if section.endswith("electrode") and isinstance(content, dict) else ()
        if phases:
            plain = {key: value for key, value in content.items() if not parted(key)[0]}
            listed = {
                phase: {parted(key)[1]: value for key, value in content.items() if parted(key)[0] == phase}
                for phase in phases
            }
            out[section] = plain | {PHASES: listed}
    return out
