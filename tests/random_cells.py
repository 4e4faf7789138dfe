"""Random cells that a user might make, and random things to do to them: for the consistency tests and the campaign.

Everything comes from a `random.Random`, so that a seed and a number give the same run anywhere.
"""
import math
import re
from dataclasses import replace
from functools import lru_cache

import numpy as np
import protocol_maker

import cellsim
from cellsim.models import default_model
from cellsim.models.parts import has_film, has_foil
from cellsim.protocols import CCCV, Condition, Goto, Label, Limit, Profile, Repeat, Step, Stop
from cellsim.protocols.units import ZERO_CELSIUS

COLDEST, WARMEST = -30.0, 100.0  # degC of a run
SETS = tuple(sorted(cellsim.cells()))
POROUS_NUMBERS = ("thickness", "particle radius", "maximum concentration", "electronic conductivity")
EXPRESSION = "({base})*({shape})"
KINKS = ("max(x, {at})/{at}", "1 + {a}*abs(x - {at})", "min(1 + {a}*x, 1 + {a}*{at})")
STEEP = ("exp({a}*(x - {at}))", "1 + {b}*tanh(40*(x - {at}))", "1 + {b}*tanh(200*(x - {at}))")
WARM = ("exp({E}*(1/298.15 - 1/T))", "1 + {k}*(T - 298.15)", "max(1 + {k}*(T - 298.15), 0.5)",
        "1 + 0.4*tanh((T - 290)/3)")


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
    numbers = {"at": f"{rng.uniform(0.1, 0.9):.3g}", "a": f"{rng.uniform(0.1, 3.0):.3g}",
               "b": f"{rng.uniform(0.05, 0.9):.3g}", "E": f"{rng.uniform(500, 6000):.5g}",
               "k": f"{rng.uniform(-3e-3, 6e-3):.3g}"}
    text = rng.choice(forms).format(**numbers)
    return re.sub(r"\bx\b", f"(x/{unit:g})", text)


def as_text(law):
    """A law as the text of an expression, if it has any."""
    return law.expression if law.expression is not None else None if law.table else f"{law.value!r}"


def tabulated(rng, law, lo, hi, T):
    """A table of a law: short or long, evenly spaced or not, with noise of up to 5 % in a few."""
    n = rng.choice([2, 3, 5, 12, 40, 200])
    x = np.linspace(lo, hi, n) if rng.random() < 0.5 else np.array(
        sorted({lo, hi, *(rng.uniform(lo, hi) for _ in range(n - 2))}))
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
    kind = rng.choice(["dimension", "dimension", "fraction", "separator", "salt law", "solid law", "potential", "table",
                       "window", "cut-off", "concentration", "kinetics", "series", "nominal", "entropy"])
    if kind == "dimension":
        key = "thickness" if film else rng.choice(POROUS_NUMBERS)
        path = f"{part}/{key}"
        return cell.with_({path: cell.value(path) * (decades(rng, -0.3, 0.3) if key != "electronic conductivity"
                                                     else decades(rng, -1.0, 1.0))})
    if kind == "fraction" and not film:
        pores = cell.value(f"{part}/electrolyte volume fraction") * rng.uniform(0.6, 1.3)
        room = 1.0 - pores - cell.value(f"{part}/void volume fraction")
        active = min(cell.value(f"{part}/active material volume fraction") * rng.uniform(0.6, 1.1), 0.99 * room)
        return cell.with_({f"{part}/electrolyte volume fraction": pores,
                           f"{part}/active material volume fraction": active})
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
        changes = {path: f"{decades(rng, -2.0, 1.0):.4g}*({base})" if not cell.law(path).constant else
                   cell.value(path) * decades(rng, -2.0, 1.0)}
        if rng.random() < 0.5:
            changes[f"{where}/exchange-current activation energy"] = rng.uniform(0.0, 6e4)
        return cell.with_(changes)
    if kind == "series":
        return cell.with_({"cell/series resistance": decades(rng, -6.0, -2.5)})
    if kind == "nominal":
        return cell.with_({"cell/nominal capacity": cell.nominal_capacity * decades(rng, -0.3, 0.3)})
    return cell.with_({f"{part}/entropic change coefficient": rng.choice(
        [rng.uniform(-4e-4, 4e-4), f"{rng.uniform(-4e-4, 4e-4):.3g}*tanh(30*(x - 0.5))"])})


def cell(rng):
    """A packaged set with up to four changes; those that are refused are left out.  (cell, sentences of refusal)."""
    found, refused = loaded(rng.choice(SETS)), []
    for _ in range(rng.choice([0, 1, 1, 2, 3, 4])):
        try:
            found = change(rng, found)
        except cellsim.ParameterError as fault:
            refused.append(str(fault))
    return found, refused


