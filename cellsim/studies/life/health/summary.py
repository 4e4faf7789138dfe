"""The cycles of a life under the names of PyBaMM's summary variables."""

from typing import Any

from ....physics.constants import F

HOUR = 3600.0
LLI, IN_PARTICLES = "Loss of lithium inventory [%]", "Total lithium capacity in particles [A.h]"
SAME = (
    "Time [h]",
    "Throughput capacity [A.h]",
    "Throughput energy [W.h]",
    LLI,
    "Negative electrode capacity [A.h]",
    "Loss of active material in negative electrode [%]",
    "Positive electrode capacity [A.h]",
    "Loss of active material in positive electrode [%]",
    "x_100",
    "y_100",
    "x_0",
    "y_0",
)
RENAMED = {  # PyBaMM's: ours
    "Capacity [A.h]": "Capacity of equilibrium [A.h]",
    "Q_n": "Negative electrode capacity [A.h]",
    "Q_p": "Positive electrode capacity [A.h]",
    "Q_Li": IN_PARTICLES,
}
SIDE = (  # reactions that hold lithium of the particles
    "Loss of capacity to SEI [A.h]",
    "Loss of capacity to SEI on cracks [A.h]",
    "Loss of capacity to dead lithium [A.h]",
    "Capacity of plated lithium [A.h]",
)


def under_their_names(table: Any) -> Any:
    """A DataFrame with the rows of the `table` of a `Life`, and the columns that PyBaMM has a name for and it has.

    Lost is what the particles lost, as the salt is kept; side reactions are those of both electrodes together.
    """
    found = {name: table[name] for name in SAME if name in table}
    found |= {name: table[ours] for name, ours in RENAMED.items() if ours in table}
    if "Time [h]" in table:
        found["Time [s]"] = table["Time [h]"] * HOUR
    if IN_PARTICLES in table:
        lost = table[IN_PARTICLES] * (table[LLI] / (100.0 - table[LLI]))
        found["Total lithium in particles [mol]"] = table[IN_PARTICLES] * HOUR / F
        for name in ("Total lithium lost [mol]", "Total lithium lost from particles [mol]"):
            found[name] = lost * HOUR / F
    if any(name in table for name in SIDE):
        taken = sum(table[name] for name in SIDE if name in table)
        found["Total capacity lost to side reactions [A.h]"] = taken
        found["Total lithium lost to side reactions [mol]"] = taken * HOUR / F
    return type(table)(found, index=table.index)
