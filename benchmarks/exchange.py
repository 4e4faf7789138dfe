"""Exchange with PyBaMM: every parameter set, in either direction, at several rates.

    python benchmarks/exchange.py [--part to_pybamm|from_pybamm] [--quick] [--only SET ...]

Discharges by PyBaMM, on a fine mesh, and here: packaged sets with the parameters that `to_pybamm`
makes of them, PyBaMM's sets with the cells that `from_pybamm` makes of them.  Writes benchmarks/results/exchange.json.
"""

from enum import StrEnum

import paths  # noqa: F401
import pybamm
import typer
from measure import console, save, show

import cellsim
from cellsim.interop.against_pybamm import against_pybamm, set_against_pybamm
from cellsim.interop.exchange.pybamm_package import PREFIX

RATES = (0.333, 1.0)
TARGET = 0.5  # mV rms


class Part(StrEnum):
    """Which direction."""

    all = "all"
    to_pybamm = "to_pybamm"
    from_pybamm = "from_pybamm"


def rows(names, run, quick):
    """A row a set; what is refused is said in its place."""
    for name in names:
        row = {"set": name}
        try:
            for rate in RATES[-1:] if quick else RATES:
                found = run(name, rate=rate, mesh="default" if quick else "fine")
                console.print(str(found).split("\n", 1)[0], soft_wrap=True, markup=False, highlight=False)
                label = f"{rate:.2g}C"
                row |= {f"{label} rms mV": found.rms, f"{label} max mV": abs(found.largest), f"{label} at": found.at}
                row |= {"ms": 1e3 * found.seconds, "PyBaMM ms": 1e3 * found.their_seconds}
        except cellsim.CellsimError as fault:
            console.print(f"{name}: {fault}", soft_wrap=True, markup=False, highlight=False)
            continue
        yield row


def main(part: Part = Part.all, quick: bool = False, only: list[str] | None = None):
    """Print the tables of one direction, or of both; of the sets that `only` names, or of all."""
    found = {}
    chosen = lambda names: [name for name in names if not only or name in only]  # noqa: E731
    if part != Part.from_pybamm:
        found["to_pybamm"] = list(rows(chosen(cellsim.cells()), against_pybamm, quick))
        show("Packaged sets in PyBaMM: PyBaMM less cellsim, first 98 % of a discharge", found["to_pybamm"])
    if part != Part.to_pybamm:
        theirs = [name for name in sorted(pybamm.parameter_sets) if not name.startswith(PREFIX)]
        found["from_pybamm"] = list(rows(chosen(theirs), set_against_pybamm, quick))
        show("PyBaMM's sets here: PyBaMM less cellsim, first 98 % of a discharge", found["from_pybamm"])
    both = [row for table in found.values() for row in table]
    within = [row for row in both if all(value <= TARGET for key, value in row.items() if key.endswith("rms mV"))]
    console.print(f"{len(within)} of {len(both)} within {TARGET} mV rms at every rate")
    save("exchange", found)


if __name__ == "__main__":
    typer.run(main)
