"""What cycles and side reactions wear out within a run: closed forms, balances, and what changes nothing."""

from dataclasses import replace

import numpy as np
import pytest
from pytest import approx
from test_ageing_cells import LOAD, contents, ended
from worn_cells import ALL_OF, CUT, DRIES, EXCESS, GROWTH, HEALING, LIQUID, LOSS, PRESSURE, SOLID, WORN, N, P

import cellsim
from cellsim import DFN, SPM, SPMe
from cellsim.kernels.layout import unknowns
from cellsim.models import initial_state
from cellsim.models.ageing import pores_of
from cellsim.physics.constants import F, R
from cellsim.studies.ageing import aged

MODELS = [DFN((4, 3, 4), 6), SPMe((4, 3, 4), 6), SPM(6)]
SWING = [cellsim.charge(1.0, until_voltage=4.1), cellsim.discharge(1.0, until_voltage=3.0)]


def after(cell, steps, model=MODELS[2], soc=0.1, rtol=1e-7, **more):
    """The run and the fields of its last state."""
    result = cellsim.simulate(cell, steps, model, soc=soc, rtol=rtol, **more)
    return result, ended(result)[1]


def test_contact_heals_and_connection_is_lost_by_closed_forms():
    """At constant current cycles are charge over that of a full one; contact y relaxes to h P / (k e + h P), the active
    material falls by exp(-k e n).  1e-7, the tolerance of the run: cycles are exact, the rest has smooth rates."""
    result, y = after(WORN.with_ageing(ALL_OF), [cellsim.charge(0.5, duration=2400)])
    window = SOLID.value(P + "maximum stoichiometry") - SOLID.value(P + "minimum stoichiometry")
    full = window * F * SOLID.value(P + "maximum concentration") * SOLID.value(P + "active material volume fraction")
    full *= SOLID.value(P + "utilisation") * SOLID.value(P + "thickness") * SOLID.value("cell/electrode area") / 3600.0
    # what is left of the active material takes more: the rate of cycles is that of the charge over exp(-k e n)
    k = CUT * EXCESS
    n = -np.log1p(-k * result.charge_capacity / (2.0 * full)) / k
    assert y.cycled[0, -1] == approx(n, rel=1e-4)  # surface and rate are renewed at a change of 1e-2 only, here never
    n, rate = y.cycled[0, -1], LOSS * EXCESS + HEALING * PRESSURE
    rest = HEALING * PRESSURE / rate
    assert y.touching[0, -1] == approx(rest + (1.0 - rest) * np.exp(-rate * n), rel=1e-7)
    active = SOLID.value(P + "active material volume fraction")
    assert 1.0 - y.inactive[0, -1] / active == approx(np.exp(-k * n), rel=1e-7)
    assert n > 0.1


def test_a_run_wears_as_the_law_between_runs():
    """Contact, utilisation and film after as many cycles by `aged`, the same functions; 1e-6 as above; the film is
    renewed where it has changed by a hundredth of all resistance of the surface."""
    steps = SWING * 2
    _, y = after(WORN.with_ageing(ALL_OF), steps)
    then = aged(WORN, cycles=float(y.cycled[0, -1]))
    ratio = lambda key: then.value(P + key) / WORN.value(P + key)  # noqa: E731
    assert y.touching[0, -1] == approx(ratio("contact fraction"), rel=1e-6)
    active = SOLID.value(P + "active material volume fraction")
    assert 1.0 - y.inactive[0, -1] / active == approx(ratio("utilisation"), rel=1e-6)
    film = then.value(P + "film resistance") - WORN.value(P + "film resistance")
    transfer = R * 298.15 / F / WORN.value(P + "exchange-current density")
    assert 0.0 <= film - y.interphase[0, -1] <= 0.011 * (film + transfer)


