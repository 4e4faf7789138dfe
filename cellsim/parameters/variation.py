"""Variations of a parameter set: the content of a file with some values changed."""

import itertools
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from numbers import Real
from typing import Any, NamedTuple

from ..errors import ParameterError
from ..physics.constants import F
from ..support.arguments import near, number, shown, text
from ..support.files import cut
from .catalogue import SECTIONS, TEXTS, Name, named, parted
from .check import SHORTEST, faults_of_numbers
from .consistency import C_RANGE, Check, checks_of, of_law
from .laws.given import WANTED, Given, given
from .laws.law import Law
from .laws.profile import POSITION, SHARE
from .laws.sites import KEYS
from .quantity import Quantity

PYBAMM = {"OCP": "open-circuit potential", "porosity": "electrolyte volume fraction"}  # in names of quantities
RATE_CONSTANT = "reaction rate constant"
CITATION = "variation made by the user of cellsim"
MOST = 16  # sets of quantities in which variations of a cell are remembered


def varied(
    raw: dict[str, Any],
    changes: Mapping[str, Any],
    method: str,
    source: str | None,
    law: Callable[[str], Law],
    name: str,
) -> dict[str, Any]:
    """The content `raw` of the cell `name` with `changes` by path; the content `raw` stays as it is.

    method, source: of the new values, see `Cell.with_`.  law: gives the previous law of a path.
    Raises ParameterError for an unknown path, and for a value that is no number and no law.
    """
    raw, origin = cited(raw) if source is None else cited(raw, source, method)
    for path, new in changes.items():
        section, _, key = path.partition("/")
        known = named(section, raw[section]) if section in SECTIONS else {}
        if key not in known or key in TEXTS.get(section, {}):
            paths = [f"{s}/{k}" for s in SECTIONS for k in named(s, raw[s])]
            raise ParameterError(f"{name}: {cut(path, 80)}: unknown quantity; {near(_as_here(path[:80]), paths)}")
        before, default = bool(raw[section].get(key)), known[key].default
        was = str(law(path)) if before else "nothing" if default is None else str(Law(value=default))
        form, content, note = _stated(raw, f"{name}: {path}", new, known[key].law or "")
        raw[section] = raw[section] | {
            key: {
                form: content,
                "unit": known[key].unit,
                "source": origin,
                "method": method,
                "note": f"{note}; changed from {was}" if note else f"changed from {was}",
            }
        }
    return raw


def _as_here(path: str) -> str:
    """A misspelt path with words of PyBaMM's names replaced by those that stand for them here."""
    words = re.sub(r"\s*\[.*", "", path)
    for there, here in PYBAMM.items():
        words = re.sub(rf"\b{there}\b", here, words, flags=re.IGNORECASE)
    return words


def _stated(raw: dict[str, Any], path: str, new: Any, law: str) -> Given:
    """A new value as a file states it; law: what it may depend on, "" if on nothing.  Raises ParameterError."""
    if isinstance(new, Given):  # of `by_exchange_laws`
        return new
    if isinstance(new, str) and not new.lower().endswith(".csv") and law not in ("radius", "site"):
        return Given("expression", new)
    if isinstance(new, Real) and not isinstance(new, bool) and law != "radius":
        try:
            return Given("value", float(new))
        except OverflowError:
            raise ParameterError(f"{path}: give a finite number, found {shown(new)}") from None
    if law == POSITION and isinstance(new, list | tuple) and new and all(isinstance(one, Mapping) for one in new):
        return Given("layers", [{key: _plain(value) for key, value in layer.items()} for layer in new])
    if law == "stoichiometry" and isinstance(new, Mapping) and set(new) == set(KEYS):
        return Given("host sites", {key: [_plain(value) for value in values] for key, values in new.items()})
    if law == "stoichiometry" and isinstance(new, Mapping) and set(new) & set(KEYS):
        raise ParameterError(f"{path}: host sites need all of {', '.join(map(repr, KEYS))}; add what is missing")
    if not law:
        raise ParameterError(f"{path}: give a number or an expression, found {shown(new)}; it depends on nothing")
    if isinstance(new, bool) or new is None or isinstance(new, Mapping | bytes | complex):
        raise ParameterError(f"{path}: {WANTED}, found {shown(new)}")
    if law == "radius" and (callable(new) or isinstance(new, str)):
        raise ParameterError(f"{path}: give radii [m] and shares of the surface as a pair of lists, found {shown(new)}")
    if law == "site" and (callable(new) or isinstance(new, str)):
        raise ParameterError(f"{path}: give a number, or sites from 0 and their values, found {shown(new)}")
    c_0, T = raw["electrolyte"]["initial concentration"]["value"], raw["cell"]["reference temperature"]["value"]
    return given(path, new, law, c_0, T, C_RANGE)


def _plain(value: Any) -> Any:
    """A real number as a float, so that NumPy's are accepted; anything else as it is."""
    try:
        return float(value) if isinstance(value, Real) and not isinstance(value, bool) else value
    except OverflowError:  # an integer that the check of the file refuses
        return value


