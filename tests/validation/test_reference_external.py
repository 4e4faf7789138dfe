"""Our runs against COMSOL (finite elements) and DUALFOIL (Newman's program): nothing shared with either."""

import pytest
from reference_cases import comsol_cases, comsol_fields, dualfoil_cases


@pytest.mark.parametrize("fine", [False, True], ids=["default", "fine"])
@pytest.mark.parametrize("case", comsol_cases(), ids=str)
def test_voltage_is_comsols(case, fine):
    """Within 1 mV rms down to the cut-off; COMSOL's own scatter at the steps of U is some mV at points."""
    assert case.error(fine)[0] <= 1.0


@pytest.mark.parametrize("case", comsol_cases(), ids=str)
def test_fields_are_comsols(case):
    """Salt within 0.85 mol/m3 rms, the most PyBaMM differs by; particle surfaces within 0.1 % of c_max,
    since the staged graphite makes fronts that move with the mesh; potentials within the 1 mV of the
    voltage, in the electrolyte and the negative within 0.1 mV, which has no steps."""
    fields = comsol_fields(case, case.run(fine=True))
    c_max = {s: case.cell.value(f"{s} electrode/maximum concentration") for s in ("negative", "positive")}
    assert fields["c_e"] <= 0.85
    assert fields["c_n_surf"] <= 1e-3 * c_max["negative"]
    assert fields["c_p_surf"] <= 1e-3 * c_max["positive"]
    assert fields["phi_e"] <= 1e-4
    assert fields["phi_n"] <= 1e-4
    assert fields["phi_p"] <= 1e-3


@pytest.mark.parametrize("case", comsol_cases(), ids=str)
def test_simpler_models_are_farther_from_comsol(case):
    """At every rate the error grows from DFN to SPMe to SPM, as their asymptotic orders say."""
    dfn, spme, spm = (case.error(model=model)[0] for model in ("DFN", "SPMe", "SPM"))
    assert dfn < spme < spm


@pytest.mark.parametrize("model", ["SPMe", "SPM"])
def test_error_of_simpler_models_grows_with_rate(model):
    """What they leave out grows with the current."""
    errors = [case.error(model=model)[0] for case in comsol_cases()]
    assert errors == sorted(errors)


@pytest.mark.parametrize("case", dualfoil_cases(), ids=str)
def test_voltage_is_dualfoils(case):
    """Within 0.5 mV rms on the default mesh over the compared part; the file's digits are 0.01 mV, its
    time steps and the steep end (the last 3 % of A) give the rest."""
    assert case.error()[0] <= 0.5
