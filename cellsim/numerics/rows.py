"""Weighted sums of the rows of an array, in vectors.

LLVM would vectorise only loops over two or three rows, as any two might overlap, and takes what is left over from its
vectors, most of a short row, one number after the other.  Here a sum is kept in registers while all rows are added.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from ..support.compile import twin

LANES, VECTORS = (
    4,
    4,
)  # numbers of a vector, and vectors that are summed side by side, as each addition waits for the last
FLAGS = ("contract", "reassoc", "nsz")


def _sum_in_python(rows, first, last, weights, out):
    total = weights[first] * rows[first]
    for k in range(first + 1, last + 1):
        total = total + weights[k] * rows[k]
    out[:] = total


@twin(_sum_in_python)
@intrinsic
def sum_of_rows(context, rows, first, last, weights, out):
    """out (n,) = sum of weights[k] rows[k] over k from first to last, both included; rows (>= last + 1, n).

    out is none of the rows.
    """

    def generate(context, builder, signature, arguments):
        word = context.get_value_type(types.intp)
        table, scales, target = (
            context.make_array(kind)(context, builder, arguments[k]) for kind, k in ((rows, 0), (weights, 3), (out, 4))
        )
        begin, end = (context.cast(builder, arguments[k], signature.args[k], types.intp) for k in (1, 2))
        (n,) = cgutils.unpack_tuple(builder, target.shape)
        (stride, _) = cgutils.unpack_tuple(builder, table.strides)
        number = ir.DoubleType()

        def at(base, i, kind):
            return builder.bitcast(builder.gep(base, [i], inbounds=True), kind.as_pointer())

        def block(start, kind, many):
            """Sum `many` vectors of a kind, from `start` on."""
            lanes = getattr(kind, "count", 1)
            places = [builder.add(start, word(lanes * m)) for m in range(many)]
            sums = [cgutils.alloca_once(builder, kind) for _ in range(many)]
            for each in sums:
                builder.store(ir.Constant(kind, [0.0] * lanes if lanes > 1 else 0.0), each)
            with cgutils.for_range(builder, builder.add(builder.sub(end, begin), word(1))) as loop:
                k = builder.add(begin, loop.index)
                scale = builder.load(builder.gep(scales.data, [k], inbounds=True))
                if lanes > 1:
                    one = builder.insert_element(ir.Constant(kind, ir.Undefined), scale, ir.IntType(32)(0))
                    mask = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
                    scale = builder.shuffle_vector(one, one, mask)
                row = cgutils.pointer_add(builder, table.data, builder.mul(k, stride))
                for place, each in zip(places, sums, strict=True):
                    term = builder.fmul(scale, builder.load(at(row, place, kind), align=8), flags=FLAGS)
                    builder.store(builder.fadd(builder.load(each), term, flags=FLAGS), each)
            for place, each in zip(places, sums, strict=True):
                builder.store(builder.load(each), at(target.data, place, kind), align=8)

        vector, done = ir.VectorType(number, LANES), word(0)
        for kind, lanes, many in ((vector, LANES, VECTORS), (vector, LANES, 1), (number, 1, 1)):
            size = word(lanes * many)
            blocks = builder.udiv(builder.sub(n, done), size)
            with cgutils.for_range(builder, blocks) as loop:
                block(builder.add(done, builder.mul(loop.index, size)), kind, many)
            done = builder.add(done, builder.mul(blocks, size))
        return context.get_dummy_value()

    return types.none(rows, first, last, weights, out), generate
