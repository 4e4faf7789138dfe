"""Lives by jumping over cycles, against every cycle: maps whose answer is known, and random ones."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from pytest import approx

from cellsim.errors import ProtocolError, SolveError
from cellsim.studies.life.jumping.adams import Slopes, coefficients
from cellsim.studies.life.jumping.jumps import ENDED, simulate_life

TOLERANCE = 1e-3  # the default


@dataclass
class Made:
    """A made-up cell: interphase, active material and porosity are lost, and a fast state follows them.

    state: contents (3,), fast (2,).  The fast state goes to its place by all but a share `memory` in each cycle, and
    changes the rates by `coupling` of it.  horizon: cycles in which 10 % or so is lost.  noise: of each content in each
    cycle.  knee: how fast pores close; they end the life by a failed cycle.
    """

    seed: int = 0
    horizon: int = 1000
    memory: float = 0.1
    coupling: float = 0.5
    noise: float = 0.0
    knee: float = 1.0
    weights: np.ndarray = field(default_factory=lambda: np.array([1.0, 1.0, 0.4]))

    def __post_init__(self):
        draw = np.random.default_rng(self.seed)
        self.scatter = np.random.default_rng(self.seed + 1)
        self.growth = draw.uniform(0.02, 0.15) ** 2 / self.horizon
        self.loss = draw.uniform(0.0, 0.1) / self.horizon
        self.closing = self.knee * draw.uniform(0.02, 0.15) / self.horizon
        self.power, self.drop = draw.uniform(1.0, 3.0), draw.uniform(0.005, 0.05)

    @property
    def fresh(self):
        return np.array([1e-3, 1.0, 0.25]), np.zeros(2)

    def advance(self, state):
        (film, material, pores), fast = state
        place = np.array([film + 0.3 * (1.0 - material), 4.0 * (0.25 - pores)])
        fast = place + self.memory * (fast - place)
        more, wider = 1.0 + self.coupling * fast
        y = np.array(
            [
                film + more * self.growth / (2.0 * film + np.sqrt(self.growth)),
                material * (1.0 - self.loss * wider),
                pores - self.closing * wider * (0.25 / pores) ** self.power * (0.2 + 3.0 * film),
            ]
        )
        y = y + self.noise * self.scatter.standard_normal(3)
        if y[2] <= 0.005:
            raise SolveError("the pores are clogged", None)
        left = 1.0 - y[0] - 0.8 * (1.0 - y[1]) - self.drop * ((0.25 / y[2]) ** 1.5 - 1.0) - 0.01 * fast[1]
        return (y, fast), 5.0 * max(left, 0.0)

    def contents(self, state):
        return state[0]

    def renewed(self, state, contents):
        if contents[2] <= 0.005:
            raise SolveError("the pores are clogged", None)
        return np.array(contents), state[1]

    def capacity(self, row):
        return row


@dataclass
class Law:
    """A content x of capacity 1 - x whose next value is a function of it."""

    next: object
    weights: np.ndarray = field(default_factory=lambda: np.ones(1))

    def advance(self, state):
        state = np.array([self.next(state[0])])
        return state, 1.0 - state[0]

    def contents(self, state):
        return state

    def renewed(self, state, contents):
        return contents

    def capacity(self, row):
        return row


def both(made, cycles, **how):
    """A life by jumps, every cycle, and the largest difference of capacities, over the first."""
    every = simulate_life(made(), made().fresh, cycles, jump=False, margin=how.get("margin"))
    life = simulate_life(made(), made().fresh, cycles, **how)
    known = dict(zip(every.cycles.tolist(), every.rows, strict=True))
    off = [abs(row - known[n]) for n, row in zip(life.cycles.tolist(), life.rows, strict=True) if n in known]
    return life, every, max(off) / every.rows[0]


def test_sums_of_polynomials_are_exact():
    """Of degree k - 1 by k slopes, at any spacing and length; the weights add up to the length."""
    draw = np.random.default_rng(3)
    for k in range(1, 5):
        for H in (1, 2, 7, 40):
            x = np.append(-np.sort(draw.uniform(0.5, 2.0 * H + 1.0, k - 1))[::-1], H + 1.5)
            w = coefficients(x, H)
            for power in range(k):
                whole = sum((m + 0.5) ** power for m in range(H))
                assert w @ x**power == approx(whole, rel=1e-9, abs=1e-9 * np.abs(w) @ np.abs(x) ** power)
            assert w.sum() == approx(H, rel=1e-12)


def test_slopes_of_a_jump_are_spread():
    """Adjacent cycles would extrapolate their noise."""
    x = np.arange(-20.0, 0.0) + 0.5
    assert Slopes.behind(x, x[:, None], 0.0 * x, 40).x.tolist() == [-10.5, -0.5]
    assert Slopes.behind(x, x[:, None], 0.0 * x, 2).x.tolist() == [-2.5, -1.5, -0.5]
    assert Slopes.behind(x, x[:, None], 0.0 * x, 20).x.tolist() == [-10.5, -5.5, -0.5]


@pytest.mark.parametrize(
    "law, exact",
    [
        (lambda x: np.sqrt(x * x + 2e-5), lambda n: np.sqrt(1e-6 + 2e-5 * n)),
        (lambda x: 1.0 - (1.0 - x) * (1.0 - 2e-4), lambda n: 1.0 - (1.0 - 1e-3) * (1.0 - 2e-4) ** n),
        (lambda x: x / (1.0 - 2.5 * x / 1000.0), lambda n: 1e-3 / (1.0 - 2.5e-6 * n)),
    ],
    ids=["square root", "exponential", "accelerating"],
)
def test_closed_forms(law, exact):
    """x^2 = x_0^2 + k n, exponential fade, and growth with the square: within the bound, from a tenth of the cycles."""
    life = simulate_life(Law(law), np.array([1e-3]), 1000)
    off = max(abs(1.0 - exact(n) - row) for n, row in zip(life.cycles, life.rows, strict=True))
    assert off <= life.bound and life.met and life.cycles[-1] == 1000
    assert life.simulated < 100


def test_order():
    """Jumps of fixed length H: the corrector through four slopes is of fourth order.

    Its local error is of order H^5 a jump.  Least squares over H = 16 to 64, within 0.4: neither three nor five.
    """
    law, lengths, errors = lambda x: 1.0 - (1.0 - x) * (1.0 - 4e-3), (16, 23, 32, 45, 64), []  # noqa: E731
    for H in lengths:
        life = simulate_life(Law(law), np.zeros(1), 1000, tolerance=0.5, longest=H)
        assert max(j.length for j in life.jumps) == H
        errors.append(max(abs((1.0 - 4e-3) ** n - row) for n, row in zip(life.cycles, life.rows, strict=True)))
    assert np.polyfit(np.log(lengths), np.log(errors), 1)[0] == approx(4.0, abs=0.4)


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_holds_for_random_cells(seed):
    """With knees, clogging, memory and an end of life among them; every cycle is the reference.

    Lives that end in a steep fall (up to 2 % in a cycle) are repeated with smaller errors until the tolerance is met.
    """
    draw = np.random.default_rng(100 + seed)
    how = {"memory": draw.choice([0.0, 0.1, 0.4]), "knee": draw.choice([1.0, 3.0, 10.0])}
    how["coupling"] = draw.choice([0.5, 2.0])
    life, every, off = both(lambda: Made(seed, 1500, **how), 1500, margin=lambda row: row / 5.0 - 0.75)
    assert off <= life.bound <= TOLERANCE and life.met
    assert every.end or life.simulated < 0.1 * every.simulated
    assert abs(int(life.cycles[-1]) - int(every.cycles[-1])) <= 1


def test_fast_states_do_not_limit_jumps():
    """Their eigenvalue is -1 in y' = P(y) - y: explicit formulas over the whole state stall at jumps of 2.5 cycles."""
    life, _, off = both(lambda: Made(2, 2000, memory=0.0, coupling=2.0), 2000)
    assert max(j.length for j in life.jumps) > 100 and off <= life.bound <= TOLERANCE


