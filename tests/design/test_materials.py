"""Materials and the cells made from them: against the shipped sets, arithmetic by hand, and what users bring."""

import json

import numpy as np
import pytest

import cellsim
from cellsim.design import build, energy_density, pair_layers
from cellsim.design.materials import Mix, conductivities, design_cell, material, materials
from cellsim.design.materials.conductivities import class_of
from cellsim.design.materials.mixture import composite
from cellsim.errors import ParameterError
from cellsim.physics.constants import F

TARGET = "target_nmc811_lpscl_li"


def test_every_material_is_read_and_sourced():
    """Whatever it says of itself is complete; its potentials are those of its own curve."""
    for name in materials():
        one = material(name)
        for section in ("electrolyte", "separator", "composite", "lithium", "electrode", "design"):
            for key, record in getattr(one, section).items():
                if isinstance(record, dict):
                    assert record["source"] in one.sources, f"{name}: {section}/{key}"


@pytest.mark.parametrize("name", materials("positive"))
def test_upper_potential_is_that_of_the_full_window(name):
    """Within 5 mV, as windows are given to three digits; iron phosphate ends before its potential rises."""
    cell = design_cell(name, "peo_litfsi" if name == "lfp" else "li6ps5cl")
    x = cell.value("positive electrode/minimum stoichiometry")
    U = float(cell.law("positive electrode/open-circuit potential")(x, cell.value("cell/reference temperature")))
    upper = material(name).value("upper potential")
    assert U - upper < 5e-3 and (name == "lfp" or U - upper > -5e-3)


def test_the_target_cell_again():
    """The same materials, mix and areal capacity give the shipped target cell: layers, pairs, capacity, energy.

    Its fractions are printed to five digits and its area to four, so that 3e-4 is what may differ.
    """
    shipped = cellsim.load(TARGET)
    Q = shipped.nominal_capacity / shipped.value("cell/electrode area")
    made = design_cell(areal_capacity=Q)
    for path in (
        "positive electrode/thickness",
        "positive electrode/active material volume fraction",
        "positive electrode/electrolyte volume fraction",
        "cell/nominal capacity",
        "design/number of electrode pairs",
        "cell/upper voltage cut-off",
        "cell/lower voltage cut-off",
    ):
        assert made.value(path) == pytest.approx(shipped.value(path), rel=3e-4), path
    density = "design/positive inert density"  # the shipped set rounds it to three digits
    assert made.value(density) == pytest.approx(shipped.value(density), rel=2e-3)
    both = []
    for cell in (shipped, made):
        run = cellsim.simulate(cell, "Discharge at C/3 until 2.8 V")
        both.append(energy_density(cell, run.discharge_energy))
    assert both[1].gravimetric == pytest.approx(both[0].gravimetric, rel=3e-4)
    assert both[1].volumetric == pytest.approx(both[0].volumetric, rel=3e-4)


def test_mix_by_hand():
    """60:40 by mass of graphite (2.24) and sulfide (1.87 g/cm3) with 10 % void, as in nmc811_lpscl_graphite."""
    made = composite(Mix(active=60, electrolyte=40, void=0.1), 2240.0, 1870.0, liquid=False)
    assert made.active == pytest.approx(0.9 * (60 / 2.24) / (60 / 2.24 + 40 / 1.87), rel=1e-12)
    shipped = cellsim.load("nmc811_lpscl_graphite")
    assert made.active == pytest.approx(shipped.value("negative electrode/active material volume fraction"), abs=5e-5)
    wet = composite(Mix(active=90, carbon=5, binder=5, void=0.3), 4700.0, 1200.0, liquid=True)
    assert wet.electrolyte == 0.3 and wet.void == 0.0
    solids = (90 / 4700 + 5 / 2000 + 5 / 2200) / 0.7
    assert wet.active == pytest.approx(90 / 4700 / solids, rel=1e-12)
    mass = 10 / (5 / 2000 + 5 / 2200)
    assert wet.inert_density == pytest.approx(mass, rel=1e-12)


