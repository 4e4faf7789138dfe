"""Reference pages from the tables of the code: quantities, variables, endings, limits, commands, packaged sets."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

import cellsim
from cellsim.cli import app
from cellsim.kernels import layout as declarations
from cellsim.kernels.call.record import Task
from cellsim.kernels.records import Ageing, Foil, Grain, Side, Volume
from cellsim.kernels.scratch import Work
from cellsim.models import initial_state
from cellsim.models.thermal_laws import Body
from cellsim.numerics.fields import markdown
from cellsim.parameters import catalogue
from cellsim.protocols import reference
from cellsim.simulation.variables import ALIASES, Variables

from .files import keep, table


def write_tables(target: Path) -> None:
    """Write all reference pages that are tables."""
    for name, text in (
        ("parameters", parameters()),
        ("variables", variables()),
        ("endings", endings()),
        ("protocol_quantities", protocol_quantities()),
        ("layout", layout()),
        ("commands", commands()),
        ("sets", sets()),
    ):
        keep(target / f"{name}.md", text)


def parameters() -> str:
    """Every quantity that a parameter file may hold."""
    text = [
        "# Quantities of a parameter file\n",
        "From the table that checks files "
        "([how a file is written](parameter_sets.md)). *Law*: a number, an expression or a table in that variable; "
        "x is the stoichiometry, c the salt concentration in mol/m³.\n",
    ]
    for section in catalogue.SECTIONS:
        kinds = ("porous", "lithium metal", "film") if section.endswith("electrode") else (None,)
        for kind in kinds:
            if (
                section == "negative electrode"
                and kind == "film"
                or section == "positive electrode"
                and kind in ("lithium metal", "porous")
            ):
                continue
            title = {
                "porous": "porous electrode (negative or positive)",
                "lithium metal": "lithium-metal electrode (negative)",
                "film": "film (positive)",
            }.get(str(kind), section)
            rows = [
                (f"`{key}`", _unit(q.unit), q.meaning, _default(q), _range(q), _law(q))
                for key, q in catalogue.quantities(section, kind).items()
            ]
            text += [
                f"## {title[0].upper()}{title[1:]}\n",
                table(("quantity", "unit", "meaning", "default", "allowed", "law"), rows),
            ]
    return "\n".join(text)


def _unit(unit: str) -> str:
    return "–" if unit == "1" else f"`{unit}`"


def _default(q: Any) -> str:
    return "optional" if q.optional else "required" if q.default is None else f"{q.default:g}"


def _range(q: Any) -> str:
    return f"{q.lo:g} to {q.hi:g}"


def _law(q: Any) -> str:
    return {"stoichiometry": "x", "concentration": "c", "position": "position"}.get(q.law or "", "")


def _kinds_of_run() -> Iterator[tuple[str, Any, Any]]:
    """Title, cell and model of runs that have all variables between them."""
    liquid = cellsim.load("lgm50_chen2020")
    metal = cellsim.load("target_nmc811_lpscl_li").with_(
        {"negative electrode/vanishing charge": 180.0, "negative electrode/void share": 1.0}
    )
    worn = cellsim.with_overlay(metal, "solid_wear").with_({"negative electrode/host capacity": 3000.0})
    dries = cellsim.with_overlay(liquid, "li2022")
    yield "DFN", liquid, cellsim.DFN((4, 3, 4), shells=4)
    yield "SPMe", liquid, cellsim.SPMe((4, 3, 4), shells=4)
    yield "SPM", liquid, cellsim.SPM(shells=4)
    yield "ageing", cellsim.load("okane2022"), cellsim.DFN((4, 3, 4), shells=4)
    yield "ageing", dries, cellsim.DFN((4, 3, 4), shells=4)
    yield "lithium metal", metal, cellsim.DFN((1, 3, 4), shells=4)
    yield "solid, ageing", worn, cellsim.DFN((1, 3, 4), shells=4)
    yield "thin film", cellsim.load("danilov2011"), cellsim.ThinFilm(10, shells=4)


def variables() -> str:
    """Every variable of a result: its axes, and in which runs it exists."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for title, cell, model in _kinds_of_run():
        T = cell.value("cell/reference temperature")
        for body, word in ((None, "yes"), (Body(60.0, 0.1), "with heat")):
            sys = model.discretise(cell, T, body)
            given = Variables.of(cell, sys, model, [0.0], initial_state(cell, sys, 0.5)[None, :], 0.5)
            for name in [*given, *given.quiet]:
                axes = ", ".join(f"`{d}`" for d in given.dims(name))
                found.setdefault(name, (axes, {}))[1].setdefault(title, word)
    titles = list(dict.fromkeys(title for title, _, _ in _kinds_of_run()))
    rows = [(f"`{name}`", axes, *(kinds.get(title, "") for title in titles)) for name, (axes, kinds) in found.items()]
    return (
        "# Variables of a result\n\nNames are those of PyBaMM where PyBaMM has the quantity. `result.keys()` "
        "names those of a run, `list(result)` those that tables and files keep; `result[name]` is an array whose "
        "first axis is time. Discharge current is positive. x "
        "runs from the negative current collector, r from the centre of a particle. *Ageing*: a DFN of "
        "`okane2022`, or with dry-out. *Lithium metal*: a DFN whose lithium-metal electrode changes in the run.\n\n"
        + table(("variable", "axes", *titles), rows)
        + "\nFurther names that are understood: "
        + ", ".join(f"`{a}` for `{b}`" for a, b in ALIASES.items())
        + ".\n"
    )


