"""Distributions of particle size: limits, moments, PyBaMM's MPM, and wrong input."""

import csv
from pathlib import Path

import numpy as np
import pytest
from composite_cells import NEGATIVE, POSITIVE, parted
from pytest import approx

import cellsim
from cellsim import DFN, SPM, ParameterError, SPMe, discharge
from cellsim.models.kinds import kinds, merged, sizes

MARQUIS, V = "marquis2019", "Voltage [V]"
RADIUS, SPREAD, CLASSES, HISTOGRAM = (
    "particle radius",
    "particle radius standard deviation",
    "particle size classes",
    "particle size histogram",
)
MODELS = {"DFN": DFN((6, 4, 6), 8), "SPMe": SPMe((6, 4, 6), 8), "SPM": SPM(8)}
HOME = Path(__file__).parents[1] / "reference"


def spread_out(share, classes=9, name=MARQUIS):
    """The cell with lognormal distributions of both electrodes, whose standard deviations are shares of the radii."""
    cell = cellsim.load(name)
    changes = {f"{part}/{SPREAD}": share * cell.value(f"{part}/{RADIUS}") for part in (NEGATIVE, POSITIVE)}
    return cell.with_(changes | {f"{part}/{CLASSES}": classes for part in (NEGATIVE, POSITIVE)})


@pytest.mark.parametrize("kind", MODELS)
def test_a_narrow_distribution_is_one_size(kind):
    """As the spread goes to nothing; its square is what the voltage changes by, 1e-9 of some 10 mV at 1e-5."""
    steps = "Discharge at 1C for 30 minutes; Rest for 5 minutes"
    whole, narrow = (cellsim.simulate(cell, steps, MODELS[kind], rtol=1e-10) for cell in (MARQUIS, spread_out(1e-5, 5)))
    ends = [step.t_end for step in whole.steps]
    assert narrow.at(V, ends) == approx(whole.at(V, ends), abs=1e-8)
    near = [cellsim.simulate(spread_out(s, 5), steps, MODELS[kind], rtol=1e-10).at(V, ends) for s in (0.02, 0.04)]
    assert (near[1] - whole.at(V, ends)) / (near[0] - whole.at(V, ends)) == approx(4.0, abs=0.1)


@pytest.mark.parametrize("kind", MODELS)
def test_equal_classes_are_a_single_particle(kind):
    """A histogram with two radii that differ by the last digits only."""
    cell = cellsim.load(MARQUIS)
    R = cell.value(f"{NEGATIVE}/{RADIUS}")
    equal = cell.with_({f"{NEGATIVE}/{HISTOGRAM}": ([R, R * (1.0 + 1e-12)], [0.3, 0.7])})
    assert len(kinds(equal)[0]) == 2
    one, two = (cellsim.simulate(c, discharge(1.0, duration=1800.0), MODELS[kind], rtol=1e-10) for c in (cell, equal))
    assert two[V][-1] == approx(one[V][-1], abs=1e-9)


@pytest.mark.parametrize("classes", (2, 5, 30))
@pytest.mark.parametrize("share", (0.1, 0.3, 0.6))
def test_moments_of_the_classes(share, classes):
    """Mean and standard deviation by surface are those stated, and the amount of lithium that of the mean radius."""
    cell = spread_out(share, classes)
    R, w = sizes(cell, NEGATIVE)
    mean = cell.value(f"{NEGATIVE}/{RADIUS}")
    assert w.sum() == approx(1.0, rel=1e-12) and w @ R == approx(mean, rel=1e-12)
    assert np.sqrt(w @ (R - mean) ** 2) == approx(share * mean, rel=1e-9)  # squares of 1e-13 in ratios of 1.01
    runs = [cellsim.simulate(c, discharge(1.0, duration=60.0), SPM(8)) for c in (MARQUIS, cell)]
    name = "Total lithium in negative electrode [mol]"
    assert runs[1][name][0] == approx(runs[0][name][0], rel=1e-10)
    total = runs[1]["Total lithium in particles [mol]"]
    assert total == approx(total[0], rel=1e-10)


@pytest.mark.parametrize("rate", ("0p2", "1", "2"))
def test_it_is_pybamm_s_many_particle_model(rate):
    """SPM with distributions is PyBaMM's MPM.  Its 30 equal classes up to 2.5 radii are 0.25 mV from the limit."""
    with open(HOME / f"pybamm_mpm_dis_{rate}.csv", encoding="utf-8") as file:
        t, expected = np.array([row for row in csv.reader(x for x in file if not x.startswith("#"))], float).T
    for classes, bound in ((9, 0.5e-3), (20, 0.3e-3)):
        step = discharge(float(rate.replace("p", ".")))
        run = cellsim.simulate(spread_out(0.3, classes), step, SPM(20), soc=None, rtol=1e-7)
        t_in = t[t <= run.t[-1]]
        assert np.sqrt(np.mean((run.at(V, t_in) - expected[: t_in.size]) ** 2)) < bound


