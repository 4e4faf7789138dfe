"""Journals of lives that are computed part by part: storage by its rows, years of use by their months."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ....ensemble.journal import Journal
from .life_journal import opened


class Parts:
    """The parts of a life that are done, dictionaries of JSON's kinds of values in their order; use `Parts.at`."""

    def __init__(self, journal: Journal, key: str) -> None:
        """key: digest of all that the life depends on; parts of other lives are left out."""
        self.journal, self.key = journal, key
        self.done: list[dict[str, Any]] = []
        for entry in journal.entries:
            if entry.get("life") == key and entry.get("part") == len(self.done):
                self.done.append(entry)
        journal.entries = []

    @classmethod
    @contextmanager
    def at(cls, path: Any, key: str, resume: bool) -> Iterator["Parts"]:
        """The journal beside the file `path`; it begins empty unless `resume`.  Raises ReportError."""
        with opened(path, resume) as journal:
            yield cls(journal, key)

    def add(self, part: dict[str, Any]) -> None:
        """Write the next part.  Raises ReportError."""
        self.journal.add({"life": self.key, "part": len(self.done), **part})
        self.done.append({})

    def over(self) -> None:
        """The life is over and saved."""
        self.journal.remove()
