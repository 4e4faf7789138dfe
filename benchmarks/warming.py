"""What a new first temperature costs a run with heat: the tables of the laws around it, for each packaged set."""

import time

import numpy as np
from measure import show

import cellsim
from cellsim.models import thermal_laws as heat
from cellsim.models.materials import tables as laws

FIRST, EVERY = 290.0, 1.0  # K


def _milliseconds(make, cell, temperatures):
    spent = []
    for T in temperatures:
        start = time.process_time()
        make(cell, T)
        spent.append(1e3 * (time.process_time() - start))
    return spent


def measure(quick):
    """Rows of the table: processor time [ms] of the first of all, and median and mean of further ones."""
    rows = []
    for name in cellsim.cells():
        cell = cellsim.load(name)
        first, *further = _milliseconds(heat.warm_laws, cell, FIRST + EVERY * np.arange(5 if quick else 33))
        plain = _milliseconds(laws.tables, cell, FIRST + EVERY * np.arange(5 if quick else 33))
        rows.append(
            {
                "set": name,
                "first ms": first,
                "another ms": float(np.median(further)),
                "mean ms": float(np.mean(further)),
                "without heat ms": float(np.median(plain)),
            }
        )
    show("Laws around a new first temperature", rows)
    return rows
