"""Cycles simulated many in a call: the same life, bit for bit, as one cycle after the other."""

import numpy as np
import pytest

import cellsim
from cellsim.kernels.call import calls
from cellsim.models.health.amounts import filled
from cellsim.studies.life import in_bulk
from cellsim.studies.life.cycle_map import amounts_of
from cellsim.studies.life.in_bulk import InBulk
from cellsim.studies.life.saved import rows

CELL = "okane2022"
CYCLE = (
    "Discharge at 1C until 2.5 V; Rest for 5 min; Charge at C/3 until 4.2 V; Hold at 4.2 V until C/9; Rest for 5 min"
)
SPM, SPME, DFN = cellsim.SPM(), cellsim.SPMe(), cellsim.DFN()
LIVES = {
    "DFN": (CYCLE, 5, {"model": DFN}),
    "SPMe": (CYCLE, 7, {"model": SPME}),
    "kept cycles": (CYCLE, 9, {"model": SPM, "keep": [3, 8]}),
    "jumps": (CYCLE, 60, {"model": SPM, "jump": True}),
    "check-ups": (CYCLE, 6, {"model": SPM, "checkups": 4}),
    "an end by capacity": (CYCLE, 40, {"model": SPM, "until": "99.7% capacity"}),
    "equilibrium": (CYCLE, 6, {"model": SPM, "until": "90% equilibrium capacity"}),
    "a cycle in parts": (f"repeat 2:\n  {CYCLE.replace('; ', chr(10) + '  ')}\nRest for 1 min", 4, {"model": SPM}),
    "a charge and a hold": ("Discharge at 1C until 2.8 V; CCCV at 1C to 4.2 V until C/10", 4, {"model": SPM}),
    "heat": (CYCLE, 7, {"model": SPM, "heat": True}),
    "heat in a DFN, elsewhere": (CYCLE, 5, {"model": DFN, "heat": True, "ambient": 283.15}),
    "heat from core to surface": (CYCLE, 4, {"model": SPM, "heat": cellsim.ThermalNetwork(nodes=3)}),
    "heat and limits of temperature": (
        "Discharge at 1C until 2.8 V or until temperature above 33 degC; Charge at C/2 until 4.1 V at ambient 15 degC",
        6,
        {"model": SPM, "heat": True},
    ),
    "heat beyond the laws": (
        "Discharge at 2C until 2.6 V; Charge at 2C until 4.15 V",
        6,
        {"model": SPM, "heat": cellsim.Lumped(heat_transfer_coefficient=0.0)},
    ),
    "heat and jumps": (CYCLE, 60, {"model": SPM, "jump": True, "heat": True}),
    "a step that meets no limit": ("Discharge at 1C for 10 min; Charge at 1C until 4.2 V; Rest until 3 V", 3, {}),
}


def life(name):
    """Table and end of a life, or its fault."""
    cycle, cycles, how = LIVES[name]
    try:
        return cellsim.age(CELL, cycle, cycles, **{"until": None, "jump": False, "soc": None, **how})
    except cellsim.ProtocolError as fault:
        return str(fault)


def alone(monkeypatch, name):
    """The same, cycle by cycle."""
    with monkeypatch.context() as m:
        m.setattr(InBulk, "take", lambda *_: None)
        return life(name)


@pytest.mark.parametrize("name", LIVES)
def test_a_life_in_bulk_is_the_one_cycle_by_cycle(name, monkeypatch):
    """Every number of the table, kept states, the end, and faults in the same words."""
    together, one_by_one = life(name), alone(monkeypatch, name)
    if isinstance(together, str):
        assert together == one_by_one
        return
    assert list(together.table.columns) == list(one_by_one.table.columns)
    assert np.array_equal(together.table.index, one_by_one.table.index)
    for column in together.table:
        assert np.array_equal(together.table[column], one_by_one.table[column], equal_nan=True), column
    assert together.end == one_by_one.end and together.states.keys() == one_by_one.states.keys()
    for n, state in together.states.items():
        assert np.array_equal(state.state, one_by_one.states[n].state) and state.soc == one_by_one.states[n].soc


