"""Laws of charge transfer of a cell, as data of `kernels.equations.electrode.charge_transfer`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.records import ASYMMETRIC, BUTLER_VOLMER, KINETICS, LINEAR, MARCUS, MARCUS_HUSH_CHIDSEY, MSMR
from ...parameters import Cell
from ...parameters.catalogue import kinetics as names
from ...parameters.laws.sites import Sites
from ...physics.electron_transfer import host_site
from ...support.compile import records
from ..electrodes import materials, values_of

LAWS = {
    names.SYMMETRIC: BUTLER_VOLMER,
    names.ASYMMETRIC: ASYMMETRIC,
    names.LINEAR: LINEAR,
    names.MARCUS: MARCUS,
    names.METAL: MARCUS_HUSH_CHIDSEY,
    names.MSMR: MSMR,
}
_host_site = getattr(host_site, "py_func", host_site)


def coefficients(cell: Cell, part: str) -> tuple[float, float]:
    """Anodic and cathodic transfer coefficient of an electrode, or of a phase."""
    anodic = cell.value(f"{part}/{names.ANODIC}")
    path = f"{part}/{names.CATHODIC}"
    return anodic, cell.value(path) if cell.has(path) else 1.0 - anodic


def sites_of(cell: Cell, part: str) -> Sites:
    """The host sites of the potential of an electrode, or of a phase, that has them."""
    sites = cell.law(f"{part}/{names.POTENTIAL}").sites
    assert sites is not None  # as MSMR kinetics and diffusion need them
    return sites


def of_each_site(cell: Cell, part: str, key: str) -> NDArray[np.float64]:
    """(sites,) of a quantity of the host sites of an electrode, or of a phase: one number for all, or one for each."""
    law = cell.law(f"{part}/{key}")
    return np.full(len(sites_of(cell, part).X), law.value) if law.table is None else np.array(law.table[1])


def at_half(sites: Sites, anodic: NDArray[np.float64], T: float) -> NDArray[np.float64]:
    """(sites,) of `host_site` at x = 0.5, c_e = c_e0 and T [K]; anodic: transfer coefficients (sites,)."""
    U = float(sites.potential(0.5, T))
    return np.array([_host_site(U, 1.0, *site, b, T)[0] for *site, b in zip(*sites, anodic, strict=True)])


def shares_of_sites(cell: Cell, part: str) -> NDArray[np.float64]:
    """(sites,) exchange current of each host site per `host_site`, over that of all at x = 0.5 and T_ref."""
    weights, anodic = of_each_site(cell, part, names.OF_SITES), 1.0 - of_each_site(cell, part, names.SHARE_OF_SITES)
    sites = sites_of(cell, part)
    return np.asarray(weights / (weights @ at_half(sites, anodic, cell.value("cell/reference temperature"))))


def kinetics_of(cell: Cell, T: float) -> NDArray[Any]:
    """The law of charge transfer of each material, and the host sites of those that have them: (n,) KINETICS.

    (0,) if all are Butler-Volmer's.
    """
    every = materials(cell)
    if all(cell.kinetics(part) == names.SYMMETRIC for part in every):
        return np.asarray(records(np.zeros(0, KINETICS)))
    found, sites = np.zeros(len(every), KINETICS), np.zeros(0, KINETICS)
    for one, part in zip(found, every, strict=True):
        one["law"] = LAWS[cell.kinetics(part)]
        if one["law"] == ASYMMETRIC:
            anodic, cathodic = coefficients(cell, part)
            one["anodic"], one["both"] = anodic / (anodic + cathodic), anodic + cathodic
        if one["law"] in (MARCUS, MARCUS_HUSH_CHIDSEY):
            one["energy"] = values_of(cell, part)(names.ENERGY)
        if one["law"] == MSMR:
            own = _rows(cell, part)
            one["first"], one["sites"] = len(every) + sites.size, own.size
            sites = np.concatenate([sites, own])
    return np.asarray(records(np.concatenate([found, sites])))


def _rows(cell: Cell, part: str) -> NDArray[Any]:
    sites = sites_of(cell, part)
    own = np.zeros(len(sites.X), KINETICS)
    own["U0"], own["X"], own["w"] = sites
    own["anodic"], own["i0"] = 1.0 - of_each_site(cell, part, names.SHARE_OF_SITES), shares_of_sites(cell, part)
    return own
