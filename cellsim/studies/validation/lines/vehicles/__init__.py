"""Comparisons of vehicles, packs and storage."""

from . import consumption, packs

LINES = (*consumption.LINES, *packs.LINES)
