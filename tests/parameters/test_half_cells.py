"""Half cells, symmetric cells and lithium on copper, made of the parts of a cell."""

import csv
import itertools
import pickle
from pathlib import Path

import numpy as np
import pytest
from composite_cells import parted

import cellsim
from cellsim import ParameterError
from cellsim.physics.constants import F, R

REFERENCE = Path(__file__).parents[1] / "reference"
CHEN, ECKER = "lgm50_chen2020", "ecker2015"
SETS = {"Chen2020": CHEN, "Ecker2015": ECKER}
P = "positive electrode"


def curves():
    with (REFERENCE / "pybamm_half_cells.csv").open() as file:
        rows = list(csv.DictReader(file))
    keys = ("set", "electrode", "C-rate", "start", "stoichiometry")
    for key, group in itertools.groupby(rows, key=lambda row: tuple(row[k] for k in keys)):
        table = np.array([(float(row["t [s]"]), float(row["V [V]"])) for row in group])
        name, electrode, rate, _, x = key
        yield pytest.param(name, electrode, float(rate), float(x), table, id="-".join(key[:4]))


def soc_of(half, x):
    low, high = (half.value(f"{P}/{end} stoichiometry") for end in ("minimum", "maximum"))
    return min(max((high - x) / (high - low), 0.0), 1.0)


