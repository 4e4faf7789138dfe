"""What each kernel costs, against what this core can do; cost against mesh, number of runs; start-up.

    python benchmarks/kernels.py [--part parts|mesh|cells|startup] [--quick]

Writes benchmarks/results/kernels.json.  All times are processor times; start-up is wall time.
"""
import os
import resource
import time
from contextlib import contextmanager
from enum import StrEnum
from types import SimpleNamespace

import numpy as np
import paths  # noqa: F401
import peak
import startup
import typer
from measure import conditions, console, paired, save, show
from numba import njit

import cellsim
from cellsim import simulation
from cellsim.kernels import particle
from cellsim.kernels.system import DIFFUSION, LAWS_PER_SIDE
from cellsim.numerics import block_tridiagonal, table

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


@contextmanager
def watched():
    """Counts what `simulate` spends in the marching kernel: yields an object with ms, steps and newton."""
    original, seen = simulation.march, SimpleNamespace(ms=0.0, calls=0, memory={})

    def advance(*arguments):
        start = time.process_time()
        out = original.advance(*arguments)
        seen.ms += 1e3 * (time.process_time() - start)
        seen.calls += 1
        memory = next(a for a in arguments if hasattr(a, "head"))
        seen.memory[id(memory)] = memory
        return out

    simulation.march = SimpleNamespace(**{k: getattr(original, k) for k in dir(original)} | {"advance": advance})
    try:
        yield seen
    finally:
        simulation.march = original
    if not seen.calls:
        raise RuntimeError("simulate() no longer calls march.advance: mend benchmarks/kernels.py")
    seen.steps, seen.newton = (int(sum(m.head[k] for m in seen.memory.values())) for k in (4, 5))


def stage(cell, model, repeats=5):
    """A 1C discharge: whole time, time in the kernel [ms], steps, Newton iterations."""
    run = lambda: cellsim.simulate(cell, cellsim.discharge(1.0), model)  # noqa: E731
    whole = float(np.median(paired([run], repeats)))
    kernel = []
    for _ in range(repeats):
        with watched() as seen:
            run()
        kernel.append(seen.ms)
    return {"simulate ms": whole, "kernel ms": float(np.median(kernel)), "steps": seen.steps, "Newton": seen.newton}


@njit
def _copy(template, B, times):
    for _ in range(times):
        B[:] = template


@njit
def _solve(template, B, times):
    for _ in range(times):
        B[:] = template
        block_tridiagonal.solve(B)


@njit
def _factorise(sys, law, hg, sweep, beta, times):
    for _ in range(times):
        particle.factorise(sys, 0, law, hg, sweep, beta)


@njit
def _substitute(x_hat, sweep, alpha, times):
    for _ in range(times):
        particle.substitute(x_hat, sweep, alpha)


@njit
def _respond(sys, law, x, hg, response, scratch, times):
    for _ in range(times):
        particle.respond(sys, 0, law, x, x, 0.1, hg, response, scratch)


@njit
def _look_up(laws, x, y, times):
    for _ in range(times):
        table.evaluate_many(laws, 0, x, y)


def block_solve(n=74):
    """ns a volume of the block-tridiagonal sweep."""
    blocks = np.random.default_rng(1).uniform(-1.0, 1.0, (n, 3, block_tridiagonal.COLUMNS))
    for i in range(3):
        blocks[:, i, block_tridiagonal.DIAGONAL + i] += 20.0
    work = np.empty_like(blocks)
    return (peak.per_item(_solve, blocks, work, items=n)
            - peak.per_item(_copy, blocks, work, items=n))


def particles(m=24):
    """ns a shell of the particle's factorisation, its substitution, and both where D varies."""
    sys = cellsim.DFN(shells=m).discretise(cellsim.load(CELL), 298.15)
    law, hg, x = LAWS_PER_SIDE * 0 + DIFFUSION, 30.0, np.linspace(0.5, 0.4, m)
    sweep, beta, alpha = np.empty((3, m)), np.empty(m), np.empty(m)
    varying = cellsim.DFN(shells=m).discretise(cellsim.load(VARYING), 298.15)
    return {"particle, factorise": peak.per_item(_factorise, sys, law, hg, sweep, beta, items=m),
            "particle, substitute": peak.per_item(_substitute, x, sweep, alpha, items=m),
            "particle, D varies": peak.per_item(_respond, varying, law, x, hg, np.empty((2, m)), np.empty(m), items=m)}


