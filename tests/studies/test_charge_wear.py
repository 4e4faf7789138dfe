"""Time and wear of charges."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ProtocolError
from cellsim.models.initial import capacity_between_cutoffs
from cellsim.physics.constants import F
from cellsim.simulation.start import at_start
from cellsim.studies.charging.wear import not_beaten
from cellsim.studies.life.cycle_map import amounts_of, lost

SEI = {"SEI": "solvent-diffusion limited"}
N = "negative electrode"
D = f"{N}/SEI solvent diffusivity"
CHARGES = ["cc-cv 0.5C", "cc-cv 2C", "Charge at 1C until 80% SOC"]


@pytest.fixture(scope="module")
def study():
    """All mechanisms of the set."""
    return cellsim.charge_wear("okane2022", CHARGES, [283.15, 298.15], model=cellsim.SPM())


def test_mechanisms_add_up(study):
    """The lithium lost is the sum of what each mechanism took."""
    table = study.table
    parts = table[[name for name in table if name.startswith("Loss of capacity to")]].sum(axis=1)
    assert len(table) == 6
    np.testing.assert_allclose(parts, table["Lithium lost [A.h]"], rtol=1e-9)
    assert (table["Lithium lost [A.h]"] > 0.0).all()


def test_faster_charges_take_less_time(study):
    """70 % of the capacity at equilibrium at a constant 1C of the nominal one; 2C takes less, C/2 takes more."""
    cell = cellsim.load("okane2022")
    minutes = 42.0 * capacity_between_cutoffs(cell) / cell.nominal_capacity
    times = study.table.set_index(["Charge", "Temperature [K]"])["Time of charge [min]"]
    assert times[CHARGES[2], 298.15] == approx(minutes, rel=1e-3)
    assert times[CHARGES[1], 298.15] < minutes < times[CHARGES[0], 298.15]


def test_best_are_those_that_none_beats(study):
    """By hand."""
    assert not_beaten([1.0, 2.0, 3.0, np.inf, 2.0], [3.0, 2.0, 2.5, 0.1, np.nan]) == [True, True, False, False, False]
    best = study.best()
    assert len(best) and (np.diff(best["Lithium lost [A.h]"]) <= 0.0).all()


def test_film_takes_what_its_closed_form_says():
    """L^2 grows by 2 V D c t / z, whatever the charge; the film of the third cycle, as a difference of two roots.

    Tolerance: a hundred times that of the integrator, 1e-5, as the film grows by a hundredth of its thickness.
    """
    cell = cellsim.load("okane2022").with_ageing(False).with_ageing(SEI)
    found = cellsim.charge_wear(cell, "Charge at C/2 until 80% SOC", model=cellsim.SPM())
    get = cell.value
    growth = (
        2.0
        * get(f"{N}/SEI partial molar volume")
        * get(D)
        * get(f"{N}/bulk solvent concentration")
        / get(f"{N}/ratio of lithium moles to SEI moles")
    )
    Q = capacity_between_cutoffs(cell)
    seconds = 2.0 * 2.0 * 0.7 * 3600.0 * Q / cell.nominal_capacity  # of a charge and a discharge at C/2
    L0 = get(f"{N}/initial SEI thickness")
    grown = np.diff(np.sqrt(L0**2 + growth * seconds * np.array([2.0, 3.0])))[0]
    a = 3.0 * get(f"{N}/active material volume fraction") / get(f"{N}/particle radius")
    volume = get(f"{N}/thickness") * get("cell/electrode area")
    amount = a * volume * grown / get(f"{N}/SEI partial molar volume") * get(f"{N}/ratio of lithium moles to SEI moles")
    assert found.table["Loss of capacity to SEI [A.h]"][0] == approx(amount * F / 3600.0, rel=1e-3)


def test_study_is_drawn_and_said(study, tmp_path):
    """A picture with something on it, and every charge in words."""
    study.plot(tmp_path / "wear.png")
    assert (tmp_path / "wear.png").stat().st_size > 5_000
    assert all(charge in str(study) for charge in CHARGES)


def test_charge_studies_say_what_a_charge_takes(tmp_path):
    """Of the fresh cell, as the balance of its state before and after says, to rounding; NaN where nothing ages."""
    study = cellsim.charge_study(["okane2022", "lgm50_chen2020"], ["cc-cv 2C"], start=0.1, end=0.4)
    ages, does_not = study.charges
    result = study.results["okane2022", "cc-cv 2C", 298.15]
    end = result.final_state
    amounts = amounts_of(end.cell, end.model.discretise(end.cell, end.temperature))
    begun = at_start(end.cell, end.model, 298.15, 0.1, None, True, cellsim.Protocol("Rest for 1 s"), 1e-3, None)
    assert ages.lost == pytest.approx(1e3 * (lost(amounts(end.state)) - lost(amounts(begun.state))), rel=1e-9)
    assert min(ages.lost_film, ages.lost_dead, ages.lost_active) > 0.0
    assert np.isnan(does_not.lost)
    study.plot_wear(tmp_path / "wear.png")
    assert (tmp_path / "wear.png").stat().st_size > 5000


@pytest.mark.parametrize(
    ("charges", "options", "message"),
    [
        ("fastest", {}, "is a search"),
        ("cc-vc 1C", {}, "did you mean"),
        ([], {}, "give names"),
        ("cc-cv 1C", {"cycles": 1}, "2 or more"),
        ("cc-cv 1C", {"temperatures": [25.0]}, "temperatures"),
        ("cc-cv 1C", {"ageing": False}, "nothing ages"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(charges, options, message):
    """What was given, and the remedy."""
    with pytest.raises(ProtocolError, match=message):
        cellsim.charge_wear("okane2022", charges, **options)
