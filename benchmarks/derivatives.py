"""Processor time of a run with its derivatives over that of the run alone: here, and in PyBaMM by sensitivities.

    python benchmarks/derivatives.py [--quick]

LG M50, 40 minutes at 1C, tolerance 1e-6 in both programs.  Every evaluation has other values, as in a search, which the
time of making the cell ready belongs to; PyBaMM's model is built once, with inputs.  Writes
benchmarks/results/derivatives.json.
"""

import time
from enum import StrEnum

import numpy as np
import typer
from measure import conditions, console, save, show

import cellsim
from cellsim.kernels.call.calls import finish
from cellsim.studies.estimation.varied.repeated import repeatable

Part = StrEnum("Part", {"all": "all", "derivatives": "derivatives"})
CELL, STEPS, RTOL, MOVE = "lgm50_chen2020", "Discharge at 5 A for 40 min", 1e-6, 1e-4
TIMES = np.linspace(60.0, 2340.0, 39)
FREE = {
    "positive electrode/particle diffusivity": "Positive particle diffusivity [m2.s-1]",
    "negative electrode/particle diffusivity": "Negative particle diffusivity [m2.s-1]",
    "separator/electrolyte volume fraction": "Separator porosity",
    "electrolyte/cation transference number": "Cation transference number",
}


def _slope(run, here, path):
    """Derivative of the voltage at TIMES by a quantity, a coroutine."""
    value = here.value(path)
    return run.slope(
        lambda to: (here.with_({path: value + to}), {}), lambda done: run.at(done, "Voltage [V]", TIMES), MOVE * value
    )


def ours(model, paths):
    """A function of a factor that runs the varied cell, and its derivatives (n, times) by the paths."""
    cell = cellsim.load(CELL)
    fixed = cellsim.simulate(cell, STEPS, model, soc=None).final_state.model

    def found(factor):
        here = cell.with_({path: factor * cell.value(path) for path in FREE})
        if not paths:
            return cellsim.simulate(here, STEPS, fixed, soc=None, rtol=RTOL)
        run, slopes = finish(repeatable(here, STEPS, fixed, soc=None, rtol=RTOL)), []
        for path in paths:
            slopes.append(finish(_slope(run, here, path)))
        return np.array(slopes)

    return found


def theirs(model, names):
    """The same in PyBaMM."""
    import pybamm

    values = pybamm.ParameterValues("Chen2020")
    first = {name: float(values[name]) for name in FREE.values()}
    values.update(dict.fromkeys(first, "[input]"))
    of = {"SPMe": pybamm.lithium_ion.SPMe, "DFN": pybamm.lithium_ion.DFN}[model]()
    simulation = pybamm.Simulation(of, parameter_values=values, solver=pybamm.IDAKLUSolver(rtol=RTOL, atol=RTOL))

    def found(factor):
        inputs = {name: factor * value for name, value in first.items()}
        done = simulation.solve([0.0, 2400.0], inputs=inputs, calculate_sensitivities=names or False, t_interp=TIMES)
        if not names:
            return done
        V = done["Voltage [V]"]
        return np.array([np.ravel(V.sensitivities[name])[1:-1] for name in names])

    return found


def spent(function, quick):
    """Median processor time [ms] of a call, after two to warm up."""
    times = []
    for factor in np.linspace(0.95, 1.05, 5 if quick else 23):
        begun = time.process_time()
        function(factor)
        times.append(1e3 * (time.process_time() - begun))
    return float(np.median(times[2:]))


def main(part: Part = Part.all, quick: bool = False):
    """Print and save the table."""
    rows = []
    for model in ("SPMe", "DFN"):
        alone = {name: spent(make(model, []), quick) for name, make in (("cellsim", ours), ("PyBaMM", theirs))}
        for n in (1, len(FREE)):
            paths, names = list(FREE)[:n], list(FREE.values())[:n]
            own, other = ours(model, paths), theirs(model, names)
            row = {"model": model, "quantities": n}
            for name, function in (("cellsim", own), ("PyBaMM", other)):
                row[f"{name} [ms]"] = spent(function, quick)
                row[f"over a run, {name}"] = row[f"{name} [ms]"] / alone[name]
            a, b = own(1.0)[0], other(1.0)[0]
            row["derivatives differ by"] = float(np.abs(a - b).max() / np.abs(b).max())
            rows.append(row)
    console.print("the programs' default meshes differ, and so do derivatives, by what a mesh is worth")
    show("A run with derivatives of its voltage, processor time", rows)
    save("derivatives", {"conditions": conditions(), "rows": rows})


if __name__ == "__main__":
    typer.run(main)
