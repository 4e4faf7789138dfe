"""The validation: every comparison of cellsim with other programs, closed forms and measurements.

To add lines, give a module a tuple LINES of `Line` and name it in MODULES.
"""
from ...errors import ReportError
from ...support.arguments import listed, shown
from .line import KINDS, Found, Line, Outcome, Point
from .lines import (
    closed_forms,
    codes,
    fast_charge,
    films,
    minnmann,
    percolation,
    pressure,
    rates,
    sony,
    spectra,
    warm,
)

MODULES = (codes, closed_forms, films, spectra, percolation, minnmann, rates, pressure, warm, sony, fast_charge)
LINES: tuple[Line, ...] = tuple(line for module in MODULES for line in module.LINES)

__all__ = ["KINDS", "LINES", "Found", "Line", "Outcome", "Point", "validate"]


def validate(names=(), progress=None) -> list[Outcome]:
    """Run the lines whose names start with one of `names` (all by default) and say what came out.

    progress: called with (name, share done).  Raises ReportError for a name that no line has, and if reference
    data are not at hand.
    """
    wanted = f"give names of lines, or how they begin, of {', '.join(line.name for line in LINES)}"
    names = (names,) if isinstance(names, str) else tuple(listed("validate: names", names, wanted, ReportError))
    for name in names:
        if not isinstance(name, str) or not name or not any(line.name.startswith(name) for line in LINES):
            raise ReportError(f"validate {shown(name)}: {wanted}")
    chosen = [line for line in LINES if not names or line.name.startswith(names)]
    found = []
    for k, line in enumerate(chosen):
        if progress is not None:
            progress(line.name, k / len(chosen))
        found.append(Outcome(line, line.run()))
    return found