def _round(x):
    return float(f"{x:.4g}")


def fitting_limit(rng, cell, quantity):
    """A limit that may be met by this cell."""
    low, high = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
    side = rng.choice(["", "", "above", "below"])
    if quantity == "voltage":
        return Limit(quantity, _round(rng.uniform(low, high)), side)
    if quantity == "temperature":
        return Limit(quantity, _round(rng.uniform(-20.0, 90.0) + ZERO_CELSIUS), side)
    if quantity == "soc":
        return Limit(quantity, rng.choice([0.0, 0.2, 0.5, 0.8, 1.0, _round(rng.random())]))
    if quantity == "capacity":
        return Limit(quantity, _round(cell.nominal_capacity * decades(rng, -3.0, 0.1)))
    if quantity == "plating margin":
        return Limit(quantity, _round(rng.uniform(-0.05, 0.1)))
    if quantity == "critical current margin":
        return Limit(quantity, _round(rng.uniform(-5.0, 10.0)))
    return Limit(quantity, _round(_amps(rng, cell, quantity)), rng.choice(["", "above"]))


def _amps(rng, cell, control):
    """A current of C/100 to 10C, in the unit of a control."""
    C = decades(rng, -2.0, 1.0) * (1.0 if rng.random() < 0.9 else decades(rng, -3.0, 1.0))
    area = cell.value("cell/electrode area")
    return C * {"c-rate": 1.0, "current density": cell.nominal_capacity / area}.get(control, cell.nominal_capacity)


def fitting_target(rng, cell, control):
    """A target that this cell may reach."""
    low, high = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
    sign = rng.choice([1.0, -1.0])
    if control == "voltage":
        return _round(rng.uniform(low, high))
    if control == "temperature":
        return _round(rng.uniform(10.0, 70.0) + ZERO_CELSIUS)
    if control == "plating margin":
        return _round(rng.uniform(-0.02, 0.08))
    if control == "critical current margin":
        return _round(rng.uniform(-2.0, 5.0))
    amps, volts = _amps(rng, cell, "current"), 0.5 * (low + high)
    if control == "power":
        return _round(sign * amps * volts)
    if control == "resistance":
        return _round(sign * volts / amps)
    return _round(sign * _amps(rng, cell, control))


def profile_of(rng, cell, control):
    """A profile of a few points, or of many that change fast."""
    if control == "voltage":
        a, b = sorted(fitting_target(rng, cell, control) for _ in range(2))
        values = [rng.uniform(a, b) for _ in range(rng.randrange(2, 8))]
    elif control == "resistance":
        base = abs(fitting_target(rng, cell, control))
        values = [base * rng.uniform(0.5, 2.0) for _ in range(rng.randrange(2, 6))]
    else:
        base = abs(fitting_target(rng, cell, control))
        values = [base * rng.uniform(-1.0, 1.0) for _ in range(rng.choice([2, 4, 8, 60]))]
    gap, times = decades(rng, -1.0, 2.5), [0.0]
    for _ in values[1:]:
        times.append(_round(times[-1] + gap * rng.uniform(0.5, 1.5)) if rng.random() < 0.9 else times[-1] + 1e-3)
    times = [t + 1e-6 * k for k, t in enumerate(times)]
    times[0] = 0.0
    return Profile(tuple(times), tuple(map(_round, values)))


def controls_of(cell, model, heat):
    """Controls and limits that this run knows."""
    foil, film = has_foil(cell), has_film(cell)
    controls = ["rest", "voltage", "power", "resistance", "current", "c-rate", "current density"]
    limits = ["voltage", "current", "c-rate", "current density", "capacity", "soc"]
    if not foil and not isinstance(model, cellsim.SPMe):
        controls, limits = [*controls, "plating margin"], [*limits, "plating margin"]
    if cell.has("negative electrode/critical current density"):
        controls, limits = [*controls, "critical current margin"], [*limits, "critical current margin"]
    if heat:
        limits = [*limits, "temperature"]
        if not isinstance(model, cellsim.SPMe) and not film:
            controls = [*controls, "temperature"]
    return controls, limits


