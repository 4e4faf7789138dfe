"""The linearised equations of a cell at rest, over a complex Laplace variable s.

One implicit stage s = s_hat + hg f(s), linearised at rest, is the frequency domain with hg = 1/(2 pi i f):
the same volumes, faces and laws as in `kernels.equations.porous` and `kernels.equations.spme`.  At rest nothing flows
and the salt is even, so that each law needs its value only, the salt does not reach the kinetics, and
diffusion in a particle has the constant D of its stoichiometry: its answer is known in closed form.

What is beyond the kernels is a double layer at every reacting surface.  It lies beside charge transfer and
film, as in PyBaMM, so that an interphase makes an arc; it is charged by cations, which is all that can be in
a single-ion conductor.  (PyBaMM's is charged by anions; the spectra of liquid cells hardly differ.)
Of a foil, voids take their share of charge transfer, interphase and double layer; pressure and what is left of the
lithium count as in a run, but that a charge may leave some of it dead.
"""
import numpy as np

from ..kernels.equations.interface_at_rest import interface_at_rest, salt_at_rest
from ..kernels.layout import POROUS, SINGLE_FLUX, THIN_FILM
from ..numerics.grids import graded_layer
from ..physics.constants import F
from ..physics.small_signal import admittance, film, layer, sphere
from .electrodes import PARTS
from .lithium_metal import contact_at_rest
from .volumes import across, mirrored, paths

C_E, PHI_E, PHI_S = 0, 1, 2  # unknowns of a volume
STRETCH = 3.0  # grading of the electrodes towards both faces
BELOW, ABOVE = 4, 3  # bands of the matrix: ionic charge of a volume with the salt of the one before


def without_double_layers(cell, part) -> bool:
    """True where the interface of an electrode stores no charge."""
    return cell.value(f"{part}/double-layer capacity") == 0.0


def interface(cell, sys, side, x, lithium, s):
    """Admittance of the reacting surface of an electrode at stoichiometry x [S/m2 of it], an array like s."""
    i, active = int(np.argmax(sys.volume["side"] == side)), 1.0
    resistance, slope, D = interface_at_rest(sys, i, float(x))
    if sys.volume["particle"][i] >= 0:
        grain = sys.grain[sys.volume["particle"][i]]
        answer = 3.0 * film(s, grain["R_p"], D) if sys.model == THIN_FILM else sphere(s, grain["R_p"], D)
        resistance = resistance - slope * grain["rate"] * answer
    elif sys.foil.size:
        R_f, active, fall = contact_at_rest(sys, lithium)
        resistance = (resistance - sys.volume["R_f"][i]) / active + R_f + fall * sys.foil["theta"][0] / s
    return admittance(s, resistance, active * cell.value(f"{PARTS[side]}/double-layer capacity"))


def impedance(cell, sys, x, lithium, s):
    """Impedance [Ohm m2 of electrode] of a cell on its mesh `sys`, at rest, at complex s (n,) [1/s].

    x: (negative, positive) stoichiometry; lithium: what became of that of a foil.
    """
    y = [interface(cell, sys, side, x[side], lithium, s) for side in (0, 1)]
    solve = {POROUS: resolved, SINGLE_FLUX: single_flux, THIN_FILM: thin_film}[sys.model]
    return solve(sys, s, y, *salt_at_rest(sys))


def graded_both_ways(sys):
    """The mesh of a run, but with volumes that shrink towards both faces of porous electrodes.

    The higher the frequency, the nearer to the separator the current crosses over into the solid phase, or to the
    collector where the solid conducts worse than the electrolyte.
    """
    volume = sys.volume.copy()
    for side in (0, 1):
        here = np.flatnonzero(volume["side"] == side)
        if here.size > 1:
            length, surface = volume["dx"][here].sum(), volume["area"][here].sum()
            unit = graded_layer(here.size, STRETCH, "both")
            volume["dx"][here], volume["area"][here] = length * unit.dx, surface * unit.dx
            ways = paths(unit, length, volume["tau"][here[0]], volume["sigma"][here[0]])
            for key, values in zip(("left", "right", "link", "end"), mirrored(*ways) if side else ways, strict=True):
                volume[key][here] = values
    volume["across"] = across(volume)
    return sys._replace(volume=volume)


