"""The energy audit: is a cell's energy density as many times a baseline's as is claimed?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from os import PathLike
from typing import Any

import numpy as np

from ...design import areal_capacity, build, energy_density
from ...ensemble.engine import value_of, workers_of
from ...ensemble.jobs import Job
from ...ensemble.resumable import recording
from ...errors import CellsimError, ClaimError, ParameterError, ReportError, SolveError
from ...kernels.call.calls import Coroutine, Together, finish
from ...models import capacity_between_cutoffs, open_circuit_voltage
from ...parameters import Cell, load
from ...physics.constants import ZERO_CELSIUS
from ...protocols import discharge
from ...simulation.result import Result
from ...simulation.run import simulate_coroutine
from ...support.arguments import shown
from ...support.renamed import by_name
from ..resizing import ELECTROLYTE, EXCESS, Family
from ..uncertainty import density_with, draws, interval
from .audit import Audit
from .charging_claim import ChargingAudit, judged
from .claim_file import load_charging_claim, load_claim
from .records import UNITS, ChargingClaim, Claim, Comparison, Figures, RatioMap, Verdict
from .report.sketches import sketching
from .sentences.others import other_claims
from .stages import Work, claims_of
from .stated import energy_at_stated_rate, stated_rate, stated_ratios
from .verdict import compare_with_baseline
from .voids import what_if_coroutine

PAGES = (".html", ".htm")
RATES = (0.1, 0.5, 1.0, 2.0, 4.0)  # of the discharge curves and the Ragone plot
AREAL = np.linspace(20.0, 80.0, 13)  # Ah/m²: axes of the maps
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
    """Energy densities (n, 2) [Wh/kg, Wh/L] over a layer's thickness at one areal capacity; NaN for no such cell."""
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

    densities: (areal capacities, thicknesses, 2) [Wh/kg, Wh/L] for each layer of LAYER.
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


@by_name
def audit(
    claim: Claim | str | None = None,
    *,
    charging: ChargingClaim | str | PathLike[str] | None = None,
    only: str | Iterable[str] | None = None,
    threads: int | None = None,
    processes: int | None = None,
    path: str | PathLike[str] | None = None,
    progress: Callable[[str, float], object] = lambda what, done: None,
) -> Audit:
    """Check an announcement: simulate every cell, judge each claim, find what would make it true.

    claim: a `Claim`, the path of a claim file, or None for the packaged energy claim.
    charging: the same of the claim about charging time, a `ChargingClaim`; None for the packaged one.
    only: names of the claims to judge (`stages.CLAIMS`: energy, charging, power, cost, vehicles, storage, life); all.
    threads: to run kernels in, as many as processors unless given; processes: so many of them instead.
    path: `.html` or `.htm`: the report is written there; what is found is saved beside it as it comes, and an
    interrupted audit of the same path is resumed where it stopped.
    progress: called with what is being done and the share that is finished (0..1).
    Raises ClaimError, ParameterError, ProtocolError, SolveError and ReportError.
    """
    if not callable(progress):
        raise ReportError(f"progress {shown(progress)}: give a function of what is done and the share that is finished")
    workers_of(threads, processes)
    claims = claims_of(only)
    claim = claim if isinstance(claim, Claim) else load_claim(claim)
    second = charging if isinstance(charging, ChargingClaim) else load_charging_claim(charging)
    with (
        recording(path, PAGES, threads=threads, processes=processes) as recorder,
        sketching(path is not None) as sketches,
    ):
        found = _audited(claim, second, claims, Work(progress, recorder, claims, sketches.begin))
        if path is not None:
            from .report.page import write_page

            write_page(found, path, sketches.begun)
    return found


def _audited(claim: Claim, second: ChargingClaim, claims: Sequence[str], work: Work) -> Audit:
    base, solid = _load_all(claim)
    known = figures_of_cells((*base, *solid), claim, work)
    for name in (c.name for c in base):
        f = known[name]
        if not f.energy > 0.0:
            raise ClaimError(
                f"{name}: delivers no energy at {f.c_rate:.3g} C and {f.temperature - ZERO_CELSIUS:.3g} degC "
                f"({f.result.steps[0].message}), so nothing can be compared with it"
            )
    baselines, ours = (tuple(known[c.name] for c in some) for some in (base, solid))
    found = Audit(claim, baselines, ours, claims=tuple(claims))
    if "energy" in claims:
        found = _with_energy(found, work)
        work.known(found, "energy", "figures")
    if "charging" in claims:
        charges: ChargingAudit = judged(solid, base, second, work.recorder, work.stage("charging"))
        found = replace(found, charging=charges.verdicts, charging_claim=second, charges=charges)
        work.known(found, "charging")
    return replace(found, **other_claims(found, claims, work))


