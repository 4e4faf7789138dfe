"""Converged voltage curves from PyBaMM, written as small CSV files to tests/reference.

    python benchmarks/make_reference.py

PyBaMM's mesh in x is first order: every DFN curve is the extrapolation 2 V(2N) - V(N) in the
number of volumes, N = 40 in each region, with 60 shells graded towards the surface.  SPM and
SPMe curves are those of 80 volumes.  IDAKLU, rtol 1e-8, atol 1e-9, isothermal, stock sets.
"""
import os
from pathlib import Path

os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"

import numpy as np
import pybamm

HOME = Path(__file__).parents[1] / "tests" / "reference"
SETS = ("Chen2020", "Marquis2019", "Ecker2015")
POINTS = 160
F, R = pybamm.constants.F.value, pybamm.constants.R.value


def solve(model, values, current, volumes, t_end):
    """Solution of a constant-current run (discharge positive) on a graded particle mesh."""
    values = values.copy()
    values["Current function [A]"] = current
    sub = dict(model.default_submesh_types)
    graded = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, submesh_params={"side": "right", "stretch": 3})
    for key in ("negative particle", "positive particle"):
        if key in sub:
            sub[key] = graded
    points = {"x_n": volumes, "x_s": volumes, "x_p": volumes, "r_n": 60, "r_p": 60}
    simulation = pybamm.Simulation(model, parameter_values=values, submesh_types=sub, var_pts=points,
                                   solver=pybamm.IDAKLUSolver(rtol=1e-8, atol=1e-9))
    return simulation.solve([0.0, t_end])


def sample(solution, t):
    return solution["Voltage [V]"](t=t)


def write(name, t, V, t_end):
    table = np.column_stack([t, V])
    np.savetxt(HOME / f"pybamm_{name}.csv", table, fmt="%.6f", delimiter=",", comments="# ",
               header=f"PyBaMM {pybamm.__version__}; run ends at {t_end:.4f} s\ntime_s,voltage_V")


def full_cell(name, kind, charge, rate):
    """One curve of a stock set: discharge from 100 % SOC, charge from 10 %."""
    model = {"DFN": pybamm.lithium_ion.DFN, "SPMe": pybamm.lithium_ion.SPMe, "SPM": pybamm.lithium_ion.SPM}[kind]
    values = pybamm.ParameterValues(name)
    values.set_initial_state(0.1 if charge else 1.0)
    current = rate * values["Nominal cell capacity [A.h]"] * (-1.0 if charge else 1.0)
    runs = [solve(model(), values, current, n, 4.0 * 3600.0 / rate) for n in ((40, 80) if kind == "DFN" else (80,))]
    ends = [run.t[-1] for run in runs]
    t_end = 2.0 * ends[1] - ends[0] if kind == "DFN" else ends[0]
    t = np.linspace(0.0, 0.95 * min(ends), POINTS)[1:]
    V = [sample(run, t) for run in runs]
    V = 2.0 * V[1] - V[0] if kind == "DFN" else V[0]
    write(f"{name}_{kind}_{'chg' if charge else 'dis'}_{rate:g}".replace(".", "p"), t, V, t_end)


ORACLE = {  # a single-ion cell: NMC811 | solid electrolyte | lithium, SI units
    "area": 1.0, "L_s": 30e-6, "L_p": 95e-6, "eps_e": 0.299, "eps_s": 0.553, "b": 1.5, "kappa": 0.5,
    "sigma": 5.0, "R_p": 1.75e-6, "D_s": 2e-15, "c_max": 48830.0, "i0": 0.5, "i0_li": 10.0, "T": 298.15,
    "x0": 0.27, "cut": 2.8, "one_c": 50.0}


def single_ion(rate):
    """PyBaMM's half-cell DFN with a transference number of 1: no salt gradient can arise."""
    o = ORACLE
    values = pybamm.ParameterValues("Xu2019")
    chen = pybamm.ParameterValues("Chen2020")
    values.update({
        "Electrode height [m]": 1.0, "Electrode width [m]": o["area"],
        "Number of electrodes connected in parallel to make a cell": 1.0,
        "Separator thickness [m]": o["L_s"], "Positive electrode thickness [m]": o["L_p"],
        "Separator porosity": 1.0, "Positive electrode porosity": o["eps_e"],
        "Positive electrode active material volume fraction": o["eps_s"],
        "Separator Bruggeman coefficient (electrolyte)": o["b"],
        "Positive electrode Bruggeman coefficient (electrolyte)": o["b"],
        "Positive electrode Bruggeman coefficient (electrode)": 0.0,
        "Positive electrode conductivity [S.m-1]": o["sigma"],
        "Positive particle radius [m]": o["R_p"], "Positive particle diffusivity [m2.s-1]": o["D_s"],
        "Maximum concentration in positive electrode [mol.m-3]": o["c_max"],
        "Initial concentration in positive electrode [mol.m-3]": o["x0"] * o["c_max"],
        "Positive electrode OCP [V]": chen["Positive electrode OCP [V]"],
        "Positive electrode OCP entropic change [V.K-1]": 0.0,
        "Positive electrode exchange-current density [A.m-2]":
            lambda c_e, c_s, c_max, T: 2.0 * o["i0"] * pybamm.sqrt(c_s / c_max * (1.0 - c_s / c_max)),
        "Exchange-current density for lithium metal electrode [A.m-2]": lambda c_e, c_Li, T: o["i0_li"],
        "Cation transference number": 1.0, "Thermodynamic factor": 1.0,
        "Electrolyte conductivity [S.m-1]": o["kappa"], "Electrolyte diffusivity [m2.s-1]": 1e-10,
        "Initial concentration in electrolyte [mol.m-3]": 1000.0,
        "Reference temperature [K]": o["T"], "Ambient temperature [K]": o["T"], "Initial temperature [K]": o["T"],
        "Lower voltage cut-off [V]": o["cut"], "Upper voltage cut-off [V]": 5.0,
    })
    model = {"working electrode": "positive"}
    runs = [solve(pybamm.lithium_ion.DFN(model), values, rate * o["one_c"], n, 4.0 * 3600.0 / rate) for n in (40, 80)]
    ends = [run.t[-1] for run in runs]
    t = np.linspace(0.0, 0.95 * min(ends), POINTS)[1:]
    write(f"single_ion_dis_{rate:.3g}".replace(".", "p"), t, 2.0 * sample(runs[1], t) - sample(runs[0], t),
          2.0 * ends[1] - ends[0])


def main():
    HOME.mkdir(parents=True, exist_ok=True)
    for rate in (1.0 / 3.0, 1.0, 2.0):
        single_ion(rate)
    for name in SETS:
        for kind, rates in (("DFN", (0.2, 1.0, 2.0, 3.0)), ("SPMe", (0.2, 1.0, 2.0, 3.0)), ("SPM", (0.2, 1.0, 2.0, 3.0))):
            for rate in rates:
                full_cell(name, kind, False, rate)
            for rate in (1.0, 2.0):
                full_cell(name, kind, True, rate)
            print(name, kind, "done", flush=True)


if __name__ == "__main__":
    main()
