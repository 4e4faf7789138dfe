"""Random lives of 50 cycles: no raw error, NaN, solver failure, loss of lithium or salt; jumps within their bound.

CELLSIM_LIVES: how many, 8 unless given; `benchmarks/campaign.py --seed life-1` makes thousands.
"""

import os
import random

import pytest
from random_lives import tried


@pytest.mark.parametrize("number", range(int(os.environ.get("CELLSIM_LIVES", "8"))))
def test_random_lives_are_possible(number):
    """What is wrong, in words; a sentence that refuses the cell or the protocol is none."""
    found = tried(random.Random(f"lives {number}"))
    assert not found["faults"], f"{found['said']}: {found['faults']}"


@pytest.mark.parametrize("number", [174, 178, 306])
def test_lives_that_had_a_fault_have_none(number):
    """Lithium of dried-out material whose volumes share a particle, twice; more active material lost than there was."""
    found = tried(random.Random(f"life-2/{number}"))
    assert not found["faults"], f"{found['said']}: {found['faults']}"
