"""Steps and limits as text of the protocol language, such that reading the text gives the same step."""

from datetime import datetime

from ..errors import ProtocolError
from .drive_cycles import CYCLES, known, load
from .language.units import plain, written
from .profiles import Profile, named, read_profile
from .quantities import BY_NAME, CONTROLS

MOST_POINTS = 8  # of a profile that a summary shows


def limit_text(quantity: str, value: float, side: str) -> str:
    """A limit, such as "4.2 V" or "plating margin 10 mV".  value [unit of the quantity]; side: above, below or ""."""
    name = f"{quantity} " if BY_NAME[quantity].measured_in else ""  # else the unit says which quantity it is
    return name + f"{side} " * bool(side) + written(value, quantity)


def step_text(
    control: str,
    target: float | Profile,
    duration: float | None,
    until: tuple[str, ...],
    temperature: float | None,
    period: float | None,
    heater: float,
    self_heating: bool,
    most_points: int | None = None,
    start_time: datetime | None = None,
) -> str:
    """A step; the arguments are the fields of `Step`, limits as text.

    most_points: a profile that must be written point by point is shortened to so many, and only then the text cannot
    be read back.
    """
    if isinstance(target, Profile):
        task = f"Run {_profile(target, control, most_points)}"
        duration = None if duration == target.duration else duration
    else:
        task = _task(control, target, heater, self_heating)
    ends = [f"for {written(duration, 'time')}"] if duration is not None else []
    words = [
        task,
        *([" or ".join([*ends, *(f"until {x}" for x in until)])] if ends or until else []),
        *circumstances(temperature, period, 0.0 if task.startswith("Heat") else heater),
    ]
    if self_heating and not task.startswith("Self-heat"):
        words.append("with self-heating")
    return " ".join([*words, *starting(start_time)])


def starting(start_time: datetime | None) -> list[str]:
    """The clause of a start time."""
    return [] if start_time is None else [f'starting at "{start_time.isoformat(" ")}"']


def circumstances(temperature: float | None, period: float | None, heater: float) -> list[str]:
    """The clauses that say under which circumstances a step runs."""
    clauses = [] if period is None else [f"({written(period, 'time')} period)"]
    clauses += [] if temperature is None else [f"at ambient {written(temperature, 'temperature')}"]
    return [*clauses, f"with heater {written(heater, 'power')}"] if heater else clauses


def _task(control: str, target: float, heater: float, self_heating: bool) -> str:
    """What the step does, without its end and its circumstances."""
    kind = CONTROLS[control].kind
    if kind == "rest":
        return f"Heat at {written(heater, 'power')}" if heater else "Rest"
    if kind == "held":
        return f"Hold {'' if control == 'voltage' else control + ' '}at {written(target, control)}"
    if self_heating and control == "power" and target > 0.0:
        return f"Self-heat at {written(target, 'power')}"
    return f"{'Discharge' if target > 0.0 else 'Charge'} at {written(abs(target), control)}"


def _profile(p: Profile, control: str, most: int | None) -> str:
    """A profile by its name and peak if that gives exactly these values, else by its points."""
    base = _base(p.source) if p.source else None
    if base is not None and base.times == p.times:
        cycle = known(p.source)
        name = p.source if cycle else f'"{p.source}"'
        if base.values == p.values:
            own = CYCLES[p.source.partition(" ")[0]] if cycle else "current"
            return name if control == own else f"{name} in {BY_NAME[control].symbol}"
        if p.peak > 0.0 and base.peak > 0.0 and base.to_peak(p.peak).values == p.values:
            return f"{name} at {written(p.peak, control)} peak"
    count = len(p.times)
    shown = count if most is None or count <= most else most - 1
    points = [f"{plain(t)}: {plain(v)}" for t, v in zip(p.times[:shown], p.values, strict=False)]
    if shown < count:
        points += [f"... {count} points ...", f"{plain(p.times[-1])}: {plain(p.values[-1])}"]
    return f"[{', '.join(points)}]" + ("" if control == "current" else f" in {BY_NAME[control].symbol}")


def _base(source: str) -> Profile | None:
    """The profile that a name or path stands for; None if it cannot be read now or cannot be put in quotes."""
    if known(source):
        return load(source)
    if '"' in source or not source.isprintable():
        return None
    try:
        return read_profile(named(source))
    except (ProtocolError, ValueError):
        return None
