"""PyBaMM finds the packaged sets by its entry points, and `cellsim check` compares."""

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import cellsim
from cellsim import ParameterError, cli
from cellsim.interop.against_pybamm import against_pybamm, set_against_pybamm

os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
pybamm = pytest.importorskip("pybamm")

ROOT = Path(__file__).parents[2]
GROUP = "pybamm_parameter_sets"


def entries():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][GROUP]


def test_every_set_that_pybamm_can_run_has_an_entry_point():
    named = {key.removeprefix("cellsim_") for key in entries()}
    assert all(key.startswith("cellsim_") for key in entries())
    for name in cellsim.cells():
        try:
            cellsim.to_pybamm(name)
        except ParameterError:
            assert name not in named
        else:
            assert name in named


def test_pybamm_loads_a_set_by_its_name(tmp_path):
    """In a process of its own that sees the entry points as an installation writes them."""
    info = tmp_path / "cellsim_entries-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cellsim-entries\nVersion: 1\n")
    lines = [f"[{GROUP}]", *(f"{key} = {value}" for key, value in entries().items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    code = (
        "import pybamm; v = pybamm.ParameterValues('cellsim_ecker2015'); print(v['Negative electrode thickness [m]']);"
        "print(pybamm.parameter_sets.get_docstring('cellsim_nmc_llzo_li'))"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    first, rest = run.stdout.split("\n", 1)
    assert float(first) == cellsim.load("ecker2015").value("negative electrode/thickness")
    assert "working electrode" in rest


def test_an_unknown_set_has_no_attribute():
    module = import_module("cellsim.interop.pybamm_sets")
    assert set(dir(module)) == set(cellsim.cells())
    with pytest.raises(AttributeError):
        module.lgm50_chen2021  # noqa: B018


def test_runs_of_several_steps_are_compared_step_by_step():
    """0.3 mV: on PyBaMM's own mesh, far from the knees; charge passed is that of the protocol."""
    text = "Discharge at C/2 for 30 min; Rest for 10 min; Charge at C/5 for 20 min"
    found = against_pybamm("leaf_2010", text, mesh="default", soc=0.8)
    capacity = cellsim.load("leaf_2010").nominal_capacity
    assert found.rms < 0.5 and found.capacity == pytest.approx(capacity * (0.25 + 1.0 / 15.0), rel=1e-6)
    assert found.their_capacity == pytest.approx(found.capacity, rel=1e-3)
    assert found.seconds < found.their_seconds


def command(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["cellsim", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code, capsys.readouterr()


def test_the_command_prints_the_difference_or_why_there_is_none(monkeypatch, capsys):
    code, said = command(monkeypatch, capsys, "check", "leaf_2010", "--against", "pybamm", "--mesh", "default")
    assert not code and all(word in said.out for word in ("mV rms", "Ah there", "processor time"))
    for words, remedy in (
        (("danilov2011", "--against", "pybamm"), "film without particles"),
        (("leaf_2010", "--against", "comsol"), "choose one of pybamm"),
        (("leaf_2010", "--against", "pybamm", "--mesh", "coarse"), "choose one of fine, default"),
    ):
        code, said = command(monkeypatch, capsys, "check", *words)
        assert code == 2 and remedy in said.err and said.err.count("\n") == 1


def test_without_pybamm_there_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pybamm", None)
    for call in (lambda: cellsim.from_pybamm("Chen2020"), lambda: cellsim.to_pybamm("leaf_2010")):
        with pytest.raises(ParameterError, match="pip install pybamm"):
            call()
    code, said = command(monkeypatch, capsys, "check", "leaf_2010", "--against", "pybamm")
    assert code == 2 and "pip install pybamm" in said.err


def test_the_reader_of_bpx_is_still_found_where_it_was():
    """Before this folder was the exchange with PyBaMM it was that with BPX."""
    from cellsim.parameters.formats import read_bpx

    with pytest.warns(DeprecationWarning, match=r"parameters\.formats"):
        assert import_module("cellsim.interop").read_bpx is read_bpx


def test_a_composite_set_is_compared_from_its_own_concentrations():
    """On PyBaMM's own mesh, whose 20 shells are some millivolts off in the first seconds: below 1 mV rms."""
    found = set_against_pybamm("Chen2020_composite", rate=1.0, mesh="default")
    assert found.rms < 1.0 and found.their_capacity == pytest.approx(found.capacity, rel=1e-3)


def test_the_fine_mesh_has_shells_for_every_phase():
    """Of a composite electrode PyBaMM counts the shells of each phase."""
    from cellsim.interop.against_pybamm import FINE, _fine

    theirs = cellsim.load("lgm50_composite").to_pybamm()
    points = _fine(theirs, theirs.model())
    assert points["r_n_prim"] == points["r_n_sec"] == points["r_p"] and points["x_s"] in (20, FINE["x_s"])
    assert "R_n" not in points and "y" not in points
