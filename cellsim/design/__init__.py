"""From a parameter set to mass, volume and energy density."""
from .cell import CellDesign, build
from .energy import PACK, EnergyDensity, PackFactor, energy_density
from .stack import Layer, areal_capacity, pair_layers

__all__ = ["PACK", "CellDesign", "EnergyDensity", "Layer", "PackFactor", "areal_capacity", "build",
           "energy_density", "pair_layers"]
