"""PyBaMM's own runs of the reference cases: default mesh, IDAKLU, default tolerances."""
import time

import numpy as np
import paths  # noqa: F401
import pybamm

SETS = {"lgm50_oregan2022": "ORegan2022", "lgm50_chen2020": "Chen2020", "ecker2015": "Ecker2015",
        "marquis2019": "Marquis2019"}


def simulation(case):
    """The PyBaMM simulation of a case of a stock set, built."""
    values = pybamm.ParameterValues(SETS[case.cell.name])
    step, start = case.steps[0], case.start
    current = step.target * (values["Nominal cell capacity [A.h]"] if step.control == "c-rate" else 1.0)
    values["Current function [A]"] = current
    if "temperature" in start:
        values.update({f"{k} temperature [K]": start["temperature"] for k in ("Ambient", "Initial")})
    if "voltage" in start:
        values.set_initial_state(f"{start['voltage']} V")
    elif start["soc"] is not None:
        values.set_initial_state(start["soc"])
    built = pybamm.Simulation(getattr(pybamm.lithium_ion, case.model)(), parameter_values=values,
                              solver=pybamm.IDAKLUSolver())
    built.build()
    return built


def measure(case, repeats):
    """(median processor time of a solve [ms] after a warm-up, rms error [mV]); building is not timed."""
    built, spent = simulation(case), []
    for _ in range(repeats + 1):
        start = time.process_time()
        solution = built.solve([0.0, 1.2 * case.t[-1]])
        spent.append(time.process_time() - start)
    t = case.t[case.compared]
    reached = t <= solution.t[-1]
    V = np.where(reached, solution["Voltage [V]"](t=np.minimum(t, solution.t[-1])), np.nan)
    return 1e3 * float(np.median(spent[1:])), case.mismatch(V)[0]
