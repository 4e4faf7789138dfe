"""How fast simulations are on this machine."""

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ..models import DFN, SPM, SPMe
from ..parameters import load
from ..protocols import charge, discharge, hold
from ..simulation.run import simulate
from ..support.first_calls import machine_code_only


@dataclass(frozen=True)
class Speed:
    """What one kind of run costs on one core."""

    model: str
    protocol: str
    milliseconds: float  # of processor time, median of all runs
    times: int  # stored in the result, about two a time step
    runs: int  # that were measured

    @property
    def runs_per_second(self) -> float:
        """Runs in a second on one core."""
        return 1e3 / self.milliseconds


def bench(cell="lgm50_chen2020", seconds=0.5) -> list[Speed]:
    """Time the models on `cell`: 1C discharges from full, and a CC-CV charge from 10 %.

    cell: a `Cell`, the name of a packaged parameter set, or the path of one.
    seconds: processor time spent on each row, at least three runs; compilation comes on top the first time.

    A run is all of `simulate`, from the parameters to the voltage.  Raises as `simulate` does.
    """
    machine_code_only()
    cell = load(cell)
    top = cell.value("cell/upper voltage cut-off")
    down, up = ("discharge 1C", [discharge(1.0)], 1.0), ("CC-CV charge 1C", [charge(1.0), hold(top)], 0.1)
    return [
        _row(cell, model, *protocol, seconds)
        for model, protocol in ((DFN(), down), (SPMe(), down), (SPM(), down), (DFN(), up))
    ]


def _row(cell, model, protocol, steps, soc, seconds) -> Speed:
    run = lambda: simulate(cell, steps, model, soc=soc)["Voltage [V]"]  # noqa: E731
    times = run().size
    spent: list[float] = []
    while len(spent) < 3 or sum(spent) < seconds:
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return Speed(type(model).__name__, protocol, 1e3 * median(spent), times, len(spent))


def machine() -> str:
    """The processor's name and the number of cores."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor() or platform.machine()}, {os.cpu_count()} cores"
