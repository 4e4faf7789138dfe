"""Profiles: what is accepted, and that a cell follows them, against constant steps and PyBaMM's curve."""

from pathlib import Path

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, SPM, Limit, Profile, SPMe, Step, simulate
from cellsim.errors import Ending, ProtocolError
from cellsim.protocols.drive_cycles import HOME as CYCLES

HOME = Path(__file__).parents[1] / "reference"
US06 = CYCLES / "US06_current.csv"
CHEN = "lgm50_chen2020"
SMALL = DFN((8, 4, 8), 10)


@pytest.fixture(scope="module")
def cycle():
    """The step of the US06 cycle and the default run of it from 80 % state of charge, stored every second."""
    step = cellsim.profile(US06)
    return step, simulate(CHEN, step, soc=0.8, period=1.0)


def at_knots(result, name, times):
    """Values of a variable at times that are among the stored ones."""
    k = np.searchsorted(result.t, times)
    assert np.array_equal(result.t[k], times)
    return result[name][k]


def rms(a, b):
    return 1e3 * np.sqrt(np.mean((a - b) ** 2))


def test_a_drive_cycle_is_followed_exactly_at_every_point(cycle):
    """The imposed current at the points of the file; 1e-12 A is rounding."""
    step, result = cycle
    current = at_knots(result, "Current [A]", np.array(step.target.times))
    assert np.abs(current - step.target.values).max() < 1e-12


def test_charge_and_energy_of_a_drive_cycle_are_those_that_pass(cycle):
    """Charge: integral of the linear pieces, by either way, rel 1e-9 (exact but for rounding of 700 sums).

    Energy: trapezoids of I V over the stored times, 1e-3: their own error between points.
    """
    step, result = cycle
    t, I = step.target.knots().T
    mean = 0.5 * (I[1:] + I[:-1]) * np.diff(t) / 3600.0
    assert result.discharge_capacity == approx(mean[mean > 0].sum(), rel=1e-9)
    assert result.charge_capacity == approx(-mean[mean < 0].sum(), rel=1e-9)
    assert result["Discharge capacity [A.h]"][-1] == approx(mean.sum(), rel=1e-9)
    power = np.trapezoid(result["Power [W]"], result.t) / 3600.0
    assert result.discharge_energy - result.charge_energy == approx(power, rel=1e-3)
    assert result["Discharge energy [W.h]"][-1] == approx(result.discharge_energy - result.charge_energy, rel=1e-9)


def test_lithium_and_salt_are_conserved_over_a_drive_cycle(cycle):
    """The two electrodes' sum, and the salt, to the rounding of 700 steps."""
    _, result = cycle
    total = sum(result[f"Total lithium in {part} electrode [mol]"] for part in ("negative", "positive"))
    assert np.abs(total / total[0] - 1.0).max() < 1e-10
    salt = result["Total lithium in electrolyte [mol]"]
    assert np.abs(salt / salt[0] - 1.0).max() < 1e-10


def test_the_default_tolerance_is_enough_for_a_drive_cycle(cycle):
    """Against a run with a tolerance of 1e-7: within 0.1 mV rms and 0.5 mV anywhere, well below the mesh's 1 mV."""
    step, result = cycle
    times = np.array(step.target.times)
    fine = simulate(CHEN, step, soc=0.8, period=1.0, rtol=1e-7, time_budget=100.0)
    error = at_knots(result, "Voltage [V]", times) - at_knots(fine, "Voltage [V]", times)
    assert rms(error, 0.0) < 0.1 and 1e3 * np.abs(error).max() < 0.5


def test_the_drive_cycle_agrees_with_pybamm(cycle):
    """1 mV rms: the accuracy of the default mesh, against PyBaMM's DFN free of mesh error (see its README)."""
    _, result = cycle
    t, V = np.loadtxt(HOME / "pybamm_Chen2020_DFN_US06.csv", delimiter=",", unpack=True)
    assert rms(at_knots(result, "Voltage [V]", np.round(t)), V) < 1.0


