"""Command that ages a cell."""

import re
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ProtocolError
from ..support.arguments import chosen, number, shown
from .shared import (
    PICTURES,
    TABLES,
    Ageing,
    Celsius,
    Cycles,
    EveryCycle,
    Overlay,
    Processes,
    Until,
    WithHeat,
    app,
    kelvin,
    model_of,
    numbers_of,
    output_of,
    say,
    text_of,
    with_progress,
)

OPTION = 'give NAME=VALUE, such as "SEI=solvent-diffusion limited", or none'
YEARS = 'give years, such as 20years or "20 years"'


@app.command()
def age(
    cell: Annotated[list[str], typer.Argument(help="Names of parameter sets, or paths of .json files.")],
    cycle: Annotated[
        str | None, typer.Option(help="Protocol of one cycle, or path of a file with it; it should end where it began.")
    ] = None,
    cycles: Cycles = None,
    day: Annotated[
        str | None,
        typer.Option(help="Protocol of a day of use, or path of a file with it, for the years of --calendar."),
    ] = None,
    seasons: Annotated[
        str | None, typer.Option(help="Temperatures of the months of --day in degC: twelve, separated by commas.")
    ] = None,
    calendar: Annotated[str | None, typer.Option(help="Store the cell instead, for so long: 20years.")] = None,
    until: Until = None,
    ageing: Ageing = None,
    overlay: Overlay = None,
    soc: Annotated[float | None, typer.Option(help="State of charge at the start in percent.")] = None,
    temperature: Celsius = None,
    heat: WithHeat = False,
    model: Annotated[str | None, typer.Option(help="DFN (default), SPMe or SPM.")] = None,
    every_cycle: EveryCycle = False,
    tolerance: Annotated[
        float | None, typer.Option(help="Largest error of the capacity from jumps, as a share; default: 0.001.")
    ] = None,
    checkups: Annotated[int | None, typer.Option(help="Measure the cell every so many cycles.")] = None,
    checkups_on: Annotated[
        str | None, typer.Option(help="What check-ups measure: copy (default), or cell, which ages by them.")
    ] = None,
    processes: Processes = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            help="Save as .csv, .parquet, .png, .svg or .pdf; repeatable. With .parquet the same command goes on with "
            "a life that was interrupted.",
        ),
    ] = None,
) -> None:
    """Cycle or store a cell until its end of life, and print what took its capacity; several cells side by side."""
    import cellsim

    for path in output or []:
        output_of(path, (*TABLES, *PICTURES))
    cells = [laid_over(given, overlay) for given in cell]
    if len(cells) > 1 and (calendar is not None or checkups is not None):
        raise ProtocolError("--calendar and --checkups: give one cell")
    if len(cells) == 1 and processes is not None:
        raise ProtocolError("--processes: for several cells; one life runs in one process")
    if (cycle is None) == (calendar is None):
        raise ProtocolError('give one of --cycle "Discharge at 1C until 2.5 V; ..." and --calendar 20years')
    if day is not None and calendar is None or seasons is not None and day is None:
        raise ProtocolError("--day needs --calendar 20years, and --seasons needs --day")
    if checkups_on is not None and checkups is None:
        raise ProtocolError("--checkups-on: says what --checkups measure; give both")
    chosen("--checkups-on", checkups_on or "copy", ("copy", "cell"))
    of_cycles = {"--cycles": cycles, "--checkups": checkups}
    of_use = {"--until": until, "--heat": heat or None, "--tolerance": tolerance, "--every-cycle": every_cycle or None}
    if calendar is not None:
        _refused(of_cycles if day is not None else of_cycles | of_use, "days of use" if day is not None else "storage")
    how = {"ageing": options_of(ageing), "model": model_of(model), "temperature": kelvin(temperature)}
    how["soc"] = soc_of(soc, 0.5 if calendar and not day else 1.0)
    usual = "80% equilibrium capacity" if day is not None else "80% capacity"
    cycled: dict[str, Any] = {
        "until": until_of(until, usual),
        "heat": heat or None,
        "jump": not every_cycle,
        "tolerance": 1e-3 if tolerance is None else tolerance,
    }
    cycles = 1000 if cycles is None else cycles
    table = next((path for path in output or [] if path.suffix == ".parquet"), None)
    if day is not None:
        life = _used(cells[0], day, _years(calendar or ""), seasons, how | cycled | {"path": table})
    elif calendar is not None:
        life = _stored(cells[0], _years(calendar), how | {"path": table})
    elif len(cells) == 1:
        how |= cycled | {"checkups": checkups, "checkups_on": checkups_on or "copy", "path": table}
        life = _followed(cellsim.age, "cycle", cells[0], cycle or "", cycles, how)
    else:
        how |= cycled | {"processes": processes, "temperatures": how.pop("temperature"), "path": table}
        life = _followed(cellsim.age_many, "life", cells, cycle or "", cycles, how)
    say(str(life), soft_wrap=True)
    for path in output or []:
        life.save(path)