def by_layers(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with "layers" of an electrode as the profiles that they are.

    A layer is {"thickness share": 0.5, quantity: value, ...}, with the same quantities as the others.
    """
    out: dict[str, Any] = {}
    for path, new in changes.items():
        section, _, key = str(path).partition("/")
        if key != "layers":
            out[path] = new
            continue
        wanted = (
            f"{section}/layers: give a list of layers from the current collector to the separator, each a "
            f'"{SHARE}" and the same quantities'
        )
        if not isinstance(new, list | tuple) or not new or not all(isinstance(one, Mapping) for one in new):
            raise ParameterError(f"{wanted}, found {shown(new)}")
        keys = [name for name in new[0] if name != SHARE]
        for k, layer in enumerate(new, 1):
            if set(layer) != {SHARE, *keys} or not keys:
                raise ParameterError(f"{wanted}; layer {k} has {', '.join(map(str, layer)) or 'nothing'}")
        for name in keys:
            if f"{section}/{name}" in changes:
                raise ParameterError(f"{section}/{name}: given by itself and in the layers: give one of them")
            out[f"{section}/{name}"] = [{SHARE: layer[SHARE], "value": layer[name]} for layer in new]
    return out


def by_rate_constants(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with "reaction rate constant" k [mol.m-2.s-1] of an electrode as exchange-current density.

    As in BPX, i0 = F k sqrt(c_e/c_e0) sqrt(x (1 - x)), which at x = 0.5 and c_e = c_e0 is F k / 2.
    """
    out: dict[str, Any] = {}
    for path, new in changes.items():
        section, _, key = path.partition("/")
        phase, own = parted(key)
        if own == RATE_CONSTANT:
            within = f"{section}/{phase}/" if phase else f"{section}/"
            path, k = f"{within}exchange-current density", number(path, new, "give a number", error=ParameterError)
            if path in changes:
                raise ParameterError(f"{section}: {RATE_CONSTANT} and exchange-current density: give one of them")
            new = 0.5 * F * k
        out[path] = new
    return out


def cited(raw: dict[str, Any], citation: str = CITATION, name: str = "variation") -> tuple[dict[str, Any], str]:
    """The content of a file with a citation among its sources, and the key of it there."""
    key = _key_of(citation, raw["sources"], name)
    return raw | {"sources": raw["sources"] | {key: {"citation": citation}}}, key


def _key_of(citation: str, sources: Mapping[str, Any], name: str) -> str:
    """The key of a citation in the sources: its existing key, or the first free key that begins with `name`."""
    keys = (name if k == 1 else f"{name} {k}" for k in itertools.count(1))
    return next(key for key in keys if key not in sources or sources[key].get("citation") == citation)


class Slot(NamedTuple):
    """A quantity that is varied, as the first of the variations has it."""

    path: str
    section: str
    key: str
    name: Name
    quantity: Quantity
    record: Mapping[str, Any]


class Alike(NamedTuple):
    """Variations of a cell that differ from each other in some numbers.  raw: the content of the first one."""

    raw: dict[str, Any]
    slots: tuple[Slot, ...]
    checks: tuple[Check, ...]  # that involve several quantities
    alone: bool  # whether these say nothing of numbers

    @classmethod
    def of(cls, raw: dict[str, Any], new: Mapping[str, Quantity]) -> "Alike | None":
        """Those like a valid variation; None if what it changes are not plain numbers.

        raw: its content; new: the quantities that it changes, by path.
        """
        split = [(path, *path.split("/", 1)) for path in new]
        slots = tuple(
            Slot(path, section, key, named(section, raw[section])[key], new[path], raw[section][key])
            for path, section, key in split
        )
        plain = all(slot.record.get("value") is not None for slot in slots)
        checks = checks_of(raw, set(new))
        return cls(raw, slots, checks, all(check is of_law for check, _ in checks)) if plain else None

    def to(self, numbers: Iterable[Any]) -> tuple[dict[str, Any], dict[str, Quantity]] | None:
        """Content and changed quantities of the variation to other numbers; None if one is none, or has a fault."""
        raw, new = self.raw.copy(), {}
        for slot, new_one in zip(self.slots, numbers, strict=True):
            if not isinstance(new_one, float) and type(new_one) is not int:
                return None
            try:
                value = float(new_one)
            except OverflowError:
                return None
            raw[slot.section] = raw[slot.section] | {slot.key: {**slot.record, "value": value}}
            q = slot.quantity
            new[slot.path] = Quantity(Law(value=value), q.unit, q.source, q.method, q.note)
        return None if faults_of_numbers(raw, self.slots, self.checks) else (raw, new)

    def numbers(self, given: Iterable[Any]) -> tuple[float, ...] | None:
        """The numbers of a variation that `to` would make; None where it would not, and where checks need more."""
        if not self.alone:
            return None
        found = []
        for slot, one in zip(self.slots, given, strict=True):
            if not isinstance(one, float) and type(one) is not int or not slot.name.lo <= one <= slot.name.hi:
                return None
            found.append(float(one))
        return tuple(found) if all(map(math.isfinite, found)) else None


def remembered(known: dict[Any, Alike], key: Collection[Any], found: Alike | None) -> None:
    """Keep what was found under a key, in place of the oldest of too many."""
    if found is not None:
        if len(known) >= MOST:
            known.pop(next(iter(list(known))), None)
        known[key] = found


def check_citation(source: Any) -> None:
    """Raises ParameterError for what is no citation, nor None."""
    wanted = f"give a citation, of {SHORTEST} characters at least"
    if source is not None and len(text("with_: source", source, wanted, ParameterError)) < SHORTEST:
        raise ParameterError(f"with_: source {shown(source)}: {wanted}")
