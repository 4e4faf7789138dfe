"""What one temperature within an electrode pair costs: the warmest place over its faces, and the voltage that it moves.

    python benchmarks/electrode_pair.py [CELL ...]

Every packaged set at rest at half charge is discharged and charged at 4C and 10C for ten seconds, beyond its cut-off
voltages; the largest heating within them counts, per area q'' [W/m2].  In a pair of thickness L that is cooled at both
faces its middle is warmer by q'' L / (8 k), k being that of its coats and separator in series.  The voltage is that of
all laws at a temperature by half of it higher: the difference of two runs 1 K apart, times half of it, at most.
"""

import sys

import numpy as np
import paths  # noqa: F401, the folder of this project first

import cellsim
from cellsim.design.stack import pair_layers
from cellsim.design.thermal_network import conductivity_of

RATES, SECONDS, SOC, SPAN = (4.0, 10.0), 10.0, 0.5, 1.0
ADIABATIC = cellsim.Lumped(heat_transfer_coefficient=0.0)


def pair(cell):
    """Thickness [m] of coats and separator of a pair, and their heat resistance [m2.K/W]."""
    layers = [x for x in pair_layers(cell) if "collector" not in x.name]
    return sum(x.thickness for x in layers), sum(x.thickness / conductivity_of(cell, x.name) for x in layers)


def load(cell, rate, T, way):
    """A run of a load at a rate, from rest at half charge at T [K], beyond the cut-off voltages."""
    sign = "above" if way == "Charge" else "below"
    low, high = (cell.value(f"cell/{k} voltage cut-off") for k in ("lower", "upper"))
    bound = 0.3 * low if way == "Discharge" else 1.5 * high
    text = f"{way} at {rate:g}C for {SECONDS:g} s or until {sign} {bound:g} V"
    return cellsim.simulate(cell, text, soc=SOC, temperature=T, heat=ADIABATIC, force=True)


def row(name, rate):
    """q'' [W/m2], kelvins within the pair, volts that half of them move, and how long the shorter run lasted [s]."""
    cell = cellsim.load(name)
    T, area = cell.temperature(None), cell.value("cell/electrode area")
    L, resistance = pair(cell)
    heats, slopes, lasted = [], [], []
    for way in ("Discharge", "Charge"):
        colder, warmer = load(cell, rate, T - 0.5 * SPAN, way), load(cell, rate, T + 0.5 * SPAN, way)
        last = min(colder.t[-1], warmer.t[-1])
        lasted.append(last)
        if last <= 1e-3:
            continue
        t = np.linspace(0.0, last, 21)[1:-1]
        heats.append(max(np.abs(r.at("Total heating [W]", t)).max() for r in (colder, warmer)) / area)
        slopes.append(np.abs(warmer.at("Voltage [V]", t) - colder.at("Voltage [V]", t)).max() / SPAN)
    if not heats:
        return L, None
    q = max(heats)
    apart = q * resistance / 8.0
    return L, (q, apart, 0.5 * apart * max(slopes), min(lasted))


if __name__ == "__main__":
    print("| cell | pair | rate | heat | warmer in its middle | voltage by half of it |")
    print("|---|---|---|---|---|---|")
    worst = [0.0, 0.0]
    for name in sys.argv[1:] or cellsim.cells():
        for rate in RATES:
            try:
                L, found = row(name, rate)
            except cellsim.CellsimError as fault:
                print(f"| `{name}` | | {rate:g}C | {str(fault).splitlines()[0][:90]} | | |", flush=True)
                continue
            if found is None:
                print(f"| `{name}` | {1e6 * L:.0f} um | {rate:g}C | cannot begin with it | | |", flush=True)
                continue
            q, apart, volts, lasted = found
            worst = [max(worst[0], apart), max(worst[1], volts)]
            short = "" if lasted >= SECONDS else f" (for {lasted:.2g} s)"
            words = f"{q:.0f} W/m2{short} | {1e3 * apart:.2g} mK | {1e6 * volts:.2g} uV"
            print(f"| `{name}` | {1e6 * L:.0f} um | {rate:g}C | {words} |", flush=True)
    print(f"\nAt most {1e3 * worst[0]:.2g} mK and {1e6 * worst[1]:.2g} uV")
