"""What to cite for a run: program, model, methods and parameter set, as text and as BibTeX."""
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..kernels.layout import System
from ..parameters import Cell
from ..parameters.cell import VARIATION
from ..parameters.sources import sources_used

if TYPE_CHECKING:
    from .result import Result, StepResult

JES = "Journal of The Electrochemical Society"
_LATEX = str.maketrans({**{c: f"\\{c}" for c in "&%$#_{}"}, "\\": r"\textbackslash{}", "~": r"\textasciitilde{}",
                        "^": r"\textasciicircum{}"})


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
        where = [get("journal") or get("booktitle"), get("volume"), f"({get('year')})" if get("year") else "",
                 get("pages", "").split("--")[0]]
        parts = [_listed(get("author", "")), get("title"), " ".join(filter(None, where)), get("note"),
                 f"doi:{self.doi}" if self.doi else ""]
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


TABLE = {key: Citation(key, use, fields, kind) for key, use, kind, fields in (
    ("doyle1993", "DFN", "article", {
        "author": "M. Doyle and T. F. Fuller and J. Newman", "journal": JES, "volume": "140", "pages": "1526--1533",
        "title": "Modeling of Galvanostatic Charge and Discharge of the Lithium/Polymer/Insertion Cell",
        "year": "1993", "doi": "10.1149/1.2221597"}),
    ("fuller1994", "DFN with two insertion electrodes", "article", {
        "author": "T. F. Fuller and M. Doyle and J. Newman", "journal": JES, "volume": "141", "pages": "1--10",
        "title": "Simulation and Optimization of the Dual Lithium Ion Insertion Cell", "year": "1994",
        "doi": "10.1149/1.2054684"}),
    ("marquis2019", "SPM and SPMe", "article", {
        "author": "S. G. Marquis and V. Sulzer and R. Timms and C. P. Please and S. J. Chapman", "journal": JES,
        "title": "An Asymptotic Derivation of a Single Particle Model with Electrolyte", "volume": "166",
        "pages": "A3693--A3706", "year": "2019", "doi": "10.1149/2.0341915jes"}),
    ("danilov2011", "thin film", "article", {
        "author": "D. Danilov and R. A. H. Niessen and P. H. L. Notten", "journal": JES, "volume": "158",
        "title": "Modeling All-Solid-State Li-Ion Batteries", "pages": "A215--A222", "year": "2011",
        "doi": "10.1149/1.3521414"}),
    ("bernardi1985", "heat", "article", {
        "author": "D. Bernardi and E. Pawlikowski and J. Newman", "journal": JES, "volume": "132", "pages": "5--12",
        "title": "A General Energy Balance for Battery Systems", "year": "1985", "doi": "10.1149/1.2113792"}),
    ("masias2019", "creep of lithium metal", "article", {
        "author": "A. Masias and N. Felten and R. Garcia-Mendez and J. Wolfenstine and J. Sakamoto",
        "title": "Elastic, plastic, and creep mechanical properties of lithium metal", "volume": "54",
        "journal": "Journal of Materials Science", "pages": "2585--2600", "year": "2019",
        "doi": "10.1007/s10853-018-2971-3"}),
    ("deal1965", "growth of the interphase", "article", {
        "author": "B. E. Deal and A. S. Grove", "title": "General Relationship for the Thermal Oxidation of Silicon",
        "journal": "Journal of Applied Physics", "volume": "36", "pages": "3770--3778", "year": "1965",
        "doi": "10.1063/1.1713945"}),
    ("shampine1997", "integration in time, NDF", "article", {
        "author": "L. F. Shampine and M. W. Reichelt", "title": "The MATLAB ODE Suite", "volume": "18",
        "journal": "SIAM Journal on Scientific Computing", "pages": "1--22", "year": "1997",
        "doi": "10.1137/S1064827594276424"}),
    ("bank1985", "integration along profiles, TR-BDF2", "article", {
        "author": "R. E. Bank and W. M. Coughran and W. Fichtner and E. H. Grosse and D. J. Rose and R. K. Smith",
        "title": "Transient Simulation of Silicon Devices and Circuits", "volume": "4", "pages": "436--451",
        "journal": "IEEE Transactions on Computer-Aided Design of Integrated Circuits and Systems", "year": "1985",
        "doi": "10.1109/TCAD.1985.1270142"}),
    ("hosea1996", "integration along profiles, TR-BDF2", "article", {
        "author": "M. E. Hosea and L. F. Shampine", "title": "Analysis and implementation of TR-BDF2", "volume": "20",
        "journal": "Applied Numerical Mathematics", "pages": "21--37", "year": "1996",
        "doi": "10.1016/0168-9274(95)00115-8"}),
    ("druskin1999", "mesh of particles and films, optimal grids", "article", {
        "author": "V. Druskin and L. Knizhnerman", "journal": "SIAM Journal on Numerical Analysis", "volume": "37",
        "title": "Gaussian Spectral Rules for the Three-Point Second Differences: I. A Two-Point Positive Definite "
                 "Problem in a Semi-Infinite Domain", "pages": "403--422", "year": "1999"}),
    ("newman1968", "linear systems, BAND", "article", {
        "author": "J. Newman", "title": "Numerical Solution of Coupled, Ordinary Differential Equations",
        "journal": "Industrial & Engineering Chemistry Fundamentals", "volume": "7", "pages": "514--517",
        "year": "1968", "doi": "10.1021/i160027a025"}),
    ("lam2015", "compiler", "inproceedings", {
        "author": "S. K. Lam and A. Pitrou and S. Seibert", "title": "Numba: A LLVM-based Python JIT Compiler",
        "booktitle": "Proceedings of the Second Workshop on the LLVM Compiler Infrastructure in HPC",
        "pages": "1--6", "year": "2015", "doi": "10.1145/2833157.2833162"}),
    ("harris2020", "arrays", "article", {
        "author": "C. R. Harris and K. J. Millman and S. J. van der Walt and others", "journal": "Nature",
        "title": "Array programming with NumPy", "volume": "585", "pages": "357--362", "year": "2020",
        "doi": "10.1038/s41586-020-2649-2"}),
)}
METHODS = ("shampine1997", "bank1985", "hosea1996", "druskin1999", "newman1968")
SOFTWARE = ("lam2015", "harris2020")
_BY_DOI = {found.doi.lower(): found for found in TABLE.values() if found.doi}


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
        return "\n\n".join([*(found.bibtex(key) for key, found in entries.items()),
                            *(f"% {_one_line(remark)}" for remark in self.remarks)]) + "\n"


