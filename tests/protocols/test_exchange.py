"""Protocols to and from PyBaMM, their JSON form, and the packaged drive cycles."""

import contextlib
import json
import os
import random
from datetime import datetime, timedelta

import jsonschema
import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import Limit, Profile, Protocol, ProtocolError, Step
from cellsim.protocols import CYCLES, Condition, Repeat, drive, vehicle
from cellsim.protocols.drive_cycles import HOME, Vehicle, load

os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
pybamm = pytest.importorskip("pybamm")

STRINGS = [
    "Discharge at 1C for 0.5 hours",
    "Discharge at C/20 for 0.5 hours",
    "Charge at 0.5 C for 45 minutes",
    "Discharge at 1 A for 0.5 hours",
    "Charge at 200 mA for 45 minutes",
    "Discharge at 1W for 0.5 hours",
    "Charge at 200mW for 45 minutes",
    "Rest for 10 minutes",
    "Hold at 1V for 20 seconds",
    "Charge at 1 C until 4.1V",
    "Hold at 4.1 V until 50mA",
    "Hold at 3V until C/50",
    "Discharge at C/3 for 2 hours or until 2.5 V",
    "Discharge at C/10 for 10 hours or until 3.3 V",
    "Charge at 1 A until 4.1 V",
    "Rest for 1 hour (1 minute period)",
    "Discharge at 2 Ohm for 10 s",
    "Discharge at 20 mOhm until 3 V",
    "Hold at 1 A for 1 h",
    "Hold at 2 Ohm for 1 h",
    "Charge at 1e-1 A for 3 hr (10 seconds period)",
    "Rest for 5 min (1 m period)",
    "Charge at 1 A until >4.1 V",
    "Discharge at 1 A until < 3 V",
    "Hold at 4.1 V until <50 mA",
    "Charge at 1A until > -50 mA",
    "Hold at 4.1 V until < C/50",
    "Discharge at 0 A for 1 h",
    "Discharge at 3 V for 1 h",
    "Discharge at .5C for 1. hours",
    "Discharge at 1 mC until 3000 mV",
    "Charge at 1C for 90 sec",
]


@pytest.mark.parametrize("words", STRINGS)
def test_a_string_means_what_it_means_to_pybamm(words):
    """The step that PyBaMM makes of it, translated, to the last bit."""
    assert Protocol(words) == Protocol.from_pybamm(pybamm.Experiment([words]))


def string(rng):
    """A string of PyBaMM's grammar, of random numbers and units."""

    def number(low, high):
        return rng.choice([f"{rng.uniform(low, high):.3g}", repr(rng.uniform(low, high)), str(rng.randrange(1, 9))])

    times = ("s", "sec", "second", "seconds", "m", "min", "minute", "minutes", "h", "hr", "hour", "hours")
    space, verb = rng.choice(["", " "]), rng.choice(["Charge", "Discharge", "Hold", "Rest"])
    flow = f"{number(0.1, 9)}{space}{rng.choice(['A', 'mA', 'C', 'mC'])}"
    flow = rng.choice([flow, f"C/{rng.randrange(1, 90)}", f"C/{number(1, 9)}"])
    voltage = f"{number(2, 5)}{space}V" if rng.random() < 0.8 else f"{rng.randrange(2000, 5000)} mV"
    drive = rng.choice([flow, f"{number(1, 9)}{space}{rng.choice(['W', 'mW', 'Ohm', 'mOhm'])}"])
    time = f"for {number(1, 99)}{rng.choice(['', ' '])}{rng.choice(times)}"
    if verb == "Rest":
        ends = [time]
    elif verb == "Hold":
        ends = rng.choice([[time], [f"until {flow}"], [time, f"until {flow}"]])
    else:
        sign = rng.choice(["", "", "> ", "<"])
        ends = rng.choice([[time], [f"until {sign}{voltage}"], [time, f"until {sign}{voltage}"]])
    at = {"Rest": "", "Hold": f" at {voltage}"}.get(verb, f" at {drive}")
    period = f" ({number(1, 99)} {rng.choice(times)} period)" if rng.random() < 0.2 else ""
    return f"{verb}{at} {' or '.join(ends)}{period}"


def test_any_string_of_its_grammar_means_what_it_means_to_pybamm():
    """500 random ones, to the last bit."""
    rng = random.Random(5)
    for _ in range(500):
        words = string(rng)
        assert Protocol(words) == Protocol.from_pybamm(pybamm.Experiment([words])), words


