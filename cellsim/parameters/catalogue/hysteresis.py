"""Quantities and models of open-circuit hysteresis, named as in PyBaMM, and which quantities each model needs.

A parameter set states the model of either electrode beside its quantities, and `Cell.with_hysteresis` chooses others.
"""

from collections.abc import Mapping
from typing import Any

from ...errors import ParameterError
from ...support.arguments import shown
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
SIDES = ("negative electrode", "positive electrode")
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


def _path(phase: str, key: str) -> str:
    """The key of a quantity or option of an electrode, or of a phase of it."""
    return f"{phase}/{key}" if phase else key


def _phases(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The phases of a flat content of an electrode in order, or ("",)."""
    return tuple(dict.fromkeys(key.partition("/")[0] for key in raw if "/" in key)) or ("",)


def chosen_by_path(raw: Mapping[str, Any]) -> dict[str, str]:
    """The models of the electrodes of a set, or of their phases, by path, where there is one stated."""
    return {
        f"{part}/{phase}" if phase else part: str(raw[part].get(_path(phase, OPTION), SINGLE))
        for part in SIDES
        if raw[part].get("type") == "porous"
        for phase in _phases(raw[part])
    }


def lacking(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path, sentence) for what the models of an electrode need and its content does not have."""
    if raw.get("type") != "porous":
        return [(OPTION, f"an electrode of {raw.get('type')} has no hysteresis; remove it")] if OPTION in raw else []
    found = []
    for phase in _phases(raw):
        given = [key for key in BRANCHES if _path(phase, key) in raw]
        model = raw.get(_path(phase, OPTION), SINGLE)
        if len(given) == 1:
            other = next(key for key in BRANCHES if key not in given)
            found.append((_path(phase, given[0]), f"is one branch of a hysteresis; add {other!r} [V], or remove it"))
        missing = [
            key for key in MODELS.get(model, ()) if _path(phase, key) not in raw and not (given and key in BRANCHES)
        ]
        if missing:
            wanted = ", ".join(f"'{key}' [{QUANTITIES[key].unit}]" for key in missing)
            found.append((_path(phase, OPTION), f"{model!r} needs {wanted}; add it, or choose {SINGLE!r}"))
    return found


def resolved(
    models: Any, contents: Mapping[str, Any], name: str
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """By electrode: options and their values, from a text for all that state both branches, or a pair.

    contents: the content of a set, flat.  Raises ParameterError.
    """
    phases = {part: _phases(contents[part]) for part in SIDES}

    def has_branches(part: str, phase: str) -> bool:
        return all(_path(phase, key) in contents[part] for key in BRANCHES)

    def wrong(given: Any, what: str) -> ParameterError:
        return ParameterError(f"{name}: hysteresis {shown(given)}: {what}")

    known = "give one of " + ", ".join(map(repr, MODELS))
    anywhere = any(has_branches(part, phase) for part in SIDES for phase in phases[part])
    if isinstance(models, str) and models in MODELS and models != SINGLE and not anywhere:
        words = f"no electrode states both branches; give {LITHIATION!r} and {DELITHIATION!r} [V] with `with_`"
        raise wrong(models, words)
    pair = (models, models) if isinstance(models, str) else models
    if not isinstance(pair, tuple | list) or len(pair) != len(SIDES):
        raise wrong(models, f"{known}, or a pair of them")
    chosen = []
    for part, one in zip(SIDES, pair, strict=True):
        each = one if isinstance(one, tuple | list) else (one,) * len(phases[part])
        if len(each) != len(phases[part]):
            raise wrong(one, f"the {part} has {len(phases[part])} materials; {known} for each")
        for model in each:
            if not isinstance(model, str) or model not in MODELS:
                raise wrong(model, known)
        everywhere = isinstance(models, str) or (isinstance(one, str) and len(each) > 1)
        texts = tuple(
            (_path(phase, OPTION), SINGLE if everywhere and not has_branches(part, phase) else model)
            for phase, model in zip(phases[part], each, strict=True)
        )
        chosen.append((part, texts))
    return tuple(chosen)