@pytest.mark.parametrize("model", [SMALL, SPMe((8, 4, 8), 10), SPM(10)], ids=lambda m: type(m).__name__)
def test_a_profile_of_plateaus_gives_what_constant_steps_give(model):
    """Plateaus of 60 s joined by ramps of 0.1 ms, every model; 0.05 mV: what rtol 1e-6 leaves of either method."""
    currents = (5.0, -2.0, 0.0, 8.0)
    times = [0.0] + [60.0 * k + d for k in (1, 2, 3) for d in (-1e-4, 0.0)] + [240.0]
    profile = Profile(times, np.repeat(currents, 2))
    steps = [Step("current", I, 60.0) if I else cellsim.rest(60.0) for I in currents]
    one = simulate(CHEN, Step("current", profile), model, soc=0.5, rtol=1e-6)
    many = simulate(CHEN, steps, model, soc=0.5, rtol=1e-6)
    for k, step in enumerate(many.steps):
        V = many["Voltage [V]"][many.step_index == k][-1]
        assert at_knots(one, "Voltage [V]", step.t_end - (1e-4 if k < 3 else 0.0)) == approx(V, abs=5e-5)
    charge = sum(s.discharge_capacity - s.charge_capacity for s in many.steps)
    assert one.discharge_capacity - one.charge_capacity == approx(charge, abs=1e-4 * 10.0 / 3600.0)


@pytest.mark.parametrize(
    "control, values", [("power", (20.0, 20.0, 5.0)), ("voltage", (3.9, 3.8, 3.85)), ("c-rate", (1.0, 0.2, 0.5))]
)
def test_any_control_follows_its_profile(control, values):
    """The controlled quantity is the profile at all stored times; 1e-4: Newton's tolerance for power and voltage."""
    profile = Profile((0.0, 100.0, 200.0), values)
    result = simulate(CHEN, Step(control, profile), SMALL, soc=0.7)
    name = {"power": "Power [W]", "voltage": "Voltage [V]", "c-rate": "C-rate"}[control]
    assert result[name] == approx(profile(result.t), rel=1e-4)
    assert result.endings == (Ending.DURATION,)


@pytest.mark.parametrize("sign, ending, bound", [(1.0, Ending.LOWER_VOLTAGE, 2.5), (-1.0, Ending.UPPER_VOLTAGE, 4.2)])
def test_a_profile_ends_at_the_cut_off_of_the_direction_it_goes(sign, ending, bound):
    """Pulses both ways, on the whole discharging or charging; the end is located to 0.01 mV."""
    times = np.arange(0.0, 7201.0, 30.0)
    profile = Profile(times, sign * np.where(np.arange(times.size) % 2, 12.0, -3.0))
    result = simulate(CHEN, Step("current", profile), SMALL, soc=0.5, time_budget=60.0)
    assert result.endings == (ending,) and result.t[-1] < 7200.0
    assert result["Voltage [V]"][-1] == approx(bound, abs=1e-5)


def test_limits_of_a_profile_lie_on_either_side_of_the_present_voltage():
    """Two voltages; a discharge ends at the lower, a charge at the upper one, to 0.01 mV."""
    limits = (Limit("voltage", 3.5), Limit("voltage", 4.0))
    for current, end in ((5.0, 3.5), (-5.0, 4.0)):
        step = Step("current", Profile((0.0, 7200.0), (current, current)), until=limits)
        assert simulate(CHEN, step, SMALL, soc=0.5)["Voltage [V]"][-1] == approx(end, abs=1e-5)


