"""Vehicles of drive cycles: schedules, road load, the phrase of the language, faults of a file."""

import numpy as np
import pytest
from pytest import approx

from cellsim.errors import ClaimError, ProtocolError
from cellsim.protocols import Protocol
from cellsim.protocols.cycles.road_load import Vehicle, trip
from cellsim.protocols.cycles.vehicles import HOME, names, read_vehicles, segment, vehicles
from cellsim.protocols.drive_cycles import SCHEDULES, load, schedule


@pytest.mark.parametrize("name, km, seconds", [("HWFET", 16.51, 765.0), ("WLTC", 23.266, 1800.0)])
def test_schedules_have_the_length_of_their_regulation(name, km, seconds):
    """10.26 miles as stated to 0.01 mile, 23.266 km as stated to a metre (sum of speeds at whole seconds)."""
    t, v = schedule(name)
    assert t[-1] == seconds
    assert 1e-3 * np.trapezoid(v, t) == approx(km, abs=0.016 if name == "HWFET" else 0.001)


@pytest.mark.parametrize("text", [f"Run {c} of {v}" for c in SCHEDULES for v in ("kei", "pick-up with trailer")])
def test_a_cycle_of_a_vehicle_is_written_and_read_back(text):
    for more in ("", " with 384 cells", " with 384 cells at 3C peak for 5 minutes", " with heater 5 W"):
        protocol = Protocol(text + more)
        assert protocol.to_text() == text + more
        assert Protocol(protocol.to_text()) == protocol and Protocol.from_json(protocol.to_json()) == protocol


def test_the_number_of_cells_divides_the_power():
    whole, half = load("WLTC of pick-up with 100 cells"), load("WLTC of pick-up with 200 cells")
    assert np.array(half.values) == approx(0.5 * np.array(whole.values), rel=1e-12)
    assert load("WLTC of pick-up with trailer").peak > load("WLTC of pick-up").peak


@pytest.mark.parametrize("text", ["WLTC of truck", "WLTC of", "WLTC of kei with 0 cells", "WLTC of kei with 3 apples"])
def test_a_wrong_phrase_is_shown_with_carets(text):
    with pytest.raises(ProtocolError, match=r"\^"):
        Protocol(f"Run {text}")
    with pytest.raises(ProtocolError, match="choose one of|vehicle"):
        load(text)


def test_coast_down_coefficients_replace_drag_and_rolling():
    """A rolling force, B zero and C a drag area give the same trip; rel 1e-12 is rounding."""
    t, v = schedule("UDDS")
    form = Vehicle(1500.0, 45.0, 0.7, 0.01, 0.9, 0.7, 250.0, 1.2, 1)
    test = Vehicle(
        1500.0, 45.0, 9.9, 9.9, 0.9, 0.7, 250.0, 1.2, 1, coast_down=(0.01 * 1500.0 * 9.80665, 0.0, 0.5 * 1.2 * 0.7)
    )
    assert trip(t, v, test).energy == approx(trip(t, v, form).energy, rel=1e-12)


def test_a_trailer_at_a_steady_speed_by_hand():
    """105 km/h with 3.175 t and 3 m2: rolling and drag of both over the efficiency; rel 1e-12 is rounding."""
    car, v = segment("pick-up"), 105.0 / 3.6
    towing = car.vehicle(trailer_mass=car.towed())
    own = 0.0065 * towing.mass * 9.80665 + 0.6 * 1.51 * v**2
    trailer = 0.010 * 3175.0 * 9.80665 + 0.6 * 3.0 * v**2
    found = trip((0.0, 100.0), (v, v), towing).consumption
    assert found == approx(((own + trailer) / 0.9 + 350.0 / v) / 3.6, rel=1e-12)


def test_the_packaged_vehicles_name_only_known_sources_and_more_weight_takes_more():
    assert set(vehicles()) == {"kei", "compact", "sedan", "SUV", "pick-up", "supercar"}
    assert {n for n in names() if n.endswith("trailer")} == {f"{n} with trailer" for n in ("sedan", "SUV", "pick-up")}
    for each in vehicles().values():
        used = [
            trip(*schedule("WLTC"), each.vehicle(pack_mass=m)).consumption for m in (0.0, each.data.pack_mass.value)
        ]
        assert used[0] < used[1]


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("value: 0.75, unit: m2", "value: -0.75, unit: m2", "vehicles/kei/drag area/value"),
        ("value: 0.75, unit: m2", "value: 0.75, unit: ft2", "'ft2', but it is given in 'm2'"),
        (
            "value: 915, unit: kg, source: cellsim",
            "value: 915, unit: kg, source: nobody",
            "'nobody' is not one of sources",
        ),
        ("value: 0.90", "value: 1.90", "fraction above 0 and up to 1"),
        ("value: 19, unit: kW.h", "value: 29, unit: kW.h", "at most the rated energy"),
        ("    cells: {value: 96", "    wheels: {value: 96", "unknown key"),
    ],
)
def test_a_faulty_file_of_vehicles_is_refused_in_one_sentence(tmp_path, old, new, words):
    text = HOME.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClaimError, match="mine.yaml") as fault:
        read_vehicles(path)
    assert words in str(fault.value)


def test_towing_more_than_allowed_is_refused():
    with pytest.raises(ProtocolError, match="may tow 4536 kg"):
        segment("pick-up").towed(5000.0)
    with pytest.raises(ProtocolError, match="vehicle 'lorry'"):
        segment("lorry")
