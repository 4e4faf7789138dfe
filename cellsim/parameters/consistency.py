"""Checks of a parameter file that involve several quantities."""

from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .catalogue import MOST_CLASSES, Name, hysteresis, kinetics, parted, phases_of, quantities
from .laws.law import SLACK, X_RANGE, Law
from .laws.profile import Profile, extremes, looked_at

ELECTRODES = ("negative electrode", "positive electrode")
MATERIALS = ("electrolyte", "active material", "void")  # phases of a porous electrode
LAWS = ("stoichiometry", "concentration")
Faults = Iterator[tuple[str, str]]
Check = tuple[Callable[..., Faults], tuple[Any, ...]]  # and its arguments but the file
SAME_SIZE = 1e-3  # relative difference of a mean radius from that of a histogram
USUAL = (0.5, 1.5)  # concentrations of ordinary runs, relative to the initial one
SIZES = ("particle radius", "particle radius standard deviation", "particle size histogram", "particle size classes")
SMALLEST, LARGEST = 1e-9, 1e-3  # radius of a particle [m]
STEEP = 1e6  # ratio to the other values of a law above which a value is taken for a pole
LEVEL = 1e-6  # V by which the branches of a hysteresis may cross
C_RANGE = (5e-4, 4.0)  # salt concentrations over which a law must be finite, relative to the initial one


class _Invalid(Exception):
    """A check needs a quantity that is missing or has a fault itself."""


@dataclass(frozen=True)
class _File:
    """Valid records of a file; access to an invalid one raises _Invalid."""

    raw: dict[str, Any]
    invalid: Set[str]

    def record(self, section: str, key: str) -> Any:
        if {section, f"{section}/{key}"} & self.invalid or section not in self.raw:
            raise _Invalid
        return self.raw[section].get(key)

    def profile(self, section: str, key: str, default: float) -> Law:
        """A quantity over the position in an electrode; a number as a constant law."""
        return Profile.of(self.record(section, key) or {"value": default})

    def value(self, section: str, key: str, default: float | None = None) -> float:
        number = (self.record(section, key) or {}).get("value", default)
        if number is None:
            raise _Invalid
        return float(number)


def consistency(raw: dict[str, Any], invalid: Set[str], checks: Iterable[Check] | None = None) -> Faults:
    """(path, fault) of every check, of all or those given, whose quantities have no fault of their own (`invalid`)."""
    file = _File(raw, invalid)
    for check, arguments in checks_of(raw) if checks is None else checks:
        with suppress(_Invalid):
            yield from list(check(file, *arguments))


def checks_of(raw: dict[str, Any], changed: Set[str] | None = None) -> tuple[Check, ...]:
    """(check, arguments) of all checks of a file, or of those that involve any of the paths `changed`."""
    with_particles = tuple(
        part
        for part in ("negative electrode", "positive electrode")
        if isinstance(raw.get(part), dict) and raw[part].get("type") in ("porous", "film")
    )
    of_cell = with_particles, tuple(phases_of(raw[part]) for part in with_particles)
    return _checks(*of_cell, None if changed is None else frozenset(changed))


