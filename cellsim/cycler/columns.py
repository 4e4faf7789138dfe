"""Names, units and signs of columns in the files of cyclers and of other programs."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ProtocolError
from ..support.arguments import shown
from ..support.files import cut, optional

ROLES = ("time", "current", "voltage", "temperature", "step", "cycle")
CHARGE, DISCHARGE = "charge", "discharge"  # which current is positive in a file
BASES: dict[str, tuple[str, ...]] = {  # names without unit in lower case, the first one that a file has is taken
    "time": ("test time", "testtime", "total time", "run time", "time"),
    "stamp": ("unix time", "date time", "datetime", "dpt time", "realtime", "absolute time", "date and time", "date"),
    "current": ("current", "i", "amps", "mamps", "cur"),
    "voltage": ("voltage", "terminal voltage", "battery voltage", "potential", "ecell", "ewe", "u", "volts"),
    "temperature": (
        "surface temperature",
        "cell temperature",
        "temperature",
        "aux temperature 1",
        "t1",
        "ambient temperature",
    ),
    "step": ("step count", "step index", "step", "step number", "ns", "line", "step id"),
    "cycle": ("cycle count", "cycle index", "cycle", "cycle number", "cyc#", "cyc-count", "z cycle"),
    "sense": ("state", "md", "step type"),
}
MACHINE = {  # machine names of the Battery Data Format, with spaces, and names that contain their unit
    "test time second": ("test time", "s"),
    "voltage volt": ("voltage", "V"),
    "current ampere": ("current", "A"),
    "unix time second": ("unix time", "s"),
    "surface temperature celsius": ("surface temperature", "degC"),
    "ambient temperature celsius": ("ambient temperature", "degC"),
    "amps": ("amps", "A"),
    "mamps": ("mamps", "mA"),
    "volts": ("volts", "V"),
}
UNITS: dict[str, dict[str, float]] = {
    "time": {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "min": 60.0, "h": 3600.0, "hr": 3600.0, "ms": 1e-3},
    "current": {"a": 1.0, "ma": 1e-3, "ua": 1e-6, "µa": 1e-6, "μa": 1e-6},
    "voltage": {"v": 1.0, "mv": 1e-3},
}
CELSIUS = {"degc", "c", "°c", "℃", "ºc"}
ZERO = 273.15  # K


class Format(NamedTuple):
    """What a format is recognised by, and what its columns mean.

    positive: which current is positive, or "state" where the sign follows from a column with the state of the step;
    "" where that is not known.
    time: names of the total time, where another column has a name that would be taken for it.
    """

    name: str
    positive: str
    has: tuple[tuple[str, ...], ...]  # of each group one name without unit must be there
    raw: tuple[str, ...] = ()  # one of these must be there as it is, in lower case
    time: tuple[str, ...] = ()


FORMATS = (
    Format("BDF", CHARGE, (("test time",), ("current",), ("voltage",)), ("test time / s", "test_time_second")),
    Format("BioLogic", CHARGE, (("time",), ("ewe", "ecell")), ("ewe/v", "ecell/v", "<ewe>/v")),
    Format("Basytec", CHARGE, (("time",), ("u",), ("i",)), ("~time[h]", "~time[s]", "~time[min]")),
    Format("Novonix", CHARGE, (("run time",), ("potential",), ("current",))),
    Format(
        "Maccor",
        "state",
        (("rec#", "rec"), ("state", "md"), ("amps", "mamps", "current")),
        time=("test time", "testtime", "test"),  # "Test (Sec)"
    ),
    Format("Arbin", CHARGE, (("data point",), ("test time",), ("step index",), ("current",), ("voltage",))),
    Format("Neware", "state", (("step type",), ("current",), ("voltage",)), time=("total time", "test time")),
    Format(
        "Neware",  # its time is that of the step
        "",
        (("record id", "record index"), ("realtime", "absolute time"), ("current", "cur"), ("voltage",)),
        time=("total time", "test time"),
    ),
    Format("PyProBE", CHARGE, (("current",), ("voltage",)), ("event", "capacity [ah]")),
    Format(
        "PyBaMM",
        DISCHARGE,
        (("time",), ("current",), ("voltage", "terminal voltage", "battery voltage")),
        ("voltage [v]", "terminal voltage [v]", "battery voltage [v]"),
    ),
)


class Column(NamedTuple):
    """A column of a file: its name there, and its name without unit and its unit; "" where it states none."""

    name: str
    base: str
    unit: str

    @classmethod
    def of(cls, name: str) -> "Column":
        """Read "Current (mA)", "Current [A]", "<I>/mA", "Test Time / s", "test_time_second" and the like."""
        plain = name.strip().lstrip("~#").strip()
        found = re.fullmatch(r"(.+?)\s*[\[(]([^\[\]()]*)[\])]", plain) or re.fullmatch(r"(.+?)\s*/\s*([^/]*)", plain)
        base, unit = (found[1], found[2].strip()) if found else (plain, "")
        base = " ".join(base.lower().replace("_", " ").strip("<> ").split())
        return cls(name, *MACHINE.get(base, (base, unit))) if not unit else cls(name, base, unit)


class Found(NamedTuple):
    """The columns of a file by what they are, and its format; "" if that is none that is known."""

    columns: dict[str, Column]
    format: Format | None


def recognised(names: Iterable[Any]) -> Found:
    """What the columns of a file are; roles that none has are missing."""
    columns = [Column.of(str(name)) for name in names]
    bases, raw = {c.base for c in columns}, {c.name.strip().lower() for c in columns}
    known = next(
        (
            f
            for f in FORMATS
            if all(not bases.isdisjoint(group) for group in f.has) and (not f.raw or not raw.isdisjoint(f.raw))
        ),
        None,
    )
    roles: dict[str, Column] = {}
    for role, wanted in BASES.items():
        if role == "time" and known is not None and known.time:
            wanted = known.time
        column = next((c for base in wanted for c in columns if c.base == base), None)
        if column is not None:
            roles[role] = column
    return Found(roles, known)


def mapped(mapping: Mapping[str, Any], names: Iterable[Any]) -> dict[str, Column]:
    """Columns by role as a user names them: {"time": "my time (s)", "current": ("my current", "mA")}."""
    known = [str(name) for name in names]
    columns: dict[str, Column] = {}
    for role, given in mapping.items():
        pair = (given, None) if isinstance(given, str) else given
        if role not in ROLES:
            raise ProtocolError(f"mapping: {shown(role)}: choose one of {', '.join(ROLES)}")
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise ProtocolError(f"mapping: {role} {shown(given)}: give the name of a column, or (name, unit)")
        if pair[0] not in known:
            shown_names = ", ".join(cut(name, 40) for name in known[:30])
            raise ProtocolError(f"mapping: {role} {shown(pair[0])}: no such column; there are {shown_names}")
        column = Column.of(pair[0])
        columns[role] = column if pair[1] is None else column._replace(unit=str(pair[1]))
    return columns


def in_si(role: str, column: Column, values: Any, where: str) -> NDArray[np.float64]:
    """A column as numbers (n,) in s, A, V or K; NaN where it holds none.  Raises ProtocolError for unknown units."""
    pd = optional("pandas")
    if role == "time" and not pd.api.types.is_numeric_dtype(values) and values.astype(str).str.contains(":").any():
        return _durations(values)
    try:
        numbers = np.asarray(pd.to_numeric(values, errors="coerce"), float)
    except (OverflowError, TypeError, ValueError):
        raise ProtocolError(f"{where}: column {shown(column.name)}: holds what is no number") from None
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    unit = column.unit.lower()
    if role == "temperature":
        if unit == "k":
            return numbers
        if unit in CELSIUS:
            return numbers + ZERO
        raise ProtocolError(
            f"{where}: column {shown(column.name)}: unit {shown(column.unit)} of a temperature; {_say(role)}"
        )
    if role not in UNITS:
        return numbers
    if unit not in UNITS[role]:
        raise ProtocolError(
            f"{where}: column {shown(column.name)}: unit {shown(column.unit)} of a {role} is not known; {_say(role)}"
        )
    return numbers * UNITS[role][unit]


def _say(role: str) -> str:
    known = {"temperature": "degC or K"}.get(role) or ", ".join(UNITS[role])
    return f'state it: mapping={{"{role}": (name, unit)}} with one of {known}'


def _durations(values: Any) -> NDArray[np.float64]:
    """Seconds of texts such as "01:02:03.5" and "2d 01:02:03.5"; NaN for others."""
    parts = values.astype(str).str.strip().str.extract(r"^(?:(\d+)\s*(?:d|-)\s*)?(\d+):(\d+):(\d+(?:\.\d+)?)$")
    numbers = parts.astype(float)
    numbers[0] = numbers[0].fillna(0.0)
    return np.asarray(numbers.to_numpy() @ np.array([86400.0, 3600.0, 60.0, 1.0]), float)
