"""The outcome of an audit: what it found, and ways to show and keep it."""

from dataclasses import dataclass
from os import PathLike
from typing import Any

from ...support.renamed import by_names
from ..cost.verdict import CostAudit
from ..pulse_power import Pulse
from ..storage.study import DutyFound
from ..vehicles.segments import SegmentFound
from ..verdicts import JudgedClaim
from .charging_claim import ChargingAudit, ChargingVerdict
from .records import ChargingClaim, Claim, Comparison, Figures, RatioMap
from .sentences.announcement import Sentence, announcement
from .sentences.life import LifeRow
from .stages import CLAIMS
from .stated import StatedRatio
from .voids import Voids


@by_names
@dataclass(frozen=True)
class Audit:
    """Result of the audit of a claim.  `str(audit)` gives the verdict; `save` writes the report."""

    claim: Claim
    baselines: tuple[Figures, ...]
    cells: tuple[Figures, ...]
    comparisons: tuple[Comparison, ...] = ()  # ordered by cell, baseline, metric
    maps: tuple[RatioMap, ...] = ()
    charging: tuple[ChargingVerdict, ...] = ()
    voids: tuple[Voids, ...] = ()  # a what-if calculation, not part of the verdict
    charging_claim: ChargingClaim | None = None  # what `charging` judges
    cost: CostAudit | None = None  # None where no cell has listed materials
    stated: tuple[StatedRatio, ...] = ()  # makers' figures beside the simulated ratios
    charges: ChargingAudit | None = None  # `charging`, with frontiers and the spread of kinetics
    pulses: tuple[Pulse, ...] = ()
    power: tuple[JudgedClaim, ...] = ()
    vehicles: tuple[SegmentFound, ...] = ()
    segments: tuple[JudgedClaim, ...] = ()  # `vehicles`, judged
    duties: tuple[DutyFound, ...] = ()
    storage: tuple[JudgedClaim, ...] = ()  # `duties`, judged
    life: tuple[LifeRow, ...] = ()
    claims: tuple[str, ...] = CLAIMS  # that were judged

    def figures(self, name: str) -> Figures:
        """The figures of a cell or baseline by name."""
        return next(f for f in (*self.baselines, *self.cells) if f.name == name)

    def best(self, baseline: str, metric: str) -> Comparison:
        """The comparison with the highest ratio for a baseline and a metric."""
        return max((c for c in self.comparisons if (c.baseline, c.metric) == (baseline, metric)), key=lambda c: c.ratio)

    @property
    def reference(self) -> Figures:
        """The baseline of the first screen."""
        wanted = self.claim.reference
        return next((f for f in self.baselines if f.name == wanted), self.baselines[0])

    @property
    def announcement(self) -> tuple[Sentence, ...]:
        """The sentences of the announcement, each judged for the first cell against the reference."""
        return announcement(self)

    @property
    def headlines(self) -> tuple[Comparison, ...]:
        """The best cell's comparison for every baseline and metric."""
        return tuple(self.best(b.name, m) for b in self.baselines for m in self.claim.metrics if self.comparisons)

    def __str__(self) -> str:
        return "\n".join(c.sentence for c in self.comparisons)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the report as one self-contained HTML file, atomically.  Raises ReportError."""
        from .report.page import write_page

        write_page(self, path)

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Ratios of all cells to all baselines as a matplotlib Figure; written to `path` if given."""
        from .report.plots import plot_audit

        return plot_audit(self, path)
