"""Storage: linear programmes against dynamic programming, closed forms, and what trials stated."""

import numpy as np

from ....storage.arbitrage import CarBattery, arbitrage
from ....storage.duties import Setting, building_cut, frequency, serve_reserve
from ....storage.inputs import Prices, read_prices, read_storage
from ...line import Found, Line, Point, largest, largest_percent, violations

STEP = 10.0 * 0.8**0.5 / 4.0  # kWh: an hour at 10 kW stores 4 steps, and takes out 5, at this efficiency
LEVELS = 17  # of the energy in the dynamic programme
ON_GRID = CarBattery(8.0, 8.0 + (LEVELS - 1) * STEP, 10.0, 0.8**0.5, 4.0 * STEP, 7, 18)
CAR = CarBattery(8.0, 40.0, 10.0, 0.93, 8.0, 7, 18)
WEAR = 0.005  # EUR/kWh


def brute_force(prices: np.ndarray, car: CarBattery, wear: float, levels: int) -> float:
    """Least cost [EUR] of a day that ends as it begins, by dynamic programming over energies on a grid.

    An hour may charge or discharge, not both; every first energy is tried.
    """
    grid = np.linspace(car.low, car.high, levels)
    hours = np.arange(24)
    plugged, drives = car.plugged(hours), car.drives(hours)
    best = np.inf
    change = grid[None, :] - grid[:, None]
    for first in range(levels):
        cost = np.full(levels, np.inf)
        cost[first] = 0.0
        for t in range(24):
            stored = change + drives[t]  # by the charger, from row to column
            c, d = np.maximum(stored, 0.0) / car.efficiency, np.maximum(-stored, 0.0) * car.efficiency
            paid = prices[t] * (c - d) + wear * d / car.efficiency
            allowed = (c <= plugged[t] * car.power + 1e-9) & (d <= plugged[t] * car.power + 1e-9)
            cost = np.where(allowed, cost[:, None] + paid, np.inf).min(axis=0)
        best = min(best, float(cost[first]))
    return best


def _days() -> list[tuple[str, np.ndarray]]:
    """Days of 2019 and 2023 without negative prices, where the programme may not share an hour for nothing."""
    found = []
    for name in ("nl_2019", "nl_2023"):
        values = read_prices(name).values
        for day in (10, 100, 200, 300):
            part = values[24 * day : 24 * day + 24]
            if part.min() > 0.0:
                found.append((f"{name}, day {day}", part))
    return found


def dynamic() -> Found:
    """Cost of a day with the programme against that of dynamic programming."""
    points = [
        Point(
            f"{name} [EUR]",
            round(brute_force(part, ON_GRID, WEAR, LEVELS), 9),
            round(_objective(part, WEAR, ON_GRID), 9),
        )
        for name, part in _days()
    ]
    given = sum(arbitrage(Prices("day", part), ON_GRID, WEAR, foresight=True).given for _, part in _days())
    return largest(points, f"{given:.0f} kWh are given to the grid in these days")


def _objective(part: np.ndarray, wear: float, car: CarBattery = CAR) -> float:
    plan = arbitrage(Prices("day", part), car, wear, foresight=True)
    return plan.cost + wear * plan.given


def properties() -> Found:
    """What must hold of any prices."""
    part = _days()[0][1]
    flat = np.full(24, 0.1)
    spread = float(part.max() - part.min())
    better = CarBattery(8.0, 40.0, 10.0, 0.97, 8.0, 7, 18)
    plan = arbitrage(Prices("day", part), CAR, 0.01, foresight=True)
    hours = np.arange(24)
    change = np.diff(np.r_[plan.energy[-1], plan.energy])
    balance = change - CAR.efficiency * plan.charge + plan.discharge / CAR.efficiency + CAR.drives(hours)
    costs = [_objective(part, w) for w in (0.0, 0.01, 0.02, 0.05)]
    ours = arbitrage(Prices("day", part), better, 0.01, foresight=True)
    return violations(
        {
            "without a spread of prices nothing is given": arbitrage(Prices("flat", flat), CAR).given < 1e-6,
            "with wear above the spread nothing is given": arbitrage(Prices("day", part), CAR, spread + 0.1).given
            < 1e-6,
            "energy balances": bool(np.abs(balance).max() < 1e-6),
            "driving is served": bool((plan.charge * (1 - CAR.plugged(hours)) == 0.0).all()),
            "the cost rises with wear": bool((np.diff(costs) >= -1e-9).all()),
            "the cost falls with efficiency": ours.cost + 0.01 * ours.given <= costs[1] + 1e-9,
        }
    )


def noise() -> Found:
    """The synthetic frequency against the normal distribution."""
    signal = frequency(20.0, 300.0, days=120)
    mean = 20.0 * np.sqrt(2.0 / np.pi)
    return largest_percent([Point("mean magnitude of the deviation [mHz]", mean, float(np.abs(signal).mean()))])


def office_peak() -> Found:
    """Six cars at an office."""
    at = _setting()
    cut = 100.0 * building_cut(at) / at.file.building.peak.value
    return Found(abs(cut - 2.5), (Point("peak cut by six cars [%]", 2.5, cut),), "the building is assumed: 1,000 kW")


def reserve_cycles() -> Found:
    """Energy taken out by reserve."""
    cycles = serve_reserve(_setting(), 0.0).given / 40.0 / 12.0
    inside = 5.0 <= cycles <= 20.0
    return Found(0.0 if inside else 1.0, (Point("full cycles of 40 kWh a month", 12.5, cycles),))


def _setting() -> Setting:
    file = read_storage()
    return Setting(CarBattery.of(40.0, file), file, read_prices("nl_2023"))


LINES = (
    Line(
        "storage-dynamic",
        "verification",
        "dynamic programming over 17 energies, day-ahead prices of single days",
        "a day that ends as it begins, 9 kWh of driving, wear 0.005 EUR/kWh",
        "nothing",
        "cost of the day",
        "largest [EUR]",
        1e-6,
        dynamic,
        reason="rounding: all limits of this car are whole steps of the grid, so the programme has its best on it",
    ),
    Line(
        "storage-properties",
        "verification",
        "what holds of any prices",
        "a day",
        "nothing",
        "no spread, wear above the spread, balance, driving, wear, efficiency",
        "statements that do not hold",
        0.0,
        properties,
        reason="exact statements",
    ),
    Line(
        "storage-frequency",
        "verification",
        "mean magnitude of a normal distribution",
        "Ornstein-Uhlenbeck process of 20 mHz and 300 s, 120 days",
        "nothing",
        "mean magnitude",
        "[%]",
        2.0,
        noise,
        reason="120 days hold 17,000 independent values: three standard errors of the mean magnitude are 1.7 %",
    ),
    Line(
        "storage-office",
        "plausibility",
        "Nissan 2013: six Leafs cut an office's peak by 2.5 % (second-hand)",
        "two hours at 6 kW a day",
        "nothing; but the peak of the office, 1,000 kW, is assumed",
        "peak cut",
        "[points of %]",
        1.5,
        office_peak,
        reason="the peak of the office is not stated: 1.6 times less than assumed gives 4 %",
    ),
    Line(
        "storage-reserve",
        "plausibility",
        "5 to 20 full cycles a month at 10 kW and 40 kWh (assumed)",
        "power after a synthetic frequency",
        "nothing",
        "full cycles a month",
        "outside of the range",
        0.0,
        reserve_cycles,
        reason="a range",
    ),
)
