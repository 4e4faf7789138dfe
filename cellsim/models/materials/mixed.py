"""Laws that mix x and T: cubics in T between nodes of temperature, refined until each law is met.

Nodes are multiples of STEP and their halves, halves of these and so on, whatever temperature a run begins at, so that
they are kept with the law and a new first temperature costs little: it becomes one more node, where the law is exact.
A node holds a law's values and its slopes in T.  Between neighbours the law is compared with the cubic in three
places: where they differ by more than CLOSE the interval is halved, down to FINEST, where a kink may leave KINKED.
Where a law does no better, or is not finite, what the run can reach ends; if that is where it begins, the law is
refused.
"""
import numpy as np

from ...numerics.table import integral
from .temperature import VOLT, Material

STEP = 40.0  # K
FINEST = STEP / 128.0
CLOSE = 1e-3  # largest departure from a law, relative to it or to its level
KINKED = 0.03  # the same within FINEST of a kink in temperature, or of a slope that changes as fast
AHEAD = 1e-4  # difference of temperature of which slopes are taken [K]
SAMPLED = 16  # of so many knots one is compared
SMALL = 1e-3  # where a law is below this share of its largest value, errors count against that share


class Fault(Exception):
    """Where a law cannot be followed: temperature [K], the knot of x, how, and how large the departure is."""

    def __init__(self, T, knot, said, size=np.inf):
        super().__init__(T, knot, said)
        self.T, self.knot, self.said, self.size = T, knot, said, size


def _finite(T, values, each=1):
    """Raises Fault at the first value that is not; they are those of every so many knots."""
    bad = ~np.isfinite(values)
    if bad.any():
        knot = int(np.argmax(bad))
        raise Fault(T, each * knot, f"gives {values[knot]}")


class Mixed:
    """The part M(x, T) of a `Material`; x (n,) knots, likely (n,) those that a run may well meet.

    scale(T): the factor G that is left out, or None; where(x): a value of x in words.
    """

    def __init__(self, material: Material, x, likely, scale, where):
        self.material, self.x, self.scale, self.where = material, x, scale, where
        self.few, self.likely = x[::SAMPLED], likely[::SAMPLED]
        self._nodes: dict = {}
        self._faults: dict = {}
        self._last = None, None  # temperature, and the values there

    def _at(self, T, x):
        with np.errstate(all="ignore"):
            law = self.material.density(T)(x)
            return law if self.scale is None else law / float(self.scale(T))

    def values(self, T):
        """Values at the knots (n,).  Raises Fault."""
        last = self._last
        if last[0] != T:
            last = T, self._at(T, self.x)
            _finite(*last)
            self._last = last
        return last[1]

    def node(self, T):
        """Values and slopes in T at the knots (n, 2).  Raises Fault."""
        if T not in self._nodes:
            here = self.values(T)
            slopes = (self._at(T + AHEAD, self.x) - here) / AHEAD
            if not np.all(np.isfinite(slopes)):
                slopes = (here - self._at(T - AHEAD, self.x)) / AHEAD
            _finite(T, slopes)
            self._nodes[T] = np.stack([here, slopes], axis=1)
        return self._nodes[T]

    def columns(self, T, begin, found):
        """What the table has of a node, one of `found`: values and slopes in T at the knots (n, 2).  Raises Fault.

        At the temperature `begin` that a run begins at, slopes are those of the cubic it lies on, but of a potential,
        whose slopes are heat.
        """
        k = found.index(T)
        if begin != T or self.material.level == VOLT or k in (0, len(found) - 1) or T in self._nodes:
            y = self.node(T)
        else:
            a, b = found[k - 1], found[k + 1]
            h, d = b - a, (T - a) / (b - a)
            e, low, high = 1.0 - d, self.node(a).T, self.node(b).T
            slope = 6.0 * d * e / h * (high[0] - low[0]) + e * (e - 2.0 * d) * low[1] + d * (d - 2.0 * e) * high[1]
            y = np.stack([self.values(T), slope], axis=1)
        return integral(self.x, y) if self.material.summed else y

    def departure(self, a, b):
        """Largest departure between two nodes, as a Fault that says where."""
        if (a, b) not in self._faults:
            try:
                self._faults[a, b] = self._departure(a, b)
            except Fault as fault:
                self._faults[a, b] = fault
        return self._faults[a, b]

    def _departure(self, a, b):
        low, high, worst, h = self.node(a)[::SAMPLED], self.node(b)[::SAMPLED], None, b - a
        for d in (0.25, 0.5, 0.75):
            T, e = a + d * h, 1.0 - d
            law = self._at(T, self.few)
            _finite(T, law, SAMPLED)
            met = (e * e * (1.0 + 2.0 * d) * low[:, 0] + d * d * (3.0 - 2.0 * d) * high[:, 0]
                   + h * d * e * (e * low[:, 1] - d * high[:, 1]))
            off = np.abs(met - law) / self._counts(law)
            knot = int(np.argmax(off))
            if worst is None or off[knot] > worst.size:
                worst = Fault(T, SAMPLED * knot, "changes too fast or jumps", float(off[knot]))
        return worst

    def _counts(self, law):
        """What errors of a law (few,) count against."""
        size = np.abs(law)
        usual = max(np.max(size[self.likely]), 1e-300) if self.material.level is None else self.material.level
        near = np.maximum(size, SMALL * usual) if self.material.level is None else usual
        return np.where(self.likely, near, max(np.max(size), usual))

    def _walk(self, a, b, T0, upwards):
        """Intervals between a and b from T0 on that meet the law; raises Fault at the first that does not."""
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

    def span(self, T0, lo, hi):
        """Nodes from lo to hi (or nearly, where the law ends), T0 among them, and the Fault at either end or None."""
        nodes, ends = {T0}, [None, None]
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

    def said(self, fault):
        """A fault in words."""
        return f"{self.material.name} {fault.said} at T = {fault.T:.6g} K, {self.where(self.x[fault.knot])}"
