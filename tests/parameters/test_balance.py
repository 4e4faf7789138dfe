"""States of charge as a balance of lithium: windows follow from what a cell holds and from its cut-off voltages."""

import copy
import pickle

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import Ending
from cellsim.models import capacity_between_cutoffs, open_circuit_voltage, soc_at_voltage
from cellsim.parameters import Cell
from cellsim.parameters.balance import WINDOWS, Windows
from cellsim.parameters.equilibrium import AMOUNT, Balance
from cellsim.parameters.load import read
from cellsim.physics.constants import F

M50, LAB = "lgm50_chen2020", "lab_nmc811_lpscl_li"
NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
X = np.linspace(0.0, 1.0, 101)
LOWER, UPPER = "cell/lower voltage cut-off", "cell/upper voltage cut-off"
OCP = f"{POSITIVE}/open-circuit potential"


def windows(cell):
    """Stoichiometries: negative minimum and maximum, positive minimum and maximum."""
    return [cell.value(path) for path in WINDOWS if cell.has(path)]


def lithium(cell, soc):
    """Lithium in both electrodes at rest [mol per m2]."""
    x = cellsim.models.initial.stoichiometries(cell, soc)
    return sum(
        x * np.prod([cell.value(f"{part}/{key}") for key in AMOUNT])
        for x, part in zip(x, (NEGATIVE, POSITIVE), strict=True)
    )


def scaled(name, **factors):
    """A variation with quantities of the negative electrode times factors."""
    cell = cellsim.load(name)
    return cell.with_(
        {
            f"{NEGATIVE}/{key.replace('_', ' ')}": f * cell.value(f"{NEGATIVE}/{key.replace('_', ' ')}")
            for key, f in factors.items()
        }
    )


@pytest.mark.parametrize("thickness, concentration", [(0.9, 1.0), (1.2, 1.0), (1.0, 1.1), (1.1, 0.93)])
def test_windows_are_those_of_pybamm(thickness, concentration):
    """Its electrode state of health of the same electrodes and lithium, to 1e-6: the tolerance of its solver."""
    pybamm = pytest.importorskip("pybamm")
    pybamm.set_logging_level("ERROR")
    cell = cellsim.load(M50)
    amounts = [
        F / 3600.0 * cell.value("cell/electrode area") * np.prod([cell.value(f"{part}/{key}") for key in AMOUNT])
        for part in (NEGATIVE, POSITIVE)
    ]
    values = pybamm.ParameterValues("Chen2020")
    held = lithium(cell, 1.0) * F / 3600.0 * cell.value("cell/electrode area")
    solver = pybamm.lithium_ion.ElectrodeSOHSolver(values, pybamm.LithiumIonParameters())
    theirs = solver.solve({"Q_n": amounts[0] * thickness * concentration, "Q_p": amounts[1], "Q_Li": held})
    found = windows(scaled(M50, thickness=thickness, maximum_concentration=concentration))
    assert found == approx([float(np.ravel(theirs[k])[0]) for k in ("x_0", "x_100", "y_100", "y_0")], abs=1e-6)


def test_a_thicker_coating_has_the_same_lithium_at_both_ends_of_a_slow_run():
    """Charge at C/50 takes what the discharge gives, and the state of charge stays within 0 to 1.

    Overpotentials at C/50 cost under 1 % of the charge at either end.
    """
    cell = scaled(M50, thickness=0.9)
    full = capacity_between_cutoffs(cell)
    assert 4.8 < full < capacity_between_cutoffs(cellsim.load(M50))
    held, passed = [], []
    for protocol, soc in (("Discharge at C/50 until 2.5 V", 1.0), ("Charge at C/50 until 4.2 V", 0.0)):
        run = cellsim.simulate(cell, protocol, soc=soc)
        held += [sum(run[f"Total lithium in {e} electrode [mol]"] for e in ("negative", "positive"))]
        passed.append(run.discharge_capacity + run.charge_capacity)
        assert run["State of charge"].min() > -1e-9 and run["State of charge"].max() < 1.0 + 1e-9
    assert passed == approx([full, full], rel=0.01) and max(passed) <= full
    assert np.concatenate(held) == approx(held[0][0], rel=1e-9)


