"""What a simulation can be asked for: PyBaMM's variable names, computed from the stored states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np

from ..kernels.equations.held_controls import at_terminals
from ..kernels.equations.lithium_metal import lithium_states
from ..kernels.equations.thermal import heats_and_margins
from ..kernels.layout import POROUS, THIN_FILM, unknowns
from ..kernels.scratch import allocate
from ..models.electrodes import PARTS, has_foil, lithium_content
from ..models.initial import capacity_between_cutoffs
from ..models.thermal_laws import critical_current_holds
from ..models.volumes import FOIL
from ..physics.constants import V_LI, F
from . import ageing_variables as ageing

ALIASES = {
    "Terminal voltage [V]": "Voltage [V]",
    "Volume-averaged cell temperature [K]": "Cell temperature [K]",
    "X-averaged cell temperature [K]": "Cell temperature [K]",
}
SIDES = (("Negative", 0), ("Positive", 1))


@dataclass(frozen=True)
class Variables(Mapping):
    """Names to arrays; the first axis is time.  Computed when asked for, then kept."""

    make: Callable = field(repr=False)  # returns an iterator of name, (dimensions, function without arguments)
    met: dict = field(default_factory=dict, repr=False)  # those that the iterator has given
    kept: dict = field(default_factory=dict, repr=False)

    @cached_property
    def _others(self):
        return self.make()

    def _maker(self, name):
        """(dimensions, function without arguments) of a variable; no more are made up than it takes to find it."""
        if name not in self.met:
            for other, maker in self._others:
                self.met[other] = maker
                if other == name:
                    break
        return self.met[name]

    @property
    def makers(self) -> dict:
        """Name -> (dimensions, function without arguments), of all."""
        self.met.update(self._others)
        return self.met

    @classmethod
    def of(cls, cell, sys, model, t, s, soc0, at=None):
        """Variables of states s (times, N) at times t [s].

        at: function of a temperature [K] that gives the System there, of runs without heat whose surroundings change.
        """

        def make():
            parts = _Parts(cell, sys, t, s, soc0, at)
            return chain(_series(parts), _fields(parts))

        return cls(make)

    @classmethod
    def from_arrays(cls, arrays):
        """Variables read from a file: name -> (dimensions, array)."""
        return cls(lambda: ((name, (dims, lambda a=a: a)) for name, (dims, a) in arrays.items()))

    def __reduce__(self):
        return Variables.from_arrays, ({name: (self.dims(name), self[name]) for name in self},)

    def __getitem__(self, name):
        name = ALIASES.get(name, name)
        if name not in self.kept:
            self.kept[name] = np.asarray(self._maker(name)[1](), float)
        return self.kept[name]

    def dims(self, name) -> tuple:
        """Names of the axes of a variable; coordinates have their own name as only axis."""
        return self._maker(ALIASES.get(name, name))[0]

    def __iter__(self):
        return iter(self.makers)

    def __len__(self):
        return len(self.makers)


UNKNOWNS: dict[str, Callable] = {
    "x": lambda y: y.x,
    "c": lambda y: y.c_e,
    "phi_e": lambda y: y.phi_e,
    "phi_s": lambda y: y.phi_s,
    "j": lambda y: y.j[:, 0],
    "I": lambda y: y.cell["I"],
    "Q": lambda y: y.cell["Q"],
    "E": lambda y: y.cell["E"],
    "T": lambda y: y.T[:, 0],
    "numbers": lambda y: y.cell,
}


class _Parts:
    """A state array taken apart; one row per time."""

    def __init__(self, cell, sys, t, s, soc0, at=None):
        self.cell, self.sys, self.t, self.s, self.soc0, self.at = cell, sys, t, s, soc0, at
        self.area = cell.value("cell/electrode area")
        self.y = unknowns(sys, s)

    def __getattr__(self, name):
        """The unknowns, each a view that is made when it is first asked for."""
        if name not in UNKNOWNS:
            raise AttributeError(name)
        found = UNKNOWNS[name](self.y)
        setattr(self, name, found)
        return found

    def _looked_at(self, kernel, width, *more):
        """What a kernel (system, states, scratch memory, *more, out) finds in all states; (times, width)."""
        out = np.zeros((len(self.s), width))
        if self.at is None:
            kernel(self.sys, self.s, allocate(self.sys), *more, out)
            return out
        for T in np.unique(self.T):
            rows, part = np.flatnonzero(self.T == T), np.zeros((np.count_nonzero(self.T == T), width))
            sys = self.at(float(T))
            kernel(sys, self.s[rows], allocate(sys), *(x[rows] for x in more), part)
            out[rows] = part
        return out

    def voltage(self):
        return at_terminals(self.sys, self.phi_s[:, -1], self.I)[0]

    @cached_property
    def heats(self):
        """Irreversible, reversible heat [W/m2], margins to plating [V] and the critical current [A/m2]; (times, 4)."""
        return self._looked_at(heats_and_margins, 4, np.ascontiguousarray(self.voltage()))

    @cached_property
    def foil(self):
        """Lithium as metal and in the host [C/m2], active share, pressure [Pa], interphase [Ohm m2]; (times, 5)."""
        return self._looked_at(lithium_states, 5)

    def volumes(self, side):
        return np.flatnonzero(self.sys.volume["side"] == side)

    def surface(self, side):
        """Stoichiometry at the particle surfaces of one electrode (times, volumes)."""
        return self.x[:, self.sys.volume["particle"][self.volumes(side)], -1]

    def mean(self, side):
        """Mean stoichiometry of the particles of one electrode (times, volumes)."""
        p = self.sys.volume["particle"][self.volumes(side)]
        return self.x[:, p] @ (3.0 * self.sys.shell["volume"])

    def lithium(self, part, side):
        """Lithium held by an electrode's particles [mol]."""
        v = self.volumes(side)
        # one volume stands for the whole electrode in the single-particle model
        share = ageing.active_fraction(self, side)
        return self.area * lithium_content(self.cell, part) * ((share * self.mean(side)) @ self.sys.volume["dx"][v])