def test_healing_may_be_left_out():
    """Where fast states are forgotten: fewer cycles, and the bound holds."""
    life, _, off = both(lambda: Made(6, memory=0.0), 1000, heal=0)
    with_it, _, _ = both(lambda: Made(6, memory=0.0), 1000)
    assert off <= life.bound <= TOLERANCE and life.simulated < with_it.simulated


def test_what_lagging_fast_states_do_is_not_booked():
    """Rates that change by twice a fast state which a jump leaves behind: the cycle that heals it is too slow.

    Its change is taken from the formula.  Booked as simulated it put this life off by 1.5e-3, three times the bound.
    """
    life, every, off = both(lambda: Made(84, 1000, memory=0.1, coupling=2.0), 1000)
    assert off <= life.bound <= TOLERANCE and life.cycles[-1] == every.cycles[-1]
    assert off < 1e-4


def test_noise_is_seen():
    """1e-7 of each content in a cycle: within the bound, which says what part of it is noise."""
    life, _, off = both(lambda: Made(1, noise=1e-7), 1000)
    assert off <= life.bound <= TOLERANCE and life.simulated < 150
    quiet, _, _ = both(lambda: Made(1), 1000)
    assert life.last.noise > quiet.last.noise


def test_cost_does_not_depend_on_the_number_of_cycles():
    """The same fade in ten times as many cycles, of 5 cells: less than 2.2 times the work, and rather the same."""
    few = sum(simulate_life(Made(s, 1000), Made(s).fresh, 1000).simulated for s in range(5))
    many = sum(simulate_life(Made(s, 10_000), Made(s).fresh, 10_000).simulated for s in range(5))
    assert many < 2.2 * few and few < 5 * 120


