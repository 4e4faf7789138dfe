"""Cells of each of the newer kinds that nobody has made, from -20 to 60 degC, in all models, both ways.

CELLSIM_KINDS=500 takes so many of each kind instead of CELLS.
"""

import os
import random
import time
from collections import Counter

import numpy as np
import pytest
import random_kinds
from random_cells import decades, loaded

import cellsim
from cellsim.models.electrodes import has_foil
from cellsim.physics.constants import F

CELLS = int(os.environ.get("CELLSIM_KINDS", "40"))  # of each kind
RATES = (0.1, 0.5, 1.0, 3.0)
MODELS = (cellsim.DFN(), cellsim.SPMe(), cellsim.SPM())
LONGEST = 30.0  # s of processor time one run may take: nine sizes on the mesh of a cold electrode that jams
LITHIUM = 1e-10  # of what an electrode holds, or of the charge: the equations conserve both, what is left is rounding
PARTS = ("negative electrode", "positive electrode")
LAWS = ("symmetric Butler-Volmer", "asymmetric Butler-Volmer", "linear", "Marcus", "Marcus-Hush-Chidsey")


def open_sizes(rng):
    """Lognormal distributions whose number of sizes follows from the accuracy."""
    cell = loaded(rng.choice(random_kinds.BOTH))
    spread = {
        f"{part}/particle radius standard deviation": cell.value(f"{part}/particle radius") * rng.uniform(0.02, 0.7)
        for part in PARTS
    }
    return cell.with_(spread)


def msmr(rng):
    """Host sites moved, widened and weighed anew, with reactions of their own; diffusion by either gradient."""
    cell, changes = loaded("msmr_example"), {}
    for part in PARTS:
        sites = cell.law(f"{part}/open-circuit potential").sites
        weights = [X * rng.uniform(0.5, 2.0) for X in sites.X]
        changes[f"{part}/open-circuit potential"] = {
            "standard potential": [U + rng.uniform(-0.02, 0.02) for U in sites.U0],
            "occupancy fraction": [X / sum(weights) for X in weights],
            "ideality factor": [w * rng.uniform(0.7, 1.5) for w in sites.w],
        }
        for key, low, high in (("exchange-current density", -1.0, 1.0), ("particle radius", -0.5, 0.3)):
            changes[f"{part}/{key}"] = cell.value(f"{part}/{key}") * decades(rng, low, high)
    return cell.with_(changes).with_particle(rng.choice(["MSMR", "Fickian diffusion"]))


def kinetics(rng):
    """Either electrode by a law and numbers of its own, most with largest currents that leave room."""
    cell, changes = loaded(rng.choice(random_kinds.BOTH)), {}
    for part in PARTS:
        changes |= {
            f"{part}/anodic transfer coefficient": rng.uniform(0.1, 0.9),
            f"{part}/reorganisation energy": decades(rng, -1.5, 0.3),
            f"{part}/exchange-current density": cell.value(f"{part}/exchange-current density") * decades(rng, 0.0, 3.0),
        }
    return cell.with_(changes).with_kinetics(tuple(rng.choice(LAWS) for _ in PARTS))


KINDS = (*random_kinds.KINDS, open_sizes, msmr, kinetics)
COARSE = {
    "accuracy": 1e-2
}  # of open_sizes: thirty sizes on the mesh of a cold electrode that jams take a minute to 1 mV


def made(kind, number):
    """A cell of a kind, or None where what was drawn is refused."""
    rng = random.Random(f"robust/{kind.__name__}/{number}")
    try:
        return kind(rng).with_ageing(False), rng
    except cellsim.ParameterError:
        return None, rng


def missed(cell, result):
    """Largest miss of the lithium of an electrode beside the charge that was passed, over what it holds [-]."""
    found, passed = [], (result.discharge_capacity - result.charge_capacity) * 3600.0 / F
    signs = {"positive": 1.0} if has_foil(cell) else {"positive": 1.0, "negative": -1.0}
    for name, sign in signs.items():
        held = result[f"Total lithium in {name} electrode [mol]"]
        found.append(abs(held[-1] - held[0] - sign * passed) / held.max())
    return max(found)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
@pytest.mark.filterwarnings("ignore::cellsim.errors.CellsimWarning")
def test_every_run_of_random_cells_of_a_kind_ends_in_words_with_all_its_lithium(kind, capsys):
    """Up to 3C: no failure of the solver, no number that is none, none over 10 s, lithium to 1e-10."""
    endings, faults, refused, number = Counter(), [], 0, 0
    while endings.total() < CELLS:
        cell, rng = made(kind, number)
        number += 1
        if cell is None:
            refused += 1
            continue
        rate, charging, model = rng.choice(RATES), rng.random() < 0.5, rng.choice(MODELS)
        step, soc = (cellsim.charge(rate), 0.02) if charging else (cellsim.discharge(rate), 0.98)
        how = {"soc": soc, "temperature": rng.uniform(253.0, 333.0)} | (COARSE if "sizes" in kind.__name__ else {})
        start = time.thread_time()
        try:
            result = cellsim.simulate(cell, step, model, time_budget=LONGEST, **how)
        except cellsim.SolveError as failure:
            result = failure.result
        except cellsim.ParameterError:  # a model that does not take what varies over the electrode
            result = cellsim.simulate(cell, step, time_budget=LONGEST, **how)
        endings[result.endings[-1].name] += 1
        off = missed(cell, result)
        wrong = [
            name
            for name, is_so in {
                "failed": result.endings[-1].is_failure or result.endings[-1] is cellsim.Ending.UNREACHABLE,
                "slow": time.thread_time() - start > LONGEST,
                "no number": not np.isfinite(result["Voltage [V]"]).all(),
                "clock": not np.all(np.diff(result.t) > 0.0),
                f"lithium {off:.1e}": off > LITHIUM,
            }.items()
            if is_so
        ]
        if wrong:
            faults.append((number - 1, cell.name, rate, charging, str(model), how, *wrong, result.steps[-1].message))
    with capsys.disabled():
        print(f"\n{kind.__name__}: {refused} refused, " + ", ".join(f"{n} {name}" for name, n in endings.most_common()))
        for fault in faults:
            print(*fault)
    assert number < 4 * CELLS  # refused: profiles that leave no pores, potentials that miss the cut-off voltages
    assert not faults
