"""Text of the protocol language to tokens, and error messages that mark the faulty words."""

import difflib
import re
from collections.abc import Iterable
from typing import NamedTuple

from ...errors import ProtocolError

LONGEST_TEXT = 1_000_000  # characters
_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\f\v\xa0]+|\#[^\n]*)
  | (?P<newline>\n)
  | (?P<string>"[^"\n]*"|'[^'\n]*')
  | (?P<rate>[Cc][ ]?/[ ]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d](?:[\w²^°/.-]*[\w²])?|%|°[CKck]|°)
  | (?P<mark><=|>=|.)
""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word and its position in the text."""

    kind: str  # string, rate, number, word, mark, newline, end
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of a text; the last one is of kind "end"."""
    if len(text) > LONGEST_TEXT:
        raise ProtocolError(f"the protocol has {len(text)} characters; at most {LONGEST_TEXT} are read")
    found: list[Token] = []
    for m in _TOKEN.finditer(text):
        kind = m.lastgroup or "mark"
        if kind != "blank":
            found.append(Token(kind, m.group(), m.start(), m.end()))
    return [*found, Token("end", "", len(text), len(text))]


def fault(text: str, start: int, end: int, what: str, expected: Iterable[str] = ()) -> ProtocolError:
    """The error for text[start:end]: what is wrong, the line with carets below the words, what was expected there."""
    line_at = text.rfind("\n", 0, start) + 1
    line = text[line_at:].partition("\n")[0]
    number, column = text.count("\n", 0, start) + 1, start - line_at
    width = max(1, min(end, line_at + len(line)) - start)
    shift = max(0, column - 60)  # of a very long line only the part around the word is shown
    shown = line[shift : shift + 120]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else " " for c in shown)
    where = f"line {number}, column {column + 1}" if "\n" in text.strip() else f"column {column + 1}"
    message = f"protocol, {where}: {what}\n  {shown}\n  {' ' * (column - shift)}{'^' * min(width, 60)}"
    expected = list(dict.fromkeys(expected))
    if expected:
        message += f"\nexpected {one_of(expected)}"
        near = nearest(text[start:end], expected)
        if near:
            message += f"; did you mean {near!r}?"
    return ProtocolError(message)


def one_of(words: Iterable[str], most: int = 14) -> str:
    """Words as a list in a sentence: a, b or c."""
    words = list(words)
    if len(words) > most:
        return ", ".join(words[:most]) + ", ..."
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The most similar of some words; None if none is similar, or the word is among them."""
    if not 1 < len(word) <= 20:
        return None
    lower = {w.lower(): w for w in words}
    near = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[near[0]] if near and near[0] != word.lower() else None
