"""Converged voltage and temperature curves of PyBaMM's thermal models, as CSV files in tests/reference.

    python benchmarks/make_heat_reference.py [CASE ...]

Stock sets: a 2C charge with hold of Chen2020, from 10 %, and a 1C discharge of ORegan2022 from its printed
state, whose laws all depend on temperature, with lumped heat; and the charge with temperatures all through the
electrode pair (x-full), cooled with the same conductance at both of its collectors.  20, 40 and 80 volumes a region
and 60 and 120 graded shells eliminate the error of the mesh as in make_reference.py.  IDAKLU, rtol 1e-8, atol 1e-9.
The first comment line of a file has the heat capacity [J/K] and conductance [W/K] of the cell; with x-full a last
column has the difference of the highest and the lowest temperature in the pair.
"""

import sys

import numpy as np
import paths
import pybamm
from make_reference import simulation

HOME = paths.TESTS / "reference"
MESHES = {(20, 60): 1.0 / 3.0 - 4.0 / 3.0, (40, 60): -2.0, (80, 60): 8.0 / 3.0, (20, 120): 4.0 / 3.0}
NAMES = ("Voltage [V]", "Volume-averaged cell temperature [K]", "Total heating [W]")
LAYERS = (
    *(f"{side} {part}" for side in ("Negative", "Positive") for part in ("electrode", "current collector")),
    "Separator",
)
CASES = {
    "Chen2020_cccv_2": ("Chen2020", ["Charge at 2C until 4.2 V", "Hold at 4.2 V until C/10"], 0.1),
    "ORegan2022_dis_1": ("ORegan2022", ["Discharge at 1C until 2.5 V"], None),
    "Chen2020_xfull_2": ("Chen2020", ["Charge at 2C until 4.2 V", "Hold at 4.2 V until C/10"], 0.1),
}


def solve(name, steps, soc, volumes, shells, thermal="lumped"):
    """Solution of an experiment on a graded mesh, and its parameter values."""
    values = pybamm.ParameterValues(name)
    if soc is not None:
        values.set_initial_state(soc)
    if name == "ORegan2022":  # whose heat capacities depend on temperature; ours does not
        values["Cell heat capacity [J.K-1.m-3]"] = 2.5e6
    if thermal == "x-full":
        faces = values["Total heat transfer coefficient [W.m-2.K-1]"] * values["Cell cooling surface area [m2]"]
        faces /= 2.0 * values["Electrode height [m]"] * values["Electrode width [m]"]
        for side in ("Negative", "Positive"):
            tab = {f"{side} tab {key} [m]": 0.0 for key in ("width", "centre y-coordinate", "centre z-coordinate")}
            more = tab | {
                f"{side} current collector surface heat transfer coefficient [W.m-2.K-1]": faces,
                f"{side} tab heat transfer coefficient [W.m-2.K-1]": 0.0,
            }
            values.update(more | {"Edge heat transfer coefficient [W.m-2.K-1]": 0.0}, check_already_exists=False)
    options = {"thermal": thermal, "use lumped thermal capacity": str(name == "ORegan2022").lower()}
    model = pybamm.lithium_ion.DFN(options)
    return simulation(model, values, volumes, shells, experiment=pybamm.Experiment(steps)).solve(), values


def write(case):
    """One curve, step by step: each on 100 of its own times up to 95 % of its shortest run."""
    thermal = "x-full" if "xfull" in case else "lumped"
    runs = [solve(*CASES[case], *mesh, thermal) for mesh in MESHES]
    rows = []
    for k in range(len(CASES[case][1])):
        steps = [run.cycles[k] for run, _ in runs]
        begins = [step.t[0] for step in steps]
        length = 0.95 * min(step.t[-1] - t0 for step, t0 in zip(steps, begins, strict=True))
        since = np.linspace(0.0, length, 101)[1:]
        columns = [
            sum(w * step[n](t=t0 + since) for w, step, t0 in zip(MESHES.values(), steps, begins, strict=True))
            for n in NAMES
        ]
        if thermal == "x-full":
            profile = steps[-1]["Cell temperature [K]"](t=begins[-1] + since)
            columns.append(np.ptp(np.asarray(profile).reshape(-1, since.size), axis=0))
        rows.append(np.column_stack([np.full(since.size, k), since, *columns]))
    run, values = runs[-1]
    volume = values["Cell volume [m3]"]
    if thermal == "x-full":  # which has the volume of its layers
        thickness = sum(values[f"{layer} thickness [m]"] for layer in LAYERS)
        volume = thickness * values["Electrode height [m]"] * values["Electrode width [m]"]
    C = float(run["Volume-averaged effective heat capacity [J.K-1.m-3]"].entries[0]) * volume
    loss = values["Total heat transfer coefficient [W.m-2.K-1]"] * values["Cell cooling surface area [m2]"]
    np.savetxt(
        HOME / f"heat_{case}.csv",
        np.concatenate(rows),
        fmt="%.7g",
        delimiter=",",
        comments="# ",
        header=f"PyBaMM {pybamm.__version__}; {C:.8g} J/K; {loss:.8g} W/K\n"
        "step,time_in_step_s,voltage_V,temperature_K,heating_W" + ",range_K" * (thermal == "x-full"),
    )


if __name__ == "__main__":
    for case in sys.argv[1:] or CASES:
        write(case)
        print(case, flush=True)
