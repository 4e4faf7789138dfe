"""Commands that run a cell: simulations and spectra."""
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ProtocolError
from .shared import app, kelvin, model_of, positive, say


@app.command()
def simulate(
    cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")],
    discharge: Annotated[float | None, typer.Option(help="C-rate of a discharge from full.")] = None,
    charge: Annotated[float | None, typer.Option(help="C-rate of a charge from 10 %, then hold to C/20.")] = None,
    model: Annotated[str | None, typer.Option(help="DFN (ThinFilm for one), SPMe or SPM.")] = None,
    temperature: Annotated[float | None, typer.Option(help="degC; the cell's own unless given.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Save as .parquet, .nc, .png or .svg.")] = None,
):
    """Simulate one discharge or charge and say how it ended."""
    import cellsim

    if (discharge is None) == (charge is None):
        raise ProtocolError("give exactly one of --discharge RATE and --charge RATE")
    found = cellsim.load(cell)
    if discharge is not None:
        steps, soc = [cellsim.discharge(positive("--discharge", discharge))], 1.0
    else:
        full = found.value("cell/upper voltage cut-off")
        steps, soc = [cellsim.charge(positive("--charge", charge)), cellsim.hold(full)], 0.1
    T = None if temperature is None else kelvin(temperature)
    result = cellsim.simulate(found, steps, model_of(model), temperature=T, soc=soc)
    say(str(result), soft_wrap=True)
    say(f"  {result.discharge_capacity - result.charge_capacity:.4g} A.h, "
         f"{result.discharge_energy - result.charge_energy:.4g} W.h (discharge positive)")
    if output is not None:
        (result.plot if output.suffix in (".png", ".svg", ".pdf") else result.save)(output)


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