EXPERIMENT = [
    (
        "Discharge at C/10 for 10 hours or until 3.3 V",
        "Rest for 1 hour",
        "Charge at 1 A until 4.1 V",
        "Hold at 4.1 V until 50 mA",
        "Rest for 1 hour",
    )
] * 3 + ["Discharge at 1C until 3 V", "Rest for 5 minutes"]


def parts(experiment):
    """Everything about an experiment that PyBaMM runs by."""
    names = ("input_value", "duration", "uses_default_duration", "termination", "period", "temperature", "direction")
    return (
        experiment.cycle_lengths,
        experiment.termination,
        [(type(s), *(getattr(s, name) for name in names)) for s in experiment.steps],
    )


def test_an_experiment_comes_back_from_here_as_it_was():
    """Cycles, periods, temperatures, terminations; and by way of text and of JSON."""
    one = pybamm.Experiment(EXPERIMENT, period="2 minutes", temperature="10oC", termination=["2.5 V", "50 hours"])
    protocol = Protocol.from_pybamm(one)
    assert isinstance(protocol.nodes[0], Repeat) and protocol.nodes[0].times == 3
    assert protocol.whenever == (Condition("voltage", "below", 2.5), Condition("time", "above", 180000.0))
    for same in (protocol, Protocol(protocol.to_text()), Protocol.from_json(protocol.to_json())):
        assert parts(same.to_pybamm()) == parts(one)


def test_a_list_for_pybamm_can_be_read_as_it_is():
    assert Protocol(EXPERIMENT).to_pybamm().cycle_lengths == pybamm.Experiment(EXPERIMENT).cycle_lengths
    assert Protocol(EXPERIMENT).steps == Protocol.from_pybamm(pybamm.Experiment(EXPERIMENT)).steps
    assert Protocol(pybamm.Experiment(EXPERIMENT)) == Protocol.from_pybamm(pybamm.Experiment(EXPERIMENT))
    with pytest.raises(ProtocolError, match="give cellsim.Protocol.from_pybamm"):
        Protocol([pybamm.step.current(1.0, duration=10)])


def test_steps_of_pybamm_are_translated_by_their_kind():
    """Negative values are charges, drive cycles profiles, one that is too short is begun again as PyBaMM does."""
    table = np.array([[0.0, 1.0], [1.0, -2.0], [2.0, 0.5]])
    steps = [
        pybamm.step.current(-2, duration=60),
        pybamm.step.resistance(-3, duration="1 minute"),
        pybamm.step.voltage(4.1, duration=1.0, termination="C/10", temperature=300, period=2),
        pybamm.step.power(table),
        pybamm.step.c_rate(table, duration=5.0),
        pybamm.step.c_rate(1, termination=["3 V", "< 2 A"]),
    ]
    made = Protocol.from_pybamm(pybamm.Experiment(steps)).nodes
    assert made[:4] == (
        Step("current", -2.0, 60.0),
        Step("resistance", -3.0, 60.0),
        Step("voltage", 4.1, 1.0, (Limit("c-rate", 0.1),), 300.0, 2.0),
        Step("power", Profile((0, 1, 2), (1, -2, 0.5))),
    )
    again = steps[4].value  # PyBaMM's own table
    assert made[4].duration == 5.0 and made[4].control == "c-rate"
    t = np.linspace(0, 5, 21)
    assert made[4].target(t) == approx(np.interp(t, again.x[0], again.y), abs=1e-15)
    assert made[5].until == (Limit("voltage", 3.0), Limit("current", 2.0))


@pytest.mark.parametrize(
    "make, what",
    [
        (lambda: [pybamm.step.current(lambda t: 1.0 + 0 * t, duration=1)], r"step 1 .*: its value is a function"),
        (
            lambda: ["Rest for 1 s", pybamm.step.CustomStepExplicit(lambda v: 1, duration=1)],
            "step 2 .*CustomStepExplicit",
        ),
        (
            lambda: [
                pybamm.step.current(1, termination=pybamm.step.CustomTermination("x", lambda v: v["Voltage [V]"]))
            ],
            "step 1 .*CustomTermination",
        ),
        (lambda: ["Discharge at 1 A until > 2 A"], "only a current that falls"),
        (lambda: [pybamm.step.string("Hold at 4 V until 4.2 V")], "step 1 .*cannot end at another one"),
    ],
)
def test_what_pybamm_alone_can_say_is_refused_with_the_step(make, what):
    with pytest.raises(ProtocolError, match=what):
        Protocol.from_pybamm(pybamm.Experiment(make()))


