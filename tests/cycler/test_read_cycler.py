"""Records of cyclers.  Every file here is made up by the test that reads it: headers of the formats, invented rows.

One record in all formats: a rest, a discharge at 1.5 A, a charge at 0.5 A, of which every reading must be the same.
"""

import sys
import types
import warnings

import numpy as np
import pandas as pd
import pytest

import cellsim
from cellsim import CellsimWarning, ProtocolError, ReportError, read_cycler
from cellsim.cycler.bdf import rising
from cellsim.cycler.columns import Column

T = np.array([0.0, 10.0, 10.5, 20.0, 30.0, 30.5, 40.0])  # s
I = np.array([0.0, 0.0, 1.5, 1.5, 1.5, -0.5, -0.5])  # A, discharge positive
V = np.array([3.9, 3.9, 3.8, 3.79, 3.78, 3.86, 3.87])
C = np.array([25.0, 25.0, 25.1, 25.2, 25.3, 25.3, 25.2])  # degC
STEP = np.array([1, 1, 2, 2, 2, 3, 3])
STATE = {1: "R", 2: "D", 3: "C"}
TYPE = {1: "Rest", 2: "CC DChg", 3: "CC Chg"}


def clock(t, days=""):
    """Seconds as text."""
    return f"{days}{int(t) // 3600:02d}:{int(t) // 60 % 60:02d}:{t % 60:06.3f}"


def table(header, rows, delimiter=",", before=""):
    """The text of a file."""
    return before + "\n".join([header, *(delimiter.join(map(str, row)) for row in rows)]) + "\n"


ROWS = list(zip(T, I, V, C, STEP, strict=True))
FILES = {
    "labels.bdf.csv": table(
        "Test Time / s,Voltage / V,Current / A,Step Count / 1,Cycle Count / 1,Surface Temperature / degC",
        [(t, v, -i, s, 1, c) for t, i, v, c, s in ROWS],
    ),
    "machine.bdf": table(
        "test_time_second,voltage_volt,current_ampere,step_count,ambient_temperature_celsius",
        [(t, v, -i, s, c) for t, i, v, c, s in ROWS],
    ),
    "arbin_underscores.csv": table(
        "Data_Point,Test_Time(s),Step_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V),Aux_Temperature_1(C)",
        [(k, t, 0, s, 1, -i, v, c) for k, (t, i, v, c, s) in enumerate(ROWS)],
    ),
    "arbin_spaces.csv": table(
        "Data Point,Date Time,Test Time (s),Step Time (s),Cycle Index,Step Index,Current (A),Voltage (V)",
        [(k, "01/31/2024 12:00:00.000", t, 0, 1, s, -i, v) for k, (t, i, v, c, s) in enumerate(ROWS)],
    ),
    "neware.csv": table(
        "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(mA),Voltage(V)",
        [(k, 1, s, TYPE[s], clock(t % 7), clock(t), -1e3 * i, v) for k, (t, i, v, c, s) in enumerate(ROWS)],
    ),
    "maccor.txt": table(
        "Rec#\tCyc#\tStep\tTestTime\tStepTime\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt Time",
        [
            (k, 0, s, clock(t, "  0d "), clock(0, "  0d "), 0, 0, abs(i), v, STATE[s], 1, "01/31/2024")
            for k, (t, i, v, c, s) in enumerate(ROWS)
        ],
        "\t",
        "Today's Date\t01/31/2024\nDate of Test:\t01/30/2024\n",
    ),
    "maccor_milli.txt": table(
        "Rec#\tCyc#\tStep\tTestTime\tStepTime\tmAmp-hr\tmWatt-hr\tmAmps\tVolts\tState\tES\tDPt Time",
        [
            (k, 0, s, clock(t, "  0d "), clock(0, "  0d "), 0, 0, 1e3 * abs(i), v, STATE[s], 1, "")
            for k, (t, i, v, c, s) in enumerate(ROWS)
        ],
        "\t",
    ),
    "maccor_seconds.txt": table(
        "Rec#\tCyc#\tStep\tTest (Sec)\tStep (Sec)\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt Time",
        [(k, 0, s, t, t % 7, 0, 0, abs(i), v, STATE[s], 1, "") for k, (t, i, v, c, s) in enumerate(ROWS)],
        "\t",
    ),
    "basytec.txt": table(
        "~Time[h]\tDataSet\tt-Step[h]\tLine\tCommand\tU[V]\tI[A]\tAh[Ah]\tT1[°C]\tCyc-Count\tState",
        [(t / 3600.0, k, 0, s, "", v, -i, 0, c, 1, 0) for k, (t, i, v, c, s) in enumerate(ROWS)],
        "\t",
        "~Resultfile from Basytec Battery Test System\n~Battery: made up\n~\n",
    ),
    "novonix.csv": table(
        "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),Capacity (Ah),"
        "Temperature (°C),Step Number",
        [("2024-01-31 12:00:00", 1, 0, t / 3600.0, 0, -i, v, 0, c, s) for t, i, v, c, s in ROWS],
        before="[Summary]\nStarted: 2024-01-31\n[End Summary]\n[Data]\n",
    ),
    "biologic.mpt": table(
        "mode\tox/red\terror\tNs\ttime/s\tcontrol/mA\tEcell/V\t<I>/mA\tcycle number\t",
        [(1, 1, 0, s, t, 0, v, -1e3 * i, 1.0, "") for t, i, v, c, s in ROWS],
        "\t",
        "EC-Lab ASCII FILE\nNb header lines : 4\nmade up\n",
    ),
    "biologic_commas.mpt": table(
        "mode\tNs\ttime/s\tEwe/V\tI/mA",
        [tuple(str(x).replace(".", ",") for x in (1, s, t, v, -1e3 * i)) for t, i, v, c, s in ROWS],
        "\t",
        "EC-Lab ASCII FILE\nNb header lines : 4\nmade up\n",
    ),
    "pyprobe.csv": table(
        "Time [s],Step,Cycle,Event,Current [A],Voltage [V],Capacity [Ah],Temperature [C]",
        [(t, s, 1, s, -i, v, 0, c) for t, i, v, c, s in ROWS],
    ),
    "pybamm.csv": table("Time [s],Current [A],Terminal voltage [V],Step", [(t, i, v, s) for t, i, v, c, s in ROWS]),
}
NAMES = {"labels": "BDF", "machine": "BDF", "pybamm": "PyBaMM", "pyprobe": "PyProBE"}


