"""Memoisation of builders across variations of a cell.

A builder is a function (cell, T).  The parameters that it reads from the cell are recorded.  Its result is reused for
any variation of the same origin that has equal values of the recorded parameters.  Builders may call other builders
through `kept`.
"""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from ..errors import ParameterError

VARIANTS, KEPT = 4, 256  # cached results per builder, temperature and origin; number of such entries
METHODS = "has", "is_number", "law", "mean", "value"  # of a cell, of a path; what else builders ask for are texts
Read = dict[tuple[str, str], Any]  # of one builder and of those that it calls: answers by method and path
Key = tuple[Callable[..., Any], Any, int]  # builder, T, id of the origin


class Depends(Exception):
    """What a builder makes depends on a parameter that it should not depend on."""


class _Entry(NamedTuple):
    """A cached result."""

    paths: frozenset[str]  # that were read
    read: Read
    changed: Read  # of it what the cell had changed
    outcome: Any
    origin: Any  # kept, so that its id is its own


_kept: dict[Key, tuple[_Entry, ...]] = {}  # latest first
_unchanged: dict[Key, _Entry] = {}  # where no change was among what was read: found without a comparison


class _Watched:
    """A cell that records which parameters are read."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell
        self.read: Read = {}
        self.name = cell.name  # for messages only

    def _ask(self, how: str, path: str) -> Any:
        answer = self.read[how, path] = getattr(self.cell, how)(path)
        return answer

    def value(self, path: str) -> Any:
        answer = self.read["value", path] = self.cell.value(path)  # asked for most often
        return answer

    def mean(self, path: str) -> Any:
        return self._ask("mean", path)

    def law(self, path: str) -> Any:
        return self._ask("law", path)

    def is_number(self, path: str) -> Any:
        return self._ask("is_number", path)

    def has(self, path: str) -> Any:
        return self._ask("has", path)

    @property
    def nominal_capacity(self) -> Any:
        return self.value("cell/nominal capacity")

    def options(self, part: str) -> Any:
        return self.cell.options(part)  # as the texts

    def phases(self, part: str) -> Any:
        return self.cell.phases(part)  # as the texts

    def hysteresis(self, part: str) -> Any:
        return self.cell.hysteresis(part)  # as the texts

    def kinetics(self, part: str) -> Any:
        return self.cell.kinetics(part)  # as the texts

    def particle(self, part: str) -> Any:
        return self.cell.particle(part)  # as the texts

    @property
    def charges_double_layers(self) -> Any:
        return self.cell.charges_double_layers  # as the texts

    def text(self, path: str) -> Any:
        return self.cell.text(path)  # texts are the same in all variations


def kept(make: Callable[..., Any], cell: Any, T: Any) -> Any:
    """make(cell, T), such as a table of laws, or its cached result for a cell with the same parameters.

    The result is shared and must not be modified.
    """
    if not isinstance(cell, _Watched):
        return _found(make, cell, T).outcome
    found = _found(make, cell.cell, T)
    cell.read.update(found.read)
    return found.outcome


def kept_whatever(make: Callable[..., Any], cell: Any, T: Any, paths: Collection[str]) -> Any:
    """As `kept`, of what no numbers in place of those of some parameters would change.

    paths: of these parameters, which are numbers in the cell.  Raises Depends if a number of one of them was read.
    """
    found = _found(make, cell, T)
    if any(path in paths and how != "is_number" for how, path in found.read):
        raise Depends
    return found.outcome


def _found(make: Callable[..., Any], cell: Any, T: Any) -> _Entry:
    """What a builder returns, with the parameters that were read and their values."""
    origin = cell.origin
    key = make, T, id(origin)
    as_origin = _unchanged.get(key)
    if as_origin is not None and as_origin.paths.isdisjoint(cell.changes):
        return as_origin
    entries = _kept.get(key, ())
    for entry in entries:
        if _answers(cell, entry.changed) and _answers(cell, _among(entry, cell)):
            return entry
    watched = _Watched(cell)
    outcome = make(watched, T)
    paths = frozenset([path for _, path in watched.read])
    entry = _Entry(paths, watched.read, {}, outcome, origin)
    entry = entry._replace(changed=_among(entry, cell))
    # single assignments, for threads
    _forget_some(_kept)
    _kept[key] = (entry, *entries)[:VARIANTS]
    if not entry.changed:
        _forget_some(_unchanged)
        _unchanged[key] = entry
    return entry


def _forget_some(entries: dict[Key, Any]) -> None:
    """Make room for one more."""
    if len(entries) >= KEPT:
        entries.pop(next(iter(list(entries))), None)


def _among(entry: _Entry, cell: Any) -> Read:
    """Of what was read that of which a cell has changes."""
    paths, read = entry.paths.intersection(cell.changes), entry.read
    return {(how, path): read[how, path] for path in paths for how in METHODS if (how, path) in read}


def _answers(cell: Any, read: Read) -> bool:
    """Whether a cell gives the same answers."""
    try:
        for (how, path), answer in read.items():  # noqa: SIM110, a generator takes longer than what it looks at
            if getattr(cell, how)(path) != answer:
                return False
    except ParameterError:  # what was a number is a law
        return False
    return True


def forget() -> None:
    """Forget all outcomes, so that whatever follows is made anew."""
    _kept.clear()
    _unchanged.clear()
