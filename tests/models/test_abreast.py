"""Variations that are made together: each bit for bit as it is alone, whatever is varied."""

import math
import random

import numpy as np
import pytest

import cellsim
from cellsim import CellsimError
from cellsim.models import memo, meshing, porous
from cellsim.models.memo import abreast, kept, kept_whenever
from cellsim.numerics.unsaid import UNSAID, Depends
from cellsim.numerics.varied import Varied, each, joined, same
from cellsim.simulation import plan, start
from cellsim.simulation.run import prepared

SETS = ("lgm50_chen2020", "target_nmc811_lpscl_li", "lgm50_composite", "okane2022", "miss2022_nmc", "chayambuka2022")
CACHES = (start.ground, start._at_rest, plan._plan, porous.build, meshing.resolution)
CASES = 5


def forget():
    """So that nothing that was made before is found again."""
    memo.forget()
    for each_one in CACHES:
        each_one.cache_clear()


def paths_of(cell):
    """Quantities of a cell that are numbers other than 0."""
    prefix = ("cell/", "negative electrode/", "separator/", "positive electrode/", "electrolyte/")
    rows = (path for path, *_ in cell.provenance().rows if path.startswith(prefix) and cell.is_number(path))
    return [path for path in rows if cell.value(path) != 0.0]


def variations(cell, paths, rng):
    """Some valid ones, with every one of the paths changed by up to a few percent."""
    found = []
    for _ in range(12 * CASES):
        changes = {path: cell.value(path) * (1.0 + rng.uniform(-0.03, 0.02)) for path in paths}
        try:
            found.append(cell.with_(changes))
        except CellsimError:
            continue
        if len(found) == CASES:
            return found
    return []


def begun(cell, protocol, T=None):
    """All that a run begins with, or the sentence by which it is refused."""
    try:
        run = prepared(cell, protocol, soc=0.4, temperature=T)
    except CellsimError as fault:
        return str(fault)
    return run.plan.model, tuple(run.sys), run.begun.state, run.begun.voltage, run.rtol, run.plan.per_hour


def compare(cell, paths, protocol, rng):
    """Whether there are such variations; those begun together are those begun alone."""
    cells = variations(cell, paths, rng)
    forget()
    with abreast(cells):
        together = [begun(one, protocol) for one in cells]
    for one, found in zip(cells, together, strict=True):
        forget()
        assert same(begun(one, protocol), found), paths
    return bool(cells)


@pytest.mark.parametrize("name", SETS)
def test_variations_begun_together_are_those_begun_alone(name):
    """Mesh, system, state, tolerance and refusals, of every number of a set by itself and of random groups of them."""
    cell, rng = cellsim.load(name), random.Random(name)
    protocol = "Charge at C/2 until 3.9 V; Rest for 5 minutes" if "chay" not in name else "Charge at C/2 for 1 minute"
    paths = paths_of(cell)
    alone = [compare(cell, [path], protocol, rng) for path in paths]
    groups = [compare(cell, rng.sample(paths, 3), protocol, rng) for _ in range(8)]
    assert sum(alone) > 0.6 * len(paths) and any(groups)


@pytest.mark.parametrize("name", SETS)
def test_runs_at_several_temperatures_begun_together_are_those_begun_alone(name):
    """Of one cell, and of variations of it, two of which may have the same temperature, others their own twice."""
    cell, rng = cellsim.load(name), random.Random(name)
    protocol = "Charge at C/2 until 3.9 V" if "chay" not in name else "Charge at C/2 for 1 minute"
    varied = variations(cell, rng.sample(paths_of(cell), 1), rng)
    T = [rng.uniform(288.15, 308.15) for _ in range(CASES)]
    for cells, at in (([cell] * CASES, T), (varied, T[: len(varied)]), ([cell] * 4 + varied[:1], [*T[:3], *T[:2]])):
        forget()
        with abreast(cells, at):
            together = [begun(one, protocol, each_T) for one, each_T in zip(cells, at, strict=True)]
        for one, each_T, found in zip(cells, at, together, strict=True):
            forget()
            assert same(begun(one, protocol, each_T), found)


def test_what_does_not_depend_on_the_temperature_is_made_once():
    """And what does, or may, for each; also of a variation that does where the cell does not."""
    cell, made = cellsim.load("lgm50_chen2020"), []
    path = "negative electrode/diffusivity activation energy"

    def look(one, T):
        made.append(T)
        E = one.value(path)
        return 1.0 if E == 0.0 else E / T

    assert cell.value(path) == 0.0
    assert [kept_whenever(look, cell, T) for T in (280.0, 290.0, 300.0)] == [1.0] * 3 and len(made) == 1
    warm = cell.with_({path: 3e4})
    assert [kept_whenever(look, warm, T) for T in (280.0, 300.0)] == [3e4 / 280.0, 3e4 / 300.0]
    uses = (
        lambda T: T + 1.0, lambda T: 1.0 / T, lambda T: T == 300.0, lambda T: f"{T}", lambda T: float(T), np.exp,
        lambda T: np.full(2, T), lambda T: np.zeros(2) + T, lambda T: np.asarray(T, float), lambda T: {T: 1}[300.0],
        lambda T: max(T, 1.0), lambda T: math.exp(T), lambda T: bool(T), lambda T: np.clip([1.0], 0.0, T),
    )  # fmt: skip
    for use in uses:
        with pytest.raises((Depends, KeyError, TypeError)):
            use(UNSAID)


