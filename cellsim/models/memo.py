"""What follows from a cell, kept for the variations that it does not depend on.

A maker is a function (cell, T).  It is watched what it asks the cell for; a cell that is a variation of the same
origin, and answers the same wherever it or the first cell differs from that, gets the outcome of the first one.
Makers may ask for what others have made.
"""
VARIANTS, KEPT = 4, 256  # so many outcomes of a maker at one temperature and of one origin, and so many of these
_kept: dict = {}  # (maker, T, id of the origin): entries (answers, changed paths, outcome, origin), latest first


class _Watched:
    """A cell that notes what it is asked for."""

    def __init__(self, cell):
        self.cell, self.answers = cell, {}  # path: {method: answer}
        self.name = cell.name  # for messages only

    def _ask(self, how, path):
        answer = getattr(self.cell, how)(path)
        self.answers.setdefault(path, {})[how] = answer
        return answer

    def value(self, path):
        return self._ask("value", path)

    def law(self, path):
        return self._ask("law", path)

    def is_number(self, path):
        return self._ask("is_number", path)

    def has(self, path):
        return self._ask("has", path)

    def text(self, path):
        return self.cell.text(path)  # words are the same in all variations


def kept(make, cell, T):
    """make(cell, T), such as a table of laws, or what came out for a cell that answers the same.

    No one may write to the outcome.
    """
    if not isinstance(cell, _Watched):
        return _found(make, cell, T)[1]
    answers, outcome = _found(make, cell.cell, T)
    for path, given in answers.items():
        cell.answers.setdefault(path, {}).update(given)
    return outcome


def _found(make, cell, T):
    """(what a maker asks for and is answered, what it makes)."""
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
    # at once: threads see one or the other; the origin stays alive, so that its id stays its own
    _kept[key] = ((watched.answers, changed, outcome, origin), *entries)[:VARIANTS]
    return watched.answers, outcome


def _same(cell, answers, paths) -> bool:
    """Whether the cell gives the same answers about some paths."""
    for path in paths:
        if path in answers and any(getattr(cell, how)(path) != answer for how, answer in answers[path].items()):
            return False
    return True


def forget() -> None:
    """Forget all outcomes, so that whatever follows is made anew."""
    _kept.clear()
