"""Thousands of files with something wrong in them: each is read or refused in a sentence, and soon.

A short slice with a fixed seed; CELLSIM_FUZZ=50 makes it so many times longer, CELLSIM_SEED chooses another one.
"""

import copy
import json
import os
import random
import time
import warnings

import pytest
from protocol_maker import text as odd_text
from reference_cases import HOME

import cellsim
from cellsim import CellsimError, CellsimWarning, Protocol
from cellsim.parameters.load import home
from cellsim.studies.claim_audit.claim_file import CHARGING, DEFAULT
from cellsim.studies.claim_audit.maker_claims import FOLDER

TIMES, SEED = (int(os.environ.get(name, default)) for name, default in (("CELLSIM_FUZZ", "1"), ("CELLSIM_SEED", "12")))
LONGEST = 10.0  # s of processor time for one file
PROTOCOL = "Repeat 2: Charge at 1C until 4 V; Goto a 2 times; Label a; End; Run US06 in W; Stop if time above 1 h"
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
    b"\n",
    b"e",
    b"-",
    b"9" * 400,
    b"&a ",
    b"*a ",
    b"!!x ",
    b"\\u",
    b"\x1b",
    b"NaN",
    b"1e999",
    b"[" * 3000,
    b"\xed\xa0\x80",
    b"# ",
]


def places(value, path=()):
    """Paths of all values in a structure."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def restructured(rng, raw):
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
            spot[rng.choice(("X", "value", "table", path[-1] + " "))] = spot.pop(path[-1])
        elif what == 2 and isinstance(spot[path[-1]], float):
            spot[path[-1]] = spot[path[-1]] * rng.choice((-1, 0, 1e-6, 1e-3, 0.5, 2, 1e3, 1e12))
        elif what == 3:
            spot[path[-1]] = copy.deepcopy(rng.choice([v for v in (raw, spot) if v is not None]))
        else:
            spot[path[-1]] = copy.deepcopy(rng.choice(VALUES))  # what is put into it must not stay in VALUES
    return raw


def damaged(rng, content):
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


def held(read, *given):
    """Whether it was read; that it is refused in one printable message, and not after long, is asserted."""
    began = time.process_time()
    try:
        read(*given)
        return True
    except CellsimError as refused:
        words = str(refused)
        assert words.strip() and len(words) < 60_000 and words.encode()
        return False
    finally:
        assert time.process_time() - began < LONGEST


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # whatever warns but cellsim is a fault, too
        warnings.simplefilter("ignore", CellsimWarning)
        yield


@pytest.fixture
def rng():
    return random.Random(SEED)


def as_json(raw):
    """JSON with what only Python's writer knows, and half characters as escapes."""
    return json.dumps(raw).encode()


def test_parameter_sets_and_bpx(rng, tmp_path):
    """Of all shipped sets and both BPX files; a part is still sound, most is refused."""
    sources = [*sorted(home().glob("*.json")), *sorted((HOME / "about_energy").glob("*_BPX.json"))]
    path, sound = tmp_path / "mine.json", 0
    for _ in range(120 * TIMES):
        content = rng.choice(sources).read_bytes()
        odd = damaged(rng, content) if rng.random() < 0.3 else as_json(restructured(rng, json.loads(content)))
        path.write_bytes(odd)
        sound += held(cellsim.load, path)
    assert 0 < sound < 100 * TIMES


def test_variations_with_odd_expressions(rng):
    """Random expressions as laws: a cell that holds finite, bounded values, or a sentence."""
    pieces = ["x", "T", "1", "0.5", "1e-3", "+", "-", "*", "/", "**", "(", ")", "exp(", "log(", "sqrt(", "tanh(", ","]
    cell = cellsim.load("lgm50_chen2020")
    paths = (
        "electrolyte/conductivity",
        "positive electrode/particle diffusivity",
        "negative electrode/open-circuit potential",
    )
    for _ in range(400 * TIMES):
        held(cell.with_, {rng.choice(paths): " ".join(rng.choices(pieces, k=rng.randrange(1, 12)))})


def test_claims(rng, tmp_path):
    """The claim files, and files of what makers state."""
    import yaml

    stated = sorted(FOLDER.glob("*.yaml"))
    for _ in range(60 * TIMES):
        for source, path, read in (
            (DEFAULT, tmp_path / "claim.yaml", cellsim.load_claim),
            (CHARGING, tmp_path / "charging.yaml", cellsim.load_charging_claim),
            (rng.choice(stated), tmp_path / "stated" / "one.yaml", lambda p: cellsim.maker_claims(p.parent)),
        ):
            path.parent.mkdir(exist_ok=True)
            content = source.read_bytes()
            if rng.random() < 0.5:
                raw = restructured(rng, yaml.safe_load(content))
                path.write_bytes(json.dumps(raw).encode())  # which is YAML, mostly
            else:
                path.write_bytes(damaged(rng, content))
            held(read, path)


def test_protocols_as_text_and_json(rng):
    """Texts from words and letters, and the form of every kind of node with something exchanged."""
    raw = json.loads(Protocol(PROTOCOL).to_json())
    for _ in range(400 * TIMES):
        held(Protocol, odd_text(rng))
        held(Protocol.from_json, restructured(rng, raw))
        held(Protocol.from_json, damaged(rng, as_json(raw)))


def test_tables_of_a_load(rng, tmp_path):
    """Two columns that are damaged."""
    path = tmp_path / "load.csv"
    for _ in range(200 * TIMES):
        rows = "\n".join(f"{k},{rng.uniform(-9, 9):.3g}" for k in range(rng.randrange(1, 30)))
        path.write_bytes(damaged(rng, rng.choice((b"", b"# a\n", b"t,I\n", b"\xef\xbb\xbf")) + rows.encode()))
        held(cellsim.profile, path)
        held(Protocol, f'Run "{path}" in A')
