"""Pictures of named variables, of the parts of the voltage, and of fields on a fine mesh; xarray with units."""

import numpy as np
import pytest

import cellsim
from cellsim.errors import ReportError
from cellsim.simulation.plots.display import fine, layers

CHEN, METAL = "lgm50_chen2020", "target_nmc811_lpscl_li"
SURFACE = "X-averaged negative particle surface concentration [mol.m-3]"


@pytest.fixture(scope="module")
def run():
    return cellsim.simulate(CHEN, "Discharge at 1C for 20 min; Rest for 5 min")


def test_named_variables_are_panels(run, tmp_path):
    """Series against time, fields against place; a single path is still where the picture goes."""
    figure = run.plot(["Voltage [V]", SURFACE])
    assert len(figure.axes) == 2
    np.testing.assert_array_equal(figure.axes[1].lines[0].get_ydata(), run[SURFACE])
    assert figure.axes[1].get_xlabel() == "time [min]"
    fields = run.plot(["Voltage [V]", "Electrolyte current density [A.m-2]"], tmp_path / "fields.png", times=3)
    assert fields.axes[1].get_xlabel() == "x_f [µm]"
    run.plot(tmp_path / "both.png")
    run.plot("Time [h]")
    assert {p.name for p in tmp_path.iterdir()} == {"fields.png", "both.png"}
    with pytest.raises(ReportError, match="did you mean 'Voltage"):
        run.plot(["Voltge [V]"])
    with pytest.raises(ReportError, match="names: empty"):
        run.plot([])


@pytest.mark.parametrize("split", [False, True])
def test_parts_of_the_voltage_fill_what_lies_between(run, tmp_path, split):
    """The last area ends at the voltage, the first begins at the open-circuit voltage; 0.1 mV would not be seen."""
    figure = run.plot_voltage_components(tmp_path / "parts.svg", split_by_electrode=split)
    (axes,) = figure.axes
    areas = [c.get_paths()[0].vertices for c in axes.collections]
    labels = [c.get_label() for c in axes.collections]
    assert "contacts" not in labels  # this cell has no resistance there
    assert len(areas) == (7 if split else 5)
    k = run.t.size // 2
    t = run.t[k] / 60.0
    ends = {float(y) for x, y in areas[-1] if abs(x - t) < 1e-9}
    assert min(abs(y - run["Voltage [V]"][k]) for y in ends) < 1e-4
    starts = {float(y) for x, y in areas[0] if abs(x - t) < 1e-9}
    assert min(abs(y - run["Battery open-circuit voltage [V]"][k]) for y in starts) < 1e-12
    cellsim.simulate("danilov2011", "Discharge at 1C for 10 s").plot_voltage_components()


@pytest.mark.parametrize("cell", [CHEN, METAL])
def test_curves_reach_the_ends_of_the_layers(cell):
    """They pass through the values of the mesh, are level at collectors, and go from end to end."""
    result = cellsim.simulate(cell, "Discharge at C/2 for 20 min")
    found, loaded = layers(result), cellsim.load(cell)
    thick = [loaded.value(f"{part}/thickness") for part in ("separator", "positive electrode")]
    for (start, end, _), expected in zip(found[-2:], thick, strict=True):
        assert end - start == pytest.approx(expected, rel=1e-9)
    name = "Electrolyte potential [V]"
    x, y = fine(result, name, result[name])
    assert x[0] == 0.0 and x[-1] == pytest.approx(found[-1][1])
    assert np.all(np.diff(x) >= 0.0)
    at_mesh = np.interp(result["x [m]"], x, y[-1])
    assert np.abs(at_mesh - result[name][-1]).max() < 1e-2 * np.ptp(result[name][-1])  # read along straight lines
    slope = np.gradient(y[-1][-60:], x[-60:])
    assert abs(slope[-1]) < 0.1 * np.abs(slope).max()


def test_curves_in_particles_go_from_the_centre_to_the_surface():
    """At constant current a sphere of constant diffusivity D ends up with the parabola (r^2 - R^2) j / (2 F D R).

    After 1.5 R2 / D what else there was has died away to exp(-20.2 x 1.5), below 1e-12.  The shells have the flux of
    the whole to rounding, the integrator to its tolerance; the laws of a user's cell have nothing to do with it.
    """
    D, R, F = 2e-14, 4e-6, 96485.33212
    change = {"negative electrode/particle diffusivity": D, "negative electrode/particle radius": R}
    cell = cellsim.load(CHEN).with_(change)
    result = cellsim.simulate(cell, "Discharge at C/3 for 30 min", cellsim.SPM(), rtol=1e-8)
    name = "Negative particle concentration [mol.m-3]"
    r, y = fine(result, name, result[name][:, 0])
    j = result["Negative electrode interfacial current density [A.m-2]"][-1, 0]
    exact = y[-1, -1] - j / (2.0 * F * D * R) * (r**2 - R**2)
    assert r[0] == 0.0 and r[-1] == pytest.approx(R, rel=1e-12) == result["r_n [m]"][-1]
    assert y[-1, -1] == result["Negative particle surface concentration [mol.m-3]"][-1, 0]
    spread = abs(exact[0] - exact[-1])
    assert spread > 100.0
    assert np.abs(y[-1] - exact).max() < 1e-4 * spread


def test_curves_in_particles_stay_between_empty_and_full():
    """Fronts of an iron phosphate are steep between two shells: nothing is drawn beyond what there can be."""
    result = cellsim.simulate("prada2013", "Discharge at 2C")
    name = "Positive particle stoichiometry"
    _, y = fine(result, name, result[name][:, 0])
    assert y.min() > 0.0 and y.max() < 1.0


def test_xarray_has_units_and_finds_the_nearest_time(run):
    data = run.to_xarray(short=True)
    at = run.steps[1].t_start  # there are two rows at this time
    assert data["Voltage [V]"].sel(time=at + 1.0, method="nearest").ndim == 0
    found = data["Electrolyte concentration [mol.m-3]"].sel(time=at, x=0.0, method="nearest")
    row = np.flatnonzero(run.t == at)[0]
    assert float(found) == run["Electrolyte concentration [mol.m-3]"][row, 0]
    assert data["Electrolyte concentration [mol.m-3]"].attrs == {
        "units": "mol m-3",
        "long_name": "Electrolyte concentration",
    }
    assert data.time.attrs["units"] == "s" and data["State of charge"].attrs["units"] == "1"
    assert data["Discharge capacity [A.h]"].attrs["units"] == "A h"
    long = run.to_xarray()["Voltage [V]"].sel({"Time [s]": at + 1.0}, method="nearest")
    assert float(long) == float(data["Voltage [V]"].sel(time=at + 1.0, method="nearest"))


def test_curves_of_one_unit_share_a_panel():
    """As lists of names do in PyBaMM; of several units they would be on one scale."""
    run = cellsim.simulate("marquis2019", "Discharge at 1C for 10 s", "SPM")
    both = [f"{side} electrode bulk open-circuit potential [V]" for side in ("Negative", "Positive")]
    figure = run.plot([both, "Current [A]"])
    assert [len(axes.lines) for axes in figure.axes] == [2, 1] and len(figure.axes[0].get_legend().texts) == 2
    with pytest.raises(cellsim.ReportError, match="have several units"):
        run.plot([["Voltage [V]", "Current [A]"]])
    with pytest.raises(cellsim.ReportError, match="is not a variable"):
        run.plot([[]])
