"""The energy audit: resized cells, uncertainty, verdicts and the conditions that were solved for."""

import json
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

import cellsim
from cellsim.design import areal_capacity, build, energy_density
from cellsim.parameters import Cell
from cellsim.studies.claim_audit import voids
from cellsim.studies.claim_audit.claim_file import DEFAULT, load_charging_claim, load_claim
from cellsim.studies.claim_audit.energy_claim import figures
from cellsim.studies.claim_audit.records import Verdict
from cellsim.studies.claim_audit.voids import what_if
from cellsim.studies.resizing import ELECTROLYTE, EXCESS, Family, resized
from cellsim.studies.uncertainty import SPREAD, interval, sample, varied

TARGET, LEAF = "target_nmc811_lpscl_li", "leaf_2018"
AT_25 = replace(load_charging_claim(), temperatures=(298.15,))  # half of the time, where charges are not looked at
RATE = 1.0 / 3.0


@lru_cache(maxsize=1)
def audited():
    """The packaged claim, audited once for all tests."""
    return cellsim.audit(only="energy")


def test_resized_cell_keeps_its_housing_and_gets_what_was_asked():
    """Thickness, footprint and C-rate in hours stay; identities up to rounding (1e-12, sums of ten layers)."""
    cell = cellsim.load(TARGET)
    other = resized(cell, areal=40.0, electrolyte=15e-6, excess=5e-6)
    assert areal_capacity(other) == pytest.approx(40.0, rel=1e-12)
    assert (other.value(ELECTROLYTE), other.value(EXCESS)) == (15e-6, 5e-6)
    assert build(other).thickness == pytest.approx(build(cell).thickness, rel=1e-12)
    assert build(other).volume == pytest.approx(build(cell).volume, rel=1e-12)
    assert other.value("design/number of electrode pairs") > cell.value("design/number of electrode pairs")
    hours = [c.nominal_capacity / (areal_capacity(c) * c.value("cell/electrode area")) for c in (cell, other)]
    assert hours[1] == pytest.approx(hours[0], rel=1e-12)
    assert resized(cell) is cell


def test_resized_liquid_cell_scales_both_coatings():
    """The balance of the electrodes stays."""
    cell = cellsim.load(LEAF)
    other = resized(cell, areal=2.0 * areal_capacity(cell))
    for part in ("negative electrode", "positive electrode"):
        assert other.value(f"{part}/thickness") == pytest.approx(2.0 * cell.value(f"{part}/thickness"), rel=1e-12)
    assert build(other).thickness == pytest.approx(build(cell).thickness, rel=1e-12)


def test_family_gives_what_a_simulation_of_the_resized_cell_gives():
    """The energy per area is kept and scaled; here the resized cell itself is simulated (1e-3: time steps differ)."""
    cell = cellsim.load(TARGET)
    family = Family(cell, RATE, 298.15)
    found = family.energy_density(areal=60.0, electrolyte=20e-6, excess=10e-6)
    other = resized(cell, 60.0, 20e-6, 10e-6)
    run = cellsim.simulate(other, cellsim.discharge(RATE), temperature=298.15)
    assert found.volumetric == pytest.approx(energy_density(other, run.discharge_energy).volumetric, rel=1e-3)
    family.energy_density(areal=60.0, electrolyte=20e-6, excess=50e-6)
    assert list(family.kept) == [(60.0, 20e-6)]


def test_uncertainty_varies_every_number_within_its_method():
    """Same seed, same draws; the mean stays near the cell's own figure, the width is of the order of the inputs'."""
    cell = cellsim.load(TARGET)
    paths = varied(cell)
    assert ELECTROLYTE in paths and EXCESS in paths and "design/positive active material density" in paths
    assert not any("stated" in p or "number of" in p or p == "cell/electrode area" for p in paths)
    draws = sample(cell, RATE, 298.15, samples=12)
    assert draws.shape == (12, 2) and np.array_equal(draws, sample(cell, RATE, 298.15, samples=12))
    run = cellsim.simulate(cell, cellsim.discharge(RATE))
    own = energy_density(cell, run.discharge_energy)
    assert np.mean(draws[:, 0]) == pytest.approx(own.gravimetric, rel=max(SPREAD.values()))
    assert 0.01 < np.std(draws[:, 0]) / own.gravimetric < max(SPREAD.values())


