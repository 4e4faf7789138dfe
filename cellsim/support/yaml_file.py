"""YAML files written by users: safe reading and validation with a message for every fault."""

from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import CellsimError, ClaimError
from .files import DEEPEST, check_content, cut, quoted, read_text, reading

MOST = 50  # faults listed in one message
LARGEST = 250_000  # bytes of a file
MOST_NODES = 20_000  # values in a file with all aliases expanded
LONGEST_INTEGER = 30  # characters
PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "merge")}


class _Loader(yaml.SafeLoader):  # type: ignore[misc,unused-ignore]
    """YAML without dates, tags and duplicate keys, of limited depth and size."""

    depth = 0
    sizes: dict[int, int]  # number of values of a node, by id

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node of the file; aliases count with their full size, which bounds the expanded content."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.YAMLError(f"nested too deeply; at most {DEEPEST} levels are read")
        if self.check_event(yaml.AliasEvent):
            target = self.anchors.get(self.peek_event().anchor)
            if target is not None and id(target) not in self.sizes:
                raise yaml.YAMLError("an alias refers to a node that contains it")
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and id(node) not in self.sizes:
            inner = (
                [child for pair in node.value for child in pair]
                if isinstance(node, yaml.MappingNode)
                else (node.value if isinstance(node, yaml.SequenceNode) else [])
            )
            self.sizes[id(node)] = 1 + sum(self.sizes[id(child)] for child in inner)
            if self.sizes[id(node)] > MOST_NODES:
                raise yaml.YAMLError(f"contains more than {MOST_NODES} values with all aliases expanded")
            if node.tag not in PLAIN:
                raise yaml.YAMLError(f"the tag {cut(node.tag, 60)} is not supported; remove it")
            if node.tag.endswith(":int") and len(node.value) > LONGEST_INTEGER:
                raise yaml.YAMLError(f"the number {cut(node.value, 40)} has too many digits")
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """A mapping without duplicate keys."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError("a key is a list or a mapping; give a word")
            if key.value in seen:
                raise yaml.YAMLError(f"key {cut(key.value, 60)!r} appears twice in one mapping; remove one")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {  # dates are read as text
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def content(path: Path, remedy: str, error: type[CellsimError] = ClaimError) -> dict[str, Any]:
    """The mapping in a YAML file.  Raises `error`; `remedy`: advice for a file without a mapping."""
    text, name = read_text(path, error, LARGEST), cut(Path(path).name)
    loader = None
    try:
        with reading(name, error):
            loader = _Loader(text)
            loader.sizes = {}
            mapping = loader.get_single_data()
    except yaml.YAMLError as fault:
        raise error(f"{name}: is not valid YAML ({cut(' '.join(str(fault).split()), 300)})") from None
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(mapping, dict):
        raise error(f"{name}: contains no keys; {remedy}")
    check_content(mapping, name, error)
    return mapping


def validated(model: Any, mapping: dict[str, Any], path: Path, error: type[CellsimError] = ClaimError) -> Any:
    """A pydantic model of a mapping.  Raises `error` with all faults, each with file, key and remedy."""
    try:
        return model.model_validate(mapping)
    except ValidationError as fault:
        name, errors = cut(Path(path).name), fault.errors(include_url=False)[:MOST]
        words = [f"{name}: {cut(_words(e, model), 400)}" for e in errors]
        more = [f"and {fault.error_count() - MOST} further faults"] * (fault.error_count() > MOST)
        raise error("\n".join(words + more)) from None


def _words(error: Any, model: Any) -> str:
    """One fault as a sentence."""
    where = "/".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{where}: missing; add it"
    if error["type"] == "too_short" and isinstance(error["input"], list | dict):
        return f"{where}: empty; name at least one"
    if error["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in _model_at(model, error["loc"][:-1]).model_fields.items()]
        return f"{where}: unknown key; known: {', '.join(known)}"
    message = error["msg"].removeprefix("Value error, ")
    given = "" if isinstance(error["input"], dict) else f", found {quoted(error['input'])}"
    said = f"{message[0].lower() + message[1:]}{given}"
    return f"{where}: {said}" if where else said  # what is said of the whole file names its place itself


def _model_at(model: Any, loc: Any) -> Any:
    """The pydantic model of an entry of a file."""
    for key in loc:
        fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        kind = fields.get(key)
        model = next((k for k in (kind, *get_args(kind)) if isinstance(k, type) and issubclass(k, BaseModel)), model)
    return model
