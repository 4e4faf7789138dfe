"""The kernels inside the time loop, one by one, on data in the first-level cache.

They are called as porous.py and particle.py call them; where a kernel has changed its arguments, its
line says so and the others are measured all the same.
"""

import numpy as np
import peak
from measure import console, show
from numba import njit
from numba.core.errors import NumbaError

import cellsim
from cellsim.kernels.equations import particle
from cellsim.kernels.layout import DIFFUSION, SOLID_LAWS
from cellsim.kernels.scratch import one_temperature
from cellsim.numerics import block_tridiagonal, table

CONSTANT, VARYING, T = "lgm50_chen2020", "ecker2015", 298.15
VOLUMES, SHELLS = 74, 24
# floating-point operations and loads of 8 bytes an item, counted in the sources
WORK = {
    "block solve": ("volume", 136, 34),
    "particle, factorise": ("shell", 9, 3),
    "particle, substitute": ("shell", 3, 4),
    "particle, fill": ("shell", 4, 3),
    "particle, D varies": ("shell", 42, 9),
    "table look-up": ("look-up", 20, 5),
}
# the same of a Newton iteration, a volume of an electrode with constant D: laws, reaction, flows, blocks, sweep, update
STAGE = {"flops": 440, "division": 7, "sqrt": 3, "log": 2}
BY = one_temperature(SOLID_LAWS)  # weights of laws at one temperature
PIPES, LATENCY = 2, 4  # multiply-adds begun in a cycle, and cycles until one is done, of cores since 2013


@njit
def _copy(template, B, times):
    for _ in range(times):
        B[:] = template


@njit
def _solve(template, B, times):
    for _ in range(times):
        B[:] = template
        block_tridiagonal.eliminate(B, False)
        block_tridiagonal.substitute(B, False, 0.0)


@njit
def _factorise(sys, hg, sweep, times):
    for k in range(times):
        particle.factorise(sys, 0, DIFFUSION, BY, hg + k, sweep)  # another one each time, as it keeps the last


@njit
def _substitute(x_hat, sweep, inside, times):
    for _ in range(times):
        particle.substitute(x_hat, sweep, inside)


@njit
def _fill(inside, x, times):
    for _ in range(times):
        particle.fill(inside, 0.4, x)


@njit
def _respond(sys, x, hg, inside, times):
    for _ in range(times):
        particle.respond(sys, 0, DIFFUSION, BY, x, x, hg, inside)


@njit
def _look_up(laws, x, y, times):
    for _ in range(times):
        table.evaluate_many(laws, 0, x, y)


def block_solve():
    """ns a volume of the block-tridiagonal sweep with one right-hand side."""
    blocks = np.random.default_rng(1).uniform(-1.0, 1.0, (VOLUMES, 3, block_tridiagonal.COLUMNS))
    for i in range(3):
        blocks[:, i, block_tridiagonal.DIAGONAL + i] += 20.0
    work = np.empty_like(blocks)
    return peak.per_item(_solve, blocks, work, items=VOLUMES) - peak.per_item(_copy, blocks, work, items=VOLUMES)


def _system(name):
    return cellsim.DFN(shells=SHELLS).discretise(cellsim.load(name), T)


def _profile():
    return np.linspace(0.5, 0.4, SHELLS)


def jobs():
    """Name: function that gives ns an item."""
    hg, sweep, inside = 30.0, np.full((3, SHELLS + 1), 0.3), np.full((2, SHELLS), 0.3)
    anyhow = np.random.default_rng(2).uniform(0.1, 0.9, 256)
    return {
        "block solve": block_solve,
        "particle, factorise": lambda: peak.per_item(_factorise, _system(CONSTANT), hg, sweep, items=SHELLS),
        "particle, substitute": lambda: peak.per_item(_substitute, _profile(), sweep, inside, items=SHELLS),
        "particle, fill": lambda: peak.per_item(_fill, inside, _profile(), items=SHELLS),
        "particle, D varies": lambda: peak.per_item(_respond, _system(VARYING), _profile(), hg, inside, items=SHELLS),
        "table look-up": lambda: peak.per_item(
            _look_up, _system(CONSTANT).laws.solid, anyhow, np.empty_like(anyhow), items=anyhow.size
        ),
    }


def said():
    """STAGE in words."""
    return ", ".join(f"{number} {name}{'s' * (name == 'division')}" for name, number in STAGE.items())


def floor(core):
    """ns that STAGE takes the `core` (of peak.core), one volume after the other, if nothing waits."""
    add = core["dependent multiply-add ns"] / (PIPES * LATENCY)
    return 0.5 * STAGE["flops"] * add + sum(STAGE[k] * core[f"{k} ns"] for k in ("division", "sqrt", "log"))


def measure(core):
    """Rows of the table: ns an item, rates, and shares of what the `core` (of peak.core) can do."""
    rows = []
    for name, job in jobs().items():
        item, flops, loads = WORK[name]
        try:
            ns = job()
        except (AttributeError, TypeError, ValueError, NumbaError) as fault:
            console.print(f"[red]{name}: not measured, mend benchmarks/inner_kernels.py ({str(fault).splitlines()[0]})")
            ns = np.nan
        rows.append(
            {
                "kernel": name,
                "item": item,
                "ns an item": ns,
                "flops": flops,
                "GFLOP/s": flops / ns,
                "% of peak": 100.0 * flops / ns / core["multiply-add GFLOP/s"],
                "% of L1 loads": 800.0 * loads / ns / core["L1 loads GB/s"],
                "in dependent mul-adds": ns / core["dependent multiply-add ns"],
            }
        )
    show("Kernels alone", rows)
    console.print(
        "Peak: vectors of the widest kind the compiler uses.  A sweep is bound by its chain of dependent "
        "operations instead: a multiply-add a shell and direction, less where one particle's overlaps the "
        "next one's."
    )
    return rows


def shares(rows, ns, shells, varies):
    """Percent of `ns` a volume and iteration that the block solve and the particles take."""
    cost = {row["kernel"]: row["ns an item"] for row in rows}
    each = cost["particle, D varies"] if varies else cost["particle, substitute"]
    return {
        "block solve %": 100.0 * cost["block solve"] / ns,
        "particles %": 100.0 * shells * (each + cost["particle, fill"]) / ns,
    }
