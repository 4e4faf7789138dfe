"""What a study returns: frozen records that reports read and never change."""
from dataclasses import dataclass
from enum import Enum

import numpy as np

from ...design import CellDesign, EnergyDensity
from ...parameters import Cell
from ...simulation.result import Result

UNITS = {"gravimetric": "W.h/kg", "volumetric": "W.h/L"}


class Verdict(Enum):
    """How a claim stands for one cell, one baseline and one metric."""

    HOLDS = "holds"
    ONLY_IF = "holds only if"
    FAILS = "does not hold"


@dataclass(frozen=True)
class Figures:
    """One cell's energy at stated conditions, and where it goes.

    energy and capacity are those of a simulated constant-current discharge from full at `c_rate`
    between the cell's cut-offs; `nominal_energy` is capacity between the cut-offs times the mean
    open-circuit voltage, for comparison.  `interval` holds the 5 % and 95 % quantiles of
    (W.h/kg, W.h/L) when the inputs vary within the uncertainty of their methods, as (2, 2): rows
    gravimetric and volumetric.
    """

    cell: Cell
    c_rate: float
    temperature: float  # K
    energy: float  # W.h
    capacity: float  # A.h
    nominal_energy: float  # W.h
    areal_capacity: float  # A.h/m2 between the cut-offs
    design: CellDesign
    density: EnergyDensity
    interval: np.ndarray
    result: Result  # of that discharge
    rates: tuple[tuple[float, Result], ...]  # (C-rate, discharge) for curves and the Ragone plot

    @property
    def name(self) -> str:
        """Name of the parameter set."""
        return self.cell.name

    @property
    def pressure(self) -> float:
        """Stack pressure the parameter set belongs to [Pa]."""
        return self.cell.value("cell/operating pressure")

    @property
    def window(self) -> tuple[float, float]:
        """Voltage cut-offs [V]."""
        return self.cell.value("cell/lower voltage cut-off"), self.cell.value("cell/upper voltage cut-off")

    def metric(self, name) -> float:
        """ "gravimetric" [W.h/kg] or "volumetric" [W.h/L] at cell level."""
        return getattr(self.density, name)


@dataclass(frozen=True)
class Comparison:
    """One cell against one baseline in one metric.

    interval: 5 % and 95 % quantiles of the ratio.  budget: largest electrolyte-plus-lithium-excess
    thickness [m] at which the ratio still reaches the claimed factor, or None if none does;
    `present` is the cell's own thickness of the two [m].  areal_needed: smallest areal capacity
    [A.h/m2] at which the ratio reaches the factor with the layers the cell has, or None.
    condition: what has to be true for the claim to hold, or what falls short, in words.
    """

    cell: str
    baseline: str
    metric: str  # "gravimetric" or "volumetric"
    factor: float
    ratio: float
    interval: tuple[float, float]
    verdict: Verdict
    present: float
    budget: float | None
    areal_needed: float | None
    condition: str

    @property
    def doubtful(self) -> bool:
        """Whether the claimed factor lies within the interval of the ratio."""
        return self.interval[0] < self.factor < self.interval[1]

    @property
    def sentence(self) -> str:
        """The verdict in words, to stand alone."""
        link = {Verdict.HOLDS: ", as long as ", Verdict.ONLY_IF: " ", Verdict.FAILS: ": "}[self.verdict]
        return (f"{self.cell} has {self.ratio:.2f} ({self.interval[0]:.2f} to {self.interval[1]:.2f}) times the "
                f"{UNITS[self.metric]} of {self.baseline}: {self.factor:g}x {self.verdict.value}"
                f"{link + self.condition if self.condition else ''}"
                f"{'; the uncertainty spans the claim' if self.doubtful else ''}")


@dataclass(frozen=True)
class RatioMap:
    """Ratio of a cell's energy density to a baseline's while two of its dimensions vary.

    areal_capacity (m,) [A.h/m2]; thickness (n,) [m] of what `varied` names ("electrolyte" or
    "lithium excess"); ratio (m, n), NaN where no such cell can be made or simulated.
    `here` is the cell's own (areal capacity, thickness).
    """

    cell: str
    baseline: str
    metric: str
    factor: float
    varied: str
    areal_capacity: np.ndarray
    thickness: np.ndarray
    ratio: np.ndarray
    here: tuple[float, float]


@dataclass(frozen=True)
class Claim:
    """What is claimed, by whom, and what it is to be compared with."""

    title: str
    source: str
    factor: float
    metrics: tuple[str, ...]
    baselines: tuple[str, ...]  # names or paths of parameter sets
    cells: tuple[str, ...]
    c_rate: float
    temperature: float | None = None  # K; None: each cell's own ambient temperature
    note: str = ""

