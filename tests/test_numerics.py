"""Tables, meshes and the block solver, each against something exact."""
import numba
import numpy as np
import pytest
from dual import Dual
from pytest import approx

from cellsim.numerics import block_tridiagonal
from cellsim.numerics.mesh import conductance, graded_faces, sphere
from cellsim.numerics.table import Table, evaluate_many, integral, invert, locate, read, tabulate


def value_and_slope(table, k, x):
    return read.py_func(table, k, locate.py_func(table, x))


@pytest.fixture(scope="module")
def table() -> Table:
    return tabulate([np.cos, lambda x: x**3 - 2.0 * x, lambda x: np.exp(-x)], -1.0, 3.0)


def test_a_table_reproduces_cubics_exactly_and_smooth_laws_to_rounding(table):
    """Cubics are held exactly; 1,024 intervals over 4 leave 1e-12 of a cosine (h^4 / 384)."""
    x = np.linspace(-1.0, 3.0, 777)
    y = np.empty_like(x)
    evaluate_many(table, 1, x, y)
    assert y == approx(x**3 - 2.0 * x, abs=1e-12)
    evaluate_many(table, 0, x, y)
    assert y == approx(np.cos(x), abs=2e-12)


def test_the_integral_of_a_law_is_of_fourth_order():
    """Cubics exactly, up to rounding; a cosine to h^4 / 720 of the length, 1e-12 on 1,025 knots over 4."""
    x = np.linspace(-1.0, 3.0, 1025)
    assert integral(x, x**3 - 2.0 * x) == approx(0.25 * x**4 - x**2 + 0.75, abs=1e-12)
    assert integral(x, np.cos(x)) == approx(np.sin(x) + np.sin(1.0), abs=1e-12)


@pytest.mark.parametrize("k, x", [(0, 0.7), (0, 2.9999), (1, -0.5), (1, 2.2), (2, 1.123),
                                  (0, -1.4), (1, 5.0), (2, -9.0)])
def test_the_slope_of_a_table_is_the_derivative_of_its_value(table, k, x):
    """Dual numbers through the reading itself, inside the grid and beyond it; 1e-12 is rounding."""
    place = locate.py_func(table, x)
    value, slope = read.py_func(table, k, place)
    inside = -1.0 <= x <= 3.0
    moved = Dual(place[1], table.per if inside else 0.0), Dual(place[2], 0.0 if inside else 1.0)
    again, _ = read.py_func(table, k, (place[0], *moved))
    assert again.value == approx(value, rel=1e-15)
    assert slope == approx(again.slope, rel=1e-12)


def test_a_place_is_interval_share_and_excess(table):
    """By hand on the grid -1..3 with 256 intervals per unit."""
    assert locate.py_func(table, 0.5 + 0.25 / 256.0) == approx((384, 0.25, 0.0), abs=1e-9)
    assert locate.py_func(table, 4.5) == (1023, 1.0, 1.5) and locate.py_func(table, -2.0) == (0, 0.0, -1.0)


def test_tables_continue_by_their_end_tangents(table):
    """Value and slope beyond the last knot are those of a straight line; rounding only."""
    end, slope = value_and_slope(table, 0, 3.0)
    assert value_and_slope(table, 0, 4.5) == approx((end + 1.5 * slope, slope), rel=1e-14)
    start, slope = value_and_slope(table, 0, -1.0)
    assert value_and_slope(table, 0, -2.0)[0] == approx(start - slope, rel=1e-14)


@numba.njit
def inverse(laws, k, y, x):
    return invert(laws, k, y, x)


@pytest.mark.parametrize("x", [-3.0, 0.02, 0.4, 0.7999, 0.81, 0.999, 7.0])
@pytest.mark.parametrize("guess", [0.0, 0.5, 1.0])
def test_a_rising_law_is_inverted_from_any_guess(x, guess):
    """The integral of a diffusivity that falls 40-fold behind a kink, inside its table and beyond; rounding."""
    steep = tabulate([lambda x: np.where(x < 0.8, x, 0.8 + (1.0 - 10.0 ** (-8.0 * (x - 0.8))) / 18.42)], 0.001, 0.999)
    y, slope = value_and_slope(steep, 0, x)
    assert slope > 0.0 and inverse(steep, 0, y, guess) == approx(x, rel=1e-12)


