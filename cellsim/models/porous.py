"""Models of cells with porous electrodes, and their discretisation into control volumes.

DFN   Doyle-Fuller-Newman: particles, salt and both potentials resolved in space.
SPMe  single particle per electrode, salt resolved in space.
SPM   single particle per electrode: the DFN with one volume per electrode and ideal conductors.

A model without a mesh gets the mesh that `resolution` determines for the accuracy of `simulate` (default 1 mV rms).
Errors are of second order in the number of volumes and shells.

Liquid and solid electrolytes, porous and lithium-metal electrodes differ in data only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..kernels.layout import GRAIN, POROUS, SINGLE_FLUX, VOLUME, System, conducting
from ..numerics.grids import sphere
from ..numerics.varied import cases_of, plain
from ..parameters import Cell
from ..physics.constants import F
from ..support.arguments import listed, number, whole
from ..support.compile import records
from ..support.renamed import by_names
from .ageing import ageing_of
from .electrodes import PARTS, needs_numbers_of, needs_particles
from .graded import RADIUS, graded, radii
from .initial import initial_state
from .kinds import ACCURACY, kinds
from .lithium_metal import foil_of
from .materials.double_layers import capacities
from .materials.electrons import follows
from .materials.hysteresis import branch_table, hysteresis_of
from .materials.kinetics import kinetics_of
from .materials.tables import scale_of_diffusivity, tables, varies
from .memo import kept, kept_whenever
from .meshing import Mesh, resolution
from .particle_mesh import Near
from .thermal_laws import Body, steady, warmed, with_temperatures
from .volumes import Region, across, exchange_current_density, regions, touching, unit_of

STRETCH_X = (1.0, 0.5)  # grading of the negative and positive electrode towards the separator
MOST_VOLUMES, MOST_SHELLS = 10_000, 1000
KEYS = tuple(f.name for f in fields(Region))
Array = NDArray[Any]
Owners = tuple[tuple[int, int], ...]  # of particles: the electrode side, and the kind there
# volumes, shells, POROUS or SINGLE_FLUX, whether conductors are ideal, reach
Shape = tuple[tuple[int, int, int], int, int, bool, float | None]
Model = TypeVar("Model", bound="_Meshed")


@lru_cache(maxsize=64)
def volumes_of(volumes: tuple[int, int, int], model: int, ideal: bool) -> Callable[..., tuple[Array, Owners]]:
    """A function (cell, T) that returns the control volumes of a model, and side and kind of every particle."""

    def make(cell: Cell, T: float) -> tuple[Array, Owners]:
        parts = regions(cell, T, volumes, STRETCH_X, ideal, model == SINGLE_FLUX)
        sizes, values = [p.dx.shape[-1] for p in parts], [getattr(p, key) for p in parts for key in KEYS]
        volume = np.zeros((*cases_of(*values), sum(sizes)), VOLUME)
        edges = np.cumsum([0, *sizes])
        for key in KEYS:
            column = volume[key]
            for part, first, last in zip(parts, edges[:-1], edges[1:], strict=True):
                column[..., first:last] = plain(getattr(part, key))
        volume["across"] = across(volume)
        side, many = np.repeat([p.side for p in parts], sizes), [len(of_side) for of_side in kinds(cell)]
        volume["C_dl"] = np.array([*capacities(cell), 0.0])[side]
        volume["kinds"] = kinds_of = np.where(side < 0, 0, np.array([*many, 0])[side])
        holds = kinds_of > 0
        if model == SINGLE_FLUX:  # the particles of an electrode are shared by its volumes
            owners = tuple((at, k) for at in (0, 1) for k in range(many[at]))
            volume["particle"] = np.where(holds, side * many[0], -1)
        else:
            owners = tuple((at, k) for at in side[holds].tolist() for k in range(many[at]))
            volume["particle"] = np.where(holds, np.cumsum(kinds_of) - kinds_of, -1)
        return records(volume), owners

    return make


def grains_of(cell: Cell, T: float, owners: Owners, volumes: tuple[int, int, int]) -> Array:
    """The data of particles, one row for each of `owners`, its side and kind."""
    others, rows_of = kept(grains_but_diffusivity(owners, volumes), cell, T)  # which is varied most often
    grains = with_diffusivities(others, rows_of, {phase: [scale_of_diffusivity(cell, phase)] for phase, _ in rows_of})
    for phase, rows in rows_of:
        if varies(cell, phase):
            grains["varies"][0, rows] = 1
    return np.asarray(records(grains[0]))


def with_diffusivities(grains: Array, rows_of: Any, D: Mapping[str, Sequence[float]]) -> Array:
    """The data of the particles of some cells (cells, particles), which differ in their diffusivities.

    grains, rows_of: see `grains_but_diffusivity`; D: of each cell [m2/s], by phase.
    """
    found = np.repeat(grains[None], len(next(iter(D.values()))) if D else 1, axis=0)
    for phase, rows in rows_of:
        if phase in D:
            found["D"][:, rows] = np.array(D[phase])[:, None]
    return found


@lru_cache(maxsize=64)
def grains_but_diffusivity(owners: Owners, volumes: tuple[int, int, int]) -> Callable[..., tuple[Array, Any]]:
    """A function (cell, T) that returns the same without D, and (phase, its rows) of all phases."""

    def make(cell: Cell, T: float) -> tuple[Array, Any]:
        rows, both = {}, kinds(cell)
        for side, k in set(owners):
            kind = both[side][k]
            phase = kind.phase
            rows[side, k] = (
                touching(cell, phase) / (F * cell.value(f"{phase}/maximum concentration")),
                kind.radius,
                0.0,
                0,
                kind.material,
                k + side * max(len(both[0]), 1),
                kind.share,
                exchange_current_density(cell, phase, T),
                cell.value(f"{phase}/film resistance"),
            )
        known = [value for row in rows.values() for value in row]
        grains = np.zeros((*cases_of(*known), len(owners)), GRAIN)
        for owner, row in rows.items():
            mine = np.array([one == owner for one in owners])
            for key, value in zip(GRAIN.names or (), row, strict=True):
                grains[key][..., mine] = plain(value)
        for side, part in enumerate(PARTS):
            if RADIUS in graded(cell, part):
                here = [owner[0] == side for owner in owners]
                unit = unit_of(cell, part, volumes[2 * side], STRETCH_X[side])
                grains["R_p"][..., here] = radii(cell, part, side, unit)
                grains["varies"][..., here] = 1  # those of a constant diffusivity share an elimination, of one radius
        phases_of = [both[side][k].phase for side, k in owners]
        rows_of = [(phase, np.array([one == phase for one in phases_of])) for phase in dict.fromkeys(phases_of)]
        return grains, rows_of

    return make


def reference(cell: Cell, T: float) -> tuple[float, float, float]:
    """Initial salt concentration [mol/m3], transference number at it, and series resistance [Ohm m2]."""
    c0 = cell.value("electrolyte/initial concentration")
    t_ref = cell.law("electrolyte/cation transference number")(np.array([c0]), T)[0]
    return float(c0), float(t_ref), cell.value("cell/series resistance")


@lru_cache(maxsize=64)
def build(cell: Cell, T: float, shape: Shape, body: Body | None) -> System:
    """The System of a cell at temperature T [K], or for temperatures around T with a `Body`.

    Read-only: it is shared by runs, and its parts by variations of a cell.
    """
    frame, owners = kept(frame_of(shape, body), cell, T)
    built: System = frame._replace(grain=grains_of(cell, T, owners, shape[0]))
    return built


@lru_cache(maxsize=64)
def frame_of(shape: Shape, body: Body | None) -> Callable[..., tuple[System, Owners]]:
    """A function (cell, T) that returns the System but for diffusivities in particles, which are varied most often.

    With it side and kind of every particle.
    """
    volumes, shells, model, ideal, reach = shape

    def make(cell: Cell, T: float) -> tuple[System, Owners]:
        needs_particles(cell)
        volume, owners = kept_whenever(volumes_of(volumes, model, ideal), cell, T)
        laws, heat = (kept(tables, cell, T), kept(steady, cell, T)) if body is None else warmed(cell, T, body)
        c_ref, t_ref, R_series = kept(reference, cell, T)
        ageing, counts = kept_whenever(ageing_of, cell, T)
        hysteresis = kept_whenever(hysteresis_of, cell, T)
        if hysteresis.size:
            laws, counts = laws._replace(branches=kept(branch_table, cell, T)), counts.copy()
            counts["hysteresis"] = counts["kinds"]
        if volume["C_dl"].any():
            counts = counts.copy()
            counts["layers"] = 1
        counts = conducting(counts) if follows(cell) else counts
        frame = System(
            model,
            volume,
            kept(grains_but_diffusivity(owners, volumes), cell, T)[0],
            records(sphere(shells, reach)),
            laws,
            c_ref,
            t_ref,
            float(T),
            R_series,
            heat,
            kept_whenever(foil_of, cell, T),
            ageing,
            with_temperatures(counts, body),
            hysteresis,
            kept_whenever(kinetics_of, cell, T),
        )
        return frame, owners

    return make


def particles_but_diffusivity(model: Any, cell: Cell, T: float, soc: float | None, find: Callable[..., Any]) -> Any:
    """(phase, rows of its particles) of a model of a cell, after all else of it was found; find: as `kept`."""
    shape = model._shape(cell, T)
    _, owners = find(frame_of(shape, None), cell, T)
    find(rested_on(shape, None, soc), cell, T)
    return find(grains_but_diffusivity(owners, shape[0]), cell, T)[1]


@lru_cache(maxsize=64)
def rested_on(shape: Shape, body: Body | None, soc: float | None) -> Callable[..., Array]:
    """A function (cell, T) that returns the `initial_state`, which diffusivities in particles have no part in."""
    return lambda cell, T: initial_state(cell, kept(frame_of(shape, body), cell, T)[0], soc)


def checked_shells(model: Any) -> int | None:
    """The number of shells per particle, or None.  Raises ParameterError."""
    shells: int | None = whole(
        f"{type(model).__name__}: shells",
        model.shells,
        f"give a whole number from 1 to {MOST_SHELLS}, such as 10, or leave it out",
        high=MOST_SHELLS,
        none=True,
        error=ParameterError,
    )
    return shells


def checked_reach(model: Any) -> float | None:
    """The rate up to which the response of the shells is exact, or None.  Raises ParameterError."""
    reach: float | None = number(
        f"{type(model).__name__}: reach",
        model.reach,
        "give a finite number above 0, or leave it out",
        above=0.0,
        none=True,
        error=ParameterError,
    )
    return reach


class _Meshed:
    """A model whose mesh is given or still to be chosen."""

    _kind: ClassVar[int] = POROUS
    _ideal: ClassVar[bool] = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "shells", checked_shells(self))
        object.__setattr__(self, "reach", checked_reach(self))
        given = getattr(self, "volumes", None)
        if given is None:
            return
        name = f"{type(self).__name__}: volumes"
        wanted = (
            f"give three whole numbers from 1 to {MOST_VOLUMES}, for negative electrode, separator and positive "
            "electrode, such as (20, 10, 20), or leave them out"
        )
        volumes = listed(name, given, wanted, ParameterError)
        if len(volumes) != 3:
            raise ParameterError(f"{name}: {len(volumes)} given; {wanted}")
        object.__setattr__(
            self, "volumes", tuple(whole(name, n, wanted, high=MOST_VOLUMES, error=ParameterError) for n in volumes)
        )

    def resolved(
        self: Model,
        cell: Cell,
        T: float,
        rate: float = 1.0,
        accuracy: float = ACCURACY,
        times: Sequence[float] = (),
        temperatures: Sequence[float] = (),
        near: tuple[Near, ...] = (),
    ) -> Model:
        """The model with the parts of its mesh that are not given chosen for `accuracy` [V rms] at a C-rate.

        times: durations of loads shorter than hours [s].  temperatures: further temperatures of the run [K].  near:
        limits that it soon meets.
        """
        model: Any = self
        if model.shells is not None and getattr(model, "volumes", ()) is not None:  # given shells have their own reach
            return self
        needs_particles(cell)
        resolved: Model = _filled_in(model, resolution(cell, T, rate, accuracy, times, temperatures, near))
        return resolved

    def _shape(self, cell: Cell, T: float) -> Shape:
        needs_numbers_of(cell, type(self).__name__)
        mesh: Any = self.resolved(cell, T)
        return getattr(mesh, "volumes", (1, 1, 1)), mesh.shells, self._kind, self._ideal, mesh.reach

    def discretise(self, cell: Cell, T: float, body: Body | None = None) -> System:
        """The System of `cell` at temperature T [K]; with a `Body` the temperature is variable and starts at T."""
        return build(cell, T, self._shape(cell, T), body)

    def rested(self, cell: Cell, T: float, body: Body | None, soc: float | None) -> Array:
        """Its `initial_state` (N,), which is shared by variations of the cell: no one writes to it."""
        state: Array = kept(rested_on(self._shape(cell, T), body, soc), cell, T)
        return state


@lru_cache(maxsize=256)
def _filled_in(model: Any, chosen: Mesh) -> Any:
    """The model with what is missing of its mesh as chosen."""
    missing = [f.name for f in fields(model) if getattr(model, f.name) is None]
    if "shells" not in missing:
        missing = [name for name in missing if name != "reach"]
    return replace(model, **{name: getattr(chosen, name) for name in missing})


@by_names
@dataclass(frozen=True)
class DFN(_Meshed):
    """Doyle-Fuller-Newman model.

    volumes: of negative electrode, separator and positive electrode.  shells: per particle.
    reach: rate [D_s / R_p²] up to which the response of the shells is exact; 1e5 resolves pulses of 1e-6 R_p² / D_s.
    By default all are chosen for the accuracy of the run.  Raises ParameterError.
    """

    volumes: tuple[int, int, int] | None = None
    shells: int | None = None
    reach: float | None = None


@by_names
@dataclass(frozen=True)
class SPMe(_Meshed):
    """Single-particle model with electrolyte.  Arguments as in `DFN`.

    Conductivity and diffusion potential are evaluated at the mean salt concentration, which is constant.  PyBaMM 26.10
    intends the same but takes the product of the means of eps c and 1 / eps for the mean of (eps c) / eps: 1161
    instead of 1000 mol/m3 in the set of Marquis, which lowers its ohmic drop by 0.24 mV at 1C.
    """

    volumes: tuple[int, int, int] | None = None
    shells: int | None = None
    reach: float | None = None
    _kind: ClassVar[int] = SINGLE_FLUX


@by_names
@dataclass(frozen=True)
class SPM(_Meshed):
    """Single-particle model.  Arguments as in `DFN`."""

    shells: int | None = None
    reach: float | None = None
    _ideal: ClassVar[bool] = True
