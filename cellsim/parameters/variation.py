"""Variations of a parameter set: the content of a file with some values changed."""

import itertools
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

from ..errors import ParameterError
from ..support.arguments import near, shown
from .catalogue import SECTIONS, TEXTS, quantities
from .laws.law import Law

CITATION = "variation made by the user of cellsim"


def varied(
    raw: dict[str, Any],
    changes: Mapping[str, float | str],
    method: str,
    source: str | None,
    law: Callable[[str], Law],
    name: str,
) -> dict[str, Any]:
    """The content `raw` of the cell `name` with `changes` by path; the content `raw` stays as it is.

    method, source: of the new values, see `Cell.with_`.  law: gives the previous law of a path.
    Raises ParameterError for an unknown path, and for a value that is neither a number nor text.
    """
    raw, origin = cited(raw) if source is None else cited(raw, source, method)
    for path, new in changes.items():
        section, _, key = path.partition("/")
        known = quantities(section, raw[section].get("type")) if section in SECTIONS else {}
        if key not in known or key in TEXTS.get(section, {}):
            paths = [f"{s}/{k}" for s in SECTIONS for k in quantities(s, raw[s].get("type"))]
            raise ParameterError(f"{name}: {path[:80]}: unknown quantity; {near(path, paths)}")
        was = str(law(path)) if raw[section].get(key) or known[key].default is not None else "nothing"
        if isinstance(new, bool) or not isinstance(new, (str, Real)):
            raise ParameterError(f"{name}: {path}: give a number or an expression, found {shown(new)}")
        form, content = ("expression", new) if isinstance(new, str) else ("value", float(new))
        raw[section] = raw[section] | {
            key: {
                form: content,
                "unit": known[key].unit,
                "source": origin,
                "method": method,
                "note": f"changed from {was}",
            }
        }
    return raw


def cited(raw: dict[str, Any], citation: str = CITATION, name: str = "variation") -> tuple[dict[str, Any], str]:
    """The content of a file with a citation among its sources, and the key of it there."""
    key = _key_of(citation, raw["sources"], name)
    return raw | {"sources": raw["sources"] | {key: {"citation": citation}}}, key


def _key_of(citation: str, sources: Mapping[str, Any], name: str) -> str:
    """The key of a citation in the sources: its existing key, or the first free key that begins with `name`."""
    keys = (name if k == 1 else f"{name} {k}" for k in itertools.count(1))
    return next(key for key in keys if key not in sources or sources[key].get("citation") == citation)
