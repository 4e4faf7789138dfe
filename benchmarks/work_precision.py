"""Processor time at equal error, cellsim and PyBaMM in turn in one process on one core.

    python benchmarks/work_precision.py [--part dfn|dfn-4c|...] [--quick] [--compiled] [--check]

Errors are rms over time against a converged curve, over the first 95 % of the run.  Times are
medians of repeats taken in turn, each right after an unmeasured call of the same run: ours of the
whole of simulate() and the voltage, from the parameters to the arrays; PyBaMM's of solve() alone,
without building the model and without evaluating the voltage.  Ratios are paired, repeat by repeat.
Repeats are those of the defaults and of every setting within the limit that may be the fastest, by a
first look at all; other settings have that look alone, for the picture.

Where no converged curve of PyBaMM is at hand, it comes from our own meshes; `--check` compares it with
PyBaMM's, which takes a minute or so.  `--compiled` lets PyBaMM compile its functions, which takes minutes.

Writes benchmarks/results/work_precision.json and .png, with the part in their names if it is one.
"""

from enum import StrEnum

import ensemble
import numpy as np
import paths
import typer
import work_cases
import work_plot
from measure import conditions, console, paired, save, short, show, spread

import cellsim

CLOSE = 2.0  # times as long as the fastest took the first time: may be the fastest of all repeats
Part = StrEnum("Part", {key.replace("-", "_"): key for key in ("all", *work_cases.ROWS, "kinds", "ensemble")})


def _slow(case):
    """Whether the load is a profile, at whose every corner both programs start anew: fewer settings will do."""
    return not isinstance(case.steps[0].target, int | float)


def our_entries(case, quick):
    """Runs of cellsim: each a dict with program, setting, error [mV] and the function to time."""
    for label, model, chosen in work_cases.settings(case.model, quick or _slow(case)):
        options = dict(case.start) | chosen

        def run(model=model, options=options):
            return cellsim.simulate(case.cell, list(case.steps), model, **options)

        try:
            error = case.mismatch(run().at("Voltage [V]", case.t[case.compared]))[0]
        except cellsim.SolveError as fault:
            console.print(f"[red]{case}, {label}: {fault}")
            continue
        yield {"program": "cellsim", "setting": label, "error mV": error, "run": lambda run=run: run()["Voltage [V]"]}


def their_entries(case, quick, compiled):
    """The same for PyBaMM."""
    import against_pybamm as peer
    from pybamm import SolverError

    known = peer.FEW if quick or _slow(case) else peer.SETTINGS
    for setting in known + (peer.COMPILED if compiled else []):
        try:
            solve = peer.simulation(case, None if setting == peer.Setting() else setting)
            error = case.mismatch(peer.voltage(case, solve()))[0]
        except SolverError as fault:
            console.print(f"[red]{case}, PyBaMM {setting}: {str(fault).splitlines()[0]}")
            continue
        yield {"program": "PyBaMM", "setting": str(setting), "error mV": error, "run": solve}


def timed(entries, repeats):
    """Measure the times of entries in turn, and give them to each."""
    for entry, ms in zip(entries, paired([e["run"] for e in entries], repeats), strict=True):
        entry["ms"] = ms


def leaders(entries, limit):
    """The defaults of a program, and of what is within the limit all that may be the cheapest."""
    good = best(entries, limit)
    most = 0.0 if good is None else CLOSE * np.median(good["ms"])
    return [e for e in entries if e["setting"] == "defaults" or (e["error mV"] <= limit and np.median(e["ms"]) <= most)]


def best(entries, limit):
    """The cheapest of the entries whose error is within limit, or None."""
    good = [e for e in entries if e["error mV"] <= limit]
    return min(good, key=lambda e: np.median(e["ms"]), default=None)


