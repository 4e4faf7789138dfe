"""Mass, volume and energy density: sums, hand calculations, opened cells and stated cells."""

from functools import lru_cache
from math import pi
from pathlib import Path

import numpy as np
import pytest

import cellsim
from cellsim.design import PackFactor, areal_capacity, build, energy_density, pair_layers
from cellsim.design.teardown import fit_filling_factor, leave_one_out, predict_mass, read_cells
from cellsim.parameters import Cell

REFERENCE = Path(__file__).parents[1] / "reference"
SOLID = ("lab_nmc811_lpscl_li", "samsung_agc_2020", "target_nmc811_lpscl_li")
TARGET, SAMSUNG, M50 = SOLID[2], SOLID[1], "lgm50_chen2020"


def samsung(pairs, capacity):
    """The Samsung pouch with another number of pairs of the same 46.5 cm2."""
    return cellsim.load(SAMSUNG).with_(
        {
            "design/number of electrode pairs": pairs,
            "cell/electrode area": pairs * 46.5e-4,
            "cell/nominal capacity": capacity,
        }
    )


@lru_cache(maxsize=16)
def simulated_energy(cell, c_rate=1.0 / 3.0):
    """Discharge energy [W.h] of a full cell at its ambient temperature."""
    cell = cellsim.load(cell) if isinstance(cell, str) else cell
    return cellsim.simulate(cell, [cellsim.discharge(c_rate)]).discharge_energy


def prismatic():
    """The LG M50's layers in a box of 3 cm x 3 cm x 7 cm with walls of 0.5 mm aluminium."""
    raw = cellsim.load(M50).to_json()
    raw["design"]["format"] = "prismatic"
    for key, value, unit in (
        ("length", 0.03, "m"),
        ("width", 0.03, "m"),
        ("height", 0.07, "m"),
        ("wall thickness", 5e-4, "m"),
        ("density", 2700.0, "kg.m-3"),
    ):
        raw["design"][f"case {key}"] = {
            "value": value,
            "unit": unit,
            "method": "assumed",
            "source": next(iter(raw["sources"])),
        }
    return Cell.from_json(raw, "box")


@pytest.mark.parametrize("name", cellsim.cells())
def test_components_add_up(name):
    """Every packaged cell can be built; exact up to rounding of a sum."""
    design = build(cellsim.load(name))
    assert design.mass == pytest.approx(sum(design.masses.values()), rel=1e-14)
    assert design.volume == pytest.approx(sum(design.volumes.values()), rel=1e-14)
    assert min(design.masses.values()) > 0.0 and min(design.volumes.values()) > 0.0
    assert 0.0 < design.stack_mass < design.mass and 0.0 < design.stack_volume < design.volume


def test_volume_is_that_of_the_housing():
    """What the components add up to is what a ruler would give."""
    cell = cellsim.load(TARGET)
    footprint = cell.value("cell/electrode area") / cell.value("design/number of electrode pairs") / 0.753
    assert build(cell).volume == pytest.approx(footprint * build(cell).thickness, rel=1e-12)
    can = cellsim.load(M50)
    outer = pi / 4.0 * can.value("design/can diameter") ** 2 * can.value("design/can height")
    assert build(can).volume == pytest.approx(outer, rel=1e-12)
    assert build(prismatic()).volume == pytest.approx(0.03 * 0.03 * 0.07, rel=1e-12)
    assert build(prismatic()).masses["case"] == pytest.approx(2700.0 * (63e-6 - 0.029 * 0.029 * 0.069), rel=1e-9)


def test_areal_mass_by_hand():
    """25 mg/cm2 of oxide at 80:17:2:1, 30 um sulfide, 20 um lithium, half of 12 um Al and 8 um Cu.

    At 10 % void that is a cathode of 95.1 um; the file says 95, which is 1.1e-3 of three quarters of the
    mass, hence 1e-3.
    """
    by_hand = 0.25 * (1.0 + 17 / 80 + 3 / 80) + 30e-6 * 1870 + 20e-6 * 534 + 6e-6 * 2700 + 4e-6 * 8960
    layers = pair_layers(cellsim.load(TARGET))
    assert sum(layer.areal_mass for layer in layers) == pytest.approx(by_hand, rel=1e-3)


