"""Shared by all commands: the app, the console, and the checks of options."""

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ..errors import ProtocolError, ReportError
from ..models import MODELS
from ..models import model_of as _model_of
from ..physics.constants import ZERO_CELSIUS
from ..support.arguments import CONTROL, number, numbers, shown
from ..support.files import read_text

app = typer.Typer(
    help="Simulate electrochemical cells and check claims about them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
TABLES, PICTURES = (".csv", ".parquet"), (".png", ".svg", ".pdf")  # suffixes of output files
LARGEST = 1_000_000  # bytes of a protocol file
# arguments and options of several commands
CellName = Annotated[str, typer.Argument(help="Name of a parameter set, or path of a .json file.")]
DischargeRate = Annotated[float | None, typer.Option(help="C-rate of a discharge from the fully charged state.")]
ChargeRate = Annotated[float | None, typer.Option(help="C-rate of a CC-CV charge from 10 % to C/20.")]
ProtocolText = Annotated[str | None, typer.Option(help="Text of a protocol, or path of a file with it.")]
StartSoc = Annotated[
    float | None, typer.Option(help="Initial state of charge, 0 to 1; default: 0.1 for --charge, else 1.")
]
ModelName = Annotated[str | None, typer.Option(help="DFN (ThinFilm for a thin-film cell), SPMe or SPM.")]
Until = Annotated[str | None, typer.Option(help="End of life: 80% capacity, 80% equilibrium capacity, 4 Ah, or none.")]
Ageing = Annotated[
    list[str] | None, typer.Option(help="Option named as in PyBaMM, NAME=VALUE; several are possible; or none.")
]
Overlay = Annotated[
    str | None, typer.Option(help="Rates of ageing from the literature, laid over every cell; or path of a .json file.")
]
WithHeat = Annotated[bool, typer.Option(help="Compute the temperature of the cell.")]
EveryCycle = Annotated[bool, typer.Option("--every-cycle", help="Simulate every cycle, without jumps.")]
Cycles = Annotated[int | None, typer.Option(help="Largest number of cycles; default: 1000.")]
Celsius = Annotated[float | None, typer.Option(help="Temperature in degC; default: that of the parameter set.")]


class _Plain(Console):
    """A console that removes control characters from text."""

    def render(self, renderable: Any, options: Any = None) -> Iterator[Any]:
        """The segments to print, without control characters in their text."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=segment.text.translate(CONTROL))


console = _Plain()
Threads = Annotated[
    int | None,
    typer.Option(help="Threads that kernels run on; as many as the processors of this process unless given."),
]
Processes = Annotated[int | None, typer.Option(help="Processes instead of threads; needs cellsim[processes].")]


def say(text: str, **how: Any) -> None:
    """Print text, without markup or automatic highlighting."""
    console.print(text, markup=False, highlight=False, **how)


def with_progress(run: Any, question: Any) -> Any:
    """Run a study with a progress bar, if stderr is a terminal."""
    from ..support.compile import SOLVER, announce
    from ..support.first_calls import machine_code_only

    machine_code_only()
    announce(SOLVER)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    errors = Console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        task = bars.add_task("cellsim", total=1.0)
        return run(question, progress=lambda what, done: bars.update(task, description=what, completed=done))


def positive(option: str, rate: float) -> float:
    """A checked C-rate."""
    return float(number(option, rate, "give a rate above 0 and at most 20", above=0.0, high=20.0))


def kelvin(celsius: float | None, option: str = "--temperature") -> float | None:
    """A temperature [K] from degrees Celsius, or None."""
    checked = number(option, celsius, "give degrees Celsius between -73 and 127", low=-73.0, high=127.0, none=True)
    return None if checked is None else checked + ZERO_CELSIUS


def text_of(given: str) -> str:
    """A text as given, or the content of the file that it names.  Raises ProtocolError for an unreadable file."""
    path = Path(given) if "\n" not in given and len(given) < 200 else None
    if path is None or not os.path.isfile(path):
        return given
    return read_text(path, ProtocolError, LARGEST)


def output_of(path: Path | None, kinds: tuple[str, ...]) -> Path | None:
    """An output path, checked before anything is computed: suffix and folder.  Raises ReportError."""
    if path is None:
        return None
    if path.is_dir():
        raise ReportError(f"{path}: is a folder; give the name of a file")
    if path.suffix not in kinds:
        raise ReportError(f"{path}: save as {', '.join(kinds[:-1])}{' or ' * (len(kinds) > 1)}{kinds[-1]}")
    if not path.parent.is_dir():
        raise ReportError(f"{path}: cannot be written (there is no folder {path.parent}); choose another place")
    return path


def model_of(name: str | None) -> Any:
    """A model by name, or None for the default model of the cell.  Raises ProtocolError."""
    if name is not None and name not in MODELS:
        raise ProtocolError(f"--model {shown(name)}: choose one of {', '.join(MODELS)}")
    return _model_of(name)


def numbers_of(option: str, text: str) -> tuple[float, ...]:
    """Numbers separated by commas, or given as FROM:TO:NUMBER, evenly spaced."""
    wanted = "give numbers separated by commas, such as -10,25,45, or FROM:TO:NUMBER, such as -10:60:8"
    try:
        if ":" not in text:
            return tuple(numbers(option, [float(x) for x in text.split(",")], wanted).tolist())
        first, last, count = text.split(":")
        low, high, n = float(first), float(last), int(count)
    except ValueError:
        n = 0
    if n < 2 or n > 1000 or not math.isfinite(low) or not math.isfinite(high):
        raise ProtocolError(f"{option} {shown(text)}: {wanted}")
    return tuple(low + (high - low) * k / (n - 1) for k in range(n))
