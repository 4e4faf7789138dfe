"""The sections of a parameter file from a set of PyBaMM."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...models.graded import KEYS as GRADED
from ...parameters.catalogue import OF_PHASE, PHASES
from ...parameters.laws.exchange import MOST, SALTS, alone, mean, mean_text, nodes, off_product, percent, range_text
from ...parameters.laws.law import X_RANGE
from ...physics.constants import R
from ..electrons import electrons_from
from ..names import (
    AREA,
    CONTACT,
    CURRENT,
    DOUBLE_LAYER,
    EXCHANGE,
    FOIL,
    HEAT,
    LAWS,
    LAYERS,
    LITHIUM_VOLUME,
    NEGATIVE,
    NUMBERS,
    OCV,
    OPTIONAL,
    SERIES,
    T_AMBIENT,
    T_INITIAL,
    VOLUME,
    of_side,
)
from .hysteresis import hysteresis_from
from .kinetics import kinetics_from, sites_from
from .laws_from_pybamm import NoText, knots_of, sampled, text_of
from .profiles import is_profile, profile_from
from .read_pybamm import WARMER, Reading, energy_of

LITTLE = 1e-6  # by which a shape may differ from 1 and be left out
SEPARABLE = 1e-3  # relative difference of an exchange current from the product of its factors that is not said
BETWEEN = np.array([0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98])  # stoichiometries at which shapes are looked at
SALT = "exchange-current electrolyte shape"
STEEPEST = 10.0  # Bruggeman exponent
ATMOSPHERE = 101325.0  # Pa


def cell_section(reading: Reading) -> dict[str, Any]:
    """The section "cell"."""
    r = reading
    records = {k: r.record("cell", k, r.number(name), (name,)) for k, name in NUMBERS["cell"].items()}
    area = math.prod(r.number(name) for name in AREA[:2]) * r.number(AREA[2], 1.0)
    records["electrode area"] = r.record("cell", "electrode area", area, AREA, "height x width x pairs")
    records["operating pressure"] = r.assumed("cell", "operating pressure", ATMOSPHERE, "no stack pressure")
    ambient = _ambient(r)
    records["ambient temperature"] = r.record("cell", "ambient temperature", ambient, (T_AMBIENT,))
    start = r.number(T_INITIAL, ambient)
    if start != ambient:
        r.remarks.append(f"{T_INITIAL} {start:g}: not used by default; give simulate temperature={start:g}")
    if r.number(SERIES, 1.0) != 1.0:
        r.fault(SERIES, f"is {r.number(SERIES):g}; a cell here is a single one, so give 1")
    resistance = r.number(CONTACT, 0.0)
    if r.contact:
        value = resistance * area
        records["series resistance"] = r.record("cell", "series resistance", value, (CONTACT, *AREA), "times the area")
    elif resistance:
        r.remarks.append(
            f"{CONTACT} {resistance:g}: not used, as PyBaMM does without the option; give options="
            '{"contact resistance": "true"}'
        )
    for key, name in OPTIONAL.items():
        if r.has(name):
            records[key] = r.record("cell", key, r.number(name), (name,))
    r.used |= {CURRENT, *OCV}
    return records | _heat_capacity(r)


def _ambient(r: Reading) -> float:
    """The ambient temperature, which PyBaMM may give as a function of place and time."""
    given = r.values[T_AMBIENT] if r.has(T_AMBIENT) else None
    if not callable(given) or isinstance(given, r.package.Symbol):
        return r.number(T_AMBIENT)
    place = {key: r.package.Scalar(0.0) for key in ("y", "z")}
    tree = r.tree(T_AMBIENT, place | {"t": r.package.Variable("t")})
    if tree is None or not tree.is_constant():
        r.fault(T_AMBIENT, "is a function of time; give a number here and a temperature a step in the protocol")
        return 298.15
    return r.evaluated(T_AMBIENT, tree)


def _heat_capacity(r: Reading) -> dict[str, Any]:
    """The heat capacity of the cell by layers, where the set has all of them; else a remark."""
    layers = [name for name in LAYERS if not (r.half_cell and name == "Negative electrode")]
    names = [form.format(layer=layer) for layer in layers for form in HEAT]
    missing = [name for name in (*names, VOLUME) if not r.has(name)]
    if missing:
        r.remarks.append(
            f"no heat capacity: {missing[0]} is missing; a run with heat uses that of an assumed design unless "
            "cellsim.Lumped(heat_capacity=...) is given"
        )
        return {}
    heat = length = 0.0
    depends = False
    for layer in layers:
        thickness, density = (r.number(form.format(layer=layer)) for form in HEAT[:2])
        name = HEAT[2].format(layer=layer)
        cold, warm = (float(r.at(name, {"T": r.T_ref + more})[0]) for more in (0.0, WARMER))
        depends |= abs(warm - cold) > 1e-9 * abs(cold)
        heat, length = heat + thickness * density * cold, length + thickness
    if depends:
        r.remarks.append(f"the heat capacity is that at {r.T_ref:g} K; in the set it depends on temperature")
    value = heat / length * r.number(VOLUME)
    note = "mean of the layers by volume, times the volume of the cell"
    return {"heat capacity": r.record("cell", "heat capacity", value, (*names, VOLUME), note)}


def separator(reading: Reading) -> dict[str, Any]:
    """The section "separator"."""
    return _layer(reading, "separator", NUMBERS["separator"])


def _layer(r: Reading, part: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Numbers of a layer; a transport efficiency in place of an exponent beyond those that are allowed here."""
    records = {}
    for key, form in names.items():
        name = of_side(form, part)
        if key in GRADED and part != "separator" and is_profile(r, name):
            records[key] = profile_from(r, part, key, name)
        else:
            records[key] = r.record(part, key, r.number(name), (name,))
    exponent, porosity = records["bruggeman exponent"]["value"], records["electrolyte volume fraction"].get("value")
    if 0.0 <= exponent <= STEEPEST:
        return records
    if porosity is None:
        name = of_side(names["bruggeman exponent"], part)
        r.fault(name, f"is {exponent:g}; beside a porosity that varies give 0 to {STEEPEST:g}")
        return records
    del records["bruggeman exponent"]
    used = tuple(of_side(names[key], part) for key in ("bruggeman exponent", "electrolyte volume fraction"))
    key, note = "transport efficiency", f"porosity ** {exponent:g}"
    records[key] = r.record(part, key, porosity**exponent, used, note)
    return records


