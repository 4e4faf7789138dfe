"""The multi-species, multi-reaction model in sets and options of PyBaMM, and in BPX files."""

import numpy as np
import pytest
from pytest import approx

import cellsim

pybamm = pytest.importorskip("pybamm")
N, P = "negative electrode/", "positive electrode/"
OCP, WEIGHTS, SHARES = (
    "open-circuit potential",
    "host site exchange-current density",
    "host site charge transfer coefficient",
)
OPTIONS = dict.fromkeys((OCP, "particle", "intercalation kinetics"), "MSMR") | {"number of MSMR reactions": ("6", "4")}
EXAMPLE = "MSMR_Example"


def read(values=EXAMPLE, options=None):
    with pytest.warns(cellsim.CellsimWarning):
        return cellsim.from_pybamm(values, options)


@pytest.mark.parametrize("options", (None, OPTIONS))
def test_the_example_of_pybamm_is_the_packaged_set(options):
    """With its options, and without: laws to the last bit, windows to ten digits, as the file has them."""
    theirs, ours = read(options=options), cellsim.load("msmr_example")
    for part in (N, P):
        assert theirs.kinetics(part[:-1]) == theirs.particle(part[:-1]) == "MSMR"
        assert theirs.law(part + OCP).sites == ours.law(part + OCP).sites
        for key in (WEIGHTS, SHARES, "particle diffusivity", "maximum concentration", "particle radius"):
            assert str(theirs.law(part + key)) == str(ours.law(part + key))
            assert theirs.law(part + key).table == ours.law(part + key).table
        for key in ("exchange-current density", *(f"{end} stoichiometry" for end in ("minimum", "maximum", "initial"))):
            assert theirs.value(part + key) == approx(ours.value(part + key), rel=1e-10)


def test_windows_are_those_of_pybamm():
    """Of its solver of equilibria: 1e-8, its tolerance."""
    cell = read()
    ends = pybamm.lithium_ion.get_min_max_stoichiometries(pybamm.ParameterValues(EXAMPLE), options=OPTIONS)
    ours = [
        cell.value(f"{part}{end} stoichiometry")
        for part, end in ((N, "minimum"), (N, "maximum"), (P, "minimum"), (P, "maximum"))
    ]
    assert ours == approx([float(x) for x in ends], abs=1e-8)


def test_the_set_goes_to_pybamm_and_back():
    """Numbers to rounding; PyBaMM's model is built with them, and its voltage after a minute is that here."""
    cell = cellsim.load("msmr_example")
    out = cell.to_pybamm(soc=None)
    assert out.options == {key: (value, value) if value == "MSMR" else value for key, value in OPTIONS.items()}
    original = pybamm.ParameterValues(EXAMPLE)
    for name, value in out.parameter_values.items():
        if "host site" in name or "Initial voltage" in name or "Number of reactions" in name:
            assert value == approx(original[name], rel=1e-9), name
    back = read(out.parameter_values, out.options)
    for part in (N, P):
        assert back.law(part + OCP) == back.law(part + OCP) and back.law(part + OCP).sites == cell.law(part + OCP).sites
        assert back.value(part + "exchange-current density") == approx(cell.value(part + "exchange-current density"))
    solution = pybamm.Simulation(out.model("SPM"), parameter_values=out.parameter_values).solve([0.0, 300.0])
    run = cellsim.simulate(cell, "Discharge at 1C for 5 minutes", cellsim.SPM(), soc=None)
    t = np.array([60.0, 180.0, 290.0])
    assert run.at("Voltage [V]", t) == approx(solution["Voltage [V]"](t), abs=1e-3)  # PyBaMM's mesh of 20 even shells