def read(path, **how):
    """A record, without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CellsimWarning)
        return read_cycler(path, **how)


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_the_same_record(name, tmp_path):
    """To the rounding of hours and milliamperes; steps are counted from 0, the sign is ours."""
    path = tmp_path / name
    path.write_bytes(FILES[name].encode("latin-1" if "basytec" in name else "utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = read_cycler(path)
    assert data.t == pytest.approx(T, abs=1e-9) and data.current == pytest.approx(I, abs=1e-12)
    assert np.array_equal(data.voltage, V) and np.array_equal(data.step, STEP - 1) and not data.faults
    if data.temperature is not None:
        assert data.temperature == pytest.approx(C + 273.15)
    stem = name.split(".")[0].split("_")[0]
    assert data.format == NAMES.get(stem, {"biologic": "BioLogic"}.get(stem, stem.capitalize()))
    assert ("surroundings" in str(data)) == ("machine" in name)


def test_a_step_s_time_is_not_that_of_the_record(tmp_path):
    """Neware's record layer has the time of the step and a time stamp; the sign of its current is not assumed."""
    path = tmp_path / "layer.csv"
    stamps = pd.Timestamp("2024-01-31 12:00:00") + pd.to_timedelta(T, unit="s")
    text = table(
        "Cycle ID,Step ID,Record ID,Time(h:min:s.ms),Voltage(V),Current(mA),Realtime",
        [
            (1, s, k, clock(t % 7), v, -1e3 * i, at)
            for k, ((t, i, v, c, s), at) in enumerate(zip(ROWS, stamps, strict=True))
        ],
    )
    path.write_text(text)
    with pytest.raises(ProtocolError, match="which current is positive; give positive="):
        read(path)
    found = read(path, positive="charge")
    np.testing.assert_allclose(found.t, T, atol=1e-6)  # stamps are read to a microsecond
    np.testing.assert_allclose(found.current, I, atol=1e-12)
    assert found.format == "Neware"


