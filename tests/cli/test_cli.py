"""The command line: what it prints, what it writes, and one clear sentence for every wrong input."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import cellsim
from cellsim import cli
from cellsim.cli.shared import console

TARGET = "target_nmc811_lpscl_li"


@pytest.fixture
def run(capsys, monkeypatch):
    """Call the program with arguments; returns exit code, standard output and standard error."""

    def call(*arguments, width=160):
        monkeypatch.setattr(sys, "argv", ["cellsim", *map(str, arguments)])
        monkeypatch.setattr(console, "width", width)  # wherever the suite runs
        with pytest.raises(SystemExit) as end:
            cli.main()
            raise SystemExit(0)
        out = capsys.readouterr()
        return end.value.code or 0, out.out, out.err

    return call


def test_cells_are_listed(run):
    """Every packaged set by name."""
    code, out, _ = run("cells")
    assert code == 0 and all(name in out for name in cellsim.cells())


def test_show_prints_values_with_their_origin(run):
    """Value, unit, source, method, and the score."""
    code, out, _ = run("show", TARGET)
    assert code == 0 and "separator/thickness" in out and "assumed" in out
    assert f"Provenance: {cellsim.load(TARGET).provenance()}" in out


@pytest.mark.parametrize(
    "arguments, words",
    [(("--discharge", 1), "reached the lower voltage limit"), (("--charge", 1, "--model", "SPM"), "Hold at 4.25 V")],
)
def test_simulate_says_how_it_ended(run, arguments, words):
    """In words, with capacity and energy."""
    code, out, _ = run("simulate", TARGET, *arguments)
    assert code == 0 and words in out and " Ah" in out and " Wh" in out


@pytest.mark.parametrize(
    "arguments, start",
    [
        (("--protocol", "Rest for 1 s"), "100 %"),
        (("--discharge", 1), "100 %"),
        (("--charge", 1, "--model", "SPM"), "10 %"),
        (("--protocol", "Rest for 1 s", "--soc", 0.5), "50 %"),
    ],
)
def test_the_start_is_the_first_line(run, arguments, start):
    """State of charge, voltage and temperature; the same start as from Python, but for --charge."""
    code, out, _ = run("simulate", "lgm50_chen2020", *arguments)
    first, second = out.splitlines()[:2]
    assert code == 0 and first.startswith(f"starts at {start} state of charge, ") and first.endswith(", 25 degC")
    assert f"from {start} state of charge" in second


@pytest.mark.parametrize(
    "more",
    [
        ("--protocol", "Discharge at 1C untill 3 V"),
        ("--protocol", "Discharge at 1C until 1 V"),
        ("--discharge", 1, "--model", "SPX"),
        ("--discharge", 1, "--time-budget", -1),
    ],
)
def test_what_is_refused_starts_nowhere(run, more):
    """Nothing on standard output, as nothing is simulated."""
    code, out, err = run("simulate", "lgm50_chen2020", *more)
    assert code == 2 and out == "" and err.startswith("cellsim: ")


def test_what_was_done_before_the_time_was_up_is_printed(run):
    """And how to get more time."""
    code, out, err = run(
        "simulate",
        "lgm50_chen2020",
        "--protocol",
        "Rest for 10 s; Rest for 20 s (0.01 s period)",
        "--time-budget",
        "1e-9",
    )
    assert code == 3 and "1. Rest for 10 seconds: reached the end" in out and "time_budget=1e-09" in err


def test_every_column_of_a_map_is_printed():
    """13 were asked for, 13 are shown, in two tables."""
    from rich.console import Console

    from cellsim.studies.charging.maps import ChargeMap
    from cellsim.studies.charging.plots_maps import map_table

    x, y = np.arange(1001.0, 1014.0), np.array([1.0, 2.0])
    minutes = np.arange(26.0).reshape(2, 13) + 2001.0
    shown = Console(width=90, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    shown.print(map_table(ChargeMap("a", "conductivity", "c-rate", x, y, minutes, np.zeros((2, 13)), "", 0.1, 0.8)))
    text = shown.export_text()
    assert all(f"{v:.0f}" in text for v in (*x, *minutes.ravel()))


def test_protocol_files_that_are_no_text_are_refused(run, tmp_path):
    """Not in UTF-8, or much too long."""
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    code, _, err = run("simulate", TARGET, "--protocol", tmp_path / "a.txt")
    assert code == 2 and "UTF-8" in err and len(err.splitlines()) == 1
    (tmp_path / "b.txt").write_text("Rest for 1 s\n" * 200_000, encoding="utf-8")
    code, _, err = run("simulate", TARGET, "--protocol", tmp_path / "b.txt")
    assert code == 2 and "larger than 1 MB" in err


def test_control_characters_never_reach_the_terminal(run, capsys):
    """Neither from a title nor from the words of a command."""
    from rich.text import Text

    cli.console.print(Text("\x1b]0;title\x07red\x9b31m"), "\x1b[31m")
    cli.runs.say("\x1b[31mred")
    out = capsys.readouterr().out
    assert "red" in out and not set(out) & set("\x1b\x07\x9b")
    for words in (("show", "\x1b[31mred"), ("simulate", "--\x1b[31mred"), ("\x1b[31mred",)):
        code, out, err = run(*words)
        assert code == 2 and "\x1b" not in out + err


def test_messages_stay_short(run):
    """Of a word of a million letters, or of a protocol with a thousand faults."""
    for words in (
        ("show", "x" * 10**6),
        ("simulate", TARGET, "--protocol", "y" * 10**5),
        ("map", TARGET, "z" * 10**5, "1,2", "c-rate", "1" * 10**5),
    ):
        code, out, err = run(*words)
        assert code == 2 and len(out + err) < 5000


def test_output_that_cannot_be_written_is_one_sentence():
    """A full disk and a terminal without the signs of Unicode; of a real process, as Python flushes when it ends."""
    import os
    import subprocess

    ask = [sys.executable, "-m", "cellsim", "cells"]
    with open("/dev/full", "w") as full:
        ended = subprocess.run(ask, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2 and "No space left" in ended.stderr and len(ended.stderr.splitlines()) == 1
    ended = subprocess.run(
        [*ask[:-1], "show", "leaf_2018"],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert ended.returncode == 0 and b"leaf_2018" in ended.stdout and not ended.stderr


def test_a_cell_may_start_warmer_than_its_surroundings(run):
    """Also from the command line: a discharge of a warm cell in the cold gives less."""
    ask = ("simulate", "lgm50_chen2020", "--discharge", 1, "--heat", "--temperature", 25, "--ambient")
    warm, cold = (float(run(*ask, T)[1].split(" Ah,")[0].split()[-1]) for T in (25, -20))
    assert cold < warm


def test_the_fastest_charge_and_others_side_by_side(run):
    """--fastest alone is one row a temperature; with --protocol it is one more, and once if it is among them."""
    ask = ("charge", "lgm50_chen2020", "--fastest", "--to", 30)
    assert run(*ask)[1].count("lgm50") == 1
    both = run(*ask, "--protocol", "cc-cv 1C", "--protocol", "fastest")[1]
    assert both.count("lgm50") == 2 and "cc-cv 1C" in both


def test_zones_of_a_cell_on_a_plate_are_printed_and_written(run, tmp_path):
    path = tmp_path / "zones.csv"
    plate = ("--nodes", 2, "--cooling", 500, "--opposite", 5, "--temperature", -10, "--ambient", 40, "--model", "SPM")
    steps = ("--soc", 0.5, "--protocol", "Charge at C/5 for 60 s; Hold at 3.9 V for 30 s", "-o", path)
    code, out, _ = run("zones", "leaf_2018", *plate, *steps)
    assert code == 0 and "Hold at 3.9 V for 30 seconds: reached the end of the step at 3.9 V" in out
    assert "the protocol is complete" in out and "K apart" in out
    names = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert names[:4] == ["Time [s]", "Step", "Voltage [V]", "Current [A]"] and "State of charge of 2" in names


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give exactly one of --discharge"),
        (("--discharge", 1, "--nodes", 0), "nodes 0: give a whole number"),
        (("--discharge", 1, "--interval", 0), "interval 0"),
        (("--protocol", "Hold temperature at 40 degC for 1 min"), "zones hold a voltage only"),
        (("--discharge", 1, "--opposite", -1), "opposite_heat_transfer_coefficient = -1"),
        (("--discharge", 1, "-o", "zones.nc"), "save as .csv or .parquet"),
    ],
)
def test_wrong_words_about_zones_are_answered(run, arguments, words):
    code, out, err = run("zones", "leaf_2018", *arguments)
    assert code == 2 and not out and words in err and len(err.splitlines()) == 1


def test_maps_and_fronts_are_printed_and_written(run, tmp_path):
    """Ranges that begin with a minus, dashes for blanks, a picture and a table; minutes fall with the temperature."""
    import pandas

    picture, table = tmp_path / "map.png", tmp_path / "map.csv"
    code, out, err = run(
        "map", "leaf_2018", "temperature", "-10:10:3", "areal-capacity", "2,3", "--to", 30, "-o", picture, "-o", table
    )
    assert code == 0 and "rows: areal capacity [mAh/cm²], columns: temperature [°C]" in out, err
    assert picture.read_bytes()[:5] == b"\x89PNG\r"
    minutes = (
        pandas.read_csv(table)
        .pivot(index="areal capacity [mAh/cm²]", columns="temperature [K]", values="minutes")
        .to_numpy()
    )
    assert minutes.shape == (2, 3) and (minutes[:, 0] > minutes[:, 2]).all()
    code, out, err = run(
        "pareto", "lgm50_chen2020", "plating-margin", "-10:30:3", "--to", 30, "-o", tmp_path / "front.svg"
    )
    assert code == 0 and "plating margin" in out and (tmp_path / "front.svg").is_file(), err


@pytest.mark.parametrize("suffix", [".parquet", ".nc", ".png", ".svg", ".csv"])
def test_simulate_writes_what_is_asked_for(run, tmp_path, suffix):
    """Tables can be read again, pictures are pictures."""
    path = tmp_path / f"run{suffix}"
    assert run("simulate", TARGET, "--discharge", 1, "-o", path)[0] == 0
    if suffix in (".parquet", ".nc"):
        assert cellsim.Result.load(path)["Voltage [V]"][0] > 4.0
    elif suffix == ".csv":
        assert path.read_text(encoding="utf-8").startswith("Time [s],Step,")
    else:
        assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_audit_prints_the_verdict_and_writes_the_report(run, tmp_path):
    """The main job: conditions, ratios and sentences in the terminal, one page on disk."""
    path = tmp_path / "report.html"
    asked = ("--cell", TARGET, "--baseline", "leaf_2018", "--temperature", 45, "--only", "energy, power")
    code, out, _ = run("audit", *asked, "-o", path)
    words = " ".join(out.split())
    assert code == 0 and "holds" in words and "leaf_2018" in words and "45" in words and "MPa" in words
    assert "of its energy at its 3 MPa" in words and "Kasemchainan" in words
    assert "The announcement, sentence by sentence" in words and "Can store more power" in words
    assert "charging time" not in words and "$/kWh" not in words
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and TARGET.replace("_", "_<wbr>") in page
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_claim_and_schema_can_be_copied(run):
    """What is printed is the packaged file, and valid JSON."""
    from cellsim.studies.claim_audit.claim_file import CHARGING, DEFAULT

    assert run("claim")[1] == DEFAULT.read_text(encoding="utf-8")
    assert run("claim", "--charging")[1] == CHARGING.read_text(encoding="utf-8")
    assert json.loads(run("schema")[1])["title"] == "cellsim parameter set"


def test_version_and_cache_are_shown(run, monkeypatch):
    """Which version, and where compiled kernels are."""
    assert run("--version")[1].strip() == f"cellsim {cellsim.__version__}"
    assert "cellsim" in run("cache", "show")[1]


def altered(tmp_path, section, key, record):
    """A copy of the target cell's file with one record replaced (None: removed)."""
    raw = cellsim.load(TARGET).to_json()
    if record is None:
        del raw[section][key]
    else:
        raw[section][key] = raw[section][key] | record
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "record, words",
    [
        (None, "separator/thickness: missing"),
        ({"unit": "mm"}, "expected 'm'"),
        ({"value": "30"}, "value"),
        ({"value": float("nan")}, "NaN is not a number"),
        ({"value": -3e-5}, "outside"),
    ],
)
def test_faulty_parameter_files_end_with_one_sentence(run, tmp_path, record, words):
    """File, key and remedy on standard error, exit code 2, no report and no traceback."""
    path = altered(tmp_path, "separator", "thickness", record)
    code, out, err = run("audit", "--cell", path, "--baseline", "leaf_2018", "-o", tmp_path / "report.html")
    assert code == 2 and words in err and "mine.json" in err and len(err.splitlines()) == 1
    assert "Traceback" not in err and [p.name for p in tmp_path.iterdir()] == ["mine.json"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("show", "leaf_2081"), "did you mean 'leaf_2018'"),
        (("show", "nowhere.json"), "cannot be read"),
        (("audit", "-o", "/nowhere/report.html"), "/nowhere/report.html: cannot be written"),
        (("audit", "-o", "/"), "is a folder"),
        (("audit", "--claim", "nowhere.yaml"), "nowhere.yaml: cannot be read"),
        (("audit", "--cell", "leaf_2018", "--baseline", "leaf_2018"), "rename"),
        (("audit", "--c-rate", 0), "--c-rate 0: give a rate"),
        (("audit", "--only", "energie"), "only 'energie': choose one of energy, charging"),
        (("audit", "--only", ""), "only ''"),
        (("audit", "--temperature", 300), "degrees Celsius"),
        (("simulate", "leaf_2018"), "exactly one of"),
        (("simulate", "leaf_2018", "--discharge", 1, "--model", "P2D"), "choose one of DFN"),
        (("simulate", "leaf_2018", "--discharge", 1, "--ambient", 10), "add --heat"),
        (("simulate", "leaf_2018", "--discharge", 1, "--heat", "--ambient", 300), "--ambient 300"),
        (("map", "leaf_2018", "colour", "1,2", "c-rate", "1,2"), "choose one of temperature"),
        (("map", "leaf_2018", "temperature", "1:2", "c-rate", "1,2"), "FROM:TO:NUMBER"),
        (("map", "leaf_2018", "temperature", "1,2", "c-rate", "1,2", "-o", "map.xls"), "save as .png"),
        (("pareto", "leaf_2018", "critical-current-margin", "0,1"), "no such limit"),
        (("simulate", "leaf_2018", "--discharge", -1), "give a rate"),
        (("simulate", "leaf_2018", "--discharge", "fast"), "Usage: "),
        (("simulate", "leaf_2018", "--discharge", 1, "--model", "SPM", "-o", "run.xls"), "save as .csv, .parquet"),
        (("simulate", "leaf_2018", "--discharge", 1, "--soc", "nan"), "--soc nan: a state of charge"),
        (("simulate", "leaf_2018", "--discharge", 1, "--time-budget", "nan"), "time_budget nan"),
        (("simulate", "leaf_2018", "--discharge", 1, "-o", "no/such/run.csv"), "there is no folder"),
        (("impedance", "leaf_2018", "--lowest", "nan"), "--lowest nan: give a finite frequency"),
        (("impedance", "leaf_2018", "--highest", "inf"), "--highest inf: give a finite frequency"),
        (("impedance", "leaf_2018", "-o", "z.xls"), "save as .csv"),
        (("audit", "-o", "report.xls"), "save as .html"),
        (("charge", "leaf_2018", "--protocol", "cc-cv ...C"), "is no C-rate"),
        (("charge", "leaf_2018", "--protocol", "cc-cv 0C"), "is no C-rate"),
        (("charge", "leaf_2018", "--cooling", "-1"), "cooling -1"),
        (("map", "leaf_2018", "areal-capacity", "-1,2", "c-rate", "1,2"), "number 1 is -1; give numbers from 0.001"),
        (("map", "leaf_2018", "temperature", "298,308", "c-rate", "1,2"), "give degrees Celsius between -73 and 127"),
        (("map", "leaf_2018", "temperature", "10,nan", "c-rate", "1,2"), "X: number 2 is nan"),
        (("map", "leaf_2018", "c-rate", "1,2", "c-rate", "1,2"), "give two quantities"),
        (("pareto", "leaf_2018", "temperature", "318,328"), "give degrees Celsius between -73 and 127"),
    ],
)
def test_wrong_arguments_end_with_one_sentence(run, arguments, words):
    """Exit code 2 and what to do about it."""
    code, _, err = run(*arguments)
    assert code == 2 and words in err and "Traceback" not in err


