"""Checking a parameter file: all faults at once, each with its place and its remedy."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ..errors import ParameterError
from ..support.arguments import near
from ..support.files import cut, quoted
from .catalogue import (
    FORMATS,
    HEAD,
    METHODS,
    OF_PHASE,
    OPTIONAL_TEXTS,
    ORDINALS,
    PHASES,
    SECTIONS,
    TEXTS,
    Name,
    ageing,
    hysteresis,
    kinetics,
    named,
    parted,
    phases_of,
    quantities,
)
from .consistency import Check, checks_of, consistency
from .laws.law import Law, LawError, finite
from .laws.profile import POSITION, Profile

OF_MATERIAL = (hysteresis.OPTION, kinetics.OPTION, kinetics.PARTICLE)  # options that each phase has of its own
MOST = 100  # faults listed in one message
Fault = tuple[str, str]  # path, sentence
SHORTEST = 5  # characters of a citation
TRANSPORT_CHOICES = (
    {"transport efficiency"},
    {"bruggeman exponent"},
    {"percolation threshold", "percolation exponent"},
)


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "input should be a valid string"


def refuse(faults: Iterable[str], label: str) -> None:
    """Raises ParameterError if there are any faults."""
    if faults:
        raise ParameterError("\n".join(f"{label}: {text}" for text in faults))


def _citation(value: Any) -> str:
    return _text(value) or ("" if len(value) >= SHORTEST else f"string should have at least {SHORTEST} characters")


def _number(value: Any) -> str:
    """Integers are numbers; text and booleans are not.  Those that are not finite have a message of their own."""
    return "" if isinstance(value, float) or finite(value) else "input should be a valid number"


def _list(value: Any) -> str:
    return "" if isinstance(value, list) else "input should be a valid list"


def _finite_numbers(value: Any) -> str:
    if words := _list(value):
        return words
    return next((f"entry {k} is not a finite number" for k, each in enumerate(value, 1) if not finite(each)), "")


def _numbers(value: Any) -> str:
    return _list(value) or next(filter(None, map(_number, value)), "")


# entries of a source, a tabulated law, and one quantity: what checks them, or what they contain, and whether they are
# needed; None is as if an entry that is not needed were missing
SOURCE: dict[str, Any] = {"citation": (_citation, True), "doi": (_text, False), "note": (_text, False)}
TABLE = {"x": (_finite_numbers, True), "y": (_finite_numbers, True)}
RECORD = {
    "value": (_number, False),
    "expression": (_text, False),
    "table": (TABLE, False),
    "layers": (_list, False),
    kinetics.SITES: ({}, False),
    "range": (_numbers, False),  # stoichiometries between which the law holds; default: the window
    "unit": (_text, True),
    "source": (_text, True),
    "method": (_text, True),
    "note": (_text, False),
}


def faults(raw: Any) -> list[str]:
    """All faults in the content of a parameter file, one sentence each."""
    if not isinstance(raw, dict):
        return [f"the file must contain a JSON object, found {quoted(raw)}; see parameter_sets/README.md"]
    local = list(islice(_local(raw), 10 * MOST))  # with more faults than MOST, consistency is not checked
    if len(local) <= MOST:
        local += consistency(raw, {path for path, _ in local})
    return _listed(local)


def _local(raw: dict[str, Any]) -> Iterator[Fault]:
    """(path, fault) of every fault that concerns a single quantity or section."""
    yield from _head(raw)
    sources = raw.get("sources")
    for section in SECTIONS:
        if isinstance(raw.get(section), dict):
            yield from _section(section, raw[section], sources if isinstance(sources, dict) else {})
        else:
            yield section, f"missing section; add it with {_needs(section)}"


def _listed(pairs: list[Fault]) -> list[str]:
    """(path, fault) as sentences, limited in length and number."""
    sentences = [f"{cut(path)}: {cut(text, 600)}" for path, text in dict.fromkeys(pairs[: MOST + 1])]
    return sentences if len(pairs) <= MOST else [*sentences[:MOST], "and further faults, not listed"]


def faults_of_changes(raw: dict[str, Any], valid: dict[str, Any], changed: Collection[str]) -> list[str]:
    """All faults in the content `raw`, which differs from the valid content `valid` in the paths `changed` only."""
    pairs: list[Fault] = []
    for path in changed:
        section, _, key = path.partition("/")
        name = named(section, raw[section])[key]
        pairs += [(path, text) for text in _content(name, raw[section][key])]
        if key not in valid[section]:
            pairs += _choices(section, raw[section])
            if parted(key)[1] in hysteresis.QUANTITIES:
                pairs += [(f"{section}/{k}", text) for k, text in hysteresis.lacking(raw[section])]
        if parted(key)[1] == kinetics.POTENTIAL:
            pairs += [(f"{section}/{k}", text) for k, text in kinetics.lacking(raw[section])]
    pairs += consistency(raw, {path for path, _ in pairs}, checks_of(raw, set(changed)))
    return _listed(list(dict.fromkeys(pairs)))


def faults_of_numbers(raw: dict[str, Any], slots: Iterable[Any], checks: Iterable[Check]) -> list[Fault]:
    """(path, fault) as in `faults_of_changes`, where `valid` gives the same quantities in the same form, as numbers.

    slots: path, section, key and `Name` of each of them, see `variation.Slot`; checks: `checks_of` them.
    """
    pairs = [(slot.path, text) for slot in slots for text in _content(slot.name, raw[slot.section][slot.key])]
    return [*pairs, *consistency(raw, {path for path, _ in pairs}, checks)]


def _head(raw: dict[str, Any]) -> Iterator[Fault]:
    """(path, fault) of the entries above the sections: title, kind, format, remarks, sources."""
    unknown = [key for key in raw if key not in ("$schema", "format", "sources", "remarks", *HEAD, *SECTIONS)]
    yield from _unknown("", "unknown section", unknown, SECTIONS)
    for key in HEAD:
        if not isinstance(raw.get(key), str):
            yield key, "missing; give it as a string"
    if isinstance(raw.get("kind"), str) and raw["kind"] not in ("liquid", "solid"):
        yield "kind", 'must be "liquid" or "solid"'
    if raw.get("format", 1) != 1:
        yield "format", f"must be 1, found {quoted(raw['format'])}: the file was written for another version of cellsim"
    remarks = raw.get("remarks", [])
    if not isinstance(remarks, list) or not all(isinstance(words, str) for words in remarks):
        yield "remarks", "must be a list of sentences"
    sources = raw.get("sources")
    if not isinstance(sources, dict) or not sources:
        yield "sources", "missing; list every source with its citation"
        return
    for key, source in sources.items():
        yield from ((f"sources/{key}", text) for text in _shape(SOURCE, source))


def _needs(section: str) -> str:
    """The required quantities of a section, with units."""
    words = [f"{key} ({' or '.join(choices)})" for key, choices in TEXTS.get(section, {}).items()]
    words += [
        f"{key} [{name.unit}]"
        for key, name in quantities(section).items()
        if name.default is None and not name.optional
    ]
    return ", ".join(words)


def _unknown(section: str, what: str, keys: Iterable[str], known: Iterable[str]) -> Iterator[Fault]:
    """(path, fault) of unknown keys; similar names are suggested for the first ten only."""
    for k, key in enumerate(keys):
        yield f"{section}{key}", f"{what}; {near(key, known)}" if k < 10 else what


def _shape(form: Mapping[str, Any], raw: Any, place: str = "") -> Iterator[str]:
    """Faults in the form of a source or a record."""
    if not isinstance(raw, dict):
        yield f"{place or 'record'}: input should be a valid dictionary, found {quoted(raw)}"
        return
    for key, (inner, needed) in form.items():
        where, value = f"{place}/{key}" if place else key, raw.get(key)
        if key not in raw or value is None and not needed:
            if needed:
                yield f"{where}: missing; add it"
        elif isinstance(inner, dict):
            yield from _shape(inner, value, where)
        elif words := inner(value):
            yield f"{where}: {words}, found {quoted(value)}"
    for key in raw if form else ():
        if key not in form:
            yield f"{place}/{key}: unknown key; remove it" if place else f"{key}: unknown key; remove it"


def _section(section: str, raw: dict[str, Any], sources: dict[str, Any]) -> Iterator[Fault]:
    """(path, fault) of a section, quantity by quantity."""
    texts = TEXTS.get(section, {})
    for key, choices in texts.items():
        if raw.get(key) not in choices:
            yield f"{section}/{key}", f"must be one of {', '.join(map(repr, choices))}, found {quoted(raw.get(key))}"
    optional = OPTIONAL_TEXTS.get(section, {})
    if section.endswith("electrode"):
        of_phase = {key: optional[key] for key in (*OF_MATERIAL, *ageing.OPTIONS)}
        optional = optional | {f"{one}/{key}": texts for one in phases_of(raw) for key, texts in of_phase.items()}
    for key, choices in optional.items():
        if key in raw and raw[key] not in choices:
            yield f"{section}/{key}", f"must be one of {', '.join(map(repr, choices))}, found {quoted(raw[key])}"
    names, phases = named(section, raw), phases_of(raw) if section.endswith("electrode") else ()
    composite = list(_phases(section, raw, phases))
    yield from composite
    told = {path for path, _ in composite}
    unknown = [key for key in raw if key not in texts and key not in optional and key not in names]
    unknown = [key for key in unknown if f"{section}/{key}" not in told and f"{section}/{parted(key)[0]}" not in told]
    yield from _unknown(f"{section}/", "unknown quantity", unknown, names)
    for key, record in raw.items():
        if key in names:
            yield from ((f"{section}/{key}", text) for text in _record(names[key], record, sources))
    for key, name in names.items():
        if key not in raw and name.default is None and not name.optional:
            yield f"{section}/{key}", f"missing; add it in {name.unit} ({name.meaning})"
    yield from _choices(section, raw)
    if section.endswith("electrode"):
        yield from _ageing(section, raw)
        yield from ((f"{section}/{key}", text) for key, text in (*hysteresis.lacking(raw), *kinetics.lacking(raw)))
    if section == "design" and isinstance(raw.get("format"), str):
        for key in FORMATS.get(raw["format"], ()):
            if key not in raw:
                yield f"design/{key}", f"missing; a {raw['format']} cell needs it"


def _phases(section: str, raw: dict[str, Any], phases: tuple[str, ...]) -> Iterator[Fault]:
    """(path, fault) of the phases of a composite electrode, beyond those of their quantities."""
    form = 'give {"primary": {...}, "secondary": {...}}, each with the quantities of its phase'
    if PHASES in raw and section.endswith("electrode"):
        yield f"{section}/{PHASES}", f"{form}, found {quoted(raw[PHASES])}"
    if phases and raw.get("type") != "porous":
        yield from ((f"{section}/{phase}", "only a porous electrode has phases; remove it") for phase in phases)
        return
    for phase, wanted in zip(phases, ORDINALS, strict=False):
        if phase != wanted:
            yield f"{section}/{phase}", f"phases are named {', '.join(ORDINALS)}, in this order; rename it {wanted}"
    yield from ((f"{section}/{phase}", f"at most {len(ORDINALS)} phases") for phase in phases[len(ORDINALS) :])
    for key in (*OF_PHASE, *OF_MATERIAL) if phases else ():
        if key in raw:
            yield f"{section}/{key}", "each phase has its own; move it to the phases, or remove the phases"


def _ageing(section: str, raw: dict[str, Any]) -> Iterator[Fault]:
    """(path, fault) of options of ageing that have not what they need."""
    if raw.get("type") == "porous":
        yield from ((f"{section}/{key}", text) for key, text in ageing.lacking(raw))
        return
    for key in ageing.OPTIONS:
        if key in raw:
            yield f"{section}/{key}", f"an electrode of {raw.get('type')} has no such option; remove it"


def _choices(section: str, raw: dict[str, Any]) -> Iterator[Fault]:
    """(path, fault) unless a layer states the transport in its electrolyte in exactly one way."""
    if section == "separator" or (section.endswith("electrode") and raw.get("type") == "porous"):
        given = {k for k in raw if any(k in c for c in TRANSPORT_CHOICES)}
        if given not in TRANSPORT_CHOICES:
            found = ", ".join(map(repr, sorted(given))) or "none"
            yield (
                section,
                (
                    "give exactly one of 'transport efficiency', 'bruggeman exponent', or both "
                    f"'percolation threshold' and 'percolation exponent'; found {found}"
                ),
            )


def _record(name: Name, record: Any, sources: dict[str, Any]) -> Iterator[str]:
    """Faults of one quantity."""
    if not isinstance(record, dict):
        yield f"must be a record with value, unit, source and method, found {quoted(record)}"
        return
    shape = list(_shape(RECORD, record))
    yield from shape
    if shape:
        return
    forms = [k for k in ("value", "expression", "table", "layers", kinetics.SITES) if record.get(k) is not None]
    if len(forms) != 1:
        more = {POSITION: ", table or layers"}.get(name.law or "", " or table")
        yield f"give exactly one of value, expression{f', table or {kinetics.SITES}' if is_potential(name) else more}"
        return
    ends = record.get("range")
    if ends is not None and (
        name.law in (None, POSITION, "radius", "site") or len(ends) != 2 or not 0.0 <= ends[0] < ends[1] <= 1.0
    ):
        yield "range: give two increasing stoichiometries between 0 and 1; only laws of the stoichiometry have a range"
    if record["unit"] != name.unit:
        yield f"unit {quoted(record['unit'])}; expected {name.unit!r}: convert the value"
    if record["source"] not in sources:
        known = near(record["source"], sources or ["(none)"])
        yield f"source {quoted(record['source'])} is not in sources; {known}"
    if record["method"] not in METHODS:
        yield f"method {quoted(record['method'])}; choose one of {', '.join(METHODS)}"
    yield from _content(name, record)


def is_potential(name: Name) -> bool:
    """Whether a quantity may be a potential of host sites."""
    return name.law == "stoichiometry" and name.unit == "V"


def _content(name: Name, record: dict[str, Any]) -> Iterator[str]:
    """Faults of the value, expression, table or layers of a record of valid form."""
    if name.law == "radius" and record.get("table") is None:
        yield "must be a table of radii and shares of the surface"
        return
    if name.law == "site" and record.get("expression") is not None:
        yield "must be a number for all host sites, or a table of them, x from 0"
        return
    if record.get(kinetics.SITES) is not None and not is_potential(name):
        yield f"{kinetics.SITES}: only a potential is one of host sites; give a number, an expression or a table"
        return
    if record.get("value") is None:
        if name.law is None or (record.get("layers") is not None and name.law != POSITION):
            yield (
                "must be a number: only material laws may be expressions or tables, and only fractions and particle "
                "radius of a porous electrode of one material profiles"
                if name.law is None
                else "layers: a material law has none; give a number, an expression or a table"
            )
            return
        try:
            law = Profile.of(record) if name.law == POSITION else Law.of(record)
        except LawError as fault:
            yield f"{fault}"
            return
        words = law.faults(name.lo, name.hi, name.unit) if isinstance(law, Profile) else None
        if words:
            yield words
        elif law.value is not None and not name.lo <= law.value <= name.hi:
            yield _outside(law.value, name)
    elif not finite(record["value"]):
        yield f"value {quoted(record['value'])} is not finite; give a number"
    elif not name.lo <= record["value"] <= name.hi:
        yield _outside(record["value"], name)


def _outside(value: float, name: Any) -> str:
    """A value of a quantity that is not within its range."""
    unit = "" if name.unit == "1" else f" {name.unit}"
    return f"value {value:g}{unit} is outside {name.lo:g} to {name.hi:g}; check it{' and its unit' if unit else ''}"
