"""Composites of Minnmann 2021 with particles of many sizes and grains of the electrolyte between them.

Conductivities are measured, or interpolated between measured ones of the neighbouring compositions.  What is added to
`minnmann`: particles scatter about the radius of the paper by a lognormal distribution; none acts as one smaller than
the grains of the electrolyte allow; and a diffusivity that does not vary takes the place of an assumed shape.
"""

from functools import cache, partial

import numpy as np

from ....design.grains import with_grains
from ....parameters import Cell
from ..line import Found, Line, Point, largest
from . import minnmann
from . import percolation as ionic
from .minnmann import COMPOSITES, NAMES, RATES

P = "positive electrode/"
ENDS, FITTED = (0.416, 0.611), (0.1, 1.0)  # compositions and rates of the fit: their conductivities are measured
RADIUS = 1.5e-6  # m, diameter 3 um
CLASSES = 25.0  # of size: as many more change capacities by less than 1 mAh/g
D_DRY = 3.8e-16  # m2/s, of NMC83 in a solid cell, from its impedance: Miss 2022 (second-hand)
SEARCH = {"spread": (0.05, 4.5), "grain": (0.1e-6, 10e-6)}  # of the mean radius; m
POOR = 0.322  # the composition whose particles do not all touch one another
CARBON = (157.0, 139.7, 119.8, 92.8)  # mAh/g at RATES with 1 % of carbon fibre in it
QUANTITIES = {  # that no one measured at a composition, or on two samples that differ
    "grain": "the radius of the grains",
    "kappa": "the ionic conductivity",
    "connected": "the particles that are connected",
}
KEYS = {"kappa": ("transport efficiency", 1.0), "connected": ("utilisation", 1.0)}
CONNECTED = 137.2 / 157.0  # share of its particles that conduct without carbon: capacities at C/10


def composite(fraction: float, spread: float, grain: float, more=None) -> Cell:
    """The cell with a volume fraction of COMPOSITES.

    spread: standard deviation of the radii by surface over their mean; grain [m]: radius of the grains of the
    electrolyte; more: other changes.
    """
    phi, kappa = np.array(sorted(ionic.MEASURED.items())).T
    left = 1.0 - minnmann.VOID - fraction
    cell = minnmann.composite(fraction, D_DRY, minnmann.CONSTANT).with_(
        {
            P + "transport efficiency": float(np.exp(np.interp(left, phi, np.log(kappa)))) / ionic.BULK,
            P + "particle radius": RADIUS,
            P + "particle radius standard deviation": spread * RADIUS,
            P + "particle size classes": CLASSES,
        }
        | (more or {})
    )
    return with_grains(cell, grain)


def moved(fraction: float, **factors: float) -> list[float]:
    """Capacities [mAh/g] at RATES with QUANTITIES of the composition times factors; the rest is as fitted."""
    spread, grain = fitted()
    cell = composite(fraction, spread, grain)
    more = {
        P + key: min(cell.value(P + key) * factors[name], most) for name, (key, most) in KEYS.items() if name in factors
    }
    return capacities(fraction, more=more, at=(spread, grain * factors.get("grain", 1.0)))


def what_if(fraction: float, names: tuple[str, ...]) -> str:
    """What QUANTITIES of the composition would have to be for its capacities, and how far they come, in words."""
    from scipy.optimize import minimize

    def apart(logs):
        now = moved(fraction, **dict(zip(names, np.exp(logs).tolist(), strict=True)))
        return max(abs(mine - q) for mine, q in zip(now, COMPOSITES[fraction].capacities, strict=True))

    corners = np.vstack([np.zeros(len(names)), np.diag([-0.05 if name == "connected" else 0.2 for name in names])])
    how = {"initial_simplex": corners, "maxfev": 40, "xatol": 5e-3, "fatol": 0.05}
    best = minimize(apart, corners[0], method="Nelder-Mead", options=how)
    words = " and ".join(f"{np.exp(x):.2g} times {QUANTITIES[name]}" for x, name in zip(best.x, names, strict=True))
    return f"within {best.fun:.1f} at all rates with {words}"


def capacities(fraction: float, rates=RATES, more=None, at=None) -> list[float]:
    """Capacities [mAh/g] at rates, with the numbers `at` (spread, grain), by default those that were fitted."""
    spread, grain = fitted() if at is None else at
    cell = composite(fraction, spread, grain, more)
    return [minnmann.capacity(cell, COMPOSITES[fraction].mass_share, rate) for rate in rates]


