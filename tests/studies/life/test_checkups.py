"""Check-ups of lives on a copy and on the cell itself, cycles that settle late, and what the last cycle did."""

import numpy as np
import pytest
from living import CYCLE, LITHIUM, TAKEN

from cellsim import DFN, SPM, Life, ProtocolError, age, load, simulate, with_overlay
from cellsim.studies.life import checkup

HOW = {"model": SPM(6), "until": None, "soc": 0.98}
LOST = "Loss of lithium inventory [%]"


@pytest.fixture(scope="module")
def real():
    """Measured every ten cycles, and kept once more."""
    return age("okane2022", CYCLE, 24, checkups=10, checkups_on="cell", keep=[12], **HOW)


def test_a_check_up_on_the_cell_ages_it(real):
    """More than one on a copy: time and lithium; what comes before, and first in a check-up, is the same."""
    copy = age("okane2022", CYCLE, 24, checkups=10, **HOW)
    assert real.table.loc[20, LOST] > copy.table.loc[20, LOST]
    for name in ("Capacity at C/20 [A.h]", "Discharge capacity [A.h]"):
        assert real.table.loc[10, name] == copy.table.loc[10, name]
    between = real.table.loc[11, "Time [h]"] - real.table.loc[10, "Time [h]"]
    assert between - real.table.loc[11, "Change in time [h]"] > 40.0  # C/20 alone takes 20


def test_a_check_up_on_the_cell_keeps_its_charge_and_its_lithium(real):
    """The charge to 1e-3: side reactions take some meanwhile; lithium to rounding of 24 cycles."""
    total = real.table[LITHIUM] + real.table[TAKEN].sum(axis=1)
    assert np.ptp(total.dropna()) < 1e-11 * total.iloc[1]
    before = age("okane2022", CYCLE, 10, **HOW, jump=False).state(10)
    assert real.state(10).soc == pytest.approx(before.soc, abs=1e-3)


def test_states_after_a_check_up_on_the_cell_are_those_of_the_life(real):
    """Cycle 12 from the state after the check-up of cycle 10, on the way to 12 and by itself."""
    assert np.array_equal(real.state(12).state, _on(real, real.state(10), 2).state)


def _on(life, state, cycles):
    for _ in range(cycles):
        state = simulate(life.cell, CYCLE, start=state, **life.how).final_state
    return state


@pytest.mark.parametrize("on", ["copy", "cell"])
def test_a_check_up_that_is_not_completed_is_a_remark(monkeypatch, on):
    """The life goes on as it would without."""

    def fails(*_):
        raise ProtocolError("the voltage is below the cut-off")

    monkeypatch.setattr(checkup, "measured", fails)
    life = age("okane2022", CYCLE, 6, checkups=3, checkups_on=on, **HOW)
    alone = age("okane2022", CYCLE, 6, **HOW)
    assert life.cycles == 6 and any(
        "check-up after cycle 3 was not completed: the voltage" in note for note in life.remarks
    )
    assert list(life.table["Discharge capacity [A.h]"].dropna()) == list(alone.table["Discharge capacity [A.h]"])


def test_what_check_ups_measure_is_one_of_two():
    with pytest.raises(ProtocolError, match="checkups_on 'both': choose one of copy, cell"):
        age("okane2022", CYCLE, 3, checkups=1, checkups_on="both", **HOW)


def test_cycles_to_keep_beyond_the_last_one_are_not_ignored():
    """Beyond those asked for: refused; beyond the end of life, which no one knew: said."""
    with pytest.raises(ProtocolError, match="keep 9: the life has 5 cycles"):
        age("okane2022", CYCLE, 5, keep=[2, 9], **HOW)
    life = age("okane2022", CYCLE, 60, keep=[2, 50], **{**HOW, "soc": 1.0, "until": "99% capacity"})
    assert life.cycles < 50 and set(life.states) == {2, life.cycles}
    assert any("after cycles 50 were not kept" in note for note in life.remarks)


@pytest.mark.parametrize("cycles", [5, 15])
@pytest.mark.parametrize(
    "steps", ["Discharge at 1C until 2.5 V", "Discharge at C/50 for 30 minutes", "Charge at C/3 until 4.2 V"]
)
def test_protocols_that_do_not_return_are_refused(steps, cycles):
    with pytest.raises(ProtocolError, match="does not end where it begins|delivers no charge"):
        age("okane2022", steps, cycles, **HOW)


