"""Quantities of a porous electrode that vary from its current collector to the separator, and what follows."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ParameterError
from ...kernels.layout import System
from ...numerics.varied import each
from ...parameters import Cell
from ...parameters.laws.profile import Profile, averages
from ...physics.transport import bruggeman, percolation
from ..electrodes import is_composite, is_metal, values_of
from ..materials.electrons import at_reference

Array = NDArray[np.float64]

PORES, ACTIVE, RADIUS = "electrolyte volume fraction", "active material volume fraction", "particle radius"
KEYS = (PORES, ACTIVE, RADIUS)
ALIKE = 1e-12  # relative difference of shares that is rounding


def graded(cell: Cell, part: str) -> tuple[str, ...]:
    """Which quantities of an electrode vary over its thickness; none of lithium metal, nor of several materials."""
    if is_metal(cell, part) or is_composite(cell, part):
        return ()
    return tuple(key for key in KEYS if not cell.is_number(f"{part}/{key}"))


def layer_borders(cell: Cell, part: str) -> tuple[float, ...]:
    """Relative positions, 0 at the current collector, at which a quantity of an electrode jumps."""
    laws = [cell.law(f"{part}/{key}") for key in graded(cell, part)]
    return tuple(sorted({x for law in laws if isinstance(law, Profile) for x in law.borders}))


def of_electrode(cell: Cell, part: str) -> tuple[Any, Any, Any]:
    """The laws of porosity, active fraction and particle radius of an electrode."""
    pores, active, radius = (cell.law(f"{part}/{key}") for key in KEYS)
    return pores, active, radius


def efficiency(cell: Cell, part: str, phi: float) -> float:
    """Effective over bulk transport property of the electrolyte in `part` at its volume fraction, by the set's law."""
    if cell.has(f"{part}/transport efficiency"):
        return cell.value(f"{part}/transport efficiency")
    if cell.has(f"{part}/bruggeman exponent"):
        return each(bruggeman, phi, cell.value(f"{part}/bruggeman exponent"))
    threshold, exponent = (cell.value(f"{part}/percolation {key}") for key in ("threshold", "exponent"))
    return each(percolation, phi, threshold, exponent)


def effective_conductivity(cell: Cell, part: str, phi: float, active: float) -> float:
    """Effective electronic conductivity [S/m] of an electrode at its fractions of electrolyte and active material.

    Of a law that at reference.
    """
    get = values_of(cell, part)
    value = at_reference(cell, part) * (1.0 - phi - get("void volume fraction")) ** get("electronic bruggeman exponent")
    exponent = get("electronic percolation exponent")
    if exponent == 0.0:
        return value
    return value * each(percolation, active, get("electronic percolation threshold"), exponent)


def efficiency_of(cell: Cell, part: str) -> Any:
    """`efficiency` as a function of the volume fraction (any array)."""
    return np.vectorize(partial(efficiency, cell, part), otypes=[float])


def conductivity_of(cell: Cell, part: str) -> Any:
    """`effective_conductivity` as a function of the fractions (any arrays)."""
    return np.vectorize(partial(effective_conductivity, cell, part), otypes=[float])


def series(stops: Array, law: Any, laws: Any) -> Array:
    """Resistance (n,) of unit area between stops (n + 1,), of a conductivity that is a function of profiles."""
    return np.diff(stops) * averages(stops, laws, lambda *values: 1.0 / law(*values))


def evenly_loaded(cell: Cell, part: str) -> tuple[float, float]:
    """(tau, sigma) of a uniform electrode that loses as much as a graded one where the reaction is uniform."""
    pores, active, _ = of_electrode(cell, part)
    whole, x = np.array([0.0, 1.0]), Profile(expression="x")
    tau_of, sigma_of = efficiency_of(cell, part), conductivity_of(cell, part)
    ions = averages(whole, (x, pores), lambda s, phi: s * s / tau_of(phi))[0]
    electrons = averages(whole, (x, pores, active), lambda s, phi, a: (1.0 - s) ** 2 / sigma_of(phi, a))[0]
    return float(1.0 / (3.0 * ions)), float(1.0 / (3.0 * electrons))


def only_what_it_has(cell: Cell, part: str, single: bool, ideal: bool) -> None:
    """Raises ParameterError for a profile that a model with one particle per electrode cannot describe."""
    refused = [key for key in graded(cell, part) if key == RADIUS or (single and key == ACTIVE)]
    if refused and (single or ideal):
        model = "SPM" if ideal else "SPMe"
        raise ParameterError(
            f"{cell.name}: {part}/{refused[0]} varies over the electrode, which {model}() takes for one particle; use "
            f"DFN(), or its mean {cell.mean(f'{part}/{refused[0]}'):.6g}"
        )


def active_shares(sys: System, side: int) -> Any:
    """Active material per thickness of the volumes of an electrode (n,) over the mean of all; 1.0 where it is even."""
    here = np.flatnonzero(sys.volume["side"] == side)
    v, particle = sys.volume[here], sys.volume["particle"][here]
    if here.size == 0 or particle[0] < 0:
        return 1.0
    radius = sys.grain["R_p"][particle] if v["kinds"][0] == 1 else 1.0  # several kinds are the same everywhere
    held = v["area"] * radius / v["dx"]
    share = held * v["dx"].sum() / (held @ v["dx"])
    return 1.0 if np.abs(share - 1.0).max() < ALIKE else share
