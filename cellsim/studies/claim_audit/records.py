"""Results of an audit: immutable records that reports read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...design import CellDesign, EnergyDensity
from ...parameters import Cell
from ...simulation.result import Result
from ..verdicts import Verdict as Verdict

UNITS = {"gravimetric": "Wh/kg", "volumetric": "Wh/L"}


@dataclass(frozen=True)
class Figures:
    """Energy and energy density of one cell under stated conditions.

    energy, capacity: of a simulated constant-current discharge at `c_rate` from the fully charged state, between the
    voltage cut-offs.  nominal_energy: capacity between the cut-offs times mean open-circuit voltage, for comparison.
    interval: (2, 2), 5 % and 95 % quantiles from the uncertainty of the inputs; rows: Wh/kg, Wh/L.
    """

    cell: Cell
    c_rate: float
    temperature: float  # K
    energy: float  # Wh
    capacity: float  # Ah
    nominal_energy: float  # Wh
    areal_capacity: float  # Ah/m2 between the cut-offs
    design: CellDesign
    density: EnergyDensity
    interval: NDArray[np.float64]
    result: Result  # of the discharge
    rates: tuple[tuple[float, Result], ...]  # (C-rate, discharge) for curves and the Ragone plot

    @property
    def name(self) -> str:
        """Name of the parameter set."""
        return self.cell.name

    @property
    def pressure(self) -> float:
        """Stack pressure of the parameter set [Pa]."""
        return self.cell.value("cell/operating pressure")

    @property
    def window(self) -> tuple[float, float]:
        """Voltage cut-offs [V]."""
        return self.cell.value("cell/lower voltage cut-off"), self.cell.value("cell/upper voltage cut-off")

    def metric(self, name: str) -> float:
        """Energy density at cell level, "gravimetric" [Wh/kg] or "volumetric" [Wh/L]."""
        return float(getattr(self.density, name))


@dataclass(frozen=True)
class Comparison:
    """Comparison of one cell with one baseline in one metric.

    interval: 5 % and 95 % quantiles of the ratio.
    budget: largest thickness [m] of electrolyte plus lithium excess at which the ratio reaches the claimed factor, or
    None.  present: their thickness in the cell [m].
    areal_needed: smallest areal capacity [Ah/m2] at which the ratio reaches the factor with the present thickness, or
    None.
    condition: condition under which the claim holds, or the reason why it fails, as text.
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
        """The verdict as one sentence."""
        link = {Verdict.HOLDS: ", as long as ", Verdict.ONLY_IF: " ", Verdict.FAILS: ": "}[self.verdict]
        return (
            f"{self.cell} has {self.ratio:.2f} ({self.interval[0]:.2f} to {self.interval[1]:.2f}) times the "
            f"{UNITS[self.metric]} of {self.baseline}: {self.factor:g}x {self.verdict.value}"
            f"{link + self.condition if self.condition else ''}"
            f"{'; the uncertainty spans the claim' if self.doubtful else ''}"
        )


@dataclass(frozen=True)
class RatioMap:
    """Ratio of the energy density of a cell to a baseline, as a function of two of its dimensions.

    areal_capacity: (m,) [Ah/m2].  thickness: (n,) [m] of the layer `varied`, "electrolyte" or "lithium excess".
    ratio: (m, n), NaN where the cell cannot be built or simulated.  here: (areal capacity, thickness) of the cell.
    """

    cell: str
    baseline: str
    metric: str
    factor: float
    varied: str
    areal_capacity: NDArray[np.float64]
    thickness: NDArray[np.float64]
    ratio: NDArray[np.float64]
    here: tuple[float, float]


@dataclass(frozen=True)
class Claim:
    """A claim, its source, the cells it concerns and the baselines."""

    title: str
    source: str
    factor: float
    metrics: tuple[str, ...]
    baselines: tuple[str, ...]  # names or paths of parameter sets
    cells: tuple[str, ...]
    c_rate: float
    temperature: float | None = None  # K; None: ambient temperature of each cell
    note: str = ""
    reference: str = ""  # baseline that a summary compares with; the first unless given


@dataclass(frozen=True)
class ChargingClaim:
    """A claim about charging time, its source, and how it is judged.

    factor: largest share of the baseline's time.  start, end: states of charge (0..1) between which times are taken.
    limits: what the fastest charge of a cell keeps to, as text (`studies.charging.constraints`).
    rated: charge of the baseline under the rule "rated", a protocol of `studies.charging.named_protocols`.
    """

    title: str
    source: str
    factor: float
    start: float
    end: float
    limits: str
    rated: str
    temperatures: tuple[float, ...]  # K
    note: str = ""
