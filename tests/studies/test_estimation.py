"""Fits find what made the measurements, say how well they know it, and are right as often as they say."""

import json
from pathlib import Path

import numpy as np
import pytest
from pytest import approx
from scipy.stats import binom, chi2

import cellsim
from cellsim import MeasuredRun
from cellsim.errors import ParameterError, ProtocolError
from cellsim.studies.estimation.misfit import rho

MEASURED = Path(__file__).parents[1] / "reference" / "measured"
CHEN = "lgm50_chen2020"
R, D = "cell/series resistance", "positive electrode/particle diffusivity"
TRUTH = {R: 5e-4, D: 3e-15}
FREE = {R: (1e-4, 3e-3), D: (5e-16, 2e-14)}
PULSES = [[0, 0], [60, 0], [61, 8], [600, 8], [601, -3], [1200, -3], [1201, 2], [2400, 2]]
NOISE = 1e-3  # V


@pytest.fixture(scope="module")
def cell():
    return cellsim.load(CHEN)


@pytest.fixture(scope="module")
def seen(cell):
    """A discharge and a recorded current, of a cell with TRUTH, without noise: (name, t, V, steps, options)."""
    found = []
    for name, steps, soc in (("1C", "Discharge at 1C for 40 min", 1.0), ("pulses", cellsim.profile(PULSES), 0.8)):
        options = {"soc": soc, "model": "SPM"}
        result = cellsim.simulate(cell.with_(TRUTH), steps, **options)
        t = np.linspace(1.0, result.t[-1] - 1.0, 60)
        found.append((name, t, result.at("Voltage [V]", t), steps, options))
    return found


def noisy(seen, seed, noise=None):
    """The runs with noise."""
    rng = np.random.default_rng(seed)
    noise = noise or (lambda rng, n: rng.normal(0.0, NOISE, n))
    return [MeasuredRun(name, t, V + noise(rng, t.size), *how) for name, t, V, *how in seen]


@pytest.fixture(scope="module")
def one(cell, seen):
    """A fit."""
    return cellsim.fit(cell, noisy(seen, 2), FREE, threads=1)


def test_without_noise_the_truth_is_found(cell, seen):
    """To 1e-4, as far as the tolerance of the search goes; marked as fitted, to which runs and with what residual."""
    runs = [MeasuredRun(*each) for each in seen]
    found = cellsim.fit(cell, runs, FREE, threads=1)
    assert found.success and found.values == {path: approx(value, rel=1e-4) for path, value in TRUTH.items()}
    record = found.cell.record(R)
    said = found.cell.sources[record.source]["citation"]
    assert record.method == "fitted" and "1C, pulses" in said and "residual rms" in said


@pytest.mark.parametrize("correlated", [False, True])
def test_intervals_hold_the_truth_as_often_as_they_say(cell, seen, correlated):
    """Forty noisy repetitions: at 95 % fewer than 33 of 40 or a sum of squared standardised errors beyond the 0.1 %
    and 99.9 % quantiles has a probability below 0.002.  With noise that is correlated by 0.6 from time to time the same
    with 16, but the sum may be half as large again, as that correlation is estimated from 60 times, and low."""
    n, rho_ = (16, 0.6) if correlated else (40, 0.0)

    def scatter(rng, size):
        e = rng.normal(0.0, NOISE, size)
        for k in range(1, size):
            e[k] = rho_ * e[k - 1] + np.sqrt(1.0 - rho_**2) * e[k]
        return e

    inside, z = [], []
    for seed in range(n):
        found = cellsim.fit(cell.with_(TRUTH), noisy(seen, seed, scatter), FREE, threads=1)
        ends = found.intervals()
        inside.append([ends[path][0] < value < ends[path][1] for path, value in TRUTH.items()])
        z.append([(found.values[p] - value) / found.standard_errors[p] for p, value in TRUTH.items()])
    assert (np.sum(inside, 0) >= binom.ppf(0.001, n, 0.95)).all(), np.sum(inside, 0)
    squares = np.sum(np.square(z), 0)
    assert (squares < chi2.ppf(0.999, n) * (1.5 if correlated else 1.0)).all(), squares
    assert correlated or (squares > chi2.ppf(0.001, n)).all(), squares


