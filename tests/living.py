"""The cycle of a life and what it is asked for, for tests of lives."""

CYCLE = "Discharge at 1C until 2.5 V; Rest for 10 minutes; Charge at C/3 until 4.2 V; Hold at 4.2 V until C/20"
LITHIUM = "Total lithium capacity in particles [A.h]"
TAKEN = [  # where lithium that particles lost has gone to
    "Loss of capacity to SEI [A.h]",
    "Loss of capacity to SEI on cracks [A.h]",
    "Loss of capacity to dead lithium [A.h]",
    "Loss of capacity to lost active material [A.h]",
    "Capacity of plated lithium [A.h]",
]
