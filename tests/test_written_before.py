"""What version 0.1.0 wrote is read: pickles, results, protocols, parameter files; and old names of modules import."""

import pickle
import warnings
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import cellsim
from cellsim._moved import MOVED

FOLDER = Path(__file__).parent / "reference" / "written_by_0_1_0"
# from `make_written.py` in that folder, run with 0.1.0
PICKLES = sorted(FOLDER.glob("*.pickle"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", PICKLES, ids=lambda p: p.stem)
def test_pickles_load(path):
    """The test's own files are trusted; the package itself never unpickles one."""
    assert str(pickle.loads(path.read_bytes()))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_pickled_result_is_what_its_files_say():
    """One run of 0.1.0, kept in three ways: the same voltage at the same times, bit for bit."""
    kept = pickle.loads((FOLDER / "result.pickle").read_bytes())
    for name in ("result.parquet", "result.nc"):
        read = cellsim.Result.load(FOLDER / name)
        np.testing.assert_array_equal(read.t, kept.t)
        np.testing.assert_array_equal(read["Voltage [V]"], kept["Voltage [V]"])
        assert [s.step for s in read.steps] == [s.step for s in kept.steps]
    # and is still what the simulation gives: to a tenth of the accuracy asked for, 1 mV
    cell = pickle.loads((FOLDER / "cell.pickle").read_bytes())
    steps = pickle.loads((FOLDER / "steps.pickle").read_bytes())
    again = cellsim.simulate(cell, steps, cellsim.SPM())
    for k, step in enumerate(kept.steps):
        then, now = (run["Voltage [V]"][run.step_index == k] for run in (kept, again))
        assert again.steps[k].t_end == pytest.approx(step.t_end, rel=1e-6)
        assert now[-1] == pytest.approx(then[-1], abs=1e-4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_protocols_and_parameter_files_load():
    protocol = pickle.loads((FOLDER / "protocol.pickle").read_bytes())
    assert cellsim.Protocol.from_json((FOLDER / "protocol.json").read_text()) == protocol
    assert cellsim.load(str(FOLDER / "cell.json")).nominal_capacity == 5.0


@pytest.mark.parametrize("old", sorted(MOVED))
def test_old_names_of_modules_import_with_a_warning(old):
    """The module itself, not a copy of it: a class has one identity."""
    import sys

    sys.modules.pop(f"cellsim.{old}", None)
    with pytest.warns(DeprecationWarning, match=MOVED[old].replace(".", r"\.")):
        module = import_module(f"cellsim.{old}")
    assert module is import_module(f"cellsim.{MOVED[old]}")
    assert module.__spec__.name == f"cellsim.{MOVED[old]}"


@pytest.mark.parametrize(
    "old, names",
    [
        ("simulation", ["simulate"]),
        ("studies.charging", ["charge_study"]),
        ("studies", ["Case", "audit", "simulate_many"]),
        ("parameters.laws", ["Law"]),
    ],
)
def test_folders_that_took_a_module_s_name_export_what_it_had(old, names):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        module = import_module(f"cellsim.{old}")
        assert all(hasattr(module, name) for name in names)


@pytest.mark.parametrize("old, new", sorted(cellsim.RENAMED.items()))
def test_old_public_names_work_with_a_warning(old, new):
    with pytest.warns(DeprecationWarning, match=rf"cellsim\.{old} is now cellsim\.{new}"):
        assert getattr(cellsim, old) is getattr(cellsim, new)
