"""Studies that save every case as it is done, and go on where they stopped.

Next to the file asked for lies a journal (`journal.Journal`), a line for each finished case with the digest of its
whole input and of cellsim's sources, so that rows of two versions never mix.  Whoever asks for the same study again
computes only what the journal lacks; at the end the journal becomes the file, which is never half-written.
"""
import functools
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from ..errors import ReportError
from ..support import compile as _jit
from ..support.arguments import file_path, shown
from ..support.files import optional, replacing
from .journal import Journal

KINDS = (".parquet", ".csv")


@functools.cache
def version() -> str:
    """Digest of all sources of cellsim, any of which may change a row."""
    return _jit.digest(_jit.EVERYTHING)


def digest(case: dict) -> str:
    """What a case is told apart by: its whole input, as JSON, and the version of cellsim."""
    said = json.dumps(case, sort_keys=True, default=str) + version()
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def journal_of(path) -> Path:
    """Where the cases of an unfinished study lie."""
    return Path(path).with_name(Path(path).name + ".journal")


def _rows(entries) -> dict[str, dict]:
    """Rows of finished cases by digest."""
    return {entry["case"]: entry["row"] for entry in entries
            if isinstance(entry.get("case"), str) and isinstance(entry.get("row"), dict)}


def run_resumably(cases: Iterable[dict], compute: Callable[[dict], dict], path=None, progress=None,
                  table=None) -> list[dict]:
    """Rows {**case, **compute(case)} of all cases, in their order.

    path: `.parquet` or `.csv`; with it every row is saved as soon as it is there, and cases that an earlier,
    interrupted study of the same path has done are not done again.  cases and rows: of JSON's kinds of values.
    progress: called with the numbers of cases done and in all.
    table: makes the DataFrame that is written from the rows, if it is not simply them.
    Raises ReportError for another kind of file, if it or the journal cannot be written, and while another process is
    at work on the same path.
    """
    cases = list(cases)
    if progress is not None and not callable(progress):
        raise ReportError(f"progress {shown(progress)}: give a function of the numbers of cases done and in all")
    if path is None:
        return [_told({**case, **compute(case)}, progress, k + 1, len(cases)) for k, case in enumerate(cases)]
    path = file_path("path", path, KINDS)
    pandas = optional("pandas")
    if Path(path).suffix == ".parquet":
        optional("pyarrow")
    rows: list[dict] = []
    with Journal.at(journal_of(path)) as journal:
        done = _rows(journal.entries)
        for k, case in enumerate(cases):
            key = digest(case)
            if not set(case) <= set(done.get(key, {})):
                done[key] = {**case, **compute(case)}
                journal.add({"case": key, "row": done[key]})
            rows.append(_told(done[key], progress, k + 1, len(cases)))
        with replacing(path) as partial:
            frame = pandas.DataFrame(rows) if table is None else table(rows)
            frame.to_parquet(partial) if Path(path).suffix == ".parquet" else frame.to_csv(partial, index=False)
        journal.remove()
    return rows


def _told(row, progress, done, total):
    if progress is not None:
        progress(done, total)
    return row
