"""What one temperature for the electrochemistry of a stack costs: layers that are warm and cold, with one voltage.

    python benchmarks/zones.py

Three zones of a stack, each of a third of its layers, are charged in parallel at temperatures some kelvin apart, their
currents solved, and the whole cell at their mean temperature.  Printed: the largest current of a zone over that of an
equal split, the difference of the terminal voltages, and that of the states of charge of the zones at the end.

Then a cold cell on a warm plate, charged as it warms up, with zones that exchange heat, beside the same run at their
mean temperature.
"""

import numpy as np
import paths  # noqa: F401, the folder of this project first

import cellsim
from cellsim.simulation.parallel import simulate_parallel, simulate_zones

ZONES, MEAN = 3, 298.15
CASES = (("leaf_2018", 1.0, 10.0), ("lgm50_oregan2022", 0.5, 10.0))
PLATE = cellsim.ThermalNetwork(nodes=5, heat_transfer_coefficient=500.0, opposite_heat_transfer_coefficient=5.0)
COLD = {"soc": 0.1, "temperature": 263.15, "ambient": 313.15}
WARMED, RATE, SECONDS = ("leaf_2018", "nmc811_pouch_modern"), 0.5, 300.0
KEYS = ("cell/electrode area", "cell/nominal capacity")


def compared(name, rate, span):
    """Largest share, rms and largest difference [mV], and states of charge apart, of zones over `span` [K]."""
    cell, seconds = cellsim.load(name), 0.5 * 3600.0 / rate
    part = cell.with_({key: cell.value(key) / ZONES for key in KEYS})
    T = MEAN + span * np.linspace(-0.5, 0.5, ZONES)
    current = -rate * cell.nominal_capacity
    apart = simulate_parallel(
        [part] * ZONES, current, duration=seconds, soc=0.1, interval=150.0, ambient=T, temperature=MEAN
    )
    one = cellsim.simulate(cell, cellsim.charge(rate, duration=seconds), soc=0.1, temperature=MEAN)
    t = apart.times[(apart.times > 0.0) & (apart.times <= one.t[-1])]
    dV = 1e3 * (apart.voltage[-t.size :] - one.at("Voltage [V]", t))
    return apart.shares[1:].max(), np.sqrt(np.mean(dV**2)), np.abs(dV).max(), np.ptp(apart.socs[-1])


def warmed(name):
    """Kelvins apart, largest share, voltage apart [mV] and states of charge apart, at most, on a warm plate."""
    cell = cellsim.load(name)
    zones = simulate_zones(cell, -RATE * cell.nominal_capacity, heat=PLATE, duration=SECONDS, interval=5.0, **COLD)
    one = cellsim.simulate(cell, cellsim.charge(RATE, duration=SECONDS), heat=PLATE, **COLD)
    t = zones.times[(zones.times > 0.0) & (zones.times <= one.t[-1])]
    dV = 1e3 * np.abs(zones.voltage[zones.times.searchsorted(t)] - one.at("Voltage [V]", t))
    return np.ptp(zones.temperatures, axis=1).max(), zones.worst_share, dV.max(), np.ptp(zones.socs[-1])


if __name__ == "__main__":
    print("| cell | charge | zones from coldest to warmest | largest share | rms | most | states of charge apart |")
    print("|---|---|---|---|---|---|---|")
    for name, rate, span in CASES:
        share, rms, most, apart = compared(name, rate, span)
        row = f"{span:g} K | {share:.2f} | {rms:.1f} mV | {most:.1f} mV | {100.0 * apart:.1f} %"
        print(f"| `{name}` | {rate:g}C | {row} |", flush=True)
    print("\n| cell, -10 degC, on a plate at 40 degC | apart | largest share | most | states of charge apart |")
    print("|---|---|---|---|---|")
    for name in WARMED:
        kelvin, share, most, apart = warmed(name)
        print(f"| `{name}` | {kelvin:.0f} K | {share:.1f} | {most:.0f} mV | {100.0 * apart:.1f} % |", flush=True)
