"""The command line.  Every command is a thin layer over a function of the Python interface."""

import contextlib
import os
import sys
import warnings
from typing import Annotated, Any

import typer

from ..errors import CellsimError, CellsimWarning, SolveError
from ..support.arguments import CONTROL
from . import charges, cost, judge, lives, many_lives, materials, runs, tools, vehicles
from .shared import app, console

__all__ = [
    "app",
    "charges",
    "console",
    "cost",
    "judge",
    "lives",
    "main",
    "many_lives",
    "materials",
    "runs",
    "tools",
    "vehicles",
]
WRONG_WORDS: Any = typer.BadParameter.__mro__[2]  # ClickException, of click or of the copy that typer contains
MOST_LINES, LONGEST_LINE = 40, 1000  # of a printed message


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        print(f"cellsim {__version__}")
        raise typer.Exit()


@app.callback()
def _options(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False) -> None:
    """Simulate electrochemical cells and check claims about them."""


def _shown_once(otherwise: Any) -> Any:
    """A function for `warnings.showwarning` that prints each CellsimWarning once; `otherwise` shows the others."""
    printed: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if not issubclass(category, CellsimWarning):
            otherwise(message, category, *where, **more)
        elif str(message) not in printed:
            printed.add(str(message))
            _print_error(str(message), 0, "cellsim: note")

    return show


def main() -> None:
    """Entry point.  Exit codes: 2 for invalid input, 3 for a failure of the solver, 130 if interrupted."""
    for stream in (sys.stdout, sys.stderr):  # characters that a terminal cannot show are replaced
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", CellsimWarning)
            warnings.showwarning = _shown_once(warnings.showwarning)
            code = app(standalone_mode=False)
            sys.stdout.flush()
    except WRONG_WORDS as fault:
        _usage(fault)
        code = fault.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _print_error("interrupted", 130)
    except SolveError as fault:
        code = _print_error(str(fault), 3)
    except CellsimError as fault:
        code = _print_error(str(fault), 2)
    except BrokenPipeError:  # the reader of the output has closed it
        code = 0
        _forget_output()
    except OSError as fault:
        place = fault.filename or "the output"
        code = _print_error(f"{place}: cannot be written or read ({fault.strerror or fault})", 2)
        if fault.filename is None:
            _forget_output()
    except (MemoryError, RecursionError) as fault:
        code = _print_error(f"out of memory ({type(fault).__name__}); reduce the size of the problem", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(fault: Any) -> None:
    """Print the usage of a command and the error in its arguments."""
    words, context = fault.format_message(), getattr(fault, "ctx", None)
    if type(fault).__name__ == "NoArgsIsHelpError":  # the message is the help text
        print(words, end="", file=sys.stderr)
        return
    if context is not None:
        print(context.get_usage().translate(CONTROL), file=sys.stderr)
    _print_error(words, fault.exit_code)


def _print_error(words: str, code: int, before: str = "cellsim") -> int:
    """Print a message to stderr, limited in length and without control characters; returns `code`."""
    lines = words.translate(CONTROL).splitlines()
    for line in lines[:MOST_LINES]:
        print(f"{before}: {line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + ' ...'}", file=sys.stderr)
    if len(lines) > MOST_LINES:
        print(f"{before}: and {len(lines) - MOST_LINES} further lines", file=sys.stderr)
    return code


def _forget_output() -> None:
    """Redirect an output that cannot be written, so that Python does not fail when it flushes it at exit."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
