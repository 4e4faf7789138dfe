"""The price model against BatPaC 5, market prices, and its own bookkeeping.

BatPaC 5 is second-hand throughout: as held in github.com/jbaars/Batt_Sust_Model, commits 91a78d3 and 2c9e920 (MIT).
"""

import csv
import json

import numpy as np

from ....design import build
from ....design.cost import Bill, CostModel, Item, Materials, bill_of, materials_of, overheads, pack_mass
from ....design.cost import plant_file as plant_files
from ....design.cost import prices as price_files
from ....design.cost.floors import Composition
from ....models import capacity_between_cutoffs, open_circuit_voltage
from ....parameters import Cell, load
from ...cost.study import cost, energy_of
from ..line import Found, Line, Point, largest_percent, violations
from ..reference import path

CASE, DESIGNS = "cost/case_batpac5_id3.json", "cost/designs_batpac5.csv"
LIQUID, SOLID = "nmc811_pouch_modern", "target_nmc811_lpscl_li"
KINDS = {  # of the case: component, material, kind
    "cam": ("positive active material", "NMC622 cathode", "positive mix"),
    "aam": ("negative active material", "graphite", "negative mix"),
    "pvdf": ("positive carbon and binder", "PVDF", "positive mix"),
    "carbon": ("positive carbon and binder", "carbon black", "positive mix"),
    "abind": ("negative carbon and binder", "CMC and SBR", "negative mix"),
    "cu": ("negative current collector", "Cu foil", "negative foil"),
    "al": ("positive current collector", "Al foil", "positive foil"),
    "sep": ("separator", "separator", "separator"),
    "el": ("electrolyte", "liquid electrolyte", "liquid electrolyte"),
    "t_neg": ("tabs and terminals", "negative terminal", "housing"),
    "t_pos": ("tabs and terminals", "positive terminal", "housing"),
    "can": ("housing", "cell container", "housing"),
}
RATED = 82.0 / 77.08  # rated over usable energy, of the ID.3
CELL_VOLUME = 134.0  # L, of the cells of that pack
MARKET = {"china_2025_09": 0.41, "china_2026_06": 0.61}  # CNY/Wh of an NMC pouch cell, with tax (not said)
TAX, CNY = 1.13, 7.1  # assumed
# NMC622 (minnmann2021) and LiFePO4 (lfp_peo_li): set with the potential, density [kg/m3]
CATHODES = {"NMC811": (LIQUID, 4750.0), "NMC622": ("minnmann2021", 4750.0), "LFP": ("lfp_peo_li", 3600.0)}


def case() -> tuple[dict, Bill]:
    """The file, and the bill of one cell of the 82 kWh pack."""
    content = json.loads(path(CASE).read_text(encoding="utf-8"))
    d = content["design"]
    n = d["cells"]
    items = tuple(Item(*KINDS[key], mass=d["kg"][key] / n, area=0.0) for key in KINDS)
    areas = 1e-4 * d["pos_cm2"], 1e-4 * d["neg_cm2"]
    volume = CELL_VOLUME / n
    return content, Bill(
        "ID.3", items, 1e3 * d["kWh"] / n, d["Ah"], volume, volume, *areas, d["pvdf_kg"] / n, d["abind_kg"] / n
    )


def batpac(packs: float) -> tuple[dict, CostModel, float]:
    """The file, the model of the 87.92 kWh pack (bill and capacity of the 82 kWh pack by energy), and its energy."""
    content, bill = case()
    energy = 87.92
    scaled = bill.scaled(energy / content["design"]["kWh"])
    size, plant, scenario = (
        1e-6 * packs * energy,
        plant_files.load_file("batpac5"),
        price_files.load_file("batpac5_2022"),
    )
    return content, CostModel(scaled, plant, scenario, size, "pack"), energy


def _parts(packs=500_000) -> tuple[dict, dict[str, float]]:
    content, model, energy = batpac(packs)
    b = model.breakdown({"plant/pack energy": energy})
    return content, {
        "total": energy * float(b.total),
        "materials": energy * float(b.material),
        "labour": energy * float(b.labour),
        "capital": energy * float(b.equipment),
        "building": energy * float(b.buildings),
    }


