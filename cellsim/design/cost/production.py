"""What a plant needs: labour, equipment, area, presses, energy, dry room.  Energy is information: no price contains it.

BatPaC has energy inside its overheads, so that a line of energy would count it twice.
"""

from dataclasses import dataclass

from .model import CostModel, press_output

PUBLISHED = {  # kWh per kWh of cells, heat included; marks in docs/how_to/cost.md
    "lithium-ion, 2023 (published model, quoted)": (20.3, 37.5),
    "solid and like cells, 2023 (published model, quoted)": (10.6, 23.0),
}


@dataclass(frozen=True)
class StepNeeds:
    """Yearly needs of one step: labour [h], equipment [USD], area [m2], electricity and heat [kWh per kWh of cells]."""

    name: str
    labour: float
    equipment: float
    area: float
    electricity: float
    heat: float


@dataclass(frozen=True)
class Production:
    """A plant of `size` [GWh a year] for one cell.

    presses: number of presses and their output [GWh a year each], or None.  electricity, heat: kWh per kWh of good
    cells, formation included.  dry_area [m2], dry_power [kW]: of the dry room.  yields: of each kind of material.
    """

    size: float
    steps: tuple[StepNeeds, ...]
    presses: tuple[float, float] | None
    electricity: float
    heat: float
    dry_area: float
    dry_power: float
    yields: dict[str, float]

    @property
    def hours_per_kwh(self) -> float:
        """Direct labour [h/kWh]."""
        return sum(step.labour for step in self.steps) / (1e6 * self.size)

    @property
    def equipment_per_kwh(self) -> float:
        """Equipment [USD per kWh a year]."""
        return sum(step.equipment for step in self.steps) / (1e6 * self.size)

    @property
    def area_per_mwh(self) -> float:
        """Area of buildings [m2 per MWh a year]."""
        return sum(step.area for step in self.steps) / (1e3 * self.size)


def production(model: CostModel) -> Production:
    """Needs of the plant of a cost model at its medians."""
    plant, bill = model.plant, model.bill
    needs = model.breakdown().steps
    kg_per_kwh = 1e3 * bill.mass / bill.energy / plant.yields["cells"].value
    steps = tuple(
        StepNeeds(
            name,
            float(needs[name][0]),
            float(needs[name][1]),
            float(needs[name][2]),
            kg_per_kwh * plant.steps[name].electricity,
            kg_per_kwh * plant.steps[name].heat / 3.6,
        )
        for name in needs
    )
    formation = plant.factors["formation"].value if "formation" in plant.factors else 1.0
    value = {name: v.value for name, v in plant.values.items()}
    one = press_output(model)
    area = float(needs["dry room"][2]) if "dry room" in needs else 0.0
    yields = {}
    for kind in dict.fromkeys(item.kind for item in bill.items):
        yields[kind] = 1.0
        for name in plant.passes[kind]:
            yields[kind] *= plant.yields[name].value
    return Production(
        model.size,
        steps,
        None if one is None else (max(model.size / one / plant.yields["cells"].value, 1.0), one),
        sum(s.electricity for s in steps) + formation * value["formation electricity"],
        sum(s.heat for s in steps) + formation * value["formation heat"] / 3.6,
        area,
        area * value["dry room height"] * value["dry room power"],
        yields,
    )