def test_builders_run_once_for_all():
    """Of geometry and kinetics, where nothing has to be decided for each variation."""
    cell, made = cellsim.load("lgm50_chen2020"), []
    cells = [cell.with_({"separator/thickness": 1e-5 * (1.0 + 0.01 * k)}) for k in range(8)]

    def square(one, T):
        made.append(one)
        return one.value("separator/thickness") ** 2, one.name

    with abreast(cells):
        found = [kept(square, one, None) for one in cells]
    assert found == [(one.value("separator/thickness") ** 2, one.name) for one in cells]
    assert len(made) == 2  # for the first, and for all


def test_the_same_cell_many_times_is_one():
    """Also beside variations of it, and where all that is varied has the same value."""
    cell = cellsim.load("lgm50_chen2020")
    same_value = [cell.with_({"separator/thickness": 1.1e-5}) for _ in range(5)]
    for cells in ([cell] * 6, [*same_value, *same_value], [cell, *same_value]):
        with abreast(cells):
            found = [kept(lambda one, T: one.value("separator/thickness"), one, None) for one in cells]
        assert found == [one.value("separator/thickness") for one in cells]
        assert not memo._batches


@pytest.mark.parametrize(
    "wrong",
    [
        lambda cell, T: float(np.mean(getattr(cell.value("separator/thickness"), "values", 1.0))),
        lambda cell, T: np.array([cell.value("separator/thickness")]).max(),
        lambda cell, T: 1.0 if cell.value("separator/thickness") > 1.03e-5 else 2.0,
        lambda cell, T: cell.law("separator/thickness").value,
        lambda cell, T: len(f"{cell.value('separator/thickness'):.17g}"),
    ],
)
def test_what_is_not_so_for_all_is_made_for_each(wrong):
    """Means, arrays, decisions, laws and texts of what differs."""
    cells = [cellsim.load("lgm50_chen2020").with_({"separator/thickness": x}) for x in (1e-5, 1.01e-5, 1.05e-5, 2e-5)]
    with abreast(cells):
        found = [kept(wrong, one, None) for one in cells]
    assert found == [wrong(one, None) for one in cells]


def test_a_variation_that_is_refused_disturbs_no_other():
    """What a builder raises for one, be it the first, it raises for that one only."""
    cell = cellsim.load("lgm50_chen2020")
    for bad in (0, 3):
        cells = [cell.with_({"separator/thickness": 1e-5 + 1e-6 * abs(k - bad)}) for k in range(6)]

        def inverse(one, T):
            return 1.0 / (one.value("separator/thickness") - 1e-5)

        with abreast(cells):
            for k, one in enumerate(cells):
                if k == bad:
                    with pytest.raises(ZeroDivisionError):
                        kept(inverse, one, None)
                else:
                    assert kept(inverse, one, None) == inverse(one, None)


def test_numbers_that_vary_are_computed_with_as_each_by_itself():
    """Powers and exponentials, too, of which NumPy has others for arrays than Python for numbers."""
    x, y = np.random.default_rng(2).uniform(0.1, 3.0, (2, 500))
    a, b = Varied(x[:, None]), Varied(y[:, None])
    formulas = {
        "arithmetic": lambda p, q: (p - 2.0 * q) / (3.0 + p * q) - -p,
        "powers": lambda p, q: p**1.5 + 2.5**q + p**q + np.sqrt(p),
        "exponentials": lambda p, q: each(np.exp, -p / q) + np.exp(q) + np.log(p),
    }
    for name, formula in formulas.items():
        alone = [float(formula(float(p), float(q))) for p, q in zip(x, y, strict=True)]
        assert formula(a, b).values[:, 0].tolist() == alone, name
    row = joined(a * np.arange(3.0), np.zeros(1))
    assert row.shape == (4,) and row[..., ::-1].values[7].tolist() == [0.0, 2.0 * x[7], x[7], 0.0]
    assert bool(a > 0.0) and not a > 9.0
    for ask in (lambda: bool(a > 1.0), lambda: float(a), lambda: max(a, b), lambda: np.max(a), lambda: a[0]):
        with pytest.raises((TypeError, ValueError)):
            ask()
