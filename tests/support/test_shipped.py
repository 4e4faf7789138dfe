"""Machine code in a wheel: used where it fits and nowhere else, and replaced where it is damaged."""

import importlib.util
import json
import os
from pathlib import Path

import pytest
from numba.core import config
from numba.core.registry import cpu_target
from test_cache import ACCIDENTS, _cut, _flipped, plain
from test_jit import CALLS, ROOT, python

from cellsim.support import cache as _cache
from cellsim.support import compile as _jit
from cellsim.support.shipped import choice

spec = importlib.util.spec_from_file_location("kernels", ROOT / "release" / "kernels.py")
maker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(maker)

pytestmark = pytest.mark.skipif(_jit.UNCOMPILED, reason="nothing is compiled")
SOURCES = "0123"  # in place of the digest


def manifest(**changed):
    """Of machine code for the processor of this machine, which is in no file."""
    _, cpu, features = cpu_target.target_context.codegen().magic_tuple()
    return choice.here() | {"cpu": cpu, "features": features, "sources": SOURCES, "files": {}} | changed


def reason(**changed):
    """Why such machine code is not used."""
    return choice.why_not(manifest(**changed), lambda: SOURCES)


@pytest.fixture(autouse=True)
def nothing_asked_for(monkeypatch):
    """Neither a processor nor machine code of this machine."""
    monkeypatch.delenv("CELLSIM_COMPILE", raising=False)
    monkeypatch.setattr(config, "CPU_NAME", None)
    monkeypatch.setattr(config, "CPU_FEATURES", None)


def test_machine_code_for_this_machine_is_used():
    """Also with fewer features than the processor has, and with a list of those that it must not need."""
    assert reason() == ""
    some = sorted(choice.available(manifest()["features"]))[::2]
    assert some and reason(features=",".join(f"+{each}" for each in some)) == ""
    assert reason(features="-avx10.1") == "" and reason(features="") == ""


@pytest.mark.parametrize("what", choice.MADE_FOR)
def test_machine_code_for_other_versions_is_not_used(what):
    """Python, Numba, llvmlite, the system."""
    assert reason(**{what: "0.1"}).startswith(f"made for {choice.MADE_FOR[what]} 0.1, here is ")


def test_machine_code_of_other_sources_is_not_used():
    """A kernel was edited since."""
    assert reason(sources="4567") == "made from other sources"


def test_machine_code_for_more_than_this_processor_can_is_not_used():
    """It would be killed for an instruction that it does not know."""
    more = manifest()["features"] + ",+of-the-future"
    assert reason(features=more, cpu="x86-64-v9") == "made for x86-64-v9, this processor lacks of-the-future"


def test_who_asks_for_a_processor_gets_what_is_compiled_for_it(monkeypatch):
    """Numba's variables, and one for the processor of this machine."""
    monkeypatch.setenv("CELLSIM_COMPILE", "host")
    assert reason() == "CELLSIM_COMPILE=host"
    monkeypatch.delenv("CELLSIM_COMPILE")
    for name in ("CPU_NAME", "CPU_FEATURES"):
        with monkeypatch.context() as patch:
            patch.setattr(config, name, "")
            assert reason() == f"NUMBA_{name} is set"


@pytest.fixture
def carried(tmp_path, monkeypatch):
    """Machine code of `plain` as in a wheel, and a function that runs it: (value, whether from there, whether kept)."""
    monkeypatch.setattr(_jit.shipped, "of_package", lambda sources: (None, "none"))
    made, own = (_cache.trusted(tmp_path / name) for name in ("made", "own"))
    monkeypatch.setattr(_jit, "cache_directory", lambda: made)
    assert _jit.kernel(plain)(3.0) == 7.0
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / choice.MANIFEST).write_text(json.dumps(manifest(files=maker.collect(made, folder))))
    monkeypatch.setattr(_jit, "cache_directory", lambda: own)

    def run():
        monkeypatch.setattr(_cache, "_printed", set())
        found, words = choice.examined(folder, lambda: SOURCES)
        monkeypatch.setattr(_jit.shipped, "of_package", lambda sources: (found, words))
        kernel = _jit.kernel(plain)
        return kernel(3.0), bool(sum(kernel.stats.cache_hits.values())), any(own.rglob("*.nbc"))

    assert run() == (7.0, True, False)
    return run, folder


