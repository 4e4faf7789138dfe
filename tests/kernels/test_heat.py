"""Heat: against PyBaMM's lumped model, its own balances, and what holds a temperature or a margin."""

import numpy as np
import pytest
from pytest import approx
from reference_cases import HOME, heat_lump

import cellsim
from cellsim import Limit, Step
from cellsim.kernels import layout, scratch
from cellsim.kernels.equations.heats import heats_and_margins
from cellsim.kernels.integrators import initialise as start
from cellsim.kernels.integrators import ndf as march
from cellsim.kernels.integrators.stage import terminal_voltage
from cellsim.models import initial_state
from cellsim.models.thermal_laws import Body
from cellsim.numerics.table import evaluate_many
from cellsim.physics.constants import R

CHEN, TARGET = "lgm50_chen2020", "target_nmc811_lpscl_li"
CASES = {
    "Chen2020_cccv_2": (CHEN, lambda: [cellsim.charge(2.0), cellsim.hold(4.2, 0.1)], 0.1),
    "ORegan2022_dis_1": ("lgm50_oregan2022", lambda: [cellsim.discharge(1.0, until_voltage=2.5)], None),
}


def reference(case):
    """Rows of step, time in it [s], voltage [V], temperature [K], heating [W]; the lump that PyBaMM had."""
    return np.loadtxt(HOME / f"heat_{case}.csv", delimiter=","), heat_lump(case)


@pytest.mark.parametrize("case", CASES)
def test_heat_agrees_with_pybamm(case):
    """0.05 K and 1 mV at every point of a 2C charge with hold, and of a discharge whose laws mix c and T."""
    rows, lump = reference(case)
    name, steps, soc = CASES[case]
    model = cellsim.DFN((40, 12, 40), 40)
    result = cellsim.simulate(name, steps(), model, soc=soc, heat=lump, rtol=1e-5, temperature=298.15)
    for k, outcome in enumerate(result.steps):
        mine = rows[rows[:, 0] == k]
        at = outcome.t_start + mine[:, 1]
        assert np.max(np.abs(result.at("Cell temperature [K]", at) - mine[:, 3])) < 0.05
        assert np.sqrt(np.mean((result.at("Voltage [V]", at) - mine[:, 2]) ** 2)) < 1e-3
        assert result.at("Total heating [W]", at) == approx(mine[:, 4], rel=0.01, abs=0.01)


def test_the_default_mesh_with_heat_is_good_to_a_millivolt():
    """The promise of `accuracy`, with heat: 1 mV rms and 0.05 K over a 2C charge with hold."""
    rows, lump = reference("Chen2020_cccv_2")
    result = cellsim.simulate(CHEN, [cellsim.charge(2.0), cellsim.hold(4.2, 0.1)], soc=0.1, heat=lump)
    at = np.array([s.t_start for s in result.steps])[rows[:, 0].astype(int)] + rows[:, 1]
    assert np.sqrt(np.mean((result.at("Voltage [V]", at) - rows[:, 2]) ** 2)) < 1e-3
    assert np.sqrt(np.mean((result.at("Cell temperature [K]", at) - rows[:, 3]) ** 2)) < 0.05


@pytest.mark.parametrize("model", [cellsim.DFN(), cellsim.SPMe(), cellsim.SPM()], ids=("DFN", "SPMe", "SPM"))
def test_heat_stored_is_heat_made_less_heat_lost(model):
    """To 1e-8 of the heat made: all are integrated by the same formulas, so that their balance is exact."""
    steps = [
        cellsim.charge(1.0),
        cellsim.hold(4.2, 0.2),
        cellsim.rest(600),
        Step("rest", 0.0, 60.0, heater=5.0),
        Step("power", 5.0, 60.0, self_heating=True),
    ]
    result = cellsim.simulate(CHEN, steps, model, soc=0.1, heat=True, temperature=293.15)
    C = cellsim.Lumped().of(cellsim.load(CHEN)).heat_capacity
    stored = C * (result["Cell temperature [K]"] - 293.15)
    made, lost, heated = (result[f"{n} [J]"] for n in ("Heat generated", "Heat lost to surroundings", "Heater energy"))
    assert stored == approx(made - lost + heated, abs=1e-8 * made[-1])
    assert heated[-1] == approx(5.0 * 60.0 + 5.0 * 60.0, rel=1e-6)  # to which the power is kept


