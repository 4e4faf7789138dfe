"""Validation: comparisons of cellsim with other programs, closed forms and measurements.

To add comparisons, define a tuple LINES of `Line` in a module and add the module to MODULES.
"""

from ...errors import ReportError
from ...support.arguments import listed, shown
from ...support.renamed import by_name
from .line import KINDS, Found, Line, Outcome, Point
from .lines import (
    ageing,
    closed_forms,
    codes,
    cost,
    fast_charge,
    films,
    minnmann,
    minnmann_grains,
    percolation,
    pressure,
    rates,
    sony,
    spectra,
    vehicles,
    warm,
)

MODULES = (
    codes,
    closed_forms,
    films,
    spectra,
    percolation,
    minnmann,
    minnmann_grains,
    rates,
    pressure,
    warm,
    sony,
    fast_charge,
    cost,
    vehicles,
    ageing,
)
LINES: tuple[Line, ...] = tuple(line for module in MODULES for line in module.LINES)

__all__ = ["KINDS", "LINES", "Found", "Line", "Outcome", "Point", "validate"]


@by_name
def validate(names=(), progress=None) -> list[Outcome]:
    """Run the comparisons whose names start with one of `names`, by default all.

    progress: called with (name, completed fraction).  Raises ReportError for an unknown name, and if reference data
    are missing.
    """
    wanted = f"give names of comparisons, or their beginning, of {', '.join(line.name for line in LINES)}"
    names = (names,) if isinstance(names, str) else tuple(listed("validate: names", names, wanted, ReportError))
    for name in names:
        if not isinstance(name, str) or not name or not any(line.name.startswith(name) for line in LINES):
            raise ReportError(f"validate {shown(name)}: {wanted}")
    chosen = [line for line in LINES if not names or line.name.startswith(names)]
    outcomes = []
    for k, line in enumerate(chosen):
        if progress is not None:
            progress(line.name, k / len(chosen))
        outcomes.append(Outcome(line, line.run()))
    return outcomes
