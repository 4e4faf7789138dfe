"""The speed of common work by commit: measured here and now, appended to a file of JSON lines, and printed.

    python benchmarks/history.py            # measure, print beside the lines of the file
    python benchmarks/history.py --add      # and append to benchmarks/history.jsonl, to be committed
    python benchmarks/history.py --only     # print the file, measure nothing

A line has the conditions and, for each work, the median processor time, that of the kernels within it, and PyBaMM's in
the same process where that takes seconds; of the ensemble also the wall time of a run on one thread, on as many threads
as there are processors, and in as many processes: their ratios say how it scales.  Machines differ, and so does a
shared one from hour to hour: compare the ratios, to the kernels and to PyBaMM.
"""

import json
import os
import time
from enum import StrEnum

import ageing
import ensemble
import numpy as np
import paths
import startup
import typer
from measure import conditions, console, paired, show

import cellsim
from cellsim.ensemble import jobs
from cellsim.kernels.call import calls

Part = StrEnum("Part", {"all": "all", "history": "history"})
FILE = paths.HERE / "history.jsonl"
CELL = "lgm50_chen2020"
CCCV = "Charge at 1C until 4.2 V", "Hold at 4.2 V until C/20"
RUNS, CYCLES, REPEATS = 1000, 100, 41  # of the ensemble, of the lives that are simulated cycle by cycle, of short runs


class Kernels:
    """Processor time of the kernel calls of this thread while this is entered [s]."""

    def __enter__(self):
        self.seconds, self.inside = 0.0, False
        self.before = [(where, name, getattr(where, name)) for where, name in ((calls, "performed"), (jobs, "perform"))]
        for where, name, call in self.before:
            setattr(where, name, self.timed(call))
        return self

    def timed(self, call):
        """The function, its time added up, but for what is called within another one."""

        def found(asked):
            if self.inside:
                return call(asked)
            self.inside, began = True, time.process_time()
            try:
                return call(asked)
            finally:
                self.seconds += time.process_time() - began
                self.inside = False

        return found

    def __exit__(self, *_):
        for where, name, call in self.before:
            setattr(where, name, call)


def short_runs():
    """Our runs by name, and PyBaMM's of the same; each is a function without arguments."""
    import pybamm

    cell, down, up = cellsim.load(CELL), cellsim.discharge(1.0), "; ".join(CCCV)
    ours = {
        f"{model.__name__}, 1C": lambda model=model: cellsim.simulate(cell, down, model())["Voltage [V]"]
        for model in (cellsim.SPM, cellsim.SPMe, cellsim.DFN)
    } | {"DFN, CC-CV charge": lambda: cellsim.simulate(cell, up, soc=0.1)["Voltage [V]"]}
    theirs = {}
    for name in ours:
        values = pybamm.ParameterValues("Chen2020")
        values.set_initial_state(0.1 if "charge" in name else 1.0)
        steps = CCCV if "charge" in name else ("Discharge at 1C until 2.5 V",)
        built = pybamm.Simulation(
            getattr(pybamm.lithium_ion, name.split(",")[0])(),
            parameter_values=values,
            experiment=pybamm.Experiment([steps]),
            solver=pybamm.IDAKLUSolver(),
        )
        theirs[name] = lambda built=built: built.solve(calc_esoh=False)
    return ours, theirs


def once(run):
    """Processor time of a run, and of the kernels within it [ms]."""
    with Kernels() as kernels:
        began = time.process_time()
        run()
        spent = time.process_time() - began
    return 1e3 * spent, 1e3 * kernels.seconds


def row(ms, kernels, pybamm=None):
    """A work of a line; times [ms]."""
    return {"ms": round(ms, 4), "kernels": round(kernels, 4)} | ({} if pybamm is None else {"pybamm": round(pybamm, 3)})


def measured(quick):
    """Work by name: times [ms] of a run, of 1,000 cycles, or of 20 years."""
    found = {}
    ours, theirs = short_runs()
    for name, run in ours.items():
        both = paired([run, theirs[name]], 5 if quick else REPEATS, 4.0)
        inside = np.median([once(run)[1] for _ in range(5 if quick else REPEATS)])
        found[name] = row(np.median(both[0]), inside, np.median(both[1]))
    runs, cycles = (20, 10) if quick else (RUNS, CYCLES)
    ensemble.ours(runs, threads=1)
    many = np.median([once(lambda: ensemble.ours(runs, threads=1)) for _ in range(1 if quick else 5)], axis=0) / runs
    found["ensemble of varied CC-CV charges, DFN, a run"] = row(*many)
    for name, ms in workers(runs, 1 if quick else 5).items():
        found[f"the same ensemble {name}, wall time of a run"] = row(ms, 0.0)
    for model in ageing.MODELS:
        ageing.life(model, 2)
        spent = once(lambda model=model: ageing.life(model, cycles))
        found[f"1,000 cycles every one, {model}"] = row(*(1000.0 / cycles * np.array(spent)))
    if not quick:
        found["1,000 cycles with jumps, DFN"] = row(*once(lambda: ageing.life("DFN", 1000, True)))
        found["20 years of storage, DFN"] = row(*once(ageing.rest))
    first = startup.fresh(startup.FIRST, 1 if quick else 3)["CPU s"]
    found["first DFN result in a fresh process, kernels compiled"] = row(1e3 * first, 0.0)
    return found


def workers(runs, repeats):
    """Wall time [ms] of a run of the ensemble by how it is shared among as many workers as there are processors."""
    cores = os.cpu_count() or 1
    ways = {
        "on 1 thread": {"threads": 1},
        f"on {cores} threads": {"threads": cores},
        f"in {cores} processes": {"processes": cores},
    }
    for how in ways.values():
        ensemble.ours(runs, **how)  # processes are kept
    walls = [[ensemble.ours(runs, **how)[0] for how in ways.values()] for _ in range(repeats)]  # in turn
    return dict(zip(ways, (1e3 * np.median(walls, axis=0) / runs).tolist(), strict=True))


def lines():
    """What the file holds."""
    return [json.loads(line) for line in FILE.read_text().splitlines()] if FILE.exists() else []


def table(history):
    """Print each work by commit: processor time, over the kernels within it, and PyBaMM's over it."""
    rows = []
    for name in dict.fromkeys(name for line in history for name in line["work"]):
        for line in history:
            if (one := line["work"].get(name)) is not None:
                inside, theirs = one["kernels"] or np.nan, one.get("pybamm", np.nan)
                rows.append(
                    {
                        "work": name,
                        "date": line["conditions"]["date"],
                        "commit": line["conditions"]["commit"],
                        "ms": one["ms"],
                        "kernels ms": inside,
                        "over kernels": one["ms"] / inside,
                        "PyBaMM ms": theirs,
                        "PyBaMM over it": theirs / one["ms"],
                    }
                )
    show("Speed by commit; processor time on one core, or wall time where it says so", rows)


def main(part: Part = Part.all, quick: bool = False, add: bool = False, only: bool = False):
    """Measure, and show the lines of the file with it."""
    history = lines()
    if not only:
        history.append({"conditions": conditions(), "work": measured(quick)})
        if add:
            with FILE.open("a") as file:
                file.write(json.dumps(history[-1]) + "\n")
    table(history)
    if add:
        console.print(f"Appended to {FILE}")


if __name__ == "__main__":
    typer.run(main)