def test_heat_lost_follows_newtons_law_of_cooling():
    """A warm cell at rest: exponential decay to 1e-4 of what is lost, the tolerance of the run being 1e-7."""
    lump = Body(50.0, 0.1)
    result = cellsim.simulate(
        CHEN,
        cellsim.rest(900.0),
        soc=0.5,
        temperature=330.0,
        ambient=298.15,
        rtol=1e-7,
        heat=cellsim.Lumped(lump.heat_capacity, lump.conductance, 1.0),
    )
    expected = 298.15 + (330.0 - 298.15) * np.exp(-result.t * lump.conductance / lump.heat_capacity)
    assert result["Cell temperature [K]"] == approx(expected, abs=1e-4 * 30.0)


def state_under(cell, body, model, current, soc=0.5):
    """A system with heat, its consistent state at the first moment of a current [A], and its work space."""
    sys = model.discretise(cell, 298.15, body)
    s, w = initial_state(cell, sys, soc), scratch.allocate(sys)
    control = layout.Control(
        layout.CURRENT, current / cell.value("cell/electrode area"), 1e9, 0.0, 10.0, 0.0, np.inf, 1e-6, 1e-6
    )
    assert start.settle(sys, control, s, w, 1e-10) == march.RUNNING
    return sys, s, w


@pytest.mark.parametrize("current", [-10.0, 5.0])
def test_heat_adds_up_from_every_reaction_and_resistance(current):
    """Local terms (ohmic face by face, reaction and film volume by volume) sum to the formula used, to 1e-8.

    That charge balances in every volume makes the two equal; what is left is Newton's last correction.
    """
    cell = cellsim.load(CHEN).with_({"cell/series resistance": 1e-3})
    sys, s, w = state_under(cell, Body(100.0, 0.0), cellsim.DFN((12, 4, 10), 12), current)
    n, y = sys.volume.size, layout.unknowns(sys, s)
    phi_e, phi_s, j = y.phi_e, y.phi_s, y.j[0]
    I, V = y.cell["I"], terminal_voltage(sys, s)
    area, side = sys.volume["area"], sys.volume["side"]
    i_s = np.where(sys.volume["link"][:-1] > 0.0, sys.volume["link"][:-1] * -np.diff(phi_s), 0.0)
    i_e = I - i_s  # all charge that the solid does not carry between two volumes
    ohmic = np.sum(i_s * -np.diff(phi_s)) + np.sum(i_e * -np.diff(phi_e))
    ohmic += I * I * (sys.volume["end"].sum() + sys.R_series)
    U = np.zeros(n)
    for i in np.flatnonzero(area > 0.0):
        x = y.x[sys.volume["particle"][i], -1:]
        evaluate_many(sys.laws.solid, layout.LAWS_PER_SIDE * side[i] + layout.OCP, x, U[i : i + 1])
    reaction = np.sum(area * j * (phi_s - phi_e - U))
    out = np.zeros((1, 4))
    heats_and_margins(sys, s[None], w, np.array([V]), out)
    assert out[0, 0] == approx(ohmic + reaction, rel=1e-8)
    assert out[0, 0] > 0.0


def test_entropic_heat_changes_sign_with_the_current():
    """I T dU/dT of the whole cell: charging and discharging at C/100 differ in nothing but its sign.

    At the first moment to 5 %: the surfaces already differ across half a shell, and dU/dT is steep.
    """
    steps = lambda sign: Step("c-rate", 0.01 * sign, 60.0)  # noqa: E731
    out, back = (
        cellsim.simulate("lgm50_oregan2022", steps(sign), soc=0.5, heat=True, temperature=298.15)
        for sign in (1.0, -1.0)
    )
    a, b = (r["Reversible heating [W]"][0] for r in (out, back))
    assert a == approx(-b, rel=0.05) and abs(a) > 2.0 * out["Irreversible heating [W]"][0]


