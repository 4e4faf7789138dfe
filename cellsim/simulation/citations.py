"""What to cite for a run: program, model, methods and parameter set, as text and as BibTeX."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..kernels.layout import System
from ..parameters import Cell
from ..parameters.sources import sources_used
from ..parameters.variation import CITATION

if TYPE_CHECKING:
    from .result import Result

_LATEX = str.maketrans(
    {
        **{c: f"\\{c}" for c in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


@dataclass(frozen=True)
class Citation:
    """One source.  fields: as in BibTeX; use: what the run has of it; kind: of the BibTeX entry.

    A source of a parameter set has only the fields "note", its citation as the set states it, and perhaps "doi".
    """

    key: str
    use: str
    fields: Mapping[str, str]
    kind: str = "article"

    @property
    def doi(self) -> str:
        """The DOI without the address of a resolver, "" if none is known."""
        return self.fields.get("doi", "")

    def __str__(self) -> str:
        get = self.fields.get
        where = [
            get("journal") or get("booktitle"),
            get("volume"),
            f"({get('year')})" if get("year") else "",
            get("pages", "").split("--")[0],
        ]
        parts = [
            _listed(get("author", "")),
            get("title"),
            " ".join(filter(None, where)),
            get("note"),
            f"doi:{self.doi}" if self.doi else "",
        ]
        return ", ".join(filter(None, parts))

    def bibtex(self, key: str) -> str:
        """The BibTeX entry under a key; a comment if there is neither a title nor a DOI to make one of."""
        if not self.doi and "title" not in self.fields:
            return f"% {key} has no DOI: {self.fields['note']}"
        lines = [f"  {name} = {{{_value(name, text, self.kind)}}}" for name, text in self.fields.items()]
        return ",\n".join([f"@{self.kind}{{{key}", *lines]) + "\n}"


def _listed(authors: str) -> str:
    """Authors of BibTeX as one writes them: "A, B and C", or "A, B et al."."""
    *first, last = authors.split(" and ")
    if last == "others":
        return f"{', '.join(first)} et al."
    return f"{', '.join(first)} and {last}" if first else last


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _value(name: str, text: str, kind: str) -> str:
    """The value of a BibTeX field."""
    if name == "doi":
        return re.sub(r"[\s{}\\%]", "", text)
    text = text.translate(_LATEX)
    kept = name == "title" or (name == "author" and kind == "misc")  # capitals, and the name of a group
    return f"{{{text}}}" if kept else text


METHODS = ("shampine1997", "bank1985", "hosea1996", "druskin1999", "newman1968")
SOFTWARE = ("lam2015", "harris2020")


@cache
def table() -> dict[str, Citation]:
    """The papers of `references.toml` by key; no one writes to it."""
    import tomllib

    raw = tomllib.loads((Path(__file__).parent / "references.toml").read_text(encoding="utf-8"))
    return {key: Citation(key, row.pop("use"), kind=row.pop("kind", "article"), fields=row) for key, row in raw.items()}


@dataclass(frozen=True)
class Citations:
    """What to cite for a run; `str` of it is a list to read, `bibtex()` a list for LaTeX.

    groups: heading and sources; remarks: what a reader of it should know, one sentence each.
    """

    groups: tuple[tuple[str, tuple[Citation, ...]], ...]
    remarks: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Citation]:
        return (found for _, group in self.groups for found in group)

    def __str__(self) -> str:
        lines = []
        for heading, group in self.groups:
            lines += [heading, *(f"  {found.use}: {found}" if found.use else f"  {found}" for found in group)]
        return "\n".join([*lines, *(f"note: {remark}" for remark in self.remarks)])

    def bibtex(self) -> str:
        """The content of a .bib file; sources of which only a text without DOI is known are comments in it."""
        entries: dict[str, Citation] = {}
        for found in self:
            key = re.sub(r"[^A-Za-z0-9_:.-]", "_", found.key)
            while key in entries and entries[key].fields != found.fields:
                key += "_"
            entries.setdefault(key, found)
        return (
            "\n\n".join(
                [
                    *(found.bibtex(key) for key, found in entries.items()),
                    *(f"% {_one_line(remark)}" for remark in self.remarks),
                ]
            )
            + "\n"
        )


def basis_of(cell: Cell, sys: System, model: str, kinked: Collection[bool], *, heat: bool) -> dict[str, Any]:
    """What a run rests on, as `Result.basis` keeps it.

    model: its name; kinked: whether steps followed a profile, of all; heat: whether the temperature of the cell was
    simulated.
    "uses": keys of `table`; "sources": those of the parameter set by key, with "citation" and perhaps "doi".
    """
    lithium = sys.foil[0] if sys.foil.size else None
    uses = _uses(
        model,
        kinked,
        heat=heat,
        insertion=cell.text("negative electrode/type") != "lithium metal",
        creep=lithium is not None and lithium["creep"] > 0.0 and lithium["share"] > 0.0,
        growth=lithium is not None and lithium["k_p"] > 0.0 and lithium["k_l"] > 0.0,
    )
    return {"uses": uses, "sources": dict(_sources(cell, heat))}


@lru_cache(maxsize=64)
def _sources(cell: Cell, design: bool) -> dict[str, dict[str, str]]:
    """Citation and DOI of the sources used; runs share them, no one writes to them."""
    return {
        key: {name: source[name] for name in ("citation", "doi") if source.get(name)}
        for key, source in sources_used(cell, design=design).items()
    }


def basis_in(meta: Mapping[str, Any]) -> dict[str, Any] | None:
    """The basis of a result in what its file says of it, None if that was written by version 0.1.0.

    Raises ValueError if it has another form than `basis_of` gives it.
    """
    basis = meta.get("basis")
    if basis is None:
        return None

    def texts(values: Iterable[Any]) -> bool:
        return all(isinstance(value, str) for value in values)

    if not (
        isinstance(basis, dict)
        and isinstance(basis.get("uses"), list)
        and texts(basis["uses"])
        and isinstance(basis.get("sources"), dict)
        and all(
            isinstance(source, dict) and "citation" in source and texts(source.values())
            for source in basis["sources"].values()
        )
    ):
        raise ValueError("basis: expected the keys of methods and the sources of the parameter set")
    return basis


def _uses(
    model: str, kinked: Collection[bool], *, heat: bool, insertion: bool, creep: bool = False, growth: bool = False
) -> list[str]:
    """Keys of `table` that a run makes use of, without the software."""
    wanted = {
        "doyle1993": model == "DFN",
        "fuller1994": model == "DFN" and insertion,
        "marquis2019": model in ("SPM", "SPMe"),
        "danilov2011": model == "ThinFilm",
        "bernardi1985": heat,
        "masias2019": creep,
        "deal1965": growth,
        "shampine1997": False in kinked,
        "bank1985": True in kinked,
        "hosea1996": True in kinked,
        "druskin1999": True,
        "newman1968": model in ("DFN", "SPM"),
    }
    return [key for key, used in wanted.items() if used]


def citations_of(result: "Result") -> Citations:
    """What to cite for a result; one of version 0.1.0 does not hold the sources of its parameter set."""
    basis = result.basis
    if basis is None:
        names = set(result)
        basis = {
            "uses": _uses(
                result.model,
                {step.kinked for step in result.steps},
                heat="Heat generated [J]" in names,
                insertion="Total lithium in negative electrode [mol]" in names,
            )
        }
    uses = [table()[key] for key in basis["uses"] if key in table()]
    groups = [
        ("Program", (_cellsim(), *(table()[key] for key in SOFTWARE))),
        (f"Model {result.model}", tuple(found for found in uses if found.key not in METHODS)),
        ("Methods", tuple(found for found in uses if found.key in METHODS)),
    ]
    if "sources" not in basis:
        remark = (
            f"this result does not hold the sources of its parameter set {result.cell}, as version 0.1.0 did not "
            "keep them; the sources of a set are in cellsim.load(NAME).sources"
        )
        return Citations(tuple(groups), (remark,))
    published = {
        key: source for key, source in basis["sources"].items() if key != "cellsim" and source["citation"] != CITATION
    }
    groups.append((f"Parameter set {result.cell}", tuple(_of_set(*item) for item in published.items())))
    remark = (
        f"some values of {result.cell} were assumed, computed or changed by the user; cell.provenance() lists "
        "where each value comes from"
    )
    return Citations(tuple(groups), () if len(published) == len(basis["sources"]) else (remark,))


def _cellsim() -> Citation:
    from .. import __version__

    return Citation(
        "cellsim",
        "",
        {
            "author": "cellsim developers",
            "note": f"version {__version__}",
            "title": "cellsim: electrochemical cells, liquid and solid, from sourced parameters",
        },
        "misc",
    )


def _of_set(key: str, source: Mapping[str, str]) -> Citation:
    """A source of a parameter set: the entry of the table with its DOI, or else its citation as it stands."""
    doi = source.get("doi", "").strip().removeprefix("https://doi.org/")
    known = next((found for found in table().values() if doi and found.doi.lower() == doi.lower()), None)
    if known is not None:
        return Citation(known.key, "", known.fields, known.kind)
    fields = {"note": _one_line(source["citation"])} | ({"doi": doi} if doi else {})
    return Citation(key, "", fields, "misc")