@pytest.mark.parametrize("name", ["lgm50_chen2020", "leaf_2018", "sony_vtc5a", "ecker2015", "nmc811_lpscl_si"])
def test_random_designs_hold_their_lithium(name):
    """Lithium per positive active material stays to rounding, the ends stay at the cut-off voltages.

    To 1 mV: potentials are tabulated, with errors like that only where they fall by volts within a hundredth.
    """
    draw, cell = np.random.default_rng(5), cellsim.load(name)
    T = cell.value("cell/reference temperature")
    amount = lambda c: np.prod([c.value(f"{POSITIVE}/{k}") for k in AMOUNT])  # noqa: E731
    ends = [open_circuit_voltage(cell, z, T) for z in (0.0, 1.0)]
    paths = [f"{part}/{key}" for part in (NEGATIVE, POSITIVE) for key in ("thickness", "maximum concentration")]
    for _ in range(20):
        other = cell.with_({path: cell.value(path) * draw.uniform(0.9, 1.15) for path in paths})
        for z in (0.0, 1.0):
            assert lithium(other, z) / amount(other) == approx(lithium(cell, z) / amount(cell), rel=1e-12)
        found = [open_circuit_voltage(other, z, T) for z in (0.0, 1.0)]
        if name != "nmc811_lpscl_si":  # whose windows end before the cut-off voltages
            assert found == approx(ends, abs=1e-3)
        assert cell.value(LOWER) - 1e-3 <= found[0] < found[1] <= cell.value(UPPER) + 1e-3


def test_windows_do_not_depend_on_the_way():
    """Changes one by one, in another order, all at once, and back again."""
    cell = cellsim.load(M50)
    a, b = {f"{NEGATIVE}/thickness": 80e-6}, {UPPER: 4.1, f"{POSITIVE}/maximum concentration": 62e3}
    found = [windows(c) for c in (cell.with_(a).with_(b), cell.with_(b).with_(a), cell.with_(a | b))]
    assert found[0] == found[1] == found[2] != windows(cell)
    back = {path: cell.value(path) for path in a | b}
    assert windows(cell.with_(a).with_(b).with_(back)) == windows(cell)
    both = {f"{part}/thickness": 1.7 * cell.value(f"{part}/thickness") for part in (NEGATIVE, POSITIVE)}
    assert windows(cell.with_(both)) == windows(cell)  # the balance of the electrodes is the same
    tiny = windows(cell.with_({f"{NEGATIVE}/thickness": 85.2e-6 * (1.0 + 1e-9)}))
    assert tiny == approx(windows(cell), abs=1e-8)


def test_cut_off_voltages_move_the_ends():
    """Full is at the upper one, empty at the lower one, and a start by voltage knows it."""
    cell = cellsim.load(M50)
    for lower, upper in ((2.5, 4.1), (2.8, 4.3), (3.0, 4.2)):
        other = cell.with_({LOWER: lower, UPPER: upper})
        assert [open_circuit_voltage(other, z, 298.15) for z in (0.0, 1.0)] == approx([lower, upper], abs=1e-6)
        assert soc_at_voltage(other, upper) == approx(1.0, abs=1e-6)
    for upper, start in ((4.3, {"voltage": 4.3}), (4.1, {"soc": 1.0})):
        run = cellsim.simulate(cell.with_({UPPER: upper}), "Rest for 1 s", **start)
        assert run["Voltage [V]"][0] == approx(upper, abs=1e-4)  # potentials are tabulated once more for a run


def test_a_window_that_ends_before_the_cut_off_voltage_is_a_limit_of_the_positive_electrode():
    """The lab cell is empty at 0.93, at 3.57 V: lower cut-offs change nothing, higher ones do; it is full at 4.25 V."""
    cell = cellsim.load(LAB)
    assert windows(cell) == [0.195, 0.93] and "3.567 V" in cell.remarks[0]
    assert windows(cell.with_({LOWER: 2.0, f"{POSITIVE}/thickness": 1e-4})) == [0.195, 0.93]
    other = cell.with_({LOWER: 3.7, UPPER: 4.1})
    assert [open_circuit_voltage(other, z, 298.15) for z in (0.0, 1.0)] == approx([3.7, 4.1], abs=1e-5)
    other = cell.with_({OCP: "4.6 - x"})
    assert windows(other) == approx([4.6 - 4.25, 0.93], abs=1e-5)  # the window was printed to 1e-6 V


@pytest.mark.parametrize(
    "name, changes",
    [
        ("lgm50_chen2020", {"positive electrode/open-circuit potential": "1 - 0.5 * x"}),
        ("lgm50_chen2020", {"cell/lower voltage cut-off": 4.6, "cell/upper voltage cut-off": 4.9}),
        ("target_nmc811_lpscl_li", {"positive electrode/open-circuit potential": "1 - 0.5 * x"}),
    ],
)
def test_a_variation_without_charge_between_its_cut_off_voltages_is_refused(name, changes):
    """It would have a state of charge that is not a number."""
    with pytest.raises(cellsim.ParameterError, match="no charge is left between the cut-off voltages of"):
        cellsim.load(name).with_(changes)


