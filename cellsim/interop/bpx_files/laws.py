"""Laws of a cell as BPX states them: a number, an expression in x, or a table that may be read linearly."""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...parameters import Cell
from ...parameters.catalogue import flattened, hysteresis, parted
from ...parameters.consistency import C_RANGE
from ...parameters.laws import sampling
from ...parameters.laws.law import X_RANGE, Law, parse
from ...parameters.laws.split import depends_on_temperature, factor_of_temperature, has_factor, mixes
from ...parameters.quantity import domain_of
from ...physics.constants import R

PORTABLE = {"exp", "tanh", "cosh"}  # functions that readers of BPX know
SPREAD = 40.0  # K about the reference temperature in which a factor must be an Arrhenius law
ALIKE = 1e-9  # relative, between a factor of an expression and its Arrhenius law
MOST = 4001  # points of a table
POTENTIALS = ("open-circuit potential", *hysteresis.BRANCHES)
VOLTS, SLOPES, SHARE = 2e-5, 2e-7, 2e-4  # error of linear interpolation [V], [V/K], relative for other laws


class _AtTemperature(ast.NodeTransformer):
    """T becomes a number, sqrt a power."""

    def __init__(self, T: float) -> None:
        self.T = T

    def visit_Name(self, node: ast.Name) -> ast.expr:  # noqa: N802
        return ast.Constant(self.T) if node.id == "T" else node

    def visit_Call(self, node: ast.Call) -> ast.expr:  # noqa: N802
        arguments = [self.visit(argument) for argument in node.args]
        if isinstance(node.func, ast.Name) and node.func.id == "sqrt":
            return ast.BinOp(arguments[0], ast.Pow(), ast.Constant(0.5))
        return ast.Call(node.func, arguments, [])


class Written:
    """The laws of one cell at its reference temperature.  `lost`, `notes`: what the forms below do not say."""

    def __init__(self, cell: Cell) -> None:
        self.cell, self.T = cell, cell.value("cell/reference temperature")
        self.lost: list[str] = []
        self.notes: list[str] = []

    def law(self, path: str) -> tuple[Any, float]:
        """(value of a BPX entry, activation energy [J/mol] of a factor in its expression)."""
        law = self.cell.law(path)
        if law.value is not None:
            return law.value, 0.0
        energy = self._energy(path, law)
        self._range(path, law)
        text = None if law.expression is None else portable(law.expression, self.T)
        return (self._table(path, law) if text is None else text), energy

    def number(self, path: str) -> float:
        """The value of a law at the initial salt concentration and the reference temperature."""
        law = self.cell.law(path)
        if law.value is not None:
            return law.value
        c_0 = self.cell.value("electrolyte/initial concentration")
        value = float(law(np.array([c_0]), self.T)[0])
        self.lost.append(f"{path}: a function, of which BPX takes its value {value:.6g} at {c_0:g} mol/m3")
        return value

    def _energy(self, path: str, law: Law) -> float:
        """Activation energy of the factor of T in an expression; other laws of T are lost."""
        if not depends_on_temperature(law):
            return 0.0
        T = self.T + np.array([0.0, -SPREAD, -0.5 * SPREAD, 0.5 * SPREAD, SPREAD])
        if has_factor(law) and not mixes(law):
            factor = factor_of_temperature(law, T)
            energy = float(-R * np.log(factor[-1] / factor[0]) / (1.0 / T[-1] - 1.0 / T[0]))
            if np.allclose(factor / factor[0], np.exp(energy / R * (1.0 / T[0] - 1.0 / T)), rtol=ALIKE, atol=0.0):
                return energy
        self.lost.append(f"{path}: depends on the temperature by no Arrhenius law; taken at {self.T:g} K")
        return 0.0

    def _range(self, path: str, law: Law) -> None:
        """What is said of an expression that is not used as it is outside its data."""
        section, _, key = path.partition("/")
        window = domain_of(section, flattened(self.cell.to_json()), key)
        if law.domain is not None and law.domain != window:
            self.lost.append(
                f"{path}: its data from {law.domain.lo:g} to {law.domain.hi:g}, in place of which stands the window"
            )
        lo, hi, _, _ = law.beyond(self.T)
        if law.expression is not None and (lo, hi) != (-np.inf, np.inf):
            self.notes.append(
                f"{path}: outside its data cellsim continues it by a line, other programs use it as it is"
            )

    def _table(self, path: str, law: Law) -> dict[str, list[float]]:
        """A table that linear interpolation reads, too."""
        section, _, key = path.partition("/")
        if section == "electrolyte":
            c_0 = self.cell.value("electrolyte/initial concentration")
            ends = c_0 * C_RANGE[0], c_0 * C_RANGE[1]
        else:
            ends = X_RANGE
        start = np.linspace(*ends, 65) if law.table is None else np.array(law.table[0])
        least = ({"entropic change coefficient": SLOPES} | dict.fromkeys(POTENTIALS, VOLTS)).get(parted(key)[1])
        x, y = refined(lambda x: law(x, self.T), start, least)
        if law.table is not None and x.size == start.size:
            return {"x": list(law.table[0]), "y": list(law.table[1])}
        what = f"its {law}" if law.sites is not None else "its expression"
        what = f"its table of {start.size} points" if law.table is not None else what
        self.notes.append(f"{path}: {what} is a table of {x.size} points here, which may be read linearly")
        return {"x": x.tolist(), "y": y.tolist()}


def portable(text: str, T: float) -> str | None:
    """An expression at a temperature T [K] with the functions that readers of BPX know; None if it needs others."""
    tree = parse(text)
    names = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    if names - PORTABLE - {"sqrt"}:
        return None
    if "sqrt" not in names and not any(isinstance(node, ast.Name) and node.id == "T" for node in ast.walk(tree)):
        return " ".join(text.split())
    return ast.unparse(_AtTemperature(T).visit(ast.parse(text.strip(), mode="eval").body))


def refined(
    law: Callable[[NDArray[Any]], NDArray[Any]], x: NDArray[Any], error: float | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Points (n,) between which a law is linear to an error, or to SHARE of its value, from points x on."""

    def allowed(true: NDArray[Any], _: NDArray[Any]) -> Any:
        return SHARE * np.abs(true) if error is None else error

    shares = (0.25, 0.5, 0.75)  # a cubic may cross its chord at the middle
    x, y, _ = sampling.refined(law, x, sampling.straight, allowed, shares=shares, most=MOST, in_part=True)
    return x, y
