"""What a life is given, checked; the cell and the state that it begins with; remarks that go with it."""

import re
from dataclasses import replace
from typing import Any

from ...errors import ProtocolError
from ...models import DFN, model_of
from ...models.electrodes import NEGATIVE, has_foil, phases, stated, values_of
from ...models.kinds import sized
from ...models.lithium_metal import evolves, excess
from ...parameters import Cell, load
from ...parameters.catalogue.ageing import SIDES, needed
from ...protocols import Protocol
from ...protocols.step import kelvin
from ...simulation.settings import how
from ...simulation.start import FinalState, at_start
from ...support.arguments import listed, number, shown, whole
from ...support.first_calls import machine_code_only
from .cycle_map import ages_within_runs

PLATING_VOLUMES = 10  # of the negative electrode: plated lithium varies two- to threefold through it
UNTIL = (
    'give a text such as "80% capacity", "80% equilibrium capacity" or "4 Ah", a share of the first capacity such as '
    "0.8, or None"
)


def checked(
    accuracy: Any, rtol: Any, keep: Any = (), progress: Any = None
) -> tuple[float, float | None, tuple[int, ...]]:
    """Accuracy, rtol and the cycles to keep; raises ProtocolError also for a progress that is no function."""
    _period, accuracy, checked_rtol, _budget, _steps = how(None, accuracy, rtol, 10.0, 1)
    if progress is not None and not callable(progress):
        raise ProtocolError(f"progress {shown(progress)}: give a function of the cycles done and the cycles asked for")
    wanted = "give numbers of cycles, such as [100, 500]"
    cycles = tuple(whole("keep", n, wanted) for n in listed("keep", keep, wanted, ProtocolError))
    return accuracy, checked_rtol, cycles


def aged_cell(cell: Any, ageing: Any) -> Cell:
    """The cell with options of ageing.  Raises ParameterError, and ProtocolError for one in which nothing ages."""
    found: Cell = load(cell)
    aged = found if ageing is None else found.with_ageing(ageing)
    if not ages_within_runs(aged):
        raise ProtocolError(
            f"{aged.name}: nothing ages within a run, as its parameter set turns no mechanism on; give "
            'ageing={"SEI": "solvent-diffusion limited"}, or a set with rates such as okane2022'
        )
    return aged


def fresh_start(
    cell: Cell, steps: Protocol, model: Any, temperature: Any, soc: Any, heat: Any, ambient: Any, accuracy: float
) -> FinalState:
    """The fresh cell at rest, on a mesh for the steps and for ageing; runs from there are the same bit for bit."""
    machine_code_only()
    T, around = kelvin("temperature", temperature), kelvin("ambient", ambient)
    model, accuracy = model_of(model), checked(accuracy, None)[0]
    soc = number("soc", soc, "give a state of charge from 0 to 1, or None", low=0.0, high=1.0, none=True)
    cell = sized(cell, accuracy)
    begun = at_start(cell, model, T, soc, None, heat, steps, accuracy, around)
    given = getattr(model, "volumes", None)
    if isinstance(begun.model, DFN) and given is None and begun.sys.counts["plating"]:
        n_n, n_s, n_p = begun.model.volumes or (1, 1, 1)
        finer = replace(begun.model, volumes=(max(n_n, PLATING_VOLUMES), n_s, n_p))
        begun = at_start(cell, finer, T, soc, None, heat, steps, accuracy, around)
    return FinalState(
        cell,
        begun.model,
        begun.state,
        begun.soc,
        begun.sys.T,
        begun.ambient if around is None else float(around),
        begun.temperature,
    )


def margin_of(until: Any) -> tuple[str, float] | None:
    """What ends a life: ("share", 0.8) or ("Ah", 4.0).  Raises ProtocolError."""
    if until is None:
        return None
    if isinstance(until, str):
        match = re.fullmatch(r"\s*([\d.]+)\s*(%|Ah|A\.h)\s*(of the |of )?(equilibrium )?(capacity)?\s*", until)
        if not match:
            raise ProtocolError(f"until {shown(until)}: {UNTIL}")
        value, unit = float(match[1]), match[2]
        if unit == "%":
            return "share", number("until", value / 100.0, UNTIL, above=0.0, high=1.0)
        return "Ah", number("until", value, UNTIL, above=0.0)
    return "share", number("until", until, UNTIL, above=0.0, high=1.0)


def by_equilibrium(until: Any) -> bool:
    """Whether a life is judged by its capacity at equilibrium, and not by that of its cycles."""
    return isinstance(until, str) and "equilibrium" in until


def assumed_rates(cell: Cell) -> tuple[str, ...]:
    """Remarks on rates of ageing that are used and that no one has measured, and on lithium that cannot run out."""
    methods = {row[0]: row[4] for row in cell.provenance().rows}
    notes: tuple[str, ...] = ()
    get = values_of(cell, NEGATIVE) if has_foil(cell) and evolves(cell) else None
    takes = get is not None and (get("coulombic efficiency") < 1.0 or get("interphase lithium concentration") > 0.0)
    if get is not None and takes and not get("vanishing charge") > 0.0 and not excess(cell) > 0.0:
        notes = (
            "the lithium metal is an unlimited reservoir, so that what is lost of it takes no capacity; give "
            f'"{NEGATIVE}/vanishing charge" above 0, such as 180 C/m2, or "design/lithium excess thickness", for it '
            "to run out",
        )
    assumed = [path for path in rates_used(cell) if methods.get(path) == "assumed"]
    if not assumed:
        return notes
    return (*notes, f"rates of ageing that are assumed, not measured: {', '.join(assumed)}")


def rates_used(cell: Cell) -> list[str]:
    """Paths of the rates of ageing that the mechanisms of a cell use, whether the set states them or not."""
    every = (phase for part in SIDES for phase in phases(cell, part))
    used = {stated(cell, phase, key) for phase in every for key in needed(cell.options(phase))}
    used |= {f"negative electrode/{key}" for key in OF_METAL}
    return sorted(path for path in used if path.rpartition("/")[2] in RATES)


OF_METAL = ("coulombic efficiency", "calendar interphase growth", "host fade", "short hazard", "short hazard exponent")
RATES = (
    "SEI solvent diffusivity",
    "SEI kinetic rate constant",
    "SEI reaction exchange current density",
    "SEI electron conductivity",
    "SEI lithium interstitial diffusivity",
    "lithium plating kinetic rate constant",
    "lithium plating exchange-current density",
    "dead lithium decay constant",
    "coulombic efficiency of particles",
    "cracking rate",
    "LAM constant proportional term",
    "reaction-driven LAM factor",
    "current-driven LAM factor",
    "solvent volume per SEI lithium",
    "contact loss",
    "connection loss",
    "cycling interphase growth",
    *OF_METAL,
)
