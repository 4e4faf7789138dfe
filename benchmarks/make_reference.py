"""Converged voltage curves from PyBaMM, written as small CSV files to tests/reference.

    python benchmarks/make_reference.py [Chen2020] [Marquis2019] [Ecker2015] [single_ion] [US06]

PyBaMM's error in x has a first-order and a second-order part (the second rules where the salt
runs out): 40, 80 and 160 volumes in each region eliminate both, V = (V40 - 6 V80 + 8 V160) / 3.
Its error in r is second order: 60 and 120 shells, graded towards the surface, eliminate it,
V += 4/3 (V120 - V60), found on 40 volumes (on 20, with 120 and 240 shells, for SPM).  IDAKLU,
rtol 1e-8, atol 1e-9, isothermal, stock parameter sets.

PyBaMM's SPMe evaluates the conductivity at an "X-averaged electrolyte concentration" that is not
the mean one: it averages (salt per volume) / porosity, 1161 mol/m3 in Marquis2019 whose electrolyte
starts and stays at a mean of 1000.  Its ohmic loss is rescaled here to the mean concentration.
"""

import sys

import numpy as np
import paths
import pybamm
from reference_cells import SINGLE_ION

from cellsim.protocols.drive_cycles import HOME as CYCLES

HOME = paths.TESTS / "reference"
SETS = ("Chen2020", "Marquis2019", "Ecker2015")
POINTS = 160
SHELLS = ("r_n", "r_p", "r_n_prim", "r_n_sec")  # PyBaMM takes those that a model has
SIZES = {"R_n": 30, "R_p": 30}  # classes of a distribution


def simulation(model, values, volumes, shells, rtol=1e-8, stretch=3, **how):
    """A PyBaMM simulation on a particle mesh graded towards the surface; how: as `pybamm.Simulation` takes it."""
    graded = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, submesh_params={"side": "right", "stretch": stretch})
    sub = {k: graded if k.endswith("particle") else v for k, v in dict(model.default_submesh_types).items()}
    points = dict.fromkeys(("x_n", "x_s", "x_p"), volumes) | dict.fromkeys(SHELLS, shells) | SIZES
    solver = pybamm.IDAKLUSolver(rtol=rtol, atol=0.1 * rtol)
    return pybamm.Simulation(model, parameter_values=values, submesh_types=sub, var_pts=points, solver=solver, **how)


def solve(model, values, current, volumes, shells, t_end, rtol=1e-8):
    """Solution of a run; current [A], discharge positive: a number or an expression.

    t_end [s]: where it ends, or all the times at which the current has kinks.
    """
    values = values.copy()
    values["Current function [A]"] = current
    run = simulation(model, values, volumes, shells, rtol)
    return run.solve([0.0, t_end] if np.isscalar(t_end) else t_end)


def weighted(model, values, current, t_end, meshes):
    """Times [s] over the first 95 % of the run, voltages [V] there and end [s], free of mesh error.

    model: called without arguments, gives a fresh PyBaMM model.  meshes: {(volumes, shells): weight}.
    """
    runs = [solve(model(), values, current, *mesh, t_end) for mesh in meshes]
    t = np.linspace(0.0, 0.95 * min(run.t[-1] for run in runs), POINTS)[1:]
    weigh = lambda results: sum(w * x for w, x in zip(meshes.values(), results, strict=True))  # noqa: E731
    return t, weigh([voltage(run, t, values) for run in runs]), weigh([run.t[-1] for run in runs])