@lru_cache(maxsize=256)
def _checks(
    with_particles: tuple[str, ...], phases: tuple[tuple[str, ...], ...], changed: frozenset[str] | None
) -> tuple[Check, ...]:
    """(check, arguments) of all checks, or of those that involve any of the paths `changed`."""
    checks: list[tuple[Any, tuple[Any, ...], tuple[str, ...]]] = [
        (_cutoffs, (), ("cell/lower voltage cut-off", "cell/upper voltage cut-off")),
        (
            _dissociation,
            (),
            tuple(
                f"electrolyte/{key}" for key in ("recombination rate", "lithium concentration", "initial concentration")
            ),
        ),
        (_stack, (), ("cell/stack modulus", "cell/stack height")),
        (_host, (), ("negative electrode/host capacity", "negative electrode/vanishing charge")),
        (_short, (), ("negative electrode/short hazard", "negative electrode/critical current density")),
        *((_dries, (part,), (f"{part}/dry-out", "design/electrolyte fill factor")) for part in ELECTRODES),
    ]
    of_part = dict(zip(with_particles, phases, strict=True))
    for part in with_particles:
        for one in [f"{phase}/" for phase in of_part[part]] or [""]:
            checks.append((_sizes, (part, one), tuple(f"{part}/{one}{key}" for key in SIZES)))
        own = tuple(f"{part}/{phase}/active material volume fraction" for phase in of_part[part])
        checks += [
            (_fractions, (part,), (*own, *(f"{part}/{key} volume fraction" for key in MATERIALS))),
            (_window, (part,), _ends(part)),
            (
                _percolates,
                (part, "active material", "electronic "),
                _percolation(part, "active material", "electronic "),
            ),
        ]
        for phase in of_part[part] or ("",):
            both = tuple(f"{phase}/{key}" if phase else key for key in hysteresis.BRANCHES)
            paths = (*(f"{part}/{key}" for key in both), "cell/ambient temperature", *_ends(part))
            checks.append((_branches, (part, both), paths))
            checks.append((kinetics.of_sites, (part, phase), kinetics.paths_of_sites(part, phase)))
    for part in ("separator", *with_particles):
        checks.append((_percolates, (part, "electrolyte", ""), _percolation(part, "electrolyte", "")))
    for section in ("electrolyte", *with_particles):
        checks += [
            (
                of_law,
                (section, key, name),
                (
                    f"{section}/{key}",
                    "cell/ambient temperature",
                    *(_ends(section) if name.law == "stoichiometry" else ("electrolyte/initial concentration",)),
                ),
            )
            for key, name in quantities(section, "porous", of_part.get(section, ())).items()
            if name.law in LAWS
        ]
    return tuple((check, arguments) for check, arguments, on in checks if changed is None or not changed.isdisjoint(on))


def _ends(part: str) -> tuple[str, ...]:
    """Paths of the stoichiometry window of an electrode."""
    return tuple(f"{part}/{end} stoichiometry" for end in ("minimum", "maximum"))


def _percolation(part: str, phase: str, kind: str) -> tuple[str, ...]:
    """Paths that decide whether a phase percolates."""
    return f"{part}/{phase} volume fraction", *(f"{part}/{kind}percolation {key}" for key in ("threshold", "exponent"))


def _percolates(file: _File, part: str, phase: str, kind: str) -> Iterator[tuple[str, str]]:
    threshold, exponent = (file.value(part, f"{kind}percolation {key}", 0.0) for key in ("threshold", "exponent"))
    if exponent > 0.0 and (phi := extremes(file.profile(part, f"{phase} volume fraction", 1.0))[0]) <= threshold:
        carries = "electrons" if kind else "ions"
        yield (
            f"{part}/{phase} volume fraction",
            (
                f"{phi:g} is not above the {kind}percolation threshold of {threshold:g}: no {carries} are conducted; "
                "raise the fraction or lower the threshold"
            ),
        )


def _short(file: _File) -> Iterator[tuple[str, str]]:
    has_critical = file.record("negative electrode", "critical current density") is not None
    if file.value("negative electrode", "short hazard", 0.0) > 0.0 and not has_critical:
        yield (
            "negative electrode/short hazard",
            "is that at the critical current density, which is missing; add 'critical current density' [A.m-2]",
        )


def _dries(file: _File, part: str) -> Iterator[tuple[str, str]]:
    if file.record(part, "dry-out") in (None, "none"):
        return
    if file.raw.get("kind") == "solid":
        yield f"{part}/dry-out", "no solvent is used up in a solid electrolyte; choose 'none'"
    elif (fill := file.value("design", "electrolyte fill factor", 1.0)) < 1.0:
        yield (
            "design/electrolyte fill factor",
            f"{fill:g}: dry-out begins with full pores; give 1 or more, such as 1.1 for a tenth in reserve",
        )


def _cutoffs(file: _File) -> Iterator[tuple[str, str]]:
    if file.value("cell", "lower voltage cut-off") >= file.value("cell", "upper voltage cut-off"):
        yield "cell/lower voltage cut-off", "must be below the upper one; exchange them"


def _dissociation(file: _File) -> Iterator[tuple[str, str]]:
    if file.value("electrolyte", "recombination rate", 0.0) > 0.0:
        lithium = file.record("electrolyte", "lithium concentration")
        if lithium is None:
            yield "electrolyte/lithium concentration", "missing; a recombination rate requires the total concentration"
        elif lithium["value"] <= file.value("electrolyte", "initial concentration"):
            yield "electrolyte/lithium concentration", "must be above the initial concentration, that of mobile lithium"


