"""The discretised cell that the kernels solve, its state vector and its scratch memory.

State vector s (all per unit of electrode area):

    particles (particles * shells,)  stoichiometry of each shell, inside to outside
    c_e, phi_e, phi_s, j (n,) each   salt [mol/m3], potentials [V], reaction current [A/m2 of surface]
    and the TAIL, one number each:
    I, Q, E                          current [A/m2], charge [C/m2] and energy [J/m2] passed
    T                                temperature [K]
    made, lost, heated               heat made in the cell, given to the surroundings, put in by a heater [J/m2]
    lithium, dead, bound             at a foil: lithium that can leave, that is cut off, that the interphase took [C/m2]
    layer, void                      thickness of the interphase there, height of voids [m]

Discharge is positive, the negative side comes first, and phi_s = 0 at the negative collector.
"""
from typing import NamedTuple

import numpy as np

from ..numerics.block_tridiagonal import COLUMNS
from ..numerics.table import TERMS, Table, follow, locate, read, tilt
from ..support.compile import inlined, inner, part, records

POROUS, SINGLE_FLUX, THIN_FILM = 0, 1, 2  # reaction distributed as solved for, uniform (SPMe), or on a plane
# what the cycler imposes: current, terminal voltage, power, voltage over current, or what is held by a charge at
# whatever current it takes: a margin to lithium plating, one to the critical current, a temperature
CURRENT, VOLTAGE, POWER, RESISTANCE, PLATING, CRITICAL, TEMPERATURE = 0, 1, 2, 3, 4, 5, 6
# offsets in the tail of the state, and its length
I, Q, E, T, MADE, LOST, HEATED, LITHIUM, DEAD, BOUND, LAYER, VOID, TAIL = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
RELAX = 60.0  # a held temperature is approached with this time constant [s]

# laws of the stoichiometry, three for either electrode (add LAWS_PER_SIDE * side); DIFFUSION is the
# integral of the particle diffusivity over its scale, which is its slope
OCP, SHAPE_X, DIFFUSION, LAWS_PER_SIDE = 0, 1, 2, 3
# laws of the square root of the salt's concentration, in which they stay smooth down to none; SALT_DIFFUSION is
# the integral of the salt's diffusivity over its concentration; SHAPE_C has one for either electrode (add side)
SALT_DIFFUSION, CONDUCTIVITY, CHI, T_PLUS, SHAPE_C = 0, 1, 2, 3, 4
SOLID_LAWS, SALT_LAWS = 2 * LAWS_PER_SIDE, 6
# temperature factors of what is no law: exchange current and film resistance (add side), critical current
RATE, FILM, CRITICAL_CURRENT, RATES = 0, 2, 4, 5

VOLUME = np.dtype([
    ("dx", "f8"),  # thickness [m]
    ("eps", "f8"),  # electrolyte volume fraction [-]
    ("tau", "f8"),  # transport efficiency of the electrolyte [-]
    ("left", "f8"),  # from its point to the left face through the electrolyte: distance over tau [m]
    ("right", "f8"),  # and to the right one
    ("across", "f8"),  # conductance to the next point per unit of conductivity [1/m]; of the last one 0
    ("sigma", "f8"),  # effective electronic conductivity [S/m]; 0 where there is no solid phase
    ("link", "f8"),  # electronic conductance to the next volume [S/m2]; 0 to where there is no solid phase
    ("end", "f8"),  # electronic resistance to the current collector [Ohm m2] of a volume that touches it, else 0
    ("area", "f8"),  # reacting surface per electrode area [-]; 0 where nothing reacts
    ("i_ref", "f8"),  # exchange-current density at x = 0.5, c_e = c_e0 [A/m2]
    ("R_f", "f8"),  # film resistance [Ohm m2 of reacting surface]
    ("side", "i8"),  # 0 negative, 1 positive electrode, -1 neither
    ("particle", "i8"),  # row of this volume's particle, -1 if it has none
    # of thin films only:
    ("anodic", "f8"),  # anodic transfer coefficient [-]
    ("dissociate", "f8"),  # rate at which immobile lithium becomes mobile [1/s]
    ("recombine", "f8"),  # and at which mobile pairs vanish [m3/mol/s]
])
GRAIN = np.dtype([
    ("rate", "f8"),  # d(stoichiometry flux)/dj = theta/(F c_max) [m/s per A/m2]
    ("R_p", "f8"),  # radius [m]
    ("D", "f8"),  # scale of the diffusivity [m2/s]
    ("varies", "i8"),  # whether D_s depends on the stoichiometry
])
# what a foil of lithium is beyond a volume that reacts; all per electrode area unless said
FOIL = np.dtype([(k, "f8") for k in (
    "theta",  # share of the area that touches as it was made [-]
    "film",  # resistance of what lies on it, per touching area [Ohm m2]
    "contact", "P_ref", "m",  # contact resistance [Ohm m2] at P_ref [Pa], which falls as P^-m
    "spots", "kappa",  # radius of the spots that touch [m], conductivity of the electrolyte [S/m]
    "P", "P_most", "memory",  # stack pressure with `start` on it, the highest ever [Pa], what contacts remember of it
    "modulus", "height", "compliance",  # of the stack, per pair of electrodes [Pa, m, m/Pa]
    "breathing",  # growth of the positive electrode per lithium that left it [m per C/m2]
    "start",  # lithium there in the discharged cell [C/m2]
    "vanishing",  # Q_reg [C/m2]; 0: no end of lithium
    "host", "end", "a", "p", "b", "q", "full",  # capacity [C/m2] of a host and its potential; where that is 0
    "efficiency",  # share of arriving lithium that can leave again
    "share", "v_0",  # of stripped lithium that leaves voids; their height over which contact falls by e [m]
    "creep", "P_creep", "n", "E",  # rate at which creep closes them [m/s] before (P/P_creep)^n exp(-E/RT)
    "k_p", "E_k", "T_ref", "k_l", "sigma", "bound",  # of the interphase: growth, conductivity, lithium [mol/m3]
    "weight",  # an error of the interphase's thickness by this much weighs as one of 1 V [m]
)])
# and at one stage: active share of the area that touches, resistance per area that touches without voids [Ohm m2],
# pressure [Pa], lithium before the reaction [C/m2], reaction's share in it per current [s], filled share of the host
TOUCH = np.dtype([(k, "f8") for k in ("active", "R", "P", "known", "out", "filled")])
# the surface of a particle, which is its last shell, is alpha + beta j
LOCAL = np.dtype([(k, "f8") for k in ("gain", "slope", "defect", "v_ce", "alpha", "beta", "i0")])
# W is the integral of the diffusivity D over the concentration, per_c its inverse
SALT = np.dtype([(k, "f8") for k in ("W", "D", "per_c", "kappa", "kappa_c", "chi", "chi_c", "t", "t_c", "ln_c")])


