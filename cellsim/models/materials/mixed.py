"""Laws that depend on x and T jointly: cubic interpolation in T between adaptively refined nodes.

Nodes are multiples of STEP and their successive halves, independent of the initial temperature, so that they are
cached with the law.  The initial temperature of a run is one additional node, at which the law is exact.  A node
contains the values of a law and their derivatives in T.  Between neighbouring nodes the law is compared with the cubic
at three points; intervals with errors above CLOSE are halved, down to FINEST, where errors up to KINKED at a kink are
accepted.  Compared are some knots, evenly, and between any two of them the one at which values and derivatives of both
nodes agree least with a straight line in T: there a narrow step in x has passed.  A transport law that dips below zero
can pass into its floor between two nodes and two compared knots, with errors of the size of that floor.  Where a law
has larger errors, or is not finite, the temperature range of the run ends; if this happens at the initial temperature,
the law is refused.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...numerics.table import integral
from .temperature import VOLT, Material

Array = NDArray[Any]

STEP = 40.0  # K
FINEST = STEP / 128.0
CLOSE = 1e-3  # largest error of a law, relative to its value or its error scale
KINKED = 0.03  # largest error within FINEST of a kink in temperature
AHEAD = 1e-4  # temperature difference of difference quotients [K]
SAMPLED = 16  # every 16th knot is compared, and one of all between
SMALL = 1e-3  # lower limit of the reference value for relative errors, over the largest value of a law


class Fault(Exception):
    """A law that cannot be interpolated: temperature [K], knot of x, reason and size of the error."""

    def __init__(self, T: float, knot: int, reason: str, size: float = np.inf) -> None:
        super().__init__(T, knot, reason)
        self.T, self.knot, self.reason, self.size = T, knot, reason, size


def _finite(T: float, values: Array, knots: Any = None) -> None:
    """Raises Fault at the first value that is not finite; values: at `knots`, all unless given."""
    bad = ~np.isfinite(values)
    if bad.any():
        first = int(np.argmax(bad))
        raise Fault(T, first if knots is None else int(knots[first]), f"gives {values[first]}")


def _telling(low: Array, high: Array, h: float) -> Array:
    """Knots to compare, between nodes (n, 2) that are h [K] apart: every SAMPLED-th, and the most bent one between."""
    bend = np.abs(high[:, 0] - low[:, 0] - 0.5 * h * (low[:, 1] + high[:, 1])) + h * np.abs(high[:, 1] - low[:, 1])
    evenly = np.arange(0, bend.size, SAMPLED)
    blocks = np.resize(bend, (evenly.size, SAMPLED))
    blocks.ravel()[bend.size :] = -1.0
    return np.unique(np.concatenate([evenly, evenly + blocks.argmax(axis=1)]))


class Mixed:
    """The part M(x, T) of a `Material`.

    x: (n,) knots; likely: (n,) True for knots in the usual range of runs; scale(T): the factor G, or None;
    where(x): text for a value of x.
    """

    def __init__(self, material: Material, x: Any, likely: Array, scale: Any, where: Any) -> None:
        self.material, self.x, self.scale, self.where = material, x, scale, where
        self.likely = likely
        self._nodes: dict = {}
        self._faults: dict = {}
        self._last: tuple[Any, Any] = None, None  # temperature, and the values there

    def _at(self, T: float, x: Any) -> Any:
        with np.errstate(all="ignore"):
            law = self.material.density(T)(x)
            return law if self.scale is None else law / float(self.scale(T))

    def values(self, T: float) -> Array:
        """Values at the knots (n,).  Raises Fault."""
        last = self._last
        if last[0] != T:
            last = T, self._at(T, self.x)
            _finite(*last)
            self._last = last
        return last[1]

    def node(self, T: float) -> Array:
        """Values and derivatives in T at the knots (n, 2).  Raises Fault."""
        if T not in self._nodes:
            here = self.values(T)
            slopes = (self._at(T + AHEAD, self.x) - here) / AHEAD
            if not np.all(np.isfinite(slopes)):
                slopes = (here - self._at(T - AHEAD, self.x)) / AHEAD
            _finite(T, slopes)
            self._nodes[T] = np.stack([here, slopes], axis=1)
        return self._nodes[T]

    def columns(self, T: float, begin: Any, nodes: Any) -> Array:
        """Table columns of a node T, one of `nodes`: values and derivatives in T at the knots (n, 2).  Raises Fault.

        At the initial temperature `begin`, derivatives are those of the cubic between its neighbours, except for
        potentials, whose derivatives are the entropic coefficients.
        """
        k = nodes.index(T)
        if begin != T or self.material.level == VOLT or k in (0, len(nodes) - 1) or T in self._nodes:
            y = self.node(T)
        else:
            a, b = nodes[k - 1], nodes[k + 1]
            h, d = b - a, (T - a) / (b - a)
            e, low, high = 1.0 - d, self.node(a).T, self.node(b).T
            slope = 6.0 * d * e / h * (high[0] - low[0]) + e * (e - 2.0 * d) * low[1] + d * (d - 2.0 * e) * high[1]
            y = np.stack([self.values(T), slope], axis=1)
        return integral(self.x, y) if self.material.summed else y

    def departure(self, a: Any, b: Any) -> Any:
        """Largest error between two nodes, as a Fault with its position."""
        if (a, b) not in self._faults:
            try:
                self._faults[a, b] = self._departure(a, b)
            except Fault as fault:
                self._faults[a, b] = fault
        return self._faults[a, b]

    def _departure(self, a: Any, b: Any) -> Any:
        worst, h, nodes = None, b - a, (self.node(a), self.node(b))
        at = _telling(*nodes, h)
        low, high = (node[at] for node in nodes)
        for d in (0.25, 0.5, 0.75):
            T, e = a + d * h, 1.0 - d
            law = self._at(T, self.x[at])
            _finite(T, law, at)
            met = (
                e * e * (1.0 + 2.0 * d) * low[:, 0]
                + d * d * (3.0 - 2.0 * d) * high[:, 0]
                + h * d * e * (e * low[:, 1] - d * high[:, 1])
            )
            off = np.abs(met - law) / self._counts(law, self.likely[at])
            most = int(np.argmax(off))
            if worst is None or off[most] > worst.size:
                worst = Fault(T, int(at[most]), "changes too fast or jumps", float(off[most]))
        return worst

    def _counts(self, law: Any, likely: Array) -> Any:
        """Reference values for the errors of a law, at some knots."""
        size = np.abs(law)
        usual = max(np.max(size[likely]), 1e-300) if self.material.level is None else self.material.level
        near = np.maximum(size, SMALL * usual) if self.material.level is None else usual
        return np.where(likely, near, max(np.max(size), usual))

    def _walk(self, a: Any, b: Any, T0: float, upwards: bool) -> Any:
        """Accurate intervals between a and b, starting from T0; raises Fault at the first that is not accurate."""
        if (upwards and b <= T0) or (not upwards and a >= T0):
            return
        worst = self.departure(a, b)
        if worst.size <= CLOSE or (b - a <= FINEST and worst.size <= KINKED):
            yield a, b
        elif b - a <= FINEST:
            raise worst
        else:
            halves = (a, 0.5 * (a + b)), (0.5 * (a + b), b)
            for half in halves if upwards else halves[::-1]:
                yield from self._walk(*half, T0, upwards)

    def span(self, T0: float, lo: float, hi: float) -> Any:
        """Nodes between lo and hi including T0, as far as the law is accurate, and the Fault at each end or None."""
        nodes: set[float] = {T0}
        ends: list[Any] = [None, None]
        k = np.floor(T0 / STEP)
        for side, upwards in enumerate((False, True)):
            n = k
            try:
                while (n * STEP < hi) if upwards else ((n + 1.0) * STEP > lo):
                    for a, b in self._walk(n * STEP, (n + 1.0) * STEP, T0, upwards):
                        nodes |= {a, b}
                    n += 1.0 if upwards else -1.0
            except Fault as fault:
                ends[side] = fault
        return sorted(nodes), *ends

    def sentence(self, fault: Any) -> str:
        """A fault as text."""
        return f"{self.material.name} {fault.reason} at T = {fault.T:.6g} K, {self.where(self.x[fault.knot])}"
