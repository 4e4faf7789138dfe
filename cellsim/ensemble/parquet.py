"""Writing the series of many simulations to one Parquet file, a group of rows at a time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ProtocolError, ReportError
from ..support.files import optional, replacing

GROUP = 65536  # rows of a group, at least


def kinds(labels: Mapping[str, Any]) -> dict[str, bool]:
    """For each label, whether it is a number."""
    return {key: isinstance(value, Real) for key, value in labels.items()}


def check(labels: Mapping[str, Any], columns: dict[str, bool]) -> None:
    """Raise ProtocolError for labels that do not fit the columns, which are `kinds` of labels."""
    if kinds(labels) != columns:
        raise ProtocolError(
            f"labels {labels}: differ in name or kind from those of the first case ({', '.join(columns) or 'none'})"
        )


def ready(path: Any, labels: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise ReportError, ProtocolError where no such table can be written to a path of this name."""
    if Path(path).suffix != ".parquet":
        raise ReportError(f"{path}: give the name of a .parquet file")
    optional("pyarrow.parquet")
    for name in labels:
        if name == "Case" or name in names:
            raise ProtocolError(f"label {name!r}: is the name of a column already; choose another")


class Writer:
    """Rows of case number, labels and variables; use `Writer.replacing`."""

    def __init__(self, path: Any, labels: Mapping[str, Any], names: Sequence[str]):
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.labels, self.names = kinds(labels), names
        self.schema = pa.schema(
            [("Case", pa.int64())]
            + [(key, pa.float64() if number else pa.string()) for key, number in self.labels.items()]
            + [(name, pa.float64()) for name in names]
        )
        self.dictionary = [key for key, number in self.labels.items() if not number]
        self.file = pq.ParquetWriter(path, self.schema, use_dictionary=["Case", *self.labels], write_page_checksum=True)
        self.waiting: list[tuple] = []
        self.rows = 0

    @classmethod
    @contextmanager
    def replacing(cls, path: Any, labels: Mapping[str, Any], names: Sequence[str]) -> Iterator["Writer"]:
        """A writer whose file replaces the one at the path if all goes well.  Raises ReportError, ProtocolError."""
        ready(path, labels, names)
        with replacing(path) as partial:
            writer = cls(partial, labels, names)
            try:
                yield writer
                writer.flush()
            finally:
                writer.file.close()

    def add(self, number: int, labels: Mapping[str, Any], series: Sequence[np.ndarray]) -> None:
        """Append the rows of one case; series: the variables (rows,), in the order of the names."""
        self.waiting.append((number, list(labels.values()), series))
        self.rows += series[0].size
        if self.rows >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Write the pending rows as one group."""
        import pyarrow as pa

        if self.waiting:
            numbers, labels, series = zip(*self.waiting, strict=True)
            rows = [x[0].size for x in series]
            columns = [np.repeat(numbers, rows)]
            for (key, is_number), values in zip(self.labels.items(), zip(*labels, strict=True), strict=True):
                each = np.array(values, float) if is_number else np.array(list(map(str, values)), object)
                columns.append(pa.array(np.repeat(each, rows), self.schema.field(key).type))
            columns += [np.concatenate(pieces) for pieces in zip(*series, strict=True)]
            self.file.write_table(
                pa.table(dict(zip(self.schema.names, columns, strict=True)), self.schema), row_group_size=self.rows
            )
        self.waiting, self.rows = [], 0
