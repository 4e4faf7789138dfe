"""Potentials of the electrodes, and what the voltage is made of.

The terminal voltage is the open-circuit voltage of the bulk and what is lost on the way to it, in PyBaMM's terms:

    V = U_p(bulk) - U_n(bulk)                        Bulk open-circuit voltage
        + <U_p> - U_p(bulk) - (<U_n> - U_n(bulk))    particle concentration overpotentials
        + <eta_p> - <eta_n>                          reaction overpotentials
        + eta_c + ohmic_e                            electrolyte: concentration overpotential, ohmic losses
        + ohmic_p - ohmic_n                          ohmic losses of the solid
        - R I                                        contact overpotential

< > is the average over the thickness of an electrode.  All parts are taken from the solved potentials, so that they add
up to rounding.  Reaction overpotentials are <phi_s - phi_e - U>, what films on the surface take included.
"""

import numpy as np

from ...kernels.equations.electrode.charge_transfer import overpotentials
from ...kernels.equations.electrode.host_sites import overpotentials_of_sites, sites_at
from ...kernels.equations.thin_film import film_drops
from ...kernels.layout import LAWS_PER_SIDE, OCP, POROUS, SINGLE_FLUX, THIN_FILM
from ...models.electrodes import NEGATIVE, PARTS, has_foil, is_composite, materials
from ...models.materials.electrons import of_reference
from ...models.materials.tables import exchange, exchange_shape, open_circuit, salt_range
from ...models.volumes import exchange_current_density, foil
from ...parameters.catalogue.kinetics import MSMR
from ...parameters.laws.law import X_RANGE
from ...physics.constants import F, R
from ...physics.kinetics import end_potentials
from ...physics.two_species import skewed_overpotential
from . import hysteresis
from .salt import at_middle, concentration_overpotential, mean_potential, rise_to_middle
from .series import over
from .states import SIDES

ONE = ("Time [s]",)


def potentials(p):
    """Averages of open-circuit potentials, and the parts of the voltage."""
    if not known(p):
        return
    for name, side in SIDES:
        low = name.lower()
        yield f"{name} electrode bulk open-circuit potential [V]", (ONE, lambda s=side: p.once(bulk, s))
        yield f"X-averaged {low} electrode open-circuit potential [V]", (ONE, lambda s=side: surface(p, s))
        if lags(p, side):
            mean = lambda s=side: p.average(p.once(equilibrium, s), s)  # noqa: E731
            yield f"X-averaged {low} electrode equilibrium open-circuit potential [V]", (ONE, mean)
        yield f"{name} particle concentration overpotential [V]", (ONE, lambda s=side: particle_overpotential(p, s))
        yield f"X-averaged {low} electrode reaction overpotential [V]", (ONE, lambda s=side: reaction(p, s))
        yield f"X-averaged {low} electrode ohmic losses [V]", (ONE, lambda s=side: ohmic(p, s))
    yield from _sums(p)


def potential_fields(p):
    """The same in space."""
    for name, side in SIDES if known(p) else ():
        if p.is_foil(side):
            continue
        axes, v = (*ONE, f"x_{name[0].lower()} [m]"), p.volumes(side)
        electrode = f"{name} electrode"
        yield f"{electrode} open-circuit potential [V]", (axes, lambda s=side: p.once(ocp, s))
        if lags(p, side):
            yield f"{electrode} equilibrium open-circuit potential [V]", (axes, lambda s=side: p.once(equilibrium, s))
        yield f"{electrode} exchange current density [A.m-2]", (axes, lambda s=side: p.once(exchange_currents, s))
        yield (
            f"X-averaged {name.lower()} electrode exchange current density [A.m-2]",
            (ONE, lambda s=side: p.average(p.once(exchange_currents, s), s)),
        )
        yield f"{electrode} reaction overpotential [V]", (axes, lambda s=side: p.once(reaction_overpotential, s))
        if p.sys.model == POROUS:
            difference = lambda v=v: p.phi_s[:, v] - p.phi_e[:, v]  # noqa: E731
            yield f"{electrode} surface potential difference [V]", (axes, difference)


