"""Functions that are called from kernels only become machine code once, within the kernels that call them.

Numba optimises and translates every function on its own, with all that it calls, and does so again in each of its
callers up to the kernel that Python calls.  Here a function that Python never calls is kept as it was lowered; its
callers link it as they would.  This divides the time of compilation by several.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

_names: list[str | None] = []  # of the functions being compiled, innermost last; None for one that Python calls


class Linked(JITCodeLibrary):  # type: ignore[misc]
    """Code to be linked into that of callers, without machine code of its own."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def serialize_using_object_code(self) -> Any:
        """What the cache keeps: as there is no object code, the module."""
        return self.serialize_using_bitcode()


@cache
def _prepare() -> None:
    """Let Numba's code generator make and read `Linked` libraries."""
    codegen = cpu_target.target_context.codegen()
    set_env, engine = codegen.set_env, codegen._engine

    def create_library(name: str, **options: Any) -> Any:
        kind = Linked if _names and _names[-1] == name else codegen._library_class
        return kind(codegen, name, **options)

    def unserialize_library(state: Any) -> Any:
        kind = Linked if state[1] == "bitcode" else codegen._library_class
        return kind._unserialize(codegen, state)

    def set_known_env(name: str, env: Any) -> None:
        if engine.is_symbol_defined(name):  # there is none without machine code, and kernels use none
            set_env(name, env)

    codegen.create_library, codegen.unserialize_library = create_library, unserialize_library
    codegen.set_env = set_known_env


def compiling(compiled: Any, *, linked: bool) -> Any:
    """A dispatcher whose functions are compiled as code to be linked only, or for Python to call."""
    own: Callable[..., Any] = compiled.compile
    _prepare()

    def compile_for(signature: Any) -> Any:
        with global_compiler_lock:
            _names.append(compiled.py_func.__qualname__ if linked else None)
            try:
                return own(signature)
            finally:
                _names.pop()

    compiled.compile = compile_for
    return compiled
