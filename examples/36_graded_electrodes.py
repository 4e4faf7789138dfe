"""Does a negative electrode with wider pores towards the separator charge faster?

Model: DFN, isothermal at 25 degC; the fastest charge from 10 to 80 % at up to 4C that plates no lithium (margin 10 mV).
Source: parameter set of Chen et al. (2020); every electrode has the same pores and active material, spread differently,
so that capacity, mass and energy density are the same.  That all pores conduct by Bruggeman's law is an assumption.
Returns by how much the best line of porosity shortens the charge [%].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import brentq

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
PORES, ACTIVE = f"{NEGATIVE}/electrolyte volume fraction", f"{NEGATIVE}/active material volume fraction"
EVEN = cellsim.load("lgm50_chen2020")
LIMITS = cellsim.ChargeConstraints(c_rate=4.0, plating_margin=0.01)
RISES = (-0.1, 0.0, 0.1, 0.2, 0.3, 0.4)  # of the porosity from the current collector to the separator
LOADINGS = (1.0, 1.5)


def graded(cell: cellsim.Cell, rise: float) -> cellsim.Cell:
    """The cell with a line of porosity; what pores gain, active material loses."""
    pores, active = cell.mean(PORES), cell.mean(ACTIVE)
    return cell.with_({PORES: f"{pores!r} + {rise!r}*(x - 0.5)", ACTIVE: f"{active!r} - {rise!r}*(x - 0.5)"})


def loaded(times: float) -> cellsim.Cell:
    """The even cell with so many times as thick electrodes, and as much capacity."""
    paths = (f"{NEGATIVE}/thickness", f"{POSITIVE}/thickness", "cell/nominal capacity")
    return EVEN.with_({path: times * EVEN.value(path) for path in paths})


def minutes(cell: cellsim.Cell) -> float:
    """Time of the charge."""
    return float(cellsim.constrained_charge(cell, LIMITS).result["Time [s]"][-1] / 60.0)


def main(picture: Path | None = None) -> float:
    """Charge electrodes of several porosity profiles; return the gain of the best one at the usual loading [%]."""
    times = np.array([[minutes(graded(loaded(times), rise)) for rise in RISES] for times in LOADINGS])
    even = times[:, RISES.index(0.0), None]

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.0, 4.0), layout="constrained")
    for row, thick in zip(times / even, LOADINGS, strict=True):
        ax.plot(RISES, row, "o-", label=f"electrodes {thick:g} times as thick")
    ax.axhline(1.0, color="black", linewidth=0.8, linestyle=":")
    ax.set(
        xlabel="Porosity at the separator less that at the collector",
        ylabel="Time of the charge / that of even electrodes",
        title="10 to 80 % without plating, same mass and capacity",
    )
    ax.legend()
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return float(100.0 * (1.0 - times[0].min() / even[0, 0]))


def thinner(target: float) -> float:
    """How thick even electrodes are that charge in so many minutes, over those of the set."""
    return float(brentq(lambda times: minutes(loaded(times)) - target, 0.8, 1.0, xtol=1e-3))


if __name__ == "__main__":
    gain = main(PICTURE)
    before = minutes(EVEN)
    after = before * (1.0 - 0.01 * gain)
    print(f"{before:.1f} min even, {after:.1f} min graded: {gain:.1f} % shorter")
    print(f"even electrodes that charge as fast are {100.0 * (1.0 - thinner(after)):.1f} % thinner")
