"""From a parameter set to mass, volume and energy density."""
from .cell import CellDesign, build
from .energy import EnergyDensity, energy_density
from .stack import Layer, areal_capacity, pair_layers

__all__ = ["CellDesign", "EnergyDensity", "Layer", "areal_capacity", "build", "energy_density", "pair_layers"]
