"""A stated energy density against the nearest packaged cell: whether a known design comes near it."""

from functools import lru_cache

import numpy as np

from ...design import build
from ...models import capacity_between_cutoffs, open_circuit_voltage
from ...parameters import load
from .maker_claims import StatedFigure

QUANTITIES = ("gravimetric energy density", "volumetric energy density")
EASY, HARD = 1.0, 1.25  # ratios: at most that of the design; beyond what thinner layers of the same design give


@lru_cache(maxsize=32)
def at_rest(name: str) -> tuple[float, float]:
    """Energy density of a packaged cell at rest, capacity times mean open-circuit voltage [Wh/kg, Wh/L]."""
    cell = load(name)
    mean = float(np.mean(open_circuit_voltage(cell, (np.arange(100) + 0.5) / 100.0)))
    energy, design = capacity_between_cutoffs(cell) * mean, build(cell)
    return energy / design.mass, 1e-3 * energy / design.volume


def against_nearest(figure: StatedFigure) -> str:
    """A sentence about a stated energy density; empty for other quantities and makers without a near cell.

    The highest stated number is compared with the cell at rest, which no discharge reaches.
    """
    if not figure.nearest or figure.quantity not in QUANTITIES:
        return ""
    own = at_rest(figure.nearest)[QUANTITIES.index(figure.quantity)]
    stated = float(np.max(figure.value))
    ratio, unit = stated / own, ("Wh/kg", "Wh/L")[QUANTITIES.index(figure.quantity)]
    word = "within reach of" if ratio <= EASY else "beyond" if ratio <= HARD else "far beyond"
    return f"{ratio:.2f} times the {own:.0f} {unit} of {figure.nearest} at rest: {word} that design"
