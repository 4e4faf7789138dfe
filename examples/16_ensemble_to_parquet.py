"""How much voltage does each micrometre of a solid separator cost?

Model: DFN of a solid-state cell; 15 discharges (5 thicknesses at 3 temperatures), whose curves are streamed to a
Parquet file while they are computed, and read again with pandas.
Source: parameter set target_nmc811_lpscl_li, an assumed design.
Returns the area-specific resistance that 10 µm of separator add at 25 degC [Ohm cm2].
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
KEY, THICKNESS, CELSIUS = "separator/thickness", [10e-6, 20e-6, 30e-6, 40e-6, 50e-6], [10.0, 25.0, 60.0]


def main(picture: Path | None = None) -> float:
    """Run the ensemble; return the slope of the first voltage over the thickness [Ohm cm2 per 10 µm]."""
    runs = cellsim.cases(
        "target_nmc811_lpscl_li",
        cellsim.discharge,
        c_rate=[1 / 3],
        changes={KEY: THICKNESS},
        temperature=[T + 273.15 for T in CELSIUS],
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "discharges.parquet"
        cellsim.simulate_many(runs, path=path, keep=["Time [s]", "Voltage [V]", "Current density [A.m-2]"])
        rows = pd.read_parquet(path)
    first = rows.groupby("Case").first()

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    slopes = {}
    for k, T in enumerate(CELSIUS):
        here = first[np.isclose(first["temperature"], T + 273.15)]
        resistance = 1e4 * (here["Voltage [V]"].iloc[0] - here["Voltage [V]"]) / here["Current density [A.m-2]"]
        slopes[T] = 1e-5 * float(np.polyfit(here[KEY], resistance, 1)[0])
        ax.plot(1e6 * here[KEY], resistance, f"C{k}{'os^'[k]}-")
        ax.annotate(f"{T:g} °C", (1e6 * THICKNESS[-1], resistance.iloc[-1]), (6, -4), textcoords="offset points")
    ax.set(
        xlabel="Thickness of the separator / µm",
        ylabel="Resistance beyond that at 10 µm / Ohm cm²",
        xlim=(8, 55),
        title=f"Every 10 µm of separator add {slopes[25.0]:.2f} Ohm cm² at 25 °C",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return slopes[25.0]


if __name__ == "__main__":
    print(f"{main(PICTURE):.4f} Ohm cm2")
