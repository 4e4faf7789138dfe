"""The parameter file as a JSON Schema, for editors.  `python -m cellsim.parameters.schema` prints it."""

import json
from typing import Any
from urllib.parse import quote

from .catalogue import (
    FORMATS,
    HEAD,
    METHODS,
    OF_PHASE,
    OPTIONAL_TEXTS,
    ORDINALS,
    PHASES,
    RENAMED,
    SECTIONS,
    TEXTS,
    Name,
    ageing,
    kinetics,
    quantities,
)
from .check import OF_MATERIAL, is_potential
from .laws.profile import POSITION, SHARE
from .laws.sites import KEYS, MOST_SITES


def _quantity(name: Name) -> dict[str, Any]:
    sizes = name.law == "radius"  # which only a table states
    forms: dict[str, Any] = {} if sizes else {"value": {"type": "number"}}
    if name.law:
        pairs = {"type": "array", "items": {"type": "number"}, "minItems": 2}
        forms |= {} if sizes or name.law == "site" else {"expression": {"type": "string"}}
        forms["table"] = {
            "type": "object",
            "properties": {"x": pairs, "y": pairs},
            "required": ["x", "y"],
            "additionalProperties": False,
        }
    if is_potential(name):
        each = {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": MOST_SITES}
        forms[kinetics.SITES] = {
            "type": "object",
            "description": "of the multi-species, multi-reaction model",
            "properties": dict.fromkeys(KEYS, each),
            "required": [*KEYS],
            "additionalProperties": False,
        }
    if name.law == POSITION:
        layer = {SHARE: {"type": "number", "exclusiveMinimum": 0}, "value": {"type": "number"}}
        forms["layers"] = {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "properties": layer, "required": [*layer], "additionalProperties": False},
        }
    for key, limit in (("minimum", name.lo), ("maximum", name.hi)):
        if abs(limit) < float("inf") and not sizes:
            forms["value"][key] = limit
    ends = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    more = {"range": ends} if name.law == "stoichiometry" else {}
    text = name.meaning if name.default is None else f"{name.meaning}; {name.default:g} if left out"
    return {
        "type": "object",
        "description": text,
        "additionalProperties": False,
        "properties": forms
        | more
        | {
            "unit": {"const": name.unit},
            "source": {"type": "string"},
            "method": {"enum": list(METHODS)},
            "note": {"type": "string"},
        },
        "required": ["unit", "source", "method"],
        "oneOf": [{"required": [form]} for form in forms],
    }


def _composite(section: str) -> dict[str, Any]:
    """A porous electrode with phases."""
    schema, names = _section(section, "porous"), quantities(section, "porous")
    own = {key: schema["properties"].pop(key) for key in OF_PHASE}
    aged = (*ageing.QUANTITIES, *ageing.OPTIONS)  # of all phases, or of one
    own |= {key: schema["properties"][key] for key in (*OF_MATERIAL, *aged)}
    kept = {"type", *quantities(section, "porous", ORDINALS[:1]), *ageing.OPTIONS}
    schema["properties"] = {key: words for key, words in schema["properties"].items() if key in kept}
    schema["required"] = [key for key in schema["required"] if key not in OF_PHASE] + [PHASES]
    schema["properties"][PHASES] = {
        "type": "object",
        "description": "materials that share the electrode, in this order",
        "propertyNames": {"enum": list(ORDINALS)},
        "minProperties": 1,
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": own,
            "required": [k for k in OF_PHASE if names[k].default is None and not names[k].optional],
        },
    }
    return schema


def _section(section: str, kind: str | None = None) -> dict[str, Any]:
    names = quantities(section, kind)
    words = {k: {"enum": [kind] if kind else list(v)} for k, v in TEXTS.get(section, {}).items()}
    optional = {k: {"enum": list(v)} for k, v in OPTIONAL_TEXTS.get(section, {}).items()}
    renamed = {
        old: _quantity(names[new]) | {"deprecated": True, "description": f"old name of '{new}'"}
        for old, new in RENAMED.get(str(kind), {}).items()
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": words | optional | {key: _quantity(name) for key, name in names.items()} | renamed,
        "required": [*words, *(k for k, n in names.items() if n.default is None and not n.optional)],
    }


def _named(schema: Any, known: dict[str, Any], name: str = "") -> Any:
    """The schema with each quantity in it replaced by a reference to `known`, where equal ones are kept once."""
    if isinstance(schema, list):
        return [_named(each, known) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "unit" not in schema.get("properties", {}):
        return {key: _named(each, known, key) for key, each in schema.items()}
    key, count = name, 1
    while known.setdefault(key, schema) != schema:
        key, count = f"{name} ({count + 1})", count + 1
    reference = {"$ref": f"#/$defs/{quote(key)}"}
    return reference | ({"deprecated": True} if schema.get("deprecated") else {})


def json_schema() -> dict[str, Any]:
    """JSON Schema of a parameter file."""
    known: dict[str, Any] = {}
    return {**_named(_whole(), known), "$defs": known}


def _whole() -> dict[str, Any]:
    """The same, with every quantity written out wherever it may be."""
    parts = {s: _section(s) for s in SECTIONS}
    for part in ("negative electrode", "positive electrode"):
        parts[part] = {"oneOf": [*(_section(part, kind) for kind in TEXTS[part]["type"]), _composite(part)]}
    source = {
        "type": "object",
        "required": ["citation"],
        "additionalProperties": False,
        "properties": {k: {"type": "string"} for k in ("citation", "doi", "note")},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cellsim parameter set",
        "description": f"Cell formats: {', '.join(FORMATS)}",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string"},
            "format": {"const": 1},
            **{k: {"type": "string"} for k in HEAD},
            "kind": {"enum": ["liquid", "solid"]},
            "remarks": {"type": "array", "items": {"type": "string"}},
            "sources": {"type": "object", "additionalProperties": source},
            **parts,
        },
        "required": [*HEAD, "sources", *SECTIONS],
    }


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=1))
