"""Comparisons of thin films."""

from . import danilov, raijmakers

LINES = (*danilov.LINES, *raijmakers.LINES)