def converged(model, values, current, t_end, n=40):
    """As `weighted`, on the meshes that suit the model; n: volumes of the coarsest mesh."""
    if type(model()) is pybamm.lithium_ion.SPM:
        meshes = {(20, 120): -1.0 / 3.0, (20, 240): 4.0 / 3.0}
    else:
        meshes = {(n, 60): 1.0 / 3.0 - 4.0 / 3.0, (2 * n, 60): -2.0, (4 * n, 60): 8.0 / 3.0, (n, 120): 4.0 / 3.0}
    try:
        return weighted(model, values, current, t_end, meshes)
    except pybamm.SolverError as fault:  # IDA gives up on Ecker2015 at C/5 with 160 volumes
        print(f"{current:g} A on {list(meshes)}: {fault}; coarser", flush=True)
        return converged(model, values, current, t_end, n // 2)


def voltage(run, t, values):
    """Voltage [V] at times t [s]; of an SPMe with the electrolyte's resistance at its mean concentration."""
    V = run["Voltage [V]"](t=t)
    if type(run.all_models[0]) is not pybamm.lithium_ion.SPMe:
        return V
    T = pybamm.Scalar(values["Ambient temperature [K]"])
    law = values["Electrolyte conductivity [S.m-1]"]
    used, mean = (
        float(values.evaluate(law(pybamm.Scalar(c), T)))
        for c in (
            run["X-averaged electrolyte concentration [mol.m-3]"](t=t[0]).item(),
            values["Initial concentration in electrolyte [mol.m-3]"],
        )
    )
    return V + run["X-averaged battery electrolyte ohmic losses [V]"](t=t) * (used / mean - 1.0)


def middles(steps, points):
    """Times [s] in the middle of so many equal parts of each step; steps: (current [A], duration [s])."""
    starts = np.cumsum([0.0, *(time for _, time in steps[:-1])])
    each = [start + time * (np.arange(points) + 0.5) / points for start, (_, time) in zip(starts, steps, strict=True)]
    return np.concatenate(each)


def stepped(built, values, steps, points, mesh):
    """Voltages [V] at `middles` of a PyBaMM model; mesh: (volumes, shells)."""
    program = [pybamm.step.current(current, duration=time, period=time / (2 * points)) for current, time in steps]
    solution = simulation(built, values, *mesh, experiment=pybamm.Experiment(program)).solve()
    total = sum(time for _, time in steps)
    if abs(solution.t[-1] - total) > 1e-6:
        raise SystemExit(f"{built.name}: ended after {solution.t[-1]:g} s, not {total:g} s: {solution.termination}")
    at = middles(steps, points).reshape(len(steps), points)
    return np.concatenate([voltage(cycle, t, values) for t, cycle in zip(at, solution.cycles, strict=True)])


def write_columns(path, columns, script, fmt="%.7g"):
    """A file with a column for each run; its second line names them."""
    header = f"PyBaMM {pybamm.__version__}; voltages [V] of benchmarks/{script}\n" + ",".join(columns)
    table = np.column_stack(list(columns.values()))
    np.savetxt(path, table, fmt=fmt, delimiter=",", comments="# ", header=header)


def write_choices(path, script, models, option, values, steps, points):
    """A file with voltages [V] at `middles`, free of mesh error, of each model with each choice of one of its options.

    models: {name: {(volumes, shells): weight}}.  values: {choice: PyBaMM's parameter values}.
    """
    columns = {"time_s": middles(steps, points)}
    for kind, meshes in models.items():
        for choice, numbers in values.items():
            built = [getattr(pybamm.lithium_ion, kind)({option: choice}) for _ in meshes]
            runs = [stepped(model, numbers, steps, points, mesh) for model, mesh in zip(built, meshes, strict=True)]
            V = columns[f"{kind} {choice}"] = sum(w * run for w, run in zip(meshes.values(), runs, strict=True))
            print(
                f"{kind}, {choice}: {1e3 * np.max(np.abs(runs[-2] - V)):.3g} mV from its finest mesh in x", flush=True
            )
            write_columns(path, columns, script)  # so far: the rest takes long


def write(name, t, V, t_end):
    table = np.column_stack([t, V])
    np.savetxt(
        HOME / f"pybamm_{name}.csv",
        table,
        fmt="%.6f",
        delimiter=",",
        comments="# ",
        header=f"PyBaMM {pybamm.__version__}; run ends at {t_end:.4f} s\ntime_s,voltage_V",
    )


def full_cell(name, kind, charge, rate):
    """One curve of a stock set: discharge from 100 % SOC, charge from 10 %."""
    model = getattr(pybamm.lithium_ion, kind)
    values = pybamm.ParameterValues(name)
    values.set_initial_state(0.1 if charge else 1.0)
    current = rate * values["Nominal cell capacity [A.h]"] * (-1.0 if charge else 1.0)
    t, V, t_end = converged(model, values, current, 4.0 * 3600.0 / rate)
    write(f"{name}_{kind}_{'chg' if charge else 'dis'}_{rate:g}".replace(".", "p"), t, V, t_end)


def single_ion_values():
    """PyBaMM's parameters of the half-cell with a transference number of 1: no salt gradient can arise."""
    o = SINGLE_ION
    values = pybamm.ParameterValues("Xu2019")
    chen = pybamm.ParameterValues("Chen2020")
    values.update(
        {
            "Electrode height [m]": 1.0,
            "Electrode width [m]": o["area"],
            "Number of electrodes connected in parallel to make a cell": 1.0,
            "Separator thickness [m]": o["L_s"],
            "Positive electrode thickness [m]": o["L_p"],
            "Separator porosity": 1.0,
            "Positive electrode porosity": o["eps_e"],
            "Positive electrode active material volume fraction": o["eps_s"],
            "Separator Bruggeman coefficient (electrolyte)": o["b"],
            "Positive electrode Bruggeman coefficient (electrolyte)": o["b"],
            "Positive electrode Bruggeman coefficient (electrode)": 0.0,
            "Positive electrode conductivity [S.m-1]": o["sigma"],
            "Positive particle radius [m]": o["R_p"],
            "Positive particle diffusivity [m2.s-1]": o["D_s"],
            "Maximum concentration in positive electrode [mol.m-3]": o["c_max"],
            "Initial concentration in positive electrode [mol.m-3]": o["x0"] * o["c_max"],
            "Positive electrode OCP [V]": chen["Positive electrode OCP [V]"],
            "Positive electrode OCP entropic change [V.K-1]": 0.0,
            "Positive electrode exchange-current density [A.m-2]": lambda c_e, c_s, c_max, T: (
                2.0 * o["i0"] * pybamm.sqrt(c_s / c_max * (1.0 - c_s / c_max))
            ),
            "Exchange-current density for lithium metal electrode [A.m-2]": lambda c_e, c_Li, T: o["i0_li"],
            "Cation transference number": 1.0,
            "Thermodynamic factor": 1.0,
            "Electrolyte conductivity [S.m-1]": o["kappa"],
            "Electrolyte diffusivity [m2.s-1]": 1e-10,
            "Initial concentration in electrolyte [mol.m-3]": 1000.0,
            "Reference temperature [K]": o["T"],
            "Ambient temperature [K]": o["T"],
            "Initial temperature [K]": o["T"],
            "Lower voltage cut-off [V]": o["cut"],
            "Upper voltage cut-off [V]": 5.0,
        }
    )
    return values


def half_cell():
    """The half-cell DFN."""
    return pybamm.lithium_ion.DFN({"working electrode": "positive"})


def single_ion(rate):
    """One curve of the half-cell."""
    t, V, t_end = converged(half_cell, single_ion_values(), rate * SINGLE_ION["one_c"], 4.0 * 3600.0 / rate)
    write(f"single_ion_dis_{rate:.3g}".replace(".", "p"), t, V, t_end)


def drive_cycle(path):
    """DFN of Chen2020 from 80 % SOC under a current linear between the points of a file; V at these.

    As `converged` with 20 volumes on the coarsest mesh.
    """
    t, current = np.loadtxt(path, delimiter=",", unpack=True)
    values = pybamm.ParameterValues("Chen2020")
    values.set_initial_state(0.8)
    load = pybamm.Interpolant(t, current, pybamm.t, interpolator="linear")
    meshes = {(20, 60): 1.0 / 3.0 - 4.0 / 3.0, (40, 60): -2.0, (80, 60): 8.0 / 3.0, (20, 120): 4.0 / 3.0}
    V = sum(
        w * solve(pybamm.lithium_ion.DFN(), values, load, *mesh, t)["Voltage [V]"](t=t) for mesh, w in meshes.items()
    )
    write(f"Chen2020_DFN_{path.stem}", t, V, t[-1])


def main(names):
    HOME.mkdir(parents=True, exist_ok=True)
    if "US06" in names:
        drive_cycle(CYCLES / "US06_current.csv")
    if "single_ion" in names:
        for rate in (1.0 / 3.0, 1.0, 2.0):
            single_ion(rate)
    for name in (n for n in SETS if n in names):
        for kind in ("SPM", "SPMe", "DFN"):
            for rate in (0.2, 1.0, 2.0, 3.0):
                full_cell(name, kind, False, rate)
            for rate in (1.0, 2.0):
                full_cell(name, kind, True, rate)
            print(name, kind, "done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or (*SETS, "single_ion"))
