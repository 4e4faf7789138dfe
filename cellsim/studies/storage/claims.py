"""The sentence of the announcement about cars as storage, judged for a cell."""

from collections.abc import Sequence

from ..verdicts import JudgedClaim, Verdict
from .study import DutyFound

STORAGE = "Cars as a city's storage"


def city_storage(found: Sequence[DutyFound]) -> tuple[JudgedClaim, ...]:
    """For each cell: whether the duties that pay anything earn more than they wear; backup is not among them."""
    judged = []
    for name in dict.fromkeys(r.cell for r in found):
        rows = [r for r in found if r.cell == name and r.duty != "backup"]
        if not rows:
            continue
        pays = [r for r in rows if r.verdict is Verdict.HOLDS]
        verdict = Verdict.HOLDS if len(pays) == len(rows) else Verdict.ONLY_IF if pays else Verdict.FAILS
        best = max(rows, key=lambda r: r.served.net)
        condition = {
            Verdict.HOLDS: "",
            Verdict.ONLY_IF: f"the duty is {' or '.join(r.duty for r in pays)}",
            Verdict.FAILS: "no duty earns more than it wears",
        }[verdict]
        judged.append(
            JudgedClaim(
                STORAGE,
                name,
                verdict,
                f"best {best.served.net:+.0f} EUR a year ({best.duty}); {best.hours:.1f} h at the charger's power",
                condition,
                f"the linear bound of wear at {best.wear:.3f} EUR/kWh; {_incomes(rows)}",
            )
        )
    return tuple(judged)


def _incomes(rows: Sequence[DutyFound]) -> str:
    """What the incomes are of."""
    priced = list(dict.fromkeys(f"prices of {r.prices}" for r in rows if r.duty == "arbitrage"))
    others = list(dict.fromkeys(r.duty for r in rows if r.duty != "arbitrage"))
    return ", ".join(priced + ([f"incomes of {' and '.join(others)} as assumed or stated"] if others else []))
