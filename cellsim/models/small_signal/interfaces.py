"""The interfaces of a cell at rest: their currents by a small alternating potential."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import ParameterError
from ...kernels.equations.interface_at_rest import hysteresis_at_rest, interface_at_rest
from ...kernels.layout import POROUS, SINGLE_FLUX, THIN_FILM, System
from ...kernels.records import BY_REACTION
from ...parameters import Cell
from ...physics.small_signal import admittance, film, layer, sphere
from ..electrodes import PARTS, is_metal, phases
from ..graded import RADIUS, graded
from ..initial import of_phases
from ..kinds import kinds
from ..lithium_metal import Lithium, contact_at_rest

Array = NDArray[Any]

AT_REST = 0.5  # any state of charge: phases at one potential


def without_double_layers(cell: Cell, part: str) -> bool:
    """Whether an electrode has no double-layer capacity."""
    return cell.value(f"{part}/double-layer capacity") == 0.0


class Interface(NamedTuple):
    """Current per reacting surface of an electrode, y (phi_s - phi_e) + per_c c_e; like s, or (volumes, *s.shape)."""

    y: Array  # S/m2
    per_c: Array | None = None  # A m/mol; None: 0


def interface(cell: Cell, sys: System, side: int, x: Any, h: float, lithium: Lithium, s: Array, c: float) -> Interface:
    """That of an electrode at stoichiometry x, state h of hysteresis, and salt concentration c [mol/m3].

    Several kinds of particle rest at one potential, x being their mean, and their admittances add up.
    Of an electrode whose particles vary in radius over its thickness: of every volume.
    """
    i, active = int(np.argmax(sys.volume["side"] == side)), 1.0
    capacity = cell.value(f"{PARTS[side]}/double-layer capacity")
    varies = sys.model == POROUS and not is_metal(cell, PARTS[side]) and RADIUS in graded(cell, PARTS[side])
    if varies and (sys.hysteresis.size or sys.counts["kinds"] > 1):
        raise ParameterError(
            f"{cell.name}: {PARTS[side]}/{RADIUS} varies over the electrode, which the impedance of a cell with "
            "hysteresis or several kinds of particle does not describe; give a number"
        )
    if sys.counts["kinds"] > 1 and sys.volume["kinds"][i]:
        x_of = of_kinds(cell, side, float(x), sys.T)
        return Interface(
            np.asarray(np.sum([_of_kind(sys, i, k, x_k, s, capacity, c) for k, x_k in enumerate(x_of)], 0))
        )
    resistance, slope, D = interface_at_rest(sys, i, 0, float(x), c)
    if sys.volume["particle"][i] >= 0:
        grain = sys.grain[sys.volume["particle"][i]]
        lag = 0.0
        if sys.hysteresis.size and sys.hysteresis[side]["model"] == BY_REACTION:
            steeper, lag = hysteresis_at_rest(sys, int(sys.volume["particle"][i]), float(x), h)
            slope += steeper
        R_p = sys.grain["R_p"][sys.volume["particle"][sys.volume["side"] == side], None] if varies else grain["R_p"]
        answer = 3.0 * at_face(sys, s, R_p, D) if sys.model == THIN_FILM else sphere(s, R_p, D)
        resistance = resistance - slope * grain["rate"] * answer + lag / s
    elif sys.foil.size:
        R_f, active, fall = contact_at_rest(sys, lithium)
        resistance = (resistance - sys.volume["R_f"][i]) / active + R_f + fall * sys.foil["theta"][0] / s
    return Interface(admittance(s, resistance, active * capacity))


def at_face(sys: System, s: Array, L: Any, D: float) -> Array:
    """As `physics.small_signal.film`, where only the electronic transference number of the flux enters at this face,
    and the rest at the other one.
    """
    return np.asarray(film(s, L, D) - (1.0 - sys.volume["electrons"][-1]) * layer(s, L, D))


def of_kinds(cell: Cell, side: int, x: float, T: float) -> list[float]:
    """Stoichiometry of each kind of particle of an electrode at rest whose mean is x."""
    part = PARTS[side]
    x_of = dict(zip(phases(cell, part), of_phases(cell, part, AT_REST, x, T), strict=True))
    return [x_of[kind.phase] for kind in kinds(cell)[side]]


def _of_kind(sys: System, i: int, k: int, x: float, s: Array, capacity: float, c: float) -> Array:
    """Contribution of kind k of particle in volume i at stoichiometry x to the admittance per reacting surface."""
    resistance, slope, D = interface_at_rest(sys, i, k, float(x), c)
    grain = sys.grain[sys.volume["particle"][i] + k]
    resistance = resistance - slope * grain["rate"] * sphere(s, grain["R_p"], D)
    return grain["share"] * admittance(s, resistance, capacity)


def with_side_reactions(cell: Cell, sys: System, side: int, rests: Any, s: Array) -> Interface:
    """That of an electrode of particles in a cell that ages; sys: with the geometry of its state, rests (kinds,
    volumes): REST of it.  Of every volume, or where the reaction is uniform of the first one.

    With j = v / r the intercalation by the potential v beneath the film, side currents i = G_v v + G_j j + G_c c and
    phi_s - phi_e = v + film (j + i), thickness and plated lithium having followed their own currents.
    """
    here = np.flatnonzero(sys.volume["side"] == side)
    here = here[:1] if sys.model == SINGLE_FLUX else here
    y, per_c = np.zeros((2, here.size, s.size), complex)
    for k in range(int(sys.volume["kinds"][here[0]])):
        a, grain = rests[k, here, None], sys.grain[sys.volume["particle"][here] + k][:, None]
        r = a["transfer"] - a["slope"] * grain["rate"] * sphere(s, grain["R_p"], a["D"]) + a["lag"] / s
        thicker, thicker_cr = (1.0 / (1.0 + a["grow"] * a[key] / s) for key in ("sei_L", "cr_L"))
        fewer = 1.0 / (1.0 + a["out"] * a["pl_Li"] / (s + a["gamma"]))
        G_v = a["sei_v"] * thicker + a["cr_v"] * thicker_cr + a["pl_v"] * fewer
        G_j = a["sei_j"] * thicker + a["cr_j"] * thicker_cr + a["pl_j"]
        beneath = r / (1.0 + G_v * r + G_j)  # v per current
        one = grain["share"] / (beneath + a["film"])
        y += one
        per_c += one * beneath * a["pl_c"] * fewer
    y += s * cell.value(f"{PARTS[side]}/double-layer capacity")
    if sys.model == SINGLE_FLUX:
        y, per_c = y[0], per_c[0]
    return Interface(y, per_c if rests["pl_c"].any() else None)