class _Bands:
    """A banded matrix of n volumes with three unknowns each, filled entry by entry."""

    def __init__(self, n):
        self.n, self.entries = n, np.zeros((BELOW + ABOVE + 1, 3 * n))

    def put(self, row, column, value, step=0):
        """Add to the entries of `row` in every volume and of `column` as many volumes further on; value (n,)."""
        i = np.arange(max(0, -step), self.n - max(0, step))
        self.entries[ABOVE + row - column - 3 * step, 3 * (i + step) + column] += np.broadcast_to(value, self.n)[i]

    def flow(self, row, column, conductance):
        """Leaving less entering flow, driven by differences of an unknown to the next volume; conductance (n - 1,)."""
        out, back = np.append(conductance, 0.0), np.append(0.0, conductance)
        self.put(row, column, out + back)
        self.put(row, column, -out, 1)
        self.put(row, column, -back, -1)


def resolved(sys, s, y, D, kappa, chi):
    """The same of the model that resolves potentials and reaction in space; y: admittances of both electrodes.

    Rows and unknowns are those of kernels.porous: its matrix over hg, with the local equations eliminated, is
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
    fixed.put(PHI_S, PHI_S, collector + (v["area"] == 0.0))  # without a solid phase phi_s stays put
    stored.put(C_E, C_E, v["eps"] * v["dx"])
    for side, one in enumerate(reacting):
        area = np.where(v["side"] == side, v["area"], 0.0)
        for row, share in ((C_E, -(1.0 - sys.t_ref) / F), (PHI_E, -1.0), (PHI_S, 1.0)):
            one.put(row, PHI_S, share * area)
            one.put(row, PHI_E, -share * area)
    right = np.zeros(3 * n)
    right[3 * (n - 1) + PHI_S] = -1.0  # a current of 1 A/m2 leaves through the last face
    V = np.empty(s.size, complex)
    for k in range(s.size):
        matrix = fixed.entries + s[k] * stored.entries
        for side, one in enumerate(reacting):
            matrix = matrix + y[side][k] * one.entries
        V[k] = solve_banded((BELOW, ABOVE), matrix, right, overwrite_ab=True, check_finite=False)[-1]
    return v["end"][-1] + sys.R_series - V


def single_flux(sys, s, y, D, kappa, chi):
    """The same with the reaction spread evenly over each electrode, and the salt resolved in space."""
    from scipy.linalg import solve_banded

    v = sys.volume
    electrode = [v["side"] == 0, v["side"] == 1]
    share = np.where(v["side"] >= 0, 1.0 / 3.0, 1.0)  # the ionic current falls linearly across an electrode
    ohmic = (share * v["dx"] / (v["tau"] * kappa)).sum() + sys.R_series
    ohmic += sum((v["dx"][e] / (3.0 * v["sigma"][e])).sum() for e in electrode)
    source = sum(sign * np.where(e, v["area"], 0.0) / v["area"][e].sum()
                 for sign, e in zip((1.0, -1.0), electrode, strict=True)) * (1.0 - sys.t_ref) / F
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


def thin_film(sys, s, y, D, kappa, chi):
    """The same of a thin film, in closed form: pairs diffuse from face to face and form or vanish on the way."""
    first, path = sys.volume[1], (sys.volume["left"] + sys.volume["right"]).sum()  # thickness over transport efficiency
    eps, thickness = first["eps"], sys.volume["dx"][1:-1].sum()
    vanishing = first["dissociate"] + 2.0 * first["recombine"] * sys.c_ref
    pairs = 2.0 * (1.0 - sys.t_ref) / F * layer((s + vanishing) * eps * thickness / path, path, D)
    return 1.0 / (y[0] * sys.volume["area"][0]) + 1.0 / y[1] + path / kappa + chi / sys.c_ref * pairs + sys.R_series
