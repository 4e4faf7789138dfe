"""What does the impedance of a cell consist of?

Model: DFN, linearised at equilibrium, with a double layer of 0.2 F/m2 on both kinds of particles.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534; the capacity of the double layer is
assumed.
Returns the modulus at 1 kHz and 20 % state of charge [mOhm].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
LAYERS = {f"{side} electrode/double-layer capacity": 0.2 for side in ("negative", "positive")}
FREQUENCIES = np.append(np.geomspace(1e-3, 1e4, 60), 1e3)


def main(picture: Path | None = None) -> float:
    """Compute spectra at three states of charge; return one modulus [mOhm]."""
    cell = cellsim.load("lgm50_chen2020").with_(LAYERS)
    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    found = {}
    for soc in (0.2, 0.5, 0.8):
        found[soc] = cellsim.impedance(cell, FREQUENCIES, soc=soc)
        Z = 1e3 * found[soc].impedance[:-1]
        ax.plot(Z.real, -Z.imag, "o-", ms=3, label=f"{100 * soc:.0f} % state of charge")
    modulus = 1e3 * float(found[0.2].modulus[-1])
    Z = 1e3 * found[0.2].impedance[-1]
    ax.plot(Z.real, -Z.imag, "ko")
    ax.annotate("1 kHz", (Z.real, -Z.imag), (8, -2), textcoords="offset points")
    ax.text(20, 7, "charge transfer and\ndouble layers", ha="center", color="0.4")
    ax.text(44, 2, "diffusion", ha="center", color="0.4")
    ax.legend(frameon=False, loc="upper left")
    ax.set(
        xlabel="Real part / mOhm",
        ylabel="−Imaginary part / mOhm",
        aspect="equal",
        xlim=(0, 50),
        ylim=(-1, 24),
        title=f"{modulus:.1f} mOhm at 1 kHz; charge transfer makes most of the rest",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return modulus


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} mOhm at 1 kHz")
