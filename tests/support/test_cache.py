"""The compile cache under attack and after accidents: nothing of others is read, nothing that is damaged is used."""

import os
import pickle
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cellsim.support import cache as _cache
from cellsim.support import compile as _jit
from cellsim.support.cache import Kept

ROOT = Path(__file__).parents[2]
NOBODY = 65534
two_users = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as a second user")
SMALL = """
import numpy as np
from cellsim import _jit
from cellsim.numerics.table import evaluate_many, tabulate
y = np.empty(1)
evaluate_many(tabulate([np.cos], 0.0, 1.0), 0, np.zeros(1), y)
print(y[0], _jit.cache_directory() is not None, sum(evaluate_many.stats.cache_hits.values()))
_jit.announce(_jit.SOLVER)
"""


def start(folder, **how):
    """A process that compiles a small kernel, or takes it from the folder."""
    env = {k: v for k, v in os.environ.items() if k not in ("XDG_CACHE_HOME", "HOME")}
    env |= {"NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", SMALL], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how
    )


def said(process):
    """(words printed, words told) of a process that ended well."""
    out, told = process.communicate(timeout=300)
    assert process.returncode == 0, told
    return out.split(), told


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def plain(x):
    """What the tests below compile."""
    return 2.0 * x + 1.0


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A function that compiles `plain` anew, or takes it from a folder of this test: (value, whether from there)."""
    folder = _cache.trusted(tmp_path / "kernels")
    monkeypatch.setattr(_jit, "cache_directory", lambda: folder)

    def run():
        monkeypatch.setattr(_cache, "_printed", set())
        found = _jit.kernel(plain)
        return found(3.0), bool(sum(found.stats.cache_hits.values()))

    assert run() == (7.0, False) and run() == (7.0, True)
    return run, folder


@pytest.fixture
def poisoned(kept, tmp_path):
    """The same with bombs in the files, of the right names and with the right checksums; and what they leave."""
    run, folder = kept
    mark = tmp_path / "executed"
    for path in folder.rglob("*.nb?"):
        content = pickle.dumps(Bomb(mark))
        path.write_bytes(content + _cache.checksum(content))
    return run, folder, mark


def test_a_bomb_goes_off_where_nothing_is_in_its_way(poisoned):
    """That the tests below can fail: in a folder of one's own, where only oneself could put it, it is believed."""
    run, _, mark = poisoned
    assert run() == (7.0, False) and mark.exists()


def _inside(folder):
    """The folder of the kernel; beside it is one of locks."""
    return next(path for path in folder.iterdir() if path.name != "locks")


def _open_to_all(folder):
    _inside(folder).chmod(0o777)


def _open_to_the_group(folder):
    folder.chmod(0o770)


def _above(folder):
    folder.parent.chmod(0o777)


def _files_open(folder):
    for path in folder.rglob("*.nb?"):
        path.chmod(0o666)


@pytest.mark.parametrize("how", (_open_to_all, _open_to_the_group, _above, _files_open), ids=lambda f: f.__name__[1:])
def test_what_others_can_write_is_not_read(how, poisoned, capfd):
    """The folder, the one above, one inside and the files; the value is right, one line says why."""
    run, folder, mark = poisoned
    how(folder)
    assert run() == (7.0, False) and not mark.exists()
    assert "can be written by other users: chmod go-w it" in capfd.readouterr().err


@two_users
@pytest.mark.parametrize("whose", ("everything", "the folder above", "a folder inside", "the files"))
def test_what_belongs_to_another_user_is_not_read(whose, poisoned, capfd):
    """Though its mode be 700."""
    run, folder, mark = poisoned
    for path in {
        "everything": [folder, *folder.rglob("*")],
        "the folder above": [folder],
        "a folder inside": list(folder.iterdir()),
        "the files": list(folder.rglob("*.nb?")),
    }[whose]:
        os.chown(path, NOBODY, NOBODY)
    assert run() == (7.0, False) and not mark.exists()
    assert f"belongs to another user ({NOBODY})" in capfd.readouterr().err


