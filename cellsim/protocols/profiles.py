"""Targets that vary in time: drive cycles and other measured loads."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ProtocolError
from ..support import arguments
from ..support.arguments import numbers, shown
from ..support.files import cut, read_text, reading
from ..support.renamed import by_names

LARGEST = 50_000_000  # bytes of a file that is read as a profile
MOST_ROWS = 2_000_000
SUFFIXES = (".csv", ".txt", ".tsv")  # of files that the text of a protocol may name


@by_names
@dataclass(frozen=True)
class Profile:
    """A target over time: `times` [s], rising from 0, and `values` in the unit of the step's control.

    The target is linear between the points, as in PyBaMM.  Discharge is positive.  Both are stored as tuples.
    source: name of the drive cycle or path of the file that they were read from, if any.
    Raises ProtocolError.
    """

    times: tuple[float, ...]
    values: tuple[float, ...]
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for name in ("times", "values"):
            array = numbers(f"profile {name}", getattr(self, name), "give a list of finite numbers", least=0)
            object.__setattr__(self, name, tuple(array.tolist()))
        if not isinstance(self.source, str):
            raise ProtocolError(f"profile source {shown(self.source)}: give text, or leave it out")
        if len(self.times) != len(self.values):
            raise ProtocolError(f"profile: {len(self.times)} times but {len(self.values)} values; give as many of both")
        if len(self.times) < 2:
            raise ProtocolError("profile: give at least two points")
        if self.times[0] != 0.0:
            raise ProtocolError(f"profile: begins at {self.times[0]:g} s, and must begin at 0: subtract the first time")
        step = np.flatnonzero(np.diff(self.times) <= 0.0)
        if step.size:
            k = int(step[0])
            raise ProtocolError(
                f"profile: time {self.times[k + 1]:g} s (point {k + 2}) is not later than "
                f"{self.times[k]:g} s; times must rise"
            )

    def __repr__(self) -> str:
        name = f", source={self.source!r}" if self.source else ""
        return f"Profile({len(self.times)} points, {self.duration:g} s, peak {self.peak:g}{name})"

    @property
    def duration(self) -> float:
        """Last time [s]."""
        return self.times[-1]

    def __call__(self, t: Any) -> Any:
        """Value at times t [s], an array or a number; before and after the profile its first and last value."""
        if isinstance(t, list | tuple) or np.ndim(t):
            t = numbers("profile times", t, "give times in seconds")
        else:
            t = arguments.number("profile time", t, "give a time in seconds")
        return np.interp(t, self.times, self.values)

    def __mul__(self, factor: float) -> "Profile":
        """The same profile, its values multiplied by `factor`."""
        factor = arguments.number("profile: factor", factor, "give a finite number")
        return Profile(self.times, tuple(factor * v for v in self.values), self.source)

    __rmul__ = __mul__

    @property
    def peak(self) -> float:
        """Largest magnitude of the values."""
        return max(map(abs, self.values))

    def to_peak(self, peak: float) -> "Profile":
        """The same shape, scaled to the largest magnitude `peak`."""
        wanted, top = "give a finite number above 0", self.peak
        peak = arguments.number("profile: peak", peak, wanted, above=0.0)
        if top == 0.0 or not 0.0 < peak < math.inf:
            raise ProtocolError(
                f"profile: cannot be scaled from a peak of {top:g} to one of {peak!r}; both must be finite and above 0"
            )
        return Profile(self.times, tuple(v / top * peak for v in self.values), self.source)

    def knots(self, scale: float = 1.0) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """(n, 2) times and scaled values; points on a straight line are left out, zero crossings are inserted.

        So no piece changes sign, which separates charge from discharge.
        """
        t, v = np.array(self.times), np.array(self.values)
        left, right = np.diff(v)[:-1] * np.diff(t)[1:], np.diff(v)[1:] * np.diff(t)[:-1]
        keep = np.ones(t.size, bool)
        keep[1:-1] = left != right
        t, v = t[keep], v[keep]
        k = np.flatnonzero(v[:-1] * v[1:] < 0.0)
        zero = t[k] + (t[k + 1] - t[k]) * (v[k] / (v[k] - v[k + 1]))
        k = k[(zero > t[k]) & (zero < t[k + 1])]
        zero = t[k] + (t[k + 1] - t[k]) * (v[k] / (v[k] - v[k + 1]))
        return np.column_stack([np.insert(t, k + 1, zero), scale * np.insert(v, k + 1, 0.0)])


def read_profile(path: str | Path, name: str | None = None) -> Profile:
    """The profile in a text file (format: see `steps.profile`).  name: of the file in messages, by default its path.

    Raises ProtocolError.
    """
    shown = cut(path if name is None else name)
    table = _read(Path(path), shown)
    try:
        return Profile(table[:, 0], table[:, 1], str(path))  # type: ignore[arg-type]  # become tuples
    except ProtocolError as fault:
        raise ProtocolError(f"{shown}: {fault}") from None


def profile_of(source: Any) -> Profile:
    """The profile in an array (n, 2) of time [s] and value.  Raises ProtocolError."""
    wanted = "give the path of a file or an array of numbers with two columns, time [s] and value"
    try:
        table = np.array(source)
        if table.dtype.kind not in "iuf":
            raise TypeError
        table = table.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise ProtocolError(f"profile {shown(source)}: {wanted}") from None
    if table.ndim != 2 or table.shape[1] != 2:
        raise ProtocolError(f"profile: give an array of two columns, time and value; found the shape {table.shape}")
    return Profile(table[:, 0], table[:, 1])  # type: ignore[arg-type]  # become tuples


def named(name: str, files: bool | str | Path = True) -> Path:
    """The path of a file that the text of a protocol names.

    files: True: any path; a folder: the file must lie in it; False: no files.  Raises ProtocolError.
    """
    shown = cut(name, 60)
    if files is False:
        raise ProtocolError("this text may not name files (files=False); write the points: Run [0: 1, 10: 2]")
    if Path(name).suffix.lower() not in SUFFIXES:
        raise ProtocolError(f"{shown!r}: only files ending in {', '.join(SUFFIXES)} are read")
    if files is True:
        return Path(name)
    with reading(name, ProtocolError):
        folder = Path(files).resolve()
        path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise ProtocolError(f"{shown!r}: lies outside the folder whose files may be read; copy it there")
    return path


def _read(path: Path, shown: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    rows: list[list[float]] = []
    headings = 0
    for number, line in enumerate(read_text(path, ProtocolError, LARGEST, shown).split("\n"), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        words = line.replace(",", " ").replace(";", " ").split(maxsplit=3)
        try:
            row = [float(word) for word in words]
        except ValueError:
            headings += 1
            if rows or headings > 1:
                raise ProtocolError(f"{shown}, line {number}: does not hold two numbers") from None
            continue
        if len(row) != 2 or not all(map(math.isfinite, row)):
            raise ProtocolError(f"{shown}, line {number}: must hold two finite numbers, time and value")
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise ProtocolError(f"{shown}: has more than {MOST_ROWS} rows; leave some out")
    if not rows:
        raise ProtocolError(f"{shown}: holds no numbers; expected two columns, time [s] and value")
    return np.array(rows)
