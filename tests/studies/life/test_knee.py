"""Knees of made-up capacity curves: found where they are, and not found where there is none."""

import numpy as np
import pytest
from pytest import approx

from cellsim.errors import ProtocolError
from cellsim.studies.life.health.knee import find_knee

X = np.linspace(0.0, 1500.0, 31)


def broken(x, *bends, slope=-1.5e-4):
    """1 with a slope that changes by `more` at each bend (at, more)."""
    return 1.0 + slope * x + sum(more * np.maximum(x - at, 0.0) for at, more in bends)


@pytest.mark.parametrize("at", [500.0, 873.0, 1100.0])
def test_two_lines_are_found(at):
    """The break to a twentieth of the distance of the points, between which the curve is taken to be straight."""
    knee = find_knee(X, 1.8 * broken(X, (at, -5e-4)), above=0.0)
    assert knee.found and knee.knee == approx(at, abs=2.5)
    assert knee.slopes == approx((-1.5e-4, -6.5e-4), rel=0.02)
    assert knee.capacity[0] == approx(1.0 - 1.5e-4 * at, abs=0.01)  # the curve is straight between points
    assert knee.kneedle == approx(at, abs=50.0)  # the nearest of the points
    assert "4.3 times as fast" in str(knee)


def test_the_interval_holds_the_knee_of_scattered_points():
    """0.3 % of scatter, 30 curves, of which 28 or 29 are expected inside; 25 or more with a probability of 0.997."""
    draw, inside, knees = np.random.default_rng(2), 0, []
    for _ in range(30):
        x = np.sort(draw.uniform(0.0, 1500.0, 20))
        knee = find_knee(x, broken(x, (1000.0, -5e-4)) + 3e-3 * draw.standard_normal(20), above=0.0)
        assert knee.found
        knees.append(knee.knee)
        inside += knee.interval[0] <= 1000.0 <= knee.interval[1]
    assert inside >= 25 and np.mean(knees) == approx(1000.0, abs=3.0 * np.std(knees) / np.sqrt(30) + 5.0)


def test_onset_is_the_first_of_two_breaks():
    """Three lines, each steeper."""
    x = np.linspace(0.0, 1500.0, 151)
    knee = find_knee(x, broken(x, (700.0, -2e-4), (1100.0, -6e-4)), above=0.0)
    assert knee.found and knee.onset == approx(700.0, abs=10.0) and 900.0 < knee.knee < 1100.0


@pytest.mark.parametrize(
    "curve, reason",
    [
        (lambda x: 1.0 - 2e-4 * x, "does not become faster|less than 1.5"),
        (lambda x: 1.0 - 8e-3 * np.sqrt(x), "does not become faster"),
        (lambda x: 1.0 - 1e-7 * x**2, "curve without a break"),
        (lambda x: 1.0 - 2e-6 * x**1.6, "curve without a break"),
        (lambda x: broken(x, (900.0, -5e-5)), "less than 1.5"),
        (lambda x: broken(x, (700.0, 1e-4)), "does not become faster"),
        (lambda x: 1.0 + 0.0 * x, "does not become faster|straight line"),
    ],
    ids=["straight", "square root", "square", "power 1.6", "slight", "slower", "level"],
)
@pytest.mark.parametrize("scatter", [0.0, 2e-3])
def test_no_knee_is_said(curve, reason, scatter):
    """Every curve has a best pair of lines; numbers of a knee that is none are not given."""
    noise = scatter * np.random.default_rng(4).standard_normal(X.size)
    knee = find_knee(X, curve(X) + noise, above=0.0)
    assert not knee.found and np.isnan(knee.knee) and np.isnan(knee.onset)
    assert str(knee).startswith("no knee: ") and (scatter or any(part in knee.reason for part in reason.split("|")))


def test_the_axis_may_be_hours_and_points_may_be_uneven():
    """In hours the knee is at as many times the cycles; a dense beginning does not move it."""
    x = np.concatenate([np.linspace(0.0, 300.0, 200), np.linspace(310.0, 1500.0, 40)])
    y = broken(x, (1000.0, -5e-4))
    dense, hours = find_knee(x, y, above=0.0), find_knee(3.5 * x, 4.0 * y, above=0.0)
    assert dense.knee == approx(1000.0, abs=5.0) and hours.knee == approx(3.5 * dense.knee, rel=1e-9)
    assert hours.slopes == approx(np.array(dense.slopes) / 3.5, rel=1e-9)


def test_what_comes_after_the_end_is_left_out():
    """Below 60 % the loss slows down again; without that limit it would shift the knee."""
    y = broken(X, (900.0, -1.2e-3), (1150.0, 1.3e-3))
    assert find_knee(X, y).knee == approx(900.0, abs=10.0)
    twice = np.concatenate([X[:10], X[9:]])  # two check-ups at one number of cycles
    assert find_knee(twice, np.interp(twice, X, y)).knee == approx(find_knee(X, y).knee)


@pytest.mark.parametrize(
    "x, Q, message",
    [
        (X[:5], X[:5] + 1.0, "5 points before it falls below 60 %"),
        (X[::-1], X + 1.0, "x: 1450 .number 2. does not come after 1500"),
        (X, X[:-1] + 1.0, "31 values for 30 of capacity"),
        (X, -X, "capacity: number 2 is -50"),
        (X, 0.0 * X, "capacity: number 1 is 0"),
    ],
)
def test_wrong_input_is_refused(x, Q, message):
    """In one sentence."""
    with pytest.raises(ProtocolError, match=message):
        find_knee(x, Q)
