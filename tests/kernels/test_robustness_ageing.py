"""Random ageing cells, protocols and temperatures: runs end for a stated reason, and lithium and salt are kept.

CELLSIM_AGEING_RUNS: how many, 40 unless given.
"""

import os
import random

import numpy as np
import pytest
import random_lives

import cellsim
from cellsim.kernels.layout import unknowns
from cellsim.models import ACCURACY
from cellsim.models.electrodes import PARTS
from cellsim.physics.constants import F
from cellsim.protocols import Protocol
from cellsim.simulation.start import at_start

RUNS = int(os.environ.get("CELLSIM_AGEING_RUNS", "40"))
CYCLES = 3
KEPT = (1e-12, 1e-12)  # lithium is booked, and sums are even, see equations.ageing: rounding
N = "negative electrode/"
LAWS = {  # what sets its rate
    "none": None,
    "reaction limited": "SEI reaction exchange current density",
    "solvent-diffusion limited": "SEI solvent diffusivity",
    "ec reaction limited": "SEI kinetic rate constant",
    "electron-migration limited": "SEI electron conductivity",
    "interstitial-diffusion limited": "SEI lithium interstitial diffusivity",
}
LOSS = {  # what sets its rate, in either electrode, and its order of magnitude
    "none": {},
    "stress-driven": {},
    "reaction-driven": {N + "reaction-driven LAM factor": 1e-4, "positive electrode/reaction-driven LAM factor": 0.0},
    "current-driven": {N + "current-driven LAM factor": 1e-10, "positive electrode/current-driven LAM factor": 2e-10},
}


def ageing_cell(rng):
    """A cell of okane2022 with a random subset of the mechanisms, at random rates."""
    options = random_lives.mechanisms(rng, 0.5)
    base = cellsim.load("okane2022")
    law, loss = options["SEI"], options["loss of active material"]
    keys = [LAWS[law], "lithium plating kinetic rate constant", "cracking rate", "LAM constant proportional term"]
    faster = {N + key: base.value(N + key) * 10.0 ** rng.uniform(-2.0, 2.0) for key in keys if key}
    return base.with_ageing(False).with_(faster | LOSS[loss]).with_ageing(options), options


def steps_of(rng):
    """A cycle at random rates."""
    out, into = rng.choice((0.3, 1.0, 2.0)), rng.choice((0.3, 1.0, 1.5))
    away = f"Discharge at {out}C until 2.5 V; Rest for 10 minutes; "
    return away + f"Charge at {into}C until 4.2 V; Hold at 4.2 V until C/20" + rng.choice(("", "; Rest for 1 hour"))


def model_of(rng):
    """Each of the models, coarse."""
    return rng.choice((cellsim.DFN((5, 3, 4), 6), cellsim.SPMe((5, 3, 4), 6), cellsim.SPM(6)))


def kept(sys, state):
    """Lithium in particles and in what side reactions made, and salt if it is a state [mol/m2]."""
    y, v = unknowns(sys, state), sys.volume
    lithium = sum(getattr(y, name).sum() for name in ("sei", "sei_on_cracks", "plated", "dead", "gone"))
    for side in range(len(PARTS)):
        at, a = np.flatnonzero(v["side"] == side), sys.ageing[side]
        inside = y.x[v["particle"][at]] @ (3.0 * sys.shell["volume"])
        active = y.active[0, at] if sys.counts["loss"] else a["active"]
        lithium = lithium + (inside * active * a["content"] * v["dx"][at]).sum()
    pores = np.where(y.porosity > 0.0, y.porosity, v["eps"]) if sys.counts["clogging"] else v["eps"]
    return np.array([lithium / F, (y.c_e * pores * v["dx"]).sum()])


@pytest.mark.parametrize("number", range(RUNS))
def test_ageing_cells_run_and_keep_what_they_hold(number):
    """No NaN, no failure of the solver; lithium and salt as at the start."""
    rng = random.Random(f"ageing {number}")
    cell, options = ageing_cell(rng)
    T, model, steps = rng.uniform(263.15, 318.15), model_of(rng), steps_of(rng)
    begun = at_start(cell, model, T, 1.0, None, None, Protocol(steps), ACCURACY, None)
    first, how = kept(begun.sys, begun.state), {"model": model, "temperature": T}
    for _ in range(CYCLES):
        run = cellsim.simulate(cell, steps, **how)
        about = f"{number}: {options}, {model}, {T:.1f} K, {steps}: {run.termination}"
        assert np.isfinite(run.final_state.state).all() and np.isfinite(run["Voltage [V]"]).all(), about
        assert not any(ending.is_failure for ending in run.endings), about
        found = kept(begun.sys, run.final_state.state)
        assert (np.abs(found / first - 1.0) < KEPT).all(), f"{about}: {found / first - 1.0}"
        if run.endings[-1].stops_run:
            break
        how = {"start": run}
