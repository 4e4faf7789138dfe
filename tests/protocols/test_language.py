"""The protocol language: what it says, that nothing is lost in writing it, and what is shown where it is wrong."""

import random
import re
from pathlib import Path

import pytest
from protocol_maker import nodes, text

import cellsim
from cellsim import Limit, Profile, Protocol, ProtocolError, Step
from cellsim.protocols import CCCV, Condition, Goto, Label, Repeat, Stop, check

PAGE = (Path(__file__).parents[2] / "docs" / "protocols.md").read_text(encoding="utf-8")

STEPS = [
    ("Charge at 2C until 4.2 V", Step("c-rate", -2.0, None, (Limit("voltage", 4.2),))),
    ("discharge at c/10 for 10 hours or until 3.3 v", Step("c-rate", 0.1, 36000.0, (Limit("voltage", 3.3),))),
    ("CHARGE AT 200 MA FOR 45 MIN", Step("current", -0.2, 2700.0)),
    ("Discharge at 1.5kW for 1 s", Step("power", 1500.0, 1.0)),
    ("Discharge at 20 mOhm for 1 s", Step("resistance", 0.02, 1.0)),
    ("Charge at 3 mA/cm2 until 80% SOC", Step("current density", -30.0, None, (Limit("soc", 0.8),))),
    ("Charge at 30 A/m2 until soc 0.8", Step("current density", -30.0, None, (Limit("soc", 0.8),))),
    (
        "Charge at 1C for 2 Ah or 30 min or 45 °C",
        Step("c-rate", -1.0, 1800.0, (Limit("capacity", 2.0), Limit("temperature", 318.15))),
    ),
    (
        "Charge at 1C until 4.2 V, 45 degC, plating margin 10 mV",
        Step(
            "c-rate", -1.0, None, (Limit("voltage", 4.2), Limit("temperature", 318.15), Limit("plating margin", 0.01))
        ),
    ),
    (
        "Charge at 1C until critical current margin -0.5 mA/cm2",
        Step("c-rate", -1.0, None, (Limit("critical current margin", -5.0),)),
    ),
    ("Discharge at 1 A until < 3 V", Step("current", 1.0, None, (Limit("voltage", 3.0, "below"),))),
    ("Rest for 1 hour (1 minute period)", Step("rest", 0.0, 3600.0, period=60.0)),
    ("Rest for 1 day at ambient -10 degC", Step("rest", 0.0, 86400.0, temperature=263.15)),
    ("Rest until temperature below 25 oC", Step("rest", 0.0, None, (Limit("temperature", 298.15, "below"),))),
    ("Discharge at 0 A for 1 s", Step("rest", 0.0, 1.0)),
    ("Hold at 4.1 V until 50 mA", Step("voltage", 4.1, None, (Limit("current", 0.05),))),
    ("hold 4.1 V until c/20", Step("voltage", 4.1, None, (Limit("c-rate", 0.05),))),
    ("Hold at 1 A for 1 s", Step("current", 1.0, 1.0)),
    ("Hold plating margin at 10 mV until 4.2 V", Step("plating margin", 0.01, None, (Limit("voltage", 4.2),))),
    (
        "Hold critical current margin at 1 mA/cm2 until 4.2 V",
        Step("critical current margin", 10.0, None, (Limit("voltage", 4.2),)),
    ),
    ("Hold temperature at 45 degC for 10 min", Step("temperature", 318.15, 600.0)),
    ("Heat at 50 W until 25 degC", Step("rest", 0.0, None, (Limit("temperature", 298.15),), heater=50.0)),
    ("Self-heat at 30 W until 10 degC", Step("power", 30.0, None, (Limit("temperature", 283.15),), self_heating=True)),
    ("Charge at 1C until 4.2 V with heater 5 W", Step("c-rate", -1.0, None, (Limit("voltage", 4.2),), heater=5.0)),
    ("Discharge at 1C for 1 min with self-heating", Step("c-rate", 1.0, 60.0, self_heating=True)),
    ("Run [0: 1, 10: 2.5] in W until 3 V", Step("power", Profile((0, 10), (1, 2.5)), None, (Limit("voltage", 3.0),))),
]


