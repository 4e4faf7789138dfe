"""What every test here asserts of whatever it reads: no traceback, no hang, nothing executed, nothing written."""

import warnings
from collections.abc import Iterator

import pytest
from mutations import Held

import cellsim
from cellsim import CellsimWarning


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Whatever warns but cellsim is a fault, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", CellsimWarning)
        yield


@pytest.fixture(scope="session")
def warm() -> None:
    """Kernels are in memory: Numba unpickles them from its cache when they are first used."""
    cellsim.simulate("lgm50_chen2020", "Discharge at 1C for 1 s; Run [0: 1, 1: 2] in A", "SPM")


@pytest.fixture
def held(warm: None) -> Iterator[Held]:
    """Reads odd input; the test fails with every kind of fault, and fails if nothing was sound or nothing odd."""
    one = Held()
    yield one
    print(f"{one.number} inputs: {one.read} read, {one.refused} refused")
    assert not one.faults, "\n".join(f"input {number}: {words}" for words, number in one.faults.items())
    assert one.read and one.refused