def _stack(file: _File) -> Iterator[tuple[str, str]]:
    if file.value("cell", "stack modulus", 0.0) > 0.0 and file.record("cell", "stack height") is None:
        yield "cell/stack height", "missing; with a stack modulus, give the compressible height of an electrode pair"


def _host(file: _File) -> Iterator[tuple[str, str]]:
    part = "negative electrode"
    if file.value(part, "host capacity", 0.0) > 0.0 and file.value(part, "vanishing charge", 0.0) == 0.0:
        yield f"{part}/vanishing charge", "must be above 0 with a host capacity: host and metal share lithium"


def _fractions(file: _File, part: str) -> Iterator[tuple[str, str]]:
    keys = [f"{key} volume fraction" for key in MATERIALS]
    if phases := phases_of(file.raw[part]):
        keys = [keys[0], *(f"{phase}/{keys[1]}" for phase in phases), keys[2]]
    each = [file.profile(part, key, 0.0) for key in keys]
    x = looked_at(each)
    totals = np.sum([one(x, 0.0) for one in each], axis=0)
    k = int(np.argmax(totals))
    if totals[k] > 1.0 + 1e-9:
        what = [MATERIALS[0], *(f"{phase} phase" for phase in phases), MATERIALS[2]] if phases else MATERIALS
        where = f" at position {x[k]:.4g}" if x.size > 1 else ""
        yield part, f"volume fractions of {', '.join(what)} add up to {totals[k]:g}{where}, above 1; lower one"


def _sizes(file: _File, part: str, phase: str) -> Iterator[tuple[str, str]]:
    """Faults of the distribution of sizes of an electrode, or of a phase: "" or its name and "/"."""
    histogram, spread = file.record(part, f"{phase}{SIZES[2]}"), file.value(part, f"{phase}{SIZES[1]}", 0.0)
    radius, of_mean, path = (file.record(part, f"{phase}{SIZES[0]}"), *(f"{part}/{phase}{SIZES[k]}" for k in (0, 2)))
    if radius is not None and radius.get("value") is None and (histogram is not None or spread > 0.0):
        yield of_mean, "a radius that varies over the electrode has no distribution; give its mean"
        return
    mean, classes = file.value(part, f"{phase}{SIZES[0]}"), file.value(part, f"{phase}{SIZES[3]}", 1.0)
    if classes % 1.0:
        yield f"{part}/{phase}{SIZES[3]}", f"{classes:g} is no whole number; round it"
    if histogram is None:
        return
    if spread > 0.0:
        yield path, "given beside a standard deviation, from which another distribution follows; remove one of them"
    R, share = (np.array(histogram["table"][k], float) for k in ("x", "y"))
    if R[0] < SMALLEST or R[-1] > LARGEST:
        yield path, f"radii from {R[0]:g} to {R[-1]:g} m are outside {SMALLEST:g} to {LARGEST:g} m; check their unit"
    elif (share < 0.0).any() or not share.sum() > 0.0:
        yield path, "shares of the surface must not be below 0, and one of them must be above"
    elif R.size > MOST_CLASSES:
        yield path, f"{R.size} radii; give at most {MOST_CLASSES}"
    elif abs((of := float(share @ R / share.sum())) - mean) > SAME_SIZE * mean:
        yield of_mean, f"{mean:g} m is not the mean of the histogram by surface, {of:.6g} m; state that"


def _window(file: _File, part: str) -> Iterator[tuple[str, str]]:
    if file.value(part, "minimum stoichiometry") >= file.value(part, "maximum stoichiometry"):
        yield f"{part}/minimum stoichiometry", "must be below the maximum; exchange them"


