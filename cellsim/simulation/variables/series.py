"""Variables that are one number per time."""

import numpy as np

from ...kernels.layout import POROUS
from ...models.electrodes import PARTS, has_foil
from ...models.initial import capacity_between_cutoffs
from ...models.thermal_laws import critical_current_holds
from ...physics.constants import V_LI, F
from . import ageing, swelling
from .states import SIDES, States


def series(p):
    """One number per time."""
    one = ("Time [s]",)
    hours = 3600.0
    yield "Time [s]", (one, lambda: p.t)
    yield "Current [A]", (one, lambda: p.I * p.area)
    yield "Current density [A.m-2]", (one, lambda: p.I)
    yield "C-rate", (one, lambda: p.I * p.area / p.cell.nominal_capacity)
    yield "Voltage [V]", (one, p.voltage)
    yield "Power [W]", (one, lambda: p.I * p.area * p.voltage())
    yield "Discharge capacity [A.h]", (one, lambda: p.Q * p.area / hours)
    yield "Discharge energy [W.h]", (one, lambda: p.E * p.area / hours)
    yield "Throughput capacity [A.h]", (one, lambda: _through(p.Q) * p.area / hours)
    yield "Throughput energy [W.h]", (one, lambda: _through(p.E) * p.area / hours)
    yield "Resistance [Ohm]", (one, lambda: over(p.voltage(), p.I * p.area))
    yield "State of charge", (one, lambda: p.soc0 - p.Q * p.area / hours / capacity_between_cutoffs(p.cell))
    yield "Cell temperature [K]", (one, lambda: p.T)
    if p.sys.heat.chain.size:
        yield from temperatures(p)
    if p.sys.heat.capacity > 0.0:
        yield "Irreversible heating [W]", (one, lambda: p.heats[:, 0] * p.area)
        yield "Reversible heating [W]", (one, lambda: p.heats[:, 1] * p.area)
        if p.sys.heat.mixing:
            yield "Heat of mixing [W]", (one, lambda: p.heats[:, 4] * p.area)
        yield "Total heating [W]", (one, lambda: p.heats[:, :2].sum(axis=1) * p.area)
        yield "Heat generated [J]", (one, lambda: p.numbers["made"] * p.area)
        yield "Heat lost to surroundings [J]", (one, lambda: p.numbers["lost"] * p.area)
        yield "Heater energy [J]", (one, lambda: p.numbers["heated"] * p.area)
    if p.sys.model == POROUS and not has_foil(p.cell):
        yield "Plating margin [V]", (one, lambda: p.heats[:, 2])
        yield "Position of plating margin [m]", (one, lambda: _outer_face(p, p.heats[:, 5].astype(int)))
    if np.isfinite(p.sys.heat.critical):
        yield (
            "Critical current margin [A.m-2]",
            (one, lambda: np.where(critical_current_holds(p.cell, p.T), p.heats[:, 3], np.nan)),
        )
    yield from _lithium(p)
    yield "Minimum electrolyte concentration [mol.m-3]", (one, lambda: p.c.min(axis=1))
    yield "Total lithium in electrolyte [mol]", (one, lambda: p.area * ageing.salt(p))
    for (name, side), part in zip(SIDES, PARTS, strict=True):
        if side == 0 and has_foil(p.cell):
            continue
        low = name.lower()
        yield f"Total lithium in {low} electrode [mol]", (one, lambda q=part, s=side: p.once(States.lithium, q, s))
    for phase in p.phases:
        yield (
            f"X-averaged {phase.name.lower()} particle surface stoichiometry",
            (one, lambda q=phase: np.average(p.surface(q), axis=1, weights=p.sys.volume["dx"][p.volumes(q.side)])),
        )
        which = phase.path.partition("/")[2]
        if which:
            yield (
                f"Total lithium in {which} phase in {phase.path.partition('/')[0]} [mol]",
                (one, lambda q=phase: ageing.lithium_of(p, q)),
            )
    held = [(s, q) for (_, s), q in zip(SIDES, PARTS, strict=True) if s or not has_foil(p.cell)]
    yield "Total lithium in particles [mol]", (one, lambda: sum(p.once(States.lithium, q, s) for s, q in held))
    if p.sys.ageing.size:
        yield from ageing.series(p, [each for each in SIDES if each[1] or not has_foil(p.cell)])
    yield from swelling.series(p)
    if p.sys.model == POROUS and p.sys.volume.size > 3:
        last = p.volumes(0)[-1]
        share = p.sys.volume["left"][last + 1] * p.sys.volume["across"][last]  # of phi_e at the border
        yield (
            "Negative electrode surface potential difference at separator interface [V]",
            (one, lambda: p.phi_s[:, last] - p.phi_e[:, last : last + 2] @ (share, 1.0 - share)),
        )


def temperatures(p):
    """Those of core and surface, and the highest one: all the same without a chain of nodes between the two."""
    one = ("Time [s]",)
    yield "Surface temperature [K]", (one, lambda: p.T_each[:, -1])
    yield "Core temperature [K]", (one, lambda: p.T_each[:, :2][:, -1])
    yield "Maximum cell temperature [K]", (one, lambda: p.T_each.max(axis=1))


def _outer_face(p, volume):
    """Face of volumes towards the separator [m], where the potential of the electrolyte beside them is taken; (times,).

    Counted from the negative current collector.
    """
    return np.cumsum(p.sys.volume["dx"])[volume]


def _through(passed):
    """What passed in either direction since the first time (times,), of a counter of the net amount."""
    return np.concatenate([[0.0], np.cumsum(np.abs(np.diff(passed)))])


def over(a, b):
    """a / b, 0 where b is 0, or so near to it that the quotient is no number."""
    return np.divide(a, b, out=np.zeros_like(a), where=np.abs(b) > np.abs(a) / np.finfo(float).max)


def _lithium(p):
    """What becomes of a lithium electrode, where anything does."""
    if not p.sys.foil.size:
        return
    one, moles = ("Time [s]",), p.area / F
    yield "Lithium thickness [m]", (one, lambda: p.foil[:, 0] * V_LI / F)
    yield "Lithium metal [mol]", (one, lambda: p.foil[:, 0] * moles)
    yield "Lithium in host [mol]", (one, lambda: p.foil[:, 1] * moles)
    yield "Dead lithium [mol]", (one, lambda: p.numbers["dead"] * moles)
    yield "Lithium in interphase [mol]", (one, lambda: p.numbers["bound"] * moles)
    yield "Void height [m]", (one, lambda: p.numbers["void"])
    yield "Active contact fraction", (one, lambda: p.foil[:, 2])
    yield "Stack pressure [Pa]", (one, lambda: p.foil[:, 3])
    yield "Interphase resistance [Ohm.m2]", (one, lambda: p.foil[:, 4])
    if p.sys.counts["hosts"]:
        yield "Host capacity [A.h]", (one, lambda: p.of_all(lambda y: y.host[:, 0]) * p.area / 3600.0)
    if p.sys.counts["hazards"]:
        yield "Hazard of a short", (one, lambda: p.of_all(lambda y: y.hazard[:, 0]))
        yield "Survival probability", (one, lambda: np.exp(-p.of_all(lambda y: y.hazard[:, 0])))
