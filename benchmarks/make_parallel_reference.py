"""Four LG M50 cells in parallel behind unequal resistances, in PyBaMM: tests/reference/pybamm_Chen2020_parallel_4p.csv.

Each cell is a PyBaMM simulation of its own, stepped with a constant current; before each step the currents are chosen
such that the terminals would have one voltage at its end, from the voltages and slopes of a first attempt.  Takes some
minutes: python benchmarks/make_parallel_reference.py
"""

from pathlib import Path

import numpy as np
import pybamm

HOME = Path(__file__).parents[1] / "tests" / "reference" / "pybamm_Chen2020_parallel_4p.csv"
RESISTANCES = np.array([0.0, 5e-3, 10e-3, 20e-3])  # Ohm in series with each cell
CURRENT, STEP, END, KEPT = 20.0, 4.0, 3420.0, 60.0  # A, s, s, s
POINTS = {"x_n": 30, "x_s": 20, "x_p": 30, "r_n": 40, "r_p": 40}
INPUT = "Current function [A]"


class Cells:
    """The cells and where they are."""

    def __init__(self, count: int):
        values = pybamm.ParameterValues("Chen2020")
        values[INPUT] = "[input]"
        self.simulations = [
            pybamm.Simulation(
                pybamm.lithium_ion.DFN(),
                parameter_values=values,
                var_pts=POINTS,
                solver=pybamm.IDAKLUSolver(rtol=1e-7, atol=1e-8),
            )
            for _ in range(count)
        ]
        self.states = [None] * count

    def attempt(self, currents, dt):
        """Solutions after dt [s] and terminal voltages [V]; the cells stay where they are."""
        found = []
        for simulation, state, current in zip(self.simulations, self.states, currents, strict=True):
            start = {} if state is None else {"starting_solution": state}
            found.append(simulation.step(dt, inputs={INPUT: float(current)}, save=False, **start).last_state)
        return found, np.array([float(s["Terminal voltage [V]"].entries[-1]) for s in found])


def main() -> None:
    """Run and write the file."""
    n = RESISTANCES.size
    cells, currents = Cells(n), np.full(n, CURRENT / n)
    _, volts = cells.attempt(currents, 1e-3)
    _, more = cells.attempt(1.1 * currents, 1e-3)
    slopes = (volts - more) / (0.1 * currents)
    t, rows = 0.0, []
    while t < END - 1e-9:
        for _ in range(2):
            A = np.block([[np.diag(slopes + RESISTANCES), np.ones((n, 1))], [np.ones((1, n)), np.zeros((1, 1))]])
            currents = np.linalg.solve(A, np.r_[volts + slopes * currents, CURRENT])[:n]
            trial, volts = cells.attempt(currents, STEP)
        cells.states, t = trial, t + STEP
        if abs(t / KEPT - round(t / KEPT)) < 1e-9:
            rows.append((t, (volts - RESISTANCES * currents).mean(), *currents))
    with HOME.open("w", encoding="utf-8") as out:
        out.write(
            f"# PyBaMM {pybamm.__version__}, DFN, Chen2020: four cells in parallel behind 0, 5, 10 and 20 mOhm, "
            "20 A in all, from full, 4 s a step; benchmarks/make_parallel_reference.py\n"
            "# time_s,voltage_V,current_1_A,current_2_A,current_3_A,current_4_A\n"
        )
        for time, voltage, *each in rows:
            out.write(f"{time:.0f},{voltage:.6f}," + ",".join(f"{x:.5f}" for x in each) + "\n")


if __name__ == "__main__":
    main()
