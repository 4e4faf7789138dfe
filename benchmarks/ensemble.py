"""A thousand variations of a CC-CV charge: simulate_many against PyBaMM, one solve after the other."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measure import console, show

import cellsim

CELL = "lgm50_chen2020"
VARIED = {
    "negative electrode/particle diffusivity": "Negative particle diffusivity [m2.s-1]",
    "positive electrode/particle diffusivity": "Positive particle diffusivity [m2.s-1]",
}
RANDOM = np.random.default_rng(3)


def variations(runs):
    """Factors (runs, 2) on the diffusivities, between 0.7 and 1.4; other ones each time, as much is kept."""
    return np.exp2(RANDOM.uniform(-0.5, 0.5, (runs, len(VARIED))))


def our_cases(runs):
    """Cases of a CC-CV charge at 1C from 10 %."""
    cell = cellsim.load(CELL)
    base = {key: cell.law(key).value for key in VARIED}
    steps = [cellsim.charge(1.0), cellsim.hold(cell.value("cell/upper voltage cut-off"))]
    for factors in variations(runs):
        changes = {key: float(x * f) for (key, x), f in zip(base.items(), factors, strict=True)}
        yield cellsim.Case(cell, steps, soc=0.1, changes=changes)


def ours(runs, **how):
    """(wall s, CPU s) of our ensemble, its voltages written to a file; how: threads or processes."""
    with tempfile.TemporaryDirectory() as folder:
        cpu, wall = time.process_time(), time.perf_counter()
        found = cellsim.simulate_many(our_cases(runs), path=Path(folder) / "runs.parquet", **how)
        spent = time.perf_counter() - wall, time.process_time() - cpu
    if found.failures:
        raise RuntimeError(f"ensemble: {found}")
    return spent


def memory():
    """MB of this process and those it started, what they share being divided among them (Linux; else nan)."""
    try:
        tree = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout.split()[2:]
        ours, found = dict(zip(map(int, tree[::2]), map(int, tree[1::2]), strict=True)), {os.getpid()}
        while more := {pid for pid, parent in ours.items() if parent in found} - found:
            found |= more
        lines = [
            line
            for pid in found
            if Path(f"/proc/{pid}/smaps_rollup").exists()
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            if line.startswith("Pss:")
        ]
        return sum(int(line.split()[1]) for line in lines) / 1024.0
    except (OSError, subprocess.SubprocessError):
        return float("nan")


def in_a_fresh_process(runs, how, repeats=5):
    """Medians of (wall s, CPU s), after a first time to warm up, and MB, of our ensemble with nothing else around."""
    code = (
        f"import json, ensemble\nfound = [ensemble.ours({runs}, **{how!r}) for _ in range({repeats + 1})]\n"
        "print(json.dumps([found, ensemble.memory()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    found, used = json.loads(done.stdout.splitlines()[-1])
    return *np.median(found[1:], axis=0), used


FLOOR = """
import sys, time
import cellsim
from cellsim.kernels.call import calls
from cellsim.simulation.run import simulate_coroutine
cell, steps = cellsim.load("lgm50_chen2020"), [cellsim.charge(1.0), cellsim.hold(4.2)]

def kernels(runs):
    spent = 0.0
    for _ in range(runs):
        call = simulate_coroutine(cell, steps, soc=0.1).send(None)
        began = time.perf_counter()
        calls.performed(call)
        spent += time.perf_counter() - began
    return 1e3 * spent / runs

kernels(20)
print("ready", flush=True)
for line in sys.stdin:
    print(kernels(int(line)), flush=True)
"""


def kernels_side_by_side(processes, runs=300, repeats=5):
    """How many times faster kernels alone are in so many processes that have nothing in common than in one: what the
    machine itself gives, now (median of repeats in turn)."""
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    workers = [subprocess.Popen([sys.executable, "-c", FLOOR], **pipe) for _ in range(processes)]
    for worker in workers:
        worker.stdout.readline()

    def together(some):
        for worker in some:
            worker.stdin.write(f"{runs}\n")
        return float(np.mean([float(worker.stdout.readline()) for worker in some]))

    ratios = [processes * together(workers[:1]) / together(workers) for _ in range(repeats)]
    for worker in workers:
        worker.stdin.close()
        worker.wait()
    return float(np.median(ratios))


def theirs(runs):
    """(wall s, CPU s) of PyBaMM on its default mesh: an experiment refuses a list of inputs, so solve by solve."""
    import pybamm

    values = pybamm.ParameterValues("Chen2020")
    values.set_initial_state(0.1)
    base = {name: values[name] for name in VARIED.values()}
    values.update({name: "[input]" for name in VARIED.values()})
    steps = pybamm.Experiment([("Charge at 1C until 4.2 V", "Hold at 4.2 V until C/20")])
    built = pybamm.Simulation(
        pybamm.lithium_ion.DFN(), parameter_values=values, experiment=steps, solver=pybamm.IDAKLUSolver()
    )
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
    ways = {
        "1 thread": {"threads": 1},
        f"{cores} threads": {"threads": cores},
        f"{cores} processes": {"processes": cores},
    }
    rows = []
    for name, how in ways.items():
        wall, cpu, used = in_a_fresh_process(runs, how)
        rows.append(
            {
                "program": "cellsim",
                "on": name,
                "runs": runs,
                "CPU ms a run": 1e3 * cpu / runs,
                "wall ms a run": 1e3 * wall / runs,
                "MB": used,
            }
        )
    wall, cpu = theirs(peer_runs)
    rows.append(
        {
            "program": "PyBaMM",
            "on": "1 thread",
            "runs": peer_runs,
            "CPU ms a run": 1e3 * cpu / peer_runs,
            "wall ms a run": 1e3 * wall / peer_runs,
            "MB": float("nan"),
        }
    )
    show("Ensemble: CC-CV charges at 1C, DFN, defaults", rows)
    one = rows[0]["wall ms a run"]
    efficiency = {row["on"]: one / row["wall ms a run"] / cores for row in rows[1:-1]}
    floor = kernels_side_by_side(cores)
    console.print(
        f"{rows[-1]['CPU ms a run'] / rows[0]['CPU ms a run']:.1f} times less processor time than PyBaMM; "
        "parallel efficiency "
        + ", ".join(f"{e:.2f} on {name}" for name, e in efficiency.items())
        + f", {floor / cores:.2f} of kernels alone in {cores} processes that have nothing in common"
        + ". Processor time of processes is that of this one only; memory is that of all of them."
    )
    return {"rows": rows, "parallel efficiency": efficiency, "of kernels alone": floor / cores}
