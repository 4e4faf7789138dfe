"""Which picture of a run is asked for."""

from os import PathLike
from typing import Any

from ...errors import ReportError
from ...support.arguments import file_path, flag, listed, shown, text
from ..variables.lookup import remedy

WANTED = "give names of variables, such as ['Voltage [V]'], or lists of names of one unit for a panel"


def drawn(result: Any, names: Any, path: Any, states: Any, times: Any, slider: Any) -> Any:
    """The picture; the arguments are those of `Result.plot`."""
    if names is not None and path is None and isinstance(names, str | PathLike) and names not in result:
        names, path = None, names
    path = path if path is None else file_path("path", path)
    if slider is not None:
        flag("slider", slider, ReportError)
    if names is not None:
        names = _checked(result, names)
        each = [name for panel in names for name in panel]
        if all(result.variables.dims(name) == ("Time [s]",) for name in each) and not slider:
            from .curves import plot_result

            return plot_result(result, path, names)
        states = each
    if states is None or states is False:
        from .curves import plot_result

        return plot_result(result, path)
    from .states import plot_states

    return plot_states(result, path, states=states, times=times, slider=slider)


def _checked(result: Any, names: Any) -> list[list[str]]:
    """Names of variables of each panel.  Raises ReportError."""
    found = [names] if isinstance(names, str) else listed("names", names, WANTED, ReportError)
    panels = [panel if isinstance(panel, list | tuple) else [panel] for panel in found]
    for name in [name for panel in panels for name in panel or [""]]:
        if text("names", name, WANTED, ReportError) not in result:
            raise ReportError(
                f"names: {shown(name)} is not a variable of {result.model}; {remedy(name, result.keys())}"
            )
    if not found:
        raise ReportError(f"names: empty; {WANTED}")
    for panel in panels:
        if len({name.partition("[")[2] for name in panel}) > 1:
            raise ReportError(f"names: {shown(panel)} have several units; {WANTED}")
    return [list(panel) for panel in panels]
