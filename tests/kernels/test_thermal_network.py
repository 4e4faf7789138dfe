"""Temperatures from core to surface: against closed forms, the lumped model, their own balance and PyBaMM's x-full."""

import numpy as np
import pytest
from pytest import approx
from reference_cases import HOME, heat_lump
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import j0, j1, y0, y1

import cellsim
from cellsim import Ending, Step, ThermalNetwork
from cellsim.design.stack import pair_layers
from cellsim.design.thermal import outside
from cellsim.design.thermal_network import conductivity, faces, roll, slab
from cellsim.simulation import kept_states

CAN, POUCH = "lgm50_chen2020", "leaf_2018"
COARSE = cellsim.SPM(shells=3)
T, SURFACE, CORE, MOST = (f"{name} temperature [K]" for name in ("Cell", "Surface", "Core", "Maximum cell"))


def run(cell, steps, heat, model=COARSE, **how):
    how = {"soc": 0.5, "temperature": 298.15} | how
    return cellsim.simulate(cell, steps, model, heat=heat, **how)


def stack(cell):
    """Thickness [m] and face [m2] of the stack of a pouch."""
    pairs = cell.value("design/number of electrode pairs")
    return pairs * sum(x.thickness for x in pair_layers(cell)), cell.value("cell/electrode area") / pairs


def hollow(cell):
    """Radii and height of a jelly roll [m]."""
    places = [row[0] for row in ThermalNetwork().of(cell).chain]
    return places[0], places[-1], cell.value("design/jelly roll height")


@pytest.mark.parametrize("nodes", [2, 3, 9])
@pytest.mark.parametrize("shape", ["both faces", "one face", "roll"])
def test_in_a_steady_state_the_core_is_as_much_warmer_as_the_closed_form_says(shape, nodes):
    """To 1e-4 for any number of nodes, whose links are such; a heat capacity of almost none leaves no transient."""
    cell = cellsim.load(CAN if shape == "roll" else POUCH)
    heat = ThermalNetwork(
        heat_capacity=1e-3,
        heat_transfer_coefficient=200.0,
        nodes=nodes,
        thermal_conductivity=0.8,
        opposite_heat_transfer_coefficient=0.0 if shape == "one face" else None,
        cooling_area=1.0,
    )
    result = run(cell, cellsim.discharge(1.0, duration=100.0), heat)
    Q = result["Total heating [W]"][-1]
    if shape == "roll":
        a, b, height = hollow(cell)
        q = Q / (np.pi * (b**2 - a**2) * height)
        warmer = q / 0.8 * (0.25 * (b**2 - a**2) - 0.5 * a**2 * np.log(b / a))
    else:
        L, A = stack(cell)
        warmer = Q / (A * L) * (L**2 / 2.0 if shape == "one face" else L**2 / 8.0) / 0.8
    assert result[CORE][-1] - result[SURFACE][-1] == approx(warmer, rel=1e-4)
    assert result[SURFACE][-1] == approx(298.15 + Q / 200.0, abs=1e-6)
    assert result[MOST][-1] == result[CORE][-1]


def plane_modes(biot, many=40):
    """Eigenvalues z tan z = Bi of a plane with a flux at x = 1, and the weight of each mode of a uniform start."""
    z = np.array(
        [brentq(lambda z: z * np.sin(z) - biot * np.cos(z), k * np.pi, (k + 0.5) * np.pi) for k in range(many)]
    )
    return z, 2.0 * np.sin(z) / (z + np.sin(z) * np.cos(z)), np.cos


def ring_modes(biot, inner, many=25):
    """The same of a ring from `inner` to 1."""
    shape = lambda z, r: j0(z * r) * y1(z * inner) - y0(z * r) * j1(z * inner)  # noqa: E731
    slope = lambda z: -z * (j1(z) * y1(z * inner) - y1(z) * j1(z * inner))  # noqa: E731
    rest = lambda z: slope(z) + biot * shape(z, 1.0)  # noqa: E731
    grid = np.linspace(1e-3, many * np.pi / (1.0 - inner), 40 * many)
    signs = np.sign([rest(z) for z in grid])
    z = np.array([brentq(rest, grid[k], grid[k + 1]) for k in np.flatnonzero(signs[1:] != signs[:-1])])
    weights = [
        quad(lambda r, z=z: shape(z, r) * r, inner, 1.0)[0] / quad(lambda r, z=z: shape(z, r) ** 2 * r, inner, 1.0)[0]
        for z in z
    ]
    return z, np.array(weights), shape


