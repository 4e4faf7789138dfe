"""Commands that age a cell many times: over temperature, window and rate, and with uncertain rates of ageing."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ProtocolError
from ..support.arguments import number, shown
from .lives import laid_over, options_of, reported, soc_of, until_of
from .shared import (
    PICTURES,
    TABLES,
    Ageing,
    CellName,
    Celsius,
    Cycles,
    EveryCycle,
    ModelName,
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

WINDOWS = "give FROM-TO in percent, separated by commas, such as 0-100,30-80"
RATE = "give a C-rate above 0 and at most 20"
SPREAD = "give SECTION/QUANTITY=FACTOR above 1, or SECTION/QUANTITY=LOW:HIGH"
Tolerance = Annotated[float | None, typer.Option(help="Largest error of the capacity from jumps, as a share.")]
Output = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        help="Save as .csv, .parquet, .png, .svg or .pdf; repeatable. With a table the same command goes on with the "
        "lives that are missing.",
    ),
]


@app.command("life-map")
def life_map(
    cell: CellName,
    rates: Annotated[
        str, typer.Option(help="C-rates of the discharge, and of the charge; numbers or FROM:TO:NUMBER.")
    ] = "0.5,1",
    windows: Annotated[str, typer.Option(help="States of charge in percent: 0-100,30-80.")] = "0-100",
    temperatures: Annotated[
        str | None, typer.Option(help="Of the cell and its surroundings in degC; numbers or FROM:TO:NUMBER.")
    ] = None,
    charge_rate: Annotated[float | None, typer.Option(help="C-rate of the charge; default: that of --rates.")] = None,
    cycles: Cycles = None,
    until: Until = None,
    ageing: Ageing = None,
    overlay: Overlay = None,
    heat: WithHeat = False,
    model: ModelName = None,
    every_cycle: EveryCycle = False,
    tolerance: Tolerance = None,
    processes: Processes = None,
    output: Output = None,
) -> None:
    """Cycles to the end of life over discharge rate, window of the state of charge and temperature."""
    import cellsim

    how = _how(cycles, ageing, heat, model, every_cycle, processes, output)
    how["until"] = until_of(until, "80% equilibrium capacity")
    how["tolerance"] = 1e-3 if tolerance is None else tolerance
    Ts = None if temperatures is None else numbers_of("--temperatures", temperatures)
    how["temperatures"] = Ts and [kelvin(T, "--temperatures") for T in Ts]
    how |= {"rates": numbers_of("--rates", rates), "windows": _windows(windows)}
    how["charge_rate"] = number("--charge-rate", charge_rate, RATE, above=0.0, high=20.0, none=True)
    _shown(cellsim.life_map, laid_over(cell, overlay), how, output)


@app.command("uncertain-lives")
def uncertain_lives(
    cell: CellName,
    cycle: Annotated[
        str, typer.Option(help="Protocol of one cycle, or path of a file with it; it should end where it began.")
    ],
    lives: Annotated[int, typer.Option(help="How many lives.")] = 100,
    spread: Annotated[
        list[str] | None,
        typer.Option(
            help="A rate of ageing and the factor that it is known to, SECTION/QUANTITY=FACTOR, or its bounds, "
            "SECTION/QUANTITY=LOW:HIGH; several are possible. Unless given every rate has the factor of its method."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same lives.")] = 0,
    cycles: Cycles = None,
    until: Until = None,
    ageing: Ageing = None,
    overlay: Overlay = None,
    soc: Annotated[float | None, typer.Option(help="State of charge at the start in percent; default: 100.")] = None,
    temperature: Celsius = None,
    heat: WithHeat = False,
    model: ModelName = None,
    every_cycle: EveryCycle = False,
    tolerance: Tolerance = None,
    processes: Processes = None,
    output: Output = None,
) -> None:
    """Lives of a cell whose rates of ageing are uncertain: after how many cycles 5, 50 and 95 % of them have ended."""
    import cellsim

    how = _how(cycles, ageing, heat, model, every_cycle, processes, output)
    how |= {"lives": lives, "seed": seed, "spread": _spread(spread), "until": until_of(until, "80% capacity")}
    how["tolerance"] = 3e-3 if tolerance is None else tolerance
    how |= {"soc": soc_of(soc, 1.0), "temperature": kelvin(temperature)}
    _shown(cellsim.uncertain_lives, laid_over(cell, overlay), how | {"protocol": text_of(cycle)}, output)


def _how(
    cycles: int | None,
    ageing: list[str] | None,
    heat: bool,
    model: str | None,
    every_cycle: bool,
    processes: int | None,
    output: list[Path] | None,
) -> dict[str, Any]:
    """Arguments that both studies have."""
    for path in output or []:
        output_of(path, (*TABLES, *PICTURES))
    return {
        "cycles": 1000 if cycles is None else cycles,
        "ageing": options_of(ageing),
        "heat": heat or None,
        "model": model_of(model),
        "jump": not every_cycle,
        "processes": processes,
        "path": next((path for path in output or [] if path.suffix in TABLES), None),
    }


def _shown(study: Any, cell: Any, how: dict[str, Any], output: list[Path] | None) -> None:
    """Run a study of many lives, print and save what it found."""
    found = with_progress(lambda cell, progress: study(cell, progress=partial(reported, "life", progress), **how), cell)
    say(str(found), soft_wrap=True)
    for path in output or []:
        found.save(path)


def _windows(text: str) -> list[tuple[float, float]]:
    """Windows of the state of charge, 0 to 1, of a text such as 0-100,30-80.  Raises ProtocolError."""
    found = []
    for window in text.split(","):
        ends = window.split("-")
        try:
            low, high = (float(end) / 100.0 for end in ends)
        except ValueError:
            raise ProtocolError(f"--windows {shown(text)}: {WINDOWS}") from None
        if not 0.0 <= low < high <= 1.0:
            raise ProtocolError(f"--windows {shown(text)}: {WINDOWS}")
        found.append((low, high))
    return found


def _spread(given: list[str] | None) -> dict[str, Any] | None:
    """Factors or bounds by the path of a value; None if there are none.  Raises ProtocolError."""
    found: dict[str, Any] = {}
    for text in given or []:
        path, equals, value = text.partition("=")
        try:
            ends = tuple(float(end) for end in value.split(":"))
        except ValueError:
            ends = ()
        if not equals or len(ends) not in (1, 2) or path.strip() in found:
            raise ProtocolError(f"--spread {shown(text)}: {SPREAD}, each once")
        found[path.strip()] = ends[0] if len(ends) == 1 else ends
    return found or None
