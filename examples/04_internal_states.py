"""What happens inside the cell during a discharge?

Model: DFN, isothermal at 25 degC, 24 A/m2 (1C) from the initial stoichiometries of the source.
Source: Marquis et al., J. Electrochem. Soc. 166 (2019) A3693; COMSOL's fields lie in tests/reference/comsol.
Returns the salt concentration at the negative current collector after 15 min [mol/m3].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
TIMES = [0, 10, 60, 240, 900]  # s
SALT = "Electrolyte concentration [mol.m-3]"


def main(picture: Path | None = None) -> float:
    """Discharge at 1C on a fine mesh; return the salt concentration at the negative end after 15 min."""
    cell = cellsim.load("marquis2019")
    step = cellsim.Step("current", 24.0 * cell.value("cell/electrode area"), 1800.0)
    result = cellsim.simulate(cell, step, cellsim.DFN((40, 20, 40), shells=20), soc=None)
    x, salt = 1e6 * result["x [m]"], result.at(SALT, TIMES)
    layers = [1e6 * cell.value(f"{part}/thickness") for part in ("negative electrode", "separator")]

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    for k, t in enumerate(TIMES):
        (line,) = ax.plot(x, salt[k], color=plt.cm.viridis(0.9 * k / (len(TIMES) - 1)))
        ax.annotate(
            f"{t:g} s",
            (x[0], salt[k, 0]),
            (4, 3 if t != 60 else -11),
            color=line.get_color(),
            textcoords="offset points",
        )
    for edge in np.cumsum(layers):
        ax.axvline(edge, color="0.6", lw=0.8)
    for name, place in (("negative electrode", 50), ("separator", 112.5), ("positive electrode", 175)):
        ax.text(place, 840, name, ha="center", rotation=90 if name == "separator" else 0, color="0.4")
    ax.set(
        xlabel="Distance from the negative current collector / µm",
        ylabel="Salt concentration / mol/m³",
        ylim=(830, 1190),
        title=f"A 1C discharge raises the salt at the negative end to {salt[-1, 0]:.0f} mol/m³",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return float(salt[-1, 0])


if __name__ == "__main__":
    print(f"{main(PICTURE):.1f} mol/m3")
