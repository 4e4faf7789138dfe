"""Random cells of the kinds that came after those of random_cells.py, for the same tests.

Composite electrodes, sizes of particles, hysteresis, graded and layered electrodes, half and symmetric cells, sodium,
cells that age: each of a packaged set, with up to two of the changes of random_cells.py.
"""

from composite_cells import parted
from random_cells import LATER, SETS, change, decades, electrodes, loaded

import cellsim
from cellsim.models.electrodes import has_film, has_foil

POROUS = tuple(name for name in SETS if not has_film(loaded(name)))
BOTH = tuple(name for name in POROUS if not has_foil(loaded(name)))
MODELS = ("current sigmoid", "one-state hysteresis", "one-state differential capacity hysteresis")


def composite(rng):
    """Two or three phases, of other sizes, kinetics, diffusivities and potentials."""
    name = rng.choice(BOTH)
    base, part = loaded(name), rng.choice(["negative electrode", "positive electrode"])
    shares = [rng.uniform(0.02, 1.0) for _ in range(rng.choice([2, 2, 3]))]
    cell = parted(base.with_ageing(False), [share / sum(shares) for share in shares], part)
    changes = {}
    for phase in cell.phases(part):
        path = f"{part}/{phase}"
        for key in ("particle radius", "exchange-current density"):
            changes[f"{path}/{key}"] = base.value(f"{part}/{key}") * decades(rng, -1.0, 0.5)
        U = base.law(f"{part}/open-circuit potential").expression
        if U is not None:
            changes[f"{path}/open-circuit potential"] = f"{U} + {rng.uniform(-0.05, 0.1):.3g}"
    return cell.with_(changes)


def sizes(rng):
    """A distribution of radii in one electrode or both: lognormal or a histogram."""
    cell = loaded(rng.choice(POROUS))
    for part in rng.sample(electrodes(cell), rng.randrange(1, len(electrodes(cell)) + 1)):
        R = cell.value(f"{part}/particle radius")
        if rng.random() < 0.7:
            changes = {
                f"{part}/particle radius standard deviation": R * rng.uniform(0.05, 1.2),
                f"{part}/particle size classes": rng.choice([1, 2, 3, 9]),
            }
        else:
            radii = sorted(R * decades(rng, -0.7, 0.5) for _ in range(rng.choice([2, 3, 5])))
            shares = [rng.uniform(0.05, 1.0) for _ in radii]
            mean = sum(r * s for r, s in zip(radii, shares, strict=True)) / sum(shares)
            share = [s / sum(shares) for s in shares]
            changes = {f"{part}/particle size histogram": ([r * R / mean for r in radii], share)}
        cell = cell.with_(changes)
    return cell


def hysteresis(rng):
    """Branches about a potential, with one of the models."""
    if rng.random() < 0.3:
        return loaded("lgm50_composite").with_hysteresis(rng.choice(MODELS[:1]))
    name = rng.choice(BOTH)
    cell, part = loaded(name), rng.choice(["negative electrode", "positive electrode"])
    U, half = cell.law(f"{part}/open-circuit potential").expression, rng.uniform(0.001, 0.15)
    if U is None:
        return cell
    laws = {"lithiation": f"{U} - {half:.3g}", "delithiation": f"{U} + {half:.3g}"}
    changes = {f"{part}/{way} open-circuit potential": law for way, law in laws.items()}
    changes |= {f"{part}/{way} hysteresis decay rate": decades(rng, -1.0, 3.0) for way in laws}
    changes[f"{part}/hysteresis decay rate at unit slope"] = decades(rng, -1.0, 2.0)
    changes[f"{part}/hysteresis switching factor"] = rng.uniform(0.5, 3.0)
    changes[f"{part}/initial hysteresis state"] = rng.choice([-1.0, 0.0, 1.0, rng.uniform(-1.0, 1.0)])
    model = rng.choice(MODELS)
    pair = (model, "single") if part == "negative electrode" else ("single", model)
    return cell.with_(changes).with_hysteresis(pair)


def graded(rng):
    """Pores, active material or radius over the position, as a line, a curve, points or layers."""
    cell = loaded(rng.choice(POROUS))
    for part in rng.sample(electrodes(cell), rng.randrange(1, len(electrodes(cell)) + 1)):
        keys = ("electrolyte volume fraction", "active material volume fraction", "particle radius")
        for key in rng.sample(keys, rng.choice([1, 1, 2])):
            mean, tilt = cell.value(f"{part}/{key}"), rng.uniform(-0.25, 0.25)
            form = rng.choice(["line", "curve", "points", "layers"])
            law = {
                "line": f"{mean:.6g}*(1 + {tilt:.3g}*(2*x - 1))",
                "curve": f"{mean:.6g}*(1 + {tilt:.3g}*tanh(6*(x - 0.5)))",
                "points": ([0.0, 0.3, 1.0], [mean * (1.0 + tilt * d) for d in (-1.0, 0.2, 0.8)]),
                "layers": [
                    {"thickness share": 0.3, "value": mean * (1.0 - tilt)},
                    {"thickness share": 0.7, "value": mean * (1.0 + 0.4 * tilt)},
                ],
            }[form]
            cell = cell.with_({f"{part}/{key}": law})
    return cell


def against_lithium(rng):
    """A half cell, or one with an electrode on both sides."""
    name = rng.choice(BOTH)
    cell, side = loaded(name), rng.choice(["negative", "positive"])
    foil = "target_nmc811_lpscl_li" if "lpscl" in name else None
    if rng.random() < 0.7:
        return cell.half_cell(side, foil=foil)
    return cell.symmetric_cell(side, soc=rng.uniform(0.2, 0.8))


def sodium(rng):
    """The sodium-ion set."""
    return loaded("chayambuka2022")


def later(rng):
    """Sets that came later; those that age, with and without."""
    cell = loaded(rng.choice([name for name in LATER if name != "chayambuka2022"]))
    return cell.with_ageing(False) if rng.random() < 0.5 else cell


KINDS = (composite, sizes, hysteresis, graded, against_lithium, sodium, later)


def cell(rng):
    """A cell of one of the newer kinds with up to two changes.  (cell, sentences of refusal)."""
    refused = []
    while True:
        try:
            found = rng.choice(KINDS)(rng)
            break
        except cellsim.ParameterError as fault:
            refused.append(str(fault))
    for _ in range(rng.choice([0, 1, 1, 2])):
        try:
            found = change(rng, found)
        except cellsim.ParameterError as fault:
            refused.append(str(fault))
    return found, refused
