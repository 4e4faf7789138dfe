"""What voids below stripped lithium would do to a cell of a claim: a what-if beside the verdict, never in it.

No source measured creep and voids on the cells of this package, so no set states coefficients of them, and figures
and verdicts know of none.  Here those of bare lithium on argyrodite are lent to the cells they could belong to.
"""
import math
from dataclasses import dataclass

from ...errors import CellsimError
from ...models.electrodes import NEGATIVE, has_foil
from ...protocols import discharge
from ...simulation.run import simulate

STRIPPED, AT = 2.0, 3e6  # A/m2 without voids at this pressure [Pa]
EXPONENTS = (6.56, 1.9)  # of the pressure in that current
HEIGHT = 2e-6  # m
ARGYRODITE = ("Li6PS5Cl", "LPSCl", "argyrodite")  # as titles of sets call it
SPARED = 0.99  # of the energy, from which voids are said to do no harm
PRESSURES = 1e5, 1e8  # Pa, between which the least pressure is looked for
TITLE = "What if lithium left voids? (not in the verdict)"
NOTE = (
    "Voids below stripped lithium, its creep, and an interphase that grows are in no figure and no verdict: no source "
    "measured them on these cells. This is a first discharge with coefficients of bare lithium on argyrodite: "
    f"{0.1 * STRIPPED:g} mA/cm2 are stripped without voids at {1e-6 * AT:g} MPa (Kasemchainan 2019; from memory, "
    f"unverified), more with pressure to the power {EXPONENTS[0]:g} (creep of lithium, Masias 2019; second-hand) or "
    f"{EXPONENTS[1]:g} (through Kasemchainan's two points; from memory); creep has 37 kJ/mol (from memory); all that "
    f"is stripped beyond leaves voids, and contact falls by e every {1e6 * HEIGHT:g} um of them (assumed, of 1 to 3). "
    "Whether cells short, on charge or after many cycles, is not answered.")


@dataclass(frozen=True)
class Voids:
    """What would become of one cell.

    pressure [Pa]: its own; share: of its energy that it would deliver there, and least [Pa]: the pressure from which
    it would deliver SPARED of it, None if none within PRESSURES does; both by the two EXPONENTS.
    why: why none of this was computed, in words; empty where it was.
    """

    cell: str
    pressure: float
    share: tuple[float, ...] = ()
    least: tuple[float | None, ...] = ()
    why: str = ""

    @property
    def sentence(self) -> str:
        """In words, to stand alone."""
        if self.why:
            return f"{self.cell}: not computed, {self.why}"
        shares = sorted({f"{share:.2f}" for share in self.share})
        needed = [f"{1e-6 * P:.2g}" if P else f"more than {1e-6 * PRESSURES[1]:g}" for P in self.least]
        least, laws = " or ".join(dict.fromkeys(needed)), " and ".join(f"{n:g}" for n in EXPONENTS)
        return (f"{self.cell} would deliver {' to '.join(shares)} of its energy at its {1e-6 * self.pressure:.3g} MPa; "
                f"for {100.0 * SPARED:g} % of it, it needs at least {least} MPa (exponents {laws})")


def what_if(figures) -> Voids:
    """The cell of `Figures`, discharged once more under the same conditions, with the coefficients lent."""
    cell = figures.cell
    why = _stranger(cell)
    if why:
        return Voids(cell.name, figures.pressure, why=why)
    share = lambda n, P: _energy(figures, n, P) / figures.energy  # noqa: E731
    try:
        return Voids(cell.name, figures.pressure, tuple(share(n, figures.pressure) for n in EXPONENTS),
                     tuple(_least(lambda P, n=n: share(n, P)) for n in EXPONENTS))
    except (CellsimError, ZeroDivisionError) as fault:
        return Voids(cell.name, figures.pressure, why=f"as it could not be simulated ({fault})")


def _stranger(cell) -> str:
    """Why the coefficients are not this cell's; empty if they may be."""
    if not has_foil(cell):
        return "as no lithium metal is stripped"
    if cell.value(f"{NEGATIVE}/void share") > 0.0:
        return "as the set has void coefficients of its own, which are in the verdict"
    if cell.value(f"{NEGATIVE}/counter potential") != 0.0:
        return "as the counter electrode is an alloy, of which no coefficients were found"
    if cell.value("design/interlayer thickness") > 0.0:
        return "as lithium lies behind an interlayer, of which no coefficients were found"
    if not any(word in cell.title for word in ARGYRODITE):
        return "as no coefficients of lithium on its electrolyte were found"
    return ""


def _energy(figures, exponent, pressure) -> float:
    """Energy of the discharge with voids [W.h]."""
    cell = figures.cell.with_({
        f"{NEGATIVE}/void share": 1.0, f"{NEGATIVE}/void height": HEIGHT, f"{NEGATIVE}/creep current density": STRIPPED,
        f"{NEGATIVE}/creep reference pressure": AT, f"{NEGATIVE}/creep exponent": exponent,
        "cell/operating pressure": pressure})
    return simulate(cell, discharge(figures.c_rate), temperature=figures.temperature).discharge_energy


def _least(share) -> float | None:
    """The least pressure [Pa] whose share is SPARED, to 1 %, as more pressure never hurts; None if none is."""
    low, high = map(math.log, PRESSURES)
    if share(PRESSURES[1]) < SPARED:
        return None
    while high - low > 0.01:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if share(math.exp(middle)) >= SPARED else (middle, high)
    return math.exp(high)
