"""How much energy does a drive cycle take out of a cell?

Model: DFN with lumped heat; the power of a passenger car along the US06 schedule, scaled to 60 W at its
highest (`cellsim/protocols/cycles/README.md` describes the car).  Discharge is positive, braking charges the cell.
Source: US06, 40 CFR part 86 appendix I; cell of Chen et al., J. Electrochem. Soc. 167 (2020) 080534.
Returns the net energy delivered over one cycle [Wh].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"


def main(picture: Path | None = None) -> float:
    """Drive one US06 from 80 % state of charge; return the net energy [Wh]."""
    result = cellsim.simulate("lgm50_chen2020", "Run US06 at 60 W peak", soc=0.8, heat=True, period=1.0)
    net = result.discharge_energy - result.charge_energy

    plt.style.use("tableau-colorblind10")
    fig, axes = plt.subplots(3, 1, sharex=True, figsize=(6.0, 4.6), layout="constrained")
    for ax, (name, label) in zip(
        axes,
        {"Power [W]": "Power / W", "Voltage [V]": "Voltage / V", "Cell temperature [K]": "Temperature / °C"}.items(),
        strict=True,
    ):
        ax.plot(result.t, result[name] - (273.15 if "temperature" in name else 0.0), lw=1.0)
        ax.set(ylabel=label)
    axes[0].axhline(0.0, color="0.6", lw=0.8)
    axes[0].set(title=f"US06: {result.discharge_energy:.2f} Wh out, {result.charge_energy:.2f} Wh back by braking")
    axes[2].set(xlabel="Time / s", xlim=(0, result.t[-1]))
    if picture is not None:
        fig.savefig(picture, dpi=80)
    plt.close(fig)
    return net


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} Wh")
