"""Capacities of the electrodes and stoichiometry windows from a slow discharge of the full cell."""

from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...models.health.esoh import ElectrodeSOH, inventory, solved
from ...models.health.potentials import half_cells
from ...parameters import Cell, load
from ...support.arguments import chosen
from ...support.arguments import text as text_of
from ...support.renamed import by_name
from ..life.health.modes import SlowCurve, slow_curve
from .monotone import Array

NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
SIZES = ("maximum concentration", "active material volume fraction", "thickness")


@dataclass(frozen=True)
class FittedWindows:
    """Electrodes of a cell as a slow discharge says.

    cell: with capacities and windows, marked as fitted.  curve: the fit, with capacities of the electrodes, lithium
    and their standard deviations [Ah].  health: windows at the cut-off voltages.  capacity, voltage (n,): the data.
    """

    cell: Cell
    curve: SlowCurve
    health: ElectrodeSOH
    capacity: Array = field(repr=False)
    voltage: Array = field(repr=False)

    def __str__(self) -> str:
        Q, d = self.curve.inventory, self.curve.uncertain
        names = ("negative electrode", "positive electrode", "lithium")
        amounts = ", ".join(f"{n} {q:.4g} +- {s:.2g} Ah" for n, q, s in zip(names, Q, d, strict=True))
        poor = "" if self.curve.good else ": the potentials of the cell do not describe the curve"
        return (
            f"{self.cell.name}: {amounts}; {self.health}\n  {1e3 * self.curve.rms:.2g} mV rms from the curve, constant "
            f"overpotential {1e3 * self.curve.overpotential:.2g} mV{poor}"
        )

    def plot(self, path: "str | PathLike[str] | None" = None) -> Any:
        """Curve, potentials of both electrodes and residual; saved to `path` if given."""
        from .plots import plot_windows

        return plot_windows(self, path)


@by_name
def fit_windows(
    cell: Any,
    capacity: Any,
    voltage: Any,
    *,
    source: str,
    size: str = "maximum concentration",
    overpotential: float | None = None,
    temperature: float | None = None,
) -> FittedWindows:
    """Fit capacities and stoichiometry windows of both electrodes to a slow discharge, and put them into the cell.

    cell: a `Cell`, or the name or path of one, whose open-circuit potentials are right.  capacity (n,): charge passed
    since the full cell [Ah], rising; voltage (n,) [V]: of a discharge at C/20 or slower, n at least 20.
    source: where the data are from, a citation.  size: the quantity of both electrodes that is changed in proportion to
    their capacities: "maximum concentration", "active material volume fraction" or "thickness".
    overpotential [V]: of the discharge, fitted unless given.  temperature [K]: of the potentials.

    The windows of the cell are then those of its cut-off voltages at rest.  The values have the method "fitted" and the
    source with the residual.  Standard deviations are lower limits, see `cellsim.studies.life.health.modes`.
    Raises ParameterError and ProtocolError.
    """
    loaded = load(cell)
    chosen("fit_windows: size", size, SIZES, ParameterError)
    citation = text_of("fit_windows: source", source, "give a citation, as text", ParameterError).strip()
    curve = slow_curve(loaded, capacity, voltage, overpotential=overpotential, temperature=temperature)
    cutoffs = [loaded.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper")]
    health = solved(half_cells(loaded), curve.inventory, cutoffs[0], cutoffs[1])
    before = inventory(loaded)
    changes = {
        f"{part}/{size}": loaded.value(f"{part}/{size}") * now / was
        for part, now, was in zip((NEGATIVE, POSITIVE), curve.inventory[:2], before[:2], strict=True)
    }
    full, empty = health.full, health.empty
    ends = {NEGATIVE: (empty.x, full.x), POSITIVE: (full.y, empty.y)}
    for part, (low, high) in ends.items():
        changes |= {f"{part}/minimum stoichiometry": low, f"{part}/maximum stoichiometry": high}
    words = f"{citation}; windows fitted by cellsim to a slow discharge, residual {1e3 * curve.rms:.2g} mV rms"
    made = loaded.with_(changes, method="fitted", source=words)
    return FittedWindows(made, curve, health, np.array(capacity, float), np.array(voltage, float))
