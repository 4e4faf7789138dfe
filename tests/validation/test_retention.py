"""What the lines on retention are made of: loadings, resistances, and fits to cells that scatter."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.studies.validation.lines.ageing import retention, scatter

P = "positive electrode/"


def test_loading_is_that_asked_for():
    """Mass of active material per area, and 1C of the charge per mass."""
    cell = retention.loaded(retention.LAB, 0.107, 135.0)
    thick, active = (cell.value(P + key) for key in ("thickness", "active material volume fraction"))
    assert thick * active * retention.DENSITY == approx(0.107, rel=1e-12)
    assert cell.nominal_capacity == approx(0.107 * 135.0 * cell.value("cell/electrode area"), rel=1e-12)


@pytest.mark.parametrize("film, series", [(2e-3, 0.0), (0.0, 2e-3)])
def test_resistance_is_that_of_the_electrode_area(film, series):
    """On particles or in series: I R more at the first moment, as the SPM's reaction is uniform; 1e-6 V of solver."""
    cell = cellsim.load(retention.LAB)
    steps = "Discharge at C/5 for 1 second"
    fresh, worn = (cellsim.simulate(c, steps, cellsim.SPM()) for c in (cell, retention.resisting(cell, film, series)))
    current = cell.nominal_capacity / 5.0 / cell.value("cell/electrode area")
    drop = fresh["Voltage [V]"][0] - worn["Voltage [V]"][0]
    assert drop == approx(2e-3 * current, abs=1e-6)


def test_fit_finds_a_life_of_its_own(monkeypatch):
    """Straight lives: the rate between two of the fan, to the step of its grid; and the cycle at which it ends."""
    slopes = 1e-4 * scatter.RATES / scatter.RATES[3]
    monkeypatch.setattr(scatter, "fan", lambda: 1.0 - slopes[:, None] * scatter.CHECKUPS)
    measured = 1.0 - 1.5e-4 * scatter.CHECKUPS
    assert scatter.fitted(measured, scatter.EARLY) == approx(measured, abs=1e-3)
    assert scatter.life_of(measured) == approx(0.2 / 1.5e-4, rel=1e-12)
    assert scatter.life_of(1.0 - 1e-4 * scatter.CHECKUPS) == approx(2000.0, rel=1e-12)  # beyond the last check-up


def test_cells_that_scatter_are_those_of_the_source():
    """31 cells, 80 % after 1140 cycles with a standard deviation of 110, as the notes on the data say; 1 cycle."""
    lives = np.array([scatter.life_of(one) for one in scatter.cells()])
    assert len(lives) == 31 and (lives.mean(), lives.std(ddof=1)) == approx((1142.0, 111.0), abs=1.0)
