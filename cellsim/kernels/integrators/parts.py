"""What another process compiles of an integrator meanwhile: functions that it is made of, with what they call.

The first half of them is best left out: a process that compiles the integrator comes to it by itself, in the order in
which it is called.  Both take from the cache what the other has done.
"""

import inspect
from collections.abc import Iterator
from typing import Any

from ..equations import ageing, lithium_metal, porous, spme, thermal, thin_film
from ..equations.wearing import geometry
from ..layout import Control, System
from ..memory import NUMBER, NUMBERS, group_type
from ..reference import Reference
from ..scratch import Work
from .ndf_history import norm

PARTS = (
    porous.correct_current,
    porous.update,
    spme.solve_stage,
    thin_film.solve_stage,
    thermal.balance_of_nodes,
    thermal.balance,
    lithium_metal.book,
    ageing.even,
    ageing.book,
    geometry.changed,
    norm,
)
# what a parameter of theirs stands for, by its name; all others are numbers
GROUPS, ARRAYS = {"sys": System, "ctl": Control, "w": Work}, ("s_hat", "s", "d")


def parts() -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Functions and Numba's types of their arguments, in the order in which they are to be compiled."""
    groups = {name: Reference(group_type(cls)) for name, cls in GROUPS.items()}
    for each in PARTS:
        names = inspect.signature(each.py_func).parameters
        yield each, tuple(groups.get(name, NUMBERS if name in ARRAYS else NUMBER) for name in names)