@pytest.mark.parametrize("seed", [0, 4, 9])
def test_the_end_of_life_is_located(seed):
    """By a margin: the first cycle at or below 80 %, to one cycle, and simulated one by one around it."""
    made = lambda: Made(seed, 3000, knee=4.0)  # noqa: E731
    life, every, _ = both(made, 9000, margin=lambda row: row / 5.0 - 0.8)
    assert every.end == life.end == ENDED
    assert abs(int(life.cycles[-1]) - int(every.cycles[-1])) <= 1
    assert life.rows[-1] / 5.0 <= 0.8 < life.rows[-2] / 5.0 and life.cycles[-1] - life.cycles[-2] == 1
    assert life.simulated < every.simulated / 2


def test_a_failed_cycle_ends_a_life():
    """It is located like a margin, the message of the cell says why, and nothing is reported of it."""

    class Breaks(Law):
        def advance(self, state):
            if state[0] > 0.1234:
                raise SolveError("something broke", None)
            return super().advance(state)

    made = Breaks(lambda x: 1.0 - (1.0 - x) * (1.0 - 2e-4))
    life, every = (simulate_life(made, np.zeros(1), 3000, jump=jump) for jump in (True, False))
    assert life.end == every.end == "something broke" and life.failed > 0
    assert life.cycles[-1] == every.cycles[-1] and life.simulated < every.simulated / 3


def test_invariants_are_kept_to_rounding():
    """Three stores that exchange lithium nonlinearly: their sum stays, over 10,000 cycles."""

    class Stores(Law):
        def advance(self, state):
            a, b, c = state
            flow, back = 3e-4 * a * a, 2e-4 * b * c
            state = np.array([a - flow, b + flow - back, c + back])
            return state, 5.0 - 0.1 * state[2]

    life = simulate_life(Stores(None, np.full(3, 0.02)), np.array([5.0, 1.0, 0.1]), 10_000, stops=[5000])
    assert life.states[5000].sum() == approx(6.1, rel=1e-13) and life.last.state.sum() == approx(6.1, rel=1e-13)
    assert len(life.jumps) > 5


