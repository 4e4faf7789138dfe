"""Commands that judge: the claim, what makers state, and how far the models can be trusted."""
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ProtocolError
from .shared import app, console, kelvin, output_of, positive, say, with_progress


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
    from ..studies.claim_audit.claim_file import load_claim
    from ..studies.claim_audit.energy_claim import audit as run
    from ..studies.claim_audit.report.tables import audit_table, charging_table, verdict_table, voids_lines
    from ..support.files import replacing

    output_of(output, (".html", ".htm"))
    question = load_claim(claim, cells=cell or (), baselines=baseline or ())
    question = replace(question, c_rate=positive("--c-rate", c_rate) or question.c_rate)
    if temperature is not None:
        question = replace(question, temperature=kelvin(temperature))
    with replacing(output) if output is not None else nullcontext() as page:
        found = with_progress(run, question)
        if page is not None:
            found.save(page)
    say(question.title, style="bold")
    say(f"{question.source}\n")
    console.print(audit_table(found), verdict_table(found))
    if found.charging:
        console.print(charging_table(found.charging))
    console.print(voids_lines(found.voids))
    if output is not None:
        say(f"Report: {output}", soft_wrap=True)


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

    from ..studies.validation import LINES
    from ..studies.validation import tables as report
    from ..studies.validation import validate as run
    from ..support.files import replacing

    names = [known.name for known in LINES]
    for name in line or ():
        if not name or not any(known.startswith(name) for known in names):
            raise ProtocolError(f"validate {name!r}: no such line; known: {', '.join(names)}")
    with replacing(output) if output is not None else nullcontext() as partial:
        found = with_progress(run, tuple(line or ()))
        if partial is not None:
            partial.write_text(json.dumps([o.to_json() for o in found], indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        from ..studies.validation.plots import PICTURES

        for name, draw in PICTURES.items():
            draw(plots / name)
    if markdown:
        print(report.chapter(found), end="")
    else:
        console.print(report.validation_table(found), *([report.details(found)] if details else []))
    if not all(o.as_stated for o in found):
        raise typer.Exit(1)


@app.command()
def claim():
    """Print the packaged claim file, to copy and change."""
    from ..studies.claim_audit.claim_file import DEFAULT

    print(DEFAULT.read_text(encoding="utf-8"), end="")


@app.command()
def claims(
    as_json: Annotated[bool, typer.Option("--json", help="Print records instead of tables.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Folder of .yaml files, in place of the packaged ones.")] = None,
):
    """List what makers state of solid-state cells: figures, conditions, what is not stated, sources."""
    import json

    from ..studies.claim_audit.maker_claims import claims as read
    from ..studies.claim_audit.report.tables import claims_table

    found = read(folder)
    if as_json:
        print(json.dumps(found.to_json(), indent=1, ensure_ascii=False))
    else:
        console.print(claims_table(found))
