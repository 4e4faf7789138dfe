"""Charge studies: cells, protocols and temperatures side by side, one row for each charge."""

import math
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...design.thermal import Lumped
from ...ensemble.engine import Progress
from ...ensemble.resumable import run_resumably
from ...errors import CellsimError, ParameterError, ProtocolError
from ...kernels.call.calls import Coroutine
from ...models.initial import capacity_between_cutoffs, open_circuit_voltage
from ...parameters import Cell, load
from ...physics.constants import ZERO_CELSIUS
from ...simulation.result import Result
from ...simulation.run import simulate_coroutine
from ...support.arguments import listed, number, numbers, text
from ...support.files import optional
from ...support.renamed import by_name
from .axes import COLDEST, CRITICAL, KELVIN, PLATING, celsius, in_celsius, kelvin
from .constrained import WITHIN, check_window, constrained_charge_coroutine
from .constraints import limits_of
from .named_protocols import named
from .short_probability import probability_of_short
from .wear import lost_in

PROTOCOLS = ("cc-cv 1C", "cc-cv 2C", "fastest")
LIMITS = "plating margin >= 0 mV, critical current margin >= 0 mA/cm2, temperature <= 55 degC, current <= 4C"
# how far below 0 a margin that is held there may stray by the solver's errors: as far as it is held inside [V, A/m2]
STRAYS = {PLATING: WITHIN["plating margin"], CRITICAL: WITHIN["critical current margin"]}