def basis_of(cell: Cell, sys: System, model: str, steps: Iterable["StepResult"], *, heat: bool) -> dict[str, Any]:
    """What a run rests on, as `Result.basis` keeps it.

    model: its name; heat: whether the temperature of the cell was simulated.
    "uses": keys of `TABLE`; "sources": those of the parameter set by key, with "citation" and perhaps "doi".
    """
    lithium = sys.foil[0] if sys.foil.size else None
    uses = _uses(model, steps, heat=heat, insertion=cell.text("negative electrode/type") != "lithium metal",
                 creep=lithium is not None and lithium["creep"] > 0.0 and lithium["share"] > 0.0,
                 growth=lithium is not None and lithium["k_p"] > 0.0 and lithium["k_l"] > 0.0)
    return {"uses": uses, "sources": dict(_sources(cell, heat))}


@lru_cache(maxsize=64)
def _sources(cell: Cell, design: bool) -> dict[str, dict[str, str]]:
    """Citation and DOI of the sources used; runs share them, no one writes to them."""
    return {key: {name: source[name] for name in ("citation", "doi") if source.get(name)}
            for key, source in sources_used(cell, design=design).items()}


def basis_in(meta: Mapping[str, Any]) -> dict[str, Any] | None:
    """The basis of a result in what its file says of it, None if that was written by version 0.1.0.

    Raises ValueError if it has another form than `basis_of` gives it.
    """
    basis = meta.get("basis")
    if basis is None:
        return None
    def texts(values: Iterable[Any]) -> bool:
        return all(isinstance(value, str) for value in values)

    if not (isinstance(basis, dict) and isinstance(basis.get("uses"), list) and texts(basis["uses"])
            and isinstance(basis.get("sources"), dict)
            and all(isinstance(source, dict) and "citation" in source and texts(source.values())
                    for source in basis["sources"].values())):
        raise ValueError("basis: expected the keys of methods and the sources of the parameter set")
    return basis


def _uses(model: str, steps: Iterable["StepResult"], *, heat: bool, insertion: bool, creep: bool = False,
          growth: bool = False) -> list[str]:
    """Keys of `TABLE` that a run makes use of, without the software."""
    kinked = {step.kinked for step in steps}
    wanted = {
        "doyle1993": model == "DFN", "fuller1994": model == "DFN" and insertion,
        "marquis2019": model in ("SPM", "SPMe"), "danilov2011": model == "ThinFilm", "bernardi1985": heat,
        "masias2019": creep, "deal1965": growth, "shampine1997": False in kinked, "bank1985": True in kinked,
        "hosea1996": True in kinked, "druskin1999": True, "newman1968": model in ("DFN", "SPM")}
    return [key for key, used in wanted.items() if used]


def citations_of(result: "Result") -> Citations:
    """What to cite for a result; one of version 0.1.0 does not hold the sources of its parameter set."""
    basis = result.basis
    if basis is None:
        names = set(result)
        basis = {"uses": _uses(result.model, result.steps, heat="Heat generated [J]" in names,
                               insertion="Total lithium in negative electrode [mol]" in names)}
    uses = [TABLE[key] for key in basis["uses"] if key in TABLE]
    groups = [("Program", (_cellsim(), *(TABLE[key] for key in SOFTWARE))),
              (f"Model {result.model}", tuple(found for found in uses if found.key not in METHODS)),
              ("Methods", tuple(found for found in uses if found.key in METHODS))]
    if "sources" not in basis:
        remark = (f"this result does not hold the sources of its parameter set {result.cell}, as version 0.1.0 did not "
                  "keep them; the sources of a set are in cellsim.load(NAME).sources")
        return Citations(tuple(groups), (remark,))
    published = {key: source for key, source in basis["sources"].items()
                 if key != "cellsim" and source["citation"] != VARIATION["citation"]}
    groups.append((f"Parameter set {result.cell}", tuple(_of_set(*item) for item in published.items())))
    remark = (f"some values of {result.cell} were assumed, computed or changed by the user; cell.provenance() lists "
              "where each value comes from")
    return Citations(tuple(groups), () if len(published) == len(basis["sources"]) else (remark,))


def _cellsim() -> Citation:
    from .. import __version__

    return Citation("cellsim", "", {
        "author": "cellsim developers", "note": f"version {__version__}",
        "title": "cellsim: electrochemical cells, liquid and solid, from sourced parameters"}, "misc")


def _of_set(key: str, source: Mapping[str, str]) -> Citation:
    """A source of a parameter set: the entry of the table with its DOI, or else its citation as it stands."""
    doi = source.get("doi", "").strip().removeprefix("https://doi.org/")
    known = _BY_DOI.get(doi.lower())
    if known is not None:
        return Citation(known.key, "", known.fields, known.kind)
    fields = {"note": _one_line(source["citation"])} | ({"doi": doi} if doi else {})
    return Citation(key, "", fields, "misc")
