"""The whole announcement: sentences with their verdicts, what these rest on, and the first screen of the report."""

import math
import re
import shutil
import subprocess
from dataclasses import replace
from html import escape
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ClaimError
from cellsim.kernels.call.calls import finish
from cellsim.parameters.formats.lent import DIFFUSIVITY, OVERLAYS, lent
from cellsim.studies.charging.measured_charges import known
from cellsim.studies.claim_audit.charging_claim import ACCURACY, ChargingVerdict, charging_claim, time_of
from cellsim.studies.claim_audit.claim_file import load_charging_claim, load_claim
from cellsim.studies.claim_audit.fast_charge.frontier import Frontier
from cellsim.studies.claim_audit.fast_charge.kinetics import OWN, spread
from cellsim.studies.claim_audit.fast_charge.published import limits_at, published
from cellsim.studies.claim_audit.fast_charge.ways import CLOSE, CRITICAL, PAIR, Relatives
from cellsim.studies.claim_audit.report import words
from cellsim.studies.claim_audit.report.page import page
from cellsim.studies.claim_audit.report.pictures import SECTIONS
from cellsim.studies.claim_audit.report.sketches import sketching
from cellsim.studies.claim_audit.report.strip import strip
from cellsim.studies.claim_audit.sentences.announcement import NOT_STATED, Scale
from cellsim.studies.claim_audit.sentences.life import LEFT, _years, fleets, life_of
from cellsim.studies.claim_audit.stages import CLAIMS, claims_of
from cellsim.studies.claim_audit.stated import stated_rate
from cellsim.studies.labels import label, labelled
from cellsim.studies.resizing import resized
from cellsim.studies.vehicles.performance import performances
from cellsim.studies.vehicles.segments import PackPrice, in_segment
from cellsim.studies.verdicts import Verdict

TARGET, SAMSUNG, LEAF, MODERN = "target_nmc811_lpscl_li", "samsung_agc_2020", "leaf_2018", "nmc811_pouch_modern"
AT_25 = replace(load_charging_claim(), temperatures=(298.15,))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="module")
def whole():
    """All claims of two solid cells against two baselines."""
    claim = load_claim(cells=[TARGET, SAMSUNG], baselines=[LEAF, MODERN])
    return cellsim.audit(claim, charging=AT_25)


@pytest.fixture(scope="module")
def html(whole):
    return page(whole)


def test_every_sentence_has_a_verdict_a_number_and_a_place_in_the_report(whole, html):
    """In the order of the claims; the first screen comes before all sections, and each sentence leads to its own."""
    said = whole.announcement
    assert [s.claim for s in said] == sorted((s.claim for s in said), key=CLAIMS.index)
    assert {s.claim for s in said} == set(CLAIMS) and len(said) == 11
    for s in said:
        assert s.word in ("holds", "holds only if", "does not hold", NOT_STATED)
        assert re.search(r"\d", s.number) and (s.condition or s.word == "holds") and s.rests_on
        assert html.index(escape(labelled(s.words), quote=False)) < html.index('<h2 id="energy">')
        assert f'href="#{s.claim}"' in html and html.count(f'<h2 id="{s.claim}">') == 1
        assert s.scale is None or s.scale.low <= s.scale.middle <= s.scale.high
    assert [s.word for s in said if s.claim == "life"] == [NOT_STATED]
    assert whole.reference.name == LEAF and label(LEAF) in said[0].number


def test_a_third_is_judged_apart_from_shorter(whole):
    """A cell that takes a third takes less; what is needed for a third is more than for shorter."""
    pairs = {}
    for v in whole.charging:
        pairs.setdefault((v.cell, v.baseline, v.rule), {})[v.factor] = v
    assert len(pairs) == 2 * 2 * 3
    for own in pairs.values():
        shorter, third = own[1.0], own[AT_25.factor]
        assert shorter.holds or not third.holds
        assert shorter.chance[0] >= third.chance[0] and shorter.minutes == third.minutes
        needs = [{name: value for name, value, *_ in v.conditions}.get("critical current") for v in (shorter, third)]
        assert None in needs or needs[0] < needs[1]


def test_the_time_as_sold_is_the_one_of_the_data_in_proportion_to_the_charge():
    """10 to 80 % as published; a baseline of no car has none."""
    found = charging_claim([TARGET], [LEAF, "lgm50_chen2020"], AT_25)
    sold = {v.baseline: v.baseline_minutes for v in found if v.rule == "as sold"}
    assert sold == {LEAF: approx(known()[LEAF].minutes)}


