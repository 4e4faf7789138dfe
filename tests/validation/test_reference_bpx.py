"""Reading BPX files: what is said, what is assumed, what is refused."""

import json

import pytest
from reference_cases import HOME

from cellsim import ParameterError, load
from cellsim.parameters.formats.bpx import read_bpx
from cellsim.physics.constants import F

NMC = HOME / "about_energy" / "nmc_pouch_cell_BPX.json"
LFP = HOME / "about_energy" / "lfp_18650_cell_BPX.json"
PARTS = "Parameterisation"


@pytest.fixture
def changed(tmp_path):
    """A function that writes the NMC file with one entry changed (None: removed) and gives its path."""

    def change(keys, new):
        raw = json.loads(NMC.read_text())
        place = raw
        for key in keys[:-1]:
            place = place[key]
        if new is None:
            del place[keys[-1]]
        else:
            place[keys[-1]] = new
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(raw))
        return path

    return change


def test_bpx_values_arrive_in_our_terms():
    """Areas of all pairs together; volume fraction from surface; i0 at x = 0.5: by hand, exactly."""
    cell, raw = read_bpx(NMC), json.loads(NMC.read_text())[PARTS]
    positive = raw["Positive electrode"]
    assert cell.value("cell/electrode area") == pytest.approx(34 * 0.016808, rel=1e-12)
    assert cell.value("positive electrode/active material volume fraction") == pytest.approx(
        432072 * 4.6e-6 / 3.0, rel=1e-12
    )
    assert cell.value("positive electrode/exchange-current density") == pytest.approx(
        0.5 * F * positive["Reaction rate constant [mol.m-2.s-1]"], rel=1e-12
    )
    assert cell.value("separator/transport efficiency") == raw["Separator"]["Transport efficiency"]
    assert cell.nominal_capacity == 12.5


def test_bpx_tables_are_read():
    """The entropic coefficient of the LFP file is a table; knots are met exactly."""
    law = read_bpx(LFP).law("positive electrode/entropic change coefficient")
    assert law([0.5], 298.15)[0] == pytest.approx(-5.2311e-5, rel=1e-12)


def test_what_bpx_does_not_say_is_marked_as_assumed():
    """Every number of the design but the number of pairs."""
    rows = [row for row in read_bpx(NMC).provenance().rows if row[0].startswith("design/")]
    methods = {row[0]: row[4] for row in rows}
    assert methods.pop("design/number of electrode pairs") == "literature"
    assert set(methods.values()) == {"assumed"}


def test_a_design_of_ones_own_is_taken():
    """Given in our own form, with its sources among those of the file."""
    design = load("marquis2019").to_json()["design"]
    for record in design.values():
        if isinstance(record, dict):
            record["source"] = "assumed"
    design["tab and terminal mass"]["value"] = 0.123
    assert read_bpx(NMC, design).value("design/tab and terminal mass") == 0.123


@pytest.mark.parametrize(
    "keys, new, words",
    [
        (("Header", "Model"), "MSMR", "model 'MSMR' is not supported"),
        (("Header", "BPX"), "2.0", "version '2.0' is not supported"),
        (("Header",), None, "not a BPX file"),
        ((PARTS, "Separator"), None, "Separator: missing section"),
        ((PARTS, "Negative electrode", "Particle"), {}, "must be an object of materials by name, found {}"),
        ((PARTS, "Negative electrode", "Porosity "), 0.3, "unknown quantity"),
        ((PARTS, "Negative electrode", "Thickness [m]"), None, "negative electrode/thickness: missing"),
        ((PARTS, "Negative electrode", "Thickness [m]"), -1e-5, "negative electrode/thickness: value -1e-05"),
        ((PARTS, "Positive electrode", "Particle radius [m]"), "4.6e-6", "a number is needed"),
        ((PARTS, "Electrolyte", "Conductivity [S.m-1]"), "__import__('os').getpid()", "only exp, log"),
        ((PARTS, "Electrolyte", "Conductivity [S.m-1]"), "log(x - 2000)", "electrolyte/conductivity"),
        ((PARTS, "Electrolyte", "Conductivity [S.m-1]"), [1.0], "electrolyte/conductivity"),
    ],
)
def test_unsound_bpx_files_are_refused_in_words(changed, keys, new, words):
    """The message names the file and the place."""
    with pytest.raises(ParameterError) as fault:
        read_bpx(changed(keys, new))
    assert words in str(fault.value)
    assert "changed.json" in str(fault.value)
