"""Potentials, windows and diffusivities are found again in data made from known ones."""

import numpy as np
import pytest

import cellsim
from cellsim import ParameterError, ProtocolError

CHEN, SOURCE = "lgm50_chen2020", "made up"
OCP, D = "open-circuit potential", "positive electrode/particle diffusivity"


def potential(cell, part, x):
    return cell.law(f"{part} electrode/{OCP}")(x, 298.15)


@pytest.mark.parametrize("electrode", ["negative", "positive"])
@pytest.mark.parametrize("scatter", [0.0, 2e-3], ids=["exact", "scattered"])
def test_a_potential_is_found_under_its_scatter(electrode, scatter):
    """Nearer to the truth than the points are: smoothing must pay.  Without scatter, 0.05 mV: twice the table's."""
    cell = cellsim.load(CHEN)
    x = np.linspace(0.02, 0.95, 250)
    true = potential(cell, electrode, x)
    points = true + np.random.default_rng(0).normal(0.0, scatter, x.size)
    found = cellsim.fit_ocp(cell, electrode, (x[::-1], points[::-1]), source=SOURCE)
    law = potential(found.cell, electrode, x)
    assert np.sqrt(np.mean((law - true) ** 2)) < (0.8 * scatter if scatter else 5e-5)
    assert found.rms == pytest.approx(scatter, rel=0.15, abs=5e-5)
    assert (np.diff(potential(found.cell, electrode, np.linspace(0.0, 1.0, 2001))) <= 1e-12).all()  # rounding
    record = found.cell.record(f"{electrode} electrode/{OCP}")
    assert record.method == "fitted" and SOURCE in found.cell.sources[record.source]["citation"]
    assert "mV rms" in found.cell.sources[record.source]["citation"]


def test_both_directions_are_averaged_and_their_gap_reported():
    x = np.linspace(0.05, 0.95, 100)
    U = 4.0 - x
    found = cellsim.fit_ocp(CHEN, "positive", [(x, U + 0.02), (x, U - 0.02)], source=SOURCE)
    assert found.gap == pytest.approx(0.02, rel=1e-9)
    np.testing.assert_allclose(potential(found.cell, "positive", x), U, atol=5e-5)


def test_a_run_beyond_the_points_says_so():
    """Along the tangent, which is known to 2 % at the end of the points: 4 mV over 0.2."""
    x = np.linspace(0.4, 0.6, 50)
    found = cellsim.fit_ocp(CHEN, "positive", (x, 4.5 - x), source=SOURCE)
    assert "not measured" in found.extended
    assert potential(found.cell, "positive", np.array([0.8]))[0] == pytest.approx(3.7, abs=4e-3)
    run = cellsim.simulate(found.cell, "Discharge at C/5 for 30 min", "SPM")
    assert any(OCP in remark for remark in run.remarks)


def test_windows_and_capacities_are_found_again():
    """A C/50 discharge of a cell with other amounts, to 0.5 %: 1 mV of overpotential over the slope of the voltage."""
    cell = cellsim.load(CHEN)
    fraction = "active material volume fraction"
    changed = cell.with_({f"negative electrode/{fraction}": 0.70, f"positive electrode/{fraction}": 0.62})
    run = cellsim.simulate(changed, "Discharge at C/50", accuracy=2e-4)
    q = np.linspace(0.0, run["Discharge capacity [A.h]"][-1], 200)
    V = np.interp(q, run["Discharge capacity [A.h]"], run["Voltage [V]"])
    found = cellsim.fit_windows(cell, q, V, source=SOURCE, size=fraction)
    for part in ("negative", "positive"):
        for key in (fraction, "minimum stoichiometry", "maximum stoichiometry"):
            path = f"{part} electrode/{key}"
            assert found.cell.value(path) == pytest.approx(changed.value(path), rel=5e-3, abs=3e-3)
            assert found.cell.record(path).method == "fitted"
    assert found.curve.good
    again = cellsim.simulate(found.cell, "Discharge at C/50", accuracy=2e-4)
    assert again.discharge_capacity == pytest.approx(run.discharge_capacity, rel=2e-3)


def titration(cell, count, noise=0.0):
    """(t, I, V) of pulses at C/10 for 10 min with an hour of rest, a cycler's points."""
    text = "Rest for 1 min; " + "; ".join(["Discharge at C/10 for 10 min; Rest for 1 hour"] * count)
    run = cellsim.simulate(cell, text, soc=0.8, accuracy=1e-4)
    one = np.r_[10.0:599.0:20.0, 599.99, 620.0:4199.0:60.0, 4199.99]
    t = np.concatenate([[0.0, 59.99], *(60.0 + 4200.0 * k + one for k in range(count))])
    current = np.where((t > 60.0) & ((t - 60.0) % 4200.0 < 600.0), 0.1 * cell.nominal_capacity, 0.0)
    return t, current, run.at("Voltage [V]", t) + np.random.default_rng(0).normal(0.0, noise, t.size)


def test_a_diffusivity_over_stoichiometry_is_found_again():
    """Within 10 %: it changes by 3 % within a pulse, an hour is no full rest, 0.1 mV of noise; the formula fails."""
    base = cellsim.load(CHEN).half_cell("positive")
    true = base.with_({D: "2e-15*(1 + 3*(x - 0.3)**2/0.04)"})
    found = cellsim.fit_gitt(base, titration(true, 5, 1e-4), source=SOURCE)
    assert found.x.size == 5 and (np.diff(found.x) > 0.0).all()
    expected = true.law(D)(found.x, 298.15)
    np.testing.assert_allclose(found.diffusivity, expected, rtol=0.1)
    assert (np.abs(found.formula / expected - 1.0) > 0.3).all()
    assert found.rms < 2e-3
    assert found.cell.record(D).method == "fitted"
    full = found.put_into(CHEN, "positive")
    np.testing.assert_allclose(full.law(D)(found.x, 298.15), found.diffusivity, rtol=1e-9)
    assert len(found.to_pandas()) == 5 and "Weppner" in str(found)


def test_pictures_of_fits(tmp_path):
    x = np.linspace(0.05, 0.95, 60)
    found = cellsim.fit_ocp(CHEN, "positive", (x, 4.0 - x), source=SOURCE)
    found.plot(tmp_path / "ocp.svg")
    assert "stoichiometry" in (tmp_path / "ocp.svg").read_text(encoding="utf-8")


X = np.linspace(0.1, 0.9, 30)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cellsim.fit_ocp(CHEN, "positive", (X, X + 3.0), source=SOURCE), "falls"),
        (lambda: cellsim.fit_ocp(CHEN, "positive", (X, X[:-1]), source=SOURCE), "as many"),
        (lambda: cellsim.fit_ocp("lfp_peo_li", "negative", (X, 4.0 - X), source=SOURCE), "lithium metal"),
        (lambda: cellsim.fit_ocp(CHEN, "positive", (X[:5], 4.0 - X[:5]), source=SOURCE), "20"),
        (lambda: cellsim.fit_windows("lfp_peo_li", X, 4.0 - X, source=SOURCE), "lithium metal"),
        (lambda: cellsim.fit_gitt(CHEN, (X, X, X), source=SOURCE), "half cell"),
        (lambda: cellsim.fit_gitt("lfp_peo_li", (X, X, X), source=SOURCE), "two are needed"),
    ],
    ids=["rises", "lengths", "metal", "few", "metal-windows", "full-cell", "no-pulses"],
)
def test_refusals(call, words):
    with pytest.raises((ParameterError, ProtocolError), match=words):
        call()