@pytest.mark.parametrize("name", [POUCH, CAN])
def test_a_warm_cell_cools_as_the_series_says_with_order_two_in_the_nodes(name):
    """At rest, Biot numbers near 2, while it loses half its heat; error of core and surface a quarter as nodes double.

    Order between 1.7 and 2.3: halves of half steps at the ends make it no exact quarter.
    """
    cell = cellsim.load(name)
    C, h, k = 100.0, 400.0, 1.0
    body = ThermalNetwork(C, h, cooling_area=0.01, thermal_conductivity=k).of(cell)
    if name == POUCH:
        L, A = stack(cell)
        half = 0.5 * L
        z, c, shape = plane_modes(h * 0.01 * half / (k * 2.0 * A))
        time, ends = C / (2.0 * A * half) * half**2 / k, (shape(0.0 * z), shape(z))
    else:
        a, b, height = hollow(cell)
        z, c, of = ring_modes(h * 0.01 * b / (k * 2.0 * np.pi * b * height), a / b)
        time = C / (np.pi * (b**2 - a**2) * height) * b**2 / k
        ends = tuple(np.array([of(each, r) for each in z]) for r in (a / b, 1.0))
    assert len(body.chain) == 9
    at = np.array([0.25, 0.5, 1.0]) * C / (h * 0.01)
    exact = [(c * end * np.exp(-np.outer(at / time, z**2))).sum(axis=1) for end in ends]
    errors = []
    for nodes in (5, 9, 17):
        heat = ThermalNetwork(C, h, cooling_area=0.01, thermal_conductivity=k, nodes=nodes)
        result = run(cell, cellsim.rest(float(at[-1])), heat, temperature=318.15, ambient=298.15, rtol=1e-7)
        found = [(result.at(which, at) - 298.15) / 20.0 for which in (CORE, SURFACE)]
        errors.append(np.abs(np.subtract(found, exact)).max())
    assert errors[1] < 5e-3
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all((orders > 1.7) & (orders < 2.3)), (errors, orders)


@pytest.mark.parametrize("name", [POUCH, CAN])
def test_with_one_node_or_without_resistance_it_is_the_lumped_model(name):
    """One node: bit for bit.  1e6 W/m/K: within 1e-5 K, the heat of the cell over that conductance being less."""
    steps = [cellsim.charge(2.0, duration=300.0), Step("rest", 0.0, 60.0, heater=5.0)]
    lump, one, many = (
        run(name, steps, heat, soc=0.2)
        for heat in (cellsim.Lumped(), ThermalNetwork(nodes=1), ThermalNetwork(thermal_conductivity=1e6))
    )
    assert np.array_equal(lump[T], one[T]) and np.array_equal(lump["Voltage [V]"], one["Voltage [V]"])
    assert np.array_equal(one[SURFACE], one[T]) and np.array_equal(one[MOST], one[CORE])
    for which in (T, SURFACE, CORE):
        assert np.abs(many.at(which, lump.t) - lump[T]).max() < 2e-3  # of the time steps, which need not be the same
    assert np.abs(many[CORE] - many[SURFACE]).max() < 1e-5
    tight = [run(name, steps, h, soc=0.2, rtol=1e-7)[T][-1] for h in (True, ThermalNetwork(thermal_conductivity=1e6))]
    assert tight[0] == approx(tight[1], abs=1e-5)


@pytest.mark.parametrize(
    "heat",
    [
        ThermalNetwork(),
        ThermalNetwork(heat_transfer_coefficient=1e3, opposite_heat_transfer_coefficient=3.0, tab_conductance=0.2),
        ThermalNetwork(nodes=2, heat_capacity=5.0, heat_transfer_coefficient=1e4),
    ],
    ids=("air", "plate", "small"),
)
@pytest.mark.parametrize("model", [cellsim.DFN(), cellsim.SPMe()], ids=("DFN", "SPMe"))
def test_heat_stored_is_heat_made_less_heat_lost(model, heat):
    """To 1e-8 of the heat made, heater and self-heating included; the cell's temperature is the mean of the nodes."""
    steps = [
        cellsim.charge(1.0, duration=600.0),
        Step("rest", 0.0, 60.0, heater=5.0),
        Step("power", 5.0, 60.0, self_heating=True),
        cellsim.rest(300.0),
    ]
    result = run(POUCH, steps, heat, model)
    body = heat.of(cellsim.load(POUCH))
    share = np.array([row[1] for row in body.chain])
    profile = result["Temperature from core to surface [K]"]
    assert profile @ share == approx(result[T], abs=1e-9)
    assert np.array_equal(profile[:, 0], result[CORE]) and np.array_equal(profile[:, -1], result[SURFACE])
    stored = body.heat_capacity * (result[T] - 298.15)
    made, lost, heated = (result[f"{n} [J]"] for n in ("Heat generated", "Heat lost to surroundings", "Heater energy"))
    assert stored == approx(made - lost + heated, abs=1e-8 * made[-1])


