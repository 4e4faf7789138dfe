"""`Protocol`: what the cycler does, from text, steps, JSON or PyBaMM, and back."""
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from ..errors import ProtocolError
from ..support.arguments import flag, mapping, shown, whole
from .check import check
from .language.parse import parse
from .language.write import write
from .nodes import CCCV, DEEPEST, Condition, Goto, Label, Repeat, Stop, conditions_in, has_step, steps_in
from .program import MAX_STEPS, Walk, flatten
from .step import Step, kelvin, seconds

NODES = (Step, Repeat, CCCV, Label, Goto, Stop)


class Protocol:
    """A protocol: steps, cycles of steps, jumps and ends.

    source: text in the protocol language (docs/protocols.md); a `Step`, `Repeat`, `CCCV`, `Label`, `Goto` or
    `Stop`; another protocol; or a list of these, in which a tuple is a cycle, as in PyBaMM.
    period [s], temperature [K]: for every step that has none of its own.
    force: let steps go beyond the cut-off voltages of the cell.
    files: which files of drive cycles a text may name: True: any that ends in .csv, .txt or .tsv; a folder: those in
    it; False: none, for text that comes from others.

    nodes: the tree; whenever: conditions that end the protocol after any step.  Immutable; compares by value.
    Raises ProtocolError: of a text with a caret under the word at fault.
    """

    __slots__ = ("_program", "asks", "force", "needs_heat", "nodes", "steps", "whenever")
    nodes: tuple
    steps: tuple[Step, ...]  # all distinct ones, in the order they are written
    asks: frozenset[str]  # quantities that its conditions look at, see `Condition`; the run must know them
    needs_heat: bool  # whether it makes sense only where the temperature of the cell can change
    whenever: tuple[Condition, ...]
    force: bool
    _program: tuple

    def __init__(self, source, *, period=None, temperature=None, force=False, files=True):
        whenever: list[Condition] = []
        forced = [flag("force", force)]
        period, temperature = seconds("period", period), kelvin("temperature", temperature)
        nodes = tuple(_around(n, period, temperature) for n in _gather(source, whenever, forced, files))
        self._set(nodes, tuple(whenever), any(forced))

    def _set(self, nodes, whenever, force):
        for name, value in (("nodes", nodes), ("whenever", whenever), ("force", bool(force)),
                            *_derived(nodes, whenever)):
            object.__setattr__(self, name, value)
        return self

    def __setattr__(self, name, value):
        raise AttributeError("a protocol cannot be changed; make another one")

    def __eq__(self, other):
        if not isinstance(other, Protocol):
            return NotImplemented
        return self._key == other._key

    def __hash__(self):
        return hash(self._key)

    @property
    def _key(self):
        return self.nodes, self.whenever, self.force

    def __reduce__(self):
        return _again, self._key

    def __str__(self):
        return self.to_text()

    def __repr__(self):
        return f"Protocol({'; '.join(x.strip() for x in self.to_text().splitlines())!r})"

    def walk(self, max_steps=MAX_STEPS) -> Walk:
        """The steps one by one as they come; see `Walk`.  Stopped, with the reason, after max_steps."""
        return Walk(self._program, self.whenever, max_steps)

    def check(self, cell, start: Mapping | None = None) -> None:
        """Raise ProtocolError if the cell cannot do this; see `check`."""
        from ..parameters import load

        check(self, load(cell), None if start is None else mapping("start", start, "give a mapping", ProtocolError))

    def to_text(self) -> str:
        """The text in the protocol language, one instruction a line; reading it gives an equal protocol."""
        return write(self.nodes, self.whenever, self.force)

    def to_json(self, indent=1) -> str:
        """The JSON form, with the same content; numbers in the units of `Step`."""
        from .json_form import to_form

        form = to_form(self.nodes, self.whenever, self.force)
        indent = whole("indent", indent, "give a whole number from 0 to 20", low=0, high=20, none=True)
        return json.dumps(form.model_dump(by_alias=True, exclude_defaults=True), indent=indent)

    @classmethod
    def from_json(cls, source) -> "Protocol":
        """From a JSON text, or the dictionary it stands for.  Raises ProtocolError naming the key at fault."""
        from .json_form import from_form, read_form

        return _again(*from_form(read_form(source)))

    @staticmethod
    def json_schema() -> dict:
        """JSON Schema of that form, for editors."""
        from .json_form import ProtocolForm

        return ProtocolForm.model_json_schema()

    @classmethod
    def from_pybamm(cls, experiment) -> "Protocol":
        """From a `pybamm.Experiment`.  Raises ProtocolError naming what has no counterpart here."""
        from .pybamm_experiment import from_pybamm

        nodes, whenever = from_pybamm(experiment)
        return _again(nodes, whenever, False)

    def to_pybamm(self):
        """A `pybamm.Experiment`.  Raises ProtocolError naming the step that PyBaMM cannot express."""
        from .pybamm_experiment import to_pybamm

        return to_pybamm(self)


def _again(nodes, whenever, force):
    """A protocol from its parts."""
    return Protocol.__new__(Protocol)._set(nodes, whenever, force)


@lru_cache(maxsize=64)
def _derived(nodes, whenever):
    """(name, value) of what follows from a protocol's nodes; runs that differ in their cells share it."""
    if not any(map(has_step, nodes)):
        raise ProtocolError("the protocol has no step; give at least one, such as 'Charge at 1C until 4.2 V'")
    program, steps = tuple(flatten(nodes, whenever)), tuple(dict.fromkeys(steps_in(nodes)))
    asks = frozenset(c.quantity for c in (*whenever, *conditions_in(nodes))) - {"ending", "time", "capacity"}
    heated = any(s.heater or s.self_heating or "temperature" in (s.control, *(x.quantity for x in s.until))
                 for s in steps)
    return ("_program", program), ("steps", steps), ("asks", asks), ("needs_heat", "temperature" in asks or heated)


_parsed = lru_cache(maxsize=64)(parse)  # to read a text takes longer than to run it


def _gather(source, whenever, forced, files, depth=0):
    """Nodes of a source, within so many others."""
    if depth > DEEPEST:
        raise ProtocolError(f"more than {DEEPEST} lists of steps within each other; does one contain itself?")
    if isinstance(source, str):
        found = parse(source, files) if '"' in source or "'" in source else _parsed(source)  # a file may have changed
    elif isinstance(source, Protocol):
        found = source
    elif isinstance(source, NODES):
        return (source,)
    elif isinstance(source, list | tuple):
        nodes: list = []
        for part in source:
            inner = _gather(list(part) if isinstance(part, tuple) else part, whenever, forced, files, depth + 1)
            nodes.extend([Repeat(inner)] if isinstance(part, tuple) else inner)
        return tuple(nodes)
    else:
        raise ProtocolError(f"a protocol is made of text, a Step or a list of these, not of {shown(source)}; "
                            "for example cellsim.Protocol('Charge at 1C until 4.2 V')")
    whenever.extend(found.whenever)
    forced.append(found.force)
    return found.nodes


def _around(node, period, temperature):
    """The node, its steps with these where they have none."""
    if period is None and temperature is None:
        return node
    if isinstance(node, Step):
        return replace(node, period=period if node.period is None else node.period,
                       temperature=temperature if node.temperature is None else node.temperature)
    if isinstance(node, CCCV):
        return replace(node, charge=_around(node.charge, period, temperature),
                       hold=_around(node.hold, period, temperature))
    if isinstance(node, Repeat):
        return Repeat(tuple(_around(n, period, temperature) for n in node.nodes), node.times)
    return node
