"""When is a simpler model good enough?

Model: DFN, SPMe (single particle with electrolyte) and SPM (single particle), isothermal at 25 degC.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534; SPMe of Marquis et al.,
J. Electrochem. Soc. 166 (2019) A3693.
Returns the rms difference of the SPMe's voltage from the DFN's over the first 95 % of a 1C discharge [mV].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
MODELS = {"DFN": cellsim.DFN(), "SPMe": cellsim.SPMe(), "SPM": cellsim.SPM()}


def rms_difference(one, other) -> float:
    """Rms over the first 95 % of the time that both results last [mV]."""
    t = np.linspace(0.006, 0.95, 1000) * min(one.t[-1], other.t[-1])
    return float(1e3 * np.sqrt(np.mean((one.at("Voltage [V]", t) - other.at("Voltage [V]", t)) ** 2)))


def main(picture: Path | None = None) -> float:
    """Discharge all models at 0.2C to 2C; return the error of the SPMe at 1C [mV]."""
    error: dict[str, list[float]] = {"SPMe": [], "SPM": []}
    rates, at_1c = [0.2, 0.5, 1.0, 1.5, 2.0], {}
    for rate in rates:
        runs = {
            name: cellsim.simulate("lgm50_chen2020", cellsim.discharge(rate), m, accuracy=2e-4)
            for name, m in MODELS.items()
        }
        for name in error:
            error[name].append(rms_difference(runs[name], runs["DFN"]))
        at_1c = runs if rate == 1.0 else at_1c

    plt.style.use("tableau-colorblind10")
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.8), layout="constrained")
    for (name, run), style in zip(at_1c.items(), ("-", "--", ":"), strict=True):
        left.plot(run["Discharge capacity [A.h]"], run["Voltage [V]"], style, label=name)
    left.legend(frameon=False, loc="lower left")
    left.set(xlabel="Discharge capacity / Ah", ylabel="Voltage / V", title="Discharge at 1C")
    for (name, values), style in zip(error.items(), ("C1s--", "C2o:"), strict=True):
        right.plot(rates, values, style)
        right.annotate(name, (rates[-1], values[-1]), (-4, 6), textcoords="offset points", ha="right")
    right.set(
        xlabel="C-rate",
        ylabel="Rms difference from the DFN / mV",
        ylim=(0, 185),
        title=f"At 1C the SPMe is {error['SPMe'][2]:.0f} mV off",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return error["SPMe"][2]


if __name__ == "__main__":
    print(f"{main(PICTURE):.1f} mV")
