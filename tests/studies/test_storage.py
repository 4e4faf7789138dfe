"""Cars as storage: programmes against dynamic programming and properties, closed forms, wear, faults of files."""

from types import SimpleNamespace

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ClaimError, ProtocolError
from cellsim.studies.storage.arbitrage import CarBattery, arbitrage, unscheduled
from cellsim.studies.storage.claims import city_storage
from cellsim.studies.storage.duties import DUTIES, Served, Setting, duty, level, office, plan_home
from cellsim.studies.storage.inputs import HOME, HomeLoad, Prices, home_load, read_prices, read_storage
from cellsim.studies.storage.simulated import RETIRED, TOLERANCE, UNKNOWN, day_of, simulated_wear
from cellsim.studies.storage.study import _curve, _stops, judged, storage_study, wear_price
from cellsim.studies.validation.lines.vehicles.storage import LEVELS, ON_GRID, brute_force
from cellsim.studies.verdicts import Verdict

CAR = CarBattery(8.0, 40.0, 10.0, 0.93, 8.0, 7, 18)
FILE = read_storage()


def cost(prices, car=CAR, wear=0.0, **how):
    plan = arbitrage(Prices("made up", np.asarray(prices, float)), car, wear, **how)
    return plan.cost + wear * plan.given


def test_a_day_by_dynamic_programming():
    """Random days, seed 5: equal to rounding, as all limits of this car are whole steps of the grid."""
    rng = np.random.default_rng(5)
    for _ in range(3):
        prices = rng.uniform(0.02, 0.11, 24)
        for wear in (0.0, 0.005, 0.03):
            best = brute_force(prices, ON_GRID, wear, LEVELS)
            assert cost(prices, ON_GRID, wear, foresight=True) == approx(best, abs=1e-6)


def test_what_holds_of_any_prices():
    """Balance, driving, the limits of power and energy, and the order of costs; seed 6."""
    rng = np.random.default_rng(6)
    for _ in range(5):
        prices = rng.normal(0.08, 0.06, 72)
        plan = arbitrage(Prices("made up", prices), CAR, 0.01)
        hours = np.arange(72) % 24
        change = plan.energy - np.roll(plan.energy, 1)
        flow = CAR.efficiency * plan.charge - plan.discharge / CAR.efficiency - CAR.drives(hours)
        assert change == approx(flow, abs=1e-6)
        assert (plan.charge + plan.discharge)[CAR.plugged(hours) == 0.0].max() < 1e-9
        assert (plan.charge + plan.discharge).max() <= CAR.power + 1e-6
        assert CAR.low - 1e-6 <= plan.energy.min() and plan.energy.max() <= CAR.high + 1e-6
        full = plan.energy[hours == CAR.departure]
        assert full == approx(CAR.high - 0.5 * CAR.driving)  # leaves full every morning
        assert cost(prices, wear=0.01, foresight=True) <= cost(prices, wear=0.01) + 1e-6
        costs = [cost(prices, wear=w) for w in (0.0, 0.02, 0.05, 0.2)]
        assert (np.diff(costs) >= -1e-6).all()
        better = CarBattery(8.0, 40.0, 10.0, 0.98, 8.0, 7, 18)
        assert cost(np.abs(prices), better) <= cost(np.abs(prices)) + 1e-6
        assert cost(prices) <= cost(prices, both=False) + 1e-6


def test_no_spread_no_profit_and_wear_above_the_spread_no_discharge():
    flat = Prices("flat", np.full(48, 0.1))
    assert arbitrage(flat, CAR).given == approx(0.0, abs=1e-6)
    assert arbitrage(flat, CAR).cost == approx(unscheduled(flat, CAR).cost)
    steep = Prices("steep", np.tile([0.0] * 12 + [0.3] * 12, 2))
    assert arbitrage(steep, CAR).given > 10.0 and arbitrage(steep, CAR, 0.31).given == approx(0.0, abs=1e-6)


def test_smart_charging_is_subtracted():
    """The gain of a duty is over smart charging, which earns against charging on arrival, not over the latter."""
    part = Prices("a month", read_prices("nl_2023").values[: 24 * 28])
    at = Setting(CarBattery.of(40.0, FILE), FILE, part)
    served = DUTIES["arbitrage"](at, 0.0)
    years = part.years
    assert at.flat.cost > at.smart.cost
    assert served.gain == approx((at.smart.cost - arbitrage(part, at.car).cost) / years)


def test_the_packaged_prices_are_whole():
    """As the page of the data says: one hour of 2023 is missing in the source."""
    assert read_prices("nl_2019").values.size == 8760 and read_prices("nl_2023").values.size == 8759
    assert read_prices("nl_2023").values.min() == approx(-0.5)


