"""The report of an audit as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jinja2
import numpy as np
from markupsafe import Markup

from .... import __version__
from ....drawing.svg import inline_svg
from ....physics.constants import ZERO_CELSIUS
from ....support.files import replacing
from ...cost import plots as cost_plots
from .. import voids
from ..records import Figures, RatioMap
from . import plots, words

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit


@dataclass(frozen=True)
class Picture:
    """Inline SVG and its caption."""

    svg: Markup
    caption: str


def write_page(audit: Audit, path: str | PathLike[str]) -> None:
    """Write the report of an audit as one self-contained HTML file, atomically.  Raises ReportError."""
    with replacing(path) as partial:
        partial.write_text(page(audit), encoding="utf-8")


def page(audit: Audit) -> str:
    """The report of an audit as HTML."""
    env = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )
    env.filters |= {"doi": doi_link, "breakable": breakable}
    everyone = (*audit.cells, *audit.baselines)
    return env.get_template("page.html.j2").render(
        audit=audit,
        celsius=lambda T: f"{T - ZERO_CELSIUS:.6g}",
        voids=voids,
        everyone=everyone,
        words=words,
        tally=words.tally(audit),
        pack=words.pack_note(audit),
        spread=words.spread_note(),
        conditions=_columns(words.conditions, everyone),
        energies=_columns(words.energies, everyone),
        endings=[f.result.steps[-1].ending.sentence for f in everyone],
        models=sorted({f.result.model for f in everyone}),
        pictures=_pictures(audit),
        version=__version__,
        date=datetime.now(UTC).date().isoformat(),
    )


def doi_link(doi: str) -> str:
    """The address of a DOI at doi.org; any other characters are quoted."""
    return "https://doi.org/" + quote(doi, safe="/()-._;:")


def breakable(name: str) -> Markup:
    """A name with optional line breaks after underscores."""
    return Markup("_<wbr>").join(name.split("_"))


def _columns(describe: Callable[[Figures], dict[str, str]], figures: Iterable[Figures]) -> dict[str, list[str]]:
    """{quantity: [text of each cell]} from {quantity: text} of each cell."""
    rows = [describe(f) for f in figures]
    return {key: [row[key] for row in rows] for key in rows[0]}


def _pictures(audit: Audit) -> dict[str, list[Picture]]:
    """Pictures by section, with unique ids."""
    made: dict[str, list[Picture]] = {}
    for k, (section, figure, caption) in enumerate(_drawn(audit)):
        made.setdefault(section, []).append(Picture(Markup(inline_svg(figure, f"p{k}-", caption)), caption))
    return made


def _drawn(audit: Audit) -> Iterator[tuple[str, Any, str]]:
    """(section, Figure, caption) of every picture."""
    everyone = (*audit.baselines, *audit.cells)
    yield (
        "ratios",
        plots.plot_audit(audit),
        "Ratio of the energy density of each cell to each baseline: per mass (dots) and per volume (squares), "
        "with 5 % to 95 % intervals (bars). The thick line is the claimed ratio of "
        f"{audit.claim.factor:g}, the dotted line a ratio of 1.",
    )
    yield from _cost_drawn(audit)
    yield (
        "energies",
        plots.energy_bars(audit),
        "Energy density per mass and per volume at cell level (bars; hatched: liquid electrolyte) with "
        "5 % – 95 % intervals (lines), at stack level without packaging (▷) and at pack level (◁, assumed "
        "factor).",
    )
    for m in audit.maps:
        yield ("maps", plots.ratio_map(m), _map_caption(m))
    for f in everyone:
        yield (
            "waterfalls",
            plots.waterfall(f),
            f"Mass and volume of {f.name} by component. Each bar starts at the end of the previous one. Blue: "
            "materials that store energy; orange: all other components.",
        )
    for f in everyone:
        yield (
            "curves",
            plots.discharge_curves(f),
            f"Simulated voltage of {f.name} against delivered charge per electrode area. Darker and wider "
            "lines: higher rates; rates: "
            f"{', '.join(f'{rate:.3g} C' for rate, _ in f.rates)}.{words.early_ends(f)}",
        )
    yield (
        "ragone",
        plots.ragone(everyone),
        "Energy against mean power of constant-current discharges, both per mass of the cell. Solid lines: "
        "solid electrolyte; dashed lines: liquid electrolyte.",
    )


def _cost_drawn(audit: Audit) -> Iterator[tuple[str, Any, str]]:
    """Pictures of the claim about cost."""
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


def _map_caption(m: RatioMap) -> str:
    unit = words.METRICS[m.metric]
    text = (
        f"Ratio of {m.cell} to {m.baseline} in {unit} as a function of areal capacity and {m.varied} "
        "thickness. Lines are labelled with the ratio; the star marks the cell. Orange: below the claimed "
        f"factor {m.factor:g}; purple: above; thick line: equal to it."
    )
    return text + (" Hatched: no such cell can be built or simulated." if np.isnan(m.ratio).any() else "")