def test_the_chance_counts_published_currents_that_suffice(whole):
    """By charges of their own, at two of the published values on either side of what is needed."""
    v = next(v for v in whole.charging if (v.cell, v.baseline, v.rule, v.factor) == (TARGET, LEAF, "as sold", 1.0))
    cell = cellsim.load(TARGET)
    values = sorted(limits_at(cell, 298.15))
    assert v.chance == (sum(x >= {n: y for n, y, *_ in v.conditions}["critical current"] for x in values), len(values))
    for value in (values[0], values[-1]):
        other = cell.with_({CRITICAL: 10.0 * value})
        assert (time_of(AT_25, other, 298.15) <= v.baseline_minutes) == (value == values[-1])
    assert v.chances == "with 1 of 6 published critical currents"


def test_times_that_are_known_change_no_condition():
    """Charges of published currents narrow the search for a critical current: the same one, to twice its share."""
    cell, T = cellsim.load(TARGET), AT_25.temperatures[0]
    goal = 30.0
    (alone,) = finish(Relatives(AT_25, cell, T).conditions_of(PAIR, [goal]))
    values = [0.5, 6.0, 12.0]  # one below the cell's own, from where nothing is looked for
    known = {(PAIR, value): finish(Relatives(AT_25, cell, T).minutes(PAIR, value)) for value in values}
    (narrowed,) = finish(Relatives(AT_25, cell, T, known).conditions_of(PAIR, [goal]))
    assert narrowed[0][1] == approx(alone[0][1], rel=2.0 * CLOSE) and alone[0][1] > alone[0][2]


def test_published_currents_follow_the_activation_energy_of_the_cell():
    """As stated at their own temperature; every one has a source and how it is known."""
    cell = cellsim.load(TARGET)
    at_25 = [p.current for p in published() if p.kind == "limit"]
    assert limits_at(cell, 298.15) == approx(at_25)
    E = cell.value("negative electrode/critical current density activation energy")
    factor = math.exp(E / 8.314462618 * (1.0 / 298.15 - 1.0 / 318.15))
    assert limits_at(cell, 318.15) == approx([factor * x for x in at_25], rel=1e-6)
    assert all(p.source and (p.access != "memory") for p in published())


def test_a_pair_of_the_frontier_gets_there(whole):
    """A fastest charge of the cell with both changes: 4 %, as frontiers are interpolated and of another accuracy."""
    third = next(
        v for v in whole.charging if (v.cell, v.baseline, v.rule, v.factor) == (TARGET, LEAF, "as sold", AT_25.factor)
    )
    assert not third.conditions and third.word == "holds only if" and third.condition == third.pair
    front = next(f for f in whole.charges.frontiers if (f.cell, f.other) == (TARGET, "critical current"))
    goal = third.factor * third.baseline_minutes
    areal, current = front.pair(goal)
    other = resized(cellsim.load(TARGET), areal=10.0 * areal).with_({CRITICAL: 10.0 * current})
    assert time_of(AT_25, other, 298.15) == approx(goal, rel=0.04) and ACCURACY < 5e-3
    assert areal < front.here[0] and current > front.here[1]


def test_a_frontier_interpolates_in_the_logarithm():
    """Minutes 100 q / j: the least j for a goal is 100 q / goal, exactly; none where the grid ends."""
    q, j = np.array([1.0, 2.0, 4.0]), np.geomspace(1.0, 16.0, 5)
    front = Frontier("cell", "critical current", 298.15, q, j, 100.0 * q[:, None] / j, (3.0, 1.0))
    assert front.needed(30.0) == approx(100.0 * q / 30.0, rel=1e-12)
    assert front.pair(30.0) == approx((2.0, 200.0 / 30.0)) and front.pair(1.0) is None
    assert np.isnan(front.needed(20.0)[2]) and math.isfinite(front.needed(20.0)[1])
    demo = next(p for p in published() if p.kind == "demonstrated" and p.areal_capacity < 4.0)
    needed = 100.0 * demo.areal_capacity / 50.0
    assert front.reached_by(50.0, demo) == (demo.current >= needed) and not front.reached_by(1.0, demo)


