"""What every test here asserts of whatever it reads: no traceback, no hang, nothing executed, nothing written."""

import warnings
from collections.abc import Iterator

import pytest
from mutations import Held

from cellsim import CellsimWarning


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Whatever warns but cellsim is a fault, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", CellsimWarning)
        yield


@pytest.fixture
def held() -> Iterator[Held]:
    """Reads odd input; the test fails with every kind of fault, and fails if nothing was sound or nothing odd."""
    one = Held()
    yield one
    print(f"{one.number} inputs: {one.read} read, {one.refused} refused")
    assert not one.faults, "\n".join(f"input {number}: {words}" for words, number in one.faults.items())
    assert one.read and one.refused