def test_a_lower_cut_off_of_nothing_runs():
    """Half cells are discharged to 0 V; at a power, too, whose rate goes by the voltage."""
    cell = cellsim.load(M50).with_({LOWER: 0.0})
    for protocol in ("Discharge at 1C until 2.5 V", "Discharge at 10 W until 3 V"):
        assert cellsim.simulate(cell, protocol, soc=0.5).endings[0] is Ending.LOWER_VOLTAGE


def test_stated_windows_are_kept_and_the_other_electrode_follows():
    """One end: its partner moves; both electrodes: taken as they are, or refused where they disagree."""
    cell = cellsim.load(M50)
    low = cell.with_({f"{NEGATIVE}/minimum stoichiometry": 0.0})
    assert windows(low)[:3] == [0.0, *windows(cell)[1:3]] and lithium(low, 0.0) == approx(lithium(cell, 0.0), rel=1e-14)
    run = cellsim.simulate(low, "Charge at C/20 for 1 hour", soc=0.0)
    assert run.charge_capacity == approx(0.25, rel=1e-9)  # A.h, C/20 of 5
    with pytest.raises(cellsim.ParameterError, match="differ in charge, with 4.*negative and 5"):
        cell.with_({f"{NEGATIVE}/maximum stoichiometry": 0.8, f"{POSITIVE}/maximum stoichiometry": 0.86})
    near = cell.with_({f"{NEGATIVE}/maximum stoichiometry": 0.91, f"{POSITIVE}/maximum stoichiometry": 0.86})
    assert "differ by" in near.remarks[-1] and lithium(near, 0.0) == approx(lithium(near, 1.0), rel=1e-12)
    with pytest.raises(cellsim.ParameterError, match="would be 1.[0-9]* to conserve the cell's lithium"):
        cell.with_({f"{POSITIVE}/minimum stoichiometry": 0.1})
    wide = cell.with_({f"{NEGATIVE}/minimum stoichiometry": 0.0, f"{NEGATIVE}/thickness": 90e-6})
    assert wide.value(f"{NEGATIVE}/minimum stoichiometry") == 0.0
    held = [lithium(wide, z) for z in (0.0, 1.0)]
    assert held == approx([lithium(cell, 0.0)] * 2, rel=1e-10)  # to which the printed windows agree


def test_a_variation_is_the_same_when_it_is_read_again():
    """Windows and laws, which keep the range of their data, from JSON and from another process."""
    cell = scaled("sony_vtc5a", thickness=1.1).with_({UPPER: 4.35})
    for other in (Cell.from_json(cell.to_json(), cell.name), pickle.loads(pickle.dumps(cell))):
        assert windows(other) == windows(cell)
        assert other.law(OCP) == cell.law(OCP)
        assert other.law(OCP)(X, 293.15).tolist() == cell.law(OCP)(X, 293.15).tolist()


def test_windows_of_a_file_are_balanced_or_refused():
    """Printed to two digits they are balanced, saying so; a coating edited by hand is refused (test_parameters.py)."""
    raw = cellsim.load(M50).to_json()
    for path in WINDOWS:
        section, _, key = path.partition("/")
        raw[section][key]["value"] = round(raw[section][key]["value"], 2)
    cell = Cell.from_json(copy.deepcopy(raw), "rounded")
    assert "differ by" in cell.remarks[0] and lithium(cell, 0.0) == approx(lithium(cell, 1.0), rel=1e-12)
    assert windows(cell) == approx(windows(cellsim.load(M50)), abs=0.01)
    assert windows(Cell.from_json(cell.to_json(), "again")) == windows(cell)
    assert cellsim.load(M50).remarks == ()


@pytest.mark.parametrize("name", cellsim.cells())
def test_shipped_sets_are_balanced(name):
    """To the digits their windows are printed with, so that none of them is changed on reading."""
    cell = cellsim.load(name)
    balance, w = Balance.of(cell), Windows.of(cell)
    assert balance.lithium(w.empty) == approx(balance.lithium(w.full), rel=1e-4) or not balance.ratio
    raw = read(cell.path)
    assert windows(cell) == [raw[s][k]["value"] for s, _, k in (path.partition("/") for path in WINDOWS) if k in raw[s]]


def test_a_conductor_below_its_percolation_threshold_is_refused():
    """With the threshold and the remedy, in a file and in a variation; for electrons, too."""
    cell = cellsim.load("lab_nmc811_lpscl_li")
    threshold = cell.value(f"{POSITIVE}/percolation threshold")
    with pytest.raises(cellsim.ParameterError, match=f"not above the percolation threshold of {threshold:g}: no ions"):
        cell.with_({f"{POSITIVE}/electrolyte volume fraction": threshold})
    with pytest.raises(cellsim.ParameterError, match="electronic percolation threshold of 0.8: no electrons"):
        cell.with_(
            {f"{POSITIVE}/electronic percolation threshold": 0.8, f"{POSITIVE}/electronic percolation exponent": 2.0}
        )
