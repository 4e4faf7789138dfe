"""Many lives: each as it is alone, maps, uncertain rates, what is resumed and refused."""

import numpy as np
import pytest

from cellsim import SPM, CellsimError, age, age_many, life_map, load, uncertain_lives, with_overlay
from cellsim.ensemble.journal import journal_of

CYCLE = "Discharge at 1C until 2.5 V; Charge at C/3 until 4.2 V; Hold at 4.2 V until C/20"
MODEL = SPM(6)
RATE = "negative electrode/SEI solvent diffusivity"


def test_lives_side_by_side_are_those_of_each_alone():
    """Curves, and a cell in which a protocol fails is a row with the reason."""
    cells = {"a": "okane2022", "b": with_overlay("lgm50_chen2020", "kirkaldy2024")}
    found = age_many(cells, CYCLE, 12, model=MODEL)
    assert list(found.table["Cell"]) == ["a", "b"] and found.labels == ("Cell",)
    for k, cell in enumerate(cells.values()):
        alone = age(cell, CYCLE, 12, model=MODEL).table["Discharge capacity [A.h]"]
        curve = found.curves[found.curves["Life"] == k]
        assert list(curve["Discharge capacity [A.h]"]) == list(alone)
    mixed = age_many("okane2022", {"good": CYCLE, "bad": "Discharge at 1C until 2.5 V"}, 4, model=MODEL)
    assert list(mixed.table["Failure"] == "") == [True, False]
    assert "does not end where it begins" in str(mixed)


def test_a_map_has_every_combination():
    """Faster discharge in a narrow window passes less charge a cycle; a warmer cell grows more film (38 kJ/mol)."""
    found = life_map(
        with_overlay("lgm50_chen2020", "kirkaldy2024"),
        rates=[0.5, 1.0],
        windows=[(0.0, 1.0), (0.4, 0.6)],
        temperatures=[283.15, 308.15],
        cycles=5,
        model=MODEL,
    )
    table = found.table.set_index(["C-rate", "From [% SOC]", "Ambient temperature [K]"])
    assert len(table) == 8 and (table["Failure"] == "").all()
    film = table["Loss of capacity to SEI [A.h]"]
    assert (film.xs(308.15, level=2) > film.xs(283.15, level=2)).all()
    assert (
        table.xs(40.0, level=1)["First capacity [A.h]"] < 0.25 * table.xs(0.0, level=1)["First capacity [A.h]"]
    ).all()


def test_uncertain_lives_spread_as_their_rates(tmp_path):
    """A film that grows with the root of time: life in cycles goes as one over its diffusivity.

    The slowest and the fastest of four differ by the ratio of their rates; 10 % as a cycle
    number is whole, capacity is not the film alone, and jumps have an error.
    """
    pytest.importorskip("pyarrow")
    cell = load("okane2022").with_ageing(False).with_ageing({"SEI": "solvent-diffusion limited"})
    value = cell.value(RATE)
    how = {"spread": {RATE: (value, 4.0 * value)}, "until": "99.3% capacity", "model": MODEL, "soc": 0.0}
    steps = "Charge at C/3 until 4.2 V; Hold at 4.2 V until C/20; Discharge at 1C until 2.5 V"
    found = uncertain_lives(cell, steps, 4, 2000, seed=1, path=tmp_path / "lives.parquet", **how)
    rates, cycles = found.table[RATE].to_numpy(), found.table["Cycles"].to_numpy(float)
    assert rates.min() >= value and rates.max() <= 4.0 * value and not found.table["Lasts"].any()
    slow, fast = np.argmin(rates), np.argmax(rates)
    ended = found.table["Time [h]"].to_numpy()
    assert ended[slow] / ended[fast] == pytest.approx(rates[fast] / rates[slow], rel=0.1)
    assert found.quantiles()[0.5] == sorted(cycles)[1]
    assert (tmp_path / "lives.parquet").exists() and not journal_of(tmp_path / "lives.parquet").exists()
    again = uncertain_lives(cell, steps, 4, 2000, seed=1, **how)
    assert again.table.equals(found.table)


def test_interrupted_lives_go_on(tmp_path, monkeypatch):
    """What is done is not done again."""
    path, begun = tmp_path / "lives.csv", []

    class Halt(BaseException):
        pass

    def halt(done, of):
        if done == 2:
            raise Halt

    how = {"cycles": 3, "model": MODEL, "path": path}
    cells = {"a": "okane2022", "b": "okane2022", "c": load("okane2022").with_({RATE: 1e-21})}
    with pytest.raises(Halt):
        age_many(cells, CYCLE, **how, progress=halt)
    from cellsim.studies.life.many import lives

    one = lives.one_life
    monkeypatch.setattr(lives, "one_life", lambda cell, *rest: begun.append(cell) or one(cell, *rest))
    found = age_many(cells, CYCLE, **how)
    assert len(begun) == 1 and len(found) == 3


def test_pictures_are_made(tmp_path):
    """Of curves and of a map."""
    found = life_map("okane2022", rates=[0.5, 1.0], temperatures=[288.15, 298.15], cycles=2, model=MODEL)
    found.save(tmp_path / "map.png")
    age_many("okane2022", CYCLE, 3, temperatures=[288.15, 298.15], model=MODEL).save(tmp_path / "lives.svg")
    assert (tmp_path / "map.png").stat().st_size > 5000 and (tmp_path / "lives.svg").stat().st_size > 5000


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (age_many, {"cells": [], "protocol": CYCLE}, "nothing to age"),
        (age_many, {"cells": "okane2022", "protocol": CYCLE, "until": "80 pears"}, "until '80 pears'"),
        (age_many, {"cells": "lgm50_chen2020", "protocol": CYCLE}, "nothing ages"),
        (life_map, {"cell": "okane2022", "windows": [(0.5, 0.4)]}, "windows"),
        (life_map, {"cell": "okane2022", "rates": [0.0]}, "rates"),
        (uncertain_lives, {"cell": "okane2022", "protocol": CYCLE, "spread": {RATE: 0.5}}, "spread of"),
        (uncertain_lives, {"cell": "okane2022", "protocol": CYCLE, "lives": 0}, "lives 0"),
    ],
    ids=lambda given: getattr(given, "__name__", str(given)),
)
def test_wrong_arguments_get_a_sentence(function, given, words):
    with pytest.raises(CellsimError) as fault:
        function(**given)
    assert words in str(fault.value) and "\n" not in str(fault.value)


def test_lives_that_all_failed_can_be_looked_at(tmp_path):
    """Printed, saved and drawn; no quantile is known."""
    found = uncertain_lives("okane2022", "Discharge at 1C until 2.5 V", 2, 5, model=SPM(4))
    assert "2 of 2 lives failed" in str(found) and all(np.isnan(n) for n in found.quantiles().values())
    found.save(tmp_path / "lives.csv")
    found.plot(tmp_path / "lives.png")


def test_lives_that_do_not_end_or_fail_are_said_in_words():
    """No infinite and no missing number in the sentence; why the first one failed is in it."""
    how = {"spread": {RATE: 2.0}, "model": MODEL}
    assert "5 %, 50 %, 95 % not within the cycles simulated" in str(uncertain_lives("okane2022", CYCLE, 2, 3, **how))
    said = str(uncertain_lives("okane2022", "Discharge at 1C until 2.5 V", 2, 3, **how))
    assert "2 of 2 lives failed" in said and "does not end where it begins" in said and "nan" not in said