def total() -> Found:
    """Price of the pack."""
    content, found = _parts()
    return largest_percent([Point("pack [USD]", content["printed_result"]["total_USD"], found["total"])])


def parts() -> Found:
    """Materials, labour, equipment and buildings, each with its overhead."""
    content, found = _parts()
    r = content["printed_result"]
    keys = ("materials", "labour", "capital", "building")
    return largest_percent([Point(f"{k} [USD]", r[f"{k}_with_overhead_USD"], found[k]) for k in keys])


def scale() -> Found:
    """Price of the pack at smaller plants."""
    content, _ = case()
    curve = content["scale_curve"]
    rows = list(zip(curve["packs_per_year"], curve["USD"], strict=True))[:2]
    return largest_percent([Point(f"{n} packs a year [USD]", usd, _parts(n)[1]["total"]) for n, usd in rows])


def multipliers() -> Found:
    """Overhead multipliers."""
    content, _ = case()
    m, o = content["multipliers"], overheads(plant_files.load_file("batpac5"))
    pairs = {"material": o.materials, "labour": o.labour, "capital": o.equipment, "building": o.buildings}
    return largest_percent([Point(name, m[name], found) for name, found in pairs.items()])


def variant(cathode: str, copper: float, aluminium: float) -> Cell:
    """The modern pouch cell with another cathode material and foils [m]; thickness of the coating balances it."""
    base = load(LIQUID)
    raw = json.loads(json.dumps(base.to_json()))
    name, density = CATHODES[cathode]
    theirs, mine = load(name).to_json()["positive electrode"], raw["positive electrode"]
    thermodynamic = (
        "maximum concentration",
        "open-circuit potential",
        "minimum stoichiometry",
        "maximum stoichiometry",
    )
    for key in thermodynamic:
        mine[key] = {**theirs[key], "source": mine["thickness"]["source"]}
    window = [mine[f"{end} stoichiometry"]["value"] for end in ("minimum", "maximum")]
    held = mine["maximum concentration"]["value"] * (window[1] - window[0])
    was = base.value("positive electrode/maximum concentration") * (
        base.value("positive electrode/maximum stoichiometry") - base.value("positive electrode/minimum stoichiometry")
    )
    mine["thickness"]["value"] *= was / held
    raw["design"]["positive active material density"]["value"] = density
    raw["design"]["negative current collector thickness"]["value"] = copper
    raw["design"]["positive current collector thickness"]["value"] = aluminium
    if cathode == "LFP":
        raw["cell"]["upper voltage cut-off"]["value"] = 3.8
        raw["cell"]["lower voltage cut-off"]["value"] = 2.0
    return Cell.from_json(raw, f"{cathode} {1e6 * copper:g} um")


def masses() -> Found:
    """Cells and packs that BatPaC designed, from layers with the same foils and rated energy."""
    rows = csv.DictReader(path(DESIGNS).read_text(encoding="utf-8").splitlines())
    plant, scenario = plant_files.load_file("batpac5"), price_files.load_file("batpac5_2022")
    points = []
    for row in rows:
        cell = variant(row["cathode"], 1e-6 * float(row["Cu_um"]), 1e-6 * float(row["Al_um"]))
        mean = float(np.mean(open_circuit_voltage(cell, (np.arange(200) + 0.5) / 200.0)))
        bill = bill_of(cell, capacity_between_cutoffs(cell) * mean, _materials(row["cathode"]))
        rated = RATED * float(row["usable_kWh"])
        bill = bill.scaled(1e3 * rated / float(row["cells"]) / bill.energy)
        model = CostModel(bill, plant, scenario, 50.0, "pack")
        label = f"{row['cathode']}, {row['Cu_um']} um Cu"
        points.append(Point(f"cell, {label} [kg]", float(row["cell_kg"]), bill.mass))
        points.append(
            Point(f"pack, {label} [kg]", float(row["pack_kg"]), pack_mass(model, {"plant/pack energy": rated}))
        )
    return largest_percent(points)


