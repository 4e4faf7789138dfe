"""Loops of cells with open-circuit hysteresis from PyBaMM, free of mesh error: `python make_hysteresis_reference.py`.

Chen 2020 with the branches of `tests/reference_cells.py`, by every model of hysteresis, as DFN, SPMe and SPM, from the
set's stoichiometries.  Meshes as in `make_reference.py`, the coarsest of 20 volumes.  PyBaMM's decay rate of the
model by the differential capacity is that at unit slope times the capacity of the electrode [A.h] to the power of the
switching factor, which is even here: 26.10 raises dQ/dU, which is negative, to it.
"""

import paths
import pybamm
from make_reference import write_choices
from reference_cells import HYSTERESIS, HYSTERESIS_LOOPS, HYSTERESIS_MODELS, hysteresis

TARGET = paths.TESTS / "reference" / "pybamm_hysteresis.csv"
POINTS = 12  # a step
MODELS = {"DFN": {(20, 60): -1.0, (40, 60): -2.0, (80, 60): 8.0 / 3.0, (20, 120): 4.0 / 3.0}}
MODELS |= {"SPMe": MODELS["DFN"], "SPM": {(20, 120): -1.0 / 3.0, (20, 240): 4.0 / 3.0}}
CALLED = {"exp": pybamm.exp, "tanh": pybamm.tanh}


def function_of(entry):
    """A law of x as PyBaMM takes it: a number, or a function of the stoichiometry and of what else it is given."""
    if not isinstance(entry, str):
        return entry
    return lambda sto, *others: eval(entry, {"__builtins__": {}}, {**CALLED, "x": sto})  # our own expressions


def values_of(model):
    """PyBaMM's parameter values."""
    values, cell = pybamm.ParameterValues("Chen2020"), hysteresis(model)
    new = {}
    for side in HYSTERESIS:
        S, part = side.capitalize(), f"{side} electrode"
        law = lambda key, part=part: (lambda q: q.value if q.constant else q.expression)(cell.law(f"{part}/{key}"))  # noqa: E731
        for way in ("lithiation", "delithiation"):
            new[f"{S} electrode {way} OCP [V]"] = function_of(law(f"{way} open-circuit potential"))
            new[f"{S} particle {way} hysteresis decay rate"] = function_of(law(f"{way} hysteresis decay rate"))
        switch = cell.value(f"{part}/hysteresis switching factor")
        capacity = (
            values[f"{S} electrode thickness [m]"]
            * values[f"{S} electrode active material volume fraction"]
            * values[f"Maximum concentration in {side} electrode [mol.m-3]"]
            * values["Electrode height [m]"]
            * values["Electrode width [m]"]
            * pybamm.constants.F.value
            / 3600.0
        )
        new[f"{S} particle hysteresis decay rate"] = (
            cell.value(f"{part}/hysteresis decay rate at unit slope") * capacity**switch
        )
        new[f"{S} particle hysteresis switching factor"] = switch
        new[f"Initial hysteresis state in {side} electrode"] = cell.value(f"{part}/initial hysteresis state")
    values.update(new, check_already_exists=False)
    return values


def main():
    values = {model: values_of(model) for model in HYSTERESIS_MODELS}
    write_choices(
        TARGET, "make_hysteresis_reference.py", MODELS, "open-circuit potential", values, HYSTERESIS_LOOPS, POINTS
    )


if __name__ == "__main__":
    main()