@pytest.mark.parametrize("words, step", STEPS, ids=[w for w, _ in STEPS])
def test_a_sentence_means_its_step(words, step):
    """Each number to rounding: 1e-15 of units such as mA."""
    assert Protocol(words).nodes == (step,)


def test_steps_are_parted_by_lines_semicolons_and_then_and_remarks_are_left_out():
    one = Protocol("Rest for 1 s\n\n  rest for 2 s # so; it\n; Rest for 3 s; then rest for 4 s, then rest for 5 s.")
    assert [s.duration for s in one.nodes] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_cccv_is_a_charge_and_a_hold_within_one_time():
    charge = Step("c-rate", -2.0, None, (Limit("voltage", 4.2), Limit("temperature", 318.15)))
    hold = Step("voltage", 4.2, None, (Limit("c-rate", 0.05), Limit("temperature", 318.15)))
    assert Protocol("CCCV at 2C to 4.2 V until C/20 or 45 degC for 30 min").nodes == (CCCV(charge, hold, 1800.0),)
    assert [s.duration for s in Protocol("CC-CV at 2C to 4.2V for 30 min").steps] == [1800.0, 1800.0]


def test_cycles_jumps_and_ends_are_nodes():
    found = Protocol("""
        stop whenever voltage below 2 V
        Repeat 3 times:
          label again
          Rest for 1 s
          goto again if temperature above 30 degC, at most 4 times
          Repeat 2: rest for 2 s; end
        end repeat
        goto done if ended by plating margin
        stop if soc >= 80%
        label done; rest for 3 s""")
    rests = [Step("rest", 0.0, float(k)) for k in (1, 2, 3)]
    assert found.whenever == (Condition("voltage", "below", 2.0),)
    assert found.nodes == (
        Repeat(
            (
                Label("again"),
                rests[0],
                Goto("again", Condition("temperature", "above", 303.15), 4),
                Repeat((rests[1],), 2),
            ),
            3,
        ),
        Goto("done", Condition("ending", "plating margin")),
        Stop(Condition("soc", "above", 0.8)),
        Label("done"),
        rests[2],
    )


def test_lists_join_and_tuples_are_cycles():
    step = cellsim.rest(3.0)
    found = Protocol(["Rest for 1 s; Rest for 2 s", ("Rest for 1 s", step), step, Protocol("Repeat 2: rest for 1 s")])
    rest = Step("rest", 0.0, 1.0)
    assert found.nodes == (rest, Step("rest", 0.0, 2.0), Repeat((rest, step)), step, Repeat((rest,), 2))
    assert found.steps == (rest, Step("rest", 0.0, 2.0), step)


def test_period_and_temperature_of_a_protocol_are_those_of_steps_without():
    found = Protocol(
        ["Rest for 1 s (2 s period)", ("CCCV at 1C to 4 V for 1 s at ambient 0 degC",)], period=5.0, temperature=300.0
    )
    assert [(s.period, s.temperature) for s in found.steps] == [(2.0, 300.0), (5.0, 273.15), (5.0, 273.15)]


def test_a_file_is_a_profile_and_keeps_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "load.csv").write_text("0,1\n10,-4\n")
    found = Protocol('Run "load.csv" at 2C peak for 5 s')
    assert found.nodes == (Step("c-rate", Profile((0, 10), (0.5, -2.0)), 5.0),)
    assert found.to_text() == 'Run "load.csv" at 2C peak for 5 seconds'
    assert Protocol.from_json(found.to_json()) == found


@pytest.mark.parametrize("seed", range(8))
def test_text_and_json_of_a_protocol_give_the_same_protocol(seed):
    """50 random protocols each, of every control, limit, profile, cycle, jump and condition: equal, to the last bit."""
    rng = random.Random(seed)
    for _ in range(50):
        one = Protocol(nodes(rng))
        words = one.to_text()
        again = Protocol(words)
        assert again == one and again.to_text() == words
        assert Protocol.from_json(one.to_json()) == one


def test_a_hundred_thousand_wrong_texts_raise_nothing_else():
    """Letters, words, and right texts with words or letters exchanged; some of the last are still right."""
    rng = random.Random(1)
    right = 0
    for _ in range(100_000):
        words = text(rng)
        try:
            Protocol(words)
            right += 1
        except ProtocolError:
            pass
    assert 100 < right < 20_000


