"""A cell in every segment: range at the same mass and space, mass at the same range, power, charge, towing."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ...design.pack import Assembly, PackRules, Topology, assembly, read_rules, sample_spread, topology
from ...design.pack.assembly import DEFAULT
from ...ensemble.engine import values_of
from ...ensemble.jobs import Job
from ...errors import CellsimError, Ending, ParameterError
from ...kernels.call.calls import Coroutine
from ...parameters import Cell
from ...physics.constants import ZERO_CELSIUS
from ...protocols import Limit, Step
from ...protocols.cycles.road_load import Vehicle, drive, trip
from ...protocols.cycles.vehicles import Segment, segment, vehicles
from ...protocols.drive_cycles import schedule
from ...simulation.run import simulate_coroutine
from ...support.arguments import number
from ..verdicts import Verdict
from .performance import ACCURACY, CellPerformance, performances

CYCLE = "WLTC"  # of ranges
DRIVE = "US06"  # of the drive in the cold


@dataclass(frozen=True)
class Requirements:
    """What every segment asks for besides the range of its car of today; all assumed.

    charge [min]: from 10 to 80 % at 25 degC at most.  cold, hot [degC]: between them the peak power of the car is
    asked for, at 50 % state of charge for 10 s.
    """

    charge: float = 30.0
    cold: float = -10.0
    hot: float = 45.0

    def __post_init__(self) -> None:
        number("charge time", self.charge, "give minutes, 1 to 600", low=1.0, high=600.0)
        number("cold", self.cold, "give degC, -20 to 25", low=-20.0, high=25.0)
        number("hot", self.hot, "give degC, 25 to 45", low=25.0, high=45.0)


@dataclass(frozen=True)
class PackPrice:
    """Price of a pack: 10, 50 and 90 % quantiles [USD/kWh]; today: of one with today's cells, in the same scenario."""

    quantiles: tuple[float, float, float]
    today: float
    scenario: str


