"""Saved results after accidents: the very numbers, or a sentence; never another number, never half a file."""

import json
import os
import pickle
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cellsim
from cellsim.errors import CellsimError, ReportError
from cellsim.simulation import storage as saved
from cellsim.simulation.result import StepResult

ROOT = Path(__file__).parents[2]
KINDS = (".parquet", ".nc")


@pytest.fixture(scope="module")
def result():
    """Two steps on a small mesh, with NaN in a variable."""
    return cellsim.simulate("lgm50_chen2020", "Discharge at 2C for 10 min; Rest for 10 min", cellsim.DFN((3, 2, 3), 4))


@pytest.fixture(scope="module", params=KINDS)
def file(request, result, tmp_path_factory):
    """A path with the result in it."""
    path = tmp_path_factory.mktemp("saved") / f"run{request.param}"
    result.save(path)
    return path


def same(one, other):
    """Whether two results agree in every number and word that the second one has."""
    return (
        one.steps == other.steps
        and one.termination == other.termination
        and one.cell == other.cell
        and (one.model, one.temperature, one.remarks) == (other.model, other.temperature, other.remarks)
        and np.array_equal(one.step_index, other.step_index)
        and all(np.array_equal(one[name], other[name], equal_nan=True) for name in other)
    )


def test_what_is_read_is_what_was_saved(file, result):
    """Bit for bit; NetCDF has all variables, Parquet those over time."""
    again = cellsim.Result.load(file)
    assert same(result, again)
    over_time = {n for n in result if result.variables.dims(n) == ("Time [s]",)}
    assert set(again) == (set(result) if file.suffix == ".nc" else over_time)
    assert not list(file.parent.glob(".*"))


