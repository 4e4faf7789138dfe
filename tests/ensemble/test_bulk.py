"""Cases in bulk: bit for bit what runs of their own give, whatever stands beside them."""

import numpy as np
import pandas as pd
import pytest

import cellsim
from cellsim import DFN, SPM, Case, SPMe, simulate_many
from cellsim.ensemble import bulk, jobs, threads
from cellsim.kernels.call import calls
from cellsim.models.memo import kept_whatever
from cellsim.models.meshing import meshing, resolution
from cellsim.numerics.unsaid import Depends
from cellsim.simulation.run import prepared

CHEN = cellsim.load("lgm50_chen2020")
D_N, D_P = (f"{side} electrode/particle diffusivity" for side in ("negative", "positive"))
BASE = {path: CHEN.value(path) for path in (D_N, D_P)}
CC_CV = "Charge at 1C until 4.2 V; Hold at 4.2 V until C/20"
KEEP = ["Time [s]", "Voltage [V]", "Current [A]", "Discharge energy [W.h]", "State of charge"]
RANDOM = np.random.default_rng(11)


def factors(n):
    """Changes of diffusivities by factors from 1/2 to 2, which need several meshes."""
    for a, b in np.exp2(RANDOM.uniform(-1.0, 1.0, (n, 2))):
        yield {D_N: float(BASE[D_N] * a), D_P: float(BASE[D_P] * b)}


def mixture():
    """Cases with and without relatives, of several meshes, models, protocols and starts, some of which fail."""
    found = [Case(CHEN, CC_CV, soc=0.1, changes=changes) for changes in factors(12)]
    found += [Case(CHEN, CC_CV, model, soc=0.1, changes=c) for model in (SPM(), SPMe()) for c in factors(3)]
    found += [Case(CHEN, CC_CV, DFN((6, 3, 6), 5), soc=0.1, changes=changes) for changes in factors(3)]
    found += [Case(CHEN, "Discharge at 1C", changes=changes, period=60.0) for changes in factors(3)]
    found += [Case(CHEN, "Discharge at 2C", soc=0.05, changes=changes) for changes in factors(3)]  # a limit is near
    found += [Case(CHEN, "Charge at 0.5C until 80 % SOC", soc=0.3, changes=changes) for changes in factors(3)]
    found += [Case(CHEN, CC_CV, soc=0.1, changes={"separator/thickness": x}) for x in (1e-5, 1.2e-5, 1.4e-5)]
    found += [Case(CHEN, CC_CV, soc=soc, temperature=303.15) for soc in (0.2, 0.3)]
    found += [Case(CHEN, CC_CV, soc=0.1, temperature=T) for T in (281.0, 288.15, 293.7, 302.4, 310.0)]
    found += [Case(CHEN, CC_CV, soc=0.1, heat=True, changes=changes) for changes in factors(2)]
    found += [Case(CHEN, "Discharge at 1C until 2.9 V; Rest for 1 minute; Charge at 1C for 1 minute")] * 2
    found += [Case(CHEN, "Hold at 3.6 V for 5 minutes", soc=0.5, changes=changes) for changes in factors(2)]
    found += [Case(CHEN, "Discharge at 1C for 3 hours until 0 V", force=True)]  # ends the cell
    found += [Case(CHEN, CC_CV, soc=0.1, changes={D_N: bad, D_P: BASE[D_P]}) for bad in (-1.0, 1.0, "x", np.nan)]
    found += [Case(CHEN, "Discharge at 1C until 5 V"), Case(CHEN, CC_CV, soc=0.1, labels={"other": 1.0})]
    return [found[k] for k in RANDOM.permutation(len(found))]


@pytest.fixture(scope="module")
def cases():
    """Them, begun by one that has no labels, as most."""
    return [Case(CHEN, CC_CV, soc=0.1, changes=next(factors(1))), *mixture()]


@pytest.fixture(scope="module")
def single(cases):
    """What comes of each case in memory, where it is a Result."""
    return simulate_many(cases, threads=1, keep=KEEP)


@pytest.mark.parametrize("workers, most", [(1, 32), (1, 5), (2, 32), (3, 7)])
def test_cases_in_bulk_are_runs_of_their_own_bit_for_bit(cases, single, workers, most, tmp_path, monkeypatch):
    """Outcomes, words and all numbers, with any number of threads and of cases in a call."""
    for module in (jobs, threads):
        monkeypatch.setattr(module, "MOST", most)
    found = simulate_many(cases, threads=workers, path=tmp_path / "runs.parquet", keep=KEEP)
    table = pd.read_parquet(tmp_path / "runs.parquet")
    for case, one, other, result in zip(cases, found.outcomes, single.outcomes, single.results, strict=True):
        if case.labels:
            assert "differ in name or kind" in one.failure and one.number not in set(table["Case"])
            continue
        assert repr(one) == repr(other)
        rows = table[table["Case"] == one.number]
        assert len(rows) == (0 if result is None else len(result.t))
        assert result is None or all(np.array_equal(rows[name], result[name]) for name in KEEP)


