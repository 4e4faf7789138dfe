"""The electrolyte and the solid between the interfaces: impedance of a cell whose interfaces are known."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...kernels.layout import System
from ...physics.constants import F
from ...physics.small_signal import layer
from .interfaces import Interface

Array = NDArray[Any]

C_E, PHI_E, PHI_S = 0, 1, 2  # unknowns of a volume
BELOW, ABOVE = 4, 3  # bands of the matrix; the widest couples ionic charge to the salt of the previous volume


class Salt(NamedTuple):
    """The electrolyte at rest."""

    c: float  # mol/m3
    D: float  # m2/s
    kappa: float  # S/m
    chi: float  # V
    t_plus: float


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


def resolved(sys: System, s: Array, both: Sequence[Interface], salt: Salt) -> Array:
    """Impedance of the model with potentials and reaction resolved in space; both: interfaces of the electrodes.

    Rows and unknowns are those of kernels.porous: its matrix over hg, with the interface equations eliminated, is
    fixed + s stored + y_n reacting_n + y_p reacting_p, and the same of what the salt moves.
    """
    from scipy.linalg import solve_banded

    v, n = sys.volume, sys.volume.size
    fixed, stored, reacting, by_salt = _Bands(n), _Bands(n), [_Bands(n), _Bands(n)], [_Bands(n), _Bands(n)]
    ions = salt.kappa * v["across"][:-1]
    fixed.flow(C_E, C_E, salt.D * v["across"][:-1])
    fixed.flow(PHI_E, PHI_E, ions)
    fixed.flow(PHI_E, C_E, -ions * salt.chi / salt.c)
    fixed.flow(PHI_S, PHI_S, v["link"][:-1])
    collector = 1.0 / v["end"][0] * (np.arange(n) == 0)
    fixed.put(PHI_S, PHI_S, collector + (v["area"] == 0.0))  # without a solid phase, phi_s = 0
    stored.put(C_E, C_E, v["eps"] * v["dx"])
    for side in (0, 1):
        area = np.where(v["side"] == side, v["area"], 0.0)
        for row, share in ((C_E, -(1.0 - salt.t_plus) / F), (PHI_E, -1.0), (PHI_S, 1.0)):
            reacting[side].put(row, PHI_S, share * area)
            reacting[side].put(row, PHI_E, -share * area)
            by_salt[side].put(row, C_E, share * area)
    right = np.zeros(3 * n)
    right[3 * (n - 1) + PHI_S] = -1.0  # a current of 1 A/m2 leaves through the last face
    V = np.empty(s.size, complex)
    for k in range(s.size):
        matrix = fixed.entries + s[k] * stored.entries
        for side, one in enumerate(both):
            matrix = matrix + _columns(v, side, one.y[..., k]) * reacting[side].entries
            if one.per_c is not None:
                matrix = matrix + _columns(v, side, one.per_c[..., k]) * by_salt[side].entries
        V[k] = solve_banded((BELOW, ABOVE), matrix, right, overwrite_ab=True, check_finite=False)[-1]
    return v["end"][-1] + sys.R_series - V


def _columns(v: Any, side: int, one: Any) -> Any:
    """A number for the matrix, or one of each volume of an electrode (volumes,) for each of its three columns."""
    if not one.ndim:
        return one
    each = np.zeros(v.size, complex)
    each[v["side"] == side] = one
    return np.repeat(each, 3)


def single_flux(sys: System, s: Array, both: Sequence[Interface], salt: Salt) -> Array:
    """Impedance of the model with uniform reaction in each electrode, and salt resolved in space."""
    from scipy.linalg import solve_banded

    v = sys.volume
    electrode = [v["side"] == 0, v["side"] == 1]
    share = np.where(v["side"] >= 0, 1.0 / 3.0, 1.0)  # the ionic current falls linearly across an electrode
    ohmic = (share * v["dx"] / (v["tau"] * salt.kappa)).sum() + sys.R_series
    ohmic += sum((v["dx"][e] / (3.0 * v["sigma"][e])).sum() for e in electrode)
    source = (
        sum(
            sign * np.where(e, v["area"], 0.0) / v["area"][e].sum()
            for sign, e in zip((1.0, -1.0), electrode, strict=True)
        )
        * (1.0 - salt.t_plus)
        / F
    )
    g = salt.D * v["across"][:-1]
    matrix = np.zeros((3, v.size), complex)
    matrix[0, 1:], matrix[2, :-1] = -g, -g
    conducted = np.append(g, 0.0) + np.append(0.0, g)
    Z = sum(1.0 / (both[side].y * v["area"][electrode[side]].sum()) for side in (0, 1)) + ohmic
    for k, at in enumerate(s):
        matrix[1] = conducted + at * v["eps"] * v["dx"]
        c = solve_banded((1, 1), matrix, source)
        mean = [np.average(c[e], weights=v["dx"][e]) for e in electrode]
        Z[k] -= salt.chi * (mean[1] - mean[0]) / salt.c
        for sign, one, rise in zip((-1.0, 1.0), both, mean, strict=True):
            if one.per_c is not None:
                Z[k] += sign * one.per_c[k] / one.y[k] * rise
    return Z


def thin_film(sys: System, s: Array, both: Sequence[Interface], salt: Salt) -> Array:
    """Impedance of a thin-film cell in closed form: ion pairs diffuse, dissociate and recombine in the electrolyte."""
    first, path = sys.volume[1], (sys.volume["left"] + sys.volume["right"]).sum()  # thickness over transport efficiency
    eps, thickness = first["eps"], sys.volume["dx"][1:-1].sum()
    vanishing = first["dissociate"] + 2.0 * first["recombine"] * sys.c_ref
    pairs = 2.0 * (1.0 - salt.t_plus) / F * layer((s + vanishing) * eps * thickness / path, path, salt.D)
    faces = 1.0 / (both[0].y * sys.volume["area"][0]) + 1.0 / both[1].y
    return faces + path / salt.kappa + salt.chi / salt.c * pairs + sys.R_series
