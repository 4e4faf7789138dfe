"""How fast can an all-solid-state thin-film battery be discharged?

Model: thin-film cell (Li | Li3PO4 | LiCoO2) with lithium ions and negative charges mobile in the electrolyte.
Source: D. Danilov, R. A. H. Niessen, P. H. L. Notten, J. Electrochem. Soc. 158 (2011) A215; measured capacities of
the same paper, second-hand.
Returns the capacity at 1.6C [µAh].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
MEASURED = {1.6: 10.039, 3.2: 9.949, 6.4: 9.862, 12.8: 9.758, 25.6: 9.567, 51.2: 9.170}  # C-rate: µAh to 3.0 V


def main(picture: Path | None = None) -> float:
    """Discharge at the six measured rates; return the capacity at the slowest [µAh]."""
    plt.style.use("tableau-colorblind10")
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.8), layout="constrained")
    found = []
    for k, rate in enumerate(MEASURED):
        result = cellsim.simulate("danilov2011", cellsim.discharge(rate), cellsim.ThinFilm())
        found.append(1e6 * result.discharge_capacity)
        left.plot(
            1e6 * result["Discharge capacity [A.h]"],
            result["Voltage [V]"],
            color=plt.cm.viridis(k / 6),
            label=f"{rate:g}C",
        )
    left.legend(frameon=False, fontsize="small")
    left.set(xlabel="Discharge capacity / µAh", ylabel="Voltage / V", title="Simulated discharges")
    right.semilogx(list(MEASURED), list(MEASURED.values()), "ko", label="measured")
    right.semilogx(list(MEASURED), found, "C1s--", label="simulated")
    right.legend(frameon=False, loc="lower left")
    right.set(
        xlabel="C-rate",
        ylabel="Capacity to 3.0 V / µAh",
        ylim=(0, 11),
        xticks=list(MEASURED),
        xticklabels=[f"{rate:g}" for rate in MEASURED],
        title="Agrees up to 6.4C, falls short beyond",
    )
    right.minorticks_off()
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return found[0]


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} µAh")
