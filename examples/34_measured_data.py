"""How far is a simulated cell from a record of a cycler, in voltage and temperature?

The record is read with its units and sign, followed as a load, and compared with the run.
Model: DFN with lumped heat.
Source: LG M50, cell 789, measured at 1C in a chamber at 25 degC (F. Brosa Planella et al., Electrochim. Acta 388 (2021)
138524; BSD-3-Clause), in tests/reference/measured; parameters: O'Regan 2022.  Nothing is fitted.
Returns the rms difference of the voltage [mV].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
FILE = Path(__file__).parents[1] / "tests" / "reference" / "measured" / "lgm50_789_1C_heat.csv"
COLUMNS = {"time": ("time_s", "s"), "voltage": ("voltage_V", "V"), "temperature": ("temperature_K", "K")}


def main(picture: Path | None = None) -> float:
    """Read the record, run along it, compare; return the rms difference [mV]."""
    frame = pd.read_csv(FILE, comment="#").assign(current=5.0)  # A: the file has no column for a constant current
    data = cellsim.read_cycler(frame, COLUMNS | {"current": ("current", "A")}, positive="discharge")
    run = cellsim.MeasuredRun.from_frame(data, "cell 789", voltage=4.17955)  # V, at rest before the discharge
    result = run.simulated("lgm50_oregan2022")
    compared = cellsim.compare(result, ["O'Regan 2022"], measured=data)
    table = compared.to_pandas().set_index("step").loc["all"]
    plt.style.use("tableau-colorblind10")
    fig, (upper, lower) = plt.subplots(2, 1, figsize=(6.4, 5.0), sharex=True, layout="constrained")
    minutes, names = result.t / 60.0, ("Voltage [V]", "Cell temperature [K]")
    for axes, name, measured in zip((upper, lower), names, (data.voltage, data.temperature), strict=True):
        axes.plot(data.t / 60.0, measured, "o", ms=3, label="measured")
        axes.plot(minutes, result[name], "k-", lw=1.0, label="simulated")
        axes.set_ylabel(name)
    upper.legend(frameon=False)
    upper.set_title(f"LG M50 at 1C: {1e3 * table['rms']:.0f} mV and {table['temperature_rms']:.1f} K rms")
    lower.set_xlabel("Time / min")
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return float(1e3 * table["rms"])


if __name__ == "__main__":
    print(f"{main(PICTURE):.1f} mV")
