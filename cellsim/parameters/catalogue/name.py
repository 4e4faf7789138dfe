"""What a quantity of a parameter file is."""

from dataclasses import dataclass

INF = float("inf")


@dataclass(frozen=True)
class Name:
    """One quantity.  `law`: the variable x of its expression or table, None where only a number is allowed."""

    unit: str
    meaning: str
    lo: float = -INF
    hi: float = INF
    default: float | None = None  # None: required
    # "stoichiometry", "concentration", "position" in a porous electrode; of tables that are no curves "radius", "site"
    law: str | None = None
    optional: bool = False  # may be absent, and has no default value


def need(unit: str, meaning: str, lo: float = -INF, hi: float = INF, law: str | None = None) -> Name:
    return Name(unit, meaning, lo, hi, None, law)


def may(unit: str, meaning: str, default: float, lo: float = -INF, hi: float = INF, law: str | None = None) -> Name:
    return Name(unit, meaning, lo, hi, default, law)


def note(unit: str, meaning: str, lo: float = -INF, hi: float = INF) -> Name:
    return Name(unit, meaning, lo, hi, None, None, True)
