"""Random cells, protocols, temperatures, models and heat: is what every run says possible?

    python benchmarks/campaign.py --runs 10000 --seed 1 --minutes 5
    python benchmarks/campaign.py --seed 1 --only 4711
    python benchmarks/campaign.py --seed newer-1        # begins with "newer": kinds of random_kinds.py
    python benchmarks/campaign.py --seed life-1 --runs 1000     # begins with "life": lives of random_lives.py

Run number n of a seed is the same everywhere.  Cells are packaged sets with up to four changes, at -30 to 100 degC
and any state of charge; tests/random_cells.py and tests/random_protocols.py make them, tests/checked_runs.py says what
is asked.  Runs are made in a process of their own, so that neither a hang nor a crash ends the campaign.
"""

import argparse
import json
import os
import random
import selectors
import subprocess
import sys
import time
import traceback
import warnings
from collections import Counter

import paths  # noqa: F401
import random_cells
import random_kinds
import random_lives
import random_protocols
from checked_runs import faults

import cellsim

LONGEST = 10.0  # s of processor time of a run
BUDGET = 3.0  # s of processor time of a step
STEPS = 40  # of a run
DEAD = 600.0  # s without a word from the process that runs are made in, which others may keep waiting


def prepared(seed, number):
    """(cell, protocol, arguments of simulate) of a run."""
    rng = random.Random(f"{seed}/{number}")
    cell, _ = (random_kinds if str(seed).startswith("newer") else random_cells).cell(rng)
    how = random_cells.circumstances(rng, cell)
    protocol = random_protocols.protocol(rng, cell, how["model"], how["heat"])
    return cell, protocol, {**how, "time_budget": BUDGET, "max_steps": STEPS}


def tried(seed, number):
    """What became of a run: {"ending": ..., "faults": [...], "seconds": ..., "said": ...}."""
    began, stage = time.process_time(), "making the cell"
    try:
        if str(seed).startswith("life"):
            return random_lives.tried(random.Random(f"{seed}/{number}"))
        cell, protocol, how = prepared(seed, number)
        stage, began = f"{cell.name}", time.process_time()
        try:
            result = cellsim.simulate(cell, protocol, **how)
            ending = result.endings[-1].name
        except cellsim.SolveError as failure:
            result, ending = failure.result, failure.result.endings[-1].name
        seconds = time.process_time() - began
        found = faults(cell, protocol, how, result)
        if seconds > LONGEST:
            found.append(f"took {seconds:.1f} s")
        said = result.steps[-1]
        return {
            "ending": ending,
            "faults": found,
            "seconds": seconds,
            "endings": [e.name for e in result.endings],
            "said": f"{cell.name}: {said.step}: {said.message}",
        }
    except cellsim.CellsimError as refusal:
        return {
            "ending": f"refused ({type(refusal).__name__})",
            "faults": [],
            "endings": [],
            "seconds": time.process_time() - began,
            "said": f"{stage}: {refusal}",
        }
    except Exception as fault:  # whatever it is, it is what this is for
        place = traceback.extract_tb(fault.__traceback__)[-1]
        return {
            "ending": "exception",
            "endings": [],
            "seconds": time.process_time() - began,
            "said": stage,
            "faults": [f"{type(fault).__name__}: {fault} ({os.path.basename(place.filename)}:{place.lineno})"],
        }


def work(seed, first, last):
    """Runs from first to last, a line of JSON each."""
    warnings.simplefilter("ignore", cellsim.CellsimWarning)
    cellsim.simulate("lgm50_chen2020", [cellsim.rest(1.0), cellsim.profile([[0.0, 1.0], [1.0, 2.0]])])  # compiles
    print(json.dumps({"number": first - 1}), flush=True)
    for number in range(first, last):
        print(json.dumps({"number": number, **tried(seed, number)}), flush=True)


