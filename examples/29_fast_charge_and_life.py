"""What does a faster charge cost a cell in lithium, in the warm and in the cold?

Model: DFN, isothermal at 10 and 25 degC; the third cycle of a charge from 10 to 80 % and a discharge at C/2.
Source: parameter set of O'Kane et al., Phys. Chem. Chem. Phys. 24 (2022) 7909; its rates are chosen, not measured.
Returns the dead lithium of a charge at 2C over that of a charge at C/2, both at 10 degC.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
RATES, COLD, WARM = (0.5, 1.0, 2.0), 283.15, 298.15
DEAD, SEI = "Loss of capacity to dead lithium [A.h]", "Loss of capacity to SEI [A.h]"


def main(picture: Path | None = None) -> float:
    """Charge at several rates and two temperatures; return how much more lithium dies at 2C in the cold."""
    study = cellsim.charge_wear("okane2022", [f"cc-cv {rate:g}C" for rate in RATES], [COLD, WARM])

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    for T, rows in study.table.groupby("Temperature [K]"):
        minutes, where = rows["Time of charge [min]"], f"{T - 273.15:.0f} °C"
        ax.plot(minutes, 1e3 * rows["Lithium lost [A.h]"], "o-", label=f"all lithium lost, {where}")
        ax.plot(minutes, 1e3 * rows[DEAD], "s--", label=f"dead lithium, {where}")
    ax.set(xlabel="Time of the charge / min", ylabel="Lithium lost per charge / mAh", yscale="log")
    ax.legend()
    if picture is not None:
        fig.savefig(picture, dpi=75)
    plt.close(fig)
    dead = study.table.set_index(["Charge", "Temperature [K]"])[DEAD]
    return float(dead["cc-cv 2C", COLD] / dead["cc-cv 0.5C", COLD])


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f}")
