"""A step of a protocol as one record: all that its kernel needs, in numbers and addresses of arrays.

To hand a system to a kernel as the forty arrays and numbers that it consists of takes Python longer than some
kernels run.  An array of records takes nothing, and the steps of many runs share one call, during which other
threads have Python's lock.  Arrays are C-contiguous, and whoever makes a record keeps them alive.
"""
import ctypes
import math

import numpy as np
from numba import types
from numba.core.cgutils import unpack_tuple
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from ...numerics.grids import SHELL
from ...numerics.table import TERMS, Table
from ...support.compile import UNCOMPILED, inlined
from ..integrators.events import EVENTS
from ..integrators.ndf_history import FRESH, MAX_ORDER, Memory
from ..layout import (
    COLUMNS,
    FOIL,
    GRAIN,
    LOCAL,
    RATES,
    SALT,
    SALT_LAWS,
    SOLID_LAWS,
    TAIL,
    TOUCH,
    VOLUME,
    Control,
    Heat,
    Laws,
    System,
    Work,
    copy,
)

STARTING = -2  # status of a step that has not begun

_SIZES = ("model", "volumes", "particles", "shells", "volume", "grain", "shell", "foil", "foils",
          "nodes", "most")
_TABLES = tuple(f"{table}_{key}" for table in ("solid", "salt", "factor")
                for key in ("at", "intervals", "laws", "lo", "hi", "per"))
_MORE = ("c_ref", "t_ref", "T_first", "R_series", "capacity", "loss", "critical_current")
_RUN = ("rtol", "q_start", "every", "first")
_ROOM = ("highest", "buffer", "room", "knots", "corners")
_WHOLE = {"status", "rows", *_SIZES, *(key for key in _TABLES if key.endswith(("_at", "_intervals", "_laws"))), "mode",
          *_ROOM}  # numbers and addresses
# status and rows, as the kernels return them, and the terminal voltage [V]; the system; the `Control`; the run:
# tolerance, charge at the start [C/m2], period of storing [s], first time step [s], highest order, address of
# the buffer, rows it has room for, and address and number of the knots of a profile
TASK = np.dtype([(key, "i8" if key in _WHOLE else "f8")
                 for key in ("status", "rows", "V", *_SIZES, *_TABLES, *_MORE, *Control._fields, *_RUN, *_ROOM)])


REMEMBERED = 64  # arrays whose addresses are kept, as variations of a cell share most of theirs
_addresses: dict = {}  # id of an array: (it, which keeps the id its own, address)


def address(array) -> int:
    """Where the numbers of an array are."""
    found = _addresses.get(id(array))
    if found is None:
        if not array.flags.c_contiguous:
            raise ValueError("kernels take arrays that are contiguous")
        found = array, array.ctypes.data
        if len(_addresses) >= REMEMBERED:
            _addresses.pop(next(iter(list(_addresses))), None)
        _addresses[id(array)] = found
    return found[1]


def words(sys) -> tuple:
    """The fields of a task that belong to a System, which has to be kept alive."""
    tables = (sys.laws.solid, sys.laws.salt, sys.heat.factor)
    return (sys.model, sys.volume.size, sys.grain.size, sys.shell.size, address(sys.volume), address(sys.grain),
            address(sys.shell), address(sys.foil), sys.foil.size, address(sys.heat.nodes), sys.heat.nodes.shape[1],
            *(x for t in tables for x in (address(t.c), *t.c.shape[:2], t.lo, t.hi, t.per)),
            sys.c_ref, sys.t_ref, sys.T, sys.R_series, sys.heat.capacity, sys.heat.loss, sys.heat.critical)


def _lengths(n, p, m):
    """Of n volumes, p particles of m shells: numbers of a state, in the memory of the integrator, and of each array of
    the scratch memory, the last one being margins."""
    size = p * m + 4 * n + TAIL
    return (size, 6 + (MAX_ORDER + 3 + 3 + MAX_ORDER + 1) * size + 2 * (MAX_ORDER + 1) ** 2,
            3 * COLUMNS * n, WIDE[0] * n, WIDE[1] * n, 2 * p * m, 6 * (m + 1), size, 1, 1, SOLID_LAWS * (2 + TERMS),
            SALT_LAWS * (2 + TERMS), RATES, 2 * TERMS, WIDE[2], EVENTS)