DAMAGE = {name: do for name, do in ACCIDENTS.items() if name != "a pipe"}


@pytest.mark.parametrize("kind", ("nbi", "nbc"))
@pytest.mark.parametrize("accident", DAMAGE)
def test_damaged_machine_code_is_compiled_anew(accident, kind, carried, capfd):
    """The right value, one line, and the next run takes what was compiled into the cache of the user."""
    run, folder = carried
    (path,) = folder.rglob(f"*.{kind}")
    DAMAGE[accident](path)
    capfd.readouterr()
    assert run() == (7.0, False, True)
    told = capfd.readouterr().err
    assert told.count("cannot be used and is compiled again") == told.count("\n") <= 1
    assert run() == (7.0, True, True)


def test_sound_machine_code_of_another_function_is_not_taken(carried):
    """A file in the place of another: it has a checksum, but not that of the manifest."""
    run, folder = carried
    index, code = sorted(folder.rglob("*.nb?"), key=lambda path: path.suffix, reverse=True)
    code.write_bytes(index.read_bytes())
    assert run() == (7.0, False, True)


@pytest.mark.parametrize(
    "content", (b"", b"{", b"[]", b"null", b'{"files": 3}', json.dumps({"cpu": "x", "features": 1}).encode())
)
def test_a_damaged_manifest_means_none(content, carried):
    """Compiled, as without."""
    run, folder = carried
    (folder / choice.MANIFEST).write_bytes(content)
    assert choice.examined(folder, lambda: SOURCES)[0] is None
    assert run() == (7.0, False, True)


@pytest.mark.parametrize("damage", (_cut, _flipped(0.5)))
def test_no_place_to_write_and_damaged_machine_code(damage, carried, monkeypatch):
    """Compiled in memory; sound machine code needs no place."""
    run, folder = carried
    monkeypatch.setattr(_jit, "cache_directory", lambda: None)
    assert run() == (7.0, True, False)
    damage(next(folder.rglob("*.nbc")))
    assert run() == (7.0, False, False)


def test_what_a_wheel_is_given_serves_a_process_with_an_empty_cache(tmp_path, monkeypatch):
    """Made for a kind of processors in other processes, by the script that makes wheels; the same value, bit for bit,
    as what is compiled for the same kind, and nothing is compiled."""
    few = CALLS + "\nprint(repr(arrhenius(2e4, 310.0, 298.0)), sum(arrhenius.stats.cache_hits.values()))"
    monkeypatch.setattr(maker, "RUNS", (["-c", few],))
    maker.main(tmp_path / "package")
    made = json.loads((tmp_path / "package" / choice.MANIFEST).read_bytes())
    kernels = {Path(name).name.split("-")[0] for name in made["files"]}
    assert kernels == {"transport.arrhenius", "table.evaluate_many"}  # none of those that only kernels call
    for path in (tmp_path / "package").rglob("*.nb?"):
        assert str(ROOT).encode() not in path.read_bytes()  # nothing of the machine that made it
    there = (
        "from pathlib import Path\nfrom cellsim.support.shipped import choice\n"
        f"choice.FOLDER = Path({str(tmp_path / 'package')!r})\n"
    )
    where = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "CELLSIM_COMPILE": "first", "PYTHONPATH": str(ROOT)}
    asked = {"NUMBA_CPU_NAME": made["cpu"], "NUMBA_CPU_FEATURES": made["features"]}
    *_, warm, value = python(there + few, **where).stdout.splitlines()
    *_, kept, same = python(there + few, **where, **asked).stdout.splitlines()
    assert (warm, kept) == ("False", "True") and value == same.replace(" 0", " 1")


def test_a_wheel_without_machine_code_says_so():
    """As every installation from sources."""
    assert choice.examined(ROOT / "nowhere", lambda: SOURCES) == (None, "none")


def test_helpers_keep_to_the_machine_code_that_was_asked_for(monkeypatch):
    """A process that compiles for another one takes the same."""
    from cellsim.support import background

    monkeypatch.setattr(background, "_helped", [])
    for asked, then in (("host", "host"), ("", "first"), ("first", "first")):
        monkeypatch.setenv("CELLSIM_COMPILE", asked)
        with open(os.devnull) as nothing, monkeypatch.context() as patch:
            patch.setattr(background.sys, "stdin", nothing)
            background.serve()
        assert os.environ["CELLSIM_COMPILE"] == then
