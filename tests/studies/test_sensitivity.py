"""Sensitivities of functions whose indices are known, and of a cell whose voltage is linear in what is varied."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ParameterError, ProtocolError
from cellsim.studies.estimation.varied.factors import factors_of, values_at
from cellsim.studies.estimation.varied.sensitivity import analysed, design

pytest.importorskip("SALib")
CHEN = "lgm50_chen2020"
R, H, THICK = "cell/series resistance", "cell/heat capacity", "separator/thickness"
NAMES = ["x1", "x2", "x3"]
A, B = 7.0, 0.1


def ishigami(points):
    """sin x1 + A sin^2 x2 + B x3^4 sin x1, each x evenly between -pi and pi."""
    x = np.pi * (2.0 * points - 1.0)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_the_ishigami_function():
    """Closed forms (Ishigami and Homma, 1990); to three times the width of the interval that is given, or 0.01."""
    points = design("sobol", NAMES, 2048, 1)
    found = analysed("sobol", NAMES, points, ishigami(points))
    v1 = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
    v2, v13 = A**2 / 8.0, 8.0 * B**2 * np.pi**8 / 225.0
    total = v1 + v2 + v13
    expected = {"x1": (v1 / total, (v1 + v13) / total), "x2": (v2 / total, v2 / total), "x3": (0.0, v13 / total)}
    for k, name in enumerate(found.factors):
        for column, value in zip(("S1", "ST"), expected[name], strict=True):
            slack = max(0.01, 3.0 * found.figures[f"{column}_conf"][k])
            assert found.figures[column][k] == approx(value, abs=slack), (name, column)
    assert found.factors == ("x1", "x2", "x3") and "sobol, 10240 cases" in repr(found)


def test_morris_of_a_linear_function_is_its_slopes():
    """Exactly: no spread."""
    points = design("morris", NAMES, 8, 1)
    found = analysed("morris", NAMES, points, points @ [3.0, -2.0, 0.0])
    assert dict(zip(found.factors, found.figures["mu"], strict=True)) == approx({"x1": 3.0, "x2": -2.0, "x3": 0.0})
    assert found.figures["mu_star"] == approx([3.0, 2.0, 0.0]) and found.figures["sigma"] == approx([0.0] * 3, abs=1e-9)


def first_voltage(result):
    """Under load, before anything moves."""
    return result["Voltage [V]"][0]


def test_a_cell_is_linear_in_its_series_resistance():
    """The first voltage falls by j = I/A times the resistance, and the heat capacity has no part in it: the change over
    the whole range is j times the range, the share of the variance 1 and 0; to 1e-6 of it, as runs begin to that."""
    cell, step = cellsim.load(CHEN), "Discharge at 5 A for 1 s"
    how, same = {R: (1e-4, 9e-4), H: (50.0, 70.0)}, {"model": "SPM", "threads": 1}
    found = cellsim.sensitivity(cell, step, how, first_voltage, method="morris", samples=4, **same)
    change = dict(zip(found.factors, found.figures["mu"], strict=True))
    assert change[R] == approx(-5.0 / cell.value("cell/electrode area") * 8e-4, rel=1e-5)
    assert change[H] == approx(0.0, abs=1e-6 * abs(change[R]))
    shares = cellsim.sensitivity(cell, step, how, first_voltage, samples=64, **same)
    assert shares.factors == (R, H)
    assert shares.figures["ST"] == approx([1.0, 0.0], abs=0.05) and shares.figures["S1"] == approx([1.0, 0.0], abs=0.05)
    low, high = shares.quantiles((0.0, 1.0))
    assert high - low == approx(abs(change[R]), rel=0.03)


def test_latin_hypercube_leaves_out_what_fails(tmp_path):
    """A rest voltage that the cell cannot have fails; the table has its row, with the reason."""
    path, told = tmp_path / "cases.csv", []
    how = {"parameters": {R: (1e-4, 9e-4), "voltage": (3.9, 4.5)}, "output": "Voltage [V]", "samples": 16}
    how |= {"method": "latin hypercube", "model": "SPM", "soc": None, "path": path, "threads": 1}
    found = cellsim.sensitivity(CHEN, "Discharge at 5 A for 10 s", **how, progress=lambda *x: told.append(x))
    import pandas as pd

    table = pd.read_csv(path)
    bad = table["failure"].notna().to_numpy()
    assert len(table) == 16 and told[-1] == (16, 16) and 0 < bad.sum() < 16
    assert (np.isnan(found.output) == bad).all() and table["output"][~bad].to_numpy() == approx(found.output[~bad])
    assert table["voltage"][bad].min() > table["voltage"][~bad].max() and f"{bad.sum()} failed" in repr(found)
    assert found.plot(tmp_path / "bars.png") and (tmp_path / "bars.png").exists()
    assert np.isfinite(found.quantiles()).all()


def test_distributions():
    """Quantiles of each kind, and the half-width of a value by how it is known."""
    cell = cellsim.load(CHEN)
    value, method = cell.value(THICK), cell.record(THICK).method
    factors = factors_of(cell, {R: (1e-4, 1e-2, "log"), H: (50.0, 5.0, "normal"), THICK: None, "soc": (0.2, 0.8)})
    at = values_at(factors, [0.5, 0.8413447460685429, 1.0, 0.25])
    width = {"measured": 0.02, "fitted": 0.05, "literature": 0.05, "stated": 0.02, "assumed": 0.1}[method]
    assert at == {R: approx(1e-3), H: approx(55.0), THICK: approx(value * (1 + width)), "soc": approx(0.35)}


def test_what_moves_together_is_one_factor():
    """At the same quantile."""
    found = factors_of(cellsim.load(CHEN), {R: (1e-4, 3e-4), THICK: (1e-5, 3e-5), H: (50.0, 70.0)}, [(R, THICK)])
    assert [f.name for f in found] == [f"{R} + {THICK}", H]
    assert values_at(found, [0.5, 0.5])[THICK] == approx(2e-5)


@pytest.mark.parametrize(
    "how, error, message",
    [
        ({"parameters": {}}, ParameterError, "nothing is varied"),
        ({"parameters": {R: (2.0, 1.0)}}, ParameterError, "give .lowest, highest"),
        ({"parameters": {R: (1.0, 2.0, "cauchy")}}, ParameterError, "choose one of uniform, log, normal"),
        ({"parameters": {"model": (1.0, 2.0)}}, ParameterError, "only temperature, soc"),
        ({"parameters": {THICK: 0.1}, "together": [(THICK, H)]}, ParameterError, "is not varied"),
        ({"parameters": {THICK: 0.1}, "method": "guess"}, ProtocolError, "choose one of sobol"),
        ({"parameters": {THICK: 0.1}, "samples": 100}, ProtocolError, "power of two"),
        ({"parameters": {THICK: 0.1}, "output": 3}, ProtocolError, "output 3: give one of"),
        ({"parameters": {THICK: 0.1}, "modell": "SPM"}, ProtocolError, "did you mean 'model'"),
        ({"parameters": {R: (1e-4, 1e-3)}, "output": "Voltag [V]", "samples": 2}, ProtocolError, "cases failed"),
    ],
)
def test_what_makes_no_sense_is_refused(how, error, message):
    with pytest.raises(error, match=message):
        cellsim.sensitivity(CHEN, "Discharge at 5 A for 1 s", **{"model": "SPM", "threads": 1} | how)