@pytest.mark.parametrize("Q", [10.0, 37.0, 80.0])
@pytest.mark.parametrize(("cathode", "electrolyte", "anode"), [
    ("nmc811", "li6ps5cl", "graphite"),
    ("nmc811_polycrystal", "lipf6_carbonate", "graphite_siox"),
    ("lco", "Li10GeP2S12", "lithium"),
])  # fmt: skip
def test_areal_capacity_is_what_was_asked_for(cathode, electrolyte, anode, Q):
    """The lithium between the ends of the positive window is Q; the negative electrode takes just that."""
    cell = design_cell(cathode, electrolyte, anode, Q)
    charges = []
    for part in ("positive electrode", "negative electrode"):
        if cell.text(f"{part}/type") == "porous":
            width = cell.value(f"{part}/maximum stoichiometry") - cell.value(f"{part}/minimum stoichiometry")
            keys = ("thickness", "active material volume fraction", "utilisation", "maximum concentration")
            charges.append(F * width * np.prod([cell.value(f"{part}/{key}") for key in keys]) / 3600.0)
    assert charges == pytest.approx([Q] * len(charges), rel=1e-9)
    assert cell.nominal_capacity == pytest.approx(Q * cell.value("cell/electrode area"), rel=1e-12)


def test_the_stack_fills_its_housing():
    """One pair more would not fit; fewer pairs are thinner in proportion."""
    cell, fewer = design_cell(areal_capacity=30.0), design_cell(areal_capacity=30.0, pairs=10)
    thickness = sum(layer.thickness for layer in pair_layers(cell))
    assert build(cell).thickness <= 7.9e-3 < build(cell).thickness + thickness
    assert fewer.nominal_capacity / 10 == pytest.approx(
        cell.nominal_capacity / cell.value("design/number of electrode pairs")
    )


def test_better_conductor_delivers_more():
    """Ten thousand times the conductivity: a cell that delivers at 1C, and one that does not."""
    cells = [design_cell(electrolyte=name) for name in ("Li3PS4", "Li10GeP2S12")]
    kappa = [cell.value("electrolyte/conductivity") for cell in cells]
    delivered = [cellsim.simulate(cell, "Discharge at 1C").discharge_capacity / cell.nominal_capacity for cell in cells]
    assert 1e4 * kappa[0] < kappa[1] and delivered[0] < 0.1 and delivered[1] > 0.8


def test_measured_conductivities():
    """The table agrees with what is known elsewhere: handbook densities to 3 %, the classes by their anions."""
    rows = conductivities()
    assert len(rows) > 500 and all(1e-17 < row.conductivity < 10.0 for row in rows)
    known = {"Li6PS5Cl": 1870.0, "Li7La3Zr2O12": 5100.0}  # as in the packaged sets, from handbooks
    for name, density in known.items():
        found = [row.density for row in rows if row.composition == name and row.density]
        assert found and np.allclose(found, density, rtol=0.03)
    assert [class_of(name) for name in ("Li6PS5Cl", "Li3InCl6", "Li1.3Al0.3Ti1.7(PO4)3", "Li3N", "LiBH4")] == [
        "sulfide",
        "halide",
        "oxide",
        None,
        None,
    ]


