"""Packs: cells in parallel against PyBaMM, pack figures against stated ones."""

import numpy as np

from .....design import build
from .....design.pack import assembly, compression
from .....kernels.call.calls import finish
from .....parameters import load
from .....simulation.parallel import simulate_parallel
from ....vehicles.performance import energy_coroutine
from ....vehicles.segments import energy_within
from ...line import Found, Line, Point, largest, largest_percent
from ...reference import curve

PARALLEL = "pybamm_Chen2020_parallel_4p.csv"
BEHIND = (0.0, 5e-3, 10e-3, 20e-3)  # Ohm


def four_cells() -> Found:
    """Currents of four LG M50 behind unequal resistances over 40 minutes."""
    run = simulate_parallel(
        "lgm50_chen2020", 20.0, parallel=4, resistances=BEHIND, interval=60.0, duration=2400.0, soc=None
    )
    t, _, *currents = curve(PARALLEL)
    points = []
    for at in (120.0, 600.0, 1200.0, 1800.0, 2340.0):
        k = int(np.flatnonzero(t == at)[0])
        for n, (theirs, ours) in enumerate(zip(currents, run.currents.T, strict=True), 1):
            # PyBaMM's current is that of the 4 s before
            found = float(np.interp(at - 2.0, run.times, ours))
            points.append(Point(f"cell {n} at {at:g} s [A]", float(theirs[k]), found))
    return largest(points, f"unequal: up to {run.worst_share:.2f} of an equal share")


def hand() -> Found:
    """Plates and ties against shares that were computed apart from this code."""
    told = {(0.6, 0.5): 4.0, (0.6, 3.0): 12.0, (0.6, 5.0): 16.0, (0.3, 0.5): 8.0, (0.3, 3.0): 21.0, (0.3, 5.0): 28.0}
    points = [
        Point(
            f"{p:g} MPa, {L:g} m [% of the cells' mass]",
            share,
            100.0 * compression(1e6 * p, 2400.0, stack_length=L).mass_share,
        )
        for (L, p), share in told.items()
    ]
    return largest(points)


def leaf() -> Found:
    """Energy of the Leaf's pack from its mass and its cell."""
    cell = load("leaf_2018")
    energy, _ = finish(energy_coroutine(cell))
    design = build(cell)
    packed = assembly(cell, generation="modules", design=design)
    rated, _, _ = energy_within(energy / design.mass, 1e-3 * energy / design.volume, packed, 303.0, 1e6)
    return largest_percent([Point("rated energy in 303 kg [kWh]", 39.46, 1e-3 * rated)])


LINES = (
    Line(
        "vehicles-parallel",
        "verification",
        "PyBaMM: four cells stepped with currents that give them one voltage (tests/reference)",
        "20 A through four LG M50 behind 0, 5, 10 and 20 mOhm, 40 min",
        "nothing",
        "current of each cell",
        "largest [A]",
        0.05,
        four_cells,
        reason="1 % of an equal share: PyBaMM's currents are constant over 4 s, in which they move by up to 12 mA; "
        "0.2 mV between the meshes are 10 mA",
    ),
    Line(
        "vehicles-compression",
        "verification",
        "mass of end plates and ties by hand, in whole per cent",
        "0.5 to 5 MPa, stacks of 0.3 and 0.6 m",
        "nothing",
        "mass over that of the cells",
        "largest [points of %]",
        0.5,
        hand,
        reason="the reference is printed in whole per cent",
    ),
    Line(
        "vehicles-leaf-pack",
        "consistency",
        "Leaf of 40 kWh: pack of 303 kg, 39.46 kWh (J. Baars, second-hand)",
        "C/3 discharge of one cell, pack in modules",
        "mass share of cells, to another figure of the same pack",
        "rated energy of the pack",
        "[%]",
        10.0,
        leaf,
        reason="rated energy is stated at another rate than C/3 (3 %), mass share and pack mass to 3 % each",
    ),
)
