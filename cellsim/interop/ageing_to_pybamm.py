"""Ageing: options and quantities of an electrode as PyBaMM has them."""

from typing import Any

from ..parameters import Cell


def ageing_to_pybamm(cell: Cell) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """(entries, model options, what is lost)."""
    return {}, {}, []
