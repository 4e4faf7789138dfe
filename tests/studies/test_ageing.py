"""What cycles do to solid cells, and how likely lithium shorts them: nothing unless a set says so."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ParameterError, ProtocolError
from cellsim.models.volumes import critical_current_factor, surface_area
from cellsim.studies.ageing import aged
from cellsim.studies.charging.short_probability import (
    fracture_overpotential,
    plating_overpotential,
    probability_of_short,
)

TARGET, POSITIVE, NEGATIVE = "target_nmc811_lpscl_li", "positive electrode", "negative electrode"
KIM = {"bare": {}, "coated": {f"{POSITIVE}/coating coverage": 1.0, f"{POSITIVE}/coating factor": 29.0 / 4.3}}
FLAWS = {"separator/fracture toughness": 0.23e6, "separator/flaw length": 5e-6}


def resistance(cell):
    """First voltage drop at 1 A/m2 over that current [Ohm m2], the reaction spread evenly."""
    U = cellsim.models.open_circuit_voltage(cell, 0.5)
    step = cellsim.Step("current", cell.value("cell/electrode area"), 1.0)
    return U - cellsim.simulate(cell, step, cellsim.SPM(20), soc=0.5, rtol=1e-8)["Voltage [V]"][0]


@pytest.mark.parametrize("name", ["lgm50_chen2020", TARGET, "danilov2011"])
def test_a_cell_that_states_no_rate_is_not_aged(name):
    """It would come back as it was."""
    cell = cellsim.load(name)
    for how in ({"cycles": 1000, "hours": 1e4}, {"cycles": 1}, {"hours": 1.0}):
        with pytest.raises(ProtocolError, match=f"{name}: nothing changes"):
            aged(cell, **how)
    assert aged(cell) is cell


def test_time_needs_a_rate_of_time():
    """An interphase that grows by cycles does not by hours alone."""
    cell = cellsim.load(TARGET).with_({f"{POSITIVE}/cycling interphase growth": 29e-4})
    with pytest.raises(ProtocolError, match="negative electrode/calendar interphase growth"):
        aged(cell, hours=100.0)
    assert aged(cell, cycles=1.0, hours=100.0) == aged(cell, cycles=1.0) != cell


@pytest.mark.parametrize("way, b", [("bare", 29.0), ("coated", 4.3)])
def test_cathode_interphase_adds_the_resistance_it_states(way, b):
    """b sqrt(N) per electrode area: 290 and 43 Ohm cm2 at 100 cycles (Kim 2023); 1e-5 is Newton's tolerance."""
    growth = {f"{POSITIVE}/cycling interphase growth": 29e-4} | KIM[way]
    fresh = cellsim.load(TARGET).with_(growth)
    added = resistance(aged(fresh, cycles=100)) - resistance(fresh)
    assert added * 1e4 == approx(10.0 * b, rel=1e-5)


def test_lithium_interphase_grows_with_the_root_of_time():
    """2 Ohm cm2 in the first hour, ten times that after 100; hotter by exp(-E/2R (1/T - 1/T_ref))."""
    cell = cellsim.load(TARGET).with_(
        {f"{NEGATIVE}/calendar interphase growth": 2e-4, f"{NEGATIVE}/interphase growth activation energy": 38590.0}
    )
    fresh = cell.value(f"{NEGATIVE}/interface resistance")
    grown = lambda **how: aged(cell, **how).value(f"{NEGATIVE}/interface resistance") - fresh  # noqa: E731
    assert grown(hours=1.0) == approx(2e-4, rel=1e-12) and grown(hours=100.0) == approx(2e-3, rel=1e-12)
    factor = np.exp(-0.5 * 38590.0 / 8.314462618 * (1.0 / 333.15 - 1.0 / 298.15))
    assert grown(hours=1.0, temperature=333.15) == approx(2e-4 * factor, rel=1e-12)


def test_contact_and_connection_are_lost_exponentially():
    """Without healing exp(-k excess N) exactly; N cycles at once are N cycles one by one; 1e-9 over 50 steps."""
    cell = cellsim.load(TARGET).with_(
        {f"{POSITIVE}/volume change": 0.05, f"{POSITIVE}/contact loss": 0.04, f"{POSITIVE}/connection loss": 0.008}
    )
    excess = 0.05 - cell.value("cell/operating pressure") / 2e10
    after = aged(cell, cycles=50)
    theta, u = (cell.value(f"{POSITIVE}/{key}") for key in ("contact fraction", "utilisation"))
    assert after.value(f"{POSITIVE}/contact fraction") == approx(theta * np.exp(-0.04 * excess * 50.0), rel=1e-12)
    assert after.value(f"{POSITIVE}/utilisation") == approx(u * np.exp(-0.008 * excess * 50.0), rel=1e-12)
    for _ in range(50):
        cell = aged(cell, cycles=1)
    assert cell.value(f"{POSITIVE}/contact fraction") == approx(after.value(f"{POSITIVE}/contact fraction"), rel=1e-9)


