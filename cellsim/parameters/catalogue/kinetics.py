"""Laws of charge transfer in porous electrodes, named as in PyBaMM, and which quantities each needs.

A parameter set states the law of either electrode, or of a phase, beside its quantities, and `Cell.with_kinetics`
chooses others.
"""

from collections.abc import Mapping
from typing import Any

from .by_phase import Texts, path_of, phases_in, spread, stray
from .name import Name, may, note

OPTION = "intercalation kinetics"
SYMMETRIC, ASYMMETRIC = "symmetric Butler-Volmer", "asymmetric Butler-Volmer"
LINEAR, MARCUS, METAL = "linear", "Marcus", "Marcus-Hush-Chidsey"
ANODIC, CATHODIC, ENERGY = "anodic transfer coefficient", "cathodic transfer coefficient", "reorganisation energy"
LAWS: dict[str, tuple[str, ...]] = {
    SYMMETRIC: (),
    ASYMMETRIC: (ANODIC,),
    LINEAR: (),
    MARCUS: (ENERGY,),
    METAL: (ENERGY,),
}
QUANTITIES: dict[str, Name] = {
    ANODIC: may("1", "share of the overpotential that drives the anodic (delithiation) reaction", 0.5, 0.05, 0.95),
    CATHODIC: note("1", "the same of the cathodic reaction; 1 less the anodic one if left out", 0.05, 0.95),
    ENERGY: note("eV", "of the laws of Marcus, whose exchange-current density is their prefactor", 0.01, 5.0),
}


def lacking(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path, sentence) for what the laws of an electrode need and its content does not have."""
    found = stray(raw, OPTION, "intercalation kinetics")
    for phase in phases_in(raw) if raw.get("type") == "porous" else ():
        law = raw.get(path_of(phase, OPTION), SYMMETRIC)
        missing = [key for key in LAWS.get(law, ()) if path_of(phase, key) not in raw]
        if missing:
            wanted = ", ".join(f"'{key}' [{QUANTITIES[key].unit}]" for key in missing)
            found.append((path_of(phase, OPTION), f"{law!r} needs {wanted}; add it, or choose {SYMMETRIC!r}"))
    return found


def resolved(laws: Any, contents: Mapping[str, Any], name: str) -> Texts:
    """By electrode: options and their values, from a text for all materials, or a pair.  Raises ParameterError."""
    return spread(laws, contents, LAWS, OPTION, f"{name}: kinetics", lambda part, phase, law, everywhere: law)
