"""Commands that run a cell: simulations and spectra."""
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ProtocolError
from .shared import app, console, kelvin, model_of, positive, say, with_progress


@app.command()
def simulate(
    cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")],
    discharge: Annotated[float | None, typer.Option(help="C-rate of a discharge from full.")] = None,
    charge: Annotated[float | None, typer.Option(help="C-rate of a charge from 10 %, then hold to C/20.")] = None,
    protocol: Annotated[str | None, typer.Option(help="Text of a protocol, or a file; docs/protocols.md.")] = None,
    soc: Annotated[float | None, typer.Option(help="State of charge at the start, 0 to 1.")] = None,
    heat: Annotated[bool, typer.Option(help="Let the cell warm up.")] = False,
    model: Annotated[str | None, typer.Option(help="DFN (ThinFilm for one), SPMe or SPM.")] = None,
    temperature: Annotated[float | None, typer.Option(help="degC; the cell's own unless given.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Save as .parquet, .nc, .png or .svg.")] = None,
):
    """Simulate a discharge, a charge or a protocol and say how it ended."""
    import cellsim

    if sum(x is not None for x in (discharge, charge, protocol)) != 1:
        raise ProtocolError("give exactly one of --discharge RATE, --charge RATE and --protocol TEXT")
    found = cellsim.load(cell)
    if discharge is not None:
        steps, start = [cellsim.discharge(positive("--discharge", discharge))], 1.0
    elif charge is not None:
        full = found.value("cell/upper voltage cut-off")
        steps, start = [cellsim.charge(positive("--charge", charge)), cellsim.hold(full)], 0.1
    else:
        steps, start = text_of(protocol), 0.5
    T = None if temperature is None else kelvin(temperature)
    result = cellsim.simulate(found, steps, model_of(model), temperature=T, heat=heat,
                              soc=start if soc is None else soc)
    say(str(result), soft_wrap=True)
    say(f"  {result.discharge_capacity - result.charge_capacity:.4g} A.h, "
         f"{result.discharge_energy - result.charge_energy:.4g} W.h (discharge positive)")
    if output is not None:
        (result.plot if output.suffix in (".png", ".svg", ".pdf") else result.save)(output)


@app.command()
def charge(
    cell: Annotated[list[str], typer.Argument(help="Names, or paths of .json files.")],
    protocol: Annotated[list[str] | None, typer.Option(
        help="Such as 'cc-cv 2C', 'fastest', or text (repeatable); studies/charging_protocols.py.")] = None,
    start: Annotated[float, typer.Option("--from", help="State of charge [%].")] = 10.0,
    end: Annotated[float, typer.Option("--to", help="State of charge [%].")] = 80.0,
    temperature: Annotated[str, typer.Option(help="degC, one or several with commas.")] = "25",
    fastest: Annotated[bool, typer.Option("--fastest", help="Only the fastest charge within the limits.")] = False,
    limits: Annotated[str | None, typer.Option(help="'plating margin >= 10 mV, temperature <= 55 degC, ...'")] = None,
    cooling: Annotated[float | None, typer.Option(help="W/m2/K; the cell's own, or 10.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=".png, .svg, .csv or .parquet.")] = None,
):
    """Charge cells by several protocols at several temperatures: time, margins, heat, side by side."""
    from ..report.charging import study_table
    from ..studies.charging import LIMITS, PROTOCOLS, charge_study

    chosen = ("fastest",) if fastest else tuple(map(text_of, protocol)) if protocol else PROTOCOLS
    table = output is not None and output.suffix in (".csv", ".parquet")
    with_bar = lambda _, progress: charge_study(  # noqa: E731
        cell, chosen, _numbers("--temperature", temperature), start=start / 100.0, end=end / 100.0,
        limits=limits or LIMITS, cooling=cooling, path=output if table else None,
        progress=lambda done, total: progress("charging", done / total))
    study = with_progress(with_bar, None)
    say(f"fastest: {study.limits}")
    console.print(study_table(study))
    if output is not None and not table:
        study.plot(output)


def text_of(said):
    """The words themselves, or those of a file."""
    path = Path(said) if "\n" not in said and len(said) < 200 else None
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else said


def _numbers(option, said):
    try:
        found = tuple(float(x) for x in said.split(","))
    except ValueError:
        raise ProtocolError(f"{option} {said!r}: give numbers parted by commas, such as -10,25,45") from None
    for celsius in found:
        kelvin(celsius)
    return found


@app.command()
def impedance(
    cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")],
    soc: Annotated[float, typer.Option(help="State of charge, 0 to 1.")] = 0.5,
    model: Annotated[str | None, typer.Option(help="DFN (ThinFilm for one), SPMe or SPM.")] = None,
    temperature: Annotated[float | None, typer.Option(help="degC; the cell's own unless given.")] = None,
    lowest: Annotated[float, typer.Option(help="Frequency [Hz].")] = 1e-3,
    highest: Annotated[float, typer.Option(help="Frequency [Hz].")] = 1e4,
    double_layer: Annotated[float | None, typer.Option(help="F/m2 of reacting surface, of both electrodes.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Save as .csv, .png or .svg.")] = None,
):
    """Impedance spectrum of a cell at rest."""
    import numpy as np

    import cellsim

    found = cellsim.load(cell)
    if double_layer is not None:
        found = found.with_({f"{part} electrode/double-layer capacity": double_layer
                             for part in ("negative", "positive")})
    if not 0.0 < lowest < highest:
        raise ProtocolError(f"--lowest {lowest:g} --highest {highest:g}: give a frequency above 0 and a higher one")
    points = 1 + round(10 * max(np.log10(highest / lowest), 0.1))
    T = None if temperature is None else kelvin(temperature)
    spectrum = cellsim.impedance(found, np.geomspace(lowest, highest, points), model_of(model), soc=soc, temperature=T)
    say(str(spectrum), soft_wrap=True)
    if output is not None:
        (spectrum.save if output.suffix == ".csv" else spectrum.plot)(output)
