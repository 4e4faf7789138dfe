"""What each kernel costs, against what this core can do; cost against mesh, number of runs; start-up; tables with heat.

    python benchmarks/kernels.py [--part parts|mesh|cells|startup|warming] [--quick]

Writes benchmarks/results/kernels.json.  All times are processor times; start-up is wall time.
"""

import os
import resource
import time
from enum import StrEnum

import inner_kernels
import numpy as np
import paths  # noqa: F401
import peak
import startup
import typer
import warming
from measure import conditions, console, paired, save, show

import cellsim
from cellsim.kernels.call import calls
from cellsim.kernels.integrators.ndf_history import Memory
from cellsim.numerics.fields import places
from cellsim.simulation import run as simulation

CELL, VARYING = "lgm50_chen2020", "ecker2015"
VOLUMES, SHELLS = (10, 20, 40, 80, 160, 320), (6, 12, 24, 48, 96)
RUNS = (1, 4, 16, 64, 256)


class Part(StrEnum):
    """What to measure."""

    all = "all"
    parts = "parts"
    mesh = "mesh"
    cells = "cells"
    startup = "startup"
    warming = "warming"


def newton_of(call):
    """Steps and Newton iterations of a call that has been made."""
    arguments = call.arguments
    return arguments.buffer.memory[places(Memory, arguments.sizes)["head"].start :][4:6].astype(int)


def watched(cell, step, model):
    """(time in the kernels [ms], steps, Newton iterations) of a run."""
    run, reply, ms, counts = simulation.simulate_coroutine(cell, step, model), None, 0.0, np.zeros(2)
    try:
        while True:
            call = run.send(reply)
            start = time.process_time()
            (reply,) = calls.perform([call])
            ms += 1e3 * (time.process_time() - start)
            if reply.steps[-1].status >= 0:
                counts += newton_of(call)
    except StopIteration:
        return ms, *map(int, counts)


def stage(cell, model, repeats=5):
    """A 1C discharge: whole time, time in the kernel [ms], steps, Newton iterations."""
    step = cellsim.discharge(1.0)
    whole = float(np.median(paired([lambda: cellsim.simulate(cell, step, model)], repeats)))
    kernel, steps, newton = zip(*(watched(cell, step, model) for _ in range(repeats)), strict=True)
    return {"simulate ms": whole, "kernel ms": float(np.median(kernel)), "steps": steps[0], "Newton": newton[0]}


def parts():
    """Cost of each kernel and its share of the core's peak."""
    core = peak.core()
    show("What this core reaches", [core])
    rows = inner_kernels.measure(core)
    whole = []
    for name in (CELL, VARYING):
        model = cellsim.DFN().resolved(cellsim.load(name), 298.15)
        row = stage(cellsim.load(name), model)
        n = sum(model.volumes)
        us = 1e3 * row["kernel ms"] / row["Newton"]
        whole.append(
            {"run at 1C": f"DFN, {name}", **row, "us a Newton iteration": us, "ns a volume and iteration": 1e3 * us / n}
            | inner_kernels.shares(rows, 1e3 * us / n, model.shells, name == VARYING)
        )
    for kind in (cellsim.SPMe, cellsim.SPM):
        whole.append({"run at 1C": f"{kind.__name__}, {CELL}"} | stage(cellsim.load(CELL), kind()))
    show("The whole stage on the default mesh: integrator, assembly, particles and sweep", whole)
    floor = inner_kernels.floor(core)
    console.print(
        f"An electrode's volume takes {inner_kernels.said()} an iteration: {floor:.0f} ns where nothing "
        "waits for anything and each instruction does one volume. What lies above is waiting (the sweep, "
        "the chain from a concentration to a reaction current), and the integrator around the iterations."
    )
    console.print(
        "Shares: block solve, and particles each iteration; an upper bound where D is constant, of which "
        "only the filling is done every time."
    )
    return {"core": core, "kernels": rows, "stage": whole, "floor ns a volume and iteration": floor}


def mesh(quick):
    """Cost against the number of volumes and of shells."""
    cell, rows = cellsim.load(CELL), []
    for n in VOLUMES[::2] if quick else VOLUMES:
        s = max(2, round(0.06 * n))
        rows.append({"varied": "volumes", "number": n} | _scaled(cell, (n - s - (n - s) // 2, s, (n - s) // 2), 24))
    for m in SHELLS[::2] if quick else SHELLS:
        rows.append({"varied": "shells", "number": m} | _scaled(cell, (40, 4, 30), m))
    show("DFN 1C, Chen2020: cost against mesh (volumes with 24 shells, shells with 74 volumes)", rows)
    for varied in ("volumes", "shells"):
        chosen = [r for r in rows if r["varied"] == varied]
        x, y = np.log([(r["number"], r["us a Newton iteration"]) for r in chosen]).T
        console.print(f"An iteration costs as the power {np.polyfit(x, y, 1)[0]:.2f} of the number of {varied}.")
    return rows


def _scaled(cell, volumes, shells):
    row = stage(cell, cellsim.DFN(volumes, shells), 3)
    us = 1e3 * row["kernel ms"] / row["Newton"]
    return row | {"us a Newton iteration": us, "ns an unknown": 1e3 * us / (sum(volumes) * (shells + 4))}


def cells(quick):
    """Cost a run against the number of runs, one after the other and on threads, and memory kept."""
    cell, rows = cellsim.load(CELL), []
    ways = {"one by one": lambda n: [cellsim.simulate(cell, cellsim.discharge(1.0)) for _ in range(n)]}
    if hasattr(cellsim, "simulate_many"):
        for threads in sorted({1, os.cpu_count()}):
            ways[f"simulate_many, {threads} thread{'s' * (threads > 1)}"] = lambda n, k=threads: (
                cellsim.simulate_many([cellsim.Case(cell, cellsim.discharge(1.0)) for _ in range(n)], threads=k).results
            )
    for name, way in ways.items():
        way(1)
        for n in RUNS[::2] if quick else RUNS:
            cpu, wall = time.process_time(), time.perf_counter()
            kept = way(n)
            rows.append(
                {
                    "way": name,
                    "runs": n,
                    "CPU ms a run": 1e3 * (time.process_time() - cpu) / n,
                    "wall ms a run": 1e3 * (time.perf_counter() - wall) / n,
                    "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
                }
            )
            del kept
    show("DFN 1C discharges, all results kept in memory", rows)
    return rows


def main(part: Part = Part.all, quick: bool = False):
    """Measure the kernels of cellsim."""
    results = {"conditions": conditions()}
    console.print(results["conditions"])
    jobs = {
        Part.parts: parts,
        Part.mesh: lambda: mesh(quick),
        Part.cells: lambda: cells(quick),
        Part.startup: lambda: startup.measure(quick),
        Part.warming: lambda: warming.measure(quick),
    }
    for name, job in jobs.items():
        if part in (Part.all, name):
            results[name.value] = job()
    save("kernels" if part == Part.all else f"kernels-{part.value}", results)


if __name__ == "__main__":
    typer.run(main)
