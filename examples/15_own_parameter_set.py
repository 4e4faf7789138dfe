"""How is a parameter set varied, and a material law written down?

Model: DFN, isothermal at 25 degC.  `with_` takes numbers and expressions, here of x, the salt
concentration [mol/m3].  A series resistance is given per electrode area [Ohm m2].
Source: Chen et al., J. Electrochem. Soc. 167 (2020) 080534, with a resistance and a conductivity of our own.
Returns the voltage that a series resistance of 10 mOhm costs at the start of a 1C discharge [mV].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
HALF = "0.5*(0.1297*(x/1000)**3 - 2.51*(x/1000)**1.5 + 3.329*(x/1000))"  # S/m
AREA = cellsim.load("lgm50_chen2020").value("cell/electrode area")
VARIANTS: dict[str, dict[str, float | str]] = {
    "as published": {},
    "10 mOhm in series": {"cell/series resistance": 0.01 * AREA},
    "half as conductive electrolyte": {"electrolyte/conductivity": HALF},
    "positive electrode 20 % thinner": {"positive electrode/thickness": 0.8 * 75.6e-6},
}


def main(picture: Path | None = None) -> float:
    """Discharge four variants at 1C; return what the resistance costs in the beginning [mV]."""
    base = cellsim.load("lgm50_chen2020")
    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    first = {}
    for (name, changes), style in zip(VARIANTS.items(), ("k-", "C0--", "C1-.", "C5:"), strict=True):
        cell = base.with_(changes, source="example of cellsim") if changes else base
        result = cellsim.simulate(cell, cellsim.Step("current", 5.0), accuracy=1e-4)
        first[name] = result["Voltage [V]"][0]
        ax.plot(result["Discharge capacity [A.h]"], result["Voltage [V]"], style, label=name)
    cost = 1e3 * float(first["as published"] - first["10 mOhm in series"])
    ax.legend(frameon=False, loc="lower left")
    ax.set(
        xlabel="Discharge capacity / Ah",
        ylabel="Voltage / V",
        xlim=(0, 5.4),
        title=f"10 mOhm cost {cost:.0f} mV at 5 A; a thinner electrode costs capacity",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return cost


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} mV")