@pytest.mark.parametrize(("name", "electrode", "rate", "x", "table"), list(curves()))
def test_pybamms_half_cell_of_the_same_electrode(name, electrode, rate, x, table):
    """Within 0.1 mV rms: three times the uncertainty of PyBaMM's curves, and our own error at this accuracy.

    On the default accuracy within its own 0.5 mV.  The windows of PyBaMM's sets are ours to 1e-6.
    """
    half = cellsim.load(SETS[name]).half_cell(electrode, cutoffs=(0.0, 5.0))
    step, soc = cellsim.discharge(rate) if rate > 0.0 else cellsim.charge(-rate), soc_of(half, x)
    for options, limit in (({"accuracy": 1e-4}, 1e-4), ({}, 5e-4)):
        run = cellsim.simulate(half, [step], soc=soc, **options)
        off = run.at("Voltage [V]", table[:, 0]) - table[:, 1]
        assert np.sqrt(np.mean(off**2)) < limit


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
def test_three_electrode_potentials_are_pybamms(model):
    """Within 0.1 mV: that of PyBaMM's mesh of 60 volumes and shells, and ours."""
    with (REFERENCE / "pybamm_three_electrodes.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["model"] == model]
    run = cellsim.simulate(ECKER, "Discharge at 1C", model, accuracy=1e-4)
    assert len(rows) == 5
    for row in rows:
        for name in (f"{which} potential [V]" for which in ("Reference electrode", "Negative electrode 3E")):
            assert run.at(name, float(row["t [s]"])) == pytest.approx(float(row[name]), abs=1e-4)


@pytest.mark.parametrize(
    ("electrode", "full", "half"),
    [("negative", "Charge", "Discharge"), ("negative", "Discharge", "Charge"), ("positive", "Discharge", "Discharge")],
    ids=["negative-charged", "negative-discharged", "positive-discharged"],
)
def test_a_half_cell_is_half_of_a_cell_with_three_electrodes(electrode, full, half):
    """Without a salt gradient an electrode does not know what is behind the reference: equal within both errors."""
    cell = cellsim.load(CHEN).with_({"electrolyte/cation transference number": 1.0})
    soc = 0.3 if full == "Charge" else 0.9
    whole = cellsim.simulate(cell, f"{full} at 1C for 10 min", soc=soc, accuracy=1e-5)
    alone = cell.half_cell(electrode, cutoffs=(0.0, 5.0))
    run = cellsim.simulate(
        alone, f"{half} at 1C for 10 min", soc=soc if electrode == "positive" else 1.0 - soc, accuracy=1e-5
    )
    t = np.linspace(1.0, 599.0, 20)
    theirs = whole.at(f"{electrode.capitalize()} electrode 3E potential [V]", t)
    np.testing.assert_allclose(run.at("Positive electrode 3E potential [V]", t), theirs, atol=2e-5)


@pytest.mark.parametrize("make", (lambda c: c.half_cell("negative"), lambda c: c.symmetric_cell("negative", soc=0.4)))
def test_phases_that_are_alike_are_one_material_in_cells_made_of_them(make):
    """Cut-off voltages and runs; 1e-6 V: the potential of the blend is tabulated, by 1e-7 V from empty to full."""
    one, two = (make(c) for c in (cellsim.load(CHEN), parted(cellsim.load(CHEN), (0.3, 0.7))))
    assert two.phases(P) == ("primary", "secondary")
    for end in ("lower", "upper"):
        path = f"cell/{end} voltage cut-off"
        assert two.value(path) == pytest.approx(one.value(path), abs=1e-6)
    runs = [
        cellsim.simulate(c, "Discharge at C/3 for 10 min", cellsim.DFN((4, 4, 8), 8), soc=0.6, rtol=1e-9)
        for c in (one, two)
    ]
    assert runs[1]["Voltage [V]"][-1] == pytest.approx(runs[0]["Voltage [V]"][-1], abs=1e-6)


def test_a_half_cell_of_graphite_and_silicon_has_the_potential_of_the_electrode():
    """At C/500, both ways along the branches of the silicon: 2 mV, the overpotential of either at that current."""
    cell = cellsim.load("lgm50_composite").with_hysteresis("current sigmoid")
    half = cell.half_cell("negative")
    assert half.hysteresis(f"{P}/secondary") == "current sigmoid"
    full = cellsim.simulate(cell, "Discharge at C/500 for 300 hours", "SPM", soc=0.9)
    alone = cellsim.simulate(half, "Charge at C/500 for 300 hours", "SPM", soc=0.1)
    t = np.linspace(1e4, 1e6, 30)
    off = alone.at("Voltage [V]", t) - full.at("Negative electrode 3E potential [V]", t)
    assert np.max(np.abs(off)) < 2e-3
    held = alone["Total lithium in positive electrode [mol]"]
    assert (held[0] - held[-1]) * F / 3600.0 == pytest.approx(alone.charge_capacity, abs=1e-10 * held[0] * F / 3600.0)


def test_what_a_half_cell_takes_over_and_assumes():
    cell = cellsim.load("sony_vtc5a")
    half = cell.half_cell("negative")
    for key in ("thickness", "maximum concentration", "minimum stoichiometry", "exchange-current density"):
        ours, theirs = half.record(f"{P}/{key}"), cell.record(f"negative electrode/{key}")
        assert (ours.law, ours.source, ours.method) == (theirs.law, theirs.source, theirs.method)
    assert half.record("negative electrode/exchange-current density").method == "literature"
    assert half.record("cell/upper voltage cut-off").method == "assumed"
    assert half.value("cell/series resistance") == 0.0
    assert half.nominal_capacity == cell.nominal_capacity
    words = " ".join(half.remarks)
    assert "series resistance" in words and "1 - s" in words and "Xu 2019" in words
    assert not half.has("design/negative active material density")
    assert half.value("design/positive active material density") == cell.value(
        "design/negative active material density"
    )
    assert pickle.loads(pickle.dumps(half)) == half
    used = {row[3] for row in half.provenance().rows}
    assert used <= set(half.sources)


def test_the_ends_of_the_window_are_at_the_cut_offs():
    half = cellsim.load(CHEN).half_cell("negative")
    assert not any("cut-off" in remark for remark in half.remarks)
    assert cellsim.simulate(half, "Rest for 1 s", soc=0.0)["Voltage [V]"][0] == pytest.approx(
        half.value("cell/lower voltage cut-off"), abs=1e-6
    )
    wide = cellsim.load(CHEN).half_cell("negative", window=(0.05, 0.9), cutoffs=(0.005, 1.5), area=1e-4)
    assert wide.value("cell/electrode area") == 1e-4
    assert wide.value(f"{P}/maximum stoichiometry") == 0.9
    density = [c.nominal_capacity / c.value("cell/electrode area") for c in (half, wide)]
    assert density[0] == pytest.approx(density[1], rel=1e-12)
    assert sum("short of the cut-off" in remark for remark in wide.remarks) == 2


def test_a_cell_with_lithium_is_its_own_half_cell():
    """The same voltage to rounding."""
    cell = cellsim.load("lfp_peo_li")
    runs = [cellsim.simulate(c, "Discharge at C/2 for 10 min") for c in (cell, cell.half_cell("positive"))]
    np.testing.assert_allclose(runs[0]["Voltage [V]"], runs[1]["Voltage [V]"], atol=1e-12)


def test_lithium_of_another_cell_is_lent_with_its_source():
    cell, lender = cellsim.load("nmc811_lpscl_graphite"), cellsim.load("target_nmc811_lpscl_li")
    half = cell.half_cell("negative", foil="target_nmc811_lpscl_li")
    path = "negative electrode/interface resistance"
    assert half.value(path) == lender.value(path)
    assert half.sources[half.record(path).source] == lender.sources[lender.record(path).source]
    half = cell.half_cell("negative", foil={"exchange-current density": 12.0, "interface resistance": 1e-3})
    assert half.value(path) == 1e-3 and half.record(path).method == "assumed"


def test_symmetric_cells_answer_both_signs_alike():
    """To twice the tolerance of the integrator, 0.05 mV."""
    cell = cellsim.load(CHEN).symmetric_cell("negative", soc=0.4)
    runs = [
        cellsim.simulate(cell, f"{word} at C/2 for 10 min", soc=0.5, accuracy=1e-4) for word in ("Charge", "Discharge")
    ]
    assert runs[0]["Voltage [V]"][-1] > 0.01
    t = np.linspace(1.0, 599.0, 9)
    np.testing.assert_allclose(runs[0].at("Voltage [V]", t), -runs[1].at("Voltage [V]", t), atol=1e-4)
    assert cellsim.simulate(cell, "Rest for 1 s", soc=0.5)["Voltage [V]"][0] == pytest.approx(0.0, abs=1e-9)


def test_impedance_of_a_cell_is_half_that_of_both_symmetric_cells():
    """Where the electrodes do not feel each other's salt, above some 0.1 Hz here: to 1e-5."""
    cell, f = cellsim.load(CHEN), [1.0, 10.0, 1e3]
    parts = [cellsim.impedance(cell.symmetric_cell(e, soc=0.5), f, soc=0.5) for e in ("negative", "positive")]
    whole = cellsim.impedance(cell, f, soc=0.5)
    np.testing.assert_allclose(0.5 * sum(part.impedance for part in parts), whole.impedance, rtol=1e-5)


def test_steps_end_at_voltages_below_zero_and_hold_them():
    """An electrode against itself, to and fro; limits are located to 1e-6 V.  What a protocol says survives text."""
    both = cellsim.load(CHEN).symmetric_cell("negative", soc=0.5)
    text = "Charge at C/10 until 0.05 V; Discharge at C/10 until -0.05 V; Hold at -50 mV until C/50"
    run = cellsim.simulate(both, text, soc=0.5)
    ends = [run["Voltage [V]"][run.step_index == k][-1] for k in range(3)]
    assert ends == pytest.approx([0.05, -0.05, -0.05], abs=1e-6)
    assert np.allclose(run["Voltage [V]"][run.step_index == 2], -0.05, atol=1e-6)
    protocol = cellsim.Protocol(text)
    assert cellsim.Protocol(protocol.to_text()) == protocol == cellsim.Protocol.from_json(protocol.to_json())
    with pytest.raises(cellsim.ProtocolError, match="below the lower cut-off voltage"):
        cellsim.simulate(CHEN, "Hold at -0.5 V for 1 min")


def test_lithium_on_copper_is_cycled():
    """Each cycle strips the coulombic efficiency of what it plated; what is left at -0.2 V is less than 1e-3 of it."""
    copper = cellsim.load(CHEN).plating_cell(coulombic_efficiency=0.95)
    run = cellsim.simulate(copper, "Repeat 3: Charge at C/7 for 2 hours; Discharge at C/7 until -0.2 V", soc=0.0)
    plated, stripped = ([getattr(s, f"{way}_capacity") for s in run.steps] for way in ("charge", "discharge"))
    assert np.array(stripped[1::2]) == pytest.approx(0.95 * np.array(plated[::2]), rel=1e-3)
    assert run["Dead lithium [mol]"][-1] * F / 3600.0 == pytest.approx(0.05 * sum(plated), rel=1e-9)


def test_lithium_against_lithium_is_the_closed_form():
    """Steady state of a binary salt with constant properties, 0.02 mV: the error of the mesh."""
    laws = {"conductivity": 1.0, "diffusivity": 3e-10, "thermodynamic factor": 1.0}
    cell = cellsim.load(CHEN).with_({f"electrolyte/{key}": value for key, value in laws.items()})
    cell = cell.symmetric_cell("lithium", foil={"exchange-current density": 20.0, "interface resistance": 1e-3})
    run = cellsim.simulate(cell, "Discharge at 1C for 10 min", soc=0.5, accuracy=1e-5)
    get, T = cell.value, run.temperature
    tau = get("separator/electrolyte volume fraction") ** get("separator/bruggeman exponent")
    I, L, c_0 = (cell.nominal_capacity / get("cell/electrode area"), get("separator/thickness"), 1000.0)
    t_plus = get("electrolyte/cation transference number")
    half = 0.5 * (1.0 - t_plus) * I * L / (F * laws["diffusivity"] * tau)
    c = np.array([c_0 + half, c_0 - half])
    eta = 2.0 * R * T / F * np.arcsinh(0.5 * I / (20.0 * np.sqrt(c / c_0))).sum()
    V = eta + I * L / tau + 2e-3 * I + 2.0 * R * T / F * (1.0 - t_plus) * np.log(c[0] / c[1])
    assert run["Voltage [V]"][-1] == pytest.approx(-V, abs=2e-5)


def test_plating_on_copper_gives_back_the_coulombic_efficiency():
    """All lithium is accounted for; what is left when the potential has risen is less than 1e-6 of it."""
    cell = cellsim.load(CHEN).plating_cell(coulombic_efficiency=0.9)
    run = cellsim.simulate(cell, "Charge at C/10 for 30 min; Rest for 1 min; Discharge at C/5", soc=0.0)
    assert run.discharge_capacity / run.charge_capacity == pytest.approx(0.9, abs=1e-6)
    assert run.steps[2].ending is cellsim.Ending.LITHIUM_EXHAUSTED
    dead = run["Dead lithium [mol]"][-1] * F / 3600.0
    assert dead == pytest.approx(0.1 * run.charge_capacity, rel=1e-9)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda c, s: c.half_cell("anode"), "choose one of"),
        (lambda c, s: s.half_cell("negative"), "symmetric_cell"),
        (lambda c, s: cellsim.load("nmc811_lpscl_graphite").half_cell("negative"), "solid electrolyte"),
        (lambda c, s: c.half_cell("negative", foil=ECKER), "no lithium metal"),
        (lambda c, s: c.half_cell("negative", foil="lfp_peo_li"), "353.15 K"),
        (lambda c, s: c.half_cell("negative", foil={"exchange current": 1.0}), "did you mean"),
        (lambda c, s: c.half_cell("negative", foil={"interface resistance": 1.0}), "missing"),
        (lambda c, s: c.half_cell("negative", window=(0.9, 0.1)), "window"),
        (lambda c, s: c.half_cell("negative", cutoffs=(1.0,)), "cutoffs"),
        (lambda c, s: c.half_cell("negative", area=0.0), "area"),
        (lambda c, s: c.symmetric_cell("negative", soc=0.0), "above 0"),
        (lambda c, s: c.symmetric_cell("negative", foil={"exchange-current density": 1.0}), "leave out foil"),
        (lambda c, s: cellsim.load("danilov2011").symmetric_cell("positive"), "film"),
        (lambda c, s: c.plating_cell(coulombic_efficiency=1.1), "fraction"),
    ],
    ids=[
        "word",
        "metal",
        "solid",
        "no-metal",
        "other-temperature",
        "misspelt",
        "no-kinetics",
        "window",
        "cutoffs",
        "area",
        "soc",
        "foil",
        "film",
        "efficiency",
    ],
)
def test_refusals(make, words):
    with pytest.raises(ParameterError, match=words):
        make(cellsim.load(CHEN), cellsim.load("lfp_peo_li"))
