"""Electrode state of health: windows, capacity, its derivatives, and what ends a window."""

import math

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ParameterError
from cellsim.models import capacity_between_cutoffs, open_circuit_voltage
from cellsim.models.health.esoh import Inventory, electrode_soh, inventory, solved
from cellsim.models.health.potentials import HalfCells, Potential, half_cells
from cellsim.models.initial import stoichiometries
from cellsim.studies.life.health.losses import capacity_lost

M50, METAL = "lgm50_chen2020", "target_nmc811_lpscl_li"


def line(a, b):
    """A potential a - b x without barriers."""
    return Potential.of(lambda x: a - b * x, barriers=False)


STRAIGHT = HalfCells(line(1.0, 0.8), line(5.0, 1.4))  # V = 4 + 0.8 x - 1.4 y


@pytest.mark.parametrize("Q_n, Q_p, Q_Li", [(1.0, 1.0, 1.0), (0.9, 0.93, 0.85)])
def test_windows_are_those_of_pybamm(Q_n, Q_p, Q_Li):
    """Of fresh and aged LG M50 cells, to 1e-6: the tolerance of its solver."""
    pybamm = pytest.importorskip("pybamm")
    pybamm.set_logging_level("ERROR")
    cell = cellsim.load(M50)
    amounts = Inventory(*np.array(inventory(cell)) * [Q_n, Q_p, Q_Li])
    solver = pybamm.lithium_ion.ElectrodeSOHSolver(pybamm.ParameterValues("Chen2020"), pybamm.LithiumIonParameters())
    theirs = solver.solve(amounts._asdict())
    ours = electrode_soh(cell, *amounts).columns()
    for name in ("x_0", "x_100", "y_100", "y_0", "Q", "Negative positive ratio", "Practical negative positive ratio"):
        assert ours[name] == approx(float(np.ravel(theirs[name])[0]), abs=2e-6 * (amounts.Q_p if name == "Q" else 1.0))
    for name in ("Un(x_100)", "Up(y_100)", "Up(y_0)"):  # where a potential is as steep as 1 V per stoichiometry
        assert ours[name] == approx(float(np.ravel(theirs[name])[0]), abs=1e-5)


def test_a_fresh_cell_has_the_windows_of_its_set():
    """Which are printed to four digits; the ends are at the cut-off voltages."""
    cell = cellsim.load(M50)
    soh = electrode_soh(cell)
    assert (soh.full.x, soh.full.y) == approx(stoichiometries(cell, 1.0), abs=2e-4)
    assert (soh.empty.x, soh.empty.y) == approx(stoichiometries(cell, 0.0), abs=2e-4)
    assert soh.capacity == approx(capacity_between_cutoffs(cell), rel=5e-4)
    assert soh.full.U_p - soh.full.U_n == approx(4.2, abs=1e-9)
    assert soh.empty.U_p - soh.empty.U_n == approx(2.5, abs=1e-9)
    assert soh.limits == ("voltage", "voltage")


def test_straight_potentials_give_the_closed_form():
    """V = 4 + 0.8 x - 1.4 y with 2 x + y = 1.5 (Ah): y = (4.6 - V)/1.8; all to rounding."""
    soh = solved(STRAIGHT, Inventory(2.0, 1.0, 1.5), 3.4, 4.2)
    assert (soh.full.y, soh.empty.y) == approx((0.4 / 1.8, 1.2 / 1.8), abs=1e-12)
    assert soh.capacity == approx(0.8 / 1.8, abs=1e-12)
    # C = (V_max - V_min)/(0.8/Q_n + 1.4/Q_p) does not depend on the lithium
    assert soh.sensitivity == approx((0.8 * 0.8 / 4.0 / 1.8**2, 0.8 * 1.4 / 1.8**2, 0.0), abs=1e-10)