def _series(p):
    """One number per time."""
    one = ("Time [s]",)
    hours = 3600.0
    yield "Time [s]", (one, lambda: p.t)
    yield "Current [A]", (one, lambda: p.I * p.area)
    yield "Current density [A.m-2]", (one, lambda: p.I)
    yield "C-rate", (one, lambda: p.I * p.area / p.cell.nominal_capacity)
    yield "Voltage [V]", (one, p.voltage)
    yield "Power [W]", (one, lambda: p.I * p.area * p.voltage())
    yield "Discharge capacity [A.h]", (one, lambda: p.Q * p.area / hours)
    yield "Discharge energy [W.h]", (one, lambda: p.E * p.area / hours)
    yield "State of charge", (one, lambda: p.soc0 - p.Q * p.area / hours / capacity_between_cutoffs(p.cell))
    yield "Cell temperature [K]", (one, lambda: p.T)
    if p.sys.heat.capacity > 0.0:
        yield "Irreversible heating [W]", (one, lambda: p.heats[:, 0] * p.area)
        yield "Reversible heating [W]", (one, lambda: p.heats[:, 1] * p.area)
        yield "Total heating [W]", (one, lambda: p.heats[:, :2].sum(axis=1) * p.area)
        yield "Heat generated [J]", (one, lambda: p.numbers["made"] * p.area)
        yield "Heat lost to surroundings [J]", (one, lambda: p.numbers["lost"] * p.area)
        yield "Heater energy [J]", (one, lambda: p.numbers["heated"] * p.area)
    if p.sys.model == POROUS and not has_foil(p.cell):
        yield "Plating margin [V]", (one, lambda: p.heats[:, 2])
    if np.isfinite(p.sys.heat.critical):
        yield (
            "Critical current margin [A.m-2]",
            (one, lambda: np.where(critical_current_holds(p.cell, p.T), p.heats[:, 3], np.nan)),
        )
    yield from _lithium(p)
    yield "Minimum electrolyte concentration [mol.m-3]", (one, lambda: p.c.min(axis=1))
    yield "Total lithium in electrolyte [mol]", (one, lambda: p.area * ageing.salt(p))
    for (name, side), part in zip(SIDES, PARTS, strict=True):
        if side == 0 and has_foil(p.cell):
            continue
        low = name.lower()
        yield f"Total lithium in {low} electrode [mol]", (one, lambda q=part, s=side: p.lithium(q, s))
        yield (
            f"X-averaged {low} particle surface stoichiometry",
            (one, lambda s=side: np.average(p.surface(s), axis=1, weights=p.sys.volume["dx"][p.volumes(s)])),
        )
    if p.sys.ageing.size:
        yield from ageing.series(p, [each for each in SIDES if each[1] or not has_foil(p.cell)])
    if p.sys.model == POROUS and p.sys.volume.size > 3:
        last = p.volumes(0)[-1]
        share = p.sys.volume["left"][last + 1] * p.sys.volume["across"][last]  # of phi_e at the border
        yield (
            "Negative electrode surface potential difference at separator interface [V]",
            (one, lambda: p.phi_s[:, last] - p.phi_e[:, last : last + 2] @ (share, 1.0 - share)),
        )


