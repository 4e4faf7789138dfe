"""Kernels compiled by another process, while this one goes on without machine code.

That process outlives this one, so that a short script leaves compiled kernels to the next one.
"""

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

START = "import sys; sys.path.insert(0, {path!r}); from cellsim.support.background import serve; serve()"

FIRST, HOST = "first", "host"  # CELLSIM_COMPILE: machine code is waited for; and made for this machine's processor
ITS_PARTS = (
    "its parts",
)  # in place of a signature; those of all parts would fill the pipe, and whoever asks would wait


class Compiler:
    """A process that compiles kernels into the cache, one after the other, as they are asked for."""

    def __init__(self, folder: Path) -> None:
        """folder: of the cache."""
        self._folder = folder
        self._process: Any = None
        self._asked: set[tuple[Any, ...]] = set()
        self._lock = Lock()  # threads write one after the other

    def has_been_asked(self, kernel: Any, signature: tuple[Any, ...]) -> bool:
        """Whether a kernel is being compiled for some types, or will be."""
        return _named(kernel, signature) in self._asked

    def ask(self, kernel: Any, signature: tuple[Any, ...]) -> bool:
        """Have a kernel compiled for some types; whether the process is at work."""
        what = _named(kernel, signature)
        with self._lock:
            try:
                if what not in self._asked:
                    self._process = self._process or _started(self._folder)
                    self._asked.add(what)
                    pickle.dump(what, self._process.stdin)
                    self._process.stdin.flush()
            except OSError:
                return False
            return self._process.poll() is None

    def done(self, kernel: Any, signature: tuple[Any, ...]) -> None:
        """Nobody waits for that any more.  Without anything to do the process ends."""
        with self._lock, contextlib.suppress(OSError):
            self._asked.discard(_named(kernel, signature))
            if not self._asked:
                self._leave()

    def finish(self) -> None:
        """Nothing more will be asked for: the process ends when it has done it."""
        with self._lock, contextlib.suppress(OSError):
            self._leave()

    def _leave(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.stdin.close()


def _named(kernel: Any, signature: tuple[Any, ...]) -> tuple[Any, ...]:
    return kernel.py_func.__module__, kernel.py_func.__qualname__, signature


def _started(folder: Path) -> Any:
    if not sys.executable or getattr(sys, "frozen", False):  # another program, into which Python is built
        raise OSError("no Python to start")
    code = START.format(path=str(Path(__file__).parents[2]))
    own: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, **own)


def serve() -> None:
    """Compile what standard input asks for, until it ends."""
    if os.environ.get("CELLSIM_COMPILE") != HOST:
        os.environ["CELLSIM_COMPILE"] = FIRST
    _helped.append(True)
    while True:
        try:
            module, name, signature = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        kernel = getattr(__import__(module, fromlist=[name]), name)
        for each, types in kernel.parts() if signature == ITS_PARTS else [(kernel, signature)]:
            each.compile(types)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_helped: list[bool] = []  # not empty in a process that does nothing but compile


def _gets_help() -> bool:
    return processors() > 1 and (bool(_helped) or os.environ.get("CELLSIM_COMPILE") not in (FIRST, HOST))


@contextlib.contextmanager
def together(folder: Path | None, kernel: Any, types: tuple[Any, ...]) -> Iterator[None]:
    """Compile a function into the cache, as no other process does at the same time; of an entry, another one compiles
    parts meanwhile, if there is a processor for that.

    Processes wait for each other one function at a time, from callers to what they call, so that none waits in vain.
    """
    with contextlib.ExitStack() as held:
        if folder is not None and types not in kernel.overloads:
            with contextlib.suppress(ImportError, OSError):  # without locks several may compile the same
                import fcntl

                locks = folder / "locks"
                locks.mkdir(mode=0o700, exist_ok=True)
                name = f"{kernel.py_func.__module__}.{kernel.py_func.__qualname__}"
                fcntl.flock(held.enter_context((locks / name).open("a")), fcntl.LOCK_EX)
            if hasattr(kernel, "parts") and _gets_help() and not kernel._cache.has(types, kernel.targetctx):
                helper = Compiler(folder)
                helper.ask(kernel, ITS_PARTS)
                helper.finish()
        yield
