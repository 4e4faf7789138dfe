"""Impedance of cells that have aged, against small signals in time, jumps and closed forms."""

import numpy as np
import pytest
from pytest import approx
from worn_cells import DRIES, LIQUID, WORN, N, P

import cellsim
from cellsim import DFN, SPM, ProtocolError, SPMe, age
from cellsim.kernels.layout import unknowns
from cellsim.models.electrodes import PARTS
from cellsim.models.small_signal import Worn
from cellsim.models.small_signal.worn import state_on
from cellsim.physics.constants import F, R
from cellsim.studies.validation.lines.ageing.cases import FIVE

MODELS = {"DFN": DFN((8, 3, 8), 20), "SPMe": SPMe((8, 3, 8), 20), "SPM": SPM(20)}
OLD = LIQUID.with_(
    {N + "SEI solvent diffusivity": 2.5e-19, N + "LAM constant proportional term": 1e-5, N + "SEI resistivity": 1e6}
).with_ageing(FIVE)
CYCLE = "Discharge at 1C for 40 minutes; Charge at 1C for 20 minutes; Rest for 10 hours"
SOLID_CYCLE = "Discharge at C/5 for 90 minutes; Charge at C/5 for 60 minutes; Rest for 2 hours"
WEARS = WORN.with_({P + "contact loss": 20.0, P + "connection loss": 5.0, P + "cycling interphase growth": 5e-2})
SOC = 0.9


def layered(cell):
    """The cell with double layers that runs charge, too."""
    capacities = {f"{part}/double-layer capacity": 0.2 for part in PARTS}
    return cell.with_(capacities).with_surface_form("differential")


def in_time(cell, f, start, points=64, periods=4):
    """Impedance by a small alternating current from a state on, after half the periods, beside what drifts."""
    t = np.arange(0, periods * points + 1) / (points * f)
    wave = np.column_stack([t, 0.01 * cell.nominal_capacity * np.sin(2.0 * np.pi * f * t)])
    run = cellsim.simulate(cell, cellsim.profile(wave, control="current"), start=start, rtol=1e-7)
    late = t[periods // 2 * points :]
    turning = np.exp(2j * np.pi * f * late)
    basis = np.column_stack([turning.real, turning.imag, np.ones(late.size), late, late**2])
    signals = [run.at(key, late) for key in ("Voltage [V]", "Current [A]")]
    V, current = (np.linalg.lstsq(basis, y, rcond=None)[0][:2] @ (1.0, -1j) for y in signals)
    return -V / current


@pytest.fixture(scope="module")
def aged():
    """Runs that age a cell, by cell and model."""
    found = {}

    def run(cell, kind, protocol):
        key = cell, kind
        if key not in found:
            found[key] = cellsim.simulate(cell, protocol, MODELS[kind], soc=SOC)
        return found[key]

    return run


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    "cell, protocol, f",
    [(OLD, CYCLE, 0.01), (layered(OLD), CYCLE, 20.0), (layered(WEARS), SOLID_CYCLE, 1.0)],
    ids=["liquid", "liquid in the arc", "solid"],
)
def test_a_small_alternating_current_in_a_run_gives_the_same(aged, kind, cell, protocol, f):
    """0.3 %: shells, and a polygon of 64 points for a sine; what aged changes it by far more."""
    run = aged(cell, kind, protocol)
    found = cellsim.impedance(cell, [f], MODELS[kind], after=run)
    made = cellsim.impedance(cell, [f], MODELS[kind], soc=float(run["State of charge"][-1]))
    assert abs(in_time(cell, f, run) / found.impedance[0] - 1.0) < 3e-3
    assert abs(made.impedance[0] / found.impedance[0] - 1.0) > 0.03
    assert "fresh" not in found.note and "made" not in found.note


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    "cell, protocol", [(OLD, CYCLE), (WEARS, SOLID_CYCLE), (DRIES, CYCLE)], ids=["liquid", "solid", "dries"]
)
def test_at_high_frequency_it_is_the_jump_of_the_voltage(aged, kind, cell, protocol):
    """1e-4: the salt and the particles of the run are not quite at rest."""
    run, current = aged(cell, kind, protocol), 1e-4
    after = cellsim.simulate(cell, cellsim.Step("c-rate", current, 1e-3), start=run, rtol=1e-9)
    jump = (run["Voltage [V]"][-1] - after["Voltage [V]"][0]) / (current * cell.nominal_capacity)
    assert cellsim.impedance(cell, [1e13], MODELS[kind], after=run).impedance[0].real == approx(jump, rel=1e-4)


def test_the_film_is_the_difference_of_two_cells():
    """Of one particle at high frequency, by hand: what has grown, times the resistivity, over the surface that has it.

    A share of 1e-3 of the rest: its exchange current moves with the lithium that is lost.
    """
    cell = LIQUID.with_({N + "SEI solvent diffusivity": 2.5e-19}).with_ageing({"SEI": "solvent-diffusion limited"})
    run = cellsim.simulate(cell, CYCLE, SPM(8), soc=SOC)
    given = {"frequencies": [1e10], "model": SPM()}
    Z = [
        cellsim.impedance(cell, **given, **at).area_specific[0].real
        for at in ({"after": run}, {"soc": float(run["State of charge"][-1])})
    ]
    grown = float(run["Negative SEI thickness [m]"][-1].mean()) - cell.value(N + "initial SEI thickness")
    get = lambda key: cell.value(N + key)  # noqa: E731
    surface = 3.0 * get("active material volume fraction") / get("particle radius") * get("thickness")
    film, moves = get("SEI resistivity") * grown / surface, 1e-3 * Z[1]
    assert Z[0] - Z[1] == approx(film, abs=moves) and film > 20.0 * moves


