"""Checks between quantities of a parameter file: what each of them alone cannot show."""
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .laws import SLACK, X_RANGE, Law
from .names import quantities

MATERIALS = ("electrolyte", "active material", "void")  # what fills a porous electrode
C_RANGE = (5e-4, 4.0)  # the same for salt concentrations, relative to the initial one


class _Unsound(Exception):
    """A check between quantities needs one that is missing or at fault itself."""


@dataclass(frozen=True)
class _Sound:
    """Records of a file without fault; asking for another one raises _Unsound."""

    raw: dict
    unsound: set

    def record(self, section, key):
        if {section, f"{section}/{key}"} & self.unsound or section not in self.raw:
            raise _Unsound
        return self.raw[section].get(key)

    def value(self, section, key, default=None):
        found = (self.record(section, key) or {}).get("value", default)
        if found is None:
            raise _Unsound
        return found


def consistency(raw, unsound, changed=None):
    """(path, fault) between quantities, wherever those concerned are sound themselves.

    changed: paths that differ from a file without fault, if there is one: laws that they do not touch are sound.
    """
    file = _Sound(raw, unsound)
    with_particles = tuple(part for part in ("negative electrode", "positive electrode")
                           if isinstance(raw.get(part), dict) and raw[part].get("type") in ("porous", "film"))
    for check, arguments, on in _checks(with_particles):
        if changed is None or not on.isdisjoint(changed):
            with suppress(_Unsound):
                yield from list(check(file, *arguments))


@lru_cache
def _checks(with_particles) -> tuple:
    """(check, its arguments, the paths it looks at) of all checks between quantities."""
    checks: list[tuple] = [
        (_cutoffs, (), ("cell/lower voltage cut-off", "cell/upper voltage cut-off")),
        (_dissociation, (), tuple(f"electrolyte/{key}" for key in ("recombination rate", "lithium concentration",
                                                                   "initial concentration"))),
        (_stack, (), ("cell/stack modulus", "cell/stack height")),
        (_host, (), ("negative electrode/host capacity", "negative electrode/vanishing charge"))]
    for part in with_particles:
        checks += [(_fractions, (part,), tuple(f"{part}/{key} volume fraction" for key in MATERIALS)),
                   (_window, (part,), _ends(part)), (_percolates, (part, "active material", "electronic "),
                                                     _percolation(part, "active material", "electronic "))]
    for part in ("separator", *with_particles):
        checks.append((_percolates, (part, "electrolyte", ""), _percolation(part, "electrolyte", "")))
    for section in ("electrolyte", *with_particles):
        checks += [(_law, (section, key, name), (f"{section}/{key}", "cell/ambient temperature", *(
            _ends(section) if name.law == "stoichiometry" else ("electrolyte/initial concentration",))))
            for key, name in quantities(section).items() if name.law]
    return tuple((check, arguments, frozenset(on)) for check, arguments, on in checks)


def _ends(part):
    """Paths of the window of stoichiometries of an electrode."""
    return tuple(f"{part}/{end} stoichiometry" for end in ("minimum", "maximum"))


def _percolation(part, phase, kind):
    """Paths of what decides whether a phase conducts."""
    return f"{part}/{phase} volume fraction", *(f"{part}/{kind}percolation {key}" for key in ("threshold", "exponent"))


def _percolates(file, part, phase, kind):
    threshold, exponent = (file.value(part, f"{kind}percolation {key}", 0.0) for key in ("threshold", "exponent"))
    if exponent > 0.0 and (phi := file.value(part, f"{phase} volume fraction", 1.0)) <= threshold:
        carries = "electrons" if kind else "ions"
        yield f"{part}/{phase} volume fraction", (
            f"{phi:g} is not above the {kind}percolation threshold of {threshold:g}: no {carries} would pass; "
            "raise the fraction or lower the threshold")


def _cutoffs(file):
    if file.value("cell", "lower voltage cut-off") >= file.value("cell", "upper voltage cut-off"):
        yield "cell/lower voltage cut-off", "must be below the upper one; exchange them"


def _dissociation(file):
    if file.value("electrolyte", "recombination rate", 0.0) > 0.0:
        lithium = file.record("electrolyte", "lithium concentration")
        if lithium is None:
            yield "electrolyte/lithium concentration", "missing; mobile pairs recombine: say how much there is in all"
        elif lithium["value"] <= file.value("electrolyte", "initial concentration"):
            yield "electrolyte/lithium concentration", "must be above the initial concentration, of what is mobile"


def _stack(file):
    if file.value("cell", "stack modulus", 0.0) > 0.0 and file.record("cell", "stack height") is None:
        yield "cell/stack height", "missing; the stack has a modulus: say how high a pair of electrodes is"


def _host(file):
    part = "negative electrode"
    if file.value(part, "host capacity", 0.0) > 0.0 and file.value(part, "vanishing charge", 0.0) == 0.0:
        yield f"{part}/vanishing charge", "must be above 0, so that a host and metal can share lithium"


def _fractions(file, part):
    total = sum(file.value(part, f"{key} volume fraction", 0.0) for key in MATERIALS)
    if total > 1.0 + 1e-9:
        yield part, f"volume fractions of {', '.join(MATERIALS)} add up to {total:g}, above 1; lower one"


def _window(file, part):
    if file.value(part, "minimum stoichiometry") >= file.value(part, "maximum stoichiometry"):
        yield f"{part}/minimum stoichiometry", "must be below the maximum; exchange them"


def _law(file, section, key, name):
    """Faults of a law over its whole range."""
    record = file.record(section, key)
    if record is None or record.get("value") is not None:
        return
    path, law, T = f"{section}/{key}", Law.of(record), file.value("cell", "ambient temperature")
    if name.law == "stoichiometry":
        lo, hi = (file.value(section, f"{end} stoichiometry") for end in ("minimum", "maximum"))
        first, last = (law.table[0][0], law.table[0][-1]) if law.table else (lo, hi)
        if first > lo + SLACK or last < hi - SLACK:
            yield path, (f"the table covers {first:g} to {last:g}, not the window {lo:g} to {hi:g}; "
                         "extend the table or narrow the window")
        x = np.linspace(*X_RANGE, 1001)
        inside = (x > lo - SLACK) & (x < hi + SLACK)
    else:
        x = file.value("electrolyte", "initial concentration") * np.linspace(*C_RANGE, 401)
        inside = np.ones(x.size, bool)
    y = law(x, T)
    bad = ~np.isfinite(y)
    if bad.any():
        yield path, (f"gives {y[bad][0]} at x = {x[bad][0]:.4g}; "
                     f"it must be finite from {x[0]:.4g} to {x[-1]:.4g}")
    elif inside.any() and not name.lo <= y[inside].min() <= y[inside].max() <= name.hi:
        y, x = y[inside], x[inside]
        k = int(np.argmin(y)) if y.min() < name.lo else int(np.argmax(y))
        yield path, (f"gives {y[k]:.4g} {name.unit} at x = {x[k]:.4g}, "
                     f"outside {name.lo:g} to {name.hi:g}; check it")
