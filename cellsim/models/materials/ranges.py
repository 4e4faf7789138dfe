"""Remarks on laws that a run used outside their data."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...kernels.layout import System, unknowns
from ...parameters import Cell
from ...parameters.consistency import C_RANGE
from ...parameters.laws.law import SLACK
from ..electrodes import has_film, is_metal, materials
from ..memo import kept

Array = NDArray[Any]

OF_STOICHIOMETRY = (
    "open-circuit potential",
    "particle diffusivity",
    "exchange-current shape",
    "entropic change coefficient",
)
OF_SALT = ("conductivity", "diffusivity", "cation transference number", "thermodynamic factor")
LEAST = 0.01  # distance of the salt concentration from the data of a law, over the initial one, that is reported


class Range(NamedTuple):
    """Range of stoichiometries or concentrations [mol/m3] of the data of a law."""

    path: str
    lo: float
    hi: float


def _of_electrodes(cell: Cell, T: float) -> Any:
    """Laws of each material that are continued outside their data: tables, and fits that are unphysical there."""
    found: dict[str, tuple[Range, ...]] = {}
    for part in materials(cell):
        ranges = []
        for key in () if is_metal(cell, part) else OF_STOICHIOMETRY:
            path = f"{part}/{key}"
            law = cell.law(path)
            if not law.constant:
                lo, hi = law.beyond(T)[:2]
                if lo > -np.inf or hi < np.inf:
                    ranges.append(Range(path, lo, hi))
        found[part] = tuple(ranges)
    return found


def _of_salt(cell: Cell, T: float) -> Any:
    """Laws of the electrolyte that are continued outside their data; expressions are constant above C_RANGE."""
    top = C_RANGE[1] * cell.value("electrolyte/initial concentration")
    found = []
    for path in (
        *(f"electrolyte/{key}" for key in OF_SALT),
        *(f"{part}/exchange-current electrolyte shape" for part in materials(cell)),
    ):
        law = cell.law(path)
        if not law.constant:
            lo, hi = law.beyond(T)[:2]
            found.append(Range(path, lo, min(hi, top)))
    return tuple(found)


def _of_all(cell: Cell, T: float) -> Any:
    """Ranges of the laws of the materials by their paths, and of the electrolyte."""
    return _of_electrodes(cell, T), () if has_film(cell) else _of_salt(cell, T)


def outside_data(cell: Cell, sys: System, states: Array) -> tuple[str, ...]:
    """One sentence for each law that a run used outside its data.

    sys: the simulated System; states: (times, unknowns).  Surface stoichiometries of particles and salt
    concentrations are compared with the data.  For expressions, whose range of validity is not stated, use of their
    continuation (see `cellsim.parameters.laws.law.Law`) is reported.
    """
    y = unknowns(sys, states)
    sentences: list[str] = []
    of_materials, of_salt = kept(_of_all, cell, sys.T)
    material = sys.grain["material"]
    for m, ranges in enumerate(of_materials.values()):
        owners = np.flatnonzero(material == m) if ranges else material[:0]
        if owners.size:
            sentences += _beyond(ranges, *_ends(y.x[:, owners, -1]), SLACK, "x", "")
    if of_salt:
        sentences += _beyond(of_salt, *_ends(y.c_e), LEAST * sys.c_ref, "c", " mol/m3")
    return tuple(sentences)


def _ends(values: Array) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _beyond(ranges: Any, least: float, most: float, slack: float, name: str, unit: Any) -> Iterator[str]:
    for path, lo, hi in ranges:
        parts = ([(least, min(lo, most))] if least < lo - slack else []) + (
            [(max(hi, least), most)] if most > hi + slack else []
        )
        if parts:
            used = " and ".join(f"{a:.4g} to {b:.4g}" for a, b in parts)
            known = (
                f"above {lo:.4g}" if hi == np.inf else f"below {hi:.4g}" if lo == -np.inf else f"{lo:.4g} to {hi:.4g}"
            )
            yield f"{path} was used at {name} = {used}{unit}, outside its data ({known})"