def test_heat_capacity_and_surface_come_from_the_design_unless_given():
    """A 21700 can: area of the cylinder; J/K between 700 and 1100 J/kg/K of its mass, as cells have."""
    cell = cellsim.load(CHEN)
    body = cellsim.Lumped().of(cell)
    d, h = cell.value("design/can diameter"), cell.value("design/can height")
    assert body.conductance == approx(10.0 * np.pi * (d * h + 0.5 * d * d))
    from cellsim.design.cell import build

    assert 700.0 < body.heat_capacity / build(cell).mass < 1100.0
    stated = cell.with_({"cell/heat capacity": 70.0, "cell/heat transfer coefficient": 30.0, "cell/cooling area": 0.01})
    assert cellsim.Lumped().of(stated) == Body(70.0, approx(0.3))
    assert cellsim.Lumped(1.0, 2.0, 3.0).of(stated) == Body(1.0, 6.0)


@pytest.mark.parametrize("name", ["target_nmc811_lpscl_li", "leaf_2018", "samsung_agc_2020"])
def test_every_kind_of_cell_runs_with_heat(name):
    """Pouch and prismatic, foil and porous: warms up on a 1C discharge and ends for a reason."""
    result = cellsim.simulate(name, cellsim.discharge(1.0), heat=True)
    assert result["Cell temperature [K]"].max() > result["Cell temperature [K]"][0]
    assert not result.endings[0].is_failure


@pytest.mark.parametrize("start", [0.0, -20.0])
def test_a_plating_margin_is_held_exactly(start):
    """To 1e-6 V at all times, from rest or from a current, down to a small current."""
    steps = [Step("current", start, 5.0)] if start else []
    result = cellsim.simulate(
        CHEN,
        [*steps, Step("plating margin", 0.01, until=(Limit("c-rate", 0.3),))],
        soc=0.2,
        heat=True,
        temperature=298.15,
    )
    rows = result.step_index == len(steps)
    assert result["Plating margin [V]"][rows] == approx(0.01, abs=1e-6)
    assert np.all(result["Current [A]"][rows] < 0.0)


def test_the_plating_margin_is_that_of_the_border_of_the_separator():
    """Extrapolated to the border, whatever the mesh: 24 and 48 volumes differ by 0.3 mV, first to second order."""
    coarse, fine = (
        cellsim.simulate(CHEN, cellsim.charge(1.0, duration=300.0), cellsim.DFN((n, 8, n), 20), soc=0.3)
        for n in (24, 48)
    )
    assert coarse["Plating margin [V]"][-1] == approx(fine["Plating margin [V]"][-1], abs=3e-4)
    drop = "Negative electrode surface potential difference at separator interface [V]"
    assert coarse[drop][-1] == approx(coarse["Plating margin [V]"][-1], abs=1e-12)  # this cell has no film


def test_a_margin_ends_a_charge_where_it_is_reached():
    """At the limit to 1e-6 V; the ending says so."""
    result = cellsim.simulate(CHEN, Step("c-rate", -3.0, until=(Limit("plating margin", 0.0),)), soc=0.1)
    assert result.endings == (cellsim.Ending.PLATING_MARGIN,)
    assert result["Plating margin [V]"][-1] == approx(0.0, abs=1e-6)