def test_what_tabs_take_makes_no_gradient():
    """Cooled along the foils only, all nodes have one temperature, as all heat is made and lost evenly; to rounding."""
    heat = ThermalNetwork(heat_transfer_coefficient=0.0, tab_conductance=2.0)
    result = run(POUCH, cellsim.charge(2.0, duration=300.0), heat, soc=0.2)
    assert np.abs(result[CORE] - result[SURFACE]).max() < 1e-9 and result[T][-1] > 299.0
    assert heat.of(cellsim.load(POUCH)).conductance == 2.0


def test_a_heater_and_the_surroundings_reach_the_surface_first():
    """After 5 s, a tenth of the time that heat takes to the core: L^2 rho c / (4 k) is 40 s."""
    cold = ThermalNetwork(heat_transfer_coefficient=0.0)
    result = run(POUCH, Step("rest", 0.0, 5.0, heater=200.0), cold)
    rise = result[SURFACE] - 298.15
    assert rise[-1] > 3.0 * (result[T][-1] - 298.15) > 0.0 and result[CORE][-1] - 298.15 < 0.1 * rise[-1]
    plate = run(POUCH, cellsim.rest(10.0), ThermalNetwork(heat_transfer_coefficient=1e3), ambient=273.15)
    assert plate[SURFACE][-1] < plate[T][-1] < plate[CORE][-1]


def test_limits_and_holds_see_the_surface_and_maximum_temperature_the_hottest_place():
    """To 1e-3 K, the instant to which an ending is located being less; a held one to 0.01 K after five minutes."""
    heat = ThermalNetwork(heat_transfer_coefficient=50.0, thermal_conductivity=0.3)
    ends = {}
    for words, variable in (("30 degC", SURFACE), ("maximum temperature 30 degC", MOST)):
        ends[variable] = run(CAN, f"Charge at 3C until {words}", heat, soc=0.1)
        step = ends[variable].steps[-1]
        assert step.ending == Ending.TEMPERATURE and step.step == f"Charge at 3C until {words}"
        assert ends[variable][variable][-1] == approx(303.15, abs=1e-3)
    assert ends[MOST].t[-1] < ends[SURFACE].t[-1] and ends[SURFACE][MOST][-1] > 305.0
    lumped = run(CAN, "Charge at 3C until maximum temperature 30 degC", True, soc=0.1)
    assert lumped[T][-1] == approx(303.15, abs=1e-3)
    both = "Charge at 3C until 30 degC; Hold temperature at 30 degC for 5 minutes"
    held = run(CAN, both, heat, cellsim.DFN(), soc=0.1)
    assert held[SURFACE][-1] == approx(303.15, abs=0.01) and held[CORE][-1] > 305.0
    assert not held.steps[-1].ending.is_failure and held["Current [A]"][-1] < 0.0
    with pytest.raises(cellsim.ProtocolError, match="needs a run with heat"):
        run(CAN, "Charge at 3C until maximum temperature 30 degC", None)


def test_laws_bound_the_mean_and_not_the_surface():
    """A plate of 150 degC below the range that laws reach to: the run goes on until the mean leaves it."""
    heat = ThermalNetwork(heat_transfer_coefficient=1e4, heat_capacity=1e3)
    result = run(POUCH, cellsim.rest(1e4), heat, ambient=160.0)
    assert result.steps[-1].ending == Ending.TEMPERATURE_RANGE
    assert result[SURFACE][-1] < result[T][-1] - 20.0


