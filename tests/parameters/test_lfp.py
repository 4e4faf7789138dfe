"""The LFP set against PyBaMM's, and the hysteresis of LFP on its branches: loops, reversals, pulses, heat."""

import warnings
from functools import lru_cache

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, charge, discharge
from cellsim.interop.against_pybamm import against_pybamm
from cellsim.physics.constants import F

P = "positive electrode/"
CELL = cellsim.load("prada2013")
BRANCHES = ("lithiation open-circuit potential", "delithiation open-circuit potential")
MODELS = ("current sigmoid", "one-state hysteresis")
GAP = 0.033  # V, between the branches
V = "Voltage [V]"


@lru_cache
def theirs():
    """PyBaMM's set as a cell."""
    pytest.importorskip("pybamm")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cellsim.CellsimWarning)
        return cellsim.from_pybamm("Prada2013")


def test_the_set_is_pybamms_but_for_the_branches_and_the_packaging():
    """Numbers to 1e-6, as exchange currents are written with eight digits, and laws to 1e-9 of a volt or S/m."""
    other, compared = theirs(), 0
    for path in CELL:
        section, _, key = path.partition("/")
        if section == "design" or "hysteresis" in key or key in BRANCHES:
            continue
        if CELL.is_number(path):
            assert CELL.value(path) == approx(other.value(path), rel=1e-6), path
        else:
            x = np.linspace(1.0, 4000.0, 60) if section == "electrolyte" else np.linspace(0.01, 0.99, 60)
            assert CELL.law(path)(x, 298.0) == approx(other.law(path)(x, 298.0), abs=1e-9), path
        compared += 1
    assert compared > 40
    assert set(other) <= set(CELL)


@pytest.mark.parametrize("how", ("single", *MODELS))
def test_the_default_mesh_keeps_a_millivolt_on_the_plateau(how):
    """1 mV rms over the first 95 %, both ways from C/20 to 4C and through pulses, from a run on a fine mesh."""
    cell = CELL.with_hysteresis(how)
    pulses = "Discharge at 1C for 20 minutes; Rest for 10 minutes; Charge at 2C for 5 minutes; Discharge at 3C for 20 s"
    runs = [(discharge(rate), 1.0) for rate in (0.05, 0.5, 1.0, 4.0)] + [(charge(rate), 0.05) for rate in (0.1, 1.0)]
    for steps, soc in [*runs, (pulses, 0.9)]:
        fine = cellsim.simulate(cell, steps, DFN((120, 12, 120), 60), soc=soc, rtol=2e-5)
        t = np.linspace(0.0, 0.95 * fine.t[-1], 400)
        off = cellsim.simulate(cell, steps, soc=soc).at(V, t) - fine.at(V, t)
        assert np.sqrt(np.mean(off**2)) <= 1e-3


def beside_single(how, steps, soc=0.9, **options):
    """Times [s], and the voltage [V] with a model of hysteresis less that without."""
    runs = [cellsim.simulate(CELL.with_hysteresis(name), steps, soc=soc, **options) for name in (how, "single")]
    t = np.linspace(1.0, 0.999 * runs[0].t[-1], 500)
    return t, runs[0].at(V, t) - runs[1].at(V, t)


@pytest.mark.parametrize("how", MODELS)
def test_a_loop_is_as_wide_as_the_branches_are_apart(how):
    """At C/50 half of the plateau and back: half the gap below going down, half above going up, to a millivolt.

    So much the default mesh promises of either run; one state has covered 1 - exp(-7) of its way.
    """
    t, apart = beside_single(how, "Discharge at C/50 for 30 hours; Charge at C/50 for 20 hours")
    hours = t / 3600.0
    down, up = apart[(hours > 25.0) & (hours < 29.5)], apart[(hours > 48.0) & (hours < 49.5)]
    assert down == approx(-GAP / 2.0, abs=1e-3) and up == approx(GAP / 2.0, abs=1e-3)


def test_a_reversal_does_not_jump_and_stays_between_the_branches():
    """One state: no jump at reversals and pulses, exp(-decay change / 2), never beyond the branches."""
    steps = "Discharge at 1C for 20 minutes; Charge at 1C for 5 minutes; Rest for 10 minutes; Charge at 2C for 10 s; "
    steps += "Discharge at 2C for 10 s; Rest for 5 minutes"
    run = cellsim.simulate(CELL.with_hysteresis("one-state hysteresis"), steps, soc=0.9)
    h = run["X-averaged positive electrode hysteresis state"]
    assert np.all(np.abs(run["Positive electrode hysteresis state"]) <= 1.0)
    ends = [step.t[-1] for step in run.steps]
    at = lambda t: run.at("X-averaged positive electrode hysteresis state", np.array([t]))[0]  # noqa: E731
    for end in ends[:-1]:
        assert at(end + 1e-3) == approx(at(end - 1e-3), abs=1e-4)
    held = F * CELL.value(P + "maximum concentration") * CELL.value(P + "active material volume fraction")
    held *= CELL.value(P + "thickness") * CELL.value("cell/electrode area")
    passed = CELL.nominal_capacity * 1200.0 / held  # of the stoichiometry in 20 minutes of 1C
    assert at(ends[0]) == approx(-1.0 + np.exp(-20.0 * passed), abs=0.02)  # from 0; volumes differ a little
    assert h[0] == 0.0 and at(ends[1]) > 0.0  # the other way within 5 minutes, on a minor loop


def test_what_a_loop_loses_is_heat():
    """Of the second of two equal cycles: charge's energy less discharge's is the heat, to 2e-4 of it.

    With the heat of mixing, which diffusion in the particles takes from the voltage.  Rows are far enough apart for the
    trapezoidal rule to err by 1e-4; the cycle closes to 1e-5 V.
    """
    cycle = "Discharge at C/5 for 2 hours; Charge at C/5 for 2 hours; Rest for 1 hour"
    lump = cellsim.Lumped(1e9, 0.0, 1.0, heat_of_mixing=True)  # stays at its temperature
    run = cellsim.simulate(
        CELL.with_hysteresis("one-state hysteresis"), f"{cycle}; {cycle}", soc=0.9, heat=lump, rtol=1e-5
    )
    second = run.t >= run.steps[2].t[-1]
    t, power = run.t[second], (run["Current [A]"] * run[V])[second]
    lost, heat = -np.trapezoid(power, t), np.ptp(run["Heat generated [J]"][second])
    assert heat == approx(lost, rel=2e-4)
    of_hysteresis = np.trapezoid(run["Hysteresis electrochemical heating [W]"][second], t)
    width = GAP * CELL.nominal_capacity * 0.4 * 3600.0  # of the loop if the state followed the current at once
    assert 0.5 * width < of_hysteresis < width  # it lags behind by 0.1 of the 0.4 x 0.7 that x changes by


def test_reversals_and_pulses_agree_with_pybamm():
    """One state, 1C and 2C both ways with rests: 0.5 mV rms."""
    pytest.importorskip("pybamm")
    steps = "Discharge at 1C for 20 minutes; Charge at 1C for 10 minutes; Rest for 10 minutes; "
    steps += "Discharge at 2C for 1 minute; Charge at 2C for 1 minute; Rest for 5 minutes"
    cell = CELL.with_hysteresis("one-state hysteresis")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = against_pybamm(cell, steps, soc=0.9)
    assert found.rms <= 0.5