def test_classes_converge():
    """DFN at 1C: nine classes are within 0.5 mV rms of forty, five within 1.5 mV."""
    t = np.arange(60.0, 3300.0, 60.0)
    many, nine, five = (
        cellsim.simulate(spread_out(0.3, n), discharge(1.0), MODELS["DFN"]).at(V, t) for n in (40, 9, 5)
    )
    assert np.sqrt(np.mean((nine - many) ** 2)) < 0.5e-3
    assert np.sqrt(np.mean((five - many) ** 2)) < 1.5e-3


def wide(name, share, **more):
    """A set with lognormal distributions whose number of classes is left open, and one of 90 classes each."""
    cell = cellsim.load(name)
    parts = [part for part in (NEGATIVE, POSITIVE) if cell.text(f"{part}/type") == "porous"]
    cell = cell.with_({f"{part}/{SPREAD}": share * cell.value(f"{part}/{RADIUS}") for part in parts})
    return cell, cell.with_({f"{part}/{CLASSES}": 90 for part in parts})


def off(cell, many, rate, **how):
    """Rms difference of the voltage [V] of a discharge over its first 95 %, on one mesh of particles."""
    runs = [cellsim.simulate(c, discharge(rate), SPM(20), rtol=1e-5, **how) for c in (many, cell)]
    t = np.linspace(0.0, 0.95 * runs[0].t[-1], 150)
    return np.sqrt(np.mean((runs[1].at(V, t) - runs[0].at(V, t)) ** 2))


@pytest.mark.parametrize("share", (0.15, 0.45, 0.8))
@pytest.mark.parametrize("name", ("sony_vtc5a", "enertech_ai2020", "target_nmc811_lpscl_li", "lgm50_composite"))
def test_as_many_classes_as_the_accuracy_needs(name, share):
    """The share of either electrode is 0.35 of the accuracy, of both together half; sets that no rule was made with."""
    cell = cellsim.load(name)
    if name == "lgm50_composite":  # of its positive electrode
        cell = cell.with_({f"{POSITIVE}/{SPREAD}": share * cell.value(f"{POSITIVE}/{RADIUS}")})
        many = cell.with_({f"{POSITIVE}/{CLASSES}": 90})
    else:
        cell, many = wide(name, share)
    for rate in (0.3, 2.0):
        assert off(cell, many, rate) < 0.5e-3
    assert off(cell, many, 1.0, accuracy=2e-4) < 1e-4


def test_classes_follow_accuracy_and_spread():
    """Fewer for a coarser result, more for a finer one or a wider distribution; what is stated stays."""
    from cellsim.models.kinds import sized

    cell, stated = wide(MARQUIS, 0.3)
    counts = [len(kinds(sized(cell, accuracy))[0]) for accuracy in (1e-2, 1e-3, 1e-4)]
    assert counts[0] < len(kinds(cell)[0]) == counts[1] < counts[2]
    assert len(kinds(wide(MARQUIS, 1.0)[0])[0]) > counts[1]
    assert len(kinds(sized(stated, 1e-4))[0]) == 90 and sized(cellsim.load(MARQUIS), 1e-4) is cellsim.load(MARQUIS)


def test_a_run_goes_on_with_its_classes():
    """One that was more accurate, with the cell as it was given, and its derivatives do not jump with the number."""
    cell, _ = wide(MARQUIS, 0.3)
    first = cellsim.simulate(cell, discharge(1.0, duration=600.0), SPM(), accuracy=2e-4)
    more = cellsim.simulate(cell, discharge(1.0, duration=600.0), start=first)
    assert first.final_state.cell == more.final_state.cell != cell
    path, step, h = f"{NEGATIVE}/{SPREAD}", discharge(1.0, duration=600.0), 0.03
    found = cellsim.derivatives(cell, step, path, times=[500.0, 600.0], model=SPM(8))
    value, same = cell.value(path), {f"{NEGATIVE}/{CLASSES}": len(kinds(cell)[0])}
    moved = [cell.with_({path: value * (1.0 + k)}) for k in (h, -h)]
    assert len({len(kinds(one)[0]) for one in moved}) == 2  # so that this asks something
    ends = [cellsim.simulate(one.with_(same), step, SPM(8), rtol=1e-9)[V][-1] for one in moved]
    assert found.values[V][path][-1] == approx((ends[0] - ends[1]) / (2.0 * h * value), rel=1e-3)  # h squared


def test_radii_of_a_histogram_are_merged_as_the_accuracy_allows():
    """Surface, volume and mean stay to rounding; sixty radii need not be computed, and the voltage shows it no more."""
    cell = cellsim.load(MARQUIS)
    changes = {}
    for part in (NEGATIVE, POSITIVE):
        R = cell.value(f"{part}/{RADIUS}")
        x = np.geomspace(0.25, 4.0, 60)
        w = np.exp(-0.5 * (np.log(x / 0.6) / 0.2) ** 2) + 0.5 * np.exp(-0.5 * (np.log(x / 2.0) / 0.25) ** 2)
        w /= w.sum()
        changes[f"{part}/{HISTOGRAM}"] = (x * (R / (w @ x)), w)
    cell = cell.with_(changes)
    all_of_them = cell.with_({f"{part}/{CLASSES}": 60 for part in (NEGATIVE, POSITIVE)})
    assert len(kinds(all_of_them)[0]) == 60 > len(kinds(cell)[0])
    for rate in (0.5, 2.0):
        assert off(cell, all_of_them, rate) < 0.5e-3
    R, w = merged(x, w, 7, 0.0)
    assert R.size == 7 and w.sum() == approx(1.0, rel=1e-12) and (np.diff(R) > 0.0).all()
    assert w @ R == approx(changes[f"{NEGATIVE}/{HISTOGRAM}"][1] @ x, rel=1e-12)


