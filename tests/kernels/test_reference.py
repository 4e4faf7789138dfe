"""Groups that kernels hand on as one address: their fields are those of the group."""

from typing import Annotated, NamedTuple

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

from cellsim.kernels.layout import Control, aimed
from cellsim.kernels.reference import by_reference
from cellsim.numerics.fields import Field
from cellsim.support.compile import UNCOMPILED, inner, kernel


class Inside(NamedTuple):
    """A group within another one."""

    a: Annotated[float, Field("", "a number")]
    rows: Annotated[np.ndarray, Field("", "numbers", 2, 3)]


class Outside(NamedTuple):
    """A group of all kinds of fields."""

    n: Annotated[int, Field("", "an integer")]
    x: Annotated[np.ndarray, Field("", "numbers", 3)]
    inside: Annotated[Inside, Field("", "a group")]


@inner
def summed(group, out):
    """Every field, read and written by a function that does not know how the group is handed over."""
    rows = group.inside.rows
    for i in range(rows.shape[0]):
        for k in range(rows.shape[1]):
            out[0] += rows[i, k] * group.x[k] * group.inside.a * group.n
    group.x[0] = 7.0


@kernel
def by_value(group, out):
    """As a NamedTuple."""
    summed(group, out)


@kernel
def by_address(group, out):
    """As a Reference, also of a Reference, and of a group within it."""
    whole = by_reference(by_reference(group))
    summed(whole, out)
    out[1] = by_reference(whole.inside).a


@kernel
def with_targets(control, out):
    """Controls of other targets: each is one of its own, and the first one stays as it was."""
    first = by_reference(control)
    second, third = aimed(first, 1, 4.2), aimed(first, 2, -3.0)
    out[0], out[1], out[2] = first.target, second.target, third.target
    out[3], out[4] = second.duration, third.mode


def test_fields_of_a_reference_are_those_of_the_group():
    """Numbers, arrays and groups within groups, in the same memory: bit for bit, as the same function reads them."""
    random = np.random.default_rng(5)
    rows, x = random.random((2, 3)), random.random(3)
    groups = [Outside(3, x.copy(), Inside(1.25, rows)) for _ in range(2)]
    outs = np.zeros((2, 2))
    by_value(groups[0], outs[0])
    by_address(groups[1], outs[1])
    assert outs[0, 0] == outs[1, 0] and outs[1, 1] == 1.25
    assert np.isclose(outs[0, 0], 3.75 * np.sum(rows * x), rtol=1e-14)  # a sum of six products
    assert groups[0].x[0] == groups[1].x[0] == 7.0


def test_a_control_with_another_target_is_one_of_its_own():
    """What it is made from, and others made from that, keep theirs."""
    out = np.zeros(5)
    with_targets(Control(0, 5.0, 60.0, 2.5, 4.2, 0.0, np.inf, 1e-4, 1.0), out)
    assert out.tolist() == [5.0, 4.2, -3.0, 60.0, 2.0]


@pytest.mark.skipif(UNCOMPILED, reason="nothing is compiled")
def test_each_kernel_is_a_function_of_its_own():
    """Two kernels of one function would share a file of the cache, and one of them would be compiled like the other."""
    import importlib
    import pkgutil

    import cellsim

    kernels = {}
    for found in pkgutil.walk_packages(cellsim.__path__, "cellsim."):
        if found.name.startswith(("cellsim.kernels.", "cellsim.physics.", "cellsim.numerics.")):
            for each in vars(importlib.import_module(found.name)).values():
                if isinstance(each, Dispatcher):
                    kernels.setdefault(each.py_func, set()).add(id(each))
    assert len(kernels) > 100 and not [f.__qualname__ for f, several in kernels.items() if len(several) > 1]
