"""The command line: thin, everything it does is a few lines of Python away."""
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from .errors import CellsimError, ProtocolError, SolveError

app = typer.Typer(help="Check battery claims from sourced parameters.", no_args_is_help=True,
                  pretty_exceptions_enable=False, add_completion=False)
cache_app = typer.Typer(help="Compiled kernels on disk.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")
console = Console()


def _version(wanted: bool):
    if wanted:
        from . import __version__

        print(f"cellsim {__version__}")
        raise typer.Exit()


@app.callback()
def _options(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False):
    """Check battery claims from sourced parameters."""


@app.command()
def audit(
    claim: Annotated[Path | None, typer.Option(help="YAML file of the claim; `cellsim claim` prints one.")] = None,
    cell: Annotated[list[str] | None, typer.Option(help="Cell to judge (repeatable): name or .json file.")] = None,
    baseline: Annotated[list[str] | None, typer.Option(help="What to compare with (repeatable).")] = None,
    c_rate: Annotated[float | None, typer.Option(help="Discharge rate, in place of the claim's.")] = None,
    temperature: Annotated[float | None, typer.Option(help="degC, in place of the claim's.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="HTML report to write.")] = None,
):
    """Judge a claim about energy density, with the condition under which it would hold."""
    from .files import replacing
    from .report.tables import audit_table, verdict_table
    from .studies import audit as run
    from .studies import load_claim

    question = load_claim(claim, cells=cell or (), baselines=baseline or ())
    question = replace(question, c_rate=_positive("--c-rate", c_rate) or question.c_rate)
    if temperature is not None:
        question = replace(question, temperature=_kelvin(temperature))
    with replacing(output) if output is not None else nullcontext() as page:
        found = _with_progress(run, question)
        if page is not None:
            found.save(page)
    _say(question.title, style="bold")
    _say(f"{question.source}\n")
    console.print(audit_table(found), verdict_table(found))
    if output is not None:
        _say(f"Report: {output}", soft_wrap=True)


def _say(text, **how):
    """Print words, the user's among them: never markup, nothing coloured by guesswork."""
    console.print(text, markup=False, highlight=False, **how)


def _with_progress(run, question):
    """Run a study under a progress bar (none where the output is not a terminal)."""
    from ._jit import announce

    announce()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    errors = Console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        task = bars.add_task("cellsim", total=1.0)
        return run(question, progress=lambda what, done: bars.update(task, description=what, completed=done))


def _positive(option, number):
    if number is not None and not 0.0 < number <= 20.0:
        raise ProtocolError(f"{option} {number:g}: give a rate above 0 and at most 20")
    return number


def _kelvin(celsius):
    if not -73.0 <= celsius <= 127.0:
        raise ProtocolError(f"--temperature {celsius:g}: give degrees Celsius between -73 and 127")
    return celsius + 273.15


def _model(name):
    """A model by name, or None for the one that suits the cell."""
    import cellsim

    if name not in (None, "DFN", "SPMe", "SPM", "ThinFilm"):
        raise ProtocolError(f"--model {name!r}: choose one of DFN, SPMe, SPM, ThinFilm")
    return getattr(cellsim, name)() if name else None


@app.command()
def cells():
    """List the packaged parameter sets."""
    from .report.tables import cells_table

    console.print(cells_table())


@app.command()
def show(cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")]):
    """Show every value of a parameter set with unit, source and method, and its provenance score."""
    from .parameters import load
    from .report.tables import provenance_table

    found = load(cell)
    _say(found.title, style="bold")
    _say(found.description)
    console.print(provenance_table(found))
    _say(f"Provenance: {found.provenance()}")


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
        steps, soc = [cellsim.discharge(_positive("--discharge", discharge))], 1.0
    else:
        full = found.value("cell/upper voltage cut-off")
        steps, soc = [cellsim.charge(_positive("--charge", charge)), cellsim.hold(full)], 0.1
    T = None if temperature is None else _kelvin(temperature)
    result = cellsim.simulate(found, steps, _model(model), temperature=T, soc=soc)
    _say(str(result), soft_wrap=True)
    _say(f"  {result.discharge_capacity - result.charge_capacity:.4g} A.h, "
         f"{result.discharge_energy - result.charge_energy:.4g} W.h (discharge positive)")
    if output is not None:
        (result.plot if output.suffix in (".png", ".svg", ".pdf") else result.save)(output)


@app.command()
def validate(
    line: Annotated[list[str] | None, typer.Argument(help="Names of lines, or how they begin; all by default.")] = None,
    details: Annotated[bool, typer.Option(help="Show what each line is, and its points.")] = False,
    markdown: Annotated[bool, typer.Option(help="Print the chapter of the documentation instead.")] = False,
    plots: Annotated[Path | None, typer.Option(help="Folder to write pictures of the composites to.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="JSON file with everything.")] = None,
):
    """Compare with other programs, closed forms and measurements; exit code 1 if a line is not as stated."""
    import json

    from .files import replacing
    from .report import validation as report
    from .studies.validation import LINES
    from .studies.validation import validate as run

    names = [known.name for known in LINES]
    for name in line or ():
        if not any(known.startswith(name) for known in names):
            raise ProtocolError(f"validate {name!r}: no such line; known: {', '.join(names)}")
    with replacing(output) if output is not None else nullcontext() as partial:
        found = _with_progress(run, tuple(line or ()))
        if partial is not None:
            partial.write_text(json.dumps([o.to_json() for o in found], indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        from .report.validation_plots import PICTURES

        for name, draw in PICTURES.items():
            draw(plots / name)
    if markdown:
        print(report.chapter(found), end="")
    else:
        console.print(report.validation_table(found), *([report.details(found)] if details else []))
    if not all(o.as_stated for o in found):
        raise typer.Exit(1)


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
    T = None if temperature is None else _kelvin(temperature)
    spectrum = cellsim.impedance(found, np.geomspace(lowest, highest, points), _model(model), soc=soc, temperature=T)
    _say(str(spectrum), soft_wrap=True)
    if output is not None:
        (spectrum.save if output.suffix == ".csv" else spectrum.plot)(output)


@app.command()
def claim():
    """Print the packaged claim file, to copy and change."""
    from .studies.claim import DEFAULT

    print(DEFAULT.read_text(encoding="utf-8"), end="")


@app.command()
def claims(
    as_json: Annotated[bool, typer.Option("--json", help="Print records instead of tables.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Folder of .yaml files, in place of the packaged ones.")] = None,
):
    """List what makers state of solid-state cells: figures, conditions, what is not stated, sources."""
    import json

    from .report.tables import claims_table
    from .studies import claims as read

    found = read(folder)
    if as_json:
        print(json.dumps(found.to_json(), indent=1, ensure_ascii=False))
    else:
        console.print(claims_table(found))


@app.command()
def schema():
    """Print the JSON Schema of parameter files, for editors."""
    import json

    from .parameters.schema import json_schema

    print(json.dumps(json_schema(), indent=1))


@app.command()
def warmup():
    """Compile all kernels now, so that the first run need not."""
    import time

    import cellsim

    from ._jit import cache_directory

    start = time.perf_counter()
    for model in (cellsim.DFN(), cellsim.SPMe(), cellsim.SPM()):
        cellsim.simulate("lgm50_chen2020", [cellsim.rest(1.0)], model)
    print(f"kernels ready after {time.perf_counter() - start:.1f} s in {cache_directory() or 'memory only'}")


@app.command()
def bench(cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")] = "lgm50_chen2020"):
    """Say how fast the models are on this machine; takes a few seconds."""
    from .report.tables import speed_table
    from .studies.speed import bench as run
    from .studies.speed import machine

    console.print(speed_table(run(cell), machine()))


@cache_app.command("clear")
def cache_clear():
    """Delete all compiled kernels."""
    from ._jit import clear_cache

    files, size = clear_cache()
    print(f"deleted {files} files, {1e-6 * size:.1f} MB")


@cache_app.command("show")
def cache_show():
    """Say where compiled kernels are kept."""
    from ._jit import cache_directory

    print(cache_directory() or "nowhere: set NUMBA_CACHE_DIR to a writable folder")


def main():
    """Entry point: errors made on purpose become one sentence and exit code 2."""
    try:
        app()
    except SolveError as fault:
        print(f"cellsim: {fault}", file=sys.stderr)
        sys.exit(3)
    except CellsimError as fault:
        print("\n".join(f"cellsim: {line}" for line in str(fault).splitlines()), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