def test_words_of_a_file_are_printed_as_they_are(run, tmp_path):
    """Brackets in a title are not markup."""
    raw = cellsim.load(TARGET).to_json() | {"title": "Cell [bold]A[/bold] [red]"}
    (tmp_path / "mine.json").write_text(json.dumps(raw), encoding="utf-8")
    code, out, _ = run("show", tmp_path / "mine.json")
    assert code == 0 and out.startswith("mine: Cell [bold]A[/bold] [red]\n")


def test_claim_without_baseline_is_refused(run, tmp_path):
    """A ratio needs something to compare with."""
    text = "\n".join(line for line in run("claim")[1].splitlines() if not line.startswith("baselines"))
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    code, _, err = run("audit", "--claim", tmp_path / "mine.yaml")
    assert code == 2 and err == "cellsim: mine.yaml: baselines: missing; add it\n"


@pytest.mark.parametrize(
    "options, words",
    [
        (("--cell", "leaf_2018"), "--cell: has no part in the audit of a claim about cost"),
        (("--temperature", 0), "--temperature: has no part"),
        (("--only", "energy"), "--only: mine.yaml is a claim about cost"),
        (("-o", "x.html"), "--output: has no part"),
    ],
)
def test_a_claim_about_cost_takes_no_other_options(run, tmp_path, options, words):
    (tmp_path / "mine.yaml").write_text(run("claim", "--cost")[1], encoding="utf-8")
    code, out, err = run("audit", "--claim", tmp_path / "mine.yaml", *options)
    assert code == 2 and words in err and not out


