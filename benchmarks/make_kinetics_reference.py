"""Laws of charge transfer from PyBaMM, free of mesh error: `python make_kinetics_reference.py`.

Chen 2020 with the laws and numbers of `tests/reference_cells.py`, as DFN and SPM, from the stoichiometries of the set;
the SPMe with the law whose inverse PyBaMM has, as in its other form it takes the kinetics at the mean salt
concentration.  Meshes as in `make_hysteresis_reference.py`.
"""

import numpy as np
import paths
import pybamm
from make_hysteresis_reference import MODELS
from make_reference import middles, stepped, write_columns
from reference_cells import KINETICS, KINETICS_STEPS

TARGET = paths.TESTS / "reference" / "pybamm_kinetics.csv"
POINTS = 12  # a step


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


def built(kind, law):
    """PyBaMM's model; one with an even reaction solves for its voltage where the law has no inverse."""
    even = {"surface form": "algebraic"} if kind != "DFN" and law != "linear" else {}
    return getattr(pybamm.lithium_ion, kind)({"intercalation kinetics": law} | even)


def main():
    columns = {"time_s": middles(KINETICS_STEPS, POINTS)}
    for kind, meshes in MODELS.items():
        for law in KINETICS if kind != "SPMe" else ("linear",):
            runs = [stepped(built(kind, law), values_of(law), KINETICS_STEPS, POINTS, mesh) for mesh in meshes]
            columns[f"{kind} {law}"] = sum(w * V for w, V in zip(meshes.values(), runs, strict=True))
            off = np.max(np.abs(runs[-2] - columns[f"{kind} {law}"]))
            print(f"{kind}, {law}: {1e3 * off:.3g} mV from its finest mesh in x", flush=True)
    write_columns(TARGET, columns, "make_kinetics_reference.py")


if __name__ == "__main__":
    main()
