"""Renamed quantities: parameter sets of 0.1.0 are read for one release, with a warning that names the new key."""

from collections.abc import Mapping
from typing import Any

from ..support.renamed import warn
from .catalogue import RENAMED, flattened

_OLD = frozenset(old for keys in RENAMED.values() for old in keys)


def present_path(path: str, raw: Mapping[str, Any], label: str) -> str:
    """The present path of a quantity "section/key" of a set with the content `raw`; warns if it is an old one."""
    section, _, key = path.partition("/")
    if key not in _OLD or not isinstance(raw.get(section), Mapping):
        return path
    new = RENAMED.get(str(raw[section].get("type")), {}).get(key)
    if new is None:
        return path
    warn(f"{label}: {path} is now {section}/{new}; the old name is read until the next release")
    return f"{section}/{new}"


def present_content(raw: Any, label: str) -> Any:
    """The content of a file with its renamed quantities under their present keys and those of phases under keys of
    their own (`catalogue.flattened`); anything invalid is left as it is.
    """
    raw = flattened(raw)
    if not isinstance(raw, dict):
        return raw
    for section, content in raw.items():
        if not isinstance(content, dict) or _OLD.isdisjoint(content):
            continue
        keys = {key: present_path(f"{section}/{key}", raw, label).partition("/")[2] for key in content}
        if len(set(keys.values())) == len(keys):  # a quantity given twice stays, and is refused as unknown
            raw = raw | {section: {keys[key]: value for key, value in content.items()}}
    return raw
