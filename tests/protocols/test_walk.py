"""A protocol as it unfolds: cycles, jumps, conditions, shared times, and that every walk comes to an end."""

import contextlib
import random
from types import SimpleNamespace

import pytest
from protocol_maker import nodes

from cellsim import Ending, Protocol, ProtocolError
from cellsim.protocols import Condition, Stop
from cellsim.protocols.program import IDLE
from cellsim.protocols.quantities import CONDITIONS, ENDED_BY

WARM = {
    "voltage": 3.7,
    "current": 1.0,
    "c-rate": 0.2,
    "current density": 10.0,
    "soc": 0.5,
    "cell capacity": 4.0,
    "capacity retention": 1.0,  # the walk takes it from the capacities; in the first cycle nothing is lost
    "temperature": 300.0,
    "maximum temperature": 301.0,
    "plating margin": 0.05,
    "critical current margin": 3.0,
}


def outcome(step, ending=Ending.DURATION, lasted=None, charge=0.0, start=0.0):
    """What a run tells of a finished step."""
    lasted = step.duration if lasted is None else lasted
    return SimpleNamespace(
        ending=ending, t_start=start, t_end=start + lasted, discharge_capacity=0.0, charge_capacity=charge
    )


def durations(protocol, answer=lambda step, k: {}, most=1000):
    """Durations of the steps as they come, and the walk.  answer(step, k): of values and outcome, what differs."""
    walk, found = protocol.walk(), []
    try:
        step = next(walk)
        while len(found) < most:
            found.append(step.duration)
            more = answer(step, len(found))
            told = {k: more.pop(k) for k in ("ending", "lasted", "charge") if k in more}
            step = walk.send(outcome(step, **told), WARM | more)
    except StopIteration:
        pass
    return found, walk


def test_steps_come_in_their_order_and_cycles_as_often_as_they_say():
    inner = "Repeat 3: Rest for 3 s; End"
    found, walk = durations(Protocol(f"Rest for 1 s; Repeat 2: Rest for 2 s; {inner}; End; Rest for 4 s"))
    assert found == [1, 2, 3, 3, 3, 2, 3, 3, 3, 4] and walk.count == 10
    assert walk.reason == "the protocol is complete"


def test_cycles_are_numbered_as_in_pybamm():
    """Each step at the top is a cycle, and each turn of a repeat."""
    walk = Protocol(["Rest for 1 s", ("Rest for 2 s", "Rest for 3 s"), "Repeat 2: Rest for 4 s", "Rest for 5 s"]).walk()
    numbers, step = [], next(walk)
    for _ in range(6):
        numbers.append((step.duration, walk.cycle))
        try:
            step = walk.send(outcome(step), WARM)
        except StopIteration:
            break
    assert numbers == [(1, 1), (2, 2), (3, 2), (4, 3), (4, 4), (5, 5)]


def test_a_jump_counts_its_times_and_begins_to_count_anew():
    """Twice back in each of two turns; a jump without a count follows its condition."""
    found, _ = durations(Protocol("Repeat 2: Label a; Rest for 1 s; Goto a 2 times; End"))
    assert found == [1] * 6
    hot = Protocol("Label a; Rest for 1 s; Goto a if temperature above 30 degC; Rest for 2 s")
    assert durations(hot, lambda s, k: {"temperature": 310.0 - 2.0 * k})[0] == [1, 1, 1, 1, 2]
    few = Protocol("Label a; Rest for 1 s; Goto a if temperature above 30 degC, at most 2 times; Rest for 2 s")
    assert durations(few, lambda s, k: {"temperature": 400.0})[0] == [1, 1, 1, 2]


def test_a_jump_out_of_a_cycle_ends_it_and_it_can_begin_anew():
    """Out of the first turn, back, then three whole turns."""
    found, _ = durations(
        Protocol("""
        Label top; Rest for 1 s
        Repeat 3: Rest for 2 s; Goto out if soc above 0.9; End
        Goto done
        Label out; Rest for 3 s; Goto top
        Label done; Rest for 4 s"""),
        lambda s, k: {"soc": 0.95 if k == 3 else 0.5},
    )
    assert found == [1, 2, 2, 3, 1, 2, 2, 2, 4]


def test_a_protocol_stops_where_it_says_and_tells_why():
    found, walk = durations(Protocol("Rest for 1 s; Stop if soc above 60%; Rest for 2 s; Stop; Rest for 3 s"))
    assert found == [1, 2] and walk.reason == "ended by the protocol: Stop"
    found, walk = durations(
        Protocol("Stop whenever voltage below 3 V; Repeat 9: Rest for 1 s"), lambda s, k: {"voltage": 3.5 - 0.2 * k}
    )
    assert found == [1, 1, 1] and walk.reason == "ended by the protocol: Stop whenever voltage below 3 V"


def test_a_time_cuts_the_step_that_is_going_on():
    """Steps of 4 s within 10 s."""
    found, walk = durations(Protocol("Stop whenever time above 10 s; Repeat 9: Rest for 4 s"))
    assert found == pytest.approx([4, 4, 2], abs=1e-9) and walk.reason.endswith("Stop whenever time above 10 seconds")


