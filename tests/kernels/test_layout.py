"""What the kernels work with is declared once: sizes, places, views and records follow from the declarations."""

import numba
import numpy as np
import pytest

import cellsim
from cellsim.kernels import layout, memory, scratch
from cellsim.kernels import records as single
from cellsim.kernels.call import record as task
from cellsim.kernels.call.calls import Call, perform
from cellsim.kernels.integrators import ndf as march
from cellsim.kernels.integrators import ndf_history as history
from cellsim.kernels.integrators import tr_bdf2 as profile
from cellsim.models import initial_state
from cellsim.models.thermal_laws import Body
from cellsim.numerics import fields
from cellsim.numerics import grids as mesh
from cellsim.numerics.table import Table
from cellsim.support.compile import records

CLASSES = (
    layout.State,
    layout.Cell,
    layout.Counts,
    single.Volume,
    single.Grain,
    single.Foil,
    single.Ageing,
    single.Side,
    single.Touch,
    single.Local,
    single.Salt,
    mesh.Shell,
    Table,
    layout.Laws,
    layout.Heat,
    layout.System,
    layout.Control,
    scratch.Work,
    history.Memory,
    profile.Memory,
    task.Room,
    task.Run,
    task.Task,
)
WITH = {  # fields of the state that are there only with a count
    "sei": ("sei",),
    "sei_on_cracks": ("sei_on_cracks",),
    "plating": ("plated", "dead"),
    "cracking": ("crack",),
    "loss": ("inactive", "active", "draining", "gone"),
    "clogging": ("porosity",),
    "layers": ("j_dl", "v_dl"),
}
SLOW = tuple(name for names in WITH.values() for name in names)
ALONE = "porosity", "j_dl", "v_dl"  # one number a volume; the others have one for each kind of particle
COUNTS = (
    {},
    {"sei": 1, "cracking": 1},
    {"kinds": 2, "temperatures": 3},
    {name: 1 for name in WITH},
    {"kinds": 3, "temperatures": 2, "plating": 1, "clogging": 1},
    {"kinds": 2, "hysteresis": 2, "sei": 1, "conducting": 1},
)
NAME = "marquis2019"


def system(counts, body=None):
    """A small system of a cell that has more than others."""
    sys = cellsim.DFN((3, 2, 4), 5).discretise(cellsim.load(NAME), 298.15, body)
    return sys._replace(counts=layout.counted(**counts))


def state(sys, soc=0.8):
    """A state at rest; slow fields and further temperatures hold anything."""
    plain = sys._replace(counts=layout.PLAIN)
    s, rng = np.zeros(layout.numbers(sys)), np.random.default_rng(5)
    y, known = layout.unknowns(sys, s), layout.unknowns(plain, initial_state(cellsim.load(NAME), plain, soc))
    for name in layout.State._fields:
        part = getattr(y, name)
        if name not in ("cell", "T", *SLOW):
            part[: len(getattr(known, name))] = getattr(known, name)
        elif name in SLOW:
            part[:] = rng.uniform(0.1, 0.9, part.shape)
    y.T[0], y.T[1:] = known.T[0], rng.uniform(280.0, 320.0, y.T.size - 1)
    return s


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: f"{c.__module__.rsplit('.')[-1]}.{c.__name__}")
def test_every_field_has_a_unit_and_says_what_it_is(cls):
    """In the order of the class; and the page for the documentation lists all of them."""
    rows = [row for row in fields.table(cls) if "." not in row[0]]
    assert [name for name, *_ in rows] == list(cls.__annotations__)
    page = fields.markdown(cls)
    for name, unit, _, what in rows:
        assert isinstance(unit, str) and len(what) > 3 and f"| {name} |" in page


def test_a_field_that_is_not_declared_is_refused():
    """With the class and the name."""

    class Wrong:
        size: int

    with pytest.raises(TypeError, match=r"Wrong.size: declare it as Annotated\[type, Field\(unit, what\)\]"):
        fields.declared(Wrong)


def test_the_algebraic_unknowns_lie_side_by_side():
    """So that `algebraic` is one range: fields of the state up to `cell`, and the first numbers of that."""
    flags = [d.field.algebraic for d in fields.declared(layout.State)]
    first, cell = flags.index(True), layout.State._fields.index("cell")
    assert flags == [first <= k < cell for k in range(len(flags))]
    of_cell = [d.field.algebraic for d in fields.declared(layout.Cell)]
    assert of_cell == sorted(of_cell, reverse=True) and sum(of_cell) == 1


