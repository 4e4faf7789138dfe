"""The kernels against exact derivatives, a series solution, and the orders they are designed for."""

from functools import lru_cache

import numba
import numpy as np
import pytest
from fixed_steps import after_equal_steps, exact_states
from pytest import approx
from scipy.optimize import brentq

import cellsim
from cellsim.kernels import layout, scratch
from cellsim.kernels.call import record as task
from cellsim.kernels.equations import particle, porous
from cellsim.kernels.integrators import initialise as start
from cellsim.kernels.integrators import ndf as march
from cellsim.kernels.integrators import ndf_history as history
from cellsim.kernels.integrators import tr_bdf2 as profile
from cellsim.models import initial_state
from cellsim.models.initial import stoichiometries
from cellsim.models.thermal_laws import Body
from cellsim.numerics.block_tridiagonal import DIAGONAL, LOWER, RIGHT, UPPER
from cellsim.physics.constants import F

SOLID = "target_nmc811_lpscl_li"


@numba.njit
def condense(sys, hg, s_hat, s, w):
    porous.condense_particles(sys, hg, layout.views(sys, s_hat).x, layout.views(sys, s).x, w, False)


@numba.njit
def assemble(sys, hg, s_hat, s, w):
    """Newton's matrix and right-hand side of a stage at s, with the local equations solved for j."""
    past, y = layout.views(sys, s_hat), layout.views(sys, s)
    for _ in range(50):
        porous.assemble(sys, hg, past.c_e, y.c_e, y.phi_e, y.phi_s, y.j, y.cell.I, w)
        for i in range(y.j.size):
            if sys.volume[i].area > 0.0:
                y.j[i] += w.local[i].defect
    porous.assemble(sys, hg, past.c_e, y.c_e, y.phi_e, y.phi_s, y.j, y.cell.I, w)


def dense(block):
    """The (3n, 3n) matrix that the blocks stand for."""
    n = len(block)
    full = np.zeros((n, 3, n, 3))
    for i in range(n):
        for k, column in ((i - 1, LOWER), (i, DIAGONAL), (i + 1, UPPER)):
            if 0 <= k < n:
                full[i, :, k] = block[i, :, column : column + 3]
    return full.reshape(3 * n, 3 * n)


@pytest.mark.parametrize("name", ("marquis2019", "ecker2015", SOLID))
def test_newtons_matrix_is_the_derivative_of_its_residual(name):
    """Central differences, in units of each column's step; their error is about 1e-7 of a row's largest entry."""
    cell, model, hg = cellsim.load(name), cellsim.DFN((5, 2, 5), 8), 20.0
    sys = model.discretise(cell, 300.0)
    s_hat = initial_state(cell, sys, 0.6)
    s, w = s_hat.copy(), scratch.allocate(sys)
    control = layout.Control(layout.CURRENT, 40.0, 1e9, 0.0, 10.0, 0.0, np.inf, 1e-6, 1e-3)
    assert start.settle(sys, control, s, w, 1e-6) == march.RUNNING
    w = scratch.allocate(sys)  # a sweep leaves numbers where the assembly, rightly, writes no zeros
    n = sys.volume.size
    layout.unknowns(sys, s).c_e[:] *= 1.0 + 0.2 * np.sin(np.arange(n))  # uneven salt, so that every term counts
    condense(sys, hg, s_hat, s, w)
    assemble(sys, hg, s_hat, s, w)
    matrix = dense(w.block)
    steps = np.tile([1e-4 * sys.c_ref, 1e-5, 1e-5], n)
    numeric = np.empty_like(matrix)
    for column in range(3 * n):
        i, kind = divmod(column, 3)
        sides = []
        for sign in (1.0, -1.0):
            moved = s.copy()
            getattr(layout.unknowns(sys, moved), ("c_e", "phi_e", "phi_s")[kind])[i] += sign * steps[column]
            assemble(sys, hg, s_hat, moved, w)
            sides.append(w.block[:, :, RIGHT].ravel())
        numeric[:, column] = -0.5 * (sides[0] - sides[1])
    for i in range(n):
        if sys.volume[i]["sigma"] == 0.0:
            numeric[3 * i + 2, 3 * i + 2] = steps[3 * i + 2]  # no solid phase: held by an identity, not by a residual
    exact = matrix * steps
    assert np.max(np.abs(numeric - exact) / np.abs(exact).max(axis=1, keepdims=True)) < 1e-6


ALONE = scratch.one_temperature(layout.SOLID_LAWS)


@numba.njit
def respond(sys, p, law, x_hat, x, j, hg, inside):
    """Surface as alpha and beta, and x moved to where it belongs."""
    alpha, beta = particle.respond(sys, p, law, ALONE, x_hat, x, hg, inside)
    particle.fill(inside, alpha + beta * j, x)
    return alpha, beta