@pytest.mark.parametrize("name", [M50, "leaf_2018", "sony_vtc5a", "ecker2015", "marquis2019", METAL])
@pytest.mark.parametrize("lost", [0.0, 0.13])
def test_derivatives_agree_with_differences(name, lost):
    """Central differences of step h = 1e-4: their error is h^2 times the third derivative, below 1e-4 of Ah/Ah where
    windows do not end at the steps of graphite; the homogeneity of the capacity holds to rounding."""
    cell = cellsim.load(name)
    amounts = np.array(inventory(cell)) * [1.0 - 0.5 * lost, 1.0 - 0.2 * lost, 1.0 - lost]
    limits = cell.value("cell/lower voltage cut-off"), cell.value("cell/upper voltage cut-off")
    cells = half_cells(cell)
    soh = solved(cells, Inventory(*amounts), *limits)
    for k in range(1 if cells.metal else 0, 3):
        step = np.zeros(3)
        step[k] = 1e-4 * amounts[k]
        more, less = (solved(cells, Inventory(*(amounts + s * step)), *limits).capacity for s in (1, -1))
        assert soh.sensitivity[k] == approx((more - less) / (2.0 * step[k]), abs=1e-4)
    first = 1 if cells.metal else 0
    if not cells.metal or soh.empty.limit == "lithium exhausted":
        assert np.dot(soh.sensitivity[first:], amounts[first:]) == approx(soh.capacity, rel=1e-9)


def test_what_ends_a_window_is_named():
    """By the lithium: too little empties the negative electrode before the voltage falls, too much fills it."""
    flat = HalfCells(line(0.2, 0.01), line(3.5, 0.01))  # cut-offs are never met
    assert solved(flat, Inventory(1.0, 1.0, 0.8), 2.5, 4.2).limits == (
        "negative electrode empty",
        "positive electrode empty",
    )
    assert solved(flat, Inventory(1.0, 1.0, 1.2), 2.5, 4.2).limits == (
        "positive electrode full",
        "negative electrode full",
    )
    shut = solved(STRAIGHT, Inventory(2.0, 1.0, 1.5), 1.0, 1.1)  # never that low: nothing to discharge
    assert shut.capacity == 0.0 and shut.limits == ("positive electrode full", "positive electrode full")
    soh = electrode_soh(cellsim.load(M50), V_min=0.5)  # only the barrier brings the voltage down
    assert soh.limits == ("negative electrode empty", "voltage") and soh.empty.x < 1e-3
    assert "ends by the negative electrode empty" in str(soh)


def test_bound_ends_have_the_derivatives_of_what_binds():
    """An empty and a full negative electrode leave C = Q_n, whatever the lithium."""
    flat = HalfCells(line(0.2, 0.01), line(3.5, 0.01))
    soh = solved(flat, Inventory(0.5, 1.0, 0.7), 2.5, 4.2)
    assert soh.limits == ("negative electrode empty", "negative electrode full")
    assert soh.sensitivity == approx((1.0, 0.0, 0.0), abs=3e-5)  # EDGE at both ends
    assert soh.capacity == approx(0.5, abs=2e-5)


def test_lithium_metal_is_bound_by_the_positive_electrode_or_by_its_lithium():
    """With lithium to spare the window is that of the positive electrode; without, the lithium ends the discharge."""
    cell = cellsim.load(METAL)
    T = cell.value("cell/reference temperature")
    soh = electrode_soh(cell, V_min=open_circuit_voltage(cell, 0.0, T), V_max=open_circuit_voltage(cell, 1.0, T))
    assert soh.capacity == approx(capacity_between_cutoffs(cell), rel=1e-6)
    assert math.isnan(soh.full.x) and soh.sensitivity.Q_Li == 0.0 and soh.sensitivity.Q_n == 0.0
    held = soh.inventory.Q_p * soh.full.y + 0.8 * soh.capacity
    poor = electrode_soh(cell, Q_Li=held, V_min=soh.V_min, V_max=soh.V_max)
    assert poor.empty.limit == "lithium exhausted" and poor.sensitivity.Q_Li == approx(1.0)
    assert poor.capacity == approx(0.8 * soh.capacity, rel=1e-9)


