"""How much of the energy of a cycle does the hysteresis of the silicon in a graphite electrode take?

Model: DFN, isothermal at 25 degC; a discharge and a charge at C/10 between the cut-off voltages, after a first one that
forgets the start.  Silicon runs on its branches of lithiation and delithiation ("current sigmoid"), or on their mean.
Source: parameter set of Chen et al. (2020) with the phases of Ai et al. (2022) and the potentials of Verbrugge et al.
(2016), second-hand by PyBaMM; that silicon leaves its branches nowhere between is an assumption of the model.
Returns the energy that a cycle loses by hysteresis over the energy of its discharge [%].
"""

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
CYCLE = ["Discharge at C/10 until 2.5 V", "Charge at C/10 until 4.2 V"]
MEAN = cellsim.load("lgm50_composite")
MODELS = {"mean of both branches": MEAN, "branches of silicon": MEAN.with_hysteresis("current sigmoid")}


def last_cycle(cell: cellsim.Cell) -> list[Any]:
    """Discharge and charge of the second cycle."""
    return [cycle.steps[0] for cycle in cellsim.simulate(cell, CYCLE * 2).cycles[2:]]


def lost(steps: list[Any]) -> float:
    """Energy of the charge less that of the discharge, over the latter [%]."""
    energy = [step["Discharge energy [W.h]"][-1] - step["Discharge energy [W.h]"][0] for step in steps]
    return float(-100.0 * sum(energy) / energy[0])


def main(picture: Path | None = None) -> float:
    """Cycle with and without hysteresis; return the difference of what is lost [%]."""
    cycles = {name: last_cycle(cell) for name, cell in MODELS.items()}

    plt.style.use("tableau-colorblind10")
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
    for k, (name, steps) in enumerate(cycles.items()):
        start = steps[0]["Discharge capacity [A.h]"][0]
        for step in steps:
            x = step["Average negative secondary particle stoichiometry"]
            charge, label = step["Discharge capacity [A.h]"] - start, name if step is steps[0] else None
            left.plot(charge, step["Voltage [V]"], f"C{k}", label=label)
            U = step["X-averaged negative electrode secondary open-circuit potential [V]"]
            right.plot(x, 1e3 * U, f"C{k}", label=label)
    left.set(xlabel="Charge passed [Ah]", ylabel="Voltage [V]", title="Cell at C/10")
    right.set(xlabel="Stoichiometry of silicon", ylabel="Open-circuit potential [mV]", title="Silicon in the electrode")
    left.legend()
    if picture is not None:
        fig.savefig(picture, dpi=80)
    plt.close(fig)
    plain, branches = (lost(steps) for steps in cycles.values())
    return branches - plain


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} % of the energy of a discharge goes into the hysteresis of silicon in a cycle")
