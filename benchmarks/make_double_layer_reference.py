"""Runs with double layers that are charged in time from PyBaMM, written to tests/reference/pybamm_double_layers.csv.

    python benchmarks/make_double_layer_reference.py

PyBaMM's surface form "differential", with the double layers of the sets (0.2 F/m2): pulses of a millisecond to a
second, and a discharge at 1C, of Chen 2020 as DFN and SPM from half full and from full; and the pulses of the half
cell of `make_reference.py`, whose lithium has a double layer, too.  Free of mesh error as there.  PyBaMM's SPMe is not
among them: see `make_impedance.py`.
"""

import numpy as np
import paths
import pybamm
from make_reference import converged, simulation, single_ion_values, write_columns
from reference_cells import DOUBLE_LAYER, DOUBLE_LAYER_PULSES, SINGLE_ION

TARGET = paths.TESTS / "reference" / "pybamm_double_layers.csv"
STRETCH = 6  # of shells: in a millisecond diffusion gets nowhere
DIFFERENTIAL = {"surface form": "differential"}
MESHES = {(40, 60): -1.0, (80, 60): -2.0, (160, 60): 8.0 / 3.0, (40, 120): 4.0 / 3.0}
PARTICLES = {(20, 120): -1.0 / 3.0, (20, 240): 4.0 / 3.0}
AT = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0])  # of the duration of a step, where PyBaMM stores it


def pulses(model, values, one_c, meshes):
    """Voltages [V] at AT of each step, free of mesh error."""
    steps = [pybamm.step.current(rate * one_c, duration=time, period=time / 100) for rate, time in DOUBLE_LAYER_PULSES]
    runs = []
    for mesh in meshes:
        run = simulation(model(), values, *mesh, stretch=STRETCH, experiment=pybamm.Experiment(steps))
        found, start = [], 0.0
        for (_, time), cycle in zip(DOUBLE_LAYER_PULSES, run.solve().cycles, strict=True):
            found.append(cycle["Voltage [V]"](t=start + time * AT * (1.0 - 1e-12)))
            start += time
        runs.append(np.concatenate(found))
    V = sum(w * x for w, x in zip(meshes.values(), runs, strict=True))
    off = [f"{1e3 * np.max(np.abs(run - V)):.3g}" for run in runs]
    print(f"{', '.join(off)} mV off on its meshes", flush=True)
    return V


def half_cell():
    """The half cell, and its current of 1C [A]."""
    values = single_ion_values()
    values.update(
        {f"{side} electrode double-layer capacity [F.m-2]": DOUBLE_LAYER for side in ("Negative", "Positive")}
    )
    return lambda: pybamm.lithium_ion.DFN({"working electrode": "positive"} | DIFFERENTIAL), values, SINGLE_ION["one_c"]


def main():
    starts = np.cumsum([0.0, *(time for _, time in DOUBLE_LAYER_PULSES[:-1])])
    times = np.concatenate([start + time * AT for start, (_, time) in zip(starts, DOUBLE_LAYER_PULSES, strict=True)])
    columns = {"time_s": times}
    for kind, meshes in (("DFN", MESHES), ("SPM", PARTICLES)):
        model, values = lambda k=kind: getattr(pybamm.lithium_ion, k)(DIFFERENTIAL), pybamm.ParameterValues("Chen2020")
        values.set_initial_state(0.5)
        columns[f"{kind} pulses"] = pulses(model, values, values["Nominal cell capacity [A.h]"], meshes)
    columns["half cell pulses"] = pulses(*half_cell(), MESHES)
    for kind in ("DFN", "SPM"):
        model, values = lambda k=kind: getattr(pybamm.lithium_ion, k)(DIFFERENTIAL), pybamm.ParameterValues("Chen2020")
        values.set_initial_state(1.0)
        values["Upper voltage cut-off [V]"] = 4.4  # at full charge the cell is at 4.2 V, where a run would end
        t, V, _ = converged(model, values, values["Nominal cell capacity [A.h]"], 4.0 * 3600.0)
        some = np.linspace(0, len(t) - 1, len(times)).astype(int)
        columns |= {f"{kind} discharge time_s": t[some], f"{kind} discharge": V[some]}
    write_columns(TARGET, columns, "make_double_layer_reference.py", "%.9g")


if __name__ == "__main__":
    main()
