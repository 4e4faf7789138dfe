"""The public interface, and the functions that pages name, from their docstrings."""

import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import cellsim

from .files import keep

GROUPS = {
    "Cells and parameter sets": ("cells", "load", "Cell", "overlays", "with_overlay"),
    "Exchange": ("from_pybamm", "to_pybamm", "to_bpx"),
    "Materials": ("materials", "material", "conductivities", "design_cell", "with_grains"),
    "Models": ("DFN", "SPMe", "SPM", "ThinFilm"),
    "Protocols": ("Protocol", "Step", "Limit", "Profile", "charge", "discharge", "hold", "rest", "cycle", "profile"),
    "One run": ("simulate", "Result", "Lumped", "ThermalNetwork"),
    "Many runs": ("Case", "cases", "simulate_many", "compare"),
    "Charging": (
        "charge_study",
        "charge_wear",
        "ChargeConstraints",
        "constrained_charge",
        "ConstrainedCharge",
        "fastest_charge",
        "staged_charge",
        "charge_map",
        "pareto",
        "robust_charge",
        "fleet_charge",
    ),
    "Claims": ("audit", "Audit", "load_claim", "load_charging_claim", "maker_claims", "validate"),
    "Cost": ("cost", "CostStudy"),
    "Measured data": ("read_cycler", "CyclerData"),
    "Impedance": ("impedance", "Spectrum"),
    "Estimation": (
        "fit",
        "Fit",
        "MeasuredRun",
        "MeasuredSpectrum",
        "sensitivity",
        "Sensitivity",
        "derivatives",
        "Derivatives",
        "calibrate",
    ),
    "Electrodes from data": ("fit_ocp", "fit_windows", "fit_gitt"),
    "Lives": (
        "age",
        "store",
        "Life",
        "age_in_use",
        "age_many",
        "life_map",
        "uncertain_lives",
        "Lives",
        "fit_ageing",
        "fastest_that_lasts",
    ),
    "Errors and warnings": (
        "CellsimError",
        "ParameterError",
        "ProtocolError",
        "ClaimError",
        "ReportError",
        "SolveError",
        "CellsimWarning",
        "Ending",
    ),
}
MADE_BY_CELLSIM = {"CyclerData", "Result", "Fit", "Sensitivity", "Audit", "CostStudy", "Spectrum"}
ITEM = re.compile(r"([a-z_]\w*(?:(?:, | and | or )[a-z_]\w*)*(?: [\[(][^\])]*[\])])*): (.*)", re.ASCII)
NAMED = re.compile(r"\{py:func\}`(?:[^`<]*<)?~?(cellsim(?:\.\w+)+)>?`")