def test_a_profile_ends_at_a_net_charge_and_stops_in_the_middle():
    """1 A.h at 5 A after 720 s, between its points; a shorter duration is kept to.  1e-6 s: how an end is located."""
    profile = Profile((0.0, 500.0, 7200.0), (5.0, 5.0, 5.0))
    assert simulate(CHEN, Step("current", profile, None, (Limit("capacity", 1.0),)), SMALL).t[-1] == approx(
        720.0, abs=1e-6
    )
    assert simulate(CHEN, Step("current", profile, 123.0), SMALL).t[-1] == 123.0


def test_limits_may_be_a_list_or_one():
    """As the tuple that they become."""
    limit = Limit("voltage", 3.0)
    assert Step("c-rate", 1.0, until=[limit]) == Step("c-rate", 1.0, until=limit) == Step("c-rate", 1.0, until=(limit,))
    assert simulate(CHEN, Step("c-rate", 3.0, until=[limit]), SMALL).endings[-1] == Ending.LOWER_VOLTAGE


def test_a_profile_is_stored_at_the_times_asked_for():
    """Multiples of 7 s besides the points, and between points that are apart; 0.1 mV: one parabola a step."""
    profile = Profile((0.0, 30.0, 60.0), (0.0, 5.0, -2.0))
    result = simulate(CHEN, Step("current", profile), SMALL, soc=0.6, period=7.0)
    assert np.isin(7.0 * np.arange(9), result.t).all()
    assert result["Current [A]"] == approx(profile(result.t), abs=1e-9)
    fine = simulate(CHEN, Step("current", profile), SMALL, soc=0.6, period=7.0, rtol=1e-7)
    inner = 7.0 * np.arange(1, 9)
    assert at_knots(result, "Voltage [V]", inner) == approx(at_knots(fine, "Voltage [V]", inner), abs=1e-4)


def test_a_constant_profile_takes_few_steps():
    """Points on a straight line are no kinks: an hour at C/2 in fewer steps than 100 of its 3601 points."""
    profile = Profile(np.arange(3601.0), np.full(3601, 2.5))
    assert len(profile.knots()) == 2
    result = simulate(CHEN, Step("current", profile), SMALL)
    other = simulate(CHEN, Step("current", 2.5, 3600.0), SMALL)
    assert result.t.size < 100
    assert result["Voltage [V]"][-1] == approx(other["Voltage [V]"][-1], abs=1e-4)  # both within rtol 5e-4


def test_a_profile_is_not_smoothed_when_it_is_asked_for_between_stored_times(tmp_path):
    """Current to rounding, voltage within 0.3 mV (a spline: 18 mV) at the points; after loading, too."""
    step = cellsim.profile(US06)
    result, times = simulate(CHEN, step, SMALL, soc=0.8), np.array(step.target.times)
    dense = simulate(CHEN, step, SMALL, soc=0.8, period=1.0)
    result.save(tmp_path / "out.parquet")
    for found in (result, cellsim.Result.load(tmp_path / "out.parquet")):
        assert found.at("Current [A]", times) == approx(step.target(times), abs=1e-9)
        assert found.at("Voltage [V]", times) == approx(at_knots(dense, "Voltage [V]", times), abs=3e-4)


def test_steps_go_on_after_a_profile():
    """A rest after a cycle begins where that ended."""
    result = simulate(CHEN, [Step("current", Profile((0.0, 60.0), (5.0, 0.0))), cellsim.rest(60.0)], SMALL, soc=0.5)
    assert result.t[-1] == 120.0 and result.steps[1].t_start == 60.0
    assert result.steps[0].discharge_capacity == approx(2.5 / 60.0, rel=1e-9)


def test_a_profile_is_immutable_and_compares_by_value():
    """Lists and arrays become tuples."""
    times, values = [0.0, 1.0], np.array([1.0, 2.0])
    profile = Profile(times, values)
    times[1], values[1] = 5.0, 7.0
    assert profile == Profile((0.0, 1.0), (1.0, 2.0)) and hash(profile) == hash(Profile((0, 1), (1, 2)))
    assert 2.0 * profile == Profile((0.0, 1.0), (2.0, 4.0)) and profile(0.5) == 1.5
    assert str(Step("current", profile)) == "Run [0: 1, 1: 2]"


