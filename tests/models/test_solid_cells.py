"""What solid cells add to a model: pressure on contacts, counter electrodes, carbon-free composites; and their sets."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.models import capacity_between_cutoffs, open_circuit_voltage
from cellsim.models.electrodes import has_film
from cellsim.models.volumes import electronic_conductivity, pressure, touching
from cellsim.physics.contact import contact_fraction

TARGET, POSITIVE = "target_nmc811_lpscl_li", "positive electrode"
MODELS = [cellsim.DFN(), cellsim.SPMe(), cellsim.SPM()]
RANGE = {
    "minnmann2021": (2.0, 3.7),
    "miss2022_nmc": (2.0, 3.6),
    "miss2022_lco": (2.0, 3.8),
    "nmc_llzo_li": (2.8, 4.25),
    "lfp_peo_li": (2.5, 3.8),
    "nmc811_lpscl_graphite": (2.5, 4.15),
    "nmc811_lpscl_si": (2.5, 3.9),
    "sinzig2024": (3.6, 4.2),
}


def first_voltage(cell, model=None, **changes):
    """Voltage [V] at the start of a discharge at 1C."""
    cell = (cellsim.load(cell) if isinstance(cell, str) else cell).with_(changes)
    return cellsim.simulate(cell, cellsim.discharge(1.0, duration=1.0), model)["Voltage [V]"][0]


@pytest.mark.parametrize("name", RANGE)
def test_set_discharges_at_a_low_rate(name):
    """Between its cut-offs; at C/20 the mean voltage is below that of the same charge at rest, by 0.1 V at most, and
    70 to 115 % of the nominal capacity come out: some windows are wider than what a rate gives, or narrower."""
    cell = cellsim.load(name)
    low, high = RANGE[name]
    assert (cell.value("cell/lower voltage cut-off"), cell.value("cell/upper voltage cut-off")) == (low, high)
    result = cellsim.simulate(cell, cellsim.discharge(0.05))
    assert result.endings[-1] in (cellsim.Ending.LOWER_VOLTAGE, cellsim.Ending.PARTICLE_FULL)
    share = result.discharge_capacity / capacity_between_cutoffs(cell)
    at_rest = open_circuit_voltage(cell, np.linspace(1.0 - share, 1.0, 401)).mean()
    assert 0.0 < at_rest - result.discharge_energy / result.discharge_capacity < 0.1
    assert 0.7 < result.discharge_capacity / cell.nominal_capacity < 1.15
    assert np.all(result["Voltage [V]"] <= high + 1e-6)


@pytest.mark.parametrize("name", RANGE)
def test_set_takes_a_charge(name):
    """From 10 % at C/10 up to the upper cut-off."""
    result = cellsim.simulate(name, cellsim.charge(0.1), soc=0.1)
    assert result.endings[-1] == cellsim.Ending.UPPER_VOLTAGE and result.charge_capacity > 0.0


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_counter_potential_shifts_every_voltage(model):
    """By exactly what it is, where the cut-off voltages go along; 1e-9 V is Newton's tolerance, and that of windows."""
    cell, cut = cellsim.load(TARGET), "cell/{} voltage cut-off".format
    shift = {
        "negative electrode/counter potential": 0.62,
        **{cut(side): cell.value(cut(side)) - 0.62 for side in ("lower", "upper")},
    }
    assert first_voltage(TARGET, model) - first_voltage(TARGET, model, **shift) == approx(0.62, abs=1e-9)
    U = open_circuit_voltage(cell, np.array([0.0, 0.5, 1.0]))
    assert np.allclose(U - open_circuit_voltage(cell.with_(shift), np.array([0.0, 0.5, 1.0])), 0.62, atol=1e-9)
    assert open_circuit_voltage(cell.with_(shift), 0.5) == approx(U[1] - 0.62, abs=1e-9)


def test_pressure_does_nothing_unless_coefficients_are_given():
    """Bit for bit."""
    runs = [first_voltage(TARGET, **{"cell/operating pressure": P}) for P in (1e5, 5e7)]
    assert runs[0] == runs[1]


def test_cells_work_better_under_pressure():
    """Contact fraction and contact resistance each raise the voltage of a discharge with the pressure."""
    for given in ({f"{POSITIVE}/contact pressure": 1e6}, {"negative electrode/contact resistance": 1e-3}):
        V = [first_voltage(TARGET, **given, **{"cell/operating pressure": P}) for P in (1e5, 1e6, 1e7, 5e7)]
        assert np.all(np.diff(V) > 0.0), given


def test_contact_resistance_is_an_ohmic_drop():
    """1C times R (P_ref / P)^0.5, by hand; 1e-8 V is Newton's tolerance."""
    cell = cellsim.load(TARGET)
    I = cell.nominal_capacity / cell.value("cell/electrode area")
    P = {"cell/operating pressure": 4e6}
    drop = first_voltage(cell, **P) - first_voltage(cell, **P, **{"negative electrode/contact resistance": 1e-3})
    assert drop == approx(I * 1e-3 * 0.5, abs=1e-8)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_lithium_that_touches_in_part_works_harder(model):
    """2RT/F asinh and film at I / theta, constriction at I, by hand; 1e-8 V is Newton's tolerance."""
    cell, f, spots = cellsim.load(TARGET), 0.2, 1e-5
    I = cell.nominal_capacity / cell.value("cell/electrode area")
    film, k = cell.value("negative electrode/interface resistance"), 2.0 * 8.314462618 * 298.15 / 96485.33212
    extra = k * (np.arcsinh(I / f / 20.0) - np.arcsinh(I / 20.0)) + I * film * (1.0 / f - 1.0)
    extra += I * 0.25 * np.pi * spots / (0.5 * f) * (1.0 - np.sqrt(f)) ** 1.5
    V = [
        first_voltage(
            cell,
            model,
            **{"negative electrode/contact fraction": theta, "negative electrode/contact spot radius": spots},
        )
        for theta in (1.0, f)
    ]
    assert V[0] - V[1] == approx(extra, abs=1e-8)