def test_vehicle_prints_a_verdict_for_each_segment_and_writes_a_table(run, tmp_path):
    path = tmp_path / "segments.csv"
    words = ("vehicle", "leaf_2018", "--segment", "kei", "--segment", "pick-up", "--tow", 0, "-o", path)
    code, out, _ = run(*words, width=80)
    assert code == 0 and "leaf_2018 in the pick-up:" in out and "leaf_2018 in the kei:" in out
    lines = out.splitlines()  # no word is broken: each segment has one row a table, with the same numbers
    assert sum(line.startswith(" kei ") for line in lines) == sum(line.startswith(" pick-up ") for line in lines) == 2
    assert "min at 0 / 25 / 45" in out and "reached the" in out and "\n leaf_2018 " in out
    rows = path.read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3 and rows[0].startswith("segment,cell,")


def test_power_draws_a_picture(run, tmp_path):
    code, out, _ = run("power", "leaf_2018", "--temperature", "0,25", "-o", tmp_path / "power.png")
    assert code == 0 and "W/kg" in out and (tmp_path / "power.png").stat().st_size > 10_000


def test_storage_says_what_is_left_after_wear(run, tmp_path):
    prices = tmp_path / "two_days.csv"
    prices.write_text("".join(f"{k},{50 + 40 * (k % 24 > 12)}\n" for k in range(48)), encoding="utf-8")
    code, out, _ = run("storage", "leaf_2018", "--prices", prices, "-o", tmp_path / "storage.png", width=80)
    assert code == 0 and "linear bound" in out and "like the 2 of the prices" in out
    assert all(f"\n {name} " in out for name in ("arbitrage", "home-peak", "reserve", "building-peak", "backup"))
    assert " -0 " not in out
    assert (tmp_path / "storage.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("vehicle", TARGET, "--segment", "truck"), "vehicle 'truck': known: kei"),
        (("vehicle", TARGET, "--segment", "kei", "--tow", 500), "may tow 0 kg"),
        (("vehicle", TARGET, "--segment", "kei", "--all"), "give one of them"),
        (("vehicle", TARGET, "--pack", "box"), "generation of pack 'box'"),
        (("vehicle", TARGET, "--file", "nowhere.yaml"), "nowhere.yaml"),
        (("vehicle", TARGET, "-o", "x.html"), "save as .csv"),
        (("power", TARGET, "--temperature", "warm"), "give degC separated by commas"),
        (("storage", TARGET, "--duty", "dance"), "duty 'dance'"),
        (("storage", TARGET, "--prices", "nl_2022"), "did you mean"),
        (("storage", TARGET, "--segment", "bus"), "vehicle 'bus'"),
        (("storage", "danilov2011"), "film"),
        (("storage", TARGET, "--simulated", 0), "--simulated 0: give years"),
        (("storage", TARGET, "--simulated", 1, "--temperature", 400), "--temperature 400: give degrees"),
    ],
)
def test_wrong_words_about_vehicles_and_storage_are_answered(run, arguments, words):
    """One sentence, exit code 2, before anything is simulated."""
    code, out, err = run(*arguments)
    assert code == 2 and words in err and not out


