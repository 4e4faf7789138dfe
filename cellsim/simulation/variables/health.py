"""Capacity and lithium of the cell in its present state, under PyBaMM's names."""

import numpy as np

from ...errors import ParameterError
from ...kernels.layout import THIN_FILM
from ...models.electrodes import PARTS, has_foil
from ...models.health.amounts import Amounts, filled
from ...models.health.esoh import Inventory, inventory, solved
from ...models.health.potentials import half_cells
from ...models.lithium_metal import evolves
from . import ageing

ONE = ("Time [s]",)


def health(p):
    """Amounts, and the capacity between the cut-off voltages at equilibrium (`models.health.esoh`)."""
    if p.sys.model == THIN_FILM:
        return
    if not has_foil(p.cell):
        yield "Total lithium capacity in particles [A.h]", (ONE, lambda: p.once(inventories)[:, 2])
        yield "Negative electrode capacity [A.h]", (ONE, lambda: p.once(inventories)[:, 0])
    yield "Positive electrode capacity [A.h]", (ONE, lambda: p.once(inventories)[:, 1])
    if p.sys.ageing.size and not has_foil(p.cell):
        yield "Loss of lithium inventory [%]", (ONE, lambda: 100.0 * (1.0 - lithium_left(p)))
    if not has_host(p.cell):
        yield "Capacity [A.h]", (ONE, lambda: p.once(capacities))
        yield "Capacity retention", (ONE, lambda: retention(p.once(capacities)))


def retention(Q):
    """Capacities over the first one."""
    return Q / Q[:1]


def lithium_left(p):
    """Lithium in particles of each state over that of the cell as its parameter set states it (times,)."""
    return p.once(inventories)[:, 2] / inventory(p.cell).Q_Li


def has_host(cell) -> bool:
    """Whether the potential of a lithium electrode depends on what is left of it, so that a capacity has no windows."""
    return has_foil(cell) and evolves(cell) and cell.value("negative electrode/vanishing charge") > 0.0


def inventories(p):
    """Q_n, Q_p and Q_Li of each state (times, 3) [A.h]."""
    amounts = Amounts(p.sys, p.area, filled(p.cell))
    changes = p.sys.ageing.size > 0 or p.sys.foil.size > 0
    every = amounts.of_all(p.s if changes else p.s[:1])
    found = np.array([[each[key] for key in Inventory._fields] for each in every])
    return found if changes else np.broadcast_to(found, (len(p.t), 3))


def left_of_phases(p):
    """What is left of the active material of each phase on average, by composite electrode (times, phases)."""
    if not p.sys.counts["loss"]:
        return {}
    found = {}
    for part, side in zip(PARTS, (0, 1), strict=True):
        of_side = [ageing.Part("", "", side, phase.kinds) for phase in p.phases if phase.side == side]
        if len(of_side) > 1:
            found[part] = np.stack([p.average(ageing.active_share(p, one), side) for one in of_side], axis=1)
    return found


def capacities(p):
    """Capacity between the cut-off voltages of each state (times,) [A.h]; NaN where the lithium does not fit in."""
    cells, out, last, known = half_cells(p.cell, None), np.empty(len(p.t)), None, None
    low, high = (p.cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    stated = inventory(p.cell)
    left = p.once(left_of_phases)
    for k, row in enumerate(p.once(inventories)):
        cells = half_cells(p.cell, left={part: of[k] for part, of in left.items()}) if left else cells
        Q = stated if has_foil(p.cell) and not p.sys.foil.size else Inventory(*row.tolist())
        if (
            left
            or known is None
            or any(abs(a - b) > 1e-12 * b for a, b in zip(Q, known, strict=True) if np.isfinite(b))
        ):
            known = Q
            try:
                last = solved(cells, Q, low, high, last and last.ends)
            except ParameterError:
                last = None
        out[k] = np.nan if last is None else last.capacity
    return out
