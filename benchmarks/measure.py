"""What all benchmarks share: paired processor times, the machine, tables, result files."""

import gc
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from importlib.metadata import version

import numpy as np
import paths
from rich.console import Console
from rich.table import Table
from rich.text import Text

import cellsim
from cellsim.studies.speed import machine

LONG = 1.0  # s
console = Console(width=None if sys.stdout.isatty() else 150)


def paired(runs, repeats, seconds=100.0):
    """Processor times [ms] (runs, repeats) of calls taken in turn, so that all see the same machine.

    Each is called twice in a row and the second call measured, or the caches would still hold another run's data,
    which does not matter to one of more than LONG seconds.  After `seconds` of measured time no repeat is begun but
    the third.
    """
    long = []
    for run in runs:
        start = time.process_time()
        run()
        long.append(time.process_time() - start > LONG)
    gc.collect()
    gc.freeze()  # one run's objects are not searched for garbage during another
    rounds = []
    while len(rounds) < repeats and (len(rounds) < 3 or np.sum(rounds) < 1e3 * seconds):
        rounds.append([])
        for run, lasts in zip(runs, long, strict=True):
            if not lasts:
                run()
            start = time.process_time()
            run()
            rounds[-1].append(1e3 * (time.process_time() - start))
    gc.unfreeze()
    return np.array(rounds).T


def spread(values):
    """Median, smallest and largest as plain numbers."""
    return {"median": float(np.median(values)), "min": float(np.min(values)), "max": float(np.max(values))}


def rms(t, e):
    """Root mean square of e over the time t, each piece weighted by its duration; infinite with NaN."""
    return float(np.sqrt(np.trapezoid(e * e, t) / np.ptp(t))) if np.isfinite(e).all() else np.inf


def conditions():
    """Where and with what the numbers came about."""
    commit = subprocess.run(
        ["git", "-C", paths.HERE, "describe", "--always", "--dirty"], capture_output=True, text=True
    )
    packages = ("numpy", "scipy", "numba", "llvmlite", "pybamm", "pybammsolvers", "casadi")
    return {
        "date": date.today().isoformat(),
        "commit": commit.stdout.strip() or "unknown",
        "machine": machine(),
        "load": [round(x, 2) for x in os.getloadavg()],
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cellsim": cellsim.__version__,
        **{name: version(name) for name in packages},
    }


def short(v):
    """A number as the tables print it."""
    if isinstance(v, str):
        return v
    return "-" if not np.isfinite(v) else f"{v:.3g}" if abs(v) < 100.0 else f"{v:.0f}"


def show(title, rows):
    """Print rows, dicts with the same keys, as a table."""
    table = Table(title=Text(title), title_justify="left", row_styles=["", "dim"])
    for key, value in rows[0].items():
        table.add_column(Text(key), justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(*map(short, row.values()))
    console.print(table)


def save(name, results):
    """Write results/NAME.json, with null where a number is not finite."""
    paths.RESULTS.mkdir(exist_ok=True)
    path = paths.RESULTS / f"{name}.json"
    finite = json.loads(json.dumps(results), parse_constant=lambda _: None)  # JSON knows no NaN
    path.write_text(json.dumps(finite, indent=1) + "\n")
    console.print(f"Numbers: {path}")
