"""Price of a cell and a pack: bill of materials from the cell's own layers, plant and price files, uncertainty."""

from .bill import Bill, Item, Materials, bill_of, is_listed, materials_of
from .model import Breakdown, CostModel, pack_mass
from .multipliers import overheads
from .plant_file import plants
from .prices import scenarios
from .production import Production, production
from .sampling import draws, rank_correlations

__all__ = [
    "Bill",
    "Breakdown",
    "CostModel",
    "Item",
    "Materials",
    "Production",
    "bill_of",
    "draws",
    "is_listed",
    "materials_of",
    "overheads",
    "pack_mass",
    "plants",
    "production",
    "rank_correlations",
    "scenarios",
]
