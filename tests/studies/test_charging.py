"""Charge studies: figures that follow from the run, names, resumption, and the claim of a shorter time."""

import math
from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.studies.charging import fastest
from cellsim.studies.charging import study as charging
from cellsim.studies.charging.constraints import in_words, read_limits
from cellsim.studies.charging.fastest import distances
from cellsim.studies.charging.named_protocols import TEXTS, named
from cellsim.studies.charging.plots_study import looks, margin_text
from cellsim.studies.charging.study import PLATING, STRAYS, charge_study
from cellsim.studies.claim_audit import charging_claim as claim
from cellsim.studies.claim_audit.charging_claim import ChargingVerdict
from cellsim.studies.claim_audit.claim_file import CHARGING, load_charging_claim

CHEN, TARGET = "lgm50_chen2020", "target_nmc811_lpscl_li"
AT_25 = replace(load_charging_claim(), temperatures=(298.15,))


@pytest.mark.parametrize("name", TEXTS)
def test_every_named_protocol_reaches_the_state_of_charge(name):
    """From 10 to 70 %, at 25 degC."""
    study = charge_study(CHEN, [f"{name} 1.5C"], end=0.7)
    assert math.isfinite(study.charges[0].minutes), study


def test_figures_are_those_of_the_run():
    """Time, peak, margins and efficiency, each from the result by another way; energy balances to 5 %.

    What is taken in is what the open circuit stores and what becomes heat, but for entropy, of which the LG M50
    set has none, and gradients that have not relaxed.
    """
    study = charge_study(CHEN, ["cc-cv 2C"])
    row, result = study.charges[0], next(iter(study.results.values()))
    assert row.minutes == approx(result.t[-1] / 60.0) and result["State of charge"][-1] == approx(0.8, abs=1e-6)
    assert row.peak_temperature == approx(result["Cell temperature [K]"].max())
    assert row.plating == approx(1e3 * result["Plating margin [V]"].min())
    fine = np.linspace(0.0, result.t[-1], 20001)
    margin = np.interp(fine, result.t, result["Plating margin [V]"])
    assert row.minutes_plating == approx(np.mean(margin < -STRAYS[PLATING]) * row.minutes, abs=0.02)
    assert row.efficiency * result.charge_energy + row.heat == approx(result.charge_energy, rel=0.05)
    assert math.isnan(row.critical) and math.isnan(row.short)  # not stated, and not zero


def test_a_margin_held_at_its_limit_is_not_beyond_it():
    """A fastest charge along the critical current counts no minute below 0; one a little faster counts nearly all."""
    study = charge_study(TARGET, ["fastest"])
    row, result = study.charges[0], next(iter(study.results.values()))
    assert row.critical == approx(0.0, abs=1e-3) and row.minutes_critical == 0.0  # as far as the solver's errors go
    assert "0.0" in margin_text(-1e-4, 0.0) and "-" not in margin_text(-1e-4, 0.0)
    rate = -1.01 * result["C-rate"].min()
    beyond = charge_study(TARGET, [f"Charge at {rate:.4f}C until 80% SOC"]).charges[0]
    assert -0.06 < beyond.critical < -0.001 and beyond.minutes_critical > 0.5 * beyond.minutes


def test_a_charger_never_gives_more_than_its_rate():
    """Also while the voltage is held and the cell warms up from 0 degC."""
    study = charge_study(TARGET, ["cc-cv 2C"], [273.15])
    assert next(iter(study.results.values()))["C-rate"].min() >= -2.0 * 1.001


def test_colder_is_slower_and_less_safe():
    """Minutes fall and the margin rises from -10 to 40 degC."""
    rows = charge_study(CHEN, ["cc-cv 1C"], [263.15, 288.15, 313.15]).charges
    assert rows[0].minutes > rows[1].minutes > rows[2].minutes
    assert rows[0].plating < rows[1].plating < rows[2].plating


