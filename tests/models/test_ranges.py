"""Laws beyond their data: no change of sign, no turn, and told once a run."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import Ending
from cellsim.parameters import Cell

M50 = "lgm50_chen2020"


def with_table(section, key, x, y):
    """LG M50 with one law as a table."""
    raw = cellsim.load(M50).to_json()
    record = {k: v for k, v in raw[section][key].items() if k not in ("value", "expression", "table", "range")}
    raw[section][key] = record | {"table": {"x": x, "y": y}}
    return Cell.from_json(raw, "table")


def test_a_diffusivity_ends_where_its_table_does():
    """It stays 1e-16 above 0.909, where the tangent would be negative at once: a cell like any other.

    With the same table continued by hand the run is the same, to the tolerance of the integrator.
    """
    x, y = [0.26, 0.3, 0.6, 0.9, 0.909], [1e-15, 4e-15, 4e-15, 3e-15, 1e-16]
    runs = [
        cellsim.simulate(with_table("positive electrode", "particle diffusivity", *table), "Discharge at 1C")
        for table in ((x, y), ([0.0, *x, 0.95, 1.0], [1e-15, *y, 1e-16, 1e-16]))
    ]
    assert [run.endings for run in runs] == [(Ending.LOWER_VOLTAGE,)] * 2
    assert runs[0].discharge_capacity == approx(runs[1].discharge_capacity, rel=2e-3)
    (said,) = runs[0].remarks
    assert said.startswith("positive electrode/particle diffusivity was used at x = 0.909 to 0.9")
    assert said.endswith("outside its data (0.26 to 0.909)") and said in repr(runs[0]) and runs[1].remarks == ()


def test_a_conductivity_ends_where_its_table_does(tmp_path):
    """From 200 to 2000 mol/m3: it loads, although its tangent is negative at 4 M, and what is used beyond is told."""
    cell = with_table(
        "electrolyte", "conductivity", [200.0, 500.0, 1000.0, 1500.0, 2000.0], [0.4, 0.75, 0.95, 0.85, 0.6]
    )
    assert cell.law("electrolyte/conductivity")(np.array([4000.0]), 298.15)[0] == approx(0.6, rel=1e-12)
    assert cellsim.simulate(cell, "Discharge at C/5 for 10 min").remarks == ()
    run = cellsim.simulate(cell, "Discharge at 3C")
    (said,) = (remark for remark in run.remarks if remark.startswith("electrolyte/conductivity was used at c = "))
    assert "(200 to 2000)" in said
    run.save(tmp_path / "run.parquet")
    assert cellsim.Result.load(tmp_path / "run.parquet").remarks == run.remarks


def test_a_potential_goes_on_rising_beyond_its_window():
    """The fit of the Sony cell's cathode turns below its window; forced to 4.4 V the cell gets there, rising."""
    run = cellsim.simulate("sony_vtc5a", "Force; Charge at C/2 until 4.4 V", soc=0.9)
    assert run.endings == (Ending.UPPER_VOLTAGE,) and run["Voltage [V]"][-1] == approx(4.4, abs=1e-3)
    assert np.all(np.diff(run["Voltage [V]"]) > 0.0)
    (said,) = run.remarks
    assert said.startswith("positive electrode/open-circuit potential was used at x = 0.") and "above 0.2486" in said


@pytest.mark.parametrize("name", [M50, "sony_vtc5a", "target_nmc811_lpscl_li", "danilov2011"])
def test_a_run_within_its_data_has_no_remarks(name):
    """Between the cut-off voltages nothing of a shipped set is continued."""
    assert cellsim.simulate(name, "Discharge at C/3").remarks == ()


@pytest.mark.parametrize(
    "name, changes",
    [
        ("danilov2011", {}),
        (M50, {"negative electrode/minimum stoichiometry": 0.0}),
        (M50, {"cell/lower voltage cut-off": 0.0}),
        ("sinzig2024", {}),
    ],
)
def test_a_charge_starts_where_an_electrode_is_empty_or_full(name, changes):
    """At stoichiometry 0 or 1 there is a way back; 10 min at C/3 pass a sixth of an hour of it."""
    cell = cellsim.load(name).with_(changes)
    run = cellsim.simulate(cell, "Charge at C/3 for 10 min", soc=0.0)
    assert run.endings == (Ending.DURATION,)
    assert run.charge_capacity == approx(cell.nominal_capacity / 18.0, rel=1e-6)
