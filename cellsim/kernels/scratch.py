"""Scratch memory of a run."""

from typing import Annotated, NamedTuple

import numpy as np

from ..errors import Ending
from ..numerics.block_tridiagonal import COLUMNS
from ..numerics.fields import Field, declared, length, parts
from ..numerics.table import TERMS
from ..support.compile import inlined
from .layout import State, System
from .memory import initialised, laying
from .records import GRAIN, LAG, LAYER, LOCAL, SALT, SIDE, TOUCH, VOLUME
from .reference import by_reference

EVENTS = 1 + int(Ending.MATERIAL_LOST)  # endings that are located on the solution, by their numbers


def one_temperature(laws: int) -> np.ndarray:
    """Columns and weights (laws, 2 + TERMS) of laws at one temperature, see `table.blend`."""
    by = np.zeros((laws, 2 + TERMS))
    by[:, 0], by[:, 2] = np.arange(laws), 1.0
    return by


class Work(NamedTuple):
    """Scratch memory of one run."""

    block: Annotated[
        np.ndarray,
        Field("", "of block_tridiagonal; right-hand sides: residual, d/d terminal current", "volumes", 3, COLUMNS),
    ]
    local: Annotated[np.ndarray, Field("", "reactions", "volumes", of=LOCAL)]
    salt: Annotated[np.ndarray, Field("", "electrolyte", "volumes", of=SALT)]
    inside: Annotated[
        np.ndarray,
        Field("", "x[q] = inside[0, q] + inside[1, q] x[q + 1], and x of the last shell", "particles", 2, "shells"),
    ]
    sweep: Annotated[
        np.ndarray,
        Field("", "elimination of particles of constant D of each kind, and of which", "sweeps", 3, "shells+1"),
    ]
    spare: Annotated[np.ndarray, Field("", "a state", State)]
    curvature: Annotated[
        np.ndarray, Field("", "Newton's next correction over the square of the last, as last seen", 1, initial=1.0)
    ]
    at: Annotated[np.ndarray, Field("K", "temperature that the following belong to", 1)]
    by_solid: Annotated[
        np.ndarray,
        Field("", "columns that make up a law, and their weights, as in `table.blend`", "solid_laws", 2 + TERMS),
    ]
    by_salt: Annotated[np.ndarray, Field("", "the same of the salt's laws", "salt_laws", 2 + TERMS)]
    rate: Annotated[np.ndarray, Field("", "factors", "rates")]
    entropy: Annotated[np.ndarray, Field("", "slopes in T of the weights of the OCP", "materials", TERMS)]
    geometry: Annotated[
        np.ndarray, Field("", "of a cell that ages: volumes as made, and as they are", "ageing", "volumes", of=VOLUME)
    ]
    grains: Annotated[
        np.ndarray, Field("", "of several kinds in a volume: as made, as they are", "remade", "particles", of=GRAIN)
    ]
    side: Annotated[
        np.ndarray, Field("", "its side reactions, each kind of particle in its row", "ageing", "volumes", of=SIDE)
    ]
    foil: Annotated[np.ndarray, Field("", "contact of the lithium-metal electrode", 1, of=TOUCH)]
    lag: Annotated[np.ndarray, Field("", "open-circuit hysteresis of each kind", "hysteresis", "volumes", of=LAG)]
    layer: Annotated[np.ndarray, Field("", "double layers", "layers", "volumes", of=LAYER)]
    conduction: Annotated[
        np.ndarray, Field("", "electronic conductivity over that at reference", "conducting", "volumes")
    ]
    kind: Annotated[
        np.ndarray, Field("", "reactions of each of several kinds of particle", "several", "volumes", of=LOCAL)
    ]
    rise: Annotated[np.ndarray, Field("", "elimination of the nodes, and their rates [K/s]", 2, "temperatures")]
    margins: Annotated[np.ndarray, Field("", "distances to every ending of a step, see `endings.closest`", EVENTS)]


def allocate(sys: System) -> Work:
    """Scratch memory for `sys`."""
    w: Work = parts(Work, sys.sizes, np.zeros(length(Work, sys.sizes)))
    for d in declared(Work):
        if d.element.names is None:
            getattr(w, d.name)[...] = d.field.initial
    w.rate[:], w.by_solid[:], w.by_salt[:] = 1.0, *map(one_temperature, (len(w.by_solid), len(w.by_salt)))
    w.at[0] = np.nan if sys.heat.capacity > 0.0 else sys.T
    return w


scratch = laying(Work)


@inlined
def work_of(sys, memory):
    """As `allocate`, in memory with whatever is in it."""
    for i in range(memory.size):
        memory[i] = 0.0
    w = by_reference(scratch(sys, memory))
    initialised(w)
    for k in range(w.rate.size):
        w.rate[k] = 1.0
    for k in range(w.by_solid.shape[0]):
        w.by_solid[k, 0], w.by_solid[k, 2] = k, 1.0
    for k in range(w.by_salt.shape[0]):
        w.by_salt[k, 0], w.by_salt[k, 2] = k, 1.0
    w.at[0] = np.nan if sys.heat.capacity > 0.0 else sys.T
    return w