def test_no_spread_no_uncertainty(monkeypatch):
    """With all half-widths zero every draw is the cell itself (1e-9: values pass through text)."""
    monkeypatch.setattr("cellsim.studies.uncertainty.SPREAD", dict.fromkeys(SPREAD, 0.0))
    draws = sample(cellsim.load(TARGET), RATE, 298.15, samples=3)
    assert np.ptp(draws, axis=0) == pytest.approx([0.0, 0.0], abs=1e-9)
    low, high = interval(draws[:, 0])
    assert low == pytest.approx(high, abs=1e-9)
    assert np.isnan(interval(np.array([]))).all()


def test_audit_covers_every_combination_and_its_numbers_agree():
    """Ratios are quotients of the figures; verdicts follow from ratio and conditions, never from a table."""
    found = audited()
    assert len(found.comparisons) == len(found.cells) * len(found.baselines) * len(found.claim.metrics)
    for c in found.comparisons:
        expected = found.figures(c.cell).metric(c.metric) / found.figures(c.baseline).metric(c.metric)
        assert c.ratio == pytest.approx(expected, rel=1e-12)
        reachable = c.budget is not None or c.areal_needed is not None
        assert c.verdict is (Verdict.HOLDS if c.ratio >= c.factor else Verdict.ONLY_IF if reachable else Verdict.FAILS)
        assert c.interval[0] < c.ratio < c.interval[1]
        assert c.verdict.value in c.sentence and f"{c.ratio:.2f}" in c.sentence and c.baseline in c.sentence
        if c.budget is not None:
            assert (c.budget >= c.present) == (c.ratio >= c.factor)
            assert f"{1e6 * c.budget:.3g} um" in c.sentence


def test_claim_comes_true_exactly_at_the_solved_condition():
    """A cell rebuilt and simulated with the budget's thickness, or the areal capacity, reaches 2.0.

    1e-3: the roots are solved to 1e-4 of the thickness and 0.05 Ah/m², time steps differ.
    """
    found = audited()
    checked = 0
    for c in found.comparisons:
        cell, reference = cellsim.load(c.cell), found.figures(c.baseline).metric(c.metric)
        relatives = []
        if c.budget is not None:
            share = c.budget / c.present
            relatives.append(resized(cell, None, share * cell.value(ELECTROLYTE), share * cell.value(EXCESS)))
        if c.areal_needed is not None and c.areal_needed > 20.0:
            relatives.append(resized(cell, areal=c.areal_needed))
        for other in relatives:
            run = cellsim.simulate(other, cellsim.discharge(found.claim.c_rate))
            density = energy_density(other, run.discharge_energy)
            assert getattr(density, c.metric) / reference == pytest.approx(c.factor, rel=1e-3)
            checked += 1
    assert checked >= 10


def test_energy_is_simulated_and_below_the_nominal_one():
    """Losses at C/3 cost something, but not more than a fifth."""
    for f in (*audited().baselines, *audited().cells):
        assert 0.8 * f.nominal_energy < f.energy < f.nominal_energy
        volts = f.energy / f.capacity
        assert f.window[0] < volts < f.window[1]
        assert f.density.gravimetric == pytest.approx(f.energy / f.design.mass, rel=1e-12)
        assert f.interval[0, 0] < f.density.gravimetric < f.interval[0, 1]


def test_faster_discharges_deliver_less():
    """Rates rise, energies fall, in every cell."""
    for f in (*audited().baselines, *audited().cells):
        energies = [run.discharge_energy for _, run in f.rates]
        assert np.all(np.diff(energies) < 0.0)


def test_maps_agree_with_the_verdict_and_fall_with_dead_weight():
    """Interpolated at the cell's own dimensions a map gives the ratio (2 %: bilinear on a coarse grid)."""
    from scipy.interpolate import RegularGridInterpolator

    found = audited()
    assert {(m.varied, m.baseline, m.metric) for m in found.maps} == {
        (v, b.name, q) for v in ("electrolyte", "lithium excess") for b in found.baselines for q in found.claim.metrics
    }
    for m in found.maps:
        ratio = next(
            c.ratio for c in found.comparisons if (c.cell, c.baseline, c.metric) == (m.cell, m.baseline, m.metric)
        )
        at = RegularGridInterpolator((m.areal_capacity, m.thickness), m.ratio)
        assert float(np.squeeze(at(m.here))) == pytest.approx(ratio, rel=0.02)
        assert np.all(np.diff(m.ratio, axis=1) < 0.0)