def test_plated_lithium_stores_charge_beside_the_particles():
    """At 1 uHz the slope of the voltage over charge of both together, plating in equilibrium: Nernst by hand."""
    cell = LIQUID.with_({N + "lithium plating kinetic rate constant": 1e-6}).with_ageing(
        {"lithium plating": "reversible"}
    )
    run = cellsim.simulate(cell, "Rest for 40 hours", SPM(8), soc=1.0)
    f, T, slope, plated = 1e-6, 298.15, 0.0, 0.0
    x = [run[f"Average {which} particle stoichiometry"][-1] for which in ("negative", "positive")]
    for part, at in zip(PARTS, x, strict=True):
        get = lambda key, part=part: LIQUID.value(f"{part}/{key}")  # noqa: E731
        U = LIQUID.law(f"{part}/open-circuit potential")(at + 1e-4 * np.array([-1.0, 0.0, 1.0]), T)
        stores = -F * get("active material volume fraction") * get("thickness") * get("maximum concentration")
        stores *= 2e-4 / (U[2] - U[0])
        if part == PARTS[0]:
            c_pl = run["Negative lithium plating concentration [mol.m-3]"][-1].mean()
            salt = LIQUID.value("electrolyte/initial concentration")
            assert c_pl == approx(salt * np.exp(-F * U[1] / (R * T)), rel=1e-3)
            plated = F * get("thickness") * c_pl * F / (R * T)
            assert plated > 0.02 * stores
            stores += plated
        slope += 1.0 / stores
    Z = cellsim.impedance(cell, [f], SPM(), after=run).area_specific[0]
    assert -Z.imag * 2.0 * np.pi * f == approx(slope, rel=2e-3)


def test_a_mesh_of_its_own_takes_what_has_aged_where_it_is():
    """Amounts are kept to rounding, whatever the mesh; values stay within theirs; and the spectrum hardly moves."""
    run = cellsim.simulate(OLD, CYCLE, MODELS["DFN"], soc=SOC)
    end = run.final_state
    there = end.model.discretise(OLD, end.temperature)
    worn = Worn(there, end.first(there))
    past = unknowns(worn.sys, worn.state)
    for volumes in ((5, 2, 7), (16, 3, 16), (1, 1, 1)):
        sys = DFN(volumes, 2).discretise(OLD, end.temperature)
        y = unknowns(sys, state_on(OLD, sys, worn))
        for name in ("sei", "sei_on_cracks", "plated", "dead"):
            assert getattr(y, name).sum() == approx(getattr(past, name).sum(), rel=1e-12)
        assert y.crack.max() <= past.crack.max() * (1.0 + 1e-12)
    f = [0.01, 1.0]
    coarse, fine = (cellsim.impedance(OLD, f, model, after=run).impedance for model in (MODELS["DFN"], DFN()))
    assert np.abs(coarse / fine - 1.0).max() < 0.01


def test_a_state_of_a_life_is_what_a_run_to_it_leaves():
    """The state after the last cycle, and a result that goes on from it for a second: the same to 1e-9."""
    steps = "Discharge at 1C for 20 minutes; Charge at 1C for 20 minutes"
    life = age(OLD, steps, 3, model=SPM(8), until=None, force=True)
    state = life.state(3)
    run = cellsim.simulate(OLD, cellsim.rest(1.0), start=state)
    Z = [cellsim.impedance(OLD, [0.1, 10.0], SPM(), after=at).impedance for at in (state, run)]
    assert Z[0] == approx(Z[1], rel=1e-9)
    with pytest.raises(ProtocolError, match="or of a variation of it, and not of this"):
        cellsim.impedance(LIQUID, [1.0], SPM(), after=state)


def test_a_run_in_which_other_things_aged_is_refused():
    """A sentence, not a spectrum without its films."""
    plain = cellsim.simulate(LIQUID, cellsim.rest(1.0), SPM(4))
    with pytest.raises(ProtocolError, match="after: nothing ages in that run; simulate the same okane2022"):
        cellsim.impedance(OLD, [1.0], SPM(), after=plain)
    old = cellsim.simulate(OLD, cellsim.rest(1.0), SPM(4))
    with pytest.raises(ProtocolError, match="after: nothing ages in the cell of the impedance"):
        cellsim.impedance(LIQUID, [1.0], SPM(), after=old)
    other = LIQUID.with_ageing({"SEI": "solvent-diffusion limited"})
    with pytest.raises(ProtocolError, match="other things aged than in this cell"):
        cellsim.impedance(other, [1.0], SPM(), after=old)


def test_inefficiency_takes_half_of_a_current_that_oscillates():
    """Of one particle, whose share of the current falls by 1 + (1 - CE) / (2 CE), and the other's stays; 1e-9."""
    option = {"coulombic inefficiency of particles": "constant"}
    Z = []
    for efficiency in (1.0, 0.8, 0.5):
        one = LIQUID.with_({N + "coulombic efficiency of particles": efficiency}).with_ageing(option)
        Z.append(cellsim.impedance(one, [1.0], SPM(), soc=0.5).area_specific[0])
    first, second = (Z[0] - Z[k] for k in (1, 2))  # z (1 - 1/1.125) and z (1 - 1/1.5)
    assert second / first == approx((1.0 - 1.0 / 1.5) / (1.0 - 1.0 / 1.125), rel=1e-9)
