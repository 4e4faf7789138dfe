"""What a cell earns as storage against what it wears, duty by duty, and the verdict.

Wear is the linear bound: price of the pack over the energy that it gives in its cycle life.  It is no simulation of
ageing: calendar ageing, temperature and depth are not in it; `simulated` has years of duty with ageing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ...design import build
from ...design.pack import PackRules, assembly, read_rules
from ...design.pack.assembly import DEFAULT
from ...ensemble.engine import values_of
from ...ensemble.jobs import Job
from ...errors import ProtocolError
from ...models.electrodes import needs_particles
from ...parameters import Cell, load
from ...protocols.cycles.vehicles import Segment, segment
from ...support.arguments import number, numbers, shown
from ..vehicles.performance import energy_coroutine
from ..vehicles.segments import energy_within
from ..verdicts import Verdict
from .arbitrage import CarBattery
from .duties import DUTIES, Served, Setting, duty
from .inputs import Life, Prices, StorageFile, read_prices, read_storage

WEARS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3)  # EUR/kWh of the curves
KEPT = 0.9  # mean capacity over a life to 80 %
NOTHING = 0.1  # EUR a year that a duty may still earn where it is said to stop paying
DEPTH = 1.0  # of the cycles that the lives state
Array = NDArray[np.float64]


def wear_price(life: Life, depth: float = DEPTH) -> float:
    """EUR per kWh taken out, price / (cycles x 0.9 x depth): the linear bound of wear.  Raises ProtocolError."""
    depth = number("depth", depth, "give a fraction above 0 and up to 1", above=0.0, high=1.0)
    return life.price.value / (life.cycles.value * KEPT * depth)


@dataclass(frozen=True)
class DutyFound:
    """A cell on a duty in a car.

    usable [kWh]: of the pack; hours: for which it gives the charger's power.  served: at the cell's wear price
    `wear` [EUR/kWh]; wears (n,) [EUR/kWh], nets (n,) [EUR a year]: the curve.  stops_at [EUR/kWh]: wear price from
    which on the duty does not pay; None if it never does.  life, cycles: key of the life it was given, and its cycles.
    """

    cell: str
    kind: str  # "solid" or "liquid"
    duty: str
    prices: str
    usable: float
    hours: float
    wear: float
    life: str
    cycles: float
    served: Served
    wears: Array
    nets: Array
    stops_at: float | None
    verdict: Verdict
    condition: str

    @property
    def sentence(self) -> str:
        """The verdict as one sentence."""
        link = {Verdict.HOLDS: "", Verdict.ONLY_IF: " ", Verdict.FAILS: ": "}[self.verdict]
        return (
            f"{self.cell}, {self.served.duty}: {self.served.net:+.0f} EUR a year after {self.served.wear:.0f} of wear "
            f"(linear bound, {self.wear:.3f} EUR/kWh) and {self.served.standby:.0f} of standby; that it pays "
            f"{self.verdict.value}{link}{self.condition} ({self.served.said})"
        )


def _curve(serve: partial[Served], linear: bool, wears: Sequence[float]) -> tuple[Array, Array]:
    """Net EUR a year, and kWh a year taken out, over wear prices; the latter is how steeply the former falls.

    One evaluation if the operation of a duty does not depend on them.
    """
    if linear:
        free = serve(0.0)
        return np.array([free.gain - free.standby - w * free.given for w in wears]), np.full(len(wears), free.given)
    served = [serve(w) for w in wears]
    return np.array([s.net for s in served]), np.array([s.given for s in served])


def _stops(serve: partial[Served], nets: Array, given: Array, wears: Sequence[float]) -> float | None:
    """The wear price at which a duty stops paying: where the curve, which is convex and falls, crosses zero.

    Tangents from the left never pass it (Newton's method).  Beyond the last wear price the curve goes on straight;
    infinite where nothing is taken out.
    """
    if nets[0] < 0.0:
        return None
    below = np.flatnonzero(nets < 0.0)
    if not below.size:
        slope = (nets[-2] - nets[-1]) / (wears[-1] - wears[-2])
        return float(wears[-1] + nets[-1] / slope) if slope > 1e-9 else float("inf")
    k = int(below[0])
    low, pays, slope, high, loses = wears[k - 1], nets[k - 1], given[k - 1], wears[k], nets[k]
    while True:
        chord = low + (high - low) * pays / (pays - loses)  # never before the crossing
        crossing = min(low + pays / slope, chord) if slope > 0.0 else chord
        if pays < NOTHING:
            return float(crossing)
        at = serve(crossing)
        low, pays, slope = crossing, max(at.net, 0.0), at.given


def judged(served: Served, stops_at: float | None, wear: float, cycles: float) -> tuple[Verdict, str]:
    """The verdict on "it earns more than it wears", and its condition or reason."""
    if served.duty == "backup":
        cost = served.standby + served.wear
        return Verdict.ONLY_IF, f"being safe from outages is worth {cost:.0f} EUR a year"
    if served.net >= 0.0:
        return Verdict.HOLDS, ""
    if stops_at is None:
        return Verdict.FAILS, f"it loses {served.standby - served.gain:.0f} EUR a year before any wear"
    if stops_at <= 0.0:
        return Verdict.FAILS, "it earns nothing before wear"
    return (
        Verdict.ONLY_IF,
        f"wear is at most {stops_at:.3f} EUR/kWh, such as {cycles * wear / stops_at:.0f} cycles at the same price",
    )


def life_of(cell: Cell, file: StorageFile) -> str:
    """Key of the life of a cell in a file: its own name, or else its kind.  Raises ProtocolError."""
    for key in (cell.name, cell.kind):
        if key in file.lives:
            return key
    raise ProtocolError(f"lives: neither {cell.name!r} nor {cell.kind!r} is there; add one of them to the file")


def usable_energy(cell: Cell, energy: float, car: Segment, rules: PackRules, generation: str = DEFAULT) -> float:
    """Usable energy [kWh] of a car whose pack has today's mass and space, from the energy of one cell [Wh]."""
    design, d = build(cell), car.data
    packed = assembly(cell, rules, generation, design)
    limits = d.pack_mass.value, d.pack_space.value
    rated, _, _ = energy_within(energy / design.mass, 1e-3 * energy / design.volume, packed, *limits)
    return 1e-3 * rated * d.usable_energy.value / d.rated_energy.value


def storage_study(
    cells: Iterable[Cell | str],
    duties: Sequence[str] | None = None,
    prices: Prices | str = "nl_2023",
    *,
    file: StorageFile | None = None,
    vehicle: str | Segment = "compact",
    rules: PackRules | None = None,
    generation: str = DEFAULT,
    wears: Sequence[float] = WEARS,
    threads: int | None = None,
) -> tuple[DutyFound, ...]:
    """Each cell on each duty, ordered by duty and cell, in the pack mass and space of a car of a segment.

    wears [EUR/kWh]: wear prices of the curves, two or more that rise from 0.
    duties: names of DUTIES, by default all.  prices: a packaged series by name, the path of a file, or `Prices`.
    Raises ClaimError, ParameterError, ProtocolError, SolveError.
    """
    file = read_storage() if file is None else file
    rules = read_rules() if rules is None else rules
    rules.generation(generation)
    wanted = "give two or more wear prices in EUR/kWh that rise from 0"
    wears = numbers("wears", wears, wanted, low=0.0, high=100.0).tolist()
    if len(wears) < 2 or wears[0] != 0.0 or sorted(set(wears)) != wears:
        raise ProtocolError(f"wears {shown(wears)}: {wanted}")
    prices = prices if isinstance(prices, Prices) else read_prices(prices)
    car = vehicle if isinstance(vehicle, Segment) else segment(vehicle)
    names = tuple(DUTIES) if duties is None else tuple(duties)
    serves = {name: duty(name) for name in names}
    known = [load(c) for c in cells]
    for cell in known:
        needs_particles(cell)
        life_of(cell, file)
    energies = values_of([Job(energy_coroutine, (c,)) for c in known], threads=threads)
    settings = {}
    for cell, (energy, _) in zip(known, energies, strict=True):
        battery = CarBattery.of(usable_energy(cell, energy, car, rules, generation), file)
        settings[id(cell)] = Setting(battery, file, prices)
    found = []
    for name, serve in serves.items():
        for cell in known:
            at, key = settings[id(cell)], life_of(cell, file)
            life = file.lives[key]
            wear = wear_price(life)
            served = serve(at, wear)
            linear = name not in ("arbitrage", "home-peak")  # what is done there depends on the wear price
            nets, given = _curve(partial(serve, at), linear, wears)
            stops_at, cycles = _stops(partial(serve, at), nets, given, wears), life.cycles.value
            verdict, condition = judged(served, stops_at, wear, cycles)
            high = at.car.high
            hours = (high - at.car.low) * at.car.efficiency / at.car.power
            found.append(
                DutyFound(
                    cell.name,
                    cell.kind,
                    name,
                    prices.name,
                    high,
                    hours,
                    wear,
                    key,
                    cycles,
                    served,
                    np.array(wears),
                    nets,
                    stops_at,
                    verdict,
                    condition,
                )
            )
    return tuple(found)
