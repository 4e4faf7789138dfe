"""Summaries of cycles, eight bytes a number."""

from array import array
from collections.abc import MutableSequence
from typing import Any

from ..health.row import Summary


class Rows(MutableSequence[Summary]):
    """Rows of numbers by column, NaN where one has none; a row read is a dictionary of all columns."""

    def __init__(self) -> None:
        self.columns: dict[str, array[float]] = {}
        self.size = 0

    def insert(self, index: int, value: Summary) -> None:
        """Append a row; index: the number of rows."""
        if index != self.size:
            raise IndexError("rows are appended only")
        row: Any = getattr(value, "row", value)  # of a `LateSummary` what it was made to
        if [*row] != [*self.columns]:
            for name in row:
                self.columns.setdefault(name, array("d", [float("nan")] * self.size))
            row = {name: row.get(name, float("nan")) for name in self.columns}
        for column, number in zip(self.columns.values(), row.values(), strict=True):
            column.append(number)
        self.size += 1

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(self.size))]
        if not -self.size <= index < self.size:
            raise IndexError(index)
        return {name: column[index] for name, column in self.columns.items()}

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError("rows are appended only")

    def __delitem__(self, index: Any) -> None:
        raise TypeError("rows are appended only")
