"""Do cellsim and PyBaMM give the same voltage for the same cell?

Model: DFN of both programs, isothermal at 25 degC; PyBaMM on 60 volumes and 60 shells, cellsim on the mesh that it
chooses for 1 mV.  They differ most in the first seconds, when the diffusion layers in the particles are hardly
thicker than a shell of PyBaMM's even mesh.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534, as shipped by each program.
Returns the rms difference of the voltages over a 2C discharge [mV].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pybamm

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"


def main(picture: Path | None = None) -> float:
    """Discharge at 2C with both; return the rms difference [mV]."""
    points = {name: 60 for name in ("x_n", "x_s", "x_p", "r_n", "r_p")}
    theirs = pybamm.Simulation(
        pybamm.lithium_ion.DFN(), parameter_values=pybamm.ParameterValues("Chen2020"), C_rate=2.0, var_pts=points
    ).solve([0.0, 1800.0], initial_soc=1.0)
    ours = cellsim.simulate("lgm50_chen2020", cellsim.discharge(2.0))
    t = np.linspace(1.0, min(ours.t[-1], theirs.t[-1]) - 1.0, 400)
    voltage = theirs["Voltage [V]"](t)
    difference = 1e3 * (ours.at("Voltage [V]", t) - voltage)
    rms = float(np.sqrt(np.mean(difference**2)))

    plt.style.use("tableau-colorblind10")
    fig, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(6.4, 4.6), layout="constrained")
    upper.plot(t, voltage, "k-", lw=3, alpha=0.4, label="PyBaMM")
    upper.plot(ours.t, ours["Voltage [V]"], "C0--", label="cellsim")
    upper.legend(frameon=False)
    upper.set(ylabel="Voltage / V", title=f"2C discharge: {rms:.2f} mV rms between cellsim and PyBaMM")
    lower.plot(t, difference, "C1")
    lower.axhline(0.0, color="0.6", lw=0.8)
    lower.set(xlabel="Time / s", ylabel="cellsim − PyBaMM / mV")
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return rms


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} mV")
