"""Random cells that a user might make, and circumstances to run them in: for the consistency tests and the campaign.

Everything comes from a `random.Random`, so that a seed and a number give the same run anywhere.
"""

import re
from dataclasses import replace
from functools import lru_cache

import numpy as np

import cellsim
from cellsim.models import default_model
from cellsim.models.electrodes import has_film, has_foil
from cellsim.protocols.language.units import ZERO_CELSIUS

COLDEST, WARMEST = -30.0, 100.0  # degC of a run
LATER = (
    "bonkile2024",
    "chayambuka2022",
    "lgm50_composite",
    "mohtat2020",
    "msmr_example",
    "okane2022",
    "prada2013",
    "raijmakers2020",
)  # sets that came later, so that a seed keeps what it stands for
SETS = tuple(sorted(set(cellsim.cells()) - set(LATER)))
POROUS_NUMBERS = ("thickness", "particle radius", "maximum concentration", "electronic conductivity")
EXPRESSION = "({base})*({shape})"
KINKS = ("max(x, {at})/{at}", "1 + {a}*abs(x - {at})", "min(1 + {a}*x, 1 + {a}*{at})")
STEEP = ("exp({a}*(x - {at}))", "1 + {b}*tanh(40*(x - {at}))", "1 + {b}*tanh(200*(x - {at}))")
WARM = (
    "exp({E}*(1/298.15 - 1/T))",
    "1 + {k}*(T - 298.15)",
    "max(1 + {k}*(T - 298.15), 0.5)",
    "1 + 0.4*tanh((T - 290)/3)",
)


@lru_cache
def loaded(name):
    """A packaged set."""
    return cellsim.load(name)


def decades(rng, low, high):
    """10 to a random power."""
    return 10.0 ** rng.uniform(low, high)


def shape(rng, unit, warm):
    """A positive factor of a law as text, of order one: with a kink, steep, or changing with temperature.

    unit: what x is divided by so that it is of order one.
    """
    forms = KINKS + STEEP + (WARM if warm else ())
    numbers = {
        "at": f"{rng.uniform(0.1, 0.9):.3g}",
        "a": f"{rng.uniform(0.1, 3.0):.3g}",
        "b": f"{rng.uniform(0.05, 0.9):.3g}",
        "E": f"{rng.uniform(500, 6000):.5g}",
        "k": f"{rng.uniform(-3e-3, 6e-3):.3g}",
    }
    text = rng.choice(forms).format(**numbers)
    return re.sub(r"\bx\b", f"(x/{unit:g})", text)


def as_text(law):
    """A law as the text of an expression, if it has any."""
    return law.expression if law.expression is not None else None if law.table else f"{law.value!r}"


def tabulated(rng, law, lo, hi, T):
    """A table of a law: short or long, evenly spaced or not, with noise of up to 5 % in a few."""
    n = rng.choice([2, 3, 5, 12, 40, 200])
    x = (
        np.linspace(lo, hi, n)
        if rng.random() < 0.5
        else np.array(sorted({lo, hi, *(rng.uniform(lo, hi) for _ in range(n - 2))}))
    )
    y = np.asarray(law(x, T), float)
    if rng.random() < 0.3:
        y = y * np.array([1.0 + rng.uniform(-0.05, 0.05) for _ in x])
    return x.tolist(), y.tolist()


def with_table(cell, path, x, y):
    """The cell with a law as a table, by way of its file."""
    section, _, key = path.partition("/")
    raw = cell.to_json()
    record = raw[section][key]
    for form in ("value", "expression", "table"):
        record.pop(form, None)
    record["table"] = {"x": x, "y": y}
    return cellsim.Cell.from_json(raw, cell.name)


def electrodes(cell):
    """Sections with particles."""
    return [p for p in ("negative electrode", "positive electrode") if cell.text(f"{p}/type") != "lithium metal"]


