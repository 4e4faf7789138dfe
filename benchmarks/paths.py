"""Import this before the shared modules: the checkout and its tests become importable."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
RESULTS = HERE / "results"
sys.path[:0] = [str(HERE.parent), str(TESTS)]
os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # processor times then compare like with like
os.environ.setdefault("CELLSIM_COMPILE", "first")  # measured is machine code
