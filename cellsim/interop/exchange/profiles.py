"""Graded electrodes: functions of position of PyBaMM, as profiles here, and profiles as such functions.

PyBaMM's x is in metres from the negative current collector, or from the outer side of a lithium foil; here it is
relative, 0 at the current collector of an electrode and 1 at the separator.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ParameterError
from ...models.electrodes import has_foil
from ...models.graded import KEYS
from ...parameters import Cell
from ...parameters.laws.profile import SHARE, Profile
from ..names import NEGATIVE, NUMBERS, POSITIVE, of_side
from .laws_from_pybamm import NoText, knots_of, sampled, text_of
from .laws_to_pybamm import symbol_of
from .metal_to_pybamm import foil_thickness
from .read_pybamm import Reading

RADIUS = "particle radius"
LOOKED_AT = 2001  # positions at which a function is looked at for jumps
MOST_LAYERS = 20
BISECTIONS = 60


def is_profile(reading: Reading, name: str) -> bool:
    """Whether an entry is a function that PyBaMM calls with the position."""
    return reading.has(name) and callable(reading.values[name]) and not hasattr(reading.values[name], "evaluate")


def profile_from(reading: Reading, part: str, key: str, name: str) -> dict[str, Any]:
    """The record of a quantity of an electrode that PyBaMM has as a function of the position."""
    r = reading
    L_n, L_s, L_p = (r.number(f"{layer} thickness [m]") for layer in _layers())

    def of(x: Any) -> Any:
        place = x * L_n if part == NEGATIVE else (L_n + L_s + L_p) - x * L_p
        return {"x": place} if key == RADIUS else {"x": place, "y": place * 0.0, "z": place * 0.0}

    tree = r.tree(name, of(r.package.Variable("x")))
    if tree is None:
        return r.record(part, key, 1.0, (name,))
    if tree.is_constant():
        return r.record(part, key, r.evaluated(name, tree), (name,))

    def values(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return r.at(name, of(np.asarray(x, float)))

    layers = _layers_of(values)
    if layers:
        record = r.record(part, key, 1.0, (name,), "layers of PyBaMM's function of position")
        del record["value"]
        return record | {"layers": layers}
    try:
        return r.record(part, key, text_of(tree), (name,), "PyBaMM's function of position, relative here")
    except NoText as reason:
        table = sampled(values, (0.0, 1.0), knots_of(tree, 0.0, 1.0), "1", str(reason))
        if f"{name}: {table}" not in r.remarks:
            r.remarks.append(f"{name}: {table}")
        given = {"x": list(table.x), "y": list(table.y)}
        return r.record(part, key, given, (name,), f"sampled, {table.error:.1g} relative from the function at most")


def means_of(reading: Reading) -> dict[str, float]:
    """The means of all functions of position by their names in PyBaMM."""
    found = {}
    for part in (POSITIVE,) if reading.half_cell else (NEGATIVE, POSITIVE):
        for key in KEYS:
            name = of_side(NUMBERS["electrode"][key], part)
            if is_profile(reading, name):
                record = profile_from(reading, part, key, name)
                if not reading.faults:
                    law = Profile.of(record)
                    found[name] = law.mean if isinstance(law, Profile) else float(law(0.0, 0.0))
    return found


def _layers() -> tuple[str, str, str]:
    return "Negative electrode", "Separator", "Positive electrode"


def _layers_of(values: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> list[dict[str, float]] | None:
    """The layers of a function that is constant between jumps, with borders to rounding; None of any other."""
    x = (np.arange(LOOKED_AT) + 0.5) / LOOKED_AT
    y = values(x)
    jumps = np.flatnonzero(np.abs(np.diff(y)) > 1e-12 * np.max(np.abs(y)))
    if not 0 < jumps.size < MOST_LAYERS:
        return None
    borders = [0.0]
    for k in jumps.tolist():
        low, high = float(x[k]), float(x[k + 1])
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            if values(np.array([middle]))[0] == y[k]:
                low = middle
            else:
                high = middle
        borders.append(round(high, 14))
    borders.append(1.0)
    level = [float(y[k]) for k in (*jumps.tolist(), LOOKED_AT - 1)]
    ends = zip(borders[:-1], borders[1:], level, strict=True)
    return [{SHARE: round(b - a, 14), "value": one} for a, b, one in ends]


def profile_to(cell: Cell, path: str, scale: float = 1.0) -> Any:
    """A number of an electrode times another, or a function of PyBaMM's position where it varies."""
    law, part = cell.law(path), path.partition("/")[0]
    if not isinstance(law, Profile):
        return cell.value(path) * scale if scale != 1.0 else cell.value(path)
    L_n, L_s, L_p = _thicknesses(cell)

    def of_position(x: Any, *others: Any) -> Any:
        place = x / L_n if part == NEGATIVE else (L_n + L_s + L_p - x) / L_p
        if law.layers is None:
            return scale * symbol_of(law, place, 298.15)
        values, found = law.layers[1], law.layers[1][0]
        for border, low, high in zip(law.borders, values, values[1:], strict=False):
            found = found + (high - low) * (place > border)
        return scale * found

    return of_position


def _thicknesses(cell: Cell) -> tuple[float, float, float]:
    """Of both electrodes in PyBaMM's geometry, with the separator between [m]."""
    separator, positive = cell.value("separator/thickness"), cell.value(f"{POSITIVE}/thickness")
    return foil_thickness(cell) if has_foil(cell) else cell.value(f"{NEGATIVE}/thickness"), separator, positive


def pores_to(cell: Cell, part: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Porosity of a graded electrode, and the exponent that its efficiency has.  Raises ParameterError without one."""
    path, exponent = f"{part}/electrolyte volume fraction", f"{part}/bruggeman exponent"
    if not cell.has(exponent):
        raise ParameterError(
            f"to_pybamm: {cell.name}: {path} varies over the electrode, and PyBaMM has its transport efficiency by a "
            "bruggeman exponent only; give a number, or that exponent"
        )
    return {
        of_side(names["electrolyte volume fraction"], part): profile_to(cell, path),
        of_side(names["bruggeman exponent"], part): cell.value(exponent),
    }
