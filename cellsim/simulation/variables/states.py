"""The states of a run taken apart into unknowns, and what kernels find in them."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...kernels.equations.heats import heats_and_margins
from ...kernels.equations.held_controls import at_terminals
from ...kernels.equations.lithium_metal import lithium_states, potential_at_rest
from ...kernels.layout import unknowns
from ...kernels.records import TOUCH
from ...kernels.scratch import allocate
from ...models.electrodes import lithium_content
from ...models.graded import active_shares
from ...models.health.amounts import total
from ...models.kinds import held_by, kinds
from ...support.compile import records
from ..kept_states import Few, KeptStates, Late
from . import ageing

SIDES = (("Negative", 0), ("Positive", 1))
UNKNOWNS: dict[str, Callable] = {
    "x": lambda y: y.x,
    "c": lambda y: y.c_e,
    "phi_e": lambda y: y.phi_e,
    "phi_s": lambda y: y.phi_s,
    "j_k": lambda y: y.j,
    "I": lambda y: y.cell["I"],
    "Q": lambda y: y.cell["Q"],
    "E": lambda y: y.cell["E"],
    "T": lambda y: y.T[:, 0],
    "T_each": lambda y: y.T,
    "numbers": lambda y: y.cell,
    "end": lambda y: y.phi_s[:, -1],
    "R_end": lambda y: y.R_end,
}
KEPT = 64  # `Common` of so many systems
OF_FEW = ("I", "Q", "E", "T", "T_each", "numbers", "end", "R_end")  # of `kept_states.Few`


class Phase(NamedTuple):
    """The particles of one material in one electrode."""

    name: str  # in the names of variables: "Negative", or "Negative primary" of a composite electrode
    electrode: str  # "Negative electrode", or "Negative electrode primary"
    side: int
    path: str  # of its quantities
    kinds: tuple[int, ...]  # of particle in a volume, classes of size
    axes: tuple[str, str]  # across the electrode, in the particle


class Common:
    """What all runs of a cell on a mesh have in common."""

    def __init__(self, cell, sys):
        self.cell, self.sys, self.area = cell, sys, cell.value("cell/electrode area")
        self._content = {}

    @cached_property
    def volumes(self):
        """Which volumes are on side 0, 1 and -1, by side."""
        return [np.flatnonzero(self.sys.volume["side"] == side) for side in (0, 1, -1)]

    @cached_property
    def inside(self):
        """Weights of the shells in the mean of a particle."""
        return 3.0 * self.sys.shell["volume"]

    @cached_property
    def shares(self):
        """Active material per thickness of the volumes of either electrode over the mean."""
        return [active_shares(self.sys, side) for side in (0, 1)]

    @cached_property
    def particles(self):
        """For either electrode and each kind of particle which of all particles they are, one a volume."""
        found = []
        for side in (0, 1):
            p = self.sys.volume["particle"][self.volumes[side]]
            alone = p.size > 0 and p[0] >= 0 and (np.diff(p) == 1).all()
            found.append([slice(p[0] + k, p[-1] + k + 1) if alone else p + k for k in range(len(self.held[side]))])
        return found

    @cached_property
    def held(self):
        """Share of each kind of particle in what either electrode can hold."""
        return [held_by(self.sys, side) for side in (0, 1)]

    @cached_property
    def as_made(self):
        """The slow states of the fresh cell."""
        return ageing.as_made(self)

    def content(self, part):
        """Lithium that the particles of an electrode can hold [mol/m3]."""
        if part not in self._content:
            self._content[part] = lithium_content(self.cell, part)
        return self._content[part]


_common: dict[int, Common] = {}  # id of a System, which each keeps its own


def common_of(cell, sys):
    """The `Common` of a cell and its System, kept for the next run."""
    found = _common.get(id(sys))
    if found is None or found.cell is not cell:
        if len(_common) >= KEPT:
            _common.pop(next(iter(list(_common))), None)
        found = _common[id(sys)] = Common(cell, sys)
    return found


class States:
    """States taken apart, a row a time; t (times,) [s] and s (times, N) may be functions, s a `KeptStates`."""

    def __init__(self, cell, sys, t, s, soc0, at=None):
        self.cell, self.sys, self.soc0, self.at = cell, sys, soc0, at
        self._t, self._s = t, s
        self.common = common_of(cell, sys)
        self.area = self.common.area
        self.made = {}

    @cached_property
    def t(self):
        return self._t() if callable(self._t) else self._t

    @cached_property
    def s(self):
        return self._s() if callable(self._s) else self._s

    @cached_property
    def y(self):
        return unknowns(self.sys, self.s)

    @property
    def pieces(self):
        """The states (times, N) as they were written, step by step, as long as no one has put them together."""
        return self._s.pieces if isinstance(self._s, Late) and "s" not in self.__dict__ else [self.s]

    def outermost(self, k):
        """The first state (N,) for k = 0, the last one for -1."""
        of = self._s
        return (of.first, of.final)[k] if isinstance(of, KeptStates) else self.pieces[k][k]

    def of_all(self, take):
        """take(unknowns) of all states (times, ...): whole states are not put together for it."""
        found = [take(unknowns(self.sys, s)) for s in self.pieces]
        return found[0] if len(found) == 1 else np.concatenate(found)

    @cached_property
    def few(self):
        """What needs no whole states."""
        if isinstance(self._s, KeptStates):
            return self._s.few()
        if len(self.pieces) == 1:
            return self.y
        columns = Few.columns(self.sys)
        return Few(self.sys, np.concatenate([s[:, columns] for s in self.pieces]))

    def __getattr__(self, name):
        """The unknowns, each a view that is made when it is first asked for."""
        if name not in UNKNOWNS:
            raise AttributeError(name)
        found = UNKNOWNS[name](self.few if name in OF_FEW else self.y)
        setattr(self, name, found)
        return found

    def _looked_at(self, kernel, width, *more):
        """What a kernel (system, states, scratch memory, *more, out) finds in all states; (times, width)."""
        if self.at is None:
            out, work, at = np.zeros((len(self.t), width)), allocate(self.sys), 0
            for s in self.pieces:
                here = slice(at, at + len(s))
                kernel(self.sys, s, work, *(x[here] for x in more), out[here])
                at += len(s)
            return out
        out = np.zeros((len(self.s), width))
        for T in np.unique(self.T):
            rows, part = np.flatnonzero(self.T == T), np.zeros((np.count_nonzero(self.T == T), width))
            sys = self.at(float(T))
            kernel(sys, self.s[rows], allocate(sys), *(x[rows] for x in more), part)
            out[rows] = part
        return out

    @cached_property
    def phases(self):
        """Of both electrodes, those of lithium metal left out."""
        found = []
        for (name, side), of_side in zip(SIDES, kinds(self.cell), strict=True):
            letter = name[0].lower()
            for path in dict.fromkeys(kind.phase for kind in of_side):
                which = path.partition("/")[2]
                depth = f"r_{letter}_{which} [m]" if which else f"r_{letter} [m]"
                found.append(
                    Phase(
                        f"{name} {which}".strip(),
                        f"{name} electrode {which}".strip(),
                        side,
                        path,
                        tuple(k for k, kind in enumerate(of_side) if kind.phase == path),
                        (f"x_{letter} [m]", depth),
                    )
                )
        return found

    @cached_property
    def j(self):
        """Reaction current per reacting surface, of all kinds of particle together (times, volumes) [A/m2]."""
        if self.sys.counts["kinds"] == 1:
            return self.j_k[:, 0]
        total = self.j_k[:, 0].copy()
        for side in (0, 1):
            v = self.volumes(side)
            kinds = range(self.sys.volume["kinds"][v[0]])
            if kinds:
                total[:, v] = sum(self.share(side, k) * self.j_k[:, k, v] for k in kinds)
        return total

    def share(self, side, k):
        """Share of one kind of particle in the surface of its volumes; (times, volumes) where material is lost."""
        return self._part(self.sys.grain["share"], side, k)

    def held(self, side, k):
        """Share of one kind of particle in what an electrode can hold; (times, volumes) where material is lost."""
        return self._part(self.common.held[side], side, k, 0)

    def _part(self, made, side, k, first=None):
        """What is left of one kind over what is left of all, of shares as made, which begin at `first`."""
        v = self.volumes(side)
        first = self.sys.volume["particle"][v[0]] if first is None else first
        if not self.sys.counts["loss"]:
            return made[first + k]
        kinds = range(self.sys.volume["kinds"][v[0]])
        left = [made[first + q] * ageing.active_fraction(self, side, q) for q in kinds]
        return left[k] / sum(left)

    def voltage(self):
        return at_terminals(self.sys, self.end, self.I, self.to_collector)[0]

    @property
    def to_collector(self):
        """Electronic resistance of the last volume to the current collector [Ohm m2]; (times,) where it varies."""
        return self.R_end[:, 0] if self.sys.counts["conducting"] else self.sys.volume["end"][-1]

    @cached_property
    def heats(self):
        """Irreversible, reversible heat [W/m2], margins to plating [V] and critical current [A/m2], heat of mixing.

        And the volume of the margin to plating; (times, 6).
        """
        return self._looked_at(heats_and_margins, 6, np.ascontiguousarray(self.voltage()))

    @cached_property
    def foil(self):
        """Lithium as metal and in the host [C/m2], active share, pressure [Pa], interphase [Ohm m2]; (times, 5)."""
        return self._looked_at(lithium_states, 5)

    @cached_property
    def interface(self):
        """Of evolving lithium, per contact area: resistance [Ohm m2], share in contact, potential at rest [V]."""
        out, row, now = np.zeros((len(self.s), 3)), np.zeros((1, 5)), records(np.zeros(1, TOUCH))
        for k, T in enumerate(self.T):
            sys = self.sys if self.at is None else self.at(float(T))
            work = allocate(sys)
            lithium_states(sys, self.s[k : k + 1], work, row)
            out[k, :2] = work.foil[0]["R"], work.foil[0]["active"]
            if sys.foil["vanishing"][0] > 0.0:
                out[k, 2] = potential_at_rest(sys.foil, float(self.numbers["lithium"][k]), float(T), now)
        return out

    def volumes(self, side):
        return self.common.volumes[side]

    def once(self, make, *arguments):
        """make(self, *arguments), which several variables are made of, computed when it is first asked for."""
        key = (make, *arguments)
        if key not in self.made:
            self.made[key] = make(self, *arguments)
        return self.made[key]

    def is_foil(self, side):
        """Whether an electrode is lithium metal, which has no particles."""
        return self.sys.volume["particle"][self.volumes(side)[0]] < 0 if side >= 0 else False

    def column_of_T(self, field):
        """Temperatures that multiply a field (times, ...) row by row [K]."""
        return self.T.reshape(-1, *(1,) * (field.ndim - 1))

    def average(self, field, side):
        """Average (times,) of a field (times, volumes) over the thickness of one layer."""
        dx = self.sys.volume["dx"][self.volumes(side)]
        return total(field * dx) / dx.sum()

    def rows(self, phase, k):
        """The particles of a phase that are of one kind, one a volume."""
        return self.sys.volume["particle"][self.volumes(phase.side)] + k

    def weighted(self, phase, field, by_volume=False):
        """Average of field(rows of particles) over the kinds of a phase, by their surface or by their volume."""
        if len(phase.kinds) == 1:
            return field(self.rows(phase, phase.kinds[0]))
        one = self.sys.grain[[self.rows(phase, k)[0] for k in phase.kinds]]
        weight = one["share"] * (one["R_p"] if by_volume else 1.0)
        if not self.sys.counts["loss"]:
            return sum(w * field(self.rows(phase, k)) for w, k in zip(weight / weight.sum(), phase.kinds, strict=True))
        left = [w * ageing.active_fraction(self, phase.side, k) for w, k in zip(weight, phase.kinds, strict=True)]
        each = [field(self.rows(phase, k)) for k in phase.kinds]
        over = (lambda w: w[..., None]) if each[0].ndim > left[0].ndim else (lambda w: w)
        return sum(over(w / sum(left)) * x for w, x in zip(left, each, strict=True))

    def within(self, phase):
        """Stoichiometry in the particles of a phase (times, volumes, shells)."""
        return self.weighted(phase, lambda rows: self.x[:, rows], by_volume=True)

    def surface(self, phase):
        """Stoichiometry at the particle surfaces of a phase (times, volumes)."""
        return self.weighted(phase, lambda rows: self.x[:, rows, -1])

    def mean_of(self, phase):
        """Mean stoichiometry of the particles of a phase (times, volumes)."""
        return self.weighted(phase, lambda rows: self.x[:, rows] @ (3.0 * self.sys.shell["volume"]), by_volume=True)

    def mean(self, side):
        """Lithium in all particles of one electrode over what they can hold (times, volumes)."""
        of_kind, inside = self.common.particles[side], self.common.inside
        if self.sys.counts["loss"] and len(of_kind) > 1:
            each = [self.of_all(lambda y, p=p: y.x[:, p] @ inside) for p in of_kind]
            return sum(self.held(side, k) * x for k, x in enumerate(each))
        held = self.common.held[side]
        return self.of_all(lambda y: sum(w * (y.x[:, p] @ inside) for w, p in zip(held, of_kind, strict=True)))

    def per_surface(self, phase):
        """Reaction current of a phase per its own surface (times, volumes) [A/m2]."""
        v = self.volumes(phase.side)
        share = [self.share(phase.side, k) for k in phase.kinds]
        return sum(w * self.j_k[:, k, v] for w, k in zip(share, phase.kinds, strict=True)) / sum(share)

    def surface_per_volume(self, phase):
        """Reacting surface of a phase per volume of its electrode (volumes,), or (times, volumes) where lost [1/m]."""
        v = self.volumes(phase.side)
        made = (self.sys.grain["share"][self.rows(phase, k)[0]] for k in phase.kinds)
        left = [ageing.active_fraction(self, phase.side, k) for k in phase.kinds]
        share = sum(w * one for w, one in zip(made, left, strict=True))
        return share * self.sys.volume["area"][v] / self.sys.volume["dx"][v]

    def lithium(self, part, side):
        """Lithium held by an electrode's particles [mol]."""
        v = self.volumes(side)
        # one volume stands for the whole electrode in the single-particle model
        share = 1.0
        if self.sys.counts["loss"]:
            share = sum(w * ageing.active_fraction(self, side, k) for k, w in enumerate(self.common.held[side]))
        return (
            self.area
            * self.common.content(part)
            * total(share * self.once(States.mean, side) * (self.common.shares[side] * self.sys.volume["dx"][v]))
        )
