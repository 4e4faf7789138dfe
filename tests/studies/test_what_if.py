"""Sliders of the report: interpolated values against direct calls, script against Python, page without script."""

import html as entities
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.design import build
from cellsim.design.cost import bill_of, materials_of
from cellsim.studies.charging.constrained import constrained_charge
from cellsim.studies.charging.constraints import limits_of
from cellsim.studies.claim_audit.claim_file import load_charging_claim, load_claim
from cellsim.studies.claim_audit.fast_charge.frontier import ACCURACY
from cellsim.studies.claim_audit.fast_charge.ways import PAIR, WAYS
from cellsim.studies.claim_audit.report.page import page
from cellsim.studies.claim_audit.report.what_if import ERRORS, YIELD, Surface, _scaled, what_if
from cellsim.studies.cost.conditions import price_paths
from cellsim.studies.resizing import Family, resized

TARGET, LEAF = "target_nmc811_lpscl_li", "leaf_2018"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
POINTS = [dict(zip(("areal", "thick", "price", "yield", "current"), map(float, p), strict=True)) for p in (
    np.random.default_rng(2028).uniform((2.2, 6.0, 8.0, 0.71, 0.6), (6.3, 100.0, 138.0, 0.98, 20.0), (4, 5))
)]  # fmt: skip


@pytest.fixture(scope="module")
def audit():
    """One solid cell against one baseline."""
    charging = replace(load_charging_claim(), temperatures=(298.15,))
    claim = load_claim(cells=[TARGET], baselines=[LEAF])
    return cellsim.audit(claim, charging=charging, only=("energy", "charging", "cost"))


@pytest.fixture(scope="module")
def found(audit):
    return what_if(audit)


@pytest.fixture(scope="module")
def html(audit):
    return page(audit)


@pytest.mark.parametrize("k", range(len(POINTS)))
def test_energy_and_price_are_those_of_direct_calls(audit, found, k):
    """At random points, to the errors that the page states: of a grid of some ten points an axis."""
    where, own = POINTS[k], audit.cells[0]
    family = Family(own.cell, own.c_rate, own.temperature)
    size = {"areal": 10.0 * where["areal"], "electrolyte": 1e-6 * where["thick"]}
    density = family.energy_density(**size)
    for unit, value in (("Wh/kg", density.gravimetric), ("Wh/L", density.volumetric)):
        assert found.surfaces[unit].at(**where) == approx(value, rel=ERRORS["energy"])
    study, cell = audit.cost.studies[0], resized(own.cell, **size)
    bill = bill_of(cell, density.gravimetric * build(cell).mass, materials_of(own.cell))
    path, (price, share) = price_paths(study.model)[0], (found.now["price"], found.now["yield"])
    drawn = dict(study.draws)
    drawn[path] = drawn[path] * where["price"] / price
    drawn[YIELD] = _scaled(drawn[YIELD], share, where["yield"])
    direct = float(np.median(replace(study.model, bill=bill).breakdown(drawn).total))
    assert found.surfaces["$/kWh"].at(**where) == approx(direct, rel=ERRORS["price"])


@pytest.mark.parametrize("k", range(len(POINTS)))
def test_minutes_are_those_of_direct_calls(audit, found, k):
    """The same of charges, on the grid of the frontiers."""
    where, own, claim = POINTS[k], audit.cells[0].cell, audit.charging_claim
    T = claim.temperatures[0]
    changed, _ = WAYS["areal capacity"].changed(own, T, where["areal"])
    changed, _ = WAYS[PAIR].changed(changed, T, where["current"])
    limits = limits_of(claim.limits, own)
    charge = constrained_charge(
        changed, limits, soc=claim.start, to=claim.end, temperature=T, accuracy=ACCURACY, heat=True
    )
    assert found.surfaces["min"].at(**where) == approx(charge.duration / 60.0, rel=ERRORS["minutes"])


