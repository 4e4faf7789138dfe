"""The compile cache: never stale, works read-only and without a home, says when it compiles."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("pybamm", "pandas", "xarray", "matplotlib", "scipy.integrate", "scipy.interpolate", "numba", "jinja2")


def python(code, cwd=ROOT, **environment):
    """Run code in a fresh interpreter; returns the finished process."""
    env = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=env | environment,
        text=True,
        capture_output=True,
        timeout=300,
        check=True,
    )


NEVER = """
from cellsim.support import background
background.START = "import sys; sys.stdin.read()"  # in place of a process that compiles
"""


def test_import_is_light():
    """`import cellsim` loads none of the heavy packages; the time is printed, not judged."""
    out = python(
        "import sys, time; t = time.perf_counter(); import cellsim; t = time.perf_counter() - t\n"
        f"print(f'import cellsim: {{1e3 * t:.0f}} ms'); print(sorted(set({HEAVY}) & set(sys.modules)))"
    ).stdout
    print(out)
    assert out.splitlines()[1] == "[]"


def test_simulating_does_not_import_pybamm(tmp_path):
    """PyBaMM and its telemetry stay out of our runs."""
    out = python(
        NEVER + "import sys, cellsim; cellsim.simulate('lgm50_chen2020', cellsim.rest(1.0), cellsim.SPM())\n"
        "print('pybamm' in sys.modules, 'pandas' in sys.modules, 'matplotlib' in sys.modules)",
        NUMBA_CACHE_DIR=str(tmp_path),
        CELLSIM_COMPILE="",
    )
    assert out.stdout.strip() == "False False False"


CALLS = (
    "from cellsim.kernels.integrators.stage import terminal_voltage\nimport cellsim.support.compile as j\n"
    "import numpy as np\nfrom cellsim.physics.transport import arrhenius\n"
    "from cellsim.numerics.table import evaluate_many, tabulate\n"
    "y = np.empty(1); evaluate_many(tabulate([np.cos], 0.0, 1.0), 0, np.zeros(1), y)\n"
    "print(y[0]); f = j.cache_directory(); print(f); print(bool(f and any(f.rglob('*.nbi'))))"
)


def test_cache_cannot_go_stale(tmp_path):
    """`evaluate_many` calls `evaluate`: a change of the callee alone must reach the caller."""
    shutil.copytree(ROOT / "cellsim", tmp_path / "cellsim", ignore=shutil.ignore_patterns("__pycache__"))
    where = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    value, folder, warm = python(CALLS, tmp_path, **where).stdout.split()
    assert float(value) == 1.0 and warm == "True"
    callee = tmp_path / "cellsim" / "numerics" / "table.py"
    text = callee.read_text(encoding="utf-8")
    assert text.count("return c[i, k, 0] + d") == 1
    callee.write_text(text.replace("return c[i, k, 0] + d", "return 7.0 + c[i, k, 0] + d"), encoding="utf-8")
    value, other, _ = python(CALLS, tmp_path, **where).stdout.split()
    assert float(value) == 8.0 and other != folder


def test_what_only_kernels_call_has_no_machine_code_of_its_own(tmp_path):
    """`evaluate` is linked into `evaluate_many`, which comes from the cache in a second process and gives the same."""
    kinds = (
        "\nfrom cellsim.numerics import table\n"
        "for f in (table.evaluate, table.evaluate_many):\n"
        "    print(*(type(c.library).__name__ for c in f.overloads.values()))"
    )
    where = {"NUMBA_CACHE_DIR": str(tmp_path)}
    compiled, loaded = (python(CALLS + kinds, **where).stdout.splitlines() for _ in range(2))
    assert compiled[-2:] == ["Linked", "Called"] and loaded[-2:] == ["", "Called"]
    assert compiled[0] == loaded[0] == "1.0"


def test_without_a_home_nothing_is_kept_in_a_place_that_others_know():
    """Neither in the temporary folder nor in the current one: compiled in memory, and the line says so."""
    code = "import cellsim.support.compile as j\nprint(j.cache_directory(), j.refused); j.announce(j.SOLVER)"
    done = python(code)
    assert done.stdout.strip() == "None []" and "no home; set NUMBA_CACHE_DIR to a folder" in done.stderr


def test_empty_names_are_as_none(tmp_path):
    """An empty NUMBA_CACHE_DIR is not the current folder, nor a relative XDG_CACHE_HOME one in it."""
    code = "import cellsim.support.compile as j; print(j.cache_directory())"
    where = {"NUMBA_CACHE_DIR": "", "XDG_CACHE_HOME": "here", "HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    assert python(code, tmp_path, **where).stdout.startswith(str(tmp_path / "home" / ".cache" / "cellsim"))
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


def test_nowhere_to_write_still_compiles(tmp_path):
    """With no writable place kernels are compiled in memory, and one line says so."""
    code = (
        "import cellsim.support.compile as j\nj.candidates = lambda: iter(())\nimport cellsim\n"
        + CALLS
        + "\nj.announce(j.SOLVER); j.announce(j.SOLVER)"
    )
    done = python(code, NUMBA_CACHE_DIR=str(tmp_path))
    assert done.stdout.split() == ["1.0", "None", "False"]
    assert done.stderr.count("compiling") == 1 and "NUMBA_CACHE_DIR" in done.stderr


def test_clearing_the_cache_says_how_much(tmp_path):
    """`clear_cache` empties what was compiled, of every version."""
    code = CALLS + "\nprint(*j.clear_cache()); print(any(f.rglob('*.nbi')))"
    files, size, warm = python(code, NUMBA_CACHE_DIR=str(tmp_path)).stdout.split()[-3:]
    assert int(files) > 0 and int(size) > 0 and warm == "False"


RUNS = """
import numpy as np
import cellsim
from cellsim.simulation import kept_states
kept_states.ROOM = kept_states.LEAST = 0  # states are made again, where a kernel would give the same
runs = [("marquis2019", "Charge at 2C for 100 s; Hold at 4.1 V for 20 s", cellsim.DFN((3, 2, 3), 4),
         {"soc": 0.3, "heat": True}),
        ("ecker2015", "Discharge at 1C for 60 s", cellsim.SPMe((3, 2, 3), 4), {}),
        ("target_nmc811_lpscl_li", "Run [0: 1, 10: 2, 20: 0.5] in A at 1C peak", cellsim.DFN((1, 2, 3), 4),
         {"soc": 0.6})]
