"""How much warmer is a cell inside than what a sensor on it says?

Model: DFN with 9 temperatures from core to surface, conductivity of the layers in series; the electrochemistry at their
mean.  A pouch is heated by 200 W on both faces from -20 degC, until the sensor says 15 degC, then discharged at 1C; and
a 21700 cell and the pouch are charged at 2C, in air (10 W/m2/K), in a flow of liquid (200 W/m2/K), and the pouch on a
plate at one face (500 W/m2/K).
Source: parameter sets of the LG M50 (O'Regan 2022, with measured conductivities) and of the Leaf's pouch of 2018 (with
assumed ones).
Returns by how much the core of the 21700 cell is warmer than its surface at the end of its 2C charge in liquid [K].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
CAN, POUCH, LIQUID = "lgm50_oregan2022", "leaf_2018", 200.0
COOLING = {
    "air": cellsim.ThermalNetwork(heat_transfer_coefficient=10.0),
    "liquid": cellsim.ThermalNetwork(heat_transfer_coefficient=LIQUID),
    "plate": cellsim.ThermalNetwork(heat_transfer_coefficient=500.0, opposite_heat_transfer_coefficient=5.0),
}
CASES = ((CAN, "air"), (CAN, "liquid"), (POUCH, "air"), (POUCH, "liquid"), (POUCH, "plate"))
COLD = "Heat at 200 W until 15 degC; Discharge at 1C for 10 minutes"


def charged(cell: str, cooling: str) -> cellsim.Result:
    """A 2C charge from 10 % at 25 degC up to the upper cut-off voltage."""
    top = cellsim.load(cell).value("cell/upper voltage cut-off")
    steps = cellsim.charge(2.0, until_voltage=top)
    return cellsim.simulate(cell, steps, soc=0.1, heat=COOLING[cooling], temperature=298.15)


def warmer(run: cellsim.Result) -> float:
    """Core less surface at the end [K]."""
    return float(run["Core temperature [K]"][-1] - run["Surface temperature [K]"][-1])


def main(picture: Path | None = None) -> float:
    """The cold start and the charges; returns the excess of the core [K]."""
    plt.style.use("tableau-colorblind10")
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.4), layout="constrained")
    cold = cellsim.simulate(POUCH, COLD, soc=0.8, heat=COOLING["air"], temperature=253.15)
    for k, place in enumerate(("Surface", "Cell", "Core")):
        label = {"Cell": "mean"}.get(place, place.lower())
        left.plot(cold.t / 60.0, cold[f"{place} temperature [K]"] - 273.15, f"C{k}", label=label)
    left.axvline(cold.steps[0].t_end / 60.0, color="k", linewidth=0.7, linestyle=":")
    left.legend(frameon=False, loc="lower right")
    left.set(xlabel="time / min", ylabel="temperature / °C", title="A pouch heated at its faces, then used")
    found = 0.0
    for k, (cell, cooling) in enumerate(((CAN, "liquid"), (POUCH, "plate"))):
        run = charged(cell, cooling)
        x = 100.0 * run["State of charge"]
        right.plot(x, run["Core temperature [C]"], f"C{k}", label=f"{cell}, {cooling}: core")
        right.plot(x, run["Surface temperature [C]"], f"C{k}--", label="surface")
        found = warmer(run) if cell == CAN else found
    right.legend(frameon=False, loc="upper right", fontsize=8)
    right.set(xlabel="state of charge / %", ylabel="temperature / °C", ylim=(24.9, 30.4), title="Charges at 2C")
    if picture is not None:
        fig.savefig(picture, dpi=80)
    plt.close(fig)
    return found


if __name__ == "__main__":
    for which, how in CASES:
        end = charged(which, how)
        core, surface = end["Core temperature [C]"][-1], end["Surface temperature [C]"][-1]
        print(f"{which}, {how}: core {core:.1f} °C, surface {surface:.1f} °C, {warmer(end):.1f} K apart")
    print(f"{main(PICTURE):.2f} K")