def _materials(cathode: str) -> Materials:
    return materials_of(load(LIQUID)).model_copy(update={"positive_active_material": f"{cathode} cathode"})


def bookkeeping() -> Found:
    """Lines against the price, the bill against the cell, the bill times price against the line."""
    points = []
    for name in (LIQUID, SOLID):
        cell = load(name)
        study = cost(cell, energy=300.0, samples=20)
        b, bill = study.breakdown, study.model.bill
        points.append(Point(f"{name}: mass [kg]", build(cell).mass, bill.mass))
        points.append(Point(f"{name}: sum of the lines [USD/kWh]", float(b.total), float(sum(b.lines.values()))))
        item = next(i for i in bill.items if i.component == "positive active material")
        kept = np.prod([study.model.plant.yields[y].value for y in study.model.plant.passes[item.kind]])
        price = study.model.prices.in_dollars(item.material).value
        by_hand = overheads(study.model.plant).materials * item.mass / kept * price / (1e-3 * bill.energy)
        points.append(Point(f"{name}: cathode [USD/kWh]", float(by_hand), float(b.materials[item.component])))
    return _to_rounding(points)


def baseline() -> Found:
    """A plant at the baseline rates needs what the table of the baseline says."""
    plant = plant_files.load_file("batpac5")
    r = {name: value.value for name, value in plant.baseline_rates.items()}
    cells = r["cells"] * plant.yields["cells"].value  # good ones
    kept = {kind: float(np.prod([plant.yields[y].value for y in ys])) for kind, ys in plant.passes.items()}
    solvent = plant.values["solvent per binder"].value
    binder = r["solvent"] / solvent * kept["positive mix"] / cells
    water = plant.values["negative solvent per area"].value
    negative_binder = water * r["negative area"] / solvent * kept["negative mix"] / cells
    cathode = r["positive material"] * kept["positive mix"] / cells
    items = (
        Item("positive active material", "NMC622 cathode", "positive mix", cathode, 0.0),
        Item("negative active material", "graphite", "negative mix", r["negative material"] / cells, 0.0),
    )
    energy = 1e3 * r["energy"] / cells
    areas = r["positive area"] / r["cells"], r["negative area"] / r["cells"]
    bill = Bill("baseline", items, energy, 68.0, 1.0, 1.0, *areas, binder, negative_binder)
    stated = {"pack energy": r["energy"] / r["packs"], "modules per pack": r["modules"] / r["packs"]}
    values = {k: plant.values[k].model_copy(update={"value": v}) for k, v in stated.items()}
    values["positive solvent per area"] = plant.values["positive solvent per area"].model_copy(
        update={"value": r["solvent"] / r["positive area"]}
    )
    model = CostModel(
        bill,
        plant.model_copy(update={"values": plant.values | values}),
        price_files.load_file("batpac5_2022"),
        50.0,
        "pack",
    )
    b = model.breakdown()
    table = {part: sum(getattr(s, part) for s in plant.steps.values()) for part in ("labour", "equipment", "area")}
    units = {"labour": "h", "equipment": "USD", "area": "m2"}
    return _to_rounding([Point(f"{k} [{units[k]}]", table[k], float(b.yearly(k))) for k in table])


def _to_rounding(points: list[Point]) -> Found:
    """How many points differ by more than rounding."""
    return violations({p.what: abs(p.found - p.reference) <= ROUNDING * abs(p.reference) for p in points}, points)


def floors() -> Found:
    """Composition of Li6PS5Cl against the reference's arithmetic."""
    c = Composition()
    pairs = {
        "Li2S": (0.428, c.li2s),
        "P2S5": (0.414, c.p2s5),
        "LiCl": (0.158, c.licl),
        "carbonate": (0.826, c.carbonate),
    }
    return largest_percent([Point(f"{name} [kg/kg]", a, b) for name, (a, b) in pairs.items()])


