"""Knees of capacity curves: where a slow, steady loss turns into a fast one, and whether it does so at all.

- The knee is where two straight lines meet that fit the curve best (Bacon and Watts, Biometrika 58 (1971) 525, with a
  sharp transition); three lines give its onset, the first of two breaks (Fermín-Cueto et al., Energy and AI 1 (2020)
  100006).
- A second opinion is the point farthest above the chord from the first to the last point, both axes scaled to 1
  (Satopää et al., "Finding a kneedle in a haystack", ICDCS workshops 2011, 166).
- Every curve has a best pair of lines.  It counts as a knee if the second line is steeper by half at least, and if two
  lines describe the curve better than a straight line and than a smooth curve without a break, loss proportional to
  x^p with p up to 2: Bayesian information criterion lower by 10 ("very strong evidence", Kass and Raftery, J. Am. Stat.
  Assoc. 90 (1995) 773).

Points count by their distance from each other, so that many points of one stretch do not decide.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....errors import ProtocolError
from ....support.arguments import number, numbers

Array = NDArray[np.float64]

LEAST = 7  # points: two lines have four parameters
MOST = 200  # points that are fitted; of more, as many evenly spaced ones are interpolated
GRID, COARSE = 91, 22  # breaks tried, of one and of two
MARGIN = 0.05  # share of the range at either end in which no break is looked for
STEEPER = 1.5  # least ratio of the slopes after and before a knee
EVIDENCE = 10.0  # least difference of the information criterion
GRADUAL = (0.2, 2.0)  # exponents of curves without a knee
EXACT = 1e-7  # rms over the first capacity below which fits are as good as each other
SURE = 0.95  # probability that the interval contains the knee, by an F test
NEAR = 0.05  # share of the range around the knee in which the ends of the interval are looked for more closely
RIDGE = 1e-12  # of the normal equations


@dataclass(frozen=True)
class Knee:
    """Knee of a capacity curve.

    found: whether there is one, reason: why, or why not, in words.  knee, onset: on the axis given (cycles, hours or
    charge passed); NaN if there is none.  interval: 95 % range of the knee from the scatter about the two lines.
    slopes: change of the relative capacity per unit of the axis before and after the knee.  capacity: relative to the
    first one, at the knee and at the onset.  kneedle: point farthest from the chord, and bulge: how far, 0 to 1.
    rms: residuals of a straight line, of a gradual curve and of two lines, relative to the first capacity.
    """

    found: bool
    reason: str
    knee: float
    onset: float
    interval: tuple[float, float]
    slopes: tuple[float, float]
    capacity: tuple[float, float]
    kneedle: float
    bulge: float
    rms: tuple[float, float, float]

    def __str__(self) -> str:
        if not self.found:
            return f"no knee: {self.reason}"
        return (
            f"knee at {self.knee:.4g} ({self.interval[0]:.4g} to {self.interval[1]:.4g}), onset at {self.onset:.4g}, "
            f"farthest from the chord at {self.kneedle:.4g}; {self.reason}"
        )


def find_knee(x: ArrayLike, capacity: ArrayLike, *, above: float = 0.6) -> Knee:
    """Knee and onset of a capacity curve.

    x: (n,) cycles, hours or charge passed, rising; capacity: (n,) in any unit, of check-ups or cycles, n at least 7.
    above: share of the first capacity below which points are left out, as cells near their end fade in other ways.
    Several values at one x are averaged.  Raises ProtocolError for anything else.
    """
    at, Q = _curve(x, capacity, above)
    if at.size > MOST:
        even = np.linspace(at[0], at[-1], MOST)
        at, Q = even, np.interp(even, at, Q)
    span, n = at[-1] - at[0], at.size
    curve = _Curve((at - at[0]) / span, Q / Q[0])
    breaks = np.linspace(MARGIN, 1.0 - MARGIN, GRID)
    knee = curve.refined((float(breaks[np.argmin(curve.fits(breaks[:, None])[1])]),))
    (_, first, more), two = curve.fit(knee)
    known = curve.around(knee[0], two)
    rms = tuple(float(np.sqrt(r / n)) for r in (curve.fit(())[1], curve.gradual(), two))
    reason, found = _judged(n, first, first + more, rms)
    onset = curve.onset() if found else float("nan")
    kneedle, bulge = curve.from_chord()
    place = lambda b: float(at[0] + span * b)  # noqa: E731
    level = lambda b: float(np.interp(b, curve.u, curve.y))  # noqa: E731
    nothing = float("nan")
    return Knee(
        found=found,
        reason=reason,
        knee=place(knee[0]) if found else nothing,
        onset=place(onset) if found else nothing,
        interval=(place(known[0]), place(known[1])) if found else (nothing, nothing),
        slopes=(float(first / span), float((first + more) / span)),
        capacity=(level(knee[0]), level(onset)) if found else (nothing, nothing),
        kneedle=place(kneedle),
        bulge=bulge,
        rms=(rms[0], rms[1], rms[2]),
    )


def _curve(x: ArrayLike, capacity: ArrayLike, above: float) -> tuple[Array, Array]:
    """The curve that is looked at, checked."""
    at = numbers("x", x, "give cycles, hours or Ah", least=1)
    Q = numbers("capacity", capacity, "give capacities, 0 or more", low=0.0)
    above = number("above", above, "give a share of the first capacity, 0 to 1", low=0.0, below=1.0)
    if at.size != Q.size:
        raise ProtocolError(f"x: {at.size} values for {Q.size} of capacity; give as many of both")
    if (np.diff(at) < 0.0).any():
        k = int(np.argmax(np.diff(at) < 0.0))
        raise ProtocolError(f"x: {at[k + 1]:g} (number {k + 2}) does not come after {at[k]:g}; values must rise")
    places, which = np.unique(at, return_inverse=True)
    Q = np.bincount(which, Q) / np.bincount(which)
    if not Q[0] > 0.0:
        raise ProtocolError("capacity: number 1 is 0; the first capacity is what the others are compared with")
    below = np.flatnonzero(Q / Q[0] < above)
    last = int(below[0]) if below.size else Q.size
    if last < LEAST:
        raise ProtocolError(
            f"capacity: {last} points before it falls below {100.0 * above:g} %; a knee needs {LEAST} or more"
        )
    return places[:last], Q[:last]


class _Curve:
    """A curve y(u), u from 0 to 1, and its fits by lines; points count by their distance w from their neighbours."""

    def __init__(self, u: Array, y: Array) -> None:
        gaps = np.diff(u)
        self.u, self.y = u, y
        self.w = np.concatenate([gaps[:1], 0.5 * (gaps[1:] + gaps[:-1]), gaps[-1:]])
        self.w *= u.size / self.w.sum()

    def fits(self, breaks: Array, u: Array | None = None) -> tuple[Array, Array]:
        """Best lines with breaks (m, k): offset, slope and changes of slope (m, 2 + k); sums of squares (m,).

        Breaks without a point between them are told apart by a ridge of 1e-12.
        """
        u, m = self.u if u is None else u, len(breaks)
        lines = [np.ones((m, u.size)), np.broadcast_to(u, (m, u.size))]
        basis = np.stack([*lines, *(np.maximum(u - b[:, None], 0.0) for b in breaks.T)], axis=2)
        weighted = np.swapaxes(basis * self.w[:, None], 1, 2)
        normal = weighted @ basis + RIDGE * u.size * np.eye(basis.shape[2])
        c = np.linalg.solve(normal, (weighted @ self.y)[:, :, None])
        return c[:, :, 0], np.sum(self.w * ((basis @ c)[:, :, 0] - self.y) ** 2, axis=1)

    def fit(self, breaks: tuple[float, ...], u: Array | None = None) -> tuple[Array, float]:
        """The same for one set of breaks."""
        c, squares = self.fits(np.array([breaks]), u)
        return c[0], float(squares[0])

    def around(self, knee: float, squares: float) -> tuple[float, float]:
        """Range of the knee in which the sum of squares is not above that of the best one by more than chance."""
        from scipy.stats import f

        n = self.u.size
        limit = squares * (1.0 + f.ppf(SURE, 1, n - 4) / (n - 4))
        near = np.linspace(max(knee - NEAR, MARGIN), min(knee + NEAR, 1.0 - MARGIN), GRID)
        tried = np.concatenate([near, np.linspace(MARGIN, 1.0 - MARGIN, GRID)])
        known = np.append(tried[self.fits(tried[:, None])[1] <= limit], knee)
        return float(known.min()), float(known.max())

    def refined(self, breaks: tuple[float, ...]) -> tuple[float, ...]:
        """Breaks of least squares near those given."""
        from scipy.optimize import minimize

        def squares(b: Any) -> float:
            return self.fit(tuple(np.clip(b, MARGIN, 1.0 - MARGIN)))[1]

        found = minimize(squares, breaks, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-16})
        return tuple(np.clip(found.x, MARGIN, 1.0 - MARGIN).tolist())

    def gradual(self) -> float:
        """Sum of squares of the best curve y = a - b u^p without a break."""
        from scipy.optimize import minimize_scalar

        def squares(p: float) -> float:
            return self.fit((), np.power(self.u, p))[1]

        return float(minimize_scalar(squares, bounds=GRADUAL, method="bounded").fun)

    def onset(self) -> float:
        """First of two breaks of three lines, each steeper than the one before; NaN if there are none."""
        grid = np.linspace(MARGIN, 1.0 - MARGIN, COARSE)
        pairs = [(float(a), float(b)) for i, a in enumerate(grid) for b in grid[i + 1 :]]
        c, squares = self.fits(np.array(pairs))
        bent = (c[:, 2:] < 0.0).all(axis=1)
        if not bent.any():
            return float("nan")
        pair = pairs[int(np.argmin(np.where(bent, squares, np.inf)))]
        refined = self.refined(pair)
        return refined[0] if refined[0] < refined[1] and (self.fit(refined)[0][2:] < 0.0).all() else pair[0]

    def from_chord(self) -> tuple[float, float]:
        """Point farthest above the chord, and its distance; both axes from 0 to 1."""
        fall = self.y[0] - self.y[-1]
        if fall <= 0.0:
            return float("nan"), 0.0
        above = (self.y - self.y[-1]) / fall - (1.0 - self.u)
        k = int(np.argmax(above))
        return float(self.u[k]), float(above[k])


def _judged(n: int, before: float, after: float, rms: tuple[float, ...]) -> tuple[str, bool]:
    """Why there is a knee, or why not; whether there is."""
    if not after < min(before, 0.0):
        return "the loss does not become faster", False
    if before < 0.0 and after > STEEPER * before:
        return f"the loss becomes faster by {after / before:.2g} only, less than {STEEPER:g}", False
    scores = [2.0 * n * np.log(max(r, EXACT)) + k * np.log(n) for r, k in zip(rms, (2, 3, 4), strict=True)]
    for name, score, r in zip(("straight line", "curve without a break"), scores, rms, strict=False):
        if score - scores[2] < EVIDENCE:
            return f"a {name} (rms {r:.2g}) describes the capacity as well as two lines (rms {rms[2]:.2g})", False
    times = f"{after / before:.2g} times as fast" if before < 0.0 else "only"
    return f"two lines describe the capacity to {rms[2]:.2g} rms, with a loss {times} after the knee", True
