"""How likely lithium shorts a solid electrolyte: the largest overpotential of plating against its flaws."""
import numpy as np

from ...errors import ParameterError
from ...models.electrodes import NEGATIVE, has_foil
from ...physics.fracture import critical_flaw, critical_overpotential, short_probability

SURFACE = "Negative electrode surface potential difference at separator interface [V]"
NEEDED = ("separator/fracture toughness", "separator/flaw length")


def plating_overpotential(cell, result) -> float:
    """Largest overpotential with which a run of a lithium cell (a DFN) plates [V], films included; 0 if none."""
    if not has_foil(cell):
        raise ParameterError(f"{cell.name}: the negative electrode is not lithium metal: nothing is plated")
    drop = cell.value(f"{NEGATIVE}/counter potential") - result[SURFACE]
    return max(float(np.max(drop)), 0.0)


def fracture_overpotential(cell) -> float:
    """Overpotential that opens a flaw of the stated length [V].  Raises ParameterError."""
    K, a, _, Y = _flaws(cell)
    return critical_overpotential(K, a, Y)[0]


def probability_of_short(cell, result) -> float:
    """Probability that the longest flaw is long enough for the overpotentials of a run to open it.

    Its length is Weibull distributed; the set gives scale, modulus and the toughness.  One run, one
    cell: nothing is said of fatigue.  Raises ParameterError.
    """
    K, a, m, Y = _flaws(cell)
    eta = plating_overpotential(cell, result)
    return float(short_probability(critical_flaw(K, eta, Y)[0], a, m)[0]) if eta > 0.0 else 0.0


def _flaws(cell):
    missing = [path for path in NEEDED if not cell.has(path)]
    if missing:
        raise ParameterError(f"{cell.name}: {missing[0]} is not given; a probability of shorts needs it")
    return tuple(cell.value(path) for path in (*NEEDED, "separator/flaw modulus", "separator/flaw shape"))
