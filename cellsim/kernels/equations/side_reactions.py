"""Side reactions of a volume: growth of the SEI, on cracks too, and lithium plating, beside the intercalation.

Every one is driven by the potential beneath the film, which is a function of the intercalation current j alone, so
that none adds an unknown: their sum is linearised with j (`add_to`).  Thickness of the SEI and plated lithium at the
end of a stage belong to the current that makes them, and are eliminated here.  Laws: `physics.ageing`.
"""

from ...physics.ageing.plating import dying_beside, plating_at, stripping_and_plating
from ...physics.ageing.sei import (
    ec_reaction_limited,
    electron_migration_limited,
    interstitial_diffusion_limited,
    reaction_limited,
    solvent_diffusion_limited,
    tunnelling_limited,
    von_kolzenberg,
)
from ...physics.constants import F, R
from ...support.compile import inner

REACTION, SOLVENT, EC, MIGRATION, INTERSTITIAL, TUNNELLING, VON_KOLZENBERG = 1, 2, 3, 4, 5, 6, 7
REVERSIBLE, IRREVERSIBLE, PARTIALLY_REVERSIBLE, CONSTANT = 1, 2, 3, 4
INEFFICIENT = 5  # no law of plating, but lithium that dies by the coulombic inefficiency
THINNEST = 1e-14  # m: a film is at least so thick where it divides
GUESSES = 50


@inner
def sei_current(a, u, L, j, drop, f, faster):
    """Current of the SEI [A/m2] where phi_s - phi_e is u and the film L thick;  d/du, d/dL, d/dj.

    drop [Ohm m2]: of the film, which the potential in the laws of a reaction is free of; those of transport through
    the film are driven by u itself.  faster: factor of temperature.
    """
    i, by_u, by_L, by_j, thick = 0.0, 0.0, 0.0, 0.0, max(L, THINNEST)
    if a.sei == REACTION:
        i, by_u = reaction_limited(u - drop * j, a.U, a.j0, a.alpha, f)
        by_j = -drop * by_u
    elif a.sei == SOLVENT:
        i, by_L = solvent_diffusion_limited(thick, a.D_sol, a.c_sol)
    elif a.sei == EC:
        i, by_u, by_L = ec_reaction_limited(u - drop * j, thick, a.U, a.k_ec, a.c_ec, a.D_ec, a.alpha, f)
        by_j = -drop * by_u
    elif a.sei == MIGRATION:
        i, by_u, by_L = electron_migration_limited(u, thick, a.U, a.kappa_e)
    elif a.sei == INTERSTITIAL:
        i, by_u, by_L = interstitial_diffusion_limited(u, thick, a.D_li, a.c_li, f)
    elif a.sei == TUNNELLING:
        i, by_u, by_L = tunnelling_limited(u, thick, a.j0, a.alpha, a.beta, f)
    elif a.sei == VON_KOLZENBERG:
        i, by_u, by_L, by_j = von_kolzenberg(u, thick, j, a.j0, a.alpha, a.L_tun, a.kappa_li, a.D_li, a.c_li, f)
    return faster * i, faster * by_u, faster * by_L, faster * by_j


@inner
def grown(a, u, known, grow, guess, j, drop, f, faster):
    """Current of the SEI where its thickness at the end of the stage is known - grow current;  d/du, d/dj."""
    L = guess
    i, by_u, by_L, by_j = sei_current(a, u, L, j, drop, f, faster)
    if grow > 0.0:
        for _ in range(GUESSES):
            step = (L - known + grow * i) / (1.0 + grow * by_L)
            L -= step
            i, by_u, by_L, by_j = sei_current(a, u, L, j, drop, f, faster)
            if abs(step) <= 1e-13 * abs(L):
                break
    less = 1.0 / (1.0 + grow * by_L)
    return i, by_u * less, by_j * less


