"""What one temperature for the electrochemistry of a stack costs: layers that are warm and cold, with one voltage.

    python benchmarks/zones.py

A pouch cell that is cooled at one face is charged with nodes from its core to its surface.  Its layers in three zones,
each of a third of the stack and at the mean temperature of its nodes at the end of that charge, are then charged in
parallel with their currents solved, and the whole cell at their mean temperature.  Printed: the temperatures, the
largest current of a zone over that of an equal split, the difference of the terminal voltages, and that of the states
of charge of the zones at the end.
"""

import numpy as np
import paths  # noqa: F401, the folder of this project first

import cellsim
from cellsim.simulation.parallel import simulate_parallel

ZONES = 3
CASES = (("leaf_2018", 1.0), ("leaf_2018", 2.0), ("nmc811_pouch_modern", 1.0))
PLATE = cellsim.ThermalNetwork(
    heat_transfer_coefficient=500.0, opposite_heat_transfer_coefficient=5.0, nodes=4 * ZONES + 1
)


def temperatures(name, rate, seconds):
    """Mean temperatures of the zones at the end of a charge [K], the one far from the plate first."""
    run = cellsim.simulate(name, cellsim.charge(rate, duration=seconds), soc=0.1, heat=PLATE, temperature=298.15)
    profile, many = run["Temperature from core to surface [K]"][-1], PLATE.nodes - 1
    middles = 0.5 * (profile[1:] + profile[:-1])
    return middles.reshape(ZONES, many // ZONES).mean(axis=1)


def part(cell, zones):
    """A cell of so many times fewer layers."""
    keys = ("cell/electrode area", "cell/nominal capacity", "design/number of electrode pairs")
    return cell.with_({key: cell.value(key) / zones for key in keys})


def compared(name, rate):
    """A row of the table."""
    cell, seconds = cellsim.load(name), 0.6 * 3600.0 / rate
    T = temperatures(name, rate, seconds)
    current = -rate * cell.nominal_capacity
    how = {"duration": seconds, "soc": 0.1, "interval": 30.0}
    apart = simulate_parallel([part(cell, ZONES)] * ZONES, current, ambient=T, temperature=float(T.mean()), **how)
    one = cellsim.simulate(cell, cellsim.charge(rate, duration=seconds), soc=0.1, temperature=float(T.mean()))
    until = apart.times[1:]
    dV = apart.voltage[1:] - one.at("Voltage [V]", until)
    return T, apart.shares[1:].max(), 1e3 * np.sqrt(np.mean(dV**2)), 1e3 * np.abs(dV).max(), np.ptp(apart.socs[-1])


if __name__ == "__main__":
    print("| cell | rate | zones [K] | largest share | rms [mV] | most [mV] | states of charge apart |")
    print("|---|---|---|---|---|---|---|")
    for name, rate in CASES:
        T, share, rms, most, apart = compared(name, rate)
        zones = ", ".join(f"{x:.1f}" for x in T)
        print(f"| {name} | {rate:g}C | {zones} | {share:.3f} | {rms:.2f} | {most:.2f} | {apart:.3f} |", flush=True)
