"""Units of the protocol language: what a number with a unit means, and how a value is written with one."""

# unit: (quantity, factor, divisor); a value is number * factor / divisor, so that milli is exact
UNITS = {
    **{u: ("time", 1.0, 1.0) for u in ("s", "sec", "second", "seconds")},
    **{u: ("time", 60.0, 1.0) for u in ("m", "min", "minute", "minutes")},
    **{u: ("time", 3600.0, 1.0) for u in ("h", "hr", "hour", "hours")},
    **{u: ("time", 86400.0, 1.0) for u in ("day", "days")},
    "A": ("current", 1.0, 1.0), "mA": ("current", 1.0, 1e3),
    "C": ("c-rate", 1.0, 1.0), "mC": ("c-rate", 1.0, 1e3),
    **{u: ("current density", 10.0, 1.0) for u in ("mA/cm2", "mA/cm^2", "mA/cm²", "mA.cm-2")},
    **{u: ("current density", 1.0, 1.0) for u in ("A/m2", "A/m^2", "A/m²", "A.m-2")},
    "V": ("voltage", 1.0, 1.0), "mV": ("voltage", 1.0, 1e3),
    "W": ("power", 1.0, 1.0), "mW": ("power", 1.0, 1e3), "kW": ("power", 1e3, 1.0),
    **{u: ("resistance", 1.0, 1.0) for u in ("Ohm", "Ohms", "Ω")},
    **{u: ("resistance", 1.0, 1e3) for u in ("mOhm", "mOhms", "mΩ")},
    **{u: ("capacity", 1.0, 1.0) for u in ("Ah", "A.h")}, **{u: ("capacity", 1.0, 1e3) for u in ("mAh", "mA.h")},
    "%": ("soc", 1.0, 100.0),
    **{u: ("temperature", 1.0, 1.0) for u in ("degC", "°C", "oC", "celsius", "K", "kelvin")},
}
CELSIUS = ("degC", "°C", "oC", "celsius")
ZERO_CELSIUS = 273.15
_LOWER: dict[str, str] = {}
for _unit in UNITS:  # the first spelling wins
    _LOWER.setdefault(_unit.lower(), _unit)

# units a value of a quantity is written in; the first that gives a short number without loss is taken
WRITTEN = {
    "time": (("hours", 3600.0, 1.0), ("minutes", 60.0, 1.0), ("seconds", 1.0, 1.0)),
    "current": (("A", 1.0, 1.0),), "c-rate": (("C", 1.0, 1.0),),
    "current density": (("mA/cm2", 10.0, 1.0), ("A/m2", 1.0, 1.0)),
    "critical current margin": (("mA/cm2", 10.0, 1.0), ("A/m2", 1.0, 1.0)),
    "voltage": (("V", 1.0, 1.0),), "plating margin": (("mV", 1.0, 1e3), ("V", 1.0, 1.0)),
    "power": (("W", 1.0, 1.0),), "resistance": (("Ohm", 1.0, 1.0),), "capacity": (("Ah", 1.0, 1.0),),
    "soc": (("%", 1.0, 100.0),),
}
SHORT = 7  # characters of a short number


def known(unit) -> str | None:
    """The unit as it is spelled in UNITS; upper and lower case do not matter.  None: there is none."""
    return unit if unit in UNITS else _LOWER.get(unit.lower())


def value_of(number, unit) -> float:
    """A number of a known unit in the unit of its quantity (see `Step`); time in seconds."""
    _, factor, divisor = UNITS[unit]
    return number + ZERO_CELSIUS if unit in CELSIUS else number * factor / divisor


def written(value, quantity) -> str:
    """A value with a unit, such that reading it gives the very same number."""
    if quantity == "temperature":
        return _temperature(value)
    if quantity == "c-rate" and 0.0 < value < 1.0:
        parts = round(1.0 / value)
        if 1.0 / parts == value:
            return f"C/{parts}"
    if quantity == "soc":
        percent = _number(round(value * 100.0, 10))
        return f"{percent}% SOC" if float(percent) * 1.0 / 100.0 == value else f"{_number(value)} SOC"
    text, unit = _number(value), WRITTEN[quantity][-1][0]
    for shorter, factor, divisor in WRITTEN[quantity]:
        found = _number(float(f"{value * divisor / factor:.12g}"))
        if float(found) * factor / divisor == value and len(found) <= SHORT and abs(float(found)) >= 1.0:
            text, unit = found, shorter
            break
    if quantity == "time" and text == "1":
        unit = unit[:-1]
    return f"{text}{'' if unit == 'C' else ' '}{unit}"


def _number(value) -> str:
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text


def _temperature(value) -> str:
    celsius = _number(round(value - ZERO_CELSIUS, 10))
    if len(celsius) <= SHORT and float(celsius) + ZERO_CELSIUS == value:
        return f"{celsius} degC"
    return f"{_number(value)} K"
