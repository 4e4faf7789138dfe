"""The command line: thin, everything it does is a few lines of Python away."""
import sys
from typing import Annotated

import typer

from ..errors import CellsimError, SolveError
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


def main():
    """Entry point: errors made on purpose become one sentence and exit code 2."""
    try:
        app()
    except SolveError as fault:
        print(f"cellsim: {fault}", file=sys.stderr)
        sys.exit(3)
    except CellsimError as fault:
        print("\n".join(f"cellsim: {line}" for line in str(fault).splitlines()), file=sys.stderr)
        sys.exit(2)
