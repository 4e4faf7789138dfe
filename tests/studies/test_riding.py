"""The fastest charge within limits: none is passed, one of them is always met, and it is a protocol like any other."""

import math
from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.studies.charging import constrained as riding_module
from cellsim.studies.charging.constrained import (
    AT_MOST,
    WITHIN,
    ChargeConstraints,
    constrained_charge,
    constrained_protocol,
)

CHEN, TARGET = "lgm50_chen2020", "target_nmc811_lpscl_li"
LITHIUM = {
    "negative electrode/critical current density": 50.0,
    "negative electrode/critical current density activation energy": 3e4,
}
SAFE = ChargeConstraints(c_rate=4.0, plating_margin=0.01, critical_current_margin=2.0, temperature=318.15)
SERIES = {
    "plating margin": ("Plating margin [V]", 1.0),
    "temperature": ("Cell temperature [K]", -1.0),
    "critical current margin": ("Critical current margin [A.m-2]", 1.0),
    "voltage": ("Voltage [V]", -1.0),
}


def cell_of(name):
    """A packaged cell; solid ones with a critical current."""
    return cellsim.load(name).with_(LITHIUM) if name == TARGET else cellsim.load(name)


@pytest.mark.parametrize("name", [CHEN, TARGET, "leaf_2018"])
@pytest.mark.parametrize("celsius", [0.0, 25.0, 40.0])
def test_no_limit_is_passed_and_one_is_always_met(name, celsius):
    """In every stored row, to WITHIN and the tolerance of a step (1 mV, 0.1 K); at every row one limit is as close."""
    found = constrained_charge(cell_of(name), SAFE, temperature=celsius + 273.15, to=0.7)
    known = SAFE.of(cell_of(name))
    near = np.abs(found.result["C-rate"]) >= AT_MOST * SAFE.c_rate
    for limit, value in known.items():
        series, sign = SERIES[limit]
        room = sign * (found.result[series] - value)
        slack = {"temperature": 0.1, "critical current margin": 0.5}.get(limit, 1e-3)
        assert room.min() > -slack, limit
        near |= room < WITHIN[limit] + 2.0 * slack
    assert np.all(found.result["C-rate"] > -SAFE.c_rate * 1.001)
    assert near.mean() > 0.95
    assert found.active[0][0] in ("current", *known)


@pytest.mark.parametrize("name", [CHEN, "nmc811_pouch_modern"])
@pytest.mark.parametrize("start, limit", [(25.0, 27.0), (50.0, 55.0)])
def test_a_cell_hardly_warmer_than_its_surroundings_gets_there(name, start, limit):
    """Where it cannot cool down it is held where its limit of temperature is met, and no more than that."""
    limits = ChargeConstraints(c_rate=3.0, temperature=limit + 273.15)
    found = constrained_charge(name, limits, temperature=start + 273.15)
    assert found.reached and found.result["Cell temperature [K]"].max() <= limits.temperature


def test_it_is_faster_than_any_constant_current_that_keeps_to_the_limits():
    """The largest constant current without plating takes longer; found by halving."""
    limits = ChargeConstraints(c_rate=4.0, plating_margin=0.0)
    best = constrained_charge(CHEN, limits, temperature=298.15, to=0.6)

    def safe(rate):
        run = cellsim.simulate(CHEN, f"Charge at {rate}C until 60% SOC", soc=0.1, temperature=298.15)
        return run["Plating margin [V]"].min() >= 0.0, run.t[-1]

    low, high = 0.1, 4.0
    for _ in range(8):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if safe(middle)[0] else (low, middle)
    assert best.reached and best.duration < safe(low)[1]


def test_a_warmer_cell_charges_faster():
    """From 10 to 40 degC the time falls at every step."""
    times = [
        constrained_charge(CHEN, ChargeConstraints(plating_margin=0.0), temperature=T, to=0.6).duration
        for T in (283.15, 298.15, 313.15)
    ]
    assert times[0] > times[1] > times[2] and all(map(math.isfinite, times))


def test_the_ride_is_text_that_can_be_read_again():
    """And run by simulate to the same end."""
    protocol = constrained_protocol(cell_of(CHEN), SAFE, 0.6)
    assert cellsim.Protocol(protocol.to_text()) == protocol
    run = cellsim.simulate(CHEN, protocol.to_text(), soc=0.1, heat=True, temperature=298.15)
    assert run.t[-1] == approx(constrained_charge(CHEN, SAFE, to=0.6, temperature=298.15).result.t[-1], rel=1e-9)


def test_what_comes_before_does_not_count_as_charge():
    """A heater first: the cell starts warm, and the duration is that of the charge alone."""
    cold = constrained_charge(CHEN, SAFE, temperature=263.15, to=0.5)
    warmed = constrained_charge(CHEN, SAFE, temperature=263.15, to=0.5, before="Heat at 50 W until 25 degC")
    assert warmed.duration < 0.8 * cold.duration
    assert warmed.duration < warmed.result.t[-1]


def test_a_charge_that_cannot_go_on_says_why():
    """A cell that cannot reach the state of charge below its voltage: infinite, with the last ending in words."""
    found = constrained_charge(CHEN, ChargeConstraints(voltage=3.9), temperature=298.15, to=0.95)
    assert not found.reached and found.duration == math.inf and "ended: the current reached its limit" in repr(found)


def test_a_whole_ride_is_bounded_and_says_so(monkeypatch):
    """In time, over all of its steps, and in jumps from one limit to another."""
    whole = constrained_charge(CHEN, SAFE, temperature=298.15)
    assert whole.reached and whole.reason == "" and len(whole.active) > 2
    third = whole.active[2]
    hours = 0.5 * (third[1] + third[2]) / 3600.0
    cut = constrained_charge(CHEN, replace(SAFE, longest=3600.0 * hours), temperature=298.15)
    assert cut.result.t[-1] == approx(3600.0 * hours) and cut.reason == f"stopped after {hours:.3g} hours"
    assert [name for name, _, _ in cut.active] == [name for name, _, _ in whole.active[:3]]
    monkeypatch.setattr(riding_module, "STEPS", 2)
    short = constrained_charge(CHEN, SAFE, temperature=298.15)
    assert not short.reached and short.reason == "stopped after 2 changes of the active limit"
    assert short.reason in repr(short) and len(short.result.steps) == 2


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: ChargeConstraints(c_rate=0.01), "least_c_rate"),
        (lambda: ChargeConstraints(plating_margin=float("nan")), "plating_margin"),
        (lambda: ChargeConstraints(longest=0.0), "longest"),
        (lambda: constrained_charge(CHEN, soc=0.9, to=0.8), "states of charge"),
        (
            lambda: constrained_charge("sinzig2024", ChargeConstraints(critical_current_margin=0.0)),
            "states no critical current",
        ),
    ],
)
def test_impossible_limits_are_refused(make, words):
    """One sentence that names the field or what the cell lacks."""
    with pytest.raises(cellsim.ProtocolError, match=words):
        make()
