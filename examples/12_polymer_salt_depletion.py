"""When does a polymer electrolyte run out of salt (Sand's time)?

Model: DFN with salt diffusion; lithium is plated from a 200 µm polymer layer.  The counter electrode holds next to
no salt.  Beyond the limiting current the salt at the lithium is used up after Sand's time,
pi D (c F / (2 (1 - t+) i))^2.
Source: salt of the set lfp_peo_li at 80 degC; H. J. S. Sand, Philos. Mag. 1 (1901) 45.
Returns the simulated time at 4 times the limiting current [s].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim
from cellsim.physics.polymer import limiting_current, sand_time

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
LENGTH, P = 200e-6, "positive electrode/"
COUNTER = {
    P + "particle diffusivity": 1e-10,
    P + "exchange-current density": 100.0,
    P + "electrolyte volume fraction": 1e-3,
    P + "bruggeman exponent": 0.0,
    P + "active material volume fraction": 0.99,
    P + "maximum concentration": 2e5,
    P + "thickness": 1e-5,
    P + "minimum stoichiometry": 0.001,
    P + "maximum stoichiometry": 0.999,
}
CELL = cellsim.load("lfp_peo_li").with_(
    COUNTER
    | {
        "cell/electrode area": 1.0,
        "cell/upper voltage cut-off": 4.5,
        "separator/thickness": LENGTH,
        "negative electrode/interface resistance": 0.0,
        "electrolyte/conductivity": 0.1,
    }
)
SALT = [
    CELL.value(f"electrolyte/{key}") for key in ("initial concentration", "diffusivity", "cation transference number")
]


def main(picture: Path | None = None) -> float:
    """Charge at 2 to 8 times the limiting current; return the time to depletion at 4 times [s]."""
    limit, factors, times, profile = limiting_current(*SALT, LENGTH), [2.0, 3.0, 4.0, 6.0, 8.0], [], None
    for factor in factors:
        step = cellsim.Step("current", -factor * limit, 10.0 * sand_time(*SALT, factor * limit))
        result = cellsim.simulate(CELL, step, cellsim.DFN((1, 600, 4), shells=8), soc=0.0, rtol=1e-5)
        times.append(float(result.t[-1]))
        profile = result if factor == 4.0 else profile

    plt.style.use("tableau-colorblind10")
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.8), layout="constrained")
    for share in (0.02, 0.25, 1.0):
        left.plot(
            1e6 * profile["x [m]"],
            profile.at("Electrolyte concentration [mol.m-3]", [share * times[2]])[0],
            label=f"{share * times[2]:.0f} s",
        )
    left.legend(frameon=False)
    left.set(
        xlabel="Distance from the lithium / µm",
        ylabel="Salt concentration / mol/m³",
        xlim=(0, 200),
        ylim=(0, None),
        title="Salt at 4 times the limiting current",
    )
    right.loglog(factors, [sand_time(*SALT, f * limit) for f in factors], "k-", label="Sand's equation")
    right.loglog(factors, times, "C1o", label="simulated")
    right.legend(frameon=False)
    right.set(
        xlabel="Current over the limiting current",
        ylabel="Time to depletion / s",
        title=f"Depleted after {times[2]:.0f} s at 4 times",
        xticks=factors,
        xticklabels=[f"{f:g}" for f in factors],
    )
    right.minorticks_off()
    right.set_yticks([20, 50, 100, 200], ["20", "50", "100", "200"])
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return times[2]


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} s")
