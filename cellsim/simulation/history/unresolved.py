"""Remarks on a run whose mesh decides, judged by the states themselves.

The rule for the mesh (`cellsim.models.resolution`) knows a cell by a few numbers.  What it misses shows in the states:
a volume over which both the potential and the reaction change much is one in which a front is about as thin as the
volume.  For each row

    e = sum over volumes of |change of phi_s - phi_e| |change of the reaction current| / sum of |reaction current|,

in an electrode, changes being those across one volume; e is of second order while the volumes are fine, of first order
at a front.  Its rms over the charge passed was one to five times the error of the voltage in most of 1,144 runs of
random cells, and above LARGE in 20 of them, of which half were off by more than 0.6 mV.

Where a potential rises with the stoichiometry by more than the kinetics bear, no mesh is fine enough: particles jump
over the rise one by one, in an order that depends on the mesh.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.layout import POROUS, System, unknowns
from ...models.electrodes import PARTS, is_metal, phases
from ...models.materials.steps import steps
from ...models.memo import kept_whenever
from ...models.resolution import electrode_numbers
from ...parameters import Cell

Array = NDArray[Any]

LARGE = 4.0  # of the accuracy: from here on a run is remarked on
LEAST_RISE = 1e-3  # V
LAST = 0.95  # of a run: the part whose voltage is promised


def _slopes(values: Array) -> Array:
    """Change of values (times, n) across each of n volumes."""
    return np.abs(np.gradient(values, axis=-1))


def roughness(sys: System, t: Array, states: Array, side: int) -> float:
    """The rms of e over the charge passed in the electrode 0 or 1 [V], see above; 0 where nothing varies in space.

    t [s]: (times,).  states: (times, N).
    """
    at = np.flatnonzero(sys.volume["side"] == side)
    if at.size < 3 or t.size < 2:
        return 0.0
    y = unknowns(sys, states)
    current = y.j.sum(axis=1)[:, at] * sys.volume["area"][at]
    passed = np.abs(current).sum(axis=1)
    weight = np.where(t <= t[0] + LAST * (t[-1] - t[0]), np.gradient(t, edge_order=1), 0.0) if t[-1] > t[0] else 0.0 * t
    weight = np.maximum(weight, 0.0) * passed
    if not weight.sum() > 0.0:
        return 0.0
    dx = sys.volume["dx"][at]
    change = _slopes(current / dx) * dx
    e = (_slopes((y.phi_s - y.phi_e)[:, at]) * change).sum(axis=1) / np.maximum(passed, 1e-12 * passed.max())
    return float(np.sqrt(np.average(e * e, weights=weight)))


def unresolved(cell: Cell, sys: System, model: Any, t: Array, states: Array, accuracy: float) -> tuple[str, ...]:
    """One sentence for each electrode that jumps, or for the one that needed more volumes than it has.

    t, states: see `roughness`.  model: that of the run, with its mesh.  accuracy [V]: the one asked for.
    """
    if sys.model != POROUS or len(sys.volume) < 5 or t.size < 2:
        return ()
    jumping = tuple(words for side in (0, 1) if (words := _jumps(cell, sys, t, states, side)))
    rough = [roughness(sys, t, states, side) for side in (0, 1)]
    side = int(np.argmax(rough))
    if jumping or rough[side] <= LARGE * accuracy:
        return jumping
    volumes = list(model.volumes)
    n, volumes[2 * side] = volumes[2 * side], 2 * volumes[2 * side]
    return (
        f"the {PARTS[side]} reacts in a front that is about as thin as one of its {n} volumes: the voltage may be off "
        f"by more than {1e3 * accuracy:g} mV; a run with model=DFN({tuple(volumes)}, {model.shells}) shows by how much",
    )


def _jumps(cell: Cell, sys: System, t: Array, states: Array, side: int) -> str:
    """A sentence if particles of an electrode jumped over a rise of its potential, else ""."""
    part = PARTS[side]
    if is_metal(cell, part):
        return ""
    known = kept_whenever(steps(part), cell, sys.T)
    if known.rise <= LEAST_RISE:
        return ""
    x = unknowns(sys, states).x[:, sys.volume["particle"][sys.volume["side"] == side], -1]
    if x.min() > known.hump[0] or x.max() < known.hump[1]:
        return ""
    I = unknowns(sys, states).cell["I"]
    mean = float(np.abs(np.trapezoid(np.abs(I), t)) / (t[-1] - t[0])) if t[-1] > t[0] else 0.0
    slope = electrode_numbers(cell, phases(cell, part)[0], sys.T, mean).differential
    if known.jumps(slope) < 0.5:
        return ""
    return (
        f"{part}/open-circuit potential rises with the stoichiometry by {1e3 * known.rise:.2g} mV between "
        f"{known.hump[0]:.3g} and {known.hump[1]:.3g}: particles jump over that one by one, in an order that depends "
        "on the mesh, and with it the voltage"
    )
