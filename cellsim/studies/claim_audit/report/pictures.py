"""The pictures of the page by section, with their captions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ....drawing.style import WIDTH
from ....drawing.svg import inline_svg
from ...cost import plots as cost_plots
from ...labels import label, labelled
from ...storage.plots import plot_duties
from ...vehicles.plots import plot_pulses, plot_segments
from . import plots, plots_merged, words

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

Drawn = Iterator[tuple[str, Any, str]]  # (section, Figure, caption)


@dataclass(frozen=True)
class Picture:
    """Inline SVG and its caption; wide: over the whole width of a page."""

    svg: Markup
    caption: str
    wide: bool = False


def pictures(audit: Audit, begun: Mapping[str, Future[Any]] | None = None) -> dict[str, list[Picture]]:
    """Pictures by section of the page, with unique ids.

    begun: those of SECTIONS that are drawn elsewhere (`sketches.Sketches`); the others are drawn here.
    """
    made: dict[str, list[Picture]] = {}
    for name in SECTIONS:
        drawn = begun[name].result() if begun and name in begun else section(audit, name)
        for where, picture in drawn:
            made.setdefault(where, []).append(picture)
    return made


def section(audit: Audit, name: str) -> list[tuple[str, Picture]]:
    """(section of the page, picture) of one of SECTIONS."""
    made = []
    for k, (where, figure, caption) in enumerate(SECTIONS[name](audit)):
        said = labelled(caption)
        svg = Markup(inline_svg(figure, f"{name}{k}-", said))
        made.append((where, Picture(svg, said, figure.get_figwidth() > 1.2 * WIDTH)))
    return made


def _energy(audit: Audit) -> Drawn:
    if not audit.comparisons:
        return
    yield (
        "ratios",
        plots.plot_audit(audit),
        "Ratio of the energy density of each cell to each baseline: per mass (dots) and per volume (squares), "
        "with 5 % to 95 % intervals (bars). The thick line is the claimed ratio of "
        f"{audit.claim.factor:g}, the dotted line a ratio of 1.",
    )
    for varied, metric in dict.fromkeys((m.varied, m.metric) for m in audit.maps):
        maps = [m for m in audit.maps if (m.varied, m.metric) == (varied, metric)]
        references = {b.name: b.metric(metric) for b in audit.baselines}
        yield (
            "maps",
            plots_merged.density_map(maps, references),
            f"Energy density of {maps[0].cell} in {words.METRICS[metric]} over areal capacity and {varied} thickness; "
            f"thick lines: {maps[0].factor:g} times each baseline, which the claim needs; star: the cell.",
        )


def _figures(audit: Audit) -> Drawn:
    everyone = (*audit.baselines, *audit.cells)
    yield (
        "energies",
        plots.energy_bars(audit),
        "Energy density per mass and per volume at cell level (bars; hatched: liquid electrolyte) with "
        "5 % – 95 % intervals (lines), at stack level without packaging (▷) and at pack level (◁, assumed "
        "factor).",
    )
    yield (
        "energies",
        plots_merged.composition(everyone),
        "Mass and volume of every cell by component, in shares. Blue: materials that store energy; orange: the others.",
    )
    early = "".join(f" {label(f.name)}:{said}" for f in everyone if (said := words.early_ends(f)))
    yield (
        "curves",
        plots_merged.curves(everyone),
        f"Simulated voltage against delivered charge per electrode area; darker and wider: higher rates.{early}",
    )
    yield (
        "curves",
        plots.ragone(everyone),
        "Energy against mean power of constant-current discharges, both per mass of the cell. Solid lines: "
        "solid electrolyte; dashed lines: liquid electrolyte.",
    )


def _charging(audit: Audit) -> Drawn:
    if not audit.charging or audit.charges is None or audit.charging_claim is None:
        return
    claim, reference = audit.charging_claim, audit.reference.name
    yield (
        "charging",
        plots_merged.charging_times(audit),
        "Charging times. Solid cells (dots) with a line over the published critical currents; baselines (squares) as "
        "sold, rated and safe, the last with a line over the kinetics of other graphite electrodes.",
    )
    first, T = audit.cells[0].name, claim.temperatures[0]
    own = [f for f in audit.charges.frontiers if (f.cell, f.temperature) == (first, T)]
    goals = {}
    for v in audit.charging:
        if (v.baseline, v.rule) == (reference, "as sold"):
            goals[f"{words.asked(v.factor, f'the {label(reference)}')} as sold"] = v.factor * v.baseline_minutes
    if own:
        yield (
            "charging",
            plots_merged.frontiers(own, goals, claim.start, claim.end),
            "What it takes: minutes of a charge over areal capacity and critical current, and over areal capacity and "
            "temperature. Red: the frontiers; diamonds: published charges; ticks: published limits; star: the cell.",
        )


def _power(audit: Audit) -> Drawn:
    if audit.pulses:
        yield (
            "power",
            plot_pulses(audit.pulses),
            "Largest constant power for 10 s at 50 % state of charge, per mass and per volume; charges without lithium "
            "plating and below the critical current.",
        )


def _cost(audit: Audit) -> Drawn:
    if audit.cost is None:
        return
    cost, study = audit.cost, audit.cost.studies[0]
    claimed = " and ".join(f"{target:g}" for target in study.targets)
    line = cost.claim.pilot_line
    yield (
        "cost",
        cost_plots.waterfall(study),
        f"Price of {study.cell.name} as a {study.model.level} by line, every input at its median; below, the price "
        f"with its 10, 50 and 90 % quantiles. Blue: materials; orange: labour, equipment and buildings. Dashed: "
        f"{claimed} USD/kWh.",
    )
    yield (
        "cost",
        cost_plots.price_map(study),
        f"Median price of {study.cell.name} over the price of electrolyte and cathode; red: {claimed} USD/kWh, star: "
        "the scenario. Hatched: an electrolyte cheaper than the lithium in it.",
    )
    yield (
        "cost",
        cost_plots.size_curve(study, 1e-3 * line.capacity.value if line is not None else None),
        "Median price against the size of the plant by two rules of scale; neither is calibrated in the grey range.",
    )
    yield (
        "cost",
        cost_plots.material_groups(cost),
        f"Materials by group at cell level, beside the liquid cell {cost.baseline.cell.name}, at the same prices.",
    )


def _vehicles(audit: Audit) -> Drawn:
    if audit.vehicles:
        yield (
            "vehicles",
            plot_segments(audit.vehicles),
            "Range in today's pack mass and space, and pack mass for today's range, by segment; black: today's car.",
        )


def _storage(audit: Audit) -> Drawn:
    if audit.duties:
        yield (
            "storage",
            plot_duties(audit.duties),
            "EUR a year of one car against the price of wear, by duty; the mark of a cell is at its own wear price.",
        )


def _life(audit: Audit) -> Drawn:
    if any(r.cycles is not None for r in audit.life):
        yield (
            "life",
            plots_merged.lives(audit.life),
            "Cycles and years of storage to 80 % of the first capacity. Lines: over the constants of other cells that "
            "were lent; arrows: beyond what was looked at. Solid cells are not there, as nobody knows.",
        )


SECTIONS: dict[str, Callable[[Audit], Drawn]] = {
    "energy": _energy,
    "charging": _charging,
    "power": _power,
    "cost": _cost,
    "vehicles": _vehicles,
    "storage": _storage,
    "life": _life,
    "figures": _figures,
}
