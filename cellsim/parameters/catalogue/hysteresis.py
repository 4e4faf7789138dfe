"""Quantities and models of open-circuit hysteresis, named as in PyBaMM, and which quantities each model needs.

A parameter set states the model of either electrode beside its quantities, and `Cell.with_hysteresis` chooses others.
"""

from collections.abc import Mapping
from typing import Any

from ...errors import ParameterError
from ...support.arguments import shown
from .by_phase import SIDES, Texts, path_of, phases_in, spread, stray
from .name import Name, may, note

OPTION, SINGLE = "hysteresis", "single"
LITHIATION, DELITHIATION = BRANCHES = ("lithiation open-circuit potential", "delithiation open-circuit potential")
DECAYS = ("lithiation hysteresis decay rate", "delithiation hysteresis decay rate")
AT_SLOPE, SWITCH, INITIAL = (
    "hysteresis decay rate at unit slope",
    "hysteresis switching factor",
    ("initial hysteresis state"),
)
SIGMOID, ONE_STATE, BY_SLOPE = ("current sigmoid", "one-state hysteresis", "one-state differential capacity hysteresis")
MODELS: dict[str, tuple[str, ...]] = {
    SINGLE: (),
    SIGMOID: BRANCHES,
    ONE_STATE: (*BRANCHES, *DECAYS),
    BY_SLOPE: (*BRANCHES, AT_SLOPE, SWITCH),
}
LEAST, MOST = 1e-12, 1e6  # of decay rates


def _law(unit: str, meaning: str, lo: float, hi: float) -> Name:
    return Name(unit, meaning, lo, hi, None, "stoichiometry", True)


QUANTITIES: dict[str, Name] = {
    LITHIATION: _law("V", "against lithium, while lithium enters the particles", -1.0, 10.0),
    DELITHIATION: _law("V", "against lithium, while lithium leaves the particles", -1.0, 10.0),
    DECAYS[0]: _law("1", "approach to the lithiation branch: e per change 2 / rate of the stoichiometry", LEAST, MOST),
    DECAYS[1]: _law("1", "the same of the delithiation branch", LEAST, MOST),
    AT_SLOPE: note("1", "decay rate where the open-circuit potential falls by 1 V per stoichiometry", 1e-30, 1e30),
    SWITCH: note("1", "exponent of that fall in the decay rate", 0.0, 100.0),
    INITIAL: may("1", "from -1, the lithiation branch, to 1, the delithiation branch", 0.0, -1.0, 1.0),
}


def lacking(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path, sentence) for what the models of an electrode need and its content does not have."""
    found = stray(raw, OPTION, "hysteresis")
    for phase in phases_in(raw) if raw.get("type") == "porous" else ():
        given = [key for key in BRANCHES if path_of(phase, key) in raw]
        model = raw.get(path_of(phase, OPTION), SINGLE)
        if len(given) == 1:
            other = next(key for key in BRANCHES if key not in given)
            found.append((path_of(phase, given[0]), f"is one branch of a hysteresis; add {other!r} [V], or remove it"))
        missing = [
            key for key in MODELS.get(model, ()) if path_of(phase, key) not in raw and not (given and key in BRANCHES)
        ]
        if missing:
            wanted = ", ".join(f"'{key}' [{QUANTITIES[key].unit}]" for key in missing)
            found.append((path_of(phase, OPTION), f"{model!r} needs {wanted}; add it, or choose {SINGLE!r}"))
    return found


def resolved(models: Any, contents: Mapping[str, Any], name: str) -> Texts:
    """By electrode: options and their values, from a text for all that state both branches, or a pair.

    contents: the content of a set, flat.  Raises ParameterError.
    """

    def has_branches(part: str, phase: str) -> bool:
        return all(path_of(phase, key) in contents[part] for key in BRANCHES)

    what = f"{name}: hysteresis"
    anywhere = any(has_branches(part, phase) for part in SIDES for phase in phases_in(contents[part]))
    if isinstance(models, str) and models in MODELS and models != SINGLE and not anywhere:
        words = f"no electrode states both branches; give {LITHIATION!r} and {DELITHIATION!r} [V] with `with_`"
        raise ParameterError(f"{what} {shown(models)}: {words}")

    def fitting(part: str, phase: str, model: str, everywhere: bool) -> str:
        return SINGLE if everywhere and not has_branches(part, phase) else model

    return spread(models, contents, MODELS, OPTION, what, fitting)
