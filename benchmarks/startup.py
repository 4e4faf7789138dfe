"""What the first use costs, each in a fresh process: import, first result, compilation of all kernels."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import paths
from measure import show

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
IMPORT = "import cellsim; cellsim.simulate, cellsim.DFN"  # names load what is behind them when first used
FIRST = "import cellsim; cellsim.simulate('lgm50_chen2020', cellsim.discharge(1.0))['Voltage [V]']"
COLD = (
    "import cellsim; [cellsim.simulate('lgm50_chen2020', cellsim.discharge(1.0), m)['Voltage [V]'] "
    "for m in (cellsim.DFN(), cellsim.SPMe(), cellsim.SPM())]"
)
PEER_IMPORT = "import pybamm"
PEER_FIRST = (
    "import pybamm; pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=pybamm.ParameterValues("
    "'Chen2020'), solver=pybamm.IDAKLUSolver()).solve([0, 3600])['Voltage [V]'].entries"
)


BYTECODE = tempfile.TemporaryDirectory()  # of all modules, which installed packages have, too


def fresh(code, repeats, cache=None, compile="first", where=paths.HERE.parent):
    """Wall and processor time [s], medians, of a fresh interpreter that runs `code`; modules are compiled before.

    compile: "first" waits for machine code; "" goes on in Python while another process, not counted here, compiles;
    where: folder of the package.
    """
    environment = os.environ | {
        "PYTHONPATH": str(where),
        "PYBAMM_DISABLE_TELEMETRY": "true",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": BYTECODE.name,
        "CELLSIM_COMPILE": compile,
    }
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = cache
    wall, cpu = [], []
    if cache is None or where != paths.HERE.parent:  # bytecode
        subprocess.run([sys.executable, "-c", code], check=True, env=environment, stderr=subprocess.DEVNULL)
    for _ in range(repeats):
        start, before = time.perf_counter(), os.times()
        subprocess.run([sys.executable, "-c", code], check=True, env=environment, **QUIET)
        after = os.times()
        wall.append(time.perf_counter() - start)
        cpu.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return {"wall s": float(np.median(wall)), "CPU s": float(np.median(cpu))}


def carried(folder):
    """Put the package into a folder as a wheel with compiled kernels has it; takes minutes."""
    root = paths.HERE.parent
    for part in ("cellsim", "parameter_sets"):
        shutil.copytree(root / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__", "_compiled"))
    make = [sys.executable, root / "release" / "kernels.py", Path(folder) / "cellsim" / "_compiled"]
    subprocess.run(make, check=True, **QUIET)


def measure(quick):
    """Rows of the table."""
    repeats = 1 if quick else 5
    jobs = {
        "python alone": "pass",
        "import cellsim, simulate and models loaded": IMPORT,
        "cellsim, first DFN result, kernels on disk": FIRST,
        "import pybamm": PEER_IMPORT,
        "PyBaMM, first DFN result": PEER_FIRST,
    }
    rows = [{"what": name} | fresh(code, repeats) for name, code in jobs.items()]
    with tempfile.TemporaryDirectory() as empty:
        rows.append({"what": "cellsim, DFN, SPMe and SPM, compiled before"} | fresh(COLD, 1, empty))
    if not quick:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as empty:
            carried(folder)
            what = "cellsim, first DFN result, wheel with compiled kernels, empty cache"
            rows.append({"what": what} | fresh(FIRST, repeats, empty, "", Path(folder)))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:  # last, as another process works on
        rows.append({"what": "cellsim, first DFN result, nothing compiled yet"} | fresh(FIRST, 1, empty, ""))
    show("Start-up, fresh processes", rows)
    return rows
