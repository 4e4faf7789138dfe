"""Checks between quantities of a parameter file: what each of them alone cannot show."""
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .catalogue import quantities
from .laws.law import SLACK, X_RANGE, Law

ELECTRODES = ("negative electrode", "positive electrode")
MATERIALS = ("electrolyte", "active material", "void")  # what fills a porous electrode
USUAL = (0.5, 1.5)  # concentrations that any run meets, relative to the initial one
STEEP = 1e6  # times what a law is elsewhere: no value but a pole
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


def at_temperature(cell, T):
    """(path, fault) of the laws of a cell that depend on temperature, at T [K].

    They must have a value over their whole range, and a property that is positive must be so within the window, or at
    usual concentrations: beyond them laws of T are often extrapolations that no run visits.
    """
    for section, path, name in _laws_of(*(cell.text(f"{part}/type") for part in ELECTRODES)):
        law = cell.law(path) if cell.has(path) else None
        if law is not None and law.expression and "T" in law.expression:
            ends = ((cell.value("electrolyte/initial concentration"), 0.0) if name.law == "concentration" else
                    tuple(cell.value(f"{section}/{end} stoichiometry") for end in ("minimum", "maximum")))
            yield from ((path, words) for words in _faults_of_law(law, name, *ends, float(T), float(T)))


@lru_cache
def _laws_of(negative, positive) -> tuple:
    """(section, path, name) of all quantities that may be laws in a cell with electrodes of these types."""
    kinds = {"electrolyte": None} | dict(zip(ELECTRODES, (negative, positive), strict=True))
    return tuple((section, f"{section}/{key}", name) for section, kind in kinds.items()
                 for key, name in quantities(section, kind).items() if name.law)


def _law(file, section, key, name, elsewhere=None):
    """Faults of a law over its whole range at the ambient temperature, or at another one [K]."""
    record = file.record(section, key)
    if record is None or record.get("value") is not None:
        return
    path, law, T = f"{section}/{key}", Law.of(record), elsewhere or file.value("cell", "ambient temperature")
    if name.law == "stoichiometry":
        lo, hi = (file.value(section, f"{end} stoichiometry") for end in ("minimum", "maximum"))
        known = record.get("range") or (lo, hi)  # which the window of a variation may leave, and is told
        first, last = (law.table[0][0], law.table[0][-1]) if law.table else known
        if first > known[0] + SLACK or last < known[1] - SLACK:
            yield path, (f"the table covers {first:g} to {last:g}, not the window {known[0]:g} to {known[1]:g}; "
                         "extend the table or narrow the window")
        ends = lo, hi
    else:
        ends = file.value("electrolyte", "initial concentration"), 0.0
    yield from ((path, words) for words in _faults_of_law(law, name, *ends, float(T), elsewhere))


@lru_cache(maxsize=512)
def _faults_of_law(law, name, lo, hi, T, elsewhere) -> tuple[str, ...]:
    """Faults of a law at T [K]; lo, hi: the window of stoichiometries, or the initial concentration and nothing.

    elsewhere: not None if T is another temperature than the one at which the file was checked.
    """
    x = np.linspace(*X_RANGE, 1001) if name.law == "stoichiometry" else lo * np.linspace(*C_RANGE, 401)
    y = law(x, T)
    bad = ~np.isfinite(y)
    if not bad.any():
        between = law.places(x[0], x[-1], T)
        y_between = law(between, T)
        bad = ~np.isfinite(y_between) | (np.abs(y_between) > STEEP * np.max(np.abs(y)))
        x, y, bad = (np.append(a, b) for a, b in ((x, between), (y, y_between), (np.zeros(y.size, bool), bad)))
    least, most = name.lo, name.hi
    inside = (x > lo - SLACK) & (x < hi + SLACK) if name.law == "stoichiometry" else np.ones(x.size, bool)
    if elsewhere is not None:
        least, most = (least, np.inf) if least > 0.0 else (-np.inf, np.inf)
        if name.law == "concentration":
            inside = (x > USUAL[0] * lo) & (x < USUAL[1] * lo)
    at = f" and T = {T:g} K" if "T" in (law.expression or "") else ""
    remedy = "check it" if elsewhere is None else "it does not hold there: choose another temperature, or another law"
    if bad.any():
        return (f"gives {y[bad][0]:.4g} at x = {x[bad][0]:.6g}{at}; it must be finite from "
                f"{x.min():.4g} to {x.max():.4g}",)
    if inside.any() and not least <= y[inside].min() <= y[inside].max() <= most:
        y, x = y[inside], x[inside]
        k = int(np.argmin(y)) if y.min() < least else int(np.argmax(y))
        return (f"gives {y[k]:.4g} {name.unit} at x = {x[k]:.4g}{at}, "
                f"outside {name.lo:g} to {name.hi:g}; {remedy}",)
    return ()