def changed(cell, model, soc, change):
    """The cell at rest in another state: change(y, sys) works on its fields."""
    begun = cellsim.simulate(cell, cellsim.rest(1e-3), model, soc=soc).final_state
    sys, state = begun.model.discretise(cell, begun.temperature), begun.state.copy()
    change(unknowns(sys, state), sys)
    return replace(begun, state=state)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_worn_contact_is_less_contact(model):
    """A cell worn to 60 % of its contact after nine cycles, and one made with so much contact and film: the same
    voltage, to 1e-6 V of the tolerance; rates are 0 from here on."""
    still = {P + key: 0.0 for key in ("contact loss", "contact healing", "connection loss")}
    cell = WORN.with_(still).with_ageing({**ALL_OF, "connection loss of particles": "none"})

    def wear(y, sys):
        here = sys.volume["side"] == 1
        y.touching[0, here] = y.contact[0, here] = 0.6
        y.cycled[0, here] = 9.0

    step = cellsim.charge(1.0, duration=240)
    worn = cellsim.simulate(cell, step, start=changed(cell, model, 0.3, wear), rtol=1e-8)
    film = ended(worn)[1].interphase[0, -1]
    per_surface = film / worn["X-averaged positive interphase resistance [Ohm.m2]"][-1]
    assert film / per_surface == approx(3.0 * GROWTH, rel=1e-2)
    less = {P + "contact fraction": 0.6 * SOLID.value(P + "contact fraction"), P + "film resistance": film}
    made = cellsim.simulate(WORN.with_(less), step, model, soc=0.3, rtol=1e-8)
    t = [1.0, 60.0, 240.0]
    assert worn.at("Voltage [V]", t) == approx(made.at("Voltage [V]", t), abs=2e-6)
    fresh = cellsim.simulate(WORN, step, model, soc=0.3)
    assert np.all(worn.at("Voltage [V]", t) - fresh.at("Voltage [V]", t) > 5e-3)


def test_pressure_heals_after_a_change_of_pressure():
    """Without strain only healing is left: 1 - y falls by exp(-h P n)."""
    cell = WORN.with_({P + "contact loss": 0.0, P + "connection loss": 0.0}).with_ageing(ALL_OF)

    def wear(y, sys):
        y.touching[0, sys.volume["side"] == 1] = 0.6

    run = cellsim.simulate(cell, SWING, start=changed(cell, MODELS[2], 0.1, wear), rtol=1e-7)
    y = ended(run)[1]
    assert 1.0 - y.touching[0, -1] == approx(0.4 * np.exp(-HEALING * PRESSURE * y.cycled[0, -1]), rel=1e-7)


def drift(cell, model, steps):
    """Changes of lithium and salt, reservoir included, over the lithium; the last system and fields."""
    result = cellsim.simulate(cell, steps, model, soc=1.0 if cell.kind == "liquid" else 0.1, force=True)
    assert len(result.steps) == len(steps), result.termination
    sys, y = ended(result)
    sums = []
    for fields in (unknowns(sys, initial_state(cell, sys, 1.0 if cell.kind == "liquid" else 0.1)), y):
        found, salt = contents(sys, fields)
        if sys.counts["reservoirs"]:
            salt = salt * fields.wetted[0] + F * fields.reserve_salt[0]
        sums.append((sum(found.values()) + fields.cell["lithium"] + fields.cell["dead"] + fields.cell["bound"], salt))
    (before, salt), (then, salt_then) = sums
    return (then - before) / before, (salt_then - salt) / before, sys, y


CYCLE = ["Discharge at 1C until 2.6 V", "Charge at 1C until 4.1 V", "Hold at 4.1 V until C/5", "Rest for 10 minutes"]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_lithium_and_salt_add_up_while_pores_dry(model):
    """Two cycles and a load of changing current: 1e-12 of the inventory, as of the other mechanisms."""
    lithium, salt, sys, y = drift(DRIES, model, [*CYCLE, LOAD, *CYCLE])
    assert abs(lithium) <= 1e-12 and abs(salt) <= 1e-12
    assert y.reserve[0] == 0.0 and 0.9 < y.wetted[0] < 0.999
    # electrolyte used is that of the lithium in the SEI: 1e-12, sums of some thousand steps
    first = unknowns(sys, initial_state(DRIES, sys, 1.0)).sei.sum()
    assert y.solvent[0] == approx((y.sei.sum() - first) / F * 6.667e-5, rel=1e-12)
    room = pores_of(DRIES)
    assert y.receding[0] == approx((y.solvent[0] - 0.01 * room) / room, rel=1e-9)  # what is booked, and what is left