def test_a_temperature_is_held_by_the_current():
    """Within 0.01 K, while the current falls as resistance does not; the heat lost is the heat made."""
    steps = [
        Step("c-rate", -2.0, until=(Limit("temperature", 303.15),)),
        Step("temperature", 303.15, until=(Limit("soc", 0.6),)),
    ]
    result = cellsim.simulate(CHEN, steps, soc=0.1, heat=True, temperature=298.15)
    rows = result.step_index == 1
    assert result.endings == (cellsim.Ending.TEMPERATURE, cellsim.Ending.CAPACITY)
    assert result["Cell temperature [K]"][rows] == approx(303.15, abs=0.01)
    lost = (303.15 - 298.15) * cellsim.Lumped().of(cellsim.load(CHEN)).conductance
    assert result["Total heating [W]"][rows] == approx(lost, rel=0.05)


def test_a_critical_current_margin_follows_the_temperature():
    """A charge at the critical current less the margin, which rises as the cell warms up by its Arrhenius law."""
    cell = cellsim.load(TARGET).with_(
        {
            "negative electrode/critical current density": 50.0,
            "negative electrode/critical current density activation energy": 3e4,
        }
    )
    result = cellsim.simulate(
        cell,
        Step("critical current margin", 5.0, until=(Limit("soc", 0.5),)),
        soc=0.1,
        heat=True,
        temperature=298.15,
        rtol=1e-5,
    )
    # the current belongs to the temperature foreseen, good to 0.01 K at this tolerance; 4 A/m2 a kelvin at the end
    assert result["Critical current margin [A.m-2]"] == approx(5.0, abs=0.04)
    T = result["Cell temperature [K]"]
    T_ref = cell.value("cell/reference temperature")
    bears = 50.0 * np.exp(-3e4 / R * (1.0 / T - 1.0 / T_ref))
    assert -result["Current density [A.m-2]"] == approx(bears - 5.0, rel=1e-3)


def test_a_critical_current_without_an_activation_energy_says_nothing_of_other_temperatures():
    """That of the polymer belongs to 80 degC: 5 A/m2 there, refused at 25, absent, and again where one is given."""
    margin, key = "Critical current margin [A.m-2]", "negative electrode/critical current density"
    step, polymer = Step("critical current margin", 0.0, 60.0), cellsim.load("lfp_peo_li")
    at_80 = cellsim.simulate(polymer, cellsim.rest(60.0))
    assert at_80[margin] == approx(5.0, abs=1e-9) and "says nothing of other" in polymer.record(key).note
    with pytest.raises(cellsim.ProtocolError, match="at 80 degC only; give .*activation energy"):
        cellsim.simulate(polymer, step, soc=0.5, temperature=298.15)
    assert margin not in list(cellsim.simulate(polymer, cellsim.rest(60.0), temperature=298.15))
    known = cellsim.simulate(polymer.with_({f"{key} activation energy": 6e4}), cellsim.rest(60.0), temperature=298.15)
    assert known[margin] == approx(5.0 * np.exp(-6e4 / R * (1.0 / 298.15 - 1.0 / 353.15)), rel=1e-6)
    steps = [cellsim.rest(60.0), Step("rest", 0.0, 60.0, temperature=300.0)]
    colder = cellsim.simulate(polymer, steps, soc=0.5)
    assert np.array_equal(np.isnan(colder[margin]), colder.step_index == 1)


@pytest.mark.parametrize("voids", (0.0, 1.0))
@pytest.mark.parametrize("model", (cellsim.DFN((1, 4, 8), 8), cellsim.SPMe((1, 4, 8), 8)))
def test_of_a_foils_resistance_only_the_interphase_has_its_activation_energy(model, voids):
    """In a run that warms as at that temperature from the start: 1 uV, where contact taken along would be off 25 mV."""
    n = "negative electrode/"
    cell = cellsim.load(TARGET).with_(
        {
            n + "contact resistance": 1e-3,
            n + "contact fraction": 0.5,
            n + "contact spot radius": 1e-5,
            n + "void share": voids,
        }
    )
    step = Step("c-rate", 1.0, 1e-3, temperature=333.15)
    V = [cellsim.simulate(cell, step, model, soc=0.5, temperature=T)["Voltage [V]"][0] for T in (298.15, 333.15)]
    assert V[0] == approx(V[1], abs=1e-6)


