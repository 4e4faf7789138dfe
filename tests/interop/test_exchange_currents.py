"""Exchange currents of PyBaMM whose temperature dependence is no factor of its own."""

import numpy as np
import pytest

import cellsim

pybamm = pytest.importorskip("pybamm")
NAME = "Negative electrode exchange-current density [A.m-2]"


def by_filling(c_e, c_s, c_max, T):
    """An activation energy that rises with the stoichiometry."""
    energy = (3e4 + 1e4 * c_s / c_max) / 8.314
    return 6e-7 * (c_e * c_s * (c_max - c_s)) ** 0.5 * pybamm.exp(energy * (1.0 / 298.15 - 1.0 / T))


def no_arrhenius(c_e, c_s, c_max, T):
    return 6e-7 * c_e**0.3 * (c_s * (c_max - c_s)) ** 0.5 * (1.0 + 0.03 * (T - 298.15))


@pytest.mark.parametrize("law", [by_filling, no_arrhenius], ids=["filling", "line"])
def test_a_law_that_mixes_stoichiometry_and_temperature_is_read_as_it_is(law):
    """At places and temperatures of the test's own, to rounding of the text; no remark, as nothing is approximated."""
    values = pybamm.ParameterValues("Chen2020")
    values[NAME] = law
    cell, part = cellsim.from_pybamm(values), "negative electrode/exchange-current "
    x, c, T = np.array([0.07, 0.44, 0.93]), np.array([1400.0]), 310.0
    made = cell.value(part + "density") * 2.0 * np.sqrt(x * (1.0 - x)) * cell.law(part + "shape")(x, T)
    made = made * np.sqrt(c / 1000.0) * cell.law(part + "electrolyte shape")(c, T)
    top = cell.value("negative electrode/maximum concentration")
    true = [float(law(1400.0, k * top, top, pybamm.Scalar(T)).evaluate()) for k in x]
    assert made == pytest.approx(true, rel=1e-9)
    assert not any("exchange-current" in remark and "apart" in remark for remark in cell.remarks)


def mixed(c_e, c_s, c_max, T):
    """An order of the salt that rises with the stoichiometry; so slow that the overpotential is some RT/F at 2C."""
    x = c_s / c_max
    return (x * (1.0 - x)) ** 0.5 * (c_e / 1000.0) ** (0.4 + 0.05 * x)


def test_a_law_that_mixes_stoichiometry_and_salt_runs_as_in_pybamm():
    """DFN at 2C: half a millivolt, as for other runs, and what the deviation that is said can make, 2RT/F of its share.

    It is a fourth of 0.05 (0.98 - 0.02) ln(2500/200) in the logarithm, the least that a product can have.
    """
    values = pybamm.ParameterValues("Chen2020")
    values[NAME] = mixed
    off = np.expm1(0.05 * 0.96 * np.log(12.5) / 4.0)
    with pytest.warns(cellsim.CellsimWarning, match=f"{100.0 * off:.2g} % apart"):
        cell = cellsim.from_pybamm(values)
    values.set_initial_state(0.9)
    points = {"x_n": 20, "x_s": 10, "x_p": 20, "r_n": 80, "r_p": 80}
    run = pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=values, var_pts=points, C_rate=2)
    theirs = run.solve([0.0, 900.0])
    ours = cellsim.simulate(cell, "Discharge at 10 A for 900 s", soc=0.9)
    t = np.linspace(10.0, 880.0, 60)
    apart = ours.at("Voltage [V]", t) - theirs["Voltage [V]"](t)
    assert np.sqrt(np.mean(apart**2)) < 5e-4 + 2.0 * 8.314463 * 298.15 / 96485.33 * off


def test_a_law_that_mixes_too_much_is_refused_with_its_distance_from_a_product():
    values = pybamm.ParameterValues("Chen2020")
    values[NAME] = lambda c, s, m, T: mixed(c, s, m, T) * (c / 1000.0) ** (0.3 * s / m)
    with pytest.raises(cellsim.ParameterError, match=r"is no product .* the nearest one is 2\d % off for x from 0.02"):
        cellsim.from_pybamm(values)


def test_a_thermal_option_is_a_remark_that_says_what_stands_for_it():
    """It changes a run and not the cell, which is the same."""
    cell = cellsim.from_pybamm("Chen2020", {"thermal": "x-full"})
    assert any("thermal: x-full" in remark and "heat=True" in remark for remark in cell.remarks)
    assert cell.to_json()["negative electrode"] == cellsim.from_pybamm("Chen2020").to_json()["negative electrode"]
