"""The outcome of an audit: what it found, and ways to show and keep it."""
from dataclasses import dataclass

from .charging_claim import ChargingVerdict
from .records import Claim, Comparison, Figures, RatioMap
from .voids import Voids


@dataclass(frozen=True)
class Audit:
    """The outcome of checking a claim.  `str(audit)` is the verdict; `save` writes the report."""

    claim: Claim
    baselines: tuple[Figures, ...]
    cells: tuple[Figures, ...]
    comparisons: tuple[Comparison, ...]  # cells x baselines x metrics, in that order
    maps: tuple[RatioMap, ...]
    charging: tuple[ChargingVerdict, ...] = ()
    voids: tuple[Voids, ...] = ()  # a what-if beside the verdict

    def figures(self, name) -> Figures:
        """The figures of a cell by name."""
        return next(f for f in (*self.baselines, *self.cells) if f.name == name)

    def best(self, baseline, metric) -> Comparison:
        """The comparison with that baseline in that metric which comes closest to the claim, or exceeds it most."""
        return max((c for c in self.comparisons if (c.baseline, c.metric) == (baseline, metric)),
                   key=lambda c: c.ratio)

    @property
    def headlines(self) -> tuple[Comparison, ...]:
        """The best cell's comparison for every baseline and metric."""
        return tuple(self.best(b.name, m) for b in self.baselines for m in self.claim.metrics)

    def __str__(self):
        return "\n".join(c.sentence for c in self.comparisons)

    def save(self, path):
        """Write the report as one self-contained HTML file; never half-written.  Raises ReportError."""
        from .report.page import write_page

        write_page(self, path)

    def plot(self, path=None):
        """Ratios of every cell to every baseline as a matplotlib Figure; written to `path` if given."""
        from .report.plots import plot_audit

        return plot_audit(self, path)
