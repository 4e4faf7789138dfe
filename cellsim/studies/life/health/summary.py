"""The cycles of a life under the names of PyBaMM's summary variables."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ....physics.constants import F
from ....simulation.history.cycles import changed
from ..windows import EQUILIBRIUM, IN_PARTICLES
from .row import IN_SALT, LOSSES, REACTIONS, RESISTANCE, changing

HOUR = 3600.0
MOL = HOUR / F  # per Ah
LLI = "Loss of lithium inventory [%]"
SIDES = ("negative", "positive")
PLATED = "Capacity of plated lithium [A.h]"
OF_SIDE = tuple(name for name in LOSSES if "active" not in name and "interphase" not in name)  # Ah, and PLATED


class Linear(NamedTuple):
    """A variable that is per * ours + shift, of a column `ours` of the table of a life."""

    ours: str
    per: Any = 1.0
    shift: Any = 0.0


def under_their_names(table: Any, area: float) -> Any:
    """A DataFrame with the rows of the `table` of a `Life`, and the columns that PyBaMM has a name for.

    area [m2]: of all electrode pairs together.  With "Change in ...", from the begin of a cycle to its end, and those
    of the windows at equilibrium.  Lithium lost to a reaction that the cell does not have is 0.  Of lithium metal there
    is what PyBaMM has for half-cells.  A "Local ECM resistance [Ohm]" is positive on charge, too, unlike PyBaMM's.
    """
    source = {name: table[name] for name in table}
    found = {}
    for name, rule in (*_same(source), *_lithium(source), *_reactions(source)):
        if rule.ours in source:
            found[name] = rule.per * source[rule.ours] + rule.shift
        if changed(rule.ours) in source:
            found[changed(name)] = rule.per * source[changed(rule.ours)]
    _sums(source, found)
    found |= dict(_windows(source, area))
    return type(table)(found, index=table.index)


def _same(t: Mapping[str, Any]) -> Iterator[tuple[str, Linear]]:
    """Time, throughput, resistance and active material."""
    yield "Time [s]", Linear("Time [h]", HOUR)
    for name in ("Time [h]", "Throughput capacity [A.h]", "Throughput energy [W.h]", RESISTANCE):
        yield name, Linear(name)
    for part in (f"{side} electrode" for side in SIDES):
        Q, lost = f"{part.capitalize()} capacity [A.h]", f"Loss of active material in {part} [%]"
        if Q not in t:
            continue
        yield Q, Linear(Q)
        yield lost, _as_share(t[Q], t[lost], Q)
        for one in _phases(t, part):
            Q, lost = f"{part.capitalize()} {one} capacity [A.h]", f"Loss of {one} active material in {part} [%]"
            yield f"{part.capitalize()} {one} phase capacity [A.h]", Linear(Q)
            yield f"Loss of active material in {one} phase in {part} [%]", _as_share(t[Q], t[lost], Q)


def _as_share(now: Any, lost: Any, ours: str) -> Linear:
    """A loss in percent of what was there at first."""
    return Linear(ours, -(100.0 - lost) / now.where(now > 0.0), 100.0)


def _phases(t: Mapping[str, Any], part: str) -> tuple[str, ...]:
    return tuple(one for one in ("primary", "secondary") if f"{part.capitalize()} {one} capacity [A.h]" in t)


def _lithium(t: Mapping[str, Any]) -> Iterator[tuple[str, Linear]]:
    """Lithium in particles and electrolyte, and what they lost; of lithium metal what the electrolyte holds."""
    if IN_PARTICLES in t and LLI in t:
        yield LLI, _as_share(t[IN_PARTICLES], t[LLI], IN_PARTICLES)
        yield "Total lithium in particles [mol]", Linear(IN_PARTICLES, MOL)
        yield "Total lithium lost from particles [mol]", Linear(IN_PARTICLES, -MOL, MOL * _first(t))
    if changed(IN_SALT) in t:
        first = float((t[IN_SALT] - t[changed(IN_SALT)]).iloc[0])
        yield IN_SALT, Linear(IN_SALT)
        yield "Total lithium lost from electrolyte [mol]", Linear(IN_SALT, -1.0, first)
    for name in changing({f"{side} electrode": _phases(t, f"{side} electrode") for side in SIDES}):
        if name.startswith("Total lithium in") and name != IN_SALT:
            yield name, Linear(name)


def _first(t: Mapping[str, Any]) -> Any:
    """Lithium in the particles of the fresh cell [Ah]."""
    now, lost = t[IN_PARTICLES].iloc[0], t[LLI].iloc[0]
    return now / (1.0 - lost / 100.0)


def _reactions(t: Mapping[str, Any]) -> Iterator[tuple[str, Linear]]:
    """Lithium in the products of each reaction of electrodes with particles."""
    for side in SIDES:
        part = f"{side} electrode"
        if f"Total lithium in {part} [mol]" not in t:
            continue
        for one in ("", *(f"{one} " for one in _phases(t, part))):
            for name in (f"Loss of lithium to {side} {one}{what}" for what in REACTIONS):
                ours, per = (f"{name} [mol]", 1.0) if f"{name} [mol]" in t else ("Time [h]", 0.0)
                yield f"{name} [mol]", Linear(ours, per)
                yield f"{name.replace('lithium', 'capacity', 1)} [A.h]", Linear(ours, per / MOL)


def _sums(t: Mapping[str, Any], found: dict[str, Any]) -> None:
    """Lithium in particles and electrolyte together, and in all side reactions."""
    both = ("Total lithium in particles [mol]", "Total lithium in electrolyte [mol]")
    lost = ("Total lithium lost from particles [mol]", "Total lithium lost from electrolyte [mol]")
    reacted = [f"Loss of lithium to {side} {what} [mol]" for side in SIDES for what in REACTIONS]
    if any(name in found for name in reacted):
        reacted = [name for name in reacted if name in found]
        for name in (str, changed):
            taken = sum(found[name(one)] for one in reacted)
            found[name("Total lithium lost to side reactions [mol]")] = taken
            found[name("Total capacity lost to side reactions [A.h]")] = taken / MOL
    elif any(name in t for name in OF_SIDE):  # of lives saved by earlier versions
        taken = sum(t[name] for name in (*OF_SIDE, PLATED) if name in t)
        found["Total lithium lost to side reactions [mol]"] = taken * MOL
        found["Total capacity lost to side reactions [A.h]"] = taken
    if not all(name in found for name in (*both, *lost)):
        found |= {"Total lithium lost [mol]": found[lost[0]]} if lost[0] in found else {}
        return
    for name in (str, changed):
        found[name("Total lithium [mol]")] = sum(found[name(one)] for one in both)
        found[name("Total lithium lost [mol]")] = sum(found[name(one)] for one in lost)
    of_all = 100.0 / (found["Total lithium [mol]"] + found["Total lithium lost [mol]"])
    for name in (str, changed):
        share = found[name("Total lithium lost [mol]")] * of_all
        found[name("Loss of lithium inventory, including electrolyte [%]")] = share


def _windows(t: Mapping[str, Any], area: float) -> Iterator[tuple[str, Any]]:
    """The variables of PyBaMM's electrode state of health."""
    if EQUILIBRIUM not in t or IN_PARTICLES not in t:
        return
    per_cm2 = 1e3 / (1e4 * area)  # mAh/cm2 per Ah
    Q, Q_Li, Q_p = t[EQUILIBRIUM], t[IN_PARTICLES], t["Positive electrode capacity [A.h]"]
    yield from (("Q", Q), ("Capacity [A.h]", Q), ("Capacity [mA.h.cm-2]", Q * per_cm2))
    yield from (("Q_p", Q_p), ("Positive electrode capacity [mA.h.cm-2]", Q_p * per_cm2))
    yield from (("Q_Li", Q_Li), ("n_Li", Q_Li * MOL), ("Cyclable lithium capacity [A.h]", Q_Li))
    yield "Cyclable lithium capacity [mA.h.cm-2]", Q_Li * per_cm2
    yield "Positive electrode excess capacity ratio", Q_p / Q
    for name in ("x_100", "y_100", "x_0", "y_0", "Un(x_100)", "Up(y_100)", "Un(x_0)", "Up(y_0)"):
        if name in t:
            yield name, t[name]
    for U_n, U_p in (("Un(x_100)", "Up(y_100)"), ("Un(x_0)", "Up(y_0)")):
        if U_p in t:
            yield f"{U_p} - {U_n}", t[U_p] - t[U_n]
    yield "y_0 - y_100", t["y_0"] - t["y_100"]
    yield "Q_p * (y_0 - y_100)", Q_p * (t["y_0"] - t["y_100"])
    if "Negative electrode capacity [A.h]" not in t:
        return
    Q_n, window = t["Negative electrode capacity [A.h]"], t["x_100"] - t["x_0"]
    yield from (("Q_n", Q_n), ("Negative electrode capacity [mA.h.cm-2]", Q_n * per_cm2))
    yield from (("x_100 - x_0", window), ("Q_n * (x_100 - x_0)", Q_n * window))
    yield "Formation capacity loss [A.h]", Q_p - Q_Li
    yield "Formation capacity loss [mA.h.cm-2]", (Q_p - Q_Li) * per_cm2
    yield "Negative electrode excess capacity ratio", Q_n / Q
    spare = 1.0 + Q_n * (1.0 - t["x_100"]) / Q
    for name, ratio in (("Negative positive ratio", Q_n / Q_p), ("Practical negative positive ratio", spare)):
        yield name, ratio
        yield name.replace("Negative positive ratio", "NPR").replace("negative positive ratio", "NPR"), ratio
    yield "N/P ratio", Q_n / Q_p
