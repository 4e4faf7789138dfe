"""Random lives: cells that age by any mechanisms at any rates, protocols of a cycle, temperatures, models, heat.

For benchmarks/campaign.py, with seeds that begin with "life".  Everything comes from a `random.Random`, so that a seed
and a number give the same life anywhere.
"""

import math
import time

import numpy as np
from random_cells import SETS, change, decades, loaded, rounded

import cellsim
from cellsim.models.electrodes import has_film, has_foil
from cellsim.protocols.language.units import ZERO_CELSIUS
from cellsim.simulation.history.cycles import changed
from cellsim.studies.life.age import in_part
from cellsim.studies.life.cycle_map import amounts_of
from cellsim.studies.life.prepare import RATES

CYCLES = 50
KEPT = 1e-12  # lithium and salt: of the inventory: rounding
LONGEST = 120.0  # s of processor time of a life: 2.4 s a cycle
POROUS = tuple(name for name in (*SETS, "okane2022", "prada2013") if not has_film(loaded(name)))
HOLDING = ("Q_Li", "sei", "sei_on_cracks", "plated", "dead", "draining", "metal dead", "metal bound")
N, P = "negative electrode/", "positive electrode/"
LAWS = (
    "none",
    "reaction limited",
    "solvent-diffusion limited",
    "ec reaction limited",
    "electron-migration limited",
    "interstitial-diffusion limited",
)
PLATING = ("none", "reversible", "partially reversible", "irreversible")
LOSSES = ("none", "stress-driven", "reaction-driven", "current-driven")
BY_REACTION, BY_CURRENT = "reaction-driven LAM factor", "current-driven LAM factor"
ASSUMED = {N + BY_REACTION: 1e-4, P + BY_REACTION: 0.0, N + BY_CURRENT: 1e-10, P + BY_CURRENT: 2e-10}


def mechanisms(rng, cracked):
    """Options of ageing that go together; cracked: share of those with cracks."""
    law, plating, loss = rng.choice(LAWS), rng.choice(PLATING), rng.choice(LOSSES)
    if law == plating == loss == "none" or (law == "none" and loss == "reaction-driven"):
        law = "solvent-diffusion limited"
    cracks = rng.random() < cracked
    mechanics = "swelling and cracking" if cracks else "swelling only" if loss == "stress-driven" else "none"
    options = {"SEI": law, "lithium plating": plating, "loss of active material": loss, "particle mechanics": mechanics}
    options["SEI on cracks"] = "true" if cracks and law != "none" else "false"
    options["SEI porosity change"] = "true" if law != "none" and rng.random() < 0.5 else "false"
    options["lithium plating porosity change"] = "true" if plating != "none" and rng.random() < 0.5 else "false"
    return options


def liquid(rng, cell):
    """A cell with a random subset of the mechanisms of liquid cells."""
    if rng.random() < 0.15:
        filled = cell.with_({"design/electrolyte fill factor": 1.0 + rng.choice([0.0, 0.001, 0.05])})
        return cellsim.with_overlay(filled, "li2022")
    options = mechanisms(rng, 0.4)
    options["stress-induced diffusion"] = rng.choice(("true", "false"))
    aged = cellsim.with_overlay(cell, "okane2022") if cell.name != "okane2022" else cell
    return aged.with_ageing(False).with_(ASSUMED).with_ageing(options)


def faster(rng, cell):
    """The cell with each rate that it states times a hundredth to a hundred."""
    changes = {}
    for side in (N, P):
        for key in RATES:
            if not cell.has(side + key) or "exponent" in key:
                continue
            value = cell.value(side + key)
            if "efficiency" in key:
                changes[side + key] = 1.0 - min((1.0 - value) * decades(rng, -2.0, 1.0), 0.2)
            elif value > 0.0:
                changes[side + key] = value * decades(rng, -2.0, 2.0 if cell.kind == "liquid" else 1.0)
    return cell.with_(changes)


def cell(rng):
    """A packaged set with up to two changes that ages.  Raises ParameterError where that makes no sense."""
    found = loaded(rng.choice(POROUS))
    for _ in range(rng.choice([0, 0, 1, 2])):
        try:
            found = change(rng, found)
        except cellsim.ParameterError:
            continue
    if found.kind == "liquid":
        return faster(rng, liquid(rng, found))
    critical = "negative electrode/critical current density"
    if has_foil(found) and not found.has(critical):
        found = found.with_({critical: 50.0})
    return faster(rng, cellsim.with_overlay(found, "solid_wear"))


def steps(rng, cell):
    """A cycle as text, and the state of charge that it begins at: whole, a part, at a power, along a load."""
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    C = [rounded(rng.choice([0.2, 0.5, 1.0, 1.0, 2.0])) for _ in range(2)]
    Q = rounded(cell.nominal_capacity * rng.uniform(0.05, 0.4))
    watts = rounded(C[0] * cell.nominal_capacity * 0.5 * (low + high))
    top = high if rng.random() < 0.7 else rounded(high - 0.1 * (high - low))
    warm = f" at ambient {rng.uniform(5.0, 40.0):.0f} degC" if rng.random() < 0.15 else ""
    rest = lambda: rng.choice(("", "Rest for 10 minutes; ", "Rest for 1 hour; ", "Rest for 3 days; "))  # noqa: E731
    out = rng.choice(
        [
            f"Discharge at {C[0]}C until {low:.10g} V",
            f"Discharge at {C[0]}C until {low:.10g} V",
            f"Discharge at {watts} W until {low:.10g} V",
            f"Discharge at {C[0]}C for {Q} Ah or until {low:.10g} V",
            f"Discharge at {C[0]}C until 40% soc or until {low:.10g} V",
            "Run " + rng.choice(("US06", "UDDS")),
        ]
    )
    into = f"Charge at {C[1]}C until {top:.10g} V{warm}"
    if rng.random() < 0.8:
        into += f"; Hold at {top:.10g} V until C/{rng.choice((20, 50))} or for 5 hours"
    if rng.random() < 0.2 and "Run" not in out:
        return f"{into}; {rest()}{out}", 0.0
    return f"{out}; {rest()}{into}; {rest()}".rstrip("; "), None if top < high else 1.0


