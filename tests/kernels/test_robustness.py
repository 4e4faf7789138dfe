"""Five hundred cells nobody has made, at five rates, both ways: every run ends in words."""

import time
from collections import Counter

import numpy as np
import pytest

import cellsim
from cellsim.models import capacity_between_cutoffs

CELLS = (
    "lgm50_chen2020",
    "marquis2019",
    "ecker2015",
    "leaf_2018",
    "nmc811_pouch_modern",
    "target_nmc811_lpscl_li",
    "lab_nmc811_lpscl_li",
)
RATES = (0.05, 0.2, 1.0, 3.0, 10.0)
VARIATIONS = 500
LONGEST = 10.0  # s of processor time one run may take


def scaled(cell, path, factor):
    """The change that multiplies a number or a law by a factor."""
    law = cell.law(path)
    return {path: law.value * factor if law.constant else f"{factor:.6g}*({law.expression})"}


def variation(rng):
    """A physically admissible cell: every property of a packaged one moved, transport and kinetics by decades."""
    cell = cellsim.load(CELLS[rng.integers(len(CELLS))])
    changes = scaled(cell, "separator/thickness", rng.uniform(0.5, 4.0))
    for part in ("negative electrode", "positive electrode"):
        changes |= scaled(cell, f"{part}/exchange-current density", 10.0 ** rng.uniform(-2.0, 1.0))
        if cell.text(f"{part}/type") == "lithium metal":
            continue
        pores = cell.value(f"{part}/electrolyte volume fraction") * rng.uniform(0.7, 1.3)
        active = cell.value(f"{part}/active material volume fraction") * rng.uniform(0.7, 1.0)
        room = 1.0 - pores - cell.value(f"{part}/void volume fraction")
        changes |= {
            f"{part}/electrolyte volume fraction": pores,
            f"{part}/active material volume fraction": min(active, 0.98 * room),
        }
        for key, factor in (
            ("thickness", rng.uniform(0.5, 1.8)),
            ("particle radius", 10.0 ** rng.uniform(-0.5, 0.5)),
            ("particle diffusivity", 10.0 ** rng.uniform(-1.5, 1.0)),
            ("electronic conductivity", 10.0 ** rng.uniform(-1.0, 1.0)),
        ):
            changes |= scaled(cell, f"{part}/{key}", factor)
    for key in ("conductivity", "diffusivity"):
        changes |= scaled(cell, f"electrolyte/{key}", 10.0 ** rng.uniform(-1.0, 0.5))
    cell = cell.with_(changes)
    return cell.with_({"cell/nominal capacity": capacity_between_cutoffs(cell)}), rng.uniform(253.0, 333.0)


def run(cell, T, rate, charging):
    """Ending, seconds of processor time, and the result of one run."""
    step, soc = (cellsim.charge(rate), 0.0) if charging else (cellsim.discharge(rate), 1.0)
    start = time.thread_time()
    try:
        result = cellsim.simulate(cell, step, temperature=T, soc=soc, time_budget=LONGEST)
    except cellsim.SolveError as failure:
        result = failure.result
    return result.endings[-1], time.thread_time() - start, result


def test_every_run_of_random_cells_ends_in_a_named_physical_ending(capsys):
    """5,000 runs.  No failure of the solver up to 3C, no NaN at any rate, none over 10 s."""
    run(cellsim.load(CELLS[0]), 298.15, 1.0, False)  # compiles the kernels
    rng = np.random.default_rng(20240229)
    endings, failures, longest = Counter(), [], 0.0
    for k in range(VARIATIONS):
        cell, T = variation(rng)
        for rate in RATES:
            for charging in (False, True):
                ending, seconds, result = run(cell, T, rate, charging)
                longest = max(longest, seconds)
                endings[ending.name] += 1
                # a constant current always has a solution: not finding it is a failure as well
                if ending.is_failure or ending is cellsim.Ending.UNREACHABLE:
                    failures.append((k, cell.name, f"{T:.0f} K", rate, charging, result.steps[-1].message))
                assert np.isfinite(result["Voltage [V]"]).all(), (k, cell.name, rate, charging)
                assert np.all(np.diff(result.t) > 0.0), (k, cell.name, rate, charging)
    with capsys.disabled():
        print(
            f"\n{sum(endings.values())} runs, {len(failures)} solver failures, longest {longest:.2f} s; "
            + ", ".join(f"{n} {name}" for name, n in endings.most_common())
        )
        for failure in failures:
            print(*failure)
    assert longest < LONGEST
    assert not [f for f in failures if f[3] <= 3.0]


@pytest.mark.parametrize("model", (cellsim.SPMe(), cellsim.SPM()), ids=("SPMe", "SPM"))
def test_reduced_models_end_in_words_too(model):
    """Fifty of those cells at the two ends of the range of rates."""
    rng = np.random.default_rng(7)
    for _ in range(50):
        cell, T = variation(rng)
        for rate in (0.2, 3.0):
            result = cellsim.simulate(cell, cellsim.discharge(rate), model, temperature=T)
            assert not result.endings[-1].is_failure
            assert result.endings[-1] is not cellsim.Ending.UNREACHABLE
            assert np.isfinite(result["Voltage [V]"]).all()
