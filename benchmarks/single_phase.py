"""What the newer kinds of electrodes cost a cell that has none of them: a plain cell beside itself told otherwise.

    python benchmarks kinds            # beside the rows of work_precision.py
    python benchmarks single [--quick]

Each row is the same electrochemistry: the cell as packaged, and told as a composite of one phase, as a distribution of
one size, as an electrode graded by a constant.  Both take the same time steps on the same mesh, so that the ratio of
processor times is that of what is done beside.  Of hysteresis between branches that are nearly equal the states are
computed: that row is what hysteresis costs.  Calls are interleaved in blocks, in alternating order; the ratio of a row
is the median of those of its blocks, and the bracket its interval at 95 % by the signs of the blocks.  The first row is
the cell beside itself: what is measured where nothing differs.
"""

import copy
import gc
import time
from enum import StrEnum

import numpy as np
import paths  # noqa: F401
import typer
from measure import conditions, console, save, show
from scipy.stats import binom

import cellsim
from cellsim.parameters.catalogue import OF_PHASE

Part = StrEnum("Part", {"all": "all", "kinds": "kinds", "single": "single"})
NAME, PARTS = "lgm50_chen2020", ("negative electrode", "positive electrode")
MODELS = {"DFN": cellsim.DFN((12, 3, 9), 10), "SPMe": cellsim.SPMe((12, 3, 9), 10), "SPM": cellsim.SPM(10)}
STEPS = "Discharge at 1C until 2.7 V; Rest for 10 minutes; Charge at 1C until 4.1 V"
LIMIT, CALLS, BLOCKS = 1.02, 8, 200


def plain():
    """The packaged cell, read anew."""
    return cellsim.Cell.from_json(cellsim.load(NAME).to_json(), NAME)


def one_phase():
    """Both electrodes as composites of one phase."""
    raw = copy.deepcopy(cellsim.load(NAME).to_json())
    for part in PARTS:
        raw[part]["phases"] = {"primary": {key: raw[part].pop(key) for key in list(raw[part]) if key in OF_PHASE}}
    return cellsim.Cell.from_json(raw, NAME)


def one_size():
    """Both electrodes with a distribution for which one size stands."""
    cell, changes = plain(), {}
    for part in PARTS:
        changes[f"{part}/particle radius standard deviation"] = 0.3 * cell.value(f"{part}/particle radius")
        changes[f"{part}/particle size classes"] = 1
    return cell.with_(changes)


def even():
    """Both electrodes graded, by expressions that are the same everywhere."""
    cell = plain()
    keys = ("electrolyte volume fraction", "active material volume fraction", "particle radius")
    return cell.with_({f"{part}/{key}": f"{cell.value(f'{part}/{key}')!r} + 0*x" for part in PARTS for key in keys})


def nearly_equal_branches():
    """Hysteresis in the negative electrode, a nanovolt to either side."""
    cell, changes, part = plain(), {}, PARTS[0]
    U = cell.law(f"{part}/open-circuit potential").expression
    for way, sign in (("lithiation", "-"), ("delithiation", "+")):
        changes[f"{part}/{way} open-circuit potential"] = f"{U} {sign} 1e-9"
        changes[f"{part}/{way} hysteresis decay rate"] = 20.0
    return cell.with_(changes).with_hysteresis(("one-state hysteresis", "single"))


ROWS = {
    "the same cell": (None, True),
    "composite of one phase": (one_phase, True),
    "distribution of one size": (one_size, True),
    "graded by constants": (even, True),
    "hysteresis of a nanovolt": (nearly_equal_branches, False),
}


def ratios(one, other, blocks, calls):
    """Processor time of `other` over that of `one`, (blocks,), of blocks of calls that alternate between them."""
    for run in (one, other):
        run()
    found = []
    gc.collect()
    gc.freeze()
    for k in range(blocks):
        spent = {one: 0.0, other: 0.0}
        for n in range(calls):
            for run in (one, other) if (k + n) % 2 else (other, one):
                start = time.process_time_ns()
                run()
                spent[run] += time.process_time_ns() - start
        found.append(spent[other] / spent[one])
    gc.unfreeze()
    return np.array(found)


def interval(values):
    """Median, and the order statistics between which it lies with 95 %."""
    values, k = np.sort(values), int(binom.ppf(0.025, len(values), 0.5))
    return float(np.median(values)), float(values[k]), float(values[len(values) - 1 - k])


def main(part: Part = Part["all"], quick: bool = False):
    """Compare a plain cell with the same one told as one of the newer kinds."""
    base, lines = plain(), []
    for model_name, model in MODELS.items():
        for title, (make, free) in ROWS.items():
            cell = base if make is None else make()

            def run(cell, model=model):
                return lambda: cellsim.simulate(cell, STEPS, model)["Voltage [V]"]

            apart = np.abs(run(base)()[-1] - run(cell)()[-1])
            median, low, high = interval(ratios(run(base), run(cell), BLOCKS // 4 if quick else BLOCKS, CALLS))
            verdict = ("yes" if high <= LIMIT else "no" if low > LIMIT else "not decided") if free else "-"
            lines.append(
                {
                    "model": model_name,
                    "told as": title,
                    "time over that of the plain cell": f"{median:.4f} ({low:.4f} to {high:.4f})",
                    f"at most {LIMIT:g}": verdict,
                    "voltages apart at the end [V]": f"{apart:.1e}",
                }
            )
    show("A cell with one material and one size, told as the newer kinds: ratios of processor times", lines)
    save("single_phase", {"conditions": conditions(), "rows": lines})
    console.print("the bracket of each row: where its median lies with 95 %", highlight=False)


if __name__ == "__main__":
    typer.run(main)
