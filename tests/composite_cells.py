"""Composite cells made of the packaged ones, for tests."""

import copy

import cellsim
from cellsim.parameters.catalogue import OF_PHASE, ORDINALS

NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
ASSUMED = {"source": "cellsim", "method": "assumed"}
UNITS = {"particle radius": "m", "particle diffusivity": "m2.s-1", "film resistance": "Ohm.m2"}


def parted(cell, shares, part=NEGATIVE, changes=()):
    """The cell with phases that have shares of the active material of an electrode.

    changes: of each phase, {quantity: number or expression}; the phases are alike otherwise.
    """
    raw = cellsim.load(cell).to_json()
    own = {key: raw[part].pop(key) for key in list(raw[part]) if key in OF_PHASE}
    raw[part]["phases"] = {}
    for k, (name, share) in enumerate(zip(ORDINALS, shares, strict=False)):
        one = copy.deepcopy(own)
        one["active material volume fraction"]["value"] *= share
        for key, value in (changes[k] if changes else {}).items():
            record = {"unit": own[key]["unit"] if key in own else UNITS[key], **ASSUMED}
            one[key] = record | ({"expression": value} if isinstance(value, str) else {"value": value})
        raw[part]["phases"][name] = one
    raw["sources"].setdefault("cellsim", {"citation": "assumption of the tests"})
    return cellsim.Cell.from_json(raw, "composite")