def test_kinetics_that_are_the_cells_own_change_nothing(whole):
    """The Leaf's come from mohtat2020; others move its safe time, which is why it is shown as an interval."""
    cell = cellsim.load(LEAF)
    own, lent = (finish(spread(AT_25, cell, name, 298.15, 38.0)) for name in (OWN, "mohtat2020"))
    assert own == approx(lent, rel=1e-6)
    found = next(s for s in whole.charges.spreads if s.baseline == LEAF)
    safe = next(v.baseline_minutes for v in whole.charging if (v.baseline, v.rule) == (LEAF, "safe"))
    assert found.minutes[OWN] == approx(safe, rel=1e-6)
    assert found.span[0] <= safe <= found.span[1] and found.span[1] > 1.5 * safe
    assert set(found.margins) == set(found.minutes) and "mV" in found.sentence


def test_stated_ratios_are_those_of_the_makers_and_the_steps_explain_them(whole):
    """942 over 460; the factors multiply to the quotient of both ratios, up to rounding."""
    s = next(s for s in whole.stated if (s.cell, s.baseline, s.metric) == (SAMSUNG, LEAF, "volumetric"))
    assert s.ours[0] == 942.0 and s.theirs[0] == 460.0 and s.stated == approx(942.0 / 460.0)
    simulated = next(c.ratio for c in whole.comparisons if (c.cell, c.baseline, c.metric) == (SAMSUNG, LEAF, s.metric))
    assert s.simulated == approx(simulated, rel=1e-12)
    assert math.prod(factor for _, factor in s.steps) * s.simulated == approx(s.stated, rel=1e-12)
    cell = cellsim.load(SAMSUNG)
    slow = cellsim.simulate(cell, cellsim.discharge(0.05), temperature=cell.temperature(None))
    assert stated_rate(cell) == 0.05
    assert s.steps[0][1] == approx(slow.discharge_energy / whole.figures(SAMSUNG).energy, rel=1e-9)
    assert not [x for x in whole.stated if x.baseline == MODERN]  # nobody states a figure of it


def test_a_life_is_not_known_where_nobody_measured_it(whole):
    """Solid cells have a reason and no number; baselines age faster when warm, with either constants."""
    for name in (TARGET, SAMSUNG):
        row = life_of(cellsim.load(name), 298.15)
        assert row.cycles is None and row.years is None and "no rate of ageing is known" in row.reason
    for overlay in {r.constants for r in whole.life if r.cell == LEAF}:
        cold, warm = (r for r in whole.life if (r.cell, r.constants) == (LEAF, overlay))
        assert cold.temperature < warm.temperature and warm.years < cold.years and warm.cycles <= cold.cycles
    assert any("0.6 Ah" in text for r in whole.life if r.cell == SAMSUNG for text in r.stated)


def test_years_follow_the_root_of_time():
    """A capacity of 1 - 0.05 sqrt(t) is at 80 % after 16 years, exactly; one that falls less is not within reach."""
    t = np.linspace(0.5, 5.0, 10) ** 2
    stored = SimpleNamespace(
        table=pd.DataFrame({"Capacity of equilibrium [A.h]": 2.0 * (1.0 - 0.05 * np.sqrt(t)), "Time [h]": 8766.0 * t}),
        end="",
    )
    assert _years(stored, 2.0) == approx(((1.0 - LEFT) / 0.05) ** 2, rel=1e-12)
    assert _years(stored, 1.0) == math.inf
    stored.end = "the pores of an electrode were clogged"
    assert _years(stored, 2.0) == approx(16.0, rel=1e-12) and _years(stored, 1.0) == approx(t[-1], rel=1e-12)


def test_a_lent_film_takes_the_same_share_of_the_capacity():
    """Lithium in a film over the nominal capacity after a year, within 3 %: the first 5 nm, which are not scaled,
    are 2.4 % of the film of a Leaf by then. With the growth per surface it would be 2.8 times as much."""

    def share(cell):
        year = cellsim.store(cell, 1.0, soc=0.7, temperature=298.15, model=cellsim.SPM(), points=2)
        return year.table["Loss of capacity to SEI [A.h]"].iloc[-1] / cell.value("cell/nominal capacity")

    own = cellsim.with_overlay(OVERLAYS["kirkaldy2024"], "kirkaldy2024")
    assert share(lent(cellsim.load(LEAF), "kirkaldy2024")) == approx(share(own), rel=0.03)
    assert lent(cellsim.load(OVERLAYS["kirkaldy2024"]), "kirkaldy2024").value(DIFFUSIVITY) == own.value(DIFFUSIVITY)


