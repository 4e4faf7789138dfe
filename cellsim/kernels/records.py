"""The records of a discretised cell and of a stage of its solution: one a volume, a particle, a lithium electrode;
and its laws.

See `layout`, which they are a part of.
"""

from typing import Annotated, NamedTuple

import numpy as np

from ..numerics.fields import Field, dtype_of
from ..numerics.table import NO_LAWS, Table
from ..support.compile import records


class Volume:
    """A control volume."""

    dx: Annotated[float, Field("m", "thickness")]
    eps: Annotated[float, Field("", "electrolyte volume fraction")]
    tau: Annotated[float, Field("", "transport efficiency of the electrolyte")]
    left: Annotated[float, Field("m", "from its point to the left face through the electrolyte: distance over tau")]
    right: Annotated[float, Field("m", "the same to the right face")]
    across: Annotated[float, Field("1/m", "conductance to the next point per unit of conductivity; of the last one 0")]
    sigma: Annotated[
        float, Field("S/m", "effective electronic conductivity, of a law that at reference; 0 without a solid phase")
    ]
    link: Annotated[float, Field("S/m2", "electronic conductance to the next volume; 0 to where there is no solid")]
    end: Annotated[float, Field("Ohm m2", "electronic resistance to the current collector it touches, else 0")]
    area: Annotated[float, Field("", "reacting surface per electrode area; 0 where nothing reacts")]
    i_ref: Annotated[float, Field("A/m2", "exchange-current density at x = 0.5, c_e = c_e0")]
    R_f: Annotated[float, Field("Ohm m2 of surface", "film resistance")]
    C_dl: Annotated[float, Field("F/m2 of surface", "capacity of the double layer; 0 if it is not charged in a run")]
    side: Annotated[int, Field("", "0 negative, 1 positive electrode, -1 neither")]
    particle: Annotated[int, Field("", "row of its (first) particle, -1 if it has none")]
    kinds: Annotated[int, Field("", "kinds of particle in it, 0 if it has none")]
    anodic: Annotated[float, Field("", "anodic transfer coefficient; of thin films, as the following")]
    dissociate: Annotated[float, Field("1/s", "rate at which immobile lithium becomes mobile")]
    recombine: Annotated[float, Field("m3/mol/s", "rate at which mobile pairs vanish")]
    electrons: Annotated[float, Field("", "electronic transference number of the film: lithium that its face takes")]


class Grain:
    """A particle."""

    rate: Annotated[float, Field("m/s per A/m2", "flux of stoichiometry per reaction current, theta/(F c_max)")]
    R_p: Annotated[float, Field("m", "radius")]
    D: Annotated[float, Field("m2/s", "scale of the diffusivity")]
    varies: Annotated[int, Field("", "whether the diffusivity depends on the stoichiometry")]
    material: Annotated[int, Field("", "of which it is, by its laws")]
    sweep: Annotated[int, Field("", "number of its kind, of both electrodes together")]
    share: Annotated[float, Field("", "of the reacting surface of its volume")]
    i_ref: Annotated[float, Field("A/m2", "as of a volume, where that has several kinds of particle")]
    R_f: Annotated[float, Field("Ohm m2 of surface", "the same")]


