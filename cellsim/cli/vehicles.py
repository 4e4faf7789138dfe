"""Commands about vehicles: a cell in every segment, as storage, and its pulse power."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import ProtocolError, ReportError
from ..support.arguments import number
from .shared import PICTURES, Threads, app, console, kelvin, output_of, say

FILES = (".csv", *PICTURES)


@app.command()
def vehicle(
    cell: Annotated[list[str], typer.Argument(help="Names of parameter sets, or paths of .json files.")],
    segment: Annotated[
        list[str] | None,
        typer.Option(help="kei, compact, sedan, SUV, pick-up, supercar, or one of --file (repeatable); default: all."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All segments, as without --segment.")] = False,
    tow: Annotated[
        float | None, typer.Option(help="Mass of the trailer in kg; default: 3175, or what it may tow.")
    ] = None,
    pack: Annotated[str, typer.Option(help="Generation of the pack, one of --rules.")] = "batpac5",
    file: Annotated[Path | None, typer.Option(help="YAML file of vehicles, instead of the packaged one.")] = None,
    rules: Annotated[Path | None, typer.Option(help="YAML file of pack rules, instead of the packaged one.")] = None,
    prices: Annotated[
        str, typer.Option(help="Price scenario of the packs, name (`cellsim prices`) or .yaml file; none: no price.")
    ] = "2028",
    charge_time: Annotated[float, typer.Option(help="Wanted minutes of a charge from 10 to 80 % at 25 degC.")] = 30.0,
    cold: Annotated[float, typer.Option(help="Lowest temperature in degC at which full power is wanted.")] = -10.0,
    hot: Annotated[float, typer.Option(help="Highest temperature in degC at which full power is wanted.")] = 45.0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Picture (.png, .svg, .pdf) or table (.csv).")
    ] = None,
    threads: Threads = None,
) -> None:
    """Cells in vehicles: range, pack mass, power hot and cold, charge, towing; what binds and what would mend it."""
    from ..design.pack import read_rules
    from ..protocols.cycles.vehicles import read_vehicles
    from ..studies.cost.packs import pack_prices
    from ..studies.vehicles.claims import every_segment
    from ..studies.vehicles.segments import Requirements, vehicle_study
    from ..studies.vehicles.tables import pack_table, segment_rows, segment_tables, verdict_lines

    if every and segment:
        raise ProtocolError(f"--all and --segment {segment[0]}: give one of them")
    output_of(output, FILES)
    found = vehicle_study(
        cell,
        segment or None,
        known=read_vehicles(file),
        rules=read_rules(rules),
        generation=pack,
        requirements=Requirements(charge_time, cold, hot),
        tow=tow,
        prices=None if prices == "none" else pack_prices(cell, prices=prices),
        threads=threads,
    )
    console.print(segment_tables(found), pack_table(found))
    say(verdict_lines(found), soft_wrap=True)
    for judged in every_segment(found) if len({r.segment for r in found}) > 1 else ():
        say(f"\n{judged}", soft_wrap=True)
    if output is not None and output.suffix == ".csv":
        write_rows(output, segment_rows(found))
    elif output is not None:
        from ..studies.vehicles.plots import plot_segments

        plot_segments(found, output)


@app.command()
def power(
    cell: Annotated[list[str], typer.Argument(help="Names of parameter sets, or paths of .json files.")],
    temperature: Annotated[
        str, typer.Option(help="Temperatures in degC, separated by commas.")
    ] = "-20,-10,0,10,25,45,60",
    over: Annotated[str | None, typer.Option(help="Baseline: judge whether the cells have more power.")] = None,
    seconds: Annotated[float, typer.Option(help="Duration of the pulse.")] = 10.0,
    soc: Annotated[float, typer.Option(help="State of charge, 0 to 1.")] = 0.5,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Picture (.png, .svg, .pdf) or table (.csv).")
    ] = None,
    threads: Threads = None,
) -> None:
    """Largest constant power of a pulse, discharge and charge, per mass and per volume, over temperature."""
    from ..studies.pulse_power import pulse_powers
    from ..studies.vehicles.claims import more_power
    from ..studies.vehicles.tables import pulse_table

    output_of(output, FILES)
    try:
        celsius = [float(x) for x in temperature.split(",")]
    except ValueError:
        raise ProtocolError(
            f"--temperature {temperature!r}: give degC separated by commas, such as -20,25,60"
        ) from None
    found = pulse_powers([*cell, *([] if over is None else [over])], celsius, seconds=seconds, soc=soc, threads=threads)
    console.print(pulse_table(found))
    if over is not None:
        for name in dict.fromkeys(p.cell for p in found if p.cell != found[-1].cell):
            for judged in more_power(found, name, found[-1].cell):
                say(str(judged), soft_wrap=True)
    if output is not None and output.suffix == ".csv":
        write_rows(output, [vars(p) for p in found])
    elif output is not None:
        from ..studies.vehicles.plots import plot_pulses

        plot_pulses(found, output)


@app.command()
def storage(
    cell: Annotated[list[str], typer.Argument(help="Names of parameter sets, or paths of .json files.")],
    duty: Annotated[
        list[str] | None,
        typer.Option(help="arbitrage, home-peak, reserve, building-peak, backup (repeatable); default: all."),
    ] = None,
    prices: Annotated[str, typer.Option(help="nl_2019, nl_2023, or a .csv file of hour and EUR/MWh.")] = "nl_2023",
    segment: Annotated[str, typer.Option(help="Car whose pack mass and space are used.")] = "compact",
    pack: Annotated[str, typer.Option(help="Generation of the pack.")] = "batpac5",
    file: Annotated[
        Path | None, typer.Option(help="YAML file of a car as storage, instead of the packaged one.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Picture (.png, .svg, .pdf) or table (.csv).")
    ] = None,
    simulated: Annotated[
        float | None, typer.Option(help="Simulate so many years of each duty with ageing, and price what it wears.")
    ] = None,
    celsius: Annotated[float, typer.Option("--temperature", help="Surroundings of --simulated in degC.")] = 25.0,
    threads: Threads = None,
) -> None:
    """A car as storage: EUR a year of each duty against wear, and the wear price at which it stops paying."""
    from ..physics.constants import ZERO_CELSIUS
    from ..studies.storage.claims import city_storage
    from ..studies.storage.inputs import read_storage
    from ..studies.storage.study import storage_study
    from ..studies.storage.tables import duty_lines, duty_rows, duty_tables

    output_of(output, FILES)
    if simulated is not None:
        wanted = "give years as a number above 0 and at most 100, such as 8"
        number("--simulated", simulated, wanted, above=0.0, high=100.0)
    kelvin(celsius)  # checked before anything is computed
    inputs = read_storage(file)
    found = storage_study(cell, duty or None, prices, file=inputs, vehicle=segment, generation=pack, threads=threads)
    console.print(duty_tables(found))
    say(duty_lines(found), soft_wrap=True)
    for judged in city_storage(found) if len({r.duty for r in found}) > 1 else ():
        say(f"\n{judged}", soft_wrap=True)
    if simulated is not None:
        from ..studies.storage.simulated import simulated_wear

        say("\nWear by simulated years:")
        for worn in simulated_wear(found, cell, inputs, years=simulated, temperature=celsius + ZERO_CELSIUS):
            say(f"- {worn}", soft_wrap=True)
    if output is not None and output.suffix == ".csv":
        write_rows(output, duty_rows(found))
    elif output is not None:
        from ..studies.storage.plots import plot_duties

        plot_duties(found, output)


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    """Records as a CSV file, atomically.  Raises ReportError."""
    import csv

    from ..support.files import replacing

    if not rows:
        raise ReportError(f"{path}: there is nothing to write")
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