def test_stops_are_simulated():
    """Their states are kept; a visit sees them, and may change the state."""
    seen = []

    def visit(n, state):
        seen.append(n)
        return (state[0] - np.array([0.0, 0.05, 0.0]), state[1]) if n == 300 else None

    life = simulate_life(Made(), Made().fresh, 500, stops=[5, 100, 300], visit=visit)
    assert seen == [5, 100, 300] == sorted(life.states) and set(seen) <= set(life.cycles.tolist())
    plain = simulate_life(Made(), Made().fresh, 500, stops=[5, 100, 300])
    assert life.rows[-1] < plain.rows[-1] - 0.1 and life.last.cycle == plain.last.cycle == 500


def test_a_life_goes_on_where_it_stood():
    """From any reported progress, bit for bit."""
    seen = []
    life = simulate_life(Made(5), Made(5).fresh, 800, report=lambda at, row: seen.append(at))
    for k in (2, len(seen) // 2, len(seen) - 2):
        rest = simulate_life(Made(5), None, 800, start=seen[k])
        assert rest.cycles.tolist() == life.cycles.tolist()[k + 1 :] and rest.rows == life.rows[k + 1 :]
        assert rest.bound == life.bound


def test_a_cell_that_does_not_age():
    """Rounding is no ageing: the bound stays at rounding, and few cycles are simulated."""
    life = simulate_life(Law(lambda x: x + 1e-17 * np.sin(1e3 * x)), np.array([0.1]), 100_000)
    assert life.bound < 1e-9 and life.simulated < 100 and life.cycles[-1] == 100_000
    assert simulate_life(Law(lambda x: 1.0), np.array([0.5]), 10).end == "the first cycle passed no charge"


def test_contents_that_are_no_numbers_end_a_life():
    """In words."""
    life = simulate_life(Law(lambda x: x + 1e-3 if x < 0.05 else np.nan), np.array([0.0]), 200)
    assert "not a number" in life.end and life.cycles[-1] == 50


def test_every_snapshot_leads_to_the_same_end():
    """A made cell with a knee, whose tolerance takes two passes: resumed after any cycle of either, it ends alike."""
    taken = []

    def keep(one):  # its lists are those of the life
        taken.append(replace(one, **{k: type(v)(v) for k, v in vars(one).items() if isinstance(v, list | dict)}))

    how = {"tolerance": 1e-3, "stops": [100], "margin": lambda Q: Q - 4.0}
    whole = simulate_life(Made(4, knee=3.0), Made().fresh, 2000, snapshot=keep, **how)
    assert taken[-1].turn > 1 and taken[0].turn == 1
    for one in taken[:: max(len(taken) // 40, 1)]:
        again = replace(one, **{k: type(v)(v) for k, v in vars(one).items() if isinstance(v, list | dict)})
        life = simulate_life(Made(4, knee=3.0), Made().fresh, 2000, resume=again, **how)
        assert life.cycles.tolist() == whole.cycles.tolist() and list(life.rows) == list(whole.rows)
        assert (life.end, life.bound, life.simulated, life.jumps) == (
            whole.end,
            whole.bound,
            whole.simulated,
            whole.jumps,
        )


@pytest.mark.parametrize(
    "given, message",
    [
        ({"cycles": 0}, "cycles 0: give a number of cycles"),
        ({"tolerance": 0.0}, "tolerance 0: give a share of the capacity"),
        ({"passes": 0}, "passes 0: give a number"),
        ({"heal": -1}, "heal -1: give a number of cycles, 0 to 10"),
        ({"stops": [0]}, "stops: number 1 is 0"),
    ],
)
def test_wrong_input_is_refused(given, message):
    """In one sentence."""
    with pytest.raises(ProtocolError, match=message):
        simulate_life(Made(), Made().fresh, **({"cycles": 10} | given))
    with pytest.raises(ProtocolError, match="weights of shape"):
        simulate_life(Made(weights=np.ones(2)), Made().fresh, 10)
