"""The linearised equations of a cell at equilibrium, as functions of a complex Laplace variable s.

An implicit stage s = s_hat + hg f(s), linearised at equilibrium, gives the frequency response with
hg = 1/(2 pi i f), on the volumes and with the laws of `kernels.equations.porous` and `.spme`.  At equilibrium
there are no fluxes and the salt concentration is uniform: only values of the laws are needed, salt does not enter
the kinetics, and the diffusivity of a particle is constant, so that its response is known in closed form.

In addition to the kernels there is a double layer at every reacting surface.  As in PyBaMM, it is in parallel with
charge transfer and film, so that an interphase gives an arc.  It is charged by cations, the only mobile species of
single-ion conductors.  (In PyBaMM it is charged by anions; the spectra of liquid cells hardly differ.)
For lithium metal, voids reduce the area of charge transfer, interphase and double layer.  Pressure and lithium
inventory are treated as in a run, except that no lithium becomes dead.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..kernels.equations.interface_at_rest import hysteresis_at_rest, interface_at_rest, salt_at_rest
from ..kernels.layout import POROUS, SINGLE_FLUX, THIN_FILM, System
from ..kernels.records import BY_REACTION
from ..numerics.grids import graded_layer
from ..parameters import Cell
from ..physics.constants import F
from ..physics.small_signal import admittance, film, layer, sphere
from .electrodes import PARTS, is_metal, phases
from .graded import RADIUS, graded, radii
from .initial import of_phases
from .kinds import kinds
from .lithium_metal import Lithium, contact_at_rest
from .materials.electrons import of_reference
from .volumes import across, electrode, mirrored, paths, unit_of

Array = NDArray[Any]

C_E, PHI_E, PHI_S = 0, 1, 2  # unknowns of a volume
AT_REST = 0.5  # any state of charge: phases at one potential
STRETCH = 3.0  # grading of the electrodes towards both faces
GRADED = ("dx", "left", "right", "link", "end", "eps", "tau", "sigma", "area")  # of volumes, by the mesh
BELOW, ABOVE = 4, 3  # bands of the matrix; the widest couples ionic charge to the salt of the previous volume


def without_double_layers(cell: Cell, part: str) -> bool:
    """Whether an electrode has no double-layer capacity."""
    return cell.value(f"{part}/double-layer capacity") == 0.0


def interface(cell: Cell, sys: System, side: int, x: Any, h: float, lithium: Lithium, s: Array) -> Array:
    """Admittance per reacting surface of an electrode at stoichiometry x and state h of hysteresis [S/m2]; like s.

    Several kinds of particle rest at one potential, x being their mean, and their admittances add up.
    Of an electrode whose particles vary in radius over its thickness: (volumes, *s.shape).
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
        part = PARTS[side]
        x_of = dict(zip(phases(cell, part), of_phases(cell, part, AT_REST, float(x), sys.T), strict=True))
        each = [_of_kind(sys, i, k, x_of[kind.phase], s, capacity) for k, kind in enumerate(kinds(cell)[side])]
        return np.asarray(np.sum(each, axis=0))
    resistance, slope, D = interface_at_rest(sys, i, 0, float(x))
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
    return admittance(s, resistance, active * capacity)


def at_face(sys: System, s: Array, L: float, D: float) -> Array:
    """As `physics.small_signal.film`, where only the electronic transference number of the flux enters at this face,
    and the rest at the other one.
    """
    return np.asarray(film(s, L, D) - (1.0 - sys.volume["electrons"][-1]) * layer(s, L, D))


def through_film(cell: Cell, sys: System, x: float, s: Array) -> Array:
    """Resistance of a film to its electrons, which ions relieve on their way [Ohm m2]; like s."""
    if sys.volume["sigma"][-1] == 0.0:
        return np.zeros(s.shape)
    share, L, D = sys.volume["electrons"][-1], sys.grain["R_p"][0], interface_at_rest(sys, sys.volume.size - 1, 0, x)[2]
    sigma = sys.volume["sigma"][-1] * float(of_reference(cell, PARTS[1], sys.T)(x))
    return np.asarray((share * L + (1.0 - 2.0 * share) * D * layer(s, L, D)) / sigma)


