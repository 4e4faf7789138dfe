"""Double layers that are charged within a run: in PyBaMM's sets and options both ways, and in what BPX loses."""

import numpy as np
import pytest
from reference_cells import DOUBLE_LAYER, single_ion, with_double_layers

import cellsim

FORM = {"surface form": "differential"}
CAPACITIES = [f"{side} electrode/double-layer capacity" for side in ("negative", "positive")]
LAYERED = with_double_layers(cellsim.load("lgm50_chen2020"))


@pytest.mark.parametrize("cell", (LAYERED, with_double_layers(single_ion())), ids=("full cell", "lithium metal"))
def test_option_and_capacities_go_to_pybamm_and_back(cell):
    """PyBaMM's model takes them, and a cell without the option has none."""
    values, options, _ = cell.to_pybamm()
    assert FORM.items() <= options.items()
    assert cell.to_pybamm().model("DFN").options["surface form"] == "differential"
    with pytest.warns(cellsim.CellsimWarning):
        back = cellsim.from_pybamm(values, options)
    assert back.charges_double_layers and [back.value(path) for path in CAPACITIES] == [DOUBLE_LAYER] * 2
    assert "surface form" not in cell.with_surface_form("false").to_pybamm().options


def test_a_pulse_of_a_set_read_from_pybamm_runs_with_its_double_layers():
    """As that of the packaged set with the same capacities, to 0.1 mV; "algebraic" is no other cell than none."""
    with pytest.warns(cellsim.CellsimWarning):
        theirs = cellsim.from_pybamm("Chen2020", FORM)
        plain = cellsim.from_pybamm("Chen2020", {"surface form": "algebraic"})
    at = [1e-4, 1e-3, 5e-3]
    pulse = [
        cellsim.simulate(cell, cellsim.Step("current", 5.0, 0.01), cellsim.SPM(8, 1e5), soc=0.5).at("Voltage [V]", at)
        for cell in (theirs, LAYERED)
    ]
    assert np.abs(pulse[0] - pulse[1]).max() < 1e-4
    assert not plain.charges_double_layers


def test_bpx_says_that_it_has_no_double_layers(tmp_path):
    lost = cellsim.to_bpx(LAYERED, tmp_path / "cell.json").lost
    assert any("double layers that are charged within a run" in words for words in lost)
    assert any("double-layer capacity" in words for words in lost)
