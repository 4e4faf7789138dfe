"""The energy audit: is a cell's energy density as many times a baseline's as is claimed?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from ...design import areal_capacity, build, energy_density
from ...ensemble.engine import run_jobs, value_of, workers_of
from ...ensemble.jobs import Finished, Job
from ...errors import ClaimError, ParameterError, ReportError, SolveError
from ...kernels.call.calls import Coroutine, Together, finish
from ...models import capacity_between_cutoffs, open_circuit_voltage
from ...parameters import Cell, load
from ...physics.constants import ZERO_CELSIUS
from ...protocols import discharge
from ...simulation.result import Result
from ...simulation.run import simulate_coroutine
from ...support.arguments import shown
from ..resizing import ELECTROLYTE, EXCESS, Family
from ..uncertainty import densities, density_of, interval, varied_cells
from .audit import Audit
from .charging_claim import charging_claim
from .claim_file import load_claim
from .cost_claim import cost_claim
from .records import UNITS, Claim, Comparison, Figures, RatioMap
from .verdict import compare_with_baseline
from .voids import what_if_coroutine

RATES = (0.1, 0.5, 1.0, 2.0, 4.0)  # of the discharge curves and the Ragone plot
# stages of an audit and about how long they take [s]
STAGES = {
    "uncertainty": 1.0,
    "discharges": 0.4,
    "verdicts": 0.6,
    "maps": 0.8,
    "charging": 3.0,
    "voids": 0.2,
    "cost": 1.0,
}
AREAL = np.linspace(20.0, 80.0, 13)  # A.h/m2: axes of the maps
LAYER = {"electrolyte": np.linspace(5e-6, 105e-6, 13), "lithium excess": np.linspace(0.0, 100e-6, 13)}


def mean_open_circuit_voltage(cell: Cell, temperature: float) -> float:
    """Average of the open-circuit voltage over the state of charge [V]."""
    return float(np.mean(open_circuit_voltage(cell, (np.arange(400) + 0.5) / 400.0, temperature)))


def figures(cell: Cell, claim: Claim, samples: np.ndarray) -> Figures:
    """A cell's energy under a claim's conditions.  Raises SolveError if the discharge cannot be simulated.

    samples: those of `uncertainty.sample`, for the interval.
    """
    return _with_interval(finish(figures_coroutine(cell, claim)), samples)


def _with_interval(found: Figures, samples: np.ndarray) -> Figures:
    return replace(found, interval=np.array([interval(samples[:, k]) for k in range(2)]))


def figures_coroutine(cell: Cell, claim: Claim) -> Coroutine[Figures]:
    """Coroutine form of `figures`, without the interval."""
    T = cell.temperature(claim.temperature)
    run = yield from simulate_coroutine(cell, discharge(claim.c_rate), temperature=T)
    design = build(cell)
    curves = yield Together([_curve(cell, rate, T) for rate in RATES])
    return Figures(
        cell=cell,
        c_rate=claim.c_rate,
        temperature=T,
        energy=run.discharge_energy,
        capacity=run.discharge_capacity,
        nominal_energy=capacity_between_cutoffs(cell) * mean_open_circuit_voltage(cell, T),
        areal_capacity=areal_capacity(cell),
        design=design,
        density=energy_density(cell, run.discharge_energy, design),
        interval=np.full((2, 2), np.nan),
        result=run,
        rates=tuple(zip(RATES, curves, strict=True)),
    )


def _curve(cell: Cell, rate: float, temperature: float) -> Coroutine[Result]:
    """A discharge curve; of one that the solver cannot finish, the part it did."""
    try:
        return (yield from simulate_coroutine(cell, discharge(rate), temperature=temperature))
    except SolveError as fault:
        return fault.result


def _map_row(family: Family, varied: str, areal: float) -> Coroutine[np.ndarray]:
    """Energy densities (n, 2) [W.h/kg, W.h/L] over a layer's thickness at one areal capacity; NaN for no such cell."""
    density = np.full((LAYER[varied].size, 2), np.nan)
    for k, thick in enumerate(LAYER[varied]):
        changed = {"electrolyte": thick} if varied == "electrolyte" else {"excess": thick}
        try:
            found = yield from family.density_coroutine(areal=areal, **changed)
        except (ParameterError, SolveError):
            continue
        density[k] = found.gravimetric, found.volumetric
    return density


def ratio_maps(
    densities: dict[str, np.ndarray], own: Figures, baselines: Iterable[Figures], claim: Claim
) -> Iterator[RatioMap]:
    """Maps of the ratio over areal capacity and each layer's thickness, for every baseline and metric.

    densities: (areal capacities, thicknesses, 2) [W.h/kg, W.h/L] for each layer of LAYER.
    """
    for varied, axis in LAYER.items():
        here = own.areal_capacity, own.cell.value(ELECTROLYTE if varied == "electrolyte" else EXCESS)
        for baseline in baselines:
            for metric in claim.metrics:
                ratio = densities[varied][:, :, list(UNITS).index(metric)] / baseline.metric(metric)
                yield RatioMap(own.name, baseline.name, metric, claim.factor, varied, AREAL, axis, ratio, here)