@pytest.mark.parametrize("said, words", [("cc-vc 1C", "did you mean 'cc-cv'|nearest|cc-cv"), ("Chrge at 1C", "Chrge")])
def test_an_unknown_protocol_is_refused_before_anything_runs(said, words):
    """With what it may have meant."""
    with pytest.raises(cellsim.ProtocolError, match=words):
        charge_study(CHEN, [said])


@pytest.mark.parametrize(
    "text, words",
    [
        ("plating margin >= 10 furlong", "furlong"),
        ("voltage >= 4 V", "largest value"),
        ("current <= 2C, current <= 3C", "second limit"),
    ],
)
def test_limits_in_words_are_read_or_refused(text, words):
    """A caret or a sentence; units are turned into those of the kernels."""
    with pytest.raises(cellsim.ProtocolError, match=words):
        read_limits(text, CHEN)
    found = read_limits("plating margin >= 10 mV, temperature <= 55 degC, current <= 10 A", CHEN)
    assert (found.plating_margin, found.temperature, found.c_rate) == (approx(0.01), approx(328.15), approx(2.0))
    assert read_limits(in_words(found), CHEN) == found and "plating margin >= 10 mV" in in_words(found)


@pytest.mark.parametrize(
    "cell, limits",
    [
        (CHEN, "plating margin >= 0 mV, current <= 4C"),
        (CHEN, "temperature <= 35 degC, current <= 3C"),
        (TARGET, "critical current margin >= 0 mA/cm2, current <= 4C"),
    ],
    ids=["plating", "temperature", "critical current"],
)
def test_both_ways_to_the_fastest_charge_agree(cell, limits):
    """A staged optimum does not beat the ride along the limits by more than 1 %, nor lose by more than 3 %.

    Neither passes a limit in any row, to 1e-4 of 1 V, 1 K or 1 A/m2.  Where temperature binds the ride at the best
    largest current is no slower than the greedy one.
    """
    how = {"temperature": 298.15, "accuracy": 3e-3}
    along = cellsim.fastest_charge(cell, limits, 0.1, 0.6, **how)
    staged = cellsim.staged_charge(cell, limits, 0.1, 0.6, **how)
    assert staged.reached and 0.99 < staged.duration / along.duration < 1.03, (along, staged)
    for run in (along.result, staged.result):
        assert min(distances(run, along.limits, cellsim.load(cell)).values()) > -1e-4
    assert along.duration <= along.greedy.duration


def test_a_study_written_and_read_again_is_the_same(tmp_path):
    """Rows of a resumed study equal those of one in memory, bit for bit."""
    import pandas

    path = tmp_path / "study.parquet"
    kept = charge_study(CHEN, ["cc-cv 1C"], [298.15, 313.15], path=path)
    plain = charge_study(CHEN, ["cc-cv 1C"], [298.15, 313.15])
    for a, b in zip(kept.charges, plain.charges, strict=True):
        assert repr(a) == repr(b)
    assert len(pandas.read_parquet(path)) == 2


def test_the_charging_claim_is_judged_by_the_times_themselves():
    """Ratio and verdict from the two times; a needed critical current, where there is one, does make it hold."""
    rated = claim.charging_claim([TARGET], [CHEN], AT_25)
    assert {v.rule for v in rated} == {"safe", "rated"}
    for v in rated:
        assert v.ratio == approx(v.minutes / v.baseline_minutes) and v.holds == (v.ratio <= AT_25.factor * 1.001)
        assert v.word in ("holds", "holds only if", "does not hold")


def test_a_claim_about_charging_time_is_a_file(tmp_path):
    """Faults name file and key; limits without a largest temperature are refused before anything is run."""
    text = CHARGING.read_text(encoding="utf-8")
    for change, words in (
        (("factor: 0.3", "factor: -0.3"), "mine.yaml: factor: "),
        (("end: 0.8", "end: 0.05"), "above that of the start"),
        (("temperatures: [298.15, 318.15]", "temperatures: [25.0]"), "mine.yaml: temperatures/0: "),
        (("rated: cc-cv 1C", ""), "mine.yaml: rated: missing; add it"),
    ):
        assert change[0] in text
        (tmp_path / "mine.yaml").write_text(text.replace(*change), encoding="utf-8")
        with pytest.raises(cellsim.ClaimError) as caught:
            load_charging_claim(tmp_path / "mine.yaml")
        assert words in str(caught.value)
    with pytest.raises(cellsim.ClaimError, match="name a largest temperature"):
        claim.charging_claim([TARGET], [CHEN], replace(AT_25, limits="current <= 6C"))
    with pytest.raises(cellsim.ProtocolError, match="limits, "):
        claim.charging_claim([TARGET], [CHEN], replace(AT_25, limits="warmth <= 6C"))


