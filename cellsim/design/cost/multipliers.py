"""Overhead multipliers of BatPaC 5: warranty, profit, administration, launch, working capital, depreciation."""

from dataclasses import dataclass

from .plant_file import PlantFile


@dataclass(frozen=True)
class Overheads:
    """Multipliers of materials, labour, equipment (investment) and buildings (investment)."""

    materials: float
    labour: float
    equipment: float
    buildings: float


def overheads(plant: PlantFile) -> Overheads:
    """Multipliers from the rates of a plant; depreciation over `life of equipment`, buildings over twice that."""
    o = {name: value.value for name, value in plant.overheads.items()}
    w, i, k = o["warranty"], o["profit"], o["working capital"]
    g_l, v_l = o["administration on labour"], o["variable overhead on labour"]
    v_d, g_d, research = (
        o["variable overhead on depreciation"],
        o["administration on depreciation"],
        o["research on depreciation"],
    )
    launch = o["launch, labour"]

    def invested(d: float) -> float:
        yearly = (1.0 + v_d + g_d + g_l * v_d + research) * d
        return float((yearly + i * (1.0 + v_d * (launch + k) * d)) * (1.0 + w))

    d = 1.0 / o["life of equipment"]
    return Overheads(
        (1.0 + i * (o["launch, materials"] + k)) * (1.0 + w),
        (1.0 + v_l) * (1.0 + g_l + i * (launch + k)) * (1.0 + w),
        invested(d),
        invested(0.5 * d),
    )
