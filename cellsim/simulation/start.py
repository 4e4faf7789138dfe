"""How a run begins: at rest, or exactly where another one ended."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ..errors import ProtocolError
from ..kernels.call.record import packed_system
from ..kernels.equations.held_controls import at_terminals
from ..kernels.layout import State, System, numbers, unknowns
from ..models import default_model, soc_at_voltage
from ..models.initial import stoichiometries
from ..models.kinds import sized_as
from ..models.memo import kept
from ..models.thermal_laws import Body
from ..numerics.fields import places
from ..parameters import Cell
from ..support.arguments import shown
from .demand import STEEP, Demand, demand_at_rest, demand_going_on

COUNTED = ("Q", "E", "made", "lost", "heated")  # what a run counts from its beginning


@dataclass(frozen=True, eq=False)
class FinalState:
    """The end of a run.

    cell: the one it ran with.  model: with its mesh.  state: (N,) as in `kernels.layout.State`.  soc: state of charge.
    temperature [K]: around which the laws of the run were tabulated; ambient [K]: of the surroundings, where a step
    does not say it; cell_temperature [K]: of the cell.
    A copy in another process, or a result read from a file, has none.
    """

    cell: Cell
    model: Any
    state: np.ndarray
    soc: float
    temperature: float
    ambient: float
    cell_temperature: float

    def __reduce__(self):
        return type(None), ()

    def first(self, sys: System) -> np.ndarray:
        """The state another run begins with: charge, energy and heat are counted anew."""
        state = self._with_temperatures(sys)
        counted = unknowns(sys, state).cell
        for name in COUNTED:
            counted[name] = 0.0
        return state

    def _with_temperatures(self, sys: System) -> np.ndarray:
        """A copy of the state with the temperatures of another thermal model: all of them the mean of those before."""
        wanted = int(sys.counts["temperatures"])
        had = self.state.size - numbers(sys) + wanted
        if had == wanted:
            return self.state.copy()
        at = places(State, sys.sizes)["T"].start
        return np.concatenate([self.state[:at], np.full(wanted, self.state[at]), self.state[at + had :]])


def final_state_of(start, cell, model, temperature, soc, voltage) -> FinalState:
    """The final state of `start`, a `Result` or a `FinalState`, for a run of `cell`.

    model, temperature, soc, voltage: what `simulate` was asked for besides, which must be its defaults, or the model
    of that run.  Raises ProtocolError for anything that has no final state, for another cell, and for a second start.
    """
    found = start if isinstance(start, FinalState) else getattr(start, "final_state", None)
    if not isinstance(found, FinalState):
        raise ProtocolError(
            f"start {type(start).__name__}: give a Result that was simulated in this process; one read "
            "from a file, or sent by another process, does not hold the state of the cell"
        )
    if found.cell != cell and found.cell != sized_as(cell, found.cell):
        raise ProtocolError(
            f"start: that run is of {found.cell.name}, or of a variation of it, and not of this "
            f"{cell.name}; give start.final_state.cell as the cell"
        )
    model = None if model in (found.model, type(found.model)()) else model
    given = {"model": model, "temperature": temperature, "soc": None if soc == 1.0 else soc, "voltage": voltage}
    for name, value in given.items():
        if value is not None:
            raise ProtocolError(
                f"start and {name}: a run that goes on from another one begins as that ended; leave out {name}"
            )
    return found


def coarser(model, wanted) -> str:
    """A remark if a mesh is coarser than the one that the accuracy asks for; "" if it is not."""
    for f in fields(model):
        have, want = (np.atleast_1d(0.0 if getattr(m, f.name) is None else getattr(m, f.name)) for m in (model, wanted))
        if (have < want).any():
            return (
                f"the mesh is that of the run before, {model}, and coarser than what this one's accuracy asks for, "
                f"{wanted}; give that model to the first run"
            )
    return ""


class Ground(NamedTuple):
    """A cell on a mesh, at a temperature."""

    model: Any
    sys: System
    record: np.ndarray  # `packed_system` of it
    warms: bool  # whether heat is simulated


@lru_cache(maxsize=64)
def ground(cell: Cell, model: Any, T: float, body: Body | None) -> Ground:
    """The same, shared by runs."""
    sys = model.discretise(cell, T, body)
    return Ground(model, sys, packed_system(sys), body is not None)


class Begun(NamedTuple):
    """How a run begins."""

    model: Any
    sys: Any
    state: np.ndarray  # no one writes to it
    voltage: float  # at the terminals in that state [V]
    soc: float
    temperature: float  # of the cell [K]
    ambient: float  # of the surroundings, unless a step or the user says another one [K]
    remark: Callable[[], str] = str  # on its mesh, "" if there is nothing to say
    share: float = 1.0  # of the usual tolerance of local errors: less where a limit of a steep potential is near


def at_start(cell, model, temperature, soc, voltage, heat, protocol, accuracy, ambient=None) -> Begun:
    """At rest, at a state of charge or an open-circuit voltage [V]."""
    T = float(cell.temperature(temperature))
    if voltage is not None:
        soc = soc_at_voltage(cell, voltage, T)
    asked = kept(demand_at_rest(protocol, ambient, soc), cell, T)
    model = _meshed_for(asked, cell, default_model(cell) if model is None else model, T, accuracy)
    begun = _at_rest(cell, model, T, body_of(heat, cell), soc)
    return begun._replace(share=min((STEEP / near.steep for near in asked.near), default=1.0))


def _meshed_for(asked: Demand, cell, model, T, accuracy):
    """The model with a mesh for what is asked of it."""
    return model.resolved(cell, T, asked.rate, accuracy, asked.times, asked.temperatures, asked.near)


@lru_cache(maxsize=256)
def _meshed(cell, model, T, V, soc, protocol, accuracy, ambient):
    """The model with a mesh for the protocol, from a voltage [V] and state of charge on.  Kept, as it takes time."""
    return _meshed_for(demand_going_on(cell, T, V, soc, protocol, ambient), cell, model, T, accuracy)


@lru_cache(maxsize=64)
def _at_rest(cell, model, T, body, soc) -> Begun:
    """The same, of everything that is known; runs share it."""
    sys, state = ground(cell, model, T, body).sys, model.rested(cell, T, body, soc)
    return Begun(model, sys, state, voltage_of(sys, state), _soc_of(cell, soc), T, T)


def voltage_of(sys, state) -> float:
    """At the terminals [V]."""
    return float(voltages_of(sys, state))


def voltages_of(sys, states):
    """Of states (..., N) [V]; to hand a System to a kernel takes longer than a short run."""
    y = unknowns(sys, states)
    R_end = y.R_end[..., 0] if sys.counts["conducting"] else sys.volume["end"][-1]
    return at_terminals(sys, y.phi_s[..., -1], y.cell["I"], R_end)[0]


def going_on(end, heat, protocol, accuracy, ambient=None) -> Begun:
    """Where another run ended, on its mesh; with heat the laws are tabulated around its first temperature."""
    body, now = body_of(heat, end.cell), end.cell_temperature
    sys = ground(end.cell, end.model, now if body is None else end.temperature, body).sys
    state = end.first(sys)
    V = voltage_of(sys, state)

    def remark() -> str:
        # rounded, so that cycles of a life, which end almost alike, are looked at once
        nearly = round(V, 2), round(end.soc, 2)
        around = end.ambient if ambient is None else ambient
        return coarser(end.model, _meshed(end.cell, type(end.model)(), now, *nearly, protocol, accuracy, around))

    return Begun(end.model, sys, state, V, end.soc, now, end.ambient, remark)


def body_of(heat, cell) -> Body | None:
    """The thermal properties of the cell; None in a run without heat."""
    if heat is None or heat is False:
        return None
    from ..design.thermal import Lumped  # with all of the design of cells, which other runs do not need

    if heat is not True and not isinstance(heat, Lumped):
        raise ProtocolError(f"heat {shown(heat)}: give True, cellsim.Lumped(...) or cellsim.ThermalNetwork(...)")
    return (Lumped() if heat is True else heat).of(cell)


def _soc_of(cell, soc):
    """State of charge, from the positive stoichiometry if the run starts at printed ones."""
    if soc is not None:
        return soc
    lo, hi = (cell.value(f"positive electrode/{k} stoichiometry") for k in ("minimum", "maximum"))
    return (hi - stoichiometries(cell, None)[1]) / (hi - lo)