def test_a_charge_and_its_hold_share_a_time():
    """20 of 30 minutes are left for the hold; none, or another end than the voltage, leaves it out."""
    protocol = Protocol("CCCV at 1C to 4.2 V until C/20 or 45 degC for 30 min; Rest for 1 s")
    up = {"ending": Ending.UPPER_VOLTAGE}
    assert durations(protocol, lambda s, k: up | {"lasted": 600.0} if k == 1 else {})[0] == [1800, 1200, 1]
    assert durations(protocol, lambda s, k: {"ending": Ending.CAPACITY, "lasted": 600.0})[0] == [1800, 1]
    assert durations(protocol)[0] == [1800, 1]


def test_a_charge_and_its_hold_share_a_charge():
    walk = Protocol("CCCV at 1C to 4.2 V until C/20 or 2 Ah").walk()
    hold = walk.send(outcome(next(walk), Ending.UPPER_VOLTAGE, 600.0, 1.5), WARM)
    assert {x.quantity: x.value for x in hold.until}["capacity"] == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("quantity", CONDITIONS)
def test_a_condition_compares_its_quantity(quantity):
    """Of the last step, with a number just below and just above; currents by magnitude."""
    value = {"capacity": 1.5, "time": 7.0, **WARM}[quantity]
    for factor, expected in ((0.99, 1), (1.01, 2)):
        stop = Stop(Condition(quantity, "above", factor * value))
        walk = Protocol(["Rest for 7 s", stop, "Rest for 1 s"]).walk()
        signed = WARM | {k: -WARM[k] for k in ("current", "c-rate", "current density")}
        with contextlib.suppress(StopIteration):
            walk.send(outcome(next(walk), charge=1.5), signed)
        assert walk.count == expected


@pytest.mark.parametrize("word", ENDED_BY)
def test_a_condition_knows_every_ending_by_its_word(word):
    """Each word stands for its endings, and for no other word's but soc and capacity."""

    def count(name):
        walk = Protocol(f"Rest for 1 s; Stop if ended by {word}; Rest for 2 s").walk()
        with contextlib.suppress(StopIteration):
            walk.send(outcome(next(walk), SimpleNamespace(name=name)), WARM)
        return walk.count

    names = {
        "time": "DURATION",
        "voltage": "UPPER_VOLTAGE",
        "current": "CURRENT",
        "capacity": "CAPACITY",
        "soc": "CAPACITY",
        "temperature": "TEMPERATURE",
        "plating margin": "PLATING_MARGIN",
        "critical current margin": "CRITICAL_CURRENT",
    }
    for other, name in names.items():
        assert count(name) == (1 if names[word] == name else 2), other


def test_a_condition_on_what_the_run_does_not_know_is_refused():
    walk = Protocol("Rest for 1 s; Stop if plating margin below 0 mV").walk()
    with pytest.raises(ProtocolError, match="compares the plating margin, which this run does not have"):
        walk.send(outcome(next(walk)), {})


@pytest.mark.parametrize(
    "words, what",
    [
        ("Label a; Rest for 1 s; Goto a", "this never ends"),
        ("Rest for 1 s; Label a; Goto a if soc above 0.5", "no step between"),
        ("Goto a; Rest for 1 s", "no label of that name"),
        ("Label fast; Rest for 1 s; Goto fsat 2 times", "did you mean 'fast'"),
        ("Repeat 2: Label a; Rest for 1 s; End; Goto a 2 times", "no label of that name in this block"),
        ("Label a; Rest for 1 s; Label a", "there are two of that name"),
        ("Stop if soc above 50%; Rest for 1 s", "a condition needs a step before it"),
        ("Repeat 2: Stop; End; Rest for 1 s", "a repeated block needs a step"),
        ("Rest for 1 s; Repeat 1e7: Rest for 1 s", "whole number from 1 to 1000000"),
    ],
)
def test_protocols_that_lead_nowhere_or_never_end_are_refused(words, what):
    with pytest.raises(ProtocolError, match=what):
        Protocol(words)


def test_a_protocol_without_an_end_is_stopped_with_the_reason():
    """By the number of steps, and where it goes round without one."""
    walk = Protocol("Label a; Rest for 1 s; Goto a if soc above 10%").walk(max_steps=25)
    step = next(walk)
    with pytest.raises(StopIteration):
        while True:
            step = walk.send(outcome(step), WARM)
    assert walk.count == 25 and walk.reason == "stopped after 25 steps, the most that are allowed"
    round_ = Protocol("Rest for 1 s; Label a; Goto b if soc above 10%; Rest for 2 s; Label b; Goto a if soc above 10%")
    found, walk = durations(round_)
    assert found == [1] and walk.reason == f"stopped: {IDLE} instructions in a row without a step"


def test_every_random_protocol_comes_to_an_end():
    """50 of them, with random outcomes: each walk ends within its steps, with a reason."""
    rng = random.Random(3)
    for _ in range(50):
        walk = Protocol(nodes(rng)).walk(max_steps=300)
        step = next(walk)
        with pytest.raises(StopIteration):
            while True:
                values = {k: rng.uniform(0.0, 2.0) * v for k, v in WARM.items()}
                step = walk.send(outcome(step, rng.choice(list(Ending)), rng.uniform(0.0, 10.0)), values)
        assert walk.reason and walk.count <= 300
