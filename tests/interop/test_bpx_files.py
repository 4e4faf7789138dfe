"""BPX files that are written: valid, read back as the same cell, run alike in PyBaMM, with a list of what is lost."""

import json
import pickle
import sys
import warnings

import numpy as np
import pytest
from reference_cases import HOME

import cellsim
from cellsim import CellsimWarning, ParameterError, ReportError, cli
from cellsim.interop.against_pybamm import against_pybamm
from cellsim.interop.bpx_files.laws import portable, refined
from cellsim.models.electrodes import phases
from cellsim.parameters.formats.bpx import read_bpx
from cellsim.parameters.laws.law import Law

CHEN, V, R = "lgm50_chen2020", "Voltage [V]", "cell/series resistance"
LIQUID = [name for name in cellsim.cells() if cellsim.load(name).kind == "liquid"]
LFP = HOME / "about_energy" / "lfp_18650_cell_BPX.json"


@pytest.fixture(autouse=True)
def quiet():
    """Remarks on what is not used are looked at where they matter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CellsimWarning)
        yield


@pytest.mark.parametrize("name", LIQUID)
def test_files_are_valid_and_read_back(name, tmp_path):
    """The package of the standard reads each; laws that are not lost come back.

    Folded numbers (areas, fractions, rates) pass through a product and its inverse: two units in the last place.
    Tables replace laws with an error of linear interpolation that the writer states: 0.02 mV for potentials.
    """
    bpx = pytest.importorskip("bpx")
    path = tmp_path / f"{name}.bpx.json"
    written = cellsim.to_bpx(name, path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # also what it says of open-circuit voltages beyond the cut-offs
        warnings.filterwarnings("ignore", message="The (minimum|maximum) voltage computed")  # stated windows
        assert bpx.parse_bpx_file(path).header.bpx == "1.1.0"
    cell, back = cellsim.load(name), cellsim.load(path)
    electrodes = ("negative electrode", "positive electrode")
    materials = [one for part in electrodes for one in phases(cell, part)]
    folded = ("cell/electrode area", *(f"{one}/{k}" for one in materials for k in FOLDED))
    for path in (*folded, "cell/nominal capacity"):
        assert back.value(path) == pytest.approx(cell.value(path), rel=5e-16), path
    for part in electrodes:  # of phases it is a mean
        own, off = cell.value(f"{part}/maximum stoichiometry"), 1e-12 if cell.phases(part) else 0.0
        assert back.value(f"{part}/maximum stoichiometry") == pytest.approx(own, rel=off, abs=off)
    for one in materials:
        path, T = f"{one}/open-circuit potential", cell.value("cell/reference temperature")
        x = np.linspace(0.02, 0.98, 301)
        law = back.law(path)
        assert law(x, T) == pytest.approx(cell.law(path)(x, T), abs=2e-5 if law.table else 1e-14)
    said = written.content["Header"]["Description"]
    assert all(text in said for text in written.lost)


FOLDED = ("active material volume fraction", "exchange-current density")


def test_a_cell_that_loses_nothing_runs_the_same(tmp_path):
    """Every law bit for bit but fractions and rates, whose last bit may move; the solver makes less than 1 uV of it."""
    cell = cellsim.load("nmc811_pouch_modern")
    written = cellsim.to_bpx(cell, tmp_path / "a.json")
    assert written.lost == () and "User-defined" not in written.content["Parameterisation"]
    back = cellsim.load(tmp_path / "a.json")
    for path in (row[0] for row in back.provenance().rows):
        if cell.has(path) and not path.startswith("design/") and path.partition("/")[2] not in FOLDED:
            assert back.law(path) == cell.law(path) or path == "cell/operating pressure", path
    times = np.arange(0.0, 3000.0, 60.0)
    one, other = (cellsim.simulate(c, "Discharge at 1C for 50 minutes").at(V, times) for c in (cell, back))
    assert np.abs(one - other).max() < 1e-6
    again = cellsim.to_bpx(back)  # and what was read is written as it was
    for part in ("Negative electrode", "Positive electrode", "Separator", "Electrolyte"):
        assert again.content["Parameterisation"][part] == written.content["Parameterisation"][part]


def test_a_cell_with_heat_warms_alike(tmp_path):
    """Density x volume x specific heat and the cooled surface: to rounding, as the solver amplifies it."""
    cellsim.to_bpx("mohtat2020", tmp_path / "a.json")
    runs = [
        cellsim.simulate(c, "Discharge at 2C for 10 minutes", "SPM", heat=True)
        for c in ("mohtat2020", tmp_path / "a.json")
    ]
    ends = [run["Cell temperature [K]"][-1] for run in runs]
    assert ends[0] > 298.25 and ends[1] == pytest.approx(ends[0], abs=1e-6)


def test_what_is_lost_is_said_in_three_places(tmp_path):
    cell = cellsim.load("sony_vtc5a")
    written = cellsim.to_bpx(cell, tmp_path / "a.json")
    for key in (R, "thermodynamic factor", "cation transference number", "electrolyte/conductivity: depends"):
        assert any(key in text for text in written.lost), key
        assert key in str(written) and key in written.content["Header"]["Description"]
    numbers = written.content["Parameterisation"]["User-defined"]
    assert numbers[f"{R} [Ohm.m2]"] == cell.value(R)
    assert any("User-defined: not used (cell/series" in text for text in cellsim.load(tmp_path / "a.json").remarks)
    ages = cellsim.to_bpx("okane2022")
    assert any("ageing (SEI: solvent-diffusion limited" in text for text in ages.lost) and len(ages.lost) < 8
    sigma = {"positive electrode/electronic conductivity": "0.2 - 0.1*x"}
    assert any("conductivity: 0.2 - 0.1*x" in t for t in cellsim.to_bpx(cell.with_(sigma)).lost)
    fresh = cellsim.to_bpx(cellsim.load("okane2022").with_ageing(False))
    assert not any("ageing" in text or "SEI" in text for text in fresh.lost)


def test_partial_contact_and_utilisation_are_folded_exactly(tmp_path):
    """Contact changes the reaction, not the capacity; utilisation both: runs agree to the solver's accuracy, 0.1 mV."""
    cell = cellsim.load(CHEN).with_(
        {"negative electrode/contact fraction": 0.6, "positive electrode/utilisation": 0.95}
    )
    cellsim.to_bpx(cell, tmp_path / "a.json")
    times = np.arange(10.0, 2400.0, 60.0)
    one, other = (
        cellsim.simulate(c, "Discharge at 1C for 40 minutes").at(V, times) for c in (cell, tmp_path / "a.json")
    )
    assert np.abs(one - other).max() < 1e-4


