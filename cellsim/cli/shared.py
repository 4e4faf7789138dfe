"""What the commands share: the app, the terminal, and how words and numbers pass between them and a user."""
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..errors import ProtocolError, ReportError
from ..models import MODELS
from ..models import model_of as _model_of
from ..support.arguments import CONTROL, number, shown
from ..support.files import read_text

app = typer.Typer(help="Check battery claims from sourced parameters.", no_args_is_help=True,
                  pretty_exceptions_enable=False, add_completion=False)
TABLES, PICTURES = (".csv", ".parquet"), (".png", ".svg", ".pdf")  # kinds of files that are written
LARGEST = 1_000_000  # bytes of a protocol that is read from a file


class _Plain(Console):
    """A terminal to which words of the user send no commands."""

    def render(self, renderable, options=None):
        """The segments of what is printed, without control characters in their text."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=segment.text.translate(CONTROL))


console = _Plain()


def say(text, **how):
    """Print words, the user's among them: never markup, nothing coloured by guesswork."""
    console.print(text, markup=False, highlight=False, **how)


def with_progress(run, question):
    """Run a study under a progress bar (none where the output is not a terminal)."""
    from ..support.compile import SOLVER, announce

    announce(SOLVER)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    errors = Console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        task = bars.add_task("cellsim", total=1.0)
        return run(question, progress=lambda what, done: bars.update(task, description=what, completed=done))


def positive(option, rate):
    """A C-rate; None stays None."""
    return number(option, rate, "give a rate above 0 and at most 20", above=0.0, high=20.0, none=True)


def kelvin(celsius, option="--temperature"):
    """Degrees Celsius in kelvin; None stays None."""
    found = number(option, celsius, "give degrees Celsius between -73 and 127", low=-73.0, high=127.0, none=True)
    return None if found is None else found + 273.15


def text_of(said):
    """The words themselves, or those of a file.  Raises ProtocolError for a file that is no text."""
    path = Path(said) if "\n" not in said and len(said) < 200 else None
    if path is None or not path.is_file():
        return said
    return read_text(path, ProtocolError, LARGEST)


def output_of(path, kinds):
    """Where to write, checked before anything is computed: its kind, and that there is such a folder."""
    if path is None:
        return None
    if path.is_dir():
        raise ReportError(f"{path}: is a folder; give the name of a file")
    if path.suffix not in kinds:
        raise ReportError(f"{path}: save as {', '.join(kinds[:-1])} or {kinds[-1]}")
    if not path.parent.is_dir():
        raise ReportError(f"{path}: cannot be written (there is no folder {path.parent}); choose another place")
    return path


def model_of(name):
    """A model by name, or None for the one that suits the cell."""
    if name is not None and name not in MODELS:
        raise ProtocolError(f"--model {shown(name)}: choose one of {', '.join(MODELS)}")
    return _model_of(name)