def test_a_particle_with_variable_diffusivity_is_linearised_exactly():
    """Newton's fixed point at j +- dj: its surface moves by beta dj.  1e-7: central differences of 1e-4."""
    sys = cellsim.SPM(12).discretise(cellsim.load("ecker2015"), 298.15)
    law, x_hat = layout.DIFFUSION, np.linspace(0.6, 0.5, 12)
    inside, hg = np.empty((2, 12)), 100.0

    def surface(j):
        x = x_hat.copy()
        for _ in range(30):
            alpha, beta = respond(sys, 0, law, x_hat, x, j, hg, inside)
        return alpha + beta * j, beta

    j, dj = 1.5, 1e-4
    assert surface(j)[1] == approx((surface(j + dj)[0] - surface(j - dj)[0]) / (2.0 * dj), rel=1e-7)


@numba.njit
def respond_alike(sys, p, law, x_hat, x, j, hg, sweep, inside):
    """The same where the diffusivity is constant."""
    beta = particle.factorise(sys, p, law, ALONE, hg, sweep)
    alpha = particle.substitute(x_hat, sweep, inside)
    particle.fill(inside, alpha + beta * j, x)


@pytest.mark.parametrize("shells, reach", [(20, None), (346, 8e5)])
@pytest.mark.parametrize("hg", (1e-3, 1.0, 600.0))
def test_lithium_is_kept_by_thin_shells_over_long_steps(shells, reach, hg):
    """1e-13: rounding of some hundred shells; a difference of pivots loses 1e-6 where the last shell has 1e-7 of the
    volume and lithium crosses it 1e10 times in a step."""
    sys = cellsim.DFN((3, 3, 3), shells=shells, reach=reach).discretise(cellsim.load("ecker2015"), 333.0)
    positive, law, j = sys.grain.size - 1, layout.LAWS_PER_SIDE + layout.DIFFUSION, 1e-3
    x_hat, inside = 0.7 + 1e-3 * np.cos(np.linspace(0.0, 3.0, shells)), np.empty((2, shells))
    left = hg * sys.grain["rate"][positive] / sys.grain["R_p"][positive] * j
    varying, constant, sweep = x_hat.copy(), x_hat.copy(), np.zeros((3, shells + 1))
    for _ in range(4):  # Newton's iterations
        respond(sys, positive, law, x_hat, varying, j, hg, inside)
    respond_alike(sys, positive, law, x_hat, constant, j, hg, sweep, inside)
    for x in (varying, constant):
        assert abs(np.dot(sys.shell["volume"], x - x_hat) + left) < 1e-13 * 0.7 / 3.0


@lru_cache
def series_roots(terms=400):
    """Roots of tan a = a."""
    return np.array(
        [
            brentq(lambda a: np.sin(a) - a * np.cos(a), (k + 0.01) * np.pi, (k + 0.5) * np.pi)
            for k in range(1, terms + 1)
        ]
    )


def series_surface(tau):
    """Fall of a sphere's surface under constant flux, in units of flux R / D, at tau = D t / R2.

    Crank, The Mathematics of Diffusion, eq. 6.45.
    """
    a = series_roots()
    return 3.0 * tau + 0.2 - 2.0 * np.sum(np.exp(-np.outer(tau, a * a)) / (a * a), axis=1)


@pytest.mark.parametrize("shells, bound", ((4, 2e-2), (6, 1e-3), (10, 1e-5)))
def test_a_sphere_under_constant_flux_follows_the_series_solution(shells, bound):
    """Both electrodes of an SPM, from tau = 0.01 on.

    bound: of the change at the surface; shells matched to the exact answer lose more than a power of ten by two
    more of them.  Once the profile is quasi-steady what is left is how nearly they have its slope, 1e-6 of the change.
    """
    cell = cellsim.load("marquis2019")
    result = cellsim.simulate(cell, cellsim.discharge(1.0, duration=2000.0), cellsim.SPM(shells), rtol=1e-8)
    for part, name, sign in (("negative electrode", "Negative", -1.0), ("positive electrode", "Positive", 1.0)):
        get = lambda key, part=part: cell.value(f"{part}/{key}")  # noqa: E731
        R, D = get("particle radius"), cell.law(f"{part}/particle diffusivity").value
        surface = 3.0 * get("active material volume fraction") / R * get("thickness")
        flux = result["Current density [A.m-2]"][-1] / surface / F
        x = result[f"{name} particle surface concentration [mol.m-3]"][:, 0]
        tau = D * result.t / R**2
        late = tau > 0.01
        start = get("maximum concentration") * stoichiometries(cell, 1.0)[name == "Positive"]
        change = sign * flux * R / D * series_surface(tau[late])
        error = np.abs(x[late] - start - change) / np.abs(change)
        assert late.sum() > 50 and error.max() < bound and error[-1] < 1e-6


