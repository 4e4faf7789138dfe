"""Composite cells made of the packaged ones, for tests."""

import copy

import numpy as np

import cellsim
from cellsim import DFN, SPM, SPMe
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
        one["active material volume fraction"]["value"] *= float(share)
        for key, value in (changes[k] if changes else {}).items():
            record = {"unit": own[key]["unit"] if key in own else UNITS[key], **ASSUMED}
            one[key] = record | ({"expression": value} if isinstance(value, str) else {"value": value})
        raw[part]["phases"][name] = one
    raw["sources"].setdefault("cellsim", {"citation": "assumption of the tests"})
    return cellsim.Cell.from_json(raw, "composite")


def random_composite(rng):
    """A cell with two to four phases of any share, size, kinetics and potential; model, step and state of charge."""
    part, name = (NEGATIVE, POSITIVE)[rng.integers(2)], ("lgm50_chen2020", "nmc811_pouch_modern")[rng.integers(2)]
    base, shares = cellsim.load(name), np.maximum(rng.dirichlet(np.full(rng.integers(2, 5), 0.7)), 1e-3)
    active = base.value(f"{part}/active material volume fraction")
    U, changes = base.law(f"{part}/open-circuit potential").expression, {}
    for phase, share in zip(ORDINALS, shares / shares.sum(), strict=False):
        volume = rng.uniform(0.6, 0.95)  # which is left of the active fraction
        richer = 10.0 ** rng.uniform(-0.3, 0.9)
        own = {
            "active material volume fraction": max(active * share * volume, 2e-3),
            "particle radius": 5e-6 * 10.0 ** rng.uniform(-1.0, 0.5),
            "particle diffusivity": 10.0 ** rng.uniform(-15.5, -12.5),
            "exchange-current density": 10.0 ** rng.uniform(-2.0, 1.0),
            "maximum concentration": min(base.value(f"{part}/maximum concentration") * richer, 3e5),
            "film resistance": float(rng.choice([0.0, 1e-3])),
            "open-circuit potential": f"{U} + {rng.uniform(-0.05, 0.15)} - {rng.uniform(0.0, 0.3)}*x",
        }
        changes |= {f"{part}/{phase}/{key}": value for key, value in own.items()}
    cell = parted(name, np.full(len(shares), 1.0 / len(shares)), part).with_(changes)
    charges = bool(rng.integers(2))
    step = (cellsim.charge if charges else cellsim.discharge)(10.0 ** rng.uniform(-1.0, 1.0))
    model = (SPM(6), DFN((4, 2, 4), 6), SPMe((4, 2, 4), 6), DFN((10, 4, 10), 10))[rng.integers(4)]
    return cell, model, step, 0.0 if charges else 1.0