@dataclass(frozen=True)
class SegmentFound:
    """A cell in the car of a segment, in a pack of the mass and within the space of today's.

    topology; energy [kWh], mass [kg], volume [L] of the pack; binds: "mass" or "space".  usable: of the energy.
    reach, today [km]: ranges on CYCLE with this pack, and of the car as sold by the same road load; mass_today [kg]: of
    its pack; towing, towing_today: with a trailer of `trailer` kg, None where there is none.  mass_same, volume_same
    [kg, L]: of a pack for today's range.  power [kW] by temperature [degC]; peak [kW]: the car's.
    full_power_from [degC]: None if nowhere.  cold_drive: what US06 does at the cold end from 20 % state of charge, with
    the trailer where there is one.
    price: of the pack, None where the cell's materials are not listed.
    charge: minutes by temperature [degC].  cooling [W/K]: from cells to coolant in the charge at 25 degC.
    verdict, conditions: what must hold for the car to be no worse than today's, each solved alone; failures: what
    cannot be met.
    """

    cell: str
    kind: str  # "solid" or "liquid"
    segment: str
    assembly: Assembly
    topology: Topology
    energy: float
    mass: float
    volume: float
    binds: str
    usable: float
    reach: float
    today: float
    mass_today: float
    trailer: float
    towing: float | None
    towing_today: float | None
    mass_same: float | None
    volume_same: float | None
    power: Mapping[float, float]
    peak: float
    full_power_from: float | None
    charge: Mapping[float, float]
    cooling: float
    price: PackPrice | None = None
    cold_drive: str = ""
    verdict: Verdict = Verdict.FAILS
    conditions: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The verdict as one sentence."""
        more = {
            Verdict.HOLDS: "",
            Verdict.ONLY_IF: " " + ", and ".join(self.conditions),
            Verdict.FAILS: ": " + ", and ".join(self.failures),
        }[self.verdict]
        return (
            f"{self.cell} in the {self.segment}: {self.reach:.0f} km against {self.today:.0f} km at the same mass and "
            f"space ({self.binds} binds); no worse than today's car: {self.verdict.value}{more}"
        )


@lru_cache(maxsize=1024)
def consumption(car: Vehicle) -> float:
    """Energy from the battery [Wh/km] on CYCLE."""
    return trip(*schedule(CYCLE), car).consumption


def energy_within(
    gravimetric: float, volumetric: float, packed: Assembly, mass: float, space: float
) -> tuple[float, float, str]:
    """Energy [Wh] and mass [kg] of a pack of at most that mass [kg] and space [L], and which of the two binds.

    gravimetric [Wh/kg], volumetric [Wh/L]: of the cells.
    """
    per_mass, per_space = gravimetric / packed.mass_ratio, volumetric / packed.volume_ratio
    by_mass, by_space = mass * per_mass, space * per_space
    return (by_mass, mass, "mass") if by_mass <= by_space else (by_space, by_space / per_mass, "space")


def _same_range(car: Segment, usable_per_mass: float, reach: float) -> float | None:
    """Mass [kg] of a pack for a range [km], the car getting lighter or heavier with it; None if there is none."""
    from scipy.optimize import brentq

    def short(mass: float) -> float:
        return usable_per_mass * mass - reach * consumption(car.vehicle(mass))

    high = 1.0
    while short(high) < 0.0:
        high *= 2.0
        if high > 1e5:
            return None
    return float(brentq(short, 0.0, high, xtol=1e-3))


def _ranges(car: Segment, usable: float, pack_mass: float | None, trailer: float) -> tuple[float, float | None]:
    """Ranges [km] of a usable energy [Wh], alone and with a trailer [kg]."""
    alone = usable / consumption(car.vehicle(pack_mass))
    towed = usable / consumption(car.vehicle(pack_mass, trailer_mass=trailer)) if trailer > 0.0 else None
    return alone, towed


@lru_cache(maxsize=1024)
def _weakest(series: int, parallel: int, spread: float) -> float:
    """Median capacity of the weakest group of parallel cells over that of mean cells."""
    return sample_spread(series, parallel, spread, samples=200).quantiles("usable")[1]


def in_segment(
    found: CellPerformance,
    car: Segment,
    rules: PackRules | None = None,
    generation: str = DEFAULT,
    wanted: Requirements | None = None,
    *,
    tow: float | None = None,
    pressure: float | None = None,
    price: PackPrice | None = None,
) -> SegmentFound:
    """One cell in one segment.

    tow [kg]: mass of the trailer, by default that of the file of vehicles, within what the car may tow.
    pressure [Pa]: another operating pressure for the pack hardware; the cell stays as it is.
    price: of packs of the cell; a pack for today's range should cost no more than today's.
    Raises ParameterError, ProtocolError.
    """
    rules = read_rules() if rules is None else rules
    wanted = Requirements() if wanted is None else wanted
    cell = found.cell if pressure is None else found.cell.with_({"cell/operating pressure": pressure})
    packed = assembly(cell, rules, generation)
    d, trailer = car.data, car.towed(tow)
    rated, mass, binds = energy_within(
        found.gravimetric, found.volumetric, packed, d.pack_mass.value, d.pack_space.value
    )
    topo = topology(d.pack_voltage.value, rated, found.voltage, found.energy)
    usable = (
        d.usable_energy.value
        / d.rated_energy.value
        * _weakest(topo.series, topo.parallel, rules.cells.capacity_spread.value)
    )
    reach, towing = _ranges(car, usable * rated, mass, trailer)
    today, towing_today = _ranges(car, 1e3 * d.usable_energy.value, None, trailer)
    per_mass = found.gravimetric / packed.mass_ratio
    mass_same = _same_range(car, usable * per_mass, today)
    per_space = found.volumetric / packed.volume_ratio
    result = SegmentFound(
        found.name,
        cell.kind,
        car.name,
        packed,
        topo,
        1e-3 * rated,
        mass,
        rated / per_space,
        binds,
        usable,
        reach,
        today,
        d.pack_mass.value,
        trailer,
        towing,
        towing_today,
        mass_same,
        None if mass_same is None else mass_same * per_mass / per_space,
        {T: 1e-3 * rated * float(found.power_per_energy(T)) for T in sorted(found.power)},
        d.peak_power.value,
        found.full_power_from(1e3 * d.peak_power.value / rated),
        found.charge,
        found.heating * rated / found.energy / rules.cooling.temperature_rise.value,
        price,
    )
    return result if pressure is not None else _judged(result, found, car, rules, generation, wanted, tow)


def _judged(
    result: SegmentFound,
    found: CellPerformance,
    car: Segment,
    rules: PackRules,
    generation: str,
    wanted: Requirements,
    tow: float | None,
) -> SegmentFound:
    """The result with its verdict: what is missed, and what would mend it, each alone."""
    conditions, failures = [], []
    if result.reach < result.today:
        below = _pressure_for(result, lambda p: in_segment(found, car, rules, generation, wanted, tow=tow, pressure=p))
        share = result.today / result.reach
        if below is not None:
            conditions.append(f"the stack pressure is at most {1e-6 * below:.2g} MPa")
        else:
            failures.append(f"range {1.0 / share:.2f} of today's; the pack would need {share:.2f} times its energy")
    lowest = result.full_power_from
    if lowest is None or lowest > wanted.hot:
        best = max(result.power.values())
        failures.append(f"at most {best:.0f} of {result.peak:.0f} kW at any temperature")
    elif lowest > wanted.cold:
        conditions.append(f"the pack is at {lowest:.0f} °C or warmer where full power is asked for")
    minutes = result.charge[25.0]
    if minutes > wanted.charge:
        ways = []
        warm = [T for T, m in sorted(result.charge.items()) if m <= wanted.charge]
        if warm:
            ways.append(f"the pack is heated to {warm[0]:.0f} °C before a fast charge")
        if found.critical is not None:
            now, needed = found.critical
            ways.append(f"the critical current is at least {0.1 * needed:.2g} mA/cm² (now {0.1 * now:.2g})")
        if ways:
            conditions.append(" or ".join(ways))
        else:
            best = min(result.charge.values())
            said = "no charge within the limits" if math.isinf(best) else f"{best:.0f} min at best"
            failures.append(f"charge of 10 to 80 % {said}, {wanted.charge:g} min asked for")
    conditions += _dear(result, car)
    verdict = Verdict.FAILS if failures else Verdict.ONLY_IF if conditions else Verdict.HOLDS
    return replace(result, verdict=verdict, conditions=tuple(conditions), failures=tuple(failures))


def _dear(result: SegmentFound, car: Segment) -> list[str]:
    """What the pack may cost at most, if one for today's range costs more than today's; empty otherwise."""
    if result.price is None or result.mass_same is None:
        return []
    most = car.data.rated_energy.value * result.price.today / (result.energy * result.mass_same / result.mass)
    low, mid, high = result.price.quantiles
    if mid <= most:
        return []
    return [f"the pack costs at most {most:.0f} USD/kWh (now {mid:.0f}, {low:.0f} to {high:.0f})"]


def _pressure_for(result: SegmentFound, at: Any) -> float | None:
    """The largest operating pressure [Pa] of the pack at which the range is today's; None if none is."""
    now = result.assembly.pressure
    if at(0.0).reach < result.today:
        return None
    low, high = 0.0, now
    for _ in range(12):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if at(middle).reach >= result.today else (low, middle)
    return low


