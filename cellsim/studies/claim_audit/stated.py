"""The ratio of two stated energy densities beside the simulated one, and what makes the difference."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...kernels.call.calls import Coroutine
from ...parameters import Cell
from ...protocols import discharge
from ...simulation.run import simulate_coroutine
from .records import UNITS, Figures

DENSITY, RATE = "design/stated {} energy density", "design/stated rate"
SIZE = {"gravimetric": ("design/stated mass", "mass"), "volumetric": ("design/stated volume", "volume")}
SAME = 2e-3  # a factor nearer to 1 is left out of a sentence


@dataclass(frozen=True)
class StatedRatio:
    """Makers' figures of a cell over a baseline in one metric, and the simulated ratio at the rate of the claim.

    ours, theirs: (stated, simulated) energy density of each [Wh/kg or Wh/L].
    steps: (what, factor) that lead from the simulated ratio to the stated one; their product is exact.
    """

    cell: str
    baseline: str
    metric: str
    ours: tuple[float, float]
    theirs: tuple[float, float]
    steps: tuple[tuple[str, float], ...]

    @property
    def stated(self) -> float:
        """The ratio of the makers' figures."""
        return self.ours[0] / self.theirs[0]

    @property
    def simulated(self) -> float:
        """The simulated ratio."""
        return self.ours[1] / self.theirs[1]

    @property
    def sentence(self) -> str:
        """Both ratios, and the factors between them."""
        unit = UNITS[self.metric]
        parts = "; ".join(f"{what}: {factor:.3f}" for what, factor in self.steps if abs(factor - 1.0) > SAME)
        return (
            f"The makers of {self.cell} and {self.baseline} state {self.ours[0]:.0f} and {self.theirs[0]:.0f} {unit}, "
            f"a ratio of {self.stated:.2f}; simulated are {self.ours[1]:.0f} and {self.theirs[1]:.0f} {unit}, a ratio "
            f"of {self.simulated:.2f}. " + (f"Factors that make up the difference: {parts}" if parts else "Both agree")
        )


def stated_rate(cell: Cell) -> float | None:
    """The C-rate at which a set's stated energy was found; None where the set has no such figure."""
    return cell.value(RATE) if cell.has(RATE) else None


def energy_at_stated_rate(cell: Cell, temperature: float) -> Coroutine[float]:
    """Energy [Wh] of a discharge at the stated rate of a set that has one, at a temperature [K]."""
    run = yield from simulate_coroutine(cell, discharge(cell.value(RATE)), temperature=temperature)
    return float(run.discharge_energy)


def stated_ratios(
    cells: Sequence[Figures], baselines: Sequence[Figures], metrics: Iterable[str], energies: dict[str, float]
) -> tuple[StatedRatio, ...]:
    """All pairs of which both makers state a figure.  energies [Wh]: by name, at the stated rate where there is one."""
    found = []
    for metric in metrics:
        path = DENSITY.format(metric)
        for own in cells:
            for other in baselines:
                if own.cell.has(path) and other.cell.has(path):
                    found.append(_between(own, other, metric, energies))
    return tuple(found)


def _between(own: Figures, other: Figures, metric: str, energies: dict[str, float]) -> StatedRatio:
    path = DENSITY.format(metric)
    (ours, own_steps), (theirs, other_steps) = (_steps(f, metric, energies, path) for f in (own, other))
    steps = own_steps + tuple((what, 1.0 / factor) for what, factor in other_steps)
    return StatedRatio(own.name, other.name, metric, ours, theirs, steps)


def _steps(f: Figures, metric: str, energies: dict[str, float], path: str) -> tuple[tuple[float, float], tuple]:
    """(stated, simulated) of one cell, and the factors from the simulated to the stated one."""
    stated, simulated = f.cell.value(path), f.metric(metric)
    rate = energies.get(f.name, f.energy) / f.energy
    rest = stated / (simulated * rate)
    at = stated_rate(f.cell)
    steps = [
        (f"{f.name} discharged at {at:.3g} C, as its maker did, and not at {f.c_rate:.3g} C" if at else "rate", rate)
    ]
    size_path, word = SIZE[metric]
    if f.cell.has("design/stated energy") and f.cell.has(size_path):
        energy = f.cell.value("design/stated energy") / (f.energy * rate)
        steps += [
            (f"stated energy of {f.name}, capacity times nominal voltage, over the simulated one", energy),
            (f"{word} of its set over the stated one", rest / energy),
        ]
    else:
        steps.append((f"stated figure of {f.name} over that of its set at that rate", rest))
    return (stated, simulated), tuple(steps)
