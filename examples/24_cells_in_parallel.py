"""How unequally do cells in parallel share a current?

Model: four DFNs with one terminal voltage, their currents solved; in series with each a connection of 0, 5, 10 and
20 mOhm, 20 A in all.
Source: cell of Chen et al., J. Electrochem. Soc. 167 (2020) 080534; the connections are made up.
Returns the current of the first cell after a minute over that of an equal share [-].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from cellsim.simulation.parallel import simulate_parallel

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
BEHIND = (0.0, 5e-3, 10e-3, 20e-3)  # Ohm


def main(picture: Path | None = None) -> float:
    """Discharge the group from full; return the share of the first cell after 60 s."""
    run = simulate_parallel("lgm50_chen2020", 20.0, parallel=4, resistances=BEHIND, soc=None, interval=30.0)

    plt.style.use("tableau-colorblind10")
    fig, axes = plt.subplots(2, 1, sharex=True, figsize=(6.0, 4.6), layout="constrained")
    for ohm, current, soc in zip(BEHIND, run.currents.T, run.socs.T, strict=True):
        axes[0].plot(run.times / 60.0, current, label=f"{1e3 * ohm:g} mΩ")
        axes[1].plot(run.times / 60.0, 100.0 * soc)
    axes[0].axhline(5.0, color="0.6", lw=0.8)
    axes[0].set(
        ylabel="Current / A",
        title=f"Four cells in parallel: {run.capacity:.2f} Ah, up to {run.worst_share:.2f} times a share",
    )
    axes[0].legend(title="behind")
    axes[1].set(xlabel="Time / min", ylabel="State of charge / %", xlim=(0, run.times[-1] / 60.0))
    if picture is not None:
        fig.savefig(picture, dpi=80)
    plt.close(fig)
    return float(np.interp(60.0, run.times, run.shares[:, 0]))


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} times an equal share")