for name, steps, model, options in runs:
    result = cellsim.simulate(name, steps, model, **options)
    lithium = result["Total lithium in positive electrode [mol]"]
    passed = result["Discharge capacity [A.h]"] * 3600.0 / 96485.33212
    assert np.max(np.abs(lithium - lithium[0] - passed)) < 1e-10 * lithium[0]
    print(repr(float(result["Voltage [V]"][-1])), len(result.t))
from cellsim.kernels.integrators import ndf, tr_bdf2
print([bool(getattr(each, "overloads", 0)) for each in (ndf.march, tr_bdf2.follow)])
"""


def test_kernels_run_in_python_to_the_same_voltages(tmp_path):
    """Compiled, with NUMBA_DISABLE_JIT=1, and in Python until machine code is there, which never comes here.

    On small meshes: lithium kept to 1e-10, the same steps, voltages to 1e-9 V.  Compiled sums are taken in another
    order, which shows in the last digits only.
    """
    ways = {
        "compiled": {},
        "uncompiled": {"NUMBA_DISABLE_JIT": "1"},
        "meanwhile": {"CELLSIM_COMPILE": "", "NUMBA_CACHE_DIR": str(tmp_path)},
    }
    said = {}
    for way, environment in ways.items():
        run = subprocess.run(
            [sys.executable, "-c", (NEVER if way == "meanwhile" else "") + RUNS],
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        )
        *lines, machine_code = run.stdout.splitlines()
        assert machine_code == str([way == "compiled"] * 2)
        said[way] = [line.split() for line in lines]
    assert len(said["compiled"]) == 3
    for compiled, *others in zip(*said.values(), strict=True):
        for other in others:
            assert float(other[0]) == pytest.approx(float(compiled[0]), abs=1e-9) and other[1] == compiled[1]


FEW = """
import time
import numpy as np
from cellsim.numerics.table import evaluate_many, tabulate
from cellsim.support import first_calls
table, y, calls, ends = tabulate([np.cos], 0.0, 1.0), np.empty(1), 0, time.monotonic() + 120.0
while not evaluate_many.overloads and time.monotonic() < ends:
    y[0], calls = np.nan, calls + 1
    evaluate_many(table, 0, np.zeros(1), y)
    assert y[0] == 1.0
    time.sleep(0.05)
