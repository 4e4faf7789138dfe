"""A cursor over the words of a protocol that remembers what it looked for, and says so when it finds none of it."""
import math
from typing import NamedTuple, NoReturn

from ...errors import ProtocolError
from .scan import Token, fault, tokens
from .units import CELSIUS, UNITS, known, value_of

MEANT = {"time": "a time", "current": "a current", "c-rate": "a C-rate", "current density": "a current density",
         "voltage": "a voltage", "power": "a power", "resistance": "a resistance", "capacity": "a charge",
         "soc": "a state of charge", "temperature": "a temperature"}
EXAMPLES = {"time": "10 min", "current": "2 A", "c-rate": "C/20", "current density": "3 mA/cm2", "voltage": "4.2 V",
            "power": "5 W", "resistance": "2 Ohm", "capacity": "2 Ah", "soc": "80% SOC", "temperature": "45 degC"}


class Amount(NamedTuple):
    """A number with its unit, in the unit of its quantity, and where it stands."""

    quantity: str
    value: float
    start: int
    end: int


class Reader:
    """The text of a protocol and how far it has been read."""

    def __init__(self, text, files=True):
        self.text, self.files = text, files
        self.words: list[Token] = tokens(text)
        self.at = 0
        self.word: Token = self.words[0]  # the present one
        self.tried: list[str] = []  # what was looked for since the last word was taken

    @property
    def start(self) -> int:
        """Where it stands."""
        return self.word.start

    @property
    def at_end(self) -> bool:
        """Whether all is read."""
        return self.word.kind == "end"

    def take(self) -> Token:
        """The present word; on to the next."""
        word = self.word
        self.at = min(self.at + 1, len(self.words) - 1)
        self.word = self.words[self.at]
        self.tried = []
        return word

    # what is there

    def sees(self, *words) -> bool:
        return self.word.kind == "word" and self.word.text.lower() in words

    def sees_phrase(self, phrase) -> bool:
        if self.word.kind != "word" or not phrase.startswith(self.word.text.lower()):
            return False
        parts = phrase.split()
        ahead = self.words[self.at:self.at + len(parts)]
        return [w.text.lower() for w in ahead] == parts and all(w.kind == "word" for w in ahead)

    def sees_mark(self, mark) -> bool:
        return self.word.text == mark and self.word.kind == "mark"

    def sees_kind(self, kind) -> bool:
        return self.word.kind == kind

    @property
    def sees_number(self) -> bool:
        return self.word.kind in ("number", "rate")

    @property
    def sees_time(self) -> bool:
        """A number with a unit of time."""
        if self.word.kind != "number":
            return False
        unit = known(self.words[self.at + 1].text)
        return unit is not None and UNITS[unit][0] == "time"

    @property
    def sees_break(self) -> bool:
        """The end of a step: a new line, ; or then, with or without a comma before it."""
        k = self.at + (self.word.text == "," and self.word.kind == "mark")
        word = self.words[k]
        return (word.kind == "newline" or word.kind == "word" and word.text.lower() == "then"
                or k == self.at and word.kind == "mark" and word.text in ";.")

    # what is taken if it is there

    def accept(self, *words) -> bool:
        if self.sees(*words):
            self.take()
            return True
        self.tried.extend(words)
        return False

    def accept_mark(self, mark) -> bool:
        if self.sees_mark(mark):
            self.take()
            return True
        self.tried.append(f"'{mark}'")
        return False

    def accept_phrase(self, phrase) -> bool:
        """Several words in a row, all or none."""
        if self.sees_phrase(phrase):
            for _ in phrase.split():
                self.take()
            return True
        self.tried.append(phrase)
        return False

    def accept_break(self) -> bool:
        """The end of a step."""
        if not self.sees_break:
            return False
        if self.sees_mark(","):
            self.take()
        self.take()
        return True

    def accept_choice(self, phrases) -> str | None:
        """The longest of the phrases that is there."""
        return next((p for p in sorted(phrases, key=len, reverse=True) if self.accept_phrase(p)), None)

    # what must be there

    def need(self, word):
        """Take this word."""
        if not self.accept(word):
            self.fail(self.unread)

    def need_mark(self, mark):
        """Take this mark."""
        if not self.accept_mark(mark):
            self.fail(self.unread)

    def choice(self, phrases, *also) -> str:
        """One of the phrases, in the spelling given."""
        lower = {p.lower(): p for p in phrases}
        found = self.accept_choice(lower)
        if found is None:
            self.tried = []
            self.fail(self.unread, *phrases, *also)
        return lower[found]

    def name(self, what) -> str:
        """Any word."""
        if self.word.kind != "word":
            self.fail(self.unread, what)
        return self.take().text

    def number(self, what="a number") -> float:
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
        """above or below, or their signs."""
        for side, marks in (("above", (">", ">=")), ("below", ("<", "<="))):
            if self.accept(side):
                return side
            for mark in marks:
                if self.sees_mark(mark):
                    self.take()
                    return side
        return None

    def unit(self, *quantities, after=None) -> tuple[str, str]:
        """Quantity and unit, which must belong to one of the quantities."""
        word = self.word
        unit = known(word.text) if word.kind in ("word", "mark") else None
        if unit is None:
            self.tried = []
            what = f"{word.text!r} is no unit" if word.kind == "word" else "a unit is missing"
            self.fail(what, *_common(quantities))
        quantity = UNITS[unit][0]
        if quantity not in quantities:
            start = word.start if after is None else after
            self.fault_between(start, word.end, f"this is {MEANT[quantity]}",
                               [f"{MEANT[q]} ({EXAMPLES[q]})" for q in quantities])
        self.take()
        return quantity, unit

    def amount(self, *quantities) -> Amount:
        """A number with a unit of one of the quantities."""
        word = self.word
        if word.kind == "rate":
            return self._rate(word, quantities)
        if word.kind != "number":
            self.fail(self.unread, *(f"{MEANT[q]} ({EXAMPLES[q]})" for q in quantities))
        self.take()
        quantity, unit = self.unit(*quantities, after=word.start)
        if quantity == "temperature" and unit not in CELSIUS and float(word.text) < 0.0:
            self.fault_between(word.start, word.end, "a temperature in kelvin is not below 0")
        end = self.words[self.at - 1].end
        return Amount(quantity, self._finite(value_of(float(word.text), unit), word.start, end), word.start, end)

    def limit(self, *quantities) -> tuple[float, str]:
        """An amount of which the unit says what it is; 80% may be followed by SOC, 0.8 must be."""
        word, after = self.word, self.words[min(self.at + 1, len(self.words) - 1)]
        if word.kind == "number" and after.kind == "word" and after.text.lower() == "soc":
            value = self.number()
            self.take()
            return value, "soc"
        found = self.amount(*quantities)
        if found.quantity == "soc":
            self.accept("soc")
        return found.value, found.quantity

    def state_of_charge(self) -> float:
        """80% or 0.8."""
        value = self.number("a state of charge (80%)")
        return value / 100.0 if self.sees("%") and self.take() else value

    def _rate(self, word, quantities) -> Amount:
        if "c-rate" not in quantities:
            self.fail("this is a C-rate", *(f"{MEANT[q]} ({EXAMPLES[q]})" for q in quantities))
        parts = float(word.text.partition("/")[2])
        self.take()
        if parts == 0.0:
            self.fault_between(word.start, word.end, "C over 0 is no C-rate")
        return Amount("c-rate", self._finite(1.0 / parts, word.start, word.end), word.start, word.end)

    # faults

    def _finite(self, value, start, end) -> float:
        if not math.isfinite(value):
            self.fault_between(start, end, "this number is too large")
        return value

    @property
    def unread(self) -> str:
        """The present word as a fault."""
        word = self.word
        if word.kind in ("end", "newline"):
            return "the step ends too early"
        if word.text in ('"', "'"):
            return "a quotation mark has no partner"
        return f"{word.text[:40]!r} was not understood"

    def fail(self, what, *expected) -> NoReturn:
        """The present word is at fault; expected: what was looked for, besides all that was tried."""
        raise fault(self.text, self.word.start, self.word.end, what, [*expected, *self.tried])

    def fault_between(self, start, end, what, expected=()) -> NoReturn:
        """The text from start to end is at fault."""
        raise fault(self.text, start, end, what, expected)

    def fault_at(self, start, what) -> NoReturn:
        """What was read since start is at fault."""
        raise fault(self.text, start, max(self.words[self.at - 1].end, start + 1), what)

    def build(self, start, make, *arguments, **keywords):
        """make(...); what it refuses is marked in the text, from start to where it has been read."""
        try:
            return make(*arguments, **keywords)
        except ProtocolError as refused:
            self.fault_at(start, str(refused))


def _common(quantities):
    """A few units of each quantity."""
    units = [u for u, (q, _, _) in UNITS.items() if q in quantities and len(u) < 7]
    return [u for q in quantities for u in [u for u in units if UNITS[u][0] == q][:4 if len(quantities) < 3 else 2]]


