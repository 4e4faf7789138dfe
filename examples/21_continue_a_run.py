"""How is a run continued, for example in a titration with pulses and rests (GITT)?

Model: DFN, isothermal at 25 degC; each pulse and rest starts where the run before it ended (`start=`).
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534.
Returns the largest difference between the continued runs and the same protocol as one run [mV].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
PULSE, COUNT = "Discharge at C/2 for 12 min; Rest for 30 min", 9


def main(picture: Path | None = None) -> float:
    """Run nine pulses one by one and at once; return how far they are apart [mV]."""
    parts, previous = [], None
    for _ in range(COUNT):
        previous = cellsim.simulate("lgm50_chen2020", PULSE, start=previous)
        parts.append(previous)
    whole = cellsim.simulate("lgm50_chen2020", [*PULSE.split(";")] * COUNT)
    begin = np.cumsum([0.0] + [part.t[-1] for part in parts])[:-1]
    apart = max(
        float(np.abs(part["Voltage [V]"][-1] - whole.at("Voltage [V]", [t0 + part.t[-1] - 1e-6])[0]))
        for part, t0 in zip(parts, begin, strict=True)
    )

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    for k, (part, t0) in enumerate(zip(parts, begin, strict=True)):
        ax.plot((t0 + part.t) / 3600.0, part["Voltage [V]"], f"C{k % 2}")
        ax.plot((t0 + part.t[-1]) / 3600.0, part["Voltage [V]"][-1], "ko", ms=4)
    ax.set(
        xlabel="Time / h",
        ylabel="Voltage / V",
        title=f"Nine runs, each continuing the last, are one run to within {max(1e3 * apart, 0.01):.2g} mV",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return 1e3 * apart


if __name__ == "__main__":
    print(f"{main(PICTURE):.4f} mV")
