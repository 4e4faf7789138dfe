"""The validation: every line comes out as stated, and fitted points are never counted as predictions."""

import json
import re
import sys
from pathlib import Path

import pytest
from pytest import approx
from same_text import same_but_for_last_digits

from cellsim import cli
from cellsim.errors import ReportError
from cellsim.physics.transport import percolation
from cellsim.studies import validation
from cellsim.studies.validation import KINDS, LINES, Found, Line, Outcome, Point, reference, validate
from cellsim.studies.validation.line import largest, largest_percent, violations
from cellsim.studies.validation.lines import minnmann
from cellsim.studies.validation.lines import percolation as ionic
from cellsim.studies.validation.tables import chapter, tally

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def outcomes():
    """All lines, run once."""
    return {o.line.name: o for o in validate()}


@pytest.mark.parametrize("name", [line.name for line in LINES])
def test_line_comes_out_as_stated(outcomes, name):
    """Within its limit, or beyond it where the line itself says that it will be."""
    o = outcomes[name]
    assert o.as_stated, f"{o.line.error} {o.found.error:.4g}, limit {o.line.limit:g}: {o.verdict}"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_line_says_what_it_is(line):
    """A kind that exists, a unique name, and something in every field."""
    assert line.kind in KINDS and sum(other.name == line.name for other in LINES) == 1
    assert all((line.data, line.protocol, line.fitted, line.predicted, line.error, line.reason)) and line.limit >= 0.0


def test_lines_that_fit_mark_their_points(outcomes):
    """Where something is fitted to a line's own points, they are marked; a prediction has others besides."""
    for name, count in {"minnmann-41.6": 2, "percolation-law": 5, "doux-magnitudes": 1, "doux-shorts": 1}.items():
        assert sum(p.fitted for p in outcomes[name].found.points) == count, name
    for o in outcomes.values():
        if o.line.kind == "prediction":
            assert any(not p.fitted for p in o.found.points), o.line.name


def test_fitted_points_do_not_count():
    """By hand: 1 off where fitted, 3 off and 50 % elsewhere."""
    points = [Point("a", 10.0, 11.0, fitted=True), Point("b", 6.0, 9.0), Point("c", 100.0, 101.0)]
    assert largest(points).error == 3.0
    assert largest_percent(points).error == approx(50.0, rel=1e-12)
    assert largest_percent(points, fitted=True).error == approx(10.0, rel=1e-12)
    assert violations({"up": True, "down": False}).error == 1.0


@pytest.mark.parametrize(
    "error, fails, verdict, stated",
    [
        (1.0, "", "within the limit", True),
        (3.0, "", "FAILS", False),
        (3.0, "as known", "fails, as stated", True),
        (1.0, "as known", "within the limit, though a failure was stated", False),
    ],
)
def test_verdicts(error, fails, verdict, stated):
    """A stated failure that no longer fails is as wrong as one that nobody stated."""
    line = Line("x", "prediction", "d", "p", "nothing", "v", "[mV]", 2.0, lambda: Found(error), fails)
    o = Outcome(line, line.run())
    assert (o.verdict, o.as_stated) == (verdict, stated)
    assert ("NOT AS STATED" in tally([o])) == (not stated)


def test_fit_of_the_percolation_law_finds_its_coefficients():
    """From five exact points; 1e-4 is the tolerance of the search."""
    phi = list(ionic.MEASURED)
    assert ionic.fit(phi, [percolation(x, 0.2, 2.1) for x in phi]) == approx((0.2, 2.1), rel=1e-4)


def test_composites_of_minnmann_are_those_of_the_paper():
    """Volume fractions from the mixes by mass within 0.003, the digits of the paper; the fitted cell is the set."""
    for fraction, c in minnmann.COMPOSITES.items():
        cell = minnmann.composite(fraction)
        assert cell.value("positive electrode/active material volume fraction") == approx(fraction, abs=3e-3)
        assert minnmann.capacity(cell, c.mass_share, 0.1) < 200.0
    set_, own = minnmann.load("minnmann2021"), minnmann.composite(0.416)
    for key in ("thickness", "transport efficiency", "electronic conductivity"):  # printed to four digits
        assert own.value(f"positive electrode/{key}") == approx(set_.value(f"positive electrode/{key}"), rel=2e-3)
    found = set_.law("positive electrode/particle diffusivity")(0.5, 298.15)
    assert found == approx(minnmann.fitted_factor(), rel=5e-3)


def test_chapter_is_that_of_the_documentation(outcomes):
    """`cellsim validate --markdown > docs/validation.md`; numbers may differ by one in their last printed digit.

    Or by 30 %: processors round sums differently, after which a fit or a life ends elsewhere within its tolerance, and
    most numbers are small differences of nearly equal ones.  What is judged by them stays as stated.
    """
    written = (DOCS / "validation.md").read_text(encoding="utf-8")
    assert same_but_for_last_digits(written, chapter(list(outcomes.values())), share=0.3) == []
    for picture in re.findall(r"!\[.+?\]\((.+?)\)", written):
        assert (DOCS / picture).is_file()


def run(monkeypatch, capsys, *arguments):
    """Exit code, output and errors of the command."""
    monkeypatch.setattr(sys, "argv", ["cellsim", "validate", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code or 0, *capsys.readouterr()


def test_command_prints_and_writes_all(monkeypatch, capsys, tmp_path):
    """A row per line chosen, their points with --details, everything as JSON; exit code 0."""
    code, out, _ = run(monkeypatch, capsys, "doux", "percolation-law", "--details", "-o", tmp_path / "v.json")
    assert code == 0 and "doux-release" in out and "6 lines" in out and "fitted" in out
    rows = json.loads((tmp_path / "v.json").read_text())
    assert [r["name"] for r in rows][0] == "percolation-law" and all(r["as stated"] for r in rows)
    assert rows[0]["points"][0]["fitted"] is True


def test_command_fails_when_a_line_is_not_as_stated(monkeypatch, capsys):
    """Exit code 1; an unknown line is a sentence and exit code 2."""
    wrong = Line("wrong", "fit", "d", "p", "f", "v", "[mV]", 1.0, lambda: Found(2.0))
    monkeypatch.setattr(validation, "LINES", (wrong,))
    assert run(monkeypatch, capsys)[0] == 1
    code, _, errors = run(monkeypatch, capsys, "wrnog")
    assert code == 2 and "known: wrong" in errors


def test_pictures_are_drawn(monkeypatch, capsys, tmp_path):
    """All of them, beside the Markdown."""
    code, out, _ = run(monkeypatch, capsys, "percolation-law", "--markdown", "--plots", tmp_path)
    assert code == 0 and out.startswith("# Validation")
    assert {p.name for p in tmp_path.iterdir()} == {"composites.png", "minnmann.png", "miss.png"}


def test_missing_curves_are_a_sentence(monkeypatch, tmp_path):
    """An installation without them says so."""
    monkeypatch.setattr(reference, "HOMES", (tmp_path,))
    with pytest.raises(ReportError, match="carries no reference curves"):
        reference.curve("pybamm_single_ion_dis_1.csv")