class Foil:
    """A lithium-metal electrode whose lithium changes, beyond a volume that reacts."""

    theta: Annotated[float, Field("", "share of the area that touches, as it was made")]
    film: Annotated[float, Field("Ohm m2", "resistance of what lies on it, per touching area")]
    contact: Annotated[float, Field("Ohm m2", "contact resistance at P_ref, which falls as P^-m")]
    P_ref: Annotated[float, Field("Pa", "reference pressure of the contact resistance")]
    m: Annotated[float, Field("", "exponent of the contact resistance")]
    spots: Annotated[float, Field("m", "radius of the contact spots")]
    kappa: Annotated[float, Field("S/m", "conductivity of the electrolyte at the contact spots")]
    P: Annotated[float, Field("Pa", "stack pressure with `start` of lithium")]
    P_most: Annotated[float, Field("Pa", "highest stack pressure there has been")]
    memory: Annotated[float, Field("", "what contacts remember of the highest pressure")]
    modulus: Annotated[float, Field("Pa", "modulus of the stack, per pair of electrodes")]
    height: Annotated[float, Field("m", "height of the stack, per pair of electrodes")]
    compliance: Annotated[float, Field("m/Pa", "compliance of what presses the stack, per pair of electrodes")]
    breathing: Annotated[float, Field("m per C/m2", "growth of the positive electrode per lithium that left it")]
    start: Annotated[float, Field("C/m2", "lithium in the discharged cell")]
    vanishing: Annotated[float, Field("C/m2", "residual lithium at which its activity is 0.5; 0: unlimited")]
    host: Annotated[float, Field("C/m2", "capacity of a host, 0 if there is none")]
    end: Annotated[float, Field("V", "potential of the host: end + a exp(-p s) + b exp(-q s), s its filled share")]
    a: Annotated[float, Field("V", "of the host: slow part of its potential")]
    p: Annotated[float, Field("", "of the host: exponent of the slow part")]
    b: Annotated[float, Field("V", "of the host: fast part of its potential")]
    q: Annotated[float, Field("", "of the host: exponent of the fast part")]
    full: Annotated[float, Field("", "share of the host filled where its potential is that of lithium")]
    efficiency: Annotated[float, Field("", "share of arriving lithium that can leave again")]
    share: Annotated[float, Field("", "share of the stripped volume that becomes voids")]
    v_0: Annotated[float, Field("m", "height of voids over which the contact falls by e")]
    creep: Annotated[float, Field("m/s", "rate of creep that closes voids, before (P/P_creep)^n exp(-E/RT)")]
    P_creep: Annotated[float, Field("Pa", "reference pressure of creep")]
    n: Annotated[float, Field("", "exponent of creep")]
    E: Annotated[float, Field("J/mol", "activation energy of creep")]
    k_p: Annotated[float, Field("m2/s", "parabolic growth of the interphase at T_ref")]
    E_k: Annotated[float, Field("J/mol", "its activation energy")]
    T_ref: Annotated[float, Field("K", "its reference temperature")]
    k_l: Annotated[float, Field("m/s", "linear growth of a thin interphase")]
    sigma: Annotated[float, Field("S/m", "conductivity of the interphase")]
    bound: Annotated[float, Field("mol/m3", "lithium in the interphase")]
    fade: Annotated[float, Field("", "share of the host lost per full cycle")]
    cycle: Annotated[float, Field("C/m2", "charge of half a full cycle")]
    hazard: Annotated[float, Field("m2/C", "hazard of a short per plated charge at the critical current density")]
    power: Annotated[float, Field("", "exponent of the current density over the critical one in it")]
    weight: Annotated[float, Field("m", "an error of the interphase's thickness that weighs as one of 1 V")]