def _lithium(p):
    """What becomes of a lithium electrode, where anything does."""
    if not p.sys.foil.size:
        return
    one, moles = ("Time [s]",), p.area / F
    yield "Lithium thickness [m]", (one, lambda: p.foil[:, 0] * V_LI / F)
    yield "Lithium metal [mol]", (one, lambda: p.foil[:, 0] * moles)
    yield "Lithium in host [mol]", (one, lambda: p.foil[:, 1] * moles)
    yield "Dead lithium [mol]", (one, lambda: p.numbers["dead"] * moles)
    yield "Lithium in interphase [mol]", (one, lambda: p.numbers["bound"] * moles)
    yield "Void height [m]", (one, lambda: p.numbers["void"])
    yield "Active contact fraction", (one, lambda: p.foil[:, 2])
    yield "Stack pressure [Pa]", (one, lambda: p.foil[:, 3])
    yield "Interphase resistance [Ohm.m2]", (one, lambda: p.foil[:, 4])


def _fields(p):
    """Arrays in space, and their coordinates: x from the negative collector, r from the centre."""
    sys = p.sys
    dx = np.where(sys.volume["dx"] == FOIL, 0.0, sys.volume["dx"])
    centre = np.cumsum(dx) - 0.5 * dx
    x = "x [m]"
    yield x, ((x,), lambda: centre)
    yield "Electrolyte concentration [mol.m-3]", (("Time [s]", x), lambda: p.c)
    resolved = sys.model == POROUS and sys.volume.size > 3
    if resolved:
        yield "Electrolyte potential [V]", (("Time [s]", x), lambda: p.phi_e)
    for (name, side), part in zip(SIDES, PARTS, strict=True):
        if side == 0 and has_foil(p.cell):
            continue
        low, v = name.lower(), p.volumes(side)
        axes, depth = ("Time [s]", f"x_{low[0]} [m]"), f"r_{low[0]} [m]"
        c_max = p.cell.value(f"{part}/maximum concentration")
        flat = sys.model == THIN_FILM
        radius = p.cell.value(f"{part}/{'thickness' if flat else 'particle radius'}")
        inside = np.concatenate([[0.0], np.cumsum(3.0 * sys.shell["volume"])])
        faces = inside if flat else np.cbrt(inside)
        yield axes[1], ((axes[1],), lambda v=v: centre[v])
        yield depth, ((depth,), lambda f=faces, R=radius: 0.5 * R * (f[1:] + f[:-1]))
        if resolved:
            yield f"{name} electrode potential [V]", (axes, lambda v=v: p.phi_s[:, v])
        yield f"{name} electrode interfacial current density [A.m-2]", (axes, lambda v=v: p.j[:, v])
        yield (f"{name} particle surface concentration [mol.m-3]", (axes, lambda s=side, c=c_max: c * p.surface(s)))
        yield (
            f"{name} particle concentration [mol.m-3]",
            ((*axes, depth), lambda v=v, c=c_max: c * p.x[:, sys.volume["particle"][v]]),
        )
    if sys.ageing.size:
        parts = [each for each in SIDES if each[1] or not has_foil(p.cell)]
        yield from ageing.fields(p, parts, lambda side: ("Time [s]", f"x_{'np'[side]} [m]"))