@two_users
def test_links_of_another_user_are_not_followed(poisoned, tmp_path, capfd):
    """In a folder such as /tmp, where anyone may put them, to a folder that would be trusted itself."""
    run, folder, mark = poisoned
    inside = _inside(folder)
    inside.rename(tmp_path / "elsewhere")
    inside.symlink_to(tmp_path / "elsewhere")
    os.chown(inside, NOBODY, NOBODY, follow_symlinks=False)
    folder.chmod(0o1777)
    assert run() == (7.0, False) and not mark.exists()
    assert f"belongs to another user ({NOBODY})" in capfd.readouterr().err


@pytest.mark.parametrize("home", ("home", ""))
def test_a_folder_that_does_not_serve_is_told_once_and_the_next_one_is_taken(home, tmp_path, monkeypatch, capfd):
    """As `cellsim cache show` says; without another one kernels are compiled in memory."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(shared))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", home and str(tmp_path / home))
    monkeypatch.setattr(_jit, "refused", [])
    monkeypatch.setattr(_jit, "is_warm", lambda kernel: bool(home))
    monkeypatch.setattr(_cache, "_printed", set())
    found = _jit.cache_directory.__wrapped__()
    assert found == (tmp_path / home / ".cache" / "cellsim" / _jit.digest() if home else None)
    assert not list(shared.iterdir())
    monkeypatch.setattr(_jit, "cache_directory", lambda: found)
    _jit.announce.__wrapped__(_jit.SOLVER)
    _jit.announce.__wrapped__(_jit.FOLLOW)
    told = capfd.readouterr().err
    assert f"{shared} can be written by other users: chmod go-w it" in told and told.count("\n") == (1 if home else 2)


@two_users
def test_a_second_user_who_was_first_in_a_shared_folder(tmp_path):
    """As in /tmp: prepared by another user before."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    for path in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        path.chmod(path.stat().st_mode | 0o055)
    first = subprocess.run(["mkdir", "-m", "700", str(shared / "kernels")], user=NOBODY, cwd="/")
    if first.returncode:
        pytest.skip("the second user does not get to the folder of this test")
    assert (shared / "kernels").stat().st_uid == NOBODY
    with pytest.raises(_cache.Untrusted, match=r"kernels belongs to another user \(65534\)"):
        _cache.trusted(shared / "kernels" / "cellsim")
    assert _cache.trusted(shared / "mine") == (shared / "mine").resolve()


def test_links_of_ones_own_are_resolved_and_checked(tmp_path):
    """To a sound folder, by way of another link and of ..; not to one that all can write, nor round in a circle."""
    sound, open_ = tmp_path / "sound", tmp_path / "open"
    (sound / "in").mkdir(parents=True, mode=0o700)
    open_.mkdir()
    open_.chmod(0o777)
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("sound/in/..")
    (tmp_path / "bad").symlink_to(open_)
    (tmp_path / "round").symlink_to("round")
    assert _cache.trusted(tmp_path / "one" / "new") == sound.resolve() / "new"
    assert stat.S_IMODE((sound / "new").stat().st_mode) == 0o700
    for name, words in (("bad", "open can be written"), ("round", "too many links")):
        with pytest.raises(_cache.Untrusted, match=words):
            _cache.trusted(tmp_path / name)
    (tmp_path / "file").touch()
    with pytest.raises(_cache.Untrusted, match="is not a folder"):
        _cache.trusted(tmp_path / "file" / "x")


