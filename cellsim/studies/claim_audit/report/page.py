"""The report of an audit as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from .... import __version__
from ....support.files import replacing
from ...labels import label, labelled
from .. import voids
from ..records import Figures
from . import matrices, words
from .pictures import Picture as Picture
from .pictures import pictures
from .strip import strip
from .what_if import ERRORS, what_if

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

Begun = Mapping[str, "Future[Any]"] | None

# pages of the documentation on the methods of a claim, from the folder of the project
PAGES = {
    "energy": ("docs/theory/design.md", "docs/theory/studies.md"),
    "charging": ("docs/how_to/fast_charge.md", "docs/theory/studies.md"),
    "power": ("docs/how_to/vehicles.md",),
    "cost": ("docs/how_to/cost.md", "docs/theory/cost.md"),
    "vehicles": ("docs/how_to/vehicles.md", "docs/theory/packs.md"),
    "storage": ("docs/how_to/storage.md",),
    "life": ("docs/how_to/ageing.md", "docs/theory/ageing.md"),
    "comparisons with measurements": ("docs/validation.md", "docs/trust.md"),
}


def write_page(audit: Audit, path: str | PathLike[str], begun: Begun = None) -> None:
    """Write the report of an audit as one self-contained HTML file, atomically.  Raises ReportError.

    begun: pictures that are drawn elsewhere, see `pictures.pictures`.
    """
    with replacing(path) as partial:
        partial.write_text(page(audit, begun), encoding="utf-8")


def page(audit: Audit, begun: Begun = None) -> str:
    """The report of an audit as HTML; begun: as in `write_page`."""
    env = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        finalize=_said,
    )
    env.filters |= {"doi": doi_link, "breakable": breakable, "label": label}
    everyone = (*audit.cells, *audit.baselines)
    return env.get_template("page.html.j2").render(
        audit=audit,
        sections=list(dict.fromkeys(s.claim for s in audit.announcement)),
        strip=strip,
        voids=voids,
        everyone=everyone,
        words=words,
        matrices=matrices,
        pages=PAGES,
        pack=words.pack_note(audit),
        spread=words.spread_note(),
        conditions=_columns(words.conditions, everyone),
        energies=_columns(words.energies, everyone),
        endings=[f.result.steps[-1].ending.sentence for f in everyone],
        models=sorted({f.result.model for f in everyone}),
        pictures=pictures(audit, begun),
        what_if=what_if(audit),
        what_if_caption="Each number at both ends of its slider, the others as they are; interpolated",
        errors=ERRORS,
        version=__version__,
        date=datetime.now(UTC).date().isoformat(),
    )


def _said(value: object) -> object:
    """What an expression of the template becomes: labels and units as written in the field, but for markup."""
    return labelled(value) if isinstance(value, str) and not isinstance(value, Markup) else value


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


__all__ = ["breakable", "doi_link", "page", "write_page"]
