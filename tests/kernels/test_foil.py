"""Lithium at the negative side: its book, how it ends, voids, interphase, pressure; nothing where none is stated."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import Ending
from cellsim.kernels import records
from cellsim.kernels.equations.lithium_metal import potential_at_rest
from cellsim.kernels.integrators import ndf as march
from cellsim.models.lithium_metal import foil_of
from cellsim.physics.constants import F, R

TARGET, N = "target_nmc811_lpscl_li", "negative electrode/"
ENDS = {N + "vanishing charge": 180.0}
FREE = ENDS | {"design/lithium excess thickness": 0.0}  # lithium only from the positive electrode
HOST = FREE | {N + "host capacity": 28800.0}
VOIDS = ENDS | {N + "void share": 1.0, N + "creep current density": 2.0, N + "creep exponent": 1.9}
GROWS = ENDS | {
    N + "calendar interphase growth": 2e-4,
    N + "interphase conductivity": 1e-5,
    N + "interphase lithium concentration": 6e4,
}
PRESSED = VOIDS | {
    "cell/stack modulus": 1e9,
    "cell/stack height": 1.5e-4,
    "cell/stack compliance": 1e-12,
    N + "contact resistance": 5e-4,
    "positive electrode/volume change": -0.05,
}
ALL = PRESSED | HOST | GROWS | {N + "coulombic efficiency": 0.98}
MODELS = [cellsim.DFN(), cellsim.SPMe(), cellsim.SPM()]


def cell(changes):
    """The target cell with changes."""
    return cellsim.load(TARGET).with_(changes)


def lithium(result):
    """Lithium at the negative side, all kinds of it [mol]."""
    return sum(
        result[name]
        for name in (
            "Lithium metal [mol]",
            "Lithium in host [mol]",
            "Dead lithium [mol]",
            "Lithium in interphase [mol]",
        )
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("changes", [HOST, ALL], ids=["host", "everything"])
def test_lithium_adds_up_at_all_times(model, changes):
    """Metal, host, dead, interphase and positive electrode: constant to 1e-11 of what the positive electrode holds, as
    each of a thousand rows rounds, and what left the negative side is the charge that passed.  Three cycles, with heat.
    """
    steps = [cellsim.charge(0.3), cellsim.hold(4.25, 0.05), cellsim.discharge(0.3)] * 3
    result = cellsim.simulate(cell(changes), steps, model, soc=0.0, heat=True)
    positive, negative = result["Total lithium in positive electrode [mol]"], lithium(result)
    assert np.ptp(positive + negative) < 1e-11 * positive.max()
    assert np.ptp(negative + result["Discharge capacity [A.h]"] * 3600.0 / F) < 1e-11 * positive.max()
    assert len(result.steps) > 3  # else nothing was cycled


def test_coulombic_inefficiency_is_booked_as_dead():
    """Two hundredths of what the charge brings; it is missing on the next discharge."""
    wasteful = cell(HOST | {N + "coulombic efficiency": 0.98})
    one = cellsim.simulate(wasteful, [cellsim.charge(0.3), cellsim.discharge(0.3)], soc=0.0)
    assert one["Dead lithium [mol]"][-1] == approx(0.02 * one.charge_capacity * 3600.0 / F, rel=1e-9)
    full = cellsim.simulate(cell(HOST), [cellsim.charge(0.3), cellsim.discharge(0.3)], soc=0.0)
    assert one.discharge_capacity < full.discharge_capacity


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_a_discharge_ends_where_the_lithium_is_used_up(model):
    """At a low rate and without excess; the ending says so, and what is left is next to nothing."""
    result = cellsim.simulate(cell(FREE), cellsim.discharge(0.05), model)
    assert result.endings == (Ending.LITHIUM_EXHAUSTED,)
    assert "lithium of the negative electrode" in result.steps[0].message
    assert result["Lithium thickness [m]"][-1] < 1e-9


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_without_a_residual_charge_the_known_excess_ends_a_discharge(model):
    """Two hundredths of each charge die: 2 um are used up, never overdrawn; without excess, lithium has no end."""
    wasteful = {N + "coulombic efficiency": 0.98, N + "vanishing charge": 0.0, "design/lithium excess thickness": 2e-6}
    steps = cellsim.cycle([cellsim.charge(0.2), cellsim.discharge(0.2)], 8)
    result = cellsim.simulate(cell(wasteful), steps, model, soc=0.0)
    assert result.endings[-1] == Ending.LITHIUM_EXHAUSTED and 4 < len(result.steps) < 16
    metal = result["Lithium metal [mol]"]
    assert 0.0 < metal[-1] == metal.min() < 2e-4 * metal[0]
    endless = cellsim.simulate(cell(wasteful | {"design/lithium excess thickness": 0.0}), steps, model, soc=0.0)
    assert Ending.LITHIUM_EXHAUSTED not in endless.endings and len(endless.steps) == 16


def test_an_excess_of_lithium_is_left_over():
    """As thick as the design says, give or take what the positive electrode could not take up: 10 %."""
    result = cellsim.simulate(cell(ENDS), cellsim.discharge(0.05))
    excess = cell(ENDS).value("design/lithium excess thickness")
    assert result["Lithium thickness [m]"][-1] == approx(excess, rel=0.1)
    assert result.endings == (Ending.LOWER_VOLTAGE,)


def test_vanishing_lithium_has_the_potential_of_its_activity():
    """U = -(RT/F) ln N/(N + N_0), reference (11), without a host: to rounding."""
    foil, T = foil_of(cell(FREE), 298.15), 298.15
    now = np.zeros(1, records.TOUCH)
    for amount in (1.0, 180.0, 1e5):
        expected = -R * T / F * np.log(amount / (amount + 180.0))
        assert potential_at_rest(foil, amount, T, now) == approx(expected, rel=1e-12)


def test_a_host_fills_before_metal_is_plated():
    """At half its capacity nearly all lithium is in it, at twice half is metal; its potential falls throughout."""
    result = cellsim.simulate(cell(HOST), cellsim.charge(0.1), soc=0.0)
    held, metal = result["Lithium in host [mol]"], result["Lithium metal [mol]"]
    total = held + metal
    capacity = 28800.0 * cell(HOST).value("cell/electrode area") / F
    half = np.argmin(np.abs(total - 0.5 * capacity))
    assert held[half] > 0.99 * total[half]
    assert held.max() < 1.01 * capacity and metal[-1] > 0.1 * total[-1]
    assert np.all(np.diff(held) > -1e-12 * capacity)


def test_voids_grow_where_stripping_is_faster_than_creep():
    """More pressure, fewer voids; beyond the pressure of the engineering law (34) none at all."""
    heights = [
        cellsim.simulate(cell(VOIDS | {"cell/operating pressure": P}), cellsim.discharge(0.3))["Void height [m]"][-1]
        for P in (1e6, 3e6, 3e7)
    ]
    assert heights[0] > heights[1] > heights[2] == 0.0


def test_lost_contact_costs_voltage_and_plating_heals_it():
    """Contact falls as exp(-v/v_0) on discharge, and a charge brings it back."""
    deep = cell(VOIDS | {N + "void height": 1e-5})
    result = cellsim.simulate(deep, ["Discharge at 0.3C for 1 hour", "Charge at 0.3C until 4.25 V"], soc=0.9)
    plain = cellsim.simulate(cell(ENDS), "Discharge at 0.3C for 1 hour", soc=0.9)
    v, touching = result["Void height [m]"], result["Active contact fraction"]
    assert touching == approx(np.exp(-np.maximum(v, 0.0) / 1e-5), rel=1e-12)
    end = np.flatnonzero(result.step_index == 0)[-1]
    assert touching[end] < 0.6 and touching[-1] > 0.99
    assert result["Voltage [V]"][end] < plain["Voltage [V]"][-1] - 1e-3


def test_an_interphase_grows_with_the_root_of_time():
    """At rest: twice as thick after four times as long, 3 % for the reaction that limits a thin one; takes lithium."""
    result = cellsim.simulate(cell(GROWS), cellsim.rest(4 * 3600.0), period=3600.0, temperature=298.15)
    grown = result.at("Interphase resistance [Ohm.m2]", [3600.0, 4 * 3600.0])
    assert grown[1] / grown[0] == approx(2.0, rel=0.03) and grown[0] == approx(2e-4, rel=0.05)
    assert result["Lithium in interphase [mol]"][-1] > 0.0


def test_plating_presses_the_stack():
    """Pressure rises while lithium is plated and falls when it leaves."""
    result = cellsim.simulate(cell(PRESSED), [cellsim.charge(0.3), cellsim.discharge(0.3)], soc=0.0)
    P = result["Stack pressure [Pa]"]
    turn = np.flatnonzero(result.step_index == 0)[-1]
    assert P[turn] == approx(P.max()) and P[turn] > 2.0 * P[0] and P[-1] < P[turn]


def test_the_margin_to_the_critical_current_counts_the_area_in_contact():
    """i_crit + I / active, criterion (35)."""
    changed = cell(VOIDS | {N + "critical current density": 50.0})
    result = cellsim.simulate(changed, ["Discharge at 0.3C for 1 hour", "Charge at 0.2C for 60 s"], soc=0.9)
    expected = 50.0 + result["Current density [A.m-2]"] / result["Active contact fraction"]
    assert result["Critical current margin [A.m-2]"] == approx(expected, rel=1e-9)


def test_nothing_changes_where_nothing_is_stated():
    """Coefficients of zero: no foil data, no variables, and voltages bit for bit those of the plain cell."""
    zeros = cell({N + "void share": 0.0, N + "vanishing charge": 0.0, N + "coulombic efficiency": 1.0})
    assert foil_of(zeros, 298.15).size == 0
    a, b = (cellsim.simulate(c, cellsim.discharge(1.0)) for c in (zeros, cellsim.load(TARGET)))
    assert np.array_equal(a["Voltage [V]"], b["Voltage [V]"]) and "Void height [m]" not in list(a)


def test_heat_and_lithium_compile_nothing_anew():
    """One compiled form of the integrator for plain cells, cells with heat, and cells whose lithium changes."""
    for changes, heat in (({}, False), ({}, True), (ALL, True)):
        cellsim.simulate(cell(changes), cellsim.discharge(1.0, duration=10.0), heat=heat)
    cellsim.simulate("lgm50_chen2020", cellsim.discharge(1.0, duration=10.0), heat=True)
    assert len(march.march.signatures) == 1


def error_at(rtol, name):
    """A quantity at the end of a run at a tolerance."""
    steps = [cellsim.discharge(0.2, duration=4000.0)]
    return cellsim.simulate(cell(VOIDS | GROWS), steps, cellsim.DFN((1, 6, 12), 12), soc=0.9, rtol=rtol)[name][-1]


@pytest.mark.parametrize("name", ["Void height [m]", "Interphase resistance [Ohm.m2]", "Voltage [V]"])
def test_tighter_tolerances_converge(name):
    """The coupling by foreseen values loses nothing: a thousandth of the tolerance errs by at most a tenth as much."""
    exact = error_at(1e-9, name)
    rough, fine = (abs(error_at(rtol, name) - exact) for rtol in (1e-3, 1e-6))
    assert fine < 0.1 * rough or fine < 1e-9 * abs(exact)


def test_random_lithium_never_fails_the_solver():
    """60 cells with every coefficient drawn over decades, charged and discharged: a physical ending, finite, booked."""
    rng = np.random.default_rng(11)
    for _ in range(60):
        changes = dict(ALL)
        for key, lo, hi in (
            (N + "vanishing charge", 1.0, 2e3),
            (N + "host capacity", 1e3, 5e4),
            (N + "creep current density", 0.05, 50.0),
            (N + "calendar interphase growth", 1e-6, 1e-2),
            ("cell/operating pressure", 1e5, 5e7),
            ("cell/stack modulus", 1e7, 1e10),
            (N + "void height", 1e-7, 1e-5),
        ):
            changes[key] = float(np.exp(rng.uniform(np.log(lo), np.log(hi))))
        changes[N + "coulombic efficiency"] = float(rng.uniform(0.9, 1.0))
        rate = float(np.exp(rng.uniform(np.log(0.05), np.log(3.0))))
        try:
            result = cellsim.simulate(
                cell(changes),
                [cellsim.charge(rate), cellsim.discharge(rate)],
                soc=0.05,
                temperature=float(rng.uniform(263.15, 353.15)),
            )
        except cellsim.SolveError as fault:
            pytest.fail(f"{changes}, {rate}: {fault}")
        assert np.isfinite(result["Voltage [V]"]).all()
        positive = result["Total lithium in positive electrode [mol]"]
        assert np.ptp(positive + lithium(result)) < 1e-10 * positive.max()
