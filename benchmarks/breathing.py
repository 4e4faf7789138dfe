"""What a silicon electrode that does not breathe costs: the cell with the layer as it is at several fillings.

    python benchmarks/breathing.py

The set has the layer as swollen, with the silicon full of lithium.  At a stoichiometry x silicon has 1 + 2.7 x times
the volume that it has without lithium; the layer is thinner by what it lacks, and holds the same silicon, electrolyte
and voids.  Contact is left as it is.  Printed: thickness, resistance at 1 Hz and half charge, and capacities, of runs
in which the layer stays so.
"""

import paths  # noqa: F401, the folder of this project first

import cellsim

NAME, N, SWELLING = "nmc811_lpscl_si", "negative electrode/", 2.7
RATES = ("C/10", "1C", "2C")


def as_at(cell, x):
    """The cell with the silicon layer as it is at a stoichiometry."""
    active, L = cell.value(N + "active material volume fraction"), cell.value(N + "thickness")
    filled = (1.0 + SWELLING * x) / (1.0 + SWELLING)
    thin = L - active * L * (1.0 - filled)
    rest = ("electrolyte volume fraction", "void volume fraction")
    return cell.with_(
        {
            N + "thickness": thin,
            N + "active material volume fraction": active * L * filled / thin,
            N + "maximum concentration": cell.value(N + "maximum concentration") / filled,
            N + "particle radius": cell.value(N + "particle radius") * filled ** (1.0 / 3.0),
        }
        | {N + key: cell.value(N + key) * L / thin for key in rest}
    )


if __name__ == "__main__":
    cell = cellsim.load(NAME)
    lo, hi = (cell.value(f"{N}{end} stoichiometry") for end in ("minimum", "maximum"))
    print(
        "| layer as at | thickness | resistance at 1 Hz | " + " | ".join(f"capacity at {rate}" for rate in RATES) + " |"
    )
    print("|---|---|---|" + "---|" * len(RATES))
    for words, x in (
        ("x = 1, as in the set", 1.0),
        ("charged", hi),
        ("half charged", 0.5 * (lo + hi)),
        ("discharged", lo),
    ):
        now = as_at(cell, x)
        R = cellsim.impedance(now, [1.0], soc=0.5).impedance[0].real
        found = [cellsim.simulate(now, f"Discharge at {rate} until 2.5 V").discharge_capacity for rate in RATES]
        shown = " | ".join(f"{1e3 * Q:.0f} mAh" for Q in found)
        print(f"| {words} | {1e6 * now.value(N + 'thickness'):.1f} µm | {1e3 * R:.0f} mOhm | {shown} |", flush=True)