@pytest.mark.parametrize("words", [["80% capacity", "2.5 V"], ["4 Ah capacity", "12 h"], ["4.5 A.h capacity"]])
def test_terminations_are_carried_both_ways(words):
    """PyBaMM reads its own texts; what is made of ours says the same."""
    experiment = pybamm.Experiment(["Rest for 1 s"], termination=words)
    protocol = Protocol("Rest for 1 s", termination=words)
    assert Protocol.from_pybamm(experiment) == protocol == Protocol(protocol.to_text())
    assert protocol.to_pybamm().termination == experiment.termination
    assert Protocol.from_json(protocol.to_json()) == protocol


def test_start_times_are_carried_both_ways():
    start = datetime(2026, 1, 1, 8)
    made = [
        pybamm.step.string("Discharge at 1 A for 1 hour", start_time=start),
        pybamm.step.rest(600, start_time=start + timedelta(hours=2, seconds=0.5)),
    ]
    protocol = Protocol.from_pybamm(pybamm.Experiment(made))
    assert [s.start_time for s in protocol.steps] == [s.start_time for s in made]
    assert protocol == Protocol(protocol.to_text()) == Protocol.from_json(protocol.to_json())
    assert [s.start_time for s in protocol.to_pybamm().steps] == [s.start_time for s in made]


def test_other_things_are_refused():
    with pytest.raises(ProtocolError, match="one capacity only"):
        Protocol("Rest for 1 s", termination=["80% capacity", "4 Ah"]).to_pybamm()
    with pytest.raises(ProtocolError, match="give a pybamm.Experiment, not str"):
        Protocol.from_pybamm("Rest for 1 s")


@pytest.mark.parametrize(
    "words, what",
    [
        ("Rest for 1 s; Charge at 3 mA/cm2 until 4.2 V", "3 mA/cm2 until 4.2 V: PyBaMM cannot control the current d"),
        ("Charge at 1C until 80% SOC", "PyBaMM cannot end a step at 80% SOC"),
        ("Hold plating margin at 10 mV until 4.2 V", "cannot control the plating margin"),
        ("Heat at 5 W for 1 s", "Heat at 5 W for 1 second: PyBaMM has no heater"),
        ("CCCV at 1C to 4.2 V until C/20 for 30 min", "cannot limit a charge and its hold together"),
        ("Rest for 1 s; Stop if soc above 50%", "Stop if soc above 50%: PyBaMM has no jumps"),
        ("Rest for 1 s; Stop whenever soc above 50%", "cannot end an experiment when the soc"),
        ("Run US06 until 3 V", "needs a side, above or below"),
    ],
)
def test_what_pybamm_cannot_say_is_refused_with_the_step(words, what):
    with pytest.raises(ProtocolError, match=what):
        Protocol(words).to_pybamm()


def test_a_cccv_without_a_time_is_two_steps_to_pybamm():
    assert parts(Protocol("CCCV at 1C to 4.2 V until C/20").to_pybamm())[0] == [1, 1]
    assert len(Protocol("Repeat 2: CCCV at 1C to 4.2 V until C/20; Repeat 2: Rest for 1 s").to_pybamm().steps) == 8


def test_the_json_form_keeps_its_schema():
    """Of a protocol with every kind of node, by jsonschema; and the schema refuses what the reader refuses."""
    words = (
        "Stop whenever soc below 1%; Label a; Run WLTC at 2C peak; Goto a if ended by voltage, at most 2 times; "
        "Repeat 2: CCCV at 1C to 4 V until C/20 for 1 h; Run [0: 1, 2: 3]; End; Stop if time above 1 h; Stop"
    )
    data = json.loads(Protocol(words).to_json())
    schema = Protocol.json_schema()
    jsonschema.validate(data, schema)
    assert Protocol.from_json(data) == Protocol(words)
    data["steps"][0]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)


@pytest.mark.parametrize(
    "text, what",
    [
        ("{", "not valid JSON"),
        ("[]", "the protocol"),
        ("null", "the protocol"),
        ("[" * 100_000, "nested too deeply"),
        ('{"format": 2, "steps": []}', "format: "),
        ('{"format": 1}', "steps: Field required"),
        ('{"format": 1, "steps": [{"kind": "rest"}]}', r"steps\[0\]: needs one of the keys"),
        ('{"format": 1, "steps": [{"control": "rest", "duration": "5"}]}', r"steps\[0\].duration: .*number"),
        (
            '{"format": 1, "steps": [{"repeat": 2, "steps": [{"control": "rest", "dur": 5}]}]}',
            r"steps\[0\].*dur: Extra",
        ),
        ('{"format": 1, "steps": [{"control": "rest", "duration": NaN}]}', "NaN is not a number"),
        ('{"format": 1, "steps": [{"control": "colour", "duration": 1}]}', "control 'colour': choose one of"),
        ('{"format": 1, "steps": [{"control": "power", "target": {"cycle": "US7"}}]}', "'US7': choose one of"),
        ('{"format": 1, "steps": [{"goto": "x", "times": 0}]}', "goto x, times 0"),
        ('{"format": 1, "steps": []}', "has no step"),
    ],
)
def test_bad_json_is_refused_with_the_place(text, what):
    with pytest.raises(ProtocolError, match=what):
        Protocol.from_json(text)


