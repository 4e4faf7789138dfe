"""Commands about charging time: comparison of protocols, maps over two quantities, fronts over one limit."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ReportError
from .shared import (
    PICTURES,
    TABLES,
    CellName,
    Processes,
    Threads,
    app,
    console,
    kelvin,
    numbers_of,
    output_of,
    say,
    text_of,
    with_progress,
)

NUMBERS = {"ignore_unknown_options": True}  # arguments may begin with a minus sign
Start = Annotated[float, typer.Option("--from", help="Initial state of charge [%].")]
End = Annotated[float, typer.Option("--to", help="Final state of charge [%].")]
Bounds = Annotated[
    str | None,
    typer.Option(
        "--limits", help="'plating margin >= 10 mV, temperature <= 55 degC, current <= 4C'; others are not limited."
    ),
]
Celsius = Annotated[float, typer.Option(help="Initial and ambient temperature in degC.")]
Output = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        help="Picture (.png, .svg, .pdf) or table (.csv, .parquet), or both (repeatable). Rows of a "
        "table are saved as they are computed; the same command resumes an interrupted one.",
    ),
]


@app.command()
def charge(
    cell: Annotated[list[str], typer.Argument(help="Names of parameter sets, or paths of .json files.")],
    protocol: Annotated[
        list[str] | None,
        typer.Option(help="Named protocol such as 'cc-cv 2C' or 'fastest', or text of a protocol (repeatable)."),
    ] = None,
    start: Start = 10.0,
    end: End = 80.0,
    temperature: Annotated[
        str, typer.Option(help="Temperatures in degC: one, several separated by commas, or FROM:TO:NUMBER.")
    ] = "25",
    ambient: Annotated[
        float | None, typer.Option(help="Ambient temperature in degC; default: initial temperature.")
    ] = None,
    fastest: Annotated[
        bool, typer.Option("--fastest", help="Fastest charge within the limits; alone, or in addition to --protocol.")
    ] = False,
    limits: Bounds = None,
    cooling: Annotated[
        float | None, typer.Option(help="Heat transfer coefficient [W/m2/K]; default: that of the cell, or 10.")
    ] = None,
    output: Output = None,
    threads: Threads = None,
    processes: Processes = None,
) -> None:
    """Compare charging protocols over cells and temperatures: charging time, margins, heat."""
    from ..studies.charging.named_protocols import FASTEST
    from ..studies.charging.plots_study import study_table
    from ..studies.charging.study import PROTOCOLS, charge_study

    chosen = (*map(text_of, protocol or ()), *((FASTEST,) if fastest else ())) or PROTOCOLS
    temperatures = [kelvin(celsius) for celsius in numbers_of("--temperature", temperature)]

    def table(study: Any) -> Any:
        say(f"fastest: {study.limits}")
        return study_table(study)

    _charged(
        table,
        start,
        end,
        limits,
        output,
        charge_study,
        cell,
        tuple(dict.fromkeys(chosen)),
        temperatures,
        cooling=cooling,
        ambient=kelvin(ambient, "--ambient"),
        threads=threads,
        processes=processes,
    )


@app.command("map", context_settings=NUMBERS)
def charge_map(
    cell: CellName,
    x: Annotated[
        str,
        typer.Argument(
            help="temperature, areal-capacity, c-rate, separator-thickness, conductivity or critical-current."
        ),
    ],
    x_values: Annotated[
        str,
        typer.Argument(help="FROM:TO:NUMBER, such as -10:60:8, or 10,25,45; in degC, mAh/cm2, C, um, mS/cm, mA/cm2."),
    ],
    y: Annotated[str, typer.Argument(help="A second one of these quantities.")],
    y_values: Annotated[str, typer.Argument(help="Its values.")],
    start: Start = 10.0,
    end: End = 80.0,
    temperature: Celsius = 25.0,
    limits: Bounds = None,
    output: Output = None,
    threads: Threads = None,
    processes: Processes = None,
) -> None:
    """Map of the time of the fastest charge within limits over two quantities."""
    from ..studies.charging.axes import AXES
    from ..studies.charging.maps import charge_map
    from ..studies.charging.plots_maps import map_table

    _charged(
        map_table,
        start,
        end,
        limits,
        output,
        charge_map,
        cell,
        _named(x, AXES),
        _typed(_named(x, AXES), "X", x_values),
        _named(y, AXES),
        _typed(_named(y, AXES), "Y", y_values),
        temperature=kelvin(temperature),
        threads=threads,
        processes=processes,
    )


@app.command(context_settings=NUMBERS)
def pareto(
    cell: CellName,
    over: Annotated[str, typer.Argument(help="plating-margin, temperature or critical-current-margin.")],
    values: Annotated[str, typer.Argument(help="FROM:TO:NUMBER, such as -20:60:9, or 0,10,30; in mV, degC, mA/cm2.")],
    start: Start = 10.0,
    end: End = 80.0,
    temperature: Celsius = 25.0,
    limits: Bounds = None,
    output: Output = None,
    threads: Threads = None,
    processes: Processes = None,
) -> None:
    """Time of the fastest charge as a function of one of its limits."""
    from ..studies.charging.axes import OVER
    from ..studies.charging.maps import pareto
    from ..studies.charging.plots_maps import front_table

    _charged(
        front_table,
        start,
        end,
        limits,
        output,
        pareto,
        cell,
        _named(over, OVER),
        _typed(_named(over, OVER), "VALUES", values),
        temperature=kelvin(temperature),
        threads=threads,
        processes=processes,
    )


def _typed(quantity: str, name: str, values: str) -> list[float]:
    """Values as typed, temperatures turned from degC to kelvin."""
    numbers = numbers_of(name, values)
    return [kelvin(value, name) or 0.0 for value in numbers] if quantity == "temperature" else list(numbers)


def _charged(
    render: Any,
    start: float,
    end: float,
    limits: str | None,
    output: list[Path] | None,
    study: Any,
    *arguments: Any,
    **how: Any,
) -> None:
    """Run a study with a progress bar, print its result as rendered by `render`, and write the output files."""
    from ..studies.charging.study import LIMITS

    pictures, table = _outputs(output)
    result = with_progress(
        lambda _, progress: study(
            *arguments,
            **how,
            start=start / 100.0,
            end=end / 100.0,
            limits=limits or LIMITS,
            path=table,
            progress=lambda done, total: progress("charging", done / total),
        ),
        None,
    )
    console.print(render(result))
    for picture in pictures:
        result.plot(picture)


def _named(name: str, known: Iterable[str]) -> str:
    """The one of `known` that equals `name` up to dashes for blanks; an unknown name is returned, and refused later."""
    return next((other for other in known if other.replace(" ", "-") == name.replace(" ", "-")), name)


def _outputs(output: list[Path] | None) -> tuple[list[Path], Path | None]:
    """Paths of pictures, and of the table or None."""
    paths = output or []
    for path in paths:
        output_of(path, (*PICTURES, *TABLES))
    tables = [path for path in paths if path.suffix in TABLES]
    if len(tables) > 1:
        raise ReportError(f"{tables[1]}: a second table; give only one")
    return [path for path in paths if path.suffix in PICTURES], tables[0] if tables else None
