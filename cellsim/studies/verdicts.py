"""The three words in which claims are judged, and a judged sentence of an announcement."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Verdict on a claim: as it stands, under a condition that was solved for, or not at all."""

    HOLDS = "holds"
    ONLY_IF = "holds only if"
    FAILS = "does not hold"


@dataclass(frozen=True)
class JudgedClaim:
    """A sentence of an announcement, judged for one cell.

    number: what was found, in words; condition: under which it holds, or why it does not; rests_on: what the verdict
    rests on that is assumed or from memory.
    """

    claim: str
    cell: str
    verdict: Verdict
    number: str
    condition: str
    rests_on: str

    def __str__(self) -> str:
        link = {Verdict.HOLDS: "", Verdict.ONLY_IF: " ", Verdict.FAILS: ": "}[self.verdict]
        return (
            f"{self.claim}, {self.cell}: {self.verdict.value}{link}{self.condition} "
            f"({self.number}). Rests on {self.rests_on}."
        )


def worst(verdicts: list[Verdict]) -> Verdict:
    """The least favourable of some verdicts."""
    return max(verdicts, key=list(Verdict).index)
