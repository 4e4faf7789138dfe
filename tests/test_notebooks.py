"""The notebooks run as they stand, quickly, and what they show is what they would show now."""

import importlib.util
import re
import resource
from pathlib import Path

import nbformat
import pytest
from pytest import approx

import cellsim

HOME = Path(__file__).parents[1] / "notebooks"
PATHS = sorted(HOME.glob("*.ipynb"))
CPU_LIMIT = 60.0  # s of processor time for one notebook, kernels compiled, on a slow machine
FILE_LIMIT, OUTPUT_LIMIT = 350_000, 200_000  # characters
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def refresh():
    """The script that runs them, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("refresh", HOME / "refresh.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code(notebook):
    return [c for c in notebook.cells if c.cell_type == "code"]


def texts(cell):
    """Words a cell shows: what it prints, and its result unless that is a picture."""
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        elif "image/png" not in output.data:
            yield output.data["text/plain"]


@pytest.fixture(scope="module")
def compiled():
    """Kernels on disk, so that the notebooks do not wait for the compiler."""
    for name in ("lgm50_chen2020", "target_nmc811_lpscl_li"):
        cellsim.simulate(name, [cellsim.discharge(1.0, duration=1.0), cellsim.hold(3.9, duration=1.0)], soc=0.8)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_a_notebook_runs_and_shows_what_it_showed(path, compiled):
    """Words are the same; numbers agree to 1e-3 or, as they are rounded, by one in the last of their digits.

    If it fails because cellsim now computes something else: `make notebooks`, look at every picture, commit.
    """
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    fresh = refresh().executed(path)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime < CPU_LIMIT
    kept = nbformat.read(path, as_version=4)
    for was, now in zip(code(kept), code(fresh), strict=True):
        for old, new in zip(texts(was), texts(now), strict=True):
            assert NUMBER.sub("#", old).split() == NUMBER.sub("#", new).split(), now.source
            for a, b in zip(NUMBER.findall(old), NUMBER.findall(new), strict=True):
                last = 10.0 ** -len(a.partition("e")[0].partition(".")[2])
                assert float(b) == approx(float(a), rel=1e-3, abs=1.01 * last), now.source


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_a_kept_notebook_is_small_and_clean(path):
    """All cells were run in order; no warnings, no errors, no scripts, no times, no names of folders."""
    text = path.read_text(encoding="utf-8")
    assert len(text) < FILE_LIMIT
    kept = nbformat.reads(text, as_version=4)
    nbformat.validate(kept)
    assert [c.execution_count for c in code(kept)] == list(range(1, len(code(kept)) + 1))
    for cell in code(kept):
        assert set(cell.metadata) == set(), "run notebooks/refresh.py"
        for output in cell.outputs:
            assert output.output_type in ("execute_result", "stream") and output.get("name") != "stderr"
            for form, content in output.get("data", {}).items():
                assert len(content) < OUTPUT_LIMIT
                assert form in ("text/plain", "text/html", "image/png") and "<script" not in content
                assert not re.search(r"/(home|root|work|tmp|Users)/", content)


def test_the_first_charge_takes_ten_lines():
    """As it says."""
    kept = nbformat.read(HOME / "1_first_charge.ipynb", as_version=4)
    lines = [line for c in code(kept) for line in c.source.splitlines() if line.strip()]
    assert len(lines) <= 10
    assert sum("image/png" in o.get("data", {}) for c in code(kept) for o in c.outputs) == 2


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_links_between_notebooks_lead_somewhere(path):
    cells = nbformat.read(path, as_version=4).cells
    for link in re.findall(r"\]\((?!http)(.+?)\)", "\n".join(c.source for c in cells if c.cell_type == "markdown")):
        assert (HOME / link).is_file(), link


def test_there_are_notebooks():
    """Otherwise the tests above test nothing."""
    assert len(PATHS) >= 2
