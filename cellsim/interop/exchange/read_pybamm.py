"""A parameter set of PyBaMM being read: numbers and laws with their provenance, faults, and what is to be said."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...parameters.catalogue import ORDINALS, Name, quantities
from ...parameters.consistency import C_RANGE
from ...parameters.laws.law import X_RANGE, Law
from ...parameters.laws.sites import KEYS
from ...physics.constants import R
from ...support.files import cut
from ..names import AREA, INITIAL, NEGATIVE, POSITIVE, SERIES, C, Function, T, X, of_side
from .laws_from_pybamm import NoText, knots_of, sampled, text_of
from .pybamm_package import Given, pybamm

Array = NDArray[np.float64]
SET, ASSUMED, CHANGED = "pybamm", "assumed", "given"  # keys of sources
WARMER = 15.0  # K, over which a dependence on temperature is looked at
SAME = 1e-9  # relative difference of values that count as equal
MARGIN = 5e-3  # of a stoichiometry, by which a table covers more than the window
MOST_VOLTS = 20.0  # of a potential; more is near a pole
OCP = "open-circuit potential"
FLOOR = 1e-3  # of the value at the initial concentration, below which a transport property is not continued


class Reading:
    """Access to the entries of a set, by PyBaMM's names."""

    def __init__(self, known: Given, options: Mapping[str, Any]) -> None:
        self.known, self.values = known, known.values
        self.package = pybamm()
        self.faults: list[str] = []
        self.remarks: list[str] = []
        self.used: set[str] = {"citations", "chemistry", *AREA, SERIES}
        foil = "Exchange-current density for lithium metal electrode [A.m-2]"
        alone = self.has(foil) and not self.has("Negative particle radius [m]")
        self.half_cell = options.get("working electrode", "positive" if alone else "both") == "positive"
        self.contact = str(options.get("contact resistance", "false")) == "true"
        self.T_ref = self.number("Reference temperature [K]")
        self.window: dict[str, float] = {}  # by path
        self.sites: dict[str, int] = {}  # by electrode of the MSMR model: how many host sites it has
        self.c_0 = self.number("Initial concentration in electrolyte [mol.m-3]")

    def phases(self, part: str) -> tuple[str, ...]:
        """The phases of an electrode that the set has entries of; () of one with a single material."""
        return tuple(phase for phase in ORDINALS if self.has(of_side("{S} particle radius [m]", f"{part}/{phase}")))

    def has(self, name: str) -> bool:
        """Whether the set has an entry."""
        return name in self.values.keys()  # noqa: SIM118

    def fault(self, name: str, words: str) -> None:
        """Note a fault once."""
        sentence = f"{name}: {words}"
        if sentence not in self.faults:
            self.faults.append(sentence)

    def number(self, name: str, default: float | None = None) -> float:
        """An entry that must be a number; 1 after a fault."""
        if not self.has(name):
            if default is None:
                self.fault(name, "missing; add it to the parameter values")
            return 1.0 if default is None else default
        self.used.add(name)
        given = self.values[name]
        if callable(given) and not isinstance(given, self.package.Symbol):
            self.fault(name, "is a function; a cell here has one number for it, so give a number")
            return 1.0
        return self.evaluated(name, self.package.Parameter(name))

    def evaluated(self, name: str, symbol: Any) -> float:
        """The number that a symbol is with the values of the set; 1 after a fault."""
        try:
            value = float(np.ravel(self.values.process_symbol(symbol).evaluate())[0])
        except Exception:  # inputs, functions of position or of time: PyBaMM raises many kinds
            self.fault(name, "is no number but an input or a function; give a number")
            return 1.0
        if not np.isfinite(value):
            self.fault(name, f"is {value}; give a finite number")
            return 1.0
        return value

    def tree(self, name: str, inputs: Mapping[str, Any]) -> Any:
        """The expression tree of an entry called with inputs in PyBaMM's order; None after a fault."""
        if not self.has(name):
            self.fault(name, "missing; add it to the parameter values")
            return None
        self.used.add(name)
        try:
            return self.values.process_symbol(self.package.FunctionParameter(name, dict(inputs)))
        except Exception as fault:  # inputs that are not set, other arguments
            self.fault(name, f"PyBaMM cannot evaluate it ({cut(' '.join(str(fault).split()), 120)})")
            return None

    def at(self, name: str, inputs: Mapping[str, Any]) -> Array:
        """Values (n,) of an entry; inputs: numbers, or arrays (n,), in PyBaMM's order."""
        nodes, n = {}, 1
        for key, value in inputs.items():
            n = max(n, np.size(value))
            nodes[key] = self.package.Vector(np.asarray(value, float)) if np.ndim(value) else self.package.Scalar(value)
        tree = self.tree(name, nodes)
        if tree is None:
            return np.ones(n)
        try:
            with np.errstate(all="ignore"):
                return np.asarray(np.zeros(n) + np.ravel(np.asarray(tree.evaluate(), float)))
        except Exception:  # an input parameter, a variable of the model
            self.fault(name, "has no value without an input or the state of a model; give a function of its arguments")
            return np.ones(n)

    def record(
        self, section: str, key: str, given: Any, names: Iterable[str], note: str | None = None, kind: str | None = None
    ) -> dict[str, Any]:
        """A record of the parameter file: number, text of an expression, or table."""
        form = "expression" if isinstance(given, str) else "table" if isinstance(given, dict) else "value"
        form = "host sites" if form == "table" and set(given) == set(KEYS) else form
        changed = not self.known.changed.isdisjoint(names)
        return {
            form: float(given) if form == "value" else given,
            "unit": quantities(section, kind)[key].unit,
            "source": CHANGED if changed else SET,
            "method": "assumed" if changed else "literature",
        } | ({"note": note} if note else {})

    def assumed(self, section: str, key: str, value: float, note: str) -> dict[str, Any]:
        """A record of a value that the set does not give."""
        unit = quantities(section)[key].unit
        return {"value": float(value), "unit": unit, "source": ASSUMED, "method": "assumed", "note": note}

    def pairs(self) -> dict[str, Any]:
        """The number of electrode pairs."""
        return self.record("design", "number of electrode pairs", self.number(AREA[2], 1.0), (AREA[2],))

    def law(self, section: str, key: str, function: Function, part: str = "") -> dict[str, Any] | None:
        """The record of an entry that may be a function; None after a fault."""
        name = of_side(function.name, part) if part else function.name
        axis = X if X in function.arguments else C
        free = {a: self.package.Variable("x" if a == axis else a) for a in function.arguments}
        tree = self.tree(name, free)
        if tree is None:
            return None
        if tree.is_constant():
            return self.record(section, key, self.evaluated(name, tree), (name,))
        ends = X_RANGE if axis == X else (self.c_0 * C_RANGE[0], self.c_0 * C_RANGE[1])

        def values(x: Array, warmer: float = 0.0) -> Array:
            inputs = {a: x if a == axis else self.T_ref + warmer for a in function.arguments}
            return self.at(name, inputs)

        try:
            given: Any = text_of(tree)
            given = self._positive(section, key, name, given, values, ends)
            if key == OCP and not _smooth(given, self.T_ref):
                ends = self._physical(part, values)
                raise NoText(f"it has a pole; used from x = {ends[0]:.3g} to {ends[1]:.3g}, beyond along its tangents")
            return self.record(section, key, given, (name,))
        except NoText as reason:
            unit = quantities(section)[key].unit
            if key == OCP:
                values = self._within_data(name, values, knots_of(tree, *ends), quantities(section)[key])
            table = sampled(values, ends, knots_of(tree, *ends), unit, str(reason))
            self.remarks.append(f"{name}: {table}")
            self._temperature_of_table(name, values, ends, function)
            given = {"x": list(table.x), "y": list(table.y)}
            return self.record(section, key, given, (name,), f"sampled, {table.error:.1g} from the function at most")

    def _within_data(self, name: str, values: Callable[..., Array], knots: Array, known: Name) -> Callable[..., Array]:
        """A potential that is level beyond the ends of its tables where it would leave what a potential can be."""
        if not knots.size:
            return values
        ends = [*X_RANGE]
        for k, (end, last) in enumerate(zip(X_RANGE, (knots[0], knots[-1]), strict=True)):
            far, near = values(np.array([end, last])).tolist()
            if not known.lo <= far <= known.hi:
                ends[k] = float(last)
                self.remarks.append(
                    f"{name}: reaches {far:.4g} V at x = {end:g} by extrapolation; here it stays at {near:.4g} V "
                    f"{'below' if k == 0 else 'above'} x = {last:.4g}, where its data end"
                )
        return lambda x, *more: values(np.clip(x, ends[0], ends[1]), *more)

    def _physical(self, part: str, values: Callable[[Array], Array]) -> tuple[float, float]:
        """The stoichiometries around the window between which a potential is finite and falls."""
        lo, hi = (self.window.get(f"{part}/{end} stoichiometry", 0.5) for end in ("minimum", "maximum"))
        x = np.linspace(*X_RANGE, 1997)
        y = values(x)
        with np.errstate(all="ignore"):
            good = np.isfinite(y) & (np.abs(y) < MOST_VOLTS)
            falls = good[:-1] & good[1:] & (np.diff(y) <= 0.0)
        first, last = np.searchsorted(x, (lo - MARGIN, hi + MARGIN))
        first, last = max(int(first) - 1, 0), min(int(last), x.size - 1)
        while first > 0 and falls[first - 1]:
            first -= 1
        while last < x.size - 1 and falls[last]:
            last += 1
        return float(x[first]), float(x[last])

    def _positive(
        self, section: str, key: str, name: str, text: str, values: Callable[[Array], Array], ends: tuple[float, float]
    ) -> str:
        """The text of a transport property of the electrolyte, kept above 0 where it falls below."""
        if section != "electrolyte" or key not in ("conductivity", "diffusivity"):
            return text
        c = np.linspace(*ends, 401)
        y = values(c)
        if not (y <= 0.0).any():
            return text
        floor = FLOOR * float(values(np.array([self.c_0]))[0])
        first = float(c[np.argmax(y <= 0.0)])
        self.remarks.append(f"{name}: is {y[y <= 0.0][0]:.3g} at {first:.4g} mol/m3 there; here at least {floor:.3g}")
        return f"max({text}, {floor!r})"

    def _temperature_of_table(self, name: str, values: Any, ends: tuple[float, float], function: Function) -> None:
        """Remark on a dependence on temperature that a table does not have."""
        if T not in function.arguments:
            return
        x = np.linspace(*ends, 11)[1:-1]
        off = float(np.max(np.abs(values(x, WARMER) / values(x) - 1.0)))
        if off > SAME:
            self.remarks.append(
                f"{name}: the table is that at {self.T_ref:g} K; {WARMER:g} K above, the function differs by "
                f"{100.0 * off:.2g} %"
            )

    def find_window(self, means: Mapping[str, float]) -> None:
        """Ask PyBaMM for the stoichiometries at 0 and 100 % state of charge.

        means: of functions of position by name, which PyBaMM averages on a mesh only.
        """
        found: dict[str, float] = {}
        if self.phases(NEGATIVE) or self.phases(POSITIVE) or self.sites:  # of which PyBaMM has none
            return
        values = self.values
        if means:
            values = values.copy()
            values.update(means)
        try:
            if self.half_cell:
                from pybamm.models.full_battery_models.lithium_ion import electrode_soh_half_cell as half

                ends = half.get_min_max_stoichiometries(values)
                low, high = sorted((float(ends["x_0"]), float(ends["x_100"])))
                found = {f"{POSITIVE}/minimum stoichiometry": low, f"{POSITIVE}/maximum stoichiometry": high}
            else:
                x_0, x_100, y_100, y_0 = self.package.lithium_ion.get_min_max_stoichiometries(values)
                found = {
                    f"{NEGATIVE}/minimum stoichiometry": float(x_0),
                    f"{NEGATIVE}/maximum stoichiometry": float(x_100),
                    f"{POSITIVE}/minimum stoichiometry": float(y_100),
                    f"{POSITIVE}/maximum stoichiometry": float(y_0),
                }
        except Exception as fault:  # no solution, of several kinds
            words = cut(" ".join(str(fault).split()), 200)
            self.faults.append(f"PyBaMM finds no stoichiometries for 0 and 100 % state of charge ({words})")
        self.window = found

    def windows(self) -> dict[str, dict[str, Any]]:
        """Stoichiometries of the windows and of the initial state, by path."""
        parts = (POSITIVE,) if self.half_cell else (NEGATIVE, POSITIVE)
        used = [of_side(INITIAL, part) for part in parts]
        note = "PyBaMM's, at its open-circuit voltages of 0 and 100 % state of charge"
        records = {}
        for path, x in self.window.items():
            section, _, key = path.partition("/")
            records[path] = self.record(section, key, x, used, note)
        for part in parts:
            if self.phases(part) or part in self.sites:
                continue
            records |= {f"{part}/{key}": record for key, record in self.initial(part).items()}
        return records

    def initial(self, part: str) -> dict[str, dict[str, Any]]:
        """The initial stoichiometry of an electrode or a phase, by key."""
        name, key = of_side(INITIAL, part), "initial stoichiometry"
        x = self.number(name) / self.number(of_side("Maximum concentration in {s} electrode [mol.m-3]", part))
        return {key: self.record(part.partition("/")[0], key, x, (name,))} if 0.0 <= x <= 1.0 else {}

    def said(self) -> list[str]:
        """All remarks, with the entries that nothing was read from."""
        left = sorted(key for key in self.values.keys() if key not in self.used)  # noqa: SIM118
        words = [f"not used: {cut(', '.join(left), 600)}"] if left else []
        return [*self.remarks, *words]


def energy_of(of_temperature: Any, T_ref: float) -> float:
    """Activation energy [J/mol] between the reference temperature and above; 0 for none."""
    ratio = of_temperature(T_ref + WARMER) / of_temperature(T_ref)
    energy = -R * math.log(ratio) / (1.0 / (T_ref + WARMER) - 1.0 / T_ref) if ratio > 0.0 else 0.0
    return energy if abs(energy) > 1e-6 else 0.0


def _smooth(text: str, T: float) -> bool:
    """Whether the expression of a potential is finite and without poles over all stoichiometries."""
    law = Law.of({"expression": text})
    x = np.concatenate([np.linspace(*X_RANGE, 2001), law.places(*X_RANGE, T)])
    y = law(x, T)
    return bool(np.isfinite(y).all() and (np.abs(y) < MOST_VOLTS).all())