def test_only_what_was_measured_counts_as_such():
    """A composition of the table: conductivity and density from there, the rest assumed, and it says so."""
    cell = design_cell(electrolyte="Li10GeP2S12")
    assert cell.record("electrolyte/conductivity").method == "literature"
    assert cell.sources[cell.record("electrolyte/conductivity").source]["doi"].startswith("10.")
    for path in ("electrolyte/conductivity activation energy", "negative electrode/interface resistance"):
        assert cell.record(path).method == "assumed" and "Li6PS5Cl" in cell.record(path).note
    assert any("Li10GeP2S12 only conductivity" in remark for remark in cell.remarks)
    samples = sorted(row.conductivity for row in conductivities() if row.composition == "Li10GeP2S12")
    assert cell.value("electrolyte/conductivity") == samples[(len(samples) - 1) // 2]
    fitted = design_cell("nmc622").record("positive electrode/particle diffusivity")
    assert fitted.method == "literature" and "fitted in minnmann2021" in fitted.note


def test_what_does_not_go_together_is_said():
    """Windows of stability, and kinetics of another kind of electrolyte."""
    said = " ".join(design_cell("nmc811_polycrystal", "li3incl6").remarks)
    assert "oxidised above 4.2 V" in said and "reduced below 2.4 V" in said and "liquid electrolyte" in said
    assert not any("oxidised" in remark for remark in design_cell("lfp", "peo_litfsi", areal_capacity=15.0).remarks)


def test_a_file_of_ones_own(tmp_path):
    """A material of one's own beside the packaged ones; the cell is written, read again, and is the same."""
    path = tmp_path / "mine.json"
    raw = {
        "format": 1, "title": "Mine", "role": "electrolyte", "kind": "solid", "class": "sulfide",
        "sources": {"me": {"citation": "Notebook 7"}},
        "electrolyte": {
            "material": "argyrodite",
            "conductivity": {"value": 2.0, "unit": "S.m-1", "source": "me", "method": "measured"},
            **{key: {"of": TARGET} for key in ("initial concentration", "cation transference number", "diffusivity")},
        },
        "separator": {
            key: {"of": TARGET} for key in ("thickness", "electrolyte volume fraction", "transport efficiency")
        },
        "composite": {key: {"of": TARGET} for key in ("percolation threshold", "percolation exponent")},
        "lithium": {"exchange-current density": {"of": TARGET}},
        "design": {"electrolyte density": {"of": TARGET}},
        "mix": {"active": 80, "electrolyte": 20, "void": 0.05},
    }  # fmt: skip
    path.write_text(json.dumps(raw))
    cell = design_cell(electrolyte=path, separator_thickness=1.5e-5, name="mine")
    assert (
        cell.value("electrolyte/conductivity") == 2.0 and cell.record("electrolyte/conductivity").method == "measured"
    )
    assert cell.value("separator/thickness") == 1.5e-5
    saved = tmp_path / "cell.json"
    saved.write_text(json.dumps(cell.to_json()))
    with pytest.warns(cellsim.CellsimWarning, match="state of charge 0"):
        again = cellsim.load(saved)
    assert again.digest() == cell.digest()

    def fault(**changes):
        path.write_text(json.dumps({**raw, **changes}))
        with pytest.raises(ParameterError) as raised:
            design_cell(electrolyte=path)
        return str(raised.value)

    assert "mine.json: mix/active: " in fault(mix={"active": -1})
    assert "mine.json: colour: unknown key" in fault(colour="green")
    assert "mine.json: role" in fault(role="salt")
    assert "lithium/size" in fault(lithium={"size": {"of": TARGET}}) and "no such quantity" in fault(
        lithium={"size": {"of": TARGET}}
    )
    assert "unknown cell" in fault(lithium={"exchange-current density": {"of": "nowhere"}})
    assert "electrolyte/conductivity" in fault(electrolyte={**raw["electrolyte"], "conductivity": 3.0})


@pytest.mark.parametrize(("arguments", "words"), [
    ({"areal_capacity": 5.0}, "1 mAh/cm2 is 10 Ah/m2"),
    ({"electrolyte": "nmc811"}, "is a material for positive, not for electrolyte"),
    ({"electrolyte": "Li6PS5"}, "unknown material"),
    ({"electrolyte": "Li3N"}, "neither sulfide, oxide nor halide"),
    ({"electrolyte": "lipf6_carbonate"}, "says nothing of lithium metal"),
    ({"anode_mix": {"active": 1}}, "has no particles"),
    ({"mix": {"active": 80, "salt": 3}}, "mix"),
    ({"mix": 3}, "mix"),
    ({"pairs": 0}, "pairs"),
    ({"separator_thickness": 30.0}, "separator_thickness"),
    ({"anode": "graphite", "capacity_ratio": 0.5}, "capacity_ratio"),
])  # fmt: skip
def test_wrong_designs(arguments, words):
    """One sentence that names the argument and the remedy."""
    with pytest.raises(ParameterError) as raised:
        design_cell(**arguments)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_on_the_command_line(tmp_path, capsys, monkeypatch):
    """List, show, search, design; the written file is a cell."""
    from cellsim import cli

    def call(*words):
        monkeypatch.setattr("sys.argv", ["cellsim", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return end.value.code, capsys.readouterr()

    monkeypatch.setenv("COLUMNS", "200")
    assert "llzto" in call("materials", "--role", "electrolyte")[1].out
    assert "10.1016/j.xcrp.2022.101043" not in call("materials", "li3incl6")[1].out
    assert "10.1002/anie.201909805" in call("materials", "--measured", "InCl6")[1].out
    path = tmp_path / "new.json"
    code, printed = call("design", "--electrolyte", "llzto", "--areal-capacity", "4", "-o", str(path))
    assert code == 0 and "Wh/L of leaf_2018" in printed.out
    with pytest.warns(cellsim.CellsimWarning, match="state of charge 0"):
        assert cellsim.load(path).value("electrolyte/conductivity") == 0.063
    code, printed = call("design", "--areal-capacity", "50")
    assert code == 2 and "--areal-capacity 50" in printed.err
    code, printed = call("materials", "--measured", "Xx")
    assert code == 2 and "--measured" in printed.err
