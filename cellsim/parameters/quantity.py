"""One value of a cell with its provenance and range of validity."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from .catalogue import METHODS, OF_PHASE, named, parted, quantities
from .equilibrium import OCP
from .laws.law import X_RANGE, Domain, Law
from .laws.profile import POSITION, Profile


@dataclass(frozen=True)
class Quantity:
    """One value with its unit and provenance."""

    law: Law
    unit: str
    source: str
    method: str
    note: str = ""

    @classmethod
    def of(cls, section: str, key: str, raw: Mapping[str, Any], windows: Mapping[str, Any]) -> "Quantity":
        """From the checked content `raw` of a file; windows: content whose windows laws of the stoichiometry have."""
        record, name = raw[section][key], named(section, raw[section])[key]
        law = Profile.of(record) if name.law == POSITION else Law.of(record)
        domain = domain_of(section, windows, key, record) if law.value is None else None
        if domain is not None:
            stated = record.get("range")
            law = replace(law, domain=domain if stated is None else domain._replace(lo=stated[0], hi=stated[1]))
        return cls(law, record["unit"], record["source"], record["method"], record.get("note") or "")


def domain_of(section: str, raw: Mapping[str, Any], key: str, record: Any = None) -> Domain | None:
    """Default domain of a law of the stoichiometry, the window of its electrode, of a phase its own table.

    None for other quantities.  raw: the content that has the window; record: of the law, that in `raw` unless given.
    """
    name = named(section, raw[section])[key]
    if name.law != "stoichiometry":
        return None
    phase, own = parted(key)
    if phase:  # of which the window of the electrode says nothing
        table = (record or raw[section][key]).get("table")
        lo, hi = (table["x"][0], table["x"][-1]) if table else X_RANGE
        return Domain(lo, hi, own.endswith(OCP), name.lo, name.hi)
    lo, hi = (raw[section][f"{end} stoichiometry"]["value"] for end in ("minimum", "maximum"))
    return Domain(lo, hi, key.endswith(OCP), name.lo, name.hi)


@dataclass(frozen=True)
class Provenance:
    """Provenance of all values of a cell.

    rows: (path, value, unit, source, method, note); counts: values per method; score: fraction per method.
    """

    rows: tuple[tuple[str, str, str, str, str, str], ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of values by method."""
        rows = Counter(row[4] for row in self.rows)
        return {m: rows[m] for m in METHODS}

    @property
    def score(self) -> dict[str, float]:
        """Fraction of the values by method; the fractions add up to 1."""
        return {m: n / len(self.rows) for m, n in self.counts.items()}

    def __str__(self) -> str:
        return ", ".join(f"{100 * share:.0f} % {m}" for m, share in self.score.items() if share)


@lru_cache
def default(section: str, kind: str | None, key: str) -> Law | None:
    """Default of an optional quantity; None if it has none."""
    phase, own = parted(key)
    name = quantities(section, kind).get(own) if not phase or own in OF_PHASE else None
    return None if name is None or name.default is None else Law(value=name.default)