@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_fields_of_a_state_fill_it_and_do_not_overlap(counts):
    """Each number of 4 states belongs to exactly one field, of the size that its shape says."""
    sys = system(counts)
    n, p, m = sys.volume.size, sys.grain.size, sys.shell.size
    kinds, temperatures = counts.get("kinds", 1), counts.get("temperatures", 1)
    slow = [name for count, names in WITH.items() if counts.get(count) for name in names]
    more = counts.get("hysteresis", 0) + sum(1 if name in ALONE else kinds for name in slow)
    alone = len(layout.CELL.names) + temperatures + counts.get("conducting", 0)
    assert layout.numbers(sys) == p * m + 3 * n + kinds * n + alone + more * n
    states = np.zeros((4, layout.numbers(sys)))
    y = layout.unknowns(sys, states)
    assert y.x.shape == (4, p, m) and y.j.shape == (4, kinds, n) and y.T.shape == (4, temperatures)
    assert all(y.cell[key].shape == (4,) for key in layout.CELL.names)
    for name in SLOW:
        there = name in slow
        assert getattr(y, name).shape == ((4, n * there) if name in ALONE else (4, kinds * there, n)), name
    for name in layout.State._fields:
        if name == "cell":
            for key in layout.CELL.names:
                y.cell[key] += 1.0
        else:
            getattr(y, name)[...] += 1.0
    assert (states == 1.0).all()


@numba.njit
def numbered(sys, s, lengths):
    """Each field of a state numbered from 0, as a kernel sees it."""
    y = layout.views(sys, s)
    for k, part in enumerate(
        (
            y.x,
            y.c_e,
            y.phi_e,
            y.phi_s,
            y.j,
            y.j_dl,
            y.R_end,
            y.T,
            y.h,
            y.v_dl,
            y.sei,
            y.sei_on_cracks,
            y.plated,
            y.dead,
            y.crack,
            y.inactive,
            y.active,
            y.draining,
            y.gone,
            y.porosity,
            y.cycled,
            y.touching,
            y.contact,
            y.interphase,
            y.solvent,
            y.receding,
            y.wetted,
            y.reserve,
            y.reserve_salt,
            y.dried,
            y.dried_on_cracks,
            y.host,
            y.hazard,
        )
    ):
        for i in range(part.size):
            part[i] = i
        lengths[k] = part.size
    y.cell.I, y.cell.Q, y.cell.void = 101.0, 102.0, 103.0
    first, last = layout.algebraic(sys)
    return first, last, layout.unchanging(sys)


@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_kernels_see_the_fields_where_python_does(counts):
    """Numbers written by a compiled function come back by `unknowns`; so do the ends of the algebraic unknowns."""
    sys = system(counts)
    names = [name for name in layout.State._fields if name != "cell"]
    s, lengths = np.zeros(layout.numbers(sys)), np.zeros(len(names), int)
    first, last, unchanging = numbered(sys, s, lengths)
    y = layout.unknowns(sys, s)
    assert lengths.tolist() == [getattr(y, name).size for name in names]
    for name in names:
        assert np.array_equal(getattr(y, name).ravel(), np.arange(getattr(y, name).size))
    assert (y.cell["I"], y.cell["Q"], y.cell["void"]) == (101.0, 102.0, 103.0)
    assert first == y.x.size + y.c_e.size and s[last - 1] == 101.0 and s[last] == 102.0
    assert last - first == y.phi_e.size + y.phi_s.size + y.j.size + y.j_dl.size + y.R_end.size + 1
    assert s.size - unchanging == sum(getattr(y, name).size for name in ("h", *SLOW) if name != "j_dl")


def same(a, b):
    """Whether two groups are equal, field by field."""
    if hasattr(a, "_fields"):
        return type(a) is type(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.void):
        return a.item() == b.item()
    return np.array_equal(a, b) and np.shape(a) == np.shape(b)


