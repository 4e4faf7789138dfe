"""The tables of quantities and units in Markdown, for the documentation: `python -m cellsim.protocols.reference`."""

from .quantities import BY_NAME, CONDITIONS, ENDED_BY, TABLE, Quantity

REACHED = {
    "by direction": "falls to the value in a discharge, rises to it in a charge",
    "by position": "reaches the value from whichever side the step starts on",
    "falling": "falls to the value",
    "rising": "rises to the value",
    "charge passed": "has passed in the step, in either direction",
    "state of charge": "reaches the value in the direction of the current",
}
SIDES = {(): "", ("above",): "; with `above`: rises to it", ("above", "below"): "; `above` and `below` fix the side"}
TASKS = {"driven": "`Charge at`, `Discharge at`", "rest": "`Rest`"}


def quantities_table() -> str:
    """What can be controlled, limited, compared and constrained: one row per quantity."""
    head = (
        "quantity",
        "unit in Python and JSON",
        "controlled by",
        "a step ends when it",
        "in conditions",
        "constrains a charge",
        "needs",
        "variable of a result",
    )
    return _table(head, [_row(q) for q in TABLE])


def _row(q: Quantity) -> tuple[str, ...]:
    control, limit, constraint = q.control, q.limit, q.constraint
    task = (
        ""
        if control is None
        else TASKS.get(control.kind, "`Hold at`" if q.name == "voltage" else f"`Hold {q.name} at`")
    )
    if control is not None and control.profile:
        task += ", `Run`"
    ends = "" if limit is None else REACHED[limit.reached] + SIDES[limit.sides]
    compared = ["compared"] * (q.name in CONDITIONS) + ["`ended by`"] * (q.name in ENDED_BY)
    kept = "" if constraint is None else f"`{constraint.name} {'>=' if constraint.side == 'above' else '<='}`"
    return (f"`{q.name}`", q.unit, task, ends, ", ".join(compared), kept, q.needs, f"`{q.variable}`" * bool(q.variable))


def units_table() -> str:
    """The units of the language; spellings of one unit are separated by blanks."""
    rows: list[tuple[str, ...]] = []
    for q in TABLE:
        if q.units:
            units = ", ".join(" ".join(f"`{s}`" for s in u.spellings) for u in q.units)
            others = [other.name for other in TABLE if other.measured_in == q.name]
            rows.append(
                (
                    ", ".join([BY_NAME[q.name].noun.partition(" ")[2], *others]),
                    units + ", `C/20`" * (q.name == "c-rate"),
                )
            )
    return _table(("quantity", "units"), rows)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |") for cells in lines)


if __name__ == "__main__":
    print(quantities_table(), units_table(), sep="\n\n")
