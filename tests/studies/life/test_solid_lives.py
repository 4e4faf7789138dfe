"""Lives of solid cells: check-ups tell the fade of resistance from that of the lithium inventory."""

import pytest

from cellsim import age, load

N = "negative electrode/"
CYCLE = "Discharge at C/3 until 2.8 V; Charge at C/3 until 4.25 V; Hold at 4.25 V until C/20"
SLOW, FAST, PULSE = "Capacity at C/20 [A.h]", "Capacity at 1C [A.h]", "Resistance after 10 s [Ohm]"


def checked(changes, others=None, cycles=60, low=2.8):
    """Check-ups of the fresh and the aged cell, and the last row of its life."""
    changes = {f"{N}{key}": value for key, value in changes.items()} | (others or {})
    cell = load("target_nmc811_lpscl_li").with_(changes)
    life = age(cell, CYCLE.replace("2.8", f"{low:g}"), cycles, checkups=cycles, until=None)
    known = life.table[SLOW].dropna().index
    return life.table.loc[known[0]], life.table.loc[known[-1]], life.table.iloc[-1]


def test_a_resistive_interphase_takes_power_and_no_lithium():
    """What 1C loses is the overpotential of twenty times the current: twice what C/20 loses at least."""
    fresh, old, last = checked({"interphase conductivity": 1e-6, "calendar interphase growth": 3e-4})
    assert old[PULSE] > 1.2 * fresh[PULSE]
    slow, fast = (fresh[key] - old[key] for key in (SLOW, FAST))
    assert fast > 2.0 * slow and fast > 0.005 * fresh[FAST]
    assert last["Loss of lithium inventory [%]"] == pytest.approx(0.0, abs=1e-9)


def test_dead_lithium_takes_capacity_and_no_resistance():
    """Without spare lithium the slow capacity falls by what died; 5 %, as the cell ends a little above no lithium."""
    changes = {"coulombic efficiency": 0.999, "vanishing charge": 180.0}
    fresh, old, last = checked(changes, {"design/lithium excess thickness": 0.0}, low=3.4)
    assert old[PULSE] == pytest.approx(fresh[PULSE], rel=2e-2)
    dead = last["Loss of capacity to dead lithium [A.h]"]
    assert dead > 0.02 * fresh[SLOW]
    assert fresh[SLOW] - old[SLOW] == pytest.approx(dead, rel=5e-2)


def test_lithium_that_cannot_run_out_is_said():
    """A reservoir without end loses lithium and no capacity: the life says why, and not if the excess is known."""
    cell = load("target_nmc811_lpscl_li").with_({f"{N}coulombic efficiency": 0.999})
    unknown = cell.with_({"design/lithium excess thickness": 0.0})
    for each, unlimited in ((cell, False), (unknown, True)):
        remarks = age(each, CYCLE, 2, until=None).remarks
        assert any("unlimited reservoir" in remark for remark in remarks) == unlimited
