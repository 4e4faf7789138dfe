"""The sources that the values of a cell are from."""

from typing import Any

from .cell import Cell

EXCESS = "design/lithium excess thickness"  # the one value of the design that every run reads


def sources_used(cell: Cell, *, design: bool = True) -> dict[str, dict[str, str]]:
    """Sources by key ("citation", perhaps "doi" and "note") that a value of the cell is from, in the order of the file.

    design: also of the values of the section "design", which a run reads only if it simulates heat.
    """
    used = {
        quantity.source
        for path, quantity in cell._records.items()
        if design or path == EXCESS or not path.startswith("design/")
    }
    return {key: dict(source) for key, source in cell._raw["sources"].items() if key in used}


def source_key(sources: dict[str, Any], key: str, source: Any) -> str:
    """The key under which a source stands in `sources`, where it is added if it is not there yet.

    Where another source has its key, a number is put behind it.
    """
    name, again = key, 2
    while sources.get(name, source) != source:
        name, again = f"{key} ({again})", again + 1
    sources[name] = source
    return name