def test_verdict_moves_with_one_thickness_in_a_copied_file(tmp_path):
    """What a reader does first: copy a parameter file, change one thickness, ask again."""
    raw = cellsim.load(TARGET).to_json()
    raw["separator"]["thickness"]["value"] = 100e-6
    path = tmp_path / "thick.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    thick = cellsim.audit(load_claim(cells=[str(path)], baselines=["leaf_2010"]), only="energy").comparisons
    thin = [c for c in audited().comparisons if (c.cell, c.baseline) == (TARGET, "leaf_2010")]
    assert [c.verdict for c in thin] == [Verdict.HOLDS, Verdict.HOLDS]
    assert thick[1].metric == "volumetric" and thick[1].verdict is not Verdict.HOLDS
    assert all(after.ratio < before.ratio - 0.2 for before, after in zip(thin, thick, strict=True))


def test_progress_is_reported_to_the_end():
    """Shares rise to 1."""
    seen = []
    claim = load_claim(cells=[TARGET], baselines=[LEAF])
    cellsim.audit(claim, only="energy", progress=lambda what, done: seen.append(done))
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1.0)


def test_two_cells_of_one_name_are_refused(tmp_path):
    """Results are kept by name."""
    path = tmp_path / f"{LEAF}.json"
    path.write_text(json.dumps(cellsim.load(LEAF).to_json()), encoding="utf-8")
    with pytest.raises(cellsim.ClaimError, match="rename"):
        cellsim.audit(load_claim(cells=[str(path)], baselines=[LEAF]))


def test_a_baseline_that_delivers_nothing_is_refused_in_words():
    """At -60 degC its voltage is below the cut-off at once; the same cell as the judged one has a ratio of 0."""
    cold = {"c_rate": 3.0, "temperature": 213.15}
    claim = replace(load_claim(cells=[TARGET], baselines=[LEAF]), **cold)
    with pytest.raises(cellsim.ClaimError, match="leaf_2018: delivers no energy at 3 C and -60 degC"):
        cellsim.audit(claim)


