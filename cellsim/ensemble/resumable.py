"""Studies whose outcome is a table: a row for each case, saved as it is done, and resumed where they stopped.

Next to the file asked for lies a journal (`journal.Journal`), a line for each finished case with the digest of its
whole input and of cellsim's sources, so that rows of two versions never mix.  Whoever asks for the same study again
computes only what the journal lacks; at the end the journal becomes the file, which is never half-written.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from ..errors import CellsimError, ReportError
from ..support.arguments import file_path
from ..support.files import optional, write_table
from .engine import Progress, reporting, run_cases, workers_of
from .jobs import Finished, Job
from .journal import Journal, digest, journal_of

KINDS = (".parquet", ".csv")
Row = dict[str, Any]


class _Rows:
    """Rows of finished cases, those of a journal if there is one; an `engine.Store`."""

    def __init__(
        self,
        journal: Journal | None,
        row_of: Callable[[Row, Any], Row],
        failed: Callable[[Row, str], Row] | None,
        report: Callable[[int], object],
    ):
        self.journal, self.row_of, self.failed, self.report = journal, row_of, failed, report
        self.count = 0
        entries = [] if journal is None else journal.entries
        self.rows: dict[str, Row] = {
            entry["case"]: entry["row"]
            for entry in entries
            if isinstance(entry.get("case"), str) and isinstance(entry.get("row"), dict)
        }

    def find(self, number: int, case: Row) -> Row | None:
        """The row of a case that is done."""
        row = self.rows.get(digest(case)) if self.rows else None
        if row is None or not set(case) <= set(row):
            return None
        self._counted()
        return row

    def keep(self, number: int, case: Row, done: Finished) -> Row:
        """The row of a case, that of a failure if `failed` makes one.  Raises the failure otherwise."""
        if done.fault is None:
            row = {**case, **self.row_of(case, done.value)}
        elif self.failed is None:
            raise done.fault
        else:
            row = {**case, **self.failed(case, done.failure)}
        if self.journal is not None and isinstance(done.fault, CellsimError | None):  # others are tried again
            key = digest(case)
            self.journal.add({"case": key, "row": row})
            self.rows[key] = row
        self._counted()
        return row

    def _counted(self) -> None:
        self.count += 1
        self.report(self.count)


def run_resumably(
    cases: Iterable[Row],
    compute: Callable[[Row], Any],
    path: Any = None,
    progress: Progress = None,
    table: Callable[[list[Row]], Any] | None = None,
    *,
    row_of: Callable[[Row, Any], Row] | None = None,
    failed: Callable[[Row, str], Row] | None = None,
    threads: int | None = None,
    processes: int | None = None,
    executor: Any = None,
) -> list[Row]:
    """Rows {**case, **compute(case)} of all cases, in their order.

    cases and rows: of JSON's kinds of values.  compute: a function or coroutine function, see `jobs.Job`.
    row_of: makes the dictionary from a case and what compute returned, in the calling thread, if it is not that itself.
    failed: makes it from a case and the reason why there is none; without it the exception is raised.
    path: `.parquet` or `.csv`; with it every row is saved as soon as it is there, and cases that an earlier,
    interrupted study of the same path has done are not done again.
    table: makes the DataFrame that is written from the rows, if it is not simply them.
    progress: True for a bar, or a function called with the numbers of cases done and in all.
    threads, processes, executor: as `engine.run_jobs`.
    Raises ProtocolError for wrong options, and ReportError for another kind of file, if it or the journal cannot be
    written, and while another process is at work on the same path.
    """
    cases = list(cases)
    workers_of(threads, processes, executor)
    workers = {"threads": threads, "processes": processes, "executor": executor}
    with ExitStack() as stack:
        report = stack.enter_context(reporting(progress))
        journal = None
        if path is not None:
            path = file_path("path", path, KINDS)
            _tables(path)
            journal = stack.enter_context(Journal.at(journal_of(path)))
        store = _Rows(journal, row_of or (lambda case, value: value), failed, lambda count: report(count, len(cases)))
        rows = list(
            stack.enter_context(closing(run_cases(cases, lambda number, case: Job(compute, (case,)), store, **workers)))
        )
        if journal is not None:
            write_rows(rows, path, table)
            journal.remove()
    return rows


def write_rows(rows: list[Row], path: Any, table: Callable[[list[Row]], Any] | None = None) -> None:
    """Write rows, or the DataFrame that `table` makes of them, to `.parquet` or `.csv`, atomically."""
    pandas = optional("pandas")
    write_table(pandas.DataFrame(rows) if table is None else table(rows), path)


def _tables(path: Path) -> None:
    """Raise ReportError if what is needed to write a table is not installed."""
    optional("pandas")
    if path.suffix == ".parquet":
        optional("pyarrow")


class Recorder:
    """Runs the jobs of a study of several stages, and keeps their values in a journal if there is one; see `recording`.

    An `engine.Store` of cases, dictionaries of JSON's kinds of values that say all that a value depends on.
    """

    def __init__(self, journal: Journal | None, workers: dict[str, int | None]) -> None:
        self.journal, self.workers = journal, workers
        entries = [] if journal is None else journal.entries
        self.known = {entry["case"]: entry["value"] for entry in entries if {"case", "value"} <= set(entry)}

    def values(
        self,
        cases: Iterable[Row],
        job_of: Callable[[int, Row], Job],
        *,
        pack: Callable[[Any], Any] = lambda value: value,
        unpack: Callable[[Any], Any] = lambda value: value,
        lost: Callable[[Exception], bool] = lambda fault: False,
        counted: Callable[[], object] = lambda: None,
        threads: int | None = None,
    ) -> list[Any]:
        """The values of all cases, in order; None of one whose exception is among those that may be `lost`.

        pack: makes of a value one of JSON's kinds; unpack: the value of that, equal to it.
        counted: called as each case is done or found.  threads: instead of the workers of the study.
        Raises the exception of any other job.
        """
        stage = _Stage(self, pack, unpack, lost, counted)
        workers = self.workers if threads is None else {"threads": threads}
        with closing(run_cases(list(cases), job_of, stage, **workers)) as found:
            return [value for (value,) in found]


class _Stage:
    """One stage of a `Recorder`, an `engine.Store` whose outcomes are tuples of one value."""

    def __init__(
        self,
        recorder: Recorder,
        pack: Callable[[Any], Any],
        unpack: Callable[[Any], Any],
        lost: Callable[[Exception], bool],
        counted: Callable[[], object],
    ) -> None:
        self.recorder, self.pack, self.unpack, self.lost, self.counted = recorder, pack, unpack, lost, counted

    def find(self, number: int, case: Row) -> tuple[Any] | None:
        """The value of a case that is done."""
        known = self.recorder.known
        key = digest(case) if known else ""
        if key not in known:
            return None
        self.counted()
        return (None if known[key] is None else self.unpack(known[key]),)

    def keep(self, number: int, case: Row, done: Finished) -> tuple[Any]:
        """The value of a case.  Raises what ended it unless that may be lost."""
        if done.fault is not None and not self.lost(done.fault):
            raise done.fault
        if self.recorder.journal is not None and isinstance(done.fault, CellsimError | None):  # others are tried again
            said = None if done.fault is not None else self.pack(done.value)
            self.recorder.journal.add({"case": digest(case), "value": said})
        self.counted()
        return (done.value,)


@contextmanager
def recording(
    path: Any, kinds: tuple[str, ...], *, threads: int | None = None, processes: int | None = None
) -> Iterator[Recorder]:
    """A `Recorder` with a journal beside the file `path`, or with none if path is None.

    Write the file before the context ends, which removes the journal.  After an interruption or a file that could not
    be written the journal stays, and the same study takes up its values; what cellsim itself refuses, it would refuse
    again.  Raises as `run_resumably`.
    """
    workers = {"threads": threads, "processes": processes}
    workers_of(threads, processes)
    if path is None:
        yield Recorder(None, workers)
        return
    path = file_path("path", path, kinds)
    if kinds == KINDS:
        _tables(path)
    with Journal.at(journal_of(path)) as journal:
        try:
            yield Recorder(journal, workers)
        except CellsimError as fault:
            if not isinstance(fault, ReportError):
                journal.remove()
            raise
        journal.remove()
