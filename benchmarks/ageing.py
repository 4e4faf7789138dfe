"""Processor time and memory of lives of a cell, cellsim beside PyBaMM.

    python benchmarks/ageing.py [--quick]

The cell is that of the set okane2022 with its five mechanisms (SEI with clogging, SEI on cracks, plating, cracks, loss
of active material), in PyBaMM with the graphite potential of Chen 2020, which is ours too.  Each row is a process of
its own.  Our processor time is that of the whole of `age` or `store`, after a short life to warm up, the median of the
repeats.  Days of use have their seasons; uncertain lives are one after the other.  PyBaMM's is that of `solve` alone,
the median of the cycles after the first, times the number of cycles; past cycles are thrown away.  Memory is the
largest of the process.

Errors are of the capacity and of the lithium lost after the last cycle that PyBaMM simulates, against our own fine
mesh.

Writes benchmarks/results/ageing.json.
"""

import json
import subprocess
import sys
import time
from enum import StrEnum
from pathlib import Path

import numpy as np
import paths
import typer
from measure import conditions, console, save, show

import cellsim

Part = StrEnum("Part", {"all": "all", "ageing": "ageing"})
CYCLE = (
    "Discharge at 1C until 2.5 V",
    "Rest for 10 minutes",
    "Charge at C/3 until 4.2 V",
    "Hold at 4.2 V until C/20",
    "Rest for 10 minutes",
)
MODELS = {"DFN": cellsim.DFN, "SPMe": cellsim.SPMe, "SPM": cellsim.SPM}
FINE = {"mesh": ((40, 20, 40), 60), "rtol": 1e-6}
OPTIONS = {
    "SEI": "solvent-diffusion limited",
    "SEI porosity change": "true",
    "lithium plating": "partially reversible",
    "lithium plating porosity change": "true",
    "particle mechanics": ("swelling and cracking", "swelling only"),
    "SEI on cracks": "true",
    "loss of active material": "stress-driven",
}
SETTINGS = {  # of PyBaMM: model, mesh or None for its own, rtol or None for its own
    "DFN, its defaults": ("DFN", None, None),
    "DFN 20/10/20 x 20, rtol 1e-6": ("DFN", (20, 10, 20, 20), 1e-6),
    "SPMe, its defaults": ("SPMe", None, None),
    "SPM, its defaults": ("SPM", None, None),
}
DISCHARGE, LITHIUM = "Discharge capacity [A.h]", "Loss of lithium inventory [%]"


def life(model="DFN", cycles=1000, jump=False, mesh=(), rtol=None):
    """Our cell over its life; mesh: arguments of the model, its own for the accuracy unless given."""
    return cellsim.age(
        "okane2022", "; ".join(CYCLE), cycles, until=None, soc=None, jump=jump, rtol=rtol, model=MODELS[model](*mesh)
    )


def rest(model="DFN", years=20.0):
    """Our cell in storage."""
    return cellsim.store("okane2022", years, soc=0.5, model=MODELS[model]())


def days(model="SPM", years=20.0):
    """Our cell in use: an hour after the other at a power of its own, then a charge, through the seasons."""
    hours = np.array([0, 0, 0, 0, 0, 0, 2, 5, 4, 3, 1, 0, 0, -2, -2, -1, 0, 0, 2, 1.5, 0])  # W
    power = cellsim.profile(np.column_stack([3600.0 * np.arange(hours.size), hours]), "power")
    cell = cellsim.with_overlay("lgm50_chen2020", "kirkaldy2024")
    day = [power, "Charge at C/3 until 4.1 V; Hold at 4.1 V until C/20"]
    months = 273.15 + np.array([2.0, 3, 6, 10, 15, 18, 20, 20, 16, 11, 6, 3])
    return cellsim.age_in_use(cell, day, years, temperatures=months, until=None, model=MODELS[model]())


def uncertain(lives=100):
    """Lives of our cell whose growth of the film is known to a factor, to 80 % of the capacity."""
    cell = cellsim.with_overlay("lgm50_chen2020", "kirkaldy2024")
    return cellsim.uncertain_lives(cell, "; ".join(CYCLE), lives, 5000, model=cellsim.SPMe())


