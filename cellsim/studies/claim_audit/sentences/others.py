"""Power, cost, vehicles, storage and life in an audit: the cells of the energy claim, each with its own study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ....ensemble.jobs import Job
from ....errors import CellsimError
from ....physics.constants import ZERO_CELSIUS
from ...cost.packs import pack_prices
from ...life.cycle_map import overlays_of
from ...pulse_power import pulse_powers
from ...storage.claims import city_storage
from ...storage.study import storage_study
from ...vehicles.claims import every_segment, more_power
from ...vehicles.segments import vehicle_study
from ..cost_claim import cost_claim
from .life import CELSIUS, life_of

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit
    from ..stages import Work

Figured = Sequence[Any]  # `Figures` of cells
WEARS = (0.0, 0.1, 0.3)  # EUR/kWh: fewer linear programmes than where storage is asked for alone
PULSES = (-20.0, 0.0, 25.0, 60.0)  # °C


def other_claims(found: Audit, claims: Sequence[str], work: Work) -> dict[str, Any]:
    """Fields of the audit by the claims that are asked for; each study is a job, so that processes share them."""
    jobs = {
        name: [Job(study, (found.cells, found.baselines, found.reference))]
        for name, study in STUDIES.items()
        if name in claims
    }
    if "life" in claims:
        jobs["life"] = _lives(found)
    made: dict[str, Any] = {}

    def done(name: str, values: list[Any]) -> None:
        made.update({"life": tuple(values)} if name == "life" else values[0])
        work.known(replace(found, **made), name)

    work.together(jobs, done)
    return made


def _names(figures: Sequence[Any]) -> list[Any]:
    return [f.cell for f in figures if f.energy > 0.0 and _is_porous(f.cell)]


def _is_porous(cell: Any) -> bool:
    """Whether the studies of pulses, vehicles and storage know such cells."""
    from ....models.electrodes import needs_particles

    try:
        needs_particles(cell)
    except CellsimError:
        return False
    return True


def _power(cells: Figured, baselines: Figured, reference: Any) -> dict[str, Any]:
    ours, theirs = _names(cells), _names(baselines)
    pulses = pulse_powers([*ours, *theirs], PULSES, threads=1)
    judged = tuple(j for c in ours for b in theirs for j in more_power(pulses, c.name, b.name))
    return {"pulses": pulses, "power": judged}


def _cost(cells: Figured, baselines: Figured, reference: Any) -> dict[str, Any]:
    return {"cost": cost_claim(cells, baselines)}


def _vehicles(cells: Figured, baselines: Figured, reference: Any) -> dict[str, Any]:
    ours = _names(cells)
    prices = pack_prices(ours, {f.name: f.energy for f in cells})
    vehicles = vehicle_study(ours, prices=prices, in_the_cold=False, threads=1)
    return {"vehicles": vehicles, "segments": every_segment(vehicles)}


def _storage(cells: Figured, baselines: Figured, reference: Any) -> dict[str, Any]:
    duties = storage_study(_names([cells[0], reference]), wears=WEARS, threads=1)
    return {"duties": duties, "storage": city_storage(duties)}


def _lives(found: Audit) -> list[Job]:
    return [
        Job(life_of, (f.cell, T + ZERO_CELSIUS, overlay))
        for f in (*found.cells, *found.baselines)
        for T in CELSIUS
        for overlay in overlays_of(f.cell)
    ]


STUDIES: dict[str, Callable[[Figured, Figured, Any], dict[str, Any]]] = {
    "storage": _storage,
    "vehicles": _vehicles,
    "power": _power,
    "cost": _cost,
}  # the longest first, for processes
