"""What a first result in a fresh process takes with it, and what the machine code of a wheel needs of a system."""

import importlib.util
import shutil
import subprocess
import sys

import pytest
from test_jit import ROOT, python

import cellsim
from cellsim.support import cache
from cellsim.support import compile as jit

RUN = "import cellsim, sys, gc; r = cellsim.simulate('lgm50_chen2020', cellsim.discharge(1.0)); r['Voltage [V]']\n"
# of packages, parts that take long to load and that no run needs: for files of users, for compiling, for arrays with
# gaps, and all of Numba's functions of arrays
NOT_NEEDED = ("pydantic", "pandas", "xarray", "matplotlib", "tomllib", "numba.np.npyimpl")
LIBRARY = {"asinh", "cosh", "erfc", "exp", "expm1", "log", "log1p", "memcpy", "memset", "pow", "sinh", "tanh"}
OURS = ("Py", "_Py", "NRT_", "numba_", "_ZN")  # of Python, of Numba, of other kernels

compiled = pytest.mark.skipif(jit.UNCOMPILED, reason="nothing is compiled")


@compiled
def test_a_first_result_loads_what_it_needs():
    cellsim.simulate("lgm50_chen2020", cellsim.discharge(1.0))  # its kernels are in the cache
    code = RUN + f"print([name for name in {NOT_NEEDED!r} if name in sys.modules])"
    assert python(code, NUMBA_CACHE_DIR=str(jit.cache_directory().parent.parent)).stdout.strip() == "[]"


def test_what_is_loaded_is_not_searched_for_cycles():
    """Such a search takes as long as loading.  What is loaded counts as old, the collector is on again, and what a
    user has frozen before stays frozen."""
    code = (
        "import gc, cellsim\n{}\ncellsim.simulate\nprint(gc.isenabled(), gc.get_freeze_count(), len(gc.get_objects(0)))"
    )
    on, frozen, young = python(code.format("")).stdout.split()
    assert (on, frozen) == ("True", "0") and int(young) < 2000  # of 100,000
    on, frozen, _ = python(code.format("gc.freeze()")).stdout.split()
    assert on == "True" and int(frozen) > 1000


@compiled
@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("nm"), reason="symbols are read by nm")
def test_machine_code_needs_an_old_library_only(tmp_path):
    """That of glibc 2.17, which the name of the wheel promises, has these functions, and every system after it."""
    cellsim.simulate("lgm50_chen2020", cellsim.discharge(1.0))
    asked, many = set(), 0
    for path in jit.cache_directory().rglob("*.nbc"):
        name, kind, content = cache.unpickled(cache.read(path))[0]
        if kind != "bitcode":  # else it is linked into others
            (tmp_path / "code.o").write_bytes(content[0])
            said = subprocess.run(["nm", "-u", tmp_path / "code.o"], check=True, capture_output=True, text=True).stdout
            asked |= {line.split()[-1] for line in said.splitlines() if line.strip()}
            many += 1
    assert many > 1 and {name for name in asked if not name.startswith(OURS)} <= LIBRARY


def test_the_wheel_is_named_for_package_indices():
    spec = importlib.util.spec_from_file_location("hook", ROOT / "release" / "hook.py")
    hook = importlib.util.module_from_spec(spec)
    pytest.importorskip("hatchling")
    spec.loader.exec_module(hook)
    major, minor = sys.version_info[:2]
    assert hook.tag("linux", "glibc").startswith(f"cp{major}{minor}-cp{major}{minor}-manylinux_2_17_")
    assert hook.tag("linux", "") == hook.tag("darwin", "") == hook.tag("win32", "") == ""  # as hatchling has it