def market() -> Found:
    """A liquid NMC811 pouch cell at the prices of two months against what such cells were sold for in China."""
    energy = energy_of(load(LIQUID))
    points = []
    for scenario, cny in MARKET.items():
        study = cost(LIQUID, prices=scenario, energy=energy, samples=200)
        points.append(Point(f"{scenario} [USD/kWh]", 1e3 * cny / TAX / CNY, study.quantiles[1]))
    return largest_percent(points)


def monotone() -> Found:
    """The price falls with every yield and rises with every price, factor and wage."""
    said = {}
    for name in (LIQUID, SOLID):
        model = cost(name, energy=300.0, level="pack", samples=20).model
        for key, value in model.inputs.items():
            if key.startswith(("price/", "yield/", "factor/")) or key in ("plant/wage", "plant/building"):
                moved = value.value * (1.001 if key[:5] != "yield" else 1.0005)
                change = float(model.breakdown({key: moved}).total - model.breakdown().total)
                said[f"{name}: {key}"] = change < 0.0 if key.startswith("yield/") else change > 0.0
    return violations(said)


HELD = (
    "BatPaC 5 as held in github.com/jbaars/Batt_Sust_Model (second-hand): pack of 87.92 kWh like that of the ID.4, "
    "NMC622 | graphite"
)
NOTHING = "nothing"
ROUNDING = 1e-12
SUM = f"sums and products in double precision: equal to a part in {1 / ROUNDING:.0e}"


def _line(name, kind, data, protocol, predicted, error, limit, run, reason):
    return Line(f"cost-{name}", kind, data, protocol, NOTHING, predicted, error, limit, run, reason=reason)


LINES = (
    _line("batpac5-total", "verification", HELD, "500,000 packs a year; bill of the 82 kWh pack scaled by energy",
          "price of the pack", "difference [%]", 1.0, total,
          "the bill is scaled from a sister pack, which shifts unit-priced parts and the size of cells by about 1 %"),
    _line("batpac5-parts", "verification", HELD, "as above", "materials, labour, equipment, buildings with overhead",
          "largest [%]", 2.0, parts, "the same scaling, which weighs more on the smaller parts"),
    _line("batpac5-scale", "verification", HELD, "100,000 and 300,000 packs a year", "price of the pack", "largest [%]",
          1.0, scale, "read from a plot to 10 of 10,500 USD, and the scaling of the bill"),
    _line("overheads", "verification", HELD, "none", "multipliers of materials, labour, equipment, buildings",
          "largest [%]", 1e-3, multipliers, "printed to six digits"),
    _line("masses", "prediction", "cells and packs that BatPaC 5 designed for one car (second-hand)",
          "layers of the modern pouch cell with each cathode and foil, same rated energy", "mass of cell and pack",
          "largest [%]", 10.0, masses,
          "the designs' coatings, porosities and windows are not known; usual ones differ by about 10 % in mass"),
    _line("bookkeeping", "verification", "the cell's own layers", "bill, lines and price of two cells",
          "mass of the bill, sum of the lines, mass times price", "number of differences", 0.0, bookkeeping, SUM),
    _line("baseline", "verification", "table of the baseline plant of BatPaC 5", "a bill that gives the baseline rates",
          "labour, equipment and area", "number of differences", 0.0, baseline, SUM),
    _line("floors", "verification", "composition of Li6PS5Cl by hand", "atomic weights", "shares and carbonate",
          "largest [%]", 0.2, floors, "the reference is printed to three digits"),
    _line("market", "plausibility", "pouch cells sold in China, 0.41 and 0.61 CNY/Wh (TrendForce, single quotes); 13 % "
          "of tax and 7.1 CNY/USD assumed", "September 2025 and June 2026", "price of a liquid NMC811 cell",
          "largest [%]", 30.0, market,
          "an American plant; makers sold near or below cost in 2025: 10 to 30 % above is expected"),
    _line("monotone", "verification", "the model itself", "each price, factor and yield of two packs, one at a time",
          "signs of the changes", "number of violations", 0.0, monotone, "a matter of sign"),
)  # fmt: skip
