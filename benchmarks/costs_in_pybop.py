"""Processor time of one cost evaluation in PyBOP: with runs of cellsim, and with PyBOP's own simulator of PyBaMM.

    python benchmarks/costs_in_pybop.py [--quick]     needs cellsim[pybop]

LG M50, a discharge of 5 A for 3000 s at 301 times, two diffusivities; both on their default meshes and tolerances.
Every evaluation has other values, as in a search.  Writes benchmarks/results/costs_in_pybop.json.
"""

import time
from enum import StrEnum

import numpy as np
import typer
from measure import conditions, console, save, show

import cellsim

Part = StrEnum("Part", {"all": "all", "pybop": "pybop"})
NAMES = ("Negative particle diffusivity [m2.s-1]", "Positive particle diffusivity [m2.s-1]")
VALUES = (3.3e-14, 4e-15)
SOC = 0.95


def data(pybop):
    """The discharge, as cellsim simulates it."""
    t = np.linspace(0.0, 3000.0, 301)
    current = np.full(t.size, 5.0)
    seen = cellsim.simulate("lgm50_chen2020", cellsim.profile(np.column_stack([t, current])), "SPMe", soc=SOC)
    return pybop.Dataset(
        {
            "Time [s]": t,
            "Current [A]": current,
            "Current function [A]": current,
            "Voltage [V]": seen.at("Voltage [V]", t),
        }
    )


def free(pybop):
    """The two quantities."""
    return {
        name: pybop.Parameter(bounds=[0.3 * x, 3.0 * x], initial_value=x) for name, x in zip(NAMES, VALUES, strict=True)
    }


def ours(pybop, model, seen):
    """A simulator of cellsim."""
    from cellsim.interop.pybop import simulator

    return simulator("lgm50_chen2020", free(pybop), seen, model=model, soc=SOC, threads=1)


def theirs(pybop, model, seen):
    """The simulator of PyBOP."""
    import pybamm

    values = pybamm.ParameterValues("Chen2020")
    values.update(free(pybop))
    of = {"SPMe": pybamm.lithium_ion.SPMe, "DFN": pybamm.lithium_ion.DFN}[model]()
    return pybop.pybamm.Simulator(of, parameter_values=values, protocol=seen, initial_state={"Initial SoC": SOC})


def spent(problem, points):
    """Median processor time [ms] of an evaluation, after three to warm up, and the last cost."""
    found = []
    for k, point in enumerate(points):
        begun = time.process_time()
        cost = problem(dict(zip(NAMES, point, strict=True)))
        if k >= 3:
            found.append(1e3 * (time.process_time() - begun))
    return float(np.median(found)), float(np.asarray(cost).ravel()[0])


def main(part: Part = Part.all, quick: bool = False):
    """Print and save the table, or say that PyBOP is not installed."""
    try:
        import pybop
    except ImportError:
        console.print("PyBOP is not installed: pip install 'cellsim[pybop]'")
        return
    seen, rows = data(pybop), []
    points = np.exp2(np.random.default_rng(5).uniform(-0.5, 0.5, (8 if quick else 40, 2))) * VALUES
    for model in ("SPMe", "DFN"):
        row = {"model": model}
        for name, make in (("cellsim", ours), ("PyBaMM", theirs)):
            problem = pybop.Problem(make(pybop, model, seen), pybop.RootMeanSquaredError(seen))
            row[f"{name} [ms]"], row[f"cost, {name} [mV]"] = spent(problem, points)
            row[f"cost, {name} [mV]"] *= 1e3
        row["times faster"] = row["PyBaMM [ms]"] / row["cellsim [ms]"]
        rows.append(row)
    show("A cost evaluation in PyBOP, processor time", rows)
    save("costs_in_pybop", {"conditions": conditions(), "rows": rows})


if __name__ == "__main__":
    typer.run(main)