def _load_all(claim: Claim) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """Cells of a claim by name; solid cells must have a separator and, for the maps, lithium excess."""
    found: dict[str, Cell] = {}
    for name in (*claim.baselines, *claim.cells):
        cell = load(name)
        if cell.name in found:
            raise ClaimError(f"two parameter sets are called {cell.name!r}: rename one of the files")
        found[cell.name] = cell
    return tuple(found.values())[: len(claim.baselines)], tuple(found.values())[len(claim.baselines) :]


def audit(
    claim: Claim | str | None = None,
    *,
    threads: int | None = None,
    processes: int | None = None,
    progress: Callable[[str, float], object] = lambda what, done: None,
) -> Audit:
    """Check a claim: simulate every cell, compare energy densities, find what would make the claim true.

    claim: a `Claim`, the path of a claim file, or None for the packaged energy claim.
    threads: to run kernels in, as many as processors unless given; processes: so many of them instead.
    progress: called with what is being done and the share that is finished (0..1).
    Raises ClaimError, ParameterError, ProtocolError and SolveError.
    """
    if not callable(progress):
        raise ReportError(f"progress {shown(progress)}: give a function of what is done and the share that is finished")
    workers_of(threads, processes)
    work = _Work(progress, {"threads": threads, "processes": processes})
    claim = claim if isinstance(claim, Claim) else load_claim(claim)
    base, solid = _load_all(claim)
    samples, known = figures_of_cells((*base, *solid), claim, work)
    baselines, ours = (tuple(known[c.name] for c in some) for some in (base, solid))
    for f in baselines:
        if not f.energy > 0.0:
            raise ClaimError(
                f"{f.name}: delivers no energy at {f.c_rate:.3g} C and {f.temperature - ZERO_CELSIUS:.3g} degC "
                f"({f.result.steps[0].message}), so nothing can be compared with it"
            )
    families = {c.name: Family(c, claim.c_rate, known[c.name].temperature) for c in solid}
    comparisons = work.values(
        "verdicts", [Job(_comparisons, (families[f.name], f, baselines, samples, claim)) for f in ours]
    )
    first = ours[0]
    rows = work.values(
        "maps",
        [Job(_map_row, (families[first.name], varied, areal), reuse=True) for varied in LAYER for areal in AREAL],
    )
    densities = {varied: np.array(rows[k * AREAL.size : (k + 1) * AREAL.size]) for k, varied in enumerate(LAYER)}
    charging = charging_claim(solid, [f.cell for f in baselines], progress=work.stage("charging"), **work.workers)
    voids = work.values("voids", [Job(what_if_coroutine, (f,), reuse=True) for f in ours])
    report = work.stage("cost")
    cost = cost_claim(ours, baselines, lambda _, done: report(round(100 * done), 100))
    return Audit(
        claim,
        baselines,
        ours,
        tuple(each for some in comparisons for each in some),
        tuple(ratio_maps(densities, first, baselines, claim)),
        charging,
        tuple(voids),
        cost,
    )


class _Work:
    """Runs the stages of an audit on its workers and reports how far it is."""

    def __init__(self, progress: Callable[[str, float], object], workers: dict[str, int | None]):
        self.progress, self.workers, self.before = progress, workers, 0.0

    def stage(self, what: str) -> Callable[[int, int | None], object]:
        """A function of the numbers of jobs done and in all that reports one stage."""
        begun, self.before = self.before, self.before + STAGES[what]
        whole = sum(STAGES.values())
        return lambda done, total: self.progress(what, (begun + STAGES[what] * done / (total or 1)) / whole)

    def finished(self, what: str, jobs: Sequence[Job]) -> list[Finished]:
        """What became of the jobs of a stage, in order."""
        report, count = self.stage(what), 0

        def one_more(done: Finished) -> None:
            nonlocal count
            count += 1
            report(count, len(jobs))

        with closing(run_jobs(jobs, finished=one_more, **self.workers)) as found:
            return list(found)

    def values(self, what: str, jobs: Sequence[Job]) -> list[Any]:
        """The values of the jobs of a stage.  Raises what the first one that fails raised."""
        return [value_of(each) for each in self.finished(what, jobs)]


def figures_of_cells(
    cells: Iterable[Cell], claim: Claim, work: _Work
) -> tuple[dict[str, np.ndarray], dict[str, Figures]]:
    """Samples and figures of cells by name."""
    drawn = {cell.name: list(varied_cells(cell)) for cell in cells}
    jobs = [
        Job(density_of, (other, claim.c_rate, cell.temperature(claim.temperature)), reuse=True)
        for cell in cells
        for other in drawn[cell.name]
    ]
    found = iter(work.finished("uncertainty", jobs))
    samples = {name: densities(islice(found, len(others))) for name, others in drawn.items()}
    known = work.values("discharges", [Job(figures_coroutine, (cell, claim)) for cell in cells])
    return samples, {f.name: _with_interval(f, samples[f.name]) for f in known}


def _comparisons(
    family: Family, own: Figures, baselines: Iterable[Figures], samples: dict[str, np.ndarray], claim: Claim
) -> Coroutine[list[Comparison]]:
    """Of one cell with every baseline in every metric."""
    found = []
    for baseline in baselines:
        for metric in claim.metrics:
            k = list(UNITS).index(metric)
            spread = interval(_ratios(samples[own.name][:, k], samples[baseline.name][:, k]))
            found.append((yield from compare_with_baseline(family, own, baseline, metric, claim.factor, spread)))
    return found


def _ratios(upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """All quotients of two sets of independent samples."""
    return (upper[:, None] / lower[None, :]).ravel()
