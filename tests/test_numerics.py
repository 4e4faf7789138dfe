"""Tables, meshes and the block solver, each against something exact."""
import numba
import numpy as np
import pytest
from dual import Dual
from pytest import approx

from cellsim.numerics import block_tridiagonal
from cellsim.numerics.mesh import conductance, graded_faces, sphere
from cellsim.numerics.table import Laws, evaluate, evaluate_many, evaluate_root, invert, tabulate


def value_and_slope(laws, k, x):
    return evaluate.py_func(laws._replace(grid=laws.grid.view(np.recarray)), k, x)


@pytest.fixture(scope="module")
def laws() -> Laws:
    return tabulate([(np.cos, 0.0, 2.0), (lambda x: x**3 - 2.0 * x, -1.0, 3.0), (lambda x: np.exp(-x), 10.0, 20.0)])


def test_a_table_reproduces_cubics_exactly_and_smooth_laws_to_rounding(laws):
    """A cubic spline holds cubics exactly; 1,024 intervals leave 1e-13 of a cosine (h^4 / 384)."""
    x = np.linspace(-1.0, 3.0, 777)
    y = np.empty_like(x)
    evaluate_many(laws, 1, x, y)
    assert y == approx(x**3 - 2.0 * x, abs=1e-12)
    x = np.linspace(0.0, 2.0, 777)
    evaluate_many(laws, 0, x, y)
    assert y == approx(np.cos(x), abs=1e-12)


@pytest.mark.parametrize("k, x", [(0, 0.7), (0, 1.9999), (1, -0.5), (1, 2.2), (2, 15.123),
                                  (0, -0.4), (1, 5.0), (2, 9.0)])
def test_the_slope_of_a_table_is_the_derivative_of_its_value(laws, k, x):
    """Dual numbers through the look-up itself, inside the grid and beyond it; 1e-13 is rounding."""
    value, slope = value_and_slope(laws, k, x)
    moved, _ = value_and_slope(laws, k, Dual(x, 1.0))
    assert moved.value == approx(value, rel=1e-15)
    assert slope == approx(moved.slope, rel=1e-13)


def test_tables_continue_by_their_end_tangents(laws):
    """Value and slope beyond the last knot are those of a straight line; rounding only."""
    end, slope = value_and_slope(laws, 0, 2.0)
    assert value_and_slope(laws, 0, 3.5) == approx((end + 1.5 * slope, slope), rel=1e-14)
    start, slope = value_and_slope(laws, 0, 0.0)
    assert value_and_slope(laws, 0, -1.0)[0] == approx(start - slope, rel=1e-14)


@numba.njit
def inverse(laws, k, y, x):
    return invert(laws, k, y, x)


@numba.njit
def rooted(laws, k, root):
    return evaluate_root(laws, k, root)


@pytest.mark.parametrize("x", [-3.0, 0.02, 0.4, 0.7999, 0.81, 0.999, 7.0])
@pytest.mark.parametrize("guess", [0.0, 0.5, 1.0])
def test_a_rising_law_is_inverted_from_any_guess(x, guess):
    """The integral of a diffusivity that falls 40-fold behind a kink, inside its table and beyond; rounding."""
    steep = tabulate([(lambda x: np.where(x < 0.8, x, 0.8 + (1.0 - 10.0 ** (-8.0 * (x - 0.8))) / 18.42), 0.001, 0.999)])
    y, slope = value_and_slope(steep, 0, x)
    assert slope > 0.0 and inverse(steep, 0, y, guess) == approx(x, rel=1e-12)


def test_a_law_tabulated_over_a_root_has_the_slope_of_the_law_itself():
    """c sqrt(c) is a cubic in the root, hence exact; rounding only."""
    laws = tabulate([(lambda root: root**3, 1e-3, 60.0)])
    for c in (1e-4, 0.3, 1000.0, 3599.0):
        assert rooted(laws, 0, np.sqrt(c)) == approx((c**1.5, 1.5 * np.sqrt(c)), rel=1e-9)


@pytest.mark.parametrize("args", [(0.3, 1e-6, 2.0, 3e-6), (5.0, 2.0, 5.0, 2.0)])
def test_partials_of_the_conductance(args):
    """Dual numbers; two half volumes in series by hand.  1e-14 is rounding."""
    k_l, dx_l, k_r, dx_r = args
    g, *partials = conductance.py_func(*args)
    assert g == approx(2.0 / (dx_l / k_l + dx_r / k_r), rel=1e-14)
    for position, partial in zip((0, 2), partials, strict=True):
        moved = list(args)
        moved[position] = Dual(args[position], 1.0)
        assert partial == approx(conductance.py_func(*moved)[0].slope, rel=1e-14)


def test_nothing_flows_into_an_insulator():
    """Zero conductivity on either side, zero conductance and partials."""
    assert conductance.py_func(0.0, 1.0, 2.0, 1.0) == (0.0, 0.0, 0.0)
    assert conductance.py_func(2.0, 1.0, 0.0, 1.0) == (0.0, 0.0, 0.0)


@numba.njit
def solve(blocks):
    block_tridiagonal.solve(blocks)


def test_the_block_solver_agrees_with_a_dense_one():
    """Diagonally dominant random blocks; 1e-12 is rounding at this size."""
    rng = np.random.default_rng(1)
    n = 12
    B = rng.normal(size=(n, 3, block_tridiagonal.COLUMNS))
    B[:, np.arange(3), 3 + np.arange(3)] += 10.0
    dense = np.zeros((3 * n, 3 * n))
    for i in range(n):
        for shift, column in ((-1, 0), (0, 3), (1, 6)):
            if 0 <= i + shift < n:
                dense[3 * i:3 * i + 3, 3 * (i + shift):3 * (i + shift) + 3] = B[i, :, column:column + 3]
    expected = np.linalg.solve(dense, B[:, :, 9:].reshape(3 * n, 2))
    solve(B)
    assert B[:, :, 9:].reshape(3 * n, 2) == approx(expected, abs=1e-12)


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