def test_frames_and_binary_files(tmp_path, monkeypatch):
    """A DataFrame, what gives one, a dictionary, Parquet, and .mpr by galvani, which is replaced here."""
    frame = pd.DataFrame({"Time [s]": T, "Current [A]": I, "Voltage [V]": V})
    frame.to_parquet(tmp_path / "a.parquet")
    record = read(frame)
    kinds = [frame, tmp_path / "a.parquet", record, {k: frame[k].tolist() for k in frame}]
    for kind in kinds:
        data = read(kind)
        assert np.array_equal(data.t, T) and np.array_equal(data.current, I) and np.array_equal(data.step, STEP - 1)
    assert "sense of the current" in str(record)
    table = np.zeros(7, [("time/s", "<f8"), ("Ewe/V", "<f4"), ("I/mA", "<f4"), ("Ns", "<u2")])
    table["time/s"], table["Ewe/V"], table["I/mA"], table["Ns"] = T, V, -1e3 * I, STEP
    fake = types.ModuleType("galvani")
    fake.BioLogic = types.SimpleNamespace(MPRfile=lambda path: types.SimpleNamespace(data=table))
    monkeypatch.setitem(sys.modules, "galvani", fake)
    data = read(tmp_path / "a.mpr")
    assert data.format == "BioLogic" and data.current == pytest.approx(I) and data.voltage == pytest.approx(V)
    monkeypatch.setitem(sys.modules, "galvani", None)
    with pytest.raises(ReportError, match=r"galvani is not installed: pip install 'cellsim\[cycler\]'"):
        read(tmp_path / "a.mpr")


def test_a_file_of_ones_own(tmp_path):
    """Columns by mapping, units in names or given, semicolons with decimal commas; the sign must be said."""
    path = tmp_path / "mine.csv"
    rows = [tuple(str(x).replace(".", ",") for x in (t / 60, 1e3 * i, v, c, s)) for t, i, v, c, s in ROWS]
    path.write_text("my notes\n\n" + table("minutes;load;U (V);warm;part", rows, ";"))
    mapping = {
        "time": ("minutes", "min"),
        "current": ("load", "mA"),
        "voltage": "U (V)",
        "temperature": ("warm", "degC"),
        "step": "part",
    }
    with pytest.raises(ProtocolError, match='give positive="charge"'):
        read(path, mapping=mapping)
    data = read(path, mapping=mapping, positive="discharge")
    assert data.t == pytest.approx(T) and data.current == pytest.approx(I)
    assert data.temperature == pytest.approx(C + 273.15) and np.array_equal(data.step, STEP - 1)
    assert "may be the other one" in str(read(path, mapping=mapping, positive="charge"))
    assert "may be the other one" not in str(data)


def test_time_stamps_stand_in_for_a_time(tmp_path):
    stamps = pd.Timestamp("2024-01-31 23:59:50") + pd.to_timedelta(T, unit="s")
    frame = pd.DataFrame({"Date Time": stamps.astype(str), "Current [A]": -I, "Voltage [V]": V, "Event": STEP})
    assert read(frame).t == pytest.approx(T, abs=1e-6)
    frame = pd.DataFrame({"unix_time_second": 1.7e9 + T, "current_ampere": -I, "voltage_volt": V})
    assert read(frame, positive="charge").t == pytest.approx(T, abs=1e-6)


