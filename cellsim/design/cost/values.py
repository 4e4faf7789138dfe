"""Numbers of plant and price files: value, range, unit, source, method and date; how they are spread.

A value with `low` and `high` is uncertain: they are its 10 % and 90 % quantiles, the value its median.  Prices and
factors have a log-normal distribution with one width below and one above the median, yields the same in log-odds.
"""

import copy
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ...errors import ParameterError
from ...support.arguments import near, shown
from ...support.sourced import Strict, dated
from ...support.yaml_file import content

Array = NDArray[np.float64]
METHODS = ("measured", "published model", "stated", "market price", "computed", "assumed")
Method = Literal["measured", "published model", "stated", "market price", "computed", "assumed"]
Text = Annotated[str, Field(min_length=1)]
Date = Annotated[
    str, BeforeValidator(lambda given: str(given) if isinstance(given, int) else given), AfterValidator(dated)
]
Number = Annotated[float, Field(allow_inf_nan=False)]
DECILE = 1.2815515655446004  # standard normal deviate of the 90 % quantile


def content_of(path: Path, remedy: str = "") -> dict[str, Any]:
    """The mapping in a YAML file, read again only if the file has changed.  Raises ParameterError."""
    try:
        now = path.stat()
        stamp = now.st_mtime_ns, now.st_size
    except (OSError, ValueError):
        stamp = 0, 0  # what is wrong with it is said on reading
    return copy.deepcopy(_read(path, remedy, stamp))


@lru_cache(maxsize=32)
def _read(path: Path, remedy: str, stamp: tuple[int, int]) -> dict[str, Any]:
    return content(path, remedy, ParameterError)


def names_in(folder: Path) -> list[str]:
    """Names of the packaged files in a folder."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def place_in(folder: Path, what: str, name: str, beside: Path | None = None) -> Path:
    """Path of a file by its name in a folder or by its path, as seen from the file `beside`; what: in words.

    Raises ParameterError with the nearest names.
    """
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        return path if path.is_absolute() or beside is None else beside.parent / path
    known = names_in(folder)
    if name not in known:
        raise ParameterError(f"unknown {what} {shown(name)}; {near(name, known)}, or give the path of a .yaml file")
    return folder / f"{name}.yaml"


class Origin(Strict):
    """Where a number is from.  source: a key of `sources` of the file."""

    source: Text
    method: Method
    date: Date
    note: str = ""


class Source(Strict):
    """A source of numbers and how it is known."""

    citation: Text
    url: str = Field("", pattern=r"^(https?://\S+)?$")
    access: Literal["seen", "second-hand", "memory"]
    note: str = ""


class Value(Origin):
    """A number with its unit and origin; low, high: 10 % and 90 % quantiles, or neither."""

    value: Number
    unit: Text
    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Value":
        if (self.low is None) != (self.high is None):
            raise ValueError("give both low and high, or neither")
        for name, given in (("value", self.value), ("low", self.low), ("high", self.high)):
            if given is not None:
                self._possible(name, given)
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(
                f"low {self.low:g}, value {self.value:g} and high {self.high:g} are not in order: give a low end of at "
                "most the value and a high end of at least the value"
            )
        if self.uncertain and not self.low:
            raise ValueError("low 0: the lower end of a range is above 0, as its distribution is log-normal")
        return self

    def _possible(self, name: str, given: float) -> None:
        """Raise ValueError for a number that cannot be; name: value, low or high."""
        if given < 0.0:
            raise ValueError(f"{name} {given:g}: is negative; give a number of at least 0")

    @property
    def uncertain(self) -> bool:
        """Whether it has a range."""
        return self.low is not None and self.high is not None and self.high > self.low

    def at(self, deviate: Any) -> Any:
        """The value at a standard normal deviate (number or array): 0 the median, +-DECILE the quantiles."""
        return _two_widths(deviate, self.value, self.low, self.high) if self.uncertain else self.value + 0.0 * deviate


class Yield(Value):
    """Share of a material that leaves a step good, above 0 and at most 1."""

    def _possible(self, name: str, given: float) -> None:
        """Raise ValueError for a number that is no share."""
        if not 0.0 < given <= 1.0:
            raise ValueError(f"{name} {given:g}: a yield is above 0 and at most 1")

    @model_validator(mode="after")
    def _share(self) -> "Yield":
        if self.uncertain and self.high == 1.0:
            raise ValueError("high 1: the upper end of an uncertain yield is below 1")
        return self

    def at(self, deviate: Any) -> Any:
        """The yield at a standard normal deviate, always between 0 and 1."""
        if not self.uncertain:
            return self.value + 0.0 * deviate
        odds = _two_widths(deviate, *(None if x is None else x / (1.0 - x) for x in (self.value, self.low, self.high)))
        return odds / (1.0 + odds)


def _two_widths(deviate: Any, median: Any, low: Any, high: Any) -> Any:
    """Log-normal with one width below and one above the median."""
    below, above = np.log(median / low) / DECILE, np.log(high / median) / DECILE
    return median * np.exp(np.where(np.asarray(deviate) < 0.0, below, above) * deviate)
