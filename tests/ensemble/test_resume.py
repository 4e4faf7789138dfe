"""Studies and ensembles that are stopped, killed, run twice or find odd journals: nothing lost, nothing done twice."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, Case, simulate_many
from cellsim.ensemble import ensemble, pool
from cellsim.ensemble.jobs import WorkerLost
from cellsim.ensemble.journal import Journal, digest, journal_of
from cellsim.ensemble.resumable import run_resumably
from cellsim.errors import CellsimError, ProtocolError, ReportError

ROOT = Path(__file__).parents[2]
CHEN = "lgm50_chen2020"
SMALL = DFN((4, 2, 4), 4)
BAD = Case(CHEN, cellsim.discharge(2.0), SMALL, changes={"separator/thickness": -1.0}, labels={"soc": 0.5})
SOME = [
    *(Case(CHEN, cellsim.discharge(2.0), SMALL, soc=soc, labels={"soc": soc}) for soc in (1.0, 0.9, 0.8, 0.9)),
    BAD,
    Case(CHEN, cellsim.discharge(2.0), SMALL, soc=0.7, labels={"soc": np.float64(0.7)}),
]


def script(code, *arguments, **how):
    """A process that runs code."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        **how,
    )


# journals of studies

STUDY = """
import os
import sys
import time
from cellsim.errors import CellsimError
from cellsim.studies.resumable import run_resumably

def compute(case):
    print(case["x"], flush=True)
    time.sleep(float(sys.argv[2]))
    return {"square": case["x"] ** 2, "text": "x" * int(sys.argv[3])}

try:
    rows = run_resumably([{"x": k} for k in range(20)], compute, sys.argv[1])
    print("done", sum(row["square"] for row in rows))
except CellsimError as fault:
    print(fault)
"""


def test_a_study_killed_again_and_again_does_nothing_twice(tmp_path):
    """SIGKILL while it computes, four times: each case is computed once, but for those that the kills cut off."""
    path, computed = tmp_path / "study.csv", []
    for _ in range(4):
        process = script(STUDY, path, 0.05, 10)
        computed += [int(process.stdout.readline()) for _ in range(4)]
        process.kill()
        computed += [int(word) for word in process.communicate()[0].split()]
    *rest, said, total = script(STUDY, path, 0.0, 10).communicate()[0].split()
    computed += map(int, rest)
    assert (said, int(total)) == ("done", sum(k * k for k in range(20)))
    assert sorted(set(computed)) == list(range(20)) and len(computed) <= 20 + 4
    assert list(pd.read_csv(path)["square"]) == [k * k for k in range(20)] and list(tmp_path.iterdir()) == [path]


def test_of_two_processes_at_one_study_the_second_gets_a_sentence(tmp_path):
    """And the first one is not disturbed; afterwards the second may."""
    path = tmp_path / "study.csv"
    process = script(STUDY, path, 0.1, 10)
    assert process.stdout.readline() == "0\n"
    with pytest.raises(ReportError, match="another process is at work on this study; wait for it, or give another"):
        run_resumably([{"x": 1}], lambda case: pytest.fail("computed"), path)
    said = process.communicate()[0].split()
    assert said[-2:] == ["done", "2470"] and said[:-2] == [str(k) for k in range(1, 20)]
    assert run_resumably([{"x": 1}], lambda case: {"y": 2}, path) == [{"x": 1, "y": 2}]


def test_a_study_on_a_full_disk_keeps_what_is_done(tmp_path):
    """No file beyond 5 kB, rows of 1 kB: a sentence after the fourth; with room it goes on from there."""
    path = tmp_path / "study.csv"
    process = script(STUDY, path, 0.0, 1000, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)))
    *computed, said = process.communicate()[0].splitlines()
    assert "journal: cannot be written (File too large)" in said and computed == ["0", "1", "2", "3", "4"]
    assert script(STUDY, path, 0.0, 1000).communicate()[0].split() == [*map(str, range(4, 20)), "done", "2470"]


def _nested(path):
    said = b"[" * 100_000
    from cellsim.ensemble.journal import MARK, checksum

    path.write_bytes(MARK + checksum(said) + b" " + said + b"\n")


def _of_others(path):
    with Journal.at(path) as journal:
        for entry in (
            {"case": 1},
            {"case": "x", "row": [1]},
            {"part": "../../x", "digest": None},
            {"case": digest({"x": 1}), "row": {"y": 9}},
        ):
            journal.add(entry)


