"""Commands that run a cell: simulations and impedance spectra."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ProtocolError, SolveError
from ..models import open_circuit_voltage
from ..physics.constants import ZERO_CELSIUS
from ..support.arguments import chosen, number, whole
from ..support.files import replacing, write_table
from .shared import (
    PICTURES,
    TABLES,
    CellName,
    Celsius,
    ChargeRate,
    DischargeRate,
    ModelName,
    ProtocolText,
    StartSoc,
    app,
    kelvin,
    model_of,
    output_of,
    positive,
    say,
    text_of,
)

MOMENT = "Rest for 0.001 s"
RUNS, SPECTRA = (".csv", ".parquet", ".nc", *PICTURES), (".csv", *PICTURES)


@app.command()
def simulate(
    cell: CellName,
    discharge: DischargeRate = None,
    charge: ChargeRate = None,
    protocol: ProtocolText = None,
    soc: StartSoc = None,
    heat: Annotated[bool, typer.Option(help="Compute the temperature of the cell.")] = False,
    nodes: Annotated[
        int, typer.Option(help="With --heat: nodes between core and surface; 1: one temperature for the cell.")
    ] = 1,
    model: ModelName = None,
    temperature: Celsius = None,
    ambient: Annotated[
        float | None, typer.Option(help="Ambient temperature in degC, with --heat; default: the initial temperature.")
    ] = None,
    time_budget: Annotated[float, typer.Option(help="Limit of processor time per step, in seconds.")] = 10.0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Save as .csv, .parquet, .nc, .png, .svg or .pdf.")
    ] = None,
    cite: Annotated[bool, typer.Option("--cite", help="Print what to cite for this run.")] = False,
    bibtex: Annotated[Path | None, typer.Option(help="Save what to cite as BibTeX, to a .bib file.")] = None,
) -> None:
    """Simulate a discharge, a charge or a protocol, and print how it ended."""
    import cellsim

    _one_of(discharge, charge, protocol)
    if ambient is not None and not heat:
        raise ProtocolError(
            f"--ambient {ambient:g}: without --heat the cell has the temperature of its surroundings; "
            "add --heat, or give --temperature"
        )
    if nodes != 1 and not heat:
        raise ProtocolError(f"--nodes {nodes}: these are of a run with heat; add --heat")
    output_of(output, RUNS)
    output_of(bibtex, (".bib", ".txt"))
    parameters = cellsim.load(cell)
    steps, soc = _steps_of(parameters, discharge, charge, protocol, soc)
    T, around = kelvin(temperature), kelvin(ambient, "--ambient")
    kelvins = parameters.temperature(T)
    voltage = open_circuit_voltage(parameters, soc, kelvins)
    begun = f"starts at {100.0 * soc:g} % state of charge, {voltage:.4g} V open circuit"
    begun += f", {kelvins - ZERO_CELSIUS:.4g} degC"  # printed once the run is one
    try:
        result = cellsim.simulate(
            parameters,
            steps,
            model_of(model),
            temperature=T,
            heat=cellsim.ThermalNetwork(nodes=nodes) if nodes != 1 else heat,
            ambient=around,
            soc=soc,
            time_budget=time_budget,
        )
    except SolveError as fault:
        if fault.result is not None:  # the partial result
            say(begun)
            say(str(fault.result), soft_wrap=True)
        raise
    say(begun)
    say(str(result), soft_wrap=True)
    say(
        f"  {result.discharge_capacity - result.charge_capacity:.4g} Ah, "
        f"{result.discharge_energy - result.charge_energy:.4g} Wh (discharge positive)"
    )
    if cite:
        say(str(result.citations()), soft_wrap=True)
    if bibtex is not None:
        with replacing(bibtex) as partial:
            partial.write_text(result.citations().bibtex(), encoding="utf-8")
    if output is not None and output.suffix == ".csv":
        write_table(result.to_pandas(), output)
    elif output is not None:
        (result.plot if output.suffix in PICTURES else result.save)(output)


def _one_of(*given: Any) -> None:
    """Raise ProtocolError unless one of the options that say what a cell does is given."""
    if sum(x is not None for x in given) != 1:
        raise ProtocolError("give exactly one of --discharge RATE, --charge RATE and --protocol TEXT")


def _steps_of(
    cell: Any, discharge: float | None, charge: float | None, protocol: str | None, soc: float | None
) -> tuple[Any, float]:
    """The steps that options ask for, and the state of charge from which they start."""
    import cellsim

    steps: Any = text_of(protocol or "")
    if discharge is not None:
        steps = [cellsim.discharge(positive("--discharge", discharge))]
    elif charge is not None:
        full = cell.value("cell/upper voltage cut-off")
        steps = [cellsim.charge(positive("--charge", charge)), cellsim.hold(full)]
    start = soc if soc is not None else 1.0 if charge is None else 0.1
    return steps, number("--soc", start, "a state of charge lies between 0 and 1", low=0.0, high=1.0)


@app.command()
def zones(
    cell: CellName,
    discharge: DischargeRate = None,
    charge: ChargeRate = None,
    protocol: ProtocolText = None,
    soc: StartSoc = None,
    nodes: Annotated[int, typer.Option(help="Zones from core to surface.")] = 5,
    cooling: Annotated[
        float | None, typer.Option(help="Heat transfer coefficient of the surface [W/m2/K]; default: of the cell.")
    ] = None,
    opposite: Annotated[
        float | None, typer.Option(help="That of the opposite face of a stack on a plate; default: as --cooling.")
    ] = None,
    interval: Annotated[float, typer.Option(help="Longest step of what zones have in common [s].")] = 20.0,
    model: ModelName = None,
    temperature: Celsius = None,
    ambient: Annotated[
        float | None, typer.Option(help="Ambient temperature in degC; default: the initial temperature.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Save as .csv or .parquet.")] = None,
) -> None:
    """Simulate layers of a cell at temperatures of their own, which share its voltage, and print how it ended."""
    import cellsim

    from ..simulation.parallel import simulate_zones

    _one_of(discharge, charge, protocol)
    output_of(output, TABLES)
    parameters = cellsim.load(cell)
    steps, soc = _steps_of(parameters, discharge, charge, protocol, soc)
    run = simulate_zones(
        parameters,
        steps,
        heat=cellsim.ThermalNetwork(
            nodes=nodes, heat_transfer_coefficient=cooling, opposite_heat_transfer_coefficient=opposite
        ),
        soc=soc,
        interval=interval,
        model=model_of(model),
        temperature=kelvin(temperature),
        ambient=kelvin(ambient, "--ambient"),
    )
    say(str(run), soft_wrap=True)
    if output is not None:
        write_table(run.to_pandas(), output)


@app.command()
def impedance(
    cell: CellName,
    soc: Annotated[float | None, typer.Option(help="State of charge, 0 to 1; default: 0.5.")] = None,
    after: Annotated[
        Path | None, typer.Option(help="A life saved by `age -o life.parquet`: the spectrum of the cell that has aged.")
    ] = None,
    cycle: Annotated[
        int | None, typer.Option(help="With --after: the cycle at whose end the cell is; default: the last one.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="DFN (ThinFilm for a thin-film cell), SPMe or SPM; default: that of the life, else DFN."),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(help="Temperature in degC; default: that of the parameter set, or that of the end of the cycle."),
    ] = None,
    lowest: Annotated[float, typer.Option(help="Lowest frequency [Hz].")] = 1e-3,
    highest: Annotated[float, typer.Option(help="Highest frequency [Hz].")] = 1e4,
    double_layer: Annotated[
        float | None, typer.Option(help="Double-layer capacity of both electrodes [F/m2 of reacting surface].")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Save as .csv, .png, .svg or .pdf.")] = None,
) -> None:
    """Impedance spectrum of a cell at equilibrium, fresh or after cycles of a life."""
    import numpy as np

    import cellsim

    output_of(output, SPECTRA)
    lowest, highest = (
        number(option, f, "give a finite frequency above 0 [Hz]", above=0.0, high=1e12)
        for option, f in (("--lowest", lowest), ("--highest", highest))
    )
    if cycle is not None and after is None:
        raise ProtocolError(f"--cycle {cycle}: of a life; give its file as --after life.parquet")
    if soc is not None and after is not None:
        raise ProtocolError(f"--soc {soc:g}: with --after the cell is as a cycle left it; leave out --soc")
    parameters = cellsim.load(cell)
    given: dict[str, Any] = {"soc": 0.5 if soc is None else soc}
    if after is not None:
        parameters, state = _aged(parameters, after, cycle)
        # a run of a moment, as the state is of the cell without double layers
        given = {"after": state if double_layer is None else cellsim.simulate(parameters, MOMENT, start=state)}
    if double_layer is not None:
        parameters = parameters.with_(
            {f"{part} electrode/double-layer capacity": double_layer for part in ("negative", "positive")}
        )
    if not 1e-9 < lowest < highest:
        raise ProtocolError(
            f"--lowest {lowest:g} --highest {highest:g}: give a frequency above 1e-9 Hz and a higher one"
        )
    points = 1 + round(10 * max(np.log10(highest / lowest), 0.1))
    spectrum = cellsim.impedance(
        parameters, np.geomspace(lowest, highest, points), model_of(model), temperature=kelvin(temperature), **given
    )
    say(str(spectrum), soft_wrap=True)
    if output is not None:
        (spectrum.save if output.suffix == ".csv" else spectrum.plot)(output)


def _aged(given: Any, path: Path, cycle: int | None) -> tuple[Any, Any]:
    """The cell of a saved life, and its state after a cycle.  Raises ProtocolError for the life of another cell."""
    import cellsim

    life = cellsim.Life.load(path)
    if life.cell.name != given.name:
        raise ProtocolError(f"--after {path}: this is a life of {life.cell.name}; give it in place of {given.name}")
    n = (
        life.cycles
        if cycle is None
        else whole("--cycle", cycle, "give a cycle of the life, 0 for the fresh cell", low=0)
    )
    state, what = life.state(n), str(life.table.index.name).partition(" ")[0].lower()
    say(f"the cell of {path}, after {what} {n} of {life.cycles}", soft_wrap=True)
    known = {row[0]: row[1:3] for row in given.provenance().rows}
    other = [row[0] for row in life.cell.provenance().rows if known.get(row[0]) != row[1:3]]
    if other:
        say(
            f"  note: there {', '.join(other[:3])}{' and others' * (len(other) > 3)} differ from {given.name}",
            soft_wrap=True,
        )
    return life.cell, state


@app.command()
def check(
    cell: CellName,
    against: Annotated[str, typer.Option(help="The other program: pybamm.")],
    discharge: Annotated[float, typer.Option(help="C-rate of the discharge.")] = 1.0,
    protocol: Annotated[
        str | None, typer.Option(help="Text of a protocol, or path of a file with it, in place of a discharge.")
    ] = None,
    soc: Annotated[float, typer.Option(help="Initial state of charge, 0 to 1.")] = 1.0,
    model: Annotated[str | None, typer.Option(help="DFN (default), SPMe or SPM.")] = None,
    mesh: Annotated[str, typer.Option(help="Mesh of the other program: fine or default.")] = "fine",
    temperature: Celsius = None,
) -> None:
    """Run a cell here and in another program with the same parameters, and print how far the voltages are apart."""
    from ..interop.against_pybamm import against_pybamm

    chosen("--against", against, ("pybamm",))
    steps = None if protocol is None else text_of(protocol)
    found = against_pybamm(
        cell,
        steps,
        rate=positive("--discharge", discharge),
        model=model,
        mesh=mesh,
        soc=soc,
        temperature=kelvin(temperature),
    )
    say(str(found), soft_wrap=True)
