"""Studies that save every case as it is done, and go on where they stopped.

Next to the file asked for lies a journal, a line of JSON for each finished case with the digest of its whole
input and of cellsim's sources, so that rows of two versions never mix.  Whoever asks for the same study again
computes only what the journal lacks; at the end the journal becomes the file, which is never half-written.
"""
import functools
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from .. import _jit
from ..errors import ReportError
from ..files import optional, replacing

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


def _read(journal) -> dict[str, dict]:
    """Finished cases by digest; a last line that was cut short is left out."""
    found: dict[str, dict] = {}
    if not journal.is_file():
        return found
    for line in journal.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            found[entry["case"]] = entry["row"]
        except (ValueError, KeyError, TypeError):
            continue
    return found


def run_resumably(cases: Iterable[dict], compute: Callable[[dict], dict], path=None, progress=None,
                  table=None) -> list[dict]:
    """Rows {**case, **compute(case)} of all cases, in their order.

    path: `.parquet` or `.csv`; with it every row is saved as soon as it is there, and cases that an earlier,
    interrupted study of the same path has done are not done again.  cases and rows: of JSON's kinds of values.
    progress: called with the numbers of cases done and in all.
    table: makes the DataFrame that is written from the rows, if it is not simply them.
    Raises ReportError for another kind of file.
    """
    cases = list(cases)
    if path is None:
        return [_told({**case, **compute(case)}, progress, k + 1, len(cases)) for k, case in enumerate(cases)]
    if Path(path).suffix not in KINDS:
        raise ReportError(f"{path}: save as {' or '.join(KINDS)}")
    pandas = optional("pandas")
    if Path(path).suffix == ".parquet":
        optional("pyarrow")
    journal = journal_of(path)
    done, rows = _read(journal), []
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as file:
        if journal.stat().st_size and not journal.read_bytes().endswith(b"\n"):
            file.write("\n")  # a line that was cut short stays alone
        for k, case in enumerate(cases):
            key = digest(case)
            if key not in done:
                done[key] = {**case, **compute(case)}
                file.write(json.dumps({"case": key, "row": done[key]}) + "\n")
                file.flush()
            rows.append(_told(done[key], progress, k + 1, len(cases)))
    with replacing(path) as partial:
        frame = pandas.DataFrame(rows) if table is None else table(rows)
        frame.to_parquet(partial) if Path(path).suffix == ".parquet" else frame.to_csv(partial, index=False)
    journal.unlink()
    return rows


def _told(row, progress, done, total):
    if progress is not None:
        progress(done, total)
    return row