class Laws(NamedTuple):
    """The material laws of a cell.

    At one temperature law k is column k.  With heat each law has columns of its own, see `Heat.nodes`; there is
    at least one column more than there are laws, by which kernels know.
    """

    solid: Table  # of the stoichiometry
    salt: Table  # of the square root of c_e


class Heat(NamedTuple):
    """One temperature for the whole cell, and what depends on it.  Per unit of electrode area."""

    capacity: float  # [J/K/m2]; 0: the temperature stays what it is
    loss: float  # to the surroundings [W/K/m2]
    critical: float  # current density of lithium plating that the separator bears, at the first temperature [A/m2]
    factor: Table  # of temperature: factors of all laws, solid first, then the RATES
    nodes: np.ndarray  # (SOLID_LAWS + SALT_LAWS, 1 + 2 most) nodes in temperature of each law, as `table.follow` says


class System(NamedTuple):
    """A cell on a mesh."""

    model: int  # POROUS, SINGLE_FLUX or THIN_FILM
    volume: np.ndarray  # (n,) VOLUME
    grain: np.ndarray  # (particles,) GRAIN
    shell: np.ndarray  # (shells,) mesh.SHELL of a unit sphere
    laws: Laws
    c_ref: float  # reference salt concentration c_e0 [mol/m3]
    t_ref: float  # transference number at c_ref [-]
    T: float  # the first temperature [K]
    R_series: float  # in series with the cell [Ohm m2]
    heat: Heat
    foil: np.ndarray  # (1,) FOIL, or (0,) where lithium is without end and touches as it always did


class Control(NamedTuple):
    """One step: what is imposed, and where it stops.  Everything per unit of electrode area."""

    mode: int
    target: float  # A/m2, V or W/m2
    duration: float  # s
    v_lo: float  # V, on discharge: the cut-off
    v_hi: float  # V, on charge
    i_end: float  # A/m2; a held voltage ends when |I| falls to this
    q_hi: float  # C/m2: the step ends when what it passed rises to this (discharge counts positive)
    x_edge: float  # a particle surface within x_edge of 0 or 1 counts as empty or full
    c_edge: float  # salt concentration that counts as depleted [mol/m3]
    T_around: float = 298.15  # of the surroundings [K]
    heater: float = 0.0  # heat put in from outside [W/m2]
    own: float = 0.0  # share of the cell's own power that heats it
    T_lo: float = 0.0  # K, ends the step
    T_hi: float = np.inf  # K
    plating: float = -np.inf  # V, margin to lithium plating that ends the step
    critical: float = -np.inf  # A/m2, margin to the critical current that ends the step
    i_top: float = np.inf  # A/m2; a held state ends when |I| rises to this
    i_begin: float = 0.0  # A/m2, from where the current that holds a temperature is looked for
    q_lo: float = -np.inf  # C/m2: or falls to this
    v_below: float = -np.inf  # V: a limit that was asked for, whichever way the current flows
    v_above: float = np.inf  # V
    q_least: float = np.inf  # C/m2: an error of the charge passed counts relative to that, or to this if that is less