def vehicle_study(
    cells: Iterable[Cell | str],
    segments: Iterable[str] | None = None,
    *,
    known: Mapping[str, Segment] | None = None,
    rules: PackRules | None = None,
    generation: str = DEFAULT,
    requirements: Requirements | None = None,
    tow: float | None = None,
    prices: Mapping[str, PackPrice] | None = None,
    in_the_cold: bool = True,
    threads: int | None = None,
) -> tuple[SegmentFound, ...]:
    """Every cell in every segment, ordered by segment and cell.

    segments: names, by default all of `known`, the vehicles of a file (by default the packaged ones).
    tow [kg]: as in `in_segment`, only of those that may tow.  prices: of packs by name of the cell, `cost.packs`.
    in_the_cold: also drive US06 there, which takes a while.  Raises ParameterError, ProtocolError, SolveError.
    """
    known = vehicles() if known is None else known
    chosen = [segment(name, known) for name in (known if segments is None else segments)]
    if not chosen:
        raise ParameterError("vehicle_study: no segments; name at least one")
    rules = read_rules() if rules is None else rules
    rules.generation(generation)
    for each in chosen:  # what cannot be is said before anything is simulated
        each.towed(tow)
    wanted = Requirements() if requirements is None else requirements
    found = performances(cells, wanted.charge, threads=threads)
    price = dict(prices or {}).get
    made = [
        (p, each, in_segment(p, each, rules, generation, wanted, tow=tow, price=price(p.name)))
        for each in chosen
        for p in found
    ]
    if not in_the_cold:
        return tuple(result for *_, result in made)
    drives = values_of([Job(_cold_drive, (*three, wanted.cold)) for three in made], threads=threads)
    return tuple(replace(result, cold_drive=words) for (*_, result), words in zip(made, drives, strict=True))


def _cold_drive(found: CellPerformance, car: Segment, result: SegmentFound, celsius: float) -> Coroutine[str]:
    """Whether the cells follow US06 at a temperature [degC] from 20 % state of charge; braking may be refused."""
    cells = max(1, round(1e3 * result.energy / found.energy))
    vehicle = car.vehicle(result.mass, trailer_mass=result.trailer, cells=cells)
    load = drive(*schedule(DRIVE), vehicle)
    lowest = found.cell.value("cell/lower voltage cut-off")
    step = Step("power", load, None, (Limit("voltage", lowest, "below"),))
    try:
        run = yield from simulate_coroutine(
            found.cell, step, soc=0.2, temperature=celsius + ZERO_CELSIUS, accuracy=ACCURACY
        )
    except CellsimError as fault:
        return f"not simulated: {fault}"
    last = run.steps[-1]
    if last.ending is Ending.DURATION:
        return "driven"
    return f"ends after {last.t_end:.0f} of {load.duration:.0f} s: {last.ending.sentence}"