def test_json_with_anything_exchanged_raises_nothing_else():
    """Each value of a form replaced by values of every type."""
    whole = json.loads(Protocol("Repeat 2: Charge at 1C until 4 V; Goto a 2 times; Label a; End; Run US06").to_json())

    def places(value, path=()):
        yield path
        for key, inner in (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        ):
            yield from places(inner, (*path, key))

    for path in list(places(whole))[1:]:
        for other in (None, True, -1, 1e999, "x", [], {}, [[]], {"control": 1}):
            data = json.loads(json.dumps(whole))
            spot = data
            for key in path[:-1]:
                spot = spot[key]
            spot[path[-1]] = other
            with contextlib.suppress(ProtocolError):
                Protocol.from_json(data)


def test_the_packaged_cycles_are_what_their_page_says():
    """Points, duration, length and top speed; the energy of WLTC is that of its source, 2.947 kWh of 192 cells.

    Lengths to the 0.01 mile to which the Environmental Protection Agency states them.
    """
    assert {p.stem for p in HOME.glob("*.csv")} == {*CYCLES, "US06_current", "WLTC_3b"}
    for name, points, last in (
        ("US06", 602, 600.0),
        ("UDDS", 1371, 1369.0),
        ("HWFET", 767, 765.0),
        ("WLTC", 1801, 1800.0),
    ):
        cycle = load(name)
        assert len(cycle.times) == points and cycle.duration == last
    for name, miles, top in (("US06", 8.01, 80.3), ("UDDS", 7.45, 56.7)):
        t, v = np.loadtxt(HOME / f"{name}.csv", delimiter=",", unpack=True)
        assert np.trapezoid(v, t) / 3600.0 == approx(miles, abs=0.005) and v.max() == top
    t, current = np.loadtxt(HOME / "US06_current.csv", delimiter=",", unpack=True)
    assert np.corrcoef(np.interp(t - 0.5, load("US06").times, load("US06").values), current)[0, 1] > 0.97
    energy = np.trapezoid(load("WLTC").values, load("WLTC").times) / 3.6e6 * vehicle().cells
    assert energy == approx(2.9474, abs=1e-4)
    with pytest.raises(ProtocolError, match="choose one of US06"):
        load("FTP")


def test_every_number_of_the_vehicle_has_a_unit_a_source_and_a_method():
    data = json.loads((HOME / "vehicle.json").read_text(encoding="utf-8"))
    numbers = {k: v for k, v in data.items() if isinstance(v, dict) and "value" in v}
    assert len(numbers) == 10
    for entry in numbers.values():
        assert entry["unit"] and entry["source"] in data["sources"] and entry["method"] in ("stated", "assumed")


def test_a_cell_delivers_what_the_vehicle_needs():
    """Energy of a drive against that of its parts: inertia lost and regained, drag and rolling; rel 1e-12 is rounding.

    At full efficiency and full recovery the inertia cancels over a drive that ends where it began.
    """
    t = np.arange(0.0, 101.0)
    v = 20.0 * np.sin(np.pi * t / 100.0)
    car = Vehicle(1500.0, 30.0, 0.8, 0.01, 1.0, 1.0, 200.0, 1.2, 100)
    power = drive(t, v, car)
    mean = 0.5 * (v[1:] + v[:-1])
    wanted = (0.5 * 1.2 * 0.8 * (mean**3).sum() + 0.01 * 1500.0 * 9.80665 * mean.sum() + 200.0 * 100.0) / 100
    middle = np.array(power.values[1:-1])
    assert middle.sum() == approx(wanted, rel=1e-12)
    assert drive(t, v).peak > power.peak * 100 / 192 and min(drive(t, v).values) < 0.0
    with pytest.raises(ProtocolError, match="speeds"):
        drive((0.0, 1.0), (0.0, -1.0))