WIDE = tuple(len(dtype.names or ()) for dtype in (LOCAL, SALT, TOUCH))  # numbers of a record
lengths = inlined(_lengths)


SPARE = 128  # buffers of one size that are kept to be used again
_spare: dict = {}  # length: arrays that are free


def recycle(buffers):
    """Take back buffers that no one will look at any more.

    To have memory from the system and to return it takes a tenth of a short run, and more where threads share it.
    """
    for buffer in buffers:
        whole, buffer.whole = buffer.whole, None  # once: no two runs may be given the same memory
        if whole is None:
            continue
        if len(_spare) > 8:
            _spare.clear()
        free = _spare.setdefault(whole.size, [])
        if len(free) < SPARE:
            free.append(whole)


def _array_of(length):
    """An array of that length, with whatever is in it."""
    try:
        return _spare[length].pop()  # at once: threads may want the same
    except (KeyError, IndexError):
        return np.empty(length)


class Buffer:
    """Times (rows,) and states (rows, size) that a kernel writes; behind them what it remembers, and room to work in.

    mesh: numbers of volumes, particles and shells.  What is never written takes no memory.
    """

    def __init__(self, rows, mesh, memory=None):
        size, kept, *work = _lengths(*mesh)
        ends = rows, rows * (1 + size), rows * (1 + size) + kept
        self.whole = whole = _array_of(ends[-1] + sum(work))
        self.times, self.states = whole[:rows], whole[rows:ends[1]].reshape(rows, size)
        self.memory, self.address = whole[ends[1]:ends[2]], whole.ctypes.data
        if memory is not None:
            self.memory[:] = memory


if UNCOMPILED:
    def numbers(at, shape):
        """Array of floats at an address."""
        return np.frombuffer((ctypes.c_double * math.prod(map(int, shape))).from_address(int(at))).reshape(shape)

    def rows_of(at, n, dtype):
        """Structured array (n,) at an address."""
        if n == 0:
            return np.zeros(0, dtype).view(np.recarray)
        raw = (ctypes.c_char * int(n * dtype.itemsize)).from_address(int(at))
        return np.frombuffer(raw, dtype).view(np.recarray)
else:
    @intrinsic
    def _array(context, at, shape, dtype):
        """An array over what is at an address; Numba's `carray` would count references."""
        kind = types.Array(dtype.dtype, len(shape), "C")

        def generate(context, builder, signature, arguments):
            array = make_array(kind)(context, builder)
            sizes = unpack_tuple(builder, arguments[1], kind.ndim)
            item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
            strides = [item]
            for size in sizes[:0:-1]:
                strides.insert(0, builder.mul(size, strides[0]))
            populate_array(array, data=builder.inttoptr(arguments[0], array.data.type), shape=sizes, strides=strides,
                           itemsize=item, meminfo=None)
            return array._getvalue()

        return kind(at, shape, dtype), generate

    @inlined
    def numbers(at, shape):
        """Array of floats at an address."""
        return _array(at, shape, np.float64)

    @inlined
    def rows_of(at, n, dtype):
        """Structured array (n,) at an address."""
        return _array(at, (n,), dtype)


@inlined
def system_of(t):
    """The System of a task."""
    solid = Table(t.solid_lo, t.solid_hi, t.solid_per, numbers(t.solid_at, (t.solid_intervals, t.solid_laws, 4)))
    salt = Table(t.salt_lo, t.salt_hi, t.salt_per, numbers(t.salt_at, (t.salt_intervals, t.salt_laws, 4)))
    factor = Table(t.factor_lo, t.factor_hi, t.factor_per,
                   numbers(t.factor_at, (t.factor_intervals, t.factor_laws, 4)))
    return System(t.model, rows_of(t.volume, t.volumes, VOLUME), rows_of(t.grain, t.particles, GRAIN),
                  rows_of(t.shell, t.shells, SHELL), Laws(solid, salt), t.c_ref, t.t_ref, t.T_first, t.R_series,
                  Heat(t.capacity, t.loss, t.critical_current, factor,
                       numbers(t.nodes, (SOLID_LAWS + SALT_LAWS, t.most))), rows_of(t.foil, t.foils, FOIL))


