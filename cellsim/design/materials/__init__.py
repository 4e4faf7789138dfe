"""Materials: sourced records of electrolytes and electrodes, and complete cells made from them."""

from .compose import design_cell
from .conductivities import Conductivity, conductivities
from .mixture import Mix
from .records import Material, material, materials

__all__ = ["Conductivity", "Material", "Mix", "conductivities", "design_cell", "material", "materials"]