def test_report_says_what_was_found(one):
    """Values, errors, identifiability and residuals of the noise that was put in, to 20 % (60 values: 9 %)."""
    text = one.report()
    assert repr(one) == text and all(word in text for word in (R, D, "identified: yes", "1C: ", "pulses: "))
    assert one.identified() == {R: "yes", D: "yes"}
    assert one.rms["1C"][0] == approx(NOISE, rel=0.2)
    assert list(one.to_pandas().index) == [R, D]
    assert one.correlation[0, 0] == approx(1.0) and one.correlation[0, 1] == approx(one.correlation[1, 0])


def test_residual_picture(one, tmp_path):
    """A column a run."""
    figure = one.plot(tmp_path / "fit.png")
    assert len(figure.axes) == 4 and (tmp_path / "fit.png").exists()


@pytest.fixture(scope="module")
def plain(cell, seen):
    """A fit of the series resistance, in which the voltage is linear, to one run."""
    return cellsim.fit(cell.with_(TRUTH), noisy(seen[:1], 2), {R: (1e-4, 3e-3, "linear")}, threads=1)


def test_profile_likelihood_agrees_with_the_linear_interval_where_the_model_is_linear(plain, one):
    """To 5 % of the width: the quantile of chi squared is 2 % less than that of Student's t with 59 degrees of freedom,
    and that the ends are found between points is exact for a parabola."""
    profile = plain.profile(R, points=5)
    low, high = plain.intervals()[R]
    width = high - low
    assert profile.interval == (approx(low, abs=0.05 * width), approx(high, abs=0.05 * width))
    assert profile.rise.min() == 0.0 and profile.identified
    both = one.profile(R, points=3)  # the other value adapts: without that the interval would be half as wide
    low, high = one.intervals()[R]
    assert both.interval[1] - both.interval[0] == approx(high - low, rel=0.15)
    with pytest.raises(ParameterError, match="is not fitted"):
        one.profile("cell/heat capacity")


def test_posterior_agrees_with_the_standard_errors(plain):
    """Means to 0.5 and widths to 30 % of a standard error: of some 100 independent samples 0.1 and 7 %."""
    pytest.importorskip("emcee")
    found = plain.posterior(samples=100, walkers=8, burn=20)
    error = plain.standard_errors[R]
    assert np.mean(found.samples) == approx(plain.values[R], abs=0.5 * error)
    assert np.std(found.samples) == approx(error, rel=0.3)
    assert list(found.to_pandas().columns) == [R] and 0.2 < found.acceptance < 0.95
    assert found.quantiles()[R].shape == (3,)


def test_quantities_that_act_alike_are_said_to_be_tied(cell):
    """The radius and the diffusivity of a particle: slow diffusion knows only R^2/D and the area, which another
    quantity takes up; and a resistance that no current flows through is not known at all."""
    radius = "positive electrode/particle radius"
    options = {"soc": 0.9, "model": "SPM"}
    truth = cellsim.simulate(cell.with_({D: 3e-15}), "Discharge at 0.5C for 10 min", **options)
    t = np.linspace(5.0, 595.0, 40)
    V = truth.at("Voltage [V]", t) + np.random.default_rng(0).normal(0.0, 1e-3, t.size)
    run = MeasuredRun("a", t, V, "Discharge at 0.5C for 10 min", options)
    found = cellsim.fit(cell, run, {D: (5e-16, 2e-14), radius: (2e-6, 1e-5)}, threads=1)
    assert abs(found.correlation[0, 1]) > 0.95 and found.identified()[D] != "yes"
    rest = MeasuredRun("b", [1.0, 5.0, 9.0, 12.0], [4.0, 4.0, 4.0, 4.0], "Rest for 15 s", options)
    known = cellsim.fit(cell, rest, {R: (1e-4, 3e-3)}, evaluations=3, threads=1)
    assert known.identified()[R].startswith("no")


