"""The report: pictures, terminal tables, and a page that stands alone."""

import os
import re
import shutil
import struct
import subprocess
import sys
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from pytest import approx
from rich.console import Console

import cellsim
from cellsim.cli.tables import cells_table, provenance_table
from cellsim.design import areal_capacity, build, energy_density
from cellsim.drawing import style
from cellsim.errors import ReportError
from cellsim.studies.claim_audit import voids
from cellsim.studies.claim_audit.audit import Audit
from cellsim.studies.claim_audit.cost_claim import cost_claim
from cellsim.studies.claim_audit.records import Claim, Comparison, Figures, RatioMap, Verdict
from cellsim.studies.claim_audit.report import plots, tables, words
from cellsim.studies.claim_audit.report.page import breakable, doi_link, page
from cellsim.studies.claim_audit.voids import what_if
from cellsim.studies.labels import label, labelled

ROOT = Path(__file__).parents[2]
SOLID, LIQUID = "target_nmc811_lpscl_li", "leaf_2018"
RATES = (1.0, 2.0)
PHONE, DESKTOP = (390, 844), (1280, 900)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)


def figures(name):
    cell = cellsim.load(name)
    rates = tuple((rate, cellsim.simulate(cell, cellsim.discharge(rate))) for rate in RATES)
    result = rates[0][1]
    design = build(cell)
    density = energy_density(cell, result.discharge_energy, design)
    interval = np.array([[0.9, 1.1]]) * np.array([[density.gravimetric], [density.volumetric]])
    return Figures(
        cell,
        RATES[0],
        result.temperature,
        result.discharge_energy,
        result.discharge_capacity,
        1.02 * result.discharge_energy,
        areal_capacity(cell),
        design,
        density,
        interval,
        result,
        rates,
    )


def comparison(cell, baseline, metric, verdict):
    ratio = cell.metric(metric) / baseline.metric(metric)
    return Comparison(
        cell.name,
        baseline.name,
        metric,
        2.0,
        ratio,
        (0.9 * ratio, 1.1 * ratio),
        verdict,
        5e-5,
        2e-5,
        None,
        f"the {metric} condition for {baseline.name} is met",
    )


def ratio_map(f, hole=False):
    """Falls with thickness from above the claimed factor to below it."""
    areal, thickness = np.linspace(20.0, 60.0, 5), np.linspace(1e-5, 9e-5, 6)
    ratio = 2.5 * areal[:, None] / 60.0 - 1e4 * thickness + 0.5
    if hole:
        ratio[-1, -1] = np.nan
    return RatioMap(f.name, LIQUID, "gravimetric", 2.0, "electrolyte", areal, thickness, ratio, (50.0, 3e-5))


@pytest.fixture(scope="module")
def audit():
    solid, liquid = figures(SOLID), figures(LIQUID)
    claim = Claim(
        "Twice the energy density", "a press release", 2.0, ("gravimetric", "volumetric"), (LIQUID,), (SOLID,), RATES[0]
    )
    comparisons = (
        comparison(solid, liquid, "gravimetric", Verdict.ONLY_IF),
        comparison(solid, liquid, "volumetric", Verdict.FAILS),
    )
    return Audit(
        claim,
        (liquid,),
        (solid,),
        comparisons,
        (ratio_map(solid), ratio_map(solid, hole=True)),
        voids=(what_if(solid),),
        cost=cost_claim((solid,), (liquid,)),
    )