def _stored(cell: Any, years: float, how: dict[str, Any]) -> Any:
    """The life of one cell in storage."""
    import cellsim

    def run(years: float, progress: Any) -> Any:
        return cellsim.store(cell, years, progress=partial(reported, "row", progress), **how)

    return with_progress(run, years)


def _used(cell: Any, day: str, years: float, seasons: str | None, how: dict[str, Any]) -> Any:
    """The life of one cell in use."""
    import cellsim

    given = how.pop("temperature")
    months = given if seasons is None else [kelvin(each, "--seasons") for each in numbers_of("--seasons", seasons)]
    if seasons is not None and len(months) != 12:
        raise ProtocolError(f"--seasons {shown(seasons)}: {len(months)} given; give twelve temperatures in degC")
    if seasons is not None and given is not None:
        raise ProtocolError("--temperature and --seasons: the months say the temperature; give one of the two")
    return _followed(cellsim.age_in_use, "day", cell, day, years, how | {"temperatures": months})


def _refused(given: dict[str, Any], what: str) -> None:
    """Raises ProtocolError for options that mean nothing for storage, or for days."""
    for option in (name for name, value in given.items() if value is not None):
        raise ProtocolError(f"{option}: means nothing for {what}; leave it out, or give cycles as --cycle")


def _followed(study: Any, what: str, cells: Any, text: str, many: float, how: dict[str, Any]) -> Any:
    """What a study of cells along a protocol finds, with a progress bar; many: cycles, or years."""

    def run(steps: str, progress: Any) -> Any:
        return study(cells, steps, many, progress=partial(reported, what, progress), **how)

    return with_progress(run, text_of(text))


def reported(what: str, progress: Any, done: int, of: int) -> None:
    """Tell a progress bar how many are done."""
    progress(f"{what} {done} of {of}", done / of)


def laid_over(cell: str, overlay: str | None) -> Any:
    """The cell with an overlay, if one is given."""
    import cellsim

    return cell if overlay is None else cellsim.with_overlay(cell, overlay)


def soc_of(given: float | None, usual: float) -> float:
    """The state of charge at the start, 0 to 1, of one in percent.  Raises ProtocolError."""
    share = number("--soc", given, "give percent, 0 to 100", low=0.0, high=100.0, none=True)
    return usual if share is None else share / 100.0


def until_of(given: str | None, usual: str) -> str | None:
    """The end of life that `age` is given."""
    return None if given == "none" else given or usual


def options_of(given: list[str] | None) -> Any:
    """Options of ageing by name, False for "none", None if there are none.  A pair is written (negative, positive)."""
    if not given:
        return None
    if given == ["none"]:
        return False
    options: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ProtocolError(f"--ageing {shown(text)}: {OPTION}")
        pair = re.fullmatch(r"\s*\((.*),(.*)\)\s*", value)
        options[name.strip()] = tuple(part.strip() for part in pair.groups()) if pair else value.strip()
    return options


def _years(text: str) -> float:
    """Years of a text such as 20years.  Raises ProtocolError."""
    match = re.fullmatch(r"\s*([\d.]+)\s*(years?|y|months?|days?)\s*", text)
    try:
        length = float(match[1]) if match else None
    except ValueError:
        length = None
    if match is None or length is None:
        raise ProtocolError(f"--calendar {shown(text)}: {YEARS}")
    return length / {"m": 12.0, "d": 365.25}.get(match[2][0], 1.0)
