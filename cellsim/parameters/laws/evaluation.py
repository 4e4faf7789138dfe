"""Expressions as a list of operations, in which what appears twice is done once; the values are those of the tree."""
import ast
from collections.abc import Callable
from typing import Any

import numpy as np


class Program:
    """What is to be done to x and T: functions, and the numbers of the values that they take.

    Values 0 and 1 are x and T, then come the constants, then what each operation gives.
    """

    def __init__(self, tree, functions, operators):
        self.functions, self.operators = functions, operators
        self.constants: list[np.float64] = []
        self.steps: list[tuple[Callable, tuple[int, ...]]] = []
        self._known: dict = {"x": 0, "T": 1}
        self._count(tree)
        self.last = self._number(tree)

    def _count(self, tree):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and np.float64(node.value) not in self._known:
                self._known[np.float64(node.value)] = 2 + len(self.constants)
                self.constants.append(np.float64(node.value))

    def _number(self, node: Any) -> int:
        """Which value a node is."""
        if isinstance(node, ast.Constant):
            return self._known[np.float64(node.value)]  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return self._known[node.id]
        if isinstance(node, ast.Call):
            do, parts = self.functions[node.func.id], node.args  # type: ignore[attr-defined]
        else:
            do = self.operators[type(node.op)]
            parts = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
        key = do, *map(self._number, parts)
        if key not in self._known:
            self._known[key] = 2 + len(self.constants) + len(self.steps)
            self.steps.append((do, key[1:]))
        return self._known[key]

    def __call__(self, x, T):
        values = [x, T, *self.constants]
        for do, taken in self.steps:
            values.append(do(*[values[k] for k in taken]))
        return values[self.last]
