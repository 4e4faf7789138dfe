"""Sony US18650VTC5A: constant-current charges to 4.2 V at rates and ambient temperatures that were not fitted.

The set is calibrated on the charges at 1C and 3C and 20 °C of Wassiliadis 2022 (`benchmarks/sony.py`); the measured
curves are not part of this package.  Their figures below are those of the two fitted charges.
"""

from dataclasses import dataclass

from ....parameters import load
from ....protocols import Step
from ....protocols.language.units import ZERO_CELSIUS
from ....simulation.run import simulate
from ..line import Found, Line, Point, largest_percent

RATES = (1, 2, 3, 4, 5, 6)
AMBIENTS = (-10, 0, 10, 20, 30, 40, 50)  # degC
FITTED = {1: (2.5, 3328.3, 2.311, 25.30), 3: (7.5, 992.8, 2.068, 39.86)}  # A, s, Ah, degC, at 20 degC


@dataclass(frozen=True)
class Charge:
    """A charge from 0 %: charge [Ah], duration [s], highest and final temperature [°C], reason of its end."""

    charge: float
    seconds: float
    hottest: float
    last: float
    ending: str


def predict(cell, rate, degrees) -> Charge:
    """Constant-current charge to 4.2 V from equilibrium at 0 % and ambient temperature."""
    step = Step("current", -float(rate) * cell.nominal_capacity)
    run = simulate(cell, [step], soc=0.0, temperature=degrees + ZERO_CELSIUS, heat=True)
    T = run["Cell temperature [K]"] - ZERO_CELSIUS
    return Charge(
        run.steps[0].charge_capacity,
        float(run.t[-1]),
        float(T.max()),
        float(T[-1]),
        run.endings[0].name.lower().replace("_", " "),
    )


def table(name="sony_vtc5a") -> str:
    """All predictions as a Markdown table: Ah, minutes, highest temperature [°C]; rates down, ambients across."""
    cell = load(name)
    lines = ["| rate | " + " | ".join(f"{T} °C" for T in AMBIENTS) + " |", "|---" * (len(AMBIENTS) + 1) + "|"]
    for rate in RATES:
        found = [predict(cell, rate, T) for T in AMBIENTS]
        lines.append(
            f"| {rate}C | "
            + " | ".join(f"{c.charge:.2f} Ah, {c.seconds / 60.0:.1f} min, {c.hottest:.0f} °C" for c in found)
            + " |"
        )
    return "\n".join(lines)


def fitted() -> Found:
    """The two charges used in the calibration."""
    cell = load("sony_vtc5a")
    points = []
    for rate, (_, seconds, charge, hottest) in FITTED.items():
        mine = predict(cell, rate, 20)
        points += [
            Point(f"{rate}C: time [s]", seconds, mine.seconds, True),
            Point(f"{rate}C: charge [A.h]", charge, mine.charge, True),
            Point(f"{rate}C: highest rise above ambient [K]", hottest - 20.0, mine.hottest - 20.0, True),
        ]
    return largest_percent(
        points,
        "the measured cells rested at 20.7 degC, here at 20; other rates and ambients are predicted in docs/sony.md",
        fitted=True,
    )


LINES = (
    Line(
        "sony-fitted",
        "fit",
        "charges of a Sony VTC5A at 20 degC, Wassiliadis 2022 (second-hand)",
        "constant current from empty to 4.2 V, 1C and 3C, lumped heat",
        "exchange currents, diffusivities, an exponent, series resistance, heat capacity and transfer, on both",
        "nothing: the same two charges",
        "largest [%]",
        9.4,
        fitted,
        reason="a thermocouple is good to 0.5 K, which is 9.4 % of the rise at 1C; times and charges are far within",
    ),
)