FAULTS = [
    ("Charge at 1C untl 4.2 V", "untl", "'untl' was not understood", "did you mean 'until'?"),
    ("Rest for 1 s; Chrge at 1C", "Chrge", "'Chrge' was not understood", "did you mean 'charge'?"),
    ("Charge at 1 Vv until 4 V", "Vv", "'Vv' is not a unit", "expected A, mA, C"),
    ("Charge at 1 furlong until 4 V", "furlong", "'furlong' is not a unit", "expected A, mA, C"),
    ("Charge at 1C for 2 V", "2 V", "this is a voltage", "expected a time (10 min) or a charge (2 Ah)"),
    ("Charge at 4.2 V for 1 h", "4.2 V", "for a voltage write 'hold at'", "expected a current"),
    ("Charge at -1 A for 1 h", "-1 A", "leave out the minus", ""),
    ("Run US6", "US6", "'US6' was not understood", "did you mean 'US06'?"),
    ("Stop if volt above 3 V", "volt", "'volt' was not understood", "did you mean 'voltage'?"),
    ("Repeat 3 rest for 1 s", "rest", "'rest' was not understood", "expected times or ':'"),
    ("Repeat 1.5: rest for 1 s", "1.5", "give a whole number", ""),
    ("Rest for 1 h Charge at 1C", "Charge", "'Charge' was not understood", "expected ';', a new line, then"),
    ("Hold at 4.2 V", "Hold at 4.2 V", "needs a duration or a current to end at", ""),
    ("Discharge at 1 A until 4 V, 3 V", "Discharge at 1 A until 4 V, 3 V", "two limits of voltage, 4 and 3 V", ""),
    ("Charge at 1C until above 4 V or below 4.1 V", "Charge at 1C until above 4 V or below 4.1 V", "contradict", ""),
    ("Charge at 1 A until 2 A", "Charge at 1 A until 2 A", "is reached at once", ""),
    ("Hold at 4 V until 4.2 V", "Hold at 4 V until 4.2 V", "cannot end at another one", ""),
    ("Rest for 1e9 days", "Rest for 1e9 days", "at most 1e+07 s", ""),
    ("Rest for 1e999 s", "1e999 s", "too large", ""),
    ("Rest for 1 s for 2 s", "2 s", "a second duration", ""),
    ("Charge at 1C until 120% SOC", "120% SOC", "between 0 and 1", ""),
    ("Rest for 1 s at ambient -300 degC", "Rest for 1 s at ambient -300 degC", "between 150 and 500", ""),
    ("Run 'nothing.csv'", "Run 'nothing.csv'", "cannot be read", ""),
    ("Run 'nothing.csv", "'", "a quotation mark is not closed", ""),
    ("Run [0: 1, 0: 2]", "Run [0: 1, 0: 2]", "times must rise", ""),
    ("Rest for 1 s\nHold at 4 V unil C/20\nRest for 1 s", "unil", "line 2, column 13", "did you mean 'until'?"),
]


@pytest.mark.parametrize("words, marked, what, expected", FAULTS, ids=[f[0] for f in FAULTS])
def test_a_fault_is_shown_with_a_caret_and_what_was_expected(words, marked, what, expected):
    """The marks stand under the words at fault, in the line of the text that holds them."""
    with pytest.raises(ProtocolError) as caught:
        Protocol(words)
    head, line, marks, *rest = str(caught.value).splitlines()
    assert what in head and expected in "".join(rest)
    start, width = marks.index("^"), marks.count("^")
    assert line[start : start + width] == marked and marks.strip() == "^" * width


@pytest.mark.parametrize("words", ["", "# nothing", "label a", "stop whenever voltage below 3 V", []])
def test_a_protocol_without_a_step_is_refused(words):
    with pytest.raises(ProtocolError, match="has no step"):
        Protocol(words)


def test_an_end_of_the_text_is_marked_behind_it():
    with pytest.raises(ProtocolError, match=r"(?s)column 19: the step ends too early.*\n {20}\^\nexpected a voltage"):
        Protocol("Charge at 1C until")


