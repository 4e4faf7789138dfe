"""A cursor over the words of a protocol; it records what it looked for, for the message if none of it is there."""

import math
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import NamedTuple, NoReturn, ParamSpec, TypeVar

from ...errors import ProtocolError
from ..quantities import BY_NAME
from .scan import Token, fault, tokens
from .units import CELSIUS, UNITS, known, value_of

P = ParamSpec("P")
T = TypeVar("T")


class Amount(NamedTuple):
    """A value in the unit of its quantity, and its position in the text."""

    quantity: str
    value: float
    start: int
    end: int


class Reader:
    """The text of a protocol, and the position up to which it has been read."""

    def __init__(self, text: str, files: bool | str | Path = True) -> None:
        self.text, self.files = text, files
        self.words: list[Token] = tokens(text)
        self.at = 0
        self.word: Token = self.words[0]  # the current one
        self.tried: list[str] = []  # looked for since the last word was taken

    @property
    def start(self) -> int:
        """Position of the current word."""
        return self.word.start

    @property
    def at_end(self) -> bool:
        """Whether the whole text has been read."""
        return self.word.kind == "end"

    def take(self) -> Token:
        """The current word; the next one becomes current."""
        word = self.word
        self.at = min(self.at + 1, len(self.words) - 1)
        self.word = self.words[self.at]
        self.tried = []
        return word

    # looking ahead

    def sees(self, *words: str) -> bool:
        """Whether the current word is one of these."""
        return self.word.kind == "word" and self.word.text.lower() in words

    def sees_phrase(self, phrase: str) -> bool:
        """Whether these words come next."""
        if self.word.kind != "word" or not phrase.startswith(self.word.text.lower()):
            return False
        parts = phrase.split()
        ahead = self.words[self.at : self.at + len(parts)]
        return [w.text.lower() for w in ahead] == parts and all(w.kind == "word" for w in ahead)

    def sees_mark(self, mark: str) -> bool:
        """Whether this punctuation mark comes next."""
        return self.word.text == mark and self.word.kind == "mark"

    def sees_kind(self, kind: str) -> bool:
        """Whether the current token is of this kind."""
        return self.word.kind == kind

    @property
    def sees_number(self) -> bool:
        """Whether a number or a C-rate such as C/20 comes next."""
        return self.word.kind in ("number", "rate")

    def sees_before_number(self, word: str) -> bool:
        """Whether this word comes next, and a number after it."""
        return self.sees(word) and self.words[self.at + 1].kind == "number"

    @property
    def sees_time(self) -> bool:
        """Whether a number with a unit of time comes next."""
        if self.word.kind != "number":
            return False
        unit = known(self.words[self.at + 1].text)
        return unit is not None and UNITS[unit][0] == "time"

    @property
    def sees_break(self) -> bool:
        """Whether a step ends here: a new line, ; or then, with or without a comma before it."""
        k = self.at + (self.word.text == "," and self.word.kind == "mark")
        word = self.words[k]
        return (
            word.kind == "newline"
            or word.kind == "word"
            and word.text.lower() == "then"
            or k == self.at
            and word.kind == "mark"
            and word.text in ";."
        )

    # optional words

    def accept(self, *words: str) -> bool:
        """Take the current word if it is one of these."""
        if self.sees(*words):
            self.take()
            return True
        self.tried.extend(words)
        return False

    def accept_mark(self, mark: str) -> bool:
        """Take this mark if it comes next."""
        if self.sees_mark(mark):
            self.take()
            return True
        self.tried.append(f"'{mark}'")
        return False

    def accept_phrase(self, phrase: str) -> bool:
        """Take several words in a row, all or none."""
        if self.sees_phrase(phrase):
            for _ in phrase.split():
                self.take()
            return True
        self.tried.append(phrase)
        return False

    def accept_break(self) -> bool:
        """Take the end of a step."""
        if not self.sees_break:
            return False
        if self.sees_mark(","):
            self.take()
        self.take()
        return True

    def accept_choice(self, phrases: Iterable[str]) -> str | None:
        """Take the longest of the phrases that comes next; None if none does."""
        return next((p for p in sorted(phrases, key=len, reverse=True) if self.accept_phrase(p)), None)

    # required words

    def need(self, word: str) -> None:
        """Take this word; anything else is a fault."""
        if not self.accept(word):
            self.fail(self.unread)

    def need_mark(self, mark: str) -> None:
        """Take this mark; anything else is a fault."""
        if not self.accept_mark(mark):
            self.fail(self.unread)

    def choice(self, phrases: Iterable[str], *also: str) -> str:
        """One of the phrases, in the spelling given; also: further words for the message."""
        phrases = tuple(phrases)
        lower = {p.lower(): p for p in phrases}
        found = self.accept_choice(lower)
        if found is None:
            self.tried = []
            self.fail(self.unread, *phrases, *also)
        return lower[found]

    def name(self, what: str) -> str:
        """Any word."""
        if self.word.kind != "word":
            self.fail(self.unread, what)
        return self.take().text

    def number(self, what: str = "a number") -> float:
        """A finite number."""
        word = self.word
        if word.kind != "number":
            self.fail(self.unread, what)
        self.take()
        return self._finite(float(word.text), word.start, word.end)

    def count(self) -> int:
        """A whole number above 0."""
        word, value = self.word, self.number("a whole number")
        if value != int(value) or value < 1:
            self.fault_between(word.start, word.end, "give a whole number, 1 or more")
        return int(value)

    def side(self) -> str | None:
        """above or below, or the signs > and <; None if there is neither."""
        for side, marks in (("above", (">", ">=")), ("below", ("<", "<="))):
            if self.accept(side):
                return side
            for mark in marks:
                if self.sees_mark(mark):
                    self.take()
                    return side
        return None

    def unit(self, *quantities: str, after: int | None = None) -> tuple[str, str]:
        """Quantity and unit, which must belong to one of the quantities; after: start of the number before it."""
        word = self.word
        unit = known(word.text) if word.kind in ("word", "mark") else None
        if unit is None:
            self.tried = []
            what = f"{word.text!r} is not a unit" if word.kind == "word" else "a unit is missing"
            self.fail(what, *_common(quantities))
        quantity = UNITS[unit][0]
        if quantity not in quantities:
            start = word.start if after is None else after
            self.fault_between(start, word.end, f"this is {BY_NAME[quantity].noun}", _described(quantities))
        self.take()
        return quantity, unit

    def amount(self, *quantities: str) -> Amount:
        """A number with a unit of one of the quantities."""
        word = self.word
        if word.kind == "rate":
            return self._rate(word, quantities)
        if word.kind != "number":
            self.fail(self.unread, *_described(quantities))
        self.take()
        quantity, unit = self.unit(*quantities, after=word.start)
        if quantity == "temperature" and unit not in CELSIUS and float(word.text) < 0.0:
            self.fault_between(word.start, word.end, "a temperature in kelvin cannot be negative")
        end = self.words[self.at - 1].end
        return Amount(quantity, self._finite(value_of(float(word.text), unit), word.start, end), word.start, end)

    def limit(self, *quantities: str) -> tuple[float, str]:
        """Value and quantity, known by its unit; 80% may be followed by SOC, 0.8 must be."""
        word, after = self.word, self.words[min(self.at + 1, len(self.words) - 1)]
        if word.kind == "number" and after.kind == "word" and after.text.lower() == "soc":
            value = self.number()
            self.take()
            return value, "soc"
        amount = self.amount(*quantities)
        if amount.quantity == "soc":
            self.accept("soc")
        return amount.value, amount.quantity

    def state_of_charge(self) -> float:
        """80% or 0.8."""
        value = self.number("a state of charge (80%)")
        return value / 100.0 if self.sees("%") and self.take() else value

    def _rate(self, word: Token, quantities: Collection[str]) -> Amount:
        if "c-rate" not in quantities:
            self.fail("this is a C-rate", *_described(quantities))
        parts = float(word.text.partition("/")[2])
        self.take()
        if parts == 0.0:
            self.fault_between(word.start, word.end, "C/0 is not a C-rate")
        return Amount("c-rate", self._finite(1.0 / parts, word.start, word.end), word.start, word.end)

    # faults

    def _finite(self, value: float, start: int, end: int) -> float:
        if not math.isfinite(value):
            self.fault_between(start, end, "this number is too large")
        return value

    @property
    def unread(self) -> str:
        """Message that the current word is at fault."""
        word = self.word
        if word.kind in ("end", "newline"):
            return "the step ends too early"
        if word.text in ('"', "'"):
            return "a quotation mark is not closed"
        return f"{word.text[:40]!r} was not understood"

    def fail(self, what: str, *expected: str) -> NoReturn:
        """Raise ProtocolError at the current word; expected: words for the message, besides all that was tried."""
        raise fault(self.text, self.word.start, self.word.end, what, [*expected, *self.tried])

    def fault_between(self, start: int, end: int, what: str, expected: Iterable[str] = ()) -> NoReturn:
        """Raise ProtocolError at the text from start to end."""
        raise fault(self.text, start, end, what, expected)

    def fault_at(self, start: int, what: str) -> NoReturn:
        """Raise ProtocolError at everything that was read since start."""
        raise fault(self.text, start, max(self.words[self.at - 1].end, start + 1), what)

    def build(self, start: int, make: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T:
        """make(...); if it raises ProtocolError, the text that was read since start is marked."""
        try:
            return make(*arguments, **keywords)
        except ProtocolError as refused:
            self.fault_at(start, str(refused))


def _described(quantities: Iterable[str]) -> list[str]:
    """Quantities with an example each, for messages."""
    return [f"{BY_NAME[q].noun} ({BY_NAME[q].example})" for q in quantities]


def _common(quantities: Collection[str]) -> list[str]:
    """A few units of each quantity, for messages."""
    units = [u for u, (q, _, _) in UNITS.items() if q in quantities and len(u) < 7]
    return [u for q in quantities for u in [u for u in units if UNITS[u][0] == q][: 4 if len(quantities) < 3 else 2]]
