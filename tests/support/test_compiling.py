"""How machine code is made: what is lowered as values, what is linked and kept, and the parts that are shared."""

import os

import pytest
from numba.core.compiler import run_frontend
from test_jit import CALLS, ROOT, python

from cellsim.kernels.integrators.parts import parts
from cellsim.support.compile import UNCOMPILED
from cellsim.support.lowering import kept_as_values


def branches(a, n):
    """Variables of all kinds."""
    once = a + 1.0
    if n > 3:
        branch = 2.0 * once
        changed = branch
    else:
        changed = 0.0
    for k in range(n):
        changed += once * k
        within = changed + 1.0
        changed += within
    return changed


def test_what_is_assigned_once_before_all_its_uses_stays_a_value():
    """`once` is used in other blocks than its own; what is assigned twice or carried from turn to turn is not kept."""
    kept = kept_as_values(run_frontend(branches).blocks)
    assert {"a", "n", "once", "branch", "within"} <= kept and "changed" not in kept


def test_linear_algebra_is_not_loaded_with_kernels(tmp_path):
    """Numba would load all of scipy.linalg with the first kernel, and still does for a function that needs it."""
    code = CALLS + "\nimport sys, numba; print('scipy.linalg' in sys.modules)\n"
    code += "print(numba.njit(lambda a: np.dot(a, a))(np.full((2, 2), 3.0))[0, 0], 'scipy.linalg' in sys.modules)"
    assert python(code, NUMBA_CACHE_DIR=str(tmp_path)).stdout.splitlines()[-2:] == ["False", "18.0 True"]


def test_a_kernel_from_the_cache_is_linked_into_another(tmp_path):
    """Its module is read when it is needed.  1e-12: products within sums of one function are not rounded."""
    own = """
from cellsim.physics.transport import arrhenius
from cellsim.support.compile import kernel

@kernel
def double(T):
    return 2.0 * arrhenius(2e4, T, 298.0)
"""
    (tmp_path / "own.py").write_text(own, encoding="utf-8")
    code = """
from own import arrhenius, double
first = arrhenius(2e4, 300.0, 298.0)
double._cache.disable()
print(first, round(double(300.0) - 2.0 * first, 12), sum(arrhenius.stats.cache_hits.values()))
"""
    where = {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    outputs = [python(code, **where).stdout.split() for _ in range(2)]
    assert [each[1:] for each in outputs] == [["0.0", "0"], ["0.0", "1"]] and outputs[0][0] == outputs[1][0]


@pytest.mark.skipif(UNCOMPILED, reason="nothing is compiled")
def test_parts_are_compiled_for_the_types_that_integrators_call_them_with():
    """Another process would compile them in vain else: the cache has each for these types, and for no others."""
    import cellsim

    cellsim.simulate("marquis2019", cellsim.rest(1.0), cellsim.SPM(3))
    for part, types in parts():
        assert {key[0] for key in part._cache._cache_file._load_index()} == {types}, part


def test_another_process_is_asked_for_parts(tmp_path):
    """Where there are two processors, and while the kernel is compiled here; not when it comes from the cache."""
    code = """
import os
os.sched_getaffinity = lambda of: {0, 1}
import numpy as np
from cellsim.numerics import table
from cellsim.support import background, first_calls
first_calls.machine_code_only()
asked, own = [], background.Compiler.ask
background.Compiler.ask = lambda self, kernel, types: asked.append(types) or own(self, kernel, types)
table.evaluate_many.parts = list  # here; there it has none
y = np.empty(1)
table.evaluate_many(table.tabulate([np.cos], 0.0, 1.0), 0, np.zeros(1), y)
print(y[0], asked.count(background.ITS_PARTS))
"""
    where = {"NUMBA_CACHE_DIR": str(tmp_path), "CELLSIM_COMPILE": "", "PYTHONPATH": str(ROOT)}
    assert python(code, **where).stdout.strip() == "1.0 1"
    assert python(code, **where).stdout.strip() == "1.0 0"
    assert python(code, **{**where, "NUMBA_CACHE_DIR": str(tmp_path / "b"), "CELLSIM_COMPILE": "first"}).stdout == (
        "1.0 0\n"
    )
