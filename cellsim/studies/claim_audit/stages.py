"""Stages of an audit: what they are called, about how long they take, and what runs their jobs."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

from ...ensemble.engine import run_jobs, value_of
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
    """Runs the stages of an audit and reports how far it is; `recorder` keeps what they find.

    known: called with an audit and names of sections (`report.pictures`) of which it now knows all.
    """

    def __init__(
        self,
        progress: Callable[[str, float], object],
        recorder: Recorder,
        claims: Sequence[str] = CLAIMS,
        known: Callable[..., object] = lambda audit, *names: None,
    ):
        self.known = known
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

    def together(self, kinds: Mapping[str, Sequence[Job]], done: Callable[[str, list[Any]], object]) -> None:
        """Run the jobs of several stages beside each other, the first ones first.

        done: called with the name of each stage and the values of its jobs as soon as these are there.  Raises the
        exception of the first job that fails.
        """
        names = [name for name, jobs in kinds.items() for _ in jobs]
        count = {name: self.counted(name, len(jobs)) for name, jobs in kinds.items()}
        values: dict[str, dict[int, Any]] = {name: {} for name in kinds}

        def finished(one: Finished) -> None:
            name = names[one.number]
            values[name][one.number] = value_of(one)
            count[name]()
            if len(values[name]) == len(kinds[name]):
                done(name, [values[name][k] for k in sorted(values[name])])

        every = [job for jobs in kinds.values() for job in jobs]
        with closing(run_jobs(every, finished=finished, **self.recorder.workers)) as found:
            for _ in found:
                pass

    def values(self, what: str, cases: Sequence[dict[str, Any]], jobs: Sequence[Job], **how: Any) -> list[Any]:
        """The values of the jobs of a stage, kept by their cases, see `Recorder.values`."""
        cases = [{"stage": what, **case} for case in cases]
        counted = self.counted(what, len(jobs))
        return self.recorder.values(cases, lambda number, case: jobs[number], counted=counted, **how)
