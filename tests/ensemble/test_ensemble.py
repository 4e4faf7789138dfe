"""Ensembles: the same numbers as single runs, failures that stay where they are, bounded memory, plain words."""

import threading

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, Case, Profile, Step, cases, simulate_many
from cellsim.ensemble import parquet
from cellsim.ensemble import threads as module
from cellsim.errors import ParameterError, ProtocolError, ReportError

CHEN = "lgm50_chen2020"
SMALL = DFN((8, 4, 8), 10)
CC_CV = [cellsim.charge(1.0), cellsim.hold(4.2, 0.1)]
THICK = "separator/thickness"


@pytest.fixture(scope="module")
def varied():
    """Twelve cases that differ in parameters, temperature, initial state and protocol, and take unlike times."""
    found = cases(CHEN, CC_CV, changes={THICK: [1e-5, 2e-5]}, temperature=[288.15, 308.15], soc=[0.1, 0.5], model=SMALL)
    found += cases(CHEN, cellsim.discharge, c_rate=[0.2, 1.0, 3.0], model=SMALL)
    return [*found, Case(CHEN, Step("current", Profile((0.0, 100.0), (0.0, 5.0))), SMALL)]


@pytest.fixture(scope="module")
def whole(varied):
    """Their results on two threads."""
    return simulate_many(varied, threads=2)


@pytest.mark.parametrize("threads", (1, 2, 4, None))
def test_results_are_those_of_single_runs_bit_for_bit(varied, threads):
    """Every state, whatever the number of threads, given or not; cases come back in their order."""
    found = simulate_many(varied, threads=threads)
    for case, result in zip(varied, found.results, strict=True):
        single = case.run()
        for name in (
            "Time [s]",
            "Voltage [V]",
            "Current [A]",
            "Electrolyte concentration [mol.m-3]",
            "Negative particle concentration [mol.m-3]",
        ):
            assert np.array_equal(single[name], result[name])
        assert single.steps == result.steps
    assert [o.number for o in found.outcomes] == list(range(len(varied)))
    assert [o.labels for o in found.outcomes] == [c.labels for c in varied]


def test_what_is_kept_is_not_overwritten_by_later_cases(varied):
    """The memory of a case whose states no one keeps is used again: thrice as many cases as there are at a time."""
    many = varied * 3
    expected = [case.run()["Voltage [V]"] for case in varied]
    for threads in (1, 2):
        for k, result in enumerate(simulate_many(many, threads=threads, keep=["Voltage [V]"]).results):
            assert np.array_equal(result["Voltage [V]"], expected[k % len(varied)])


def test_a_case_is_what_simulate_does_with_the_same_words():
    """The changed cell, bit for bit."""
    case = cases(CHEN, CC_CV, changes={THICK: 2e-5}, temperature=308.15, soc=0.3, model=SMALL, rtol=1e-4)[0]
    single = cellsim.simulate(
        cellsim.load(CHEN).with_({THICK: 2e-5}), CC_CV, SMALL, temperature=308.15, soc=0.3, rtol=1e-4
    )
    assert np.array_equal(simulate_many([case]).results[0]["Voltage [V]"], single["Voltage [V]"])


def test_outcomes_are_the_figures_of_the_results(whole):
    """Exactly: they are taken from them."""
    for outcome, result in zip(whole.outcomes, whole.results, strict=True):
        assert not outcome.failure
        assert outcome.ending == result.endings[-1].name and outcome.message == result.steps[-1].message
        assert outcome.duration == result.t[-1]
        for name in ("discharge_capacity", "charge_capacity", "discharge_energy", "charge_energy"):
            assert getattr(outcome, name) == getattr(result, name)
        V = result["Voltage [V]"]
        assert (outcome.final_voltage, outcome.minimum_voltage, outcome.maximum_voltage) == (V[-1], V.min(), V.max())
    table = whole.to_pandas()
    assert len(table) == len(whole) and {"number", THICK, "failure", "final_voltage"} <= set(table)


BAD = (
    Case(CHEN, CC_CV, SMALL, changes={THICK: -1.0}),
    Case("no_such_set", CC_CV, SMALL),
    Case(CHEN, CC_CV, SMALL, soc=2.0),
    Case(CHEN, [], SMALL),
    Case(CHEN, CC_CV, model="none"),
    "no case",
    Case(CHEN, [cellsim.rest(1.0), *CC_CV], SMALL, soc=0.1, period=0.01, time_budget=1e-9),
)