def test_what_fleets_lost_stands_beside_a_life(whole):
    """As a sentence with its source, for cells of the cars only."""
    (fleet,) = (f for f in fleets() if LEAF in f.cells)
    rows = [r for r in whole.life if str(fleet) in r.stated]
    assert rows and {r.cell for r in rows} == {LEAF} and fleet.loss.source in str(fleet)
    assert str(fleet) in next(s.condition for s in whole.announcement if s.claim == "life")


def test_a_price_binds_a_segment_until_the_pack_costs_no_more_than_todays(whole):
    """At the price that is asked for there is no condition on the price; a little above there is."""
    from cellsim.protocols.cycles.vehicles import segment

    found, car = performances([TARGET])[0], segment("compact")
    dear = in_segment(found, car, price=PackPrice((200.0, 300.0, 400.0), 100.0, "2028"))
    asked = float(re.search(r"the pack costs at most (\d+) USD/kWh \(now 300, 200 to 400\)", dear.conditions[-1])[1])
    energy = dear.energy * dear.mass_same / dear.mass
    assert asked == approx(100.0 * car.data.rated_energy.value / energy, abs=0.5)
    for price, binds in ((asked - 1.0, False), (asked + 1.0, True)):
        told = in_segment(found, car, price=PackPrice((price, price, price), 100.0, "2028"))
        assert any("pack costs" in text for text in told.conditions) is binds
    assert in_segment(found, car).verdict is not Verdict.FAILS
    assert all(r.price is not None and r.price.quantiles[1] > r.price.today for r in whole.vehicles)


def test_only_what_is_asked_for_is_judged():
    """In any order, one or many; what is unknown is refused in a sentence."""
    assert claims_of(None) == CLAIMS and claims_of("cost") == ("cost",)
    assert claims_of(["life", "energy"]) == ("energy", "life")
    for wrong, said in (("energie", "only 'energie'"), ([], "names no claim"), (3, "only 3")):
        with pytest.raises(ClaimError, match=said):
            claims_of(wrong)
    found = cellsim.audit(load_claim(cells=[TARGET], baselines=[LEAF]), only="power")
    assert found.power and not (found.comparisons or found.charging or found.life or found.cost)
    assert {s.claim for s in found.announcement} == {"power"} and '<h2 id="energy">' not in page(found)


def test_pictures_drawn_beside_the_simulations_make_the_same_page(whole, html):
    """Byte for byte; an exception while drawing is not lost, and one outside ends the thread."""
    with sketching(True) as sketches:
        sketches.begin(whole, *SECTIONS)
        assert page(whole, sketches.begun) == html
    with sketching(False) as none:
        none.begin(whole, "energy")
        assert not none.begun
    with pytest.raises(KeyError), sketching(True) as wrong:
        wrong.begin(whole, "no section")
        page(whole, {"energy": wrong.begun["no section"]})


