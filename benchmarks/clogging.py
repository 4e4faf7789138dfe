"""Pores that close with the laws of the electrolyte held constant and continued; validation ageing-clogging-capacity.

    python benchmarks/clogging.py [--mesh 20 10 20]

The salt of pores that close exceeds 4 mol/L, where cellsim holds the laws of the electrolyte constant and PyBaMM
continues the polynomials of the set, which were fitted up to 2 mol/L.  Printed: discharge capacity of the cell of the
validation with the laws held above 4 mol/L, and with the polynomials continued to 8 mol/L, beside the reference's on
80/40/80 volumes.
"""

import json
import subprocess
import sys

import paths  # first: the folder of this project
import typer

CODE = """
import json, paths
from cellsim.models.materials import tables
tables.C_RANGE = tables.C_RANGE[0], {top}
from cellsim.studies.validation.lines.ageing import cases
cases.VOLUMES = {mesh}
print(json.dumps(cases.ours("sei_ec_film_porosity").table["Discharge capacity [A.h]"].to_list()))
"""
TOPS = {"laws held above 4 mol/L": 4.0, "polynomials continued to 8 mol/L": 8.0}  # over the initial 1 mol/L


def capacities(top, mesh):
    """Discharge capacities [A.h] of the cycles, in a process of its own, as tables of laws are kept."""
    code = CODE.format(top=top, mesh=tuple(mesh))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=paths.HERE)
    return json.loads(done.stdout.splitlines()[-1])


def main(mesh: tuple[int, int, int] = (20, 10, 20)):
    """Print the capacities of cycles 5 and 10."""
    from cellsim.studies.validation.lines.ageing.cases import theirs

    reference = theirs("sei_ec_film_porosity_x80")
    print("| | " + " | ".join(f"cycle {n} [A.h]" for n in reference) + " |")
    print("|---" * (1 + len(reference)) + "|")
    print("| reference | " + " | ".join(f"{row['Q_dis_Ah']:.4f}" for row in reference.values()) + " |")
    for words, top in TOPS.items():
        found = capacities(top, mesh)
        print(f"| {words} | " + " | ".join(f"{found[n - 1]:.4f}" for n in reference) + " |", flush=True)


if __name__ == "__main__":
    typer.run(main)