def test_a_failure_is_told_in_words_and_disturbs_no_other():
    """Parameter, name, state, protocol, type and solver at fault, each between sound cases."""
    good = Case(CHEN, CC_CV, SMALL, soc=0.5)
    mixed = [x for bad in BAD for x in (good, bad)]
    found = simulate_many(mixed, threads=2)
    expected = good.run()["Voltage [V]"]
    for result in found.results[::2]:
        assert np.array_equal(result["Voltage [V]"], expected)
    words = (
        "separator/thickness",
        "no_such_set",
        "soc 2:",
        "has no step",
        "give one of cellsim.DFN()",
        "expected cellsim.Case",
        "time budget",
    )
    for outcome, said in zip(found.outcomes[1::2], words, strict=True):
        assert said in outcome.failure
    assert len(found.failures) == len(BAD) and f"{len(BAD)} failed" in repr(found)


def test_a_solver_that_gives_up_leaves_the_figures_so_far():
    """The partial result and its duration; a case that never began has neither."""
    found = simulate_many([BAD[-1], BAD[0]])
    assert found.outcomes[0].ending == "SOLVER_TIME_BUDGET" and found.outcomes[0].duration > 0.0
    assert found.results[0].t[-1] == found.outcomes[0].duration
    assert found.results[1] is None and np.isnan(found.outcomes[1].duration) and found.outcomes[1].ending == ""


def test_a_streamed_file_holds_what_stays_in_memory(varied, whole, tmp_path, monkeypatch):
    """All rows of all cases in order, in several groups, with labels; the small groups are for this test."""
    monkeypatch.setattr(parquet, "GROUP", 300)
    path = tmp_path / "out.parquet"
    same = varied[:8]  # those with the same labels
    found = simulate_many(same, threads=2, path=path, keep=["Voltage [V]", "State of charge"])
    assert found.results is None and [o.duration for o in found.outcomes] == [o.duration for o in whole.outcomes[:8]]
    frame = pd.read_parquet(path)
    assert list(frame) == ["Case", THICK, "temperature", "soc", "Time [s]", "Voltage [V]", "State of charge"]
    assert pq.ParquetFile(path).num_row_groups > 2
    assert frame["Case"].is_monotonic_increasing and set(frame["Case"]) == set(range(8))
    for number, case in enumerate(same):
        rows = frame[frame["Case"] == number]
        for name in ("Time [s]", "Voltage [V]", "State of charge"):
            assert np.array_equal(rows[name], whole.results[number][name])
        assert all((rows[key] == value).all() for key, value in case.labels.items())


def test_rows_of_a_failure_end_where_it_failed(tmp_path):
    """A case that stops on the way is in the file up to there; one with other labels is not, and says so."""
    path = tmp_path / "out.parquet"
    good, other = Case(CHEN, CC_CV, SMALL, soc=0.5), Case(CHEN, CC_CV, SMALL, labels={"colour": "red"})
    found = simulate_many([good, BAD[-1], BAD[0], other, good], path=path)
    counts = pd.read_parquet(path)["Case"].value_counts()
    assert set(counts.index) == {0, 1, 4} and counts[0] == counts[4]
    assert "differ in name or kind" in found.outcomes[3].failure


def test_text_labels_go_to_the_file(tmp_path):
    """Names of cells and models."""
    path = tmp_path / "out.parquet"
    simulate_many(cases([CHEN, "marquis2019"], cellsim.discharge(1.0), model=[SMALL, cellsim.SPM(10)]), path=path)
    frame = pd.read_parquet(path)
    assert set(frame["cell"]) == {CHEN, "marquis2019"} and "SPM(shells=10, reach=None)" in set(frame["model"])


def test_only_what_is_kept_stays_in_memory(varied, whole):
    """The named variables and the time, equal to those of the whole result; others are gone, in words."""
    found = simulate_many(varied[:3], keep="Voltage [V]")
    for result, other in zip(found.results, whole.results, strict=False):
        assert list(result) == ["Time [s]", "Voltage [V]"]
        assert np.array_equal(result["Voltage [V]"], other["Voltage [V]"]) and result.steps == other.steps
    with pytest.raises(KeyError, match="is not a variable of .*; (did you mean|known)"):
        found.results[0]["Current [A]"]


def test_progress_reaches_the_number_of_cases(capsys):
    """By a function, in order and with the total; without it where that is unknown; and as a bar."""
    some = cases(CHEN, cellsim.discharge, c_rate=[1.0, 2.0, 3.0], model=SMALL)
    told = []
    simulate_many(some, threads=2, progress=lambda *x: told.append(x))
    assert told == [(1, 3), (2, 3), (3, 3)]
    told.clear()
    simulate_many((c for c in some), progress=lambda *x: told.append(x))
    assert told == [(1, None), (2, None), (3, None)]
    simulate_many(some, progress=True)
    assert "3/3" in capsys.readouterr().out


