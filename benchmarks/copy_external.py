"""Reduced copies of external curves for tests/reference.

    python benchmarks/copy_external.py FOLDER

FOLDER holds the downloads named in the READMEs of tests/reference/{comsol,dualfoil,measured,
about_energy}: comsol-marquis2019, dualfoil, lgm50-rate-25C, ecker2015-kokam, about-energy-bpx, enertech-ai2020.
Rows are picked, never interpolated or altered.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import paths

HOME = paths.TESTS / "reference"
ROWS = 280  # kept of a measured curve


def read(path):
    """Columns of a CSV file with one header line."""
    return np.genfromtxt(path, delimiter=",", skip_header=1, unpack=True)


def comsol(source):
    """Voltage at all times; fields at every eighth kept time, every second or third point."""
    for path in sorted(source.glob("comsol_*C.json")):
        raw = json.loads(path.read_text())
        times, x, r = slice(None, None, 8), slice(None, None, 2), slice(None, None, 3)
        kept = {
            "time": raw["time"],
            "voltage": raw["voltage"],
            "time_fields": raw["time_fields"][times],
            "x": raw["x"][x],
            "x_n": raw["x_n"][r],
            "x_p": raw["x_p"][r],
        }
        for name, points in (("c_e", x), ("phi_e", x), ("c_n_surf", r), ("phi_n", r), ("c_p_surf", r), ("phi_p", r)):
            kept[name] = np.array(raw[name])[points, times].tolist()
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in kept.items())
        (HOME / "comsol" / path.name).write_text("{\n" + lines + "\n}\n")


def dualfoil(source):
    """Time, voltage and current density; of rows that share a time, the last."""
    for path in sorted(source.glob("*.csv")):
        t, _, _, V, _, current, _ = read(path)
        last = np.append(np.diff(t) > 0.0, True)
        np.savetxt(
            HOME / "dualfoil" / path.name,
            np.column_stack([t, V, current])[last],
            delimiter=",",
            fmt="%g",
            header="time_s,voltage_V,current_A_m2",
            comments="",
        )


def thin(t, V):
    """Indices of at most ROWS rows, as many where the voltage falls fast as where time passes."""
    way = t / t[-1] + np.append(0.0, np.cumsum(np.abs(np.diff(V)))) / np.abs(np.diff(V)).sum()
    return np.unique(np.searchsorted(way, np.linspace(way[0], way[-1], ROWS)))


def write(folder, name, t, V, **facts):
    """A measured discharge: facts as JSON in the first line, then time and voltage."""
    k = thin(t, V)
    np.savetxt(
        HOME / folder / f"{name}.csv",
        np.column_stack([t, V])[k],
        delimiter=",",
        fmt="%.6g",
        header=f"# {json.dumps(facts)}\ntime_s,voltage_V",
        comments="",
    )


def lgm50(source):
    """The last discharge of each file, from the rest before it."""
    for cell, rate in ((782, "0p1"), (783, "0p1"), (786, "0p5"), (787, "0p5")):
        t, V, current, T = read(source / f"Cell{cell}_{rate}C_25degC.csv")
        edges = np.flatnonzero(np.diff((current < -0.05).astype(int)))
        rest, end = edges[-2], edges[-1]
        run = slice(rest + 1, end + 1)
        write(
            "measured",
            f"lgm50_{cell}_{rate}C",
            t[run] - t[rest],
            V[run],
            current_A=round(-current[run].mean(), 5),
            rest_V=V[rest],
            rest_K=round(T[rest] + 273.15, 2),
            peak_K=round(T[run].max() + 273.15, 2),
        )
    t, V, T = read(source / "Cell789_1C_25degC_discharge_rest.csv")
    end = V.argmin()
    write(
        "measured",
        "lgm50_789_1C",
        t[1 : end + 1],
        V[1 : end + 1],
        current_A=5.0,
        rest_V=V[0],
        rest_K=T[0],
        peak_K=T.max(),
    )
    warm("lgm50_789_1C_heat", t[1 : end + 1], V[1 : end + 1], T[1 : end + 1], current_A=5.0, rest_V=V[0], rest_K=T[0])


def warm(name, t, V, T, **facts):
    """A measured discharge with the temperature of the cell [K]."""
    k = thin(t, V)
    np.savetxt(
        HOME / "measured" / f"{name}.csv",
        np.column_stack([t, V, T])[k],
        delimiter=",",
        fmt="%.6g",
        header=f"# {json.dumps(facts)}\ntime_s,voltage_V,temperature_K",
        comments="",
    )


def enertech(source):
    """Rows of the voltage at whose times there is a temperature too: its rise, above 298.15 K."""
    for rate, current in (("0.5C", 1.14), ("1C", 2.28)):
        t, V = read(source / f"{rate}_discharge_U.csv")
        at, rise = read(source / f"{rate}_discharge_T.csv")
        t, mine, theirs = np.intersect1d(t, at, return_indices=True)
        warm(
            f"enertech_{rate.replace('.', 'p')}_heat",
            t[1:],
            V[mine][1:],
            298.15 + rise[theirs][1:],
            current_A=current,
            rest_K=298.15,
        )


def ecker(source):
    """Digitised curves, whole."""
    for rate, current in ((1, 0.15625), (5, 0.78125)):
        t, V = read(source / f"Ecker_{rate}C.csv")
        write("measured", f"ecker2015_{rate}C", t, V, current_A=current)


def about_energy(source):
    """Discharges and the BPX files."""
    for cell, rate in (("NMC", "Co20"), ("NMC", "Co2"), ("NMC", "1C"), ("LFP", "Co20"), ("LFP", "1C")):
        t, current, V = read(source / f"{cell}_25degC_{rate}.csv")
        write("about_energy", f"{cell}_{rate}", t[1:], V[1:], current_A=round(-current[1:].mean(), 6))
    for path in source.glob("*BPX.json"):
        shutil.copyfile(path, HOME / "about_energy" / path.name)


if __name__ == "__main__":
    for make, folder in (
        (comsol, "comsol-marquis2019"),
        (dualfoil, "dualfoil"),
        (lgm50, "lgm50-rate-25C"),
        (ecker, "ecker2015-kokam"),
        (about_energy, "about-energy-bpx"),
        (enertech, "enertech-ai2020"),
    ):
        make(Path(sys.argv[1]) / folder)
