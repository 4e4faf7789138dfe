"""How warm does a cell get, and does that help it in the cold?

Model: DFN with lumped heat; 60.5 J/K and 0.0531 W/K, the values of the PyBaMM run this example is compared with.
Source: parameter set of O'Regan et al., Electrochim. Acta 425 (2022) 140700, whose laws depend on temperature.
Returns the temperature rise after 50 min of a 1C discharge at 25 degC [K].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
BODY = cellsim.Lumped(heat_capacity=60.5, heat_transfer_coefficient=0.0531, cooling_area=1.0)


def main(picture: Path | None = None) -> float:
    """Discharge at 1C in three surroundings, with heat and without; return the rise at 25 degC [K]."""
    plt.style.use("tableau-colorblind10")
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6), layout="constrained")
    rise = 0.0
    for k, celsius in enumerate((-10.0, 25.0, 45.0)):
        for heat, style in ((BODY, "-"), (None, ":")):
            run = cellsim.simulate(
                "lgm50_oregan2022", "Discharge at 1C until 2.5 V", heat=heat, soc=None, temperature=celsius + 273.15
            )
            left.plot(run["Discharge capacity [A.h]"], run["Voltage [V]"], f"C{k}{style}")
            if heat:
                dT = run["Cell temperature [K]"] - celsius - 273.15
                right.plot(run["Discharge capacity [A.h]"], dT, f"C{k}")
                right.annotate(
                    f"{celsius:g} °C",
                    (run.discharge_capacity, dT[-1]),
                    (-2, 4),
                    color=f"C{k}",
                    ha="right",
                    textcoords="offset points",
                )
                rise = float(run.at("Cell temperature [K]", [3000.0])[0] - 298.15) if celsius == 25.0 else rise
    left.plot([], [], "k-", label="with heat")
    left.plot([], [], "k:", label="isothermal")
    left.legend(frameon=False, loc="upper right")
    left.set(xlabel="Discharge capacity / Ah", ylabel="Voltage / V", title="Its own heat helps the cold cell")
    right.set(
        xlabel="Discharge capacity / Ah",
        ylabel="Temperature rise / K",
        ylim=(0, 31),
        title=f"{rise:.1f} K in 50 min at 25 °C",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return rise


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} K")
