"""Mass, volume, energy density and heat capacity of a cell from the design of its parameter set."""

from .cell import CellDesign, build
from .energy import PACK, EnergyDensity, PackFactor, energy_density
from .stack import Layer, areal_capacity, pair_layers

__all__ = [
    "PACK",
    "CellDesign",
    "EnergyDensity",
    "Layer",
    "PackFactor",
    "areal_capacity",
    "build",
    "energy_density",
    "pair_layers",
]