class Ageing:
    """How a kind of particle ages, and its electrode; numbers of what it has not are 0."""

    T_ref: Annotated[float, Field("K", "reference temperature")]
    sei: Annotated[int, Field("", "law of the growth of the SEI, see equations.ageing; 0: none")]
    on_cracks: Annotated[int, Field("", "1 if it grows on cracks, too")]
    z: Annotated[float, Field("", "lithium per SEI")]
    V_sei: Annotated[float, Field("m3/mol", "partial molar volume of the SEI")]
    rho: Annotated[float, Field("Ohm m", "resistivity of the SEI")]
    alpha: Annotated[float, Field("", "transfer coefficient of its growth")]
    E_sei: Annotated[float, Field("J/mol", "activation energy of its growth")]
    U: Annotated[float, Field("V", "equilibrium potential of its growth")]
    j0: Annotated[float, Field("A/m2", "exchange-current density of its growth")]
    D_sol: Annotated[float, Field("m2/s", "diffusivity of the solvent in it")]
    c_sol: Annotated[float, Field("mol/m3", "concentration of the solvent")]
    k_ec: Annotated[float, Field("m/s", "rate constant of EC")]
    c_ec: Annotated[float, Field("mol/m3", "concentration of EC")]
    D_ec: Annotated[float, Field("m2/s", "diffusivity of EC in it")]
    kappa_e: Annotated[float, Field("S/m", "conductivity of electrons in it")]
    D_li: Annotated[float, Field("m2/s", "diffusivity of lithium interstitials in it")]
    c_li: Annotated[float, Field("mol/m3", "reference concentration of lithium interstitials")]
    beta: Annotated[float, Field("1/m", "barrier to tunnelling electrons")]
    L_tun: Annotated[float, Field("m", "distance that electrons tunnel")]
    kappa_li: Annotated[float, Field("S/m", "conductivity of lithium ions in it")]
    plating: Annotated[int, Field("", "law of lithium plating, see equations.ageing; 0: none")]
    k_pl: Annotated[float, Field("m/s", "rate constant of plating")]
    alpha_pl: Annotated[float, Field("", "transfer coefficient of plating")]
    j0_pl: Annotated[float, Field("A/m2", "constant exchange-current density of plating")]
    inefficiency: Annotated[float, Field("", "lithium that dies beside the particles per lithium that enters them")]
    gamma: Annotated[float, Field("1/s", "rate at which plated lithium is cut off under the first SEI")]
    L_0: Annotated[float, Field("m", "first thickness of the SEI")]
    V_li: Annotated[float, Field("m3/mol", "molar volume of plated lithium")]
    stressed: Annotated[int, Field("", "1 if stress cracks particles or loses active material")]
    c_max: Annotated[float, Field("mol/m3", "lithium in full particles")]
    Omega: Annotated[float, Field("m3/mol", "partial molar volume of lithium in the particles")]
    E: Annotated[float, Field("Pa", "Young's modulus of the particles")]
    nu: Annotated[float, Field("", "Poisson's ratio of the particles")]
    R_p: Annotated[float, Field("m", "radius of the particles, as long as a crack can get")]
    width: Annotated[float, Field("m", "width of cracks")]
    density: Annotated[float, Field("1/m2", "cracks per surface")]
    k_cr: Annotated[float, Field("m/(Pa m0.5)^m", "rate of cracking in an hour")]
    E_cr: Annotated[float, Field("J/mol", "its activation energy")]
    b_cr: Annotated[float, Field("", "stress-intensity factor of cracks")]
    m_cr: Annotated[float, Field("", "exponent of cracking")]
    loss: Annotated[float, Field("1/s", "loss of active material at the critical stress in tension")]
    loss_compressed: Annotated[float, Field("1/s", "the same in compression")]
    critical: Annotated[float, Field("Pa", "critical stress of that loss")]
    m_loss: Annotated[float, Field("", "exponent of that loss")]
    by_reaction: Annotated[float, Field("m3/mol", "loss of active material per lithium that the SEI takes")]
    by_current: Annotated[float, Field("m2/C", "loss of active material per charge through the cell")]
    active: Annotated[float, Field("", "active volume fraction of these particles as made")]
    content: Annotated[float, Field("C/m3", "lithium in full connected particles, per volume of active material")]
    tau_least: Annotated[float, Field("", "percolation threshold of the electrolyte")]
    tau_exponent: Annotated[float, Field("", "exponent of its transport efficiency above that threshold")]
    window: Annotated[float, Field("", "stoichiometry of the particles that a full cycle goes through")]
    strain: Annotated[float, Field("", "volume change of the particles in it")]
    P: Annotated[float, Field("Pa", "pressure on contacts, where lithium metal does not change it")]
    strength: Annotated[float, Field("Pa", "adhesion, which adds to the pressure")]
    modulus: Annotated[float, Field("Pa", "Young's modulus of the electrolyte that follows the particles")]
    parting: Annotated[float, Field("", "share of the contact lost per full cycle and strain that is not followed")]
    healing: Annotated[float, Field("1/Pa", "share of the lost contact restored per full cycle and pressure")]
    cutting_off: Annotated[float, Field("", "share of the active material cut off per full cycle and that strain")]
    interphase: Annotated[float, Field("Ohm m2 of surface", "interphase resistance after one full cycle")]
    solvent: Annotated[float, Field("m3/mol", "electrolyte used up per lithium that the SEI takes")]
    reservoir: Annotated[float, Field("m", "electrolyte beyond the pores of the cell as made, per electrode area")]
    sei_clogs: Annotated[int, Field("", "1 if the SEI takes room in the pores")]
    plated_clogs: Annotated[int, Field("", "1 if plated lithium does")]
    weight: Annotated[float, Field("C/m2", "an error of the lithium lost that weighs as one of 1 V")]


