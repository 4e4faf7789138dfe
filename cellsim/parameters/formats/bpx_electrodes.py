"""Electrodes of a BPX file: of one material, or blended from several, which become phases."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...physics.constants import F
from ..catalogue import OF_PHASE, ORDINALS, PHASES, hysteresis, quantities
from ..laws.law import Law, LawError
from .bpx_names import AREA_OF, ASSUMED, DECAY, ELECTRODE, PARTICLE, RATE, SOURCE, STARTS

RADIUS = "Particle radius [m]"
ENDS = {"minimum stoichiometry": "Minimum stoichiometry", "maximum stoichiometry": "Maximum stoichiometry"}
APART = 1e-3  # V, of the potentials of materials at the ends of their windows, that is not said


def record(section: str, key: str, given: Any, note: str | None = None, method: str = "literature") -> dict[str, Any]:
    """A record of a parameter file."""
    form = {float: "value", int: "value", str: "expression", dict: "table"}.get(type(given), "value")
    made = {
        form: given,
        "unit": quantities(section)[key].unit,
        "method": method,
        "source": ASSUMED if method == ASSUMED else SOURCE,
    }
    return made | ({"note": note} if note else {})


def electrode(file: Any, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The section of an electrode; file: `bpx._File`, which takes faults and remarks."""
    section = name.lower()
    particles = content.get(PARTICLE)
    if particles is None:
        made: dict[str, Any] = {"type": "porous"} | _reacting(file, name, content, section)
        made |= file.section(name, content, section, ELECTRODE, {AREA_OF, RATE, DECAY})
        return made | _hysteresis(file, name, content, section, "")
    whole = {bpx: key for bpx, key in ELECTRODE.items() if key not in OF_PHASE and key not in ENDS}
    blended: dict[str, Any] = {"type": "porous"} | file.section(name, content, section, whole, {PARTICLE})
    if len(particles) > len(ORDINALS):
        file.faults.append(f"{name}/{PARTICLE}: {len(particles)} materials; at most {len(ORDINALS)}")
        return blended
    named = dict(zip(ORDINALS, particles.items(), strict=False))
    where = f"{name}/{PARTICLE}"
    blended[PHASES] = {phase: _phase(file, where, label, one, section) for phase, (label, one) in named.items()}
    labels = ", ".join(f"{label} ({phase})" for phase, (label, _) in named.items())
    file.remarks.append(f"{name}: phases in the order of the file: {labels}")
    if not file.faults:
        blended |= _window(file, name, blended[PHASES], list(particles.values()))
    return blended


def solids(content: Mapping[str, Any]) -> float | None:
    """Volume fraction of the active material of an electrode; None if its entries are no numbers."""
    total = 0.0
    for one in content.get(PARTICLE, {"": content}).values():
        surface, radius = one.get(AREA_OF), one.get(RADIUS)
        if not all(isinstance(x, int | float) and np.isfinite(x) for x in (surface, radius)):
            return None
        total += surface * radius / 3.0
    return total


def _reacting(file: Any, name: str, content: Mapping[str, Any], section: str) -> dict[str, Any]:
    surface, rate, radius = (file.number(name, content, key) for key in (AREA_OF, RATE, RADIUS))
    fraction, i_0 = "active material volume fraction", "exchange-current density"
    return {
        fraction: record(section, fraction, surface * radius / 3.0, "surface area x radius / 3"),
        i_0: record(section, i_0, 0.5 * F * rate, "F k sqrt(x (1 - x)) at x = 0.5"),
    }


def _hysteresis(file: Any, name: str, content: Mapping[str, Any], section: str, label: str) -> dict[str, Any]:
    """Decay rates, initial state and model of hysteresis of one material, which has its label in a blend."""
    starts = file.hysteresis.get(STARTS[name.partition("/")[0]], {})
    made, start = {}, starts.get(label, starts.get(""))
    if DECAY in content:
        decay = file.number(name, content, DECAY)
        made = {key: record(section, key, decay, "one for both directions") for key in hysteresis.DECAYS}
    if start is not None:
        made[hysteresis.INITIAL] = record(section, hysteresis.INITIAL, start)
    branches = all(bpx in content for bpx, key in ELECTRODE.items() if key in hysteresis.BRANCHES)
    if branches and DECAY in content:
        return made | {hysteresis.OPTION: hysteresis.ONE_STATE}
    if branches:
        file.remarks.append(
            f"{name}: branches of a hysteresis without a decay constant: runs are on 'OCP [V]' alone; "
            f"with_hysteresis({hysteresis.SIGMOID!r}) runs on the branch of the current's sign"
        )
    return made


def _phase(file: Any, blend: str, label: str, content: Mapping[str, Any], section: str) -> dict[str, Any]:
    """The quantities of one material; its window becomes the range of its expressions."""
    where = f"{blend}/{label}"
    names = {bpx: key for bpx, key in ELECTRODE.items() if key in OF_PHASE}
    made = _reacting(file, where, content, section)
    made |= file.section(where, content, section, names, {AREA_OF, RATE, DECAY, *ENDS.values()})
    ends = [file.number(where, content, key) for key in ENDS.values()]
    for key, one in made.items():
        if "expression" in one and quantities(section)[key].law == "stoichiometry":
            made[key] = one | {"range": ends}
    return made | _hysteresis(file, where, content, section, label)


def _window(file: Any, name: str, phases: Mapping[str, Any], particles: list[Any]) -> dict[str, Any]:
    """The window of the electrode: the mean of those of its materials, weighted by what they can hold."""
    section, window = name.lower(), {}
    held = [
        one["active material volume fraction"]["value"] * one["maximum concentration"]["value"]
        for one in phases.values()
        if "maximum concentration" in one
    ]
    if len(held) != len(phases):  # which the checks of the cell say
        return {}
    for key, bpx in ENDS.items():
        x = [float(one[bpx]) for one in particles]
        mean = float(np.dot(held, x) / np.sum(held))
        window[key] = record(section, key, mean, "mean of the materials, weighted by the lithium that they can hold")
        try:
            laws = [Law.of(one["open-circuit potential"]) for one in phases.values()]
            U = [float(law(np.array([at]), file.T_ref)[0]) for law, at in zip(laws, x, strict=True)]
        except (LawError, KeyError):  # as above
            continue
        if max(U) - min(U) > APART:
            file.remarks.append(
                f"{name}: at their {bpx.lower()} the potentials of its materials are {1e3 * (max(U) - min(U)):.3g} mV "
                "apart; here they share that lithium at one potential"
            )
    return window