def prepared(rng):
    """(cell, steps, arguments of `age`)."""
    aged = cell(rng)
    cycle, soc = steps(rng, aged)
    foil = has_foil(aged)
    models = [cellsim.DFN(), cellsim.DFN((5, 3, 4), 6), cellsim.SPM(), cellsim.SPM(6)]
    how = {"model": rng.choice([*models, *(() if foil else (cellsim.SPMe(), cellsim.SPMe((5, 3, 4), 6)))])}
    how["temperature"] = rounded(rng.uniform(-10.0, 45.0) + ZERO_CELSIUS)
    how["heat"] = rng.choice([None, None, cellsim.Lumped(heat_transfer_coefficient=decades(rng, 0.0, 2.0))])
    how["soc"] = soc if soc is not None else 0.9
    how["until"] = rng.choice([None, None, "80% capacity", "80% equilibrium capacity"])
    how["jump"] = rng.random() < 0.5
    return aged, cycle, how


def faults(found):
    """What is wrong with a life, in words."""
    table, wrong = found.table, []
    may_lack = ("Coulombic efficiency", "Energy efficiency", "x_", "y_", "Un(", "Up(", "Capacity of equilibrium")
    for name in table:
        if table[name].dtype.kind == "f" and not name.startswith(may_lack) and not np.isfinite(table[name]).all():
            wrong.append(f"{name} is not finite")
    if "solver" in found.end or "not a number" in found.end:
        wrong.append(f"solver failure: {found.end}")
    last = found.states[found.cycles]
    amounts = amounts_of(found.cell, found.start.model.discretise(found.cell, found.start.temperature))
    before, after = (sum(amounts(at.state)[key] for key in HOLDING) for at in (found.start, last))
    most = max(1.0, found.cycles / 1000.0) * KEPT
    if not abs(after - before) <= most * abs(before):
        wrong.append(f"lithium {after / before - 1.0:.2g}")
    salt = "Total lithium in electrolyte [mol]"
    if salt in table and found.cell.options("negative electrode").get("dry-out", "none") == "none":
        first = float((table[salt] - table[changed(salt)]).iloc[0])
        off = float((table[salt] / first - 1.0).abs().max())
        if not off <= most:
            wrong.append(f"salt {off:.2g}")
    for name in table:
        if name.startswith("Loss of") and "inventory" not in name and "plating" not in name and "Change" not in name:
            falls, scale = -float(np.min(np.diff(table[name]), initial=0.0)), max(float(table[name].abs().max()), 1e-6)
            whole = (
                100.0 if "[%]" in name else amounts(found.start.state)["Q_p"]
            )  # what a jump may be off is a share of
            if falls > max(1e-9 * scale, found.bound * whole):
                wrong.append(f"{name} falls by {falls:.2g}")
    return wrong


def tried(rng):
    """What became of a life, as `campaign.tried` says of a run."""
    began = time.process_time()
    try:
        aged, cycle, how = prepared(rng)
        said = f"{aged.name}: {cycle}: {how['model']}"
        found = cellsim.age(aged, cycle, CYCLES, **how)
        seconds = time.process_time() - began
        wrong = faults(found)
        if how["jump"] and rng.random() < 0.5 and len(found.jumped.jumps):
            wrong += _beside_every_cycle(found, cellsim.age(aged, cycle, CYCLES, **{**how, "jump": False}))
        if seconds > LONGEST:
            wrong.append(f"took {seconds:.0f} s")
        end = found.end or "done"
        return {"ending": _short(end), "faults": wrong, "seconds": seconds, "endings": [], "said": f"{said}: {end}"}
    except cellsim.CellsimError as refusal:
        seconds, words = time.process_time() - began, str(refusal)
        wrong = [words] if "solver" in words or "not a number" in words else []
        return {
            "ending": f"refused ({type(refusal).__name__}: {_short(words.rpartition(': ')[2])})",
            "faults": wrong,
            "endings": [],
            "seconds": seconds,
            "said": words,
        }


def _short(words):
    """An ending without its numbers."""
    kept = [word for word in words.split() if not any(letter.isdigit() for letter in word)]
    return " ".join(kept)[:70]


def _beside_every_cycle(life, every):
    """What is wrong with a life with jumps beside that of every cycle."""
    name, wrong = "Capacity of equilibrium [A.h]" if in_part(life.table) else life.judged, []
    a, b = life.table[name].dropna(), every.table[name].dropna()
    both = a.index.intersection(b.index)
    off = float((a[both] - b[both]).abs().max() / b.iloc[0]) if len(both) else 0.0
    if off > max(life.bound, 1e-5) or (off > 1e-3 and life.jumped.met):
        wrong.append(f"jumps are {off:.2g} off, with a bound of {life.bound:.2g}")
    if not math.isclose(life.cycles, every.cycles, abs_tol=max(1.0, 0.02 * every.cycles)):
        wrong.append(f"ends at {life.cycles}, every cycle at {every.cycles}")
    return wrong