def test_losses_add_up():
    """Lithium and material lost together; each alone is the difference that it makes by itself."""
    cell = cellsim.load(M50)
    cells, fresh, amounts = half_cells(cell), electrode_soh(cell), inventory(cell)
    aged = electrode_soh(cell, 0.9 * amounts.Q_n, 0.97 * amounts.Q_p, 0.88 * amounts.Q_Li)
    parts = capacity_lost(cells, fresh, aged)
    assert parts.total == approx(fresh.capacity - aged.capacity, rel=1e-9)
    assert abs(parts.remainder) <= 1e-5 * fresh.capacity and 0.5 * parts.total < parts.LLI
    less = electrode_soh(cell, Q_Li=0.95 * amounts.Q_Li)
    alone = capacity_lost(cells, fresh, less)
    assert alone.LAM_n == alone.LAM_p == 0.0 and approx(fresh.capacity - less.capacity, abs=1e-4) == alone.LLI


@pytest.mark.parametrize(
    "given, message",
    [
        ({"Q_Li": 50.0}, r"Q_Li 50 Ah: electrodes of .* hold between"),
        ({"Q_p": -1.0}, "Q_p -1: give a capacity above 0 in Ah"),
        ({"V_min": 4.3}, "V_min 4.3 V is not below V_max 4.2 V"),
        ({"Q_n": math.nan}, "Q_n nan: give a capacity"),
    ],
)
def test_wrong_input_is_refused(given, message):
    """In one sentence."""
    with pytest.raises(ParameterError, match=message):
        electrode_soh(cellsim.load(M50), **given)


def test_metal_whose_potential_depends_on_its_amount_is_refused():
    """As its windows would depend on more than the voltage."""
    cell = cellsim.load(METAL).with_({"negative electrode/vanishing charge": 100.0})
    with pytest.raises(ParameterError, match="vanishing charge"):
        electrode_soh(cell)


def test_potentials_are_those_of_the_cell():
    """Arrays, single values and slopes, at another temperature too; to the error of the table."""
    cell = cellsim.load("leaf_2018")
    z = np.linspace(0.05, 0.95, 19)
    for T in (None, 280.0):
        cells, (x, y) = half_cells(cell, T), stoichiometries(cell, z)
        assert cells.voltage(x, y) == approx(
            open_circuit_voltage(cell, z, T or cell.value("cell/reference temperature")), abs=1e-5
        )
        assert [cells.positive.at(v)[0] for v in y] == approx(cells.positive(y), abs=1e-12)
        h = 1e-6
        slopes = (cells.positive(y + h) - cells.positive(y - h)) / (2.0 * h)
        assert [cells.positive.at(v)[1] for v in y] == approx(slopes, rel=1e-4, abs=1e-4)
    edge = np.array([1e-4, 0.9999])
    assert [cells.positive.at(v)[0] for v in edge] == approx(cells.positive(edge), abs=1e-12)


@pytest.mark.parametrize("name", [M50, "leaf_2018", "ecker2015", "nmc811_lpscl_si", METAL])
def test_windows_do_not_depend_on_where_the_search_starts(name):
    """Of random amounts and limits; the voltage is met, or the end of the range is on the side that is named."""
    draw, cell = np.random.default_rng(7), cellsim.load(name)
    cells, fresh, near = half_cells(cell), inventory(cell), None
    V = cell.value("cell/lower voltage cut-off"), cell.value("cell/upper voltage cut-off")
    for _ in range(40):
        amounts = Inventory(*np.array(fresh) * draw.uniform(0.5, 1.1, 3))
        limits = V[0] + draw.uniform(-1.0, 0.3), V[1] + draw.uniform(-0.2, 1.0)
        try:
            soh = solved(cells, amounts, *limits)
        except ParameterError:
            continue
        again = solved(cells, amounts, *limits, near or soh.ends)
        assert (again.full.y, again.empty.y) == approx((soh.full.y, soh.empty.y), abs=1e-11)
        assert again.limits == soh.limits and again.full.y <= again.empty.y
        for end, limit in ((soh.empty, limits[0]), (soh.full, limits[1])):
            off = end.U_p - end.U_n - limit
            assert abs(off) < 1e-7 or end.limit != "voltage"
        near = soh.ends
