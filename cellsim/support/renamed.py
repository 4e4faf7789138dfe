"""Other names: old ones work for one release, PyBaMM's arguments are answered with those of cellsim."""

import sys
import warnings
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

from ..errors import CellsimWarning, ProtocolError
from .arguments import near

P = ParamSpec("P")
V = TypeVar("V")
PACKAGE = __name__.partition(".")[0]
REST = "any time is read by result.at(name, t), and period= stores more rows"
# of pybamm.Simulation, of its solve and of its solvers: what to write instead
OF_PYBAMM = {
    "C_rate": "write the steps, such as 'Discharge at 1C'",
    "atol": "give rtol=, the tolerance of the local error",
    "calculate_sensitivities": "give cellsim.derivatives(cell, steps, paths, variables); its result has sensitivities",
    "experiment": "give the experiment, or its text, as the steps, the second argument",
    "initial_soc": "give soc=0.8, or voltage=4.0, an open-circuit voltage",
    "initial_SOC": "give soc=0.8, or voltage=4.0, an open-circuit voltage",
    "inputs": "give cell.with_({'negative electrode/thickness': 8e-5}), the changed cell",
    "mesh": "give model=cellsim.DFN((20, 4, 20), shells=10), or accuracy=",
    "options": "give heat=True, ageing= or model=, or a cell with the option, such as cell.with_hysteresis(...)",
    "output_variables": f"results know all variables; {REST}",
    "param": "give the cell, the first argument: a name, a path or cellsim.from_pybamm(...)",
    "parameter_values": "give the cell, the first argument: a name, a path or cellsim.from_pybamm(...)",
    "save_at_cycles": "results keep all cycles",
    "showprogress": "a run takes milliseconds",
    "solver": "there is one; give rtol= or accuracy=",
    "spatial_methods": "give model=cellsim.DFN((20, 4, 20), shells=10), or accuracy=",
    "starting_solution": "give start=, a Result that was simulated in this process",
    "submesh_types": "give model=cellsim.DFN((20, 4, 20), shells=10), or accuracy=",
    "t_end": "write the duration of a step, such as 'Discharge at 1C for 1 hour'",
    "t_eval": f"write the duration of a step, such as 'Discharge at 1C for 1 hour'; {REST}",
    "t_interp": REST,
    "var_pts": "give model=cellsim.DFN((20, 4, 20), shells=10), or accuracy=",
}


class UnknownArgument(ProtocolError, TypeError):
    """A function has no argument of that name."""


def by_name(function: Callable[P, V]) -> Callable[P, V]:
    """The function; arguments that do not fit it are answered in one sentence: an UnknownArgument."""

    @wraps(function)
    def called(*given: P.args, **named: P.kwargs) -> V:
        try:
            return function(*given, **named)
        except TypeError:
            if said := _unfit(function, given, named):
                raise UnknownArgument(said) from None
            raise

    return called


def by_names(kind: type[V]) -> type[V]:
    """The class; arguments that do not fit its public methods, or that make one, are answered as by `by_name`."""
    for name, method in list(vars(kind).items()):
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(method, FunctionType):
            setattr(kind, name, by_name(method))
        elif isinstance(method, classmethod | staticmethod):
            setattr(kind, name, type(method)(by_name(method.__func__)))
    return kind


def _unfit(function: Callable[..., Any], given: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    """Why a function cannot be called so, and what to write; empty if it can."""
    form = signature(function)
    try:
        form.bind(*given, **named)
        return ""
    except TypeError as fault:
        said = str(fault)
    what = function.__qualname__
    if given and next(iter(form.parameters), "") == "self":  # by the name of the class that the user knows
        what = f"{type(given[0]).__name__}.{function.__name__}".removesuffix(".__init__")
    known = [name for name in form.parameters if name not in ("self", "cls")]
    for name in named:
        if name not in known:
            remedy = f"it is one of PyBaMM; {OF_PYBAMM[name]}" if name in OF_PYBAMM else near(name, known)
            return f"{what} has no argument {name!r}: {remedy}"
    return f"{what}: {said}; its arguments are {', '.join(known) or 'none'}"


def warn(words: str, category: type[Warning] = CellsimWarning) -> None:
    """A warning that names the line outside this package from which it came."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__")).partition(".")[0] == PACKAGE:
        level, frame = level + 1, frame.f_back
    warnings.warn(words, category, stacklevel=level)


def old_names(module: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a module for what was renamed in it; names: old to new.

    An old name gives the thing itself, with a DeprecationWarning.
    """

    def get(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warnings.warn(
            f"{module}.{name} is now {module}.{names[name]}; the old name works until the next release",
            DeprecationWarning,
            stacklevel=2,
        )
        return getattr(sys.modules[module], names[name])

    return get
