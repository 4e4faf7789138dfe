"""A thousand variations of a CC-CV charge: simulate_many against PyBaMM, one solve after the other."""
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from measure import console, show

import cellsim

CELL = "lgm50_chen2020"
VARIED = {"negative electrode/particle diffusivity": "Negative particle diffusivity [m2.s-1]",
          "positive electrode/particle diffusivity": "Positive particle diffusivity [m2.s-1]"}


def variations(runs):
    """Factors (runs, 2) on the diffusivities, between 0.7 and 1.4."""
    return np.exp2(np.random.default_rng(3).uniform(-0.5, 0.5, (runs, len(VARIED))))


def our_cases(runs):
    """Cases of a CC-CV charge at 1C from 10 %."""
    cell = cellsim.load(CELL)
    base = {key: cell.law(key).value for key in VARIED}
    steps = [cellsim.charge(1.0), cellsim.hold(cell.value("cell/upper voltage cut-off"))]
    for factors in variations(runs):
        changes = {key: float(x * f) for (key, x), f in zip(base.items(), factors, strict=True)}
        yield cellsim.Case(cell, steps, soc=0.1, changes=changes)


def ours(runs, threads):
    """(wall s, CPU s) of our ensemble, its voltages written to a file."""
    with tempfile.TemporaryDirectory() as folder:
        cpu, wall = time.process_time(), time.perf_counter()
        found = cellsim.simulate_many(our_cases(runs), threads=threads, path=Path(folder) / "runs.parquet")
        spent = time.perf_counter() - wall, time.process_time() - cpu
    if found.failures:
        raise RuntimeError(f"ensemble: {found}")
    return spent


def theirs(runs):
    """(wall s, CPU s) of PyBaMM on its default mesh: an experiment refuses a list of inputs, so solve by solve."""
    import pybamm

    values = pybamm.ParameterValues("Chen2020")
    values.set_initial_state(0.1)
    base = {name: values[name] for name in VARIED.values()}
    values.update({name: "[input]" for name in VARIED.values()})
    steps = pybamm.Experiment([("Charge at 1C until 4.2 V", "Hold at 4.2 V until C/20")])
    built = pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=values, experiment=steps,
                              solver=pybamm.IDAKLUSolver())
    inputs = [{name: x * f for (name, x), f in zip(base.items(), factors, strict=True)} for factors in variations(runs)]
    built.solve(inputs=inputs[0])
    cpu, wall = time.process_time(), time.perf_counter()
    for each in inputs:
        built.solve(inputs=each)
    return time.perf_counter() - wall, time.process_time() - cpu


def compare(quick):
    """Rows of the ensemble's table, or None where this version of cellsim has no ensembles."""
    if not hasattr(cellsim, "simulate_many"):
        console.print("ensemble: not in this version of cellsim")
        return None
    runs, peer_runs, cores = (64, 4, 2) if quick else (1000, 24, os.cpu_count())
    ours(4, 1)
    rows = []
    for threads in (1, cores, None):
        wall, cpu = ours(runs, threads)
        rows.append({"program": "cellsim", "threads": threads or "unless given", "runs": runs,
                     "CPU ms a run": 1e3 * cpu / runs, "wall ms a run": 1e3 * wall / runs})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    wall, cpu = theirs(peer_runs)
    rows.append({"program": "PyBaMM", "threads": 1, "runs": peer_runs, "CPU ms a run": 1e3 * cpu / peer_runs,
                 "wall ms a run": 1e3 * wall / peer_runs})
    show("Ensemble: CC-CV charges at 1C, DFN, defaults", rows)
    one, many = rows[0]["wall ms a run"], rows[1]["wall ms a run"]
    efficiency = one / many / cores
    console.print(f"{rows[-1]['CPU ms a run'] / rows[-2]['CPU ms a run']:.1f} times less processor time; "
                  f"parallel efficiency {efficiency:.2f}; largest memory of this process so far {peak:.0f} MB, all "
                  "else included")
    return {"rows": rows, "parallel efficiency": efficiency, "peak MB": peak}
