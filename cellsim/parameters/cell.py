"""A cell: an immutable, checked parameter set that can be varied and traced."""
import copy
import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, reduce
from numbers import Real
from operator import xor
from pathlib import Path
from types import MappingProxyType

from ..errors import ParameterError
from ..support.arguments import chosen, file_path, mapping, number, shown
from ..support.arguments import text as text_of
from ..support.spelling import near
from . import balance
from .catalogue import METHODS, SECTIONS, TEXTS, quantities
from .check import faults, faults_of_changes
from .consistency import at_temperature
from .laws.law import Law, finite
from .quantity import Provenance, Quantity, default, domain_of

VARIATION = {"citation": "variation made by the user of cellsim"}
PATH = "give the path of a quantity, such as \"separator/thickness\""
CHANGES = "give a dictionary {\"section/quantity\": value}, such as {\"separator/thickness\": 2e-5}"


def _key_of(citation, sources, name) -> str:
    """The key of a citation among sources: the one it has, or the first free one that begins with `name`."""
    keys = (name if k == 1 else f"{name} {k}" for k in itertools.count(1))
    return next(key for key in keys if key not in sources or sources[key].get("citation") == citation)


def _refuse(faults, label):
    """Raises ParameterError if there are any faults."""
    if faults:
        raise ParameterError("\n".join(f"{label}: {text}" for text in faults))


