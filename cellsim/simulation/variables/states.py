"""The states of a run taken apart into unknowns, and what kernels find in them."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from ...kernels.equations.heats import heats_and_margins
from ...kernels.equations.held_controls import at_terminals
from ...kernels.equations.lithium_metal import lithium_states
from ...kernels.layout import unknowns
from ...kernels.scratch import allocate
from ...models.electrodes import lithium_content
from . import ageing

SIDES = (("Negative", 0), ("Positive", 1))
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


class States:
    """A state array taken apart; one row per time."""

    def __init__(self, cell, sys, t, s, soc0, at=None):
        self.cell, self.sys, self.t, self.s, self.soc0, self.at = cell, sys, t, s, soc0, at
        self.area = cell.value("cell/electrode area")
        self.y = unknowns(sys, s)
        self.made = {}

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

    def once(self, make, *arguments):
        """make(self, *arguments), which several variables are made of, computed when it is first asked for."""
        key = (make, *arguments)
        if key not in self.made:
            self.made[key] = make(self, *arguments)
        return self.made[key]

    def is_foil(self, side):
        """Whether an electrode is lithium metal, which has no particles."""
        return self.sys.volume["particle"][self.volumes(side)[0]] < 0 if side >= 0 else False

    def average(self, field, side):
        """Average (times,) of a field (times, volumes) over the thickness of one layer."""
        dx = self.sys.volume["dx"][self.volumes(side)]
        return field @ dx / dx.sum()

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