def test_a_changed_bit_is_told_or_changes_nothing(file, result, tmp_path):
    """Bits one at a time, evenly over the file: an error of ours, or every number and word as it was."""
    whole, changed = file.read_bytes(), tmp_path / file.name
    told, rng = 0, np.random.default_rng(1)
    bits = 400 if file.suffix == ".parquet" else 40  # as it takes xarray a quarter of a second to read a file
    for at in rng.choice(8 * len(whole), bits, replace=False):
        content = bytearray(whole)
        content[at // 8] ^= 1 << at % 8
        changed.write_bytes(content)
        try:
            assert same(result, cellsim.Result.load(changed)), at
        except ReportError as fault:
            assert str(changed) in str(fault) and "\n" not in str(fault) and len(str(fault)) < 600
            told += 1
    assert told > bits // 4  # that bits were changed where numbers are


def test_a_digest_tells_numbers_words_and_names_apart():
    """Each change by itself; not the bits of a NaN, which tables do not keep."""
    meta, arrays = {"cell": "a"}, {"x": (("t",), np.array([1.0, np.nan])), "y": (("t",), np.zeros(2))}
    before = saved.digest(meta, arrays)
    nan = np.array([0x7FF8000000000001], np.uint64).view(float)[0]
    assert saved.digest(meta, arrays | {"x": (("t",), np.array([1.0, nan]))}) == before
    for other in (
        arrays | {"x": (("t",), np.array([np.nextafter(1.0, 2.0), np.nan]))},
        {"x": arrays["x"]},
        arrays | {"y": (("t",), np.array([0.0, -0.0]))},
        arrays | {"y": (("s",), np.zeros(2))},
        arrays | {"y": (("t",), np.zeros(3))},
        {"x": arrays["x"], "z": arrays["y"]},
    ):
        assert saved.digest(meta, other) != before
    assert saved.digest({"cell": "b"}, arrays) != before


def test_cut_files_are_told(file, tmp_path):
    """At every sixteenth of their length, and empty."""
    whole, path = file.read_bytes(), tmp_path / file.name
    for k in range(16):
        path.write_bytes(whole[: k * len(whole) // 16])
        with pytest.raises(ReportError, match="is not a saved cellsim result, or damaged"):
            cellsim.Result.load(path)


def _table(path):
    pd.DataFrame({"a": [1.0]}).to_parquet(path)


def _later(path):
    frame = pd.DataFrame({"Time [s]": [0.0], "Step": [0]})
    meta = {"cell": "a", "model": "DFN", "temperature": 300.0, "steps": [{"step": "x", "ending": "OF_A_LATER_TIME"}]}
    frame.attrs["cellsim"] = json.dumps(meta)
    frame.to_parquet(path)


def _unsigned(path):
    frame = pd.DataFrame({"Time [s]": [0.0], "Step": [0]})
    frame.attrs["cellsim"] = json.dumps({"cell": "a", "model": "b", "temperature": 1.0, "steps": [], "digesu": "x"})
    frame.to_parquet(path)


@pytest.mark.parametrize(
    "make, words",
    (
        (Path.mkdir, "is not a file"),
        (os.mkfifo, "is not a file"),
        (lambda path: None, "there is no such file"),
        (_table, "not a saved"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a file"),
        (_later, "this version of cellsim"),
        (_unsigned, "without a digest"),
        (lambda path: path.write_text("x"), "not a saved"),
    ),
)
def test_other_things_are_told(make, words, tmp_path):
    """Folders, pipes, devices, other tables, later versions and texts: a sentence, and nothing waits."""
    path = tmp_path / "x.parquet"
    make(path)
    with pytest.raises(ReportError, match=words):
        cellsim.Result.load(path)
    with pytest.raises(CellsimError):
        cellsim.Result.load(path.rename(tmp_path / "x.nc") if path.exists() else tmp_path / "x.nc")


def test_a_name_longer_than_any_file_has_is_told():
    with pytest.raises(cellsim.ReportError, match="there is no such file"):
        cellsim.Result.load("n" * 300 + ".parquet")


def test_a_file_of_the_first_version_is_read(result, tmp_path):
    """Which had no digest, and nothing else in its meta."""
    path = tmp_path / "old.parquet"
    frame = result.to_pandas()
    everything = json.loads(result.to_xarray().attrs["cellsim"])
    meta = {k: everything[k] for k in ("cell", "model", "temperature", "steps")}
    frame.attrs["cellsim"] = json.dumps(meta)
    frame.to_parquet(path)
    again = cellsim.Result.load(path)
    assert np.array_equal(again["Voltage [V]"], result["Voltage [V]"]) and again.steps == result.steps


FULL = """
import sys
import cellsim
result = cellsim.Result.load(sys.argv[1])
try:
    result.save(sys.argv[2])
except cellsim.errors.CellsimError as fault:
    print(fault)
"""


def on_a_full_disk(source, path, **how):
    """What is said when a result is saved there."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(source), str(path)],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        **how,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_is_told_and_the_earlier_file_stays(file, tmp_path):
    """No file may be larger than 8 kB: as on a disk with little room, but without a disk of one's own."""
    path = tmp_path / file.name
    path.write_text("earlier")
    said = on_a_full_disk(file, path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)))
    assert said.count("\n") == 1 and "cannot be written (" in said and str(path) in said
    assert path.read_text() == "earlier" and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_disk_that_is_full_indeed(file, tmp_path):
    """The same on a disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no disk can be made here")
    try:
        path = disk / file.name
        path.write_text("earlier")
        (disk / "other").write_bytes(bytes(40_000))
        said = on_a_full_disk(file, path)
        assert "No space left on device" in said and path.read_text() == "earlier"
        assert {p.name for p in disk.iterdir()} == {file.name, "other"}
    finally:
        subprocess.run(["umount", disk], check=True)


SLOW = """
import sys
import time
from cellsim.files import replacing
with replacing(sys.argv[1]) as partial:
    partial.write_text("half")
    print("begun", flush=True)
    time.sleep(100)
"""


def test_what_a_killed_writer_leaves_is_removed_by_the_next(tmp_path):
    """And what one that is at work has written is not."""
    path = tmp_path / "a[b].csv"
    killed, alive = (
        subprocess.Popen(
            [sys.executable, "-c", SLOW, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    )
    try:
        assert [p.stdout.readline() for p in (killed, alive)] == ["begun\n"] * 2
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.iterdir())) == 2
        cellsim.support.files.replacing(path)
        with cellsim.support.files.replacing(path) as partial:
            partial.write_text("whole")
        assert path.read_text() == "whole" and len(list(tmp_path.iterdir())) == 2
        assert alive.poll() is None
    finally:
        for process in (killed, alive):
            process.kill()
            process.wait()
            process.stdout.close()


@pytest.mark.parametrize("kind", KINDS)
def test_results_of_version_0_1_0_load(kind, result, tmp_path):
    """Their steps have another text, and neither label nor index."""
    meta = result._meta()
    for step in meta["steps"]:
        step["step"] = "discharge at 2 C for 600 s"
        del step["label"], step["index"]
    saved.write(result, meta, tmp_path / f"old{kind}")
    again = cellsim.Result.load(tmp_path / f"old{kind}")
    assert {(s.step, s.label, s.index) for s in again.steps} == {("discharge at 2 C for 600 s", "", -1)}
    old = object.__new__(StepResult)  # as pickle makes it
    old.__dict__.update({k: v for k, v in vars(result.steps[0]).items() if k not in ("label", "index")})
    again = pickle.loads(pickle.dumps(old))
    assert (again.label, again.index, again.step) == ("", -1, result.steps[0].step)
