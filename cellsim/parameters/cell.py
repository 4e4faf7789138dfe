"""A cell: an immutable, checked parameter set that can be varied and traced."""

import copy
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, reduce
from importlib import import_module
from operator import xor
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import ParameterError
from ..support.arguments import chosen, file_path, mapping, number, shown
from ..support.arguments import text as text_of
from ..support.files import cut
from ..support.renamed import by_name
from . import balance
from .card import Shown, no_number
from .catalogue import METHODS, OF_PHASE, SECTIONS, nested
from .catalogue.options import Options
from .check import faults, faults_of_changes, refuse
from .consistency import at_temperature
from .derived.methods import Derives
from .laws.exchange import by_exchange_laws
from .laws.law import Law, finite
from .quantity import Provenance, Quantity, default, domain_of
from .renamed import present_content, present_path
from .variation import Alike, by_layers, by_rate_constants, check_citation, cited, remembered, varied

PATH = 'give the path of a quantity, such as "separator/thickness"'
CHANGES = 'give a dictionary {"section/quantity": value}, such as {"separator/thickness": 2e-5}'


@dataclass(frozen=True)
class Cell(Shown, Derives, Options):
    """An immutable parameter set.  Paths are "section/quantity", such as "separator/thickness".

    changes: laws by path that differ, or once differed, from those of `origin`.
    remarks: notes on the cell beyond its values, one sentence each.

    States of charge 0 and 1 follow from the lithium of the cell and its cut-off voltages, see
    `cellsim.parameters.balance`: the stoichiometry windows of a variation are recomputed.
    """

    name: str
    path: Path | None
    _raw: dict[str, Any] = field(repr=False, compare=True)
    _records: Mapping[str, Quantity] = field(repr=False, compare=False)
    _numbers: dict[str, float] = field(repr=False, compare=False, default_factory=dict)  # cache of `value`
    _origin: "Cell | None" = field(repr=False, compare=False, default=None)
    changes: Mapping[str, Law] = field(repr=False, compare=False, default_factory=dict)
    remarks: tuple[str, ...] = field(repr=False, compare=False, default=())
    _stated: "Cell | None" = field(repr=False, compare=False, default=None)  # the cell that states the windows

    @classmethod
    @by_name
    def from_json(
        cls, raw: Any, name: str, path: "str | PathLike[str] | None" = None, label: str | None = None
    ) -> "Cell":
        """Check the content of a parameter file; messages name it `label`.  Raises ParameterError with all faults."""
        text_of("from_json: name", name, "give a name, as text", ParameterError)
        label = text_of("from_json: label", label, "give text", ParameterError) if label is not None else None
        path = path if path is None else file_path("from_json: path", path, error=ParameterError)
        place = label or (Path(path).name if path else name)
        raw = present_content(copy.deepcopy(raw), place)
        refuse(faults(raw), place)
        records = {
            f"{section}/{key}": Quantity.of(section, key, raw, raw)
            for section in SECTIONS
            for key, record in raw[section].items()
            if isinstance(record, dict)
        }
        imported = tuple(raw.get("remarks", ()))
        cell = cls(name, Path(path) if path else None, raw, MappingProxyType(records), remarks=imported)
        try:
            windows, remark = balance.reconciled(cell)
        except ParameterError as fault:
            raise ParameterError(f"{place}: {fault}") from None
        if windows:
            for window, value in windows.items():
                section, _, key = window.partition("/")
                raw[section][key] |= {"value": value, "note": f"balanced; stated as {cell.value(window):.6g}"}
            return cls.from_json(raw | {"remarks": [*imported, remark]}, name, path, label)
        return replace(cell, remarks=cell.remarks + balance.remarks(cell))

    def digest(self) -> str:
        """Hash of the content of the file (16 hexadecimal digits), the same on every machine."""
        text = json.dumps(self._content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Hash of the name and all laws, independent of their order, so that a variation updates it incrementally."""
        if self._origin is None:
            return reduce(xor, (hash((path, q.law)) for path, q in self._records.items()), hash(self.name))
        was = self._origin._records
        gone = (hash((path, was[path].law)) for path in self.changes if path in was)
        return reduce(xor, gone, reduce(xor, map(hash, self.changes.items()), self._origin._hash))

    @cached_property
    def _text(self) -> str:
        return json.dumps(self._content)

    @property
    def _content(self) -> dict[str, Any]:
        """The content of the file; laws whose domain is not the window state it as "range"."""
        raw = self._raw
        for path, q in self._records.items():
            section, _, key = path.partition("/")
            if q.law.domain is not None and q.law.domain != domain_of(section, raw, key):
                raw = raw | {section: raw[section] | {key: raw[section][key] | {"range": list(q.law.domain[:2])}}}
        return nested(raw)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._text, self.name, self.path)

    @property
    def origin(self) -> "Cell":
        """The cell that this one was derived from, through any number of variations, or itself."""
        return self if self._origin is None else self._origin

    @property
    def title(self) -> str:
        """One line."""
        return str(self._raw["title"])

    @property
    def description(self) -> str:
        """What the set describes, and its limits."""
        return str(self._raw["description"])

    @property
    def kind(self) -> str:
        """Type of electrolyte: "liquid" or "solid"."""
        return str(self._raw["kind"])

    @property
    def sources(self) -> dict[str, dict[str, str]]:
        """Sources by key: "citation", and "doi" and "note" where the file gives them."""
        return dict(copy.deepcopy(self._raw["sources"]))

    @property
    def nominal_capacity(self) -> float:
        """Capacity that defines the C-rate [Ah]; the note of its record states rate, window and temperature."""
        return self.value("cell/nominal capacity")

    def temperature(self, given: float | None = None) -> float:
        """The temperature of a run [K]: the given one, by default the ambient temperature of the cell.

        Raises ParameterError, naming law, x and T, if a law of the cell has no valid value at this temperature.
        """
        ambient = self.value("cell/ambient temperature")
        if given is None:
            return ambient
        given = number("temperature", given, "give kelvin as a number, such as 298.15", error=ParameterError)
        if given != ambient and finite(given) and given > 0.0:
            refuse([f"{path}: {text}" for path, text in at_temperature(self, given)], self.name)
        return float(given)

    def _path(self, path: str) -> str:
        """A path as given, checked and in its present spelling."""
        return present_path(text_of("path", path, PATH, ParameterError), self._raw, self.name)

    def has(self, path: str) -> bool:
        """Whether the file gives this quantity."""
        return self._path(path) in self._records

    def text(self, path: str) -> str:
        """A text entry such as "design/format" or "negative electrode/type".  Raises ParameterError."""
        section, _, key = text_of("path", path, PATH, ParameterError).partition("/")
        known = self._raw.get(section)
        if not isinstance(known, dict) or not isinstance(known.get(key), str):
            raise ParameterError(f"{self.name}: {shown(path)}: no such text; for a number call value()")
        return str(known[key])

    @property
    def material(self) -> str:
        """Class of the electrolyte ("electrolyte/material"), such as "argyrodite"; "" where the file gives none."""
        return str(self._raw["electrolyte"].get("material", ""))

    def record(self, path: str) -> Quantity:
        """Value and provenance of a quantity that the file gives.  Raises ParameterError if it gives none."""
        path = self._path(path)
        if path not in self._records:
            self._lacks(path)
        return self._records[path]

    def law(self, path: str) -> Law:
        """A quantity as a function law(x, T) of arrays.  Raises ParameterError if it has no value."""
        if isinstance(path, str) and path in self._records:
            return self._records[path].law
        path = self._path(path)
        if path in self._records:
            return self._records[path].law
        section, _, key = path.partition("/")
        whole = section in SECTIONS and not (key in OF_PHASE and self.phases(section))
        law = default(section, self._raw[section].get("type"), key) if whole else None
        if law is None:
            self._lacks(path)
        return law

    def value(self, path: str) -> float:
        """A number in the unit of the quantity; its default where the file omits an optional one.

        Raises ParameterError if it has no value, or is a law.
        """
        number = self._numbers.get(path) if isinstance(path, str) else None
        if number is not None:
            return number
        law = self.law(path)
        if law.value is None:
            raise ParameterError(f"{self.name}: {cut(path, 80)}: {no_number(law)}")
        self._numbers[path] = law.value
        return law.value

    @by_name
    def with_(self, changes: Mapping[str, Any], *, method: str = "assumed", source: str | None = None) -> "Cell":
        """A checked variation: {"section/quantity": number, or a law}.

        A law: an expression; a function of x, or of x and T, sampled to a table; points (x, y), or (x, y, "linear"); or
        the path of a .csv file of points.  `record(path).note` says with which error, and how it goes on outside.
        Fractions and radius of a porous electrode: as well layers [{"thickness share": 0.5, "value": 0.3}, ...], or a
        law of x, the position from 0 at the current collector to 1 at the separator; "layers" sets several of them.
        "reaction rate constant" [mol.m-2.s-1] of an electrode, as in BPX, becomes its exchange-current density, and an
        expression for that in x, c_e [mol.m-3] and T becomes a number and its shapes.
        method, source: how and from where (a citation) the new values are known; by default they are marked as
        assumed by the user.  Raises ParameterError.
        """
        changes = mapping("with_: changes", changes, CHANGES)
        chosen("with_: method", method, METHODS, ParameterError)
        check_citation(source)
        given = *changes, method, source
        alike = self._alike.get(given)
        made = None if alike is None else alike.to(changes.values())
        raw, new = self._checked(changes, method, source) if made is None else made
        if alike is None and (*new,) == (*changes,):
            remembered(self._alike, given, Alike.of(raw, new))
        cell = self._with(raw, new)
        windows = [path for path in balance.WINDOWS if path in new]
        return self._balanced(cell, new, windows) if windows or any(map(balance.decides, new)) else cell

    def numbers_of(self, changes: Mapping[str, Any]) -> tuple[float, ...] | None:
        """The numbers of a variation, if they are valid and it differs from one made before in these alone."""
        alike = self._alike.get((*changes, "assumed", None))
        return None if alike is None else alike.numbers(changes.values())

    @cached_property
    def _alike(self) -> dict[Any, Alike]:
        """Variations so far, by the paths of what they change."""
        return {}

    def _checked(
        self, given: Mapping[str, Any], method: str, source: str | None
    ) -> tuple[dict[str, Any], dict[str, Quantity]]:
        """Content of a variation, and the quantities by path that it changes.  Raises ParameterError."""
        given = by_exchange_laws(by_rate_constants(by_layers(given)), self._raw, self.name)
        changes = {present_path(path, self._raw, self.name): new for path, new in given.items()}
        raw = varied(self._raw, changes, method, source, self.law, self.name)
        refuse(faults_of_changes(raw, self._raw, changes), f"variation of {self.name}")
        return raw, {
            path: Quantity.of(section, key, raw, (self._stated or self)._raw)
            for path in changes
            for section, _, key in [path.partition("/")]
        }

    def _with(self, raw: dict[str, Any], new: Mapping[str, Quantity], **more: Any) -> "Cell":
        """A variation with the content `raw`, in which the quantities `new` by path differ."""
        known = self._numbers.copy()  # in one call: other threads may add to it
        for path in new:
            known.pop(path, None)
        laws = {path: quantity.law for path, quantity in new.items()}
        return Cell(
            self.name,
            self.path,
            raw,
            MappingProxyType({**self._records, **new}),
            known,
            self.origin,
            MappingProxyType({**self.changes, **laws}),
            more.get("remarks", self.remarks),
            more.get("_stated", self._stated or self),
        )

    def _balanced(self, cell: "Cell", changes: Collection[str], stated: Collection[str]) -> "Cell":
        """The variation `cell` with windows consistent with its lithium inventory; `stated`: windows it states."""
        try:
            before = self
            if any(map(balance.decides, changes)):
                windows = balance.moved(cell, cell._stated or cell, self)
                before = cell._moved(windows)
                kept = {path: x for path, x in windows.items() if path not in changes}
                cell = cell._moved(kept) if stated else before
            if stated:
                cell = cell._moved(balance.followed(cell, before, stated))
                windows, remark = balance.reconciled(cell)
                cell = cell._moved(windows)._stating()
                cell = replace(cell, remarks=(*cell.remarks, remark)) if remark else cell
        except ParameterError as fault:
            raise ParameterError(f"variation of {self.name}: {fault}") from None
        return cell

    def _moved(self, windows: Mapping[str, float]) -> "Cell":
        """This variation with other stoichiometries by path."""
        windows = {path: float(x) for path, x in windows.items() if x != self.value(path)}
        if not windows:
            return self
        raw, origin = cited(self._raw)
        new = {}
        for path, x in windows.items():
            section, _, key = path.partition("/")
            note = f"follows from lithium inventory and cut-off voltages; was {self.value(path):.6g}"
            record = {"value": x, "unit": "1", "source": origin, "method": "assumed", "note": note}
            raw[section] = raw[section] | {key: record}
            new[path] = Quantity(Law(value=x), "1", origin, "assumed", note)
        return self._with(raw, new, remarks=tuple(raw.get("remarks", ())))

    def _stating(self) -> "Cell":
        """This variation with its windows as stated values, which also bound the data of its laws."""
        new = {
            path: replace(q, law=replace(q.law, domain=domain))
            for path, q in self._records.items()
            if q.law.domain is not None
            for section, _, key in [path.partition("/")]
            for domain in [domain_of(section, self._raw, key)]
            if domain != q.law.domain
        }
        return self._with(self._raw, new, _stated=None)

    def provenance(self) -> Provenance:
        """Value, unit, source, method and note of every quantity."""
        return Provenance(
            tuple((path, str(q.law), q.unit, q.source, q.method, q.note) for path, q in self._records.items())
        )

    @by_name
    def to_pybamm(self, soc: float | None = 1.0, temperature: float | None = None, ageing: bool = False) -> Any:
        """Parameter values and options of PyBaMM, see `cellsim.to_pybamm`.  Raises ParameterError."""
        above = import_module("cellsim.interop.to_pybamm")  # a room that knows this one, by its name
        return above.to_pybamm(self, soc=soc, temperature=temperature, ageing=ageing)

    def to_json(self) -> dict[str, Any]:
        """The content of the parameter file, which `from_json` reads."""
        return copy.deepcopy(self._content)


@lru_cache(maxsize=64)
def _again(text: str, name: str, path: Path | None) -> Cell:
    """A cell from its pickled content; the same object for the same text."""
    return Cell.from_json(json.loads(text), name, path)