class Side:
    """The side reactions of one kind of particle in a volume at one stage, linearised."""

    known: Annotated[float, Field("m", "thickness of the SEI without growth in this stage")]
    known_cr: Annotated[float, Field("m", "the same on cracks")]
    grow: Annotated[float, Field("m3/C", "growth of the SEI per current that it takes")]
    L: Annotated[float, Field("m", "thickness of the SEI, as foreseen")]
    L_cr: Annotated[float, Field("m", "the same on cracks")]
    crack: Annotated[float, Field("m", "length of cracks, as foreseen")]
    rough: Annotated[float, Field("", "surface of cracks over that of the particle")]
    c_pl: Annotated[float, Field("mol/m3", "plated lithium without plating in this stage, per volume of the electrode")]
    out: Annotated[float, Field("mol/m3 per A/m2", "plated lithium that leaves per current")]
    gamma: Annotated[float, Field("1/s", "rate at which plated lithium is cut off")]
    R: Annotated[float, Field("Ohm m2", "film resistance")]
    faster: Annotated[float, Field("", "growth of the SEI over that at the reference temperature")]
    sei: Annotated[float, Field("A/m2", "current of the SEI")]
    sei_v: Annotated[float, Field("S/m2", "its change per potential of the surface beneath the film")]
    sei_j: Annotated[float, Field("", "its change per reaction current")]
    cr: Annotated[float, Field("A/m2 of cracks", "current of the SEI on cracks")]
    cr_v: Annotated[float, Field("S/m2", "as before")]
    cr_j: Annotated[float, Field("", "as before")]
    pl: Annotated[float, Field("A/m2", "current of plating, above 0 of stripping")]
    pl_v: Annotated[float, Field("S/m2", "as before")]
    pl_c: Annotated[float, Field("A m/mol", "its change per salt concentration")]
    dying: Annotated[float, Field("A/m2", "of the current of plating what dies at once by the coulombic inefficiency")]
    dying_j: Annotated[float, Field("", "its change per reaction current")]
    v_j: Annotated[float, Field("Ohm m2", "change of the potential beneath the film per reaction current")]
    v_c: Annotated[float, Field("V m3/mol", "its change per salt concentration")]


class Rest:
    """One kind of particle in a volume at rest, linearised, with the side reactions of a cell that ages."""

    transfer: Annotated[float, Field("Ohm m2 of surface", "charge-transfer resistance")]
    film: Annotated[float, Field("Ohm m2 of surface", "film resistance, with the SEI and an interphase")]
    slope: Annotated[float, Field("V", "of the open-circuit potential in the stoichiometry")]
    lag: Annotated[float, Field("Ohm m2/s", "rise of the potential by hysteresis per charge that oscillates")]
    D: Annotated[float, Field("m2/s", "diffusivity")]
    sei_v: Annotated[float, Field("S/m2", "growth of the SEI: change of its current per potential beneath the film")]
    sei_j: Annotated[float, Field("", "its change per reaction current")]
    sei_L: Annotated[float, Field("A/m3", "its change per thickness")]
    cr_v: Annotated[float, Field("S/m2", "the same on cracks, per surface of the particle")]
    cr_j: Annotated[float, Field("", "as before")]
    cr_L: Annotated[float, Field("A/m3 of cracks", "as before, per surface of the cracks")]
    grow: Annotated[float, Field("m3/C", "growth of a thickness per charge that it takes")]
    pl_v: Annotated[float, Field("S/m2", "plating: change of its current per potential beneath the film")]
    pl_c: Annotated[float, Field("A m/mol", "its change per salt concentration")]
    pl_Li: Annotated[float, Field("A m/mol", "its change per plated lithium")]
    pl_j: Annotated[float, Field("", "change of the plating current per reaction current")]
    out: Annotated[float, Field("mol/m C", "plated lithium that leaves per charge")]
    gamma: Annotated[float, Field("1/s", "rate at which plated lithium is cut off")]


