"""Commands about charging times: protocols side by side, maps over two quantities, fronts over one limit."""
import math
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ProtocolError, ReportError
from ..support.arguments import numbers, shown
from .shared import PICTURES, TABLES, app, console, kelvin, output_of, say, text_of, with_progress

NUMBERS = {"ignore_unknown_options": True}  # so that an argument may begin with a minus
Start = Annotated[float, typer.Option("--from", help="State of charge [%].")]
End = Annotated[float, typer.Option("--to", help="State of charge [%].")]
Bounds = Annotated[str | None, typer.Option(
    "--limits", help="'plating margin >= 10 mV, temperature <= 55 degC, current <= 4C'; what is left out is no limit.")]
Celsius = Annotated[float, typer.Option(help="degC, at the start and of the surroundings.")]
Output = Annotated[list[Path] | None, typer.Option(
    "--output", "-o", help="A picture (.png, .svg, .pdf) or table (.csv, .parquet), or both (repeatable). The rows of "
    "a table are saved as they come: the same command goes on where it was interrupted.")]


@app.command()
def charge(
    cell: Annotated[list[str], typer.Argument(help="Names, or paths of .json files.")],
    protocol: Annotated[list[str] | None, typer.Option(
        help="Such as 'cc-cv 2C', 'fastest', or text (repeatable); studies/charging_protocols.py.")] = None,
    start: Start = 10.0,
    end: End = 80.0,
    temperature: Annotated[str, typer.Option(help="degC: one, several with commas, or FROM:TO:NUMBER.")] = "25",
    ambient: Annotated[float | None, typer.Option(help="degC, of the surroundings; that of the start unless given.")]
    = None,
    fastest: Annotated[bool, typer.Option(
        "--fastest", help="The fastest charge within the limits; only that, or after those of --protocol.")] = False,
    limits: Bounds = None,
    cooling: Annotated[float | None, typer.Option(help="W/m2/K; the cell's own, or 10.")] = None,
    output: Output = None,
):
    """Charge cells by several protocols at several temperatures: time, margins, heat, side by side."""
    from ..studies.charging.named_protocols import FASTEST
    from ..studies.charging.plots_study import study_table
    from ..studies.charging.study import PROTOCOLS, charge_study

    chosen = (*map(text_of, protocol or ()), *((FASTEST,) if fastest else ())) or PROTOCOLS
    temperatures = _numbers("--temperature", temperature)
    for celsius in temperatures:
        kelvin(celsius)
    kelvin(ambient, "--ambient")

    def shown(study):
        say(f"fastest: {study.limits}")
        return study_table(study)

    _charged(shown, start, end, limits, output, charge_study, cell, tuple(dict.fromkeys(chosen)), temperatures,
             cooling=cooling, ambient=ambient)


@app.command("map", context_settings=NUMBERS)
def charge_map(
    cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")],
    x: Annotated[str, typer.Argument(help="temperature, areal-capacity, c-rate, separator-thickness, conductivity or "
                                          "critical-current.")],
    x_values: Annotated[str, typer.Argument(help="FROM:TO:NUMBER, such as -10:60:8, or 10,25,45; in degC, mA.h/cm2, "
                                                 "C, um, mS/cm, mA/cm2.")],
    y: Annotated[str, typer.Argument(help="Another one of them.")],
    y_values: Annotated[str, typer.Argument(help="Its values.")],
    start: Start = 10.0,
    end: End = 80.0,
    temperature: Celsius = 25.0,
    limits: Bounds = None,
    output: Output = None,
):
    """Minutes of the fastest charge within limits over two quantities."""
    from ..studies.charging.axes import AXES
    from ..studies.charging.maps import charge_map
    from ..studies.charging.plots_maps import map_table

    kelvin(temperature)
    _charged(map_table, start, end, limits, output, charge_map, cell, _named(x, AXES), _numbers("X", x_values),
             _named(y, AXES), _numbers("Y", y_values), temperature=temperature)


@app.command(context_settings=NUMBERS)
def pareto(
    cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")],
    over: Annotated[str, typer.Argument(help="plating-margin, temperature or critical-current-margin.")],
    values: Annotated[str, typer.Argument(help="FROM:TO:NUMBER, such as -20:60:9, or 0,10,30; in mV, degC, mA/cm2.")],
    start: Start = 10.0,
    end: End = 80.0,
    temperature: Celsius = 25.0,
    limits: Bounds = None,
    output: Output = None,
):
    """Minutes of the fastest charge against one of its limits, the others being kept."""
    from ..studies.charging.axes import OVER
    from ..studies.charging.maps import pareto
    from ..studies.charging.plots_maps import front_table

    kelvin(temperature)
    _charged(front_table, start, end, limits, output, pareto, cell, _named(over, OVER), _numbers("VALUES", values),
             temperature=temperature)


def _charged(shown, start, end, limits, output, study, *arguments, **how):
    """Run a study under a progress bar, print what `shown` makes of its outcome, and write the files asked for."""
    from ..studies.charging.study import LIMITS

    pictures, table = _outputs(output)
    found = with_progress(lambda _, progress: study(
        *arguments, **how, start=start / 100.0, end=end / 100.0, limits=limits or LIMITS, path=table,
        progress=lambda done, total: progress("charging", done / total)), None)
    console.print(shown(found))
    for picture in pictures:
        found.plot(picture)


def _named(said, known):
    """One of `known`, of which blanks may be given as dashes; else as it is said, which the study refuses."""
    return next((name for name in known if name.replace(" ", "-") == said.replace(" ", "-")), said)


def _outputs(said):
    """Pictures, and the table or None."""
    said = said or []
    for path in said:
        output_of(path, (*PICTURES, *TABLES))
    tables = [path for path in said if path.suffix in TABLES]
    if len(tables) > 1:
        raise ReportError(f"{tables[1]}: a second table; give one of them")
    return [path for path in said if path.suffix in PICTURES], tables[0] if tables else None


def _numbers(option, said):
    """Numbers parted by commas, or FROM:TO:NUMBER of them, evenly spaced."""
    wanted = "give numbers parted by commas, such as -10,25,45, or FROM:TO:NUMBER, such as -10:60:8"
    try:
        if ":" not in said:
            return tuple(numbers(option, [float(x) for x in said.split(",")], wanted).tolist())
        first, last, count = said.split(":")
        low, high, n = float(first), float(last), int(count)
    except ValueError:
        n = 0
    if n < 2 or n > 1000 or not math.isfinite(low) or not math.isfinite(high):
        raise ProtocolError(f"{option} {shown(said)}: {wanted}")
    return tuple(low + (high - low) * k / (n - 1) for k in range(n))
