"""One value of a cell, where it comes from and where it holds."""
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

from .catalogue import METHODS, quantities
from .equilibrium import OCP
from .laws.law import Domain, Law


@dataclass(frozen=True)
class Quantity:
    """One value with where it comes from."""

    law: Law
    unit: str
    source: str
    method: str
    note: str = ""

    @classmethod
    def of(cls, record, domain=None) -> "Quantity":
        """From a record of a file, which has been checked; domain: of a law of the stoichiometry, unless stated."""
        law = Law.of(record)
        if domain is not None and law.value is None:
            stated = record.get("range")
            law = replace(law, domain=domain if stated is None else domain._replace(lo=stated[0], hi=stated[1]))
        return cls(law, record["unit"], record["source"], record["method"], record.get("note") or "")


def domain_of(section, raw, key) -> Domain | None:
    """Where a law of the stoichiometry is known unless it says so: in its electrode's window."""
    name = quantities(section, raw[section].get("type"))[key]
    if name.law != "stoichiometry":
        return None
    lo, hi = (raw[section][f"{end} stoichiometry"]["value"] for end in ("minimum", "maximum"))
    return Domain(lo, hi, key == OCP, name.lo, name.hi)


@dataclass(frozen=True)
class Provenance:
    """Where every value of a cell comes from.

    rows: (path, value, unit, source, method, note); counts per method; score: share per method.
    """

    rows: tuple[tuple[str, str, str, str, str, str], ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many values each method gave."""
        found = Counter(row[4] for row in self.rows)
        return {m: found[m] for m in METHODS}

    @property
    def score(self) -> dict[str, float]:
        """Share of the values each method gave; the shares add up to 1."""
        return {m: n / len(self.rows) for m, n in self.counts.items()}

    def __str__(self):
        return ", ".join(f"{100 * share:.0f} % {m}" for m, share in self.score.items() if share)


@lru_cache
def default(section, kind, key) -> Law | None:
    """What an optional quantity is where a file leaves it out."""
    name = quantities(section, kind).get(key)
    return None if name is None or name.default is None else Law(value=name.default)
