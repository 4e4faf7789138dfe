"""Many lives on the command line: those of the functions, and one clear sentence for every wrong input."""

import sys

import pandas as pd
import pytest

import cellsim
from cellsim import SPM, cli

CYCLE = "Discharge at 1C until 2.5 V; Charge at C/3 until 4.2 V; Hold at 4.2 V until C/20"


def commanded(monkeypatch, capsys, *words):
    """Exit code and what a command of the program prints, to both streams."""
    monkeypatch.setattr(sys, "argv", ["cellsim", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
        raise SystemExit(0)
    out = capsys.readouterr()
    return end.value.code or 0, " ".join((out.out + out.err).split())


def test_a_map_on_the_command_line_is_that_of_the_function(monkeypatch, capsys, tmp_path):
    """Percent and degrees Celsius are shares and kelvin."""
    words = ("life-map", "okane2022", "--rates", "1", "--windows", "0-100,40-80", "--temperatures", "10,25")
    path = tmp_path / "map.parquet"
    code, said = commanded(monkeypatch, capsys, *words, "--cycles", "3", "--model", "SPM", "-o", str(path))
    windows, Ts = [(0.0, 1.0), (0.4, 0.8)], [283.15, 298.15]
    found = cellsim.life_map("okane2022", rates=[1.0], windows=windows, temperatures=Ts, cycles=3, model=SPM())
    assert code == 0 and "from 40 %, to 80 %, 10 °C: 3 cycles" in said
    pd.testing.assert_frame_equal(pd.read_parquet(path), found.table, check_exact=True)


def test_uncertain_lives_on_the_command_line_are_those_of_the_function(monkeypatch, capsys, tmp_path):
    """A factor and bounds; the same seed."""
    words = ("uncertain-lives", "okane2022", "--cycle", CYCLE, "--lives", "3", "--cycles", "4", "--seed", "2")
    spread = {"negative electrode/SEI solvent diffusivity": 3.0, "negative electrode/cracking rate": (1e-21, 1e-20)}
    said = ["--spread", "negative electrode/SEI solvent diffusivity=3", "--spread"]
    said.append("negative electrode/cracking rate=1e-21:1e-20")
    path = tmp_path / "lives.parquet"
    code, _ = commanded(monkeypatch, capsys, *words, *said, "--model", "SPM", "-o", str(path))
    found = cellsim.uncertain_lives("okane2022", CYCLE, 3, 4, spread=spread, seed=2, model=SPM())
    assert code == 0
    pd.testing.assert_frame_equal(pd.read_parquet(path), found.table, check_exact=True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("life-map", "okane2022", "--windows", "80-20"), "--windows '80-20': give FROM-TO in percent"),
        (("life-map", "okane2022", "--windows", "0-100,"), "--windows '0-100,': give FROM-TO in percent"),
        (("life-map", "okane2022", "--rates", "0"), "rates 0: give C-rates above 0"),
        (
            ("life-map", "okane2022", "--temperatures", "cold"),
            "--temperatures 'cold': give numbers separated by commas",
        ),
        (("life-map", "lgm50_chen2020"), "nothing ages within a run"),
        (("life-map", "okane2022", "-o", "map.txt"), "map.txt: save as .csv, .parquet"),
        (("uncertain-lives", "okane2022", "--cycle", CYCLE, "--lives", "0"), "lives 0: give a number of lives"),
        (("uncertain-lives", "okane2022", "--cycle", CYCLE, "--spread", "x"), "--spread 'x': give SECTION/QUANTITY="),
        (
            ("uncertain-lives", "okane2022", "--cycle", CYCLE, "--spread", "negative electrode/no such rate=2"),
            "no such rate",
        ),
        (
            ("uncertain-lives", "okane2022", "--cycle", CYCLE, "--spread", "negative electrode/cracking rate=0.5"),
            "spread of negative electrode/cracking rate 0.5",
        ),
        (("uncertain-lives", "okane2022", "--cycle", CYCLE, "--soc", "120"), "--soc 120: give percent"),
    ],
)
def test_wrong_words_of_these_commands(words, sentence, monkeypatch, capsys, tmp_path):
    """One sentence, exit code 2, and no file."""
    monkeypatch.chdir(tmp_path)
    code, said = commanded(monkeypatch, capsys, *words)
    assert code == 2 and sentence in said
    assert not list(tmp_path.iterdir())
