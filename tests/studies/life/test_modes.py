"""Degradation modes of made-up aged cells, from their own slow curves."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ParameterError, ProtocolError
from cellsim.models.health.esoh import Inventory, inventory, solved
from cellsim.models.health.potentials import half_cells
from cellsim.studies.life.health.modes import degradation_modes, slow_curve

M50 = "lgm50_chen2020"
AGED = [(8.0, 3.0, 2.0), (15.0, 0.0, 0.0), (6.0, 20.0, 1.0), (12.0, 5.0, 14.0), (0.0, 0.0, 0.0)]  # LLI, LAM_n, LAM_p


def curve(cell, lost, drop=0.0, scatter=0.0, n=200):
    """Slow discharge of a cell that lost LLI, LAM_n, LAM_p [%]: charge [Ah], voltage [V]."""
    Q_n, Q_p, Q_Li = inventory(cell)
    lithium, n_lost, p_lost = (1.0 - 0.01 * share for share in lost)
    amounts = Inventory(Q_n * n_lost, Q_p * p_lost, Q_Li * lithium)
    limits = cell.value("cell/lower voltage cut-off"), cell.value("cell/upper voltage cut-off")
    soh = solved(half_cells(cell), amounts, *limits)
    q = np.linspace(0.0, soh.capacity, n)
    V = half_cells(cell).voltage(soh.full.x - q / amounts.Q_n, soh.full.y + q / amounts.Q_p) - drop
    return q, V + scatter * np.random.default_rng(1).standard_normal(n)


@pytest.mark.parametrize("lost", AGED)
def test_modes_are_recovered(lost):
    """To 0.1 points, with 0.2 mV of scatter; with the overpotential known and fitted."""
    cell, known = cellsim.load(M50), lost[0] == 15.0
    drop = 0.0 if known else 0.012
    found = degradation_modes(cell, *curve(cell, lost, drop, scatter=2e-4), overpotential=drop if known else None)
    assert found.modes == approx(lost, abs=0.1)
    assert found.aged.rms == approx(2e-4, rel=0.2) and found.aged.good
    assert found.aged.overpotential == approx(drop, abs=1e-3)
    assert all(abs(a - b) <= 4.0 * u for a, b, u in zip(found.modes, lost, found.uncertain, strict=True))


@pytest.mark.parametrize("name", ["leaf_2018", "ecker2015"])
def test_other_cells(name):
    """Without scatter, to 0.1 points."""
    cell = cellsim.load(name)
    lost = (9.0, 4.0, 3.0)
    assert degradation_modes(cell, *curve(cell, lost), overpotential=0.0).modes == approx(lost, abs=0.1)


def test_the_fresh_cell_may_be_a_curve_or_amounts():
    """A fault that both curves share cancels in part: 20 mV too low at the end, in proportion to the charge."""
    cell = cellsim.load(M50)
    fresh, aged = curve(cell, AGED[-1]), curve(cell, AGED[0])
    tilted = [(q, V - 0.02 * q / 5.0) for q, V in (fresh, aged)]
    by_set = degradation_modes(cell, *tilted[1])
    by_curve = degradation_modes(cell, *tilted[1], fresh=tilted[0])
    off = [max(abs(np.array(found.modes) - AGED[0])) for found in (by_curve, by_set)]
    assert off[0] < 0.5 * off[1]
    amounts = slow_curve(cell, *fresh).inventory
    assert amounts == approx(inventory(cell), rel=1e-4)
    assert degradation_modes(cell, *aged, fresh=amounts).modes == approx(AGED[0], abs=0.02)


def test_a_foreign_curve_is_said_to_be_one():
    """A cell of other materials: the residual shows it."""
    found = degradation_modes(cellsim.load(M50), *curve(cellsim.load("leaf_2018"), AGED[-1]))
    assert not found.aged.good and "not described by the potentials of the fresh cell" in str(found)


def test_material_lost_shows_in_a_simulated_discharge():
    """C/50 by the SPM, of a cell whose negative electrode lost 10 %; to a point, as its overpotential varies."""
    cell = cellsim.load(M50)
    lost = cell.with_({"negative electrode/utilisation": 0.9 * cell.value("negative electrode/utilisation")})
    curves = []
    for one in (cell, lost):
        run = cellsim.simulate(one, "Discharge at C/50 until 2.5 V", cellsim.SPM(), soc=1.0)
        V, q = run["Voltage [V]"], run["Discharge capacity [A.h]"]
        keep = np.concatenate([[True], np.diff(q) > 0.0])
        curves.append((q[keep], V[keep]))
    found = degradation_modes(cell, *curves[1], fresh=curves[0])
    assert found.modes == approx((0.0, 10.0, 0.0), abs=1.0)


@pytest.mark.parametrize(
    "q, V, message",
    [
        (np.arange(5.0), np.linspace(4.2, 2.5, 5), "capacity: 5 given; give the charge passed"),
        (np.zeros(30), np.linspace(4.2, 2.5, 30), "capacity: 0 .number 2. does not come after 0"),
        (np.arange(30.0), np.linspace(2.5, 4.2, 30), "voltage: from 2.5 to 4.2 V; give a discharge"),
        (np.arange(30.0), np.linspace(4.2, 2.5, 29), "voltage: 29 values for 30"),
    ],
)
def test_wrong_input_is_refused(q, V, message):
    """In one sentence."""
    with pytest.raises(ProtocolError, match=message):
        degradation_modes(cellsim.load(M50), q, V)


def test_lithium_metal_is_refused():
    """Its slow curve shows the positive electrode only."""
    with pytest.raises(ParameterError, match="lithium metal: a slow curve shows no modes"):
        degradation_modes(cellsim.load("target_nmc811_lpscl_li"), np.arange(30.0), np.linspace(4.2, 2.5, 30))
