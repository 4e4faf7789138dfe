"""Many simulations at once: an ensemble on threads or processes, in memory or to a file."""

import os
from collections.abc import Iterable, Sized
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, cast

from ..errors import ProtocolError, ReportError
from ..simulation.result import Result
from ..simulation.variables import ALIASES
from ..support.arguments import file_path, flag, listed, near, shown, text
from ..support.compile import SOLVER, announce
from ..support.files import optional, write_table
from ..support.first_calls import machine_code_only
from ..support.renamed import by_name
from .bulk import run_together
from .case import Case, Kept, Outcome, Packed, outcome_of, run_case
from .engine import Progress, reporting, run_cases, workers_of
from .jobs import Finished, Job
from .parquet import OUTCOMES, PART, kinds, ready, writing
from .pool import check_executor
from .resumed import Parts

SERIES = ("Time [s]", "Current [A]", "Voltage [V]")  # what is written unless something else is asked for


@dataclass(frozen=True)
class Ensemble:
    """What came out of `simulate_many`, in the order of the cases.

    results: a `Result` a case, up to its failure if it failed on the way, None if it never began;
    the whole is None where the series went to a file.
    """

    outcomes: tuple[Outcome, ...]
    results: tuple[Result | None, ...] | None = None

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The cases that failed."""
        return tuple(o for o in self.outcomes if o.failure)

    def __len__(self):
        return len(self.outcomes)

    def to_pandas(self):
        """A DataFrame with one row for each case: its labels, then the fields of `Outcome`."""
        pd = optional("pandas")
        rows = [
            {"number": o.number, **o.labels} | {k: v for k, v in asdict(o).items() if k != "labels"}
            for o in self.outcomes
        ]
        return pd.DataFrame(rows)

    def __repr__(self):
        lines = [f"{len(self)} cases, {len(self.failures)} failed"]
        return "\n".join(lines + [f"  case {o.number}: {o.failure}" for o in self.failures[:5]])


@by_name
def simulate_many(
    cases: Iterable[Case],
    *,
    threads: int | None = None,
    path: Any = None,
    progress: Progress = None,
    keep: Iterable[str] | None = None,
    processes: int | None = None,
    resume: bool = False,
    executor: Any = None,
) -> Ensemble:
    """Simulate many cases on several threads; each gives bit for bit what `simulate` gives.

    cases: an iterable of `Case`, such as `cellsim.cases(...)` makes; a generator is read as needed.
    threads: to run kernels in, as many as the processors this process may use unless given; what is not a kernel
    runs in the calling thread meanwhile, and with one thread everything does.
    processes: so many processes instead, for many short cases on many cores, as a process runs only one thread of
    Python at a time.  They are started at the first call, which takes a second or two, and kept for the next ones.
    executor: any executor with the interface of concurrent.futures instead, such as that of a Dask cluster
    (`client.get_executor(pure=False)`) or of MPI, or a function that makes one, which is then called again if all of
    its workers are lost, as those of a ProcessPoolExecutor are when one dies.  Cases go to it in tasks of about a
    second.  Where a worker dies, the cases of its task are halved until the one that ends it is found.
    path: a `.parquet` file to which the series of all cases are written while they are computed, a row for each time:
    "Case" (its number), the labels, then the variables of `keep`.  A path that ends in a slash, "runs/", is a folder of
    such files of four million rows each, with a table of all `Outcome`s, "_outcomes.parquet", when all is done.
    Memory then does not grow with the number of cases but for their `Outcome`s.  Without path the results are
    kept in memory: all variables, several MB a case, or only those of `keep`.
    resume: with a path, keep what is done beside it (`<path>.journal` and `<path>.parts`) if the work is interrupted,
    by whatever, and do not run cases again that are done already; a case is known by all of its input and by the
    version of cellsim.  At the end the file is as it would be without.
    keep: names of variables over time; "Time [s]", "Current [A]" and "Voltage [V]" for a file.
    progress: True for a bar, or a function called with the numbers of cases done and in all (None
    if that is not known), in the calling thread.

    A case that fails in any way is recorded in `Outcome.failure` and disturbs no other, not even where it ends the
    process that runs it.  Raises ProtocolError for no cases at all, for fewer than one thread and for an unknown
    variable, ReportError if the file cannot be written or another process is at work on it, all before anything is
    computed.
    """
    workers_of(threads, processes, executor)
    if executor is not None:
        check_executor(executor)
    total = len(cases) if isinstance(cases, Sized) else None
    if isinstance(cases, Case):
        cases = [cases]
    if not isinstance(cases, Iterable) or isinstance(cases, str | bytes) or getattr(cases, "ndim", 1) == 0:
        raise ProtocolError(f"cases {shown(cases)}: give cellsim.Case objects, such as cellsim.cases(...) makes")
    path = _place(path)
    source = iter(cases)
    first = next(source, None)
    if first is None:
        raise ProtocolError("no cases: give at least one, such as cellsim.cases(cell, cellsim.discharge(1.0))")
    if not isinstance(first, Case):
        raise ProtocolError(f"cases {shown(first)}: give cellsim.Case objects, such as cellsim.cases(...) makes")
    keep = _names(keep, first, path)
    if flag("resume", resume) and path is None:
        raise ProtocolError("resume: give a path, too, beside which what is done is kept")
    if path is not None:
        ready(path if path.suffix else path / PART, first.labels, keep or ())
    columns, pack = (None, None) if path is None else (kinds(first.labels), Packed.of)
    outcomes: list[Outcome] = []
    results: list[Result | None] = []
    with ExitStack() as stack:
        parts = stack.enter_context(Parts.at(path, keep)) if resume else None
        writer = stack.enter_context(writing(path, first.labels, keep or ())) if path and not resume else None
        report = stack.enter_context(reporting(progress))
        machine_code_only()  # before the message, which says whether runs go on meanwhile
        announce(SOLVER)
        found = stack.enter_context(
            closing(
                run_cases(
                    chain([first], source),
                    lambda number, case: Job(
                        run_case, (number, case, keep, columns), keep is not None, run_together, pack
                    ),
                    _Nowhere() if parts is None else parts,
                    threads=threads,
                    processes=processes,
                    executor=executor,
                )
            )
        )
        for number, (outcome, result) in enumerate(found):
            if writer is not None and isinstance(result, list):
                writer.add(number, outcome.labels, result)
            elif path is None:
                results.append(cast(Result | None, result))
            outcomes.append(outcome)
            report(number + 1, total)
        if parts is not None:
            parts.finish(first.labels)
    ensemble = Ensemble(tuple(outcomes), None if path is not None else tuple(results))
    if path is not None and not path.suffix:
        write_table(ensemble.to_pandas(), path / OUTCOMES)
    return ensemble


def _place(path: Any) -> Path | None:
    """Where to write: nowhere, a `.parquet` file, or a folder if the text ends in a slash.  Raises ReportError."""
    if not isinstance(path, str) or not path.endswith(("/", os.sep)):
        return path if path is None else file_path("path", path, (".parquet",))
    folder = file_path("path", path.rstrip("/" + os.sep))
    if folder.suffix:
        raise ReportError(f"path {path[-80:]}: a folder of an ensemble has no suffix, a file no slash behind it")
    return folder


class _Nowhere:
    """An `engine.Store` that keeps nothing: every case is run."""

    def find(self, number: int, case: Case) -> None:
        """Nothing."""

    def keep(self, number: int, case: Case, done: Finished) -> tuple[Outcome, Kept]:
        """What came of it."""
        return outcome_of(done)


def _names(keep: Any, first: Case, path: Any) -> tuple[str, ...] | None:
    """The variables to keep, checked against those of the first case, if that can be built at all."""
    if keep is None and path is None:
        return None
    wanted = "give names of variables over time, such as 'Voltage [V]'"
    asked = SERIES if keep is None else (keep,) if isinstance(keep, str) else listed("keep", keep, wanted)
    names = tuple(dict.fromkeys(("Time [s]", *(text("keep", name, wanted) for name in asked))))
    try:
        known = first.variables()
    except Exception:  # recorded as the failure of that case when it is run
        return names
    for name in names:
        if name not in known and name not in ALIASES:
            raise ProtocolError(f"keep: {shown(name)} is not a variable of these cases; {near(name, known)}")
        if path is not None and known.dims(name) != ("Time [s]",):
            raise ProtocolError(
                f"keep: {name!r} is not one number at a time and cannot go to a table; leave it out, or give no path"
            )
    return names
