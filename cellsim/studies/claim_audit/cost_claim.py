"""The claim about cost as part of an audit: the cells and energies of the energy claim, priced."""

from collections.abc import Callable, Sequence

from ...design.cost import is_listed
from ..cost.claim_file import load_cost_claim
from ..cost.verdict import CostAudit, audit_cost
from .records import Figures


def cost_claim(
    cells: Sequence[Figures],
    baselines: Sequence[Figures],
    progress: Callable[[str, float], object] = lambda what, done: None,
) -> CostAudit | None:
    """Check the packaged claim about cost for the cells of an audit, with their simulated energies.

    Cells whose materials are not listed are left out; None if none is left, or no baseline to compare materials with.
    """
    claim = load_cost_claim()
    ours, theirs = ([f for f in some if is_listed(f.cell) and f.energy > 0.0] for some in (cells, baselines))
    if not ours or not theirs:
        return None
    liquid = next((f for f in theirs if f.name == claim.baseline), theirs[0])
    everyone = (*ours, liquid)
    asked = claim.model_copy(update={"cells": [f.name for f in ours], "baseline": liquid.name})
    return audit_cost(asked, {f.name: f.energy for f in everyone}, {f.name: f.cell for f in everyone}, progress)
