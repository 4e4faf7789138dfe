"""The composite set whose phases age against PyBaMM's: numbers, laws at two temperatures, a discharge."""

import warnings
from functools import lru_cache

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.interop.against_pybamm import against_pybamm
from cellsim.interop.names import AGEING, AGEING_OF_PARTICLES, of_side

pybamm = pytest.importorskip("pybamm")
CELL = cellsim.load("bonkile2024")
PARTS = ("negative electrode/primary", "negative electrode/secondary", "positive electrode")
OPTIONS = {
    "SEI": "solvent-diffusion limited",
    "lithium plating": "partially reversible",
    "particle mechanics": ("swelling and cracking", "swelling only"),
    "loss of active material": "stress-driven",
}


@lru_cache
def theirs():
    """PyBaMM's set as a cell, and its values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cellsim.CellsimWarning)
        cell = cellsim.from_pybamm("Bonkile2024", {"particle phases": ("2", "1")})
    return cell, pybamm.ParameterValues("Bonkile2024")


def test_electrochemistry_is_pybamms():
    """Numbers to 2e-5 and laws to 1e-4 V of the tables' points, or 2e-5 of themselves, at two temperatures."""
    other, _ = theirs()
    compared = 0
    for path in other:
        if path.startswith("design/") or path in ("cell/cooling area", "cell/heat transfer coefficient"):
            continue
        if "activation energy" not in path and "diffusivity" not in path and other.is_number(path):
            assert CELL.value(path) == approx(other.value(path), rel=2e-5, abs=1e-12), path
        elif "open-circuit potential" in path:
            x = np.linspace(0.02, 0.97, 80)
            assert CELL.law(path)(x, 298.15) == approx(other.law(path)(x, 298.15), abs=1e-4), path
        compared += 1
    assert compared > 40
    for part in PARTS:
        path = f"{part}/particle diffusivity"
        energy = CELL.value(f"{part}/diffusivity activation energy")
        factor = np.exp(energy / 8.31446261815324 * (1.0 / 298.15 - 1.0 / 318.15))
        assert CELL.value(path) == approx(float(other.law(path)(0.5, 298.15)), rel=2e-5)
        assert CELL.value(path) * factor == approx(float(other.law(path)(0.5, 318.15)), rel=2e-5)


@pytest.mark.parametrize("part", PARTS)
def test_ageing_of_each_phase_is_pybamms(part):
    """Every number of ageing that PyBaMM's set states as one, to 1e-12; SEI and plating only where it has them."""
    _, values = theirs()
    names = {key: of_side(form, part) for key, form in AGEING_OF_PARTICLES.items()}
    if part.startswith("negative"):
        phase = part.rpartition("/")[2].capitalize()
        names |= {key: name if name in values else f"{phase}: {name}" for key, name in AGEING.items()}
    compared = 0
    for key, name in names.items():
        path = f"{part}/{key}" if CELL.has(f"{part}/{key}") else f"{part.partition('/')[0]}/{key}"  # of all phases
        if name not in values or callable(values[name]) or not CELL.has(path):
            continue
        assert CELL.value(path) == approx(values[name], rel=1e-12, abs=0.0), name
        compared += 1
    assert compared >= (26 if part.startswith("negative") else 11)


def test_a_discharge_is_pybamms():
    """1C from full: 0.5 mV rms of PyBaMM on a fine mesh."""
    assert against_pybamm(CELL, rate=1.0).rms <= 0.5


def test_both_phases_age_and_nothing_ages_unasked():
    """One cycle with the set's mechanisms and the branches of silicon loses lithium; by itself the cell has none on."""
    steps = "Discharge at C/2 until 2.5 V; Charge at C/2 until 4.2 V"
    run = cellsim.simulate(CELL.with_ageing(OPTIONS).with_hysteresis("current sigmoid"), steps, soc=1.0)
    assert 0.1 < run["Loss of lithium inventory [%]"][-1] < 1.0
    fresh = cellsim.simulate(CELL, steps, soc=1.0)
    assert set(CELL.options("negative electrode/secondary").values()) <= {"none", "false"}
    assert fresh["Total lithium in particles [mol]"][-1] > run["Total lithium in particles [mol]"][-1]


@pytest.mark.parametrize("option", OPTIONS)
def test_pybamms_numbers_by_phase_are_refused_in_a_sentence(option):
    """They are not read, and not said to be missing; the remedy is named."""
    with pytest.raises(cellsim.ParameterError, match=r"of single phases, .* are not read; leave it out"):
        cellsim.from_pybamm("Bonkile2024", {"particle phases": ("2", "1"), option: OPTIONS[option]})
