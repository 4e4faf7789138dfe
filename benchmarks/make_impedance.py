"""Converged impedances from PyBaMM, written to tests/reference/impedance_pybamm.json.

    python benchmarks/make_impedance.py

Stock sets at two states of charge, at rest, with the double layers of the sets (0.2 F/m2).  As in
make_reference.py, 40, 80 and 160 volumes a region eliminate the errors in x of first and second order
and two numbers of shells that in r; shells are graded by e^6, for diffusion is shallow at high frequencies.

PyBaMM's SPMe is right without double layers only: with its surface formulation, which these need, it misses
most of the charge-transfer resistance (its static limit, Marquis2019 at 50 %: 0.029 instead of 0.161 Ohm).
As its electrolyte adds to the SPM in series, its impedance is composed: SPM with double layers, plus SPMe less
SPM without them; and its ohmic part is rescaled to the mean concentration of the salt, see make_reference.py.
"""

import json
import sys

import numpy as np
import paths
import pybamm

SETS = ("Chen2020", "Marquis2019")
CHARGES = (0.2, 0.8)
FREQUENCIES = np.geomspace(1e-3, 1e4, 22)
STRETCH = 6.0
DFN = {(40, 60): 1.0 / 3.0 - 4.0 / 3.0, (80, 60): -2.0, (160, 60): 8.0 / 3.0, (40, 120): 4.0 / 3.0}
SPM = {(20, 120): -1.0 / 3.0, (20, 240): 4.0 / 3.0}


def solve(kind, form, values, soc, volumes, shells):
    """Impedance [Ohm] on one mesh."""
    model = getattr(pybamm.lithium_ion, kind)({"surface form": form})
    graded = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, submesh_params={"side": "right", "stretch": STRETCH})
    sub = dict(model.default_submesh_types) | {f"{side} particle": graded for side in ("negative", "positive")}
    points = {"x_n": volumes, "x_s": volumes, "x_p": volumes, "r_n": shells, "r_p": shells}
    simulation = pybamm.EISSimulation(
        model, parameter_values=values, submesh_types=sub, var_pts=points, skip_surface_form_check=True
    )
    return simulation.solve(FREQUENCIES, initial_soc=soc).impedance


def converged(kind, form, values, soc):
    """Impedance [Ohm] free of mesh error."""
    return sum(
        weight * solve(kind, form, values, soc, *mesh) for mesh, weight in (SPM if kind == "SPM" else DFN).items()
    )


def ohmic_excess(values):
    """What PyBaMM's SPMe has too much, as it averages (salt per volume) / porosity for the mean salt [Ohm]."""
    L = np.array([values[f"{part} thickness [m]"] for part in REGIONS])
    eps = np.array([values[f"{part} porosity"] for part in REGIONS])
    b = np.array([values[f"{part} Bruggeman coefficient (electrolyte)"] for part in REGIONS])
    c0 = values["Initial concentration in electrolyte [mol.m-3]"]
    used = c0 * (eps * L).sum() / L.sum() * (L / eps).sum() / L.sum()
    law, T = values["Electrolyte conductivity [S.m-1]"], pybamm.Scalar(values["Ambient temperature [K]"])
    kappa = lambda c: float(values.evaluate(law(pybamm.Scalar(c), T)))  # noqa: E731
    area = values["Electrode height [m]"] * values["Electrode width [m]"]
    return (np.array([1.0, 3.0, 1.0]) / 3.0 * L / eps**b).sum() / area * (1.0 / kappa(used) - 1.0 / kappa(c0))


REGIONS = ("Negative electrode", "Separator", "Positive electrode")


def main():
    curves = {}
    for name in SETS:
        values = pybamm.ParameterValues(name)
        for soc in CHARGES:
            plain = converged("SPM", "algebraic", values, soc)
            found = {
                "SPM": converged("SPM", "differential", values, soc),
                "DFN": converged("DFN", "differential", values, soc),
            }
            found["SPMe"] = found["SPM"] - plain + converged("SPMe", "false", values, soc) - ohmic_excess(values)
            for kind, Z in found.items():
                curves[f"{name} {kind} {soc:g}"] = {
                    "real": [float(f"{z.real:.8g}") for z in Z],
                    "imaginary": [float(f"{z.imag:.8g}") for z in Z],
                }
            print(name, soc, "done", flush=True)
    facts = {
        "code": f"PyBaMM {pybamm.__version__}",
        "command": "python benchmarks/make_impedance.py",
        "unit": "Ohm",
        "double-layer capacity [F.m-2]": 0.2,
        "frequencies": [float(f"{f:.10g}") for f in FREQUENCIES],
        "curves": curves,
    }
    path = paths.TESTS / "reference" / "impedance_pybamm.json"
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