def look_up():
    """ns of a table look-up, at stoichiometries in no order."""
    sys = cellsim.DFN().discretise(cellsim.load(CELL), 298.15)
    x = np.random.default_rng(2).uniform(0.1, 0.9, 256)
    return peak.per_item(_look_up, sys.laws, x, np.empty_like(x), items=x.size)


# floating-point operations and loads of 8 bytes an item, counted in the sources: for the block solve
# 90 to eliminate, 122 to invert and multiply (5 columns), 36 to substitute back
WORK = {"block solve": (248, 99), "particle, factorise": (17, 9), "particle, substitute": (5, 6),
        "particle, D varies": (60, 25), "table look-up": (22, 6)}
ITEM = {"block solve": "volume", "table look-up": "look-up"}


def parts():
    """Cost of each kernel and its share of the core's peak."""
    core = peak.core()
    show("What this core reaches", [core])
    ns = {"block solve": block_solve(), **particles(), "table look-up": look_up()}
    rows = []
    for name, (flops, loads) in WORK.items():
        rows.append({"kernel": name, "item": ITEM.get(name, "shell"), "ns an item": ns[name], "flops": flops,
                     "GFLOP/s": flops / ns[name], "% of peak": 100.0 * flops / ns[name] / core["multiply-add GFLOP/s"],
                     "% of L1": 800.0 * loads / ns[name] / core["L1 loads GB/s"],
                     "in dependent mul-adds": ns[name] / core["dependent multiply-add ns"]})
    show("Kernels alone, data in the first-level cache", rows)
    console.print("Peak: vectors of the widest kind the compiler uses.  A sweep is bound by its chain of dependent "
                  "operations instead: two of them a shell in a substitution, fewer where one particle's overlaps "
                  "with the next one's.")
    whole = []
    for name in (CELL, VARYING):
        cell, model = cellsim.load(name), cellsim.DFN()
        row = stage(cell, model)
        n = sum(model.volumes)
        each = 1e6 * row["kernel ms"] / row["Newton"] / n
        particle_ns = model.shells * ns["particle, D varies" if name == VARYING else "particle, substitute"]
        whole.append({"DFN 1C": name, **row, "us a Newton iteration": 1e-3 * each * n,
                      "ns a volume and iteration": each, "block solve %": 100.0 * ns["block solve"] / each,
                      "particles %": 100.0 * particle_ns / each})
    show("The whole stage on the default mesh: integrator, assembly, particles and sweep", whole)
    console.print("Particles: one sweep an iteration where D varies; where it does not, one a step, so that its "
                  "share is an upper bound.")
    return {"core": core, "kernels": rows, "stage": whole}


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
            ways[f"simulate_many, {threads} threads"] = lambda n, k=threads: list(cellsim.simulate_many(
                [cellsim.Case(cell, cellsim.discharge(1.0)) for _ in range(n)], threads=k))
    for name, way in ways.items():
        way(1)
        for n in RUNS[::2] if quick else RUNS:
            cpu, wall = time.process_time(), time.perf_counter()
            kept = way(n)
            rows.append({"way": name, "runs": n, "CPU ms a run": 1e3 * (time.process_time() - cpu) / n,
                         "wall ms a run": 1e3 * (time.perf_counter() - wall) / n,
                         "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0})
            del kept
    show("DFN 1C discharges, all results kept in memory", rows)
    return rows


def main(part: Part = Part.all, quick: bool = False):
    """Measure the kernels of cellsim."""
    results = {"conditions": conditions()}
    console.print(results["conditions"])
    jobs = {Part.parts: parts, Part.mesh: lambda: mesh(quick), Part.cells: lambda: cells(quick),
            Part.startup: lambda: startup.measure(quick)}
    for name, job in jobs.items():
        if part in (Part.all, name):
            results[name.value] = job()
    save("kernels" if part == Part.all else f"kernels-{part.value}", results)


if __name__ == "__main__":
    typer.run(main)
