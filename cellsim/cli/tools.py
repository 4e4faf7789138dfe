"""Commands around parameter sets and this machine."""
from typing import Annotated

import typer

from .shared import app, console, say

cache_app = typer.Typer(help="Compiled kernels on disk.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")


@app.command()
def cells():
    """List the packaged parameter sets."""
    from .tables import cells_table

    console.print(cells_table())


@app.command()
def show(cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")]):
    """Show every value of a parameter set with unit, source and method, and its provenance score."""
    from ..parameters import load
    from .tables import provenance_table

    found = load(cell)
    say(found.title, style="bold")
    say(found.description)
    console.print(provenance_table(found))
    say(f"Provenance: {found.provenance()}")
    for remark in found.remarks:
        say(f"Remark: {remark}", soft_wrap=True)


@app.command()
def schema():
    """Print the JSON Schema of parameter files, for editors."""
    import json

    from ..parameters.schema import json_schema

    print(json.dumps(json_schema(), indent=1))


@app.command()
def warmup():
    """Compile all kernels now, so that the first run need not."""
    import time

    import cellsim

    from ..support.compile import cache_directory

    start = time.perf_counter()
    for model in (cellsim.DFN(), cellsim.SPMe(), cellsim.SPM()):
        cellsim.simulate("lgm50_chen2020", [cellsim.rest(1.0)], model)
    print(f"kernels ready after {time.perf_counter() - start:.1f} s in {cache_directory() or 'memory only'}")


@app.command()
def bench(cell: Annotated[str, typer.Argument(help="Name, or path of a .json file.")] = "lgm50_chen2020"):
    """Say how fast the models are on this machine; takes a few seconds."""
    from ..studies.speed import bench as run
    from ..studies.speed import machine
    from .tables import speed_table

    console.print(speed_table(run(cell), machine()))


@cache_app.command("clear")
def cache_clear():
    """Delete all compiled kernels."""
    from ..support.compile import clear_cache

    files, size = clear_cache()
    print(f"deleted {files} files, {1e-6 * size:.1f} MB")


@cache_app.command("show")
def cache_show():
    """Say where compiled kernels are kept."""
    from ..support.compile import cache_directory, refused

    print(cache_directory() or "nowhere: set NUMBA_CACHE_DIR to a folder that you alone can write")
    for why in refused:
        print(f"not in {why}")
