"""Arguments of PyBaMM, and misspelt ones: one sentence that names ours, at every function that runs cells."""

import inspect
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.support.renamed import OF_PYBAMM, UnknownArgument

MARQUIS, STEPS = "marquis2019", "Discharge at 1C for 10 s"
CALLS = {
    "simulate": lambda more: cellsim.simulate(MARQUIS, STEPS, **more),
    "impedance": lambda more: cellsim.impedance(MARQUIS, **more),
    "simulate_many": lambda more: cellsim.simulate_many([], **more),
    "Case": lambda more: cellsim.Case(MARQUIS, STEPS, **more),
    "age": lambda more: cellsim.age(MARQUIS, STEPS, **more),
    "calibrate": lambda more: cellsim.calibrate(MARQUIS, [], {}, **more),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("word", OF_PYBAMM)
def test_an_argument_of_pybamm_is_answered_with_ours(name, word):
    """A CellsimError that says what to write instead; a TypeError, too, as Python has it."""
    with pytest.raises(UnknownArgument) as said:
        CALLS[name]({word: 0.5})
    assert isinstance(said.value, cellsim.CellsimError) and isinstance(said.value, TypeError)
    assert str(said.value) == f"{name} has no argument {word!r}: it is one of PyBaMM; {OF_PYBAMM[word]}"


@pytest.mark.parametrize("name", CALLS)
def test_no_word_of_pybamm_is_one_of_ours(name):
    """Else it would never be answered."""
    assert not set(OF_PYBAMM) & set(inspect.signature(getattr(cellsim, name)).parameters)


def test_a_misspelt_argument_is_told_which_is_near():
    with pytest.raises(UnknownArgument, match="simulate has no argument 'temprature': did you mean 'temperature'"):
        cellsim.simulate(MARQUIS, STEPS, temprature=300.0)


def test_functions_are_as_they_were():
    """Their names, signatures and what is pickled of them."""
    assert cellsim.simulate.__name__ == "simulate" and "Simulate a protocol" in cellsim.simulate.__doc__
    assert list(inspect.signature(cellsim.simulate).parameters)[:3] == ["cell", "steps", "model"]
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(cellsim.simulate, MARQUIS, STEPS, cellsim.SPM(4)).result().t[-1] == approx(10.0)


def test_a_spectrum_at_an_open_circuit_voltage():
    """That of the state of charge with this voltage, to the tolerance of finding it; one of both is given."""
    cell, f = cellsim.load(MARQUIS), [1e-2, 1.0]
    V = cellsim.models.open_circuit_voltage(cell, 0.7)
    by_voltage, by_soc = cellsim.impedance(cell, f, voltage=V), cellsim.impedance(cell, f, soc=0.7)
    assert by_voltage.soc == approx(0.7, abs=1e-9)
    assert np.abs(by_voltage.impedance / by_soc.impedance - 1.0).max() < 1e-6
    for more in ({"soc": 0.7}, {"after": cellsim.simulate(cell, STEPS, cellsim.SPM(4))}):
        with pytest.raises(cellsim.ProtocolError, match=r"give one of them|leave out voltage"):
            cellsim.impedance(cell, f, voltage=V, **more)
    with pytest.raises(cellsim.ParameterError, match="no state of charge has the open-circuit voltage 9 V"):
        cellsim.impedance(cell, f, voltage=9.0)
