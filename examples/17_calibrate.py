"""How well does a measured curve determine a parameter?

Model: DFN, isothermal at 25 degC; a 1C charge with a series resistance of 4 Ohm cm2 stands for the measurement, with
1 mV of noise.  Least squares must find the resistance again.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534; the noise is our own.
Returns the resistance found [Ohm cm2].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
KEY, TRUE, NOISE = "cell/series resistance", 4e-4, 1e-3  # Ohm m2, V


def main(picture: Path | None = None) -> float:
    """Make the measurement, fit it; return the resistance found [Ohm cm2]."""
    cell, step = cellsim.load("lgm50_chen2020"), cellsim.charge(1.0)
    truth = cellsim.simulate(cell.with_({KEY: TRUE}), step, soc=0.1)
    t = np.linspace(10.0, truth.t[-1] - 10.0, 200)
    voltage = truth.at("Voltage [V]", t) + np.random.default_rng(1).normal(0.0, NOISE, t.size)
    run = cellsim.MeasuredRun("1C charge", t, voltage, (step,), {"soc": 0.1})
    found = cellsim.fit(cell, [run], {KEY: (1e-5, 1e-2)})

    plt.style.use("tableau-colorblind10")
    fig, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(6.4, 4.6), layout="constrained")
    upper.plot(t / 60.0, voltage, "k.", ms=3, label="measured")
    for name, one, style in (("before", cell, "C1--"), ("fitted", found.cell, "C0-")):
        upper.plot(t / 60.0, voltage + run.differences(one)[0], style, label=name)
        lower.plot(t / 60.0, 1e3 * run.differences(one)[0], style)
    upper.legend(frameon=False, loc="lower right")
    upper.set(
        ylabel="Voltage / V", title=f"{1e4 * found.values[KEY]:.3f} Ohm cm² found where {1e4 * TRUE:g} Ohm cm² are true"
    )
    lower.set(xlabel="Time / min", ylabel="Simulated − measured / mV")
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return 1e4 * float(found.values[KEY])


if __name__ == "__main__":
    print(f"{main(PICTURE):.4f} Ohm cm2")
