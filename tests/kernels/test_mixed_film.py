"""Films that conduct ions and electrons: lithium at both faces, what electrons lose, and the geometric capacity."""

import numpy as np
import pytest
from alternating import impedance_in_time
from pytest import approx

import cellsim
from cellsim import Ending, ParameterError, ThinFilm
from cellsim.models.thin_film import resolution
from cellsim.numerics.grids import film_nodes
from cellsim.physics.constants import F

P, V = "positive electrode/", "Voltage [V]"
SHARE, SIGMA, D_S = P + "electronic transference number", P + "electronic conductivity", P + "particle diffusivity"
L_F, D, HELD = 8.08e-6, 2e-14, 3.22e4  # m, m2/s, mol/m3
SET = "raijmakers2020"


def film(changes=None):
    return cellsim.load(SET).with_(changes or {})


def plain():
    """One diffusivity and one conductivity."""
    return film({D_S: D, SIGMA: 1e-3})


def test_lithium_of_the_film_is_what_the_current_brought():
    """Over charge, hold, rest and discharge, at both faces: 1e-10 of the film's lithium, rounding."""
    steps = [cellsim.charge(1.0), cellsim.hold(4.15, until_c_rate=0.2), cellsim.rest(600.0), cellsim.discharge(2.0)]
    run = cellsim.simulate(film({"cell/lower voltage cut-off": 3.2}), steps, soc=0.3)
    held = run["Total lithium in positive electrode [mol]"] - run["Discharge capacity [A.h]"] * 3600.0 / F
    assert np.ptp(held) < 1e-10 * held[0]
    assert run.endings == (Ending.UPPER_VOLTAGE, Ending.CURRENT, Ending.DURATION, Ending.LOWER_VOLTAGE)


@pytest.mark.parametrize("share", (1.0, 0.807, 0.5, 0.2))
def test_a_lasting_current_makes_the_parabola_of_both_faces(share):
    """At the face I L / (F c D) (t_e / 3 - (1 - t_e) / 6) above the mean, at the collector with t_e the other way
    round; what electrons lose is I L / 2 sigma, as ions leave evenly.  0.1 %: 80 points, and what is left of the start.
    """
    cell, I = plain().with_({SHARE: share}), 0.2 * 0.7e-3 / 3.36e-4
    run = cellsim.simulate(cell, cellsim.discharge(0.2, duration=3.0 * L_F**2 / D), ThinFilm(20, 80), rtol=1e-7)
    x = run["Positive particle concentration [mol.m-3]"][-1, 0] / HELD
    mean = float(x @ (3.0 * film_nodes(80)["volume"]))
    scale = I * L_F / (F * HELD * D)
    assert x[-1] - mean == approx(scale * (share / 3.0 - (1.0 - share) / 6.0), rel=1e-3, abs=1e-3 * scale / 6.0)
    assert x[0] - mean == approx(scale * ((1.0 - share) / 3.0 - share / 6.0), rel=1e-3, abs=1e-3 * scale / 6.0)
    assert run["X-averaged solid phase ohmic losses [V]"][-1] == approx(-0.5 * I * L_F / 1e-3, rel=1e-3)


def test_with_ideal_electrons_it_is_the_film_of_one_face():
    """All lithium at the electrolyte and 1e8 S/m, on points in space, against shells that are exact: 20 uV of 200."""
    ideal = film({D_S: D, SHARE: 1.0, SIGMA: 1e8})
    raw = ideal.to_json()
    del raw["positive electrode"]["electronic conductivity"]
    one = cellsim.Cell.from_json(raw, "one")
    t = np.linspace(1.0, 900.0, 20)
    step = cellsim.discharge(1.0, duration=900.0)
    exact = cellsim.simulate(one, step, ThinFilm(20, 20), rtol=1e-7).at(V, t)
    points = cellsim.simulate(ideal, step, ThinFilm(20, 200), rtol=1e-7).at(V, t)
    assert np.abs(exact - points).max() < 2e-5


def test_errors_in_the_film_are_of_second_order():
    """25, 50 and 100 points, half-way through 1C: 2 within 0.15."""
    at, step = np.array([1800.0]), cellsim.discharge(1.0, duration=1900.0)
    V_ = [cellsim.simulate(film({D_S: D}), step, ThinFilm(30, n), rtol=1e-9).at(V, at)[0] for n in (25, 50, 100)]
    assert np.log2(abs(V_[0] - V_[1]) / abs(V_[1] - V_[2])) == approx(2.0, abs=0.15)


