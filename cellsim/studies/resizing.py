"""One cell with other dimensions, in the same housing."""

from dataclasses import dataclass, field

from ..design import EnergyDensity, areal_capacity, build, energy_density, pair_layers
from ..kernels.call.calls import Coroutine, finish
from ..parameters import Cell
from ..protocols import discharge
from ..simulation.run import simulate_coroutine

EXCESS = "design/lithium excess thickness"
ELECTROLYTE = "separator/thickness"
COATINGS = ("negative electrode/thickness", "positive electrode/thickness")


def thickness(cell: Cell) -> float:
    """Of one electrode pair in the charged state [m]."""
    return sum(layer.thickness for layer in pair_layers(cell))


def resized(
    cell: Cell, areal: float | None = None, electrolyte: float | None = None, excess: float | None = None
) -> Cell:
    """A cell with another areal capacity [Ah/m²], electrolyte or lithium-excess thickness [m].

    The stack keeps its thickness, so that the housing stays what it is: the number of electrode
    pairs follows (and need not be whole).  The areal capacity is set through the thickness of the
    coatings; the nominal capacity goes along.  Raises ParameterError outside the allowed ranges.
    """
    scale = 1.0 if areal is None else areal / areal_capacity(cell)
    changes = {} if areal is None else {k: scale * cell.value(k) for k in COATINGS if cell.has(k)}
    changes |= {ELECTROLYTE: electrolyte} if electrolyte is not None else {}
    changes |= {EXCESS: excess} if excess is not None else {}
    if not changes:
        return cell
    new = cell.with_(changes)
    more = thickness(cell) / thickness(new)
    return new.with_(
        {
            key: factor * cell.value(key)
            for key, factor in (
                ("design/number of electrode pairs", more),
                ("cell/electrode area", more),
                ("cell/nominal capacity", more * scale),
            )
        }
    )


@dataclass(frozen=True)
class Family:
    """A cell and its resized relatives at one rate [1/h] and temperature [K].

    What is simulated depends on areal capacity and electrolyte only, so results are cached by these.
    """

    cell: Cell
    c_rate: float
    temperature: float
    kept: dict[tuple, float] = field(default_factory=dict, repr=False)

    def areal_energy(self, areal: float | None = None, electrolyte: float | None = None) -> Coroutine[float]:
        """Simulated discharge energy per electrode area [W.h/m2], a coroutine."""
        key = (areal, electrolyte)
        if key not in self.kept:
            cell = resized(self.cell, areal, electrolyte)
            run = yield from simulate_coroutine(cell, discharge(self.c_rate), temperature=self.temperature)
            self.kept[key] = run.discharge_energy / cell.value("cell/electrode area")
        return self.kept[key]

    def energy_density(
        self, areal: float | None = None, electrolyte: float | None = None, excess: float | None = None
    ) -> EnergyDensity:
        """At stack, cell and pack level, of a relative in the same housing."""
        return finish(self.density_coroutine(areal, electrolyte, excess))

    def density_coroutine(
        self, areal: float | None = None, electrolyte: float | None = None, excess: float | None = None
    ) -> Coroutine[EnergyDensity]:
        """Coroutine form of `energy_density`."""
        cell = resized(self.cell, areal, electrolyte, excess)
        areal_energy = yield from self.areal_energy(areal, electrolyte)
        return energy_density(cell, areal_energy * cell.value("cell/electrode area"), build(cell))
