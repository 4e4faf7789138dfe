"""Models: how a cell becomes the system of control volumes that the kernels solve.

DFN   Doyle-Fuller-Newman: particles, salt and both potentials resolved in space.
SPMe  one particle per electrode, salt resolved in space.
SPM   one particle per electrode: the DFN on one volume per electrode with ideal conductors.

A model without a mesh gets the one that `resolution` finds for the accuracy asked of `simulate`; 1 mV
rms unless said.  Errors are of second order in the number of volumes and shells.

Liquid and solid electrolytes, porous electrodes and lithium foil differ in data only.
"""
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np

from ..errors import ParameterError
from ..kernels.layout import GRAIN, POROUS, SINGLE_FLUX, VOLUME, System
from ..numerics.grids import sphere
from ..physics.constants import F
from ..support.arguments import listed, number, whole
from ..support.compile import records
from .electrodes import PARTS, has_foil, needs_particles
from .lithium_metal import foil_of
from .materials.tables import scale_of_diffusivity, tables
from .memo import kept
from .resolution import resolution
from .thermal_laws import steady, warmed
from .volumes import Region, across, regions, touching

STRETCH_X = (1.0, 0.5)  # grading of the negative and positive electrode towards the separator
ACCURACY = 1e-3  # V rms, unless said
MOST_VOLUMES, MOST_SHELLS = 10_000, 1000
KEYS = tuple(f.name for f in fields(Region))


@lru_cache(maxsize=64)
def volumes_of(volumes, model, ideal):
    """A function (cell, T) that gives the control volumes of a model, and the side of every particle they hold."""
    def make(cell, T):
        parts = regions(cell, T, volumes, STRETCH_X, ideal)
        volume = np.zeros(sum(p.dx.size for p in parts), VOLUME)
        edges = np.cumsum([0, *(p.dx.size for p in parts)])
        for key in KEYS:
            column = volume[key]
            for part, first, last in zip(parts, edges[:-1], edges[1:], strict=True):
                column[first:last] = getattr(part, key)
        volume["across"] = across(volume)
        side, foil = volume["side"], has_foil(cell)
        holds = (side == 1) | ((side == 0) & (not foil))
        if model == SINGLE_FLUX:  # one particle an electrode, shared by its volumes
            owners = (1,) if foil else (0, 1)
            volume["particle"] = np.where(holds, side - owners[0], -1)
        else:
            owners = tuple(side[holds].tolist())
            volume["particle"] = np.where(holds, np.cumsum(holds) - 1, -1)
        return records(volume), owners

    return make


@lru_cache(maxsize=64)
def grains_of(sides):
    """A function (cell, T) that gives the data of particles, one row for each side in `sides`."""
    def make(cell, T):
        one = {}
        for side in set(sides):
            part = PARTS[side]
            one[side] = (touching(cell, part) / (F * cell.value(f"{part}/maximum concentration")),
                         cell.value(f"{part}/particle radius"), scale_of_diffusivity(cell, part),
                         not cell.is_number(f"{part}/particle diffusivity"))
        return records(np.array([one[side] for side in sides], GRAIN))

    return make


def reference(cell, T):
    """Salt concentration c_e0 [mol/m3] and transference number there, and resistance in series [Ohm m2]."""
    c0 = cell.value("electrolyte/initial concentration")
    t_ref = cell.law("electrolyte/cation transference number")(np.array([c0]), T)[0]
    return float(c0), float(t_ref), float(cell.value("cell/series resistance"))


@lru_cache(maxsize=64)
def build(cell, T, volumes, shells, model, ideal=False, body=None, reach=None) -> System:
    """The System of a cell at temperature T [K], or from there on if it is a `Body`.

    Runs share it, and variations of a cell its parts: no one writes to it.
    """
    needs_particles(cell)
    volume, owners = kept(volumes_of(volumes, model, ideal), cell, T)
    laws, heat = (kept(tables, cell, T), kept(steady, cell, T)) if body is None else warmed(cell, T, body)
    c_ref, t_ref, R_series = kept(reference, cell, T)
    return System(model, volume, kept(grains_of(owners), cell, T), records(sphere(shells, reach)), laws, c_ref, t_ref,
                  float(T), R_series, heat, kept(foil_of, cell, T))