def test_a_few_bad_points_do_not_decide_with_a_robust_loss(cell, seen):
    """Six of 60 are 0.3 V off in each run: least squares are off by more than ten times as much."""

    def spoiled(rng, n):
        e = rng.normal(0.0, NOISE, n)
        e[rng.choice(n, 6, replace=False)] += 0.3
        return e

    runs = noisy(seen, 4, spoiled)
    far = {
        loss: abs(np.log(cellsim.fit(cell, runs, FREE, loss=loss, voltage_scale=3e-3, threads=1).values[R] / 5e-4))
        for loss in ("linear", "cauchy")
    }
    assert far["cauchy"] < 0.03 and far["linear"] > 10.0 * far["cauchy"]


@pytest.mark.parametrize("loss", ["soft_l1", "huber", "cauchy", "arctan", "linear"])
def test_losses_are_those_of_scipy(loss):
    """Cost of a fit of a constant; the derivative is that of the loss, by differences to 1e-6."""
    from scipy.optimize import least_squares

    r = np.array([0.1, -0.5, 2.0, 7.0])
    assert 0.5 * np.sum(rho(loss, r**2)[0]) == approx(least_squares(lambda x: r + 0 * x[0], [0.0], loss=loss).cost)
    z, h = r**2, 1e-5
    assert rho(loss, z)[1] == approx((rho(loss, z + h)[0] - rho(loss, z - h)[0]) / (2 * h), rel=1e-6)


def test_global_search_and_many_starts_find_what_a_far_start_does_not_spoil(cell, seen):
    """CMA-ES, and four starts."""
    pytest.importorskip("cmaes")
    runs, far = noisy(seen, 3), cell.with_({R: 2.9e-3, D: 6e-16})
    expected = cellsim.fit(cell, runs, FREE, threads=1)
    for how in ({"search": "global"}, {"starts": 4}):
        found = cellsim.fit(far, runs, FREE, threads=1, **how)
        for path in TRUTH:
            assert found.values[path] == approx(expected.values[path], abs=0.1 * expected.standard_errors[path])


def test_options_of_a_run_and_linear_scales(cell, seen):
    """The state of charge at which one run began is fitted beside the cell; within four standard errors."""
    name, t, V, steps, options = seen[1]
    run = MeasuredRun(name, t, V + np.random.default_rng(1).normal(0.0, NOISE, t.size), steps, options | {"soc": 0.6})
    found = cellsim.fit(
        cell, run, {R: (1e-4, 3e-3), D: (5e-16, 2e-14), "soc of pulses": (0.5, 1.0, "linear")}, threads=1
    )
    for path, value in (TRUTH | {"soc of pulses": 0.8}).items():
        assert found.values[path] == approx(value, abs=4.0 * found.standard_errors[path]), found
    assert "soc of pulses" not in found.cell.provenance().rows


def test_a_law_that_becomes_one_number_is_named(cell, seen):
    """The conductivity of this cell is a law of the concentration; its resistance is a number."""
    kappa, R = "electrolyte/conductivity", "cell/series resistance"
    found = cellsim.fit(cell, noisy(seen, 1), {kappa: (0.5, 1.5), R: (1e-5, 3e-3)})
    assert found.replaced == (kappa,)
    assert f"a law until now, fitted as one number: {kappa}\n" in found.report()


def test_an_impedance_is_fitted_alone_and_beside_a_run(cell, seen, tmp_path):
    """Noise of 0.5 % of the modulus: the double layer and the resistance within four standard errors, and the
    errors of both smaller with a discharge beside it."""
    layer = "positive electrode/double-layer capacity"
    base = cell.with_({layer: 0.2, "negative electrode/double-layer capacity": 0.2})
    truth = {R: 5e-4, layer: base.value(layer)}
    f = np.geomspace(0.1, 1e4, 25)
    Z = cellsim.impedance(base.with_(truth), f, "SPM", soc=0.5).impedance
    rng = np.random.default_rng(0)
    Z = Z + 0.005 * np.abs(Z) * (rng.standard_normal(25) + 1j * rng.standard_normal(25))
    spectrum = cellsim.MeasuredSpectrum("EIS", f, Z, {"soc": 0.5, "model": "SPM"})
    bounds = {R: (1e-4, 3e-3), layer: (0.1 * truth[layer], 10.0 * truth[layer])}
    found = cellsim.fit(base.with_({layer: 0.5 * truth[layer]}), spectrum, bounds, threads=1)
    for path, value in truth.items():
        assert found.values[path] == approx(value, abs=4.0 * found.standard_errors[path]), found
    assert found.success and "% of |Z|" in found.report() and found.plot(tmp_path / "eis.png")
    assert found.rms["EIS"][0] == approx(0.005, rel=0.3)
    name, t, V, *how = seen[0]
    both = cellsim.fit(base.with_({D: 3e-15}), [spectrum, MeasuredRun(name, t, V, *how)], bounds, threads=1)
    assert both.values[R] == approx(5e-4, rel=0.05) and set(both.rms) == {"EIS", "1C"}


