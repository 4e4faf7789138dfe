"""Consistency of what is stated of a pilot line: with itself, with the price model, and with the claimed prices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...design.cost import CostModel, overheads
from .claim_file import PilotLine
from .study import CostStudy

SHIFTS = (1, 2, 3)  # not stated
PACKS = (40.0, 60.0)  # kWh: Leafs of that time


@dataclass(frozen=True)
class PlantCheck:
    """One comparison: what is compared, what is stated, what the model says, and what follows."""

    what: str
    stated: str
    model: str
    finding: str


def plant_checks(line: PilotLine, study: CostStudy, targets: Mapping[float, str]) -> tuple[PlantCheck, ...]:
    """Check a pilot line against itself and against the price model of one cell."""
    small = replace(study.model, size=1e-3 * line.capacity.value)
    return (_operation(line), _cars(line), _hours(line, small, study.model), _labour(line, small, targets),
            _price(line, small, targets))  # fmt: skip


def _operation(line: PilotLine) -> PlantCheck:
    first = line.first_operation
    met = "holds: the maker states that the line runs" if first.holds else "does not hold"
    return PlantCheck("pilot line in operation", f"{first.value}; claimed {first.claimed}", "nothing to compute", met)


def _cars(line: PilotLine) -> PlantCheck:
    per_car = 1e3 * line.capacity.value / line.cars.value
    inside = PACKS[0] <= per_car <= PACKS[1]
    return PlantCheck(
        "cars and energy",
        f"{line.capacity.value:g} {line.capacity.unit} and {line.cars.value:g} {line.cars.unit}",
        f"{per_car:.0f} kWh a car; a Leaf had {PACKS[0]:g} to {PACKS[1]:g} kWh",
        "the two figures agree" if inside else "the two figures do not agree",
    )


def _stated_hours(line: PilotLine, model: CostModel, shifts: int) -> float:
    """Direct labour [h/kWh] of the stated workers in so many shifts, at full output."""
    per_worker = model.plant.values["hours"].value / 3.0  # of one shift a year
    return line.workers.value * shifts * per_worker / (1e3 * line.capacity.value)


def _both(model: CostModel) -> tuple[CostModel, CostModel]:
    return replace(model, scale_rule="batpac"), replace(model, scale_rule="six-tenths")


def _hours(line: PilotLine, small: CostModel, large: CostModel) -> PlantCheck:
    low, high = (_stated_hours(line, small, n) for n in (SHIFTS[0], SHIFTS[-1]))
    ours = [float(m.breakdown().yearly("labour")) / (1e6 * m.size) for m in (*_both(small), large)]
    ratio = low / max(ours[:2])
    verdict = "more" if ratio > 1.0 else "fewer"
    return PlantCheck(
        "labour",
        f"{line.workers.value:g} workers a shift: {low:.2g} h/kWh with one shift, {high:.2g} with three",
        f"{ours[0]:.2g} h/kWh by the exponents of BatPaC, {ours[1]:.2g} by the six-tenths rule at that size, "
        f"{ours[2]:.2g} at {large.size:g} GWh a year",
        f"even one shift is {ratio:.1f} times the larger of the two: {verdict} hands than a scaled-down large plant",
    )


def _labour(line: PilotLine, small: CostModel, targets: Mapping[float, str]) -> PlantCheck:
    wage, index = (small.plant.values[k].value for k in ("wage", "plant cost index"))
    rate = wage * index * overheads(small.plant).labour
    low, high = (rate * _stated_hours(line, small, n) for n in (SHIFTS[0], SHIFTS[-1]))
    goal = max(targets)
    beyond = (
        "labour alone exceeds the claimed price" if low > goal else "labour alone leaves room for the claimed price"
    )
    return PlantCheck(
        "cost of that labour",
        f"at most {goal:g} USD/kWh, {targets[goal]}",
        f"{low:.0f} USD/kWh with one shift, {high:.0f} with three, at {wage * index:.3g} USD/h and with overhead",
        f"{beyond}{': it cannot be the price of what this line makes' if low > goal else ''}",
    )


def _price(line: PilotLine, small: CostModel, targets: Mapping[float, str]) -> PlantCheck:
    batpac, tenths = (float(m.breakdown().total) for m in _both(small))
    goal = max(targets)
    beyond = min(batpac, tenths) > goal
    return PlantCheck(
        "price at that size",
        f"at most {goal:g} USD/kWh, {targets[goal]}",
        f"{batpac:.0f} USD/kWh by the exponents of BatPaC, {tenths:.0f} by the six-tenths rule; both extrapolate",
        "the claimed price needs a larger plant than the stated one" if beyond else "the stated plant is large enough",
    )
