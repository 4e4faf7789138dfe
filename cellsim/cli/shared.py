"""What the commands share: the app, the terminal, and how words and numbers pass between them and a user."""
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..errors import ProtocolError
from ..files import read_text

app = typer.Typer(help="Check battery claims from sourced parameters.", no_args_is_help=True,
                  pretty_exceptions_enable=False, add_completion=False)
console = Console()
TABLES, PICTURES = (".csv", ".parquet"), (".png", ".svg", ".pdf")  # kinds of files that are written


def say(text, **how):
    """Print words, the user's among them: never markup, nothing coloured by guesswork."""
    console.print(text, markup=False, highlight=False, **how)


def with_progress(run, question):
    """Run a study under a progress bar (none where the output is not a terminal)."""
    from .._jit import SOLVER, announce

    announce(SOLVER)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    errors = Console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        task = bars.add_task("cellsim", total=1.0)
        return run(question, progress=lambda what, done: bars.update(task, description=what, completed=done))


def positive(option, number):
    if number is not None and not 0.0 < number <= 20.0:
        raise ProtocolError(f"{option} {number:g}: give a rate above 0 and at most 20")
    return number


def kelvin(celsius, option="--temperature"):
    """Degrees Celsius in kelvin; None stays None."""
    if celsius is None:
        return None
    if not -73.0 <= celsius <= 127.0:
        raise ProtocolError(f"{option} {celsius:g}: give degrees Celsius between -73 and 127")
    return celsius + 273.15


def text_of(said):
    """The words themselves, or those of a file."""
    path = Path(said) if "\n" not in said and len(said) < 200 else None
    return read_text(path, ProtocolError, 1_000_000) if path is not None and path.is_file() else said


def model_of(name):
    """A model by name, or None for the one that suits the cell."""
    import cellsim

    if name not in (None, "DFN", "SPMe", "SPM", "ThinFilm"):
        raise ProtocolError(f"--model {name!r}: choose one of DFN, SPMe, SPM, ThinFilm")
    return getattr(cellsim, name)() if name else None
