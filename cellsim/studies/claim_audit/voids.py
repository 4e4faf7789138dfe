"""Voids at stripped lithium: a what-if calculation beside the verdict of a claim, not part of it.

No source measured creep and void formation on the cells of this package; parameter sets state no coefficients, and
figures and verdicts neglect voids.  Here coefficients of bare lithium on argyrodite are applied to cells with that
electrolyte.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ...errors import CellsimError
from ...kernels.call.calls import Coroutine, Together, finish
from ...models.electrodes import NEGATIVE, has_foil
from ...protocols import discharge
from ...simulation.run import simulate_coroutine
from .records import Figures

STRIPPED, AT = 2.0, 3e6  # stripping current density without voids [A/m2], at this pressure [Pa]
EXPONENTS = (6.56, 1.9)  # of the pressure in that current density
HEIGHT = 2e-6  # m
MATERIAL = "argyrodite"  # "electrolyte/material" of the cells to which the coefficients apply
SPARED = 0.99  # fraction of the energy above which voids count as harmless
PRESSURES = 1e5, 1e8  # search range of the minimum pressure [Pa]
TITLE = "What if lithium left voids? (not in the verdict)"
NOTE = (
    "Voids at stripped lithium, creep of lithium and interphase growth are not included in figures and verdicts: no "
    "source measured them on these cells. This is a first discharge with coefficients of bare lithium on argyrodite: "
    f"{0.1 * STRIPPED:g} mA/cm² can be stripped without voids at {1e-6 * AT:g} MPa (Kasemchainan 2019; from memory, "
    f"unverified), increasing with pressure to the power {EXPONENTS[0]:g} (creep of lithium, Masias 2019; second-hand) "
    f"or {EXPONENTS[1]:g} (from Kasemchainan's two points; from memory); the activation energy of creep is 37 kJ/mol "
    f"(from memory); any further stripping leaves voids, and the contact fraction falls by a factor e per "
    f"{1e6 * HEIGHT:g} um of void height (assumed, from 1 to 3). Short circuits, during charge or after many cycles, "
    "are not considered."
)


@dataclass(frozen=True)
class Voids:
    """Effect of voids on one cell.

    pressure: operating pressure [Pa].  share: fraction of its energy delivered with voids at that pressure.
    least: minimum pressure [Pa] at which it delivers SPARED of it, None if above PRESSURES.  Both: one value for each
    of EXPONENTS.  why: reason why nothing was computed; empty otherwise.
    """

    cell: str
    pressure: float
    share: tuple[float, ...] = ()
    least: tuple[float | None, ...] = ()
    why: str = ""

    @property
    def sentence(self) -> str:
        """The result as one sentence."""
        if self.why:
            return f"{self.cell}: not computed, {self.why}"
        shares = sorted({f"{share:.2f}" for share in self.share})
        needed = [f"{1e-6 * P:.2g}" if P else f"more than {1e-6 * PRESSURES[1]:g}" for P in self.least]
        least, laws = " or ".join(dict.fromkeys(needed)), " and ".join(f"{n:g}" for n in EXPONENTS)
        return (
            f"{self.cell} would deliver {' to '.join(shares)} of its energy at its {1e-6 * self.pressure:.3g} MPa; "
            f"for {100.0 * SPARED:g} % of it, it needs at least {least} MPa (exponents {laws})"
        )


def what_if(figures) -> Voids:
    """The discharge of `Figures` repeated with voids, under the same conditions."""
    return finish(what_if_coroutine(figures))


def what_if_coroutine(figures: Figures) -> Coroutine[Voids]:
    """Coroutine form of `what_if`."""
    cell = figures.cell
    why = _not_applicable(cell)
    if why:
        return Voids(cell.name, figures.pressure, why=why)

    def share(exponent: float, pressure: float) -> Coroutine[float]:
        return (yield from _energy(figures, exponent, pressure)) / figures.energy

    try:
        shares = yield Together([share(n, figures.pressure) for n in EXPONENTS])
        least = yield Together([_least(partial(share, n)) for n in EXPONENTS])
        return Voids(cell.name, figures.pressure, tuple(shares), tuple(least))
    except (CellsimError, ZeroDivisionError) as fault:
        return Voids(cell.name, figures.pressure, why=f"as it could not be simulated ({fault})")


def _not_applicable(cell) -> str:
    """Why the coefficients do not apply to a cell; empty if they do."""
    if not has_foil(cell):
        return "as no lithium metal is stripped"
    if cell.value(f"{NEGATIVE}/void share") > 0.0:
        return "as the set has void coefficients of its own, which are in the verdict"
    if cell.value(f"{NEGATIVE}/counter potential") != 0.0:
        return "as the counter electrode is an alloy, for which no coefficients were found"
    if cell.value("design/interlayer thickness") > 0.0:
        return "as lithium lies behind an interlayer, for which no coefficients were found"
    if not cell.material:
        return "as its parameter set does not state the material of the electrolyte (electrolyte/material)"
    if cell.material != MATERIAL:
        return "as no coefficients of lithium on its electrolyte were found"
    return ""


def _energy(figures: Figures, exponent: float, pressure: float) -> Coroutine[float]:
    """Energy of the discharge with voids [Wh]."""
    cell = figures.cell.with_(
        {
            f"{NEGATIVE}/void share": 1.0,
            f"{NEGATIVE}/void height": HEIGHT,
            f"{NEGATIVE}/creep current density": STRIPPED,
            f"{NEGATIVE}/creep reference pressure": AT,
            f"{NEGATIVE}/creep exponent": exponent,
            "cell/operating pressure": pressure,
        }
    )
    run = yield from simulate_coroutine(cell, discharge(figures.c_rate), temperature=figures.temperature)
    return run.discharge_energy


def _least(share: Callable[[float], Coroutine[float]]) -> Coroutine[float | None]:
    """Minimum pressure [Pa] with a share of SPARED, to 1 %; the share rises with pressure.  None if above PRESSURES."""
    low, high = map(math.log, PRESSURES)
    if (yield from share(PRESSURES[1])) < SPARED:
        return None
    while high - low > 0.01:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if (yield from share(math.exp(middle))) >= SPARED else (middle, high)
    return math.exp(high)