def against_reference(p):
    """Potentials of both electrodes against a reference electrode in the middle of the separator, as in PyBaMM.

    They are those of the electrodes where they meet their collectors: a series resistance is not in them.
    """
    if p.sys.model == THIN_FILM or p.sys.model != POROUS and not known(p):
        return
    yield "Reference electrode potential [V]", (ONE, lambda: p.once(reference))
    yield "Negative electrode 3E potential [V]", (ONE, lambda: -p.once(reference))
    yield "Positive electrode 3E potential [V]", (ONE, lambda: p.voltage() + p.sys.R_series * p.I - p.once(reference))


def reference(p):
    """Potential of the electrolyte in the middle of the separator (times,) [V]; 0 is the negative collector."""
    if p.sys.model == POROUS:
        return at_middle(p, p.phi_e)
    v = p.sys.volume
    paths = [(v["dx"][p.volumes(s)] / v["tau"][p.volumes(s)]).sum() for s in (0, -1, 1)]
    share = (paths[0] / 3.0 + paths[1] / 2.0) / (paths[0] / 3.0 + paths[1] + paths[2] / 3.0)
    start = -ohmic(p, 0) - reaction(p, 0) - surface(p, 0)
    return start + rise_to_middle(p) + share * electrolyte_ohmic(p)


def known(p):
    """Whether the potentials of the model can be parted so."""
    return p.sys.counts["kinds"] == 1


def surface(p, side):
    """Open-circuit potential at the particle surfaces, averaged over an electrode (times,) [V]."""
    return p.average(p.once(ocp, side), side)


def reaction(p, side):
    """Reaction overpotential averaged over an electrode (times,) [V]."""
    return p.average(p.once(reaction_overpotential, side), side)


def _sums(p):
    """The same of the whole cell, and what is known of it only."""

    def both(of):
        return lambda: of(p, 1) - of(p, 0)

    yield "Bulk open-circuit voltage [V]", (ONE, both(bulk))
    yield "Surface open-circuit voltage [V]", (ONE, both(surface))
    yield "Particle concentration overpotential [V]", (ONE, both(particle_overpotential))
    yield "X-averaged reaction overpotential [V]", (ONE, both(reaction))
    yield "X-averaged solid phase ohmic losses [V]", (ONE, both(ohmic))
    yield "X-averaged concentration overpotential [V]", (ONE, lambda: p.once(concentration_overpotential))
    yield "X-averaged electrolyte ohmic losses [V]", (ONE, lambda: electrolyte_ohmic(p))
    yield "Contact overpotential [V]", (ONE, lambda: p.sys.R_series * p.I)
    yield "Local ECM resistance [Ohm]", (ONE, lambda: over(both(bulk)() - p.voltage(), p.I * p.area))


def potential_at(p, x, side, path=None):
    """Open-circuit potential [V] at stoichiometries x (times, ...), each row at its own temperature.

    path: of a phase, if the electrode has any.
    """
    if side == 0 and has_foil(p.cell):
        of_host = p.interface[:, 2] if p.sys.foil.size else np.zeros(len(p.t))
        U = p.cell.value(f"{NEGATIVE}/counter potential") + of_host
        return np.broadcast_to(U.reshape(-1, *(1,) * (x.ndim - 1)), x.shape)
    path = PARTS[side] if path is None else path
    if p.at is None and p.sys.laws.solid.c.shape[1] == p.sys.counts["solid_laws"]:
        material = materials(p.cell).index(path)
        return table_at(p.sys.laws.solid, LAWS_PER_SIDE * material + OCP, x) + end_potentials(x)
    inside = np.clip(x, *X_RANGE)
    if not is_composite(p.cell, path):
        return open_circuit(p.cell, path, p.column_of_T(x))(inside) + end_potentials(x)
    out = np.empty(x.shape)
    for T in np.unique(p.T):
        rows = p.T == T
        out[rows] = open_circuit(p.cell, path, float(T))(inside[rows])
    return out + end_potentials(x)


def table_at(table, k, x):
    """Law k of a table at x, as `numerics.table.read`: continued along end tangents."""
    inside = np.clip(x, table.lo, table.hi)
    s = (inside - table.lo) * table.per
    i = np.clip(s.astype(int), 0, table.c.shape[0] - 1)
    d = s - i
    a, b, c, e = np.moveaxis(table.c[i, k], -1, 0)
    return a + d * (b + d * (c + d * e)) + (b + d * (2.0 * c + 3.0 * d * e)) * table.per * (x - inside)