def test_results_in_memory_are_those_of_simulate(cases, single):
    """So that the comparison above is one with `simulate`."""
    for case, result in zip(cases[:8], single.results[:8], strict=True):
        run = case.run() if not case.labels and result is not None else None
        assert run is None or all(np.array_equal(run[name], result[name]) for name in KEEP)


def test_relatives_need_no_cell_of_their_own(monkeypatch):
    """Of sixty cases only the first on each mesh, or of all, are prepared, and none makes a call alone."""
    made, called = [], []
    for module, name, count in ((bulk, "prepared", made), (calls, "performed", called)):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, real=real, n=count, **k: n.append(1) or real(*a, **k))
    many = [Case(CHEN, CC_CV, soc=0.123, changes=changes) for changes in factors(60)]
    items = list(enumerate(_jobs(many)))
    found = [*jobs.run_together(items[:30]), *jobs.run_together(items[30:])]
    assert not any(one.fault or one.value[0].failure for one in found)
    assert len(called) == 2 and len(made) < 20


def _jobs(cases):
    """Cases as jobs of an ensemble whose times and voltages are written to a file."""
    return [
        jobs.Job(bulk_case, (k, case, tuple(KEEP[:2]), {}), True, bulk.run_together) for k, case in enumerate(cases)
    ]


def bulk_case(*arguments):
    """No case should be run by itself."""
    raise AssertionError(arguments)


def test_the_mesh_of_a_variation_follows_from_its_diffusivities_alone():
    """As from a cell of its own, also for loads of seconds and further temperatures."""
    for changes in factors(20):
        cell = CHEN.with_(changes)
        for asked in ((1.0, 1e-3, (), (), ()), (3.0, 1e-4, (10.0, 0.1), (273.15,), ())):
            found = meshing(CHEN, 298.15, *asked).mesh({p.partition("/")[0]: D for p, D in changes.items()})
            assert found == resolution(cell, 298.15, *asked)


def test_what_depends_on_a_diffusivity_says_so():
    """A number that was read is a dependence; that it is a number is none."""
    assert kept_whatever(lambda cell, T: cell.is_number(D_N), CHEN, None, [D_N]) is True
    for look in (lambda cell, T: cell.value(D_N), lambda cell, T: cell.law(D_N).value):
        assert kept_whatever(look, CHEN, None, [D_P]) == BASE[D_N]
        with pytest.raises(Depends):
            kept_whatever(look, CHEN, None, [D_N, D_P])


def test_numbers_of_a_variation_are_checked():
    """Only of changes like earlier ones, and only such as `with_` takes; others are left to it to judge."""
    path = "separator/thickness"
    cell = cellsim.load("ecker2015").with_({path: 2.1e-5})  # of which no one else made variations
    assert cell.numbers_of({path: 1e-5}) is None
    cell.with_({path: 2e-5})
    assert cell.numbers_of({path: 1e-5}) == (1e-5,) and cell.numbers_of({path: np.float64(1e-5)}) == (1e-5,)
    for bad in (-1e-5, 1.0, np.nan, np.inf, "1e-5", True, None, 10**400):
        assert cell.numbers_of({path: bad}) is None
    cell.with_({"separator/electrolyte volume fraction": 0.5})  # which other checks look at, of other quantities
    assert cell.numbers_of({"separator/electrolyte volume fraction": 0.5}) is None


def test_a_start_that_is_refused_is_refused_in_bulk(tmp_path):
    """A first step that is at its end: the sentence is that of the run by itself."""
    case = Case(CHEN, "Charge at 1C until 3.0 V", soc=0.9, changes=next(factors(1)))
    with pytest.raises(cellsim.ProtocolError) as fault:
        case.run()
    with pytest.raises(cellsim.ProtocolError):
        prepared(case.varied_cell(), case.steps, soc=0.9)
    good = Case(CHEN, CC_CV, soc=0.1, changes=next(factors(1)))
    found = simulate_many([good, case, good, case, case, good], path=tmp_path / "x.parquet", threads=1)
    assert [o.failure for o in found.outcomes] == ["", str(fault.value), "", str(fault.value), str(fault.value), ""]
