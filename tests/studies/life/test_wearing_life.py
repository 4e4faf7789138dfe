"""Lives of cells that wear: jumps against every cycle, what check-ups tell apart, shorts, and what is refused."""

import numpy as np
import pytest
from pytest import approx
from worn_cells import ALL_OF, DRIES, WORN, N, P

import cellsim
from cellsim.errors import ProtocolError
from cellsim.models.electrodes import lithium_content
from cellsim.physics.constants import F

CYCLE = "Charge at 1C until 4.15 V; Discharge at 1C until 3 V"
METAL = {
    N + "vanishing charge": 180.0,
    N + "host capacity": 3000.0,
    N + "host fade": 1e-4,
    N + "coulombic efficiency": 0.9999,
    N + "short hazard": 1e-11,
}
SLOWER = {
    P + "contact loss": 0.01,
    P + "contact healing": 1e-10,
    P + "connection loss": 2e-3,
    P + "cycling interphase growth": 2e-5,
    "design/lithium excess thickness": 1e-5,
}
MODEL = cellsim.SPM(4)
CYCLES = 100


@pytest.fixture(scope="module")
def lives():
    """The same life with jumps and with every cycle."""
    cell = WORN.with_({**METAL, **SLOWER}).with_ageing(ALL_OF)
    how = {"model": MODEL, "soc": 0.0, "until": None}
    return [cellsim.age(cell, CYCLE, CYCLES, jump=jump, keep=[CYCLES], **how) for jump in (True, False)]


def test_jumps_are_as_good_as_their_bound(lives):
    """Capacity within the bound that the life states, slow contents within a hundredth of what changed."""
    jumped, every = lives
    assert jumped.simulated < 0.7 * every.simulated
    both = jumped.table.index.intersection(every.table.index)
    Q, Q_0 = (life.table["Discharge capacity [A.h]"].loc[both] for life in (jumped, every))
    assert np.max(np.abs(Q - Q_0)) <= max(jumped.bound, 1e-5) * Q_0.iloc[0]
    for name in ("X-averaged positive particle contact", "Host capacity [A.h]", "Hazard of a short"):
        a, b = (life.table[name].loc[CYCLES] for life in (jumped, every))
        first = every.table[name].iloc[0]
        assert a == approx(b, abs=0.01 * abs(b - first)) and b != first


def test_lithium_is_kept_by_jumps(lives):
    """Metal, host, dead and lost lithium and that in particles are what the cell began with: 1e-12."""
    for life in lives:
        cell, table = life.cell, life.table
        end = cellsim.simulate(cell, "Rest for 1 s", start=life.states[CYCLES])
        begun = cellsim.simulate(cell, "Rest for 1 s", MODEL, soc=0.0)
        sums = [
            sum(
                float(run[name][0])
                for name in (
                    "Lithium metal [mol]",
                    "Lithium in host [mol]",
                    "Dead lithium [mol]",
                    "Lithium in interphase [mol]",
                    "Total lithium in positive electrode [mol]",
                    "Loss of lithium due to loss of active material in positive electrode [mol]",
                )
            )
            for run in (begun, end)
        ]
        assert sums[1] == approx(sums[0], rel=1e-12)
        assert table["Loss of capacity to dead lithium [A.h]"].iloc[-1] > 0.0
    assert lithium_content(life.cell, "positive electrode") * F > 0.0


def test_shorts_follow_from_the_hazard(lives):
    """S = 0.95 and 0.5 where the hazard is -ln S; a constant hazard per cycle is a straight line."""
    jumped, every = lives
    hazard = every.table["Hazard of a short"]
    assert np.exp(-hazard.to_numpy()) == approx(every.table["Survival probability"].to_numpy(), rel=1e-14)
    share = -np.expm1(-0.5 * hazard.iloc[-1])
    assert every.shorted(share) == approx(0.5 * CYCLES, rel=0.05)
    assert jumped.shorted(share) == approx(every.shorted(share), rel=1e-2)
    assert every.shorted(0.999999) == np.inf and f"50 % of the cells later than cycle {CYCLES}" in str(every)
    for wrong in (0.0, 1.0, "half"):
        with pytest.raises(ProtocolError, match="share"):
            every.shorted(wrong)


def test_resistance_and_inventory_fade_are_told_apart():
    """A film takes more of the capacity at 1C than of that at C/20, connection as much of both."""
    still = {
        P + key: 0.0 for key in ("contact loss", "contact healing", "connection loss", "cycling interphase growth")
    }
    lost, slowly = {}, "Charge at C/5 until 4.15 V; Discharge at C/5 until 3 V"
    for name, rates in {
        "film": {P + "cycling interphase growth": 4e-3},
        "connection": {P + "connection loss": 0.2},
    }.items():
        cell = WORN.with_({**still, **rates}).with_ageing(ALL_OF)
        table = cellsim.age(cell, slowly, 8, model=MODEL, soc=0.0, until=None, checkups=8).table
        slow, fast = (table[f"Capacity at {rate} [A.h]"].dropna() for rate in ("C/20", "1C"))
        lost[name] = 1.0 - slow.iloc[-1] / slow.iloc[0], 1.0 - fast.iloc[-1] / fast.iloc[0]
    assert lost["film"][1] > 2.0 * abs(lost["film"][0])
    assert lost["connection"][0] == approx(lost["connection"][1], rel=0.25) and lost["connection"][0] > 0.01


def test_a_cell_dries_over_its_life():
    """The reservoir first, then the pores; jumps end where every cycle does."""
    cell = DRIES.with_({N + "SEI solvent diffusivity": 1e-20, "design/electrolyte fill factor": 1.005})
    cycle = "Discharge at 1C until 2.7 V; Charge at C/2 until 4.15 V; Hold at 4.15 V until C/5"
    jumped, every = (
        cellsim.age(cell, cycle, 40, model=MODEL, until=None, jump=jump, tolerance=3e-3) for jump in (True, False)
    )
    wet, left = (every.table[name] for name in ("Wetted fraction of pores", "Electrolyte in reservoir [m3]"))
    assert left.iloc[0] > 0.0 == left.iloc[-1] and wet.iloc[0] == 1.0 > wet.iloc[-1]
    assert 1.0 - jumped.table["Wetted fraction of pores"].iloc[-1] == approx(1.0 - wet.iloc[-1], rel=0.03)
    both = jumped.table.index.intersection(every.table.index)
    Q, Q_0 = (life.table["Discharge capacity [A.h]"].loc[both] for life in (jumped, every))
    assert np.max(np.abs(Q - Q_0)) <= max(jumped.bound, 1e-5) * Q_0.iloc[0]


def test_a_set_without_a_hazard_has_no_shorts():
    """In a sentence with the remedy."""
    life = cellsim.age(WORN.with_ageing(ALL_OF), CYCLE, 1, model=MODEL, soc=0.0, until=None)
    with pytest.raises(ProtocolError, match="states no hazard of a short; add negative electrode/short hazard"):
        life.shorted(0.5)