def conducting_at(cell: Cell, sys: System, x: Any) -> System:
    """The mesh with the electronic conductivity that porous electrodes have at stoichiometries x."""
    if not sys.counts["conducting"] or sys.model == THIN_FILM:
        return sys
    volume = sys.volume.copy()
    for side, part in enumerate(PARTS):
        if is_metal(cell, part):
            continue
        here, mean = volume["side"] == side, float(x[side])
        x_of = dict(zip(phases(cell, part), of_phases(cell, part, AT_REST, mean, sys.T), strict=True))
        surface = sum(kind.share * x_of[kind.phase] for kind in kinds(cell)[side])
        f = float(of_reference(cell, part, sys.T)(surface))
        for key, power in (("sigma", 1), ("link", 1), ("end", -1)):
            volume[key][here] *= f**power
    return sys._replace(volume=volume)


def _of_kind(sys: System, i: int, k: int, x: float, s: Array, capacity: float) -> Array:
    """Contribution of kind k of particle in volume i at stoichiometry x to the admittance per reacting surface."""
    resistance, slope, D = interface_at_rest(sys, i, k, float(x))
    grain = sys.grain[sys.volume["particle"][i] + k]
    resistance = resistance - slope * grain["rate"] * sphere(s, grain["R_p"], D)
    return grain["share"] * admittance(s, resistance, capacity)


def impedance(cell: Cell, sys: System, x: Any, h: Any, lithium: Lithium, s: Array) -> Array:
    """Impedance per electrode area (n,) [Ohm m2] of a cell on its mesh `sys`, at complex s (n,) [1/s].

    x, h: (negative, positive) stoichiometry and state of hysteresis; lithium: state of lithium metal.
    """
    y = [interface(cell, sys, side, x[side], h[side], lithium, s) for side in (0, 1)]
    solve = {POROUS: resolved, SINGLE_FLUX: single_flux, THIN_FILM: thin_film}[sys.model]
    Z = solve(conducting_at(cell, sys, x), s, y, *salt_at_rest(sys))
    if sys.model == THIN_FILM:
        Z = Z + through_film(cell, sys, float(x[1]), s)
    beside = s * cell.value("cell/geometric capacity")  # of all but what is in series with the cell
    return np.asarray(sys.R_series + 1.0 / (1.0 / (Z - sys.R_series) + beside)) if beside.any() else Z


def graded_both_ways(cell: Cell, sys: System) -> System:
    """The mesh of a run with porous electrodes graded towards both faces.

    With increasing frequency the reaction is concentrated at the separator, or at the current collector if the solid
    phase is the poorer conductor.
    """
    volume, grain = sys.volume.copy(), sys.grain
    for side, part in enumerate(PARTS):
        here = np.flatnonzero(volume["side"] == side)
        if here.size > 1 and graded(cell, part):
            unit = unit_of(cell, part, here.size, STRETCH, "both")
            region = electrode(cell, part, side, unit, sys.T, False, sys.model == SINGLE_FLUX)
            for key in GRADED:
                volume[key][here] = getattr(region, key)
            if sys.model == POROUS:
                grain = grain.copy()
                grain["R_p"][volume["particle"][here]] = radii(cell, part, side, unit)
        elif here.size > 1:
            length, surface = volume["dx"][here].sum(), volume["area"][here].sum()
            unit = graded_layer(here.size, STRETCH, "both")
            volume["dx"][here], volume["area"][here] = length * unit.dx, surface * unit.dx
            ways = paths(unit, length, volume["tau"][here[0]], volume["sigma"][here[0]])
            for key, values in zip(("left", "right", "link", "end"), mirrored(*ways) if side else ways, strict=True):
                volume[key][here] = values
    volume["across"] = across(volume)
    return sys._replace(volume=volume, grain=grain)


class _Bands:
    """A banded matrix of n volumes with three unknowns each, filled entry by entry."""

    def __init__(self, n: int) -> None:
        self.n, self.entries = n, np.zeros((BELOW + ABOVE + 1, 3 * n))

    def put(self, row: int, column: int, value: Any, step: int = 0) -> None:
        """Add `value` (n,) to the entries of `row` of every volume and `column` of the volume `step` further on."""
        i = np.arange(max(0, -step), self.n - max(0, step))
        self.entries[ABOVE + row - column - 3 * step, 3 * (i + step) + column] += np.broadcast_to(value, self.n)[i]

    def flow(self, row: int, column: int, conductance: Array) -> None:
        """Add the net outflow driven by differences of an unknown between neighbours; conductance (n - 1,)."""
        out, back = np.append(conductance, 0.0), np.append(0.0, conductance)
        self.put(row, column, out + back)
        self.put(row, column, -out, 1)
        self.put(row, column, -back, -1)


