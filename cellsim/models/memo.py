"""Memoisation of builders across variations of a cell.

A builder is a function (cell, T).  The parameters that it reads from the cell are recorded.  Its result is reused for
any variation of the same origin that has equal values of the recorded parameters.  Builders may call other builders
through `kept`.

Of variations that are made together, `abreast`, a builder is run once for all of them where it can be: on a cell whose
parameters are `Varied` where the variations differ.  That the formulas are right for that is not taken on trust: what
comes out for the first of them is compared, bit for bit, with what the builder returns for it alone.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from ..errors import ParameterError
from ..numerics.unsaid import UNSAID, Depends
from ..numerics.varied import Apart, Varied, beside, row_of, same, shared

VARIANTS, KEPT = 4, 256  # cached results per builder, temperature and origin; number of such entries
METHODS = "has", "is_number", "law", "mean", "value"  # of a cell, of a path; what else builders ask for are texts
Read = dict[tuple[str, str], Any]  # of one builder and of those that it calls: answers by method and path
Key = tuple[Callable[..., Any], Any, int]  # builder, T, id of the origin


class _Entry(NamedTuple):
    """A cached result."""

    paths: frozenset[str]  # that were read
    read: Read
    changed: Read  # of it what the cell had changed
    outcome: Any
    origin: Any  # kept, so that its id is its own


_kept: dict[Key, tuple[_Entry, ...]] = {}  # latest first
_unchanged: dict[Key, _Entry] = {}  # where no change was among what was read: found without a comparison


def _told(name: str) -> Any:
    """A method of a cell that gives texts, which are the same in all variations."""
    return lambda self, path: getattr(self.cell, name)(path)


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

    @property
    def charges_double_layers(self) -> Any:
        return self.cell.charges_double_layers  # as the texts

    options, phases, hysteresis, kinetics, particle, text = map(
        _told, ("options", "phases", "hysteresis", "kinetics", "particle", "text")
    )


def kept(make: Callable[..., Any], cell: Any, T: Any) -> Any:
    """make(cell, T), such as a table of laws, or its cached result for a cell with the same parameters.

    The result is shared and must not be modified.
    """
    if not isinstance(cell, _Watched):
        return _found(make, cell, T).outcome
    if isinstance(cell, _OfAll):
        return cell.batch.of_all(make, T, cell.read)
    found = _found(make, cell.cell, T)
    cell.read.update(found.read)
    return found.outcome


def kept_whenever(make: Callable[..., Any], cell: Any, T: Any) -> Any:
    """As `kept`, of what need not depend on T: where it does not, it is made once for all temperatures.

    That is not taken on trust: it is made with a temperature that raises whatever is done with it.
    """
    key = make, id(cell.cell.origin if isinstance(cell, _Watched) else cell.origin)
    if key not in _at_temperatures:
        try:
            return kept(make, cell, UNSAID)
        except Exception:  # what else it may be is said below
            _forget_some(_at_temperatures)
            _at_temperatures[key] = True
    return kept(make, cell, T)


_at_temperatures: dict[Any, bool] = {}  # builders that depend on T, by the id of a cell's origin


def kept_whatever(make: Callable[..., Any], cell: Any, T: Any, paths: Collection[str]) -> Any:
    """As `kept`, of what no numbers in place of those of some parameters would change.

    paths: of these parameters, which are numbers in the cell.  Raises Depends if a number of one of them was read.
    """
    found = _found(make, cell, T)
    if any(path in paths and how != "is_number" for how, path in found.read):
        raise Depends
    return found.outcome


def _found(make: Callable[..., Any], cell: Any, T: Any) -> Any:
    """What a builder returns, with the parameters that were read and their values."""
    origin = cell.origin
    key = make, T, id(origin)
    as_origin = _unchanged.get(key)
    if as_origin is not None and as_origin.paths.isdisjoint(cell.changes):
        return as_origin
    batch = _batches.get(id(cell)) if _batches else None
    if batch is not None and (own := batch.own(make, cell, T)) is not None:
        return own
    entries = _kept.get(key, ())
    for entry in entries:
        if _answers(cell, entry.changed) and _answers(cell, _among(entry, cell)):
            return entry
    if batch is not None and (own := batch.once(make, cell, T)) is not None:
        return own
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
        with suppress(RuntimeError):  # another thread adds or forgets one at this moment
            entries.pop(next(iter(entries)), None)


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
    _alone.clear()
    _at_temperatures.clear()


OWN = "of its own"
LEAST = 4  # variations that builders are run for together; of fewer it takes no less time
_batches: dict[int, "_Batch"] = {}  # by the id of a cell
_alone: dict[Any, bool] = {}  # builders that cannot be run for several cells, by what differs in these


@contextmanager
def abreast(cells: Sequence[Any], temperatures: Sequence[float] = ()) -> Iterator[None]:
    """Within it builders are run for all of these variations of one cell at once, where they can be.

    temperatures: at which each of them is asked for [K], where these differ; then it may be one cell many times.
    """
    batch = _Batch.of(cells, temperatures)
    if batch is None:
        yield
        return
    _batches.update(dict.fromkeys(map(id, cells), batch))
    try:
        yield
    finally:
        for cell in cells:
            _batches.pop(id(cell), None)


class _Row(NamedTuple):
    """What a builder returns for one of several cells."""

    outcome: Any
    asked: Read  # what was read, of all of them
    place: int

    @property
    def read(self) -> Read:
        """What was read, of this one."""
        return {
            key: float(answer.values[self.place, 0]) if isinstance(answer, Varied) else answer
            for key, answer in self.asked.items()
        }


class _Batch:
    """Variations of one cell in the same parameters.  varied: where they differ, by path; None where in laws.

    T: temperatures of all of them, if they differ.
    """

    def __init__(self, cells: Sequence[Any], varied: dict[str, Varied | None], T: Varied | None = None) -> None:
        self.cells, self.varied, self.T = cells, varied, T
        self.places: dict[Any, int] = {id(cell): k for k, cell in enumerate(cells)} if varied else {}
        self.temperatures = [] if T is None else T.values[:, 0].tolist()
        self.places |= {(id(cell), T): k for k, (cell, T) in enumerate(zip(cells, self.temperatures, strict=False))}
        self.differing = frozenset(varied)
        self.known: dict[Any, tuple[Any, Any, Read] | None] = {}  # outcome of all, of the first, what was read
        self.ones: dict[Any, _Row] = {}
        # whether what a builder returns for one of them is seldom that of another one
        numbers = [one for one in (*varied.values(), T) if one is not None]
        self.unlike = all(2 * np.unique(one.values).size > len(cells) for one in numbers)

    @classmethod
    def of(cls, cells: Sequence[Any], temperatures: Sequence[float]) -> "_Batch | None":
        """Those of some cells; None where they are too few, or not alike."""
        T = None
        if len({*temperatures}) > 1:
            pairs = {(id(cell), T): (cell, T) for cell, T in zip(cells, temperatures, strict=True)}
            cells, temperatures = zip(*pairs.values(), strict=True)
            T = Varied(np.array(temperatures, float)[:, None])
        else:
            cells = [*{id(cell): cell for cell in cells}.values()]
        if len(cells) < LEAST or any(
            cell.origin is not cells[0].origin or cell.changes.keys() != cells[0].changes.keys() for cell in cells
        ):
            return None
        varied: dict[str, Varied | None] = {}
        for path, law in cells[0].changes.items():
            laws = [cell.changes[path] for cell in cells]
            if all(one is law or one == law for one in laws):
                continue
            numbers = [one.value for one in laws]
            varied[path] = None if None in numbers else Varied(np.array(numbers)[:, None])
        return cls(cells, varied, T) if varied or T is not None else None

    def place(self, cell: Any, T: Any) -> int:
        """Of one of the cells at a temperature; 0 also where it is none of them."""
        at_its_own = self.T is not None and isinstance(T, float)
        return self.places.get((id(cell), T) if at_its_own else id(cell), 0)

    def own(self, make: Callable[..., Any], cell: Any, T: Any) -> _Row | None:
        """The entry of one of the cells; None where its builder has to be run for it alone."""
        place = self.place(cell, T)
        found = self._known(make, T) if place else None  # the first one is what others are compared with
        if found is None:
            return None
        of_all, first, asked = found
        return _Row(first if of_all is first else row_of(of_all, first, place), asked, place)

    def once(self, make: Callable[..., Any], cell: Any, T: Any) -> _Row | None:
        """The entry of one whose builder is run for it alone, and for no other; None of one to be remembered."""
        place = self.place(cell, T)
        if not place or not self.unlike:
            return None
        key = make, T, place
        if key not in self.ones:
            self.ones[key] = _Row(make(cell, T), {}, place)
        return self.ones[key]

    def of_all(self, make: Callable[..., Any], T: Any, read: Read) -> Any:
        """What a builder returns for all of the cells; read: notes what it reads."""
        found = self._known(make, T)
        if found is None:  # each by itself
            each = [_found(make, *one) for one in self._pairs(T)]
            read.update(each[0].read)
            read.update({key: self.varied.get(key[1]) for key in each[0].read if key[1] in self.differing})
            return beside([one.outcome for one in each])
        read.update(found[2])
        return found[0]

    def _known(self, make: Callable[..., Any], T: Any) -> tuple[Any, Any, Read] | None:
        own = self.T is not None and isinstance(T, float | Varied)  # each has its own temperature
        key = make, OWN if own else T
        if key not in self.known:
            alone = (make, self.differing, own) in _alone
            self.known[key] = None if alone else self._made(make, self.T if own else T)
        return self.known[key]

    def _pairs(self, T: Any) -> Iterator[tuple[Any, Any]]:
        """Cells, and the temperature of each."""
        return zip(self.cells, self.temperatures if isinstance(T, Varied) else repeat(T), strict=False)

    def _made(self, make: Callable[..., Any], T: Any) -> tuple[Any, Any, Read] | None:
        try:
            first = _found(make, *next(self._pairs(T)))
        except Exception:  # what it is every cell says for itself
            return None
        if not isinstance(T, Varied) and self.differing.isdisjoint(path for _, path in first.read):
            return first.outcome, first.outcome, first.read
        cell = _OfAll(self)
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                outcome = make(cell, T)
            if not same(row_of(outcome, first.outcome, 0), first.outcome):
                raise Apart
            outcome = shared(outcome, first.outcome)
        except Exception:  # whatever asks for one number; what a cell is refused for is said when it is alone
            _forget_some(_alone)
            _alone[make, self.differing, isinstance(T, Varied)] = True
            return None
        return outcome, first.outcome, cell.read


class _OfAll(_Watched):
    """A cell that stands for all of a batch."""

    def __init__(self, batch: _Batch) -> None:
        super().__init__(batch.cells[0])
        self.batch = batch

    def _ask(self, how: str, path: str) -> Any:
        answer = self.batch.varied.get(path)
        if path not in self.batch.differing or (answer is not None and how in ("has", "is_number")):
            return super()._ask(how, path)
        if answer is None or how == "law":
            raise Apart
        self.read[how, path] = answer
        return answer

    def value(self, path: str) -> Any:
        return self._ask("value", path)
