"""Lives in use: jumps over days against every day, seasons, days that park, and what is refused."""

import numpy as np
import pytest

from cellsim import SPM, CellsimError, age_in_use, profile, store, with_overlay

CELL = with_overlay("lgm50_chen2020", "kirkaldy2024")
CAPACITY = "Capacity of equilibrium [A.h]"
MODEL = SPM(4)
DAY = "Discharge at C/2 for 30 min; Charge at C/3 until 4.1 V; Hold at 4.1 V until C/20"
MONTHS = np.array([0, 2, 6, 10, 16, 20, 24, 24, 18, 12, 6, 2]) + 273.15


def off(life, every):
    """Largest difference of the capacity on the days that both simulated, over the first one."""
    both = life.table.index.intersection(every.table.index)
    assert len(both) > 10
    return float(
        (life.table.loc[both, CAPACITY] - every.table.loc[both, CAPACITY]).abs().max() / every.table[CAPACITY].iloc[0]
    )


def test_a_year_of_days_by_jumps_is_that_of_every_day():
    """Within the bound that the life states, which is within the tolerance."""
    how = {"years": 0.5, "model": MODEL, "until": None, "temperatures": 298.15}
    every, life = age_in_use(CELL, DAY, **how, jump=False), age_in_use(CELL, DAY, **how)
    assert life.simulated < 80 < every.simulated
    assert off(life, every) <= life.bound <= 1e-3


def test_seasons_by_the_middles_of_months_are_those_of_every_day():
    """Sixteen months, of which the last ones are two days each; within the bound that the life states."""
    how = {"years": 16.0 / 12.0, "model": MODEL, "until": None, "temperatures": MONTHS}
    every, life = age_in_use(CELL, DAY, **how, jump=False), age_in_use(CELL, DAY, **how)
    assert any(jump.length >= 30 for jump in life.jumped.jumps)
    assert off(life, every) <= life.bound <= 1e-3


def test_a_warm_year_ages_more_than_a_cold_one():
    """And one of seasons lies between; 38 kJ/mol of the diffusivity."""
    ends = []
    for T in (MONTHS.min(), MONTHS, MONTHS.max()):
        ends.append(age_in_use(CELL, DAY, 1.0, temperatures=T, model=MODEL, until=None).table[CAPACITY].iloc[-1])
    assert ends[0] > ends[1] > ends[2]


def test_a_day_takes_24_hours():
    """The table's time, and a film that knows time alone is as thick as that of a cell in storage, to 1 %."""
    life = age_in_use(CELL, DAY, 0.25, model=MODEL, until=None, temperatures=298.15)
    assert life.table["Time [h]"].to_numpy() == pytest.approx(24.0 * life.table.index.to_numpy(), rel=1e-9)
    stored = store(CELL, 0.25, soc=0.5, model=MODEL, temperature=298.15)
    film = "Loss of capacity to SEI [A.h]"
    known = np.interp(life.table["Time [h]"].iloc[-1], stored.table["Time [h]"], stored.table[film])
    assert life.table[film].iloc[-1] == pytest.approx(known, rel=1e-2)


def test_a_measured_load_and_an_end_of_life():
    """Hours of power from a table; the life ends on the first day below, and says so."""
    t = np.arange(5) * 3600.0
    load = profile(np.column_stack([t, [0.0, 3.0, 0.0, 2.0, 0.0]]), "power")
    day = [load, "Charge at C/3 until 4.1 V; Hold at 4.1 V until C/20"]
    life = age_in_use(CELL, day, 1.0, model=MODEL, until="96% equilibrium capacity", temperatures=298.15)
    share = life.table[CAPACITY] / life.table[CAPACITY].iloc[0]
    assert share.iloc[-1] <= 0.96 < share.iloc[-2]
    assert life.table.index.name == "Day" and life.table.index[-1] - life.table.index[-2] == 1
    assert "96% equilibrium capacity" in str(life) and "years" in str(life)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"temperatures": [298.15, 299.15]}, "one or twelve"),
        ({"until": "80% capacity"}, "does not use all of the capacity"),
        (
            {"day": "Discharge at C/20 for 13 hours; Charge at C/20 for 12.9 hours"},
            "of a day takes 25.8 hours; give at most 24",
        ),
        ({"day": "Discharge at C/50 for 30 min", "years": 0.1}, "day 10 takes"),
        ({"years": 0.0}, "years 0"),
    ],
    ids=str,
)
def test_wrong_arguments_get_a_sentence(given, words):
    with pytest.raises(CellsimError) as fault:
        age_in_use(CELL, **{"day": DAY, "years": 0.02, "model": MODEL, **given})
    assert words in str(fault.value) and "\n" not in str(fault.value)
