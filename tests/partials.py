"""Terms of the physics library against the derivatives that they promise, by complex step."""

import inspect

import numpy as np
from pytest import approx

STEP = 1e-30j  # a complex step cannot cancel, so the derivative is exact to rounding


def python(term):
    """The Python function of a term, compiled or not."""
    return getattr(term, "py_func", term)


def terms_of(*modules):
    """Names of the terms that are written in these modules."""
    return {
        name
        for module in modules
        for name, term in inspect.getmembers(module, callable)
        if python(term).__module__ == module.__name__
    }


def check_partials(term, args, positions, **tolerance):
    """term(*args) returns its value and its partial derivatives by the arguments at `positions`, and no others.

    tolerance: as of `pytest.approx`.
    """
    term, args = python(term), [1.0 * z for z in args]
    value, *partials = term(*args)
    assert len(partials) == len(positions) and np.isfinite(value)
    for position, partial in zip(positions, partials, strict=True):
        moved = list(args)
        moved[position] += STEP
        assert partial == approx(np.imag(term(*moved)[0]) / STEP.imag, **tolerance)