def test_pressure_keeps_contact():
    """With healing the loss ends at a balance; more pressure holds more; stiff enough a contact follows all."""
    lost = {f"{POSITIVE}/volume change": 0.05, f"{POSITIVE}/contact loss": 1.0, f"{POSITIVE}/contact healing": 1e-8}
    cell = cellsim.load(TARGET).with_(lost)
    left = [
        aged(cell.with_({"cell/operating pressure": P}), cycles=1e5).value(f"{POSITIVE}/contact fraction")
        for P in (1e5, 1e6, 1e7)
    ]
    assert np.all(np.diff(left) > 0.0) and left[-1] < cell.value(f"{POSITIVE}/contact fraction")
    soft = cell.with_({f"{POSITIVE}/electrolyte modulus": 1e7, "cell/operating pressure": 1e6})
    assert aged(soft, cycles=1e5) is soft


def test_aged_cells_deliver_less():
    """Contact lost shows at high rate; connection lost at any."""
    cell = cellsim.load(TARGET).with_({f"{POSITIVE}/volume change": 0.05, f"{POSITIVE}/connection loss": 0.04})
    Q = [cellsim.simulate(c, cellsim.discharge(0.1)).discharge_capacity for c in (cell, aged(cell, cycles=100))]
    u = [c.value(f"{POSITIVE}/utilisation") for c in (cell, aged(cell, cycles=100))]
    assert Q[1] / Q[0] == approx(u[1] / u[0], rel=0.02)  # kinetics take the rest


def test_nonsense_is_refused():
    """In one sentence."""
    with pytest.raises(ProtocolError, match="cycles -1"):
        aged(cellsim.load(TARGET), cycles=-1)


def test_reacting_surface_by_hand():
    """3 eps u theta / R of the target cell."""
    assert surface_area(cellsim.load(TARGET), POSITIVE) == approx(3.0 * 0.55342 * 0.97 * 0.7 / 1.75e-6, rel=1e-12)


def test_plating_overpotential_is_the_foil_s():
    """Charging against a foil: 2RT/F asinh(i/2 i0) plus the drop over its film; 1e-6 V is Newton's tolerance."""
    cell = cellsim.load(TARGET)
    i = cell.nominal_capacity / cell.value("cell/electrode area")
    k = 2.0 * 8.314462618 * 298.15 / 96485.33212
    expected = k * np.arcsinh(i / 20.0) + i * cell.value(f"{NEGATIVE}/interface resistance")
    charge = cellsim.simulate(cell, cellsim.charge(1.0, duration=10.0), soc=0.5)
    assert plating_overpotential(cell, charge) == approx(expected, abs=1e-6)
    assert plating_overpotential(cell, cellsim.simulate(cell, cellsim.discharge(1.0, duration=10.0))) == 0.0


def test_harder_charges_are_likelier_to_short():
    """From next to nothing to certainty; 7 mV open a flaw of 5 um in argyrodite (0.23 MPa m^0.5), 1/e likely."""
    cell = cellsim.load(TARGET).with_(FLAWS | {f"{NEGATIVE}/interface resistance": 0.0})
    assert fracture_overpotential(cell) == approx(7.0e-3, rel=6e-3)
    runs = [cellsim.simulate(cell, cellsim.charge(rate, duration=5.0), soc=0.3) for rate in (0.02, 0.2, 1.0)]
    p = [probability_of_short(cell, run) for run in runs]
    assert p[0] < 1e-6 and p[0] < p[1] < p[2] and p[2] > 0.9
    with pytest.raises(ParameterError, match="separator/fracture toughness is not given"):
        probability_of_short(cellsim.load(TARGET), runs[0])
    with pytest.raises(ParameterError, match="not lithium metal"):
        plating_overpotential(cellsim.load("lgm50_chen2020"), runs[0])


def test_critical_current_rises_with_pressure_as_stated():
    """(P / P_ref)^s, one without an exponent."""
    cell = cellsim.load(TARGET).with_({"cell/operating pressure": 4e6})
    assert critical_current_factor(cell) == 1.0
    assert critical_current_factor(cell.with_({f"{NEGATIVE}/critical current pressure exponent": 0.5})) == approx(
        2.0, rel=1e-12
    )