@pytest.mark.parametrize("name", ["target_nmc811_lpscl_li", "danilov2011"])
def test_cells_of_another_kind_are_refused(name, tmp_path):
    with pytest.raises(ParameterError, match="lithium metal"):
        cellsim.to_bpx(name, tmp_path / "a.json")
    assert not list(tmp_path.iterdir())


def test_a_wrong_suffix_is_refused_before_anything(tmp_path):
    with pytest.raises(ReportError, match="save as .json"):
        cellsim.to_bpx("no such cell"[:0] or CHEN, tmp_path / "a.bpx")


def test_expressions_are_stated_for_readers_of_bpx():
    """T becomes a number, a root a power; other functions are none that readers know."""
    x = np.linspace(0.1, 0.9, 9)
    text = "exp(-(x - 0.5)**2)*sqrt(1 + x)*exp(-3000*(1/T - 1/298.15)) - -x/2**-x"
    put = portable(text, 310.0)
    assert "T" not in put and "sqrt" not in put
    law, other = Law.of({"expression": text}), Law.of({"expression": put})
    assert other(x, 250.0) == pytest.approx(law(x, 310.0), rel=1e-15)
    assert portable("log(x)", 300.0) is None and portable("max(x, 1)", 300.0) is None
    bpx = pytest.importorskip("bpx")
    assert bpx.Function.validate(put).to_python_function()(0.3) == pytest.approx(law([0.3], 310.0)[0], rel=1e-15)