def test_a_run_goes_on_with_its_nodes_and_with_another_thermal_model_from_their_mean():
    """Same nodes: bit for bit what one run of both steps does; else all nodes begin at the mean."""
    heat, steps = (
        ThermalNetwork(heat_transfer_coefficient=100.0),
        [cellsim.charge(2.0, duration=300.0), "Rest for 60 s"],
    )
    whole = run(POUCH, [steps[0], *cellsim.Protocol(steps[1]).steps], heat, soc=0.2)
    first = run(POUCH, steps[0], heat, soc=0.2)
    then = cellsim.simulate(POUCH, steps[1], start=first, heat=heat)
    assert then[CORE][-1] == whole[CORE][-1] and then[SURFACE][-1] == whole[SURFACE][-1]
    mean = first[T][-1]
    for other in (True, ThermalNetwork(nodes=5)):
        after = cellsim.simulate(POUCH, steps[1], start=first, heat=other)
        assert after[SURFACE][0] == after[CORE][0] == approx(mean, abs=1e-9)
    back = cellsim.simulate(POUCH, steps[1], start=after, heat=heat)
    assert back[CORE][0] == back[SURFACE][0] == approx(after[T][-1], abs=1e-9)
    still = cellsim.simulate(POUCH, steps[1], start=first)
    assert np.all(still[T] == 298.15)  # without heat that of the surroundings


def test_long_runs_keep_the_temperatures_of_all_nodes(monkeypatch):
    """Of states that are made again: what is kept of them is the same, and so are the fields."""
    heat, step = ThermalNetwork(nodes=4), cellsim.charge(1.0, duration=1000.0)
    kept = run(POUCH, step, heat, cellsim.DFN(), soc=0.2, period=1.0)
    monkeypatch.setattr(kept_states, "ROOM", 0)
    again = run(POUCH, step, heat, cellsim.DFN(), soc=0.2, period=1.0)
    for name in (SURFACE, CORE, "Temperature from core to surface [K]", "Heat generated [J]"):
        assert np.array_equal(kept[name], again[name])
    for name in ("Surface temperature [C]", "Cell surface temperature [K]"):
        assert again[name] == approx(again[SURFACE] - (273.15 if "[C]" in name else 0.0))


def test_a_pair_cooled_at_its_faces_has_no_gradient_that_matters():
    """PyBaMM's x-full, converged: less than 2 mK in the pair, and 0.05 K and 1 mV from our one temperature."""
    rows = np.loadtxt(HOME / "heat_Chen2020_xfull_2.csv", delimiter=",")
    assert rows[:, 5].max() < 2e-3
    steps = [cellsim.charge(2.0), cellsim.hold(4.2, 0.1)]
    result = run(CAN, steps, heat_lump("Chen2020_xfull_2"), cellsim.DFN((40, 12, 40), 40), soc=0.1, rtol=1e-5)
    for k, outcome in enumerate(result.steps):
        there = rows[rows[:, 0] == k]
        at = outcome.t_start + there[:, 1]
        assert np.abs(result.at(T, at) - there[:, 3]).max() < 0.05
        assert np.sqrt(np.mean((result.at("Voltage [V]", at) - there[:, 2]) ** 2)) < 1e-3


def test_geometry_and_conductivity_come_from_the_design_unless_given():
    """Layers in series; both faces of a pouch, mantle and ends of a can; default cooling as of the lumped model."""
    pouch, can = cellsim.load(POUCH), cellsim.load(CAN)
    layers = pair_layers(pouch)
    k = {"negative electrode": 1.04, "positive electrode": 1.58, "separator": 0.334}
    k |= {"negative current collector": 401.0, "positive current collector": 237.0}
    by_hand = sum(x.thickness for x in layers) / sum(x.thickness / k[x.name] for x in layers)
    assert conductivity(pouch) == approx(by_hand)
    assert conductivity(pouch.with_({"cell/thermal conductivity": 0.7})) == 0.7
    for cell in (pouch, can):
        assert ThermalNetwork().of(cell).conductance == approx(cellsim.Lumped().of(cell).conductance)
        assert sum(row[1] for row in ThermalNetwork().of(cell).chain) == approx(1.0)
    assert faces(pouch) == outside(pouch) and faces(can) == approx(np.pi * 0.021 * 0.07, rel=0.01)
    a, b, height = hollow(can)
    assert a < b == approx(0.0103) and height * np.pi * (b**2 - a**2) == approx(cellsim.design.build(can).stack_volume)
    assert slab(2.0, 3.0, 3)[2] == approx([3.0, 3.0]) and roll(0.0, 1.0, 1.0, 2)[2] == approx([np.pi])


