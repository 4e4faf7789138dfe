"""How fast can a cell be charged from 10 to 80 % without plating lithium?

Model: DFN with lumped heat.  At every moment the charge takes the largest current that all limits allow: no less
than 10 mV of plating overpotential, at most 45 degC, at most 4C.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534.
Returns the time of the charge [min].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
LIMITS = "plating margin >= 10 mV, temperature <= 45 degC, current <= 4C"


def main(picture: Path | None = None) -> float:
    """Find the fastest charge; return its duration [min]."""
    found = cellsim.fastest_charge("lgm50_chen2020", LIMITS, start=0.1, end=0.8)
    result, minutes = found.result, found.duration / 60.0

    plt.style.use("tableau-colorblind10")
    fig, axes = plt.subplots(3, 1, sharex=True, figsize=(6.4, 5.2), layout="constrained")
    axes[0].plot(result.t / 60.0, -result["C-rate"])
    axes[0].set(ylabel="Charge rate / C", title=f"10 to 80 % in {minutes:.1f} min; a constant 1C takes 42 min")
    axes[1].plot(result.t / 60.0, 1e3 * result["Plating margin [V]"], color="C1")
    axes[1].axhline(10.0, color="k", lw=0.8, ls="--")
    axes[1].set(ylabel="Plating margin / mV")
    axes[2].plot(result.t / 60.0, result["Cell temperature [K]"] - 273.15, color="C2")
    axes[2].axhline(45.0, color="k", lw=0.8, ls="--")
    axes[2].set(ylabel="Temperature / °C", xlabel="Time / min", ylim=(20, 48))
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return minutes


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} min")
