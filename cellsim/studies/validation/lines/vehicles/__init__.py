"""Comparisons of vehicles, packs and storage."""

from . import consumption, packs, storage

LINES = (*consumption.LINES, *packs.LINES, *storage.LINES)