def measure(row, quick, compiled, check):
    """All runs of a row: (line of the table, entries with their times)."""
    ours, theirs = list(our_entries(row.case, quick)), list(their_entries(row.case, quick, compiled))
    repeats = 3 if quick or _slow(row.case) else 7
    timed(ours + theirs, 1)
    ahead = [leaders(entries, row.limit) for entries in (ours, theirs)]
    timed([entry for some in ahead for entry in some], repeats)
    default, stock = (next((e for e in some if e["setting"] == "defaults"), None) for some in ahead)
    mine, tuned = (best(some, row.limit) for some in ahead)
    rival = stock if row.against == "defaults" else tuned
    line = {"work": row.title, "limit mV": row.limit}
    for name, entry in (("cellsim", default), ("best cellsim", mine), ("PyBaMM", stock), ("best PyBaMM", tuned)):
        line |= {
            f"{name} mV": entry["error mV"] if entry else np.nan,
            f"{name} ms": float(np.median(entry["ms"])) if entry else np.nan,
        }
    ratios = {
        f"{b} / {a}": rival_ms / our_ms
        for a, our_ms in _times(("cellsim", default), ("best cellsim", mine))
        for b, rival_ms in _times(("PyBaMM", stock), ("best PyBaMM", tuned))
    }
    target = {
        "times": row.times,
        "against": row.against,
        "reached": {
            name: float(np.median(rival["ms"] / e["ms"])) if rival and e else np.nan
            for name, e in (("cellsim", default), ("best cellsim", mine))
        },
    }
    peer = _peer_difference(row) if check else np.nan
    details = [
        {k: v for k, v in e.items() if k not in ("run", "ms")} | {"cpu ms": spread(e["ms"])} for e in ours + theirs
    ]
    settings = {"best cellsim": mine and mine["setting"], "best PyBaMM": tuned and tuned["setting"]}
    return line, {
        "key": row.key,
        "title": row.title,
        "limit mV": row.limit,
        "uncertainty mV": row.uncertainty,
        "PyBaMM differs mV": peer,
        "target": target,
        "settings": settings,
        "ratios": {k: spread(v) for k, v in ratios.items()},
        "entries": details,
    }


def _peer_difference(row):
    """Rms difference [mV] of our own converged curve from PyBaMM's; NaN where the curve is PyBaMM's already."""
    import against_pybamm

    return np.nan if np.isnan(row.uncertainty) else row.case.mismatch(against_pybamm.converged(row.case))[0]


def _times(*named):
    return [(name, entry["ms"]) for name, entry in named if entry is not None]


def report(lines, rows):
    """Print what was measured."""
    show("Error [mV] and processor time [ms]; `best` is the cheapest setting within the limit", lines)
    ratios = []
    for row in rows:
        line = {"work": row["title"]}
        for a in ("cellsim", "best cellsim"):
            for b in ("PyBaMM", "best PyBaMM"):
                r = row["ratios"].get(f"{b} / {a}")
                line[f"{b} / {a}"] = f"{r['median']:.1f} ({r['min']:.1f} to {r['max']:.1f})" if r else "-"
        times = row["target"]["times"]
        ratios.append(line | {"target": "-" if np.isnan(times) else f"{times:g} x {row['target']['against']}"})
    show("Times faster: median (smallest to largest) of paired repeats", ratios)
    for row in rows:
        console.print(
            f"{row['title']}: best cellsim {row['settings']['best cellsim']}; best PyBaMM "
            f"{row['settings']['best PyBaMM']}"
            + (
                ""
                if np.isnan(row["uncertainty mV"])
                else f"; converged on our own meshes to {short(row['uncertainty mV'])} mV, PyBaMM's "
                f"differs by {short(row['PyBaMM differs mV'])} mV"
            ),
            highlight=False,
        )


def main(part: Part = Part["all"], quick: bool = False, compiled: bool = False, check: bool = False):
    """Compare the processor time of cellsim and PyBaMM at equal error."""
    results, name = {"conditions": conditions(), "rows": []}, f"work_precision{'' if part == 'all' else f'-{part}'}"
    console.print(results["conditions"])
    lines = []
    for key in work_cases.ROWS:
        if part in ("all", key) or (part == "kinds" and key in work_cases.KINDS):
            row = work_cases.row(key)
            if row is None:
                console.print(f"{key}: not in this version of cellsim")
                continue
            line, details = measure(row, quick, compiled, check)
            lines.append(line)
            results["rows"].append(details)
    if lines:
        report(lines, results["rows"])
        console.print(f"Picture: {work_plot.draw(results['rows'], paths.RESULTS / f'{name}.png')}")
    if part in ("all", "ensemble"):
        results["ensemble"] = ensemble.compare(quick)
    save(name, results)


if __name__ == "__main__":
    typer.run(main)
