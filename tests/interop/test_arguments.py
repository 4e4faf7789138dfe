"""Arguments of PyBaMM, and misspelt ones: one sentence that names ours, at every function that runs cells."""

import inspect
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.support.renamed import OF_PYBAMM, UnknownArgument, by_name

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


def test_every_public_function_and_method_answers_an_argument_that_it_does_not_have():
    """By one sentence that names it and ours, whatever else is given: methods of what has answered so far, too."""
    cell, run = cellsim.load(MARQUIS), cellsim.simulate(MARQUIS, STEPS, cellsim.SPM(4))
    calls = {name: getattr(cellsim, name) for name in dir(cellsim) if not name.startswith("_")}
    known = ["with_", "half_cell", "symmetric_cell", "to_pybamm", "with_ageing", "with_hysteresis", "with_kinetics"]
    calls |= {f"Cell.{name}": getattr(cell, name) for name in known}
    calls |= {f"Result.{name}": getattr(run, name) for name in ("at", "plot", "save", "to_pandas", "to_bdf", "load")}
    read = cellsim.Protocol.from_pybamm, cellsim.Protocol.from_json, cellsim.Result.load
    calls |= {function.__qualname__: function for function in read}
    never_called = ("Cell", "Derivatives", "Lives", "Life", "Result", "Spectrum", "Case")  # made by others
    for name, function in calls.items():
        kind = inspect.isclass(function)
        if not callable(function) or kind and issubclass(function, BaseException | IntEnum) or name in never_called:
            continue
        with pytest.raises(UnknownArgument, match=rf"^{name} has no argument 'smaples'"):
            function(smaples=3)


def test_arguments_of_a_wrong_number_are_told_which_there_are():
    """For a method, of the class that the user knows."""
    cell = cellsim.load(MARQUIS)
    with pytest.raises(UnknownArgument, match="Cell.half_cell: missing a required argument: 'electrode'; its arg"):
        cell.half_cell()
    with pytest.raises(UnknownArgument, match="cells: too many positional arguments; its arguments are none"):
        cellsim.cells(1)
    with pytest.raises(TypeError, match="unhashable") as said:  # of the inside, as it is
        by_name(lambda value: {value: 1})([])
    assert not isinstance(said.value, UnknownArgument)


def test_a_warning_names_the_line_of_the_user():
    with pytest.warns(cellsim.CellsimWarning) as said:
        cellsim.read_cycler({"Time [s]": [0.0, 1.0, 1.0], "Current [A]": [0.0] * 3, "Voltage [V]": [4.0] * 3})
    assert said[0].filename == __file__


def test_an_experiment_of_pybamm_is_a_protocol():
    """As `Protocol.from_pybamm` reads it, blocks and end of the whole experiment included; in a list, too."""
    pybamm = pytest.importorskip("pybamm")
    asked = pybamm.Experiment([("Discharge at 1C for 10 s", "Rest for 5 s")] * 2, termination="80% capacity")
    read = cellsim.Protocol.from_pybamm(asked)
    assert cellsim.Protocol(asked) == read and read.whenever
    assert cellsim.Protocol(["Rest for 1 s", asked]).nodes[1:] == read.nodes
    assert len(cellsim.simulate(MARQUIS, asked, cellsim.SPM(4)).cycles) == 2


def test_what_changes_parameter_values_of_pybamm_names_what_does_here():
    cell = cellsim.load(MARQUIS)
    with pytest.raises(cellsim.ParameterError, match=r"make another one: cell = cell.with_\({'separator/thickness'"):
        cell["separator/thickness"] = 2e-5
    with pytest.raises(cellsim.ParameterError, match=r"make another one: cell = cell.with_"):
        cell.update({"separator/thickness": 2e-5})
    with pytest.raises(cellsim.ParameterError, match="with_: source 'me': give a citation"):  # files refuse it, too
        cell.with_({"separator/thickness": 2e-5}, source="me")


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