def test_a_protocol_that_settles_after_some_cycles_is_not_refused():
    """A full cell, of which a charge to 4.2 V cannot give back at once what little was taken."""
    steps = "Discharge at 1C for 2 minutes; Rest for 1 hour; Charge at 1C until 4.2 V"
    life = age("okane2022", steps, 20, **{**HOW, "soc": 1.0})
    out, into = (life.table[f"{way} capacity [A.h]"] for way in ("Discharge", "Charge"))
    assert into.loc[2] < 0.5 * out.loc[2]  # what made it a fault before
    assert into.iloc[-1] == pytest.approx(out.iloc[-1], rel=0.1)


def test_the_place_of_the_least_plating_margin_is_that_of_the_run():
    """Of cycle 3, simulated from the state before it; at the separator, where a charge plates first."""
    life = age("okane2022", CYCLE, 3, jump=False, **{**HOW, "model": DFN((6, 3, 4), 6)})
    run = simulate(life.cell, CYCLE, start=life.state(2), **life.how)
    margin, row = run["Plating margin [V]"], life.table.loc[3]
    assert row["Minimum plating margin [V]"] == margin.min()
    place = row["Position of minimum plating margin [m]"]
    assert place == run["Position of plating margin [m]"][margin.argmin()]
    assert place == pytest.approx(life.cell.value("negative electrode/thickness"), rel=1e-12)


def test_the_cycle_that_the_cell_did_not_complete_is_told(tmp_path):
    """Pores that clog: it lost more lithium than the cycle before, and a saved life knows it, too."""
    pytest.importorskip("pyarrow")
    options = {"SEI": "ec reaction limited", "SEI porosity change": "true"}
    cell = load("okane2022").with_ageing(False).with_ageing(options)
    life = age(cell, CYCLE, 60, path=tmp_path / "life.parquet", **HOW)
    assert "clogged" in life.end and life.unfinished is not None
    assert life.unfinished[LOST] > life.table[LOST].iloc[-1]
    assert life.unfinished["Time [h]"] > life.table["Time [h]"].iloc[-1]
    assert f"cycle {life.cycles + 1}, not completed" in str(life)
    assert Life.load(tmp_path / "life.parquet").unfinished == life.unfinished


KIRKALDY = with_overlay("lgm50_chen2020", "kirkaldy2024")
EC = load("okane2022").with_ageing(False).with_ageing({"SEI": "ec reaction limited"})


@pytest.mark.parametrize(
    ("cell", "cycles", "every"),
    [("okane2022", 60, 10), (KIRKALDY, 150, 50), (EC, 60, 20)],
    ids=["okane2022", "kirkaldy2024", "ec reaction limited"],
)
def test_jumps_go_on_behind_check_ups_on_the_cell(cell, cycles, every):
    """Each check-up costs a jump that ends there, three cycles, and two cycles behind it; what is said of the error
    holds for the cycles and the check-ups.
    """
    how = {"checkups": every, "checkups_on": "cell", **HOW}
    life, exact = age(cell, CYCLE, cycles, **how), age(cell, CYCLE, cycles, jump=False, **how)
    alone = age(cell, CYCLE, cycles, **HOW)
    assert life.simulated <= alone.simulated + 5 * (cycles // every) and life.simulated < exact.simulated
    for name in ("Discharge capacity [A.h]", "Capacity at C/20 [A.h]"):
        known = life.table[name].dropna()
        off = (known - exact.table.loc[known.index, name]).abs().max() / exact.table[name].dropna().iloc[0]
        assert off <= life.bound <= 1e-3, name


def test_a_life_of_cycles_that_use_little_of_the_cell_says_what_its_bound_is_not():
    """With jumps, and judged by the discharge of its cycles; not where it is judged at equilibrium."""
    steps = "Discharge at C/2 for 6 minutes; Charge at C/2 until 4.2 V; Hold at 4.2 V until C/50"
    said = [
        any(
            "as a share of so little" in note for note in age(KIRKALDY, steps, 60, **{**HOW, "soc": 1.0, **how}).remarks
        )
        for how in ({}, {"until": "80% equilibrium capacity"}, {"jump": False})
    ]
    assert said == [True, False, False]


def test_a_first_cycle_from_elsewhere_that_takes_much_of_what_a_life_may_lose_is_a_remark():
    """A full cell whose cycles charge to 4.13 V: more than half of 10 % that it may lose, less than of 30 %."""
    steps = "Discharge at C/2 until 2.5 V; Charge at C/2 until 4.13 V; Hold at 4.13 V until C/50"
    for until, says in (("90% capacity", True), ("70% capacity", False)):
        life = age(KIRKALDY, steps, 3, **{**HOW, "soc": 1.0, "until": until})
        assert any("at another state of charge than its cycles" in note for note in life.remarks) == says
