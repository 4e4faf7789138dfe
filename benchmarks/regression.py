"""Whether cellsim has become slower than benchmarks/baseline.json says.

    python benchmarks/regression.py [--update]

The times of standard runs are divided by the time of a fixed reference kernel, taken in turn in the
same process, so that a slower machine or a busy one changes little.  Fails (exit code 1) where a
ratio exceeds the baseline by more than MARGIN.  `--update` writes a new baseline, to be committed.
"""

import json
import sys

import numpy as np
import paths
import reference_cells
import typer
from measure import conditions, console, paired, show
from numba import njit

import cellsim
from cellsim import DFN, SPM, SPMe

BASELINE = paths.HERE / "baseline.json"
MARGIN = 0.3  # repeated runs differ by 2 %; the rest is room for other processors and compilers
REPEATS = 15


@njit
def reference(a, b, times):
    """Elimination and back-substitution of a fixed tridiagonal system with an exponential a row; never change it."""
    n = a.size
    for _ in range(times):
        pivot, y = 2.0, 0.0
        for i in range(n):
            y = np.exp(-a[i]) + a[i] * y / pivot
            pivot = 2.0 - a[i] * a[i] / pivot
            b[i] = y / pivot
        for i in range(n - 2, -1, -1):
            b[i] += 0.5 * b[i + 1]


def runs():
    """Name: function without arguments; the first is the reference."""
    a = np.linspace(0.1, 0.9, 512)
    b = np.empty_like(a)
    full, solid, down = cellsim.load("lgm50_chen2020"), reference_cells.single_ion(), cellsim.discharge(1.0)
    cases = {
        "DFN 1C": (full, DFN(), 1.0),
        "SPMe 1C": (full, SPMe(), 1.0),
        "SPM 1C": (full, SPM(), 1.0),
        "solid 1C": (solid, DFN(), None),
    }
    return {"reference": lambda: reference(a, b, 1500)} | {
        name: lambda cell=cell, model=model, soc=soc: cellsim.simulate(cell, down, model, soc=soc)["Voltage [V]"]
        for name, (cell, model, soc) in cases.items()
    }


def measure():
    """Name: median of the time over the reference kernel's, and the median time itself [ms]."""
    chosen = runs()
    ms = paired(chosen.values(), REPEATS)
    return {
        name: {"ratio": float(np.median(own / ms[0])), "ms": float(np.median(own))}
        for name, own in zip(chosen, ms, strict=True)
    }


def main(update: bool = False):
    """Compare with the baseline, or write it anew."""
    found = measure()
    if update:
        BASELINE.write_text(json.dumps({"conditions": conditions(), "runs": found}, indent=1) + "\n")
        console.print(f"Baseline: {BASELINE}")
    before = json.loads(BASELINE.read_text())["runs"]
    rows = [
        {
            "run": name,
            "ms": new["ms"],
            "over reference": new["ratio"],
            "baseline": before[name]["ratio"],
            "change %": 100.0 * (new["ratio"] / before[name]["ratio"] - 1.0),
        }
        for name, new in found.items()
    ]
    show("Processor time of a run, and over that of the reference kernel", rows)
    slower = [r["run"] for r in rows if r["change %"] > 100.0 * MARGIN]
    if slower:
        console.print(f"[red]Slower by more than {MARGIN:.0%}: {', '.join(slower)}")
        sys.exit(1)
    console.print(f"Nothing is slower by more than {MARGIN:.0%}.")


if __name__ == "__main__":
    typer.run(main)
