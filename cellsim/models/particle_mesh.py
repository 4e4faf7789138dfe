"""Number of shells, and of volumes, for a particle diffusivity that varies with the stoichiometry.

Shells are exact for a constant diffusivity (`numerics.grids`).  With D(x), they are nodes of a quadrature.  Under a
constant load, the profile in a particle is nearly steady: in terms of W, the integral of D over x, it is the parabola

    W(x(r)) = W(x_s) -+ J (1 - r^2) / 2,    J = j R / (F c_max),

in the unit sphere, in a film alike, and shells have exact values of W.  Only the mean of x over their volumes differs
from that over the particle, by d(x_s).  Two errors follow at each surface stoichiometry x_s: of the voltage at a time,
U' d / (d mean / d x_s), and of the time at which a voltage is reached, d over the rate of the mean.  Both are evaluated
for increasing numbers of shells, for particles that are filled and that are emptied, without simulation.

The profile is not quite steady where D falls by decades; the factors VOLTAGE and TIME are upper bounds of most ratios
of errors observed in single-particle discharges and charges to these.
"""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..numerics.grids import FIRST_SHIFT, slab, sphere
from ..numerics.grids import SPREAD as APART
from ..parameters import Cell
from ..parameters.laws.law import X_RANGE
from .electrodes import PARTS, electrode_of, per_rate
from .materials.tables import diffusion, open_circuit, scale_of_diffusivity, varies
from .memo import kept

Array = NDArray[Any]

VOLTAGE, TIME = 1.5, 6.0  # see above
LATE, SPAN = (
    5e-3,
    0.15,
)  # share of a run by which its end may be late at 1 mV, of a run over so much of the stoichiometry
NEAR = 3e-3  # voltage error at an ending that is allowed in place of its time [V]
LEAST_SPAN = 1e-9  # of the stoichiometry, of a run that hardly moves
ALLOWED = 0.35e-3  # error [V] at which endings may be off by that
IN_STEPS, NEARLY, MOST_FRONT = 0.25, 5e-3, 0.02  # n x error over u; V, potential of a plateau and its kinetics; V
DECADE = 10.0  # ratio of diffusivities from which they vary by decades
PLATEAU, FULL = 0.3, 0.1  # length of a plateau, and excess at the separator, that make a full front
LADDER = (4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 130, 160)  # numbers of shells that are tried
STEP = 1.25  # ratio of the fluxes that are evaluated; others are rounded up
SURFACES, POINTS, ORDER = 97, 1001, 96  # surface stoichiometries, points of the laws, order of the exact mean
EARLY = 0.9  # part of the stoichiometry over which the error of the voltage is taken
FAR = 10.0  # stoichiometries by which D is continued
BEYOND = 0.02  # of the stoichiometry, by which surfaces may leave the window
MISSED, NOTHING = 0.065, 0.8  # see `resolution`; errors below NOTHING S sqrt(t D / R2) are ignored
AT_FIRST = 0.055  # see `resolution`
LEVEL_OVER = 0.4  # range of stoichiometry of `Numbers.level`
WIDEST = 3.5  # largest ratio of the matched rates of neighbouring shells
Answers = dict[tuple[int, int], float]


def drops(shells: Array, film: bool) -> Array:
    """By how much less each of the shells (n,) SHELL has than the surface, in a body that fills steadily at J = 1.

    In the body itself it is (1 - r^2) / 2 at r from its centre, or from the closed side of a film.
    """
    between = np.cumsum(3.0 * shells["volume"][:-1]) / shells["link"][:-1] / (3.0 if film else 1.0)
    return np.append(np.cumsum(between[::-1])[::-1], 0.0)


def places(shells: Array, film: bool = False, both: bool = False) -> Array:
    """Where a body that fills steadily has the values of its shells (n,) SHELL: 0 its centre, 1 its surface.

    both: of a film that something enters at both faces, whose shells are points in space.
    """
    if both:
        return np.append(0.0, np.cumsum(1.0 / (3.0 * shells["link"][:-1])))
    return np.sqrt(np.maximum(1.0 - 2.0 * drops(shells, film), 0.0))