@pytest.mark.parametrize("args", [(0.3, 1e-6, 2.0, 3e-6), (5.0, 2.0, 5.0, 2.0)])
def test_partials_of_the_conductance(args):
    """Dual numbers; two half volumes in series by hand.  1e-14 is rounding."""
    k_l, dx_l, k_r, dx_r = args
    g, *partials = conductance.py_func(*args)
    assert g == approx(1.0 / (dx_l / k_l + dx_r / k_r), rel=1e-14)
    for position, partial in zip((0, 2), partials, strict=True):
        moved = list(args)
        moved[position] = Dual(args[position], 1.0)
        assert partial == approx(conductance.py_func(*moved)[0].slope, rel=1e-14)


def test_nothing_flows_into_an_insulator():
    """Zero conductivity on either side: no conductance, and no change with that of the other side."""
    assert conductance.py_func(0.0, 1.0, 2.0, 1.0)[::2] == (0.0, 0.0)
    assert conductance.py_func(2.0, 1.0, 0.0, 1.0)[:2] == (0.0, 0.0)


@numba.njit
def solve(blocks, border, weight):
    block_tridiagonal.eliminate(blocks, border)
    end = blocks[-1, :, 9:].copy()
    block_tridiagonal.substitute(blocks, border, weight)
    return end


@pytest.mark.parametrize("border", (False, True))
def test_the_block_solver_agrees_with_a_dense_one(border):
    """Diagonally dominant random blocks of the promised sparsity; 1e-12 is rounding at this size.

    With a border: both solutions at the last row after the forward sweep, and their sum after the other.
    """
    rng = np.random.default_rng(1)
    n, weight = 12, 0.7
    B = rng.normal(size=(n, 3, block_tridiagonal.COLUMNS))
    B[:, np.arange(3), 3 + np.arange(3)] += 10.0
    for first in (0, 6):
        B[:, :2, first + 2], B[:, 2, first:first + 2] = 0.0, 0.0
    dense = np.zeros((3 * n, 3 * n))
    for i in range(n):
        for shift, column in ((-1, 0), (0, 3), (1, 6)):
            if 0 <= i + shift < n:
                dense[3 * i:3 * i + 3, 3 * (i + shift):3 * (i + shift) + 3] = B[i, :, column:column + 3]
    both = np.linalg.solve(dense, B[:, :, 9:].reshape(3 * n, 2))
    end = solve(B, border, weight)
    assert end[:, 0] == approx(both[-3:, 0], abs=1e-12)
    assert not border or end[:, 1] == approx(both[-3:, 1], abs=1e-12)
    expected = both[:, 0] + (weight * both[:, 1] if border else 0.0)
    assert B[:, :, 9].ravel() == approx(expected, abs=1e-12)


@pytest.mark.parametrize("towards", ("left", "right", "both"))
def test_faces_cover_the_length_and_shrink_towards_the_chosen_end(towards):
    """End points exact; widths vary monotonically."""
    faces = graded_faces(16, 3.0, 1.2, towards)
    dx = np.diff(faces)
    assert faces[0] == 0.0 and faces[-1] == approx(3.0, rel=1e-15) and dx.min() > 0.0
    change = np.diff(dx)
    if towards == "both":
        assert dx == approx(dx[::-1], rel=1e-12) and np.all(change[:7] > 0.0)
    else:
        assert np.all(change > 0.0) if towards == "left" else np.all(change < 0.0)
    assert np.diff(graded_faces(16, 3.0, 0.0)) == approx(3.0 / 16.0, rel=1e-14)


def test_shells_fill_the_sphere():
    """Volumes over 4 pi add up to 1/3; rounding only."""
    shells, half = sphere(20, 2.5)
    assert shells["volume"].sum() == approx(1.0 / 3.0, rel=1e-14)
    assert np.all(shells["link"][:-1] > 0.0) and shells["link"][-1] == 0.0 and half > 0.0


def test_the_quasi_steady_profile_is_exact_on_any_mesh():
    """x = a + b r2: the flux through each face is 2 b r3 and the surface value a + b, on five shells; rounding only."""
    a, b = 0.4, 0.3
    shells, half = sphere(5, 2.0)
    r = np.cbrt(np.concatenate([[0.0], np.cumsum(3.0 * shells["volume"])]))
    mean = a + b * 0.6 * np.diff(r**5) / np.diff(r**3)
    assert shells["link"][:-1] * np.diff(mean) == approx(2.0 * b * r[1:-1] ** 3, rel=1e-12)
    assert mean[-1] + half * 2.0 * b == approx(a + b, rel=1e-13)
