"""Runs of variations of a cell that differ in the diffusivities of particles alone, begun in bulk.

Nothing of a cell is varied as often, and nothing depends on it but the mesh and the particles: geometry, tables,
protocol and the state at rest are shared.  So a run is begun here with a mesh, one of a few, and one number for the
particles of each phase, instead of a cell of its own with all that follows from it.  Where anything else depends on
these diffusivities, as `memo` has noted, the runs are no relatives, and each is begun by `prepared`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...kernels.call.record import PLACE_OF_GRAINS
from ...models.materials.tables import scale_of_diffusivity
from ...models.memo import kept_whatever
from ...models.meshing import Mesh, Meshing, meshing
from ...models.porous import DFN, SPM, SPMe, particles_but_diffusivity, with_diffusivities
from ...numerics.unsaid import Depends
from ..demand import demand_at_rest
from ..plan import shared_plan
from .bundle import Start
from .running import Prepared

Array = NDArray[Any]
DIFFUSIVITY = "/particle diffusivity"


class Alike(NamedTuple):
    """Relatives on one mesh."""

    first: Prepared
    grains: Array  # (particles,) of it
    rows_of: Sequence[tuple[str, Array]]  # phases and the rows of their particles


class Relatives:
    """The runs of variations of one cell with one protocol."""

    def __init__(self, paths: Sequence[str]) -> None:
        """paths: of the diffusivities in which they differ."""
        self.paths, self.phases = paths, [path.removesuffix(DIFFUSIVITY) for path in paths]
        self._known: dict[Mesh | None, Alike] = {}
        self._meshing: Meshing | None = None  # None: the mesh is given
        self._others: dict[str, float] = {}  # diffusivities in which they do not differ [m2/s]
        self._begun = self._apart = False

    def run(self, D: Sequence[float], prepare: Callable[[], Prepared]) -> Alike | None:
        """Those of its mesh that a run of these diffusivities [m2/s] belongs to; prepare: makes it by itself.

        None where runs have not enough in common.
        """
        if self._apart:
            return None
        try:
            return self._run(D, prepare)
        except Depends:
            self._apart = True
            return None

    def _run(self, D: Sequence[float], prepare: Callable[[], Prepared]) -> Alike:
        if not self._begun:
            self._begin(prepare())
            self._begun = True
        mesh = None
        if self._meshing is not None:
            mesh = self._meshing.mesh(self._others | dict(zip(self.phases, D, strict=True)))
        found = self._known.get(mesh)
        if found is None:
            found = self._known[mesh] = self._alike(prepare())
        return found

    def _begin(self, first: Prepared) -> None:
        """Find what all of them have in common, of any one."""
        plan, given = first.plan, first.given
        cell, T, model = plan.cell, plan.sys.T, given.model
        if plan.warms or given.voltage is not None or not isinstance(plan.model, DFN | SPMe | SPM):
            raise Depends
        if model is None or model.shells is None or getattr(model, "volumes", ()) is None:
            find = partial(kept_whatever, paths=self.paths)
            asked = find(demand_at_rest(first.protocol, given.ambient, given.soc), cell, T)
            times = asked.times, asked.temperatures, asked.near
            self._meshing = meshing(cell, T, asked.rate, given.accuracy, *times, find)
            self._others = {one: scale_of_diffusivity(cell, one) for _, one, _, _ in self._meshing.at[0].open}

    def _alike(self, first: Prepared) -> Alike:
        """A run by itself as the first of those on its mesh."""
        plan, find = first.plan, partial(kept_whatever, paths=self.paths)
        rows_of = particles_but_diffusivity(plan.model, plan.cell, plan.sys.T, first.given.soc, find)
        shared_plan(plan, find)
        return Alike(first, np.asarray(plan.sys.grain), rows_of)

    def starts(self, alike: Alike, D: Sequence[Sequence[float]], own: Sequence[Callable[[], Prepared]]) -> list[Start]:
        """How runs on one mesh begin; D: diffusivities of each [m2/s]; own: makes each by itself."""
        by_phase: Mapping[str, Any] = dict(zip(self.phases, zip(*D, strict=True), strict=True))
        grains = with_diffusivities(alike.grains, alike.rows_of, by_phase)
        records = np.repeat(alike.first.plan.record[None], len(D), axis=0)
        records[:, PLACE_OF_GRAINS] = grains.ctypes.data + grains.strides[0] * np.arange(len(D))
        return [Start(alike.first, record, grains, make) for record, make in zip(records, own, strict=True)]
