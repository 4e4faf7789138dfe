"""Odd records of cyclers: refused in a sentence, or numbers whose faults are named and which can be repaired."""

import numpy as np
from mutations import VALUES, damaged

import cellsim
from cellsim.cycler.read import KNOWN

T = np.array([0.0, 10.0, 10.5, 20.0, 30.0, 30.5, 40.0])
ROWS = [(t, 1.5 * (k % 3 - 1), 3.7 + 0.1 * (k % 2), 25.0, 1 + k // 3) for k, t in enumerate(T)]
HEADERS = {  # invented rows under the headers of the formats that are known
    ".bdf.csv": (",", "Test Time / s,Current / A,Voltage / V,Surface Temperature / degC,Step Count / 1", ""),
    ".bdf": (",", "test_time_second,current_ampere,voltage_volt,ambient_temperature_celsius,step_count", ""),
    ".csv": (",", "Data_Point,Test_Time(s),Step_Index,Current(A),Voltage(V)", ""),
    ".txt": ("\t", "Rec#\tTestTime\tAmps\tVolts\tState", "Date of Test:\t01/30/2024\n"),
    ".tsv": ("\t", "Date and Time\tRun Time (h)\tCurrent (A)\tPotential (V)", "[Data]\n"),
    ".mpt": ("\t", "time/s\tcontrol/mA\tEcell/V\t<I>/mA", "EC-Lab ASCII FILE\nNb header lines : 3\n"),
    ".dat": (" ", "Time[s] Step Current[A] Voltage[V] Capacity[Ah]", ""),
}
FIRST = {"Data_Point": "1", "Rec#": "1", "Date and Time": "2024-01-31 12:00:00", "control/mA": "0", "Capacity[Ah]": "0"}


def cell_of(name, row):
    """An entry of a column."""
    t, i, v, c, s = row
    for key, value in (("time", t), ("<i>", i), ("current", i), ("amps", i), ("temperature", c), ("step", s)):
        if key in name.lower() and name not in FIRST:
            return value
    return FIRST.get(name, "D" if name == "State" else v)


def text(suffix):
    """A right file."""
    delimiter, header, before = HEADERS[suffix]
    rows = [delimiter.join(str(cell_of(name, row)) for name in header.split(delimiter)) for row in ROWS]
    return (before + "\n".join([header, *rows]) + "\n").encode()


def used(held, record):
    """What can be done with a record: each ends with a record, or a sentence."""
    n = len(record)
    held.check(
        all(np.shape(a) == (n,) for a in (record.t, record.current, record.voltage, record.step)), "other shapes"
    )
    known = np.isfinite(record.t) & np.isfinite(record.current) & np.isfinite(record.voltage)
    held.check(bool(known.all()) or bool(record.faults), "missing values are not told")
    held(repr, record)
    whole = held(record.repaired)
    if whole is not None:
        held.check(bool(np.isfinite(whole.t).all() and (np.diff(whole.t) > 0.0).all()), "a repaired time does not rise")
        held(whole.part, start=0.0, end=10.0)
        held(cellsim.profile, whole, control="current")
    held(cellsim.MeasuredRun.from_frame, record)


def test_files(held, tmp_path):
    """Bytes of each format damaged, with and without being told what is positive."""
    for rng in held.many(150):
        suffix = rng.choice(list(HEADERS))
        path = tmp_path / f"mine{suffix}"
        content = text(suffix)
        path.write_bytes(damaged(rng, content) if rng.random() < 0.9 else content)
        record = held(cellsim.read_cycler, path, positive=rng.choice((None, "charge", "discharge")))
        if record is not None:
            used(held, record)


def test_tables_and_mappings(held):
    """Columns with odd entries, under odd names."""
    names = ("time", "current", "voltage", "temperature", "step", "cycle")
    for rng in held.many(150):
        frame = {
            "Time [s]": T.tolist(),
            "Current [A]": [row[1] for row in ROWS],
            "Voltage [V]": [row[2] for row in ROWS],
            "Temperature (C)": [25.0] * len(ROWS),
        }
        for _ in range(rng.choice((0, 1, 2))):
            column = frame[rng.choice(list(frame))]
            if isinstance(column, list):
                column[rng.randrange(len(column))] = rng.choice(VALUES)
        if rng.random() < 0.3:
            frame[rng.choice((*list(frame), "Date", "Step type"))] = rng.choice(VALUES)
        mapping = None
        if rng.random() < 0.4:
            mapping = {rng.choice(names): rng.choice((*list(frame), *VALUES)) for _ in range(3)}
            mapping = rng.choice((mapping, *VALUES))
        record = held(cellsim.read_cycler, frame, mapping, positive=rng.choice((None, "charge")))
        if record is not None:
            used(held, record)


def test_binary_files(held, tmp_path):
    """Parquet that is damaged, and text under the name of a binary file."""
    import pandas as pd

    path = tmp_path / "mine.parquet"
    pd.DataFrame({"Time [s]": T, "Current [A]": [r[1] for r in ROWS], "Voltage [V]": [r[2] for r in ROWS]}).to_parquet(
        path
    )
    whole = path.read_bytes()
    for rng in held.many(60):
        path.write_bytes(damaged(rng, whole) if rng.random() < 0.95 else whole)
        record = held(cellsim.read_cycler, path)
        if record is not None:
            used(held, record)
    assert all(suffix in KNOWN for suffix in (".parquet", ".csv"))
