"""Marks: `slow` for files that take minutes, `quick` for those that a contributor runs before every commit.

`pytest -m quick` runs in under a minute on one core once the kernels are compiled; `pytest -m "not slow"` leaves out
what is heavy.  Files go by their names, wherever they lie.
"""

import os
from pathlib import Path

import pytest

os.environ.setdefault("CELLSIM_COMPILE", "first")  # before cellsim is imported: results are the same bit for bit

if not (Path(__file__).parent / "reference" / "about_energy").is_dir():  # not in source distributions: CC BY-SA 4.0
    collect_ignore = [
        "parameters/test_readers.py",
        "hostile/test_files_fuzz.py",
        "test_examples.py",
        "validation/test_reference_bpx.py",
        "validation/test_reference_measured.py",
    ]

QUICK = {
    "test_architecture",
    "test_design",
    "test_laws",
    "test_numerics",
    "test_parameters",
    "test_physics",
    "test_physics_solid",
    "test_same_text",
}
SLOW = {
    "test_cache",
    "test_charging",
    "test_charging_maps",
    "test_examples",
    "test_jit",
    "test_memory",
    "test_notebooks",
    "test_package",
    "test_processes",
    "test_files_fuzz",
    "test_readme",
    "test_report",
    "test_resolution",
    "test_resolution_of_pulses",
    "test_resume",
    "test_riding",
    "test_robustness",
    "test_robustness_solid",
    "test_studies",
    "test_validation",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the files above."""
    for item in items:
        name = Path(item.path).stem
        if name in QUICK:
            item.add_marker(pytest.mark.quick)
        if name in SLOW:
            item.add_marker(pytest.mark.slow)
