"""Memoisation of builders across variations of a cell.

A builder is a function (cell, T).  The parameters that it reads from the cell are recorded.  Its result is reused for
any variation of the same origin that has equal values of the recorded parameters.  Builders may call other builders
through `kept`.
"""

from collections.abc import Callable, Iterable
from typing import Any

VARIANTS, KEPT = 4, 256  # cached results per builder, temperature and origin; number of such entries
# (builder, T, id of origin): entries (answers, changed paths, result, origin), latest first
_kept: dict[Any, tuple[Any, ...]] = {}


class _Watched:
    """A cell that records which parameters are read."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell
        self.answers: dict[str, dict[str, Any]] = {}  # by path and method
        self.name = cell.name  # for messages only

    def _ask(self, how: str, path: str) -> Any:
        answer = getattr(self.cell, how)(path)
        self.answers.setdefault(path, {})[how] = answer
        return answer

    def value(self, path: str) -> Any:
        return self._ask("value", path)

    def law(self, path: str) -> Any:
        return self._ask("law", path)

    def is_number(self, path: str) -> Any:
        return self._ask("is_number", path)

    def has(self, path: str) -> Any:
        return self._ask("has", path)

    def options(self, part: str) -> Any:
        return self.cell.options(part)  # as the texts

    def phases(self, part: str) -> Any:
        return self.cell.phases(part)  # as the texts

    def text(self, path: str) -> Any:
        return self.cell.text(path)  # texts are the same in all variations


def kept(make: Callable[..., Any], cell: Any, T: Any) -> Any:
    """make(cell, T), such as a table of laws, or its cached result for a cell with the same parameters.

    The result is shared and must not be modified.
    """
    if not isinstance(cell, _Watched):
        return _found(make, cell, T)[1]
    answers, outcome = _found(make, cell.cell, T)
    for path, given in answers.items():
        cell.answers.setdefault(path, {}).update(given)
    return outcome


def _found(make: Callable[..., Any], cell: Any, T: Any) -> tuple[Any, Any]:
    """(parameters read by a builder with their values, result)."""
    origin, key = cell.origin, (make, T, id(cell.origin))
    entries = _kept.get(key, ())
    for answers, changed, outcome, _ in entries:
        if _same(cell, answers, cell.changes) and _same(cell, answers, changed):
            return answers, outcome
    watched = _Watched(cell)
    outcome = make(watched, T)
    changed = tuple(path for path in cell.changes if path in watched.answers)
    if len(_kept) >= KEPT:
        _kept.pop(next(iter(list(_kept))), None)
    # a single assignment, for threads; the reference to the origin keeps its id unique
    _kept[key] = ((watched.answers, changed, outcome, origin), *entries)[:VARIANTS]
    return watched.answers, outcome


def _same(cell: Any, answers: dict[str, dict[str, Any]], paths: Iterable[str]) -> bool:
    """Whether a cell has the recorded values of the parameters `paths`."""
    for path in paths:
        if path in answers and any(getattr(cell, how)(path) != answer for how, answer in answers[path].items()):
            return False
    return True


def forget() -> None:
    """Forget all outcomes, so that whatever follows is made anew."""
    _kept.clear()
