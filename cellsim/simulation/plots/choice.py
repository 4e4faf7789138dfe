"""Which picture of a run is asked for."""

from os import PathLike
from typing import Any

from ...errors import ReportError
from ...support.arguments import file_path, flag, listed, shown, text
from ..variables.lookup import remedy

WANTED = "give names of variables, such as ['Voltage [V]']"


def drawn(result: Any, names: Any, path: Any, states: Any, times: Any, slider: Any) -> Any:
    """The picture; the arguments are those of `Result.plot`."""
    if names is not None and path is None and isinstance(names, str | PathLike) and names not in result:
        names, path = None, names
    path = path if path is None else file_path("path", path)
    if slider is not None:
        flag("slider", slider, ReportError)
    if names is not None:
        names = _checked(result, names)
        if all(result.variables.dims(name) == ("Time [s]",) for name in names) and not slider:
            from .curves import plot_result

            return plot_result(result, path, names)
        states = names
    if states is None or states is False:
        from .curves import plot_result

        return plot_result(result, path)
    from .states import plot_states

    return plot_states(result, path, states=states, times=times, slider=slider)


def _checked(result: Any, names: Any) -> list[str]:
    """Names of variables.  Raises ReportError."""
    found = [names] if isinstance(names, str) else listed("names", names, WANTED, ReportError)
    for name in found:
        if text("names", name, WANTED, ReportError) not in result:
            raise ReportError(
                f"names: {shown(name)} is not a variable of {result.model}; {remedy(name, result.keys())}"
            )
    if not found:
        raise ReportError(f"names: empty; {WANTED}")
    return found