@cache
def fitted() -> tuple[float, float]:
    """Spread and grain radius [m], from ENDS at FITTED, by least squares."""
    from scipy.optimize import least_squares

    measured = [q for f in ENDS for rate, q in zip(RATES, COMPOSITES[f].capacities, strict=True) if rate in FITTED]

    def apart(logs):
        at = np.exp(logs).tolist()
        return np.concatenate([capacities(f, FITTED, at=at) for f in ENDS]) - measured

    bounds = np.log(list(SEARCH.values())).T
    start = np.log((1.0, 2e-6))
    found = least_squares(apart, start, bounds=bounds, diff_step=1e-3, xtol=1e-4, ftol=1e-5, max_nfev=20)
    spread, grain = np.exp(found.x).tolist()
    return spread, grain


def found(fraction: float, measured=None, more=None, known=(), ifs=()) -> Found:
    """Capacities at four rates, of which those at ENDS and FITTED, and those at the rates `known`, are not counted.

    ifs: names of QUANTITIES, for each of which tuples the remark says what they would have to be.
    """
    spread, grain = fitted()
    points = [
        Point(f"{NAMES[rate]} [mAh/g]", q, mine, rate in known or (fraction in ENDS and rate in FITTED))
        for rate, q, mine in zip(
            RATES, measured or COMPOSITES[fraction].capacities, capacities(fraction, more=more), strict=True
        )
    ]
    values = f"radii of 1.5 um with a standard deviation of {spread:.2f} times that, grains of {1e6 * grain:.2f} um"
    return largest(points, "; ".join([values, *(what_if(fraction, names) for names in ifs)]))


HOW = "spread of the radii and radius of the grains, on C/10 and 1C of the 41.6 and the 61.1 % cell"
SEEN = f"{HOW}; the laws were chosen with all of these capacities in view"
POOR_IN_CARBON = {P + "utilisation": CONNECTED}
RICH_IN_CARBON = {P + "electronic conductivity": 5.0}


def _line(name, fraction, predicted, run, fails="", kind="consistency", fit=SEEN) -> Line:
    return Line(
        f"minnmann-grains-{name}",
        kind,
        f"capacities with {100.0 * fraction:.1f} % NMC622 by volume, Minnmann 2021 (second-hand); diffusivity of "
        "another NMC in a solid cell, many sizes of particle, clusters between grains",
        "discharge to 2.0 V against In/Li-In (assumed); conductivities measured, or between measured ones",
        fit,
        predicted,
        "largest [mAh/g]",
        6.0,
        run,
        fails,
        minnmann.LINES[0].reason,
    )


OTHERS, ALL = "the same cell at C/4 and C/2", "this composition at all four rates"
LINES = (
    _line("41.6", 0.416, OTHERS, partial(found, 0.416)),
    _line(
        "32.2",
        POOR,
        "this composition at C/4, C/2 and 1C",
        partial(found, POOR, None, POOR_IN_CARBON, (0.1,)),
        fit=f"{SEEN}; share of connected particles, 0.87, from C/10 with and without carbon",
    ),
    _line(
        "carbon",
        POOR,
        f"{ALL}, with carbon fibre",
        partial(found, POOR, CARBON, RICH_IN_CARBON),
        "up to C/2 within the limit, at 1C by 9 too much: its ionic conductivity was measured without carbon, which "
        "takes of the ionic paths, as the source says of another composition",
        kind="prediction",
        fit=HOW,
    ),
    _line(
        "46.9",
        0.469,
        ALL,
        partial(found, 0.469, ifs=(("connected",), ("grain",), ("kappa",))),
        "at C/4 and C/2 by 5 to 7 too much, a third of what one size of particle makes it: a few percent of its "
        "particles that do not react, or slightly coarser grains, would explain all four rates, its ionic "
        "conductivity, which was not measured, whatever it is, would not",
    ),
    _line(
        "57.5",
        0.575,
        ALL,
        partial(found, 0.575, ifs=(("connected",), ("grain",), ("grain", "kappa"))),
        "its capacities are nearly those of 61.1 %, while everything that is computed lies between 46.9 and 61.1 %; "
        "less conductivity takes at 1C but not at C/4, and particles that do not react do not either. It takes "
        "coarser grains than at other compositions, and less conductivity than between the measured ones: nobody "
        "measured either. Two cells were made, whose spread is not stated",
    ),
    _line(
        "61.1",
        0.611,
        OTHERS,
        partial(found, 0.611, ifs=(("grain",), ("kappa",), ("grain", "kappa"))),
        "by 10 too much at C/4 and by 9 too little at 1C: one conductivity for an electrode close to the threshold, "
        "where some places conduct far better than others; two samples of it differ by a factor of 1.3. Neither "
        "grains nor conductivity explain it alone; both would, with more conductivity than was measured",
    ),
)