class Work(NamedTuple):
    """Scratch memory of one run, allocated once."""

    block: np.ndarray  # (n, 3, 11) of block_tridiagonal; right: residual, and d/d terminal current
    local: np.ndarray  # (n,) LOCAL
    salt: np.ndarray  # (n,) SALT: electrolyte properties of each volume
    inside: np.ndarray  # (particles, 2, shells): x[q] = inside[0, q] + inside[1, q] x[q + 1], and x of the last
    sweep: np.ndarray  # (2, 3, shells + 1): elimination of a particle of constant D of either side, and of which
    spare: np.ndarray  # (N,) a state
    curvature: np.ndarray  # (1,) Newton's next correction over the square of the last, as last seen
    at: np.ndarray  # (1,) temperature that the following belong to [K]
    by_solid: np.ndarray  # (SOLID_LAWS, 2 + TERMS) columns that make up a law, and their weights, as in `table.blend`
    by_salt: np.ndarray  # (SALT_LAWS, 2 + TERMS) the same of the salt's laws
    rate: np.ndarray  # (RATES,) factors
    entropy: np.ndarray  # (2, TERMS) slopes in T of the weights of either electrode's OCP
    foil: np.ndarray  # (1,) TOUCH


def alone(laws):
    """Columns and weights of laws at one temperature."""
    by = np.zeros((laws, 2 + TERMS))
    by[:, 0], by[:, 2] = np.arange(laws), 1.0
    return by


def allocate(sys: System) -> Work:
    """Scratch memory for `sys`."""
    n, p, m = sys.volume.size, sys.grain.size, sys.shell.size
    return Work(np.zeros((n, 3, COLUMNS)), records(np.zeros(n, LOCAL)), records(np.zeros(n, SALT)), np.zeros((p, 2, m)),
                np.zeros((2, 3, m + 1)), np.zeros(p * m + 4 * n + TAIL), np.ones(1),
                np.array([np.nan if sys.heat.capacity > 0.0 else sys.T]),
                alone(SOLID_LAWS), alone(SALT_LAWS), np.ones(RATES), np.zeros((2, TERMS)),
                records(np.zeros(1, TOUCH)))


@inner
def warm(sys, T, w):
    """Bring what depends on temperature to T, the one of the state at hand."""
    if sys.heat.capacity == 0.0 or w.at[0] == T:
        return
    table = sys.heat.factor
    place = locate(table, T)
    for k in range(SOLID_LAWS):
        follow(sys.heat.nodes, k, T, read(table, k, place)[0], w.by_solid, k)
    for side in range(2):
        tilt(sys.heat.nodes, LAWS_PER_SIDE * side + OCP, T, w.entropy, side)
    for k in range(SALT_LAWS):
        follow(sys.heat.nodes, SOLID_LAWS + k, T, read(table, SOLID_LAWS + k, place)[0], w.by_salt, k)
    for k in range(RATES):
        w.rate[k] = read(table, SOLID_LAWS + SALT_LAWS + k, place)[0]
    w.at[0] = T


@inner
def copy(source, target):
    """target[:] = source, for 1-D arrays: allocates nothing, whether they overlap or not."""
    for i in range(source.size):
        target[i] = source[i]


@inner
def add(weight, source, target):
    """target += weight * source, for 1-D arrays."""
    for i in range(source.size):
        target[i] += weight * source[i]


@inlined
def views(sys, s):
    """The parts of a state vector: all particles one after the other, c_e, phi_e, phi_s, j."""
    n, k = sys.volume.size, sys.grain.size * sys.shell.size
    return (s[:k], s[k:k + n], s[k + n:k + 2 * n], s[k + 2 * n:k + 3 * n],
            s[k + 3 * n:k + 4 * n])


@inlined
def shells(sys, x, p):
    """Particle p of all particles x."""
    return x[p * sys.shell.size:(p + 1) * sys.shell.size]


@part
def keep_salt(sys, new, old):
    """Extrapolated below zero, there would be no logarithm: leave a tenth of the salt in the state `old`."""
    salt, had = views(sys, new)[1], views(sys, old)[1]
    for i in range(salt.size):
        salt[i] = max(salt[i], 0.1 * had[i])


@inner
def aimed(ctl, mode, target):
    """The same control with another target."""
    return Control(mode, target, ctl.duration, ctl.v_lo, ctl.v_hi, ctl.i_end, ctl.q_hi, ctl.x_edge, ctl.c_edge,
                   ctl.T_around, ctl.heater, ctl.own, ctl.T_lo, ctl.T_hi, ctl.plating, ctl.critical, ctl.i_top,
                   ctl.i_begin, ctl.q_lo, ctl.v_below, ctl.v_above, ctl.q_least)


@inner
def control_residual(ctl, I, V):
    """What the cycler imposes, as a residual;  d/dI, d/dV."""
    if ctl.mode == CURRENT:
        return I - ctl.target, 1.0, 0.0
    if ctl.mode == VOLTAGE:
        return V - ctl.target, 0.0, 1.0
    if ctl.mode == RESISTANCE:
        return V - ctl.target * I, -ctl.target, 1.0
    return I * V - ctl.target, V, I