def checked_shells(model) -> int | None:
    """Shells of a particle as they were given, or None.  Raises ParameterError."""
    return whole(f"{type(model).__name__}: shells", model.shells, f"give a whole number from 1 to {MOST_SHELLS}, such "
                 "as 10, or leave it out", high=MOST_SHELLS, none=True, error=ParameterError)


def checked_reach(model) -> float | None:
    """The rate up to which shells answer exactly, as it was given, or None.  Raises ParameterError."""
    return number(f"{type(model).__name__}: reach", model.reach, "give a finite number above 0, or leave it out",
                  above=0.0, none=True, error=ParameterError)


class _Meshed:
    """A model with a mesh, or still without."""

    def __post_init__(self):
        object.__setattr__(self, "shells", checked_shells(self))
        object.__setattr__(self, "reach", checked_reach(self))
        if getattr(self, "volumes", None) is None:
            return
        name = f"{type(self).__name__}: volumes"
        wanted = (f"give three whole numbers from 1 to {MOST_VOLUMES}, for negative electrode, separator and positive "
                  "electrode, such as (20, 10, 20), or leave them out")
        volumes = listed(name, self.volumes, wanted, ParameterError)
        if len(volumes) != 3:
            raise ParameterError(f"{name}: {len(volumes)} of them; {wanted}")
        object.__setattr__(self, "volumes", tuple(whole(name, n, wanted, high=MOST_VOLUMES, error=ParameterError)
                                                  for n in volumes))

    def resolved(self, cell, T, rate=1.0, accuracy=ACCURACY, times=(), temperatures=()):
        """The model with every number of its mesh chosen for `accuracy` [V rms] at a C-rate, where not given.

        times [s]: how long loads last, of those that do not last for hours.  temperatures [K]: that may come besides T.
        """
        needs_particles(cell)
        missing = [f.name for f in fields(self) if getattr(self, f.name) is None]
        if "shells" not in missing:  # without a reach they have their own
            missing = [name for name in missing if name != "reach"]
        if not missing:
            return self
        chosen = resolution(cell, T, rate, accuracy, times, temperatures)
        return replace(self, **{name: getattr(chosen, name) for name in missing})


@dataclass(frozen=True)
class DFN(_Meshed):
    """Doyle-Fuller-Newman model on (negative, separator, positive) volumes and shells per particle.

    reach: rate up to which the shells answer exactly, in units of D_s / R2, if not that of their number; 1e5 follows
    a pulse from 1e-6 R2 / D_s on.
    """

    volumes: tuple[int, int, int] | None = None
    shells: int | None = None
    reach: float | None = None

    def discretise(self, cell, T, body=None) -> System:
        """The System of `cell` at temperature T [K]; with a `Body` its temperature may change from there."""
        mesh = self.resolved(cell, T)
        return build(cell, T, mesh.volumes, mesh.shells, POROUS, body=body, reach=mesh.reach)


@dataclass(frozen=True)
class SPMe(_Meshed):
    """Single-particle model with electrolyte.

    Conductivity and diffusion potential are taken at the mean concentration of the salt, which
    stays what it was.  PyBaMM 26.10 means the same but takes the mean of (eps c) / eps for the
    product of the means of eps c and 1 / eps: 1161 instead of 1000 mol/m3 in the set of Marquis,
    which lowers its ohmic drop by 0.24 mV at 1C.  reach: as of `DFN`.
    """

    volumes: tuple[int, int, int] | None = None
    shells: int | None = None
    reach: float | None = None

    def discretise(self, cell, T, body=None) -> System:
        """The System of `cell` at temperature T [K]; with a `Body` its temperature may change from there."""
        mesh = self.resolved(cell, T)
        return build(cell, T, mesh.volumes, mesh.shells, SINGLE_FLUX, body=body, reach=mesh.reach)


@dataclass(frozen=True)
class SPM(_Meshed):
    """Single-particle model.  reach: as of `DFN`."""

    shells: int | None = None
    reach: float | None = None

    def discretise(self, cell, T, body=None) -> System:
        """The System of `cell` at temperature T [K]; with a `Body` its temperature may change from there."""
        mesh = self.resolved(cell, T)
        return build(cell, T, (1, 1, 1), mesh.shells, POROUS, ideal=True, body=body, reach=mesh.reach)
