"""Which of graphite and silicon gives the lithium first when a composite electrode is discharged?

A discharge at C/20 and one at 2C; the charge that each phase has given.
Model: DFN, two phases in the negative electrode.
Source: Ai et al., J. Power Sources 527 (2022) 231142, as in PyBaMM's Chen2020_composite set; no hysteresis.
Returns the share of the first half of the charge at C/20 that silicon has given.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
RATES = {"C/20": 0.05, "2C": 2.0}
HELD = "Total lithium in {} phase in negative electrode [mol]"


def main(picture: Path | None = None) -> float:
    """Discharge at both rates, draw what each phase has given; return silicon's share at half of the charge."""
    plt.style.use("tableau-colorblind10")
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4), sharey=True, layout="constrained")
    shares = []
    for panel, (name, rate) in zip(axes, RATES.items(), strict=True):
        run = cellsim.simulate("lgm50_composite", [cellsim.discharge(rate)])
        charge = run["Discharge capacity [A.h]"]
        given = {phase: run[HELD.format(phase)] for phase in ("primary", "secondary")}
        given = {phase: 96485.33 / 3600.0 * (n[0] - n) for phase, n in given.items()}
        panel.stackplot(charge, given["primary"], given["secondary"], labels=("graphite", "silicon"))
        panel.set_title(f"{name}: silicon holds back until graphite is spent" if rate < 1.0 else name, fontsize=9)
        panel.set_xlabel("Charge / Ah")
        shares.append(float(np.interp(0.5 * charge[-1], charge, given["secondary"]) / (0.5 * charge[-1])))
    axes[0].set_ylabel("Given by / Ah")
    axes[0].legend(frameon=False, loc="upper left")
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return shares[0]


if __name__ == "__main__":
    print(f"{100.0 * main(PICTURE):.1f} % of the first half")