def test_tables_are_fine_enough_for_a_line():
    x, y = refined(np.sin, np.linspace(0.0, 3.0, 5), 1e-4)
    at = np.linspace(0.0, 3.0, 999)
    assert np.abs(np.interp(at, x, y) - np.sin(at)).max() < 1.1e-4 and x.size < 150


def test_an_arrhenius_factor_becomes_an_activation_energy():
    """Of Ecker's diffusivity: 30,300 J/mol with the gas constant of the source."""
    part = cellsim.to_bpx("ecker2015").content["Parameterisation"]["Negative electrode"]
    assert part["Diffusivity activation energy [J.mol-1]"] == pytest.approx(30300.0, rel=1e-8)


def test_pybamm_runs_the_file_alike(tmp_path):
    """Isothermal DFN at 1C.  PyBaMM at the same stoichiometries (it begins where the cut-offs are), on a fine mesh.

    1 mV rms is what meshes of 40 volumes and shells of it differ by from a converged run (tests/reference_cases.py).
    """
    bpx, pybamm = pytest.importorskip("bpx"), pytest.importorskip("pybamm")
    path = tmp_path / "leaf.json"
    cellsim.to_bpx("leaf_2018", path)
    file = bpx.parse_bpx_file(path)
    parameters = pybamm.ParameterValues.create_from_bpx(str(path))
    for part, end in (("negative", "maximum"), ("positive", "minimum")):
        electrode = getattr(file.parameterisation, f"{part}_electrode")
        x = getattr(electrode, f"{end}_stoichiometry") * electrode.maximum_concentration
        parameters[f"Initial concentration in {part} electrode [mol.m-3]"] = x
    mesh = {"x_n": 30, "x_s": 15, "x_p": 30, "r_n": 40, "r_p": 40}
    solver = pybamm.IDAKLUSolver(rtol=1e-7, atol=1e-7)
    times = np.arange(0.0, 3001.0, 60.0)
    run = pybamm.Simulation(
        pybamm.lithium_ion.DFN(), parameter_values=parameters, var_pts=mesh, solver=solver, C_rate=1.0
    )
    theirs = run.solve([0.0, 3000.0], t_interp=times)["Voltage [V]"](times)
    ours = cellsim.simulate("leaf_2018", "Discharge at 1C for 50 minutes").at(V, times)
    assert np.sqrt(np.mean((theirs - ours) ** 2)) < 1e-3