def test_each_condition_alone_makes_the_claim_hold():
    """The time with the needed critical current, areal capacity or temperature is the goal; what does not help is left
    out, as is a temperature beyond the limit; a baseline charged along its limits is not slower than by greed.
    """
    cell = cellsim.load(TARGET)
    relatives = claim.Relatives(AT_25, cell, 298.15)
    for goal, names in (
        (30.0, {"critical current", "areal capacity"}),
        (100.0, {"critical current", "areal capacity", "temperature"}),
    ):
        found = relatives.conditions(goal)
        assert {name for name, *_ in found} == names
        for name, value, now, _ in found:
            assert now == approx(claim.WAYS[name].has(cell, 298.15))
            assert claim.time_of(AT_25, *claim.WAYS[name].changed(cell, 298.15, value)) == approx(goal, rel=0.02)
    asked = AT_25.factor, claim.hottest(AT_25, cell)
    warm = ChargingVerdict(TARGET, CHEN, "safe", 298.15, 199.0, 300.0, relatives.conditions(100.0), *asked)
    assert warm.word == "holds only if" and "the temperature is at least 43 °C (now 25)" in warm.condition
    cold = ChargingVerdict(TARGET, CHEN, "safe", 298.15, 199.0, 3.0, relatives.conditions(1.0), *asked)
    assert cold.word == "does not hold" and "no temperature up to 55 °C reaches it" in cold.condition


def test_the_claim_charges_every_cell_the_best_way():
    """Where temperature binds greed is slower."""
    cell = cellsim.load("nmc811_pouch_modern")
    greedy = cellsim.constrained_charge(
        cell, read_limits(AT_25.limits, cell), temperature=318.15, accuracy=claim.ACCURACY
    )
    assert claim.time_of(AT_25, cell, 318.15) < greedy.duration / 60.0 - 0.3


def test_named_protocols_are_the_ones_that_are_documented():
    """Each name of the module's text is known, and the other way round."""
    from cellsim.studies.charging import named_protocols as charging_protocols

    for name in (*TEXTS, "fastest"):
        assert f"\n{name} " in charging_protocols.__doc__
    assert named(cellsim.load(CHEN), "fastest", 0.1, 0.8) is None


def test_a_cell_that_cannot_be_charged_takes_no_other_with_it():
    """Sinzig's set states no critical current; the verdicts on the others are those without it."""
    alone = claim.charging_claim([TARGET], [CHEN], AT_25)
    assert claim.charging_claim(["sinzig2024", TARGET], [CHEN], AT_25) == alone


def test_a_cell_and_its_variation_are_two_rows():
    """A number tells them apart."""
    cell = cellsim.load(CHEN)
    thinner = cell.with_({"separator/thickness": 8e-6})
    study = charge_study([cell, thinner], ["cc-cv 1C"])
    assert [c.cell for c in study.charges] == [f"{CHEN} (1)", f"{CHEN} (2)"] and len(study.results) == 2
    assert study.charges[0].minutes != study.charges[1].minutes


def test_a_charge_that_fails_is_a_row_with_its_reason(monkeypatch):
    """Of a failed solver, whether or not it kept anything of the run; the others are not touched."""
    run = next(iter(charge_study(CHEN, ["cc-cv 1C"], end=0.2).results.values()))
    for result in (None, run):

        def fails(*_, result=result, **__):
            raise cellsim.SolveError("it gave up", result)

        monkeypatch.setattr(charging, "simulate_coroutine", fails)
        study = charge_study(CHEN, ["cc-cv 1C", "fastest"], end=0.3)
        failed, fine = study.charges
        assert failed.ending == "it gave up" and not math.isfinite(failed.minutes) and math.isfinite(fine.minutes)
        assert math.isnan(failed.peak_temperature) == (result is None) and len(study.results) == 2 - (result is None)


