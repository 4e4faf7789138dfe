"""Retention of measured solid cells: from resistances measured beside it, from another cell, and makers' statements.

All numbers are second-hand. The laboratory cells are from the public reading notes of
github.com/yonghoon7153-source/Yonghoon-DEM-DFT, which read figures to the accuracy that each line states; the papers
themselves were not opened. Makers' statements are from abstracts and the press.
"""

from functools import partial

from .....models import SPM
from .....models.electrodes import POSITIVE
from .....models.volumes import surface_area
from .....parameters import Cell, load
from .....parameters.formats.overlay import with_overlay
from .....simulation.run import simulate
from ....life.age import age
from ....life.fit import fit_ageing
from ....life.life_table import Life
from ...line import Found, Line, Point, largest
from ..fast_charge import cell_of
from . import solid
from .fitted import percent_at, predicted

N, P = solid.N, solid.P
LAB = "lab_nmc811_lpscl_li"  # of the cells whose own set is not packaged
DENSITY = 4750.0  # kg/m3, NMC811
KIM_AREA, KIM_LOADING, KIM_T = 1.767e-4, 0.1188, 303.15  # m2; kg/m2 of NMC523: 70 % of 30 mg; K
KIM = {  # cycle: Ohm of the electrolyte, of the cathode, of the anode, fitted to spectra at 0.1 Hz to 1 MHz
    "coated": {1: (19.3, 4.79, 1.5), 50: (43.0, 25.51, 4.5), 100: (52.0, 28.72, 8.0)},
    "bare": {1: (22.0, 14.4, 0.5), 50: (44.0, 128.0, 19.0), 100: (99.0, 179.0, 28.0)},
}
KIM_KEPT = {"coated": 93.7, "bare": 68.9}  # % at cycle 100, printed
HUO_AREA, HUO_LOADING, HUO_T = 0.785e-4, 0.107, 301.15
HUO = {  # cycles; Ohm in series and of the charge transfer, fresh and aged; % kept, read from a figure to 0.5
    "A": (125, (21.38, 78.66), (27.77, 95.5), 77.1),
    "B": (140, (22.39, 81.67), (31.01, 91.97), 90.2),
}
HUO_EARLY = 20, 0.982  # cycle and share kept of cell A, the earliest that is read
DOUX_CYCLES, DOUX = (1.0, 50.0, 100.0, 150.0, 229.0), (160.0, 135.0, 130.0, 121.0, 122.0)  # mAh/g, read to 1
DOUX_LOADING, DOUX_SEEN = 0.0355, 100.0
DOUX_SERIES = KIM_AREA * (KIM["bare"][100][1] - KIM["bare"][1][1])  # Ohm m2: what that cathode gained in 100 cycles
WEAR = {  # of solid_wear: words, and the quantities that turn it off
    "growth of the interphase": {P + "cycling interphase growth": 0.0},
    "loss of connection and contact": {P + "connection loss": 0.0, P + "contact loss": 0.0},
    "lithium lost": {N + "coulombic efficiency": 1.0},
}
KETI = 500, 91.0


def loaded(name: str, loading: float, charge: float, density: float = DENSITY) -> Cell:
    """A packaged cell with another loading [kg/m2] of active material, 1C being `charge` [Ah/kg]."""
    cell = load(name)
    thick, active = (cell.value(P + key) for key in ("thickness", "active material volume fraction"))
    return cell.with_(
        {
            P + "thickness": thick * loading / (thick * active * density),
            "cell/nominal capacity": cell.value("cell/electrode area") * loading * charge,
        }
    )


def resisting(cell: Cell, film: float, series: float) -> Cell:
    """The cell with a film on its particles and a resistance in series [Ohm m2 of electrode], beside its own."""
    surface = surface_area(cell, POSITIVE) * cell.value(P + "thickness")  # per electrode area
    return cell.with_(
        {
            P + "film resistance": cell.value(P + "film resistance") + film * surface,
            N + "interface resistance": cell.value(N + "interface resistance") + series,
        }
    )