def end_voltage(cell, model, seconds):
    return cellsim.simulate(cell, cellsim.discharge(1.0, duration=seconds), model, rtol=1e-9)["Voltage [V]"][-1]


def observed_order(values):
    """Order from three values on meshes refined twice by 2."""
    a, b, c = values
    return np.log2((a - b) / (b - c))


@pytest.mark.parametrize(
    "name, kind, seconds",
    [
        ("marquis2019", cellsim.DFN, 1200.0),
        ("lgm50_chen2020", cellsim.DFN, 300.0),
        (SOLID, cellsim.DFN, 1200.0),
        ("marquis2019", cellsim.SPMe, 1200.0),
    ],
)
def test_the_mesh_in_x_is_second_order(name, kind, seconds):
    """Voltage after a while at 1C on 8, 16 and 32 volumes a region; order within 0.15."""
    values = [end_voltage(name, kind((n, n, n), 10), seconds) for n in (8, 16, 32)]
    assert observed_order(values) == approx(2.0, abs=0.15)


def test_shells_are_at_least_of_second_order_where_the_diffusivity_varies():
    """SPM of Ecker2015 with 24, 48, 96 shells.  Their ratios change with their number, so that it may be more: 2.4."""
    values = [end_voltage("ecker2015", cellsim.SPM(n), 1200.0) for n in (24, 48, 96)]
    assert 1.85 < observed_order(values) < 3.0


START, LENGTH, SPACING = 800.0, 640.0, 2.0  # s of the run on which the integrator is measured


@pytest.fixture(scope="module", params=(None, Body(100.0, 0.05)), ids=("isothermal", "with heat"))
def decay(request):
    """A discharge at constant power: the system, its control, and the states every 2 s to near rounding."""
    cell = cellsim.load("marquis2019")
    sys = cellsim.SPMe((10, 4, 10), 12).discretise(cell, 298.15, request.param)
    control = layout.Control(layout.POWER, 90.0, START + LENGTH, 0.0, 10.0, 0.0, np.inf, 1e-6, 1e-6)
    s, w = initial_state(cell, sys, 0.5), scratch.allocate(sys)
    assert start.settle(sys, control, s, w, 1e-11) == march.RUNNING
    states = exact_states(sys, control, s, w, first=1e-4, rtol=1e-11, spacing=SPACING, near=1e-9)
    return sys, control, w, states


def error_of_fixed_steps(decay, order, h):
    """Error of the current, with heat of the temperature, after LENGTH s of equal steps h, from exact history."""
    sys, stride = decay[0], round(h / SPACING)
    ended, exact = after_equal_steps(decay, order, start=START, stride=stride, length=LENGTH, spacing=SPACING)
    return abs(ended.cell["I"] - exact.cell["I"] if sys.heat.capacity == 0.0 else ended.T[0] - exact.T[0])


@pytest.mark.parametrize("order, h", [(1, 16.0), (2, 16.0), (3, 32.0), (4, 32.0), (5, 64.0)])
def test_the_integrator_has_the_order_it_is_designed_for(decay, order, h):
    """Steps h and h / 2, as large as leaves the error well above Newton's tolerance; order within 0.15."""
    observed = np.log2(error_of_fixed_steps(decay, order, h) / error_of_fixed_steps(decay, order, h / 2.0))
    assert observed == approx(order, abs=0.15)


@pytest.mark.parametrize("model", (cellsim.DFN((5, 2, 4), 7), cellsim.SPMe((5, 2, 4), 7), cellsim.SPM(7)))
def test_a_buffer_has_room_for_what_kernels_put_there(model):
    """As many numbers as the arrays of `allocate`, `remember` and the profile's memory hold that Python would make."""
    sys = model.discretise(cellsim.load("marquis2019"), 298.15)
    s = initial_state(sys=sys, cell=cellsim.load("marquis2019"), soc=0.5)
    buffer = task.Buffer(4, sys.sizes)
    assert buffer.states.shape == (4, s.size) and layout.numbers(sys) == s.size
    assert buffer.memory.size == sum(array.size for array in history.remember(s, 1.0)) >= 3 + profile.ROWS_KEPT * s.size
    room = 8 * (buffer.whole.size - buffer.times.size - buffer.states.size - buffer.memory.size)
    assert room == sum(array.nbytes for array in scratch.allocate(sys))
