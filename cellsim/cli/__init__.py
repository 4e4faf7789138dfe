"""The command line: thin, everything it does is a few lines of Python away."""
import sys
import warnings
from typing import Annotated

import typer

from ..errors import CellsimError, CellsimWarning, SolveError
from . import charges, judge, runs, tools
from .shared import app, console

__all__ = ["app", "charges", "console", "judge", "main", "runs", "tools"]


def _version(wanted: bool):
    if wanted:
        from .. import __version__

        print(f"cellsim {__version__}")
        raise typer.Exit()


@app.callback()
def _options(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False):
    """Check battery claims from sourced parameters."""


def _told(otherwise):
    """How a warning is shown: those of cellsim in their own words, each once."""
    said: set[str] = set()

    def show(message, category, *where, **more):
        if not issubclass(category, CellsimWarning):
            otherwise(message, category, *where, **more)
        elif str(message) not in said:
            said.add(str(message))
            print("\n".join(f"cellsim: note: {line}" for line in str(message).splitlines()), file=sys.stderr)

    return show


def main():
    """Entry point: errors made on purpose become one sentence and exit code 2, warnings one line each."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", CellsimWarning)
            warnings.showwarning = _told(warnings.showwarning)
            app()
    except SolveError as fault:
        print(f"cellsim: {fault}", file=sys.stderr)
        sys.exit(3)
    except CellsimError as fault:
        print("\n".join(f"cellsim: {line}" for line in str(fault).splitlines()), file=sys.stderr)
        sys.exit(2)
