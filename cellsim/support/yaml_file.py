"""YAML files that users write: read and checked, with every fault in words."""
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import ClaimError
from .files import DEEPEST, check_content, cut, quoted, read_text, reading

MOST = 50  # faults that are listed
LARGEST = 250_000  # bytes of a file
MOST_NODES = 20_000  # values in it, those that aliases stand for written out
LONGEST_INTEGER = 30  # characters
PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "merge")}


class _Loader(yaml.SafeLoader):
    """YAML without dates, tags and doubled keys, of limited depth and size."""

    depth = 0
    sizes: dict  # how many values a node stands for, by its id

    def compose_node(self, parent, index):
        """A node of the file; what an alias stands for counts each time, so that none can grow without bound."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.YAMLError(f"nested too deeply; at most {DEEPEST} levels are read")
        if self.check_event(yaml.AliasEvent):
            meant = self.anchors.get(self.peek_event().anchor)
            if meant is not None and id(meant) not in self.sizes:
                raise yaml.YAMLError("an alias stands within what it stands for")
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and id(node) not in self.sizes:
            inner = [child for pair in node.value for child in pair] if isinstance(node, yaml.MappingNode) else (
                node.value if isinstance(node, yaml.SequenceNode) else [])
            self.sizes[id(node)] = 1 + sum(self.sizes[id(child)] for child in inner)
            if self.sizes[id(node)] > MOST_NODES:
                raise yaml.YAMLError(f"holds more than {MOST_NODES} values, those that aliases stand for written out")
            if node.tag not in PLAIN:
                raise yaml.YAMLError(f"the tag {cut(node.tag, 60)} is not read; leave it out")
            if node.tag.endswith(":int") and len(node.value) > LONGEST_INTEGER:
                raise yaml.YAMLError(f"the number {cut(node.value, 40)} has too many digits")
        return node

    def construct_mapping(self, node, deep=False):
        """A mapping, in which each key stands once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError("a key is a list or a mapping; give a word")
            if key.value in seen:
                raise yaml.YAMLError(f"key {cut(key.value, 60)!r} appears twice in one mapping; remove one")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {  # a date is the text that it is written as
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def content(path, remedy) -> dict:
    """The mapping in a YAML file.  Raises ClaimError; `remedy` says what to do with a file that holds none."""
    text, name = read_text(path, ClaimError, LARGEST), cut(Path(path).name)
    loader = None
    try:
        with reading(name, ClaimError):
            loader = _Loader(text)
            loader.sizes = {}
            found = loader.get_single_data()
    except yaml.YAMLError as fault:
        raise ClaimError(f"{name}: is not valid YAML ({cut(' '.join(str(fault).split()), 300)})") from None
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(found, dict):
        raise ClaimError(f"{name}: holds no keys; {remedy}")
    check_content(found, name, ClaimError)
    return found


def validated(model, found, path) -> Any:
    """A pydantic model of a mapping.  Raises ClaimError listing all faults, each with file, key and remedy."""
    try:
        return model.model_validate(found)
    except ValidationError as fault:
        name, errors = cut(Path(path).name), fault.errors(include_url=False)[:MOST]
        words = [f"{name}: {cut(_words(e, model), 400)}" for e in errors]
        more = [f"and {fault.error_count() - MOST} faults more"] * (fault.error_count() > MOST)
        raise ClaimError("\n".join(words + more)) from None


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
    found = "" if isinstance(error["input"], dict) else f", found {quoted(error['input'])}"
    return f"{where}: {message[0].lower() + message[1:]}{found}"


def _model_at(model, loc) -> type[BaseModel]:
    """The model that describes what lies at a place of a file."""
    for key in loc:
        fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        kind = fields.get(key)
        model = next((k for k in (kind, *get_args(kind)) if isinstance(k, type) and issubclass(k, BaseModel)), model)
    return model
