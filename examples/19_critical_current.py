"""How much faster may a lithium-metal cell be charged when it is warm?

Model: DFN of a solid-state cell; the charge ends where the current reaches the critical current density of the
separator, beyond which lithium penetrates it.  That follows an Arrhenius law.
Source: parameter set target_nmc811_lpscl_li: 10 A/m2 at 25 degC and 29 kJ/mol, both assumed.
Returns the critical current density at 60 degC over that at 25 degC [-].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
CELSIUS = [0.0, 10.0, 25.0, 40.0, 60.0, 80.0]


def critical_current_density(celsius):
    """Current density at which a rising charge current meets the limit [mA/cm2]."""
    area = cellsim.load("target_nmc811_lpscl_li").value("cell/electrode area")
    ramp = cellsim.profile(
        [[0.0, 0.0], [600.0, -100.0 * area]], control="current", until=cellsim.Limit("critical current margin", 0.0)
    )  # 0 to 10 mA/cm2 in 10 min
    result = cellsim.simulate("target_nmc811_lpscl_li", ramp, soc=0.1, temperature=celsius + 273.15)
    return -0.1 * result["Current density [A.m-2]"][-1]


def main(picture: Path | None = None) -> float:
    """Raise the charge current at six temperatures until the margin is used up; return the ratio of two limits."""
    found = {T: critical_current_density(T) for T in CELSIUS}
    ratio = float(found[60.0] / found[25.0])

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    ax.semilogy(CELSIUS, found.values(), "o-")
    for T, value in found.items():
        ax.annotate(f"{value:.2g}", (T, value), (0, 7), textcoords="offset points", ha="center")
    ax.set(
        xlabel="Temperature / °C",
        ylabel="Critical current density / mA/cm²",
        ylim=(0.2, 12),
        xlim=(-5, 85),
        title=f"At 60 °C the separator bears {ratio:.1f} times the current of 25 °C",
    )
    ax.minorticks_off()
    ax.set_yticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return ratio


if __name__ == "__main__":
    print(f"{main(PICTURE):.4f} times")
