"""The JSON form of a protocol; it is validated before a protocol is built from it."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, FailFast, Field, Tag, ValidationError

from ..errors import ProtocolError
from ..support.files import cut, parse_json, reading
from .drive_cycles import known, load
from .nodes import CCCV, Condition, Goto, Label, Node, Repeat, Stop
from .profiles import Profile
from .quantities import CONDITIONS, CONTROLS, LIMITS
from .step import Limit, Step, moment


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class LimitForm(_Form):
    """A `Limit`."""

    quantity: Annotated[str, Field(json_schema_extra={"enum": list(LIMITS)})]
    value: float
    side: Literal["above", "below"] | None = None


class CycleForm(_Form):
    """A packaged drive cycle, scaled to a peak."""

    cycle: str
    peak: float | None = None


class PointsForm(_Form):
    """Points of a profile, and their source."""

    times: Annotated[list[float], FailFast()]  # report the first fault only
    values: Annotated[list[float], FailFast()]
    source: str = ""


class StepForm(_Form):
    """A `Step`."""

    control: Annotated[str, Field(json_schema_extra={"enum": list(CONTROLS)})]
    target: float | CycleForm | PointsForm = 0.0
    duration: float | None = None
    until: list[LimitForm] = []
    temperature: float | None = None
    period: float | None = None
    heater: float = 0.0
    self_heating: bool = False
    start_time: str | None = None


class ConditionForm(_Form):
    """A `Condition`."""

    quantity: Annotated[str, Field(json_schema_extra={"enum": [*CONDITIONS, "ending"]})]
    side: str
    value: float = 0.0


class CCCVForm(_Form):
    """A `CCCV`."""

    charge: StepForm
    hold: StepForm
    duration: float | None = None


class CCCVNode(_Form):
    """The node that contains it."""

    cccv: CCCVForm


class LabelForm(_Form):
    """A `Label`."""

    label: str


class GotoForm(_Form):
    """A `Goto`."""

    goto: str
    condition: ConditionForm | None = Field(None, alias="if")
    times: int | None = None


class StopForm(_Form):
    """A `Stop`."""

    stop: Literal[True]
    condition: ConditionForm | None = Field(None, alias="if")


class RepeatForm(_Form):
    """A `Repeat`."""

    repeat: int
    steps: Annotated[list["NodeForm"], FailFast()]


LONGEST_JSON = 20_000_000  # characters; a file may contain the points of drive cycles
KEYS = ("control", "repeat", "label", "goto", "stop", "cccv")


def _kind(value: Any) -> str | None:
    """The key that identifies the kind of a node."""
    keys = value if isinstance(value, dict) else vars(value) if isinstance(value, BaseModel) else ()
    return next((k for k in KEYS if k in keys), None)


NodeForm = Annotated[
    Annotated[StepForm, Tag("control")]
    | Annotated[RepeatForm, Tag("repeat")]
    | Annotated[LabelForm, Tag("label")]
    | Annotated[GotoForm, Tag("goto")]
    | Annotated[StopForm, Tag("stop")]
    | Annotated[CCCVNode, Tag("cccv")],
    Discriminator(_kind, custom_error_type="node", custom_error_message=f"needs one of the keys {', '.join(KEYS)}"),
]


class ProtocolForm(_Form):
    """A protocol."""

    format: Literal[1]
    steps: Annotated[list[NodeForm], FailFast()]
    stop_whenever: list[ConditionForm] = []
    force: bool = False


def to_form(nodes: Iterable[Node], whenever: Iterable[Condition], force: bool) -> ProtocolForm:
    """The form of a protocol."""
    return ProtocolForm(
        format=1,
        steps=[_node(n) for n in nodes],
        stop_whenever=[form for c in whenever if (form := _condition(c)) is not None],
        force=force,
    )


def _node(n: Node) -> Any:
    if isinstance(n, Step):
        return _step(n)
    if isinstance(n, Repeat):
        return RepeatForm(repeat=n.times, steps=[_node(k) for k in n.nodes])
    if isinstance(n, Label):
        return LabelForm(label=n.name)
    if isinstance(n, Goto):
        return GotoForm(goto=n.label, condition=_condition(n.condition), times=n.times)  # type: ignore[call-arg]
    if isinstance(n, Stop):
        return StopForm(stop=True, condition=_condition(n.condition))  # type: ignore[call-arg]
    return CCCVNode(cccv=CCCVForm(charge=_step(n.charge), hold=_step(n.hold), duration=n.duration))


def _step(s: Step) -> StepForm:
    whole = isinstance(s.target, Profile) and s.duration == s.target.duration
    return StepForm(
        control=s.control,
        target=_profile(s.target) if isinstance(s.target, Profile) else float(s.target),
        duration=None if whole or s.duration is None else float(s.duration),
        until=[_limit(x) for x in s.until],
        temperature=s.temperature,
        period=s.period,
        heater=float(s.heater),
        self_heating=s.self_heating,
        start_time=None if s.start_time is None else s.start_time.isoformat(),
    )


def _limit(x: Limit) -> LimitForm:
    return LimitForm(
        quantity=x.quantity, value=float(x.value), side="above" if x.side == "above" else "below" if x.side else None
    )


def _profile(p: Profile) -> CycleForm | PointsForm:
    if known(p.source):
        base = load(p.source)
        for peak in (None, p.peak):
            if p == (base if peak is None else base.to_peak(peak)):
                return CycleForm(cycle=p.source, peak=peak)
    return PointsForm(times=list(p.times), values=list(p.values), source=p.source)


def _condition(c: Condition | None) -> ConditionForm | None:
    return None if c is None else ConditionForm(quantity=c.quantity, side=c.side, value=c.value)


def read_form(source: Any) -> ProtocolForm:
    """The form in a JSON text or in the dictionary it describes; raises ProtocolError naming the faulty key."""
    if isinstance(source, bytes):
        with reading("protocol in JSON", ProtocolError):
            source = source.decode("utf-8-sig")
    if isinstance(source, str):
        if len(source) > LONGEST_JSON:
            raise ProtocolError(f"protocol in JSON: has {len(source)} characters; at most {LONGEST_JSON} are read")
        source = parse_json(source, "protocol in JSON", ProtocolError)
    try:
        return ProtocolForm.model_validate(source)
    except ValidationError as fault:
        lines = [f"  {cut(_place(e['loc']))}: {cut(e['msg'])}" for e in fault.errors(include_url=False)[:8]]
        raise ProtocolError("protocol in JSON:\n" + "\n".join(lines)) from None
    except (RecursionError, ValueError, TypeError) as fault:
        raise ProtocolError(f"protocol: this JSON cannot be read ({type(fault).__name__}: {cut(fault, 80)})") from None


def _place(loc: Iterable[str | int]) -> str:
    """steps[2].until[0].value"""
    words = [f"[{k}]" if isinstance(k, int) else f".{k}" for k in loc if k not in KEYS or k in ("repeat", "cccv")]
    return "".join(words).lstrip(".") or "the protocol"


def from_form(form: ProtocolForm) -> tuple[tuple[Node, ...], tuple[Condition, ...], bool]:
    """(nodes, whenever, force) of a form."""
    nodes = tuple(_made(n) for n in form.steps)
    return nodes, tuple(_made(c) for c in form.stop_whenever), form.force


def _made(f: Any) -> Any:
    """The node or condition of a form."""
    if isinstance(f, StepForm):
        until = tuple(Limit(x.quantity, x.value, x.side or "") for x in f.until)
        circumstances = f.temperature, f.period, f.heater, f.self_heating, moment(f.start_time)
        return Step(f.control, _target(f.target), f.duration, until, *circumstances)
    if isinstance(f, RepeatForm):
        return Repeat(tuple(_made(n) for n in f.steps), f.repeat)
    if isinstance(f, LabelForm):
        return Label(f.label)
    if isinstance(f, GotoForm):
        return Goto(f.goto, None if f.condition is None else _made(f.condition), f.times)
    if isinstance(f, StopForm):
        return Stop(None if f.condition is None else _made(f.condition))
    if isinstance(f, ConditionForm):
        return Condition(f.quantity, f.side, f.value)
    return CCCV(_made(f.cccv.charge), _made(f.cccv.hold), f.cccv.duration)


def _target(f: float | CycleForm | PointsForm) -> float | Profile:
    if isinstance(f, CycleForm):
        cycle = load(f.cycle)
        return cycle if f.peak is None else cycle.to_peak(f.peak)
    return Profile(tuple(f.times), tuple(f.values), f.source) if isinstance(f, PointsForm) else f