def discharged(cell: Cell, rate: str, temperature: float, held: bool) -> float:
    """Capacity [Ah] of a discharge after a full charge, held at the upper cut-off or not."""
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    hold = f"Hold at {high:g} V until C/50; " if held else ""
    down = f"Discharge at {rate} until {low:g} V"
    steps = f"{down}; Charge at {rate} until {high:g} V; {hold}{down}"
    return float(simulate(cell, steps, temperature=temperature).steps[-1].discharge_capacity)


def kim(kind: str) -> Found:
    """Retention at C/10 from the growth of measured resistances."""
    cell = loaded("minnmann2021", KIM_LOADING, 180.0, 4650.0).with_({"cell/upper voltage cut-off": 3.6})
    first, Q = KIM[kind][1], {}
    for cycle, (bulk, cathode, anode) in KIM[kind].items():
        series = KIM_AREA * (bulk - first[0] + anode - first[2])
        Q[cycle] = discharged(resisting(cell, KIM_AREA * cathode, series), "C/10", KIM_T, True)
    kept = {cycle: 100.0 * q / Q[1] for cycle, q in Q.items()}
    points = [Point("cycle 100 [%]", KIM_KEPT[kind], kept[100])]
    return largest(points, f"{kept[50]:.1f} % at cycle 50; not a wear law but the resistances as they were measured")


def huo_resistances() -> Found:
    """Retention at 1C from the growth of measured resistances."""
    cell, points = loaded(LAB, HUO_LOADING, 135.0), []
    for name, (cycles, fresh, aged, kept) in HUO.items():
        Q = [
            discharged(resisting(cell, HUO_AREA * film, HUO_AREA * (series - fresh[0])), "1C", HUO_T, False)
            for series, film in (fresh, aged)
        ]
        points.append(Point(f"cell {name}, cycle {cycles} [%]", kept, 100.0 * Q[1] / Q[0]))
    return largest(points)


def _wearing(cell: Cell, law: str) -> Cell:
    option, value, _, _ = solid.LAWS[law]
    worn: Cell = cell.with_(solid.STRAIN).with_ageing({option: ("none", value)})
    return worn


def huo_equal() -> Found:
    """The second cell from a law fitted to the first one."""
    _, _, path, bounds = solid.LAWS["connection"]
    (last, _, _, kept), (other, _, _, of_other) = HUO["A"], HUO["B"]
    fit = fit_ageing(
        _wearing(loaded(LAB, HUO_LOADING, 135.0), "connection"),
        {"cycle": [1, HUO_EARLY[0], last], "relative capacity": [1.0, HUO_EARLY[1], 0.01 * kept]},
        {path: bounds},
        protocol="Charge at 1C until 4.25 V; Discharge at 1C until 2.8 V",
        source="Huo 2025",
        predict_to=other,
        soc=0.0,
        temperature=HUO_T,
    )
    return largest(
        [
            Point(f"A, cycle {last} [%]", kept, percent_at(fit, last), True),
            Point(f"B, cycle {other} [%]", of_other, percent_at(fit, other)),
        ],
        f"per cycle A loses {(100 - kept) / last / (100 - of_other) * other:.2g} times what B loses",
    )