def test_plated_lithium_takes_room_but_adds_no_mass():
    """4.85 um per mAh/cm² (7 g/mol over 0.534 g/cm3, rounded: 2e-3); its mass is the cathode's."""
    cell = cellsim.load(TARGET)
    plated = next(layer for layer in pair_layers(cell) if layer.name == "plated lithium")
    assert plated.thickness == pytest.approx(4.85e-6 * areal_capacity(cell) / 10.0, rel=2e-3)
    assert plated.areal_mass == 0.0


def test_twice_the_pairs_are_twice_the_stack():
    """Mass and volume of the stack scale; the pouch does not grow sideways."""
    one, two = build(samsung(20, 5.87)), build(samsung(40, 11.74))
    assert two.stack_mass == pytest.approx(2.0 * one.stack_mass, rel=1e-12)
    assert two.stack_volume == pytest.approx(2.0 * one.stack_volume, rel=1e-12)
    assert two.masses["pouch foil"] == pytest.approx(one.masses["pouch foil"], rel=1e-12)


@pytest.mark.parametrize(
    "path, value",
    [
        ("separator/thickness", 60e-6),
        ("design/lithium excess thickness", 80e-6),
        ("design/area coverage", 0.6),
        ("design/tab and terminal mass", 0.5),
    ],
)
def test_dead_weight_lowers_energy_density(path, value):
    """At the same energy, what stores nothing costs mass or volume, and never gains any."""
    cell = cellsim.load(TARGET)
    plain, heavy = (energy_density(c, 300.0) for c in (cell, cell.with_({path: value})))
    lost = (plain.gravimetric - heavy.gravimetric, plain.volumetric - heavy.volumetric)
    assert min(lost) > -1e-9 and max(lost) > 1.0


def test_levels_of_energy_density():
    """Stack, cell and pack from the same energy."""
    cell = cellsim.load(TARGET)
    design, found = build(cell), energy_density(cell, 300.0, pack_factor=PackFactor(0.5, 0.25))
    assert found.gravimetric == pytest.approx(300.0 / design.mass, rel=1e-12)
    assert found.volumetric == pytest.approx(0.3 / design.volume, rel=1e-12)
    assert found.stack_gravimetric == pytest.approx(300.0 / design.stack_mass, rel=1e-12)
    assert found.pack_gravimetric == pytest.approx(0.5 * found.gravimetric, rel=1e-12)
    assert found.pack_volumetric == pytest.approx(0.25 * found.volumetric, rel=1e-12)
    with pytest.raises(ValueError, match="negative"):
        energy_density(cell, -1.0)
    assert energy_density(cell, 0.0).gravimetric == 0.0


def test_what_cannot_be_built_is_said():
    """Layers too large for the can, and a missing density."""
    cell = cellsim.load(M50)
    with pytest.raises(cellsim.ParameterError, match="exceeds"):
        build(cell.with_({"cell/electrode area": 0.2}))
    raw = cell.to_json()
    del raw["design"]["separator density"]
    with pytest.raises(cellsim.ParameterError, match="separator density"):
        build(Cell.from_json(raw, "bare"))


@pytest.mark.parametrize("name", SOLID)
def test_full_solid_cell_rests_at_its_upper_cutoff(name):
    """The window and the open-circuit potential belong together; 1 mV is the rounding of the fit."""
    cell = cellsim.load(name)
    law = cell.law("positive electrode/open-circuit potential")
    full = np.array([cell.value("positive electrode/minimum stoichiometry")])
    assert law(full, 298.15)[0] == pytest.approx(cell.value("cell/upper voltage cut-off"), abs=1e-3)
    curve = law(np.linspace(full[0], 0.999, 500), 298.15)
    assert np.all(np.diff(curve) < 0.0)


def opened_cells():
    """The six opened cells of the reference folder."""
    return read_cells(REFERENCE / "teardown_cells.csv")