def ocp(p, side):
    """Open-circuit potential at the particle surfaces (times, volumes) [V]."""
    U = p.once(equilibrium, side)
    if not lags(p, side):
        return U
    phase = p.once(phase_of, side)
    return U + hysteresis.added(p, phase, p.surface(phase), p.once(hysteresis.mean_state, phase))


def equilibrium(p, side):
    """The same without hysteresis."""
    return potential_at(p, at_surfaces(p, side), side)


def lags(p, side):
    """Whether the only phase of an electrode has a hysteresis."""
    return not p.is_foil(side) and hysteresis.has(p, p.once(phase_of, side))


def at_surfaces(p, side):
    """Stoichiometry at the surfaces of an electrode (times, volumes)."""
    v = p.volumes(side)
    return np.full((len(p.t), v.size), 0.5) if p.is_foil(side) else p.surface(p.once(phase_of, side))


def phase_of(p, side):
    """The only phase of an electrode."""
    return next(phase for phase in p.phases if phase.side == side)


def bulk(p, side):
    """Open-circuit potential at the mean stoichiometry of an electrode (times,) [V]."""
    x = np.full(len(p.t), 0.5) if p.is_foil(side) else p.average(p.once(type(p).mean, side), side)
    U = potential_at(p, x, side)
    if not lags(p, side):
        return U
    phase = p.once(phase_of, side)
    return U + hysteresis.added(p, phase, x, p.average(p.once(hysteresis.mean_state, phase), side))


def particle_overpotential(p, side):
    """What diffusion in particles takes (times,) [V]."""
    return p.average(p.once(ocp, side), side) - p.once(bulk, side)


def exchange_currents(p, side):
    """Exchange-current density (times, volumes) [A/m2 of surface], as `physics.kinetics.exchange_current`."""
    return exchange_currents_at(p, at_surfaces(p, side), side, PARTS[side])


def exchange_currents_at(p, x, side, part):
    """The same at surface stoichiometries x (times, volumes); part: the electrode, or a phase by its path."""
    v, x = p.volumes(side), np.clip(x, 1e-9, 1.0 - 1e-9)
    r, T = p.c[:, v] / p.sys.c_ref, p.column_of_T(x)
    f = 1.0 if p.is_foil(side) else exchange(p.cell, part, T)(np.clip(x, *X_RANGE))
    g = exchange_shape(p.cell, part, T)(np.clip(p.c[:, v], *salt_range(p.cell)))
    each, which = np.unique(p.T, return_inverse=True)
    i_ref = np.array([exchange_current_density(p.cell, part, one) for one in each.tolist()])[which, None]
    out = i_ref * f * g * (of_sites(p, x, r, side, part) if has_sites(p, part) else 2.0 * np.sqrt(x * (1.0 - x) * r))
    return out * p.interface[:, 1:2] if p.is_foil(side) and p.sys.foil.size else out


def reaction_overpotential(p, side):
    """phi_s - phi_e - U (times, volumes) [V], films included."""
    v = p.volumes(side)
    if p.sys.model == POROUS:
        return p.phi_s[:, v] - p.phi_e[:, v] - p.once(ocp, side)
    if p.sys.model == THIN_FILM:
        return _of_planes(p, side, v)
    flux = p.I / p.sys.volume["area"][v].sum() * (1.0 if side == 0 else -1.0)
    film = p.once(film_resistance, side) * (flux - (p.y.j_dl[:, v[0]] if p.sys.counts["layers"] else 0.0))
    i0 = p.once(exchange_currents, side)
    return transfer_overpotential(p, side, PARTS[side], p.j[:, v], i0, at_surfaces(p, side)) + film[:, None]


def transfer_overpotential(p, side, part, j, i0, x):
    """Overpotential of charge transfer (times, volumes) [V] at currents and exchange currents [A/m2] of a material.

    part: the electrode, or a phase by its path; x: stoichiometries at the surfaces.
    """
    if not p.sys.kinetics.size:
        return 2.0 * R * p.T[:, None] / F * np.arcsinh(0.5 * j / i0)
    if has_sites(p, part):
        U, r = without_ends(p, x, side, part), p.c[:, p.volumes(side)] / p.sys.c_ref
        return _along(p, part, overpotentials_of_sites, j, i0, U, r)
    return _along(p, part, overpotentials, j, i0)


