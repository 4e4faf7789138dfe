"""What is kept from cell to cell is never given to a variation that it does not belong to."""

import numpy as np
import pytest

import cellsim
from cellsim.errors import ParameterError
from cellsim.models import memo as keeping
from cellsim.models import meshing
from cellsim.models import porous as models
from cellsim.models.initial import initial_state
from cellsim.models.thermal_laws import Body


def arrays(value):
    """All numbers in a System, in order."""
    if isinstance(value, tuple):
        return [x for part in value for x in arrays(part)]
    array = np.asarray(value)
    if array.dtype.names:
        return [array[name] for name in array.dtype.names]
    return [array]


def made(cell, body):
    """The mesh for 1 mV at 2C, and all numbers of the system on it and of its state at rest."""
    model = cellsim.DFN().resolved(cell, 298.15, 2.0)
    sys = model.discretise(cell, 298.15, body)
    return [model, *arrays(sys), initial_state(cell, sys, 0.5)]


def forget():
    """Nothing has been made yet."""
    keeping.forget()
    models.build.cache_clear()
    meshing.resolution.cache_clear()


@pytest.mark.parametrize("name", ("lgm50_chen2020", "target_nmc811_lpscl_li"))
@pytest.mark.parametrize("body", (None, Body(100.0, 0.05)), ids=("isothermal", "with heat"))
def test_every_quantity_reaches_what_depends_on_it(name, body):
    """Each number of a set changed by a tenth, after others have been made: bit for bit what comes without them."""
    cell, changed = cellsim.load(name), 0
    plain = made(cell, body)
    for path, *_ in cell.provenance().rows:
        try:
            other = cell.with_({path: 0.9 * cell.value(path)})
        except ParameterError:  # a law, or out of bounds
            continue
        if body is not None and path.startswith("design/"):
            continue  # of mass and volume only; tables of laws with heat take a while
        found = made(other, body)
        forget()
        expected = made(other, body)
        forget()
        made(cell, body)
        assert found[0] == expected[0], path
        assert all(map(np.array_equal, found[1:], expected[1:])), path
        same = found[0] == plain[0] and all(map(np.array_equal, found[1:], plain[1:]))
        changed += not same
    assert changed > 20  # not all of them belong to the model


def test_what_a_change_does_not_touch_is_shared():
    """Also by a variation of a variation, and not if the second change touches it."""
    cell = cellsim.load("lgm50_chen2020")
    first = cell.with_({"positive electrode/particle diffusivity": 5e-15})
    second = first.with_({"negative electrode/particle diffusivity": 4e-14})
    third = second.with_({"separator/thickness": 2e-5})
    systems = [cellsim.DFN((5, 3, 5), 5).discretise(c, 298.15) for c in (cell, first, second, third)]
    assert all(s.volume is systems[0].volume for s in systems[:3]) and systems[3].volume is not systems[0].volume
    assert all(s.laws is systems[0].laws for s in systems)
    D = [s.grain["D"].tolist() for s in systems]  # made anew, as the diffusivity is what is varied most often
    assert len(set(map(tuple, D))) == 3 and D[3] == D[2]
