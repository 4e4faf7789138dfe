"""`Protocol`: what the cycler does, from text, steps, JSON or PyBaMM, and back to them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from ..errors import ProtocolError
from ..support.arguments import flag, mapping, shown, whole
from ..support.renamed import by_names
from .check import check
from .language.parse import parse
from .language.termination import conditions_of
from .language.write import write
from .nodes import CCCV, DEEPEST, Condition, Goto, Label, Node, Repeat, Stop, conditions_in, has_step, steps_in
from .program import MAX_STEPS, Op, Walk, flatten, start_time
from .quantities import BY_NAME
from .step import Step, kelvin, seconds

NODES = (Step, Repeat, CCCV, Label, Goto, Stop)


@by_names
class Protocol:
    """A protocol: steps, repeated blocks, jumps and stops.

    source: text in the protocol language (docs/protocols.md); a `Step`, `Repeat`, `CCCV`, `Label`, `Goto` or
    `Stop`; another protocol; a `pybamm.Experiment`; or a list of these, in which a tuple is a block that counts as one
    cycle, as in PyBaMM.
    period [s], temperature [K] of the surroundings: for every step without its own.
    force: allow steps beyond the cut-off voltages of the cell.
    termination: ends of the whole protocol as in PyBaMM, a text or a list of them: "80% capacity" (what is left of the
    capacity after the first cycle), "4 Ah capacity", "2.5 V" (after a step), "12 h".
    files: which files of drive cycles a text may name: True: any that ends in .csv, .txt or .tsv; a folder: those in
    it; False: none, for text from others.

    nodes: the tree; whenever: conditions that end the protocol after any step.  Immutable; compares by value.
    Raises ProtocolError; for a text with carets below the faulty words.
    """

    __slots__ = ("_hash", "_program", "_starts", "asks", "force", "needs_heat", "nodes", "steps", "whenever")
    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]  # the distinct ones, in the order in which they are written
    asks: frozenset[str]  # quantities of the cell's state that its conditions compare; a run must have them
    needs_heat: bool  # whether it needs a run in which the temperature of the cell can change
    whenever: tuple[Condition, ...]
    force: bool
    _program: tuple[Op, ...]
    _starts: datetime | None  # the first start time
    _hash: int

    def __init__(
        self,
        source: Any,
        *,
        period: float | None = None,
        temperature: float | None = None,
        force: bool = False,
        files: bool | str | Path = True,
        termination: Any = (),
    ) -> None:
        whenever: list[Condition] = []
        forced = [flag("force", force)]
        period, temperature = seconds("period", period), kelvin("temperature", temperature)
        nodes = tuple(_with_circumstances(n, period, temperature) for n in _gather(source, whenever, forced, files))
        self._set(nodes, (*whenever, *conditions_of(termination)), any(forced))

    def _set(self, nodes: tuple[Node, ...], whenever: tuple[Condition, ...], force: bool) -> "Protocol":
        for name, value in (
            ("nodes", nodes),
            ("whenever", whenever),
            ("force", bool(force)),
            *_derived(nodes, whenever),
            ("_hash", hash((nodes, whenever, bool(force)))),
        ):
            object.__setattr__(self, name, value)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a protocol cannot be changed; create another one")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Protocol):
            return NotImplemented
        return self._key == other._key

    def __hash__(self) -> int:
        return self._hash

    @property
    def _key(self) -> tuple[tuple[Node, ...], tuple[Condition, ...], bool]:
        return self.nodes, self.whenever, self.force

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, self._key

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"Protocol({'; '.join(x.strip() for x in self.to_text().splitlines())!r})"

    def walk(self, max_steps: int = MAX_STEPS) -> Walk:
        """The sequence of steps, see `Walk`; it is stopped, with the reason, after max_steps."""
        return Walk(self._program, self.whenever, max_steps)

    def clock(self, seconds: float) -> str:
        """Date and time so many seconds after the start, in ISO 8601; "" for a protocol without start times."""
        return "" if self._starts is None else (self._starts + timedelta(seconds=seconds)).isoformat()

    def check(self, cell: Any, start: Mapping[str, float] | None = None) -> None:
        """Raise ProtocolError if the cell cannot run the protocol; see `check.check`."""
        from ..parameters import load

        check(self, load(cell), None if start is None else mapping("start", start, "give a mapping", ProtocolError))

    def to_text(self) -> str:
        """The text in the protocol language, one instruction per line; reading it gives an equal protocol."""
        return write(self.nodes, self.whenever, self.force)

    def to_json(self, indent: int | None = 1) -> str:
        """The JSON form, with the same content; numbers in the units of `Step`."""
        from .json_form import to_form

        form = to_form(self.nodes, self.whenever, self.force)
        indent = whole("indent", indent, "give a whole number from 0 to 20", low=0, high=20, none=True)
        return json.dumps(form.model_dump(by_alias=True, exclude_defaults=True), indent=indent)

    @classmethod
    def from_json(cls, source: Any) -> "Protocol":
        """From a JSON text, or the dictionary it describes.  Raises ProtocolError naming the faulty key."""
        from .json_form import from_form, read_form

        return _again(*from_form(read_form(source)))

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """JSON Schema of the JSON form, for editors."""
        from .json_form import ProtocolForm

        return ProtocolForm.model_json_schema()

    @classmethod
    def from_pybamm(cls, experiment: Any) -> "Protocol":
        """From a `pybamm.Experiment`.  Raises ProtocolError naming what has no counterpart here."""
        from .pybamm_experiment import from_pybamm

        nodes, whenever = from_pybamm(experiment)
        return _again(nodes, whenever, False)

    def to_pybamm(self) -> Any:
        """A `pybamm.Experiment`.  Raises ProtocolError naming the step that PyBaMM cannot express."""
        from .pybamm_experiment import to_pybamm

        return to_pybamm(self)


def _again(nodes: tuple[Node, ...], whenever: tuple[Condition, ...], force: bool) -> Protocol:
    """A protocol from its parts; pickles refer to it by name."""
    return Protocol.__new__(Protocol)._set(nodes, whenever, force)


@lru_cache(maxsize=64)
def _derived(nodes: tuple[Node, ...], whenever: tuple[Condition, ...]) -> tuple[tuple[str, Any], ...]:
    """(name, value) of the attributes that follow from the nodes; cached, as many runs share a protocol."""
    if not any(map(has_step, nodes)):
        raise ProtocolError("the protocol has no step; give at least one, such as 'Charge at 1C until 4.2 V'")
    program, steps = tuple(flatten(nodes, whenever)), tuple(dict.fromkeys(steps_in(nodes)))
    conditions = (*whenever, *conditions_in(nodes))
    asks: frozenset[str] = frozenset().union(*(c.asks for c in conditions))
    used = asks.union(*((s.control, *(x.quantity for x in s.until)) for s in steps))
    heat = any(s.heater or s.self_heating for s in steps) or any(BY_NAME[name].needs == "heat" for name in used)
    starts = next((t for t in map(start_time, steps_in(nodes)) if t is not None), None)
    return ("_program", program), ("steps", steps), ("asks", asks), ("needs_heat", heat), ("_starts", starts)


def protocol_of(source: Any) -> Protocol:
    """`Protocol(source)`; the same object for the same steps or text, as many runs share it."""
    if isinstance(source, Protocol):
        return source
    if isinstance(source, str):
        return Protocol(source) if _names_a_file(source) else _known(source)
    steps = (source,) if isinstance(source, Step) else tuple(source) if isinstance(source, list | tuple) else ()
    return _known(steps) if steps and all(isinstance(step, Step) for step in steps) else Protocol(source)


_known = lru_cache(maxsize=64)(Protocol)


def _names_a_file(text: str) -> bool:
    """Whether a text may name a file, which may have changed since it was read."""
    return '"' in text or "'" in text


_parsed = lru_cache(maxsize=64)(parse)  # reading a text can take longer than running it


def _gather(
    source: Any, whenever: list[Condition], forced: list[bool], files: bool | str | Path, depth: int = 0
) -> tuple[Node, ...]:
    """Nodes of a source; depth: number of lists around it."""
    if depth > DEEPEST:
        raise ProtocolError(f"more than {DEEPEST} lists of steps within each other; does one contain itself?")
    if isinstance(source, str):
        parsed: Any = parse(source, files) if _names_a_file(source) else _parsed(source)
    elif isinstance(source, Protocol):
        parsed = source
    elif isinstance(source, NODES):
        return (source,)
    elif isinstance(source, list | tuple):
        nodes: list[Node] = []
        for part in source:
            inner = _gather(list(part) if isinstance(part, tuple) else part, whenever, forced, files, depth + 1)
            nodes.extend([Repeat(inner)] if isinstance(part, tuple) else inner)
        return tuple(nodes)
    elif hasattr(source, "cycle_lengths"):  # of pybamm.Experiment
        parsed = Protocol.from_pybamm(source)
    else:
        foreign = type(source).__module__.startswith("pybamm")
        remedy = "Protocol.from_pybamm(pybamm.Experiment([...]))" if foreign else "Protocol('Charge at 1C until 4.2 V')"
        raise ProtocolError(
            f"a protocol is made of text, a Step or a list of these, not of {shown(source)}; "
            f"{'give' if foreign else 'for example'} cellsim.{remedy}"
        )
    whenever.extend(parsed.whenever)
    forced.append(parsed.force)
    return tuple(parsed.nodes)


def _with_circumstances(node: Any, period: float | None, temperature: float | None) -> Any:
    """The node, its steps with this period [s] and temperature [K] where they have none."""
    if period is None and temperature is None:
        return node
    if isinstance(node, Step):
        return replace(
            node,
            period=period if node.period is None else node.period,
            temperature=temperature if node.temperature is None else node.temperature,
        )
    if isinstance(node, CCCV):
        return replace(
            node,
            charge=_with_circumstances(node.charge, period, temperature),
            hold=_with_circumstances(node.hold, period, temperature),
        )
    if isinstance(node, Repeat):
        return Repeat(tuple(_with_circumstances(n, period, temperature) for n in node.nodes), node.times)
    return node