def electrolyte(reading: Reading) -> dict[str, Any]:
    """The section "electrolyte"."""
    r = reading
    records: dict[str, Any] = {
        k: r.record("electrolyte", k, r.number(name), (name,)) for k, name in NUMBERS["electrolyte"].items()
    }
    for key, function in LAWS["electrolyte"].items():
        if key == "thermodynamic factor" and not r.has(function.name):
            continue
        records[key] = r.law("electrolyte", key, function)
    return records


def electrode(reading: Reading, part: str) -> dict[str, Any]:
    """The section of a porous electrode, without its window."""
    r, names = reading, NUMBERS["electrode"]
    records: dict[str, Any] = {"type": "porous"}
    records |= _layer(r, part, {key: name for key, name in names.items() if key not in OF_PHASE})
    records |= _double_layer(r, part)
    records |= electrons_from(r, part)
    phases = r.phases(part)
    if phases:
        return records | {PHASES: {one: _particles(r, f"{part}/{one}") | r.initial(f"{part}/{one}") for one in phases}}
    return records | _particles(r, part)


def _double_layer(r: Reading, part: str, kind: str = "porous") -> dict[str, Any]:
    """The double layer of an electrode, where the set has a number for it."""
    name, key = of_side(DOUBLE_LAYER, part), "double-layer capacity"
    if not r.has(name) or callable(r.values[name]):
        return {}
    return {key: r.record(part, key, r.number(name), (name,), kind=kind)}


