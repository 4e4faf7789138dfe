"""The records of a discretised cell and of a stage of its solution: one a volume, a particle, a lithium electrode.

See `layout`, which they are a part of.
"""

from typing import Annotated

from ..numerics.fields import Field, dtype_of


class Volume:
    """A control volume."""

    dx: Annotated[float, Field("m", "thickness")]
    eps: Annotated[float, Field("", "electrolyte volume fraction")]
    tau: Annotated[float, Field("", "transport efficiency of the electrolyte")]
    left: Annotated[float, Field("m", "from its point to the left face through the electrolyte: distance over tau")]
    right: Annotated[float, Field("m", "the same to the right face")]
    across: Annotated[float, Field("1/m", "conductance to the next point per unit of conductivity; of the last one 0")]
    sigma: Annotated[float, Field("S/m", "effective electronic conductivity; 0 where there is no solid phase")]
    link: Annotated[float, Field("S/m2", "electronic conductance to the next volume; 0 to where there is no solid")]
    end: Annotated[float, Field("Ohm m2", "electronic resistance to the current collector it touches, else 0")]
    area: Annotated[float, Field("", "reacting surface per electrode area; 0 where nothing reacts")]
    i_ref: Annotated[float, Field("A/m2", "exchange-current density at x = 0.5, c_e = c_e0")]
    R_f: Annotated[float, Field("Ohm m2 of surface", "film resistance")]
    side: Annotated[int, Field("", "0 negative, 1 positive electrode, -1 neither")]
    particle: Annotated[int, Field("", "row of its (first) particle, -1 if it has none")]
    anodic: Annotated[float, Field("", "anodic transfer coefficient; of thin films, as the following")]
    dissociate: Annotated[float, Field("1/s", "rate at which immobile lithium becomes mobile")]
    recombine: Annotated[float, Field("m3/mol/s", "rate at which mobile pairs vanish")]


class Grain:
    """A particle."""

    rate: Annotated[float, Field("m/s per A/m2", "flux of stoichiometry per reaction current, theta/(F c_max)")]
    R_p: Annotated[float, Field("m", "radius")]
    D: Annotated[float, Field("m2/s", "scale of the diffusivity")]
    varies: Annotated[int, Field("", "whether the diffusivity depends on the stoichiometry")]


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
    weight: Annotated[float, Field("m", "an error of the interphase's thickness that weighs as one of 1 V")]


class Touch:
    """The contact of a lithium-metal electrode at one stage."""

    active: Annotated[float, Field("", "share of the touching area that voids leave in contact")]
    R: Annotated[float, Field("Ohm m2", "resistance per area that touches without voids")]
    P: Annotated[float, Field("Pa", "stack pressure")]
    known: Annotated[float, Field("C/m2", "lithium before the reaction")]
    out: Annotated[float, Field("s", "lithium that leaves per reaction current")]
    filled: Annotated[float, Field("", "filled share of the host")]


class Local:
    """The reaction of a volume at one stage, linearised; the surface of its particle is alpha + beta j."""

    gain: Annotated[float, Field("S/m2", "d(reaction current)/d(phi_s - phi_e)")]
    slope: Annotated[float, Field("Ohm m2", "its inverse")]
    defect: Annotated[float, Field("A/m2", "reaction current that the potentials ask for, less j")]
    v_ce: Annotated[float, Field("V m3/mol", "d(interface voltage)/dc_e")]
    alpha: Annotated[float, Field("", "surface stoichiometry without reaction")]
    beta: Annotated[float, Field("m2/A", "its change per reaction current")]
    i0: Annotated[float, Field("A/m2", "exchange-current density")]


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


VOLUME, GRAIN, FOIL, TOUCH, LOCAL, SALT = map(dtype_of, (Volume, Grain, Foil, Touch, Local, Salt))
