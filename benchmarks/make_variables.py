"""Variables of a DFN run of PyBaMM, for tests/simulation/test_variables.py: `python benchmarks/make_variables.py`.

Chen 2020 from its printed stoichiometries, 1C for 50 minutes, at three times; fields at the places of the file.  Two
meshes eliminate the error in x of first order, which is 0.25 mV of the electrolyte's ohmic losses on the coarser one.
"""

import json
from pathlib import Path

import numpy as np
import pybamm

TARGET = Path(__file__).parents[1] / "tests" / "reference" / "variables_pybamm.json"
TIMES = [300.0, 1500.0, 3000.0]  # s
VOLUMES = (40, 80)
SERIES = (
    "Time [h]",
    "Voltage [V]",
    "Battery open-circuit voltage [V]",
    "Surface open-circuit voltage [V]",
    "Negative electrode bulk open-circuit potential [V]",
    "Positive electrode bulk open-circuit potential [V]",
    "X-averaged negative electrode open-circuit potential [V]",
    "X-averaged positive electrode open-circuit potential [V]",
    "Battery negative particle concentration overpotential [V]",
    "Battery positive particle concentration overpotential [V]",
    "X-averaged battery negative reaction overpotential [V]",
    "X-averaged battery positive reaction overpotential [V]",
    "X-averaged battery concentration overpotential [V]",
    "X-averaged battery electrolyte ohmic losses [V]",
    "X-averaged battery negative solid phase ohmic losses [V]",
    "X-averaged battery positive solid phase ohmic losses [V]",
    "X-averaged electrolyte potential [V]",
    "X-averaged negative electrolyte concentration [mol.m-3]",
    "X-averaged negative particle surface concentration [mol.m-3]",
    "X-averaged positive particle surface stoichiometry",
    "Negative electrode stoichiometry",
    "Average positive particle concentration",
    "Total lithium in electrolyte [mol]",
    "Total lithium in particles [mol]",
    "Throughput capacity [A.h]",
    "Local ECM resistance [Ohm]",
    "Resistance [Ohm]",
    "Positive electrode capacity [A.h]",
    "X-averaged negative electrode exchange current density [A.m-2]",
    "Local voltage [V]",
    "X-averaged electrolyte overpotential [V]",
    "X-averaged negative electrode potential [V]",
    "X-averaged positive electrode potential [V]",
    "X-averaged positive electrode surface potential difference [V]",
    "Positive electrode surface potential difference at separator interface [V]",
    "Sum of x-averaged positive electrode volumetric interfacial current densities [A.m-3]",
    "X-averaged negative electrode total interfacial current density [A.m-2]",
    "X-averaged negative electrode surface area to volume ratio [m-1]",
    "X-averaged positive electrode extent of lithiation",
    "Positive electrode volume-averaged concentration [mol.m-3]",
    "X-averaged positive electrode porosity",
    "X-averaged negative electrolyte transport efficiency",
    "Total lithium [mol]",
    "Total lithium capacity [A.h]",
    "Total lithium in primary phase in negative electrode [mol]",
)
FIELDS = {  # and where, as shares of the thickness of the cell or of the electrode
    "Electrolyte current density [A.m-2]": ("x", [0.1, 0.3, 0.5, 0.7, 0.9]),
    "Electrode current density [A.m-2]": ("x", [0.1, 0.3, 0.7, 0.9]),
    "Electrolyte concentration [mol.m-3]": ("x", [0.02, 0.3, 0.5, 0.7, 0.98]),
    "Negative electrode open-circuit potential [V]": ("x_n", [0.2, 0.5, 0.8]),
    "Positive electrode reaction overpotential [V]": ("x_p", [0.2, 0.5, 0.8]),
    "Negative electrode exchange current density [A.m-2]": ("x_n", [0.2, 0.5, 0.8]),
    "Negative electrode interfacial current density [A.m-2]": ("x_n", [0.2, 0.5, 0.8]),
    "Positive electrode ohmic losses [V]": ("x_p", [0.2, 0.5, 0.8]),
    "Sum of volumetric interfacial current densities [A.m-3]": ("x", [0.1, 0.2, 0.8, 0.9]),
}


def run(volumes: int) -> dict:
    """Series and fields on one mesh."""
    values = pybamm.ParameterValues("Chen2020")
    points = {"x_n": volumes, "x_s": volumes, "x_p": volumes, "r_n": 100, "r_p": 100}
    simulation = pybamm.Simulation(
        pybamm.lithium_ion.DFN(),
        parameter_values=values,
        var_pts=points,
        solver=pybamm.IDAKLUSolver(rtol=1e-7, atol=1e-9),
    )
    solution, times = simulation.solve([0.0, TIMES[-1]], t_interp=TIMES), np.array(TIMES)
    layers = [values[f"{part} thickness [m]"] for part in ("Negative electrode", "Separator", "Positive electrode")]
    ends = {"x": (0.0, sum(layers)), "x_n": (0.0, layers[0]), "x_p": (layers[0] + layers[1], sum(layers))}
    found = {name: (None, np.asarray(solution[name](times))) for name in SERIES}
    for name, (axis, shares) in FIELDS.items():
        a, b = ends[axis]
        x = np.array([a + share * (b - a) for share in shares])
        found[name] = x, np.asarray(solution[name](t=times, x=x)).T
    return found


def main() -> None:
    """Run and write."""
    coarse, fine = map(run, VOLUMES)
    found = {
        name: {"values": (2.0 * y - coarse[name][1]).tolist()} | ({} if x is None else {"x": x.tolist()})
        for name, (x, y) in fine.items()
    }
    content = {"pybamm": pybamm.__version__, "times": TIMES, "variables": found}
    TARGET.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