def endings() -> str:
    """Why a step ends."""
    rows = [
        (f"`{e.name}`", int(e), e.sentence, "yes" if e.stops_run else "", "yes" if e.is_failure else "")
        for e in cellsim.Ending
    ]
    return (
        "# Endings\n\n`result.steps[k].ending` says why step k ended, `result.termination` why the run ended. "
        "Physical limits are endings; only `SOLVER_...` are failures of the solver, which raise `SolveError` with "
        "the result so far.\n\n" + table(("ending", "number", "in words", "stops the run", "failure"), rows)
    )


def protocol_quantities() -> str:
    """What a step can control, and what it can end at."""
    printed = f"{reference.quantities_table()}\n## Units\n\n{reference.units_table()}"
    return (
        "# Controls and limits\n\nWhat a step can control, and the quantities at which it can end. The words are "
        "those of the [protocol language](../protocols.md); the names are those of `cellsim.Step` and "
        "`cellsim.Limit`.\n\n" + printed
    )


RECORDS = {
    "State vector": declarations.State,
    "Discretised cell": declarations.System,
    "Control volume": Volume,
    "Particle": Grain,
    "Lithium-metal electrode": Foil,
    "Ageing of an electrode": Ageing,
    "Side reactions of a volume": Side,
    "Step": declarations.Control,
    "Scratch memory": Work,
    "Argument record": Task,
}


def layout() -> str:
    """The state vector and the records that the kernels work on, field by field."""
    text = ["# Layout of state and records\n", f"```text\n{inspect.getdoc(declarations)}\n```\n"]
    for title, found in RECORDS.items():
        text += [f"## {title}\n", markdown(found)]
    return "\n".join(text)


def commands() -> str:
    """Every command of the command line with its arguments and options."""
    group: Any = typer.main.get_command(app)
    text = [
        "# Command line\n",
        "Wrong input ends with one sentence and exit code 2, a failure of the solver with exit "
        "code 3. `cellsim COMMAND --help` prints the same.\n",
    ]
    for name, command in sorted(group.commands.items()):
        text += list(_command(f"cellsim {name}", command))
    return "\n".join(text)


def _command(name: str, command: Any) -> Iterator[str]:
    if hasattr(command, "commands"):
        for more, inner in sorted(command.commands.items()):
            yield from _command(f"{name} {more}", inner)
        return
    yield f"## {name}\n"
    yield (command.help or "").strip() + "\n"
    rows = []
    for p in command.params:
        if p.name != "help":
            words = ", ".join(f"`{o}`" for o in p.opts) if p.param_type_name == "option" else f"`{p.name.upper()}`"
            shown = "" if p.default in (None, False, ()) or callable(p.default) or not p.default else f"`{p.default}`"
            rows.append((words, getattr(p, "help", None) or "", "required" if p.required else shown))
    if rows:
        yield table(("argument", "meaning", "default"), rows)


def sets() -> str:
    """The packaged parameter sets."""
    rows = []
    for name in cellsim.cells():
        cell = cellsim.load(name)
        rows.append(
            (
                f"`{name}`",
                cell.title,
                cell.kind,
                f"{cell.nominal_capacity:g}",
                f"{cell.value('cell/lower voltage cut-off'):g} to {cell.value('cell/upper voltage cut-off'):g}",
            )
        )
    return (
        "# Packaged parameter sets\n\n`cellsim show NAME` prints every value with unit, source and method; "
        "[what each set rests on](parameter_sets.md).\n\n"
        + table(("set", "title", "electrolyte", "nominal capacity [Ah]", "voltage window [V]"), rows)
    )