def test_mass_of_opened_cells():
    """One filling factor for all; each cell is predicted from the five others, within 10 %."""
    errors = leave_one_out(opened_cells())
    assert len(errors) == 6 and max(abs(e) for e in errors.values()) < 0.10


def test_filling_factor_is_the_best_one():
    """No other factor has a smaller sum of squared errors, and a full case is too heavy by 5 to 17 %."""
    cells = opened_cells()
    best = fit_filling_factor(cells)
    loss = lambda k: sum((predict_mass(c, k) / c.mass - 1.0) ** 2 for c in cells)  # noqa: E731
    assert loss(best) < min(loss(best - 1e-3), loss(best + 1e-3))
    plain = [predict_mass(c, 1.0) / c.mass - 1.0 for c in cells]
    assert min(plain) > 0.04 and max(plain) < 0.18 and np.mean(plain) == pytest.approx(0.12, abs=0.01)


@pytest.mark.parametrize("name, gravimetric, volumetric", [("leaf_2018", 224.0, 460.0), ("leaf_2010", 157.0, 317.0)])
def test_leaf_cells_reach_their_stated_energy_density(name, gravimetric, volumetric):
    """Within 5 %, from simulated C/3 discharges.  The packaging is calibrated, so this shows consistency."""
    found = energy_density(cellsim.load(name), simulated_energy(name))
    assert found.gravimetric == pytest.approx(gravimetric, rel=0.05)
    assert found.volumetric == pytest.approx(volumetric, rel=0.05)


@pytest.mark.parametrize(
    "pairs, capacity, stated, allowed", [(20, 5.87, 942.0, 0.02), (2, 0.6, 703.0, 0.03), (72, 21.0, 998.0, 0.03)]
)
def test_samsung_cells_reach_their_stated_energy_density(pairs, capacity, stated, allowed):
    """One, ten and thirty-six bi-cells at 0.05C and 60 degC.

    Pouch foil, film and utilisation are calibrated on the first two.  The number of bi-cells of the
    21 A.h cell is not stated: 36 of the same area give its capacity.
    """
    cell = samsung(pairs, capacity)
    found = energy_density(cell, simulated_energy(cell, 0.05))
    assert found.volumetric == pytest.approx(stated, rel=allowed)


def test_samsung_stack_has_its_stated_capacity_and_thickness():
    """5.87 A.h (calibrated through the thickness of the cathode) and 4.14 mm, both within 2 %."""
    cell = samsung(20, 5.87)
    run = cellsim.simulate(cell, [cellsim.discharge(0.05)])
    assert run.discharge_capacity == pytest.approx(5.87, rel=0.02)
    assert build(cell).thickness == pytest.approx(cell.value("design/stated thickness"), rel=0.02)


@pytest.mark.parametrize("name", [M50, "lgm50_oregan2022"])
def test_lg_m50_has_its_stated_mass_and_volume(name):
    """Within 3 %, and nothing is calibrated: layers as opened, densities from those of the wet layers.

    Can wall, header and electrolyte excess are assumed; 3 % is 2 g: a quarter of the can, or most of
    the header.
    """
    cell = cellsim.load(name)
    assert build(cell).mass == pytest.approx(cell.value("design/stated mass"), rel=0.03)
    assert build(cell).volume == pytest.approx(cell.value("design/stated volume"), rel=0.03)
    assert not [
        path for path, *_, method, _ in cell.provenance().rows if path.startswith("design/") and method == "fitted"
    ]


@pytest.mark.parametrize(
    "part, wet", [("negative electrode", 2060.0), ("separator", 1548.0), ("positive electrode", 3699.0)]
)
def test_lg_m50_layers_have_the_density_of_wet_layers(part, wet):
    """The densities in PyBaMM's ORegan2022 set, before electrolyte beyond the pores; 1 kg/m3 is rounding."""
    cell = cellsim.load(M50).with_({"design/electrolyte fill factor": 1.0})
    layer = next(layer for layer in pair_layers(cell) if layer.name == part)
    assert layer.areal_mass / layer.thickness == pytest.approx(wet, abs=1.0)
