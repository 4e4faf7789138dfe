"""Five hundred solid cells nobody has made, from -20 to 100 degC and 0.1 to 50 MPa: every run ends in words."""

import time
from collections import Counter

import numpy as np
from test_robustness import LONGEST, run, scaled

import cellsim
from cellsim.models import capacity_between_cutoffs
from cellsim.physics.constants import F

CELLS = [
    name
    for name in cellsim.cells()
    if cellsim.load(name).kind == "solid" and cellsim.load(name).text("positive electrode/type") == "porous"
]
RATES = (0.1, 1.0, 3.0)
VARIATIONS = 500
POSITIVE, NEGATIVE = "positive electrode", "negative electrode"


def variation(rng):
    """An admissible cell and its temperature [K]: every property moved, transport and kinetics by decades."""
    cell = cellsim.load(CELLS[rng.integers(len(CELLS))])
    changes = {"cell/operating pressure": 10.0 ** rng.uniform(5.0, 7.7), "cell/pressure memory": rng.uniform(0.0, 1.0)}
    changes |= {"cell/highest pressure": changes["cell/operating pressure"] * 10.0 ** rng.uniform(0.0, 1.0)}
    changes |= scaled(cell, "separator/thickness", 10.0 ** rng.uniform(-0.5, 0.5))
    changes |= scaled(cell, "electrolyte/conductivity", 10.0 ** rng.uniform(-1.0, 0.5))
    changes |= scaled(cell, "electrolyte/diffusivity", 10.0 ** rng.uniform(-1.0, 0.5))
    for part in (NEGATIVE, POSITIVE):
        changes |= scaled(cell, f"{part}/exchange-current density", 10.0 ** rng.uniform(-2.0, 1.0))
        if cell.text(f"{part}/type") == "lithium metal":
            changes |= {
                f"{part}/contact resistance": 10.0 ** rng.uniform(-5.0, -2.0),
                f"{part}/interface resistance": 10.0 ** rng.uniform(-5.0, -2.0),
                f"{part}/contact pressure exponent": rng.uniform(0.3, 1.0),
                f"{part}/contact fraction": rng.uniform(0.05, 1.0),
                f"{part}/contact spot radius": 1e-6,
            }
            continue
        changes |= {
            f"{part}/contact pressure": 10.0 ** rng.uniform(4.0, 7.0),
            f"{part}/contact pressure exponent": rng.uniform(0.3, 1.0),
            f"{part}/contact fraction": rng.uniform(0.1, 1.0),
            f"{part}/utilisation": rng.uniform(0.7, 1.0),
            f"{part}/film resistance": 10.0 ** rng.uniform(-4.0, -1.0),
        }
        for key, factor in (
            ("thickness", rng.uniform(0.3, 2.0)),
            ("particle radius", 10.0 ** rng.uniform(-0.5, 0.5)),
            ("particle diffusivity", 10.0 ** rng.uniform(-1.5, 1.0)),
            ("electronic conductivity", 10.0 ** rng.uniform(-1.0, 1.0)),
        ):
            changes |= scaled(cell, f"{part}/{key}", factor)
    cell = cell.with_(changes)
    return cell.with_({"cell/nominal capacity": capacity_between_cutoffs(cell)}), rng.uniform(253.15, 373.15)


def test_every_run_of_random_solid_cells_ends_in_a_named_physical_ending(capsys):
    """3,000 runs: no failure of the solver, no NaN, time only forwards, none over 10 s; what leaves the positive
    electrode has passed the terminals, to 1e-10 of what it holds."""
    run(cellsim.load(CELLS[0]), 298.15, 1.0, False)  # compiles the kernels
    rng, start = np.random.default_rng(20260101), time.thread_time()
    endings, failures = Counter(), []
    for k in range(VARIATIONS):
        cell, T = variation(rng)
        for rate in RATES:
            for charging in (False, True):
                ending, seconds, result = run(cell, T, rate, charging)
                endings[ending.name] += 1
                if ending.is_failure or ending is cellsim.Ending.UNREACHABLE or seconds > LONGEST:
                    failures.append((k, cell.name, f"{T:.0f} K", rate, charging, result.steps[-1].message))
                n = result["Total lithium in positive electrode [mol]"]
                assert abs(np.ptp(n[[0, -1]]) * F / 3600.0 - result.discharge_capacity - result.charge_capacity) <= (
                    1e-10 * F / 3600.0 * n.max()
                )
                assert np.isfinite(result["Voltage [V]"]).all() and np.all(np.diff(result.t) > 0.0), (k, cell.name)
    with capsys.disabled():
        print(
            f"\n{sum(endings.values())} runs in {time.thread_time() - start:.1f} s: "
            + ", ".join(f"{n} {name}" for name, n in endings.most_common())
        )
    assert not failures, failures
