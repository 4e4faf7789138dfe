"""Cycles with ageing against PyBaMM, mechanism by mechanism and together."""

from functools import partial

from ...line import Found, Line, Point, largest, largest_percent, violations
from .cases import CASES, ours, theirs

MECHANISMS = {
    "sei": (
        "six laws of SEI growth, one with changing porosity, one in the SPM",
        tuple(name for name in CASES if name.startswith("sei_") and name != "sei_ec_film_porosity"),
    ),
    "plating": ("lithium plating: reversible, irreversible, partially reversible with SEI; 10 °C, 1C charge",
                ("plating_reversible", "plating_irreversible", "plating_partial")),
    "cracks": ("cracks with SEI on them", ("cracking",)),
    "lam": ("loss of active material driven by stress, reaction, current",
            ("lam_stress", "lam_reaction", "lam_current")),
    "together": ("SEI, SEI on cracks, plating, stress-driven loss and clogging together; 25 and 10 °C",
                 ("all_25C", "all_10C")),
    "hundred": ("SEI, SEI on cracks, plating, stress-driven loss and clogging together; DFN, SPMe and SPM, 100 cycles",
                ("all_100_cycles", "all_100_cycles_SPMe", "all_100_cycles_SPM")),
    "ai2020": ("LCO cell of Ai 2020: stress-driven loss; cracks with SEI",
               ("ai2020_lam_stress", "ai2020_cracking")),
    "mohtat": ("NMC cell of Mohtat 2020: SEI with clogging; with plating of Yang 2017",
               ("mohtat2020_sei", "yang2017_mohtat")),
}  # fmt: skip
QUANTITIES = {  # ours: theirs
    "Discharge capacity [A.h]": "Q_dis_Ah",
    "Loss of lithium inventory [%]": "LLI_pct",
    "Loss of active material in negative electrode [%]": "LAM_ne_pct",
    "Loss of active material in positive electrode [%]": "LAM_pe_pct",
}
CAPACITY, LITHIUM, *MATERIAL = QUANTITIES
CLOGGING = "sei_ec_film_porosity"


def _held(name: str) -> str:
    """By how much each place where lost lithium is holds more than in the reference, as a share of all that is lost."""
    row, reference = ours(name).table.iloc[-1], list(theirs(name).values())[-1]
    plated = row["Capacity of plated lithium [A.h]"] + row["Loss of capacity to dead lithium [A.h]"]
    here = {
        "SEI": (row["Loss of capacity to SEI [A.h]"], reference["Q_sei_Ah"]),
        "SEI on cracks": (row["Loss of capacity to SEI on cracks [A.h]"], reference["Q_sei_cracks_Ah"]),
        "plated lithium": (plated, reference["Q_plating_Ah"]),  # dead lithium is a part of it there
    }
    lost = row["Total lithium capacity in particles [A.h]"] * row[LITHIUM] / (100.0 - row[LITHIUM])
    each = ", ".join(f"{words} {100.0 * (x - there) / lost:+.3f} %" for words, (x, there) in here.items())
    return f"{name}, more than in the reference, of the lithium lost: {each}"


def _compared(cases: tuple[str, ...], quantities: tuple[str, ...]) -> Found:
    """The quantities after the last cycle of the reference, where they are not zero there."""
    points = []
    for name in cases:
        cycle = max(theirs(name))
        row, reference = ours(name).table.loc[cycle], theirs(name)[cycle]
        for ours_, theirs_ in QUANTITIES.items():
            if ours_ in quantities and reference[theirs_] != 0.0:
                points.append(Point(f"{name}, cycle {cycle}: {ours_}", reference[theirs_], float(row[ours_])))
    parted = LITHIUM in quantities and cases == MECHANISMS["hundred"][1]
    return largest_percent(points, _held(cases[-1]) if parted else "")


def _of_temperature() -> Found:
    """What 10 degC does to each mechanism against 25 degC, as a ratio."""
    cycle = max(theirs("all_25C"))
    names = {
        "SEI": ("Loss of capacity to SEI [A.h]", "Q_sei_Ah"),
        "SEI on cracks": ("Loss of capacity to SEI on cracks [A.h]", "Q_sei_cracks_Ah"),
        "dead lithium": ("Loss of capacity to dead lithium [A.h]", "c_dead_mol_m3"),
        "active material of the negative electrode": (MATERIAL[0], "LAM_ne_pct"),
    }
    points = []
    for words, (here, there) in names.items():
        cold, warm = (ours(f"all_{T}C").table.loc[cycle, here] for T in (10, 25))
        reference = theirs("all_10C")[cycle][there] / theirs("all_25C")[cycle][there]
        points.append(Point(f"{words} at 10 °C over that at 25 °C", reference, float(cold / warm)))
    slower = all(p.found < 1.0 for p in points[:2]) and all(p.found > 1.0 for p in points[2:])
    return largest_percent(points, "SEI slows down, plating and loss of active material speed up" if slower else "")


