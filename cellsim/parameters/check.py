"""Checking a parameter file: all faults at once, each with its place and its remedy."""
import difflib
import math

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, ValidationError

from .laws import Law, LawError
from .names import FORMATS, HEAD, METHODS, SECTIONS, TEXTS, quantities

TRANSPORT_CHOICES = ({"transport efficiency"}, {"bruggeman exponent"},
                     {"percolation threshold", "percolation exponent"})


class Source(BaseModel):
    """Where a value comes from."""

    model_config = ConfigDict(extra="forbid")
    citation: StrictStr = Field(min_length=5)
    doi: StrictStr | None = None
    note: StrictStr | None = None


class Table(BaseModel):
    """Pairs of a law."""

    model_config = ConfigDict(extra="forbid")
    x: list[StrictFloat | StrictInt]
    y: list[StrictFloat | StrictInt]


class Record(BaseModel):
    """One quantity: a value, expression or table, with unit, source and method."""

    model_config = ConfigDict(extra="forbid")
    value: StrictFloat | StrictInt | None = None
    expression: StrictStr | None = None
    table: Table | None = None
    unit: StrictStr
    source: StrictStr
    method: StrictStr
    note: StrictStr | None = None


def near(word, words) -> str:
    """Remedy for a misspelt word."""
    close = difflib.get_close_matches(str(word), list(words), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(map(repr, close))}?" if close else f"known: {', '.join(map(str, words))}"


def faults(raw) -> list[str]:
    """Everything wrong with the content of a parameter file, one sentence each."""
    if not isinstance(raw, dict):
        return ["the file holds no JSON object; see parameter_sets/README.md"]
    found = []
    for key in raw:
        if key not in ("$schema", "format", "sources", *HEAD, *SECTIONS):
            found.append(f"{key}: unknown section; {near(key, SECTIONS)}")
    found += [f"{key}: missing; give it as a string" for key in HEAD if not isinstance(raw.get(key), str)]
    if raw.get("kind") not in ("liquid", "solid"):
        found.append("kind: must be \"liquid\" or \"solid\"")
    sources = raw.get("sources")
    if not isinstance(sources, dict) or not sources:
        found.append("sources: missing; list every source with its citation")
        sources = {}
    for key, source in sources.items():
        found += [f"sources/{key}: {text}" for text in _shape(Source, source)]
    for section in SECTIONS:
        if isinstance(raw.get(section), dict):
            found += _section(section, raw[section], sources)
        else:
            found.append(f"{section}: missing section; add it")
    return found or _consistency(raw)


def _shape(model, raw):
    """Faults of a record's form, in words."""
    try:
        model.model_validate(raw)
    except ValidationError as error:
        for e in error.errors():
            where = "/".join(str(p) for p in e["loc"] if p not in ("float", "int"))
            yield {"missing": f"{where}: missing; add it", "extra_forbidden": f"{where}: unknown key; remove it"}.get(
                e["type"], f"{where or 'record'}: {e['msg'].lower()}, found {str(e['input'])[:40]!r}")


def _section(section, raw, sources):
    texts = TEXTS.get(section, {})
    for key, choices in texts.items():
        if raw.get(key) not in choices:
            yield f"{section}/{key}: must be one of {', '.join(map(repr, choices))}, found {raw.get(key)!r}"
    names = quantities(section, raw.get("type"))
    for key, record in raw.items():
        if key in texts:
            continue
        if key not in names:
            yield f"{section}/{key}: unknown quantity; {near(key, names)}"
        else:
            yield from (f"{section}/{key}: {text}" for text in _record(names[key], record, sources))
    for key, name in names.items():
        if key not in raw and name.default is None and not name.optional:
            yield f"{section}/{key}: missing; add it in {name.unit} ({name.meaning})"
    if section == "separator" or (section.endswith("electrode") and raw.get("type") == "porous"):
        given = {k for k in raw if any(k in c for c in TRANSPORT_CHOICES)}
        if given not in TRANSPORT_CHOICES:
            yield (f"{section}: give exactly one of 'transport efficiency', 'bruggeman exponent', or 'percolation "
                   f"threshold' with 'percolation exponent'; found {sorted(given) or 'none'}")
    if section == "design":
        for key in FORMATS.get(raw.get("format"), ()):
            if key not in raw:
                yield f"design/{key}: missing; a {raw['format']} cell needs it"