def _particles(r: Reading, part: str) -> dict[str, Any]:
    """The quantities of the particles of an electrode or of a phase."""
    section = part.partition("/")[0]
    records: dict[str, Any] = {}
    for key, form in NUMBERS["electrode"].items():
        name = of_side(form, part)
        if key in OF_PHASE and key in GRADED and section == part and is_profile(r, name):
            records[key] = profile_from(r, part, key, name)
        elif key in OF_PHASE:
            records[key] = r.record(section, key, r.number(name), (name,))
    for key, function in LAWS["electrode"].items():
        if key == "entropic change coefficient" and not r.has(of_side(function.name, part)):
            continue
        if part not in r.sites or key != "open-circuit potential":
            records[key] = r.law(section, key, function, part)
    if part in r.sites:
        return records | sites_from(r, part)
    return records | hysteresis_from(r, part) | kinetics_from(r, part) | _exchange(r, part)


def _exchange(r: Reading, part: str) -> dict[str, Any]:
    """Exchange current: its number, activation energy, and shapes where they are not those of the square root."""
    name, c_max = (of_side(form, part) for form in (EXCHANGE.name, "Maximum concentration in {s} electrode [mol.m-3]"))
    part = part.partition("/")[0]
    top, c_0, T_ref = r.number(c_max), r.c_0, r.T_ref

    def j0(x: Any, c: Any = c_0, T: float = T_ref) -> Any:
        return r.at(name, {"c": c, "c_s": np.asarray(x, float) * top, "c_max": top, "T": T})

    number, (xs, cs) = float(j0(0.5)[0]), alone(c_0)
    if r.faults:
        return {}
    if not number > 0.0:
        r.fault(name, f"is {number:g} A/m2 at half stoichiometry; it must be positive")
        return {}
    if (mixed := off_product(j0, xs, cs, c_0)) > SEPARABLE and off_product(j0, *nodes(c_0), c_0) < mixed:
        xs, cs = nodes(c_0)
    across = np.array(xs)
    corners = mean(mean(j0(across, c)) for c in cs)
    whole = lambda x, T=T_ref: mean(j0(x, c, T) for c in cs)  # noqa: E731
    salty = lambda c: mean(j0(x + 0.0 * c, c) for x in xs) / corners  # noqa: E731
    start = float(salty(np.array([c_0]))[0])
    number = float(whole(0.5)[0]) * start
    records = {"exchange-current density": r.record(part, "exchange-current density", number, (name,), "at x = 0.5")}
    energy = energy_of(lambda T: float(j0(0.5, T=T)[0]), T_ref)
    if energy:
        records["exchange-current activation energy"] = r.record(
            part, "exchange-current activation energy", energy, (name,), f"from {WARMER:g} K above the reference"
        )
    f = lambda x, T=T_ref: whole(x, T) * start / number / (2.0 * np.sqrt(x * (1.0 - x)))  # noqa: E731
    g = lambda c: salty(c) / start / np.sqrt(c / c_0)  # noqa: E731
    free, of = r.package.Variable("x"), r.package.Scalar
    filled = r.package.Multiplication(of(top), free)
    fixed = {"c_max": of(top), "T": of(T_ref)}
    key, divided = "exchange-current shape", f"{number / start!r} / (2 * sqrt(x * (1 - x)))"
    if np.max(np.abs(f(BETWEEN) - 1.0)) > LITTLE:
        trees = [r.tree(name, {"c": of(c), "c_s": filled, **fixed}) for c in cs]
        records[key] = _shape(r, part, key, name, trees, divided, f, X_RANGE)
    if np.max(np.abs(g(c_0 * np.linspace(0.05, 3.0, 13)) - 1.0)) > LITTLE:
        trees = [r.tree(name, {"c": free, "c_s": of(x * top), **fixed}) for x in xs]
        ends, over = (5e-4 * c_0, 4.0 * c_0), f"{start * float(corners)!r} / sqrt(x / {c_0!r})"
        records[SALT] = _shape(r, part, SALT, name, trees, over, g, ends)
    arrhenius = lambda x, T: f(x) * math.exp(-energy / R * (1.0 / T - 1.0 / T_ref))  # noqa: E731
    if (off := _apart(r, j0, number, arrhenius, g)) <= SEPARABLE:
        return records
    try:
        trees = [r.tree(name, {"c": of(c), "c_s": filled, **fixed, "T": r.package.Variable("T")}) for c in cs]
        text = mean_text(map(text_of, trees))
    except NoText:  # a table has no temperature
        _say(r, name, off)
        return records
    records.pop("exchange-current activation energy", None)
    records[key] = r.record(part, key, f"{text} / {divided}", (name,))
    _say(r, name, _apart(r, j0, number, f, g))
    return records