def test_weights_decide_between_runs_that_contradict_each_other(cell, seen):
    """Two runs of two resistances: the value is near that of the one that weighs more."""
    name, t, V, steps, options = seen[0]
    other = cellsim.simulate(cell.with_({R: 1e-3, D: 3e-15}), steps, **options).at("Voltage [V]", t)
    runs = [MeasuredRun("low", t, V, steps, options), MeasuredRun("high", t, other, steps, options)]
    low, high = (
        cellsim.fit(cell.with_({D: 3e-15}), runs, {R: (1e-4, 3e-3)}, weights={name: 100.0}, threads=1).values[R]
        for name in ("low", "high")
    )
    assert low == approx(5e-4, rel=0.02) and high == approx(1e-3, rel=0.02)


def test_a_measured_cell(cell):
    """LG M50 at 0.5C: a fit describes the cell that it was made to better than the set does, and another of its kind,
    which it has not seen, too.  What is left is no scatter, and the errors are widened for it."""
    runs = {}
    for number in (786, 787):
        lines = (MEASURED / f"lgm50_{number}_0p5C.csv").read_text(encoding="utf-8").splitlines()
        facts, (t, V) = json.loads(lines[0][1:]), np.loadtxt(lines[2:], delimiter=",", unpack=True)
        keep = (V > 3.0) & (t > 1.0)
        current = cellsim.profile([[0.0, facts["current_A"]], [float(t[-1]) + 1.0, facts["current_A"]]])
        options = {"voltage": facts["rest_V"], "soc": None, "temperature": facts["rest_K"], "model": "SPMe"}
        runs[number] = MeasuredRun(f"{number}", t[keep][::3], V[keep][::3], current, options)
    found = cellsim.fit(cell, runs[786], {R: (1e-5, 5e-3), D: (5e-16, 2e-14)}, threads=1)
    rms = lambda run, cell: float(np.sqrt(np.mean(run.differences(cell)[0] ** 2)))  # noqa: E731
    assert found.success, found
    assert rms(runs[786], found.cell) < rms(runs[786], cell)
    assert rms(runs[787], found.cell) < rms(runs[787], cell)
    assert found._known.memory[0] > 2.0


@pytest.mark.parametrize(
    "how, error, message",
    [
        ({"parameters": {R: (1e-4, 1e-3, "cubic")}}, ParameterError, "choose one of log, linear"),
        ({"parameters": {"soc of nothing": (0.1, 0.5)}}, ParameterError, "no run of the name 'nothing'"),
        ({"parameters": {R: (-1e-4, 1e-3)}}, ParameterError, "two rising numbers above 0"),
        ({"loss": "square"}, ProtocolError, "choose one of linear"),
        ({"search": "luck"}, ProtocolError, "choose one of least squares, global"),
        ({"weights": {"2C": 1.0}}, ProtocolError, "no run of the name '2C'"),
        ({"weights": {"1C": 0.0}}, ProtocolError, "give a number above 0"),
        ({"starts": 0}, ProtocolError, "starts 0"),
        ({"threads": 1, "processes": 1}, ProtocolError, "give one of them"),
    ],
)
def test_what_makes_no_sense_is_refused(cell, seen, how, error, message):
    with pytest.raises(error, match=message):
        cellsim.fit(cell, noisy(seen, 0), **{"parameters": FREE, **how})
