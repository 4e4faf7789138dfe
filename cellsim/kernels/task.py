"""A step of a protocol as one record: all that its kernel needs, in numbers and addresses of arrays.

To hand a system to a kernel as the forty arrays and numbers that it consists of takes Python longer than some
kernels run.  An array of records takes nothing, and the steps of many runs share one call, during which other
threads have Python's lock.  Arrays are C-contiguous, and whoever makes a record keeps them alive.
"""
import ctypes
import math

import numpy as np
from numba import carray, types
from numba.extending import intrinsic

from .._jit import UNCOMPILED, inlined
from ..numerics.mesh import SHELL
from ..numerics.table import Table
from .history import FRESH, MAX_ORDER, Memory
from .system import FOIL, GRAIN, TAIL, VOLUME, Control, Heat, Laws, System

STARTING = -2  # status of a step that has not begun
HEAD, CHANGE = 6, MAX_ORDER + 1  # sizes in the memory of the integrator
ROWS_KEPT = MAX_ORDER + 3 + 3 + CHANGE  # states there

_TABLE = ("lo", "hi", "per")
_SYSTEM = ("model", "volumes", "particles", "shells", "volume", "grain", "shell", "foil", "foils",
           *(f"{table}_{key}" for table in ("solid", "salt", "factor") for key in ("at", "intervals", "laws", *_TABLE)),
           "c_ref", "t_ref", "T_first", "R_series", "capacity", "loss", "critical_current")
_RUN = ("rtol", "q_start", "every", "first", "highest", "buffer", "room", "knots", "corners")
_WHOLE = {"status", "rows", *_SYSTEM[:9], *(f"{t}_{k}" for t in ("solid", "salt", "factor")
                                            for k in ("at", "intervals", "laws")),
          "mode", "highest", "buffer", "room", "knots", "corners"}
# status and rows, as the kernels return them, and the terminal voltage [V]; the system; the `Control`; the run:
# tolerance, charge at the start [C/m2], period of storing [s], first time step [s], highest order, address of
# the buffer, rows it has room for, and address and number of the knots of a profile
TASK = np.dtype([(key, "i8" if key in _WHOLE else "f8")
                 for key in ("status", "rows", "V", *_SYSTEM, *Control._fields, *_RUN)])


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
            address(sys.shell), address(sys.foil), sys.foil.size,
            *(x for t in tables for x in (address(t.c), *t.c.shape[:2], t.lo, t.hi, t.per)),
            sys.c_ref, sys.t_ref, sys.T, sys.R_series, sys.heat.capacity, sys.heat.loss, sys.heat.critical)


class Buffer:
    """Times (rows,) and states (rows, size) that a kernel writes, and behind them what it remembers.

    What is never written takes no memory.
    """

    def __init__(self, rows, size, memory=None):
        kept = HEAD + ROWS_KEPT * size + 2 * CHANGE * CHANGE
        whole = np.empty(rows * (size + 1) + kept)
        self.times, self.states = whole[:rows], whole[rows:rows * (size + 1)].reshape(rows, size)
        self.memory, self.address, self.rows = whole[-kept:], whole.ctypes.data, rows
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
    def _pointer(context, at):
        def generate(context, builder, signature, arguments):
            return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

        return types.voidptr(types.int64), generate

    @inlined
    def numbers(at, shape):
        """Array of floats at an address."""
        return carray(_pointer(at), shape, np.float64)

    @inlined
    def rows_of(at, n, dtype):
        """Structured array (n,) at an address."""
        return carray(_pointer(at), (n,), dtype)


@inlined
def system_of(t):
    """The System of a task."""
    solid = Table(t.solid_lo, t.solid_hi, t.solid_per, numbers(t.solid_at, (t.solid_intervals, t.solid_laws, 4)))
    salt = Table(t.salt_lo, t.salt_hi, t.salt_per, numbers(t.salt_at, (t.salt_intervals, t.salt_laws, 4)))
    factor = Table(t.factor_lo, t.factor_hi, t.factor_per,
                   numbers(t.factor_at, (t.factor_intervals, t.factor_laws, 4)))
    return System(t.model, rows_of(t.volume, t.volumes, VOLUME), rows_of(t.grain, t.particles, GRAIN),
                  rows_of(t.shell, t.shells, SHELL), Laws(solid, salt), t.c_ref, t.t_ref, t.T_first, t.R_series,
                  Heat(t.capacity, t.loss, t.critical_current, factor), rows_of(t.foil, t.foils, FOIL))


@inlined
def control_of(t):
    """The Control of a task."""
    return Control(t.mode, t.target, t.duration, t.v_lo, t.v_hi, t.i_end, t.q_end, t.x_edge, t.c_edge, t.T_around,
                   t.heater, t.own, t.T_lo, t.T_hi, t.plating, t.critical, t.i_top, t.i_begin)


@inlined
def size_of(t):
    """Length of the state of a task."""
    return t.particles * t.shells + 4 * t.volumes + TAIL


@inlined
def output_of(t):
    """Times (rows,) and states (rows, size) of a task's buffer."""
    return numbers(t.buffer, (t.room,)), numbers(t.buffer + 8 * t.room, (t.room, size_of(t)))


@inlined
def memory_of(t):
    """What the integrator of a task remembers; if it has not begun, of the state in the first row."""
    size = size_of(t)
    at = t.buffer + 8 * t.room * (size + 1)
    head = numbers(at, (HEAD,))
    at += 8 * HEAD
    D = numbers(at, (MAX_ORDER + 3, size))
    at += 8 * (MAX_ORDER + 3) * size
    ahead = numbers(at, (3, size))
    at += 8 * 3 * size
    shift = numbers(at, (CHANGE, size))
    at += 8 * CHANGE * size
    change = numbers(at, (2, CHANGE, CHANGE))
    if t.status == STARTING:
        head[0], head[1], head[2], head[3], head[4], head[5] = 0.0, t.first, 1.0, 0.0, FRESH, 0.0
        D[0, :] = output_of(t)[1][0]
        D[1:, :] = 0.0
    return Memory(D, head, ahead, shift, change)
