"""The largest constant power that a cell delivers or takes up for some seconds within its limits."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..design import build
from ..ensemble.engine import values_of
from ..ensemble.jobs import Job
from ..errors import Ending, ProtocolError, SolveError
from ..kernels.call.calls import Coroutine
from ..models.electrodes import has_foil, needs_particles
from ..models.thermal_laws import critical_current
from ..parameters import Cell, load
from ..physics.constants import ZERO_CELSIUS
from ..protocols import Limit, Step
from ..simulation.run import simulate_coroutine
from ..support.arguments import chosen, number, numbers

SECONDS, SOC = 10.0, 0.5
CELSIUS = (-20.0, -10.0, 0.0, 10.0, 25.0, 45.0, 60.0)
DIRECTIONS = ("discharge", "charge")
CLOSE = 5e-3  # share to which a power is found
FASTEST = 200.0  # C-rate beyond which no power is searched
SLOWEST = 1e-3  # C-rate below which a cell is said to have no power


@dataclass(frozen=True)
class Pulse:
    """One pulse power.

    power [W] of the cell; per_mass [W/kg], per_volume [W/L] of the cell.  binds: what ends a pulse of more power.
    Charge pulses of a lithium-metal cell that states no critical current at the temperature are limited by voltage
    only.  Sets without a resistance of tabs and collectors give more power than a cell in its housing.
    """

    cell: str
    kind: str  # "solid" or "liquid"
    celsius: float
    direction: str
    power: float
    per_mass: float
    per_volume: float
    binds: str


def limits_of(cell: Cell, direction: str, celsius: float) -> tuple[Limit, ...]:
    """What ends a pulse besides the voltage cut-offs: in a charge plating, or the critical current of lithium metal."""
    if direction == "discharge":
        return ()
    if not has_foil(cell):
        return (Limit("plating margin", 0.0),)
    known = math.isfinite(critical_current(cell, celsius + ZERO_CELSIUS))
    return (Limit("critical current margin", 0.0),) if known else ()


def pulse_coroutine(
    cell: Cell, celsius: float, direction: str = "discharge", seconds: float = SECONDS, soc: float = SOC
) -> Coroutine[tuple[float, str]]:
    """The power [W] and what binds, by bisection of its logarithm between runs that last and runs that do not."""
    until = limits_of(cell, direction, celsius)
    sign = 1.0 if direction == "discharge" else -1.0
    unit = cell.nominal_capacity * 0.5 * sum(cell.value(f"cell/{w} voltage cut-off") for w in ("lower", "upper"))

    def lasts(rate: float) -> Coroutine[str]:
        """Empty if the pulse lasts, else what ended it."""
        step = Step("power", sign * rate * unit, seconds, until)
        try:
            run = yield from simulate_coroutine(cell, step, soc=soc, temperature=celsius + ZERO_CELSIUS)
        except SolveError:
            return "the solver"
        except ProtocolError as fault:  # a limit that is violated at once
            return "a limit at once" if until else str(fault)
        ending = run.steps[-1].ending
        return "" if ending is Ending.DURATION else WORDS.get(ending, ending.sentence)

    low, high, binds = 0.0, 1.0, (yield from lasts(1.0))
    if not binds:
        low = 1.0
        while not binds and high < FASTEST:
            low, high = high, 2.0 * high
            binds = yield from lasts(high)
        if not binds:
            return high * unit, f"no limit up to {high:g} C"
    else:
        low = 1.0
        while low > SLOWEST:
            high, low = low, 0.5 * low
            ended = yield from lasts(low)
            if not ended:
                break
            binds = ended
        else:
            return 0.0, binds
    while high / low > 1.0 + CLOSE:
        middle = math.sqrt(low * high)
        ended = yield from lasts(middle)
        low, high, binds = (low, middle, ended) if ended else (middle, high, binds)
    return low * unit, binds


WORDS = {
    Ending.LOWER_VOLTAGE: "voltage cut-off",
    Ending.UPPER_VOLTAGE: "voltage cut-off",
    Ending.UNREACHABLE: "largest power of the cell",
    Ending.PLATING_MARGIN: "lithium plating",
    Ending.CRITICAL_CURRENT: "critical current",
    Ending.PARTICLE_EMPTY: "surface of a particle",
    Ending.PARTICLE_FULL: "surface of a particle",
    Ending.ELECTROLYTE_DEPLETED: "salt of the electrolyte",
    Ending.LITHIUM_EXHAUSTED: "lithium of the electrode",
}


def pulse_powers(
    cells: Iterable[Cell | str],
    temperatures: Sequence[float] = CELSIUS,
    directions: Sequence[str] = DIRECTIONS,
    *,
    seconds: float = SECONDS,
    soc: float = SOC,
    threads: int | None = None,
) -> tuple[Pulse, ...]:
    """Pulse powers of cells at temperatures [degC], in both directions, ordered by cell, temperature, direction.

    A pulse begins at rest at `soc` and the temperature, and must last `seconds` [s] within the voltage cut-offs; a
    charge pulse also without lithium plating and below the critical current.  Raises ParameterError, ProtocolError.
    """
    temperatures = numbers("temperatures", temperatures, "give degC", low=-73.0, high=127.0).tolist()
    for direction in directions:
        chosen("direction", direction, DIRECTIONS)
    seconds = number("seconds", seconds, "give seconds, 0.1 to 600", low=0.1, high=600.0)
    soc = number("soc", soc, "give a state of charge, 0 to 1", low=0.0, high=1.0)
    known = [load(c) for c in cells]
    for cell in known:
        needs_particles(cell)
    asked = [(c, T, d) for c in known for T in temperatures for d in directions]
    jobs = [Job(pulse_coroutine, (*each, seconds, soc)) for each in asked]
    found = values_of(jobs, threads=threads)
    designs = {id(c): build(c) for c, _, _ in asked}
    return tuple(
        Pulse(c.name, c.kind, T, d, P, P / designs[id(c)].mass, 1e-3 * P / designs[id(c)].volume, binds)
        for (c, T, d), (P, binds) in zip(asked, found, strict=True)
    )