@pytest.mark.parametrize("heat", [None, True, cellsim.ThermalNetwork(nodes=3)])
def test_many_cycles_are_one_call(heat, monkeypatch):
    """Blocks double: 2, 4, 8, ... cycles a call; a step at a time would be 5 calls a cycle."""
    made, performed = [], calls.performed
    monkeypatch.setattr(calls, "performed", lambda call: made.append(1) or performed(call))
    cellsim.age(CELL, CYCLE, 30, until=None, jump=False, model=SPM, heat=heat)
    assert len(made) <= 5


def test_blocks_stay_within_memory(monkeypatch):
    """However small that is: a cycle a call then, and the same life."""
    whole = cellsim.age(CELL, CYCLE, 5, until=None, jump=False, model=SPM)
    monkeypatch.setattr(in_bulk, "MOST", 1)
    single = cellsim.age(CELL, CYCLE, 5, until=None, jump=False, model=SPM)
    for column in whole.table:
        assert np.array_equal(whole.table[column], single.table[column], equal_nan=True), column


@pytest.mark.parametrize("model", [SPM, DFN])
def test_rows_made_several_at_once_are_those_one_by_one(model, monkeypatch):
    """Cycles between jumps, each a call of its own, also where a number is read before its row is due."""
    several = cellsim.age(CELL, CYCLE, 60, until=None, model=model)
    monkeypatch.setattr(rows, "LATE", 1)
    single = cellsim.age(CELL, CYCLE, 60, until=None, model=model)
    assert len(several.table) > 1.5 * 8  # more than are made at once
    assert list(several.table.columns) == list(single.table.columns)
    for column in several.table:
        assert np.array_equal(several.table[column], single.table[column], equal_nan=True), column


def test_amounts_of_many_states_are_those_of_each():
    """Sums do not depend on what is summed beside them."""
    cell = cellsim.load(CELL)
    found = cellsim.simulate(cell, CYCLE, cellsim.DFN())
    states = found.final_state
    sys = states.model.discretise(cell, states.temperature)
    amounts, rng = amounts_of(cell, sys), np.random.default_rng(1)
    many = states.state * rng.uniform(0.9, 1.1, (7, states.state.size))
    assert amounts.of_all(many) == [amounts(one) for one in many]
    assert amounts.filled == filled(cell)


DAY = "Discharge at C/2 for 30 min; Rest for 2 hours; Charge at C/3 until 4.1 V; Hold at 4.1 V until C/20"
MONTHS = [273.15 + 2.0 * k for k in range(12)]
DAYS = {
    "every day, two months": {"years": 35.0 / 365.25, "temperatures": MONTHS, "jump": False},
    "every day with heat": {"years": 35.0 / 365.25, "temperatures": MONTHS, "jump": False, "heat": True},
    "jumps over days": {"years": 0.5, "temperatures": 288.15},
    "seasons": {"years": 1.2, "temperatures": MONTHS},
}


def same_columns(one, other):
    """Every number of two tables, bit for bit; resistances at the begin of a month to what tables of laws differ by."""
    for column in one:
        a, b = one[column].to_numpy(), other[column].to_numpy()
        if column == "Change in local ECM resistance [Ohm]":
            np.testing.assert_allclose(a, b, rtol=1e-6)
        else:
            assert np.array_equal(a, b, equal_nan=True), column


@pytest.mark.parametrize("name", DAYS)
def test_days_of_plain_steps_in_one_call_are_those_step_by_step(name, monkeypatch):
    """Every number of the table; in a DFN, too, as its rows have the place of the least plating margin.

    But for the resistance that the first day of a month begins with: step by step it comes from tables of the laws
    around the temperature of the month before, which meet them to 1e-6.
    """
    how = {"until": None, "model": DFN if name == "every day with heat" else SPM, **DAYS[name]}
    together, taken = cellsim.age_in_use(CELL, DAY, **how), []
    take = InBulk.take
    with monkeypatch.context() as m:
        m.setattr(InBulk, "take", lambda *given: taken.append(take(*given)) and None)
        one_by_one = cellsim.age_in_use(CELL, DAY, **how)
    alone = sum(found is None for found in taken)
    assert len(taken) > 30 and alone <= (10 if "heat" in name else 0)  # until laws are tabulated where days begin
    assert list(together.table.columns) == list(one_by_one.table.columns)
    same_columns(together.table, one_by_one.table)