def memory():
    """The most that this process has had [MB] (Linux; else nan).

    `resource.getrusage` would count that of the process that started it.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024.0 for line in lines if line.startswith("VmHWM:")), float("nan"))


def ours(work, quick):
    """Processor times [s], largest memory [MB], capacity and lithium lost at the end, of one row, in this process."""
    kinds = {"life": (life, "cycles"), "rest": (rest, "years"), "days": (days, "years"), "many": (uncertain, "lives")}
    (run, many), how = kinds[work["run"]], work["how"]
    run(**how | {many: min(how[many], 2)})  # kernels are loaded
    spent = []
    while len(spent) < (1 if quick else 3) and sum(spent) < 20.0:
        start = time.process_time()
        found = run(**how)
        spent.append(time.process_time() - start)
    last = found.table.iloc[-1]
    return {
        "s": spent,
        "MB": memory(),
        "simulated": getattr(found, "simulated", 0) or np.nan,
        "capacities": {int(n): float(Q) for n, Q in found.table.get(DISCHARGE, {}).items()},
        "LLI": float(last[LITHIUM]),
    }


def theirs(setting, cycles):
    """The same of PyBaMM: processor times of each cycle, memory, capacity and lithium lost after the last."""
    import pybamm

    pybamm.set_logging_level("ERROR")
    kind, mesh, rtol = SETTINGS[setting]
    values = pybamm.ParameterValues("OKane2022")
    values["Negative electrode OCP [V]"] = pybamm.ParameterValues("Chen2020")["Negative electrode OCP [V]"]
    points = dict(zip(("x_n", "x_s", "x_p", "r_n", "r_p"), (*mesh, mesh[-1]), strict=True)) if mesh else None
    built = pybamm.Simulation(
        getattr(pybamm.lithium_ion, kind)(OPTIONS),
        parameter_values=values,
        experiment=pybamm.Experiment([CYCLE]),
        solver=pybamm.IDAKLUSolver(rtol=rtol, atol=0.01 * rtol) if rtol else pybamm.IDAKLUSolver(),
        var_pts=points,
    )
    spent, state = [], None
    for _ in range(cycles):
        start = time.process_time()
        found = built.solve(starting_solution=state, calc_esoh=False)
        spent.append(time.process_time() - start)
        cycle, state = found.cycles[-1], found.cycles[-1].last_state
    out = cycle.steps[0]
    return {
        "s": spent[1:],
        "MB": memory(),
        "capacities": {cycles: float(np.trapezoid(out["Current [A]"].data, out.t) / 3600.0)},
        "LLI": float(np.ravel(state[LITHIUM].data)[-1]),
    }


def in_a_process(function, *arguments):
    """What a function of this module returns in a fresh process."""
    code = f"import json, ageing\nprint(json.dumps(ageing.{function}(*json.loads({json.dumps(arguments)!r}))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=paths.HERE)
    return json.loads(done.stdout.splitlines()[-1])


def works(quick):
    """Our rows: name, function and its arguments."""
    cycles, years = (30, 1.0) if quick else (1000, 20.0)
    for jump, words in ((False, "every cycle"), (True, "jumps, 0.1 %")):
        for model in MODELS:
            how = {"model": model, "cycles": cycles, "jump": jump}
            yield f"{cycles} cycles, {model}, {words}", {"run": "life", "how": how}
    yield f"{years:g} years of storage, DFN", {"run": "rest", "how": {"model": "DFN", "years": years}}
    for model in ("SPM", "DFN"):
        yield f"{years:g} years of hourly duty, {model}", {"run": "days", "how": {"model": model, "years": years}}
    lives = 3 if quick else 100
    yield f"{lives} uncertain lives to 80 %, SPMe", {"run": "many", "how": {"lives": lives}}


def farthest(capacities, exact):
    """The largest difference of two lives at the cycles of the first, as a share of the first capacity [%]."""
    return 100.0 * max(abs(Q - exact[n]) for n, Q in capacities.items()) / next(iter(exact.values()))


def percent(a, b):
    """Relative difference [%]."""
    return 100.0 * abs(a / b - 1.0)


def _last(found):
    """Capacity of the last cycle of a row."""
    return list(found["capacities"].values())[-1]


def short_lives(quick):
    """Rows of the first cycles: time of a cycle and errors, of both programs; and seconds a cycle by row."""
    cycles = 3 if quick else 10
    fine = life(cycles=cycles, **FINE).table.iloc[-1]
    rows, each = [], {}
    for model in MODELS:
        found = in_a_process("ours", {"run": "life", "how": {"model": model, "cycles": cycles}}, quick)
        each["cellsim", model] = found | {"ms": 1e3 * np.median(found["s"]) / cycles}
    for setting in SETTINGS:
        if not quick or setting.startswith("SPM,"):
            found = in_a_process("theirs", setting, cycles)
            each["PyBaMM", setting] = found | {"ms": 1e3 * np.median(found["s"])}
    for (program, setting), found in each.items():
        same = setting.startswith("DFN")  # the converged curve is that of the DFN
        rows.append(
            {
                "program": program,
                "setting": setting,
                "CPU ms a cycle": found["ms"],
                "capacity off by %": percent(_last(found), fine[DISCHARGE]) if same else np.nan,
                "lithium lost off by %": percent(found["LLI"], fine[LITHIUM]) if same else np.nan,
                "MB": found["MB"],
            }
        )
    return rows, cycles


def main(part: Part = Part.all, quick: bool = False):
    """Lives of cellsim, and the first cycles beside PyBaMM."""
    rows, cycles = short_lives(quick)
    show(
        f"The first {cycles} cycles, five mechanisms; errors after the last, against 40/20/40 volumes, 60 shells", rows
    )
    lives, exact = [], {}
    for name, work in works(quick):
        found = in_a_process("ours", work, quick)
        kind, count = work["how"].get("model", "SPMe"), work["how"].get("cycles")
        exact.setdefault(kind, found["capacities"])
        rival = [r["CPU ms a cycle"] for r in rows if r["program"] == "PyBaMM" and r["setting"].startswith(kind + ",")]
        seconds = float(np.median(found["s"]))
        lives.append(
            {
                "work": name,
                "CPU s": seconds,
                "repeats": len(found["s"]),
                "cycles simulated": found["simulated"],
                "largest error of capacity, %": farthest(found["capacities"], exact[kind])
                if work["how"].get("jump")
                else np.nan,
                "MB": found["MB"],
                "PyBaMM s, extrapolated": 1e-3 * rival[0] * count if rival and count else np.nan,
                "ratio": 1e-3 * rival[0] * count / seconds if rival and count else np.nan,
            }
        )
    show("Lives of cellsim", lives)
    console.print(
        "PyBaMM's time is the median of its cycles after the first, at its own mesh and tolerance, times the number of "
        "cycles; it was not run for so long. Jumps are off by so much from our every cycle, at the cycles simulated."
    )
    save("ageing", {"conditions": conditions(), "first cycles": rows, "lives": lives})


if __name__ == "__main__":
    typer.run(main)
