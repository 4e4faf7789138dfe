"""A solid cell that wears and a liquid one that dries, for tests of runs and of lives."""

import cellsim

N, P = "negative electrode/", "positive electrode/"
SOLID = cellsim.load("target_nmc811_lpscl_li")
STRAIN, LOSS, HEALING, CUT, GROWTH, PRESSURE = -0.051, 0.5, 3e-9, 0.2, 4.3e-4, 3e6
WORN = SOLID.with_(
    {
        P + "volume change": STRAIN,
        P + "contact loss": LOSS,
        P + "contact healing": HEALING,
        P + "connection loss": CUT,
        P + "cycling interphase growth": GROWTH,
        "cell/operating pressure": PRESSURE,
    }
)
ALL_OF = {
    "contact loss of particles": ("none", "strain-driven"),
    "connection loss of particles": ("none", "strain-driven"),
    "interphase of particles": ("none", "cycling"),
}
EXCESS = 0.051 - PRESSURE / 2e10  # of the strain over what the electrolyte's modulus of 20 GPa follows
LIQUID = cellsim.load("okane2022").with_ageing(False)
DRIES = LIQUID.with_(
    {
        N + "solvent volume per SEI lithium": 6.667e-5,
        N + "SEI solvent diffusivity": 1e-17,
        "design/electrolyte fill factor": 1.01,
    }
).with_ageing({"SEI": "solvent-diffusion limited", "dry-out": "solvent reservoir"})
