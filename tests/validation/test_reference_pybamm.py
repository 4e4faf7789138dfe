"""Our curves against PyBaMM's, freed of their mesh error by benchmarks/make_reference.py."""

import pytest
from reference_cases import pybamm_cases, single_ion_cases


@pytest.mark.parametrize("case", pybamm_cases(), ids=str)
def test_fine_mesh_gives_pybamms_converged_voltage(case):
    """Within 0.3 mV rms: ten times the uncertainty of the curves (0.03 mV), and our mesh's own error."""
    assert case.error(fine=True)[0] <= 0.3


@pytest.mark.parametrize("case", pybamm_cases(), ids=str)
def test_default_mesh_is_good_to_a_millivolt(case):
    """Within 1 mV rms, about what PyBaMM's default mesh reaches at 1C, a twentieth of any model error."""
    assert case.error()[0] <= 1.0


@pytest.mark.parametrize("case", single_ion_cases(), ids=str)
def test_solid_cell_gives_pybamms_half_cell_without_salt_gradient(case):
    """Foil, composite cathode and t+ = 1 on the default mesh: within 0.5 mV rms, its mesh error."""
    assert case.error()[0] <= 0.5