def campaign(seed, first, runs, minutes):
    """What became of each run, as a generator; a hang or a crash is one of them."""
    end, number = time.monotonic() + 60.0 * minutes, first
    while number < first + runs and time.monotonic() < end:
        worker = subprocess.Popen(
            [sys.executable, __file__, "--seed", str(seed), "--work", str(number), str(first + runs)],
            stdout=subprocess.PIPE,
            text=True,
        )
        with selectors.DefaultSelector() as ready:
            ready.register(worker.stdout, selectors.EVENT_READ)
            heard, patience = time.monotonic(), 2.0 * DEAD  # until kernels are compiled
            while time.monotonic() < end:
                if not ready.select(timeout=1.0):
                    if time.monotonic() - heard < patience:
                        continue
                    yield {"number": number, "ending": "hang", "faults": [f"no answer in {DEAD:g} s"], "said": ""}
                    number += 1
                    break
                line = worker.stdout.readline()
                if not line:
                    if number < first + runs:
                        yield {
                            "number": number,
                            "ending": "crash",
                            "said": "",
                            "faults": [f"the process died with code {worker.wait()}"],
                        }
                    number += 1
                    break
                heard, patience = time.monotonic(), DEAD
                found = json.loads(line)
                number = found["number"] + 1
                if "ending" not in found:  # it is ready
                    continue
                yield found
                if number >= first + runs:
                    break
        worker.kill()
        worker.wait()


def table(seed, found, minutes):
    """Counts by ending, and faults with their reproductions, as lines."""
    last, steps = Counter(x["ending"] for x in found), Counter(e for x in found for e in x.get("endings", ()))
    yield f"{len(found)} runs of seed {seed} in {minutes:.1f} min, {sum(steps.values())} steps"
    yield "ending of the run                   runs    of a step"
    for name in sorted({*last, *steps}, key=lambda name: (-last[name], -steps[name])):
        yield f"  {name:32s} {last[name]:6d} {steps[name]:10d}"
    if not found:  # compiling took the time
        yield "no run was made; give more minutes"
        return
    slowest = max(found, key=lambda x: x.get("seconds", 0.0))
    yield f"longest run {slowest.get('seconds', 0.0):.2f} s (number {slowest['number']})"
    for x in found:
        if x["ending"].startswith("SOLVER"):
            yield f"solver failure: --seed {seed} --only {x['number']}: {x['said'][:200]}"
    wrong = [x for x in found if x["faults"]]
    for x in wrong:
        yield f"FAULT: --seed {seed} --only {x['number']}: {x['faults'][0][:300]}"
    yield f"{len(wrong)} runs with faults, {sum(x['ending'].startswith('SOLVER') for x in found)} solver failures"


def main():
    """Read the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--runs", type=int, default=10000)
    ask.add_argument("--first", type=int, default=0, help="number of the first run")
    ask.add_argument("--seed", default="1", help="a number, or newer-1 and so on for the newer kinds of cells")
    ask.add_argument("--minutes", type=float, default=5.0, help="stop after so long")
    ask.add_argument("--only", type=int, help="one run, with everything about it")
    ask.add_argument("--work", type=int, nargs=2, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.work:
        work(given.seed, *given.work)
    elif given.only is not None:
        show(given.seed, given.only)
    else:
        began = time.monotonic()
        found = []
        for one in campaign(given.seed, given.first, given.runs, given.minutes):
            found.append(one)
            if one["faults"]:  # said at once, as the rest may take hours
                print(f"number {one['number']}: {one['faults'][0][:300]}", file=sys.stderr, flush=True)
        print("\n".join(table(given.seed, found, (time.monotonic() - began) / 60.0)))
        sys.exit(any(x["faults"] for x in found))


def show(seed, number):
    """Print a run and what is said of it."""
    if str(seed).startswith("life"):
        cell, cycle, how = random_lives.prepared(random.Random(f"{seed}/{number}"))
        print(cell.name, cell.changes, cycle, how, sep="\n")
        print(json.dumps(tried(seed, number), indent=1))
        return
    cell, protocol, how = prepared(seed, number)
    print(cell.name, {path: str(law)[:200] for path, law in cell.changes.items()})
    print(protocol, how, sep="\n")
    try:
        print(cellsim.simulate(cell, protocol, **how))
    except cellsim.SolveError as failure:
        print(failure.result)
    except cellsim.CellsimError as refusal:
        print(refusal)
    print(json.dumps(tried(seed, number), indent=1))


if __name__ == "__main__":
    main()