@dataclass(frozen=True)
class Cell:
    """An immutable parameter set.  Paths are "section/quantity", such as "separator/thickness".

    changes: laws by path in which a variation differs, or did once, from `origin`.
    remarks: what is to be known about the cell beyond its values, one sentence each.

    States of charge 0 and 1 follow from the lithium of the cell and its cut-off voltages, see
    `cellsim.parameters.balance`: variations have windows of stoichiometry of their own.
    """

    name: str
    path: Path | None
    _raw: dict = field(repr=False, compare=True)
    _records: MappingProxyType = field(repr=False, compare=False)
    _numbers: dict = field(repr=False, compare=False, default_factory=dict)  # those that have been asked for
    _origin: "Cell | None" = field(repr=False, compare=False, default=None)
    changes: Mapping = field(repr=False, compare=False, default_factory=dict)
    remarks: tuple[str, ...] = field(repr=False, compare=False, default=())
    _stated: "Cell | None" = field(repr=False, compare=False, default=None)  # whose windows are as stated

    @classmethod
    def from_json(cls, raw, name, path=None, label=None) -> "Cell":
        """Check the content of a parameter file.  Raises ParameterError listing all faults."""
        text_of("from_json: name", name, "give a name, as text", ParameterError)
        label = text_of("from_json: label", label, "give text", ParameterError) if label is not None else None
        path = path if path is None else file_path("from_json: path", path, error=ParameterError)
        raw = copy.deepcopy(raw)
        _refuse(faults(raw), label or (Path(path).name if path else name))
        records = {f"{section}/{key}": Quantity.of(record, domain_of(section, raw, key)) for section in SECTIONS
                   for key, record in raw[section].items() if isinstance(record, dict)}
        imported = tuple(raw.get("remarks", ()))
        cell = cls(name, Path(path) if path else None, raw, MappingProxyType(records), remarks=imported)
        try:
            windows, said = balance.reconciled(cell)
        except ParameterError as fault:
            _refuse([str(fault)], label or (Path(path).name if path else name))
        if windows:
            for place, value in windows.items():
                section, _, key = place.partition("/")
                raw[section][key] |= {"value": value, "note": f"balanced; stated as {cell.value(place):.6g}"}
            return cls.from_json(raw | {"remarks": [*imported, said]}, name, path, label)
        return replace(cell, remarks=cell.remarks + balance.remarks(cell))

    def digest(self) -> str:
        """A short name of everything in the file, the same wherever it is read."""
        text = json.dumps(self._content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __hash__(self):
        return self._hash

    @cached_property
    def _hash(self):
        """Of the name and all laws, whatever their order, so that a variation need not go through all of them."""
        if self._origin is None:
            return reduce(xor, (hash((path, q.law)) for path, q in self._records.items()), hash(self.name))
        was = self._origin._records
        gone = (hash((path, was[path].law)) for path in self.changes if path in was)
        return reduce(xor, gone, reduce(xor, map(hash, self.changes.items()), self._origin._hash))

    @cached_property
    def _text(self):
        return json.dumps(self._content)

    @property
    def _content(self):
        """The content of the file; laws say where they are known if that is not the window."""
        raw = self._raw
        for path, q in self._records.items():
            section, _, key = path.partition("/")
            if q.law.domain is not None and q.law.domain != domain_of(section, raw, key):
                raw = raw | {section: raw[section] | {key: raw[section][key] | {"range": list(q.law.domain[:2])}}}
        return raw

    def __reduce__(self):
        return _again, (self._text, self.name, self.path)

    @property
    def origin(self) -> "Cell":
        """The cell that this one is a variation of, by whatever detours, or itself."""
        return self._origin or self

    @property
    def title(self) -> str:
        """One line."""
        return self._raw["title"]

    @property
    def description(self) -> str:
        """What the set is and what it is not."""
        return self._raw["description"]

    @property
    def kind(self) -> str:
        """ "liquid" or "solid"."""
        return self._raw["kind"]

    @property
    def sources(self) -> dict:
        """Citations by key."""
        return copy.deepcopy(self._raw["sources"])

    @property
    def nominal_capacity(self) -> float:
        """Capacity that defines the C-rate [A.h]; its record's note states rate, window and temperature."""
        return self.value("cell/nominal capacity")

    def temperature(self, given=None) -> float:
        """The temperature of a run [K]: the one given, or else the cell's ambient one.

        Raises ParameterError, naming law, x and T, if a law of the cell has no sound value there.
        """
        ambient = self.value("cell/ambient temperature")
        if given is None:
            return ambient
        given = number("temperature", given, "give kelvin as a number, such as 298.15", error=ParameterError)
        if given != ambient and finite(given) and given > 0.0:
            _refuse([f"{path}: {text}" for path, text in at_temperature(self, given)], self.name)
        return given

    def has(self, path) -> bool:
        """Whether the file gives this quantity."""
        return text_of("path", path, PATH, ParameterError) in self._records

    def text(self, path) -> str:
        """A word such as "design/format" or "negative electrode/type"."""
        section, _, key = text_of("path", path, PATH, ParameterError).partition("/")
        known = self._raw.get(section)
        if not isinstance(known, dict) or not isinstance(known.get(key), str):
            raise ParameterError(f"{self.name}: {shown(path)}: no such word; for a number ask value()")
        return known[key]

    def record(self, path) -> Quantity:
        """Value and provenance of a quantity the file gives.  Raises ParameterError."""
        if text_of("path", path, PATH, ParameterError) not in self._records:
            raise ParameterError(f"{self.name}: {path[:80]}: not given; {near(path, self._records)}")
        return self._records[path]

    def law(self, path) -> Law:
        """A quantity as a function law(x, T) of arrays."""
        if text_of("path", path, PATH, ParameterError) in self._records:
            return self._records[path].law
        section, _, key = path.partition("/")
        found = default(section, self._raw[section].get("type"), key) if section in SECTIONS else None
        if found is None:
            raise ParameterError(f"{self.name}: {path[:80]}: not given; {near(path, self._records)}")
        return found

    def is_number(self, path) -> bool:
        """Whether a quantity depends on nothing."""
        return self.law(path).constant

    def value(self, path) -> float:
        """A number, or its neutral default where the file leaves an optional one out."""
        found = self._numbers.get(path) if isinstance(path, str) else None
        if found is not None:
            return found
        law = self.law(path)
        if law.value is None:
            raise ParameterError(f"{self.name}: {path[:80]}: is a law ({law}), not a number")
        self._numbers[path] = law.value
        return law.value

    def with_(self, changes, *, method="assumed", source=None) -> "Cell":
        """A checked variation: {"section/quantity": number, or expression for a law}.

        Changed values are marked as assumed by the user unless another method (of `names.METHODS`) and another
        source (its citation) are given.  Raises ParameterError.
        """
        changes, raw = dict(mapping("with_: changes", changes, CHANGES)), self._raw.copy()
        chosen("with_: method", method, METHODS, ParameterError)
        citation = VARIATION["citation"] if source is None else text_of("with_: source", source, "give a citation, as "
                                                                        "text", ParameterError)
        origin = _key_of(citation, raw["sources"], "variation" if source is None else method)
        raw["sources"] = raw["sources"] | {origin: {"citation": citation}}
        for path, new in changes.items():
            section, _, key = path.partition("/")
            known = quantities(section, raw[section].get("type")) if section in SECTIONS else {}
            if key not in known or key in TEXTS.get(section, {}):
                paths = [f"{s}/{k}" for s in SECTIONS for k in quantities(s, raw[s].get("type"))]
                raise ParameterError(f"{self.name}: {path[:80]}: unknown quantity; {near(path, paths)}")
            old = raw[section].get(key)
            was = str(self.law(path)) if old or known[key].default is not None else "nothing"
            if isinstance(new, bool) or not isinstance(new, (str, Real)):
                raise ParameterError(f"{self.name}: {path}: give a number or an expression, found {shown(new)}")
            form, content = ("expression", new) if isinstance(new, str) else ("value", float(new))
            raw[section] = raw[section] | {key: {form: content, "unit": known[key].unit, "source": origin,
                                                 "method": method, "note": f"changed from {was}"}}
        _refuse(faults_of_changes(raw, self._raw, changes), f"variation of {self.name}")
        new = {path: Quantity.of(raw[section][key], domain_of(section, (self._stated or self)._raw, key))
               for path in changes for section, _, key in [path.partition("/")]}
        cell = self._with(raw, new)
        windows = [path for path in balance.WINDOWS if path in changes]
        return self._balanced(cell, changes, windows) if windows or not balance.DECIDING.isdisjoint(changes) else cell

    def _with(self, raw, new, **more) -> "Cell":
        """A variation of the content `raw`, in which the quantities `new` by path differ."""
        known = self._numbers.copy()  # at once: other threads may add to it
        for path in new:
            known.pop(path, None)
        laws = {path: quantity.law for path, quantity in new.items()}
        return replace(self, _raw=raw, _records=MappingProxyType({**self._records, **new}), _numbers=known,
                       _origin=self.origin, changes=MappingProxyType({**self.changes, **laws}),
                       **{"_stated": self._stated or self, **more})

    def _balanced(self, cell, changes, windows) -> "Cell":
        """The variation `cell` of this one with windows that go with its lithium; `windows`: those it states."""
        try:
            before = self
            if not balance.DECIDING.isdisjoint(changes):
                found = balance.moved(cell, cell._stated, self)
                before = cell._moved(found)
                cell = cell._moved({path: x for path, x in found.items() if path not in changes}) if windows else before
            if windows:
                cell = cell._moved(balance.followed(cell, before, windows))
                found, said = balance.reconciled(cell)
                cell = cell._moved(found)._stating()
                cell = replace(cell, remarks=(*cell.remarks, said)) if said else cell
        except ParameterError as fault:
            _refuse([str(fault)], f"variation of {self.name}")
        return cell

    def _moved(self, windows) -> "Cell":
        """This variation with other stoichiometries by path."""
        windows = {path: float(x) for path, x in windows.items() if x != self.value(path)}
        if not windows:
            return self
        raw, new = self._raw.copy(), {}
        for path, x in windows.items():
            section, _, key = path.partition("/")
            record = {"value": x, "unit": "1", "source": "variation", "method": "assumed",
                      "note": f"follows from lithium and cut-off voltages; was {self.value(path):.6g}"}
            raw[section] = raw[section] | {key: record}
            new[path] = Quantity(Law(value=x), "1", "variation", "assumed", record["note"])
        return self._with(raw, new, remarks=tuple(raw.get("remarks", ())))

    def _stating(self) -> "Cell":
        """This variation, its windows being what it states: so far reach the data of its laws."""
        new = {path: replace(q, law=replace(q.law, domain=domain)) for path, q in self._records.items()
               if q.law.domain is not None for section, _, key in [path.partition("/")]
               for domain in [domain_of(section, self._raw, key)] if domain != q.law.domain}
        return self._with(self._raw, new, _stated=None)

    def provenance(self) -> Provenance:
        """Where every value comes from."""
        return Provenance(tuple((path, str(q.law), q.unit, q.source, q.method, q.note)
                                for path, q in self._records.items()))

    def to_json(self) -> dict:
        """The content of the parameter file."""
        return copy.deepcopy(self._content)


@lru_cache(maxsize=64)
def _again(text, name, path) -> Cell:
    """A cell from what goes from one process to another; the same cell for the same text."""
    return Cell.from_json(json.loads(text), name, path)