@lru_cache
def steady(n: int, film: bool) -> tuple[Array, Array]:
    """(volumes, whose sum is 1; differences of W between surface and shell at a flux J = 1) of n shells, (n,) each."""
    shells = slab(n) if film else sphere(n)
    return 3.0 * shells["volume"], drops(shells, film)


@lru_cache
def continuous(film: bool) -> tuple[Array, Array]:
    """The same for the particle itself, as nodes of Gauss quadrature over the radius."""
    r, weight = np.polynomial.legendre.leggauss(ORDER)
    r, weight = 0.5 * (r + 1.0), 0.5 * weight
    return weight if film else 3.0 * r * r * weight, 0.5 * (1.0 - r * r)


class Uneven:
    """Errors of shells in the particles of an electrode at one temperature; evaluated when asked for, then kept."""

    def __init__(self, W: Array, U: Array, window: tuple[float, float], film: bool, start: float | None = None) -> None:
        """W [m2/s] and U [V]: (POINTS,) over X_RANGE.  start: see `run`."""
        self.x, self.W, self.U, self.film, self.window = np.linspace(*X_RANGE, POINTS), W, U, film, window
        self.rest = None if start is None else float(np.interp(start, self.x, W))
        beyond = BEYOND if start is None else 0.0
        self.low, self.high = max(X_RANGE[0], window[0] - beyond), min(X_RANGE[1], window[1] + beyond)
        if start is None:
            self.surface = np.linspace(self.low, self.high, SURFACES)
        else:  # closer to one another where the surface changes with the root of time
            self.surface = np.sort(start + (sum(window) - 2.0 * start) * np.linspace(0.0, 1.0, SURFACES) ** 2)
        self.W_s = np.interp(self.surface, self.x, W)
        ends = W[[0, -1]] + FAR / (self.x[1] - self.x[0]) * np.array([W[0] - W[1], W[-1] - W[-2]])
        self.beyond = np.concatenate([[self.x[0] - FAR], self.x, [self.x[-1] + FAR]]), np.insert(ends, 1, W)
        self.slope = np.abs(np.gradient(np.interp(self.surface, self.x, U), self.surface))
        D = np.diff(W)
        self.falls = bool(D.max() > DECADE * D.min())
        self.known: Answers = {}

    def mean(self, volume: Array, drop: Array, J: float) -> Array:
        """Mean stoichiometry (SURFACES,) for each of that at the surface; D goes on beyond 0 and 1, where none is."""
        x, W = self.beyond
        within = self.W_s[:, None] - J * drop
        if self.rest is not None:
            within = np.maximum(within, self.rest) if J > 0.0 else np.minimum(within, self.rest)
        return np.asarray(np.interp(within, W, x) @ volume)

    def run(self, start: float, end: float) -> "Uneven":
        """The same for a run from a uniform stoichiometry until that at the surface is `end`.

        Where the steady profile has not got to yet, the particle is as it was: the flux jams if D falls towards the
        surface.
        """
        return Uneven(self.W, self.U, (min(start, end), max(start, end)), self.film, start)

    def errors(self, J: float) -> Callable[[int], float]:
        """A function of the number of shells: error [V] at a flux J [m2/s] into the particle, of voltage or ending."""
        exact = self.mean(*continuous(self.film), J)
        inside = np.flatnonzero((exact >= self.low) & (exact <= self.high))
        if inside.size < 3:
            return lambda n: 0.0
        gain = np.maximum(np.gradient(exact, self.surface), 1e-6)
        steep = self.slope / gain
        first, last = exact[inside[[0, -1]]]
        within = inside[np.abs(exact[inside] - 0.5 * (first + last)) <= 0.5 * EARLY * (last - first)]
        halves = [half for half in np.array_split(within, 2) if half.size]
        span = SPAN if self.rest is None else min(SPAN, max(last - first, LEAST_SPAN))

        def error(n: int) -> float:
            off = np.abs(self.mean(*steady(n, self.film), J) - exact)
            volts = off * steep
            ending = np.minimum(TIME * off / (LATE * span), VOLTAGE * volts / NEAR)[inside].max()
            rms = [np.sqrt(np.average(volts[half] ** 2, weights=gain[half])) for half in halves]
            return float(max(VOLTAGE * max(rms, default=0.0), ALLOWED * ending))

        return error

    def surfaces(self, mean: Array, J: float) -> Array:
        """Stoichiometries at the surface (n,) for those of the mean (n,) at a flux J [m2/s] into the particle."""
        known = self.mean(*continuous(self.film), J)
        return np.interp(mean, known, self.surface) + mean - np.clip(mean, known[0], known[-1])

    def least(self, J: float, error: float) -> int:
        """Least number of LADDER for an error [V] at a flux J [m2/s] into the particle."""
        way = self.errors(J)
        return next((n for n in LADDER if way(n) <= error), LADDER[-1])

    def front(self, volts: float, spread: float) -> float:
        """To what extent particles fill or run empty one after the other, 0..1.

        volts: by which the potential may vary along a plateau that reaches to x = 0 or 1.
        spread: excess of the reaction at the separator over its mean, while the potential is flat.
        """
        share = 0.0
        for U, end in ((self.U, self.window[1]), (self.U[::-1], 1.0 - self.window[0])):
            steep = np.flatnonzero(np.abs(U - U[-1]) > volts)
            plateau = 1.0 - self.x[steep[-1]] if steep.size else 1.0
            beyond = end + spread * max(plateau - (1.0 - end), 0.0) - 1.0
            share = max(share, min(plateau / PLATEAU, 1.0) * min(max(beyond / FULL, 0.0), 1.0))
        return share

    def shells(self, J: float, error: float) -> int:
        """Least number of LADDER for an error [V] at a flux |J| [m2/s], whichever way it goes."""
        k = int(np.ceil(np.log(max(J, 1e-40)) / np.log(STEP)))
        ways: list[Callable[[int], float]] = []
        for n in LADDER:
            if (k, n) not in self.known:
                ways = ways or [self.errors(sign * STEP**k) for sign in (1.0, -1.0)]
                self.known[k, n] = max(way(n) for way in ways)
            if self.known[k, n] <= error:
                return n
        return LADDER[-1]


