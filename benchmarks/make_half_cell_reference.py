"""Half cells made in PyBaMM of the electrodes of its own full cells, written to tests/reference/pybamm_half_cells.csv;
and the potentials of full cells against a reference electrode, to pybamm_three_electrodes.csv.

    python benchmarks/make_half_cell_reference.py

An electrode becomes the positive one by renaming the entries of the set; lithium has the exchange current of PyBaMM's
Xu2019 set.  Voltages of half cells are free of mesh error as those of make_reference.py; potentials of full cells are
those of 60 volumes a region and 60 shells.
"""

import csv

import numpy as np
import paths
import pybamm
from make_reference import converged, solve

HOME = paths.TESTS / "reference"
METAL = (
    "Exchange-current density for lithium metal electrode [A.m-2]",
    "Lithium metal partial molar volume [m3.mol-1]",
    "Negative electrode OCP [V]",
    "Negative electrode OCP entropic change [V.K-1]",
    "Negative electrode conductivity [S.m-1]",
    "Negative electrode thickness [m]",
)
# set, electrode, current over that of 1C (positive: discharge of the half cell), start: "full" or "empty" full cell
RUNS = (
    ("Chen2020", "positive", 1.0, "full"),
    ("Chen2020", "negative", -1.0, "full"),
    ("Chen2020", "negative", 1.0 / 3.0, "empty"),
    ("Ecker2015", "positive", 1.0, "full"),
    ("Ecker2015", "negative", -1.0, "full"),
)
ROWS = 40


def half(name, electrode, start):
    """Parameter values of a half cell, and the stoichiometry that it starts with."""
    full, foil = pybamm.ParameterValues(name), pybamm.ParameterValues("Xu2019")
    x_0, x_100, y_100, y_0 = map(float, pybamm.lithium_ion.get_min_max_stoichiometries(full))
    at = {"positive": {"full": y_100, "empty": y_0}, "negative": {"full": x_100, "empty": x_0}}[electrode][start]
    content = dict(full.items())
    if electrode == "negative":
        for key, value in full.items():
            for theirs, ours in (("Negative", "Positive"), (" negative ", " positive ")):
                if theirs in key and "collector" not in key:
                    content[key.replace(theirs, ours)] = value
    content |= {key: foil[key] for key in METAL}
    content |= {"Lower voltage cut-off [V]": -1.0, "Upper voltage cut-off [V]": 6.0}
    top = full[f"Maximum concentration in {electrode} electrode [mol.m-3]"]
    content["Initial concentration in positive electrode [mol.m-3]"] = at * top
    content.pop("citations", None)
    return pybamm.ParameterValues(content), at


def half_cells():
    rows = []
    for name, electrode, rate, start in RUNS:
        values, at = half(name, electrode, start)
        current = rate * values["Nominal cell capacity [A.h]"]
        model = lambda: pybamm.lithium_ion.DFN({"working electrode": "positive"})  # noqa: E731
        t, V, _ = converged(model, values, current, 0.9 * 3600.0 / abs(rate))
        for k in np.linspace(0, len(t) - 1, ROWS).astype(int):
            rows.append([name, electrode, f"{rate:.10g}", start, f"{at:.10g}", f"{t[k]:.6f}", f"{V[k]:.7f}"])
        print(name, electrode, rate, at, V[0], V[-1], flush=True)
    write("pybamm_half_cells.csv", ("set", "electrode", "C-rate", "start", "stoichiometry", "t [s]", "V [V]"), rows)


def three_electrodes():
    rows = []
    names = (
        "Reference electrode potential [V]",
        "Negative electrode 3E potential [V]",
        "Positive electrode 3E potential [V]",
    )
    for kind in ("DFN", "SPMe", "SPM"):
        values = pybamm.ParameterValues("Ecker2015")
        values.set_initial_state(1.0)
        model = getattr(pybamm.lithium_ion, kind)()
        model.insert_reference_electrode()
        run = solve(model, values, values["Nominal cell capacity [A.h]"], 60, 60, 2700.0)
        for t in (1.0, 60.0, 600.0, 1500.0, 2600.0):
            rows.append(
                [
                    kind,
                    f"{t:g}",
                    *(f"{run[name](t=t).item():.7f}" for name in names),
                    f"{run['Voltage [V]'](t=t).item():.7f}",
                ]
            )
    write("pybamm_three_electrodes.csv", ("model", "t [s]", *names, "Voltage [V]"), rows)


def write(name, head, rows):
    with (HOME / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([head, *rows])
    print(name, len(rows), flush=True)


if __name__ == "__main__":
    three_electrodes()
    half_cells()