def test_the_home_profile_is_scaled_to_its_energy():
    load = home_load(4.0)
    assert load.weights.sum() == approx(365.0) and load.days.shape == (36, 24)
    assert float(load.days.sum(axis=1) @ load.weights) == approx(4000.0, rel=1e-12)


def test_a_peaky_home_is_shaved_by_hand():
    """One day, 5 kW for an hour in the evening: a car whose energy suffices brings all of it down to the rest's level.

    Without driving and losses the least highest hour is the mean over the hours plugged, or the most when unplugged.
    """
    day = np.full(24, 0.5)
    day[19] = 5.0
    load = HomeLoad(day[None, :], np.array([365.0]))
    car = CarBattery(0.0, 40.0, 10.0, 1.0, 0.0, 7, 18)
    smart = plan_home(load, car, 0.3, 60.0, 1e-3, both=False)
    both = plan_home(load, car, 0.3, 60.0, 1e-3, both=True)
    plugged = car.plugged(np.arange(24)) > 0.0
    assert smart.peak == approx(5.0)
    assert both.peak == approx(max(day[plugged].mean(), day[~plugged].max()))
    assert both.given == approx(365.0 * (5.0 - both.peak), rel=1e-6)


def test_the_level_of_a_peak():
    """Energy above the level is what there is, or the power binds; abs 1e-6 is the bisection."""
    load = office(1000.0)
    cut = load.max() - level(load, 50.0, 1e9)
    assert np.maximum(load - load.max() + cut, 0.0).sum() == approx(50.0, abs=1e-6)
    assert load.max() - level(load, 1e9, 30.0) == approx(30.0, abs=1e-6)


def test_wear_is_the_linear_bound():
    """100 per kWh and 2,000 cycles: 0.056; 165 and 1,000: 0.183 (by hand)."""
    assert wear_price(FILE.lives["liquid"]) == approx(100.0 / (2000 * 0.9), rel=1e-12)
    assert wear_price(FILE.lives["solid"]) == approx(0.1833, abs=5e-5)
    with pytest.raises(ProtocolError, match="depth"):
        wear_price(FILE.lives["liquid"], 0.0)


def test_verdicts_of_a_duty():
    pays, loses = Served("x", 100.0, 1000.0, 20.0, 50.0, ""), Served("x", 100.0, 1000.0, 20.0, 150.0, "")
    assert judged(pays, 0.08, 0.05, 2000.0) == (Verdict.HOLDS, "")
    verdict, condition = judged(loses, 0.08, 0.15, 1000.0)
    assert verdict is Verdict.ONLY_IF and "0.080 EUR/kWh, such as 1875 cycles" in condition
    assert judged(Served("x", 10.0, 0.0, 20.0, 0.0, ""), None, 0.1, 1.0)[0] is Verdict.FAILS
    assert pays.breaks_even == approx(0.08)


def test_the_study_finds_where_a_duty_stops_paying():
    """At the wear price it names the duty earns nothing; 0.1 EUR a year: what the search leaves."""
    part = Prices("two months", read_prices("nl_2023").values[: 24 * 56])
    found = storage_study(["leaf_2018"], ["arbitrage", "reserve", "backup"], part)
    by = {r.duty: r for r in found}
    at = Setting(CarBattery.of(by["arbitrage"].usable, FILE), FILE, part)
    for name in ("arbitrage", "reserve"):
        assert DUTIES[name](at, by[name].stops_at).net == approx(0.0, abs=0.1)
    assert by["backup"].verdict is Verdict.ONLY_IF and (np.diff(by["arbitrage"].nets) <= 1e-6).all()
    assert "linear bound" in by["reserve"].sentence
    (claim,) = city_storage(found)
    paying = [r.duty for r in found if r.verdict is Verdict.HOLDS]
    assert claim.verdict is (Verdict.HOLDS if len(paying) == 2 else Verdict.ONLY_IF if paying else Verdict.FAILS)
    assert "backup" not in claim.condition


@pytest.mark.parametrize(
    "rows, words",
    [
        ("0,1\n1,2\n3,4\n", "skips or repeats"),
        ("0,1\n1,x\n", "row 2: give two finite numbers"),
        ("0,1\n1,nan\n", "row 2"),
        ("hour,price\n0,1\n", "at least a day"),
        ("hour,ct/kWh\n0,1\n", "says 'ct'; give prices in EUR/MWh"),
        ("hour,USD per MWh\n0,1\n", "says 'USD'"),
    ],
)
def test_a_faulty_series_of_prices_is_refused(tmp_path, rows, words):
    path = tmp_path / "mine.csv"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(ClaimError, match=f"mine.csv.*{words}"):
        read_prices(path)


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("value: 0.87", "value: 1.87", "fraction above 0 and up to 1"),
        ('date: "2025", note: of a pack}', "note: of a pack}", "lives/liquid/price/date: missing"),
        (
            'date: "2025", note: of a pack}',
            "date: now, note: of a pack}",
            "lives/liquid/price/date: 'now': give a date",
        ),
        ("{value: 100, unit: EUR/kW.h", "{value: -100, unit: EUR/kW.h", "lives/liquid/price/value"),
        ("value: 2000, unit", "value: 0, unit", "cycles: give a number above 0"),
        ("arrival: {value: 18", "arrival: {value: 7", "two hours or more after departure"),
        (
            "unit: mHz, source: cellsim, method: assumed, note: dev",
            "unit: Hz, source: cellsim, method: assumed, note: dev",
            "'Hz'",
        ),
    ],
)
def test_a_faulty_file_is_refused(tmp_path, old, new, words):
    text = HOME.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClaimError, match="mine.yaml") as fault:
        read_storage(path)
    assert words in str(fault.value)