def test_contacts_remember_a_higher_pressure():
    """(28): 2 MPa after 10 MPa with a memory of 0.77 count as 8.16 MPa; the contact fraction follows that."""
    cell = cellsim.load(TARGET).with_(
        {
            "cell/operating pressure": 2e6,
            "cell/highest pressure": 1e7,
            "cell/pressure memory": 0.77,
            f"{POSITIVE}/contact pressure": 1e6,
        }
    )
    assert pressure(cell) == approx(8.16e6, rel=1e-12)
    assert touching(cell, POSITIVE) == approx(contact_fraction.py_func(8.16e6, 1e6, 0.5, 0.7)[0], rel=1e-12)


def test_electrons_percolate_in_carbon_free_composites():
    """(25) against the four conductivities it interpolates, 0.02, 0.24, 0.56 and 1.44 mS/cm; the reference
    gives no accuracy, we find 35 % at the poorest and 12 % at the others."""
    for active, sigma, limit in (
        (0.246, 2.07e-3, 0.35),
        (0.322, 2.37e-2, 0.12),
        (0.416, 5.62e-2, 0.12),
        (0.611, 0.144, 0.12),
    ):
        cell = cellsim.load("minnmann2021").with_(
            {
                f"{POSITIVE}/active material volume fraction": active,
                f"{POSITIVE}/electrolyte volume fraction": 0.86 - active,
                f"{POSITIVE}/electronic conductivity": 0.344,
                f"{POSITIVE}/electronic percolation threshold": 0.233,
                f"{POSITIVE}/electronic percolation exponent": 1.25,
            }
        )
        assert electronic_conductivity(cell, POSITIVE) == approx(sigma, rel=limit)


def test_polymer_stiffens_in_the_cold():
    """lfp_peo_li carries its law of temperature as an expression: 2.86 times less at 60 degC, by hand."""
    kappa = cellsim.load("lfp_peo_li").law("electrolyte/conductivity")
    assert kappa(1500.0, 353.15) == approx(0.1, rel=1e-12)
    assert kappa(1500.0, 353.15) / kappa(1500.0, 333.15) == approx(2.855, rel=1e-3)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_every_set_that_is_no_film_has_a_mesh_in_every_model(model):
    """Without a run: nothing is asked of lithium metal that only porous electrodes have."""
    for name in cellsim.cells():
        cell = cellsim.load(name)
        if not has_film(cell):
            T = cell.temperature(None)
            assert model.resolved(cell, T).discretise(cell, T).volume.size > 0


SURFACE = "surface area per unit volume"


@pytest.mark.parametrize("model", (cellsim.DFN((6, 3, 6), 8), cellsim.SPMe((6, 3, 6), 8), cellsim.SPM(8)))
def test_a_stated_surface_is_that_of_spheres_or_more_of_it(model):
    """3 eps / R is what is not stated; twice as much carries half the current: as twice the exchange current."""
    cell, P = cellsim.load("lgm50_chen2020"), "positive electrode/"
    spheres = 3.0 * cell.value(P + "active material volume fraction") / cell.value(P + "particle radius")
    i0 = cell.value(P + "exchange-current density")
    plain, same, rough, faster = (
        cellsim.simulate(cell.with_(changes) if changes else cell, "Discharge at 1C for 20 min", model, rtol=1e-9)
        for changes in (
            {},
            {P + SURFACE: spheres},
            {P + SURFACE: 2.0 * spheres},
            {P + "exchange-current density": 2.0 * i0},
        )
    )
    for one, other in ((plain, same), (rough, faster)):  # 1e-8: local errors of 1e-9
        assert other["Voltage [V]"][-1] == approx(one["Voltage [V]"][-1], abs=1e-8)
    assert rough["Voltage [V]"][-1] > plain["Voltage [V]"][-1] + 1e-4
    name = "Total lithium in positive electrode [mol]"
    assert np.diff(rough[name][[0, -1]]) == approx(np.diff(plain[name][[0, -1]]), rel=1e-10)


def test_a_stated_surface_of_a_phase_and_where_it_is_refused():
    """Of one phase it takes current from the other; a graded electrode has none."""
    cell, N = cellsim.load("lgm50_composite"), "negative electrode/"
    silicon = N + "secondary/"
    spheres = 3.0 * cell.value(silicon + "active material volume fraction") / cell.value(silicon + "particle radius")
    rough = cell.with_({silicon + SURFACE: 5.0 * spheres})
    ends = [cellsim.simulate(c, "Discharge at 1C for 10 min", cellsim.SPM(8)) for c in (cell, rough)]
    held = [run["Total lithium in secondary phase in negative electrode [mol]"][-1] for run in ends]
    assert held[1] < held[0]
    graded = cellsim.load("lgm50_chen2020").with_({N + SURFACE: 4e5, N + "particle radius": "5e-6*(1 + 0.1*x)"})
    with pytest.raises(cellsim.ParameterError, match="particle radius"):
        cellsim.simulate(graded, "Discharge at 1C for 1 min")
    with pytest.raises(cellsim.ParameterError, match="outside 1 to 1e"):
        cellsim.load("lgm50_chen2020").with_({N + SURFACE: -4e5})
