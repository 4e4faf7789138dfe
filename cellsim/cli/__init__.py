"""The command line: thin, everything it does is a few lines of Python away."""
import contextlib
import os
import sys
import warnings
from typing import Annotated, Any

import typer

from ..errors import CellsimError, CellsimWarning, SolveError
from ..support.arguments import CONTROL
from . import charges, judge, runs, tools
from .shared import app, console

__all__ = ["app", "charges", "console", "judge", "main", "runs", "tools"]
WRONG_WORDS: Any = typer.BadParameter.__mro__[2]  # ClickException, of click or of what typer brings of it
MOST_LINES, LONGEST_LINE = 40, 1000  # of a message


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
            _said(str(message), 0, "cellsim: note")

    return show


def main():
    """Entry point: errors made on purpose become one sentence and exit code 2, the solver's failures 3.

    Warnings are a line each.
    """
    for stream in (sys.stdout, sys.stderr):  # what a terminal has no sign for is no reason to fail
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", CellsimWarning)
            warnings.showwarning = _told(warnings.showwarning)
            code = app(standalone_mode=False)
            sys.stdout.flush()
    except WRONG_WORDS as fault:
        _usage(fault)
        code = fault.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _said("interrupted", 130)
    except SolveError as fault:
        code = _said(str(fault), 3)
    except CellsimError as fault:
        code = _said(str(fault), 2)
    except BrokenPipeError:  # whoever read the output has seen enough
        code = 0
        _forget_output()
    except OSError as fault:
        code = _said(f"{fault.filename or 'the output'}: cannot be written or read ({fault.strerror or fault})", 2)
        if fault.filename is None:
            _forget_output()
    except (MemoryError, RecursionError) as fault:
        code = _said(f"too much was asked for ({type(fault).__name__}); ask for less", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(fault):
    """What is wrong with the words of a command, after how it is used."""
    words, context = fault.format_message(), getattr(fault, "ctx", None)
    if type(fault).__name__ == "NoArgsIsHelpError":  # the words are the help, unless it has been printed
        print(words, end="", file=sys.stderr)
        return
    if context is not None:
        print(context.get_usage().translate(CONTROL), file=sys.stderr)
    _said(words, fault.exit_code)


def _said(words, code, before="cellsim") -> int:
    """Print a message of any length, in lines that a terminal can show, and return the code."""
    lines = words.translate(CONTROL).splitlines()
    for line in lines[:MOST_LINES]:
        print(f"{before}: {line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + ' ...'}", file=sys.stderr)
    if len(lines) > MOST_LINES:
        print(f"{before}: and {len(lines) - MOST_LINES} lines more", file=sys.stderr)
    return code


def _forget_output():
    """Nothing more is written to an output that cannot be written to, also not when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
