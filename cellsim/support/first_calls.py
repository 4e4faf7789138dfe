"""The first calls of a kernel are made in Python, while another process makes its machine code.

So a first simulation takes seconds, and not the minute or more that compilation takes.  Results agree to rounding with
those of machine code.  Where they have to be the same bit for bit, and where speed is measured, machine code is waited
for: `machine_code_only`, or CELLSIM_COMPILE=first in the environment; host waits for machine code for this processor,
where a package came with some for any of its kind.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .background import FIRST, HOST, Compiler, processors
from .cache import message
from .interpreted import interpreted

PATIENCE = 60.0  # s of a process in Python, after which machine code is waited for
INTERVAL = 0.05  # s between looks at the cache


class _FirstCalls:
    """How much longer this process may call kernels in Python, and the process that compiles meanwhile."""

    def __init__(self) -> None:
        asked = os.environ.get("CELLSIM_COMPILE", "")
        if asked not in ("", FIRST, HOST):
            message("compile", f"CELLSIM_COMPILE={asked} is not used: give {FIRST}, {HOST} or nothing")
        self.waits = asked in (FIRST, HOST)  # for machine code, and starts no other process
        self.left = 0.0 if self.waits else PATIENCE  # s
        self.compiler: Compiler | None = None

    def wanted(self, kernel: Any, types: tuple[Any, ...], folder: Path) -> bool:
        """Whether a kernel is to be called in Python now; if not, it is in the cache or to be compiled here."""
        if self.left <= 0.0 and self.compiler is None:
            return False
        self.compiler = self.compiler or Compiler(folder)
        while True:
            if types in kernel.overloads or kernel._cache.has(types, kernel.targetctx):
                self.compiler.done(kernel, types)
                return False
            if self.left <= 0.0 and not self.compiler.has_been_asked(kernel, types):
                return False
            if not self.compiler.ask(kernel, types):
                return False
            if self.left > 0.0:
                return True
            time.sleep(INTERVAL)

    def ahead(self, kernel: Any, types: tuple[Any, ...], folder: Path) -> None:
        """Have a kernel compiled that will be called later."""
        if not self.waits and not kernel._cache.has(types, kernel.targetctx):
            self.compiler = self.compiler or Compiler(folder)
            self.compiler.ask(kernel, types)


_here = _FirstCalls()


def machine_code_only() -> None:
    """Call no more kernels in Python in this process: compile them, or wait until they are compiled."""
    _here.left = 0.0


def in_python() -> bool:
    """Whether kernels without machine code are called in Python."""
    return _here.left > 0.0


def compile_ahead(kernel: Any, *arguments: Any) -> None:
    """Have another process compile a kernel for arguments of these types, where there is a processor for that."""
    if processors() > 1 and getattr(kernel, "folder", None) is not None:
        _here.ahead(kernel, _types(kernel, arguments), kernel.folder)


def beginning(compiled: Any, folder: Path) -> Any:
    """A dispatcher whose first calls are made in Python; folder: of the cache."""
    own = compiled._compile_for_args

    def compile_for_args(*arguments: Any) -> Any:
        """What Numba calls for arguments of new types: returns what is to be called for them."""
        if _here.wanted(compiled, _types(compiled, arguments), folder):
            return _timed(interpreted(compiled))
        return own(*arguments)

    compiled._compile_for_args, compiled.folder = compile_for_args, folder
    return compiled


def _types(kernel: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numba's types of the arguments of a kernel."""
    return tuple(map(kernel.typeof_pyval, arguments))


def _timed(function: Callable[..., Any]) -> Callable[..., Any]:
    """As a function, its time counted."""

    def call(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            _here.left -= time.perf_counter() - began

    return call