def _cut(path):
    os.truncate(path, path.stat().st_size // 2)


def _empty(path):
    os.truncate(path, 0)


def _folder(path):
    path.unlink()
    path.mkdir()


def _missing(path):
    path.unlink()


def _pipe(path):
    path.unlink()
    os.mkfifo(path)


def _flipped(share):
    def flip(path):
        content = bytearray(path.read_bytes())
        content[int(share * (len(content) - 1))] ^= 1
        path.write_bytes(content)

    return flip


ACCIDENTS = {
    "cut": _cut,
    "empty": _empty,
    "a folder": _folder,
    "missing": _missing,
    "a pipe": _pipe,
    **{f"a bit at {share}": _flipped(share) for share in (0.0, 0.3, 0.6, 1.0)},
}


@pytest.mark.parametrize("kind", ("nbi", "nbc"))
@pytest.mark.parametrize("accident", ACCIDENTS)
def test_after_an_accident_kernels_are_compiled_again(accident, kind, kept, capfd):
    """The index or the code is damaged: the right value, a line, and the next run finds it mended; where something
    stands in its place a second line says that nothing is kept."""
    run, folder = kept
    (path,) = folder.rglob(f"*.{kind}")
    ACCIDENTS[accident](path)
    capfd.readouterr()
    assert run() == (7.0, False)
    told = capfd.readouterr().err
    assert told.count("cannot be used") == (accident != "missing") and told.count("\n") <= 2
    if accident not in ("a folder", "a pipe"):
        assert run() == (7.0, True)
    assert not list(folder.rglob("*.tmp.*"))


def test_no_bit_of_a_kept_kernel_can_change_unseen(kept):
    """Any one bit of both files, 400 of them, makes the reader refuse."""
    _, folder = kept
    for path in folder.rglob("*.nb?"):
        whole = path.read_bytes()
        assert _cache.read(path) == whole[: -_cache.CHECKSUM]
        for k in range(200):
            at = k * 8 * (len(whole) - 1) // 199
            changed = bytearray(whole)
            changed[at // 8] ^= 1 << k % 8
            path.write_bytes(changed)
            with pytest.raises(_cache.Damaged):
                _cache.read(path)
        path.write_bytes(whole)


def test_a_full_disk_compiles_in_memory(tmp_path):
    """Files of no more than 1 kB can be written, as on a disk with little room: the right value and one line."""
    words, told = said(start(tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))))
    assert words == ["1.0", "True", "0"] and told.count("cannot be cached") == 1 and "Traceback" not in told
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and p.suffix == ".nbc"]
    assert not list(tmp_path.rglob("*.tmp.*"))


def test_two_processes_that_compile_at_once(tmp_path):
    """Both get the value, and what they leave serves a third."""
    for process in [start(tmp_path) for _ in range(2)]:
        words, told = said(process)
        assert words[0] == "1.0" and "cannot" not in told
    assert said(start(tmp_path))[0] == ["1.0", "True", "1"]


def test_a_process_killed_while_it_writes_leaves_nothing_for_long(kept):
    """The beginnings of files are removed an hour later; those of a process that is at work are not."""
    run, folder = kept
    (index,) = folder.rglob("*.nbi")
    old, new = (index.with_name(f"{index.name}.tmp.{k}") for k in "ab")
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (1.0, 1.0))
    _cache.sweep.cache_clear()
    index.unlink()
    assert run() == (7.0, False) and not old.exists() and new.exists()


def test_a_copy_of_the_package_elsewhere_uses_the_same_compiled_kernels(tmp_path):
    # a clone, another environment, files written later: the folder's digest of the sources tells all there is to know
    elsewhere = tmp_path / "clone"
    shutil.copytree(ROOT / "cellsim", elsewhere / "cellsim", copy_function=shutil.copyfile)
    assert said(start(tmp_path / "home", cwd=tmp_path))[0][2] == "0"
    there = subprocess.Popen(
        [sys.executable, "-c", SMALL],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "home"), "PYTHONPATH": str(elsewhere)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert said(there)[0][2] == "1"


def test_every_cached_kernel_is_among_the_sources_of_the_digest():
    for name, module in list(sys.modules.items()):
        if name.startswith("cellsim."):
            kernels = [value for value in vars(module).values() if isinstance(getattr(value, "_cache", None), Kept)]
            for kernel in kernels:
                assert kernel.py_func.__module__.split(".")[1] in _jit.COMPILED, kernel
