"""Probability that lithium short-circuits a solid electrolyte, from the plating overpotential and its flaws."""

import numpy as np

from ...errors import ParameterError
from ...models.electrodes import NEGATIVE, has_foil
from ...parameters import Cell
from ...physics.fracture import critical_flaw, critical_overpotential, short_probability
from ...simulation.result import Result

SURFACE = "Negative electrode surface potential difference at separator interface [V]"
NEEDED = ("separator/fracture toughness", "separator/flaw length")


def plating_overpotential(cell: Cell, result: Result) -> float:
    """Largest plating overpotential [V] of a DFN run of a lithium-metal cell, including films; 0 without plating.

    Raises ParameterError if the negative electrode is not lithium metal.
    """
    if not has_foil(cell):
        raise ParameterError(f"{cell.name}: the negative electrode is not lithium metal: nothing is plated")
    drop = cell.value(f"{NEGATIVE}/counter potential") - result[SURFACE]
    return max(float(np.max(drop)), 0.0)


def fracture_overpotential(cell: Cell) -> float:
    """Overpotential that opens a flaw of the stated length [V].  Raises ParameterError."""
    K, a, _, Y = _flaws(cell)
    return float(critical_overpotential(K, a, Y)[0])


def probability_of_short(cell: Cell, result: Result) -> float:
    """Probability that the plating overpotential of a run opens the longest flaw.

    The flaw length is Weibull distributed; scale, modulus and fracture toughness are those of the parameter set.
    Fatigue over several runs is not considered.  Raises ParameterError.
    """
    K, a, m, Y = _flaws(cell)
    eta = plating_overpotential(cell, result)
    return float(short_probability(critical_flaw(K, eta, Y)[0], a, m)[0]) if eta > 0.0 else 0.0


def _flaws(cell: Cell) -> tuple[float, ...]:
    """Fracture toughness, flaw length, Weibull modulus and geometry factor."""
    missing = [path for path in NEEDED if not cell.has(path)]
    if missing:
        raise ParameterError(f"{cell.name}: {missing[0]} is not given; the probability of a short circuit requires it")
    return tuple(cell.value(path) for path in (*NEEDED, "separator/flaw modulus", "separator/flaw shape"))
