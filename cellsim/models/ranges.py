"""Which laws a run used beyond their data: said once a run, in words."""
from typing import NamedTuple

import numpy as np

from ..kernels.layout import unknowns
from ..parameters.consistency import C_RANGE
from ..parameters.laws import SLACK
from .kept import kept
from .parts import PARTS, has_film, is_metal

OF_STOICHIOMETRY = ("open-circuit potential", "particle diffusivity", "exchange-current shape",
                    "entropic change coefficient")
OF_SALT = ("conductivity", "diffusivity", "cation transference number", "thermodynamic factor")
LEAST = 0.01  # of the initial concentration: by so much salt must lie beyond a law's data to be told


class Range(NamedTuple):
    """Between which stoichiometries or concentrations [mol/m3] the data of a law lie."""

    path: str
    lo: float
    hi: float


def _of_electrodes(cell, T):
    """For either electrode the laws that are continued beyond their data: tables, and fits that would turn there."""
    found: list[list[Range]] = [[], []]
    for part, ranges in zip(PARTS, found, strict=True):
        for key in () if is_metal(cell, part) else OF_STOICHIOMETRY:
            path = f"{part}/{key}"
            law = cell.law(path)
            if not law.constant:
                lo, hi = law.beyond(T)[:2]
                if lo > -np.inf or hi < np.inf:
                    ranges.append(Range(path, lo, hi))
    return tuple(tuple(ranges) for ranges in found)


def _of_salt(cell, T):
    """The same for the electrolyte; an expression is kept at its value at the upper end of C_RANGE."""
    top = C_RANGE[1] * cell.value("electrolyte/initial concentration")
    found = []
    for path in (*(f"electrolyte/{key}" for key in OF_SALT),
                 *(f"{part}/exchange-current electrolyte shape" for part in PARTS if not is_metal(cell, part))):
        law = cell.law(path)
        if not law.constant:
            lo, hi = law.beyond(T)[:2]
            found.append(Range(path, lo, min(hi, top)))
    return tuple(found)


def _of_all(cell, T):
    """Those of the negative and the positive electrode and of the electrolyte."""
    return (*_of_electrodes(cell, T), () if has_film(cell) else _of_salt(cell, T))


def outside_data(cell, sys, states) -> tuple[str, ...]:
    """Which laws a run used beyond their data, one sentence each.

    sys: the System that was simulated; states (times, unknowns).  What counts are the stoichiometries of particle
    surfaces and the concentrations of the salt.  Of an expression nobody says where it was fitted: it is told where
    it is replaced by what `cellsim.parameters.laws.Law` says.
    """
    y = unknowns(sys, states)
    surfaces, c = y.x[:, :, -1], y.c_e
    said: list[str] = []
    *of_electrodes, of_salt = kept(_of_all, cell, sys.T)
    for side, ranges in enumerate(of_electrodes):
        if not ranges:
            continue
        owners = sys.volume["particle"][sys.volume["side"] == side]
        if owners.size and owners[0] >= 0:
            x = surfaces[:, owners]
            said += _beyond(ranges, float(x.min()), float(x.max()), SLACK, "x", "")
    if of_salt:
        said += _beyond(of_salt, float(c.min()), float(c.max()), LEAST * sys.c_ref, "c", " mol/m3")
    return tuple(said)


def _beyond(ranges, least, most, slack, name, unit):
    for path, lo, hi in ranges:
        parts = ([(least, min(lo, most))] if least < lo - slack else []) + (
            [(max(hi, least), most)] if most > hi + slack else [])
        if parts:
            used = " and ".join(f"{a:.4g} to {b:.4g}" for a, b in parts)
            known = (f"above {lo:.4g}" if hi == np.inf else f"below {hi:.4g}" if lo == -np.inf else
                     f"{lo:.4g} to {hi:.4g}")
            yield f"{path} was used at {name} = {used}{unit}, beyond its data ({known})"
