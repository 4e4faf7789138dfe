"""Rate capability of the silver-carbon cell of Lee 2020 (second-hand)."""

from ....parameters import load
from ....protocols import discharge
from ....simulation.run import simulate
from ..line import Found, Line, Point, largest

RETENTION = {0.2: 100.0, 0.33: 97.0, 0.5: 95.0, 1.0: 93.0, 2.0: 85.0}  # % at 60 degC


def samsung() -> Found:
    """Capacities relative to C/5."""
    cell = load("samsung_agc_2020")
    Q = {rate: simulate(cell, [discharge(rate)], temperature=333.15).discharge_capacity for rate in RETENTION}
    return largest(
        [Point(f"{rate:g}C [%]", share, 100.0 * Q[rate] / Q[0.2]) for rate, share in RETENTION.items() if rate != 0.2],
        "too fast at 2C, as the electrode is homogenised",
    )


LINES = (
    Line(
        "samsung-rates",
        "consistency",
        "capacity retention at 60 degC, Lee 2020 (second-hand)",
        "discharge at C/5, C/3, C/2, 1C, 2C",
        "nothing to these points; but diffusivity, exchange current and contact "
        "were chosen by someone who had seen them",
        "retention at C/3 to 2C",
        "largest [points of %]",
        2.0,
        samsung,
        "the homogenised electrode delivers too much at 2C; up to 1C it is within the limit",
        "printed in whole percent of two capacities, 0.5 each, and 1 for the spread of cells",
    ),
)
