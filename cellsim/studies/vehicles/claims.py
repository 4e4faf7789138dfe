"""Sentences of the announcement about vehicles and power, judged for a cell."""

import math
from collections.abc import Sequence

from ..pulse_power import Pulse
from ..verdicts import JudgedClaim, Verdict, worst
from .segments import SegmentFound

SEGMENTS = "Every vehicle segment, pick-up trucks included"
POWER = "Can store more power"


def every_segment(found: Sequence[SegmentFound]) -> tuple[JudgedClaim, ...]:
    """For each cell: whether all of its segments are no worse than today's cars; the most demanding one is named."""
    judged = []
    for name in dict.fromkeys(r.cell for r in found):
        rows = [r for r in found if r.cell == name]
        verdict = worst([r.verdict for r in rows])
        hardest = max((r for r in rows if r.verdict is verdict), key=_demand)
        shares = sorted((r.reach / r.today, r.segment) for r in rows)
        (low, least), (high, most) = shares[0], shares[-1]
        passed = sum(r.verdict is not Verdict.FAILS for r in rows)
        reasons = ", and ".join(hardest.failures if verdict is Verdict.FAILS else hardest.conditions)
        judged.append(
            JudgedClaim(
                SEGMENTS,
                name,
                verdict,
                f"range {low:.2f} ({least}) to {high:.2f} ({most}) times today's in the same mass and space; "
                f"{passed} of {len(rows)} segments",
                f"in the {hardest.segment} {reasons}" if reasons else "",
                "assumed pack masses and spaces, one car a segment, and the limits of time and temperature",
            )
        )
    return tuple(judged)


def _demand(r: SegmentFound) -> tuple[float, float]:
    """How far a segment is from today's: by range, then by the temperature from which the power suffices."""
    return max(0.0, 1.0 - r.reach / r.today), math.inf if r.full_power_from is None else r.full_power_from


def more_power(pulses: Sequence[Pulse], cell: str, baseline: str) -> tuple[JudgedClaim, ...]:
    """For discharge and charge: whether a cell has more power than a baseline, per mass and per volume.

    It holds where it does at all temperatures, only from some temperature on, or nowhere.
    """
    judged = []
    for direction in dict.fromkeys(p.direction for p in pulses):
        ours, theirs = (
            {p.celsius: p for p in pulses if p.cell == name and p.direction == direction} for name in (cell, baseline)
        )
        common = sorted(set(ours) & set(theirs))
        ratio = {
            T: (_over(ours[T].per_mass, theirs[T].per_mass), _over(ours[T].per_volume, theirs[T].per_volume))
            for T in common
        }
        above = [T for T in common if min(ratio[T]) >= 1.0]
        verdict = Verdict.HOLDS if above == common else Verdict.ONLY_IF if above else Verdict.FAILS
        listed = ", ".join(f"{m:.2f} and {v:.2f} at {T:g} °C" for T, (m, v) in ratio.items())
        condition = {
            Verdict.HOLDS: "",
            Verdict.ONLY_IF: f"the cell is at {', '.join(f'{T:g}' for T in above)} °C",
            Verdict.FAILS: f"less at every temperature, limited by {ours[common[0]].binds}" if common else "",
        }[verdict]
        judged.append(
            JudgedClaim(
                f"{POWER} than {baseline} in {direction}",
                cell,
                verdict,
                f"W/kg and W/L over the baseline's: {listed}",
                condition,
                "the kinetics of both sets, in a charge on plating and an assumed critical current",
            )
        )
    return tuple(judged)


def _over(a: float, b: float) -> float:
    return a / b if b > 0.0 else float("inf")
