"""Files of users with something wrong in them: each is read or refused in a sentence, and what is read is finite.

A short slice of each kind; see `mutations` for more of them and other seeds.
"""

import json
import math

import numpy as np
import yaml
from mutations import as_json, damaged, either, restructured
from protocol_maker import text as odd_text
from reference_cases import HOME

import cellsim
from cellsim import Protocol
from cellsim.design.cost import plant_file, prices
from cellsim.design.pack.assembly import HOME as PACK
from cellsim.design.pack.assembly import assembly, read_rules
from cellsim.parameters.load import home
from cellsim.protocols.cycles.vehicles import HOME as VEHICLES
from cellsim.protocols.cycles.vehicles import read_vehicles
from cellsim.studies.claim_audit.claim_file import CHARGING, DEFAULT
from cellsim.studies.claim_audit.maker_claims import FOLDER
from cellsim.studies.cost import claim_file
from cellsim.studies.cost.study import cost
from cellsim.studies.storage import inputs
from cellsim.studies.storage.arbitrage import CarBattery
from cellsim.studies.storage.duties import DUTIES, Setting, duty
from cellsim.studies.storage.study import wear_price

LG, TARGET = "lgm50_chen2020", "target_nmc811_lpscl_li"
PROTOCOL = "Repeat 2: Charge at 1C until 4 V; Goto a 2 times; Label a; End; Run US06 in W; Stop if time above 1 h"


def finite(*values):
    """Whether all numbers are."""
    return all(np.isfinite(np.asarray(value, float)).all() for value in values)


def test_parameter_sets_and_bpx(held, tmp_path):
    """Of all shipped sets and both BPX files; a part is still sound, most is refused."""
    sources = [*sorted(home().glob("*.json")), *sorted((HOME / "about_energy").glob("*_BPX.json"))]
    path = tmp_path / "mine.json"
    for rng in held.many(120):
        content = rng.choice(sources).read_bytes()
        path.write_bytes(either(rng, content, json.loads))
        held(cellsim.load, path)


def test_ageing_overlays(held, tmp_path):
    """Laid over a cell."""
    sources, path, cell = sorted((home() / "ageing").glob("*.json")), tmp_path / "mine.json", cellsim.load(LG)
    for rng in held.many(60):
        path.write_bytes(either(rng, rng.choice(sources).read_bytes(), json.loads))
        held(cellsim.with_overlay, cell, path)


def test_claims(held, tmp_path):
    """Of energy, charging time and cost, and files of what makers state."""
    stated = sorted(FOLDER.glob("*.yaml"))
    kinds = (
        (lambda rng: DEFAULT, tmp_path / "claim.yaml", cellsim.load_claim),
        (lambda rng: CHARGING, tmp_path / "charging.yaml", cellsim.load_charging_claim),
        (lambda rng: claim_file.DEFAULT, tmp_path / "cost.yaml", claim_file.load_cost_claim),
        (lambda rng: rng.choice(stated), tmp_path / "stated" / "one.yaml", lambda p: cellsim.maker_claims(p.parent)),
    )
    (tmp_path / "stated").mkdir()
    for rng in held.many(160):
        source, path, read = rng.choice(kinds)
        path.write_bytes(either(rng, source(rng).read_bytes(), yaml.safe_load))
        held(read, path)


def test_prices_and_plants(held, tmp_path):
    """Packaged ones, and changes of them; what is read gives a price with finite quantiles."""
    sources = [*sorted(prices.FOLDER.glob("*.yaml")), *sorted(plant_file.FOLDER.glob("*.yaml"))]
    path = tmp_path / "mine.yaml"
    for rng in held.many(40):
        source = rng.choice(sources)
        is_plant = source.parent == plant_file.FOLDER
        raw = yaml.safe_load(source.read_bytes())
        if rng.random() < 0.5:  # the entries of one section, over the packaged file
            key = rng.choice([key for key in raw if key != "extends"])
            raw = {"extends": raw.get("extends", source.stem), key: raw[key]}
        path.write_bytes(either(rng, as_json(raw), yaml.safe_load))
        study = held(cost, TARGET, energy=330.0, samples=20, **{"plant" if is_plant else "prices": path})
        if study is not None:
            held.check(finite(study.samples, study.quantiles), "a price is not finite")
            held(str, study)


