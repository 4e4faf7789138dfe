"""Studies whose outcome is a table: a row for each case, saved as it is done, and resumed where they stopped.

Next to the file asked for lies a journal (`journal.Journal`), a line for each finished case with the digest of its
whole input and of cellsim's sources, so that rows of two versions never mix.  Whoever asks for the same study again
computes only what the journal lacks; at the end the journal becomes the file, which is never half-written.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from ..errors import CellsimError
from ..support.arguments import file_path
from ..support.files import optional, replacing
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
) -> list[Row]:
    """Rows {**case, **compute(case)} of all cases, in their order.

    cases and rows: of JSON's kinds of values.  compute: a function or coroutine function, see `jobs.Job`.
    row_of: makes the dictionary from a case and what compute returned, in the calling thread, if it is not that itself.
    failed: makes it from a case and the reason why there is none; without it the exception is raised.
    path: `.parquet` or `.csv`; with it every row is saved as soon as it is there, and cases that an earlier,
    interrupted study of the same path has done are not done again.
    table: makes the DataFrame that is written from the rows, if it is not simply them.
    progress: True for a bar, or a function called with the numbers of cases done and in all.
    threads, processes: as `engine.run_jobs`.
    Raises ProtocolError for wrong options, and ReportError for another kind of file, if it or the journal cannot be
    written, and while another process is at work on the same path.
    """
    cases = list(cases)
    workers_of(threads, processes)
    with ExitStack() as stack:
        report = stack.enter_context(reporting(progress))
        journal = None
        if path is not None:
            path = file_path("path", path, KINDS)
            pandas = optional("pandas")
            if Path(path).suffix == ".parquet":
                optional("pyarrow")
            journal = stack.enter_context(Journal.at(journal_of(path)))
        store = _Rows(journal, row_of or (lambda case, value: value), failed, lambda count: report(count, len(cases)))
        rows = list(
            stack.enter_context(
                closing(
                    run_cases(
                        cases, lambda number, case: Job(compute, (case,)), store, threads=threads, processes=processes
                    )
                )
            )
        )
        if journal is not None:
            with replacing(path) as partial:
                frame = pandas.DataFrame(rows) if table is None else table(rows)
                frame.to_parquet(partial) if Path(path).suffix == ".parquet" else frame.to_csv(partial, index=False)
            journal.remove()
    return rows
