"""The table of quantities: every row is read, written, exchanged and run, and a new row needs no other change."""

import os
import random
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from protocol_maker import celsius, condition, limit, number, step

import cellsim
from cellsim import Limit, Protocol, ProtocolError, Step
from cellsim.protocols import Condition, Stop
from cellsim.protocols.language.units import UNITS, value_of, written
from cellsim.protocols.quantities import (
    BY_NAME,
    CONDITIONS,
    CONSTRAINED,
    CONSTRAINTS,
    CONTROLS,
    DRIVEN,
    ENDED_BY,
    FLOWS,
    HELD,
    LIMITS,
    TABLE,
)
from cellsim.protocols.reference import quantities_table, units_table
from cellsim.simulation import control as controls
from cellsim.studies.charging.constrained import ChargeConstraints
from cellsim.studies.charging.constraints import in_words, read_limits

ROOT = Path(__file__).parents[2]
OTHER = {"soc": 0.5, "temperature": 300.0}  # values that a quantity may have; 1 for all others


def value(name):
    return OTHER.get(name, 1.0)


def ended_step(name, side=""):
    """A step that may end at the limit."""
    control = "rest" if LIMITS[name].rest and name not in ("voltage", "temperature") else "c-rate"
    held = name in FLOWS
    return Step(
        "voltage" if held else control,
        4.0 if held else -0.5 if control == "c-rate" else 0.0,
        60.0,
        (Limit(name, value(name), side),),
    )


def again(one):
    """A step through the protocol language and JSON."""
    protocol = Protocol(one)
    assert str(protocol) == str(one) and Protocol.from_json(protocol.to_json()) == protocol
    return Protocol(str(one)).nodes[0]


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_is_read_and_written(name):
    """From each side that it may have; one from which it may not be reached is refused."""
    for side in ("", *LIMITS[name].sides):
        one = ended_step(name, side)
        assert again(one) == one
    for side in {"above", "below"} - set(LIMITS[name].sides):
        with pytest.raises(ProtocolError, match="reached from one side only"):
            Limit(name, value(name), side)


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_is_read_and_written(name):
    one = Step(name, 0.0 if CONTROLS[name].kind == "rest" else value(name), 60.0)
    assert again(one) == one
    if CONTROLS[name].profile:
        other = Step(name, cellsim.Profile((0.0, 5.0), (1.0, 2.5)))
        assert again(other) == other


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_is_read_and_written(name):
    one = Protocol(["Rest for 1 s", Stop(Condition(name, "above", value(name)))])
    assert Protocol(str(one)) == one == Protocol.from_json(one.to_json())


def test_roles_agree_with_each_other():
    """A limit can be compared, has an ending and a word for it, the hottest place that of the temperature; what is held
    or driven is a control; names are one."""
    assert len(BY_NAME) == len(TABLE) and set(DRIVEN) | set(HELD) | {"rest"} == set(CONTROLS)
    assert set(LIMITS) < set(CONDITIONS) and set(LIMITS) - set(FLOWS) <= set(ENDED_BY) | {"maximum temperature"}
    assert "current" in ENDED_BY and {BY_NAME[name].endings for name in FLOWS} == {BY_NAME["current"].endings, ()}
    for q in TABLE:
        assert bool(q.units) != bool(q.measured_in) or q.name == "rest"
        assert not q.units or q.symbol or q.name == "soc", q.name  # a unit without a factor
        assert q.noun and q.example


@pytest.mark.parametrize("spelling", UNITS)
def test_every_unit_is_read_in_any_case(spelling):
    """As the value of its quantity in a condition."""
    name, _, _ = UNITS[spelling]
    wanted = Condition(name, "above", value_of(300.0, spelling)) if name in CONDITIONS else None
    if wanted is None:
        found = Protocol(f"Discharge at 300 {spelling} for 1 s").steps[0].target
        assert found == value_of(300.0, spelling)
    else:
        for word in (spelling, spelling.upper(), spelling.lower()):
            assert Protocol(f"Rest for 1 s; Stop if {name} above 300 {word}").nodes[1] == Stop(wanted)


def test_units_are_written_as_they_are_read():
    """1000 random values of every quantity: exactly."""
    rng = random.Random(2)
    for q in TABLE:
        for _ in range(1000 if q.written else 0):
            wanted = celsius(rng) if q.name == "temperature" else rng.random() if q.name == "soc" else number(rng)
            text = written(wanted, q.name).removesuffix(" SOC")
            digits = text.rstrip("%").split()[0].removesuffix("C")
            unit = "%" if text.endswith("%") else "C" if text.endswith("C") and " " not in text else text.split()[-1]
            if text.startswith("C/"):
                assert 1.0 / float(text[2:]) == wanted
            else:
                assert (
                    value_of(float(digits), unit) if unit in UNITS or unit in ("hour", "minute") else float(digits)
                ) == wanted, text


def test_kernels_know_every_mode_and_field():
    """The names of the table are those of the kernels' modes and of the fields of their control."""
    assert set(controls.MODES) == set(CONTROLS)
    for name, role in LIMITS.items():
        assert {role.below, role.above} - {""} <= set(controls.FIELDS), name


