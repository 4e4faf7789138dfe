"""Memoisation of builders across variations of a cell.

A builder is a function (cell, T).  The parameters that it reads from the cell are recorded.  Its result is reused for
any variation of the same origin that has equal values of the recorded parameters.  Builders may call other builders
through `kept`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

VARIANTS, KEPT = 4, 256  # cached results per builder, temperature and origin; number of such entries
Answers = dict[str, dict[str, Any]]  # of the parameters that one builder read itself, by path and method
Key = tuple[Callable[..., Any], Any, int]  # builder, T, id of the origin
# entries (answers, those of changed parameters among them, result, origin), latest first
_kept: dict[Key, tuple[Any, ...]] = {}
# what was read where no change was among it, result, those answers, and origin: found without a comparison
_unchanged: dict[Key, tuple[frozenset[str], Any, tuple[Answers, ...], Any]] = {}


class _Watched:
    """A cell that records which parameters are read."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell
        self.answers: Answers = {}
        self.others: dict[int, Answers] = {}  # by id: of the builders that this one calls
        self.name = cell.name  # for messages only

    def _ask(self, how: str, path: str) -> Any:
        answer = getattr(self.cell, how)(path)
        self.answers.setdefault(path, {})[how] = answer
        return answer

    def value(self, path: str) -> Any:
        answer = self.cell.value(path)  # asked for most often
        self.answers.setdefault(path, {})["value"] = answer
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
        return _found(make, cell, T)[1]
    answers, outcome = _found(make, cell.cell, T)
    cell.others.update(zip(map(id, answers), answers, strict=True))  # referred to, as to merge them takes longer
    return outcome


def _found(make: Callable[..., Any], cell: Any, T: Any) -> tuple[tuple[Answers, ...], Any]:
    """(parameters read by a builder, and by those that it calls, with their values; result)."""
    origin = cell.origin
    key = make, T, id(origin)
    as_origin = _unchanged.get(key)
    if as_origin is not None and as_origin[0].isdisjoint(cell.changes):
        return as_origin[2], as_origin[1]
    entries = _kept.get(key, ())
    for read, changed, outcome, _ in entries:
        if _answers(cell, changed) and _answers(cell, _among(read, cell.changes)):
            return read, outcome
    watched = _Watched(cell)
    outcome = make(watched, T)
    read = (watched.answers, *watched.others.values())
    paths: frozenset[str] = frozenset().union(*read)
    changed = tuple(_among(read, paths.intersection(cell.changes)))
    # single assignments, for threads; the reference to the origin keeps its id unique
    _forget_some(_kept)
    _kept[key] = ((read, changed, outcome, origin), *entries)[:VARIANTS]
    if not changed:
        _forget_some(_unchanged)
        _unchanged[key] = paths, outcome, read, origin
    return read, outcome


def _forget_some(entries: dict[Key, Any]) -> None:
    """Make room for one more."""
    if len(entries) >= KEPT:
        entries.pop(next(iter(list(entries))), None)


def _among(read: tuple[Answers, ...], paths: Iterable[str]) -> Iterator[tuple[str, str, Any]]:
    """(path, method, answer) of all answers on the parameters `paths`."""
    for answers in read:
        for path in paths:
            if path in answers:
                yield from ((path, how, answer) for how, answer in answers[path].items())


def _answers(cell: Any, asked: Iterable[tuple[str, str, Any]]) -> bool:
    """Whether a cell gives the recorded answers."""
    return all(getattr(cell, how)(path) == answer for path, how, answer in asked)


def forget() -> None:
    """Forget all outcomes, so that whatever follows is made anew."""
    _kept.clear()
    _unchanged.clear()