@inner
def plating_current(a, now, v, c, f):
    """Current of plating [A/m2], above 0 of stripping, with the plated lithium at the end of the stage;  d/dv, d/dc."""
    if a.plating == INEFFICIENT:
        return 0.0 * v, 0.0 * v, 0.0 * v
    if a.plating == CONSTANT:
        i, by_v = plating_at(v, a.j0_pl, a.alpha_pl, f)
        return i, by_v, 0.0
    up, up_v, down, down_v, down_c = stripping_and_plating(v, c, a.k_pl, a.alpha_pl, f)
    if a.plating == IRREVERSIBLE:
        return -down, -down_v, -down_c
    less = 1.0 / (1.0 + now.out * up)  # c_pl = c_known - out (up c_pl - down), stripped at most to nothing
    c_pl = less * (now.c_pl + now.out * down)
    by_v = up_v * c_pl - down_v
    by_c = -down_c
    return up * c_pl - down, less * by_v, less * by_c


@inner
def at_rest(a, now, here, u, c, T):
    """Slopes of the side currents of a REST, in which nothing flows, at the potential u of its surface; see `add_to`.

    Those of thickness and plated lithium are kept apart: how far these follow depends on the frequency.
    """
    f = F / (R * T)
    if a.sei > 0:
        here.grow = a.V_sei / (F * a.z)
        _, i_u, here.sei_L, i_j = sei_current(a, u, now.L, 0.0, a.rho * now.L, f, now.faster)
        here.sei_v, here.sei_j = i_u, i_u * now.R + i_j
        if a.on_cracks > 0:
            _, i_u, here.cr_L, i_j = sei_current(a, u, now.L_cr, 0.0, a.rho * now.L_cr, f, now.faster)
            here.cr_v, here.cr_j = now.rough * i_u, now.rough * (i_u * now.R + i_j)
    if a.plating > 0:
        _, here.pl_v, here.pl_c = plating_current(a, now, u, c, f)
        here.pl_j = 0.5 * a.inefficiency  # of a current that oscillates half the time
        if a.plating == REVERSIBLE or a.plating == PARTIALLY_REVERSIBLE:
            here.pl_Li, here.gamma = stripping_and_plating(u, c, a.k_pl, a.alpha_pl, f)[0], now.gamma


@inner
def add_to(a, now, j, v, v_j, v_c, c, T):
    """Side currents of a volume into `now`, at the potential v beneath the film, which is a function of j and c.

    Returns their sum per surface of the particle [A/m2];  d/dj, d/dc.
    """
    f = F / (R * T)
    now.v_j, now.v_c = v_j, v_c
    total, by_j, by_c = 0.0, 0.0, 0.0
    u, u_j = v + now.R * j, v_j + now.R  # phi_s - phi_e but for the drop that the side currents themselves cause
    if a.sei > 0:
        now.sei, i_u, i_j = grown(a, u, now.known, now.grow, now.L, j, a.rho * now.L, f, now.faster)
        now.sei_v, now.sei_j = i_u, i_u * now.R + i_j
        total, by_j, by_c = now.sei, i_u * u_j + i_j, i_u * v_c
        if a.on_cracks > 0:
            r = now.rough
            now.cr, i_u, i_j = grown(a, u, now.known_cr, now.grow, now.L_cr, j, a.rho * now.L_cr, f, now.faster)
            now.cr_v, now.cr_j = i_u, i_u * now.R + i_j
            total, by_j, by_c = total + r * now.cr, by_j + r * (i_u * u_j + i_j), by_c + r * i_u * v_c
    if a.plating > 0:
        now.pl, now.pl_v, now.pl_c = plating_current(a, now, v, c, f)
        now.dying, now.dying_j = dying_beside(j, a.inefficiency)
        now.pl += now.dying
        total, by_j = total + now.pl, by_j + now.pl_v * v_j + now.dying_j
        by_c += now.pl_v * v_c + now.pl_c
    return total, by_j, by_c


@inner
def follow(now, dj, dc):
    """Side currents after Newton's corrections of j and c_e, exactly as the charge balance has them."""
    dv = now.v_j * dj + now.v_c * dc
    now.sei += now.sei_v * dv + now.sei_j * dj
    now.cr += now.cr_v * dv + now.cr_j * dj
    now.dying += now.dying_j * dj
    now.pl += now.pl_v * dv + now.pl_c * dc + now.dying_j * dj


@inner
def same_currents(now, there):
    """The currents of a kind of particle in another volume, where it reacts alike."""
    there.sei, there.cr, there.pl, there.dying = now.sei, now.cr, now.pl, now.dying