def change(rng, cell):
    """The cell with one thing changed.  Raises ParameterError where that makes no sense."""
    part = rng.choice(electrodes(cell))
    film = cell.text(f"{part}/type") == "film"
    kind = rng.choice(
        [
            "dimension",
            "dimension",
            "fraction",
            "separator",
            "salt law",
            "solid law",
            "potential",
            "table",
            "window",
            "cut-off",
            "concentration",
            "kinetics",
            "series",
            "nominal",
            "entropy",
        ]
    )
    if kind == "dimension":
        key = "thickness" if film else rng.choice(POROUS_NUMBERS)
        path = f"{part}/{key}"
        return cell.with_(
            {
                path: cell.value(path)
                * (decades(rng, -0.3, 0.3) if key != "electronic conductivity" else decades(rng, -1.0, 1.0))
            }
        )
    if kind == "fraction" and not film:
        pores = cell.value(f"{part}/electrolyte volume fraction") * rng.uniform(0.6, 1.3)
        room = 1.0 - pores - cell.value(f"{part}/void volume fraction")
        active = min(cell.value(f"{part}/active material volume fraction") * rng.uniform(0.6, 1.1), 0.99 * room)
        return cell.with_(
            {f"{part}/electrolyte volume fraction": pores, f"{part}/active material volume fraction": active}
        )
    if kind in ("separator", "fraction"):
        return cell.with_({"separator/thickness": cell.value("separator/thickness") * decades(rng, -0.5, 0.7)})
    if kind == "salt law":
        path, unit = f"electrolyte/{rng.choice(['conductivity', 'diffusivity'])}", 2e3
        base = as_text(cell.law(path))
        if base is None:
            return with_table(cell, path, *tabulated(rng, cell.law(path), 1.0, 3e3, 298.15))
        factor = shape(rng, unit, True) if rng.random() < 0.7 else f"{decades(rng, -1.0, 0.5):.4g}"
        return cell.with_({path: EXPRESSION.format(base=base, shape=factor)})
    if kind == "solid law":
        path = f"{part}/particle diffusivity"
        base = as_text(cell.law(path))
        if base is None:
            return cell
        factor = shape(rng, 1.0, rng.random() < 0.3) if rng.random() < 0.7 else f"{decades(rng, -1.5, 1.0):.4g}"
        return cell.with_({path: EXPRESSION.format(base=base, shape=factor)})
    if kind == "potential":
        path = f"{part}/open-circuit potential"
        base = as_text(cell.law(path))
        if base is None:
            return cell
        step = f"{rng.uniform(-0.04, 0.04):.3g}*tanh({rng.choice([10, 50, 200])}*(x - {rng.uniform(0.1, 0.9):.3g}))"
        kink = f"-{rng.uniform(0.01, 0.2):.3g}*max(x - {rng.uniform(0.1, 0.9):.3g}, 0)"
        return cell.with_({path: f"({base}) + ({rng.choice([step, kink, '2e-4*(T - 298.15)'])})"})
    if kind == "table":
        key = rng.choice(["open-circuit potential", "particle diffusivity", "entropic change coefficient"])
        if not cell.has(f"{part}/{key}"):
            return cell
        lo = cell.value(f"{part}/minimum stoichiometry") - (rng.random() < 0.5) * 0.05
        hi = cell.value(f"{part}/maximum stoichiometry") + (rng.random() < 0.5) * 0.05
        x, y = tabulated(rng, cell.law(f"{part}/{key}"), max(lo, 0.002), min(hi, 0.998), 298.15)
        if key == "open-circuit potential":
            y = sorted(y, reverse=True)
        return with_table(cell, f"{part}/{key}", x, y)
    if kind == "window":
        end, value = rng.choice([("minimum", 0.0), ("maximum", 1.0)])
        return cell.with_({f"{part}/{end} stoichiometry": value})
    if kind == "cut-off":
        side = rng.choice(["lower", "upper"])
        path = f"cell/{side} voltage cut-off"
        return cell.with_({path: max(0.0, cell.value(path) + rng.uniform(-0.3, 0.3))})
    if kind == "concentration":
        path = "electrolyte/initial concentration"
        if has_film(cell):
            return cell
        return cell.with_({path: cell.value(path) * rng.uniform(0.5, 1.6)})
    if kind == "kinetics":
        where = rng.choice([part, "negative electrode"])
        path = f"{where}/exchange-current density"
        base = as_text(cell.law(path))
        changes = {
            path: f"{decades(rng, -2.0, 1.0):.4g}*({base})"
            if not cell.law(path).constant
            else cell.value(path) * decades(rng, -2.0, 1.0)
        }
        if rng.random() < 0.5:
            changes[f"{where}/exchange-current activation energy"] = rng.uniform(0.0, 6e4)
        return cell.with_(changes)
    if kind == "series":
        return cell.with_({"cell/series resistance": decades(rng, -6.0, -2.5)})
    if kind == "nominal":
        return cell.with_({"cell/nominal capacity": cell.nominal_capacity * decades(rng, -0.3, 0.3)})
    return cell.with_(
        {
            f"{part}/entropic change coefficient": rng.choice(
                [rng.uniform(-4e-4, 4e-4), f"{rng.uniform(-4e-4, 4e-4):.3g}*tanh(30*(x - 0.5))"]
            )
        }
    )


