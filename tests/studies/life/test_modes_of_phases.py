"""What two phases of a composite electrode lost, from made-up and simulated slow curves."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ParameterError
from cellsim.models.health.esoh import Inventory, inventory, solved
from cellsim.models.health.potentials import half_cells
from cellsim.parameters.laws.blend import blend_of
from cellsim.studies.life.health.modes import degradation_modes

N = "negative electrode"
CELL = cellsim.load("lgm50_composite")
LOST = [(8.0, 3.0, (5.0, 40.0)), (3.0, 0.0, (10.0, 2.0)), (0.0, 0.0, (0.0, 0.0))]  # LLI, LAM_p, LAM by phase [%]


def curve(lithium, positive, phases, scatter=0.0, n=200):
    """Slow discharge of the cell that lost so much [%]: charge [Ah], voltage [V]; and what the electrode lost."""
    left = [1.0 - 0.01 * lost for lost in phases]
    held = [phase.share for phase in blend_of(CELL, N).phases]
    share = float(np.dot(left, held) / np.sum(held))
    Q_n, Q_p, Q_Li = inventory(CELL)
    amounts = Inventory(Q_n * share, Q_p * (1.0 - 0.01 * positive), Q_Li * (1.0 - 0.01 * lithium))
    potentials = half_cells(CELL, None, {N: left})
    limits = CELL.value("cell/lower voltage cut-off"), CELL.value("cell/upper voltage cut-off")
    soh = solved(potentials, amounts, *limits)
    q = np.linspace(0.0, soh.capacity, n)
    V = potentials.voltage(soh.full.x - q / amounts.Q_n, soh.full.y + q / amounts.Q_p)
    return q, V + scatter * np.random.default_rng(1).standard_normal(n), 100.0 * (1.0 - share)


@pytest.mark.parametrize("lithium, positive, phases", LOST)
def test_losses_of_phases_are_recovered(lithium, positive, phases):
    """To 0.05 points: the tables of potentials are good to 1e-5 V, and the search to 1e-3 of the ratio."""
    q, V, whole = curve(lithium, positive, phases)
    found = degradation_modes(CELL, q, V, overpotential=0.0, by_phase=True)
    assert found.modes == approx((lithium, whole, positive), abs=0.05)
    assert approx(phases, abs=0.05) == found.phases.LAM and found.phases.names == ("primary", "secondary")
    assert found.columns()["Loss of secondary active material in negative electrode [%]"] == found.phases.LAM[1]


def test_scatter_is_told():
    """0.2 mV: within four of the standard deviations that are said, which are above those of a curve without."""
    q, V, _ = curve(*LOST[0], scatter=2e-4)
    found = degradation_modes(CELL, q, V, overpotential=0.0, by_phase=True).phases
    off = np.abs(np.array(found.LAM) - LOST[0][2])
    assert np.all(off <= 4.0 * np.array(found.uncertain)) and min(found.uncertain) > 1e-3 and max(off) < 0.5


def test_without_phases_the_potential_of_the_fresh_blend_is_wrong():
    """The residual shows it: more than ten times that by phase; and the losses are then not told apart."""
    q, V, _ = curve(*LOST[0])
    one, two = (degradation_modes(CELL, q, V, overpotential=0.0, by_phase=asked) for asked in (False, True))
    assert one.aged.rms > 10.0 * two.aged.rms and one.phases is None and "primary" not in str(one)


def test_silicon_lost_shows_in_a_simulated_discharge():
    """C/500 by the SPM, of a cell that lost 40 % of its silicon: to a point, as its overpotential varies by 0.5 mV."""
    path = f"{N}/secondary/active material volume fraction"
    curves = []
    for share in (1.0, 0.6):
        cell = CELL.with_({path: share * CELL.value(path)})
        run = cellsim.simulate(cell, "Discharge at C/500 until 2.5 V", cellsim.SPM(), soc=1.0, accuracy=1e-4)
        V, q = run["Voltage [V]"], run["Discharge capacity [A.h]"]
        keep = np.concatenate([[True], np.diff(q) > 0.0])
        curves.append((q[keep], V[keep]))
    found = degradation_modes(CELL, *curves[1], fresh=curves[0], by_phase=True)
    assert approx((0.0, 40.0), abs=1.0) == found.phases.LAM


def test_cells_without_two_phases_are_refused():
    """In one sentence, with the remedy."""
    q = np.linspace(0.0, 5.0, 30)
    with pytest.raises(ParameterError, match="no electrode of several phases; a slow curve tells two phases"):
        degradation_modes(cellsim.load("lgm50_chen2020"), q, 4.2 - 0.2 * q, by_phase=True)
