"""Initial states: from a state of charge, a voltage, or the stoichiometries a source prints."""
from functools import lru_cache

import numpy as np

from ..errors import ParameterError
from ..kernels.layout import numbers, unknowns
from ..physics.constants import F
from ..physics.kinetics import end_potential
from .electrodes import NEGATIVE, POSITIVE, has_foil, lithium_content
from .lithium_metal import lithium_left, resting_potential
from .materials.tables import open_circuit
from .memo import kept


def stoichiometries(cell, soc):
    """(negative, positive) stoichiometry at a state of charge in 0..1; soc may be an array.

    States of charge 0 and 1 are the ends of the electrodes' windows, between which both hold the same lithium in
    all (`cellsim.parameters.balance`); at the reference temperature they are at the cut-off voltages, unless the
    parameter set ends the windows before these.
    `soc=None` gives the initial stoichiometries of the parameter set.
    """
    if soc is None:
        missing = [p for p in (NEGATIVE, POSITIVE)
                   if not cell.has(f"{p}/initial stoichiometry") and not (p == NEGATIVE and has_foil(cell))]
        if missing:
            raise ParameterError(f"{cell.name}: {missing[0]}/initial stoichiometry is missing; give `soc` instead")
        x_n = 0.5 if has_foil(cell) else cell.value(f"{NEGATIVE}/initial stoichiometry")
        return x_n, cell.value(f"{POSITIVE}/initial stoichiometry")
    lo, hi = cell.value(f"{POSITIVE}/minimum stoichiometry"), cell.value(f"{POSITIVE}/maximum stoichiometry")
    x_p = hi - soc * (hi - lo)
    if has_foil(cell):
        return 0.5 + 0.0 * soc, x_p
    lo, hi = cell.value(f"{NEGATIVE}/minimum stoichiometry"), cell.value(f"{NEGATIVE}/maximum stoichiometry")
    return lo + soc * (hi - lo), x_p


def open_circuit_voltage(cell, soc, T=None):
    """Open-circuit voltage [V] at a state of charge (number or array) and temperature [K]."""
    T = cell.temperature(T)
    x_n, x_p = (np.atleast_1d(np.asarray(x, float)) for x in stoichiometries(cell, soc))
    U = _with_ends(open_circuit(cell, POSITIVE, T)(x_p), x_p) - _negative_potential(cell, x_n, x_p, T)
    return U if np.ndim(soc) else float(U[0])


def _with_ends(U, x):
    """Potentials [V] at stoichiometries (arrays), with what keeps these between 0 and 1."""
    edge = (x < 0.01) | (x > 0.99)
    if edge.any():
        U = U.copy()
        U[edge] += [end_potential.py_func(one)[0] for one in x[edge]]
    return U


def _negative_potential(cell, x_n, x_p, T):
    """Open-circuit potential of the negative electrode [V] at stoichiometries (arrays); a foil goes by x_p."""
    if has_foil(cell):
        return cell.value(f"{NEGATIVE}/counter potential") + resting_potential(cell, x_p, T)
    return _with_ends(open_circuit(cell, NEGATIVE, T)(x_n), x_n)


def soc_at_voltage(cell, voltage, T=None) -> float:
    """State of charge whose open-circuit voltage is `voltage` [V].  Raises ParameterError if none is."""
    from scipy.optimize import brentq

    low, high = open_circuit_voltage(cell, 0.0, T), open_circuit_voltage(cell, 1.0, T)
    slack = 1e-3 * (high - low)  # stoichiometry windows are given to a few digits
    if not low - slack <= voltage <= high + slack:
        raise ParameterError(f"{cell.name}: no state of charge has the open-circuit voltage {voltage:g} V; "
                             f"it lies between {low:.4g} and {high:.4g} V")
    return float(brentq(lambda z: open_circuit_voltage(cell, z, T) - min(max(voltage, low), high), 0.0, 1.0,
                        xtol=1e-12))


def capacity_between_cutoffs(cell) -> float:
    """Charge between the stoichiometry limits of the limiting electrode [A.h]."""
    def one(part):
        get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
        window = get("maximum stoichiometry") - get("minimum stoichiometry")
        return lithium_content(cell, part) * get("thickness") * window

    charge = one(POSITIVE) if has_foil(cell) else min(one(POSITIVE), one(NEGATIVE))
    return F * charge * cell.value("cell/electrode area") / 3600.0


@lru_cache(maxsize=256)
def at_rest(soc):
    """A function (cell, T) that gives stoichiometries and open-circuit potentials [V]: x_n, x_p, U_n, U_p."""
    def look(cell, T):
        x_n, x_p = stoichiometries(cell, soc)
        U_p = float(_with_ends(open_circuit(cell, POSITIVE, T)(np.array([x_p])), np.array([x_p]))[0])
        U_n = float(_negative_potential(cell, np.array([x_n]), np.array([x_p]), T)[0])
        return x_n, x_p, U_n, U_p

    return look


def initial_state(cell, sys, soc):
    """State vector at rest: uniform concentrations, potentials at open circuit, no current."""
    x_n, x_p, U_n, U_p = kept(at_rest(soc), cell, sys.T)
    side, particle = sys.volume["side"], sys.volume["particle"]
    s = np.zeros(numbers(sys))
    y = unknowns(sys, s)
    y.x[particle[particle >= 0]] = np.where(side[particle >= 0] == 0, x_n, x_p)[:, None]
    y.c_e[:], y.phi_e[:], y.T[:] = sys.c_ref, -U_n, sys.T
    y.phi_s[side == 1] = U_p - U_n
    if sys.foil.size:
        y.cell["lithium"], y.cell["layer"] = lithium_left(cell, x_p), cell.value(f"{NEGATIVE}/interphase thickness")
    return s
