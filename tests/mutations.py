"""Input with something wrong in it, from a seed, and what must hold of whoever reads it.

CELLSIM_FUZZ=50 makes the tests that use it so many times longer, CELLSIM_SEED chooses another seed.
"""

import copy
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cellsim import CellsimError

TIMES, SEED = (int(os.environ.get(name, default)) for name, default in (("CELLSIM_FUZZ", "1"), ("CELLSIM_SEED", "12")))
LONGEST = 10.0  # s of processor time for one input
VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1,
    1e-300,
    1e300,
    10**400,
    0.5,
    "",
    "x",
    "1/x",
    "x^2",
    "9**9**9",
    "1/(x-0.5)",
    "log(x-T)",
    "__import__('os').system('true')",
    "\ud800",
    "\x1b[2J",
    "\0",
    "y" * 5000,
    [],
    {},
    [[]],
    [1, 2],
    {"x": [0, 1], "y": [1, 2]},
    {"x": [1, 0], "y": [1]},
    "2024-01-31",
]
BYTES = [
    b"\0",
    b"\xff",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b";",
    b"\n",
    b"\t",
    b" ",
    b"e",
    b"-",
    b"1_0",
    b"9" * 400,
    b"&a ",
    b"*a ",
    b"!!x ",
    b"!!python/object/apply:os.system [true] ",
    b"\\u",
    b"\x1b",
    b"NaN",
    b"inf",
    b"1e999",
    b"[" * 3000,
    b"y" * 200_000,
    b"\xed\xa0\x80",
    b"# ",
]
LAUNCHED = ("os.system", "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pickle.find_class")
_seen: list[str] | None = None  # what the interpreter was asked to do while `watched`


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Paths of all values in a structure."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def restructured(rng: random.Random, raw: Any) -> Any:
    """A copy in which some values are others, missing, doubled or under another key."""
    raw = copy.deepcopy(raw)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        path = rng.choice(list(places(raw))[1:] or [()])
        spot = raw
        for key in path[:-1]:
            spot = spot[key]
        if not path:
            return copy.deepcopy(rng.choice(VALUES))
        what = rng.randrange(5)
        if what == 0:
            del spot[path[-1]]
        elif what == 1 and isinstance(spot, dict):
            spot[rng.choice(("X", "value", "table", f"{path[-1]} "))] = spot.pop(path[-1])
        elif what == 2 and isinstance(spot[path[-1]], float):
            spot[path[-1]] = spot[path[-1]] * rng.choice((-1, 0, 1e-6, 1e-3, 0.5, 2, 1e3, 1e12))
        elif what == 3:
            spot[path[-1]] = copy.deepcopy(rng.choice([v for v in (raw, spot) if v is not None]))
        else:
            spot[path[-1]] = copy.deepcopy(rng.choice(VALUES))  # what is put into it must not stay in VALUES
    return raw


def damaged(rng: random.Random, content: bytes) -> bytes:
    """Bytes that are cut, doubled or exchanged."""
    content = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(content) + 1)
        what = rng.randrange(4)
        if what == 0:
            content[at : at + rng.randrange(1, 40)] = b""
        elif what == 1:
            content[at:at] = rng.choice(BYTES)
        elif what == 2:
            content[at : at + 1] = bytes([rng.randrange(256)])
        else:
            content[at:at] = content[at : at + rng.randrange(1, 200)]
    return bytes(content[: rng.randrange(len(content) + 1)] if rng.random() < 0.1 else content)


def as_json(raw: Any) -> bytes:
    """JSON, which is YAML too, with what only Python's writer knows, and half characters as escapes."""
    return json.dumps(raw).encode()


def either(rng: random.Random, content: bytes, parse: Callable[[bytes], Any]) -> bytes:
    """A file with its bytes damaged, or with its content changed."""
    return damaged(rng, content) if rng.random() < 0.4 else as_json(restructured(rng, parse(content)))


class Held:
    """Reads input after input: each is read, or refused in a message that can be printed, and soon.

    Whatever else happens is a fault; the first of each kind is kept with the number of its input.
    """

    def __init__(self) -> None:
        self.number = self.read = self.refused = 0
        self.faults: dict[str, int] = {}

    def many(self, count: int) -> Iterator[random.Random]:
        """A generator of random numbers for each input; input number n of a seed is the same everywhere."""
        for _ in range(count * TIMES):
            self.number += 1
            yield random.Random(f"{SEED}/{self.number}")

    def __call__(self, read: Callable[..., Any], *given: Any, may_write: Path | None = None, **how: Any) -> Any:
        """What was read, None if it was refused.  may_write: the only file that it may open for writing."""
        global _seen
        began, _seen, found = time.process_time(), [], None
        try:
            found = read(*given, **how)
            self.read += 1
        except CellsimError as refused:
            words, self.refused = str(refused), self.refused + 1
            if not words.strip() or len(words) > 60_000 or any("\ud800" <= letter <= "\udfff" for letter in words):
                self.fault(f"message {words[:80]!r} of {len(words)} characters")
        except Exception as other:
            place = traceback.extract_tb(other.__traceback__)[-1]
            self.fault(f"{type(other).__name__} ({Path(place.filename).name}:{place.lineno}): {str(other)[:200]}")
        finally:
            done, _seen = _seen, None
        for event in done:
            if event != f"wrote: {may_write}":
                self.fault(event)
        if time.process_time() - began > LONGEST:
            self.fault(f"took {time.process_time() - began:.1f} s")
        return found

    def fault(self, words: str) -> None:
        """Keep a fault of the present input, if it is the first one that begins alike."""
        if words[:60] not in {known[:60] for known in self.faults}:
            self.faults[words] = self.number

    def check(self, sound: bool, words: str) -> None:
        """A fault unless it is sound."""
        if not sound:
            self.fault(words)


def _listen(event: str, arguments: tuple) -> None:
    if _seen is None:
        return
    if event.startswith(LAUNCHED):
        _seen.append(f"executed: {event} {str(arguments)[:80]}")
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        _seen.append(f"wrote: {arguments[0]}")


sys.addaudithook(_listen)