def _along(p, part, kernel, *arguments):
    """What a kernel of a material gives (times, volumes) of such arguments and the temperature."""
    shape, out = arguments[0].shape, np.empty(arguments[0].size)
    flat = (np.ascontiguousarray(np.broadcast_to(y, shape)).ravel() for y in (*arguments, p.T[:, None]))
    kernel(p.sys.kinetics, materials(p.cell).index(part), *flat, out)
    return out.reshape(shape)


def has_sites(p, part):
    """Whether an electrode, or a phase by its path, reacts at several host sites."""
    return p.sys.kinetics.size and p.cell.kinetics(part) == MSMR


def without_ends(p, x, side, part):
    """Open-circuit potential [V] without what keeps a stoichiometry between 0 and 1."""
    return potential_at(p, x, side, part) - end_potentials(x)


def of_sites(p, x, r, side, part):
    """Exchange current of all host sites over their common scale, at x and r (times, volumes)."""
    return _along(p, part, sites_at, without_ends(p, x, side, part), r)


def _of_planes(p, side, v):
    """The same of a thin film and of the lithium opposite (times, 1), with unequal transfer coefficients."""
    of, j, i0 = p.sys.volume[v[0]], p.j[:, v[0]], p.once(exchange_currents, side)[:, 0]
    solve = getattr(skewed_overpotential, "py_func", skewed_overpotential)
    eta = [solve(a, b, float(of["anodic"]), T)[0] for a, b, T in zip(j, i0, p.T, strict=True)]
    return (np.array(eta) + p.once(film_resistance, side) * j)[:, None]


def film_resistance(p, side):
    """Of the films of an electrode, per reacting surface (times,) [Ohm m2]."""
    v, T_0 = p.volumes(side), p.sys.T
    evolves = p.is_foil(side) and p.sys.foil.size
    R = p.interface[:, 0].copy() if evolves else np.full(len(p.t), p.sys.volume["R_f"][v[0]])
    for T in np.unique(p.T[p.T != T_0]) if p.is_foil(side) else ():
        at_T, at_0 = (foil(p.cell, PARTS[side], float(at)).R_f for at in (T, T_0))
        R[p.T == T] *= at_T / at_0 if at_0 else 1.0
    return R


def ohmic(p, side):
    """Ohmic losses of the solid of an electrode (times,) [V]: to its average from its collector, as in PyBaMM."""
    v = p.volumes(side)
    if p.sys.model == THIN_FILM:
        mixed = side == 1 and p.sys.volume["sigma"][v[0]] > 0.0
        return -p._looked_at(film_drops, 1)[:, 0] if mixed else np.zeros(len(p.t))
    if p.sys.model == SINGLE_FLUX:
        loss = (p.sys.volume["dx"][v] / (3.0 * p.sys.volume["sigma"][v])).sum() * p.I / _conduction(p, side)
        return loss if side == 0 else -loss
    if side == 0:
        return -p.average(p.phi_s[:, v], 0)
    return p.phi_s[:, -1] - p.to_collector * p.I - p.average(p.phi_s[:, v], 1)


def _conduction(p, side):
    """Electronic conductivity of an electrode of a single particle over that at reference (times,), or 1."""
    if not p.sys.counts["conducting"] or p.is_foil(side):
        return 1.0
    of = [phase for phase in p.phases if phase.side == side]
    share = [p.sys.grain["share"][p.rows(phase, k)[0]] for phase in of for k in phase.kinds]
    each = [p.x[:, p.rows(phase, k)[0], -1] for phase in of for k in phase.kinds]
    x = sum(w * x for w, x in zip(share, each, strict=True))
    return np.array([of_reference(p.cell, PARTS[side], float(T))(one) for one, T in zip(x, p.T, strict=True)])


def electrolyte_ohmic(p):
    """Ohmic losses of the electrolyte between the averages of both electrodes (times,) [V]."""
    if p.sys.model == POROUS:
        return mean_potential(p, 1) - mean_potential(p, 0) - p.once(concentration_overpotential)
    rest = p.voltage() + p.sys.R_series * p.I - p.once(concentration_overpotential)
    return rest - sum(of(p, 1) - of(p, 0) for of in (ohmic, reaction, surface))