def test_the_command_writes_and_every_command_reads(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def said(*words):
        monkeypatch.setattr(sys, "argv", ["cellsim", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return end.value.code or 0, capsys.readouterr()

    code, text = said("convert", "sony_vtc5a", "-o", "a.bpx.json")
    assert code == 0 and "not carried: cell/series resistance" in text.out and "Written: a.bpx.json" in text.out
    for words in (
        ("show", "a.bpx.json"),
        ("simulate", "a.bpx.json", "--protocol", "Rest for 1 s", "--model", "SPM"),
        ("impedance", "a.bpx.json", "--model", "SPM", "--lowest", "1", "--highest", "2"),
        ("charge", "a.bpx.json", "--protocol", "cc-cv 1C", "--from", "50", "--to", "50.5"),
        ("convert", "a.bpx.json", "-o", "b.json"),
    ):
        code, text = said(*words)
        assert code == 0, (words, text.err)
    assert said("convert", CHEN, "-o", "a.yaml")[0] == 2 and not (tmp_path / "a.yaml").exists()
    assert said("convert", "danilov2011", "-o", "c.json")[0] == 2 and not (tmp_path / "c.json").exists()


def spm_file(tmp_path):
    """The LFP file as one for the model SPM only, version 1.1."""
    if not LFP.is_file():
        pytest.skip("not in source distributions (CC BY-SA 4.0)")
    raw = json.loads(LFP.read_text(encoding="utf-8"))
    raw["Header"] |= {"BPX": "1.1.0", "Model": "SPM"}
    parts = raw["Parameterisation"]
    raw["State"] = {"Thermal environment": {"Ambient temperature [K]": parts["Cell"].pop("Ambient temperature [K]")}}
    for key in ("Initial temperature [K]", "Thermal conductivity [W.m-1.K-1]"):
        parts["Cell"].pop(key)
    del parts["Electrolyte"], parts["Separator"]
    for part in ("Negative electrode", "Positive electrode"):
        for key in ("Porosity", "Transport efficiency", "Conductivity [S.m-1]"):
            del parts[part][key]
    path = tmp_path / "spm.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def test_a_file_for_the_spm_runs_as_one_and_says_what_it_lacks(tmp_path):
    """What the file leaves out does not enter an SPM: 1e-5 V is what its almost ideal conductors differ by."""
    path = spm_file(tmp_path)
    pytest.importorskip("bpx").parse_bpx_file(path)
    cell, whole = read_bpx(path), read_bpx(LFP)
    assert any("SPM only" in text and "Separator (Thickness [m], Porosity" in text for text in cell.remarks)
    assert not any("run it with model" in text for text in cell.remarks)
    assert any("1000 mol/m3 is assumed" in text for text in cell.remarks)
    assert cell.record("separator/thickness").method == cell.record("electrolyte/diffusivity").method == "assumed"
    times = np.arange(0.0, 3000.0, 60.0)
    runs = [cellsim.simulate(c, "Discharge at 1C for 50 minutes", "SPM").at(V, times) for c in (cell, whole)]
    assert np.abs(runs[0] - runs[1]).max() < 1e-5


def test_a_file_for_the_spm_has_no_other_model(tmp_path):
    cell = read_bpx(spm_file(tmp_path))
    assert cell.only_model == "SPM" and read_bpx(LFP).only_model == ""
    steps = "Discharge at 1C for 1 minute"
    run = cellsim.simulate(cell, steps)
    assert run.model == "SPM" and any("the model is SPM" in text for text in run.remarks)
    assert np.array_equal(run[V], cellsim.simulate(cell, steps, "SPM")[V])
    half = cell.half_cell("negative")
    others = (cell.with_({"separator/thickness": 3e-5}), pickle.loads(pickle.dumps(cell)), half)
    for other in (cell, *others, cellsim.Cell.from_json(cell.to_json(), "again")):
        assert cellsim.simulate(other, steps).model == "SPM"
        for model in ("DFN", cellsim.SPMe(), cellsim.DFN((3, 3, 3), 5)):
            with pytest.raises(ParameterError, match="numbers for the SPM alone.*give cellsim.SPM"):
                cellsim.simulate(other, steps, model)
    with pytest.raises(ParameterError, match="numbers for the SPM alone"):
        cellsim.impedance(cell, [1.0], model="DFN")
    assert cellsim.impedance(cell, [1.0]).model == "SPM"
    assert not cellsim.simulate_many([cellsim.Case(cell, steps)], keep=[V]).failures


def test_a_cell_of_an_spm_leaves_as_one(tmp_path):
    """The file that is written is the file that was read, but for what a BPX file does not say of a cell."""
    cell = read_bpx(spm_file(tmp_path))
    written = cellsim.to_bpx(cell, tmp_path / "again.json")
    parts = written.content["Parameterisation"]
    assert written.content["Header"]["Model"] == "SPM" and not {"Electrolyte", "Separator"} & set(parts)
    pytest.importorskip("bpx").parse_bpx_file(tmp_path / "again.json")
    again = read_bpx(tmp_path / "again.json")
    assert again.only_model == "SPM"
    runs = [cellsim.simulate(one, "Discharge at 1C for 50 minutes")[V] for one in (cell, again)]
    assert np.array_equal(*runs)
    theirs = cell.to_pybamm()
    assert any("SPM alone" in text for text in theirs.lost) and "Particle" in theirs.model().name
    with pytest.raises(ParameterError, match="'DFN': choose one of SPM"):
        theirs.model("DFN")
    found = against_pybamm(cell, rate=1.0)
    assert found.rms < 0.5  # mV: the target of the exchange with PyBaMM
