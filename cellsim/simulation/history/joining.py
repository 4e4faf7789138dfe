"""A run and the one that went on where it ended, as one result."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import ReportError
from ..variables import Variables

# what a run counts from its beginning
COUNTED = (
    "Time [s]",
    "Discharge capacity [A.h]",
    "Discharge energy [W.h]",
    "Throughput capacity [A.h]",
    "Throughput energy [W.h]",
    "Heat generated [J]",
    "Heat lost to surroundings [J]",
    "Heater energy [J]",
)
# what does not jump when the current does
STEADY = (
    "Electrolyte concentration [mol.m-3]",
    "Negative particle concentration [mol.m-3]",
    "Positive particle concentration [mol.m-3]",
)
CLOSE = 1e-9  # of the largest value: the same numbers, through files and units


def joined(first: Any, second: Any) -> Any:
    """Both runs as one `Result`; raises ReportError where the second did not begin at the end of the first."""
    _check(first, second)
    end, cycles = float(first.t[-1]), max((s.cycle for s in first.steps), default=0)
    later = (
        replace(s, t_start=s.t_start + end, t_end=s.t_end + end, cycle=s.cycle + cycles if s.cycle and cycles else 0)
        for s in second.steps
    )
    return replace(
        first,
        step_index=np.concatenate([first.step_index, second.step_index + len(first.steps)]),
        steps=(*first.steps, *later),
        variables=Variables(
            lambda: _variables(first.variables, second.variables, first.variables.makers, second.variables.makers),
            more=lambda: _variables(first.variables, second.variables, first.variables.quiet, second.variables.quiet),
        ),
        termination=second.termination,
        _remarks=lambda: tuple(dict.fromkeys((*first.remarks, *second.remarks))),
        final_state=second.final_state,
        _basis=lambda: _basis(first.basis, second.basis),
    )


def _check(first: Any, second: Any) -> None:
    """Raise ReportError unless the state at the start of the second is that at the end of the first."""
    for what in ("cell", "model"):
        a, b = getattr(first, what), getattr(second, what)
        if a != b:
            raise ReportError(f"results of {a} and of {b} cannot be joined; join a run and its continuation")
    steady = [name for name in STEADY if name in first.variables and name in second.variables]
    if not steady:
        raise ReportError(
            "results without concentrations in space cannot be joined, as nothing says that the second run began "
            "where the first ended; join the results of simulate, or save them as .nc"
        )
    for name in steady:
        a, b = first[name][-1], second[name][0]
        if a.shape != b.shape or np.max(np.abs(a - b)) > CLOSE * np.max(np.abs(a)):
            raise ReportError(
                "the second run did not begin where the first ended: "
                f"{name} differs; give it start=result, the first one, and join the two"
            )


def _variables(a: Variables, b: Variables, of_a: Mapping[str, Any], of_b: Any) -> Iterator[tuple[str, Any]]:
    """Those of both that are among the given names of either."""
    for name in of_a:
        if name not in of_b:
            continue
        dims = a.dims(name)
        if dims[:1] != ("Time [s]",):
            yield name, (dims, lambda n=name: a[n])
        else:
            yield name, (dims, lambda n=name: np.concatenate([a[n], b[n] + (a[n][-1] if n in COUNTED else 0.0)]))


def _basis(a: Mapping[str, Any] | None, b: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What both rest on."""
    if a is None or b is None:
        return None
    return {**b, "uses": list(dict.fromkeys((*a["uses"], *b["uses"])))}
