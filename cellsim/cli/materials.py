"""Commands for materials, and for cells made from them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ParameterError
from ..support.arguments import number
from .shared import app, console, output_of, say

PARTS = "name of `cellsim materials`, or path of a .json file"


@app.command()
def materials(
    name: Annotated[str | None, typer.Argument(help="A material, to show all that is known of it.")] = None,
    role: Annotated[str | None, typer.Option(help="electrolyte, positive, negative or housing.")] = None,
    measured: Annotated[
        str | None, typer.Option(help="List measured conductivities of compositions that contain this text, or all.")
    ] = None,
) -> None:
    """List materials from which `cellsim design` makes cells, and measured conductivities of solid electrolytes."""
    from ..design.materials import conductivities, material
    from ..design.materials import materials as names
    from .tables import conductivities_table, material_table, materials_table

    if sum(option is not None for option in (name, role, measured)) > 1:
        raise ParameterError("give one of NAME, --role and --measured")
    if name is not None:
        found = material(name)
        say(found.title, style="bold")
        console.print(material_table(found))
        for remark in found.remarks:
            say(f"Remark: {remark}", soft_wrap=True)
    elif measured is not None:
        wanted = "" if measured == "all" else measured
        rows = [row for row in conductivities() if wanted in row.composition or wanted == row.family]
        if not rows:
            raise ParameterError(
                f"--measured {measured[:60]!r}: in no composition or family; give a text such as InCl6"
            )
        console.print(conductivities_table(rows))
    else:
        console.print(materials_table([material(each) for each in names(role)]))


@app.command()
def design(
    cathode: Annotated[str, typer.Option(help=f"Positive electrode: {PARTS}.")] = "nmc811",
    electrolyte: Annotated[str, typer.Option(help=f"Electrolyte: {PARTS}, or a composition.")] = "li6ps5cl",
    anode: Annotated[str, typer.Option(help=f"Negative electrode: {PARTS}.")] = "lithium",
    areal_capacity: Annotated[float, typer.Option(help="Areal capacity in mAh/cm2.")] = 5.0,
    separator: Annotated[float | None, typer.Option(help="Thickness of the separator in um.")] = None,
    pairs: Annotated[
        int | None, typer.Option(help="Pairs of electrodes; as many as fill the housing unless given.")
    ] = None,
    grain: Annotated[
        float | None, typer.Option(help="Radius of the grains of a solid electrolyte in the cathode in um.")
    ] = None,
    housing: Annotated[str, typer.Option(help=f"Housing: {PARTS}.")] = "pouch",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Parameter file to write (.json).")] = None,
) -> None:
    """Make a cell from materials, and print its layers, energy density and ratio to the baselines of the claim."""
    from ..design.materials import design_cell
    from ..studies.claim_audit.claim_file import load_claim
    from ..studies.claim_audit.designed import worth
    from ..support.files import replacing
    from .tables import layers_table

    output_of(output, (".json",))
    Q = number("--areal-capacity", areal_capacity, "give mAh/cm2, 0.8 to 20", low=0.8, high=20.0)
    L = number("--separator", separator, "give micrometres, 0.1 to 10000", low=0.1, high=1e4, none=True)
    r = number("--grain", grain, "give micrometres, 0.01 to 100", low=0.01, high=100.0, none=True)
    cell = design_cell(
        cathode,
        electrolyte,
        anode,
        10.0 * Q,
        separator_thickness=None if L is None else 1e-6 * L,
        housing=housing,
        pairs=pairs,
        grain_radius=None if r is None else 1e-6 * r,
    )
    found = worth(cell, load_claim())
    say(cell.title, style="bold")
    console.print(layers_table(cell))
    say(str(found), soft_wrap=True)
    say(f"Values: {cell.provenance()}")
    for remark in cell.remarks:
        say(f"Remark: {remark}", soft_wrap=True)
    if output is not None:
        with replacing(output) as partial:
            partial.write_text(json.dumps(cell.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        say(f"Parameter file: {output}", soft_wrap=True)