def docstring_lines(_app: Any, _what: str, name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    """Turn a docstring of cellsim, plain text with arguments as `name: meaning`, into reStructuredText, in place."""
    if name.startswith("cellsim"):
        lines[:] = _rst("\n".join(lines)).splitlines()


def public_signature(
    _app: Any, what: str, name: str, thing: Any, _options: Any, signature: str | None, returns: str | None
) -> tuple[str, str | None] | None:
    """The signature of a class without its private arguments; none for classes that the package makes itself."""
    if what != "class" or signature is None or not name.startswith("cellsim"):
        return None
    parameters = inspect.signature(thing).parameters.values()
    if any(p.name.startswith("_") for p in parameters) or name.rpartition(".")[2] in MADE_BY_CELLSIM:
        return "", returns
    return signature, returns


def _rst(text: str) -> str:
    paragraphs = []
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
        lines = paragraph.splitlines()
        if number and len(lines) > 1 and all(line.startswith(" ") for line in lines):
            paragraphs.append("::\n\n" + "\n".join("    " + line for line in lines))
            continue
        parts: list[str] = []
        for line in lines:
            item = ITEM.match(line) if number else None
            if item:
                parts.append(f"- **{_escaped(item[1])}**: {_escaped(item[2])}")
            elif parts and not line.startswith(("Raises ", "Returns ")):
                inside = "  " if parts[-1].startswith("- ") else ""
                parts[-1] += "\n" + inside + _escaped(line.strip())
            else:
                parts.append(_escaped(line))
        paragraphs.append("\n\n".join(parts))
    return "\n\n".join(paragraphs) + "\n"


def _escaped(line: str) -> str:
    """A line with code as code and all else as it is; public names are links."""
    out = []
    for k, part in enumerate(line.split("`")):
        if k % 2 == 0:
            out.append(re.sub(r"([*|\\])|(_)(?!\w)", lambda m: "\\" + m[0], part))
        elif part.removeprefix("cellsim.") in cellsim.__all__:
            out.append(f":py:obj:`~cellsim.{part.removeprefix('cellsim.')}`\\ ")
        else:
            out.append(f"``{part}``\\ " if part else "")
    return "".join(out)


def write_api(target: Path) -> None:
    """One page with every name in `cellsim.__all__`."""
    known = {name for names in GROUPS.values() for name in names}
    groups = {title: [n for n in names if n in cellsim.__all__] for title, names in GROUPS.items()}
    groups["Further names"] = [n for n in cellsim.__all__ if n not in known]
    text = [
        "# Python API\n",
        "Everything public is an attribute of `cellsim`. Discharge current is positive. Units "
        "are SI, except Ah and Wh, and are given in brackets.\n",
    ]
    for title, names in groups.items():
        if names:
            text.append(f"## {title}\n")
        text += [_entry(name) for name in names]
    keep(target / "api.md", "\n".join(text))


def _entry(name: str) -> str:
    thing = getattr(cellsim, name)
    if not inspect.isclass(thing):
        body = f".. autofunction:: cellsim.{name}"
    elif issubclass(thing, int):
        body = f".. autoclass:: cellsim.{name}\n   :members: is_failure, stops_run, sentence\n   :no-index:"
    elif issubclass(thing, Exception):
        body = f".. autoclass:: cellsim.{name}\n   :no-index:"
    else:
        body = f".. autoclass:: cellsim.{name}\n   :members:\n   :no-index:"
    return f"### {name}\n\n```{{eval-rst}}\n{body}\n```\n"


def named_functions(source: Path) -> set[str]:
    """Dotted names of all functions that the pages in `source` refer to."""
    return {name for page in source.rglob("*.md") for name in NAMED.findall(page.read_text(encoding="utf-8"))}


def resolve(dotted: str) -> Any:
    """The object of a dotted name.  Raises ImportError or AttributeError where there is none."""
    parts = dotted.split(".")
    for k in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:k]))
        except ModuleNotFoundError:
            continue
        for name in parts[k:]:
            found = getattr(found, name)
        return found
    raise ImportError(f"there is no module {parts[0]}")


def write_functions(source: Path, target: Path) -> None:
    """One page with signature and docstring of every function that a page names, by module."""
    wanted: dict[str, list[str]] = {}
    for dotted in sorted(named_functions(source)):
        if dotted.count(".") == 1 and inspect.isfunction(resolve(dotted)):
            continue  # of the public interface, which has a page of its own
        wanted.setdefault(dotted.rpartition(".")[0], []).append(dotted)
    text = [
        "# Functions behind the pages\n",
        "Signature and docstring of every internal function that the theory and "
        "architecture pages name. They may change between releases; the [public interface](api.md) is kept.\n",
    ]
    for home, names in wanted.items():
        text.append(f"## {home.removeprefix('cellsim.')}\n")
        for dotted in names:
            text.append(_function(dotted))
    keep(target / "functions.md", "\n".join(text))


def _function(dotted: str) -> str:
    thing = resolve(dotted)
    thing = getattr(thing, "py_func", thing)
    try:
        signature = str(inspect.signature(thing))
    except (TypeError, ValueError):
        signature = "()"
    signature = re.sub(r"'|cellsim\.(\w+\.)*|<function (\w+) at 0x\w+>", "", signature)
    body = _rst(inspect.getdoc(thing) or "").replace("\n", "\n   ")
    return f"```{{eval-rst}}\n.. py:function:: {dotted}{signature}\n\n   {body.rstrip()}\n```\n"