@pytest.mark.parametrize(
    "make, words",
    (
        (Path.mkdir, "is not a file; move it away"),
        (os.mkfifo, "is not a file; move it away"),
        (
            lambda path: path.write_bytes(b"\xff\xfe\x00abc\n"),
            "is not a journal of this version of cellsim; move it away",
        ),
        (lambda path: path.write_text('{"case": "x", "row": {}}\n'), "is not a journal of this version"),
        (lambda path: path.write_bytes(b"cells"), None),
        (lambda path: path.write_bytes(b"cellsim1 \xff\xff\n\n\x00"), None),
        (_nested, None),
        (_of_others, None),
    ),
)
def test_odd_journals(make, words, tmp_path):
    """What is no journal is left alone, with a sentence; lines and rows that are not whole are done again."""
    path = tmp_path / "study.csv"
    make(journal_of(path))
    if words is None:
        assert run_resumably([{"x": 1}], lambda case: {"y": 2}, path) == [{"x": 1, "y": 2}]
        assert list(tmp_path.iterdir()) == [path]
    else:
        with pytest.raises(ReportError, match=words):
            run_resumably([{"x": 1}], lambda case: {"y": 2}, path)
        assert list(tmp_path.iterdir()) == [journal_of(path)]


def test_a_changed_bit_of_a_journal_is_a_case_that_is_done_again(tmp_path):
    """Every bit of a line of ten is one: its row is computed again, the others are not; none has another number."""
    path = tmp_path / "study.csv"

    def study(stop):
        computed = []

        def compute(case):
            computed.append(case["x"])
            return {"square": case["x"] ** 2}

        def progress(done, total):
            if stop:
                raise KeyboardInterrupt

        try:
            return computed, run_resumably([{"x": 1}, {"x": 2}], compute, path, progress, threads=1)
        except KeyboardInterrupt:
            return computed, None

    study(True)
    whole = journal_of(path).read_bytes()
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        journal_of(path).write_bytes(changed)
        try:
            computed, rows = study(False)
        except ReportError:  # of the mark at its beginning, by which it is told from other files
            assert bit < 8 * 9
            continue
        assert rows == [{"x": 1, "square": 1}, {"x": 2, "square": 4}] and computed == [1, 2]


# ensembles


def counted(monkeypatch):
    """The cases that are run from now on, alone or with others."""
    run, alone, with_others = [], Case.coroutine, ensemble.run_together

    def together(arguments):
        found = yield from with_others(arguments)
        run.extend(case for (_, case, *_), one in zip(arguments, found, strict=True) if one is not None)
        return found

    monkeypatch.setattr(Case, "coroutine", lambda self: (run.append(self), alone(self))[1])
    monkeypatch.setattr(ensemble, "run_together", together)
    return run


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The ensemble and its file, never interrupted."""
    path = tmp_path_factory.mktemp("whole") / "runs.parquet"
    return simulate_many(SOME, threads=1, path=path), pd.read_parquet(path)


def stop_after(number):
    def progress(done, total):
        if done == number:
            raise KeyboardInterrupt

    return progress


def test_an_interrupted_ensemble_goes_on_and_its_file_is_that_of_one_that_was_not(whole, tmp_path, monkeypatch):
    """Stopped twice, failures and equal cases among them: the rest is run; nothing is left beside the file.

    Of what was done nothing is run again but the groups of short cases that were under way when it stopped.
    """
    path, run = tmp_path / "runs.parquet", counted(monkeypatch)
    for done in (2, 5):
        with pytest.raises(KeyboardInterrupt):
            simulate_many(SOME, threads=1, path=path, resume=True, progress=stop_after(done))
        assert not path.exists()
    told = []
    found = simulate_many(SOME, threads=1, path=path, resume=True, progress=lambda *x: told.append(x))
    assert {repr(case) for case in run} == {repr(case) for case in SOME} and len(run) < 2 * len(SOME)
    assert told == [(k + 1, 6) for k in range(6)]
    pd.testing.assert_frame_equal(found.to_pandas(), whole[0].to_pandas())
    pd.testing.assert_frame_equal(pd.read_parquet(path), whole[1])
    assert list(tmp_path.iterdir()) == [path] and found.results is None


def test_what_differs_is_run(tmp_path, monkeypatch):
    """Another number, step, model, label or set of variables, and a start that has no words, are other cases; another
    order is not."""
    path = tmp_path / "runs.parquet"
    start = SOME[3].run()
    cases = [*SOME[:2], Case(CHEN, cellsim.discharge(2.0), SMALL, labels={"soc": 1.5}, temperature=None)]
    with pytest.raises(KeyboardInterrupt):
        simulate_many(cases, threads=1, path=path, resume=True, progress=stop_after(3))
    run = counted(monkeypatch)
    others = [
        Case(CHEN, cellsim.discharge(2.0), SMALL, soc=1.0 - 1e-12, labels={"soc": 1.0}),
        Case(CHEN, cellsim.discharge(2.0 + 1e-12), SMALL, soc=1.0, labels={"soc": 1.0}),
        Case(CHEN, cellsim.discharge(2.0), DFN((4, 2, 4), 5), soc=1.0, labels={"soc": 1.0}),
        Case(CHEN, cellsim.discharge(2.0), SMALL, soc=1.0, labels={"soc": 1.25}),
        Case(CHEN, cellsim.rest(1.0), soc=1.0, start=start, labels={"soc": 1.0}),
    ]
    with pytest.raises(KeyboardInterrupt):
        simulate_many([*cases[::-1], *others], threads=1, path=path, resume=True, progress=stop_after(8))
    assert run == others
    run.clear()
    simulate_many([*cases, *others[:4]], threads=1, path=path, resume=True, keep=["Voltage [V]"])
    assert len(run) == 7


def test_a_damaged_part_is_run_again(whole, tmp_path, monkeypatch):
    """One byte of it; and a part whose entry was not written any more is removed."""
    path = tmp_path / "runs.parquet"
    with pytest.raises(KeyboardInterrupt):
        simulate_many(SOME, threads=1, path=path, resume=True, progress=stop_after(3))
    (part,) = Path(f"{path}.parts").iterdir()
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    part.with_name("000007.parquet").write_bytes(b"x")
    run = counted(monkeypatch)
    simulate_many(SOME, threads=1, path=path, resume=True)
    assert len(run) == len(SOME)
    pd.testing.assert_frame_equal(pd.read_parquet(path), whole[1])


def test_a_case_that_ended_its_process_is_tried_again(tmp_path, monkeypatch):
    """Its failure is in the file, as long as it stands, but is not kept for the next time."""
    path = tmp_path / "runs.parquet"

    def lost(*_):
        raise WorkerLost(f"{pool.ENDED} (x)")

    monkeypatch.setattr("cellsim.ensemble.ensemble.run_case", lost)
    with pytest.raises(KeyboardInterrupt):
        simulate_many(SOME[:2], threads=1, path=path, resume=True, progress=stop_after(2))
    assert len(simulate_many(SOME[:2], threads=1, path=tmp_path / "other.parquet", resume=True).failures) == 2
    monkeypatch.undo()
    assert not simulate_many(SOME[:2], threads=1, path=path, resume=True).failures


ENSEMBLE = """
import sys
import cellsim
from cellsim import Case, DFN, simulate_many
from cellsim.studies import resumed
resumed.OFTEN = 0.0
some = [Case("lgm50_chen2020", cellsim.discharge(2.0), DFN((4, 2, 4), 4), soc=1.0 - 0.001 * k) for k in range(300)]
try:
    found = simulate_many(some, threads=1, path=sys.argv[1], resume=True, progress=lambda *x: print(x[0], flush=True))
    print("done", len(found.failures))
