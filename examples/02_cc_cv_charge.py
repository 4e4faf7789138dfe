"""How long does a charge at constant current, then constant voltage (CC-CV) take?

Model: DFN, isothermal at 25 degC, from 10 % state of charge: 1C to 4.2 V, then 4.2 V until the current is C/20.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534.
Returns the time of both steps together [min].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"


def main(picture: Path | None = None) -> float:
    """Simulate the charge; return its duration [min]."""
    result = cellsim.simulate("lgm50_chen2020", "Charge at 1C until 4.2 V; Hold at 4.2 V until C/20", soc=0.1)
    minutes, hold = float(result.t[-1]) / 60.0, result.steps[1]
    share = hold.charge_capacity / result.charge_capacity

    plt.style.use("tableau-colorblind10")
    fig, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(6.4, 4.4), layout="constrained")
    upper.plot(result.t / 60.0, result["Voltage [V]"])
    lower.plot(result.t / 60.0, -result["Current [A]"])
    for ax in (upper, lower):
        ax.axvline(hold.t_start / 60.0, color="0.6", lw=0.8)
    lower.text(hold.t_start / 60.0 + 20.0, 3.8, f"{100 * share:.0f} % of the charge\npasses at constant voltage")
    upper.set(
        ylabel="Voltage / V",
        title=f"CC-CV at 1C takes {minutes:.0f} min, {(hold.t_end - hold.t_start) / 60.0:.0f} min of them at 4.2 V",
    )
    lower.set(xlabel="Time / min", ylabel="Charge current / A", ylim=(0, 5.5))
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return minutes


if __name__ == "__main__":
    print(f"{main(PICTURE):.1f} min")
