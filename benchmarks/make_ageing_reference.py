"""Make tests/reference/ageing/pybamm_cycles.csv again: `python benchmarks/make_ageing_reference.py [CASE ...]`.

Cycles the cells of `cellsim/studies/validation/lines/ageing` with PyBaMM and prints the rows of the file; a minute or
two for all.
"""

import sys

import numpy as np
import paths  # noqa: F401

from cellsim.studies.validation.lines.ageing.cases import CASES, theirs

HUNDRED = 100  # the cycle that is printed of a case without rows in the file
BASES = {"okane2022": "OKane2022", "enertech_ai2020": "Ai2020", "mohtat2020": "Mohtat2020"}
NAMES = {
    "SEI kinetic rate constant": "SEI kinetic rate constant [m.s-1]",
    "tunnelling barrier factor": "Tunneling barrier factor [m-1]",
    "SEI reaction exchange current density": "SEI reaction exchange current density [A.m-2]",
    "lithium plating kinetic rate constant": "Lithium plating kinetic rate constant [m.s-1]",
    "LAM constant proportional term": "{side} electrode LAM constant proportional term [s-1]",
    "reaction-driven LAM factor": "{side} electrode reaction-driven LAM factor [m3.mol-1]",
    "current-driven LAM factor": "{side} electrode current-driven LAM rate",
}
ROWS = {  # of the file: PyBaMM's
    "LLI_pct": "Loss of lithium inventory [%]",
    "LAM_ne_pct": "Loss of active material in negative electrode [%]",
    "LAM_pe_pct": "Loss of active material in positive electrode [%]",
    "Q_sei_Ah": "Loss of capacity to negative SEI [A.h]",
    "Q_sei_cracks_Ah": "Loss of capacity to negative SEI on cracks [A.h]",
    "Q_plating_Ah": "Loss of capacity to negative lithium plating [A.h]",
    "c_dead_mol_m3": "X-averaged negative dead lithium concentration [mol.m-3]",
}


def parameters(case):
    """PyBaMM's parameters of a case."""
    import pybamm

    values = pybamm.ParameterValues(BASES[case.base])
    if case.base == "okane2022":
        values["Negative electrode OCP [V]"] = pybamm.ParameterValues("Chen2020")["Negative electrode OCP [V]"]
    for key in ("Ambient temperature [K]", "Initial temperature [K]"):
        values[key] = case.temperature
    for path, value in (case.changes or {}).items():
        part, _, name = path.partition("/")
        if name == "current-driven LAM factor":

            def rate(i, T, factor=value):
                return -factor * abs(i)

            value = rate
        key = NAMES[name].format(side=part.split()[0].capitalize())
        values.update({key: value}, check_already_exists=False)
    return values


def options(case):
    """PyBaMM's options of a case; it has the plating of Yang 2017 as the irreversible one of a set.

    Its reduced models take the overpotential of all currents for that of the particles, which do not lose what the SEI
    on cracks takes, unless they solve for the potential at the surface ("surface form").
    """
    found = dict(case.options)
    if case.model != "DFN":
        found |= {"surface form": "algebraic", "x-average side reactions": "true"}
    if found.get("lithium plating") == "Yang2017":
        found |= {"SEI": (found["SEI"], "none"), "lithium plating": ("irreversible", "none")}
    return found


def rows(name, cycles):
    """{column: value} of each cycle."""
    import pybamm

    case = CASES[name.removesuffix("_x80")]
    n = 80 if name.endswith("_x80") else 20
    built = pybamm.Simulation(
        getattr(pybamm.lithium_ion, case.model)(options(case)),
        parameter_values=parameters(case),
        experiment=pybamm.Experiment([tuple(case.protocol.split("; "))]),
        solver=pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-8),
        var_pts={"x_n": n, "x_s": n // 2, "x_p": n, "r_n": 20, "r_p": 20},
    )
    state = None
    for cycle in range(1, cycles + 1):
        found = built.solve(starting_solution=state, calc_esoh=False)
        steps, state = found.cycles[-1].steps, found.cycles[-1].last_state
        passed = [float(np.trapezoid(s["Current [A]"].data, s.t)) / 3600.0 for s in steps]
        row = {"cycle": cycle, "Q_dis_Ah": sum(Q for Q in passed if Q > 0.0)}
        for key, variable in ROWS.items():
            try:
                row[key] = float(np.ravel(state[variable].data)[-1])
            except KeyError:  # not a variable of these options
                row[key] = 0.0
        yield row


def main(names):
    """Print the rows of the file."""
    print("case", "cycle", "Q_dis_Ah", *ROWS, sep=",")
    for name in names or [*CASES, "sei_ec_film_porosity_x80"]:
        wanted = theirs(name) or {HUNDRED: {}}
        for row in rows(name, max(wanted)):
            if row["cycle"] in wanted:
                print(name, *(f"{x:.8g}" for x in row.values()), sep=",", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
