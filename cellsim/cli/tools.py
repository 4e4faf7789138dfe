"""Commands about parameter sets, compiled kernels and speed."""

import json
from pathlib import Path
from typing import Annotated

import typer

from .shared import app, console, output_of, say

cache_app = typer.Typer(help="Compiled kernels on disk.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")


@app.command()
def cells() -> None:
    """List the packaged parameter sets."""
    from .tables import cells_table

    console.print(cells_table())


@app.command()
def show(
    cell: Annotated[str, typer.Argument(help="Name, or path of a .json file of cellsim or BPX.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the parameter file instead.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Save the values as .csv, or the parameter file as .json.")
    ] = None,
) -> None:
    """Show all values of a parameter set with unit, source, method and note."""
    from ..parameters import load
    from ..support.files import replacing
    from .tables import WIDE, provenance_frame, provenance_lines, provenance_table

    output_of(output, (".csv", ".json"))
    parameters = load(cell)
    content = json.dumps(parameters.to_json(), indent=1, ensure_ascii=False) if as_json or output else ""
    if output is not None:
        table = provenance_frame(parameters) if output.suffix == ".csv" else None
        with replacing(output) as partial:
            if table is None:
                partial.write_text(content + "\n", encoding="utf-8")
            else:
                table.to_csv(partial, index=False)
    if as_json:
        print(content)
    if as_json or output is not None:
        return
    say(f"{parameters.name}: {parameters.title}", style="bold")
    say(parameters.description)
    if console.width >= WIDE:
        console.print(provenance_table(parameters))
    else:
        for line in provenance_lines(parameters):
            console.print(line)
    say(f"Provenance: {parameters.provenance()}")
    for remark in parameters.remarks:
        say(f"Remark: {remark}", soft_wrap=True)


@app.command()
def convert(
    cell: Annotated[str, typer.Argument(help="Name of a parameter set, or path of a .json file of cellsim or BPX.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="BPX file to write, such as cell.bpx.json.")],
) -> None:
    """Write a cell as a BPX file of version 1.1, and print what that cannot carry."""
    from ..interop.bpx_files.write import to_bpx

    output_of(output, (".json",))
    written = to_bpx(cell, output)
    say(str(written), soft_wrap=True)
    say(f"Written: {output}", soft_wrap=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of parameter files, for editors."""
    from ..parameters.schema import json_schema

    print(json.dumps(json_schema(), indent=1))


@app.command()
def warmup() -> None:
    """Compile all kernels in advance."""
    import time

    import cellsim

    from ..support.compile import cache_directory, shipped, sources
    from ..support.first_calls import machine_code_only

    machine_code_only()
    start = time.perf_counter()
    for model in (cellsim.DFN(), cellsim.SPMe(), cellsim.SPM()):
        cellsim.simulate("lgm50_chen2020", [cellsim.rest(1.0)], model)
    where = "the package" if shipped.of_package(sources)[0] else cache_directory() or "memory only"
    print(f"kernels ready after {time.perf_counter() - start:.1f} s in {where}")


@app.command()
def bench(cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")] = "lgm50_chen2020") -> None:
    """Measure the speed of the models on this machine; takes a few seconds."""
    from ..studies.speed import bench as run
    from ..studies.speed import machine
    from .tables import speed_table

    console.print(speed_table(run(cell), machine()))


@cache_app.command("clear")
def cache_clear() -> None:
    """Delete all compiled kernels."""
    from ..support.compile import clear_cache

    files, size = clear_cache()
    print(f"deleted {files} files, {1e-6 * size:.1f} MB")


@cache_app.command("show")
def cache_show() -> None:
    """Show the folder of compiled kernels, and whether those that came with the package are used."""
    from ..support.compile import cache_directory, refused, shipped, sources

    print(cache_directory() or "no folder: set NUMBA_CACHE_DIR to a folder that only you can write")
    for why in refused:
        print(f"not used: {why}")
    print(f"machine code in the package: {shipped.of_package(sources)[1]}")
