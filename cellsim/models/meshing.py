"""The mesh of a model of porous electrodes for an accuracy, by the rule of `resolution`."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ..parameters import Cell
from .electrodes import NEGATIVE, PARTS, POSITIVE, has_foil, is_metal, per_rate, phases
from .graded import layer_borders
from .kinds import SHARE
from .materials.steps import Steps, steps
from .materials.tables import scale_of_diffusivity, varies
from .memo import kept, kept_whenever
from .particle_mesh import Near, Numbers, filling_front, reach_for, reaching, shells_soon, varying_shells
from .resolution import (
    PER_LAYER,
    SEPARATOR,
    at_current,
    between,
    diffusing,
    diffusivity,
    per_current,
    separator_volumes,
    shells_for,
    stepped,
    volumes_at_first,
    volumes_for,
    warming,
)


class Mesh(NamedTuple):
    """Result of `resolution`: the fields of a model."""

    volumes: tuple[int, int, int]
    shells: int
    reach: float | None


class Meshing(NamedTuple):
    """How meshes of a cell and its variations follow from the diffusivities of particles that have numbers for them.

    Such diffusivities are varied most often; nothing else here depends on them.
    """

    at: list["Layers"]  # one for each temperature
    error: float  # V
    times: Any
    near: tuple[Near, ...]

    def mesh(self, D: Mapping[str, float]) -> Mesh:
        """The mesh for diffusivities at the reference temperature by electrode or phase [m2/s]."""
        found = [each.needed(D, self.error, self.times, self.near) for each in self.at]
        negative, middle, positive, shells, reach = map(max, zip(*found, strict=True))
        return Mesh((negative, middle, positive), *reaching(shells, reach))


class Layers(NamedTuple):
    """What layers and particles need at a current and a temperature, but for what `Meshing` leaves open."""

    volumes: dict[str, int]
    shells: int
    reach: float
    open: list[tuple[str, str, Numbers, float]]  # layer, phase, Numbers with D_s = 1 m2/s, `diffusivity_factor`

    def needed(self, D: Mapping[str, float], error: float, times: Any, near: tuple[Near, ...]) -> tuple[Any, ...]:
        """Volumes of the layers, shells and their reach; arguments as in `Meshing`."""
        volumes, shells, reach = self.volumes, self.shells, self.reach
        for part, one, n, factor in self.open:
            D_s = D[one] * factor
            S = n.S / D_s
            shells = max(shells, shells_for(S, error))
            if times or near:
                n = n._replace(S=S, time=n.time / D_s)
                volumes = volumes | {part: max(volumes[part], volumes_at_first(n, times, error))}
                reach = max(reach, reach_for(n, times, error, near))
        return volumes[NEGATIVE], volumes[SEPARATOR], volumes[POSITIVE], shells, reach


@lru_cache(maxsize=256)
def resolution(
    cell: Cell,
    T: float,
    rate: float,
    accuracy: float,
    times: Any = (),
    temperatures: Any = (),
    near: tuple[Near, ...] = (),
) -> Mesh:
    """The Mesh for `accuracy` [V rms] at a C-rate and T [K], and at further temperatures.

    times: durations of loads shorter than hours [s]; the accuracy holds over each of them.  near: limits soon met.
    """
    found = meshing(cell, T, rate, accuracy, times, temperatures, near)
    return found.mesh({one: scale_of_diffusivity(cell, one) for _, one, _, _ in found.at[0].open})


def meshing(
    cell: Cell,
    T: float,
    rate: float,
    accuracy: float,
    times: Any,
    temperatures: Any,
    near: tuple[Near, ...],
    find: Any = kept,
) -> Meshing:
    """The Meshing of a cell; arguments as in `resolution`; find: as `memo.kept`."""
    current = abs(rate) * per_rate(cell)
    make = layers_at(current, SHARE * accuracy, times, near)
    return Meshing([find(make, cell, one) for one in (T, *temperatures)], SHARE * accuracy, times, near)


def porous_electrodes(cell: Cell, T: float) -> tuple[tuple[str, tuple[str, ...], Steps, int], ...]:
    """Of each: section, paths of its phases, steps of its potential, and volumes that its layers need at least."""
    layers = {part: 1 + len(layer_borders(cell, part)) for part in PARTS if not is_metal(cell, part)}
    least = {part: PER_LAYER * n if n > 1 else 1 for part, n in layers.items()}
    return tuple((part, phases(cell, part), kept_whenever(steps(part), cell, T), n) for part, n in least.items())


@lru_cache(maxsize=64)
def layers_at(current: float, error: float, times: Any, near: tuple[Near, ...]) -> Any:
    """A function (cell, T) that returns the Layers at a current density [A/m2]."""

    def make(cell: Cell, T: float) -> Layers:
        electrodes, volumes = kept_whenever(porous_electrodes, cell, T), dict.fromkeys(PARTS, 1)
        numbers = {
            one: at_current(kept(per_current(one), cell, T), current) for _, ones, _, _ in electrodes for one in ones
        }
        g = max(n.g for n in numbers.values())
        shells, reach, left = 0, 0.0, []
        for part, ones, known, need in electrodes:
            for one in ones:
                n = numbers[one]
                need = max(need, volumes_for(n, g, error), math.ceil(stepped(known, n, error)))
                if not varies(cell, one):
                    left.append((part, one, n, kept(warming(one), cell, T)))
                    continue
                n, D_s = diffusing(cell, one, T, n), diffusivity(cell, one, T)
                front = math.ceil(filling_front(cell, one, T, n.u, n.g, n.kinetic) / error)
                need = max(need, front, volumes_at_first(n, times, error))
                varied = varying_shells(cell, one, T, n.S * D_s, error)
                shells = max(shells, shells_for(n.S, error, varied))
                if near and one == part:
                    shells = max(shells, shells_soon(cell, one, T, n.S * D_s, current, near, error))
                reach = max(reach, reach_for(n, times, error, near))
            volumes[part] = need
        u, salt, time = kept(between, cell, T)
        volumes[SEPARATOR] = separator_volumes(current * u, current * salt, time, has_foil(cell), times, error)
        return Layers(volumes, shells, reach, left)

    return make
