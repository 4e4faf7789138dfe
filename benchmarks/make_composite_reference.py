"""Converged curves of composite electrodes and of distributions of size from PyBaMM, written to tests/reference.

    python benchmarks/make_composite_reference.py [composite] [mpm]

composite: the DFN of PyBaMM's Chen2020_composite set, whose phases begin at different potentials; a charge begins at
the stoichiometries in START.  Errors of the mesh are eliminated as in `make_reference`, from 20, 40 and 80 volumes in
each region and 40 and 80 shells.  mpm: PyBaMM's MPM of Marquis2019 with its default distribution, on 30 classes of
size, with 40 and 80 shells.  IDAKLU, rtol 1e-8, atol 1e-9, isothermal.
"""

import sys

import pybamm
from make_reference import weighted, write

PHASES = {"particle phases": ("2", "1")}
START = {"Primary: Negative": 0.08, "Secondary: Negative": 0.62, "Positive": 0.86}  # of a charge, about at rest
RATES = {"dis": (0.2, 1.0, 2.0), "chg": (0.5, 1.0)}


def composite():
    """Discharges from the concentrations that the set states, charges from START."""
    meshes = {(20, 40): 1.0 / 3.0 - 4.0 / 3.0, (40, 40): -2.0, (80, 40): 8.0 / 3.0, (20, 80): 4.0 / 3.0}
    for way, rates in RATES.items():
        for rate in rates:
            values = pybamm.ParameterValues("Chen2020_composite")
            for which, x in START.items() if way == "chg" else ():
                phase, _, side = which.rpartition(": ")
                name = f"{{}} concentration in {side.lower()} electrode [mol.m-3]"
                prefix = f"{phase}: " if phase else ""
                values[prefix + name.format("Initial")] = x * values[prefix + name.format("Maximum")]
            current = rate * values["Nominal cell capacity [A.h]"] * (-1.0 if way == "chg" else 1.0)
            model = lambda: pybamm.lithium_ion.DFN(PHASES)  # noqa: E731
            t, V, t_end = weighted(model, values, current, 4.0 * 3600.0 / rate, meshes)
            write(f"composite_{way}_{rate:g}".replace(".", "p"), t, V, t_end)


def mpm():
    """Discharges of the MPM from the concentrations that the set states."""
    for rate in (0.2, 1.0, 2.0):
        values = pybamm.get_size_distribution_parameters(pybamm.ParameterValues("Marquis2019"))
        current = rate * values["Nominal cell capacity [A.h]"]
        t, V, t_end = weighted(
            pybamm.lithium_ion.MPM, values, current, 4.0 * 3600.0 / rate, {(20, 40): -1.0 / 3.0, (20, 80): 4.0 / 3.0}
        )
        write(f"mpm_dis_{rate:g}".replace(".", "p"), t, V, t_end)


if __name__ == "__main__":
    for which in sys.argv[1:] or ("composite", "mpm"):
        {"composite": composite, "mpm": mpm}[which]()
