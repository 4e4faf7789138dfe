"""What a simulation can be asked for: PyBaMM's variable names, computed from the stored states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np

from ...physics.constants import ZERO_CELSIUS
from ...support.arguments import near
from . import hysteresis
from .derived import converted, derived
from .fields import fields
from .health import health
from .particles import dimensionless, particles
from .phases import phase_potentials
from .potentials import against_reference, potential_fields, potentials
from .salt import currents, salt
from .series import series, temperatures
from .states import States

ALIASES = {
    "Terminal voltage [V]": "Voltage [V]",
    "Battery voltage [V]": "Voltage [V]",
    "Terminal power [W]": "Power [W]",
    "Current collector current density [A.m-2]": "Current density [A.m-2]",
    "Volume-averaged cell temperature [K]": "Cell temperature [K]",
    "X-averaged cell temperature [K]": "Cell temperature [K]",
    "Cell surface temperature [K]": "Surface temperature [K]",
    "Volume-averaged surface temperature [K]": "Surface temperature [K]",
    "Volume-averaged ambient temperature [K]": "Ambient temperature [K]",
    "Volume-averaged ambient temperature [C]": "Ambient temperature [C]",
    "Current variable [A]": "Current [A]",
    "Voltage expression [V]": "Voltage [V]",
}
# of a battery, here of one cell: name there, name here; {n} is negative and positive
OF_BATTERY = (
    ("Battery {n} electrode bulk open-circuit potential [V]", "{N} electrode bulk open-circuit potential [V]"),
    ("Battery {n} particle concentration overpotential [V]", "{N} particle concentration overpotential [V]"),
    ("X-averaged battery {n} reaction overpotential [V]", "X-averaged {n} electrode reaction overpotential [V]"),
    ("X-averaged battery {n} solid phase ohmic losses [V]", "X-averaged {n} electrode ohmic losses [V]"),
    ("Battery particle concentration overpotential [V]", "Particle concentration overpotential [V]"),
    ("Battery open-circuit voltage [V]", "Bulk open-circuit voltage [V]"),
    ("X-averaged battery reaction overpotential [V]", "X-averaged reaction overpotential [V]"),
    ("X-averaged battery solid phase ohmic losses [V]", "X-averaged solid phase ohmic losses [V]"),
    ("X-averaged battery electrolyte ohmic losses [V]", "X-averaged electrolyte ohmic losses [V]"),
    ("X-averaged battery concentration overpotential [V]", "X-averaged concentration overpotential [V]"),
)
SIDES = ("negative", "positive")
ALIASES |= {there.format(n=n): here.format(n=n, N=n.capitalize()) for there, here in OF_BATTERY for n in SIDES}
TIME = "Time [s]"
AGEING = "no such ageing was simulated: see cell.with_ageing"
NEEDS = {  # of variables whose name contains this, where no name does
    "heating": "give heat=True",
    "Loss of lithium": AGEING,
    "Loss of active": AGEING,
    "LLI": AGEING,
    "LAM": AGEING,
    "SEI": AGEING,
    "lithium plating": AGEING,
    "dead lithium": AGEING,
    "crack": AGEING,
}


def remedy(name, known):
    """What to do about a variable that a run does not have; known: the names that it has."""
    for word, need in NEEDS.items():
        if word in name and not any(word in other for other in known):
            return need
    return near(name, known)


@dataclass(frozen=True)
class Variables(Mapping):
    """Names to arrays; the first axis is time.  Computed when asked for, then kept.

    Iteration gives what tables and files keep.  More names are answered: other names and other units of the same
    numbers, see `names`.
    """

    make: Callable = field(repr=False)  # returns an iterator of name, (dimensions, function without arguments)
    met: dict = field(default_factory=dict, repr=False)  # those that the iterator has given
    kept: dict = field(default_factory=dict, repr=False)
    more: Callable | None = field(default=None, repr=False)  # as make, of names that are not iterated over
    end: Callable | None = field(default=None, repr=False)  # makes `first` of 0 and `last` of -1
    other: Callable | None = field(default=None, repr=False)  # puts other times and states in the place of these

    @cached_property
    def _others(self):
        return self.make()

    @cached_property
    def quiet(self) -> dict:
        """As `makers`, of the names that are answered besides: the same numbers in other units."""
        return {**dict(self.more() if self.more is not None else ()), **dict(converted(self))}

    def _maker(self, name):
        """(dimensions, function without arguments) of a variable; no more are made up than it takes to find it."""
        name = ALIASES.get(name, name)
        if name not in self.met:
            for other, maker in self._others:
                self.met[other] = maker
                if other == name:
                    break
        return self.met[name] if name in self.met else self.quiet[name]

    @property
    def makers(self) -> dict:
        """Name -> (dimensions, function without arguments), of all."""
        self.met.update(self._others)
        return self.met

    @classmethod
    def of(cls, cell, sys, model, t, s, soc0, at=None, ambient=None):
        """Variables of states s (times, N) at times t [s].

        at: function of a temperature [K] that gives the System there, of runs without heat whose surroundings change.
        ambient: function without arguments that gives the temperature of the surroundings (times,) [K].
        """
        parts = States(cell, sys, t, s, soc0, at)

        def make():
            yield from chain(series(parts), hysteresis.series(parts), health(parts), potentials(parts), fields(parts))

        def more():
            yield from chain(particles(parts), dimensionless(parts), salt(parts), currents(parts))
            yield from chain(potential_fields(parts), against_reference(parts), phase_potentials(parts))
            yield from chain(hysteresis.fields(parts), derived(parts))
            if not sys.heat.chain.size:
                yield from temperatures(parts)
            if ambient is not None:
                yield "Ambient temperature [K]", ((TIME,), ambient)
                yield "Ambient temperature [C]", ((TIME,), lambda: ambient() - ZERO_CELSIUS)

        def end(k):
            now = (lambda: ambient()[k:][:1]) if ambient is not None else None
            return cls.of(cell, sys, model, parts.t[k:][:1], parts.outermost(k)[None], soc0, at, now)

        def other(t, s):
            vars(parts).clear()
            States.__init__(parts, cell, sys, t, s, soc0, at)

        return cls(make, more=more, end=end, other=other)

    @classmethod
    def from_arrays(cls, arrays):
        """Variables read from a file: name -> (dimensions, array)."""
        return cls(lambda: ((name, (dims, lambda a=a: a)) for name, (dims, a) in arrays.items()))

    def rows(self, rows: slice) -> "Variables":
        """The same at some of the times; each is cut out when it is asked for."""

        def cut(makers):
            for name, (dims, _) in makers.items():
                yield name, (dims, lambda n=name, d=dims: self[n][rows] if d[:1] == (TIME,) else self[n])

        return Variables(lambda: cut(self.makers), more=lambda: cut(self.quiet))

    def last(self) -> "Variables":
        """The variables of the last state alone, as if the run began with it.

        Each is computed for one time only.  Not for what counts from the start of a run: throughput and retention.
        """
        return self.rows(slice(-1, None)) if self.end is None else self.end(-1)

    def renewed(self, t, s) -> "Variables":
        """These, of other states of the system in place of those before, which is sooner done than to make them."""
        if self.other is None:
            raise TypeError("variables of a file, or of a part of a run, have no other states")
        self.other(t, s)
        self.kept.clear()
        return self

    def first(self) -> "Variables":
        """The same of the first state, with the current of the first step."""
        return self.rows(slice(0, 1)) if self.end is None else self.end(0)

    def __reduce__(self):
        return Variables.from_arrays, ({name: (self.dims(name), self[name]) for name in self},)

    def __getitem__(self, name):
        name = ALIASES.get(name, name)
        if name not in self.kept:
            self.kept[name] = np.asarray(self._maker(name)[1](), float)
        return self.kept[name]

    def __contains__(self, name):
        try:
            self._maker(name)
        except (KeyError, TypeError):
            return False
        return True

    def dims(self, name) -> tuple:
        """Names of the axes of a variable; coordinates have their own name as only axis."""
        return self._maker(name)[0]

    def names(self) -> list:
        """All names that are answered."""
        return [*self.makers, *self.quiet, *(new for new, old in ALIASES.items() if old in self)]

    def __iter__(self):
        return iter(self.makers)

    def __len__(self):
        return len(self.makers)
