"""What an executor costs over loky's processes, and what a million cases would take.

    python benchmarks/executors.py [--quick]

The cases are the CC-CV charges of ensemble.py, their voltages written to a file.  All ways run in turn, several times,
after once that does not count; ratios are medians of those within a turn.  A run is a fraction of a millisecond, and a
task lasts up to half a second, so that only thousands of runs show what a long study pays.  The plan takes from the
runs: processor time a case, bytes a row of the file, bytes of an outcome, and the time that the file takes to be put
together.  Assumed, and options: cores, how often a worker is lost, price of a core.

Writes benchmarks/results/executors.json.
"""

import contextlib
import pickle
import tempfile
import time
import tracemalloc
from enum import StrEnum
from pathlib import Path

import ensemble
import numpy as np
import typer
from measure import conditions, console, save, show

import cellsim

Part = StrEnum("Part", {"all": "all", "executors": "executors"})
RATE = 1.0 / (24 * 3600.0)  # 1/s a worker: one a day is lost, as assumed of machines that may be taken away


def processor_time():
    """Of this process and of all below it [s]; 0 without psutil, which Dask brings."""
    try:
        import psutil
    except ImportError:
        return 0.0
    total, here = 0.0, psutil.Process()
    for each in (here, *here.children(recursive=True)):
        with contextlib.suppress(psutil.Error):  # it has ended
            total += sum(each.cpu_times()[:2])
    return total


def timed(cases, **how):
    """(wall s, processor s, bytes of the file, rows) of the ensemble."""
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.parquet"
        begun, before = time.perf_counter(), processor_time()
        found = cellsim.simulate_many(cases, path=path, **how)
        spent = time.perf_counter() - begun, processor_time() - before
        if found.failures:
            raise RuntimeError(f"executors: {found}")
        return *spent, path.stat().st_size, pq.read_metadata(path).num_rows


def ways(workers, stack):
    """Arguments of simulate_many by name, with workers that are there; Dask where it is installed."""
    import loky

    found = {
        "loky, processes=": {"processes": workers},
        "loky, executor=": {"executor": stack.enter_context(loky.ProcessPoolExecutor(workers))},
    }
    try:
        import distributed
    except ImportError:
        console.print("Dask: not installed")
        return found
    cluster = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    client = stack.enter_context(distributed.Client(stack.enter_context(cluster)))
    return found | {"Dask, executor=": {"executor": client.get_executor(pure=False)}}


def held(outcome, many=1000):
    """Bytes of memory that an outcome, without labels, takes."""
    packed = pickle.dumps(outcome)
    tracemalloc.start()
    kept = [pickle.loads(packed) for _ in range(many)]
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / len(kept)


def plan(cases, cores, price, each, size, rows, runs, outcome):
    """Rows of the table of what so many cases take; each: core s a case."""
    hours = cases * each / 3600.0
    lost = hours * 3600.0 * RATE
    return [
        {"of a run of": "cases", "is": f"{cases:,}"},
        {"of a run of": "core time of a case", "is": f"{1e3 * each:.3g} ms"},
        {"of a run of": "core time", "is": f"{hours:.3g} h"},
        {"of a run of": f"wall time on {cores} cores", "is": f"{60.0 * hours / cores:.3g} min"},
        {"of a run of": "rows of the file", "is": f"{cases * rows / runs:.3g}"},
        {"of a run of": "size of the file", "is": f"{cases * size / runs / 1e9:.3g} GB"},
        {"of a run of": "the same beside it until it is done (parts)", "is": f"{cases * size / runs / 1e9:.3g} GB"},
        {"of a run of": "outcomes in the memory of the caller", "is": f"{cases * outcome / 1e9:.3g} GB"},
        {"of a run of": "workers lost, at one a day of a core", "is": f"{lost:.2g}"},
        {"of a run of": "core time done twice for it", "is": f"{100.0 * lost * 2.0 / (hours * 3600.0):.2g} %"},
        {"of a run of": f"cost at {price:g} EUR an hour of a core", "is": f"{price * hours:.2g} EUR"},
    ]


def main(
    part: Part = Part.all,
    quick: bool = False,
    workers: int = 2,
    cores: int = 64,
    cases: int = 1_000_000,
    price: float = 0.05,
):
    """Print and save both tables; price: EUR an hour of a core, as assumed."""
    runs, rounds = (4000, 3) if quick else (20000, 5)
    cases_of = list(ensemble.our_cases(runs))
    with contextlib.ExitStack() as stack:
        through = ways(workers, stack)
        spent = [{name: timed(cases_of, **how) for name, how in through.items()} for _ in range(1 + rounds)][1:]
    first, found = next(iter(through)), []
    for name in through:
        wall, processor, size, rows = np.median([each[name] for each in spent], axis=0)
        over, more = np.median([np.divide(each[name], each[first])[:2] for each in spent], axis=0)
        row = {"on": name, "workers": workers, "runs": runs, "wall ms a run": 1e3 * wall / runs, "over loky": over}
        found.append(row | {"CPU ms a run": 1e3 * processor / runs, "CPU over loky": more})
    show("Executors: CC-CV charges at 1C, DFN, defaults", found)
    outcome = held(cellsim.simulate_many(ensemble.our_cases(1), keep=()).outcomes[0])
    each = 1e-3 * workers * max(row["wall ms a run"] for row in found)
    rows = plan(cases, cores, price, each, size, rows, runs, outcome)
    show("A plan, from the slowest of these", rows)
    save("executors", {"conditions": conditions(), "rows": found, "plan": rows})


if __name__ == "__main__":
    typer.run(main)