def test_lithium_adds_up_while_contact_and_connection_go():
    """Through lost material, a host that fades and plating that is not reversible, as above."""
    metal = {
        N + "vanishing charge": 180.0,
        N + "host capacity": 3000.0,
        N + "host fade": 0.2,
        N + "coulombic efficiency": 0.99,
    }
    cell = WORN.with_(metal).with_ageing(ALL_OF)
    steps = [
        "Charge at C/2 until 4.1 V",
        "Hold at 4.1 V until C/10",
        "Discharge at C/2 until 3 V",
        "Rest for 10 minutes",
    ]
    for model in MODELS:
        lithium, salt, _, y = drift(cell, model, steps * 2)
        assert abs(lithium) <= 1e-12 and abs(salt) <= 1e-12
        assert y.host[0] < 2500.0 and y.cell["dead"] > 0.0 and y.gone.sum() > 0.0


def test_a_reservoir_lasts_as_long_as_its_volume():
    """Until the electrolyte that is used comes to it nothing dries, and its salt follows it into the pores."""
    cell = DRIES.with_({"design/electrolyte fill factor": 1.5})
    result, y = after(cell, "Rest for 1 day", soc=0.5)
    room = pores_of(cell)
    assert 0.0 < y.reserve[0] == approx(0.5 * room - y.solvent[0], rel=2e-2) and y.wetted[0] == 1.0
    c = cell.value("electrolyte/initial concentration")
    assert y.reserve_salt[0] == approx(c * y.reserve[0], rel=1e-9)
    assert result["Total lithium in electrolyte [mol]"] == approx(
        result["Total lithium in electrolyte [mol]"][0], rel=1e-12
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_a_dry_part_is_a_smaller_cell(model):
    """Four fifths wetted: voltage of a cell of four fifths of the area, but for the solids, which conduct everywhere
    and which here conduct well: 2e-5 V."""
    well = {N + "electronic conductivity": 1e5, P + "electronic conductivity": 1e5}
    slow = {N + "SEI solvent diffusivity": 0.0, N + "SEI resistivity": 0.0}
    cell = DRIES.with_(well | slow)

    def dry(y, sys):
        y.solvent[:] = sys.ageing[0]["reservoir"] + 0.2 * pores_of(cell)
        y.receding[:], y.wetted[:], y.reserve[:], y.reserve_salt[:] = 0.2, 0.8, 0.0, 0.0
        for side in range(2):
            here = sys.volume["side"] == side
            y.inactive[0, here] = 0.2 * sys.ageing[side]["active"]
            y.active[0, here] = 0.8 * sys.ageing[side]["active"]

    step = cellsim.discharge(1.0, duration=1200)
    part = cellsim.simulate(cell, step, start=changed(cell, model, 0.9, dry), rtol=1e-8)
    small = LIQUID.with_(well | {"cell/electrode area": 0.8 * LIQUID.value("cell/electrode area")})
    less = cellsim.simulate(small, step, model, soc=0.9, rtol=1e-8)
    t = [1.0, 60.0, 1200.0]
    assert part.at("Voltage [V]", t) == approx(less.at("Voltage [V]", t), abs=2e-5)
    assert part["Wetted fraction of pores"][-1] == 0.8


def test_lithium_is_lost_by_the_coulombic_efficiency():
    """What arrives leaves its share behind, whatever the current: exactly."""
    cell = SOLID.with_({N + "coulombic efficiency": 0.97})
    result, y = after(cell, [*SWING, *SWING])
    plated = result.charge_capacity * 3600.0 / cell.value("cell/electrode area")
    assert y.cell["dead"] == approx(0.03 * plated, rel=1e-10)


def test_a_host_fades_by_a_closed_form():
    """H = H_0 exp(-k n), n full cycles of the charge passed: 1e-6, a smooth rate at the tolerance of the run."""
    cell = SOLID.with_({N + "vanishing charge": 180.0, N + "host capacity": 3000.0, N + "host fade": 0.3})
    result, y = after(cell, SWING)
    window = SOLID.value(P + "maximum stoichiometry") - SOLID.value(P + "minimum stoichiometry")
    full = window * F * SOLID.value(P + "maximum concentration") * SOLID.value(P + "active material volume fraction")
    full *= SOLID.value(P + "utilisation") * SOLID.value(P + "thickness")
    passed = (result.charge_capacity + result.discharge_capacity) * 3600.0 / cell.value("cell/electrode area")
    assert y.host[0] == approx(3000.0 * np.exp(-0.3 * passed / (2.0 * full)), rel=1e-6)
    assert 0.0 < y.cell["dead"] < 3000.0 - y.host[0]


def test_the_hazard_of_a_short_is_that_of_the_charge_plated():
    """h (I / I_crit)^m per charge, at constant current exactly; none on discharge."""
    critical = SOLID.value(N + "critical current density")
    cell = SOLID.with_({N + "short hazard": 1e-6, N + "short hazard exponent": 3.0})
    result, y = after(cell, SWING)
    I, Q = (
        x / cell.value("cell/electrode area") for x in (result["Current [A]"].min(), result.charge_capacity * 3600.0)
    )
    assert y.hazard[0] == approx(1e-6 * (-I / critical) ** 3 * Q, rel=1e-10)
    assert result["Survival probability"][-1] == np.exp(-y.hazard[0]) < 1.0


def test_rates_of_zero_change_nothing():
    """The voltage of a cell with every mechanism on and no rate is that of the cell without; 1e-6 V, as rows differ."""
    still = {P + key: 0.0 for key in ("contact loss", "connection loss", "cycling interphase growth")}
    cell = WORN.with_({**still, P + "contact healing": 0.0})
    for model in MODELS:
        with_, without = (
            cellsim.simulate(one, SWING, model, soc=0.1, rtol=1e-7) for one in (cell.with_ageing(ALL_OF), cell)
        )
        t = [100.0, 1000.0, 2000.0]
        assert with_.at("Voltage [V]", t) == approx(without.at("Voltage [V]", t), abs=1e-6)


def test_a_run_in_two_pieces_is_the_run_in_one():
    """Bit for bit, from where the first step ended."""
    for cell, steps, soc in ((WORN.with_ageing(ALL_OF), SWING, 0.1), (DRIES, CYCLE[:2], 1.0)):
        whole = cellsim.simulate(cell, steps, MODELS[0], soc=soc)
        first = cellsim.simulate(cell, steps[:1], MODELS[0], soc=soc)
        second = cellsim.simulate(cell, steps[1:], start=first)
        ours, theirs = (run.final_state for run in (whole, second))
        sys = ours.model.discretise(cell, ours.temperature)
        a, b = unknowns(sys, ours.state), unknowns(sys, theirs.state)
        for name in ("x", "c_e", "touching", "contact", "cycled", "inactive", "solvent", "reserve_salt"):
            assert np.array_equal(getattr(a, name), getattr(b, name)), name


def test_swelling_is_that_of_the_lithium_that_moves():
    """Partial molar volumes times the charge, both electrodes; lithium metal its own volume; films theirs."""
    run = cellsim.simulate(LIQUID, cellsim.discharge(1.0, duration=1800), MODELS[0], soc=0.9)
    moved = run.discharge_capacity * 3600.0 / F * LIQUID.value("design/number of electrode pairs")
    moved /= LIQUID.value("cell/electrode area")
    for part, name, sign in ((N, "Negative", -1.0), (P, "Positive", 1.0)):
        change = np.diff(run[f"{name} electrode thickness change [m]"][[0, -1]])[0]
        assert change == approx(sign * LIQUID.value(part + "partial molar volume") * moved, rel=1e-9)
    assert "Cell thickness change [m]" in run.variables
    metal = SOLID.with_({N + "coulombic efficiency": 0.97})
    run = cellsim.simulate(metal, SWING[:1], MODELS[2], soc=0.0)
    grown = np.diff(run["Negative electrode thickness change [m]"][[0, -1]])[0]
    moved = run.charge_capacity * 3600.0 / F * metal.value("design/number of electrode pairs")
    assert grown == approx(1.3e-5 * moved / metal.value("cell/electrode area"), rel=1e-2)  # volume of lithium, 13.0