def test_distributions_within_phases():
    """A phase may have sizes of its own; phases that are alike and as wide are one electrode that is as wide."""
    cell = cellsim.load("lgm50_chen2020")
    sd = 0.25 * cell.value(f"{NEGATIVE}/{RADIUS}")
    whole = cell.with_({f"{NEGATIVE}/{SPREAD}": sd, f"{NEGATIVE}/{CLASSES}": 4})
    halves = parted(cell, (0.5, 0.5))
    halves = halves.with_(
        {
            f"{NEGATIVE}/{phase}/{key}": x
            for phase in ("primary", "secondary")
            for key, x in ((SPREAD, sd), (CLASSES, 4))
        }
    )
    assert [len(side) for side in kinds(halves)] == [8, 1]
    one, two = (cellsim.simulate(c, discharge(1.0, duration=1800.0), SPM(8), rtol=1e-10) for c in (whole, halves))
    assert two[V][-1] == approx(one[V][-1], abs=1e-9)
    name = "Negative primary particle surface concentration [mol.m-3]"
    assert two[name] == approx(two[name.replace("primary", "secondary")], rel=1e-9)


def test_impedance_of_a_distribution():
    """That of one size where the spread vanishes, and at 1 uHz, where all of the lithium answers; else another one."""
    f = [1e-6, 1e-3]
    one, narrow, wide = (cellsim.impedance(c, f, SPM(8)) for c in (MARQUIS, spread_out(1e-5, 5), spread_out(0.5)))
    assert narrow.impedance == approx(one.impedance, rel=1e-8)
    assert wide.impedance[0].imag == approx(one.impedance[0].imag, rel=1e-3)
    assert abs(wide.impedance[1] / one.impedance[1] - 1.0) > 5e-3


@pytest.mark.parametrize(
    "changes, words",
    [
        ({HISTOGRAM: ([1e-5, 1.2e-5], [0.5, -0.5])}, "shares of the surface must not be below 0"),
        ({HISTOGRAM: ([1.0, 2.0], [0.5, 0.5])}, "check their unit"),
        ({HISTOGRAM: ([1e-5, 1.2e-5], [0.5, 0.5])}, "is not the mean of the histogram by surface, 1.1e-05 m"),
        ({HISTOGRAM: ([1e-5, 1e-5], [0.5, 0.5])}, "more than once"),
        ({HISTOGRAM: "1 + x"}, "give radii .* and shares"),
        ({HISTOGRAM: 3.0}, "a pair .* of points"),
        ({HISTOGRAM: ([0.8e-5, 1.2e-5], [0.5, 0.5]), SPREAD: 1e-6}, "beside a standard deviation"),
        ({SPREAD: -1e-6}, "outside 0 to 0.001"),
        ({CLASSES: 1000}, "outside 1 to 100"),
        ({CLASSES: 2.5, SPREAD: 1e-6}, "2.5 is no whole number"),
    ],
)
def test_wrong_distributions_are_refused(changes, words):
    with pytest.raises(ParameterError, match=words):
        cellsim.load(MARQUIS).with_({f"{NEGATIVE}/{key}": value for key, value in changes.items()})


def test_an_unsorted_histogram_of_a_file_is_refused():
    raw = cellsim.load(MARQUIS).to_json()
    raw[NEGATIVE][HISTOGRAM] = {
        "table": {"x": [1.2e-5, 0.8e-5], "y": [0.5, 0.5]},
        "unit": "1",
        "source": next(iter(raw["sources"])),
        "method": "assumed",
    }
    with pytest.raises(ParameterError, match="particle size histogram: a table needs .* x increasing"):
        cellsim.Cell.from_json(raw, "wrong")


def test_a_radius_that_varies_over_an_electrode_has_one_size():
    """A profile of the radius and a distribution exclude each other."""
    radius = cellsim.load(MARQUIS).value(f"{NEGATIVE}/{RADIUS}")
    graded = cellsim.load(MARQUIS).with_({f"{NEGATIVE}/{RADIUS}": f"{radius}*(1 + 0.2*x)"})
    with pytest.raises(ParameterError, match="a radius that varies over the electrode has no distribution"):
        graded.with_({f"{NEGATIVE}/{SPREAD}": 1e-6})


def test_what_goes_to_pybamm_has_one_size():
    """Models of PyBaMM without the distribution are refused."""
    with pytest.raises(ParameterError, match="distribution of sizes"):
        cellsim.to_pybamm(spread_out(0.3))