def resolved(sys: System, s: Array, y: Any, D: float, kappa: float, chi: float) -> Array:
    """Impedance of the model with potentials and reaction resolved in space; y: admittances of both electrodes.

    Rows and unknowns are those of kernels.porous: its matrix over hg, with the interface equations eliminated, is
    fixed + s stored + y_n reacting_n + y_p reacting_p.
    """
    from scipy.linalg import solve_banded

    v, n = sys.volume, sys.volume.size
    fixed, stored, reacting = _Bands(n), _Bands(n), [_Bands(n), _Bands(n)]
    ions = kappa * v["across"][:-1]
    fixed.flow(C_E, C_E, D * v["across"][:-1])
    fixed.flow(PHI_E, PHI_E, ions)
    fixed.flow(PHI_E, C_E, -ions * chi / sys.c_ref)
    fixed.flow(PHI_S, PHI_S, v["link"][:-1])
    collector = 1.0 / v["end"][0] * (np.arange(n) == 0)
    fixed.put(PHI_S, PHI_S, collector + (v["area"] == 0.0))  # without a solid phase, phi_s = 0
    stored.put(C_E, C_E, v["eps"] * v["dx"])
    for side, bands in enumerate(reacting):
        area = np.where(v["side"] == side, v["area"], 0.0)
        for row, share in ((C_E, -(1.0 - sys.t_ref) / F), (PHI_E, -1.0), (PHI_S, 1.0)):
            bands.put(row, PHI_S, share * area)
            bands.put(row, PHI_E, -share * area)
    right = np.zeros(3 * n)
    right[3 * (n - 1) + PHI_S] = -1.0  # a current of 1 A/m2 leaves through the last face
    V = np.empty(s.size, complex)
    for k in range(s.size):
        matrix = fixed.entries + s[k] * stored.entries
        for side, bands in enumerate(reacting):
            one = y[side][..., k]
            if one.ndim:  # of each volume, which has three columns
                each = np.zeros(n, complex)
                each[v["side"] == side] = one
                one = np.repeat(each, 3)
            matrix = matrix + one * bands.entries
        V[k] = solve_banded((BELOW, ABOVE), matrix, right, overwrite_ab=True, check_finite=False)[-1]
    return v["end"][-1] + sys.R_series - V


def single_flux(sys: System, s: Array, y: Any, D: float, kappa: float, chi: float) -> Array:
    """Impedance of the model with uniform reaction in each electrode, and salt resolved in space."""
    from scipy.linalg import solve_banded

    v = sys.volume
    electrode = [v["side"] == 0, v["side"] == 1]
    share = np.where(v["side"] >= 0, 1.0 / 3.0, 1.0)  # the ionic current falls linearly across an electrode
    ohmic = (share * v["dx"] / (v["tau"] * kappa)).sum() + sys.R_series
    ohmic += sum((v["dx"][e] / (3.0 * v["sigma"][e])).sum() for e in electrode)
    source = (
        sum(
            sign * np.where(e, v["area"], 0.0) / v["area"][e].sum()
            for sign, e in zip((1.0, -1.0), electrode, strict=True)
        )
        * (1.0 - sys.t_ref)
        / F
    )
    g = D * v["across"][:-1]
    matrix = np.zeros((3, v.size), complex)
    matrix[0, 1:], matrix[2, :-1] = -g, -g
    conducted = np.append(g, 0.0) + np.append(0.0, g)
    Z = sum(1.0 / (y[side] * v["area"][electrode[side]].sum()) for side in (0, 1)) + ohmic
    for k, at in enumerate(s):
        matrix[1] = conducted + at * v["eps"] * v["dx"]
        c = solve_banded((1, 1), matrix, source)
        mean = [np.average(c[e], weights=v["dx"][e]) for e in electrode]
        Z[k] -= chi * (mean[1] - mean[0]) / sys.c_ref
    return Z


def thin_film(sys: System, s: Array, y: Any, D: float, kappa: float, chi: float) -> Array:
    """Impedance of a thin-film cell in closed form: ion pairs diffuse, dissociate and recombine in the electrolyte."""
    first, path = sys.volume[1], (sys.volume["left"] + sys.volume["right"]).sum()  # thickness over transport efficiency
    eps, thickness = first["eps"], sys.volume["dx"][1:-1].sum()
    vanishing = first["dissociate"] + 2.0 * first["recombine"] * sys.c_ref
    pairs = 2.0 * (1.0 - sys.t_ref) / F * layer((s + vanishing) * eps * thickness / path, path, D)
    return 1.0 / (y[0] * sys.volume["area"][0]) + 1.0 / y[1] + path / kappa + chi / sys.c_ref * pairs + sys.R_series