def _branches(file: _File, part: str, keys: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """The branches of a hysteresis must not cross in the window; of a phase, nowhere."""
    records = [file.record(part, key) for key in keys]
    if None in records:
        return
    of_phase = bool(parted(keys[0])[0])
    lo, hi = X_RANGE if of_phase else (file.value(part, f"{end} stoichiometry") for end in ("minimum", "maximum"))
    x, T = np.linspace(lo, hi, 1001), file.value("cell", "ambient temperature")
    above = np.subtract(*(Law.of(record)(x, T) for record in records))
    if np.max(above) > LEVEL:
        yield (
            f"{part}/{keys[1]}",
            (
                f"crosses the branch of lithiation at x = {x[np.argmax(above > LEVEL)]:.4g} and is up to "
                f"{1e3 * np.max(above):.3g} mV below it between {lo:g} and {hi:g}; exchange or correct the branches"
            ),
        )


def at_temperature(cell: Any, T: float) -> Iterator[tuple[str, str]]:
    """(path, fault) of the laws of a cell that depend on temperature, at T [K].

    cell: a `Cell`.  Laws must be finite over their whole range; a positive property must be positive within the
    window, or at USUAL concentrations: outside them laws of T are often extrapolations that no run reaches.
    """
    kinds = tuple((cell.text(f"{part}/type"), cell.phases(part)) for part in ELECTRODES)
    for section, path, name in _laws_of(*kinds):
        law = cell.law(path) if cell.has(path) else None
        if law is not None and law.warms:
            ends = (
                (cell.value("electrolyte/initial concentration"), 0.0)
                if name.law == "concentration"
                else X_RANGE
                if parted(path.partition("/")[2])[0]
                else tuple(cell.value(f"{section}/{end} stoichiometry") for end in ("minimum", "maximum"))
            )
            yield from ((path, words) for words in _faults_of_law(law, name, *ends, float(T), float(T)))


@lru_cache
def _laws_of(
    negative: tuple[str, tuple[str, ...]], positive: tuple[str, tuple[str, ...]]
) -> tuple[tuple[str, str, Name], ...]:
    """(section, path, name) of all quantities that may be laws, in a cell with electrodes of these types."""
    kinds: dict[str, tuple[str | None, tuple[str, ...]]] = {
        "electrolyte": (None, ()),
        **dict(zip(ELECTRODES, (negative, positive), strict=True)),
    }
    return tuple(
        (section, f"{section}/{key}", name)
        for section, kind in kinds.items()
        for key, name in quantities(section, *kind).items()
        if name.law in LAWS
    )


def of_law(file: _File, section: str, key: str, name: Name, elsewhere: float | None = None) -> Faults:
    """Faults of a law over its whole range at the ambient temperature, or at another one [K]."""
    record = file.record(section, key)
    if record is None or record.get("value") is not None:
        return
    path, law, T = f"{section}/{key}", Law.of(record), elsewhere or file.value("cell", "ambient temperature")
    if name.law == "stoichiometry":
        ends_of = ("minimum", "maximum")
        of_phase = bool(parted(key)[0])  # of which the window of the electrode says nothing
        lo, hi = X_RANGE if of_phase else (file.value(section, f"{end} stoichiometry") for end in ends_of)
        known = record.get("range") or (lo, hi)  # the window of a variation may exceed it; a run then remarks on it
        first, last = (law.table[0][0], law.table[0][-1]) if law.table else known
        if of_phase and not record.get("range"):  # a table covers what it covers
            known = first, last
        if first > known[0] + SLACK or last < known[1] - SLACK:
            yield (
                path,
                (
                    f"the table covers {first:g} to {last:g}, not the window {known[0]:g} to {known[1]:g}; "
                    "extend the table or narrow the window"
                ),
            )
        ends = lo, hi
    else:
        ends = file.value("electrolyte", "initial concentration"), 0.0
    yield from ((path, words) for words in _faults_of_law(law, name, *ends, float(T), elsewhere))


@lru_cache(maxsize=512)
def _faults_of_law(law: Law, name: Name, lo: float, hi: float, T: float, elsewhere: float | None) -> tuple[str, ...]:
    """Faults of a law at T [K]; lo, hi: the stoichiometry window, or the initial concentration and 0.

    elsewhere: None if T is the temperature at which the file was checked.
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
    at = f" and T = {T:g} K" if law.warms else ""
    remedy = "check it" if elsewhere is None else "not valid there: choose another temperature or law"
    if bad.any():
        return (
            f"gives {y[bad][0]:.4g} at x = {x[bad][0]:.6g}{at}; it must be finite from {x.min():.4g} to {x.max():.4g}",
        )
    if inside.any() and not least <= y[inside].min() <= y[inside].max() <= most:
        y, x = y[inside], x[inside]
        k = int(np.argmin(y)) if y.min() < least else int(np.argmax(y))
        return (f"gives {y[k]:.4g} {name.unit} at x = {x[k]:.4g}{at}, outside {name.lo:g} to {name.hi:g}; {remedy}",)
    return ()
