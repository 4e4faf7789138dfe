"""Exchange-current densities given as one expression in x, c_e and T."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import ParameterError

CELL, N = "lgm50_chen2020", "negative electrode/"
DENSITY, SHAPE, SALT = (
    N + key for key in ("exchange-current density", "exchange-current shape", "exchange-current electrolyte shape")
)
R = 8.31446261815324


def test_the_usual_law_written_out_is_the_usual_law():
    """Square roots and the activation energy of the set, without and with heat: to rounding of the runs."""
    cell = cellsim.load(CELL)
    i_0, E = cell.value(DENSITY), cell.value(N + "exchange-current activation energy")
    own = cell.with_({DENSITY: f"{i_0 * 2.0 / 1000.0**0.5!r}*sqrt(c_e*x*(1-x))*exp({E}/{R}*(1/298.15 - 1/T))"})
    for how in ({"temperature": 278.15}, {"temperature": 308.15}, {"temperature": 283.15, "heat": True}):
        a, b = (cellsim.simulate(one, "Discharge at 2C until 3 V", **how) for one in (cell, own))
        assert b.t[-1] == approx(a.t[-1], rel=1e-7)
        assert b["Cell temperature [K]"][-1] == approx(a["Cell temperature [K]"][-1], abs=1e-6)


@pytest.mark.parametrize("law", ["3*x**0.3*(1 - x)**0.7*(c_e/1000)**0.2*exp(2000*(1 + x)*(1/298.15 - 1/T))", "0.7*x"])
def test_number_and_shapes_multiply_to_the_law(law):
    """At places that the check of the law does not look at; exponents that are not 1/2, an energy that depends on x."""
    cell = cellsim.load(CELL).with_({DENSITY: law})
    x, c, T = np.array([0.15, 0.62, 0.91]), 1370.0, 311.0
    usual = 2.0 * np.sqrt(x * (1.0 - x)) * np.sqrt(c / 1000.0)
    made = cell.value(DENSITY) * usual * cell.law(SHAPE)(x, T) * cell.law(SALT)(np.array([c]), T)
    assert made == approx(eval(law, {"exp": np.exp, "x": x, "c_e": c, "T": T}), rel=1e-12)
    assert cell.value(N + "exchange-current activation energy") == 0.0


def test_a_law_that_mixes_x_and_c_e_becomes_the_nearest_product():
    """ln i0 has the term b x ln c_e: of its values at the four corners, taken with alternating signs, no product
    changes the sum, b (x_2 - x_1) ln(c_2/c_1), so that none is nearer than a fourth of it; that is reached.
    """
    b, law = 0.03, "2*sqrt(x*(1 - x))*(c_e/1000)**(0.45 + 0.03*x)*exp(2000*(1 + x)*(1/298.15 - 1/T))"
    with pytest.warns(cellsim.CellsimWarning, match=r"taken as a product .* at most 1.8 % off for x from 0.02 to 0.98"):
        cell = cellsim.load(CELL).with_({DENSITY: law})
    assert "at most 1.8 % off" in str(cell.record(SHAPE).note) and "at most 1.8 % off" in str(cell.record(SALT).note)
    x, c = np.linspace(0.02, 0.98, 97), np.geomspace(200.0, 2500.0, 61)
    for T in (268.15, 298.15, 321.0):
        usual = 2.0 * np.sqrt(x * (1.0 - x)) * np.sqrt(c / 1000.0)[:, None]
        made = cell.value(DENSITY) * usual * cell.law(SHAPE)(x, T) * cell.law(SALT)(c, T)[:, None]
        ratio = made / eval(law, {"exp": np.exp, "sqrt": np.sqrt, "x": x, "c_e": c[:, None], "T": T})
        least = b * 0.96 * np.log(2500.0 / 200.0) / 4.0
        assert np.abs(np.log(ratio)).max() == approx(least, rel=1e-9)
    again = cellsim.Cell.from_json(cell.to_json(), cell.name)
    assert again.record(SHAPE).law == cell.record(SHAPE).law


def test_of_a_phase_and_of_lithium_metal():
    phase = "negative electrode/primary/exchange-current density"
    blend = cellsim.load("lgm50_composite").with_({phase: "2*x**0.3*(1 - x)**0.7*(c_e/1000)**0.5"})
    assert blend.value(phase) == approx(1.0)
    assert cellsim.simulate(blend, "Discharge at 1C for 10 min", cellsim.SPM()).endings[-1] is cellsim.Ending.DURATION
    metal = cellsim.load("lab_nmc811_lpscl_li").with_({DENSITY: "2*(c_e/1000)**0.3*exp(3000*(1/298.15 - 1/T))"})
    c, T = np.array([500.0]), 310.0
    found = metal.value(DENSITY) * np.sqrt(c / 1000.0) * metal.law(SALT)(c, T)
    assert found == approx(2.0 * 0.5**0.3 * np.exp(3000.0 * (1.0 / 298.15 - 1.0 / T)), rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({DENSITY: "x*c_e/1000 + 0.2"}, "is no product of a function of x and T and one of c_e and T"),
        ({DENSITY: "x*(1 + c_e/1000*exp(x))"}, "is no product"),
        ({DENSITY: "sqrt(x*(1 - x))*(c_e/1000)**(0.5 + 0.2*x)"}, r"the nearest one is 13 % off .* 5 % are taken"),
        ({DENSITY: "x*(1 - x*c_e/1800)"}, "is not above 0 everywhere for x from 0.02 to 0.98 and c_e from 200 to 2500"),
        ({DENSITY: "-x*c_e"}, "must be above 0"),
        ({DENSITY: "q*x*c_e"}, "'q' is not known"),
        ({DENSITY: "2*x*"}, "is not an arithmetic expression"),
        ({DENSITY: "2*x", SHAPE: 2.0}, "give one of them"),
    ],
)
def test_what_is_no_such_law_is_refused_in_a_sentence(changes, words):
    with pytest.raises(ParameterError, match=words):
        cellsim.load(CELL).with_(changes)
    with pytest.raises(ParameterError, match="has no stoichiometry x"):
        cellsim.load("lab_nmc811_lpscl_li").with_({DENSITY: "2*x"})


@pytest.mark.parametrize(
    "change",
    [
        {"exchange-current shape": "1 + 0.2*x"},
        {"entropic change coefficient": ([0.0, 1.0], [1e-4, 2e-4])},
        {"exchange-current electrolyte shape": "1 + x/1e5"},
    ],
)
def test_a_phase_takes_laws_that_its_file_does_not_state(change):
    """What the file leaves out has no window of data either: it is that of the new law."""
    path = "negative electrode/secondary/"
    cell = cellsim.load("lgm50_composite").with_({path + key: law for key, law in change.items()})
    again = cellsim.Cell.from_json(cell.to_json(), cell.name)
    for one in (cell, again):
        assert cellsim.simulate(one, "Discharge at C/2 for 5 min", cellsim.SPM()).t[-1] == 300.0
