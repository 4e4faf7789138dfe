"""What `make audit` takes: processor and wall time by section, and of the command as users run it, warm and cold.

    python benchmarks/audit.py [--quick]

Sections are those of one process with one thread, in which nothing is done beside anything else.  The command runs in
fresh processes, as many as it takes by itself; cold: with an empty cache of kernels, which --quick leaves out.
Processor times are those of all processes together.  Limits are those of a machine with two cores to itself.
"""

import subprocess
import sys
import tempfile
import time
from enum import StrEnum
from pathlib import Path

import typer
from measure import console, show
from startup import fresh

from cellsim.studies.speed import machine

Part = StrEnum("Part", {"all": "all", "audit": "audit"})
WARM, COLD = 25.0, 90.0  # s of wall time that are wanted
SECTIONS = """
import time
from collections import defaultdict
start = time.process_time(), time.perf_counter()
import cellsim
spent = defaultdict(lambda: [0.0, 0.0])
last = [*start]

def to_here(what, done=None):
    now = time.process_time(), time.perf_counter()
    spent[what] = [a + b - c for a, b, c in zip(spent[what], now, last)]
    last[:] = now

from cellsim.studies.claim_audit.report.page import page
cellsim.audit, cellsim.simulate("leaf_2018", cellsim.discharge(1.0))
to_here("imports, kernels loaded")
found = cellsim.audit(threads=1, progress=to_here)
to_here("verdict")
page(found)
to_here("report")
for name, (cpu, wall) in spent.items():
    print(name, cpu, wall, sep=";")
"""
COMMAND = "import sys; from cellsim.cli import main; sys.argv[1:] = ['audit', '-o', {path!r}]; main()"


def by_section():
    """Rows of the sections, in a fresh process, and their sum."""
    said = subprocess.run([sys.executable, "-c", SECTIONS], check=True, capture_output=True, text=True).stdout
    rows = []
    for line in said.splitlines():
        name, cpu, wall = line.split(";")
        rows.append({"section": name, "CPU s": float(cpu), "wall s": float(wall)})
    total = {key: sum(row[key] for row in rows) for key in ("CPU s", "wall s")}
    return [*rows, {"section": "all, one process", **total}]


def commands(quick):
    """Rows of the whole command: warm, and cold."""
    rows, name = [], "cellsim audit -o report.html"
    with tempfile.TemporaryDirectory() as folder:
        code = COMMAND.format(path=str(Path(folder) / "report.html"))
        rows.append({name: "kernels compiled", **fresh(code, 1 if quick else 3), "limit": WARM})
        if not quick:
            rows.append({name: "no kernel compiled", **fresh(code, 1, str(Path(folder) / "kernels")), "limit": COLD})
    return rows


def main(part: Part = Part.all, quick: bool = False):
    """Print both tables."""
    begun = time.perf_counter()
    show("An audit by section, one process, one thread", by_section())
    show("The command", commands(quick))
    console.print(f"{machine()}; took {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    typer.run(main)