def _shape(r: Reading, part: str, key: str, name: str, trees: Any, divided: str, f: Any, ends: Any) -> Any:
    """The record of a shape: the geometric mean of functions over what the law here has already."""
    try:
        return r.record(part, key, f"{mean_text(map(text_of, trees))} / {divided}", (name,))
    except NoText as reason:
        knots = np.concatenate([knots_of(tree, *ends) for tree in trees])
        table = sampled(f, ends, knots, "1", str(reason))
        r.remarks.append(f"{name}: {key}: {table}")
        return r.record(part, key, {"x": list(table.x), "y": list(table.y)}, (name,), "sampled")


def _apart(r: Reading, j0: Any, number: float, f: Any, g: Any) -> float:
    """How far an exchange current is from the product of its number, f(x, T) and g(c), at most within 30 K."""
    worst, x = 0.0, BETWEEN
    for T in (r.T_ref - WARMER, r.T_ref, r.T_ref + 2.0 * WARMER):
        for c in (r.c_0 * share for share in SALTS):
            product = number * 2.0 * np.sqrt(x * (1.0 - x)) * f(x, T) * np.sqrt(c / r.c_0) * g(np.array([c]))[0]
            worst = max(worst, float(np.max(np.abs(product / j0(x, c, T) - 1.0))))
    return worst


def _say(r: Reading, name: str, worst: float) -> None:
    """Say, or refuse, an exchange current that is not a number times functions of x and T and of c."""
    if worst > MOST:
        r.fault(
            name,
            f"is no product of functions of the stoichiometry, the salt concentration and the temperature, as an "
            f"exchange current is here: the nearest one is {percent(worst)} % off for {range_text(r.c_0)}, where "
            f"{100.0 * MOST:g} % are taken; give a function in which they are factors of each other",
        )
    elif worst > SEPARABLE:
        r.remarks.append(
            f"{name}: a product of functions of stoichiometry, salt concentration and temperature, "
            f"{percent(worst)} % apart from it at most within 30 K, for {range_text(r.c_0)}"
        )


def foil(reading: Reading) -> dict[str, Any]:
    """The section of a lithium-metal electrode."""
    r = reading
    lithium = 1.0 / r.number(LITHIUM_VOLUME)

    def j0(c: float = r.c_0, T: float = r.T_ref) -> float:
        return float(r.at(FOIL.name, {"c": c, "c_s": lithium, "T": T})[0])

    number = j0()
    if r.faults:
        return {}
    names, key = (FOIL.name, LITHIUM_VOLUME), "exchange-current density"
    kind = "lithium metal"
    records: dict[str, Any] = {"type": kind, key: r.record(NEGATIVE, key, number, names, kind=kind)}
    records |= _double_layer(r, NEGATIVE, kind)
    energy = energy_of(lambda T: j0(T=T), r.T_ref)
    if energy:
        records["exchange-current activation energy"] = r.record(
            NEGATIVE, "exchange-current activation energy", energy, names, kind=kind
        )
    c = r.c_0 * np.linspace(0.05, 3.0, 13)
    g = lambda c: r.at(FOIL.name, {"c": c, "c_s": lithium, "T": r.T_ref}) / number / np.sqrt(c / r.c_0)  # noqa: E731
    if np.max(np.abs(g(c) - 1.0)) > LITTLE:
        of = r.package
        tree = r.tree(FOIL.name, {"c": of.Variable("x"), "c_s": of.Scalar(lithium), "T": of.Scalar(r.T_ref)})
        key, divided = "exchange-current electrolyte shape", f"{number!r} / sqrt(x / {r.c_0!r})"
        records[key] = _shape(r, NEGATIVE, key, FOIL.name, [tree], divided, g, (5e-4 * r.c_0, 4.0 * r.c_0))
    return records
