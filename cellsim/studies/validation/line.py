"""One line of the validation: what is compared with what, and what came out."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

KINDS = {
    "verification": "against another program or a closed form, with the same numbers",
    "prediction": "of measurements that were used nowhere",
    "consistency": "with measurements that whoever chose the inputs had seen",
    "plausibility": "whether a set reaches what a maker states of another cell; no validation of either",
    "fit": "how well a law with fitted coefficients passes through the points it was fitted to",
}


@dataclass(frozen=True)
class Point:
    """One compared number: its name with unit, the reference, ours, and whether something was fitted to it."""

    what: str
    reference: float
    found: float
    fitted: bool = False


@dataclass(frozen=True)
class Found:
    """What a line gave: its error in the line's unit, the points behind it, and a remark."""

    error: float
    points: tuple[Point, ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class Line:
    """A comparison with its limit.

    kind: one of KINDS.  fitted: what was fitted on what, or "nothing".  predicted: what is compared.
    error: how the error is measured, with its unit.  reason: where the limit comes from: the uncertainty of the
    reference and of the numerical method, never the result.  fails: why the limit is known not to be met; empty
    where it has to be.  run: does it.
    """

    name: str
    kind: str
    data: str
    protocol: str
    fitted: str
    predicted: str
    error: str
    limit: float
    run: Callable[[], Found] = field(repr=False, compare=False)
    fails: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """A line and what it gave."""

    line: Line
    found: Found

    @property
    def within(self) -> bool:
        """Whether the error is within the limit."""
        return bool(self.found.error <= self.line.limit)

    @property
    def as_stated(self) -> bool:
        """Whether the limit is met where it has to be, and missed where that is stated."""
        return self.within != bool(self.line.fails)

    @property
    def verdict(self) -> str:
        """In words."""
        if self.line.fails:
            return "within the limit, though a failure was stated" if self.within else "fails, as stated"
        return "within the limit" if self.within else "FAILS"

    def to_json(self) -> dict:
        """Everything but the function, for a file."""
        keys = ("name", "kind", "data", "protocol", "fitted", "predicted", "limit", "reason", "fails")
        points = [
            {"what": p.what, "reference": float(p.reference), "found": float(p.found), "fitted": p.fitted}
            for p in self.found.points
        ]
        error = float(self.found.error) if math.isfinite(self.found.error) else None
        return {k: getattr(self.line, k) for k in keys} | {
            "error measured as": self.line.error,
            "error": error,
            "points": points,
            "remark": self.found.remark,
            "verdict": self.verdict,
            "as stated": self.as_stated,
        }


def largest(points, remark="") -> Found:
    """The largest difference of the points that nothing was fitted to."""
    return Found(max(abs(p.found - p.reference) for p in points if not p.fitted), tuple(points), remark)


def largest_percent(points, remark="", fitted=False) -> Found:
    """The largest relative difference [%] of the points that nothing was fitted to, or of those that were."""
    compared = [p for p in points if p.fitted == fitted]
    return Found(max(100.0 * abs(p.found / p.reference - 1.0) for p in compared), tuple(points), remark)


def violations(statements, points=()) -> Found:
    """How many of the statements {words: whether it holds} do not hold."""
    wrong = [words for words, holds in statements.items() if not holds]
    return Found(float(len(wrong)), tuple(points), "; ".join(f"not so: {words}" for words in wrong))
