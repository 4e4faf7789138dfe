"""Converged voltage and temperature curves of PyBaMM's lumped thermal model, as CSV files in tests/reference.

    python benchmarks/make_heat_reference.py [CASE ...]

Stock sets: a 2C charge with hold of Chen2020, from 10 %, and a 1C discharge of ORegan2022 from its printed
state, whose laws all depend on temperature.  20, 40 and 80 volumes a region and 60 and 120 graded shells
eliminate the error of the mesh as in make_reference.py.  IDAKLU, rtol 1e-8, atol 1e-9.  The first comment
line of a file has the heat capacity [J/K] and conductance [W/K] of the lump.
"""

import sys

import numpy as np
import paths
import pybamm
from make_reference import simulation

HOME = paths.TESTS / "reference"
MESHES = {(20, 60): 1.0 / 3.0 - 4.0 / 3.0, (40, 60): -2.0, (80, 60): 8.0 / 3.0, (20, 120): 4.0 / 3.0}
NAMES = ("Voltage [V]", "Volume-averaged cell temperature [K]", "Total heating [W]")
CASES = {
    "Chen2020_cccv_2": ("Chen2020", ["Charge at 2C until 4.2 V", "Hold at 4.2 V until C/10"], 0.1),
    "ORegan2022_dis_1": ("ORegan2022", ["Discharge at 1C until 2.5 V"], None),
}


def solve(name, steps, soc, volumes, shells):
    """Solution of an experiment on a graded mesh, and its parameter values."""
    values = pybamm.ParameterValues(name)
    if soc is not None:
        values.set_initial_state(soc)
    if name == "ORegan2022":  # whose heat capacities depend on temperature; ours does not
        values["Cell heat capacity [J.K-1.m-3]"] = 2.5e6
    options = {"thermal": "lumped", "use lumped thermal capacity": str(name == "ORegan2022").lower()}
    model = pybamm.lithium_ion.DFN(options)
    return simulation(model, values, volumes, shells, experiment=pybamm.Experiment(steps)).solve(), values


def write(case):
    """One curve, step by step: each on 100 of its own times up to 95 % of its shortest run."""
    runs = [solve(*CASES[case], *mesh) for mesh in MESHES]
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
        rows.append(np.column_stack([np.full(since.size, k), since, *columns]))
    run, values = runs[-1]
    volume = values["Cell volume [m3]"]
    C = float(run["Volume-averaged effective heat capacity [J.K-1.m-3]"].entries[0]) * volume
    loss = values["Total heat transfer coefficient [W.m-2.K-1]"] * values["Cell cooling surface area [m2]"]
    np.savetxt(
        HOME / f"heat_{case}.csv",
        np.concatenate(rows),
        fmt="%.7g",
        delimiter=",",
        comments="# ",
        header=f"PyBaMM {pybamm.__version__}; {C:.8g} J/K; {loss:.8g} W/K\n"
        "step,time_in_step_s,voltage_V,temperature_K,heating_W",
    )


if __name__ == "__main__":
    for case in sys.argv[1:] or CASES:
        write(case)
        print(case, flush=True)