@pytest.mark.parametrize(
    "first", ([cellsim.discharge(3.0)], cellsim.cycle([cellsim.rest(1.0)], 50)), ids=("as the others", "of many steps")
)
def test_a_generator_is_read_only_as_far_as_needed(first, monkeypatch):
    """At no time are more than AHEAD handfuls of MOST cases a thread taken beyond those that are done, also not while
    one takes longer than all others."""
    monkeypatch.setattr(module, "MOST", 2)
    taken, lead, threads = 0, [], 2

    def source():
        nonlocal taken
        for k in range(40):
            taken += 1
            yield Case(CHEN, cellsim.discharge(3.0) if k else first, SMALL)

    simulate_many(source(), threads=threads, progress=lambda done, total: lead.append(taken - done))
    assert taken == 40 and len(lead) == 40
    assert 0 < max(lead) <= module.AHEAD * threads * 2 < 40


def test_a_generator_that_raises_ends_the_work_and_leaves_no_file(tmp_path):
    """Its own exception comes out; threads end, nothing is left behind."""

    def source():
        yield Case(CHEN, cellsim.discharge(3.0), SMALL)
        raise RuntimeError("no more")

    before = threading.active_count()
    with pytest.raises(RuntimeError, match="no more"):
        simulate_many(source(), path=tmp_path / "out.parquet")
    assert not list(tmp_path.iterdir()) and threading.active_count() == before


def test_an_interrupt_leaves_an_earlier_file_as_it_was(tmp_path):
    """Raised from the progress function, as a user's Ctrl-C would be."""
    path = tmp_path / "out.parquet"
    path.write_text("earlier")

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate_many(cases(CHEN, cellsim.discharge, c_rate=[3.0] * 20, model=SMALL), path=path, progress=stop)
    assert path.read_text() == "earlier" and list(tmp_path.iterdir()) == [path]


NONE = Case(CHEN, cellsim.discharge(1.0), SMALL)