def test_a_resistance_draws_what_ohm_says():
    """V = R I to 1e-6 V."""
    result = cellsim.simulate(CHEN, Step("resistance", 1.0), soc=0.5)
    assert result["Voltage [V]"] == approx(result["Current [A]"], abs=1e-6)


def test_without_heat_a_step_has_the_temperature_of_its_surroundings():
    """A discharge at 0 degC after one at 25 degC equals one begun there, once the past is over; here at once in T."""
    steps = [cellsim.rest(10.0), Step("c-rate", 1.0, 300.0, temperature=273.15)]
    mixed = cellsim.simulate(CHEN, steps, soc=0.8, temperature=298.15)
    plain = cellsim.simulate(CHEN, cellsim.discharge(1.0, duration=300.0), soc=0.8, temperature=273.15)
    rows = mixed.step_index == 1
    assert np.all(mixed["Cell temperature [K]"][rows] == 273.15)
    assert mixed["Voltage [V]"][-1] == approx(plain["Voltage [V]"][-1], abs=5e-4)


def test_self_heating_spends_the_cells_own_energy():
    """What it delivers ends up in it as heat: energy delivered equals the heater's to 1e-9."""
    result = cellsim.simulate(
        CHEN, Step("power", 10.0, 120.0, self_heating=True), soc=0.6, heat=True, temperature=263.15
    )
    assert result["Heater energy [J]"][-1] == approx(result.discharge_energy * 3600.0, rel=1e-9)


@pytest.mark.parametrize(
    "step, options, message",
    [
        (Step("temperature", 308.15, 60.0), {}, "needs a run with heat"),
        (Step("rest", 0.0, 60.0, heater=1.0), {}, "needs a run with heat"),
        (Step("rest", 0.0, 60.0, until=(Limit("temperature", 300.0),)), {}, "needs a run with heat"),
        (Step("plating margin", 0.0, 60.0), {"model": cellsim.SPMe()}, "in DFN or SPM"),
        (Step("temperature", 308.15, 60.0), {"model": cellsim.SPMe(), "heat": True}, "take DFN or SPM"),
        (Step("critical current margin", 0.0, 60.0), {}, "states no critical current"),
        (cellsim.hold(5.0), {}, "above the upper cut-off voltage of lgm50_chen2020, 4.2 V; write 'force'"),
        (cellsim.rest(1.0), {"heat": 3.0}, "give True, cellsim.Lumped"),
        (cellsim.rest(1.0), {"ambient": 20.0}, "give kelvin"),
    ],
)
def test_what_a_run_cannot_do_is_said(step, options, message):
    """The sentence names what is missing and what to do."""
    with pytest.raises(cellsim.ProtocolError, match=message):
        cellsim.simulate(CHEN, step, soc=0.5, **options)


def test_a_forced_hold_outside_the_cut_offs_is_done():
    """force=True holds 4.25 V on a cell meant for 4.2 V."""
    result = cellsim.simulate(CHEN, cellsim.hold(4.25, 0.2), soc=0.9, force=True)
    assert result["Voltage [V]"][-1] == approx(4.25, abs=1e-6)


def test_a_limit_already_passed_ends_its_step_at_once_and_says_so():
    """No time passes; the run goes on with the next step."""
    steps = [cellsim.rest(1.0), Step("c-rate", -1.0, until=(Limit("plating margin", 0.5),)), cellsim.rest(10.0)]
    result = cellsim.simulate(CHEN, steps, soc=0.5)
    assert result.steps[1].t_end == 1.0 and result.steps[1].message.startswith("at once the margin to lithium plating")
    assert result.endings[2] == cellsim.Ending.DURATION


@pytest.mark.parametrize("bad", [{"heat_capacity": 0.0}, {"heat_transfer_coefficient": -1.0}, {"cooling_area": np.inf}])
def test_an_impossible_lump_is_refused(bad):
    """The message names the field."""
    with pytest.raises(cellsim.ParameterError, match=next(iter(bad))):
        cellsim.Lumped(**bad)