@inlined
def control_of(t):
    """The Control of a task."""
    return Control(t.mode, t.target, t.duration, t.v_lo, t.v_hi, t.i_end, t.q_hi, t.x_edge, t.c_edge, t.T_around,
                   t.heater, t.own, t.T_lo, t.T_hi, t.plating, t.critical, t.i_top, t.i_begin, t.q_lo, t.v_below,
                   t.v_above, t.q_least)


@inlined
def output_of(t, size):
    """Times (rows,) and states (rows, size) of a task's buffer, and what comes behind them."""
    return (numbers(t.buffer, (t.room,)), numbers(t.buffer + 8 * t.room, (t.room, size)),
            t.buffer + 8 * t.room * (1 + size))


@inlined
def begin_with(s, rows):
    """Rows (k, N) of zeros, but the first one, which is the state s."""
    for k in range(1, rows.shape[0]):
        for i in range(s.size):
            rows[k, i] = 0.0
    copy(s, rows[0])


@inlined
def memory_of(t, at, s):
    """What the integrator of a task remembers, at an address; if the step has not begun, of the state s."""
    size, ahead = s.size, MAX_ORDER + 3
    head, D = numbers(at, (6,)), numbers(at + 8 * 6, (ahead, size))
    at += 8 * (6 + ahead * size)
    mem = Memory(D, head, numbers(at, (3, size)), numbers(at + 8 * 3 * size, (MAX_ORDER + 1, size)),
                 numbers(at + 8 * (3 + MAX_ORDER + 1) * size, (2, MAX_ORDER + 1, MAX_ORDER + 1)))
    if t.status == STARTING:
        begin_with(s, D)
        head[0], head[1], head[2], head[3], head[4], head[5] = 0.0, t.first, 1.0, 0.0, FRESH, 0.0
    return mem


@inlined
def work_of(t, at, many):
    """Scratch memory of a task at an address, as `system.allocate` makes it, and margins; many: its `lengths`."""
    n, p, m = t.volumes, t.particles, t.shells
    ends = at
    for k in range(2, len(many)):
        ends += 8 * many[k]
    whole = numbers(at, ((ends - at) // 8,))
    for i in range(whole.size):
        whole[i] = 0.0
    block, at = numbers(at, (n, 3, COLUMNS)), at + 8 * many[2]
    local, at = rows_of(at, n, LOCAL), at + 8 * many[3]
    salt, at = rows_of(at, n, SALT), at + 8 * many[4]
    inside, at = numbers(at, (p, 2, m)), at + 8 * many[5]
    sweep, at = numbers(at, (2, 3, m + 1)), at + 8 * many[6]
    spare, at = numbers(at, (many[0],)), at + 8 * many[7]
    curvature, at = numbers(at, (1,)), at + 8 * many[8]
    now, at = numbers(at, (1,)), at + 8 * many[9]
    by_solid, at = numbers(at, (SOLID_LAWS, 2 + TERMS)), at + 8 * many[10]
    by_salt, at = numbers(at, (SALT_LAWS, 2 + TERMS)), at + 8 * many[11]
    rate, at = numbers(at, (RATES,)), at + 8 * many[12]
    entropy, at = numbers(at, (2, TERMS)), at + 8 * many[13]
    foil, at = rows_of(at, 1, TOUCH), at + 8 * many[14]
    curvature[0], now[0] = 1.0, (np.nan if t.capacity > 0.0 else t.T_first)
    for k in range(SOLID_LAWS):
        by_solid[k, 0], by_solid[k, 2] = k, 1.0
    for k in range(SALT_LAWS):
        by_salt[k, 0], by_salt[k, 2] = k, 1.0
    for k in range(RATES):
        rate[k] = 1.0
    return (Work(block, local, salt, inside, sweep, spare, curvature, now, by_solid, by_salt, rate, entropy, foil),
            numbers(at, (EVENTS,)))
