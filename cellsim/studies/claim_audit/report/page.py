"""The report: one HTML file with everything in it."""
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import jinja2
import numpy as np
from markupsafe import Markup

from .... import __version__
from ....drawing import style as plots
from ....drawing.svg import inline_svg
from ....support.files import replacing
from .. import charging_claim, voids
from . import words


@dataclass(frozen=True)
class Picture:
    """Inline SVG and what it shows and how to read it."""

    svg: Markup
    caption: str


def write_page(audit, path):
    """Write the report of an audit as one self-contained HTML file.

    Nothing is half-written.  Raises ReportError if the file cannot be written.
    """
    text = page(audit)
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def page(audit) -> str:
    """The report of an audit as HTML."""
    env = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
                             lstrip_blocks=True, loader=jinja2.FileSystemLoader(Path(__file__).parent))
    env.filters |= {"doi": doi_link, "breakable": breakable}
    everyone = (*audit.cells, *audit.baselines)
    return env.get_template("page.html.j2").render(
        audit=audit, charging=charging_claim, voids=voids, everyone=everyone, words=words, tally=words.tally(audit),
        pack=words.pack_note(audit), spread=words.spread_note(),
        conditions=_columns(words.conditions, everyone), energies=_columns(words.energies, everyone),
        endings=[f.result.steps[-1].ending.sentence for f in everyone],
        models=sorted({f.result.model for f in everyone}), pictures=_pictures(audit),
        version=__version__, date=datetime.now(UTC).date().isoformat())


def doi_link(doi) -> str:
    """The address of a DOI; whatever the file says, it leads to doi.org and nowhere else."""
    return "https://doi.org/" + quote(doi, safe="/()-._;:")


def breakable(name) -> Markup:
    """A name that may be broken into lines after its underscores."""
    return Markup("_<wbr>").join(name.split("_"))


def _columns(describe, figures):
    """{quantity: [text of each cell]} from {quantity: text} of each cell."""
    rows = [describe(f) for f in figures]
    return {key: [row[key] for row in rows] for key in rows[0]}


def _pictures(audit) -> dict[str, list[Picture]]:
    """Pictures by section, with ids that differ."""
    made: dict[str, list[Picture]] = {}
    for k, (section, figure, caption) in enumerate(_drawn(audit)):
        made.setdefault(section, []).append(Picture(Markup(inline_svg(figure, f"p{k}-", caption)), caption))
    return made


def _drawn(audit):
    """(section, Figure, caption) of every picture."""
    everyone = (*audit.baselines, *audit.cells)
    yield ("ratios", plots.plot_audit(audit),
           "Energy density of each cell over that of each baseline: dots per mass, squares per volume, bars "
           "from the 5 % to the 95 % quantile. Right of the thick line the ratio is above "
           f"{audit.claim.factor:g}, as claimed; at the dotted line cell and baseline are equal.")
    yield ("energies", plots.energy_bars(audit),
           "Energy density of each cell per mass and per volume at cell level (bar; hatched: liquid "
           "electrolyte) with its 5 % – 95 % interval (line), at stack level without packaging (▷) and in a "
           "pack (◁, assumed factor).")
    for m in audit.maps:
        yield ("maps", plots.ratio_map(m), _map_caption(m))
    for f in everyone:
        yield ("waterfalls", plots.waterfall(f),
               f"Where the mass and the volume of {f.name} go. Each bar starts where the one above ends, so "
               "they add up to the cell: first, in blue, what stores energy, then, in orange, what holds it "
               "together.")
    for f in everyone:
        yield ("curves", plots.discharge_curves(f),
               f"Simulated voltage of {f.name} over the charge delivered per electrode area. The further "
               "right a curve ends, the more of the charge is usable at that rate; the lower it lies, the "
               "more energy is lost. Faster is darker and wider; rates: "
               f"{', '.join(f'{rate:.3g} C' for rate, _ in f.rates)}.{words.early_ends(f)}")
    yield ("ragone", plots.ragone(everyone),
           "Energy against mean power of discharges at constant current, both per mass of the cell. Further "
           "up is more energy, further right more power; a line that falls steeply belongs to a cell that "
           "does not like fast discharge. Unbroken lines: solid electrolyte; broken lines: liquid "
           "electrolyte.")


def _map_caption(m):
    unit = words.METRICS[m.metric]
    text = (f"Ratio of {m.cell} to {m.baseline} in {unit} if areal capacity and {m.varied} thickness were "
            "others. Numbers on the lines are ratios; the star is the cell as it is. Orange: below the "
            f"claimed factor {m.factor:g}, purple: above; the thick line between them is where the claim "
            "just holds.")
    return text + (" Hatched: no such cell can be made or simulated." if np.isnan(m.ratio).any() else "")
