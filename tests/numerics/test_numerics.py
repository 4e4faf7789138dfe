"""Tables, meshes and the block solver, each against something exact."""

import numba
import numpy as np
import pytest
from dual import Dual
from pytest import approx

from cellsim.numerics import block_tridiagonal
from cellsim.numerics import grids as mesh
from cellsim.numerics.grids import graded_faces, log_mean, points, slab, sphere
from cellsim.numerics.rows import sum_of_rows
from cellsim.numerics.table import Table, evaluate_many, integral, locate, read, tabulate
from cellsim.support.compile import kernel


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


@pytest.mark.parametrize(
    "k, x", [(0, 0.7), (0, 2.9999), (1, -0.5), (1, 2.2), (2, 1.123), (0, -1.4), (1, 5.0), (2, -9.0)]
)
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


@pytest.mark.parametrize("a, b", [(0.3, 2.0), (5.0, 5.0), (1.0, 1e-9)])
def test_partials_of_the_mean_conductivity(a, b):
    """Dual numbers.  1e-14 is rounding."""
    _, by_a, by_b = log_mean.py_func(a, b)
    assert by_a == approx(log_mean.py_func(Dual(a, 1.0), b)[0].slope, rel=1e-14)
    assert by_b == approx(log_mean.py_func(a, Dual(b, 1.0))[0].slope, rel=1e-14)


def test_what_changes_evenly_conducts_like_the_logarithmic_mean():
    """Two conductivities that differ by z of their sum: as close as the docstring says, one order of z^2 further on.

    An insulator at either end conducts nothing.
    """
    for z in (0.02, 0.1, 0.3):
        a, b = 1.0 + z, 1.0 - z
        exact = (a - b) / np.log(a / b)
        assert log_mean.py_func(a, b)[0] - exact == approx(-2.0 / 15.0 * z**4, rel=2.0 * z * z, abs=1e-15)
    assert log_mean.py_func(0.0, 2.0)[0] == 0.0 == log_mean.py_func(2.0, 0.0)[0]


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
        B[:, :2, first + 2], B[:, 2, first : first + 2] = 0.0, 0.0
    dense = np.zeros((3 * n, 3 * n))
    for i in range(n):
        for shift, column in ((-1, 0), (0, 3), (1, 6)):
            if 0 <= i + shift < n:
                dense[3 * i : 3 * i + 3, 3 * (i + shift) : 3 * (i + shift) + 3] = B[i, :, column : column + 3]
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


@pytest.mark.parametrize("stretch", (0.0, 1.0, 3.0))
def test_points_make_the_profile_of_an_even_reaction_exact(stretch):
    """a + b x2: differences of averages over the slope in between, up to the value at the far end; rounding only."""
    x = graded_faces(7, 2.0, stretch)
    left, right = points(x)
    mean = 0.3 + 0.5 * np.diff(x**3) / (3.0 * np.diff(x))
    assert (right[:-1] + left[1:]) * x[1:-1] == approx(np.diff(mean), rel=1e-12)
    assert mean[-1] + right[-1] * x[-1] == approx(0.3 + 0.5 * x[-1] ** 2, rel=1e-13)
    assert np.all(left > 0.0) and np.all(right > 0.0)
    assert [d[0] for d in points(np.array([0.0, 2.0]))] == approx([1.0, 2.0 / 3.0])


def answer(shells, s):
    """What shells answer at their surface, per flux into it, at rates s: a continued fraction."""
    inward = 0.0
    for shell in shells:
        inward = 1.0 / (s * shell["volume"] + inward)
        inward = 1.0 / (inward + (1.0 / shell["link"] if shell["link"] > 0.0 else 0.0))
    return 1.0 / inward


def of_sphere(s):
    """Carslaw and Jaeger: tanh q / (q - tanh q), q^2 = s."""
    q = np.sqrt(s)
    return np.tanh(q) / (q - np.tanh(q))


def of_film(s):
    """3 coth q / q, the film being a third of the volume."""
    return 3.0 / (np.sqrt(s) * np.tanh(np.sqrt(s)))


@pytest.mark.parametrize("shells, exact", [(sphere, of_sphere), (slab, of_film)])
def test_shells_answer_as_the_body_does(shells, exact):
    """At s = 0 and the rates at which they are matched to 1e-6, and ever better in between.

    1e-6: poles of the exact answer beyond the 128th are bunched.  Of a flux that lasts for 0.01 to 1 of R2 / D the
    answer is off by less than these bounds, a power of ten for two shells more.
    """
    s = np.geomspace(1.0, 100.0, 50)
    for n, bound in ((4, 1e-2), (6, 1e-4), (8, 2e-6), (10, 3e-7), (40, 3e-7)):
        found = shells(n)
        assert found["volume"].sum() == approx(1.0 / 3.0, rel=1e-14)
        assert found["volume"].min() > 0.0 and found["link"][:-1].min() > 0.0 and found["link"][-1] == 0.0
        at = mesh.FIRST_SHIFT * (1.0 + mesh.SPREAD / n) ** np.arange(n - 1)
        assert answer(found, at[at < 1e3]) == approx(exact(at[at < 1e3]), rel=1e-6)
        assert np.max(np.abs(answer(found, s) / exact(s) - 1.0)) < bound
    assert answer(shells(5), 1e-9) * 1e-9 == approx(3.0, rel=1e-8)
    assert shells(1)["volume"][0] == approx(1.0 / 3.0)


@pytest.mark.parametrize("make", (sphere, slab))
@pytest.mark.parametrize("shells, reach", [(7, 1e4), (10, 3e4), (12, 1e6)])
def test_shells_with_a_reach_follow_a_sudden_flux(make, shells, reach):
    """Up to the rate they reach, within 1 % of the exact answer; the same shells without one miss far more there.

    1 %: rates in between those that are matched, up to 3.5 times apart.
    """
    exact = of_sphere if make is sphere else of_film
    s = np.geomspace(1.0, 0.3 * reach, 60)
    off = [np.max(np.abs(answer(found, s) / exact(s) - 1.0)) for found in (make(shells, reach), make(shells))]
    assert off[0] < 1e-2 and off[1] > 3.0 * off[0]
    assert make(shells, reach)["volume"].sum() == approx(1.0 / 3.0, rel=1e-12)


@kernel
def sums_of_rows(rows, first, last, weights, out):
    """`sum_of_rows`, to be called from Python."""
    sum_of_rows(rows, first, last, weights, out)


@pytest.mark.parametrize("n", [0, 1, 3, 4, 15, 16, 17, 99])
def test_rows_are_summed(n):
    """Against NumPy, for lengths around those of vectors; nothing is written beside the sum.  1e-14: sums of five."""
    random = np.random.default_rng(n)
    rows, weights, out = random.random((6, n)), random.random(6), np.full(n + 2, 7.0)
    sums_of_rows(rows, 1, 4, weights, out[1:-1])
    assert np.allclose(out[1:-1], weights[1:5] @ rows[1:5], rtol=1e-14, atol=0.0)
    assert out[0] == out[-1] == 7.0
    sums_of_rows(rows, 2, 2, weights, out[1:-1])
    assert np.array_equal(out[1:-1], weights[2] * rows[2])
