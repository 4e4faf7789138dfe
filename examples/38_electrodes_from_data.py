"""Do potentials of half cells and the voltage of a full cell say where its electrodes stand?

The potentials of both electrodes, measured in half cells, are fitted in the direction in which a discharge passes them;
then capacities and windows to the slow discharge of a full cell.  What each electrode does on its own was measured as
well, against a reference electrode, and was not used.
Model: difference of two open-circuit potentials.
Source: LG M50 (pybamm-param, BSD-3-Clause), in tests/reference/measured.
Returns the rms difference of the fitted potential of the negative electrode from the measured one, 5 % to 95 % of the
discharge [mV].
"""

import csv
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
FILE = Path(__file__).parents[1] / "tests" / "reference" / "measured" / "lgm50_electrodes.csv"
SOURCE = "LG M50, potentials of electrodes in pybamm-param (github.com/paramm-team/pybamm-param), BSD-3-Clause"


def curves() -> dict[str, np.ndarray]:
    """Name -> (2, n): stoichiometry or charge [A.h], rising, and voltage [V]."""
    with FILE.open() as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))[1:]
    names = dict.fromkeys(name for name, _, _ in rows)
    found = {name: np.array([(float(x), float(v)) for n, x, v in rows if n == name]).T for name in names}
    return {name: table[:, np.argsort(table[0])] for name, table in found.items()}


def main(picture: Path | None = None) -> float:
    """Fit potentials, then windows; return the difference from what was measured on one electrode [mV]."""
    data, cell = curves(), cellsim.load("lgm50_chen2020")
    for electrode, direction in (("negative", "delit"), ("positive", "lit")):
        found = cellsim.fit_ocp(cell, electrode, tuple(data[f"{electrode} two {direction}"]), source=SOURCE)
        print(found)
        cell = found.cell
    (q_n, U_n), (q_p, U_p) = (data[name] for name in ("negative three delit", "positive three lit"))
    q_n, U_n, q_p, U_p = q_n[-1] - q_n[::-1], U_n[::-1], q_p[-1] - q_p[::-1], U_p[::-1]  # of the discharge
    q = np.linspace(0.0, q_n[-1], 250)
    windows = cellsim.fit_windows(cell, q, np.interp(q, q_p, U_p) - np.interp(q, q_n, U_n), source=SOURCE)
    print(windows)
    fit = windows.curve
    law = windows.cell.law("negative electrode/open-circuit potential")
    fitted = law(fit.x_100 + q / q[-1] * (fit.x_0 - fit.x_100), 298.15)
    off = fitted - np.interp(q, q_n, U_n)
    plt.style.use("tableau-colorblind10")
    fig, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    axes.plot(q_n[::6], U_n[::6], "o", ms=3, label="measured against the reference electrode")
    axes.plot(q, fitted, "k-", lw=1.0, label="from half cell and full cell")
    axes.set_xlabel("Charge / Ah")
    axes.set_ylabel("Potential of the negative electrode / V")
    axes.legend(frameon=False)
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    inside = (q > 0.05 * q[-1]) & (q < 0.95 * q[-1])
    return 1e3 * float(np.sqrt(np.mean(off[inside] ** 2)))


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} mV")
