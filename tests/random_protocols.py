"""Random protocols of the whole language that a given cell may do; tests/protocol_maker.py makes those of any cell."""

import math

import protocol_maker
from random_cells import COLDEST, WARMEST, decades, rounded

import cellsim
from cellsim.models.electrodes import has_film, has_foil
from cellsim.protocols import CCCV, Condition, Goto, Label, Limit, Profile, Repeat, Step, Stop
from cellsim.protocols.language.units import ZERO_CELSIUS


def fitting_limit(rng, cell, quantity):
    """A limit that may be met by this cell."""
    low, high = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
    side = rng.choice(["", "", "above", "below"])
    if quantity == "voltage":
        return Limit(quantity, rounded(rng.uniform(low, high)), side)
    if quantity == "temperature":
        return Limit(quantity, rounded(rng.uniform(-20.0, 90.0) + ZERO_CELSIUS), side)
    if quantity == "soc":
        return Limit(quantity, rng.choice([0.0, 0.2, 0.5, 0.8, 1.0, rounded(rng.random())]))
    if quantity == "capacity":
        return Limit(quantity, rounded(cell.nominal_capacity * decades(rng, -3.0, 0.1)))
    if quantity == "plating margin":
        return Limit(quantity, rounded(rng.uniform(-0.05, 0.1)))
    if quantity == "critical current margin":
        return Limit(quantity, rounded(rng.uniform(-5.0, 10.0)))
    return Limit(quantity, rounded(_amps(rng, cell, quantity)), rng.choice(["", "above"]))


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
        return rounded(rng.uniform(low, high))
    if control == "temperature":
        return rounded(rng.uniform(10.0, 70.0) + ZERO_CELSIUS)
    if control == "plating margin":
        return rounded(rng.uniform(-0.02, 0.08))
    if control == "critical current margin":
        return rounded(rng.uniform(-2.0, 5.0))
    amps, volts = _amps(rng, cell, "current"), 0.5 * (low + high)
    if control == "power":
        return rounded(sign * amps * volts)
    if control == "resistance":
        return rounded(sign * volts / amps)
    return rounded(sign * _amps(rng, cell, control))


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
        times.append(rounded(times[-1] + gap * rng.uniform(0.5, 1.5)) if rng.random() < 0.9 else times[-1] + 1e-3)
    times = [t + 1e-6 * k for k, t in enumerate(times)]
    times[0] = 0.0
    return Profile(tuple(times), tuple(map(rounded, values)))


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
    follows = rng.random() < 0.15 and control not in (
        "rest",
        "plating margin",
        "critical current margin",
        "temperature",
    )
    target = (
        0.0 if control == "rest" else profile_of(rng, cell, control) if follows else fitting_target(rng, cell, control)
    )
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
    duration = min(rounded(decades(rng, -2.0, 5.0)), last) if needs or rng.random() < 0.4 else None
    around = rng.uniform(COLDEST, WARMEST) + ZERO_CELSIUS if rng.random() < 0.15 else None
    period = decades(rng, 0.0, 3.0) if rng.random() < 0.1 else None
    if period is not None:  # some thousand rows, as each is a state of many volumes and shells
        period = max(period, (duration or 1e5) / 1000.0)
    return Step(
        control,
        target,
        duration,
        until,
        around,
        period,
        decades(rng, -1.0, 1.5) if heat and rng.random() < 0.1 else 0.0,
        bool(heat) and control in ("power", "current", "c-rate") and rng.random() < 0.1,
    )


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
    top = rounded(high - rng.choice([0.0, 0.0, rng.uniform(0.0, 0.2 * (high - low))]))
    top = min(top, high)
    return CCCV(
        Step("c-rate", -rounded(decades(rng, -1.0, 0.6)), None, (Limit("voltage", top),)),
        Step("voltage", top, None, (Limit("c-rate", rounded(decades(rng, -2.0, -0.7))),)),
        rounded(decades(rng, 2.0, 4.5)) if rng.random() < 0.5 else None,
    )


def condition(rng, cell):
    """A condition that every run can answer."""
    quantity = rng.choice(["ending", "voltage", "current", "soc", "capacity", "time"])
    if quantity == "ending":
        return Condition("ending", rng.choice(["time", "voltage", "current", "capacity"]))
    if quantity == "time":
        value = decades(rng, 1.0, 4.5)
    elif quantity == "capacity":
        value = rounded(cell.nominal_capacity * rng.random())
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