def test_materials_of_cells(held, tmp_path):
    """What a cell is made of, for its price."""
    from cellsim.design.cost.bill import PACKAGED

    raw, path = yaml.safe_load(PACKAGED.read_bytes())["cells"][TARGET], tmp_path / "mine.yaml"
    for rng in held.many(40):
        path.write_bytes(either(rng, as_json(raw), yaml.safe_load))
        study = held(cost, TARGET, energy=330.0, samples=20, materials=path)
        if study is not None:
            held.check(finite(study.samples), "a price is not finite")


def test_vehicles_and_packs(held, tmp_path):
    """What is read gives finite masses and loads."""
    path = tmp_path / "mine.yaml"
    cell = cellsim.load(TARGET)
    for rng in held.many(30):
        source = rng.choice((VEHICLES, PACK))
        path.write_bytes(either(rng, source.read_bytes(), yaml.safe_load))
        if source == PACK:
            rules = held(read_rules, path)
            packed = held(assembly, cell, rules) if rules is not None else None
            if packed is not None:
                held.check(finite(packed.mass_ratio, packed.volume_ratio), "a ratio of the pack is not finite")
            continue
        for car in (held(read_vehicles, path) or {}).values():
            made = held(car.vehicle)
            if made is not None:
                held.check(finite(made.mass, made.drag_area), "a vehicle is not finite")


def test_storage_and_prices_of_energy(held, tmp_path):
    """What is read gives finite earnings."""
    path, table, day = tmp_path / "mine.yaml", tmp_path / "mine.csv", "\n".join(f"{k},{k % 24}" for k in range(72))
    known = inputs.read_prices("nl_2023")
    for rng in held.many(60):
        file, hourly = inputs.read_storage(), known
        if rng.random() < 0.5:
            path.write_bytes(either(rng, inputs.HOME.read_bytes(), yaml.safe_load))
            file = held(inputs.read_storage, path)
        else:
            table.write_bytes(damaged(rng, rng.choice((b"", b"hour,EUR/MWh\n", b"# a\n")) + day.encode()))
            hourly = held(inputs.read_prices, table)
        if file is None or hourly is None:
            continue
        battery = held(CarBattery.of, 40.0, file)
        if battery is None:
            continue
        life = rng.choice(list(file.lives.values()))
        served = held(
            duty(rng.choice([name for name in DUTIES if name != "arbitrage"])),
            Setting(battery, file, hourly),
            wear_price(life),
        )
        if served is not None:
            held.check(finite(served.net, served.wear, served.standby), "earnings are not finite")


def test_protocols_as_text_and_json(held, tmp_path):
    """Texts from words and letters, and the form of every kind of node; what is read is written and read again."""
    raw, path, cell = json.loads(Protocol(PROTOCOL).to_json()), tmp_path / "mine.txt", cellsim.load(LG)
    for rng in held.many(400):
        for read, given in (
            (Protocol, odd_text(rng)),
            (Protocol.from_json, restructured(rng, raw)),
            (Protocol.from_json, damaged(rng, as_json(raw))),
        ):
            found = held(read, given)
            if found is not None:
                again = held(Protocol, held(found.to_text))
                held.check(again == found, "a protocol is another one when its text is read")
                held(found.check, cell)
    assert not path.exists()


def test_tables_of_a_load(held, tmp_path):
    """Two columns that are damaged, and arrays with odd entries."""
    path = tmp_path / "load.csv"
    for rng in held.many(200):
        rows = "\n".join(f"{k},{rng.uniform(-9, 9):.3g}" for k in range(rng.randrange(1, 30)))
        path.write_bytes(damaged(rng, rng.choice((b"", b"# a\n", b"t,I\n", b"\xef\xbb\xbf")) + rows.encode()))
        for read, given in ((cellsim.profile, path), (Protocol, f'Run "{path}" in A')):
            held(read, given)
        points = [[float(k), rng.uniform(-9, 9)] for k in range(rng.randrange(1, 9))]
        step = held(cellsim.profile, restructured(rng, points))
        if step is not None:
            load = step.target
            held.check(finite(load.times, load.values) and math.isfinite(load.duration), "a load is not finite")
