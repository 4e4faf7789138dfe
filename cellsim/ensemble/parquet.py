"""Writing the series of many simulations to one Parquet file, a group of rows at a time."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ProtocolError, ReportError
from ..support.files import cut, optional, replacing

GROUP = 65536  # rows of a group, at least
SHARD = 4_000_000  # rows of a file of a folder, about
PART = "part-{:06d}.parquet"
OUTCOMES = "_outcomes.parquet"  # readers of a folder pass over names that begin so
OURS = re.compile(r"part-\d{6}\.parquet|" + re.escape(OUTCOMES))


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


class Shards:
    """As `Writer`, in a folder of files of about SHARD rows each, every one written whole; use `Shards.replacing`."""

    def __init__(self, folder: Path, labels: Mapping[str, Any], names: Sequence[str], stack: ExitStack):
        self.folder, self.labels, self.names, self.stack = folder, labels, names, stack
        self.writer: Writer | None = None
        self.number, self.rows = -1, 0

    @classmethod
    @contextmanager
    def replacing(cls, folder: Path, labels: Mapping[str, Any], names: Sequence[str]) -> Iterator["Shards"]:
        """A writer into a folder, whose files of an earlier time are replaced.  Raises ReportError, ProtocolError."""
        ready(folder / PART.format(0), labels, names)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            there = list(folder.iterdir())
            others = [each.name for each in there if not OURS.fullmatch(each.name)]
            if others:
                words = f"{folder}: holds {cut(others[0], 80)}, which is no part of an ensemble; give a new folder"
                raise ReportError(words)
            for each in there:
                each.unlink()
        except OSError as fault:
            why = fault.strerror or fault
            raise ReportError(f"{folder}: cannot be written ({why}); choose another place") from None
        with ExitStack() as stack:
            yield cls(folder, labels, names, stack)

    def add(self, number: int, labels: Mapping[str, Any], series: Sequence[np.ndarray]) -> None:
        """Append the rows of one case, as `Writer.add`; they are in one file."""
        if self.writer is None or self.rows >= SHARD:
            self.stack.close()
            self.number, self.rows = self.number + 1, 0
            path = self.folder / PART.format(self.number)
            self.writer = self.stack.enter_context(Writer.replacing(path, self.labels, self.names))
        self.writer.add(number, labels, series)
        self.rows += series[0].size


def writing(path: Path, labels: Mapping[str, Any], names: Sequence[str]) -> AbstractContextManager[Writer | Shards]:
    """A writer to a `.parquet` file, or to a folder, whose name has no suffix."""
    return Writer.replacing(path, labels, names) if path.suffix else Shards.replacing(path, labels, names)
