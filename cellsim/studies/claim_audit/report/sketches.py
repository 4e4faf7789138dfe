"""Pictures of the report, drawn in a thread beside the simulations that are still to be done in other processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit


class Sketches:
    """Sections of the page that are being drawn, by name (keys of `pictures.SECTIONS`)."""

    def __init__(self, pool: ThreadPoolExecutor | None = None) -> None:
        self.pool = pool
        self.begun: dict[str, Future[Any]] = {}

    def begin(self, audit: Audit, *names: str) -> None:
        """Draw sections of which all is known; does nothing where no page is wanted."""
        if self.pool is not None:
            for name in names:
                self.begun[name] = self.pool.submit(_section, audit, name)


@contextmanager
def sketching(wanted: bool) -> Iterator[Sketches]:
    """Sketches for a page, or none; what has not begun when an exception ends the audit is not drawn."""
    if not wanted:
        yield Sketches()
        return
    with ThreadPoolExecutor(1, "pictures") as pool:
        pool.submit(_load)
        try:
            yield Sketches(pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _load() -> None:
    """Import what a page needs while processes start."""
    from . import page  # noqa: F401


def _section(audit: Audit, name: str) -> Any:
    from .pictures import section

    return section(audit, name)
