"""Commands about cost: price of a cell or pack, plants, price scenarios."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ParameterError
from ..support.files import replacing
from .shared import PICTURES, CellName, app, console, output_of, say

WRITTEN = (*PICTURES, ".json", ".csv")


@app.command()
def cost(
    cell: CellName,
    plant: Annotated[
        str | None,
        typer.Option(help="Name (`cellsim plant`) or .yaml file of a plant; default: the line for such cells."),
    ] = None,
    prices: Annotated[str, typer.Option(help="Name (`cellsim prices`) or .yaml file of a price scenario.")] = "2028",
    size: Annotated[float, typer.Option(help="Good output of the plant in GWh a year.")] = 30.0,
    level: Annotated[str, typer.Option(help="cell or pack.")] = "cell",
    target: Annotated[
        list[float] | None, typer.Option(help="Price to judge in USD/kWh (repeatable); 75 and 65.")
    ] = None,
    scale_rule: Annotated[
        str, typer.Option(help="batpac or six-tenths, below the size where neither is calibrated.")
    ] = "batpac",
    choose: Annotated[
        list[str] | None, typer.Option(help="Variant of the line, GROUP=VARIANT such as cathode=dry (repeatable).")
    ] = None,
    materials: Annotated[Path | None, typer.Option(help=".yaml file that says what the cell is made of.")] = None,
    energy: Annotated[
        float | None, typer.Option(help="Energy of the cell in Wh; default: a simulated discharge at C/3.")
    ] = None,
    production: Annotated[bool, typer.Option("--production", help="Show what the plant needs, step by step.")] = False,
    output: Annotated[
        list[Path] | None, typer.Option("--output", "-o", help="Picture, .csv or .json to write (repeatable).")
    ] = None,
) -> None:
    """Price of a cell or pack with its uncertainty, and what would bring it to a target."""
    from ..studies.cost.study import TARGETS
    from ..studies.cost.study import cost as run
    from ..studies.cost.tables import cost_tables, production_table

    for path in output or ():
        output_of(path, WRITTEN)
    study = run(
        cell,
        plant=plant,
        prices=prices,
        size=size,
        level=level,
        targets=tuple(target or TARGETS),
        scale_rule=scale_rule,
        choices=_choices(choose or []),
        materials=materials,
        energy=energy,
    )
    console.print(cost_tables(study), *([production_table(study)] if production else []))
    for path in output or ():
        _written(study, path)


def _choices(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for text, (_, sign, variant) in zip(given, pairs, strict=True):
        if not sign or not variant:
            raise ParameterError(f"--choose {text[:60]!r}: give GROUP=VARIANT, such as cathode=dry")
    return {group.strip(): variant.strip() for group, _, variant in pairs}


def _written(study: Any, path: Path) -> None:
    if path.suffix in PICTURES:
        study.plot(path)
        return
    with replacing(path) as partial:
        if path.suffix == ".csv":
            study.to_pandas().to_csv(partial, index=False)
        else:
            partial.write_text(json.dumps(study.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@app.command()
def plant(
    name: Annotated[str | None, typer.Argument(help="Name or .yaml file; without it the plants are listed.")] = None,
    yaml: Annotated[bool, typer.Option("--yaml", help="Print the whole plant as YAML, to copy and change.")] = False,
) -> None:
    """Show a plant: steps, yields, overheads, every number with its origin."""
    from ..design.cost import plant_file
    from ..studies.cost.tables import plant_table

    if name is None:
        for known in plant_file.plants():
            say(f"{known}: {plant_file.load_file(known).title}")
        return
    found = plant_file.load_file(name)
    if yaml:
        _print_yaml(plant_file.composed(name))
    else:
        console.print(plant_table(found))


@app.command()
def prices(
    name: Annotated[str | None, typer.Argument(help="Name or .yaml file; without it the scenarios are listed.")] = None,
    yaml: Annotated[bool, typer.Option("--yaml", help="Print the whole scenario as YAML, to copy and change.")] = False,
) -> None:
    """Show a price scenario: every price with its date and origin."""
    from ..design.cost import prices as price_files
    from ..studies.cost.tables import prices_table

    if name is None:
        for known in price_files.scenarios():
            say(f"{known}: {price_files.load_file(known).title}")
        return
    found = price_files.load_file(name)
    if yaml:
        _print_yaml(price_files.composed(name))
    else:
        console.print(prices_table(found))


def _print_yaml(content: dict[str, Any]) -> None:
    from yaml import safe_dump

    print(safe_dump(content, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None), end="")
