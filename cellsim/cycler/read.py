"""Reading the records of cyclers."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ProtocolError
from ..support.arguments import chosen, flag, shown
from ..support.arguments import mapping as checked_mapping
from ..support.files import optional, reading
from ..support.renamed import by_name, warn
from .columns import CHARGE, DISCHARGE, Column, Found, in_si, mapped, recognised
from .data import CyclerData, faults_of
from .text import text_table

TEXTS = (".csv", ".txt", ".tsv", ".dat", ".bdf", ".mpt")
KNOWN = (*TEXTS, ".parquet", ".mpr")
JUMP = 0.05  # of the largest current, by which it must change for its effect on the voltage to be looked at
IDLE = 1e-3  # of the largest current, below which a cell rests
SENSES = {"c": -1.0, "d": 1.0}  # of the states of Maccor
WANTED = 'give {"time": name, "current": (name, unit), ...}'


@by_name
def read_cycler(
    source: Any, mapping: Mapping[str, Any] | None = None, *, positive: str | None = None, repair: bool = False
) -> CyclerData:
    """A measured record from a file of a cycler or a table, as `CyclerData` with discharge current positive.

    source: path of a text file (.csv, .txt, .tsv, .dat, .mpt, .bdf), a .parquet file or a BioLogic .mpr file (needs
    galvani); or a pandas DataFrame, what has `to_pandas()`, or a dictionary of columns.  Known by their headers are:
    the Battery Data Format with labels or machine names, BioLogic, Basytec, Novonix, Maccor, Arbin, Neware, and the
    columns of PyProBE and PyBaMM.
    mapping: columns of other files, {"time": "t (min)", "current": ("I", "mA"), "voltage": ..., "temperature": ...,
    "step": ..., "cycle": ...}; units are read from the names where they are not given.
    positive: "charge" or "discharge", the current that is positive in the source; needed where its format is not
    known, and taken before what the format says.
    repair: drop rows that lack a value or whose time does not rise, see `CyclerData.repaired`.

    Faults of the record are in `CyclerData.faults` and in a `CellsimWarning`; nothing is changed unless asked for.
    Raises ProtocolError: no such file, columns or units that are not known, no rows.
    """
    if mapping is not None:
        mapping = checked_mapping("read_cycler: mapping", mapping, WANTED, ProtocolError)
    if positive is not None:
        chosen("read_cycler: positive", positive, (CHARGE, DISCHARGE))
    flag("read_cycler: repair", repair)
    frame, name = _frame(source, mapping)
    if not len(frame):
        raise ProtocolError(f"{name}: holds no rows")
    found = recognised(frame.columns)
    columns = mapped(mapping, frame.columns) if mapping else found.columns
    if mapping:
        found = Found(columns, None)
    with reading(name, ProtocolError):  # pandas raises anything for odd entries
        data = _data(frame, name, found, positive)
    if repair:
        data = data.repaired()
    if data.faults:
        warn("\n".join(f"{name}: {text}" for text in data.faults))
    return data


def _frame(source: Any, mapping: Mapping[str, Any] | None) -> tuple[Any, str]:
    """(DataFrame, name for messages) of a source."""
    pd = optional("pandas")
    if isinstance(source, pd.DataFrame):
        return source.reset_index(drop=True), "table"
    if isinstance(source, str | PathLike) and not isinstance(source, bytes):
        return _of_file(source, mapping)
    try:
        if hasattr(source, "to_pandas") and not isinstance(source, type):
            return source.to_pandas().reset_index(drop=True), type(source).__name__
        if isinstance(source, Mapping) and source:
            return pd.DataFrame(dict(source)), "table"
    except (ValueError, TypeError, AttributeError) as fault:
        raise ProtocolError(f"read_cycler: {shown(source)}: is no table ({str(fault)[:100]})") from None
    raise ProtocolError(
        f"read_cycler: {shown(source)}: give the path of a file, a DataFrame or a dictionary of columns"
    )


def _of_file(source: Any, mapping: Mapping[str, Any] | None) -> tuple[Any, str]:
    if not str(source) or len(str(source)) > 4000 or "\0" in str(source):
        raise ProtocolError(f"read_cycler: {shown(source)}: give the path of a file")
    path = Path(source)
    suffix = path.suffix.lower()
    if suffix not in KNOWN:
        raise ProtocolError(f"read_cycler: {shown(str(path))}: files ending in {', '.join(KNOWN)} are read")
    if suffix in TEXTS:
        return text_table(path, mapping), path.name
    if suffix == ".parquet":
        pd = optional("pandas")
        with reading(path, ProtocolError):
            if not path.is_file():
                raise OSError(0, "there is no such file")
            return pd.read_parquet(path), path.name
    files = optional("galvani", "cycler").BioLogic
    with reading(path, ProtocolError):
        return optional("pandas").DataFrame(files.MPRfile(str(path)).data), path.name


def _data(frame: Any, name: str, found: Found, positive: str | None) -> CyclerData:
    columns, remarks = found.columns, []
    for role, column in columns.items():
        if list(frame.columns).count(column.name) > 1:
            raise ProtocolError(f"{name}: two columns of {role} are called {shown(column.name)}; rename one")
    for role in ("current", "voltage"):
        if role not in columns:
            raise ProtocolError(f'{name}: no column of {role} was found; name it with mapping={{"{role}": ...}}')
    t = _times(frame, name, columns)
    current, voltage = (in_si(role, columns[role], frame[columns[role].name], name) for role in ("current", "voltage"))
    warm = None
    if "temperature" in columns:
        column = columns["temperature"]
        warm = in_si("temperature", column, frame[column.name], name)
        remarks += ["the temperature is that of the surroundings"] if column.base == "ambient temperature" else []
    sense = positive or (found.format.positive if found.format else "")
    if not sense:
        why = "does not say which current is positive" if found.format else "is not known, so that the sign is not"
        raise ProtocolError(f'{name}: its format {why}; give positive="charge" or positive="discharge"')
    if sense == "state":
        current = _by_state(current, frame[columns["sense"].name], name)
    elif sense == CHARGE:
        current = 0.0 - current
    numbers = [
        in_si(role, columns[role], frame[columns[role].name], name) for role in ("step", "cycle") if role in columns
    ]
    cycle = np.nan_to_num(numbers[-1]).astype(np.int64) if "cycle" in columns else np.zeros(t.size, np.int64)
    step = _steps(numbers) if numbers else _steps([_sense(current)])
    remarks += [] if numbers else ["steps are counted where the sense of the current changes"]
    remarks += _doubt(current, voltage)
    rows = np.arange(1, t.size + 1)
    data = CyclerData(name, t, current, voltage, warm, step, cycle, rows, found.format.name if found.format else "")
    return replace(data, faults=faults_of(t, (current, voltage), rows), remarks=tuple(remarks))


def _times(frame: Any, name: str, columns: Mapping[str, Column]) -> NDArray[np.float64]:
    """Seconds since the start of the record, from the total time or else from time stamps."""
    if "time" in columns:
        t = in_si("time", columns["time"], frame[columns["time"].name], name)
        first = t[np.isfinite(t)][:1]
        if not first.size:
            raise ProtocolError(
                f"{name}: column {shown(columns['time'].name)} holds no times; name another with mapping"
            )
        return np.asarray(t - first[0])
    if "stamp" not in columns:
        raise ProtocolError(f'{name}: no column of time was found; name it with mapping={{"time": ...}}')
    column = columns["stamp"]
    if column.base == "unix time":
        stamps = in_si("time", column._replace(unit=column.unit or "s"), frame[column.name], name)
    else:
        pd = optional("pandas")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # on formats that differ
            seen = pd.to_datetime(frame[column.name], errors="coerce")
            iso = pd.to_datetime(frame[column.name], errors="coerce", format="ISO8601")  # some with parts of seconds
        seen = iso if iso.count() > seen.count() else seen
        stamps = (seen - seen.min()).dt.total_seconds().to_numpy(float)
    if not np.isfinite(stamps).any():
        raise ProtocolError(
            f"{name}: column {shown(column.name)} holds no times that can be read; name one with mapping"
        )
    return np.asarray(stamps - stamps[np.isfinite(stamps)][0])


def _by_state(current: NDArray[np.float64], states: Any, name: str) -> NDArray[np.float64]:
    """Current with the sign that the state of each row has: D and DChg discharge, C and Chg charge, others rest."""
    texts = states.astype(str).str.strip().str.lower()
    sign = texts.map(SENSES).astype(float)
    sign = sign.mask(texts.str.contains("dchg|discharge", regex=True), 1.0)
    sign = sign.mask(sign.isna() & texts.str.contains("chg|charge", regex=True), -1.0).to_numpy()
    size = np.abs(current)
    odd = np.isnan(sign) & (size > IDLE * np.nanmax(size, initial=0.0))
    if odd.any():
        k = int(np.argmax(odd))
        raise ProtocolError(
            f"{name}: row {k + 1}: state {shown(states.iloc[k])} with {current[k]:g} A is neither charge nor discharge"
            '; give positive="charge" or positive="discharge" if the current has a sign'
        )
    return np.where(np.isnan(sign), 0.0, sign) * size


def _sense(current: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.nan_to_num(current)
    return np.where(np.abs(known) > IDLE * np.abs(known).max(initial=0.0), np.sign(known), 0.0)


def _steps(columns: list[NDArray[np.float64]]) -> NDArray[np.int64]:
    """Steps counted from 0: a new one where one of the columns (n,) changes."""
    change = np.zeros(columns[0].size, np.int64)
    for column in columns:
        known = np.nan_to_num(column)
        change[1:] |= known[1:] != known[:-1]
    return np.cumsum(change)


def _doubt(current: NDArray[np.float64], voltage: NDArray[np.float64]) -> list[str]:
    """A remark if the voltage rises where discharge current sets in, as with the other sign of the current."""
    dI, dV = np.diff(current), np.diff(voltage)
    jumps = np.isfinite(dI) & np.isfinite(dV) & (np.abs(dI) > JUMP * np.nanmax(np.abs(current), initial=0.0))
    if jumps.any() and float(np.sum(dI[jumps] * dV[jumps])) > 0.0:
        return ["the voltage rises where discharge current sets in: the sign of the current may be the other one"]
    return []
