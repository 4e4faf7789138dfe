"""Lives of cells: what `age` and `store` report, jumps against every cycle, ends, and what they refuse."""

import sys

import numpy as np
import pytest
from living import CYCLE, LITHIUM, TAKEN

from cellsim import DFN, SPM, CellsimError, ProtocolError, age, cli, load, simulate, store
from cellsim.models import capacity_between_cutoffs
from cellsim.physics.constants import F

MODEL = SPM(6)
RESOLVED = DFN((4, 2, 3), 6)  # ideal conductors of SPM lose lithium to rounding, some 1e-13 a cycle


@pytest.fixture(scope="module")
def every():
    """Every cycle of a life."""
    return age("okane2022", CYCLE, 40, model=RESOLVED, jump=False, keep=[30])


@pytest.fixture(scope="module")
def jumped():
    """The same life with jumps."""
    return age("okane2022", CYCLE, 40, model=RESOLVED, tolerance=1e-3)


def test_what_particles_lose_is_what_the_mechanisms_take(every):
    """Row by row, to rounding: 40 cycles of sums of numbers of 1e5 C/m2."""
    lithium = every.table[LITHIUM]
    start = lithium.iloc[0] + every.table[TAKEN].iloc[0].sum()
    drift = lithium + every.table[TAKEN].sum(axis=1) - start
    assert np.abs(drift / start).max() < 1e-12


def test_summaries_have_the_names_of_pybamm(every):
    """Amounts of a run from the state before a cycle on, under the same names; 1e-6: with time steps of its own."""
    theirs = every.summary_variables
    run = simulate(every.cell, CYCLE, start=every.state(30))
    row, passed = theirs.loc[31], run.summary_variables.iloc[-1]
    assert row["Total lithium in particles [mol]"] == pytest.approx(
        passed["Total lithium in particles [mol]"], rel=1e-6
    )
    assert row["Loss of lithium inventory [%]"] == pytest.approx(passed["Loss of lithium inventory [%]"], abs=1e-4)
    taken = every.table[TAKEN].loc[31]
    side = row["Total capacity lost to side reactions [A.h]"]
    assert side == pytest.approx(taken.sum() - taken["Loss of capacity to lost active material [A.h]"], rel=1e-12)
    assert row["Total lithium lost [mol]"] == pytest.approx(taken.sum() * 3600.0 / F, rel=1e-9)
    assert row["Q_Li"] == every.table[LITHIUM].loc[31] and row["Time [s]"] == 3600.0 * row["Time [h]"]


def test_jumps_keep_lithium_to_rounding(jumped):
    """As above, with most cycles jumped over."""
    assert jumped.simulated < 36
    total = jumped.table["Total lithium capacity in particles [A.h]"] + jumped.table[TAKEN].sum(axis=1)
    assert np.ptp(total) / total.iloc[0] < 1e-12


def test_jumps_are_within_their_bound(every, jumped):
    """The bound is what `tolerance` asks for; capacities at the cycles that both simulated, over the first one."""
    both = every.table.index.intersection(jumped.table.index)
    a, b = (life.table.loc[both, "Discharge capacity [A.h]"] for life in (every, jumped))
    assert jumped.bound <= 1e-3
    assert np.abs(a - b).max() / a.iloc[0] <= jumped.bound


def test_a_kept_state_goes_on_as_the_life_did(every):
    """Cycle 31 simulated from the state after cycle 30: the same numbers, the same kernel."""
    again = simulate(every.cell, CYCLE, start=every.states[30])
    assert again.steps[0].discharge_capacity == pytest.approx(
        every.table.loc[31, "Discharge capacity [A.h]"], rel=1e-12
    )


def test_end_of_life_is_the_first_cycle_below(every):
    """The cycle before is above 99 % of the first capacity, the last one not."""
    life = age("okane2022", CYCLE, 200, model=MODEL, until="99% capacity")
    share = life.table["Discharge capacity [A.h]"] / life.table["Discharge capacity [A.h]"].iloc[0]
    assert share.iloc[-1] <= 0.99 < share.iloc[-2]
    assert life.table.index[-1] - life.table.index[-2] == 1
    assert "99% capacity" in life.end and "99% capacity" in str(life)


def test_a_check_up_leaves_the_cell_alone(every):
    """Lives with and without check-ups are the same, as a copy is measured; C/20 gives more than 1C."""
    life = age("okane2022", CYCLE, 10, model=RESOLVED, jump=False, checkups=10)
    assert life.table.loc[10, "Discharge capacity [A.h]"] == every.table.loc[10, "Discharge capacity [A.h]"]
    slow, fast = life.table.loc[10, ["Capacity at C/20 [A.h]", "Capacity at 1C [A.h]"]]
    assert slow > fast
    late, early = (life.table.loc[10, f"Resistance after {t} s [Ohm]"] for t in (600, 10))
    assert 0.0 < early < late


def test_equilibrium_capacity_is_that_of_the_set_but_for_what_was_lost(every):
    """Of a cell that lost little, window and lithium give the set's capacity less at most what was taken."""
    first, taken = every.table.iloc[0], every.table[TAKEN].iloc[0].sum()
    fresh = capacity_between_cutoffs(load("okane2022"))
    assert fresh - 2.0 * taken < first["Capacity of equilibrium [A.h]"] <= fresh * (1.0 + 1e-3)


