"""Commands that run a cell: simulations and spectra."""
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ProtocolError, SolveError
from ..models import open_circuit_voltage
from ..support.arguments import number
from ..support.files import replacing
from .shared import PICTURES, app, kelvin, model_of, output_of, positive, say, text_of

RUNS, SPECTRA = (".csv", ".parquet", ".nc", *PICTURES), (".csv", *PICTURES)


@app.command()
def simulate(
    cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")],
    discharge: Annotated[float | None, typer.Option(help="C-rate of a discharge from full.")] = None,
    charge: Annotated[float | None, typer.Option(help="C-rate of a charge from 10 %, then hold to C/20.")] = None,
    protocol: Annotated[str | None, typer.Option(help="Text of a protocol, or a file; docs/protocols.md.")] = None,
    soc: Annotated[float | None, typer.Option(help="State of charge at the start, 0 to 1; 0.1 for --charge, else 1."
                                              )] = None,
    heat: Annotated[bool, typer.Option(help="Let the cell warm up.")] = False,
    model: Annotated[str | None, typer.Option(help="DFN (ThinFilm for one), SPMe or SPM.")] = None,
    temperature: Annotated[float | None, typer.Option(help="degC; the cell's own unless given.")] = None,
    ambient: Annotated[float | None, typer.Option(
        help="degC, of the surroundings, with --heat; that of the start unless given.")] = None,
    time_budget: Annotated[float, typer.Option(help="Seconds of processor time after which a step gives up.")] = 10.0,
    output: Annotated[Path | None, typer.Option(
        "--output", "-o", help="Save as .csv, .parquet, .nc, .png, .svg or .pdf.")] = None,
    cite: Annotated[bool, typer.Option("--cite", help="Say what to cite for this run.")] = False,
    bibtex: Annotated[Path | None, typer.Option(help="Write what to cite as BibTeX, to a .bib file.")] = None,
):
    """Simulate a discharge, a charge or a protocol and say how it ended."""
    import cellsim

    if sum(x is not None for x in (discharge, charge, protocol)) != 1:
        raise ProtocolError("give exactly one of --discharge RATE, --charge RATE and --protocol TEXT")
    if ambient is not None and not heat:
        raise ProtocolError(f"--ambient {ambient:g}: without --heat the cell has the temperature of its surroundings; "
                            "add --heat, or give --temperature")
    output_of(output, RUNS)
    output_of(bibtex, (".bib", ".txt"))
    found = cellsim.load(cell)
    if discharge is not None:
        steps, start = [cellsim.discharge(positive("--discharge", discharge))], 1.0
    elif charge is not None:
        full = found.value("cell/upper voltage cut-off")
        steps, start = [cellsim.charge(positive("--charge", charge)), cellsim.hold(full)], 0.1
    else:
        steps, start = text_of(protocol), 1.0
    T, around = kelvin(temperature), kelvin(ambient, "--ambient")
    soc = number("--soc", start if soc is None else soc, "a state of charge lies between 0 and 1", low=0.0, high=1.0)
    kelvins = found.temperature(T)
    say(f"starts at {100.0 * soc:g} % state of charge, {open_circuit_voltage(found, soc, kelvins):.4g} V at rest, "
        f"{kelvins - 273.15:.4g} degC")
    try:
        result = cellsim.simulate(found, steps, model_of(model), temperature=T, heat=heat, ambient=around, soc=soc,
                                  time_budget=time_budget)
    except SolveError as fault:
        if fault.result is not None:  # what was done up to there
            say(str(fault.result), soft_wrap=True)
        raise
    say(str(result), soft_wrap=True)
    say(f"  {result.discharge_capacity - result.charge_capacity:.4g} A.h, "
         f"{result.discharge_energy - result.charge_energy:.4g} W.h (discharge positive)")
    if cite:
        say(str(result.citations()), soft_wrap=True)
    if bibtex is not None:
        with replacing(bibtex) as partial:
            partial.write_text(result.citations().bibtex(), encoding="utf-8")
    if output is not None and output.suffix == ".csv":
        with replacing(output) as partial:
            result.to_pandas().to_csv(partial, index=False)
    elif output is not None:
        (result.plot if output.suffix in PICTURES else result.save)(output)


@app.command()
def impedance(
    cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")],
    soc: Annotated[float, typer.Option(help="State of charge, 0 to 1.")] = 0.5,
    model: Annotated[str | None, typer.Option(help="DFN (ThinFilm for one), SPMe or SPM.")] = None,
    temperature: Annotated[float | None, typer.Option(help="degC; the cell's own unless given.")] = None,
    lowest: Annotated[float, typer.Option(help="Frequency [Hz].")] = 1e-3,
    highest: Annotated[float, typer.Option(help="Frequency [Hz].")] = 1e4,
    double_layer: Annotated[float | None, typer.Option(help="F/m2 of reacting surface, of both electrodes.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Save as .csv, .png, .svg or .pdf.")] = None,
):
    """Impedance spectrum of a cell at rest."""
    import numpy as np

    import cellsim

    output_of(output, SPECTRA)
    lowest, highest = (number(option, f, "give a finite frequency above 0 [Hz]", above=0.0, high=1e12)
                       for option, f in (("--lowest", lowest), ("--highest", highest)))
    found = cellsim.load(cell)
    if double_layer is not None:
        found = found.with_({f"{part} electrode/double-layer capacity": double_layer
                             for part in ("negative", "positive")})
    if not 1e-9 < lowest < highest:
        raise ProtocolError(f"--lowest {lowest:g} --highest {highest:g}: give a frequency above 1e-9 Hz and a higher "
                            "one")
    points = 1 + round(10 * max(np.log10(highest / lowest), 0.1))
    spectrum = cellsim.impedance(found, np.geomspace(lowest, highest, points), model_of(model), soc=soc,
                                 temperature=kelvin(temperature))
    say(str(spectrum), soft_wrap=True)
    if output is not None:
        (spectrum.save if output.suffix == ".csv" else spectrum.plot)(output)
