"""Pages of the documentation: their Python runs, the functions and files that they name exist."""

import re
import sys
import warnings
from importlib import import_module
from pathlib import Path

import matplotlib
import pytest

import cellsim

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(p for p in DOCS.rglob("*.md") if "generated" not in p.relative_to(DOCS).parts)
ROOT_PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)  # fragments are marked `py` and not run
NAMED = re.compile(r"\{py:func\}`(?:[^`<]*<)?~?(cellsim(?:\.\w+)+)>?`")
LINK = re.compile(r"(!?)\[[^\]]*\]\((?!https?:|mailto:)([^)\s#]*)(?:#[^)\s]*)?\)")


def text(page):
    return page.read_text(encoding="utf-8")


def label(page):
    return str(page.relative_to(DOCS if page.is_relative_to(DOCS) else ROOT))


@pytest.mark.parametrize("page", [p for p in PAGES if PYTHON.search(text(p))], ids=label)
def test_python_of_a_page_runs(page, tmp_path, monkeypatch):
    """Block after block in one namespace, as a reader would type them, in an empty folder, without a window."""
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")
    names = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.filterwarnings("error", ".*cellsim", DeprecationWarning)  # pages use the names of today
        for number, code in enumerate(PYTHON.findall(text(page)), 1):
            exec(compile(code, f"{label(page)}, block {number}", "exec"), names)


@pytest.mark.parametrize("page", [p for p in PAGES if NAMED.search(text(p))], ids=label)
def test_functions_that_a_page_names_exist(page):
    for dotted in NAMED.findall(text(page)):
        assert callable(found(dotted)), dotted


def found(dotted):
    """The object of a dotted name: the longest part of it that is a module, then attributes."""
    parts = dotted.split(".")
    for k in range(len(parts), 0, -1):
        try:
            home = import_module(".".join(parts[:k]))
        except ModuleNotFoundError:
            continue
        for name in parts[k:]:
            home = getattr(home, name)
        return home
    raise ModuleNotFoundError(dotted)


@pytest.mark.parametrize("page", [*PAGES, *ROOT_PAGES], ids=label)
def test_links_of_a_page_lead_somewhere(page):
    """Pictures and pages that are not written by the build itself."""
    for _, where in LINK.findall(re.sub(r"```.*?```", "", text(page), flags=re.DOTALL)):
        if where and "generated/" not in where:
            assert (page.parent / where).resolve().exists(), where


@pytest.fixture
def generated(monkeypatch):
    """The scripts that write pages from the code, which are no part of the package."""
    monkeypatch.syspath_prepend(str(DOCS))
    yield lambda name: import_module(f"generate.{name}")
    for name in [m for m in sys.modules if m.partition(".")[0] == "generate"]:
        del sys.modules[name]


def test_public_names_are_all_in_the_reference(generated):
    """Each of them in one group of the page that lists the interface; no group names what is not there."""
    listed = [name for names in generated("api").GROUPS.values() for name in names]
    assert sorted(listed) == sorted(cellsim.__all__) and len(set(listed)) == len(listed)


def test_reference_has_every_quantity_ending_variable_and_command(generated):
    tables = generated("tables")
    endings, variables, commands = tables.endings(), tables.variables(), tables.commands()
    assert all(f"`{e.name}`" in endings for e in cellsim.Ending)
    assert all(f"`{name}`" in variables for name in ("Voltage [V]", "Void height [m]", "Heat generated [J]"))
    assert all(f"## cellsim {name}" in commands for name in ("audit", "simulate", "charge", "cache show"))
    parameters, sets = tables.parameters(), tables.sets()
    for name in cellsim.cells():
        assert f"`{name}`" in sets
        assert all(f"`{path.rpartition('/')[2]}`" in parameters for path, *_ in cellsim.load(name).provenance().rows)


def test_readme_fits_on_a_few_screens():
    assert text(ROOT / "README.md").count("\n") <= 150


def test_there_are_pages():
    """Otherwise the tests above test nothing."""
    assert len(PAGES) > 20 and sum(len(PYTHON.findall(text(p))) for p in PAGES) > 20