def step(rng, cell, model, heat):
    """A step that this cell may do: any control, limit and circumstance of the language."""
    controls, limits = controls_of(cell, model, heat)
    control = rng.choice(controls)
    held = control in ("voltage", "plating margin", "critical current margin", "temperature")
    follows = rng.random() < 0.15 and control not in ("rest", "plating margin", "critical current margin",
                                                      "temperature")
    target = 0.0 if control == "rest" else profile_of(rng, cell, control) if follows else fitting_target(
        rng, cell, control)
    kinds = [q for q in limits if not (q == control and held)]
    if control == "rest":
        kinds = [q for q in kinds if q in ("voltage", "temperature", "plating margin")]
    elif follows:
        kinds = [q for q in kinds if q != "soc"]
    elif not held and control not in ("power", "resistance"):
        kinds = [q for q in kinds if q not in ("current", "c-rate", "current density")]
    some = rng.sample(kinds, min(len(kinds), rng.choice([0, 1, 1, 2])))
    until = tuple(fitting_limit(rng, cell, q) for q in some)
    last = target.duration if follows else math.inf
    needs = (held or control == "rest") and not follows
    duration = min(_round(decades(rng, -2.0, 5.0)), last) if needs or rng.random() < 0.4 else None
    around = rng.uniform(COLDEST, WARMEST) + ZERO_CELSIUS if rng.random() < 0.15 else None
    period = decades(rng, 0.0, 3.0) if rng.random() < 0.1 else None
    if period is not None and duration is not None:
        period = max(period, duration / 1000.0)
    return Step(control, target, duration, until, around, period,
                decades(rng, -1.0, 1.5) if heat and rng.random() < 0.1 else 0.0,
                bool(heat) and control in ("power", "current", "c-rate") and rng.random() < 0.1)


def _sure(make):
    """What `make` makes, however often it takes until it is not refused."""
    while True:
        try:
            return make()
        except cellsim.ProtocolError:
            continue


def cc_cv(rng, cell):
    """A charge and a hold within a time."""
    low, high = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
    top = _round(high - rng.choice([0.0, 0.0, rng.uniform(0.0, 0.2 * (high - low))]))
    top = min(top, high)
    return CCCV(Step("c-rate", -_round(decades(rng, -1.0, 0.6)), None, (Limit("voltage", top),)),
                Step("voltage", top, None, (Limit("c-rate", _round(decades(rng, -2.0, -0.7))),)),
                _round(decades(rng, 2.0, 4.5)) if rng.random() < 0.5 else None)


def condition(rng, cell):
    """A condition that every run can answer."""
    quantity = rng.choice(["ending", "voltage", "current", "soc", "capacity", "time"])
    if quantity == "ending":
        return Condition("ending", rng.choice(["time", "voltage", "current", "capacity"]))
    if quantity == "time":
        value = decades(rng, 1.0, 4.5)
    elif quantity == "capacity":
        value = _round(cell.nominal_capacity * rng.random())
    else:
        value = fitting_limit(rng, cell, quantity).value
    return Condition(quantity, rng.choice(["above", "below"]), value)


def protocol(rng, cell, model, heat):
    """A protocol of the whole language that this cell may do; one in ten is one that no one checked against it."""
    if rng.random() < 0.1:
        return _sure(lambda: cellsim.Protocol(protocol_maker.nodes(rng)))
    def one():
        return cc_cv(rng, cell) if rng.random() < 0.1 else step(rng, cell, model, heat)

    nodes: list = [_sure(one) for _ in range(rng.choice([1, 1, 2, 3, 5]))]
    if rng.random() < 0.2:
        nodes.append(Repeat(tuple(_sure(one) for _ in range(rng.choice([1, 2, 3]))), rng.choice([2, 3, 5])))
    if rng.random() < 0.1:
        back = Goto("again", condition(rng, cell), rng.choice([1, 3]))
        nodes = [nodes[0], Label("again"), *nodes[1:], _sure(one), back]
    if rng.random() < 0.1:
        nodes += [Stop(condition(rng, cell)), _sure(one)]
    source = [*nodes, f"Stop whenever time above {decades(rng, 2.0, 5.0):.4g} s"] if rng.random() < 0.1 else nodes
    return _sure(lambda: cellsim.Protocol(source, force=rng.random() < 0.1))


def model_of(rng, cell):
    """A model that fits the cell."""
    if has_film(cell):
        return cellsim.ThinFilm()
    foil = has_foil(cell)
    return rng.choice([cellsim.DFN(), cellsim.DFN(), cellsim.DFN(), cellsim.SPM(), *(() if foil else (cellsim.SPMe(),)),
                       cellsim.DFN((rng.randrange(3, 15), rng.randrange(2, 6), rng.randrange(3, 15)),
                                   rng.randrange(3, 15))])


def circumstances(rng, cell):
    """Arguments of `simulate` but for the protocol."""
    model = model_of(rng, cell)
    heat = rng.choice([None, None, True, cellsim.Lumped(heat_capacity=decades(rng, 0.5, 5.0)),
                       cellsim.Lumped(heat_transfer_coefficient=decades(rng, 0.0, 3.0))])
    soc = rng.choice([0.0, 1.0, _round(rng.random()), _round(rng.random())])
    found = {"model": model, "soc": soc, "heat": heat,
             "temperature": rng.uniform(COLDEST, WARMEST) + ZERO_CELSIUS if rng.random() < 0.7 else 298.15}
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