def drawn(cls, rng, sizes):
    """A group with random numbers in all of its fields."""
    values = []
    for d in fields.declared(cls):
        if d.is_group:
            values.append(drawn(d.type, rng, sizes))
        elif d.is_array or d.is_record:
            shape = [n if isinstance(n, int) else sizes.get(n, 3) for n in d.field.shape] if d.is_array else [1]
            raw = rng.integers(1, 1 << 40, (*shape, d.element.itemsize // 8))
            array = raw.view(d.element)[..., 0]
            values.append(records(array)[0] if d.is_record else records(array))
        else:
            values.append(int(rng.integers(1, 99)) if d.type is int else float(rng.standard_normal()))
    return cls(*values)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_packed_is_unpacked_again(seed):
    """Random systems, steps and runs, through a record of numbers and addresses."""
    rng = np.random.default_rng(seed)
    one = drawn(task.Task, rng, {"volumes": int(rng.integers(1, 9)), "foils": int(rng.integers(0, 2))})
    record = np.frombuffer(fields.packing(task.Task).pack(*fields.packed(one, task.address)), task.TASK)
    assert same(one, memory.unpacked_in_python(record[0], task.Task))


@numba.njit
def read_back(tasks, sys, control, numbers):
    """Whether a compiled function finds in a task what it is given besides; counts of what it compared."""
    one = memory.unpacked(tasks[0], task.Task)
    there, count = one.system, 0
    for i in range(sys.volume.size):
        count += there.volume[i].dx == sys.volume[i].dx and there.volume[i].particle == sys.volume[i].particle
    for i in range(sys.shell.size):
        count += there.shell[i].link == sys.shell[i].link
    for p in range(sys.grain.size):
        count += there.grain[p].R_p == sys.grain[p].R_p
    count += there.laws.salt.c[5, 3, 2] == sys.laws.salt.c[5, 3, 2] and there.laws.solid.hi == sys.laws.solid.hi
    nodes, factor, known = there.heat.nodes, there.heat.factor.c, sys.heat
    count += nodes[2, 1] == known.nodes[2, 1] and factor[3, 7, 1] == known.factor.c[3, 7, 1]
    count += there.counts.kinds == sys.counts.kinds and there.foil.size == sys.foil.size and there.T == sys.T
    changed = layout.aimed(one.control, layout.VOLTAGE, 3.5)
    count += changed.mode == layout.VOLTAGE and changed.target == 3.5 and changed.duration == control.duration
    count += one.control.q_least == control.q_least and one.control.mode == control.mode
    numbers[0], numbers[1], numbers[2] = one.run.rtol, one.run.q_start, one.run.every
    numbers[3], numbers[4] = one.run.first, one.run.highest
    return count, one.run.knots[1, 1], one.run.room.states.shape, one.run.room.scratch.size


def test_a_kernel_finds_in_a_task_what_python_put_there():
    """A system with heat, a step, a profile: every array by its numbers, every number exactly."""
    sys = system({"kinds": 2}, Body(100.0, 0.05))
    arguments = task.Arguments(sys, task.packed_system(sys))
    control = layout.Control(layout.CURRENT, 40.0, 1e9, 2.0, 4.0, 0.0, np.inf, 1e-6, 1e-3, q_least=0.25)
    knots = np.array([[0.0, 1.0], [2.0, 7.5]])
    arguments.begin(state(sys), task.Begun(control, 10.0, 1e-3, knots), 6, 1e-4, 2.5, 4)
    numbers = np.zeros(5)
    count, value, shape, size = read_back(records(arguments.record), sys, control, numbers)
    assert count == sys.volume.size + sys.shell.size + sys.grain.size + 5
    assert numbers.tolist() == [1e-4, 2.5, 10.0, 1e-3, 4.0] and value == 7.5
    assert shape == (6, layout.numbers(sys)) and size == sum(a.nbytes for a in scratch.allocate(sys)) // 8


@numba.njit
def prepared(sys, memory):
    """Scratch memory as a kernel makes it."""
    w = scratch.work_of(sys, memory)
    return w.curvature[0], w.at[0], w.rate.sum(), w.by_solid[1, 0], w.by_salt[5, 0], w.margins.size


@pytest.mark.parametrize("body", (None, Body(100.0, 0.05)), ids=("isothermal", "with heat"))
def test_scratch_memory_is_the_same_in_kernels_and_in_python(body):
    """Made over memory full of rubbish; whatever was there is gone."""
    sys = system({}, body)
    w = scratch.allocate(sys)
    whole = np.full(sum(a.nbytes for a in w) // 8, 7.5)
    assert prepared(sys, whole)[2:] == (5.0, 1.0, 5.0, scratch.EVENTS)
    ours = np.concatenate([a.view(float).ravel() if a.dtype.names else a.ravel() for a in w])
    assert np.array_equal(whole, ours, equal_nan=True)


def marched(sys, s, kernel, knots=task.NO_KNOTS):
    """Times and states of a discharge of 20 min, as the kernel writes them."""
    control = layout.Control(layout.CURRENT, 20.0, 1200.0, 0.0, 10.0, 0.0, np.inf, 1e-6, 1e-3)
    arguments = task.Arguments(sys, task.packed_system(sys))
    arguments.begin(s, task.Begun(control, 0.0, 1e-2, knots), 2000, 1e-4, 0.0, 5)
    reply = perform([Call(kernel, arguments)])[0].steps[0]
    assert reply.status == 0
    return arguments.buffer.times[: reply.rows].copy(), arguments.buffer.states[: reply.rows].copy()


KNOTS = np.array([[0.0, 20.0], [300.0, 5.0], [1200.0, 30.0]])


@pytest.mark.parametrize(
    "kernel, knots", ((march.march, task.NO_KNOTS), (profile.follow, KNOTS)), ids=("march", "follow")
)
@pytest.mark.parametrize("counts", ({"sei": 1, "cracking": 1, "loss": 1}, {"temperatures": 2, "clogging": 1}), ids=str)
def test_states_that_nothing_changes_leave_a_run_as_it_is(kernel, knots, counts):
    """Slow fields and a second temperature that no equation knows: all others bit for bit, these constant.

    The two stages of `follow` weigh a constant with numbers that add up to 1 within rounding.
    """
    plain, more = system({}), system(counts)
    t, states = marched(plain, state(plain), kernel, knots)
    t_more, with_more = marched(more, state(more), kernel, knots)
    assert np.array_equal(t, t_more) and len(t) > 20
    a, b = layout.unknowns(plain, states), layout.unknowns(more, with_more)
    for name in ("x", "c_e", "phi_e", "phi_s", "j"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    for name in layout.CELL.names:
        assert np.array_equal(a.cell[name], b.cell[name]), name
    assert np.array_equal(a.T[:, 0], b.T[:, 0])
    for constant in (*(getattr(b, name) for name in SLOW), b.T[:, 1:]):
        assert np.abs(constant - constant[:1]).max(initial=0.0) <= (0.0 if kernel is march.march else 1e-12) * 300.0