# open-circuit hysteresis: none, by the terminal current, by the reaction current; its laws of the stoichiometry, four
# for each material: mean of both branches less OCP, half their difference, decay rates
NO_HYSTERESIS, BY_CURRENT, BY_REACTION = 0, 1, 2
SHIFT, HALF, ON_LITHIATION, ON_DELITHIATION, BRANCH_LAWS = 0, 1, 2, 3, 4


class Hysteresis:
    """The open-circuit hysteresis of a material."""

    model: Annotated[int, Field("", "NO_HYSTERESIS, BY_CURRENT or BY_REACTION")]
    sense: Annotated[float, Field("", "1 where the current of a discharge delithiates it, else -1")]
    height: Annotated[float, Field("V", "half the difference of its branches, at most")]


# laws of charge transfer, see equations.charge_transfer
BUTLER_VOLMER, ASYMMETRIC, LINEAR, MARCUS, MARCUS_HUSH_CHIDSEY, MSMR = 0, 1, 2, 3, 4, 5


class Kinetics:
    """The law of charge transfer of a material; after those of all materials one of each host site."""

    law: Annotated[int, Field("", "BUTLER_VOLMER, ASYMMETRIC, LINEAR, MARCUS, MARCUS_HUSH_CHIDSEY or MSMR")]
    anodic: Annotated[float, Field("", "anodic transfer coefficient over the sum of both")]
    both: Annotated[float, Field("", "sum of both transfer coefficients")]
    energy: Annotated[float, Field("eV", "of reorganisation")]
    first: Annotated[int, Field("", "the first of the host sites of the material")]
    sites: Annotated[int, Field("", "how many it has")]
    U0: Annotated[float, Field("V", "standard potential of a host site")]
    X: Annotated[float, Field("", "its fraction of all sites")]
    w: Annotated[float, Field("", "its ideality factor")]
    i0: Annotated[float, Field("", "exchange current of the site over that of the material, per `host_site`")]


class Lag:
    """The open-circuit hysteresis of a volume at one stage."""

    known: Annotated[float, Field("", "state of hysteresis before the reaction")]
    time: Annotated[float, Field("m2/A", "half the change of the mean stoichiometry per reaction current")]
    by_I: Annotated[float, Field("Ohm m2", "change of the potential per terminal current")]


class Layer:
    """The double layer of a volume at one stage."""

    known: Annotated[float, Field("V", "phi_s - phi_e before the stage charges it")]
    per_v: Annotated[float, Field("S/m2", "its current per phi_s - phi_e; 0 if there is none")]
    per_j: Annotated[float, Field("Ohm m2", "phi_s - phi_e per current, in the time of the stage")]
    j: Annotated[float, Field("A/m2 of surface", "its current")]
    defect: Annotated[float, Field("A/m2", "the current that the potentials ask for, less j")]


class Touch:
    """The contact of a lithium-metal electrode at one stage."""

    active: Annotated[float, Field("", "share of the touching area that voids leave in contact")]
    R: Annotated[float, Field("Ohm m2", "resistance per area that touches without voids")]
    P: Annotated[float, Field("Pa", "stack pressure")]
    known: Annotated[float, Field("C/m2", "lithium before the reaction")]
    out: Annotated[float, Field("s", "lithium that leaves per reaction current")]
    filled: Annotated[float, Field("", "filled share of the host")]
    host: Annotated[float, Field("C/m2", "capacity of the host")]