def doux() -> Found:
    """Root mean square error of the cycles beyond those fitted [%]."""
    _, _, path, bounds = solid.LAWS["connection"]
    fit = fit_ageing(
        _wearing(loaded(LAB, DOUX_LOADING, 150.0), "connection"),
        {"cycle": DOUX_CYCLES, "relative capacity": [q / DOUX[0] for q in DOUX]},
        {path: bounds},
        protocol="Charge at C/10 until 4.25 V; Discharge at C/10 until 2.8 V",
        source="Doux 2020",
        until_cycle=DOUX_SEEN,
        soc=0.0,
        temperature=298.15,
    )
    cell, lost = loaded(LAB, DOUX_LOADING, 150.0), 1.0 - DOUX[1] / DOUX[0]
    fresh = discharged(cell, "C/10", 298.15, False)
    kept = discharged(resisting(cell, 0.0, DOUX_SERIES), "C/10", 298.15, False) / fresh
    return predicted(
        fit,
        DOUX_SEEN,
        f"one cell, read second-hand; {1e4 * DOUX_SERIES:.0f} Ohm cm2 more in series, as ageing-kim-bare gained, take "
        f"{100.0 * (1.0 - kept):.1f} % at C/10, of {100.0 * lost:.0f} lost in the first {DOUX_CYCLES[1]:.0f} cycles",
    )


def keti() -> Found:
    """How many times the loss predicted from Samsung's cell differs from that of KETI's."""
    cycle, kept = KETI
    points = [Point(f"{law}, cycle {cycle} [%]", kept, percent_at(solid.fitted(law), cycle)) for law in solid.LAWS]
    factors = [(100.0 - kept) / (100.0 - p.found) for p in points]
    return Found(max(max(x, 1.0 / x) for x in factors), tuple(points))


def maker(name: str, areal: float | None, rate: str, cycles: int, temperature: float, what: str, kept: float) -> Found:
    """How far the capacity or energy of a set with assumed wear falls short of a maker's statement [points of %]."""
    cell = with_overlay(cell_of(name, areal), "solid_wear")
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    steps = f"Charge at {rate} until {high:g} V; Discharge at {rate} until {low:g} V"

    def lived(cell: Cell) -> tuple[Life, float]:
        life = age(cell, steps, cycles, model=SPM(), soc=0.0, temperature=temperature, until=None)
        column = life.table[what].dropna()
        return life, 100.0 * float(column.iloc[-1] / column.iloc[0])

    life, found = lived(cell)
    without = ", ".join(f"{lived(cell.with_(off))[1]:.0f} % without {words}" for words, off in WEAR.items())
    Q = [discharged(cell, C, temperature, False) for C in (rate, "C/20")]
    fresh = f"fresh, {rate} gives {100.0 * Q[0] / Q[1]:.0f} % of the capacity at C/20"
    short = f"half of such cells have a short by cycle {life.shorted(0.5):.0f}; inf: later"
    return Found(max(kept - found, 0.0), (Point(f"cycle {cycles} [%]", kept, found),), f"{without}; {fresh}; {short}")


def _line(name, data, protocol, fitted, predicts, error, limit, run, reason, fails="", kind="prediction") -> Line:
    return Line(f"ageing-{name}", kind, data, protocol, fitted, predicts, error, limit, run, fails, reason)


def _kim(kind: str, fails: str) -> Line:
    return _line(
        f"kim-{kind}",
        f"NMC523 ({kind}) | Li6PS5Cl | Li-In coin cell: Kim et al., J. Mater. Chem. A 11 (2023) 20549, second-hand; "
        "set minnmann2021 with this loading",
        "C/10 between 2.0 and 3.6 V against Li-In, 30 °C; the set with the resistances measured at cycles 1 and 100",
        "nothing",
        "capacity kept after 100 cycles",
        "[points of %]",
        3.0,
        partial(kim, kind),
        "a second cell of the same kind gave 2 to 5 % less capacity (second-hand)",
        fails,
    )


def _maker(name: str, data: str, protocol: str, predicts: str, run, fails: str) -> Line:
    reason = "the share that the maker states, which leaves nothing over"
    error = "short of the statement [points of %]"
    return _line(name, data, protocol, "nothing", predicts, error, 0.0, run, reason, fails, "plausibility")