def _knee_cycle(capacities) -> int:
    """The first cycle below 80 % of the first capacity."""
    return next(cycle for cycle, Q in capacities if Q / capacities[0][1] < 0.8)


def _clogged() -> Found:
    """The cycle of 80 %, in a cell whose pores fill; and how it ends."""
    reference = [(cycle, row["Q_dis_Ah"]) for cycle, row in theirs(CLOGGING).items()]
    table = ours(CLOGGING).table["Discharge capacity [A.h]"]
    return largest([Point("cycle", _knee_cycle(reference), _knee_cycle(list(table.items())))])


def _clogging_capacity() -> Found:
    """Capacity while the pores are still open, against the finer mesh of the reference."""
    table = ours(CLOGGING).table["Discharge capacity [A.h]"]
    return largest_percent(
        [Point(f"cycle {n} [A.h]", row["Q_dis_Ah"], float(table[n])) for n, row in theirs(f"{CLOGGING}_x80").items()]
    )


def _balanced() -> Found:
    """Lithium that particles lost against what holds it now."""
    points = []
    for name in (n for cases in MECHANISMS.values() for n in cases[1]):
        last = ours(name).table.iloc[-1]
        share = last[LITHIUM] / 100.0
        lost = last["Total lithium capacity in particles [A.h]"] / (1.0 - share) * share
        held = sum(last[key] for key in last.index if key.startswith("Loss of capacity to"))
        points.append(Point(f"{name} [A.h]", float(lost), float(held + last["Capacity of plated lithium [A.h]"])))
    return violations({p.what: abs(p.found - p.reference) <= 1e-10 for p in points}, points)


PYBAMM = (
    "PyBaMM 26.10.1.1, OKane2022 with the graphite potential of Chen 2020, unless another cell is named; our own runs"
)
MESH = "20/10/20 volumes, 20 shells"
HERE = "the reference's own mesh and tolerance change its"
PARTS = {
    "capacity": ("discharge capacity", (CAPACITY,), 0.05,
                 f"{HERE} capacity by 0.005 %, and shells and volumes of another spacing by some times that"),
    "lithium": ("loss of lithium inventory", (LITHIUM,), 0.5,
                f"{HERE} lithium lost by 0.1 %, and shells and volumes of another spacing by some times that"),
    "material": ("loss of active material", tuple(MATERIAL), 1.0,
                 f"{HERE} loss of active material by about 1 %, as stress is the gradient at a surface"),
}  # fmt: skip


FAILS = {
    "hundred-lithium": "SPM: plated lithium, in which PyBaMM's SPM, the same that solves for the surface's potential "
    "(which is the reference here) and its DFN of good conductors differ more among themselves"
}


def _line(name, data, protocol, predicted, error, limit, run, reason, fails=""):
    return Line(
        f"ageing-{name}", "verification", data, protocol, "nothing", predicted, error, limit, run, fails, reason
    )


def _parity():
    """Lines of each group of mechanisms."""
    for group, (words, cases) in MECHANISMS.items():
        for what, (predicted, quantities, limit, reason) in PARTS.items():
            if what != "material" or group in ("lam", "together", "hundred"):
                yield _line(
                    f"{group}-{what}",
                    f"{PYBAMM}: {words}",
                    f"cycles at 1C and C/3 to C/20, {MESH}",
                    predicted,
                    "largest [%]",
                    limit,
                    partial(_compared, cases, quantities),
                    reason,
                    FAILS.get(f"{group}-{what}", ""),
                )


LINES = (
    *_parity(),
    _line("temperature", f"{PYBAMM}: five mechanisms together", f"20 cycles at 10 and 25 °C, {MESH}",
          "amounts at 10 °C over those at 25 °C", "largest [%]", 1.0, _of_temperature, PARTS["material"][-1]),
    _line("clogging", f"{PYBAMM}: SEI that fills the pores", f"17 cycles, {MESH}", "the first cycle below 80 %",
          "difference [cycles]", 1.0, _clogged, "a cycle is the smallest step of the count"),
    _line("clogging-capacity", f"{PYBAMM}: SEI that fills the pores; 80/40/80 volumes", f"10 cycles; {MESH} here",
          "discharge capacity at cycles 5 and 10", "largest [%]", PARTS["capacity"][2], _clogging_capacity,
          "the last doubling of the reference's mesh changes its capacity by 0.006 % at cycle 5 and 0.03 % at cycle 10",
          "the salt of the pores that close exceeds 4 mol/L from cycle 6 on: cellsim holds the laws of the electrolyte "
          "constant there, PyBaMM continues the polynomials that Nyman fitted up to 2 mol/L; continued here as well, "
          "up to 8 mol/L, the capacity at cycle 10 is 4.3806 Ah, the reference's 4.3809 (benchmarks/clogging.py)"),
    _line("balance", "the cells of all lines above", "the same cycles", "lithium that particles lost and what holds it",
          "number of differences", 0.0, _balanced, "sums in double precision: equal to 1e-10 Ah"),
)  # fmt: skip
