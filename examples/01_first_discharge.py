"""How much charge does an LG M50 cell deliver at 1C?

Model: Doyle-Fuller-Newman (DFN), isothermal at 25 degC, from full to 2.5 V.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534.
Returns the capacity at 1C [Ah].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
RATES = {"C/10": 0.1, "C/2": 0.5, "1C": 1.0, "2C": 2.0}


def main(picture: Path | None = None) -> float:
    """Discharge at four rates; return the capacity at 1C [Ah]."""
    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    capacity = {}
    for name, rate in RATES.items():
        result = cellsim.simulate("lgm50_chen2020", f"Discharge at {rate} C until 2.5 V")
        capacity[name] = result.discharge_capacity
        ax.plot(result["Discharge capacity [A.h]"], result["Voltage [V]"], label=f"{name}: {capacity[name]:.2f} Ah")
    ax.legend(frameon=False, loc="lower left")
    ax.set(
        xlabel="Discharge capacity / Ah",
        ylabel="Voltage / V",
        xlim=(0, 5.4),
        ylim=(2.4, 4.3),
        title=f"At 1C the LG M50 delivers {capacity['1C']:.2f} Ah of {capacity['C/10']:.2f} Ah",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return capacity["1C"]


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} Ah at 1C")