def luminance(colour):
    """Relative luminance of "#rrggbb", as WCAG 2 defines it."""
    parts = [int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_text_has_the_contrast_that_wcag_asks_for(html):
    """AA: 4.5 to 1 for text of any size; colours are read from the page."""
    of = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", html))
    grounds = of["paper"], of["pale"]
    signs = [colour for _, colour, _ in words.VERDICTS.values()] + [words.NOTHING[1]]
    for ground in grounds:
        assert all(contrast(colour, ground) >= 4.5 for colour in (of["ink"], of["soft"], of["link"], *signs))
    badges = set(re.findall(r'class="badge" style="background: (#[0-9a-f]{6})"', html))
    assert badges <= set(signs) and all(contrast("#ffffff", colour) >= 4.5 for colour in badges)
    drawn = set(re.findall(r'<text [^>]*fill="(#[0-9a-f]{6})"', html))
    assert drawn and all(contrast(colour, of["paper"]) >= 4.5 for colour in drawn)
    assert contrast("#000000", "#ffffff") == approx(21.0) and contrast("#777777", "#ffffff") < 4.5


def test_the_page_is_small_and_names_cells_and_units_as_readers_do(html):
    """No name of a set outside the sources of values, where it is needed to use the set."""
    assert len(html.encode()) < 2_500_000
    text = re.sub(r"<style>.*?</style>|<svg .*?</svg>|<[^>]+>", " ", html, flags=re.DOTALL)
    before = text[: text.index("Provenance of the values")]
    assert not re.search(r"\b(leaf_2018|target_nmc811_lpscl_li|samsung_agc_2020)\b", before)
    assert " um)" not in text and "USD/kWh" not in before
    svgs = re.findall(r"<svg .*?</svg>", html, re.DOTALL)
    assert len(svgs) > 15 and not any("leaf_2018" in svg for svg in svgs)


def test_a_strip_shows_the_number_its_interval_and_the_claim():
    """Left to right in their order; logarithmic where they span more than an order of magnitude."""
    for scale, log in ((Scale(1.0, 1.5, 2.0, 2.5, "times"), False), (Scale(0.4, 5.0, 14.0, 1.0, "times"), True)):
        svg = strip(scale, "A sentence")
        left, width = map(float, re.search(r'<rect x="([\d.]+)" y="21" width="([\d.]+)"', svg).groups())
        dot = float(re.search(r'<circle cx="([\d.]+)"', svg)[1])
        goal = float(re.search(r'<line x1="([\d.]+)" x2="[\d.]+" y1="13"', svg)[1])
        assert left <= dot <= left + width and ("logarithmic" in svg) is log
        assert (goal > left + width) == (scale.goal > scale.high) and (goal < left) == (scale.goal < scale.low)
        assert 'aria-label="A sentence: ' in svg
    assert "&lt;b&gt;" in strip(Scale(0.0, 1.0, 2.0, 1.0, "<b>"), "x")


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine: page not looked at")
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_the_whole_page_without_sideways_scrolling(html, tmp_path, width):
    """All tables open, in a frame as wide as a phone; nothing on the console, and the page prints."""
    opened = html.replace("<details", "<details open")
    (tmp_path / "frame.html").write_text(
        f"""<!doctype html><meta charset="utf-8"><title>not measured</title>
        <iframe style="border: 0" width="{width}" height="844" srcdoc="{escape(opened)}"></iframe>
        <script>onload = () => {{ const inside = frames[0], root = inside.document.documentElement;
        const screen = inside.document.querySelector("#announcement").getBoundingClientRect();
        document.title = [inside.innerWidth, root.scrollWidth, Math.round(screen.height)].join(" "); }}</script>""",
        encoding="utf-8",
    )
    dom, log = browse(tmp_path, "--window-size=1300,900", "--dump-dom", (tmp_path / "frame.html").as_uri())
    inner, scroll, height = map(int, re.search(r"<title>(\d+) (\d+) (\d+)</title>", dom).groups())
    assert inner == width and scroll <= inner and "CONSOLE" not in log
    assert width < 1000 or height < 2000  # sentences on a screen or two


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine: page not printed")
def test_a_printed_page_shows_what_is_folded_on_the_screen(html, tmp_path):
    """But for the values and sources of each cell, which would be the larger part of the pages."""
    kinds = (
        html.replace("<details>", '<details class="origin">'),
        html,
        html.replace('<details class="origin">', "<details>"),
    )
    pages = []
    for k, text in enumerate(kinds):
        (tmp_path / f"{k}.html").write_text(text, encoding="utf-8")
        browse(tmp_path, f"--print-to-pdf={tmp_path / f'{k}.pdf'}", (tmp_path / f"{k}.html").as_uri())
        pages.append(len(re.findall(rb"/Type\s*/Page\b", (tmp_path / f"{k}.pdf").read_bytes())))
    assert 0 < pages[0] < pages[1] < pages[2]


def browse(folder, *arguments):
    """Run the browser without a window; its standard output and its log."""
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=2000")
    command = [BROWSER, *quiet, "--enable-logging=stderr", f"--user-data-dir={folder / 'profile'}", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return run.stdout, run.stderr


def test_a_verdict_without_any_way_says_what_was_tried():
    """No single change and no pair: the words name both."""
    never = ChargingVerdict(TARGET, LEAF, "safe", 298.15, 199.0, 1.0, (), 1.0, 328.15)
    assert never.word == "does not hold" and "no temperature up to 55 °C reaches it" in never.condition
    assert "together with a smaller areal capacity" in never.condition and never.chances == ""


def test_why_not_every_segment_is_served_is_a_failure_and_not_a_condition(whole):
    """A cell that fails somewhere is said to fail for what no condition mends."""
    judged = next(j for j in whole.segments if j.cell == SAMSUNG)
    assert judged.verdict is Verdict.FAILS
    failures = {reason for r in whole.vehicles if r.cell == SAMSUNG for reason in r.failures}
    assert any(reason in judged.condition for reason in failures)