class Local:
    """The reaction of a volume at one stage, linearised; the surface of its particle is alpha + beta j."""

    gain: Annotated[float, Field("S/m2", "d(reaction current)/d(phi_s - phi_e)")]
    slope: Annotated[float, Field("Ohm m2", "its inverse")]
    defect: Annotated[float, Field("A/m2", "reaction current that the potentials ask for, less j")]
    flux: Annotated[float, Field("A/m2", "current of all reactions that the potentials ask for")]
    flux_v: Annotated[float, Field("S/m2", "its change per phi_s - phi_e")]
    flux_c: Annotated[float, Field("A m/mol", "its decrease per c_e")]
    v_ce: Annotated[float, Field("V m3/mol", "d(interface voltage)/dc_e")]
    alpha: Annotated[float, Field("", "surface stoichiometry without reaction")]
    beta: Annotated[float, Field("m2/A", "its change per reaction current")]
    i0: Annotated[float, Field("A/m2", "exchange current: above it overpotentials are logarithmic")]


class Salt:
    """The electrolyte of a volume at one stage."""

    W: Annotated[float, Field("mol/m/s", "integral of the diffusivity over the concentration")]
    D: Annotated[float, Field("m2/s", "diffusivity")]
    per_c: Annotated[float, Field("m3/mol", "inverse of the concentration")]
    kappa: Annotated[float, Field("S/m", "conductivity")]
    kappa_c: Annotated[float, Field("S m2/mol", "its slope in the concentration")]
    chi: Annotated[float, Field("V", "diffusion potential per ln c_e")]
    chi_c: Annotated[float, Field("V m3/mol", "its slope in the concentration")]
    t: Annotated[float, Field("", "transference number less its reference t_ref")]
    t_c: Annotated[float, Field("m3/mol", "its slope in the concentration")]
    ln_c: Annotated[float, Field("", "logarithm of the concentration")]


class Node:
    """A place of the cell between its core and its surface, see equations.heat.network."""

    at: Annotated[float, Field("m", "distance from the middle of a stack, from its face that is not cooled, or radius")]
    share: Annotated[float, Field("", "share of the heat capacity, and of the heat made in the cell")]
    link: Annotated[float, Field("W/K/m2", "conductance to the next node outwards; of the last one 0")]
    loss: Annotated[float, Field("W/K/m2", "conductance to the surroundings")]


VOLUME, GRAIN, FOIL, AGEING, SIDE = map(dtype_of, (Volume, Grain, Foil, Ageing, Side))
HYSTERESIS, LAG, KINETICS, LAYER, REST = map(dtype_of, (Hysteresis, Lag, Kinetics, Layer, Rest))
TOUCH, LOCAL, SALT, NODE = map(dtype_of, (Touch, Local, Salt, Node))
ONE_PLACE = records(np.zeros(0, NODE))


class Laws(NamedTuple):
    """The material laws of a cell.

    At one temperature law k is column k.  With heat each law has columns of its own, see `Heat.nodes`; there is
    at least one column more than there are laws, by which kernels know.
    """

    solid: Annotated[Table, Field("", "of the stoichiometry")]
    salt: Annotated[Table, Field("", "of the square root of c_e")]
    branches: Annotated[Table, Field("", "of the stoichiometry: BRANCH_LAWS of each material")] = NO_LAWS


class Heat(NamedTuple):
    """The temperature of the cell, what depends on it, and how it varies from core to surface."""

    capacity: Annotated[float, Field("J/K/m2", "heat capacity; 0: the temperature stays what it is")]
    loss: Annotated[float, Field("W/K/m2", "to the surroundings")]
    critical: Annotated[float, Field("A/m2", "critical current density of the separator, at the first temperature")]
    factor: Annotated[Table, Field("", "of temperature: factors of all laws, solid first, then the RATES")]
    nodes: Annotated[np.ndarray, Field("", "nodes in temperature of each law, as `table.follow` says", "laws", "nodes")]
    mixing: Annotated[int, Field("", "1 if the heat of mixing in particles counts")] = 0
    chain: Annotated[np.ndarray, Field("", "core to surface; none: one temperature", "chain", of=NODE)] = ONE_PLACE