def _with_energy(found: Audit, work: Work) -> Audit:
    """The audit with intervals, verdicts, maps and what rests on the energies."""
    claim = found.claim
    samples = samples_of_cells([f.cell for f in (*found.baselines, *found.cells)], claim, work)
    baselines, ours = (
        tuple(_with_interval(f, samples[f.name]) for f in some) for some in (found.baselines, found.cells)
    )
    families = {f.name: Family(f.cell, claim.c_rate, f.temperature) for f in ours}
    against = [f.cell.digest() for f in baselines]
    comparisons = work.values(
        "verdicts",
        [{"cell": f.cell.digest(), "against": against, "claim": repr(claim)} for f in ours],
        [Job(_comparisons, (families[f.name], f, baselines, samples, claim)) for f in ours],
        pack=lambda some: [asdict(each) | {"verdict": each.verdict.name} for each in some],
        unpack=lambda said: [_comparison(each) for each in said],
    )
    first = ours[0]
    layers = [(varied, areal) for varied in LAYER for areal in AREAL]
    rows = work.values(
        "maps",
        [
            {"cell": first.cell.digest(), "claim": repr(claim), "varied": varied, "areal": float(areal)}
            for varied, areal in layers
        ],
        [Job(_map_row, (families[first.name], varied, areal), reuse=True) for varied, areal in layers],
        pack=lambda row: row.tolist(),
        unpack=np.array,
    )
    densities = {varied: np.array(rows[k * AREAL.size : (k + 1) * AREAL.size]) for k, varied in enumerate(LAYER)}
    voids = [
        value_of(each) for each in work.finished("voids", [Job(what_if_coroutine, (f,), reuse=True) for f in ours])
    ]
    rated = [f for f in (*ours, *baselines) if stated_rate(f.cell) not in (None, claim.c_rate)]
    jobs = [Job(energy_at_stated_rate, (f.cell, f.temperature)) for f in rated]
    energies = [value_of(each) for each in work.finished("stated", jobs)]
    return replace(
        found,
        baselines=baselines,
        cells=ours,
        comparisons=tuple(each for some in comparisons for each in some),
        maps=tuple(ratio_maps(densities, first, baselines, claim)),
        voids=tuple(voids),
        stated=stated_ratios(ours, baselines, claim.metrics, {f.name: e for f, e in zip(rated, energies, strict=True)}),
    )


def _comparison(said: dict[str, Any]) -> Comparison:
    return Comparison(**said | {"verdict": Verdict[said["verdict"]], "interval": tuple(said["interval"])})


def figures_of_cells(cells: Iterable[Cell], claim: Claim, work: Work) -> dict[str, Figures]:
    """Figures of cells by name, without intervals."""
    found = work.finished("discharges", [Job(figures_coroutine, (cell, claim)) for cell in cells])
    return {f.name: f for f in map(value_of, found)}


def samples_of_cells(cells: Iterable[Cell], claim: Claim, work: Work) -> dict[str, np.ndarray]:
    """Samples of the energy densities of cells (n, 2) by name, for intervals."""
    cells = tuple(cells)
    drawn = [(cell, number, values) for cell in cells for number, values in enumerate(draws(cell))]
    digests = {cell.name: cell.digest() for cell in cells}
    found = work.values(
        "uncertainty",
        [{"cell": digests[cell.name], "number": number, "claim": repr(claim)} for cell, number, _ in drawn],
        [
            Job(density_with, (cell, values, claim.c_rate, cell.temperature(claim.temperature)), reuse=True)
            for cell, _, values in drawn
        ],
        lost=lambda fault: isinstance(fault, CellsimError),  # a cell that cannot be built or simulated is left out
        unpack=tuple,
    )
    return {
        cell.name: np.array(
            [d for (c, _, _), d in zip(drawn, found, strict=True) if c is cell and d is not None]
        ).reshape(-1, 2)
        for cell in cells
    }


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
