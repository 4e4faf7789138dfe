"""Cycles with profiles, steps at temperatures and limits by the state of charge: as by `simulate`, without it."""

import numpy as np
import pytest
from test_in_bulk import same_columns

import cellsim
from cellsim.studies.life import cycle_map
from cellsim.studies.life.duty import day
from cellsim.studies.life.in_bulk import InBulk

CELL = "okane2022"
LOAD = cellsim.profile([[0.0, 2.0], [600.0, 5.0], [900.0, -1.0], [1800.0, 4.0], [3600.0, 0.0]], "power")
LONG = cellsim.profile(np.column_stack([np.arange(0.0, 1801.0, 5.0), 3.0 + 2.0 * np.sin(np.arange(361.0))]), "current")
BACK = "Charge at C/3 until 4.2 V; Hold at 4.2 V until C/9"
COLD = "Charge at C/3 until 4.2 V at 10 degC; Hold at 4.2 V until C/9 at 10 degC"
WARM = f"Discharge at 1C until 2.7 V at 35 degC; {COLD}"
HOT = "Discharge at 1C until 3 V at 40 degC; Charge at C/3 until 4.2 V at 40 degC"
SPM, SPME, DFN = cellsim.SPM(), cellsim.SPMe(), cellsim.DFN()
LIVES = {
    "a profile": ([LOAD, BACK], 5, {"model": SPM}),
    "a profile in a DFN": ([LOAD, BACK], 3, {"model": DFN}),
    "a profile of many rows": ([LONG, "Rest for 5 min", BACK], 3, {"model": SPME}),
    "a profile with heat": ([LOAD, BACK], 4, {"model": SPM, "heat": True}),
    "steps at temperatures": (WARM, 5, {"model": SPM}),
    "steps at temperatures in a DFN": (WARM, 3, {"model": DFN}),
    "all steps at another temperature": (HOT, 4, {}),
    "limits by the state of charge": (
        "Discharge at 1C until SOC 30%; Rest for 10 min; Charge at C/2 until SOC 80%",
        5,
        {"model": SPM, "soc": 0.8},
    ),
    "jumps": ([LOAD, BACK], 60, {"model": SPM, "jump": True}),
    "check-ups": (WARM, 6, {"model": SPM, "checkups": 4}),
    "an end of the cell": (["Discharge at 2C for 15 min at -10 degC", LOAD, LOAD, LOAD, LOAD, BACK], 4, {"model": SPM}),
}


def life(name):
    """Table and end of a life, or its fault."""
    cycle, cycles, how = LIVES[name]
    try:
        return cellsim.age(CELL, cycle, cycles, **{"until": None, "jump": False, **how})
    except cellsim.ProtocolError as fault:
        return str(fault)


def counted(monkeypatch, module):
    """The runs that a module makes by `simulate`, as they come."""
    made, simulate = [], module.simulate
    monkeypatch.setattr(module, "simulate", lambda *given, **how: made.append(1) or simulate(*given, **how))
    return made


@pytest.mark.parametrize("name", LIVES)
def test_a_life_in_segments_is_the_one_by_simulate(name, monkeypatch):
    """Every number of the table, states and ends; and but for the end of a cell nothing is simulated step by step."""
    made = counted(monkeypatch, cycle_map)
    together, runs = life(name), len(made)
    with monkeypatch.context() as m:
        m.setattr(InBulk, "take", lambda *_: None)
        alone = life(name)
    if isinstance(together, str):
        assert together == alone
        return
    assert runs == 0 < len(made) or name == "an end of the cell"
    assert list(together.table.columns) == list(alone.table.columns)
    for column in together.table:
        assert np.array_equal(together.table[column], alone.table[column], equal_nan=True), column
    assert together.end == alone.end and together.states.keys() == alone.states.keys()
    for n, state in together.states.items():
        assert np.array_equal(state.state, alone.states[n].state)
        for key in ("soc", "temperature", "ambient", "cell_temperature"):
            assert getattr(state, key) == getattr(alone.states[n], key), key


MONTHS = [273.15 + 2.0 * k for k in range(12)]
DAYS = {
    "every day": {"years": 35.0 / 365.25, "temperatures": MONTHS, "jump": False},
    "every day with heat": {"years": 35.0 / 365.25, "temperatures": MONTHS, "jump": False, "heat": True},
    "seasons": {"years": 1.2, "temperatures": MONTHS},
}


@pytest.mark.parametrize("name", DAYS)
def test_days_with_a_load_are_those_by_simulate(name, monkeypatch):
    """As test_in_bulk has it of plain days, with the rest of the day in a call of its own, too."""
    made, how = counted(monkeypatch, day), {"until": None, "model": SPM, **DAYS[name]}
    together, runs = cellsim.age_in_use(CELL, [LOAD, BACK], **how), len(made)
    with monkeypatch.context() as m:
        m.setattr(InBulk, "take", lambda *_: None)
        m.setattr(InBulk, "rest", lambda *_: None)
        alone = cellsim.age_in_use(CELL, [LOAD, BACK], **how)
    assert runs <= (10 if "heat" in name else 0) < len(made)  # until laws are tabulated where days begin
    same_columns(together.table, alone.table)