def cell(rng):
    """A packaged set with up to four changes; those that are refused are left out.  (cell, sentences of refusal)."""
    found, refused = loaded(rng.choice(SETS)), []
    for _ in range(rng.choice([0, 1, 1, 2, 3, 4])):
        try:
            found = change(rng, found)
        except cellsim.ParameterError as fault:
            refused.append(str(fault))
    return found, refused


def rounded(x):
    """Four digits of a number."""
    return float(f"{x:.4g}")


def model_of(rng, cell):
    """A model that fits the cell."""
    if has_film(cell):
        return cellsim.ThinFilm()
    foil = has_foil(cell)
    return rng.choice(
        [
            cellsim.DFN(),
            cellsim.DFN(),
            cellsim.DFN(),
            cellsim.SPM(),
            *(() if foil else (cellsim.SPMe(),)),
            cellsim.DFN((rng.randrange(3, 15), rng.randrange(2, 6), rng.randrange(3, 15)), rng.randrange(3, 15)),
        ]
    )


def circumstances(rng, cell):
    """Arguments of `simulate` but for the protocol."""
    model = model_of(rng, cell)
    heat = rng.choice(
        [
            None,
            None,
            True,
            cellsim.Lumped(heat_capacity=decades(rng, 0.5, 5.0)),
            cellsim.Lumped(heat_transfer_coefficient=decades(rng, 0.0, 3.0)),
        ]
    )
    soc = rng.choice([0.0, 1.0, rounded(rng.random()), rounded(rng.random())])
    found = {
        "model": model,
        "soc": soc,
        "heat": heat,
        "temperature": rng.uniform(COLDEST, WARMEST) + ZERO_CELSIUS if rng.random() < 0.7 else 298.15,
    }
    if rng.random() < 0.2:
        found["ambient"] = rng.uniform(COLDEST, WARMEST) + ZERO_CELSIUS
    if rng.random() < 0.1:
        found["period"] = decades(rng, 1.0, 4.0)
    if rng.random() < 0.15:
        found["accuracy"] = rng.choice([1e-2, 3e-3, 1e-4])
    return found


def isothermal(found):
    """The same circumstances without heat."""
    return {k: v for k, v in found.items() if k != "heat"}


def finer(model, times=3):
    """The model on a mesh with so many times more volumes and shells."""
    if isinstance(model, cellsim.ThinFilm):
        return replace(model, volumes=times * model.volumes, shells=times * model.shells)
    if isinstance(model, cellsim.SPM):
        return replace(model, shells=times * model.shells)
    return replace(model, volumes=tuple(times * n for n in model.volumes), shells=times * model.shells)


def resolved(cell, T, rate):
    """The model that suits a cell, with the mesh for a C-rate at a temperature [K]."""
    return default_model(cell).resolved(cell, T, rate)