@cache
def uneven(part: str) -> Callable[[Cell, float], Uneven]:
    """A function (cell, T) that returns the `Uneven` of an electrode or a phase, whose window may be all there is."""

    def make(cell: Cell, T: float) -> Uneven:
        x = np.linspace(*X_RANGE, POINTS)
        W = scale_of_diffusivity(cell, part) * diffusion(cell, part, T)(x)
        whole = electrode_of(part)
        low, high = (cell.value(f"{whole}/{end} stoichiometry") for end in ("minimum", "maximum"))
        window = (low, high) if whole == part else X_RANGE
        return Uneven(W, open_circuit(cell, part, T)(x), window, cell.text(f"{whole}/type") == "film")

    return make


class Near(NamedTuple):
    """A limit that a load meets soon, where a potential is steep or diffusion slow."""

    time: float  # until then [s]
    steep: float  # change of a potential over that of the stoichiometry at the surface [V], 1 at least
    slower: float  # mean diffusivity over that where the step begins, 1 at least
    surfaces: tuple[tuple[float, float], ...]  # stoichiometry where it begins and there, of each electrode
    rate: float  # largest C-rate until then


def varying_shells(cell: Cell, part: str, T: float, J: float, error: float) -> int:
    """Shells of the particles of an electrode for an error [V] at a flux J = j R / (F c_max) [m2/s] and T [K]."""
    return uneven_of(cell, part, T).shells(J, error)


def shells_soon(cell: Cell, part: str, T: float, J: float, current: float, near: tuple[Near, ...], error: float) -> int:
    """Shells of an electrode for an error [V] at T [K] until limits are met, 0 if there is none.

    J: flux j R / (F c_max) [m2/s] at a current density [A/m2].
    """
    uneven, found = uneven_of(cell, part, T), 0
    for one in near:
        start, end = one.surfaces[PARTS.index(part)]
        flux = J * per_rate(cell) / current * one.rate
        found = max(found, uneven.run(start, end).least(math.copysign(flux, end - start), error))
    return found


def uneven_of(cell: Cell, part: str, T: float) -> Uneven:
    """The `Uneven` of an electrode or a phase at T [K], which is kept."""
    found: Uneven = kept(uneven(part), cell, T)
    return found


