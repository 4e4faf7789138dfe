"""Cells with open-circuit hysteresis: data of `kernels.equations.interface`, and the state that a run begins with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.layout import System
from ...kernels.records import BRANCH_LAWS, BY_CURRENT, BY_REACTION, HYSTERESIS, NO_HYSTERESIS
from ...numerics.table import KNOTS, NO_LAWS, Table, slopes, through
from ...parameters import Cell
from ...parameters.catalogue import hysteresis as names
from ...parameters.laws.law import X_RANGE
from ...support.compile import records
from ..electrodes import PARTS, electrode_of, materials
from .tables import open_circuit

MODELS = {
    names.SINGLE: NO_HYSTERESIS,
    names.SIGMOID: BY_CURRENT,
    names.ONE_STATE: BY_REACTION,
    names.BY_SLOPE: BY_REACTION,
}
Array = NDArray[np.float64]


def lags(cell: Cell) -> bool:
    """Whether an electrode of a cell, or a phase of it, has a hysteresis."""
    return any(cell.hysteresis(part) != names.SINGLE for part in materials(cell))


def window(cell: Cell, part: str) -> tuple[float, float]:
    """Stoichiometries between which the branches of an electrode are compared; of a phase all."""
    if part != electrode_of(part):
        return X_RANGE
    return cell.value(f"{part}/minimum stoichiometry"), cell.value(f"{part}/maximum stoichiometry")


def branches(cell: Cell, part: str, T: float, x: Array) -> tuple[Array, Array]:
    """Of both branches at stoichiometries x: mean less the equilibrium potential, and half the difference [V].

    Outside the window, where the branches are not compared, half the difference is at least 0.
    """
    lithiation, delithiation = (cell.law(f"{part}/{key}")(x, T) for key in names.BRANCHES)
    lo, hi = window(cell, part)
    half = 0.5 * (delithiation - lithiation)
    half = np.where((x < lo) | (x > hi), np.maximum(half, 0.0), half)
    return 0.5 * (delithiation + lithiation) - cell.law(f"{part}/open-circuit potential")(x, T), half


def decay_rates(cell: Cell, part: str, T: float, x: Array) -> tuple[Array, Array]:
    """Decay rates [1] of an electrode at uniform stoichiometries x (n,): on lithiation and on delithiation."""
    model = cell.hysteresis(part)
    if model == names.ONE_STATE:
        lithiation, delithiation = (np.maximum(cell.law(f"{part}/{key}")(x, T), 0.0) for key in names.DECAYS)
        return lithiation, delithiation
    if model == names.BY_SLOPE:
        U = open_circuit(cell, part, T)(x)
        fall = np.abs(slopes(U[:, None])[:, 0]) / (x[1] - x[0])
        with np.errstate(over="ignore"):
            rate = cell.value(f"{part}/{names.AT_SLOPE}") * fall ** cell.value(f"{part}/{names.SWITCH}")
        rate = np.minimum(rate, names.MOST)
        return rate, rate
    return np.zeros_like(x), np.zeros_like(x)


def branch_table(cell: Cell, T: float) -> Table:
    """The laws of hysteresis of all materials at T [K], in the order named in kernels.layout."""
    if not lags(cell):
        return NO_LAWS
    x = np.linspace(*X_RANGE, KNOTS)
    y = np.zeros((KNOTS, len(materials(cell)) * BRANCH_LAWS))
    for material, part in enumerate(materials(cell)):
        if cell.hysteresis(part) != names.SINGLE:
            columns = (*branches(cell, part, T, x), *decay_rates(cell, part, T, x))
            y[:, BRANCH_LAWS * material : BRANCH_LAWS * (material + 1)] = np.stack(columns, axis=1)
    return through(y, *X_RANGE)


def hysteresis_of(cell: Cell, T: float) -> NDArray[Any]:
    """The hysteresis of each material: (materials,) HYSTERESIS, or (0,) if none has any."""
    every = materials(cell) if lags(cell) else ()
    found = np.zeros(len(every), HYSTERESIS)
    for one, part in zip(found, every, strict=True):
        model = MODELS[cell.hysteresis(part)]
        one["model"], one["sense"] = model, 1.0 - 2.0 * PARTS.index(electrode_of(part))
        if model != NO_HYSTERESIS:
            one["height"] = np.max(branches(cell, part, T, np.linspace(*window(cell, part), KNOTS))[1])
    return np.asarray(records(found))


def fresh_hysteresis(cell: Cell, sys: System, y: Any) -> None:
    """The state that a run at rest begins with into the fields y of a state; midway where it follows the current."""
    number = materials(cell)
    for side in range(len(PARTS)):
        here = np.flatnonzero(sys.volume["side"] == side)
        for k in range(int(sys.volume["kinds"][here[0]])):
            material = sys.grain["material"][sys.volume["particle"][here[0]] + k]
            if sys.hysteresis[material]["model"] == BY_REACTION:
                y.h[..., k, here] = cell.value(f"{number[material]}/{names.INITIAL}")