def test_a_case_is_cooled_at_its_faces_and_along_its_narrow_sides():
    """Of a prismatic cell the large faces are the surface; the narrow sides cool all layers alike."""
    case = {"length": 0.3, "height": 0.22, "width": 0.012, "wall thickness": 5e-4, "density": 2700.0}
    raw = cellsim.load(POUCH).to_json()
    raw["design"] |= {"format": "prismatic"} | {
        f"case {key}": {"value": x, "unit": "kg.m-3" if key == "density" else "m", "source": "a", "method": "assumed"}
        for key, x in case.items()
    }
    raw["sources"]["a"] = {"citation": "made up for a test"}
    for key in ("area coverage", "pouch foil thickness", "pouch foil density"):
        del raw["design"][key]
    cell = cellsim.Cell.from_json(raw, "case")
    body = ThermalNetwork(heat_transfer_coefficient=10.0).of(cell)
    sides = 2.0 * (0.3 + 0.22) * 0.012
    assert body.conductance == approx(10.0 * (2.0 * 0.3 * 0.22 + sides))
    assert body.chain[0][3] == approx(body.chain[0][1] * 10.0 * sides)
    assert body.chain[-1][0] == approx(0.5 * cellsim.design.build(cell).stack_volume / (0.299 * 0.219))


@pytest.mark.parametrize("name", [CAN, "lgm50_composite"])
def test_heat_of_mixing_closes_the_energy_of_a_pulse_and_its_rest(name):
    """Between two states of rest all electrical work that is not stored is heat; to 1 %.

    Without entropic terms, at a heat capacity that holds the temperature: heat = charge times the mean open-circuit
    voltage, less the work.  Without the heat of mixing a tenth or more of it is missing.
    """
    part = "negative electrode"
    cell = cellsim.load(name)
    found = {}
    for mixing in (True, False):
        heat = cellsim.Lumped(heat_capacity=1e9, heat_of_mixing=mixing)
        steps = [cellsim.discharge(1.0, duration=900.0), cellsim.rest(20 * 3600.0)]
        result = run(cell, steps, heat, cellsim.DFN((10, 4, 10), 20), soc=0.8, rtol=1e-6)
        z = np.linspace(*result["State of charge"][[0, -1]], 2001)
        U = cellsim.models.open_circuit_voltage(cell, z, 298.15)
        stored = np.trapezoid(U, z) / (z[-1] - z[0]) * result.discharge_capacity
        reversible = np.trapezoid(result["Reversible heating [W]"], result.t)
        made = result["Heat generated [J]"][-1] - reversible
        found[mixing] = made / (3600.0 * (stored - result.discharge_energy))
        if mixing:
            mixed = np.trapezoid(result["Heat of mixing [W]"], result.t)
            assert result["Heat of mixing [W]"].min() > -1e-9 and result["Heat of mixing [W]"][-1] < 1e-3
    assert found[True] == approx(1.0, abs=0.01) and found[False] < 0.95, (found, mixed, part)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"nodes": 0}, "nodes 0: give a whole number from 1"),
        ({"nodes": 2.5}, "nodes 2.5"),
        ({"nodes": 1000}, "nodes 1000"),
        ({"thermal_conductivity": 0.0}, "thermal_conductivity = 0"),
        ({"tab_conductance": -1.0}, "tab_conductance = -1"),
        ({"opposite_heat_transfer_coefficient": np.nan}, "opposite_heat_transfer_coefficient = nan"),
        ({"heat_capacity": 0.0}, "ThermalNetwork: heat_capacity = 0"),
        ({"heat_of_mixing": 1.5}, "heat_of_mixing 1.5: give True or False"),
    ],
)
def test_wrong_numbers_are_refused_by_name(bad, words):
    with pytest.raises(cellsim.ParameterError) as fault:
        ThermalNetwork(**bad)
    assert words in str(fault.value)


def test_a_can_has_no_opposite_face():
    with pytest.raises(cellsim.ParameterError, match="a can has no opposite faces; leave it out"):
        run(CAN, cellsim.rest(1.0), ThermalNetwork(opposite_heat_transfer_coefficient=1.0))
