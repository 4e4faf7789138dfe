"""Initial states from a state of charge, a voltage, or the initial stoichiometries of a parameter set."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..kernels.layout import System, numbers, unknowns
from ..parameters import Cell
from ..parameters.laws.blend import blend_of
from ..physics.constants import F
from ..physics.kinetics import end_potentials
from .ageing import fresh
from .electrodes import NEGATIVE, PARTS, POSITIVE, has_foil, is_composite, lithium_content, phases, values_of
from .kinds import kinds
from .lithium_metal import lithium_left, resting_potential
from .materials.double_layers import uncharged
from .materials.hysteresis import fresh_hysteresis
from .materials.tables import open_circuit
from .memo import kept, kept_whenever

Array = NDArray[Any]


def stoichiometries(cell: Cell, soc: Any) -> tuple[Any, Any]:
    """(negative, positive) stoichiometry at a state of charge 0..1, a number or an array.

    States of charge 0 and 1 are the ends of the stoichiometry windows, with equal lithium content
    (`cellsim.parameters.balance`).  At the reference temperature they correspond to the cut-off voltages, unless the
    windows of the parameter set are narrower.
    soc=None: the initial stoichiometries of the parameter set.  Raises ParameterError if it states none.
    """
    if soc is None:
        return 0.5 if has_foil(cell) else _stated(cell, NEGATIVE), _stated(cell, POSITIVE)
    lo, hi = cell.value(f"{POSITIVE}/minimum stoichiometry"), cell.value(f"{POSITIVE}/maximum stoichiometry")
    x_p = hi - soc * (hi - lo)
    if has_foil(cell):
        return 0.5 + 0.0 * soc, x_p
    lo, hi = cell.value(f"{NEGATIVE}/minimum stoichiometry"), cell.value(f"{NEGATIVE}/maximum stoichiometry")
    return lo + soc * (hi - lo), x_p


def _stated(cell: Cell, part: str) -> float:
    """The initial stoichiometry that a set states, of a composite electrode the mean of its phases."""
    each = phases(cell, part)
    missing = [one for one in each if not cell.has(f"{one}/initial stoichiometry")]
    if missing:
        raise ParameterError(f"{cell.name}: {missing[0]}/initial stoichiometry is missing; give `soc` instead")
    x = [cell.value(f"{one}/initial stoichiometry") for one in each]
    if len(each) == 1:
        return x[0]
    held = [lithium_content(cell, one) for one in each]
    return sum(h * x_k for h, x_k in zip(held, x, strict=True)) / sum(held)


def of_phases(cell: Cell, part: str, soc: Any, mean: float, T: float) -> tuple[float, ...]:
    """Stoichiometries of the phases of an electrode at a state of charge with a mean stoichiometry, at T [K].

    At a state of charge they are at one potential; soc=None: as the parameter set states them.
    """
    each = phases(cell, part)
    if len(each) == 1:
        return (mean,)
    if soc is None:
        return tuple(cell.value(f"{one}/initial stoichiometry") for one in each)
    return tuple(float(x) for x in blend_of(cell, part).state(np.array(mean), T)[1])


def open_circuit_voltage(cell: Cell, soc: Any, T: float | None = None) -> Any:
    """Open-circuit voltage [V] at a state of charge (number or array) and temperature [K]."""
    return voltage_at_rest(cell, soc, cell.temperature(T))


def voltage_at_rest(cell: Cell, soc: Any, T: float) -> Any:
    """The same at a temperature that is known to be valid [K]."""
    x_n, x_p = (np.atleast_1d(np.asarray(x, float)) for x in stoichiometries(cell, soc))
    U = resting(cell, POSITIVE, x_p, T) - _negative_potential(cell, x_n, x_p, T)
    return U if np.ndim(soc) else float(U[0])


def resting(cell: Cell, part: str, x: Any, T: float) -> Any:
    """Open-circuit potential [V] of an electrode with particles at mean stoichiometries (array), and T [K]."""
    U = open_circuit(cell, part, T)(x)
    return U if is_composite(cell, part) else U + end_potentials(x)  # of phases it has those terms


def _negative_potential(cell: Cell, x_n: Any, x_p: Any, T: float) -> Any:
    """Open-circuit potential of the negative electrode [V] at stoichiometries (arrays); by x_p for lithium metal."""
    if has_foil(cell):
        return cell.value(f"{NEGATIVE}/counter potential") + resting_potential(cell, x_p, T)
    return resting(cell, NEGATIVE, x_n, T)


def soc_at_voltage(cell: Cell, voltage: float, T: float | None = None) -> float:
    """State of charge with the open-circuit voltage `voltage` [V].  Raises ParameterError if there is none."""
    from scipy.optimize import brentq

    low, high = open_circuit_voltage(cell, 0.0, T), open_circuit_voltage(cell, 1.0, T)
    slack = 1e-3 * (high - low)  # stoichiometry windows are stated to a few digits
    if not low - slack <= voltage <= high + slack:
        raise ParameterError(
            f"{cell.name}: no state of charge has the open-circuit voltage {voltage:g} V; "
            f"it lies between {low:.4g} and {high:.4g} V"
        )
    return float(
        brentq(lambda z: open_circuit_voltage(cell, z, T) - min(max(voltage, low), high), 0.0, 1.0, xtol=1e-12)
    )


def capacity_between_cutoffs(cell: Cell) -> float:
    """Capacity of the limiting electrode between its stoichiometry limits [Ah]."""
    return float(kept(_capacity, cell, None))


def _capacity(cell: Cell, T: None) -> float:
    def one(part: str) -> float:
        get = values_of(cell, part)
        window = get("maximum stoichiometry") - get("minimum stoichiometry")
        return lithium_content(cell, part) * get("thickness") * window

    charge = one(POSITIVE) if has_foil(cell) else min(one(POSITIVE), one(NEGATIVE))
    return F * charge * cell.value("cell/electrode area") / 3600.0


@lru_cache(maxsize=256)
def at_rest(soc: Any) -> Any:
    """A function (cell, T) that returns stoichiometries and open-circuit potentials [V]: x_n, x_p, U_n, U_p."""

    def look(cell: Cell, T: float) -> Any:
        x_n, x_p = stoichiometries(cell, soc)
        U_p = float(resting(cell, POSITIVE, np.array([x_p]), T)[0])
        U_n = float(_negative_potential(cell, np.array([x_n]), np.array([x_p]), T)[0])
        return x_n, x_p, U_n, U_p

    return look


def initial_state(cell: Cell, sys: System, soc: Any) -> Array:
    """State vector at equilibrium: uniform concentrations, open-circuit potentials, no current."""
    x_n, x_p, U_n, U_p = kept_whenever(at_rest(soc), cell, sys.T)
    side, particle = sys.volume["side"], sys.volume["particle"]
    s = np.zeros(numbers(sys))
    y = unknowns(sys, s)
    for at, (part, mean) in enumerate(zip(PARTS, (x_n, x_p), strict=True)):
        here, of_kind = particle[(side == at) & (particle >= 0)], kinds(cell)[at]
        x_of = dict(zip(phases(cell, part), of_phases(cell, part, soc, mean, sys.T), strict=True)) if here.size else {}
        for k, kind in enumerate(of_kind):
            y.x[here + k] = x_of[kind.phase]
    y.c_e[:], y.phi_e[:], y.T[:] = sys.c_ref, -U_n, sys.T
    y.phi_s[side == 1] = U_p - U_n
    if sys.ageing.size:
        fresh(cell, sys, y)
    if sys.hysteresis.size:
        fresh_hysteresis(cell, sys, y)
    if sys.counts["layers"]:
        uncharged(y)
    y.R_end[:] = sys.volume["end"][-1]
    if sys.foil.size:
        y.cell["lithium"], y.cell["layer"] = lithium_left(cell, x_p), cell.value(f"{NEGATIVE}/interphase thickness")
        y.host[:] = sys.foil["host"][0]
    return s
