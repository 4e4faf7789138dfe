"""Rates of ageing are recovered from made-up capacities, and intervals of predictions hold the truth."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ParameterError, ProtocolError

CYCLE = "Discharge at 1C until 2.5 V; Charge at C/2 until 4.2 V; Hold at 4.2 V until C/20"
D = "negative electrode/SEI solvent diffusivity"
TRUE, NOISE, LAST = 2e-20, 5e-4, 120  # m2/s, share of the capacity, cycle


@pytest.fixture(scope="module")
def cell():
    """One mechanism, a film that grows by diffusion of the solvent."""
    return cellsim.load("okane2022").with_ageing(False).with_ageing({"SEI": "solvent-diffusion limited"})


@pytest.fixture(scope="module")
def truth(cell):
    """Relative capacity of the cell with the true rate, at every tenth cycle; (cycles, shares)."""
    life = cellsim.age(cell.with_({D: TRUE}), CYCLE, LAST, model=cellsim.SPM(), until=None)
    cycles = np.concatenate([[1.0], np.arange(10.0, LAST + 1.0, 10.0)])
    capacity = life.capacity(cycles)
    return cycles, capacity / capacity[0]


@pytest.fixture(scope="module")
def fit(cell, truth):
    """Fitted to noisy capacities of the first half."""
    cycles, shares = truth
    noisy = shares + NOISE * np.random.default_rng(1).standard_normal(shares.size)
    data = {"cycle": cycles, "relative capacity": noisy}
    return cellsim.fit_ageing(
        cell, data, {D: (1e-21, 1e-19)}, protocol=CYCLE, source="made up for a test", until_cycle=60.0
    )


def test_rate_is_recovered_within_its_interval(fit):
    """From a start of ten times less; the interval is no wider than the noise of seven capacities explains.

    The loss at cycle 60 goes as the root of the rate, so that a noise s of a loss y is 2 s / y of the rate; the
    interval is at most four of these wide to either side (the quantile of Student's t with six degrees is 2.4).
    """
    low, high = fit.intervals[D]
    assert fit.success and fit.at_bounds == ()
    assert low < TRUE < high
    loss = 1.0 - np.interp(60.0, fit.curve.index, fit.curve["Relative capacity"])
    assert np.log(high / low) < 2.0 * 4.0 * 2.0 * NOISE / loss
    assert fit.rms < 2.0 * NOISE


def test_prediction_holds_the_truth(fit, truth):
    """Beyond the fitted cycles, by the interval of 95 %, and by what the error of jumps (0.1 %) adds at most."""
    cycles, shares = truth
    known = fit.curve.loc[cycles]
    late = cycles > 60.0
    assert (known["Low"][late] - 1e-3 < shares[late]).all() and (shares[late] < known["High"][late] + 1e-3).all()
    assert fit.rms_beyond < 3.0 * NOISE + 1e-3


def test_fitted_cell_says_so(fit):
    """The method and the source of the value."""
    assert fit.cell.value(D) == approx(fit.values[D])
    (row,) = [row for row in fit.cell.provenance().rows if row[0] == D]
    assert row[4] == "fitted" and "made up for a test" in fit.cell.sources[row[3]]["citation"]
    assert "95 % interval" in str(fit)


def test_fit_is_drawn(fit, tmp_path):
    """A picture with something on it."""
    fit.plot(tmp_path / "fit.png")
    assert (tmp_path / "fit.png").stat().st_size > 5_000


GOOD = {"cycle": [1, 10, 20], "relative capacity": [1.0, 0.99, 0.98]}


@pytest.mark.parametrize(
    ("data", "free", "message"),
    [
        ({**GOOD, "cycle": [1, 20, 10]}, {D: (1e-21, 1e-19)}, "does not come after"),
        ({**GOOD, "relative capacity": [100, 99, 98]}, {D: (1e-21, 1e-19)}, "not percent"),
        ({**GOOD, "cycle": [1, 20]}, {D: (1e-21, 1e-19)}, "as many of both"),
        ({"cycle": [1, 2]}, {D: (1e-21, 1e-19)}, "relative capacity"),
        (GOOD, {D: (1e-19, 1e-21)}, "two rising numbers"),
        (GOOD, {}, "no free parameters given"),
        ({key: values[:1] for key, values in GOOD.items()}, {D: (1e-21, 1e-19)}, "more capacities than quantities"),
        (3.0, {D: (1e-21, 1e-19)}, "data"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(cell, data, free, message):
    """What was given, and the remedy."""
    with pytest.raises((ProtocolError, ParameterError), match=message):
        cellsim.fit_ageing(cell, data, free, protocol=CYCLE, source="a test")


def test_cell_without_ageing_is_refused(cell):
    """Nothing to fit."""
    with pytest.raises(ProtocolError, match="nothing ages"):
        cellsim.fit_ageing(cell.with_ageing(False), GOOD, {D: (1e-21, 1e-19)}, protocol=CYCLE, source="a test")