@pytest.mark.parametrize(
    "given, options, fault, words",
    [
        ([], {}, ProtocolError, "no cases"),
        (["x"], {}, ProtocolError, "cases 'x': give cellsim.Case objects"),
        ([NONE], {"threads": 0}, ProtocolError, "threads 0"),
        ([NONE], {"threads": 1.5}, ProtocolError, "threads 1.5"),
        ([NONE], {"keep": ["Volts [V]"]}, ProtocolError, r"did you mean 'Voltage \[V\]'"),
        ([NONE], {"keep": "x [m]", "path": "o.parquet"}, ProtocolError, "not one number at a time"),
        ([NONE], {"path": "out.csv"}, ReportError, "save as .parquet"),
        ([NONE], {"path": "missing/out.parquet"}, ReportError, "cannot be written"),
        ([Case(CHEN, CC_CV, labels={"Case": 1})], {"path": "o.parquet"}, ProtocolError, "is the name of a column"),
    ],
)
def test_bad_input_is_refused_before_anything_is_computed(given, options, fault, words, monkeypatch, tmp_path):
    """Words name what is wrong and what to give instead; no case is run, no file is left."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Case, "coroutine", lambda self: pytest.fail("a case was run"))
    with pytest.raises(fault, match=words):
        simulate_many(given, **options)
    assert not list(tmp_path.iterdir())


def test_cases_are_all_combinations_the_last_varying_fastest():
    """2 x 2 x 2, with labels of what varies and no others."""
    found = cases(
        CHEN,
        cellsim.discharge,
        changes={THICK: np.array([1e-5, 2e-5]), "cell/series resistance": 1e-3},
        c_rate=[0.5, 1],
        temperature=(290.0, 300.0),
        soc=0.9,
    )
    assert len(found) == 8
    assert found[1].labels == {THICK: 1e-5, "c_rate": 0.5, "temperature": 300.0}
    assert found[-1].labels == {THICK: 2e-5, "c_rate": 1, "temperature": 300.0}
    assert found[0].changes == {THICK: 1e-5, "cell/series resistance": 1e-3}
    assert found[2].steps == cellsim.discharge(1) and found[2].soc == 0.9
    assert found[0].varied_cell().value(THICK) == approx(1e-5, rel=1e-15)


def test_changes_can_be_taken_one_after_the_other():
    """A list of dictionaries is one axis; its values are the labels."""
    rows = [{THICK: 1e-5, "cell/series resistance": 1e-3}, {THICK: 2e-5, "cell/series resistance": 2e-3}]
    found = cases(CHEN, CC_CV, changes=rows)
    assert [c.changes for c in found] == rows and [c.labels for c in found] == rows


@pytest.mark.parametrize(
    "arguments, options, words",
    [
        ((CHEN, CC_CV), {"c_rate": [1.0]}, "give a function of the C-rate"),
        ((CHEN, cellsim.discharge), {}, "give a function of the C-rate"),
        ((CHEN, CC_CV), {"temperature": []}, "temperature: an empty list"),
        ((CHEN, CC_CV), {"changes": [1.0]}, "changes: give a dictionary"),
    ],
)
def test_cases_that_make_no_sense_are_refused_in_words(arguments, options, words):
    with pytest.raises(ProtocolError, match=words):
        cases(*arguments, **options)


def test_variations_share_laws_but_never_wrongly():
    """Tables are kept from cell to cell: a changed law, number of the electrolyte or temperature gives its own."""
    from cellsim.models import memo as keeping
    from cellsim.models.materials import tables as laws

    def numbers(found):
        return np.concatenate([found.solid.c.ravel(), found.salt.c.ravel(), found.salt[:3]])

    keeping.forget()  # room for all that follows
    cell = cellsim.load(CHEN)
    table = laws.tables(cell, 298.15)
    changes = (
        ({"positive electrode/particle diffusivity": "4e-15*(1 + x)"}, 298.15),
        ({"electrolyte/initial concentration": 1200.0}, 298.15),
        ({"electrolyte/diffusivity activation energy": 2e4}, 310.0),
        ({}, 310.0),
    )
    others = [(cell.with_(change) if change else cell, T, bool(change)) for change, T in changes]
    shared = [laws.tables(other, T) for other, T, _ in others]
    same = laws.tables(cell.with_({THICK: 2e-5, "positive electrode/particle diffusivity": 1e-14}), 298.15)
    assert same.solid is table.solid and same.salt is table.salt
    for (other, T, varied), found in zip(others, shared, strict=True):
        keeping.forget()
        assert np.array_equal(numbers(laws.tables(other, T)), numbers(found))
        assert not varied or not np.array_equal(numbers(found), numbers(table))


def test_a_variation_of_a_variation_is_checked_and_leaves_its_origin_alone():
    """Shared records: what is changed later does not show in the cells before."""
    cell = cellsim.load(CHEN)
    before = cell.to_json()
    second = cell.with_({THICK: 2e-5}).with_({"cell/series resistance": 1e-3})
    assert second.value(THICK) == 2e-5 and second.value("cell/series resistance") == 1e-3
    assert cell.to_json() == before and "variation" not in cell.sources
    with pytest.raises(ParameterError, match="thickness"):
        second.with_({THICK: 5.0})


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_holds_what_a_file_does(tmp_path, monkeypatch, resume):
    """In several files, of which each case is in one, and outcomes; files of an earlier run go, others are refused."""
    monkeypatch.setattr(parquet, "SHARD", 30)
    cases = cellsim.cases("lgm50_chen2020", cellsim.discharge, c_rate=[0.5, 1.0, 2.0], model=["SPM"])
    one = cellsim.simulate_many(cases, path=tmp_path / "one.parquet")
    folder = tmp_path / "runs"
    for part in (cases[:2], cases):
        many = cellsim.simulate_many(part, path=f"{folder}/", resume=resume)
    pd.testing.assert_frame_equal(pd.read_parquet(folder), pd.read_parquet(tmp_path / "one.parquet"), check_dtype=False)
    files = sorted(path.name for path in folder.glob("part-*.parquet"))
    assert len(files) > 1 and files[0] == "part-000000.parquet"
    for name in files[1:]:
        assert pd.read_parquet(folder / name)["Case"].min() > 0
    assert len(pd.read_parquet(folder / "_outcomes.parquet")) == 3
    assert many.outcomes == one.outcomes
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.parquet", "runs"]
    (folder / "mine.txt").write_text("keep")
    with pytest.raises(ReportError, match="mine.txt"):
        cellsim.simulate_many(cases, path=f"{folder}/")
    assert (folder / files[0]).exists()
    with pytest.raises(ReportError, match="no suffix"):
        cellsim.simulate_many(cases, path=f"{tmp_path}/runs.parquet/")