def test_cycles_are_not_nested_without_end():
    with pytest.raises(ProtocolError, match="more than 20"):
        Protocol("repeat 2: " * 1000 + "rest for 1 s")


@pytest.mark.parametrize("source", [None, 3, [None], {"a": 1}])
def test_what_is_no_protocol_is_refused_in_words(source):
    with pytest.raises(ProtocolError, match="is made of text, a Step or a list"):
        Protocol(source)


def test_a_protocol_is_immutable_and_can_be_copied():
    import copy
    import pickle

    one = Protocol("Rest for 1 s", force=True)
    with pytest.raises(AttributeError):
        one.nodes = ()
    for other in (copy.deepcopy(one), pickle.loads(pickle.dumps(one)), Protocol(one)):
        assert other == one and hash(other) == hash(one) and other.force
    assert Protocol("force; rest for 1 s") == one and one != Protocol("rest for 1 s")


def test_a_protocol_says_what_the_run_must_know_and_whether_it_needs_heat():
    words = "Stop whenever time above 1 h; rest for 1 s; repeat 2: rest for 1 s; stop if soc < 0.5"
    assert Protocol(words).asks == {"soc"}
    assert Protocol("rest for 1 s; goto a if ended by time; stop if capacity < 1 Ah; label a").asks == frozenset()
    assert not Protocol("Charge at 1C until 4.2 V at ambient 0 degC").needs_heat
    for words in (
        "Heat at 1 W for 1 s",
        "Self-heat at 1 W for 1 s",
        "Charge at 1C until 45 degC",
        "Hold temperature at 45 degC for 1 s",
        "Rest for 1 s; Stop if temperature above 45 degC",
    ):
        assert Protocol(words).needs_heat, words


@pytest.mark.parametrize(
    "words, what",
    [
        ("Hold at 5 V for 1 s", "the voltage 5 V lies above the upper cut-off voltage of .*, 4.2 V"),
        ("Charge at 1C until 4.3 V", "the limit 4.3 V lies above"),
        ("Rest for 1 s; Repeat 2: Discharge at 1C until 1 V", "the limit 1 V lies below the lower cut-off voltage"),
        ("Run [0: 4, 5: 1] in V", "the voltage 1 V lies below"),
    ],
)
def test_voltages_beyond_the_cut_offs_are_refused_unless_forced(words, what):
    cell = cellsim.load("lgm50_chen2020")
    with pytest.raises(ProtocolError, match=what):
        Protocol(words).check(cell)
    Protocol(words, force=True).check(cell)


@pytest.mark.parametrize(
    "words, start, what",
    [
        ("Charge at 1C until 20% SOC", {"soc": 0.5}, "20% SOC is already violated at the start, where the soc is 0.5"),
        ("Discharge at 1C until 4 V", {"voltage": 3.7}, "4 V is already violated"),
        ("Repeat 2: Charge at 1C until above 20 degC", {"temperature": 300.0}, "above 20 degC is already violated"),
    ],
)
def test_a_limit_violated_at_the_start_is_refused(words, start, what):
    """At the limit itself, or on the other side of it, it is not."""
    cell, protocol = cellsim.load("lgm50_chen2020"), Protocol(words)
    with pytest.raises(ProtocolError, match=what):
        check(protocol, cell, start)
    (x,) = protocol.steps[0].until
    check(protocol, cell, {x.quantity: x.value})
    check(protocol, cell)


EXAMPLES = re.findall(r"```protocol\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.splitlines()[0][:40])
def test_the_examples_of_the_page_are_right(example, tmp_path, monkeypatch):
    """And lose nothing when they are written again."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "load.csv").write_text("0,1\n10,2\n")
    assert Protocol(Protocol(example).to_text()) == Protocol(example)


def test_the_page_names_every_unit_control_and_limit():
    """So that it stays whole; and it has examples."""
    from cellsim.protocols.language.units import UNITS
    from cellsim.protocols.quantities import CONDITIONS, ENDED_BY

    assert len(EXAMPLES) >= 6
    for word in [*UNITS, *CONDITIONS, *ENDED_BY, *cellsim.protocols.CYCLES]:
        assert f"`{word}`" in PAGE, word