def test_every_constraint_of_a_charge_is_read_and_written():
    """Its field, its variable and its text; two of the same are refused."""
    cell = cellsim.load("lgm50_chen2020")
    assert {role.field for role in CONSTRAINTS.values()} < {f.name for f in fields(ChargeConstraints)}
    for name, role in CONSTRAINTS.items():
        assert CONSTRAINED[name].variable
        text = f"{name} {'>=' if role.side == 'above' else '<='} 30 {role.unit}"
        found = read_limits(text, cell)
        assert getattr(found, role.field) == pytest.approx(30.0 / role.factor + role.zero, rel=1e-15)
        assert f"{name} {'>=' if role.side == 'above' else '<='} 30" in in_words(found)
        with pytest.raises(ProtocolError, match="a second limit"):
            read_limits(f"{text}, {text}", cell)


@pytest.mark.parametrize("name", [*CONTROLS, *(name for name in LIMITS if name not in CONTROLS)])
def test_every_row_is_exchanged_with_pybamm_or_refused(name):
    """As a control and as a limit: the same step comes back, or a sentence says that PyBaMM has none."""
    pytest.importorskip("pybamm")
    steps = [Step(name, 0.0 if name == "rest" else value(name), 60.0)] if name in CONTROLS else []
    steps += [ended_step(name, side) for side in ("", *LIMITS[name].sides)] if name in LIMITS else []
    for one in steps:
        known = CONTROLS[one.control].pybamm and all(
            LIMITS[x.quantity].pybamm and (not x.side or LIMITS[x.quantity].pybamm_sided) for x in one.until
        )
        if known:
            assert Protocol.from_pybamm(Protocol(one).to_pybamm()).nodes == (one,)
        else:
            with pytest.raises(ProtocolError, match="PyBaMM cannot"):
                Protocol(one).to_pybamm()


NEW_ROW = """
    Quantity("swelling", "um", "a swelling", "5 um", units=(Unit(("um",)), Unit(("mm",), 1e3)), written=("um",),
             variable="Swelling [um]", endings=(Ending.CURRENT,), limit=LimitRole("falling", "swelling_lo")),
"""
NEW_LIMIT = """
import cellsim, pytest
from cellsim import Limit, Protocol, Step
one = Protocol("Charge at 1C until swelling 0.5 mm or 4.2 V; Stop if swelling above 20 um; Stop if ended by swelling")
assert one.steps[0].until[0] == Limit("swelling", 500.0)
assert Protocol(str(one)) == one == Protocol.from_json(one.to_json()), str(one)
assert "swelling" in str(one.json_schema()) and one.asks == {"swelling"}
one.check(cellsim.load("lgm50_chen2020"))
for words in ("Charge at 1C until swelling 5 V", "Charge at 1C until swellin 5 um"):
    with pytest.raises(cellsim.ProtocolError, match="expected a swelling|did you mean 'swelling'"):
        Protocol(words)
with pytest.raises(cellsim.ProtocolError, match="the kernels have no swelling_lo"):
    cellsim.simulate("lgm50_chen2020", one.steps[0], cellsim.SPM())
from cellsim.protocols.reference import quantities_table
assert "| `swelling` | um | | falls to the value |" in quantities_table()
"""


def test_a_new_limit_touches_the_table_only(tmp_path):
    """A copy of the package with one more row reads it, writes it and exchanges it; simulate names the missing term."""
    shutil.copytree(ROOT / "cellsim", tmp_path / "cellsim", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "parameter_sets").symlink_to(ROOT / "parameter_sets")
    table = tmp_path / "cellsim" / "protocols" / "quantities.py"
    text = table.read_text(encoding="utf-8")
    assert text.count("\n)\n\nBY_NAME") == 1
    table.write_text(text.replace("\n)\n\nBY_NAME", f"{NEW_ROW})\n\nBY_NAME"), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "numba")}
    done = subprocess.run(
        [sys.executable, "-c", NEW_LIMIT], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_page_shows_the_tables():
    """Each as the package prints it."""
    page = (ROOT / "docs" / "protocols.md").read_text(encoding="utf-8")
    assert quantities_table() in page and units_table() in page


@pytest.mark.parametrize("seed", range(4))
def test_the_text_of_a_step_is_the_step(seed):
    """Of 300 random steps each: reading str(step) gives the same step, and so do limits and conditions."""
    rng = random.Random(seed)
    for _ in range(300):
        one = step(rng)
        assert Protocol(str(one)).nodes == (one,), str(one)
        bound = limit(rng, rng.choice(list(LIMITS)))
        assert again(Step("power", -1.0, None, (bound,))).until == (bound,)
        assert Protocol(["Rest for 1 s", Stop(condition(rng))])


def test_a_long_profile_is_shortened_in_messages_only():
    """And a short one is not."""
    short, long = (Step("power", cellsim.Profile(range(n), range(n))) for n in (8, 1000))
    assert short.summary == str(short) == "Run [0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7] in W"
    assert Protocol(str(long)).nodes == (long,)
    assert long.summary == "Run [0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, ... 1000 points ..., 999: 999] in W"


def test_a_current_is_always_above_zero():
    with pytest.raises(ProtocolError, match="limit current above 0: every current is; give a number above 0"):
        Limit("current", 0.0, "above")