CLAIM = DEFAULT.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "change, words",
    [
        (("factor: 2.0", "factor: -1"), "factor: "),
        (("factor: 2.0", "factor: .nan"), "factor: "),
        (("factor: 2.0", "factor: two"), "factor: "),
        (
            ("baselines: [leaf_2010, leaf_2018, nmc811_pouch_modern]", "baselines: []"),
            "baselines: empty; name at least",
        ),
        (("baselines: [leaf_2010, leaf_2018, nmc811_pouch_modern]", ""), "baselines: missing; add it"),
        (("metrics: [gravimetric, volumetric]", "metrics: [gravimetric, areal]"), "metrics/1: "),
        (("metrics: [gravimetric, volumetric]", "metrics: [gravimetric, gravimetric]"), "twice"),
        (("factor: 2.0", "factor: 2.0\ncolour: red"), "colour: unknown key"),
        (("factor: 2.0", "factor: [2.0"), "is not valid YAML"),
        (("  c_rate: 0.3333333333", "  c_rate: 0"), "conditions/c_rate: "),
    ],
)
def test_faulty_claim_files_are_explained(tmp_path, change, words):
    """File, key and what is wrong, in one line."""
    assert change[0] in CLAIM
    path = tmp_path / "mine.yaml"
    path.write_text(CLAIM.replace(*change), encoding="utf-8")
    with pytest.raises(cellsim.ClaimError) as caught:
        load_claim(path)
    assert str(caught.value).startswith("mine.yaml: ") and words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unreadable_claims_are_explained(tmp_path):
    """Missing, empty, and not text."""
    with pytest.raises(cellsim.ClaimError, match="cannot be read"):
        load_claim(tmp_path / "none.yaml")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    with pytest.raises(cellsim.ClaimError, match="contains no keys"):
        load_claim(tmp_path / "empty.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(cellsim.ClaimError, match="not text in UTF-8"):
        load_claim(tmp_path / "bytes.yaml")


def test_all_faults_of_a_claim_are_named_at_once(tmp_path):
    """Two faults, two lines."""
    path = tmp_path / "mine.yaml"
    path.write_text(CLAIM.replace("factor: 2.0", "factor: 0").replace("title:", "titel:"), encoding="utf-8")
    with pytest.raises(cellsim.ClaimError) as caught:
        load_claim(path)
    assert len(str(caught.value).splitlines()) >= 2


def test_paths_in_a_claim_are_relative_to_it(tmp_path, monkeypatch):
    """A claim travels with its parameter files."""
    (tmp_path / "mine.json").write_text(json.dumps(cellsim.load(TARGET).to_json()), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        CLAIM.replace("cells: [target_nmc811_lpscl_li, ", "cells: [mine.json, "), encoding="utf-8"
    )
    monkeypatch.chdir("/")
    assert isinstance(cellsim.load(load_claim(tmp_path / "mine.yaml").cells[0]), Cell)


def test_a_cell_of_a_long_name_is_one_that_is_not_known(tmp_path):
    """Longer than a name of a file may be."""
    (tmp_path / "mine.yaml").write_text(CLAIM.replace("[target_nmc811_lpscl_li, ", f"[{'n' * 300}, "), encoding="utf-8")
    with pytest.raises(cellsim.ParameterError, match="unknown cell 'nnn"):
        cellsim.audit(load_claim(tmp_path / "mine.yaml"))


def voids_of(name, changes=None, rate=RATE):
    """What voids would do to a cell at a rate, and the cell's figures."""
    own = figures(cellsim.load(name).with_(changes or {}), replace(load_claim(), c_rate=rate), np.ones((3, 2)))
    return what_if(own), own


def test_voids_are_a_what_if_beside_the_verdict():
    """Figures are those of the plain cell; the target loses half its energy, the other none at its pressure."""
    found = audited()
    assert [v.cell for v in found.voids] == [f.name for f in found.cells]
    target, lab, samsung = found.voids
    plain = cellsim.simulate(TARGET, cellsim.discharge(found.claim.c_rate))
    assert found.figures(TARGET).energy == pytest.approx(plain.discharge_energy, rel=1e-12)
    assert max(target.share) < 0.6 and min(target.least) > target.pressure
    assert min(lab.share) > 0.999 and max(lab.least) < lab.pressure
    assert "interlayer" in samsung.why and "not computed" in samsung.sentence
    assert f"{target.share[0]:.2f} of its energy at its 3 MPa" in target.sentence
    assert "void" not in str(found)


def test_the_least_pressure_is_where_voids_spare_the_energy():
    """By a simulation of its own, 1.5 % below and at it, for either exponent; bisected to 1 %."""
    found, own = voids_of(TARGET)
    for exponent, P in zip(voids.EXPONENTS, found.least, strict=True):
        shares = [
            cellsim.simulate(
                own.cell.with_(
                    {
                        "negative electrode/void share": 1.0,
                        "negative electrode/void height": 2e-6,
                        "negative electrode/creep current density": 2.0,
                        "negative electrode/creep reference pressure": 3e6,
                        "negative electrode/creep exponent": exponent,
                        "cell/operating pressure": share * P,
                    }
                ),
                cellsim.discharge(RATE),
            ).discharge_energy
            / own.energy
            for share in (0.985, 1.0)
        ]
        assert shares[0] < voids.SPARED <= shares[1]


@pytest.mark.parametrize(
    "name, changes, why",
    [
        ("nmc811_lpscl_graphite", {}, "no lithium metal"),
        ("minnmann2021", {}, "an alloy"),
        ("lfp_peo_li", {}, "its electrolyte"),
        ("nmc_llzo_li", {}, "its electrolyte"),
        (TARGET, {"negative electrode/void share": 0.5}, "of its own"),
    ],
)
def test_voids_are_lent_to_no_cell_they_do_not_belong_to(name, changes, why):
    found, _ = voids_of(name, changes)
    assert why in found.why and found.share == () and why in found.sentence


def test_a_pressure_that_is_never_enough_says_so(monkeypatch):
    """With 5 MPa as the most that is tried the steep law finds one, the shallow one none."""
    monkeypatch.setattr(voids, "PRESSURES", (1e5, 5e6))
    found, _ = voids_of(TARGET)
    assert found.least[0] < 5e6 and found.least[1] is None
    assert "or more than 5 MPa" in found.sentence
