"""How the machine code of kernels is made and kept: functions that only kernels call are linked into those.

Numba optimises and translates every function on its own, with all that it calls, and does so again in each of its
callers up to the kernel that Python calls.  Here a function that Python never calls is kept as it was lowered; its
callers link it as they would.  This divides the time of compilation by several.  Of what Python calls the cache keeps
the machine code, and the module only where a kernel might link it, which is read when one does.
"""

import contextlib
import gc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.entrypoints import init_all
from numba.core.registry import cpu_target
from numba.core.sigutils import normalize_signature

from .background import together

MANY = 2_000_000  # new objects, some 500 MB, after which cycles are looked for
_making: list[tuple[str, Any]] = []  # name and kind of what is being compiled or read, innermost last


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


class Called(JITCodeLibrary):  # type: ignore[misc]
    """Code that Python calls, and kernels may."""

    _bitcode = b""  # of a library from the cache, until it is needed

    def _finalize_specific(self) -> None:
        with _loops_as_they_are():
            super()._finalize_specific()

    def _module_kept(self) -> bytes:
        bitcode: bytes = self._get_module_for_linking().as_bitcode()
        return bitcode

    def serialize_using_object_code(self) -> Any:
        """What the cache keeps: object code, the module, and the names that the object code defines."""
        self._ensure_finalized()
        module = self._final_module
        defined = [each.name for each in (*module.functions, *module.global_variables) if not each.is_declaration]
        return self.name, type(self).__name__, (self._get_compiled_object(), self._module_kept(), defined)

    def _get_module_for_linking(self) -> Any:
        if self._shared_module is None and self._bitcode:
            self._shared_module, self._bitcode = llvm.parse_bitcode(self._bitcode), b""
        return super()._get_module_for_linking()

    @classmethod
    def _unserialize(cls, codegen: Any, state: Any) -> Any:
        name, _, (code, bitcode, defined) = state
        self = cls(codegen, name)
        self.enable_object_caching()
        self._set_compiled_object(code)
        self._bitcode = bitcode
        self._finalize_final_module()
        codegen._engine._defined_symbols.update(defined)
        return self


class Outermost(Called):
    """Code that only Python calls: none to be linked is kept, which would be most of the file."""

    def _module_kept(self) -> bytes:
        return b""


_KINDS = {kind.__name__: kind for kind in (Called, Outermost)}


@contextlib.contextmanager
def _loops_as_they_are() -> Iterator[None]:
    """Without LLVM's reduction of strength in loops: 28 of 38 s for the longest kernel, and none is slower without."""
    llvm.set_option("cellsim", "-disable-lsr=true")
    try:
        yield
    finally:
        llvm.set_option("cellsim", "-disable-lsr=false")


@contextlib.contextmanager
def _few_collections() -> Iterator[None]:
    """Without most of Python's searches for cycles, a tenth of the time of a compilation, which holds many objects."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        if gc.get_count()[0] > MANY:
            gc.collect()
    finally:
        if was_on:
            gc.enable()


@cache
def _prepare() -> None:
    """Let Numba's code generator make and read these libraries."""
    codegen = cpu_target.target_context.codegen()
    set_env, engine = codegen.set_env, codegen._engine

    def create_library(name: str, **options: Any) -> Any:
        ours = _making and _making[-1][0] == name
        return (_making[-1][1] if ours else codegen._library_class)(codegen, name, **options)

    def unserialize_library(state: Any) -> Any:
        kind = Linked if state[1] == "bitcode" else _KINDS.get(state[1], codegen._library_class)
        return kind._unserialize(codegen, state)

    def set_known_env(name: str, env: Any) -> None:
        if engine.is_symbol_defined(name):  # there is none without machine code, and kernels use none
            set_env(name, env)

    codegen.create_library, codegen.unserialize_library = create_library, unserialize_library
    codegen.set_env = set_known_env


@cache
def _prepare_to_compile() -> None:
    """What Numba needs for the first function that no cache has: its extensions, and what follows."""
    init_all()
    _without_scipy()


def _without_scipy() -> None:
    """Load Numba's functions of arrays without all of scipy.linalg, which is there, and is asked for when needed."""
    from numba.np import linalg

    own, linalg.ensure_blas = linalg.ensure_blas, lambda: None
    try:
        from numba.np import arraymath
    finally:
        linalg.ensure_blas = own
    arraymath.ensure_blas = own


def compiling(compiled: Any, kind: type, folder: Path | None) -> Any:
    """A dispatcher whose functions are compiled to libraries of one of these kinds; folder: of the cache."""
    own: Callable[..., Any] = compiled.compile
    from_source: Callable[..., Any] = compiled._compiler.compile
    _prepare()

    def compile_for(signature: Any) -> Any:
        with global_compiler_lock, _few_collections(), together(folder, compiled, normalize_signature(signature)[0]):
            _making.append((compiled.py_func.__qualname__, kind))
            try:
                return own(signature)
            finally:
                _making.pop()

    def compile_from_source(types: Any, return_type: Any) -> Any:
        _prepare_to_compile()
        return from_source(types, return_type)

    compiled.compile, compiled._compiler.compile = compile_for, compile_from_source
    compiled._compilation_chain_init_hook = lambda: None  # see above: machine code needs none
    return compiled
