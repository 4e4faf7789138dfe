"""The cycles of a life under PyBaMM's names: a table of PyBaMM's own, and sums that are known."""

import os
import warnings

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import CellsimWarning

os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
pybamm = pytest.importorskip("pybamm")

OPTIONS = {"SEI": "ec reaction limited", "lithium plating": "irreversible", "calculate discharge energy": "true"}
STEPS = "Discharge at 1C until 3 V; Rest for 10 minutes; Charge at C/2 until 4.1 V"
CYCLES = 2
PHASES = ("primary", "secondary")
OF_LITHIUM = 1e-5  # of the lithium in the cell, which changes within a cycle by what is left of large amounts


def chen():
    """PyBaMM's set of O'Kane with the smooth graphite of Chen, whose potential has no noise."""
    values = pybamm.ParameterValues("OKane2022")
    values["Negative electrode OCP [V]"] = pybamm.ParameterValues("Chen2020")["Negative electrode OCP [V]"]
    values["SEI kinetic rate constant [m.s-1]"] = 1e-14
    values["Lithium plating kinetic rate constant [m.s-1]"] = 1e-11
    return values


@pytest.fixture(scope="module")
def both():
    """(PyBaMM's summary variables, ours) of the same cycles from the same state."""
    values = chen()
    points = {"x_n": 5, "x_s": 5, "x_p": 5, "r_n": 20, "r_p": 20}
    experiment = pybamm.Experiment([tuple(STEPS.split("; "))] * CYCLES)
    solver = pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-8)
    simulation = pybamm.Simulation(
        pybamm.lithium_ion.SPM(OPTIONS), parameter_values=values, experiment=experiment, solver=solver, var_pts=points
    )
    theirs = simulation.solve(initial_soc=1.0).summary_variables
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CellsimWarning)
        cell = cellsim.from_pybamm(values, {key: OPTIONS[key] for key in OPTIONS if "energy" not in key})
    life = cellsim.age(cell, STEPS, CYCLES, model=cellsim.SPM(40), jump=False, until=None, rtol=1e-7)
    return theirs, life


def test_every_name_of_pybamms_is_there(both):
    """All but the numbers of cycles, which index our table."""
    theirs, life = both
    assert not set(theirs.all_variables) - set(life.summary_variables)


def test_numbers_are_pybamms(both):
    """1 % of each: lithium that plates follows potentials exponentially, 0.25 mV of them, of 20 shells there, are 1 %.

    PyBaMM's local resistance is negative on charge, where ours is positive.  Nothing lost is 0 to rounding.
    """
    theirs, life = both
    ours = life.summary_variables
    for name in theirs.all_variables:
        if name != "Change in local ECM resistance [Ohm]":
            known = np.array(theirs[name]) * (-1.0 if name == "Local ECM resistance [Ohm]" else 1.0)
            near = OF_LITHIUM * theirs["Total lithium [mol]"][0] if "otal lithium in" in name else 1e-12
            assert ours[name].to_numpy() == approx(known, rel=0.01, abs=near), name


def test_changes_add_up_to_the_amounts(both):
    """From the first cycle to the last, to rounding: what is there, less what a fresh cell has."""
    table = both[1].summary_variables
    for name in ("Time [h]", "Throughput energy [W.h]", "Total lithium lost to side reactions [mol]"):
        assert table[f"Change in {name[0].lower()}{name[1:]}"].sum() == approx(table[name].iloc[-1], rel=1e-12)


def test_phases_and_jumps_have_the_same_names():
    """A composite electrode, cycles that are jumped over: sums of the phases are the electrode's."""
    cell = cellsim.load("lgm50_composite").with_ageing({"SEI": "solvent-diffusion limited"})
    steps = "Discharge at C/2 until 2.8 V; Charge at C/2 until 4.1 V"
    found = cellsim.age(cell, steps, 30, model=cellsim.SPM(6), until=None).summary_variables
    assert found.index[-1] == 30 and len(found) < 30
    for whole, parts in (
        ("Loss of lithium to negative SEI [mol]", "Loss of lithium to negative {} SEI [mol]"),
        ("Total lithium in negative electrode [mol]", "Total lithium in {} phase in negative electrode [mol]"),
        ("Negative electrode capacity [A.h]", "Negative electrode {} phase capacity [A.h]"),
    ):
        for name in (whole, f"Change in {whole[0].lower()}{whole[1:]}"):
            both = [
                found[(parts if name == whole else f"Change in {parts[0].lower()}{parts[1:]}").format(p)]
                for p in PHASES
            ]
            assert sum(both).to_numpy() == approx(found[name].to_numpy(), rel=1e-9, abs=1e-15)
    share = "Loss of active material in secondary phase in negative electrode [%]"
    assert (found[share] == 0.0).all() and (found["Change in loss of lithium to negative SEI [mol]"] > 0.0).all()


def test_lithium_metal_has_what_a_half_cell_has():
    """No names of particles of a negative electrode, and what cannot be known is left out."""
    cell = cellsim.with_overlay("target_nmc811_lpscl_li", "solid_wear")
    steps = "Charge at C/3 until 4.2 V; Discharge at C/3 until 2.8 V"
    found = cellsim.age(cell, steps, 2, model=cellsim.SPM(), soc=0.0, until=None, jump=False).summary_variables
    assert not [name for name in found if "negative electrode" in name or "Q_n" in name or "NPR" in name]
    assert np.isfinite(found["Change in total lithium in positive electrode [mol]"]).all()
