"""Voltage curves of PyBaMM's sodium-ion model, as CSV files in tests/reference.

    python benchmarks/make_sodium_reference.py

BasicDFN of Chayambuka2022 from its initial state: 80 volumes in each region, 120 graded shells; IDAKLU, rtol 1e-6, as
the kinks of the set's tables stop it at 1e-8.  On 40 volumes and 60 shells voltages differ by up to 0.8 mV rms at 1.4C.
"""

import numpy as np
import paths  # noqa: F401
import pybamm
from make_reference import solve, write

RATES = (1.0 / 12.0, 0.5, 1.4)
VOLUMES, SHELLS = 80, 120


def main():
    for rate in RATES:
        model, values = pybamm.sodium_ion.BasicDFN(), pybamm.ParameterValues("Chayambuka2022")
        current = rate * values["Nominal cell capacity [A.h]"]
        run = solve(model, values, current, VOLUMES, SHELLS, 4000.0 / rate, rtol=1e-6)
        t = np.linspace(0.0, 0.95 * run.t[-1], 160)[1:]
        write(f"sodium_{rate:.3g}".replace(".", "p"), t, run["Voltage [V]"](t=t), run.t[-1])


if __name__ == "__main__":
    main()