class Seen(HTMLParser):
    """What a browser would find: tags, attributes and text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text = set(), [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def saved(audit, tmp_path_factory):
    """The page, where an old one was; drawn once for all tests."""
    path = tmp_path_factory.mktemp("saved") / "report.html"
    path.write_text("old")
    audit.save(path)
    return path


@pytest.fixture(scope="module")
def html(saved):
    return saved.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def seen(html):
    return Seen(html)


def drawn(audit):
    return {
        "result": audit.cells[0].result.plot(),
        "audit": audit.plot(),
        "energies": plots.energy_bars(audit),
        "map": plots.ratio_map(audit.maps[0]),
        "hole": plots.ratio_map(audit.maps[1]),
        "waterfall": plots.waterfall(audit.cells[0]),
        "curves": plots.discharge_curves(audit.baselines[0]),
        "ragone": plots.ragone((*audit.baselines, *audit.cells)),
    }


def test_every_picture_is_a_figure_with_labelled_axes(audit):
    for name, figure in drawn(audit).items():
        assert isinstance(figure, Figure), name
        shared = figure.axes[:1] if name == "result" else []  # the time axis stands below both panels
        assert figure.axes and all(a.get_xlabel() for a in figure.axes if a not in shared), name
        assert all(a.get_ylabel() for a in figure.axes), name
        assert re.search(r"\[\S+\]", figure.axes[-1].get_xlabel()), f"{name}: no unit"


def test_the_ratio_chart_shows_every_ratio_and_the_claimed_factor(audit):
    lines = audit.plot().axes[0].get_lines()
    singles = {float(line.get_xdata()[0]) for line in lines if len(line.get_xdata()) == 1}
    assert singles == {c.ratio for c in audit.comparisons}
    assert [2.0, 2.0] in [list(line.get_xdata()) for line in lines]


def test_the_waterfall_adds_up_to_the_cell(audit):
    """rel 1e-12: sums of a dozen doubles."""
    f = audit.cells[0]
    totals = 1e3 * f.design.mass, 1e6 * f.design.volume
    for axes, total in zip(plots.waterfall(f).axes, totals, strict=True):
        *parts, whole = axes.patches
        assert sum(bar.get_width() for bar in parts) == approx(total, rel=1e-12)
        assert whole.get_width() == approx(total, rel=1e-12)
        for bar, below in zip(parts, parts[1:], strict=False):
            assert below.get_x() == approx(bar.get_x() + bar.get_width(), rel=1e-12, abs=1e-12)


def test_the_ragone_plot_shows_energy_over_time_as_power(audit):
    """rel 1e-12: the same few operations in another order."""
    f = audit.cells[0]
    line = next(x for x in plots.ragone(audit.cells).axes[0].get_lines() if x.get_label() == label(f.name))
    for (_, result), power, energy in zip(f.rates, line.get_xdata(), line.get_ydata(), strict=True):
        assert energy * f.design.mass == approx(result.discharge_energy, rel=1e-12)
        assert energy / power * 3600.0 == approx(result.t[-1], rel=1e-12)


def test_a_ragone_plot_without_any_run_is_an_empty_picture(audit, tmp_path):
    style.save(plots.ragone([replace(audit.cells[0], rates=())]), tmp_path / "empty.png")
    assert (tmp_path / "empty.png").stat().st_size > 0


def test_a_discharge_curve_ends_at_the_delivered_charge_per_area(audit):
    """rel 1e-9: the charge is integrated by the solver and summed per step elsewhere."""
    f = audit.baselines[0]
    ends = [line.get_xdata()[-1] for line in plots.discharge_curves(f).axes[0].get_lines()]
    area = f.cell.value("cell/electrode area")
    assert ends == approx([0.1 * r.discharge_capacity / area for _, r in f.rates], rel=1e-9)


def test_the_claimed_contour_lies_where_the_map_says(audit):
    """The map is linear, so linear interpolation meets its contour up to rounding."""
    m = audit.maps[0]
    contours = [c for c in plots.ratio_map(m).axes[0].collections if hasattr(c, "levels")]
    bold = next(c for c in contours if list(c.levels) == [2.0])
    x, y = bold.get_paths()[0].vertices.T
    assert 2.5 * 10.0 * x / 60.0 - 1e4 * 1e-6 * y + 0.5 == approx(np.full(x.size, 2.0), abs=1e-9)


@pytest.mark.parametrize("ratio, words_in_title", [(np.nan, "no such cell"), (1.5, "nowhere above 2")])
def test_a_map_without_the_claimed_contour_says_so(audit, ratio, words_in_title):
    m = audit.maps[0]
    figure = plots.ratio_map(replace(m, ratio=np.full(m.ratio.shape, ratio)))
    assert words_in_title in figure.axes[0].get_title(loc="left")


def test_liquid_and_solid_cells_differ_without_colour(audit):
    look = plots.looks((*audit.baselines, *audit.cells))
    assert look[SOLID]["linestyle"] != look[LIQUID]["linestyle"]
    assert look[SOLID]["marker"] != look[LIQUID]["marker"]


def test_a_picture_is_written_in_the_format_of_its_name(audit, tmp_path):
    audit.plot(tmp_path / "ratios.png")
    audit.plot(tmp_path / "ratios.svg")
    assert (tmp_path / "ratios.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "ratios.svg").read_text()
    with pytest.raises(ReportError, match=r"ratios\.doc: save a picture as one of .*\.svg"):
        audit.plot(tmp_path / "ratios.doc")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ratios.png", "ratios.svg"]


def test_the_page_stands_alone(html, seen):
    assert len(html.encode()) < 2_000_000
    assert not seen.tags & {"iframe", "object", "embed", "img", "base"}
    scripts = re.findall(r"<script([^>]*)>", html)  # the sliders: data and one inline script
    assert sorted(scripts) == ["", ' type="application/json" id="wi-data"']
    links = [v for k, v in seen.attributes if k in ("src", "href", "xlink:href")]
    outside = [link for link in links if not link.startswith(("#", "data:,"))]
    pages = [link for link in outside if not link.startswith("https://doi.org/10.")]
    assert len(outside) > len(pages) > 5 and all((ROOT / link).is_file() for link in pages)
    assert "@import" not in html and set(re.findall(r"url\((.)", html)) <= {"#"}


def test_the_page_says_everything_that_was_found(audit, seen):
    """With labels and units as written in the field in place of names of sets."""
    for c in audit.comparisons:
        assert labelled(c.condition) in seen.text
        assert words.ratio(c) in seen.text and words.ratio_span(c) in seen.text
    assert len(audit.headlines) == len(audit.baselines) * len(audit.claim.metrics)
    assert all(labelled(c.sentence) in seen.text for c in audit.headlines)
    said_of_cost = [*audit.cost.headlines, *audit.cost.materials]
    assert all(labelled(v.sentence) in seen.text for v in said_of_cost)
    assert all(labelled(c.finding) in seen.text and labelled(c.model) in seen.text for c in audit.cost.plant)
    assert all(labelled(path) in seen.text for path in audit.cost.studies[0].model.inputs)
    assert all(labelled(v.sentence) in seen.text for v in audit.voids) and labelled(voids.NOTE) in seen.text
    for f in (*audit.baselines, *audit.cells):
        said = words.conditions(f) | words.energies(f)
        assert all(name in seen.text and text in seen.text for name, text in said.items())
        assert f.name in seen.text and label(f.name) in seen.text and labelled(f.cell.title) in seen.text
        assert all(labelled(source["citation"]) in seen.text for source in f.cell.sources.values())
        assert all(path in seen.text for path, *_ in f.cell.provenance().rows)
    assert f"cellsim {cellsim.__version__}" in seen.text


def test_cells_without_listed_materials_have_no_verdict_on_cost(audit):
    """They are left out; with none left, or no liquid cell to compare with, there is no verdict and no section."""
    unlisted = replace(audit.cells[0], cell=cellsim.load("miss2022_nmc"))
    assert cost_claim((unlisted,), audit.baselines) is None and cost_claim(audit.cells, (unlisted,)) is None
    found = cost_claim((unlisted, *audit.cells), audit.baselines)
    assert {v.cell for v in found.verdicts} == {SOLID} and found.baseline.cell.name == LIQUID
    assert 'id="cost"' not in page(replace(audit, cost=None))


def test_ids_are_unique_and_references_lead_somewhere(html, seen):
    ids = [v for k, v in seen.attributes if k == "id"]
    assert len(ids) == len(set(ids)) > 100
    used = re.findall(r'(?:url\(#|href="#)([^")]+)', html)
    assert used and set(used) <= set(ids)


def test_every_picture_has_a_caption_and_a_label(html):
    """Figures have both; the strip of a sentence a label only."""
    pictures = re.findall(r'<svg [^>]*role="img" aria-label="([^"]{40,})"', html)
    captions = re.findall(r"<figcaption>([^<]{40,})</figcaption>", html)
    strips = html.count('class="strip"')
    assert len(pictures) == html.count("<svg ") == len(captions) + strips and strips >= 3
    assert len(captions) == 10  # ratios, a map, four about cost, energies, composition, curves, Ragone


def test_words_of_the_user_are_never_markup(audit):
    bad = '<script>alert(1)</script><b onclick="x">$a_b$'
    raw = cellsim.load(SOLID).to_json() | {"title": bad, "description": bad}
    source = {"citation": bad, "doi": 'javascript:alert("1")', "note": bad}
    raw["sources"] = dict.fromkeys(raw["sources"], source)
    f = replace(audit.cells[0], cell=cellsim.Cell.from_json(raw, bad))
    mean = replace(
        audit,
        claim=replace(audit.claim, title=bad, source=bad, note=bad),
        cells=(f,),
        comparisons=tuple(replace(c, cell=bad, condition=bad) for c in audit.comparisons),
        maps=(replace(audit.maps[0], cell=bad, varied=bad),),
        voids=tuple(replace(v, cell=bad) for v in audit.voids),
    )
    seen = Seen(page(mean))
    assert not seen.tags & {"script", "b"}
    assert not [k for k, _ in seen.attributes if k.startswith("on")]
    assert not [v for k, v in seen.attributes if k == "href" and v.startswith("javascript")]
    assert seen.text.count(bad) > 10
    assert bad in text_of(tables.verdict_table(mean), 400) and bad in text_of(tables.voids_lines(mean.voids), 400)


def test_a_doi_leads_to_doi_org_only():
    assert doi_link("10.1149/1945-7111/ab9050") == "https://doi.org/10.1149/1945-7111/ab9050"
    assert doi_link('1"><script>') == "https://doi.org/1%22%3E%3Cscript%3E"
    assert breakable("a_<b>") == "a_<wbr>&lt;b&gt;"


def test_a_saved_page_replaces_the_old_one(saved):
    assert saved.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [p.name for p in saved.parent.iterdir()] == ["report.html"]


@pytest.mark.parametrize("where", ["missing/report.html", ".", "file/report.html"])
def test_an_unwritable_path_is_one_sentence_and_leaves_nothing(audit, tmp_path, where):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ReportError) as fault:
        audit.save(tmp_path / where)
    assert str(fault.value).startswith(str(tmp_path)) and "\n" not in str(fault.value)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def text_of(table, width=100):
    console = Console(width=width, record=True, file=open(os.devnull, "w"))  # noqa: SIM115
    console.print(table)
    return console.export_text()


def test_terminal_tables_lose_no_text_at_80_columns(audit):
    f = audit.cells[0]
    energy = text_of(tables.audit_table(audit), 80)
    said = words.conditions(f) | words.energies(f)
    left_out = (words.ORIGIN, "energy, nominal [Wh]", "capacity, simulated [Ah]", "mass [g]", "volume [cm³]")
    kept = [said[k] for k in said if k not in left_out]
    assert f.name in energy and all(text in energy for text in kept)
    verdict = " ".join(text_of(tables.verdict_table(audit), 80).split())
    assert all(" ".join(c.sentence.split()) in verdict for c in audit.headlines)
    said = " ".join(text_of(tables.voids_lines(audit.voids), 80).split())
    assert all(v.sentence in said for v in audit.voids) and voids.NOTE in said
    assert words.ratio(audit.comparisons[0]) in verdict and "✗ does not hold" in verdict


def test_tables_list_every_cell_and_every_value():
    assert all(name in text_of(cells_table(), 200) for name in cellsim.cells())
    origin = text_of(provenance_table(cellsim.load(SOLID)), 250)
    assert all(path in origin for path, *_ in cellsim.load(SOLID).provenance().rows)


@pytest.mark.parametrize(
    "x, text",
    [
        (0.0, "0"),
        (1234.4, "1234"),
        (224.04, "224"),
        (0.101325, "0.101"),
        (-0.5, "-0.5"),
        (1e-7, "1.00e-07"),
        (999.7, "1000"),
    ],
)
def test_numbers_are_plain(x, text):
    assert words.number(x) == text


def test_importing_cellsim_loads_no_report():
    code = (
        "import cellsim, sys; print([m for m in sys.modules if m.startswith('cellsim.report') "
        "or m in ('matplotlib', 'jinja2', 'rich')])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def browse(page_path, size, *options):
    """Run the browser without a window on one page; its standard output and its log."""
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--virtual-time-budget=2000",
        "--enable-logging=stderr",
        f"--window-size={size[0]},{size[1]}",
        f"--user-data-dir={page_path.parent / 'profile'}",
        *options,
        page_path.as_uri(),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return run.stdout, run.stderr


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine: page not looked at")
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_browser_shows_the_page_without_errors_or_sideways_scrolling(audit, tmp_path, size):
    """Six columns and all tables open; in a frame, as a window is no narrower than the browser likes."""
    html = page(replace(audit, cells=3 * audit.cells, baselines=3 * audit.baselines))
    html = html.replace("<details", "<details open")
    frame = tmp_path / "frame.html"
    frame.write_text(
        f"""<!doctype html><meta charset="utf-8"><title>not measured</title>
        <iframe style="border: 0" width="{size[0]}" height="{size[1]}" srcdoc="{escape(html)}"></iframe>
        <script>onload = () => {{ const inside = frames[0], page = inside.document;
        document.title = [inside.innerWidth, page.documentElement.scrollWidth,
                          page.querySelectorAll("svg path").length].join(" "); }}</script>""",
        encoding="utf-8",
    )
    dom, log = browse(frame, DESKTOP, "--dump-dom")
    inner, scroll, shapes = map(int, re.search(r"<title>(\d+) (\d+) (\d+)</title>", dom).groups())
    assert inner == size[0] and scroll <= inner and shapes > 100
    path, picture = tmp_path / "report.html", tmp_path / "page.png"
    path.write_text(html, encoding="utf-8")
    log += browse(path, size, f"--screenshot={picture}")[1]
    assert "CONSOLE" not in log
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == size


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine: console not looked at")
def test_the_browser_test_would_see_a_console_error(tmp_path):
    path = tmp_path / "bad.html"
    path.write_text("<!doctype html><title>x</title><script>nothing.here()</script>")
    assert "CONSOLE" in browse(path, PHONE, "--dump-dom")[1]
