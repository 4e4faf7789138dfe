"""Converged curves of composite electrodes and of distributions of size from PyBaMM, written to tests/reference.

    python benchmarks/make_composite_reference.py [composite] [mpm]

composite: the DFN of PyBaMM's Chen2020_composite set, whose phases begin at different potentials; a charge begins at
the stoichiometries in START.  Errors of the mesh are eliminated as in `make_reference`, from 20, 40 and 80 volumes in
each region and 40 and 80 shells.  mpm: PyBaMM's MPM of Marquis2019 with its default distribution, on 30 classes of
size, with 40 and 80 shells.  IDAKLU, rtol 1e-8, atol 1e-9, isothermal.
"""

import sys

import make_reference as reference
import numpy as np
import pybamm

PHASES = {"particle phases": ("2", "1")}
SECTION = "{} electrode [mol.m-3]"
START = {"Primary: Negative": 0.08, "Secondary: Negative": 0.62, "Positive": 0.86}  # of a charge, about at rest
RATES = {"dis": (0.2, 1.0, 2.0), "chg": (0.5, 1.0)}
SHELLS = ("r_n", "r_p", "r_n_prim", "r_n_sec")


def solve(model, values, current, volumes, shells, t_end):
    """As `make_reference.solve`, with a graded mesh in the particles of both phases."""
    values = values.copy()
    values["Current function [A]"] = current
    sub = dict(model.default_submesh_types)
    graded = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, submesh_params={"side": "right", "stretch": 3})
    for key in sub:
        if key.endswith("particle"):
            sub[key] = graded
    points = {"x_n": volumes, "x_s": volumes, "x_p": volumes} | dict.fromkeys(SHELLS, shells)
    points |= {"R_n": 30, "R_p": 30}
    simulation = pybamm.Simulation(
        model,
        parameter_values=values,
        submesh_types=sub,
        var_pts=points,
        solver=pybamm.IDAKLUSolver(rtol=1e-8, atol=1e-9),
    )
    return simulation.solve([0.0, t_end])


def converged(model, values, current, t_end, meshes):
    """Times [s] over the first 95 % of a run, voltages [V] there and end [s]; meshes: their weights."""
    runs = []
    for mesh in meshes:
        runs.append(solve(model(), values, current, *mesh, t_end))
        print(f"{current:g} A on {mesh}: {runs[-1].t[-1]:.3f} s", flush=True)
    t = np.linspace(0.0, 0.95 * min(run.t[-1] for run in runs), reference.POINTS)[1:]
    weigh = lambda results: sum(w * x for w, x in zip(meshes.values(), results, strict=True))  # noqa: E731
    return t, weigh([run["Voltage [V]"](t=t) for run in runs]), weigh([run.t[-1] for run in runs])


def composite():
    """Discharges from the concentrations that the set states, charges from START."""
    meshes = {(20, 40): 1.0 / 3.0 - 4.0 / 3.0, (40, 40): -2.0, (80, 40): 8.0 / 3.0, (20, 80): 4.0 / 3.0}
    for way, rates in RATES.items():
        for rate in rates:
            values = pybamm.ParameterValues("Chen2020_composite")
            for which, x in START.items() if way == "chg" else ():
                phase, _, side = which.rpartition(": ")
                name = f"{{}} concentration in {side.lower()} electrode [mol.m-3]"
                prefix = f"{phase}: " if phase else ""
                values[prefix + name.format("Initial")] = x * values[prefix + name.format("Maximum")]
            current = rate * values["Nominal cell capacity [A.h]"] * (-1.0 if way == "chg" else 1.0)
            model = lambda: pybamm.lithium_ion.DFN(PHASES)  # noqa: E731
            t, V, t_end = converged(model, values, current, 4.0 * 3600.0 / rate, meshes)
            reference.write(f"composite_{way}_{rate:g}".replace(".", "p"), t, V, t_end)


def mpm():
    """Discharges of the MPM from the concentrations that the set states."""
    for rate in (0.2, 1.0, 2.0):
        values = pybamm.get_size_distribution_parameters(pybamm.ParameterValues("Marquis2019"))
        current = rate * values["Nominal cell capacity [A.h]"]
        t, V, t_end = converged(
            pybamm.lithium_ion.MPM, values, current, 4.0 * 3600.0 / rate, {(20, 40): -1.0 / 3.0, (20, 80): 4.0 / 3.0}
        )
        reference.write(f"mpm_dis_{rate:g}".replace(".", "p"), t, V, t_end)


if __name__ == "__main__":
    for which in sys.argv[1:] or ("composite", "mpm"):
        {"composite": composite, "mpm": mpm}[which]()