def test_storage_grows_the_film_with_the_root_of_time():
    """Solvent-diffusion limited: L² - L_0² = 2 V D c t / z, whatever the potential; 1e-6 as rtol allows."""
    options = {"SEI": "solvent-diffusion limited", "SEI porosity change": "false"}
    cell = load("okane2022").with_ageing(False).with_ageing(options)
    life = store(cell, 0.5, soc=0.5, model=MODEL, points=3, rtol=1e-8, temperature=298.15)
    V, D, c, L_0 = 9.585e-5, 2.5e-22, 2636.0, 5e-9
    area = 3.0 * 0.75 / 5.86e-6 * 8.52e-5 * 0.1027  # m2 of particles
    grown = life.table["Loss of capacity to SEI [A.h]"].to_numpy() * 3600.0 / 96485.33212 * V / area
    t = life.table["Time [h]"].to_numpy() * 3600.0
    assert (L_0 + grown) ** 2 == pytest.approx(L_0**2 + 2.0 * V * D * c * t, rel=1e-6)


def test_clogged_pores_end_a_life_in_words():
    """The ec law with PyBaMM's rates fills the pores of this cell in 17 cycles; the ageing until then is kept."""
    options = {"SEI": "ec reaction limited", "SEI porosity change": "true"}
    cell = load("okane2022").with_ageing(False).with_ageing(options)
    life = age(cell, CYCLE, 100, until=None, model=MODEL, temperature=298.15)
    assert life.cycles < 30
    assert "clogged" in life.end or life.table["Minimum porosity"].iloc[-1] < 0.02


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"until": "80 apples"}, "until '80 apples'"),
        ({"until": "110% capacity"}, "until '110% capacity'"),
        ({"until": "1.1.1% capacity"}, "until '1.1.1% capacity'"),
        ({"until": "9 Ah"}, "until 9 Ah: the first cycle is at 5."),
        ({"cycles": 0}, "cycles 0"),
        ({"ageing": {"SEI": "magic"}}, "'magic'"),
        ({"ageing": {"sei": "none"}}, "unknown option"),
        ({"ageing": False}, "nothing ages"),
        ({"tolerance": 0.0}, "tolerance 0"),
        ({"checkups": 0}, "checkups 0"),
    ],
    ids=str,
)
def test_wrong_arguments_get_a_sentence(how, words):
    with pytest.raises(CellsimError) as fault:
        age("okane2022", CYCLE, **({"cycles": 3, "model": MODEL} | how))
    assert words in str(fault.value) and "\n" not in str(fault.value)


def test_a_protocol_that_does_not_return_is_refused():
    """Discharged twice: the second time nothing comes out."""
    with pytest.raises(CellsimError, match="does not end where it begins"):
        age("okane2022", "Discharge at 1C until 2.5 V", 5, model=MODEL, until=None)


def test_tables_and_pictures_are_written(jumped, tmp_path):
    """Parquet and CSV hold the table, indexed by the cycle."""
    pandas = pytest.importorskip("pandas")
    jumped.save(tmp_path / "life.parquet")
    jumped.save(tmp_path / "life.csv")
    jumped.save(tmp_path / "life.png")
    table = pandas.read_parquet(tmp_path / "life.parquet")
    assert table.equals(jumped.table) and table.index.name == "Cycle number"
    assert list(pandas.read_csv(tmp_path / "life.csv")["Cycle number"]) == list(table.index)
    assert (tmp_path / "life.png").stat().st_size > 10_000
    with pytest.raises(CellsimError):
        jumped.save(tmp_path / "life.docx")


def test_a_life_that_begins_elsewhere_than_its_cycles_is_a_fault():
    """Cycles to 4.0 V of a full cell: the first delivers what no other can, which is no end of life; remedies work."""
    steps = "Discharge at 1C until 2.5 V; Charge at C/3 until 4.0 V"
    with pytest.raises(ProtocolError, match=r"first cycle delivers .* Ah and the second .* give soc=0\.") as fault:
        age("okane2022", steps, 5, model="SPM")
    begins = float(str(fault.value).partition("soc=")[2].partition(",")[0])
    life = age("okane2022", steps, 5, model="SPM", soc=begins)
    assert not life.end
    capacity = life.table["Discharge capacity [A.h]"]
    assert np.ptp(capacity) < 0.01 * capacity.iloc[0]  # of five cycles of a set that loses 1 % in a hundred
    assert age("okane2022", steps, 3, model="SPM", until=None).cycles == 3


@pytest.mark.parametrize(
    "options, words",
    [
        (("--calendar", "1years", "--until", "90% capacity"), "--until: means nothing for storage"),
        (("--calendar", "1years", "--heat"), "--heat: means nothing for storage"),
        (("--calendar", "1years", "--cycles", "5"), "--cycles: means nothing for storage"),
        (
            ("--calendar", "9days", "--day", "Rest for 1 hour", "--cycles", "5"),
            "--cycles: means nothing for days of use",
        ),
        (("--calendar", "9days", "--day", "Rest for 1 hour", "--seasons", "1,2"), "2 given; give twelve temperatures"),
    ],
)
def test_options_of_the_command_that_mean_nothing_are_refused(options, words, monkeypatch, capsys):
    """A sentence and exit code 2 instead of an option that does nothing."""
    monkeypatch.setattr(sys, "argv", ["cellsim", "age", "okane2022", "--model", "SPM", *options])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2 and words in " ".join(capsys.readouterr().err.split())
