"""PyBaMM itself: the package where it is installed, its parameter sets, its options and what they cite."""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from ...errors import ParameterError
from ...support.arguments import mapping, near, shown

PREFIX = "cellsim_"  # of our own sets among those of PyBaMM
WANTED = "give the name of a parameter set of PyBaMM, such as 'Chen2020', or a pybamm.ParameterValues"
OPTIONS = "give PyBaMM's model options, such as {'working electrode': 'positive'}"


def pybamm() -> Any:
    """The package.  Raises ParameterError where it is not installed."""
    try:
        import pybamm as package
    except ImportError:
        raise ParameterError("PyBaMM is not installed: pip install pybamm") from None
    return package


class Given(NamedTuple):
    """Parameter values, and what is known of where they are from."""

    values: Any  # pybamm.ParameterValues
    name: str  # of the set that they are, or are changed from; "" if of none
    chemistry: str
    citations: tuple[str, ...]  # keys
    changed: frozenset[str]  # entries that differ from the set


def given(parameter_values: Any, name: str | None = None) -> Given:
    """Parameter values of a set by its name, or as they are.  Raises ParameterError."""
    package = pybamm()
    if isinstance(parameter_values, str):
        if parameter_values not in package.parameter_sets:
            ours = [known for known in package.parameter_sets if not known.startswith(PREFIX)]
            raise ParameterError(
                f"from_pybamm: {shown(parameter_values)} is no parameter set of PyBaMM; {near(parameter_values, ours)}"
            )
        raw = dict(package.parameter_sets[parameter_values])
        chemistry, cited = str(raw.get("chemistry", "")), tuple(raw.get("citations", ()))
        return Given(package.ParameterValues(parameter_values), parameter_values, chemistry, cited, frozenset())
    if not isinstance(parameter_values, package.ParameterValues):
        raise ParameterError(f"from_pybamm: parameter_values {shown(parameter_values)}: {WANTED}")
    values = parameter_values.copy()
    cited = tuple(values.get("citations") or ()) if "citations" in values.keys() else ()  # noqa: SIM118
    for known in package.parameter_sets if cited else ():
        if known.startswith(PREFIX):
            continue
        raw = dict(package.parameter_sets[known])
        if tuple(raw.get("citations", ())) == cited:
            base = package.ParameterValues(known)
            changed = frozenset(key for key in values.keys() if not _same(values[key], base.get(key)))  # noqa: SIM118
            return Given(values, known, str(raw.get("chemistry", "")), cited, changed)
    return Given(values, "", "", cited, frozenset())


def _same(a: Any, b: Any) -> bool:
    if callable(a) and callable(b):
        return bool(a is b or getattr(a, "__code__", a) is getattr(b, "__code__", b))
    try:
        return bool(a == b)
    except (TypeError, ValueError):
        return False


def options_of(options: Mapping[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """(model options as given, PyBaMM's defaults).  Raises ParameterError for what PyBaMM refuses."""
    package = pybamm()
    given_options = {} if options is None else dict(mapping("from_pybamm: options", options, OPTIONS))
    try:
        package.BatteryModelOptions(given_options)
    except Exception as fault:  # of several kinds
        words = " ".join(str(fault).split())[:300]
        raise ParameterError(f"from_pybamm: options: PyBaMM refuses them ({words})") from None
    return given_options, dict(package.BatteryModelOptions({}))


@lru_cache
def _bibliography() -> dict[str, dict[str, str]]:
    """Fields of PyBaMM's bibliography by key."""
    text = files("pybamm").joinpath("CITATIONS.bib").read_text(encoding="utf-8")
    found = {}
    for entry in re.split(r"^@", text, flags=re.MULTILINE):
        head = re.match(r"\w+\s*\{\s*([^,\s]+)\s*,", entry)
        if head:
            fields = re.findall(r"^\s*(\w+)\s*=\s*[{\"](.*?)[}\"],?\s*$", entry, flags=re.MULTILINE)
            found[head[1]] = {key.lower(): re.sub(r"[{}\\\"']", "", value) for key, value in fields}
    return found


def citation_of(key: str) -> str:
    """A source of PyBaMM's bibliography as one writes it; the key if it is not known there."""
    fields = _bibliography().get(key)
    if not fields:
        return key
    people = [name.strip() for name in fields.get("author", "").split(" and ") if name.strip()]
    family = [name.split(",")[0] if "," in name else name.split()[-1] for name in people]
    author = f"{family[0]} et al." if len(family) > 2 else " and ".join(family)
    where = " ".join(filter(None, (fields.get("journal", ""), fields.get("volume", ""))))
    doi = f"doi:{fields['doi']}" if "doi" in fields else ""
    year = f"({fields['year']})" if "year" in fields else ""
    return ", ".join(filter(None, (author, fields.get("title", ""), " ".join(filter(None, (where, year))), doi)))
