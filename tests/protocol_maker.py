"""Random protocols and random texts for the tests of the protocol language."""

import math

from cellsim.protocols import CCCV, Condition, Goto, Label, Limit, Profile, Repeat, Step, Stop
from cellsim.protocols.drive_cycles import CYCLES, load
from cellsim.protocols.quantities import CONDITIONS, DRIVEN, ENDED_BY, FLOWS, HELD, LIMITS

TEXTS = [
    "Charge at 2C until 4.2 V; Hold at 4.2 V until C/20",
    "charge at 3 mA/cm2 until 80% SOC or until 45 degC, then rest for 1 h (1 minute period) at ambient -10 degC",
    "Repeat 3: Discharge at C/10 for 10 hours or until 3.3 V; rest for 1 h; end; CCCV at 2C to 4 V until 1 A for 1 h",
    "label a; heat at 50 W until 25 degC; goto a if time < 2 h, at most 3 times; stop whenever voltage below 2 V",
    "Run [0: 1, 10: 2] in W; self-heat at 30 W until 10 degC; hold plating margin at 10 mV until 4.2 V",
    "hold temperature at 45 degC for 1 hour; stop if ended by time; hold critical current margin at 1 mA/cm2 for 1 min",
]
PIECES = " ".join(TEXTS).split() + [
    "\n",
    ";",
    "(",
    ")",
    "%",
    "°C",
    "C/",
    "1e9",
    "1e999",
    "-",
    "'",
    '"',
    "run",
    "peak",
    "²",
    "\x00",
    "\ud800",
    "٣",
    "9" * 400,
    "force",
    "end",
    "with",
    "heater",
]
LETTERS = "abcCVWAh0123456789./;:,()[]<>%°\"' \n\t-+eE²\x00é"


def text(rng):
    """A text that is mostly wrong: letters, words, or a right one with words or letters exchanged."""
    kind = rng.randrange(4)
    if kind == 0:
        return "".join(rng.choices(LETTERS, k=rng.randrange(1, 60)))
    if kind == 1:
        return " ".join(rng.choices(PIECES, k=rng.randrange(1, 12)))
    parts = rng.choice(TEXTS).split() if kind == 2 else list(rng.choice(TEXTS))
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(parts))
        parts[at : at + rng.randrange(3)] = [rng.choice(PIECES if kind == 2 else LETTERS)]
    return (" " if kind == 2 else "").join(parts)


def number(rng, low=1e-3, high=1e3):
    """A positive number: short, or with all digits it can have."""
    value = math.exp(rng.uniform(math.log(low), math.log(high)))
    return rng.choice([value, float(f"{value:.2g}"), 1.0 / rng.randrange(1, 50)])


def celsius(rng):
    """A temperature in K."""
    return rng.choice([rng.randrange(-40, 90) + 273.15, rng.uniform(230.0, 360.0)])


def limit(rng, quantity):
    """A limit of a quantity."""
    if quantity == "temperature":
        return Limit(quantity, celsius(rng), rng.choice(["", "above", "below"]))
    if quantity == "voltage":
        return Limit(quantity, number(rng, 2.0, 5.0), rng.choice(["", "above", "below"]))
    if quantity == "soc":
        return Limit(quantity, rng.choice([rng.randrange(101) / 100.0, rng.random()]))
    role = LIMITS[quantity]
    sign = rng.choice([1.0, -1.0]) if role.signed else 1.0
    return Limit(quantity, sign * number(rng), rng.choice(["", *role.sides]))


def target(rng, control):
    """A number for a control; sometimes a profile."""
    if rng.random() < 0.2 and control not in HELD[1:]:
        if rng.random() < 0.5:
            base = load(rng.choice(list(CYCLES)))
            return rng.choice([base, base.to_peak(number(rng)), base * 0.3])
        times = [0.0]
        for _ in range(rng.randrange(1, 5)):
            times.append(times[-1] + number(rng))
        return Profile(times, [rng.uniform(-5.0, 5.0) for _ in times])
    if control == "temperature":
        return celsius(rng)
    return number(rng) * (1.0 if control in HELD else rng.choice([1.0, -1.0]))


def step(rng):
    """Any step the language can say."""
    control = rng.choice(["rest", "voltage", *DRIVEN, *HELD])
    wanted = 0.0 if control == "rest" else target(rng, control)
    none = [control] if control in HELD or not isinstance(wanted, Profile) else []
    none += [*FLOWS, "capacity", "soc"] if control == "rest" else []
    none += ["soc"] if isinstance(wanted, Profile) else []
    choices = [q for q in LIMITS if q not in none]
    until = tuple(limit(rng, q) for q in rng.sample(choices, rng.randrange(3)))
    if control in FLOWS and not isinstance(wanted, Profile):
        until = tuple(x for x in until if x.quantity != control)
    last = wanted.duration if isinstance(wanted, Profile) else 1e6
    needs = control in ("rest", *HELD) and not isinstance(wanted, Profile) and not until
    duration = min(number(rng, 1e-2, 1e6), last) if needs or rng.random() < 0.4 else None
    if isinstance(wanted, Profile) and duration is None:
        duration = last
    return Step(
        control,
        wanted,
        duration,
        until,
        celsius(rng) if rng.random() < 0.2 else None,
        number(rng) if rng.random() < 0.2 else None,
        number(rng) if rng.random() < 0.2 else 0.0,
        rng.random() < 0.2,
    )


def cccv(rng):
    """A charge and a hold within a time."""
    top, both = number(rng, 2.0, 5.0), tuple(limit(rng, q) for q in rng.sample(["temperature", "plating margin"], 1))
    around = (celsius(rng), number(rng)) if rng.random() < 0.3 else (None, None)
    charge = Step(rng.choice(FLOWS), -number(rng), None, (Limit("voltage", top), *both), *around)
    hold = Step("voltage", top, None, (Limit("c-rate", number(rng)), *both), *around)
    return CCCV(charge, hold, number(rng, 1.0, 1e6) if rng.random() < 0.7 else None)


def condition(rng):
    """Any condition."""
    if rng.random() < 0.3:
        return Condition("ending", rng.choice(list(ENDED_BY)))
    quantity = rng.choice(list(CONDITIONS))
    if quantity == "capacity retention":
        value = rng.choice([rng.randrange(101) / 100.0, rng.random()])
    else:
        value = limit(rng, quantity).value if quantity in LIMITS else number(rng)
    return Condition(quantity, rng.choice(["above", "below"]), value)


def nodes(rng, depth=0):
    """A list of nodes that begins with a step and jumps to a label of its own."""
    name = f"place{rng.randrange(10**9)}"
    found = [step(rng), Label(name), step(rng)]
    for _ in range(rng.randrange(4)):
        kind = rng.randrange(5)
        if kind == 0 and depth < 3:
            found.append(Repeat(tuple(nodes(rng, depth + 1)), rng.randrange(1, 100)))
        elif kind == 1:
            found.append(Goto(name, rng.choice([None, condition(rng)]), rng.randrange(1, 9)))
        elif kind == 2:
            found.append(Stop(condition(rng)))
        elif kind == 3:
            found.append(cccv(rng))
        else:
            found.append(step(rng))
    return found