def test_a_duty_that_cannot_be_served_is_refused():
    with pytest.raises(ProtocolError, match="driving of 7 kWh a day cannot be served: the battery has 5 kWh"):
        CarBattery.of(5.0, FILE)
    with pytest.raises(ProtocolError, match="the duty cannot be served"):
        arbitrage(Prices("day", np.full(24, 0.1)), CarBattery(8.0, 40.0, 0.1, 0.93, 8.0, 7, 18))
    with pytest.raises(ProtocolError, match="duty 'dance'"):
        duty("dance")
    with pytest.raises(ClaimError, match="did you mean 'nl_2023'"):
        read_prices("nl_2024")


def test_wear_prices_of_a_curve_are_checked():
    """They rise from 0; the same verdict comes out of fewer of them, to the accuracy of a duty's end (1e-3 EUR/kWh)."""
    for wrong in ([0.0], [0.1, 0.2], [0.0, 0.2, 0.1]):
        with pytest.raises(ProtocolError, match="two or more wear prices"):
            storage_study(["leaf_2018"], ["reserve"], wears=wrong)
    few, many = (storage_study(["leaf_2018"], ["reserve"], wears=w)[0] for w in ((0.0, 0.3), (0.0, 0.05, 0.1, 0.3)))
    assert few.verdict is many.verdict and few.served == many.served
    assert few.stops_at == pytest.approx(many.stops_at, abs=1e-3)


@pytest.mark.parametrize("wears", [(0.0, 0.3), (0.0, 0.02, 0.2), (0.0, 0.1, 0.3)], ids=str)
def test_where_a_duty_stops_paying_does_not_depend_on_the_points_of_its_curve(wears):
    """Of a convex curve of straight pieces the crossing is found exactly: Newton's method from the left ends on it."""
    served = []

    def serve(wear):
        served.append(wear)
        net = max(100.0 - 2000.0 * wear, 40.0 - 600.0 * wear, 2.0 - 10.0 * wear - 1.0)
        given = 2000.0 if net == 100.0 - 2000.0 * wear else 600.0 if net == 40.0 - 600.0 * wear else 10.0
        return SimpleNamespace(net=net, given=given)

    nets, given = _curve(serve, False, wears)
    assert _stops(serve, nets, given, wears) == approx(0.1, abs=1e-12)
    assert len(served) <= len(wears) + 4


def test_wear_by_simulated_years():
    """A film that grows whatever the car does (kirkaldy2024) wears nothing, to the tolerance of the jumps; the wear of
    the other constants is the value of what is lost more; of a solid cell nobody knows."""
    cells = ["leaf_2018", "target_nmc811_lpscl_li"]
    found = storage_study(cells, ["building-peak"])
    still, other, solid = simulated_wear(found, cells, FILE, years=0.5)
    value = FILE.lives["liquid"].price.value * found[0].usable
    assert still.lost > 0.03 and abs(still.lost - still.lost_without) < TOLERANCE
    assert other.wear == approx(value * (other.lost - other.lost_without) / RETIRED / 0.5)
    assert other.net == approx(found[0].served.gain - found[0].served.standby - other.wear)
    assert abs(other.lost - other.lost_without) > TOLERANCE
    assert solid.reason == UNKNOWN and solid.wear is None and "not simulated" in str(solid)


def test_a_day_gives_what_the_duty_asks_for():
    """And is full again at its end: the charge of a day is zero to what a rest of an hour moves at a voltage held."""
    cell = cellsim.load("leaf_2018")
    with_it, without = (cellsim.simulate(cell, day_of(cell, CAR, hours), "SPM", soc=1.0) for hours in (2.0, 0.0))
    capacity = cell.value("cell/nominal capacity")
    assert with_it.discharge_capacity - without.discharge_capacity == approx(2.0 * CAR.power / CAR.high * capacity)
    assert with_it.t[-1] < 86400.0 and with_it["State of charge"][-1] == approx(1.0, abs=0.02)
