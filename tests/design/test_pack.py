"""From cells to a pack: topology, compression, overhead, breathing, spread; faults of a file."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.design import areal_capacity, build
from cellsim.design.pack import assembly, compression, read_rules, sample_spread, topology
from cellsim.design.pack.assembly import HOME, breathing
from cellsim.errors import ClaimError, ParameterError
from cellsim.physics.constants import V_LI, F

SOLID, LIQUID = "target_nmc811_lpscl_li", "leaf_2018"


@pytest.mark.parametrize(
    "length, pressure, percent", [(0.6, 0.5e6, 4), (0.6, 3e6, 12), (0.6, 5e6, 16), (0.3, 0.5e6, 8), (0.3, 5e6, 28)]
)
def test_compression_by_hand(length, pressure, percent):
    """Plate and ties written out; and the mass share in whole per cent, which was computed apart from this code."""
    found = compression(pressure, 2400.0, stack_length=length)
    plate = 0.216 * (0.75 * pressure / 160e6) ** 0.5
    assert found.plate == approx(plate, rel=1e-12) and found.length_share == approx(2 * plate / length, rel=1e-12)
    share = 2 * plate * 2700.0 / (length * 2400.0) + pressure * 7850.0 / (500e6 * 2400.0)
    assert found.mass_share == approx(share, rel=1e-12)
    assert round(100 * share) == percent


def test_more_pressure_and_shorter_stacks_need_more():
    """Property, over random stacks; seed 3."""
    rng = np.random.default_rng(3)
    for p, L, b in zip(rng.uniform(1e4, 2e7, 50), rng.uniform(0.1, 1.0, 50), rng.uniform(0.05, 0.4, 50), strict=True):
        one = compression(p, 2200.0, stack_length=L, cell_width=b)
        assert compression(1.1 * p, 2200.0, stack_length=L, cell_width=b).mass_share > one.mass_share
        assert compression(p, 2200.0, stack_length=0.9 * L, cell_width=b).length_share > one.length_share
        assert compression(p, 2200.0, stack_length=L, cell_width=1.1 * b).plate > one.plate
    with pytest.raises(ParameterError, match="pressure"):
        compression(-1.0, 2200.0)


def test_topology_gives_voltage_and_energy():
    """Property: whole cells, the energy exactly, the voltage within 2 %; seed 4."""
    rng = np.random.default_rng(4)
    for voltage, energy, cell_energy in zip(
        rng.uniform(300, 900, 50), rng.uniform(1e4, 2e5, 50), rng.uniform(5.0, 400.0, 50), strict=True
    ):
        found = topology(voltage, energy, 3.7, cell_energy)
        assert found.energy == approx(energy, rel=1e-12) and found.voltage == approx(voltage, rel=0.02)
        assert 0.5 < found.cell_size < 2.0 or found.parallel == 1
        fixed = topology(voltage, energy, 3.7, cell_energy, resize=False)
        assert fixed.energy == approx(fixed.cells * cell_energy, rel=1e-12) and fixed.cell_size == 1.0


@pytest.mark.parametrize("voltage", [12.0, 2.0, 16.0])
def test_a_voltage_that_no_whole_number_of_cells_gives_is_refused(voltage):
    with pytest.raises(ParameterError, match=f"pack voltage {voltage:g} V: no whole number of cells"):
        topology(voltage, 1e4, 3.7, 200.0)


def test_the_breathing_is_the_plated_lithium():
    """Closed form: capacity per area times the volume of lithium per charge, over the volume of the cell."""
    cell = cellsim.load(SOLID)
    plated = areal_capacity(cell) * 3600.0 * V_LI / F * cell.value("cell/electrode area")
    assert breathing(cell) == approx(plated / build(cell).volume, rel=1e-9)
    assert breathing(cellsim.load(LIQUID)) == 0.0


def test_a_liquid_pack_is_its_generation_and_a_solid_one_needs_more():
    """224 Wh/kg of cells are 130 in the Leaf's pack; at the pressure that is included nothing is added.

    0.1 %: one atmosphere, of the set, against 0.1 MPa.
    """
    leaf = assembly(cellsim.load(LIQUID), generation="modules")
    assert 1.0 / leaf.mass_ratio == approx(130.0 / 224.0, abs=0.005) and leaf.masses["compression"] == approx(
        0.0, abs=1e-3
    )
    solid = assembly(cellsim.load(SOLID), generation="modules")
    assert solid.mass_ratio > leaf.mass_ratio and solid.volume_ratio > leaf.volume_ratio
    assert solid.highest == approx(2.0 * solid.pressure) and solid.volumes["breathing"] == approx(solid.breathing)
    low = assembly(cellsim.load(SOLID).with_({"cell/operating pressure": 0.5e6}), generation="modules")
    assert low.mass_ratio < solid.mass_ratio
    with pytest.raises(ParameterError, match="did you mean 'modules'"):
        assembly(cellsim.load(LIQUID), generation="module")


def test_the_weakest_of_many_groups():
    """The mean of the least of 96 normals is 1 - 2.49 sigma (order statistics by quadrature below); 4p halves it.

    Three standard errors of 2000 samples with the spread of that least value, 0.42 sigma.
    """
    from scipy.stats import norm

    x = np.linspace(-8, 8, 20001)
    least = np.trapezoid(x * 96 * norm.pdf(x) * norm.sf(x) ** 95, x)
    for parallel in (1, 4):
        found = sample_spread(96, parallel, 0.01, 0.05, samples=2000)
        sigma = 0.01 / parallel**0.5
        assert found.usable.mean() == approx(1.0 + least * sigma, abs=3 * 0.42 * sigma / 2000**0.5)
    assert (sample_spread(96, 1).worst_share == 1.0).all() and sample_spread(96, 4).quantiles("worst_share")[0] > 1.05
    assert sample_spread(10, 2, 0.0, 0.0).usable == approx(1.0, rel=1e-12)
    with pytest.raises(ParameterError, match="spread of capacity 0.5"):
        sample_spread(96, 1, 0.5)


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("value: 0.58", "value: 1.58", "fraction above 0 and up to 1"),
        ("value: 2.0", "value: 1.0", "number above 1"),
        ("value: 0.6, unit: m", "value: 0.6, unit: mm", "'mm', but it is given in 'm'"),
        ("source: web", "source: elsewhere", "'elsewhere' is not one of sources"),
        ('source: memory, method: assumed, note: "0.75', 'source: memory, method: measured, note: "0.75', "memory"),
        ("  cell width:", "  cell breadth:", "missing"),
    ],
)
def test_a_faulty_file_of_pack_rules_is_refused(tmp_path, old, new, words):
    text = HOME.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "rules.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClaimError, match="rules.yaml") as fault:
        read_rules(path)
    assert words in str(fault.value)
