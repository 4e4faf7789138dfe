"""Potentials of host sites (MSMR): the inversion of x(U), diffusion by their gradient, faults of sets."""

import json

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.parameters.laws.law import Law
from cellsim.parameters.laws.sites import EDGE, KEYS, Sites
from cellsim.physics.constants import F, R

N, P = "negative electrode/", "positive electrode/"
OCP, WEIGHTS, SHARES = (
    "open-circuit potential",
    "host site exchange-current density",
    "host site charge transfer coefficient",
)
T = 298.15


def sites(part):
    return cellsim.load("msmr_example").law(part + OCP).sites


@pytest.mark.parametrize("temperature", (230.0, T, 350.0))
@pytest.mark.parametrize("part", (N, P))
def test_potentials_are_the_inverse_of_the_stoichiometry(part, temperature):
    """From a billionth of empty to as near full, plateaus of 2 mV and the steps between: to rounding, and falling."""
    one = sites(part)
    ends = np.geomspace(1e-9, 1e-3, 200)
    x = np.concatenate([ends, np.linspace(1e-3, 0.998, 20001)[1:], sum(one.X) - ends[::-1]])
    U = one.potential(x, temperature)
    assert np.max(np.abs(one.stoichiometry(U, temperature) - x)) < 1e-14
    assert (np.diff(U) < 0.0).all()
    assert one.potential(np.array([-1.0, 0.0]), temperature) == approx(
        float(one.potential(EDGE * sum(one.X), temperature))
    )
    assert one.potential(0.5, temperature).shape == () and one.potential(x[:6].reshape(2, 3), T).shape == (2, 3)


def test_one_ideal_site_is_the_law_of_nernst():
    """U = U0 + RT/F ln((1 - x)/x) in closed form, whose diffusion is Fick's: to rounding."""
    one, x = Sites((3.5,), (1.0,), (1.0,)), np.linspace(0.01, 0.99, 99)
    assert one.potential(x, 310.0) == approx(3.5 + R * 310.0 / F * np.log((1.0 - x) / x), rel=1e-14)
    assert one.diffusion_factor(x, 310.0) == approx(np.ones(99), rel=1e-12)


@pytest.mark.parametrize("part", (N, P))
def test_the_factor_on_diffusion_is_the_slope_of_the_potential(part):
    """-x (1 - x) F/RT dU/dx from difference quotients, rel 1e-6: rounding of U over a step of 1e-7."""
    one, x, h = sites(part), np.linspace(0.003, 0.996, 500), 1e-7
    slope = (one.potential(x + h, T) - one.potential(x - h, T)) / (2.0 * h)
    assert one.diffusion_factor(x, T) == approx(-x * (1.0 - x) * F / (R * T) * slope, rel=1e-6)


def test_a_law_of_host_sites_is_a_law_of_temperature():
    law = Law.of({"host sites": dict(zip(KEYS, ((3.5,), (1.0,), (1.0,)), strict=True))})
    assert law.warms and not law.constant and str(law) == "1 host sites"
    assert law(np.array([0.2]), 330.0) > law(np.array([0.2]), 300.0)


def given(**changed):
    return dict(zip(KEYS, ([0.1, 0.2], [0.4, 0.6], [1.0, 2.0]), strict=True)) | {
        key.replace("_", " "): value for key, value in changed.items()
    }


@pytest.mark.parametrize(
    "content, words",
    (
        (given(occupancy_fraction=[0.4, 0.5]), "occupancy fractions add up to 0.9, not to 1; correct or scale them"),
        (given(occupancy_fraction=[1.0, 0.0]), "occupancy fraction of site 1: 0 is no number from 0 to 1"),
        (given(occupancy_fraction=[0.4]), "as many of each"),
        (given(ideality_factor=[1.0, 0.0]), "ideality factor of site 1: 0 is no number from 0.001 to 100"),
        (given(standard_potential=[0.1, float("nan")]), "standard potential of site 1"),
        (given(standard_potential=[]), "numbers for one to 20 sites"),
    ),
)
def test_faults_of_host_sites_are_one_sentence(content, words):
    with pytest.raises(cellsim.ParameterError) as fault:
        cellsim.load("msmr_example").with_({N + OCP: content})
    assert words in str(fault.value) and "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "changes, words",
    (
        ({P + WEIGHTS: ([0, 1, 2], [1.0, 2.0, 3.0])}, "must have x from 0 to 3, one for each of the 4 host sites"),
        ({P + WEIGHTS: ([0, 1, 2, 3], [1.0, 2.0, 3.0, -1.0])}, "a value of its table is outside"),
        ({P + SHARES: 1.0}, "1 for every site bounds the current one way; give one site another"),
        ({P + SHARES: "x"}, "give a number, or sites from 0 and their values"),
        ({P + OCP: "4.2 - x"}, "'MSMR' needs an 'open-circuit potential' of 'host sites'"),
        ({P + "particle diffusivity": given()}, "only a potential is one of host sites; give a number"),
    ),
)
def test_faults_of_their_reactions_are_one_sentence(changes, words):
    with pytest.raises(cellsim.ParameterError) as fault:
        cellsim.load("msmr_example").with_(changes)
    assert words in str(fault.value)


def test_what_the_options_need_is_named():
    plain = cellsim.load("lgm50_chen2020")
    for change in (plain.with_kinetics, plain.with_particle):
        with pytest.raises(cellsim.ParameterError, match="'MSMR' needs an 'open-circuit potential' of 'host sites'"):
            change("MSMR")
    with pytest.raises(cellsim.ParameterError, match="'MSMR' needs 'host site exchange-current density' \\[A.m-2\\]"):
        plain.with_kinetics("MSMR")
    with pytest.raises(cellsim.ParameterError, match="particle 'Fick': give one of 'Fickian diffusion', 'MSMR'"):
        plain.with_particle("Fick")
    with pytest.raises(cellsim.ParameterError, match="particle: must be one of"):
        raw = plain.to_json()
        raw["positive electrode"]["particle"] = "quartic profile"
        cellsim.Cell.from_json(raw, "other")


def test_the_file_of_a_set_keeps_all_digits(tmp_path):
    cell = cellsim.load("msmr_example")
    (tmp_path / "again.json").write_text(json.dumps(cell.to_json()))
    again = cellsim.load(tmp_path / "again.json")
    assert again.law(N + OCP) == cell.law(N + OCP) and again.particle(P[:-1]) == again.kinetics(P[:-1]) == "MSMR"
