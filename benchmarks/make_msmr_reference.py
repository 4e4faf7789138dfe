"""The multi-species, multi-reaction model of PyBaMM, free of mesh error: `python make_msmr_reference.py`.

PyBaMM's MSMR_Example as SPM and DFN from its initial state, by the steps of `tests/reference_cells.py`.  Errors of the
mesh are eliminated as in `make_reference.py`, the coarsest of 10 volumes and 30 shells.
"""

import paths
import pybamm
from make_reference import middles, stepped, write_columns
from reference_cells import MSMR_POINTS, MSMR_STEPS

TARGET = paths.TESTS / "reference" / "pybamm_msmr.csv"
OPTIONS = dict.fromkeys(("open-circuit potential", "particle", "intercalation kinetics"), "MSMR") | {
    "number of MSMR reactions": ("6", "4")
}
MODELS = {
    "SPM": {(20, 60): -1.0 / 3.0, (20, 120): 4.0 / 3.0},
    "DFN": {(10, 30): -1.0, (20, 30): -2.0, (40, 30): 8.0 / 3.0, (10, 60): 4.0 / 3.0},
}


def main():
    values, columns = pybamm.ParameterValues("MSMR_Example"), {}
    for rate, steps in MSMR_STEPS.items():
        points = MSMR_POINTS // len(steps)
        columns[f"time_s {rate}"] = middles(steps, points)
        for kind, meshes in MODELS.items():
            built = [getattr(pybamm.lithium_ion, kind)(OPTIONS) for _ in meshes]
            runs = [stepped(model, values, steps, points, mesh) for model, mesh in zip(built, meshes, strict=True)]
            columns[f"{kind} {rate}"] = sum(w * run for w, run in zip(meshes.values(), runs, strict=True))
            off = max(abs(runs[-2] - columns[f"{kind} {rate}"]))
            print(f"{kind}, {rate}: {1e3 * off:.3g} mV from its finest mesh in x", flush=True)
            write_columns(TARGET, columns, "make_msmr_reference.py")  # so far: the rest takes long


if __name__ == "__main__":
    main()
