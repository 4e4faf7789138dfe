"""Summaries of cycles, eight bytes a number."""

from array import array
from collections.abc import MutableSequence
from typing import Any

from ..health.row import LateSummary, Summary

LATE = 8  # summaries that are made together


class Rows(MutableSequence[Summary]):
    """Rows of numbers by column, NaN where one has none; a row read is a dictionary of all columns."""

    def __init__(self) -> None:
        self._columns: dict[str, array[float]] = {}
        self._late: list[LateSummary] = []  # the last rows, which are not in the columns yet
        self._size = 0

    @property
    def columns(self) -> "dict[str, array[float]]":
        """Numbers by name."""
        self._settle()
        return self._columns

    def insert(self, index: int, value: Summary) -> None:
        """Append a row; index: the number of rows."""
        if index != len(self):
            raise IndexError("rows are appended only")
        if isinstance(value, LateSummary):
            value.look()
            self._late.append(value)
            if len(self._late) == LATE:
                self._settle()
        else:
            self._settle()
            self._put(value)

    def _settle(self) -> None:
        """Nothing is late."""
        LateSummary.make_all(self._late)
        for late in self._late:
            self._put(late.row)
        self._late = []

    def _put(self, row: Any) -> None:
        if [*row] != [*self._columns]:
            for name in row:
                self._columns.setdefault(name, array("d", [float("nan")] * self._size))
            row = {name: row.get(name, float("nan")) for name in self._columns}
        for column, number in zip(self._columns.values(), row.values(), strict=True):
            column.append(number)
        self._size += 1

    def __len__(self) -> int:
        return self._size + len(self._late)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return {name: column[index] for name, column in self.columns.items()}

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError("rows are appended only")

    def __delitem__(self, index: Any) -> None:
        raise TypeError("rows are appended only")
