"""Make tests/reference/ageing/pybamm_composite.csv again: `python benchmarks/make_ageing_composite_reference.py`.

Cycles PyBaMM's DFN of Chen2020_composite with an SEI and a loss of active material of its own on graphite and on
silicon, and prints the rows of the file.  40 volumes in an electrode, 30 shells; 20 volumes and 20 shells differ by
0.001 % of the capacity and 0.01 % of the losses.
"""

import sys

import numpy as np
import pybamm

OPTIONS = {
    "particle phases": ("2", "1"),
    "SEI": (("solvent-diffusion limited", "interstitial-diffusion limited"), "none"),
    "SEI porosity change": "true",
    "loss of active material": (("reaction-driven", "reaction-driven"), "none"),
}
CHANGES = {  # silicon loses the faster
    "Primary: SEI solvent diffusivity [m2.s-1]": 2.5e-21,
    "Secondary: SEI lithium interstitial diffusivity [m2.s-1]": 1e-19,
    "Primary: Negative electrode reaction-driven LAM factor [m3.mol-1]": 1e-4,
    "Secondary: Negative electrode reaction-driven LAM factor [m3.mol-1]": 3e-4,
}
CYCLE = ("Discharge at C/2 until 2.5 V", "Charge at C/2 until 4.2 V", "Hold at 4.2 V until C/20")
CYCLES, KEPT = 20, (1, 2, 5, 10, 15, 20)
ROWS = {
    "LLI_pct": "Loss of lithium inventory [%]",
    "Q_sei_primary_Ah": "Loss of capacity to negative primary SEI [A.h]",
    "Q_sei_secondary_Ah": "Loss of capacity to negative secondary SEI [A.h]",
    "eps_primary": "X-averaged negative electrode primary active material volume fraction",
    "eps_secondary": "X-averaged negative electrode secondary active material volume fraction",
    "porosity": "X-averaged negative electrode porosity",
}


def main(volumes=40, shells=30):
    """Print the rows of the file."""
    values = pybamm.ParameterValues("Chen2020_composite")
    values.update(CHANGES, check_already_exists=False)
    built = pybamm.Simulation(
        pybamm.lithium_ion.DFN(OPTIONS),
        parameter_values=values,
        experiment=pybamm.Experiment([CYCLE]),
        solver=pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-8),
        var_pts={
            "x_n": volumes, "x_s": volumes // 2, "x_p": volumes,
            "r_n": shells, "r_p": shells, "r_n_prim": shells, "r_n_sec": shells,
        },
    )  # fmt: skip
    print("cycle", "Q_dis_Ah", *ROWS, sep=",")
    state = None
    for cycle in range(1, CYCLES + 1):
        found = built.solve(starting_solution=state, calc_esoh=False)
        steps, state = found.cycles[-1].steps, found.cycles[-1].last_state
        passed = [float(np.trapezoid(s["Current [A]"].data, s.t)) / 3600.0 for s in steps]
        if cycle in KEPT:
            row = [float(np.ravel(state[name].data)[-1]) for name in ROWS.values()]
            print(cycle, *(f"{x:.8g}" for x in (sum(Q for Q in passed if Q > 0.0), *row)), sep=",", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
