"""Ends of a run that are asked for after each cycle, by functions of what the cycle came to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import ProtocolError
from ..protocols.language.termination import WANTED
from ..support.arguments import listed
from .history.cycles import rows_of
from .result import Result
from .variables import Variables

Ask = Callable[[Mapping[str, float]], bool]


def parted(termination: Any) -> tuple[list[Any], list[Ask]]:
    """What describes conditions of a protocol, and the functions to ask after each cycle.  Raises ProtocolError."""
    if termination is None:
        return [], []
    if isinstance(termination, str) or callable(termination):
        termination = [termination]
    given = listed("termination", termination, f"{WANTED}, or a function of the summary of a cycle")
    for ask in given:
        if isinstance(ask, type):
            raise ProtocolError(f"termination: the class {ask.__name__}: {WANTED}, or a function")
    return [x for x in given if not callable(x)], [x for x in given if callable(x)]


class Cycle:
    """The steps of the present cycle of a run, as long as it lasts."""

    def __init__(self, asks: Sequence[Ask]) -> None:
        self.asks = asks
        self.done: list[tuple[Any, Any, Any]] = []  # outcome, times [s], states of each step
        self.charge, self.energy = 0.0, 0.0  # before this cycle [A.h, W.h]

    def take(self, outcome: Any, times: Any, states: Any) -> None:
        """One more step."""
        self.done.append((outcome, times, states))

    def reason(self, run: Any) -> str:
        """Why the run ends after this cycle, "" if it does not; the next step begins a cycle."""
        outcomes, times, states = zip(*self.done, strict=True)
        rows = np.repeat(np.arange(len(times)), [len(t) for t in times])
        variables = Variables.of(run.cell, run.sys, run.model, np.concatenate(times), np.concatenate(states), run.soc0)
        result = Result(run.cell.name, type(run.model).__name__, run.sys.T, rows, outcomes, variables)
        row = rows_of(result, self.charge, self.energy)[-1]
        self.charge, self.energy = row["Throughput capacity [A.h]"], row["Throughput energy [W.h]"]
        self.done = []
        for ask in self.asks:
            if ask(row):
                name = getattr(ask, "__name__", type(ask).__name__)
                return f"ended by termination: {name} holds after cycle {row['Cycle number']}"
        return ""
