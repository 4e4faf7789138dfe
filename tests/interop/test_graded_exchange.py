"""Graded electrodes as functions of PyBaMM's position, and back."""

import numpy as np
import pytest
from reference_cells import ACTIVE, GRADED, NEGATIVE, PORES, POSITIVE, RADIUS, graded

import cellsim
from cellsim import ParameterError
from cellsim.parameters.laws.profile import Profile

pybamm = pytest.importorskip("pybamm")
pytestmark = pytest.mark.filterwarnings("ignore::cellsim.errors.CellsimWarning")


@pytest.mark.parametrize("name", GRADED)
def test_profiles_survive_the_way_to_pybamm_and_back(name):
    """To 1e-12: expressions and layers are written with all digits, in metres and back."""
    cell = graded(name)
    written = cellsim.to_pybamm(cell)
    again = cellsim.from_pybamm(written.parameter_values, written.options, name="again")
    x = np.linspace(0.003, 0.997, 101)
    for part in (NEGATIVE, POSITIVE):
        for key in (PORES, ACTIVE, RADIUS):
            ours, back = cell.law(f"{part}/{key}"), again.law(f"{part}/{key}")
            assert (ours.layers is None) == (back.layers is None) if isinstance(ours, Profile) else ours == back
            np.testing.assert_allclose(back(x, 0.0), ours(x, 0.0), rtol=1e-12)
        window = f"{part}/maximum stoichiometry"
        assert again.value(window) == pytest.approx(cell.value(window), abs=2e-5)  # both solve for the cut-offs


def test_functions_that_are_no_expression_become_tables_and_say_so():
    values = pybamm.ParameterValues("Chen2020")
    values["Positive particle radius [m]"] = lambda x: 5e-6 * pybamm.erf(x / 1e-4)
    cell = cellsim.from_pybamm(values, name="table")
    L = [cell.value(f"{part}/thickness") for part in (NEGATIVE, "separator", POSITIVE)]
    x = np.linspace(0.0, 1.0, 7)
    exact = [float(pybamm.erf(pybamm.Scalar((sum(L) - one * L[2]) / 1e-4)).evaluate()) for one in x]
    np.testing.assert_allclose(cell.law(f"{POSITIVE}/{RADIUS}")(x, 0.0), 5e-6 * np.array(exact), rtol=2e-5)
    assert any("Positive particle radius [m]: a table" in remark for remark in cell.remarks)


def test_a_conductivity_that_follows_the_porosity_keeps_its_law():
    """PyBaMM's sigma (1 - porosity) ** b at each place, in either direction."""
    values = pybamm.ParameterValues("Marquis2019")
    values["Negative electrode porosity"] = lambda x, y, z: 0.25 + 1e3 * x
    cell = cellsim.from_pybamm(values, name="solids")
    assert cell.value(f"{NEGATIVE}/electronic bruggeman exponent") == 1.5
    back = cellsim.to_pybamm(cell).parameter_values
    assert back["Negative electrode Bruggeman coefficient (electrode)"] == 1.5
    assert back["Negative electrode conductivity [S.m-1]"] == 100.0


def test_what_pybamm_cannot_have_is_refused():
    cell = cellsim.load("target_nmc811_lpscl_li").with_({f"{POSITIVE}/{PORES}": "0.25 - 0.05*x"})
    with pytest.raises(ParameterError, match="bruggeman exponent only"):
        cellsim.to_pybamm(cell)
    values = pybamm.ParameterValues("Chen2020")
    values["Negative electrode porosity"] = lambda x, y, z: 0.1 / (x - 1e-5)
    with pytest.raises(ParameterError, match="porosity|electrolyte volume fraction"):
        cellsim.from_pybamm(values, name="pole")