@dataclass(frozen=True)
class Charge:
    """One charge.  NaN stands for what the cell does not state or the run does not have.

    minutes: from the start of the protocol to the state of charge asked for; infinite if it was not reached.
    peak_temperature [K].  plating [mV], critical [mA/cm²]: the least margin; minutes_plating, minutes_critical: how
    long it was below 0 by more than it STRAYS when it is held there.
    short: probability of a short through a flaw of the separator.
    efficiency: energy of the open circuit between the two states of charge over the energy taken in.
    lost_film, lost_dead, lost_active [mAh]: lithium that this charge of the fresh cell took for good, into films, as
    dead lithium and in lost active material; `charge_wear` measures a cycle that is typical.
    heat, heater [Wh].  ending: of the last step, in words, or why there was no run.
    """

    cell: str
    protocol: str
    start_temperature: float  # K, also of the surroundings unless the study gives those another
    minutes: float = math.nan
    peak_temperature: float = math.nan
    plating: float = math.nan
    minutes_plating: float = math.nan
    critical: float = math.nan
    minutes_critical: float = math.nan
    short: float = math.nan
    efficiency: float = math.nan
    heat: float = math.nan
    heater: float = math.nan
    lost_film: float = math.nan
    lost_dead: float = math.nan
    lost_active: float = math.nan
    ending: str = ""

    temperature = in_celsius("temperature", "start_temperature")
    peak = in_celsius("peak", "peak_temperature")

    @property
    def lost(self) -> float:
        """Lithium that this charge took for good [mAh]; NaN of a cell in which nothing ages."""
        return self.lost_film + self.lost_dead + self.lost_active

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Fields as they are; temperatures of version 0.1.0 were in degC, under other names."""
        for old, new in (("temperature", "start_temperature"), ("peak", "peak_temperature")):
            if old in state:
                state = {key: value for key, value in state.items() if key != old} | {new: state[old] + ZERO_CELSIUS}
        self.__dict__.update(state)


class Runs(dict[tuple[str, str, float], Result]):
    """Results by (cell, protocol, temperature [K])."""

    def __missing__(self, key: Any) -> Result:
        """Of a temperature in degC, as version 0.1.0 had them, with a DeprecationWarning."""
        if isinstance(key, tuple) and len(key) == 3 and isinstance(key[2], int | float) and key[2] < COLDEST:
            for cell, protocol, T in self:
                if (cell, protocol) == key[:2] and abs(T - ZERO_CELSIUS - key[2]) < 1e-6:
                    warnings.warn(
                        f"results[..., {key[2]:g}]: temperatures are in kelvin, this one is {T:g}; degrees Celsius "
                        "work until the next release",
                        DeprecationWarning,
                        stacklevel=2,
                    )
                    return self[cell, protocol, T]
        raise KeyError(key)


@dataclass(frozen=True)
class ChargeStudy:
    """What came out of `charge_study`; results: of charges that were run, not read again, by (cell, protocol, K)."""

    charges: tuple[Charge, ...]
    results: Runs
    start: float
    end: float
    limits: str

    def to_pandas(self):
        """A DataFrame, one row a charge."""
        return optional("pandas").DataFrame([asdict(c) for c in self.charges])

    def plot_wear(self, path=None):
        """Lithium lost over the time of each charge, as a matplotlib Figure; a line joins those that none beats.

        Raises ReportError if nothing ages.
        """
        from .plots_study import plot_lost

        return plot_lost(self, path)

    def plot(self, path=None):
        """Current, voltage, temperature and margins over the state of charge, as a matplotlib Figure."""
        from .plots_study import plot_study

        return plot_study(self, path)

    def __repr__(self):
        return "\n".join(
            f"{c.cell}, {c.protocol}, {celsius(c.start_temperature):g} °C: {c.minutes:.1f} min, {c.ending}"
            for c in self.charges
        )


@by_name
def charge_study(
    cells,
    protocols: Iterable[str] = PROTOCOLS,
    temperatures: Iterable[float] = (298.15,),
    *,
    start=0.1,
    end=0.8,
    limits: str = LIMITS,
    cooling: float | None = None,
    ambient: float | None = None,
    path=None,
    progress: Progress = None,
    accuracy=1e-3,
    threads: int | None = None,
    processes: int | None = None,
) -> ChargeStudy:
    """Charge each cell by each protocol at each temperature, with heat.

    cells: names, paths or `Cell`s.  protocols: names of studies.charging_protocols with a rate ("cc-cv 2C"),
    "fastest", or text of the protocol language.  temperatures [K]: at the start, and of the surroundings unless
    `ambient` [K] is given.
    start, end: states of charge (0..1).  limits: what "fastest" keeps to.  cooling [W/m2/K].
    path: `.parquet` or `.csv`: rows are saved as they come, and an interrupted study is resumed where it stopped.
    progress: True for a bar, or a function called with the numbers of charges done and in all.
    threads: to run kernels in, as many as processors unless given; processes: so many of them instead.
    A charge that fails is a row with the reason.
    Raises ProtocolError and ParameterError for what cannot be understood, before anything is run.
    """
    check_window(start, end)
    wanted = "give names of charge protocols or texts of steps, such as ['cc-cv 1C', 'fastest']"
    protocols = [protocols] if isinstance(protocols, str) else listed("protocols", protocols, wanted)
    protocols = [text("protocols", said, wanted) for said in protocols]
    temperatures = [kelvin("temperatures", T) for T in numbers("temperatures", temperatures, KELVIN)]
    ambient = None if ambient is None else kelvin("ambient", ambient)
    number("cooling", cooling, "give W/m2/K, zero or more", low=0.0, none=True)
    number("accuracy", accuracy, "choose between 1e-6 and 0.1 V", low=1e-6, high=0.1)
    cells = [cells] if isinstance(cells, str | Path | Cell) else listed("cells", cells, "give names, paths or Cells")
    if not cells or not protocols:
        raise ProtocolError("charge study: give at least one cell and one protocol")
    known = _labelled(cells)
    for cell in known.values():
        limits_of(limits, cell)
        for said in protocols:
            named(cell, said, start, end)
    results: dict[tuple, Result] = {}
    setting = {
        "start": start,
        "end": end,
        "limits": limits,
        "cooling": cooling,
        "ambient": ambient,
        "accuracy": accuracy,
    }
    cases = [
        {"cell": name, "protocol": said, "start_temperature": T, **setting, "values": cell.digest()}
        for name, cell in known.items()
        for said in protocols
        for T in temperatures
    ]

    def row_of(case: dict, found: tuple[Charge, Result | None]) -> dict:
        if found[1] is not None:
            results[case["cell"], case["protocol"], case["start_temperature"]] = found[1]
        return {k: v for k, v in asdict(found[0]).items() if k not in case}

    def failed(case: dict, why: str) -> dict:
        return row_of(case, (Charge(case["cell"], case["protocol"], case["start_temperature"], ending=why), None))

    rows = run_resumably(
        cases,
        partial(_of_study, known),
        path,
        progress,
        row_of=row_of,
        failed=failed,
        threads=threads,
        processes=processes,
    )
    keys = ((row["cell"], row["protocol"], row["start_temperature"]) for row in rows)
    runs = Runs((key, results[key]) for key in keys if key in results)  # in the order of the rows
    names = {f.name for f in fields(Charge)}
    return ChargeStudy(
        tuple(Charge(**{k: v for k, v in row.items() if k in names}) for row in rows), runs, start, end, limits
    )


def _labelled(cells) -> dict[str, Cell]:
    """Cells by name, or by path; a number tells those apart that have the same, such as variations of a cell."""
    said = [c.name if isinstance(c, Cell) else str(c) for c in cells]
    return {
        name if said.count(name) == 1 else f"{name} ({said[: k + 1].count(name)})": load(c)
        for k, (name, c) in enumerate(zip(said, cells, strict=True))
    }


def _of_study(cells: dict[str, Cell], case: dict) -> Coroutine[tuple[Charge, Result | None]]:
    return _one(cells[case["cell"]], case)


def _one(cell: Cell, case: dict) -> Coroutine[tuple[Charge, Result | None]]:
    """One case: its figures, and the run unless there is none."""
    row = {"cell": case["cell"], "protocol": case["protocol"], "start_temperature": case["start_temperature"]}
    how = {
        "temperature": case["start_temperature"],
        "heat": Lumped(heat_transfer_coefficient=case["cooling"]),
        "ambient": case["ambient"],
        "accuracy": case["accuracy"],
    }
    protocol = named(cell, case["protocol"], case["start"], case["end"])
    why = ""
    result: Result | None
    try:
        if protocol is None:
            along = yield from constrained_charge_coroutine(
                cell, limits_of(case["limits"], cell), soc=case["start"], to=case["end"], **how
            )
            result, why = along.result, along.reason
        else:
            result = yield from simulate_coroutine(cell, protocol, soc=case["start"], **how)
    except CellsimError as fault:
        result, why = getattr(fault, "result", None), str(fault)  # of a solver's failure up to there, if it began
        if result is None:
            return Charge(**row, ending=why), None
    found = judge(cell, result, case["start"], case["end"], row)
    return replace(found, ending=why or found.ending), result


def minutes_to(result, end) -> float:
    """When a run first has a state of charge [min]; infinite if it never does."""
    there = np.flatnonzero(result["State of charge"] >= end - 1e-6)
    return float(result.t[there[0]]) / 60.0 if there.size else math.inf


def judge(cell, result, start, end, row) -> Charge:
    """The figures of a charge from its run."""
    margins = {name: result[name] if name in result.variables else None for name in (PLATING, CRITICAL)}
    below = {
        name: math.nan if y is None else result.time_below(name, -STRAYS[name]) / 60.0 for name, y in margins.items()
    }
    least = {name: math.nan if y is None else float(y.min()) for name, y in margins.items()}
    try:
        short = probability_of_short(cell, result)
    except ParameterError:
        short = math.nan
    z = np.linspace(start, min(end, float(result["State of charge"][-1])), 201)
    stored = float(np.trapezoid(open_circuit_voltage(cell, z, result.temperature), z)) * capacity_between_cutoffs(cell)
    taken = result.charge_energy
    taken_away: dict[str, Any] = lost_in(cell, result)
    return Charge(
        **row,
        minutes=minutes_to(result, end),
        peak_temperature=float(result["Cell temperature [K]"].max()),
        plating=1e3 * least[PLATING],
        minutes_plating=below[PLATING],
        critical=0.1 * least[CRITICAL],
        minutes_critical=below[CRITICAL],
        short=short,
        efficiency=stored / taken if taken > 0.0 else math.nan,
        heat=float(result["Heat generated [J]"][-1]) / 3600.0,
        heater=float(result["Heater energy [J]"][-1]) / 3600.0,
        ending=result.steps[-1].message,
        **taken_away,
    )