def test_a_charge_along_the_limits_says_why_it_ended():
    """In the row of a study, as the ride does."""
    row = charge_study(CHEN, ["fastest"], end=0.95, limits="voltage <= 3.9 V").charges[0]
    assert row.minutes == math.inf and "the current reached its limit" in row.ending


def test_a_largest_current_that_fails_is_not_the_best(monkeypatch):
    """The search for the best one goes on with the others."""
    how = {"temperature": 298.15, "accuracy": 3e-3}
    limits, real = "temperature <= 35 degC, current <= 3C", fastest.constrained_charge_coroutine

    def fails_above(cell, limits, **rest):
        if 1.5 < limits.c_rate < 3.0:
            raise cellsim.SolveError("it gave up", None)
        return real(cell, limits, **rest)

    monkeypatch.setattr(fastest, "constrained_charge_coroutine", fails_above)
    found = cellsim.fastest_charge(CHEN, limits, 0.1, 0.6, **how)
    assert found.ride.reached and (found.c_rate <= 1.5 or found.c_rate == 3.0)


def test_curves_of_a_large_study_look_different():
    """Whatever is compared: many protocols, many temperatures, or both."""
    for lines, warmths in ((1, 12), (12, 1), (9, 4), (30, 2)):
        keys = [("cell", f"protocol {k}", T) for k in range(lines) for T in range(warmths)]
        assert len({tuple(look.items()) for look in looks(keys)}) == lines * warmths


def test_a_picture_says_what_it_does_not_show():
    """Charges that were taken from a file have no curves."""
    study = charge_study(CHEN, ["cc-cv 1C"], [293.15, 303.15], end=0.2)
    assert study.plot().axes[0].get_title(loc="left") == ""
    first = dict(list(study.results.items())[:1])
    assert study.plot().axes and "1 of 2 charges" in replace(study, results=first).plot().axes[0].get_title(loc="left")


def test_surroundings_may_differ_from_the_start():
    """A cell that starts warm in the cold ends colder than one in a warm room; the row keeps where it started."""
    rows = [charge_study(CHEN, ["cc-cv 1C"], [298.15], ambient=around) for around in (None, 298.15, 263.15)]
    ends = [next(iter(s.results.values()))["Cell temperature [K]"][-1] for s in rows]
    assert ends[0] == ends[1] > ends[2] + 10.0 and all(s.charges[0].start_temperature == 298.15 for s in rows)


def test_temperatures_are_kelvin_and_celsius_still_works_with_a_warning():
    """25 is 298.15 K for one release; what lies between the two scales is refused."""
    kelvin = charge_study(CHEN, ["cc-cv 1C"], [298.15], end=0.2)
    with pytest.warns(
        DeprecationWarning, match="temperatures 25: temperatures are given in kelvin, this one as 298.15"
    ):
        assert repr(charge_study(CHEN, ["cc-cv 1C"], [25.0], end=0.2).charges) == repr(kelvin.charges)
    with pytest.raises(cellsim.ProtocolError, match="give kelvin from 200 to 400"):
        charge_study(CHEN, ["cc-cv 1C"], [140.0])
    row, run = kelvin.charges[0], kelvin.results[CHEN, "cc-cv 1C", 298.15]
    with pytest.warns(DeprecationWarning, match=r"Charge.temperature \[degC\] is now .start_temperature \[K\]"):
        assert row.temperature == 25.0
    with pytest.warns(DeprecationWarning, match="peak_temperature"):
        assert row.peak == approx(row.peak_temperature - 273.15, abs=1e-9)
    with pytest.warns(DeprecationWarning, match="this one is 298.15"):
        assert kelvin.results[CHEN, "cc-cv 1C", 25.0] is run
    with pytest.raises(KeyError):
        kelvin.results[CHEN, "cc-cv 1C", 26.0]