def test_knots_leave_out_points_on_a_line_and_put_in_passages_through_zero():
    """One passage half-way, at 2.5 s."""
    assert Profile((0, 1, 2, 3), (3, 2, 1, -1)).knots(2.0) == approx(
        np.array([(0, 6), (2, 2), (2.5, 0), (3, -2)], float)
    )


@pytest.mark.parametrize(
    "times, values, words",
    [
        ((0.0, 1.0), (1.0,), "2 times but 1 values"),
        ((0.0,), (1.0,), "at least two points"),
        ((1.0, 2.0), (1.0, 1.0), "begins at 1 s"),
        ((0.0, 2.0, 2.0), (1.0, 1.0, 1.0), r"time 2 s \(point 3\) is not later than 2 s"),
        ((0.0, float("nan")), (1.0, 1.0), "times: number 2 is nan"),
        ((0.0, 1.0), (1.0, float("inf")), "values: number 2 is inf"),
        ((0.0, 1.0), ("a", "b"), r"values \(.*\): give a list of finite numbers"),
        (((0.0, 1.0),), ((0.0, 1.0),), "in one dimension"),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused_in_words(times, values, words):
    with pytest.raises(ProtocolError, match=words):
        Profile(times, values)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("rest", Profile((0, 1), (0, 0))), "a rest follows no profile"),
        (("current", Profile((0, 1), (1, 1)), 2.0), "the profile ends at 1 s"),
        (("current", Profile((0, 1), (1, 1)), None, (Limit("soc", 0.5),)), "cannot end at a state of charge"),
    ],
)
def test_a_step_that_cannot_follow_its_profile_is_refused_in_words(arguments, words):
    with pytest.raises(ProtocolError, match=words):
        Step(*arguments)


@pytest.mark.parametrize(
    "text, values",
    [
        ("# a remark\ntime [s], current [A]\n0, 1\n\n1.5,2  # so\n", (1.0, 2.0)),
        ("0\t1\n2 -3e0\n", (1.0, -3.0)),
        ("\ufeff0;1\n1;2", (1.0, 2.0)),
    ],
)
def test_profiles_are_read_from_text(tmp_path, text, values):
    path = tmp_path / "load.csv"
    path.write_text(text, encoding="utf-8")
    step = cellsim.profile(path, "power", until=Limit("voltage", 3.0))
    assert step.target.values == values and step.control == "power" and step.until == (Limit("voltage", 3.0),)


@pytest.mark.parametrize(
    "text, words",
    [
        ("0,1\n1,x\n", "line 2: does not hold two numbers"),
        ("t,I\n# no more\n", "holds no numbers"),
        ("0,1\n1,2,3\n", "line 2: must hold two finite numbers"),
        ("5,1\n6,1\n", "load.csv: profile: begins at 5 s"),
        ("a,b\nc,d\n0,1\n", "line 2: does not hold two numbers"),
        ("0,1\n1,nan", "line 2"),
    ],
)
def test_faulty_files_are_refused_with_line_and_remedy(tmp_path, text, words):
    path = tmp_path / "load.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError, match=words):
        cellsim.profile(path)


def test_sources_that_are_no_tables_are_refused_in_words(tmp_path):
    """A file that is not there, one that is not text, arrays of another shape."""
    with pytest.raises(ProtocolError, match="cannot be read"):
        cellsim.profile(tmp_path / "missing.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProtocolError, match="is not text"):
        cellsim.profile(tmp_path / "binary.csv")
    with pytest.raises(ProtocolError, match=r"two columns.*\(3,\)"):
        cellsim.profile([1.0, 2.0, 3.0])
    with pytest.raises(ProtocolError, match="array of numbers"):
        cellsim.profile({"t": 1})