def test_faults_are_named_by_row_and_repaired_on_request_only():
    """A value that is missing, a time that repeats, one that goes back, a gap; rows are those of the file."""
    t = np.arange(200.0)
    t[[49, 99]] = t[48], 20.0
    t[150:] += 5000.0
    current = np.full(200, 1.0)
    current[9] = np.nan
    frame = {"Time [s]": t, "Current [A]": current, "Voltage [V]": 4.0 - 1e-4 * t}
    with pytest.warns(CellsimWarning, match="the time repeats in row 50: 48 s after 48 s") as said:
        data = read_cycler(frame)
    text = str(said[0].message)
    assert "no value in row 10" in text and "the time goes back in row 100: 20 s after 98 s" in text
    assert "gap before row 151: 5001 s" in text and len(data) == 200 and np.array_equal(data.t, t)
    for use in (cellsim.profile, cellsim.MeasuredRun.from_frame):
        with pytest.raises(ProtocolError, match="no value in row 10; repair it"):
            use(data)
    whole = read(frame, repair=True)
    assert len(whole) == 197 and set(range(1, 201)) - set(whole.rows.tolist()) == {10, 50, 100}
    assert (np.diff(whole.t) > 0.0).all() and len(whole.faults) == 1 and "3 rows were dropped" in str(whole)
    assert cellsim.profile(whole).target.duration == whole.t[-1]
    frame["Time [s]"] = t % 10.0
    with pytest.raises(ProtocolError, match="the time may be that of each step"):
        read(frame, repair=True)


