"""Groups of materials that the claim of less expensive materials compares; probabilities in words."""

from collections.abc import Mapping
from typing import Any

GROUPS = {
    "cathode": ("positive active material", "coating of particles"),
    "electrolyte and separator": (
        "electrolyte",
        "electrolyte layer",
        "positive electrolyte",
        "negative electrolyte",
        "separator",
    ),
    "negative electrode": ("negative active material", "lithium excess", "interlayer", "negative carbon and binder"),
}
REST = "other materials"


def grouped(lines: Mapping[str, Any]) -> dict[str, float]:
    """Materials by group [USD/kWh]."""
    found = dict.fromkeys((*GROUPS, REST), 0.0)
    for name, value in lines.items():
        group = next((g for g, names in GROUPS.items() if name in names), REST)
        found[group] += float(value)
    return found


def chance(probability: float) -> str:
    """A probability from draws, in words that claim no more than these can."""
    if probability < 0.005:
        return "below 1 %"
    return "above 99 %" if probability > 0.995 else f"{100 * probability:.0f} %"
