"""Converged voltage curves of PyBaMM's DFN with graded electrodes, as CSV files in tests/reference.

    python benchmarks/make_graded_reference.py [porosity] [radius] [layers]

Chen2020 with functions of the position in place of porosity, active fraction and radius, written for PyBaMM as it has
them: of x [m] from the negative current collector.  Meshes, solver and extrapolation are those of make_reference.py;
the border of the layers lies on a face of each mesh.  Runs start at our stoichiometries of 100 % state of charge.
"""

import sys

import paths  # noqa: F401
import pybamm
from make_reference import converged, write
from reference_cells import NEGATIVE, POSITIVE, graded

L_N, L_S, L_P = 85.2e-6, 12e-6, 75.6e-6  # m, of Chen2020


def from_negative(x):
    """Relative position in the negative electrode, 0 at its current collector."""
    return x / L_N


def from_positive(x):
    """Relative position in the positive electrode, 0 at its current collector."""
    return (L_N + L_S + L_P - x) / L_P


def later(x):
    """1 in the second layer of the negative electrode, else 0."""
    return x > 0.4 * L_N


FUNCTIONS = {
    "porosity": {
        "Negative electrode porosity": lambda x, y, z: 0.2 + 0.1 * from_negative(x),
        "Negative electrode active material volume fraction": lambda x, y, z: 0.76 - 0.1 * from_negative(x),
        "Positive electrode porosity": lambda x, y, z: 0.235 + 0.1 * from_positive(x) ** 2,
    },
    "radius": {
        "Negative particle radius [m]": lambda x: 4e-6 + 4e-6 * from_negative(x),
        "Positive particle radius [m]": lambda x: 7e-6 - 4e-6 * from_positive(x),
    },
    "layers": {
        "Negative electrode porosity": lambda x, y, z: 0.2 + 0.1 * later(x),
        "Negative electrode active material volume fraction": lambda x, y, z: 0.78 - 0.1 * later(x),
        "Negative particle radius [m]": lambda x: 4e-6 + 3e-6 * later(x),
    },
}


def main(names):
    for name in names:
        cell, values = graded(name), pybamm.ParameterValues("Chen2020")
        values.update(FUNCTIONS[name])
        for part, end in ((NEGATIVE, "maximum"), (POSITIVE, "minimum")):
            start = cell.value(f"{part}/{end} stoichiometry") * cell.value(f"{part}/maximum concentration")
            values[f"Initial concentration in {part} [mol.m-3]"] = start
        for rate in (1, 2):
            t, V, t_end = converged(
                pybamm.lithium_ion.DFN, values, rate * values["Nominal cell capacity [A.h]"], 4.0 * 3600.0 / rate
            )
            write(f"graded_{name}_{rate}", t, V, t_end)
            print(name, rate, "done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or tuple(FUNCTIONS))
