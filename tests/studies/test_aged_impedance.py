"""Impedance of cells that have aged, against small signals in time, jumps and closed forms."""

import dataclasses

import numpy as np
import pytest
from pytest import approx
from worn_cells import DRIES, LIQUID, N, P, WORN

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
