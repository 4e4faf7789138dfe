"""Which stack pressure keeps a lithium-metal electrode free of voids?

Model: DFN of a solid-state cell; stripping leaves voids, creep of lithium under pressure closes them.  They stay
closed above the pressure at which creep keeps up with the current, P = P_ref (i / i_ref)^(1/m).
Source: set target_nmc811_lpscl_li; lithium on argyrodite: 2 A/m2 at 3 MPa and m = 1.9 (`cellsim.physics.lithium`).
Returns the least pressure at which the contact stays whole at C/5, found by bisection [MPa].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
N = "negative electrode"
CREEP = {
    f"{N}/void share": 1.0,
    f"{N}/void height": 2e-6,
    f"{N}/creep current density": 2.0,
    f"{N}/creep reference pressure": 3e6,
    f"{N}/creep exponent": 1.9,
}


def discharge(megapascals):
    """One hour at C/5 under a constant stack pressure [MPa]."""
    cell = cellsim.load("target_nmc811_lpscl_li").with_(CREEP | {"cell/operating pressure": 1e6 * megapascals})
    return cellsim.simulate(cell, "Discharge at 0.2C for 1 hour")


def main(picture: Path | None = None) -> float:
    """Bisect for the least pressure without voids [MPa]."""
    low, high = 1.0, 20.0
    while high / low > 1.001:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if discharge(middle)["Void height [m]"][-1] > 1e-12 else (low, middle)

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    for pressure in (1.0, 4.0, 6.0, 6.5, 8.0):
        result = discharge(pressure)
        ax.plot(result.t / 60.0, 100.0 * result["Active contact fraction"])
        ax.annotate(
            f"{pressure:g} MPa",
            (result.t[-1] / 60.0, 100.0 * result["Active contact fraction"][-1]),
            (4, -3),
            textcoords="offset points",
        )
    ax.set(
        xlabel="Time / min",
        ylabel="Contact of lithium and separator / %",
        xlim=(0, 68),
        ylim=(0, 104),
        title=f"At C/5 (9.8 A/m²) creep keeps the contact whole from {high:.1f} MPa on",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return high


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} MPa")