except cellsim.errors.CellsimError as fault:
    print(fault)
"""


def test_a_killed_ensemble_goes_on(tmp_path):
    """SIGKILL while it runs, parts being written after every case here; a second process meanwhile gets a sentence."""
    path, computed = tmp_path / "runs.parquet", 0
    process = script(ENSEMBLE, path)
    while computed < 40:
        computed = int(process.stdout.readline())
    with pytest.raises(ReportError, match="another process is at work"):
        simulate_many(SOME, threads=1, path=path, resume=True)
    process.kill()
    process.communicate()
    began = time.perf_counter()
    with Journal.at(journal_of(path)) as journal:
        done = sum(len(entry["cases"]) for entry in journal.entries)
    assert 40 <= done < 300 and not path.exists() and time.perf_counter() - began < 10.0
    said = script(ENSEMBLE, path).communicate()[0].split()
    assert said[-2:] == ["done", "0"] and said[:-2] == [str(k + 1) for k in range(300)]
    frame = pd.read_parquet(path)
    assert set(frame["Case"]) == set(range(300)) and list(tmp_path.iterdir()) == [path]
    last = Case(CHEN, cellsim.discharge(2.0), SMALL, soc=0.701).run()
    assert frame["Voltage [V]"][frame["Case"] == 299].to_numpy() == approx(last["Voltage [V]"], abs=1e-9)


@pytest.mark.parametrize(
    "options, fault, words",
    [
        ({"resume": True}, ProtocolError, "resume: give a path"),
        ({"resume": True, "path": "x.csv"}, ReportError, "save as .parquet"),
        ({"resume": True, "path": "x.parquet", "keep": ["Time"]}, ProtocolError, "keep: 'Time'"),
    ],
)
def test_resuming_what_cannot_be_is_refused(options, fault, words, tmp_path, monkeypatch):
    """Before anything is computed or written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(fault, match=words):
        simulate_many(SOME, **options)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_parts_that_is_a_file_is_told(tmp_path):
    """And stays."""
    Path(f"{tmp_path}/x.parquet.parts").write_text("mine")
    with pytest.raises(CellsimError, match="x.parquet.parts: cannot be made"):
        simulate_many(SOME, path=tmp_path / "x.parquet", resume=True)
    assert Path(f"{tmp_path}/x.parquet.parts").read_text() == "mine"
