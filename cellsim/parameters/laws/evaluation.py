"""Expressions as a list of operations with common subexpressions evaluated once; same values as the tree."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


class Program:
    """Operations on x and T: each a function and the indices of its operands.

    Values 0 and 1 are x and T, followed by the constants and the result of each operation.
    """

    def __init__(
        self, tree: ast.expr, functions: Mapping[str, Callable[..., Any]], operators: Mapping[type, Callable[..., Any]]
    ) -> None:
        self.functions, self.operators = functions, operators
        self.constants: list[np.float64] = []
        self.steps: list[tuple[Callable[..., Any], tuple[int, ...]]] = []
        self._known: dict[Any, int] = {"x": 0, "T": 1}
        self._count(tree)
        self.last = self._number(tree)

    def _count(self, tree: ast.expr) -> None:
        """Collect the constants."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant):
                value: Any = node.value  # a finite number, which `laws.parse` has checked
                if np.float64(value) not in self._known:
                    self._known[np.float64(value)] = 2 + len(self.constants)
                    self.constants.append(np.float64(value))

    def _number(self, node: Any) -> int:
        """Index of the value of a node."""
        kind = type(node)
        if kind is ast.Constant:
            return self._known[np.float64(node.value)]
        if kind is ast.Name:
            return self._known[node.id]
        if kind is ast.Call:
            do, parts = self.functions[node.func.id], node.args
        else:
            do = self.operators[type(node.op)]
            parts = [node.operand] if kind is ast.UnaryOp else [node.left, node.right]
        key = do, tuple(map(self._number, parts))
        if key not in self._known:
            self._known[key] = 2 + len(self.constants) + len(self.steps)
            self.steps.append(key)
        return self._known[key]

    def __call__(self, x: Any, T: Any) -> Any:
        values = [x, T, *self.constants]
        for do, taken in self.steps:
            values.append(do(*[values[k] for k in taken]))
        return values[self.last]
