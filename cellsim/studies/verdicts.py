"""The three words in which claims are judged."""

from enum import Enum


class Verdict(Enum):
    """Verdict on a claim: as it stands, under a condition that was solved for, or not at all."""

    HOLDS = "holds"
    ONLY_IF = "holds only if"
    FAILS = "does not hold"