def test_the_cell_as_it_is_has_the_numbers_of_the_verdict(audit, found):
    """The price is a point of the grid; energy and minutes to what the page states."""
    assert found.surfaces["$/kWh"].at(**found.now) == approx(audit.cost.studies[0].quantiles[1], rel=1e-12)
    assert found.surfaces["Wh/L"].at(**found.now) == approx(audit.cells[0].metric("volumetric"), rel=ERRORS["energy"])
    own = next(v.minutes for v in audit.charging if v.cell == TARGET)
    assert found.surfaces["min"].at(**found.now) == approx(own, rel=ERRORS["minutes"])
    assert all(i.low <= i.now <= i.high for i in found.inputs)


def test_a_scaled_share_has_the_median_that_is_wanted():
    """Its odds keep their proportion, so that it stays a share."""
    drawn = np.array([0.8, 0.9, 0.97])
    moved = _scaled(drawn, 0.9, 0.95)
    assert moved[1] == approx(0.95, rel=1e-14) and (np.diff(moved) > 0.0).all() and moved.max() < 1.0


def test_a_surface_is_exact_at_its_points_and_for_what_is_linear():
    """In the logarithm where it is said; NaN beside what is missing and outside."""
    x, y = np.array([1.0, 2.0, 4.0]), np.array([1.0, 10.0, 100.0])
    surface = Surface("s", "1", (("x", x), ("y", y)), x[:, None] * y[None, :] ** 2, ("x", "y"), True)
    assert surface.at(x=3.0, y=37.0) == approx(3.0 * 37.0**2, rel=1e-12)
    assert np.isnan(surface.at(x=5.0, y=10.0))
    missing = surface.values.copy()
    missing[2, 2] = np.nan
    assert np.isnan(replace(surface, values=missing).at(x=3.0, y=37.0))


def test_without_script_the_page_shows_a_table_and_no_sliders(found, html):
    """The form is hidden until the script shows it; the table is outside of it, every slider has a label."""
    form = re.search(r"<form.*?</form>", html, re.S)[0]
    assert re.match(r"<form[^>]* hidden>", form)
    rest = entities.unescape(re.sub(r"<script.*?</script>", "", html.replace(form, ""), flags=re.S))
    for words, texts in found.rows():
        assert words.replace("um", "µm") in rest and all(f"<td>{text}</td>" in rest for text in texts)
    ids = re.findall(r'<input type="range" id="([^"]*)"', form)
    assert len(ids) == len(found.inputs) == 5 and all(f'<label for="{i}">' in form for i in ids)
    data = re.search(r'id="wi-data">(.*?)</script>', html, re.S)[1]
    assert "<" not in data and "http" not in re.findall(r"<script>(.*?)</script>", html, re.S)[0]
    assert 'aria-live="polite"' in form and len(html.encode()) < 2_500_000


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine: sliders not moved")
@pytest.mark.parametrize("k", range(2))
def test_the_script_interpolates_as_python_does(found, html, tmp_path, k):
    """With sliders elsewhere from the start; printed without decimals."""
    for i in found.inputs:
        html = re.sub(rf'(id="wi-{i.key}"[^>]* value=")[^"]*', rf"\g<1>{POINTS[k][i.key]}", html)
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'user'}"]
    run = subprocess.run([*command, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=120)
    form = re.search(r"<form.*?</form>", run.stdout, re.S)[0]
    assert " hidden" not in form.split(">")[0]
    for name in found.surfaces:
        (said,) = re.findall(rf'data-surface="{re.escape(name)}"><strong>([^<]*)', form)
        assert float(said) == approx(found.surfaces[name].at(**POINTS[k]), abs=0.51)


def test_an_audit_without_maps_has_no_sliders(audit):
    """And one without cost or charges only those of the energy."""
    assert what_if(replace(audit, maps=())) is None
    alone = what_if(replace(audit, cost=None, charges=None))
    assert list(alone.surfaces) == ["Wh/kg", "Wh/L"] and [i.key for i in alone.inputs] == ["areal", "thick"]