def test_values_of_a_set_fit_a_narrow_terminal_and_are_saved(run, tmp_path):
    """No key is broken at 80 columns; CSV holds numbers in full; JSON is a parameter file."""
    cell = cellsim.load(TARGET)
    code, narrow, _ = run("show", TARGET, width=80)
    assert code == 0 and all(
        len(line.rstrip()) <= 80 for line in narrow.splitlines() if not line.startswith("Remark: ")
    )
    for path, *_ in cell.provenance().rows:
        assert f"  {path.partition('/')[2]}: " in narrow, path
    assert run("show", TARGET, "-o", tmp_path / "a.csv")[0] == 0
    rows = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "quantity,value,unit,source,method,note" and len(rows) == 1 + len(cell.provenance().rows)
    assert f"cell/electrode area,{cell.value('cell/electrode area')!r},m2" in "\n".join(rows)
    assert run("show", TARGET, "-o", tmp_path / "a.json")[:2] == (0, "")
    assert cellsim.load(tmp_path / "a.json").to_json() == cell.to_json()
    code, out, _ = run("show", TARGET, "--json")
    assert json.loads(out) == cell.to_json()
    assert run("show", TARGET, "-o", tmp_path / "a.xlsx")[0] == 2


def test_shells_complete_commands():
    """What bash asks for, is answered with the commands that begin so."""
    words = {"_CELLSIM_COMPLETE": "complete_bash", "COMP_WORDS": "cellsim cl", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv = ['cellsim']; from cellsim.cli import main; main()"],
        env=os.environ | words,
        capture_output=True,
        text=True,
    )
    assert set(done.stdout.split()) == {"claim", "claims"}, done.stderr
