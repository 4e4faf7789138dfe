"""How far a cell's energy density can be off, from how its inputs are known."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ..design import build, energy_density
from ..ensemble.engine import Progress
from ..ensemble.resumable import run_resumably
from ..errors import ParameterError
from ..kernels.call.calls import Coroutine
from ..parameters import Cell
from ..parameters.catalogue import parted, quantities
from ..parameters.laws.profile import extremes
from ..protocols import discharge
from ..simulation.run import simulate_coroutine
from .hypercube import latin_hypercube

# Half-width of the uniform spread of a value, by how it is known.  A judgement of the authors of
# cellsim, stated in every report: what matters is that it is the same for every cell.
SPREAD = {"measured": 0.02, "fitted": 0.05, "literature": 0.05, "stated": 0.02, "assumed": 0.10}
SAMPLES, SEED = 40, 2028
# Sizes, amounts and densities, and what limits the voltage: everything a number stands for, but ...
LEFT = (
    "design/number of electrode pairs",
    "cell/electrode area",
    "cell/nominal capacity",
    "negative electrode/critical current density",
)  # which bounds charges only
SECTIONS = ("negative electrode", "separator", "positive electrode", "design")
ENDS = (
    "thickness",
    "density",
    "active material volume fraction",
    "utilisation",
    "maximum concentration",
    "contact fraction",
    "exchange-current density",
    "interface resistance",
    "electrolyte fill factor",
    "area coverage",
    "tab and terminal mass",
)


def varied(cell: Cell) -> list[str]:
    """Paths of the numbers that are varied: sizes, amounts, densities, and what costs voltage."""
    return [
        row[0]
        for row in cell.provenance().rows
        if row[0].split("/")[0] in SECTIONS
        and row[0].endswith(ENDS)
        and row[0] not in LEFT
        and "stated" not in row[0]
        and cell.record(row[0]).law.constant
        and cell.value(row[0]) > 0.0
    ]


def _within(cell: Cell, path: str, value: float) -> float:
    """The value, kept inside what the schema and the volume fractions of an electrode allow."""
    section, _, key = path.partition("/")
    kind = cell.text(f"{section}/type") if section.endswith("electrode") else None
    phases, (phase, own) = cell.phases(section), parted(key)
    name = quantities(section, kind, phases)[key]
    high = name.hi
    if own == "active material volume fraction":
        beside = [f"{section}/{of} volume fraction" for of in ("electrolyte", "void")]
        beside += [f"{section}/{other}/{own}" for other in phases if other != phase]
        high = 1.0 - sum(extremes(cell.law(path))[1] for path in beside)
    return float(min(max(value, name.lo), high))


def draws(cell: Cell, samples: int = SAMPLES) -> Iterator[dict[str, float]]:
    """Values by path drawn around those of `cell`: a Latin hypercube over `varied(cell)`, within the SPREAD of each."""
    paths = varied(cell)
    widths = np.array([SPREAD[cell.record(p).method] for p in paths])
    for draw in latin_hypercube(samples, len(paths), SEED):
        factors = 1.0 + widths * (2.0 * draw - 1.0)
        yield {p: _within(cell, p, f * cell.value(p)) for p, f in zip(paths, factors, strict=True)}


def varied_cells(cell: Cell, samples: int = SAMPLES) -> Iterator[Cell]:
    """Cells with the `draws` around `cell`; those that break a rule of parameter sets are left out."""
    for values in draws(cell, samples):
        try:
            yield cell.with_(values)
        except ParameterError:
            continue


def density_with(
    cell: Cell, values: dict[str, float], c_rate: float, temperature: float | None
) -> Coroutine[tuple[float, float]]:
    """`density_of` a cell with other values by path."""
    return (yield from density_of(cell.with_(values), c_rate, temperature))


def density_of(cell: Cell, c_rate: float, temperature: float | None) -> Coroutine[tuple[float, float]]:
    """Simulated energy density of a cell [Wh/kg, Wh/L].  Raises ParameterError, SolveError."""
    run = yield from simulate_coroutine(cell, discharge(c_rate), temperature=temperature)
    density = energy_density(cell, run.discharge_energy, build(cell))
    return density.gravimetric, density.volumetric


def sample_rows(
    cell: Cell,
    c_rate: float,
    temperature: float | None,
    samples: int = SAMPLES,
    *,
    path: Any = None,
    progress: Progress = None,
    threads: int | None = None,
    processes: int | None = None,
) -> list[dict]:
    """A row for each cell drawn around `cell`: "gravimetric" [Wh/kg], "volumetric" [Wh/L] and "failure".

    A cell that cannot be built or simulated (layers too large for a can) keeps its row: NaN, and the reason.
    path: `.parquet` or `.csv`, to which rows are saved as they come; interrupted, the same call computes the others.
    progress, threads, processes: as `simulate_many`.
    """
    cells = list(varied_cells(cell, samples))
    cases = [
        {"draw": number, "C-rate": c_rate, "temperature": temperature, "values": each.digest()}
        for number, each in enumerate(cells)
    ]
    return run_resumably(
        cases,
        partial(_of_draw, cells),
        path,
        progress,
        row_of=_row,
        failed=_failed,
        threads=threads,
        processes=processes,
    )


def _of_draw(cells: list[Cell], case: dict) -> Coroutine[tuple[float, float]]:
    return density_of(cells[case["draw"]], case["C-rate"], case["temperature"])


def _row(case: dict, found: tuple[float, float]) -> dict:
    return {"gravimetric": found[0], "volumetric": found[1], "failure": ""}


def _failed(case: dict, why: str) -> dict:
    return {"gravimetric": np.nan, "volumetric": np.nan, "failure": why}


def sample(cell: Cell, c_rate: float, temperature: float | None, samples: int = SAMPLES, **how: Any) -> np.ndarray:
    """Energy densities (samples, 2) [Wh/kg, Wh/L] of cells drawn around `cell`; those that fail are left out.

    how: further arguments of `sample_rows`.
    """
    rows = sample_rows(cell, c_rate, temperature, samples, **how)
    return np.array([(r["gravimetric"], r["volumetric"]) for r in rows if not r["failure"]]).reshape(-1, 2)


def interval(samples: np.ndarray) -> tuple[float, float]:
    """5 % and 95 % quantiles of (n,) samples; NaN if there are none."""
    if len(samples) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(samples, (0.05, 0.95))
    return float(low), float(high)
