"""Material laws: expressions and tables, evaluated without executing anything from a file."""

from .law import Law, LawError

__all__ = ["Law", "LawError"]