def filling_front(cell: Cell, part: str, T: float, u: float, g: float, kinetic: float) -> float:
    """n x error of n volumes of an electrode at T [K] whose particles fill one after the other [V].

    u, g, kinetic: see `Numbers`.  A diffusivity that falls by decades along a plateau of the potential that
    reaches to full or empty particles lets those at the separator get there first.  The reaction then moves on from
    volume to volume, and the voltage has as many steps.
    """
    if not varies(cell, part) or u == 0.0:
        return 0.0
    nu = math.sqrt(1.5 * u * (1.0 + g) / kinetic)
    found = uneven_of(cell, part, T)
    if not found.falls:
        return 0.0
    return min(IN_STEPS * u * found.front(kinetic + NEARLY, nu / math.tanh(nu) - 1.0), MOST_FRONT)


class Numbers(NamedTuple):
    """Characteristic numbers of a porous electrode at a current density, which determine its mesh."""

    u: float  # ohmic drop in its electrolyte [V]
    g: float  # salt gradient over its length, in initial concentrations
    S: float  # stoichiometry difference in its particles
    transfer: float  # current over exchange current, for a uniform reaction
    film: float  # ohmic drop of its film, for a uniform reaction [V]
    level: float  # smallest change of its potential over 0.4 of the stoichiometry [V]
    time: float  # diffusion time of its particles, R2 / D [s]
    salt_time: float  # diffusion time of its electrolyte [s]
    thermal: float  # R T / F [V]
    layer: float = 0.0  # capacity of its double layers over the current [s/V], where they are charged within a run

    @property
    def kinetic(self) -> float:
        """Overpotential of its reaction in linear kinetics [V]."""
        return self.transfer * self.thermal + self.film

    @property
    def differential(self) -> float:
        """Differential resistance of its reaction times the current, for a uniform reaction [V]."""
        return self.transfer * self.thermal / math.sqrt(1.0 + (0.5 * self.transfer) ** 2) + self.film

    def nu(self, t: float) -> float:
        """Thickness of the electrode over that of its reaction front, at a time t [s] after a change of load.

        Includes the differential resistance of the kinetics at the front and of diffusion at t, beside double layers.
        """
        if self.u == 0.0:
            return 1.0
        tau = t / self.time
        added = self.level / LEVEL_OVER * self.S * (0.75 * math.sqrt(tau) + 1.5 * tau)
        nu = 1.0
        for _ in range(5):
            slope = self.thermal * self.transfer / math.sqrt(1.0 + (0.5 * self.transfer * nu) ** 2)
            surface = slope + self.film + added
            surface = 1.0 / (1.0 / surface + self.layer / t) if self.layer else surface
            nu = max(math.sqrt(self.u / surface), 1.0)
        return nu

    def front(self, t: float) -> float:
        """n^2 x error of n volumes at a time t [s] after a change of load [V]."""
        salt = 1.0 + 1.5 * min(self.g, 1.0) * min(math.sqrt(t / self.salt_time), 1.0)
        return AT_FIRST * self.u * self.nu(t) * salt


def reach_for(numbers: Numbers, times: Any, error: float, near: tuple[Near, ...] = ()) -> float:
    """Rate [D / R2] up to which shells must be exact for a mean error [V] over each of the durations `times`.

    numbers: see `Numbers`.  near: limits soon met; where D varies the rate is in units of that there.
    """
    reach, loads = 0.0, [(t, 1.0, 1.0) for t in times]
    for t, steep, slower in (*loads, *(one[:3] for one in near)):
        root, S = math.sqrt(t / (numbers.time * slower)), 0.5 * (1.0 + numbers.nu(t)) * numbers.S * slower
        if NOTHING * S * root * steep > error:
            reach = max(reach, MISSED * S * steep / (root * error))
    return reach


def reaching(shells: int, reach: Any) -> tuple[int, float | None]:
    """(shells, reach) for `numerics.grids.sphere` that are exact up to a rate, with at least the density of `shells`.

    reach is None if `shells` are sufficient.
    """
    ratio = min(1.0 + APART / shells, WIDEST)
    more = 1 + math.ceil(math.log(max(reach, FIRST_SHIFT) / FIRST_SHIFT, ratio) - 1e-9)
    return (shells, None) if more <= shells else (more, FIRST_SHIFT * ratio ** (more - 1))
