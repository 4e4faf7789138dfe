"""Commands for the audit of claims, manufacturers' statements and the validation of the models."""

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ProtocolError, ReportError
from .shared import Processes, Threads, app, console, kelvin, output_of, positive, say, with_progress


@app.command()
def audit(
    claim: Annotated[
        Path | None, typer.Option(help="YAML file of the claim; `cellsim claim` prints the packaged one.")
    ] = None,
    charging: Annotated[
        Path | None,
        typer.Option(
            help="YAML file of the claim about charging time; `cellsim claim --charging` prints the packaged one."
        ),
    ] = None,
    cell: Annotated[list[str] | None, typer.Option(help="Cell to check (repeatable): name or .json file.")] = None,
    baseline: Annotated[list[str] | None, typer.Option(help="Baseline (repeatable): name or .json file.")] = None,
    c_rate: Annotated[float | None, typer.Option(help="Discharge rate, overrides that of the claim.")] = None,
    temperature: Annotated[float | None, typer.Option(help="Temperature in degC, overrides that of the claim.")] = None,
    only: Annotated[
        str | None,
        typer.Option(help="Claims, separated by commas: energy, charging, power, cost, vehicles, storage, life; all."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="HTML report to write.")] = None,
    threads: Threads = None,
    processes: Processes = None,
) -> None:
    """Judge the announcement sentence by sentence, and find the conditions under which each would hold."""
    from ..ensemble.engine import usual_processes
    from ..simulation.plan import prepare_profiles
    from ..studies.claim_audit.claim_file import load_charging_claim, load_claim
    from ..studies.claim_audit.energy_claim import audit as run
    from ..studies.claim_audit.report.tables import audit_tables
    from ..studies.claim_audit.stages import claims_of

    output_of(output, (".html", ".htm"))
    claims = claims_of(None if only is None else [name.strip() for name in only.split(",")])
    if claim is not None and _is_about_cost(claim):
        given = {"--charging": charging, "--cell": cell, "--baseline": baseline, "--c-rate": c_rate}
        given |= {"--temperature": temperature, "--output": output}
        _audit_cost(claim, [name for name, value in given.items() if value not in (None, [])], claims)
        return
    question = load_claim(claim, cells=cell or (), baselines=baseline or ())
    question = replace(question, c_rate=question.c_rate if c_rate is None else positive("--c-rate", c_rate))
    if temperature is not None:
        question = replace(question, temperature=kelvin(temperature))
    second = load_charging_claim(charging)
    if threads is None and processes is None and len(claims) > 1:
        processes = usual_processes()
    if "vehicles" in claims:
        prepare_profiles()
    chosen = partial(run, charging=second, only=claims, threads=threads, processes=processes, path=output)
    result = with_progress(chosen, question)
    say(question.title, style="bold")
    say(f"{question.source}\n")
    console.print(audit_tables(result))
    if output is not None:
        say(f"Report: {output}", soft_wrap=True)


def _is_about_cost(claim: Path) -> bool:
    from ..support.yaml_file import content

    return content(claim, "copy the one of `cellsim claim` and change it").get("kind") == "cost"


def _audit_cost(claim: Path, options: list[str], claims: tuple[str, ...]) -> None:
    """Check a claim about cost and print the verdicts.  options, claims: what was asked for besides."""
    from ..studies.cost.claim_file import load_cost_claim
    from ..studies.cost.tables import cost_audit_lines
    from ..studies.cost.verdict import audit_cost

    if options:
        raise ReportError(
            f"{options[0]}: has no part in the audit of a claim about cost, which states its cells and conditions in "
            f"{claim.name} and writes no report; leave it out"
        )
    if "cost" not in claims:
        raise ReportError(f"--only: {claim.name} is a claim about cost; leave out --only, or choose cost")
    result = with_progress(audit_cost, load_cost_claim(claim))
    say(f"{result.claim.source}\n")
    console.print(cost_audit_lines(result))


@app.command()
def validate(
    line: Annotated[
        list[str] | None, typer.Argument(help="Names of comparisons, or their beginning; default: all.")
    ] = None,
    details: Annotated[bool, typer.Option(help="Show data, protocol and points of each comparison.")] = False,
    markdown: Annotated[bool, typer.Option(help="Print the chapter of the documentation.")] = False,
    plots: Annotated[Path | None, typer.Option(help="Folder for pictures of the composites.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="JSON file with all results.")] = None,
) -> None:
    """Compare with other programs, closed forms and measurements; exit code 1 if a result is not as stated."""
    import json

    from ..studies.validation import LINES
    from ..studies.validation import tables as report
    from ..studies.validation import validate as run
    from ..support.files import replacing

    names = [known.name for known in LINES]
    for name in line or ():
        if not name or not any(known.startswith(name) for known in names):
            raise ProtocolError(f"validate {name!r}: unknown comparison; known: {', '.join(names)}")
    with replacing(output) if output is not None else nullcontext() as partial:
        outcomes = with_progress(run, tuple(line or ()))
        if partial is not None:
            partial.write_text(json.dumps([o.to_json() for o in outcomes], indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        from ..studies.validation.plots import PICTURES

        for name, draw in PICTURES.items():
            draw(plots / name)
    if markdown:
        print(report.chapter(outcomes), end="")
    else:
        console.print(report.validation_table(outcomes), *([report.details(outcomes)] if details else []))
    if not all(o.as_stated for o in outcomes):
        raise typer.Exit(1)


@app.command()
def claim(
    charging: Annotated[bool, typer.Option("--charging", help="The claim about charging time instead.")] = False,
    cost: Annotated[bool, typer.Option("--cost", help="The claim about cost instead of energy density.")] = False,
) -> None:
    """Print the packaged claim file, as a template."""
    from ..studies.claim_audit.claim_file import CHARGING, DEFAULT
    from ..studies.cost.claim_file import DEFAULT as COST

    if charging and cost:
        raise ProtocolError("--charging and --cost: give one of them")
    print((COST if cost else CHARGING if charging else DEFAULT).read_text(encoding="utf-8"), end="")


@app.command()
def claims(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON records instead of tables.")] = False,
    maker: Annotated[str | None, typer.Option(help="Only of this maker; a part of the name is enough.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only this quantity, such as cost, 'charge time' or production.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Only what was stated in this year.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Folder of .yaml files, instead of the packaged ones.")] = None,
) -> None:
    """List manufacturers' statements about solid-state cells: figures, stated and missing conditions, sources."""
    import json

    from ..studies.claim_audit.maker_claims import maker_claims as read
    from ..studies.claim_audit.report.tables import claims_table

    statements = read(folder)
    if (maker, kind, year) != (None, None, None):
        statements = statements.filtered(maker, kind, year)
    if as_json:
        print(json.dumps(statements.to_json(), indent=1, ensure_ascii=False))
    else:
        console.print(claims_table(statements))
