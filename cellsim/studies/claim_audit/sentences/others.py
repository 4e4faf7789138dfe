"""Power, cost, vehicles, storage and life in an audit: the cells of the energy claim, each with its own study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ....ensemble.engine import value_of
from ....ensemble.jobs import Job
from ....errors import CellsimError
from ....physics.constants import ZERO_CELSIUS
from ...cost.packs import pack_prices
from ...pulse_power import pulse_powers
from ...storage.claims import city_storage
from ...storage.study import storage_study
from ...vehicles.claims import every_segment, more_power
from ...vehicles.segments import vehicle_study
from ..cost_claim import cost_claim
from .life import CELSIUS, life_of, overlays_of

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit
    from ..stages import Work

WEARS = (0.0, 0.1, 0.3)  # EUR/kWh: fewer linear programmes than where storage is asked for alone
PULSES = (-20.0, 0.0, 25.0, 60.0)  # °C


def other_claims(found: Audit, claims: Sequence[str], work: Work) -> dict[str, Any]:
    """Fields of the audit by the claims that are asked for."""
    made: dict[str, Any] = {}
    for name, judge in JUDGES.items():
        if name in claims:
            made |= judge(found, work)
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


def _power(found: Audit, work: Work) -> dict[str, Any]:
    cells, baselines = _names(found.cells), _names(found.baselines)
    done = work.stage("power")
    pulses = pulse_powers([*cells, *baselines], PULSES, threads=work.recorder.workers.get("threads"))
    done(1, 1)
    return {
        "pulses": pulses,
        "power": tuple(j for c in cells for b in baselines for j in more_power(pulses, c.name, b.name)),
    }


def _cost(found: Audit, work: Work) -> dict[str, Any]:
    report = work.stage("cost")
    cost = cost_claim(found.cells, found.baselines, lambda _, done: report(round(100 * done), 100))
    report(100, 100)
    return {"cost": cost}


def _vehicles(found: Audit, work: Work) -> dict[str, Any]:
    done = work.stage("vehicles")
    cells = _names(found.cells)
    prices = pack_prices(cells, {f.name: f.energy for f in found.cells})
    vehicles = vehicle_study(cells, prices=prices, in_the_cold=False, threads=work.recorder.workers.get("threads"))
    done(1, 1)
    return {"vehicles": vehicles, "segments": every_segment(vehicles)}


def _storage(found: Audit, work: Work) -> dict[str, Any]:
    done = work.stage("storage")
    cells = _names([found.cells[0], found.reference])
    duties = storage_study(cells, wears=WEARS, threads=work.recorder.workers.get("threads"))
    done(1, 1)
    return {"duties": duties, "storage": city_storage(duties)}


def _life(found: Audit, work: Work) -> dict[str, Any]:
    jobs = [
        Job(life_of, (f.cell, T + ZERO_CELSIUS, overlay))
        for f in (*found.cells, *found.baselines)
        for T in CELSIUS
        for overlay in overlays_of(f.cell)
    ]
    return {"life": tuple(value_of(each) for each in work.finished("life", jobs))}


JUDGES: dict[str, Callable[[Audit, Work], dict[str, Any]]] = {
    "power": _power,
    "cost": _cost,
    "vehicles": _vehicles,
    "storage": _storage,
    "life": _life,
}
