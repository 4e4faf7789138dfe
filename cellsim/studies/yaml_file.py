"""YAML files that users write: read and checked, with every fault in words."""
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import ClaimError


def content(path, remedy) -> dict:
    """The mapping in a YAML file.  Raises ClaimError; `remedy` says what to do with a file that holds none."""
    path = Path(path)
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "not a text file"
        raise ClaimError(f"{path}: cannot be read ({reason})") from None
    except yaml.YAMLError as fault:
        raise ClaimError(f"{path.name}: is not valid YAML ({' '.join(str(fault).split())})") from None
    if not isinstance(found, dict):
        raise ClaimError(f"{path.name}: holds no keys; {remedy}")
    return found


def validated(model, found, path) -> Any:
    """A pydantic model of a mapping.  Raises ClaimError listing all faults, each with file, key and remedy."""
    try:
        return model.model_validate(found)
    except ValidationError as fault:
        raise ClaimError("\n".join(f"{Path(path).name}: {_words(e, model)}" for e in fault.errors())) from None


def _words(error, model) -> str:
    """One fault in words."""
    where = "/".join(map(str, error["loc"])) or "the file"
    if error["type"] == "missing":
        return f"{where}: missing; add it"
    if error["type"] == "too_short" and isinstance(error["input"], list | dict):
        return f"{where}: empty; name at least one"
    if error["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in _model_at(model, error["loc"][:-1]).model_fields.items()]
        return f"{where}: unknown key; known: {', '.join(known)}"
    message = error["msg"].removeprefix("Value error, ")
    found = "" if isinstance(error["input"], dict) else f", found {str(error['input'])[:40]!r}"
    return f"{where}: {message[0].lower() + message[1:]}{found}"


def _model_at(model, loc) -> type[BaseModel]:
    """The model that describes what lies at a place of a file."""
    for key in loc:
        fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        kind = fields.get(key)
        model = next((k for k in (kind, *get_args(kind)) if isinstance(k, type) and issubclass(k, BaseModel)), model)
    return model