@pytest.mark.parametrize("changes", ({}, {SHARE: 0.3}, {P + "thickness": 2e-5}), ids=("set", "ions", "thick"))
def test_the_default_is_good_to_a_millivolt(changes):
    """Rms over the first 95 %, like the other models'."""
    for rate in (1.0, 6.0):
        fine = cellsim.simulate(film(changes), cellsim.discharge(rate), ThinFilm(200, 300), rtol=1e-6)
        run, t = cellsim.simulate(film(changes), cellsim.discharge(rate)), np.linspace(0.0, 0.95 * fine.t[-1], 300)
        assert 1e3 * np.sqrt(np.mean((run.at(V, t) - fine.at(V, t)) ** 2)) < 1.0


def test_shells_follow_the_accuracy():
    """Four times as many for a sixteenth of the error."""
    coarse, fine = (resolution(film(), 293.0, 1.0, accuracy)[1] for accuracy in (1e-3, 1e-3 / 16.0))
    assert fine == approx(4 * coarse, abs=4)


@pytest.mark.parametrize("share", (0.807, 0.1))
def test_a_voltage_takes_the_current_that_brings_it(share):
    """Held where a current left it, the current goes on: 0.1 %, of what it changes by within a second."""
    cell = film({SHARE: share})
    run = cellsim.simulate(cell, [cellsim.discharge(1.0, duration=600.0)], ThinFilm(30, 60), soc=0.9, rtol=1e-7)
    end = float(run[V][-1])
    steps = [cellsim.discharge(1.0, duration=600.0), cellsim.hold(end, duration=1.0)]
    both = cellsim.simulate(cell, steps, ThinFilm(30, 60), soc=0.9, rtol=1e-7)
    later = both["Current [A]"][both.t > 600.0]
    assert later[0] == approx(0.7e-3, rel=1e-3) and (np.diff(later) <= 1e-12).all()


def test_impedance_is_what_a_small_alternating_current_shows():
    """1 and 50 mHz at C/50 in a run; 0.5 %: points, volumes, and a polygon of 64 points for a sine."""
    cell = film({P + "double-layer capacity": 0.0, "negative electrode/double-layer capacity": 0.0})
    cell = cell.with_({"cell/geometric capacity": 0.0})
    for f in (1e-3, 0.05):
        there = impedance_in_time(cell, f, 1.4e-5, ThinFilm(60, 150), periods=6, settled=4, soc=0.3, rtol=1e-8)
        assert abs(there / cellsim.impedance(cell, [f], soc=0.3).impedance[0] - 1.0) < 5e-3


def test_the_geometric_capacity_lies_beside_the_cell():
    """At 100 MHz nothing is left but it and the series resistance; 1e-3.  In every model by the same formula."""
    cell, f = film(), 1e8
    Z = cellsim.impedance(cell, [f], soc=0.5).area_specific[0]
    assert approx(1.83e-3 + 1.0 / (2j * np.pi * f * 3.24e-5), rel=1e-3) == Z
    porous, f = cellsim.load("lgm50_chen2020"), np.geomspace(1e-2, 1e4, 7)
    bare = cellsim.impedance(porous, f).area_specific
    beside = cellsim.impedance(porous.with_({"cell/geometric capacity": 0.01}), f).area_specific
    assert beside == approx(1.0 / (1.0 / bare + 2j * np.pi * f * 0.01), rel=1e-9)


def test_without_a_stated_conductivity_electrons_lose_nothing():
    """danilov2011, which states none: no loss in the solid, on shells that are exact at one face."""
    run = cellsim.simulate("danilov2011", "Discharge at 3C for 1 min")
    assert not run["X-averaged solid phase ohmic losses [V]"].any()


def test_resistances_are_those_of_the_source():
    """Ohm cm2: 326.2 of the electrolyte, 43.9 and 67.1 of charge transfer at x = 0.80, recomputed from its table by the
    notes; 0.2 %: four digits."""
    cell = film()
    R_T = 8.314462618 * 293.0 / F
    assert 1e4 * 3.62e-6 / cell.law("electrolyte/conductivity")(39130.24, 293.0) == approx(326.2, rel=2e-3)
    i0 = [cell.value(f"{part} electrode/exchange-current density") for part in ("negative", "positive")]
    assert 1e4 * R_T / i0[0] == approx(43.9, rel=2e-3)
    assert 1e4 * R_T / (i0[1] * 2.0 * np.sqrt(0.8 * 0.2)) == approx(67.1, rel=2e-3)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({SHARE: 1.2}, "electronic transference number"),
        ({SIGMA: -1.0}, "electronic conductivity"),
        ({"cell/geometric capacity": -1.0}, "geometric capacity"),
    ],
)
def test_what_cannot_be_is_said(changes, words):
    with pytest.raises(ParameterError, match=words) as fault:
        film(changes)
    assert "\n" not in str(fault.value)
