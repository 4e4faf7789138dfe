"""Voltage and temperature of the measured discharges with heat: cellsim and PyBaMM's lumped DFN by the same measure.

    python benchmarks/measured_heat.py

Rms over the compared share of the time (`cellsim.studies.validation.lines.warm`); PyBaMM with its own set, 40 volumes a
region and 60 shells, as shipped: its heat capacity and cooling are those of its set, ours those of ours.
"""

import paths  # noqa: F401  makes the checkout importable, and quietens PyBaMM
import pybamm

from cellsim.studies.validation.lines import warm
from cellsim.studies.validation.reference import curve, rms

SETS = {"lgm50_oregan2022": "ORegan2022", "enertech_ai2020": "Ai2020"}


def theirs(case):
    """Rms of voltage [mV] and temperature [K], and highest rise [K], of PyBaMM's run."""
    t, V, T = curve(f"measured/{case.file}.csv", 2)
    said = warm.facts(case.file)
    values = pybamm.ParameterValues(SETS[case.cell])
    values["Current function [A]"] = said["current_A"]
    for key in ("Ambient", "Initial"):
        values[f"{key} temperature [K]"] = said["rest_K"]
    model = pybamm.lithium_ion.DFN({"thermal": "lumped"})
    points = {"x_n": 40, "x_s": 40, "x_p": 40, "r_n": 60, "r_p": 60}
    simulation = pybamm.Simulation(
        model, parameter_values=values, var_pts=points, solver=pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-6)
    )
    start = f"{said['rest_V']} V" if "rest_V" in said else None
    solution = simulation.solve([0.0, 1.05 * t[-1]], initial_soc=start)
    k = (t <= case.part * t[-1]) & (t <= solution.t[-1])
    warmth = solution["Volume-averaged cell temperature [K]"](t[k])
    return (
        1e3 * rms(t[k], solution["Voltage [V]"](t[k]) - V[k]),
        rms(t[k], warmth - T[k]),
        warmth.max() - said["rest_K"],
    )


def main():
    """A row each."""
    print("| run | measured rise | cellsim: voltage, temperature, rise | PyBaMM: the same |\n|---|---|---|---|")
    for case in (warm.LG, *warm.ENERTECH_RUNS.values()):
        V, T, measured, ours = warm.differences(case)
        other = theirs(case)
        print(
            f"| {case.file} | {measured:.2f} K | {V:.1f} mV, {T:.2f} K, {ours:.2f} K | "
            f"{other[0]:.1f} mV, {other[1]:.2f} K, {other[2]:.2f} K |"
        )


if __name__ == "__main__":
    main()
