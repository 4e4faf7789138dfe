"""The packaged parameter sets as PyBaMM finds them: `pybamm.ParameterValues("cellsim_ecker2015")`.

PyBaMM's entry point "cellsim_NAME" is the attribute NAME of this module, a function without arguments.
"""

from collections.abc import Callable
from typing import Any

from ..parameters import cells, load


def __getattr__(name: str) -> Callable[[], dict[str, Any]]:
    if name not in cells():
        raise AttributeError(name)

    def parameters() -> dict[str, Any]:
        from .to_pybamm import to_pybamm

        return {"chemistry": "lithium_ion", **dict(to_pybamm(name).parameter_values.items())}

    metal = load(name).text("negative electrode/type") == "lithium metal"
    needs = "\nNeeds the options {'working electrode': 'positive', 'contact resistance': 'true'}." if metal else ""
    parameters.__name__, parameters.__doc__ = name, f"{load(name).title}\n\n{load(name).description}{needs}"
    return parameters


def __dir__() -> list[str]:
    return cells()
