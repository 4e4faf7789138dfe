"""Electrodes whose fractions or particles vary from the current collector to the separator."""

from .laws import (
    ACTIVE,
    KEYS,
    PORES,
    RADIUS,
    active_shares,
    conductivity_of,
    effective_conductivity,
    efficiency,
    efficiency_of,
    evenly_loaded,
    graded,
    layer_borders,
    of_electrode,
    only_what_it_has,
    series,
)
from .mesh import columns, layered, radii

__all__ = [
    "ACTIVE",
    "KEYS",
    "PORES",
    "RADIUS",
    "active_shares",
    "columns",
    "conductivity_of",
    "effective_conductivity",
    "efficiency",
    "efficiency_of",
    "evenly_loaded",
    "graded",
    "layer_borders",
    "layered",
    "of_electrode",
    "only_what_it_has",
    "radii",
    "series",
]