def test_parts_begin_at_zero():
    data = read(pd.DataFrame({"Time [s]": T, "Current [A]": I, "Voltage [V]": V, "Step": STEP, "Cycle": 3}))
    part = data.part(steps=[1, 2])
    assert part.t[0] == 0.0 and part.t[-1] == 29.5 and part.step.tolist() == [0, 0, 0, 1, 1]
    assert len(data.part(start=10.5, end=30.0)) == 3 and len(data.part(cycles=[3])) == 7
    with pytest.raises(ProtocolError, match="no row is left"):
        data.part(steps=[7])


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "were not found in a header"),
        ("a,b\n1,2\n", "were not found in a header"),
        ("Time [s],Current [A],Voltage [V]\n", "holds no rows"),
        ("Time [fortnight],Current [A],Voltage [V]\n1,2,3\n", "unit 'fortnight' of a time is not known"),
        ("Time [s],Current [kA],Voltage [V]\n1,2,3\n", "unit 'kA' of a current is not known"),
        ("Time [s],I[A],U[V]\n1,2,3\n", "its format is not known"),
        ("Time [s],Current [A],Voltage [V]\nx,2,3\n", "holds no times"),
        ("Rec#,State,Amps,Volts,Test Time (s)\n1,S,2,3,0\n", "neither charge nor discharge"),
    ],
)
def test_what_is_no_record_is_refused_in_words(text, words, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(ProtocolError, match=words) as refused:
        read(path)
    assert "mine.csv" in str(refused.value)


def test_other_sources_are_refused(tmp_path):
    (tmp_path / "zero.csv").write_bytes(b"\0" * 100)
    (tmp_path / "folder.csv").mkdir()
    for source, words in (
        (tmp_path / "a.xlsx", "files ending in .csv"),
        (tmp_path / "none.csv", "cannot be read"),
        (tmp_path / "none.parquet", "cannot be read"),
        (tmp_path / "folder.csv", "cannot be read"),
        (tmp_path / "zero.csv", "is no text file"),
        (3, "give the path"),
    ):
        with pytest.raises(ProtocolError, match=words):
            read(source)


def test_names_and_units_are_told_apart():
    for name, base, unit in (
        ("<I>/mA", "i", "mA"),
        ("~Time[h]", "time", "h"),
        ("Test_Time(s)", "test time", "s"),
        ("Potential (V)", "potential", "V"),
        ("Test Time / s", "test time", "s"),
        ("current_ampere", "current", "A"),
        ("Step", "step", ""),
    ):
        assert Column.of(name)[1:] == (base, unit)


def test_files_of_the_battery_data_format_hold_a_run(tmp_path):
    """Written and read: bit for bit but times where a step follows another, which are a microsecond later."""
    result = cellsim.simulate("lgm50_chen2020", "Discharge at 1C for 60 s; Rest for 60 s", "SPM", heat=True)
    for ending in (".bdf", ".bdf.csv", ".bdf.parquet"):
        result.to_bdf(tmp_path / f"a{ending}")
        data = read_cycler(tmp_path / f"a{ending}")
        assert data.t == pytest.approx(result.t, abs=2e-6) and (np.diff(data.t) > 0.0).all() and not data.faults
        assert np.array_equal(data.current, result["Current [A]"])
        assert np.array_equal(data.voltage, result["Voltage [V]"]) and np.array_equal(data.step, result.step_index)
        assert data.temperature == pytest.approx(result["Cell temperature [K]"], abs=1e-9)
    data.to_bdf(tmp_path / "b.bdf.parquet")
    assert np.array_equal(read_cycler(tmp_path / "b.bdf.parquet").t, data.t)
    with pytest.raises(ReportError, match="save as .bdf, .bdf.csv or .bdf.parquet"):
        result.to_bdf(tmp_path / "a.csv")
    assert rising(np.array([0.0, 1.0, 1.0, 1.0, 5.0])).tolist() == pytest.approx([0.0, 1.0, 1.000001, 1.000002, 5.0])


@pytest.fixture(scope="module")
def made():
    """A run and its record, as a cycler would give it."""
    result = cellsim.simulate(
        "lgm50_chen2020", "Rest for 60 s; Discharge at 1C for 300 s; Rest for 60 s", "SPM", soc=0.8, accuracy=1e-4
    )
    return result, read(result, repair=True)


def test_a_run_along_the_record_is_the_run(made):
    """From the rest at its start, along its current: 0.2 mV rms, as either run is accurate to 0.1 mV."""
    result, data = made
    run = cellsim.MeasuredRun.from_frame(data, "a", model="SPM", heat=False, accuracy=1e-4)
    assert run.options["voltage"] == data.voltage[0]
    assert np.sqrt(np.mean(run.differences(cellsim.load("lgm50_chen2020"))[0] ** 2)) < 2e-4
    with pytest.raises(ProtocolError, match="give soc= or voltage="):
        cellsim.MeasuredRun.from_frame(data.part(steps=[1]))
    power = cellsim.profile(data, "power").target
    assert power.values[-1] == 0.0 and power.peak == pytest.approx(np.abs(data.current * data.voltage).max())
    with pytest.raises(ProtocolError, match="a record has current, power, voltage"):
        cellsim.profile(data, "resistance")


def test_a_run_is_compared_with_a_record_step_by_step(made, tmp_path):
    """With itself 0, at the ends of steps, too; of a record that is 2 mV higher in one step, 2 mV there."""
    result, data = made
    same = cellsim.compare(result, measured=data)
    assert same.largest[same.labels[0]] < 1e-7
    frame = data.to_pandas()
    frame.loc[frame["Step"] == 1, "Voltage [V]"] += 2e-3
    off = cellsim.compare([result, result], ["a", "b"], measured=frame)
    rows = off.to_pandas().set_index(["label", "step"])
    assert rows.loc[("a", 1), "rms"] == pytest.approx(2e-3) and rows.loc[("b", 1), "mean"] == pytest.approx(-2e-3)
    assert rows.loc[("a", 2), "largest"] < 1e-7 and rows.loc[("a", "all"), "covered"] == 1.0
    assert off.rms["a"] == pytest.approx(2e-3 * np.sqrt((data.step == 1).mean()))
    off.plot(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").stat().st_size > 1000
    short = cellsim.simulate("lgm50_chen2020", "Rest for 60 s", "SPM", soc=0.8)
    assert "covers" in str(cellsim.compare(short, measured=data))


def test_a_record_calibrates():
    """From a run of a cell with another resistance, that is found again to 1 %."""
    path, cell = "cell/series resistance", cellsim.load("lgm50_chen2020")
    result = cellsim.simulate(cell.with_({path: 2e-3}), "Rest for 10 s; Discharge at 1C for 120 s", "SPM", soc=0.7)
    run = cellsim.MeasuredRun.from_frame(read(result, repair=True), "a", model="SPM", heat=False)
    found = cellsim.calibrate(cell, [run], {path: (1e-4, 1e-2)}, threads=1)
    assert found.success and found.values[path] == pytest.approx(2e-3, rel=1e-2)