HUO_DATA = (
    "two equal cells, NMC811 | Li6PS5Cl | Li-Si: Huo et al., J. Power Sources 627 (2025) 235830, second-hand; set "
    f"{LAB} with this loading"
)
READ = "read from a figure to half a point, both ends; and the mean of three cycles that a check-up is"
LINES = (
    _kim(
        "coated",
        "the resistance that grew takes less than a point at C/10: what else is lost, 6 points, is no resistance, "
        "that is material or paths that are cut off",
    ),
    _kim(
        "bare",
        "the resistance that grew twelvefold takes 2 points of 31 at C/10: the loss is of material or paths that are "
        "cut off, and growth laws of resistance fitted to such a life are fitted to the wrong quantity",
    ),
    _line(
        "huo-resistance",
        HUO_DATA,
        "1C, 28 °C; the set with the resistances measured fresh and aged",
        "nothing",
        "capacity kept by both cells",
        "largest [points of %]",
        2.0,
        huo_resistances,
        READ,
        "at 1C the resistance takes half of the 10 % that one cell lost and a quarter of the other's 23 %: the rest is "
        "material cut off, as its authors found",
    ),
    _line(
        "huo-equal",
        HUO_DATA,
        "1C, 28 °C; SPM with loss of connection",
        "the loss of connection per cycle, on cell A",
        "capacity kept by cell B",
        "[points of %]",
        2.0,
        huo_equal,
        READ,
        "two cells made and cycled alike: no law of the design says which of them fades; a life of such cells has an "
        "interval of a factor of 2.6 in its rate",
    ),
    _line(
        "doux",
        "Li | Li6PS5Cl | NCA at 5 MPa, 229 cycles: Doux et al., Adv. Energy Mater. 10 (2020) 1903253, second-hand; set "
        f"{LAB} with this loading, SPM",
        "C/10, 25 °C",
        f"the loss of connection per cycle, on cycles up to {DOUX_SEEN:g}",
        "relative capacity of cycles 150 and 229",
        "rms [%]",
        2.0,
        doux,
        "read from a figure to 1 of 160 mAh/g, and its coulombic efficiencies of up to 104 % say that single cycles "
        "are off by a few percent",
        "this cell loses 16 % in 50 cycles and 8 in the next 180: a constant share a cycle does not slow down, and "
        "no resistance explains such a loss at C/10",
    ),
    _line(
        "keti",
        "Ag-C cell of KETI, 91 % after 500 cycles: an abstract of 2023, conditions not stated; set samsung_agc_2020",
        "C/2, 60 °C, as the cell of Samsung",
        "loss of connection, and growth of the interphase, on the first 400 cycles of Samsung's cell",
        "capacity lost after 500 cycles",
        "largest factor of the loss [times]",
        2.6,
        keti,
        "two equal cells of one laboratory lose 2.6 times as much one as the other (ageing-huo-equal)",
    ),
    _maker(
        "factorial",
        "97.3 % after 675 cycles of a 40 Ah cell at 25 °C, as the maker states; set target_nmc811_lpscl_li with the "
        "assumed wear of solid_wear, SPM",
        "C/3 charge and discharge (not stated), 25 °C",
        "capacity kept after 675 cycles",
        partial(maker, "target_nmc811_lpscl_li", None, "C/3", 675, 298.15, "Discharge capacity [A.h]", 97.3),
        "the interphase that grows as in a coin cell without pressure (ageing-kim-coated) and the connection lost as "
        "in laboratory cells are each too much for an electrode of 5 mAh/cm², see the remark; the maker's cell, "
        "quasi-solid, wears far less",
    ),
    _maker(
        "quantumscape",
        "more than 90 % of the energy after 1000 cycles, 3.2 mAh/cm², as the maker states; set nmc_llzo_li with that "
        "areal capacity and the assumed wear of solid_wear, SPM",
        "1C, 30 °C",
        "energy kept after 1000 cycles",
        partial(maker, "nmc_llzo_li", 3.2, "1C", 1000, 303.15, "Discharge energy [W.h]", 90.0),
        "wear measured on sulfide cells without a liquid; the maker's cathode is not filled with garnet, as that of "
        "the set is, and the set hardly carries 1C when fresh",
    ),
)
