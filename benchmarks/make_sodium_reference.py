"""Voltage curves of PyBaMM's sodium-ion model, as CSV files in tests/reference.

    python benchmarks/make_sodium_reference.py

BasicDFN of Chayambuka2022 from its initial state: 80 volumes in each region, 120 graded shells; IDAKLU, rtol 1e-6, as
the kinks of the set's tables stop it at 1e-8.  On 40 volumes and 60 shells voltages differ by up to 0.8 mV rms at 1.4C.
"""

import numpy as np
import paths  # noqa: F401
import pybamm
from make_reference import write

RATES = (1.0 / 12.0, 0.5, 1.4)
VOLUMES, SHELLS = 80, 120


def main():
    for rate in RATES:
        model, values = pybamm.sodium_ion.BasicDFN(), pybamm.ParameterValues("Chayambuka2022")
        values["Current function [A]"] = rate * values["Nominal cell capacity [A.h]"]
        graded = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, submesh_params={"side": "right", "stretch": 3})
        sub = dict(model.default_submesh_types) | {"negative particle": graded, "positive particle": graded}
        points = {"x_n": VOLUMES, "x_s": VOLUMES, "x_p": VOLUMES, "r_n": SHELLS, "r_p": SHELLS}
        run = pybamm.Simulation(
            model,
            parameter_values=values,
            submesh_types=sub,
            var_pts=points,
            solver=pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-7),
        ).solve([0.0, 4000.0 / rate])
        t = np.linspace(0.0, 0.95 * run.t[-1], 160)[1:]
        write(f"sodium_{rate:.3g}".replace(".", "p"), t, run["Voltage [V]"](t=t), run.t[-1])


if __name__ == "__main__":
    main()