def test_the_vehicle_at_a_steady_speed_draws_its_known_power():
    """100 km/h by hand: 0.5 * 1.2 * 0.315 * 2.755 v^3 + 0.008 m g v, over 0.88, and 250 W; rel 1e-12 is rounding."""
    v = 100.0 / 3.6
    wheels = 0.5 * 1.2 * 0.315 * 2.755 * v**3 + 0.008 * 1613.0 * 9.80665 * v
    assert drive((0.0, 10.0), (v, v)).values == approx([(wheels / 0.88 + 250.0) / 192] * 3, rel=1e-12)


def test_protocol_is_public():
    assert cellsim.Protocol is Protocol and "Protocol" in dir(cellsim)


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: pybamm.step.rest(duration=3600, termination="< 4.0 V"), "Rest for 1 hour or until below 4 V"),
        (
            lambda: pybamm.step.current(0, duration=60, termination=["< 3.5 V", "> 4.1 V"]),
            "Rest for 1 minute or until below 3.5 V or until above 4.1 V",
        ),
        (lambda: pybamm.step.rest(termination="> 4.0 V"), "Rest until above 4 V"),
        (lambda: pybamm.step.power(0, duration=60, termination="< 4.0 V"), "Rest for 1 minute or until below 4 V"),
        (
            lambda: pybamm.step.current(
                np.array([[0.0, 1.0], [9.0, 2.0]]), termination=pybamm.step.VoltageTermination(3.0, "<")
            ),
            "Run [0: 1, 9: 2] until below 3 V",
        ),
    ],
)
def test_limits_of_a_rest_and_of_a_load_are_kept(make, text):
    """As PyBaMM looks at them: by their sign; and they come back."""
    found = Protocol.from_pybamm(pybamm.Experiment([make()]))
    assert found == Protocol(text)
    assert parts(found.to_pybamm())[2][0][4] == parts(pybamm.Experiment([make()]))[2][0][4]


def test_a_rest_with_a_limit_ends_at_it():
    """After a charge of 10 min at 1C the voltage relaxes below 4 V within a minute, not in an hour."""
    steps = ["Charge at 1C for 10 minutes", pybamm.step.rest(duration=3600, termination="< 4.0 V")]
    result = cellsim.simulate("lgm50_chen2020", Protocol.from_pybamm(pybamm.Experiment(steps)), soc=0.6)
    rest = result.steps[1]
    assert rest.t_end - rest.t_start < 600.0 and result["Voltage [V]"][-1] == approx(4.0, abs=1e-5)


def test_a_limit_that_pybamm_does_not_look_at_is_left_out_with_a_warning():
    """A voltage without a sign ends neither a charge nor a discharge in a rest."""
    with pytest.warns(cellsim.CellsimWarning, match="does not end a step that begins without a current at 4 V"):
        found = Protocol.from_pybamm(pybamm.Experiment([pybamm.step.rest(duration=60, termination="4.0 V")]))
    assert found == Protocol("Rest for 1 minute")


@pytest.mark.parametrize(
    "make, what",
    [
        (lambda: pybamm.step.rest(duration=60, termination="1 A"), "step 1 .*a rest passes no current"),
        (lambda: pybamm.step.power(0, duration=60, termination="C/3"), "step 1 .*a rest passes no current"),
        (lambda: pybamm.step.resistance(0, duration=60), "step 1 .*short circuit"),
        (lambda: pybamm.step.current(pybamm.InputParameter("I"), duration=60), "step 1 .*input parameter"),
        (
            lambda: pybamm.step.current(
                1.0, duration=60, termination=pybamm.step.VoltageTermination(pybamm.InputParameter("V"), "<")
            ),
            "step 1 .*its termination is not a number",
        ),
    ],
)
def test_steps_that_would_be_something_else_here_are_refused(make, what):
    with pytest.raises(ProtocolError, match=what):
        Protocol.from_pybamm(pybamm.Experiment([make()]))


@pytest.mark.parametrize(
    "words, what",
    [
        ("Force; Rest for 1 s", "cannot go beyond the cut-off"),
        ("Repeat 1000000: Repeat 1000000: Rest for 1 s", "too many for PyBaMM"),
    ],
)
def test_a_whole_that_pybamm_cannot_say_is_refused(words, what):
    with pytest.raises(ProtocolError, match=what):
        Protocol(words).to_pybamm()


def test_without_pybamm_the_remedy_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pybamm", None)
    with pytest.raises(ProtocolError, match="PyBaMM is not installed: pip install pybamm"):
        Protocol("Rest for 1 s").to_pybamm()
