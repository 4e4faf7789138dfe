"""Laws of charge transfer from PyBaMM, free of mesh error: `python make_kinetics_reference.py`.

Chen 2020 with the laws and numbers of `tests/reference_cells.py`, as SPM and DFN, from the stoichiometries of the set.
Errors of the mesh are eliminated as in `make_reference.py`, the coarsest of 10 volumes and 30 shells.  No SPMe: by
these laws PyBaMM's takes the kinetics at the mean salt concentration, where here the overpotential is averaged.
"""

import paths
import pybamm
from make_reference import write_choices
from reference_cells import KINETICS, KINETICS_STEPS

TARGET = paths.TESTS / "reference" / "pybamm_kinetics.csv"
POINTS = 12  # a step
MODELS = {
    "SPM": {(20, 60): -1.0 / 3.0, (20, 120): 4.0 / 3.0},
    "DFN": {(10, 30): -1.0, (20, 30): -2.0, (40, 30): 8.0 / 3.0, (10, 60): 4.0 / 3.0},
}


def values_of(law):
    """PyBaMM's parameter values."""
    values, new = pybamm.ParameterValues("Chen2020"), {}
    for side, entries in KINETICS[law].items():
        S, factor = side.capitalize(), entries.get("factor", 1.0)
        name = f"{S} electrode exchange-current density [A.m-2]"
        new[name] = lambda *arguments, own=values[name], factor=factor: factor * own(*arguments)
        if "anodic transfer coefficient" in entries:
            new[f"{S} electrode Butler-Volmer transfer coefficient"] = entries["anodic transfer coefficient"]
        if "reorganisation energy" in entries:
            new[f"{S} electrode reorganization energy [eV]"] = entries["reorganisation energy"]
    new["Upper voltage cut-off [V]"] = 4.4
    values.update(new, check_already_exists=False)
    return values


def main():
    values = {law: values_of(law) for law in KINETICS}
    write_choices(
        TARGET, "make_kinetics_reference.py", MODELS, "intercalation kinetics", values, KINETICS_STEPS, POINTS
    )


if __name__ == "__main__":
    main()