def test_one_electrode_may_be_of_the_model(soc=0.7):
    """A pair of options, both ways; PyBaMM runs it."""
    cell = cellsim.load("msmr_example")
    plain = cellsim.load("lgm50_chen2020")
    changes = {P + key: plain.law(P + key).expression for key in (OCP,)}
    changes[P + "exchange-current density"] = 3.4
    with pytest.raises(cellsim.ParameterError, match="'MSMR' needs"):
        cell.with_(changes)
    cell = cell.with_kinetics(("MSMR", "symmetric Butler-Volmer")).with_particle(("MSMR", "Fickian diffusion"))
    with pytest.raises(cellsim.ParameterError, match="potential, kinetics and diffusion of host sites together"):
        cell.to_pybamm()
    cell = cell.with_(changes)
    out = cell.to_pybamm(soc=soc)
    assert out.options["number of MSMR reactions"] == ("6", "none")
    assert out.options["particle"] == ("MSMR", "Fickian diffusion")
    back = read(out.parameter_values, out.options)
    assert back.particle(N[:-1]) == "MSMR" and back.particle(P[:-1]) == "Fickian diffusion"
    solution = pybamm.Simulation(out.model("SPM"), parameter_values=out.parameter_values).solve([0.0, 300.0])
    run = cellsim.simulate(cell, "Discharge at 1C for 5 minutes", cellsim.SPM(), soc=soc)
    assert run.at("Voltage [V]", [200.0])[0] == approx(float(solution["Voltage [V]"](200.0)), abs=2e-3)  # their mesh


def test_half_cells_are_of_the_model():
    """The positive electrode against lithium, from PyBaMM's entries and back."""
    half = cellsim.load("msmr_example").half_cell("positive")
    out = half.to_pybamm(soc=0.9)
    assert out.options["intercalation kinetics"] == ("symmetric Butler-Volmer", "MSMR")
    back = read(out.parameter_values, out.options)
    assert back.kinetics(P[:-1]) == "MSMR" and back.law(P + OCP).sites == half.law(P + OCP).sites
    for end in ("minimum", "maximum"):
        path = f"{P}{end} stoichiometry"
        assert back.value(path) == approx(half.value(path), abs=1e-6)
    solution = pybamm.Simulation(out.model("SPM"), parameter_values=out.parameter_values).solve([0.0, 300.0])
    run = cellsim.simulate(half, cellsim.Step("current", half.nominal_capacity, 300.0), cellsim.SPM(), soc=0.9)
    assert run.at("Voltage [V]", [200.0])[0] == approx(float(solution["Voltage [V]"](200.0)), abs=1e-3)


def test_what_pybamm_cannot_mean_is_refused():
    with pytest.raises(cellsim.ParameterError, match="MSMR together or not at all"):
        cellsim.from_pybamm(EXAMPLE, {**OPTIONS, "particle": ("Fickian diffusion", "MSMR")})
    values = pybamm.ParameterValues(EXAMPLE)
    values["Negative electrode host site occupancy fraction (0)"] = 0.5
    with pytest.raises(cellsim.ParameterError, match="occupancy fractions add up to 1.06663, not to 1"):
        cellsim.from_pybamm(values)
    values = pybamm.ParameterValues(EXAMPLE)
    values["Negative electrode host site ideality factor (0)"] = lambda T: 0.08 * T / 298.15
    with pytest.raises(cellsim.ParameterError, match="ideality factor \\(0\\): is a function"):
        cellsim.from_pybamm(values)
    shaped = cellsim.load("msmr_example").with_({N + "exchange-current shape": "1 + x"})
    with pytest.raises(cellsim.ParameterError, match="PyBaMM has none of host sites; give 1"):
        shaped.to_pybamm()


def test_a_bpx_file_says_that_it_cannot_carry_the_model():
    """By electrode: kinetics, diffusion, and the potential, a table there, at other temperatures."""
    lost = cellsim.to_bpx("msmr_example").lost
    for part in (N[:-1], P[:-1]):
        assert any(part in words and "MSMR kinetics; BPX has symmetric Butler-Volmer alone" in words for words in lost)
        assert any(part in words and "MSMR diffusion" in words for words in lost)
        assert any(part + "/" + OCP in words and "taken at 298.15 K" in words for words in lost)
