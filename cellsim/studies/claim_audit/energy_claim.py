"""The energy audit: is a cell's energy density as many times a baseline's as is claimed?"""
from collections.abc import Callable, Iterator

import numpy as np

from ...design import areal_capacity, build, energy_density
from ...errors import ClaimError, ParameterError, ReportError, SolveError
from ...models import capacity_between_cutoffs, open_circuit_voltage
from ...parameters import Cell, load
from ...protocols import discharge
from ...simulation.run import simulate
from ...support.arguments import shown
from ..resizing import ELECTROLYTE, EXCESS, Family
from ..uncertainty import interval, sample
from .audit import Audit
from .charging_claim import charging_claim
from .claim_file import load_claim
from .records import UNITS, Claim, Figures, RatioMap
from .verdict import compare
from .voids import what_if

RATES = (0.1, 0.5, 1.0, 2.0, 4.0)  # of the discharge curves and the Ragone plot
AREAL = np.linspace(20.0, 80.0, 13)  # A.h/m2: axes of the maps
LAYER = {"electrolyte": np.linspace(5e-6, 105e-6, 13), "lithium excess": np.linspace(0.0, 100e-6, 13)}


def mean_open_circuit_voltage(cell, temperature) -> float:
    """Average of the open-circuit voltage over the state of charge [V]."""
    return float(np.mean(open_circuit_voltage(cell, (np.arange(400) + 0.5) / 400.0, temperature)))


def figures(cell, claim: Claim, samples) -> Figures:
    """A cell's energy under a claim's conditions.  Raises SolveError if the discharge cannot be simulated."""
    T = cell.temperature(claim.temperature)
    run = simulate(cell, discharge(claim.c_rate), temperature=T)
    design = build(cell)
    spread = np.array([interval(samples[:, k]) for k in range(2)])
    return Figures(
        cell=cell, c_rate=claim.c_rate, temperature=T, energy=run.discharge_energy, capacity=run.discharge_capacity,
        nominal_energy=capacity_between_cutoffs(cell) * mean_open_circuit_voltage(cell, T),
        areal_capacity=areal_capacity(cell), design=design,
        density=energy_density(cell, run.discharge_energy, design), interval=spread, result=run,
        rates=tuple((rate, _curve(cell, rate, T)) for rate in RATES))


def _curve(cell, rate, temperature):
    """A discharge curve; of one that the solver cannot finish, the part it did."""
    try:
        return simulate(cell, discharge(rate), temperature=temperature)
    except SolveError as fault:
        return fault.result


def ratio_maps(family: Family, own: Figures, baselines, claim) -> Iterator[RatioMap]:
    """Maps of the ratio over areal capacity and each layer's thickness, for every baseline and metric."""
    for varied, axis in LAYER.items():
        density = np.full((AREAL.size, axis.size, 2), np.nan)
        for i, areal in enumerate(AREAL):
            for k, thick in enumerate(axis):
                kwargs = {"electrolyte": thick} if varied == "electrolyte" else {"excess": thick}
                try:
                    found = family.energy_density(areal=areal, **kwargs)
                except (ParameterError, SolveError):
                    continue
                density[i, k] = found.gravimetric, found.volumetric
        here = own.areal_capacity, own.cell.value(ELECTROLYTE if varied == "electrolyte" else EXCESS)
        for baseline in baselines:
            for metric in claim.metrics:
                ratio = density[:, :, list(UNITS).index(metric)] / baseline.metric(metric)
                yield RatioMap(own.name, baseline.name, metric, claim.factor, varied, AREAL, axis, ratio, here)


def _load_all(claim):
    """Cells of a claim by name; solid cells must have a separator and, for the maps, lithium excess."""
    found: dict[str, Cell] = {}
    for name in (*claim.baselines, *claim.cells):
        cell = load(name)
        if cell.name in found:
            raise ClaimError(f"two parameter sets are called {cell.name!r}: rename one of the files")
        found[cell.name] = cell
    return tuple(found.values())[:len(claim.baselines)], tuple(found.values())[len(claim.baselines):]


def audit(claim: Claim | str | None = None, *,
          progress: Callable[[str, float], None] = lambda what, done: None) -> Audit:
    """Check a claim: simulate every cell, compare energy densities, find what would make the claim true.

    claim: a `Claim`, the path of a claim file, or None for the packaged energy claim.
    progress: called with what is being done and the share that is finished (0..1).
    Raises ClaimError, ParameterError and SolveError.
    """
    if not callable(progress):
        raise ReportError(f"progress {shown(progress)}: give a function of what is done and the share that is finished")
    claim = claim if isinstance(claim, Claim) else load_claim(claim)
    base, solid = _load_all(claim)
    total = 2.0 * len(base) + 3.0 * len(solid) + 5.0
    done = 0.0

    def report(what, share=1.0):
        nonlocal done
        done += share
        progress(what, done / total)

    samples, known = {}, {}
    for cell in (*base, *solid):
        T = cell.temperature(claim.temperature)
        samples[cell.name] = sample(cell, claim.c_rate, T)
        report(f"{cell.name}: uncertainty")
        known[cell.name] = figures(cell, claim, samples[cell.name])
        report(f"{cell.name}: discharges")
    baselines = tuple(known[c.name] for c in base)
    for f in baselines:
        if not f.energy > 0.0:
            raise ClaimError(f"{f.name}: delivers no energy at {f.c_rate:.3g} C and {f.temperature - 273.15:.3g} degC "
                             f"({f.result.steps[0].message}), so nothing can be compared with it")
    families = {c.name: Family(c, claim.c_rate, known[c.name].temperature) for c in solid}
    comparisons = []
    for cell in solid:
        for baseline in baselines:
            for metric in claim.metrics:
                k = list(UNITS).index(metric)
                spread = interval(_ratios(samples[cell.name][:, k], samples[baseline.name][:, k]))
                comparisons.append(compare(families[cell.name], known[cell.name], baseline, metric, claim.factor,
                                           spread))
        report(f"{cell.name}: verdict")
    first = solid[0].name
    maps = tuple(ratio_maps(families[first], known[first], baselines, claim))
    report(f"{first}: maps", 4.0)
    charging = charging_claim(solid, [f.cell for f in baselines])
    report("charging", 1.0)
    ours = tuple(known[c.name] for c in solid)
    return Audit(claim, baselines, ours, tuple(comparisons), maps, charging, tuple(map(what_if, ours)))


def _ratios(upper, lower):
    """All quotients of two sets of independent samples."""
    return (upper[:, None] / lower[None, :]).ravel()