def _record(name, record, sources):
    """Faults of one quantity."""
    if not isinstance(record, dict):
        yield f"must be a record with value, unit, source and method, found {record!r}"
        return
    shape = list(_shape(Record, record))
    yield from shape
    if shape:
        return
    forms = [k for k in ("value", "expression", "table") if record.get(k) is not None]
    if len(forms) != 1:
        yield "give exactly one of value, expression or table"
        return
    if record["unit"] != name.unit:
        yield f"unit {record['unit']!r}; expected {name.unit!r}: convert the value"
    if record["source"] not in sources:
        yield f"source {record['source']!r} is not in sources; {near(record['source'], sources or ['(none)'])}"
    if record["method"] not in METHODS:
        yield f"method {record['method']!r}; choose one of {', '.join(METHODS)}"
    if forms[0] != "value":
        if name.law is None:
            yield "must be a number: only material laws may be expressions or tables"
            return
        try:
            Law.of(record)
        except LawError as fault:
            yield f"{fault}"
    elif not math.isfinite(record["value"]):
        yield f"value {record['value']} is not finite; give a number"
    elif not name.lo <= record["value"] <= name.hi:
        yield f"value {record['value']:g} {name.unit} is outside {name.lo:g} to {name.hi:g}; check it and its unit"


def _consistency(raw):
    """Faults between quantities, once each of them is sound."""
    value = lambda section, key, other=None: raw[section].get(key, {}).get("value", other)  # noqa: E731
    if value("cell", "lower voltage cut-off") >= value("cell", "upper voltage cut-off"):
        yield "cell/lower voltage cut-off: must be below the upper one"
    T = value("cell", "ambient temperature")
    for part in ("negative electrode", "positive electrode"):
        if raw[part]["type"] != "porous":
            continue
        total = sum(value(part, f"{k} volume fraction", 0.0) for k in ("electrolyte", "active material", "void"))
        if total > 1.0 + 1e-9:
            yield f"{part}: volume fractions of electrolyte, active material and void add up to {total:g}, above 1"
        lo, hi = value(part, "minimum stoichiometry"), value(part, "maximum stoichiometry")
        if lo >= hi:
            yield f"{part}/minimum stoichiometry: must be below the maximum"
            continue
        for key, name in quantities(part).items():
            if name.law == "stoichiometry" and key in raw[part]:
                x = np.linspace(max(lo - 0.005, 0.001), min(hi + 0.005, 0.999), 401)
                yield from (f"{part}/{key}: {t}" for t in _range(name, raw[part][key], x, T, (lo, hi)))
        key = "exchange-current electrolyte shape"
        if key in raw[part]:
            c = np.linspace(1.0, 4.0 * value("electrolyte", "initial concentration"), 401)
            yield from (f"{part}/{key}: {t}" for t in _range(quantities(part)[key], raw[part][key], c, T, None))
    c = np.linspace(1.0, 4.0 * value("electrolyte", "initial concentration"), 401)
    for key, name in quantities("electrolyte").items():
        if name.law and key in raw["electrolyte"]:
            yield from (f"electrolyte/{key}: {t}" for t in _range(name, raw["electrolyte"][key], c, T, None))


def _range(name, record, x, T, window):
    """Faults of a law over its whole range."""
    law = Law.of(record)
    if law.table and window and not (law.table[0][0] <= window[0] + 5e-3 and window[1] - 5e-3 <= law.table[0][-1]):
        yield f"the table covers {law.table[0][0]:g} to {law.table[0][-1]:g}, not the window {window[0]:g} to {window[1]:g}"
    y = law(x, T)
    bad = ~np.isfinite(y)
    if bad.any():
        yield f"gives {y[bad][0]} at x = {x[bad][0]:.4g}; it must be finite from {x[0]:.4g} to {x[-1]:.4g}"
    elif y.min() < name.lo or y.max() > name.hi:
        k = int(np.argmin(y)) if y.min() < name.lo else int(np.argmax(y))
        yield f"gives {y[k]:.4g} {name.unit} at x = {x[k]:.4g}, outside {name.lo:g} to {name.hi:g}"