print(bool(evaluate_many.overloads), calls > 1, sum(evaluate_many.stats.cache_hits.values()))
"""


def few(tmp_path, before="", code=FEW):
    """What FEW prints: whether there is machine code, after several calls, and whether another process made it."""
    return python(before + code, NUMBA_CACHE_DIR=str(tmp_path), CELLSIM_COMPILE="", PYTHONPATH=str(ROOT)).stdout.split()


def test_kernels_run_in_python_until_another_process_has_compiled_them(tmp_path):
    assert few(tmp_path) == ["True", "True", "1"]
    assert few(tmp_path) == ["True", "False", "1"]  # in the next process it is there


def test_what_is_asked_for_ahead_is_compiled_by_another_process_and_waited_for(tmp_path):
    ask = "first_calls.compile_ahead(evaluate_many, table, 0, np.zeros(1), y)\nfirst_calls.machine_code_only()\n"
    ahead = FEW.replace("while not", f"{ask}while not")
    several = "import os\nos.sched_getaffinity = lambda of: {0, 1}\n"
    assert few(tmp_path, several, ahead) == ["True", "False", "1"]


def test_what_is_not_known_in_the_environment_is_said(tmp_path):
    done = python("import cellsim.support.first_calls", NUMBA_CACHE_DIR=str(tmp_path), CELLSIM_COMPILE="fist")
    assert done.stderr == "cellsim: CELLSIM_COMPILE=fist is not used: give first, host or nothing\n"


def test_a_process_that_cannot_compile_leaves_it_to_this_one(tmp_path):
    stub = "from cellsim.support import background\nbackground.START = 'raise SystemExit(1)'\n"
    assert few(tmp_path, stub)[::2] == ["True", "0"]


@pytest.mark.parametrize("what", ("executable = '/no/such/program'", "executable = None", "frozen = True"))
def test_a_program_that_cannot_be_started_leaves_it_to_this_process(tmp_path, what):
    assert few(tmp_path, f"import sys\nsys.{what}\n") == ["True", "False", "0"]


def test_threads_can_begin_in_python_together(tmp_path):
    """What a function calls is made in Python when it is first called, by whichever thread."""
    code = """
import threading
import cellsim
found = []
run = lambda: found.append(cellsim.simulate("marquis2019", "Discharge at 1C for 1 s", cellsim.SPM(3)).termination)
threads = [threading.Thread(target=run) for _ in range(4)]
[t.start() for t in threads], [t.join() for t in threads]
print(len(found))
"""
    done = python(NEVER + code, NUMBA_CACHE_DIR=str(tmp_path), CELLSIM_COMPILE="", PYTHONPATH=str(ROOT))
    assert done.stdout.split() == ["4"] and "Traceback" not in done.stderr


def test_machine_code_only_waits_for_what_is_being_compiled(tmp_path):
    wait = FEW.replace("    time.sleep(0.05)", "    first_calls.machine_code_only()")
    assert few(tmp_path, code=wait) == ["True", "True", "1"]


def test_machine_code_only_compiles_here_what_nobody_compiles(tmp_path):
    at_once = "from cellsim.support import first_calls\nfirst_calls.machine_code_only()\n"
    assert few(tmp_path, at_once) == ["True", "False", "0"]
