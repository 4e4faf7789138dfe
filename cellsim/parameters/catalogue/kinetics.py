"""Laws of charge transfer in porous electrodes, named as in PyBaMM, and which quantities each needs.

A parameter set states the law of either electrode, or of a phase, beside its quantities, and `Cell.with_kinetics`
chooses others.  Diffusion in the particles, PyBaMM's option "particle", is stated likewise: `Cell.with_particle`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .by_phase import Texts, path_of, phases_in, spread, stray
from .name import Name, may, note

OPTION = "intercalation kinetics"
SYMMETRIC, ASYMMETRIC = "symmetric Butler-Volmer", "asymmetric Butler-Volmer"
LINEAR, MARCUS, METAL = "linear", "Marcus", "Marcus-Hush-Chidsey"
MSMR = "MSMR"  # the multi-species, multi-reaction model, of kinetics and of diffusion
PARTICLE, FICKIAN = "particle", "Fickian diffusion"
PARTICLES = (FICKIAN, MSMR)
POTENTIAL, SITES = "open-circuit potential", "host sites"
OF_SITES, SHARE_OF_SITES = "host site exchange-current density", "host site charge transfer coefficient"
ANODIC, CATHODIC, ENERGY = "anodic transfer coefficient", "cathodic transfer coefficient", "reorganisation energy"
LAWS: dict[str, tuple[str, ...]] = {
    SYMMETRIC: (),
    ASYMMETRIC: (ANODIC,),
    LINEAR: (),
    MARCUS: (ENERGY,),
    METAL: (ENERGY,),
    MSMR: (OF_SITES, SHARE_OF_SITES),
}
QUANTITIES: dict[str, Name] = {
    ANODIC: may("1", "share of the overpotential that drives the anodic (delithiation) reaction", 0.5, 0.05, 0.95),
    CATHODIC: note("1", "the same of the cathodic reaction; 1 less the anodic one if left out", 0.05, 0.95),
    ENERGY: note("eV", "of the laws of Marcus, whose exchange-current density is their prefactor", 0.01, 5.0),
    OF_SITES: Name(
        "A.m-2",
        "of each host site over that of others; their sum at x = 0.5 is the exchange-current density",
        1e-30,
        1e30,
        law="site",
        optional=True,
    ),
    SHARE_OF_SITES: Name(
        "1", "share of the overpotential that drives the cathodic reaction of each site", 0.0, 1.0, None, "site", True
    ),
}


def lacking(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path, sentence) for what the laws of an electrode need and its content does not have."""
    found = stray(raw, OPTION, "intercalation kinetics") + stray(raw, PARTICLE, "particles")
    for phase in phases_in(raw) if raw.get("type") == "porous" else ():
        law = raw.get(path_of(phase, OPTION), SYMMETRIC)
        missing = [key for key in LAWS.get(law, ()) if path_of(phase, key) not in raw]
        if missing:
            wanted = ", ".join(f"'{key}' [{QUANTITIES[key].unit}]" for key in missing)
            found.append((path_of(phase, OPTION), f"{law!r} needs {wanted}; add it, or choose {SYMMETRIC!r}"))
        for option, plain in ((OPTION, SYMMETRIC), (PARTICLE, FICKIAN)):
            if raw.get(path_of(phase, option)) == MSMR and not _has_sites(raw.get(path_of(phase, POTENTIAL))):
                words = f"{MSMR!r} needs an {POTENTIAL!r} of {SITES!r}; give that, or choose {plain!r}"
                found.append((path_of(phase, option), words))
    return found


def _has_sites(record: Any) -> bool:
    return isinstance(record, Mapping) and SITES in record


def paths_of_sites(part: str, phase: str) -> tuple[str, ...]:
    """Paths of what is stated of the host sites of an electrode, or of a phase of it, "" for none."""
    return tuple(f"{part}/{path_of(phase, key)}" for key in (POTENTIAL, *LAWS[MSMR]))


def of_sites(file: Any, part: str, phase: str) -> Iterator[tuple[str, str]]:
    """(path, sentence) where the reactions of host sites are not those of each, or bound the current one way.

    file: gives the records of a file by `record(section, key)`.
    """
    potential, *records = (file.record(part, path_of(phase, key)) for key in (POTENTIAL, *LAWS[MSMR]))
    if not _has_sites(potential):
        return
    many = len(next(iter(potential[SITES].values())))
    for key, record, path in zip(LAWS[MSMR], records, paths_of_sites(part, phase)[1:], strict=True):
        table = (record or {}).get("table")
        known = QUANTITIES[key]
        if table and list(table["x"]) != list(range(many)):
            yield path, f"must have x from 0 to {many - 1}, one for each of the {many} host sites"
        elif table and not all(known.lo <= y <= known.hi for y in table["y"]):
            yield path, f"a value of its table is outside {known.lo:g} to {known.hi:g}; correct it"
        elif key == SHARE_OF_SITES and record is not None:
            shares = set(table["y"]) if table else {record["value"]}
            if shares in ({0.0}, {1.0}):
                yield path, f"{shares.pop():g} for every site bounds the current one way; give one site another"


def resolved(laws: Any, contents: Mapping[str, Any], name: str) -> Texts:
    """By electrode: options and their values, from a text for all materials, or a pair.  Raises ParameterError."""
    return spread(laws, contents, LAWS, OPTION, f"{name}: kinetics", lambda part, phase, law, everywhere: law)


def resolved_particle(models: Any, contents: Mapping[str, Any], name: str) -> Texts:
    """The same of the diffusion in particles."""
    return spread(models, contents, PARTICLES, PARTICLE, f"{name}: particle", lambda part, phase, one, everywhere: one)
