"""Stages of an audit: what they are called, about how long they take, and what runs their jobs."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import Any

from ...ensemble.engine import run_jobs
from ...ensemble.jobs import Finished, Job
from ...ensemble.resumable import Recorder
from ...errors import ClaimError
from ...support.arguments import chosen, listed

CLAIMS = ("energy", "charging", "power", "cost", "vehicles", "storage", "life")
# stages of an audit and about how long they take [s]
STAGES = {
    "discharges": 0.4,
    "uncertainty": 1.0,
    "verdicts": 0.6,
    "maps": 0.8,
    "voids": 0.2,
    "stated": 0.1,
    "charging": 6.0,
    "power": 2.0,
    "cost": 1.0,
    "vehicles": 5.0,
    "storage": 5.0,
    "life": 4.0,
}
OF_ENERGY = ("uncertainty", "verdicts", "maps", "voids", "stated")


def claims_of(only: str | Iterable[str] | None) -> tuple[str, ...]:
    """The claims that are judged, in order; all unless given.  Raises ClaimError for an unknown one."""
    if only is None:
        return CLAIMS
    given = [only] if isinstance(only, str) else listed("only", only, f"give some of {', '.join(CLAIMS)}", ClaimError)
    if not given:
        raise ClaimError(f"only: names no claim; give some of {', '.join(CLAIMS)}")
    for name in given:
        chosen("only", name, CLAIMS, ClaimError)
    return tuple(name for name in CLAIMS if name in given)


class Work:
    """Runs the stages of an audit and reports how far it is; `recorder` keeps what they find."""

    def __init__(self, progress: Callable[[str, float], object], recorder: Recorder, claims: Sequence[str] = CLAIMS):
        left = {c for c in CLAIMS if c not in claims} | (set() if "energy" in claims else set(OF_ENERGY))
        self.progress, self.recorder, self.before = progress, recorder, 0.0
        self.whole = sum(seconds for name, seconds in STAGES.items() if name not in left)

    def stage(self, what: str) -> Callable[[int, int | None], object]:
        """A function of the numbers of jobs done and in all that reports one stage."""
        begun, self.before = self.before, self.before + STAGES[what]
        return lambda done, total: self.progress(what, (begun + STAGES[what] * done / (total or 1)) / self.whole)

    def counted(self, what: str, total: int) -> Callable[[], object]:
        """A function to be called as each job of a stage is done."""
        report, counts = self.stage(what), itertools.count(1)
        if not total:
            report(1, 1)
        return lambda: report(next(counts), total)

    def finished(self, what: str, jobs: Sequence[Job]) -> list[Finished]:
        """What became of the jobs of a stage, in order; nothing is kept of it."""
        one_more = self.counted(what, len(jobs))
        with closing(run_jobs(jobs, finished=lambda done: one_more(), **self.recorder.workers)) as found:
            return list(found)

    def together(self, jobs: Sequence[Job], reports: Sequence[Callable[[int, int | None], object]]) -> list[Finished]:
        """What became of jobs that are a stage each, in order; reports: of each stage."""
        with closing(
            run_jobs(jobs, finished=lambda done: reports[done.number](1, 1), **self.recorder.workers)
        ) as found:
            return list(found)

    def values(self, what: str, cases: Sequence[dict[str, Any]], jobs: Sequence[Job], **how: Any) -> list[Any]:
        """The values of the jobs of a stage, kept by their cases, see `Recorder.values`."""
        cases = [{"stage": what, **case} for case in cases]
        counted = self.counted(what, len(jobs))
        return self.recorder.values(cases, lambda number, case: jobs[number], counted=counted, **how)
