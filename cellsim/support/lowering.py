"""How functions of kernels are lowered to LLVM's language: a value that is assigned once is kept as such.

Numba puts each variable that is used in another block than the one that assigns it into memory, and loads it wherever
it is used.  For a system of 200 numbers and pointers that is most of what is lowered, and LLVM takes it away again,
one number after the other.  What does not change needs none of that wherever its assignment is certain to have come
before: where its block dominates.
"""

from collections import Counter, defaultdict
from typing import Any

from numba.core import ir
from numba.core.analysis import compute_cfg_from_blocks, compute_use_defs, must_use_alloca
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering


def kept_as_values(blocks: dict[int, Any]) -> set[str]:
    """Names of variables that are assigned once, in a block that dominates all others that use them.

    blocks: of a function, by where they begin, which is the order in which they are lowered.
    """
    use_defs, dominators = compute_use_defs(blocks), compute_cfg_from_blocks(blocks).dominators()
    assigned = Counter(each.target.name for block in blocks.values() for each in block.find_insts(ir.Assign))
    used = defaultdict(set)
    for start, names in use_defs.usemap.items():  # only those that the block does not assign before
        for name in names:
            used[name].add(start)
    kept = set()
    for start, names in use_defs.defmap.items():
        for name in names:
            if assigned[name] == 1 and all(start in dominators[u] and start < u for u in used[name]):
                kept.add(name)
    return kept - must_use_alloca(blocks)


class _Lower(Lower):  # type: ignore[misc]
    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)
        for each in self.call_conv.get_arguments(self.function):
            kind = fndesc.typemap.get(each.name)
            if getattr(kind, "by_reference", False):  # nothing is written there for as long as the function runs
                for what in ("noalias", "captures(none)"):
                    each.add_attribute(what)

    def _find_singly_assigned_variable(self) -> None:
        super()._find_singly_assigned_variable()
        if not self.context.enable_nrt and not self.func_ir.func_id.is_generator:  # references would be given back
            self._singly_assigned_vars |= kept_as_values(self.func_ir.blocks)


@register_pass(mutates_CFG=True, analysis_only=False)
class _NativeLowering(NativeLowering):  # type: ignore[misc]
    _name = "cellsim_native_lowering"

    @property
    def lowering_class(self) -> Any:
        return _Lower


class Compiler(CompilerBase):  # type: ignore[misc]
    """Numba's compiler, but for the lowering."""

    def define_pipelines(self) -> list[Any]:
        """The passes."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [(_NativeLowering if each is NativeLowering else each, what) for each, what in passes.passes]
        passes.finalize()
        return [passes]
