"""How much memory a run takes: what its rows need, and no more rows than a result may keep."""

import gc
import tracemalloc

import numpy as np
import pytest

import cellsim
from cellsim.errors import Ending, ProtocolError, SolveError
from cellsim.kernels import layout
from cellsim.kernels.call import record as task
from cellsim.kernels.call.calls import Rows
from cellsim.simulation import kept_states
from cellsim.simulation import plan as simulation

CHEN = "lgm50_chen2020"
SMALL = cellsim.DFN((4, 2, 4), 4)
ROW = 8 * (1 + layout.numbers(SMALL.discretise(cellsim.load(CHEN), 298.15)))  # bytes of a time and a state on this mesh


def traced(run):
    """(What run returns, memory that it holds afterwards, most that it held) [bytes]."""
    gc.collect()
    tracemalloc.start()
    try:
        found = run()
        return found, *tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "steps", ([cellsim.rest(60.0)], [cellsim.discharge(1.0), cellsim.charge(1.0)]), ids=("rests", "cycles")
)
def test_a_long_run_holds_its_rows_and_little_else(steps):
    """At most 2 kB a step for its words and figures, an eighth and 1,024 rows more while it
    grows, and the one buffer of 512 rows; a buffer for every step would be 340 kB a step."""
    cellsim.simulate(CHEN, steps, SMALL)  # compiled, and what is kept of the cell
    task._spare.clear()
    result, held, most = traced(lambda: cellsim.simulate(CHEN, cellsim.cycle(steps, 400 // len(steps)), SMALL))
    rows = len(result.t)
    needed = rows * ROW + 2000 * 400
    assert rows > 4000 and held < needed + 1e6 and most < 1.125 * needed + ROW * (1024 + 2 * 512) + 1e6


def test_a_short_run_does_not_hold_the_buffer_it_was_written_to():
    """Thirty results of rests: not even the half of a buffer, of 512 rows, each."""
    cellsim.simulate(CHEN, cellsim.rest(60.0), SMALL)
    kept, held, _ = traced(lambda: [cellsim.simulate(CHEN, cellsim.rest(60.0 + k), SMALL) for k in range(30)])
    assert held / len(kept) < 0.5 * 512 * ROW


def test_memory_that_is_used_again_belongs_to_no_one():
    """What a run returned stays bit for bit while others run in the same buffers; each is given away once."""
    one, other = (cellsim.simulate(CHEN, cellsim.rest(60.0), SMALL, soc=soc) for soc in (0.3, 0.7))
    first = one["Electrolyte potential [V]"].copy(), one["Time [s]"].copy()
    for soc in (0.1, 0.5, 0.9):
        cellsim.simulate(CHEN, "Rest for 1 min; Discharge at 1C for 1 min; Rest for 1 min", SMALL, soc=soc)
    assert np.array_equal(one["Electrolyte potential [V]"], first[0]) and np.array_equal(one["Time [s]"], first[1])
    assert one["Voltage [V]"][0] != other["Voltage [V]"][0]
    buffer = task.Buffer(4, SMALL.discretise(cellsim.load(CHEN), 298.15).sizes)
    task._spare.clear()
    task.recycle([buffer, buffer])
    task.recycle([buffer])
    assert [len(free) for free in task._spare.values()] == [1]


def test_rows_are_the_pieces_one_after_the_other():
    """One piece as it is; many, of any length, as NumPy joins them; without spare memory at the end."""
    piece = np.arange(6.0).reshape(3, 2)
    rows = Rows()
    rows.append(piece)
    assert rows.joined() is piece and len(rows) == 3
    pieces = [np.random.default_rng(k).random((k * 700 % 1900, 2)) for k in range(12)]
    rows = Rows()
    for each in pieces:
        rows.append(each)
    assert np.array_equal(rows.joined(), np.concatenate(pieces)) and len(rows.joined()) == len(rows)
    assert rows.joined().base is None


def test_a_period_whose_rows_no_memory_holds_is_refused_before_the_run():
    """With how many there would be, and the period that would do; which does."""
    with pytest.raises(
        ProtocolError,
        match=r"a period of 1e-06 s stores 6e\+08 rows, and a result on this mesh keeps "
        r"\d+; give a period of at least 0.0\d+ s",
    ):
        cellsim.simulate(CHEN, "Discharge at 1C for 10 min (0.000001 s period)", SMALL)
    with pytest.raises(ProtocolError, match="a period of 1e-06 s"):
        cellsim.simulate(CHEN, "Rest for 10 min", SMALL, period=1e-6)


@pytest.mark.parametrize(
    "steps, period",
    (("Discharge at 1C until 2.5 V", 0.01), (cellsim.cycle([cellsim.rest(60.0)], 900), None)),
    ids=("one step", "many"),
)
def test_a_run_that_fills_its_memory_stops_with_that_reason(steps, period, monkeypatch):
    """With its rows up to there; a limit of 4 MB is for this test."""
    monkeypatch.setattr(simulation, "MOST", 4_000_000)
    with pytest.raises(SolveError, match="the rows of the run exceed the maximum size of a result") as fault:
        cellsim.simulate(CHEN, steps, SMALL, period=period)
    result = fault.value.result
    assert result.endings[-1] is Ending.SOLVER_MEMORY
    assert 4_000_000 - ROW < len(result.t) * ROW <= 4_000_000 + 512 * ROW


MIXED = """Repeat 2:
Discharge at 1C until 2.8 V
Charge at C/2 until 4.2 V
Hold at 4.2 V until C/20
Rest for 10 min at ambient 303.15 K
Discharge at 30 W for 5 min
Run UDDS for 10 min
End"""


@pytest.mark.parametrize(
    "name, steps, how",
    (
        (CHEN, MIXED, {}),
        (CHEN, MIXED, {"heat": True}),
        ("okane2022", "Discharge at 1C for 30 min; Rest for 10 min; Charge at C/2 for 20 min", {}),
        ("target_nmc811_lpscl_li", "Discharge at C/5 for 1 hour; Charge at C/10 for 1 hour", {}),
        ("danilov2011", "Discharge at 1C for 10 min; Charge at 1C for 10 min", {}),
        (CHEN, "Discharge at 1C for 30 min; Rest for 10 min", {"model": cellsim.SPMe(), "period": 7.0}),
    ),
    ids=("isothermal", "heat", "ageing", "metal", "film", "period"),
)
def test_states_that_are_made_again_are_the_same_bit_for_bit(name, steps, how, monkeypatch):
    """Every variable of a run whose states are kept, and of one of which none is."""
    whole = cellsim.simulate(name, steps, soc=0.9, **how)
    monkeypatch.setattr(kept_states, "ROOM", 0)
    monkeypatch.setattr(kept_states, "LEAST", 0)
    few = cellsim.simulate(name, steps, soc=0.9, **how)
    made, again = [], kept_states.March.again
    monkeypatch.setattr(kept_states.March, "again", lambda march, rows: made.append(rows) or again(march, rows))
    few["Voltage [V]"]
    assert not made
    few["Electrolyte concentration [mol.m-3]"]
    assert sum(made) == len(few.t) and few.steps == whole.steps and str(few) == str(whole)
    for variable in tuple(whole.keys()):
        np.testing.assert_array_equal(few[variable], whole[variable])


def test_a_run_of_many_cycles_keeps_a_fraction_of_its_states(monkeypatch):
    """Beyond `ROOM`: a time and 17 numbers a row, 4 kB a step to make it again with, 2 kB for its figures."""
    steps = cellsim.cycle([cellsim.discharge(1.0), cellsim.charge(1.0)], 200)
    monkeypatch.setattr(kept_states, "ROOM", 2_000_000)
    cellsim.simulate(CHEN, steps, SMALL)
    task._spare.clear()
    result, held, most = traced(lambda: cellsim.simulate(CHEN, steps, SMALL))
    rows = len(result.t)
    assert (
        rows > 20_000 and most < 2e6 + rows * 8 * (1 + 17) * 1.25 + 400 * 6000 + ROW * 4 * 512 + 1e6 < 0.6 * rows * ROW
    )
    volts, held, _ = traced(lambda: result["Voltage [V]"])
    assert held < rows * 8 * (17 + 3) + 1e6
