"""Comparisons of ageing: cycles and storage against PyBaMM, closed forms, and a measured growth of the SEI."""

from . import cycles, fitted, policies, retention, scatter, solid, storage

LINES = (*cycles.LINES, *storage.LINES, *fitted.LINES, *solid.LINES, *retention.LINES, *scatter.LINES, *policies.LINES)
