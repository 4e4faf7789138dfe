"""Numbers with units: what the protocol language reads, and how it writes a value."""

from ..quantities import BY_NAME, TABLE, ZERO_CELSIUS

# unit: (quantity, factor, divisor); a value is number * factor / divisor, and of temperatures plus the unit's zero
UNITS: dict[str, tuple[str, float, float]] = {
    spelling: (q.name, u.factor, u.divisor) for q in TABLE for u in q.units for spelling in u.spellings
}
_ZEROS: dict[str, float] = {s: u.zero for q in TABLE for u in q.units if u.zero for s in u.spellings}
CELSIUS = tuple(_ZEROS)
SHORT = 7  # characters of a short number
_LOWER: dict[str, str] = {}
for _unit in UNITS:  # of spellings that differ in case only, the first one counts
    _LOWER.setdefault(_unit.lower(), _unit)


def known(unit: str) -> str | None:
    """The unit as it is spelled in UNITS, whatever its case; None if there is no such unit."""
    return unit if unit in UNITS else _LOWER.get(unit.lower())


def value_of(number: float, unit: str) -> float:
    """A number of a known unit, in the unit of its quantity (`quantities.TABLE`)."""
    if unit in _ZEROS:
        return number + _ZEROS[unit]
    _, factor, divisor = UNITS[unit]
    return number * factor / divisor


def written(value: float, quantity: str) -> str:
    """A value [unit of the quantity] as text with a unit; reading it gives exactly the same value."""
    if BY_NAME[quantity].measure == "temperature":
        return _temperature(value)
    if quantity == "c-rate" and 0.0 < value < 1.0:
        parts = round(1.0 / value)
        if 1.0 / parts == value:
            return f"C/{parts}"
    if BY_NAME[quantity].measure == "soc":
        percent = plain(round(value * 100.0, 10))
        return f"{percent}% SOC" if float(percent) * 1.0 / 100.0 == value else f"{plain(value)} SOC"
    choices = BY_NAME[quantity].written
    text, unit = plain(value), choices[-1]
    for shorter in choices:
        _, factor, divisor = UNITS[shorter]
        short = plain(float(f"{value * divisor / factor:.12g}"))
        if float(short) * factor / divisor == value and len(short) <= SHORT and abs(float(short)) >= 1.0:
            text, unit = short, shorter
            break
    if quantity == "time" and text == "1":
        unit = unit[:-1]
    return f"{text}{'' if unit == 'C' else ' '}{unit}"


def plain(value: float) -> str:
    """All digits of a number, without a trailing .0."""
    return repr(float(value)).removesuffix(".0")


def _temperature(value: float) -> str:
    celsius = plain(round(value - ZERO_CELSIUS, 10))
    if len(celsius) <= SHORT and float(celsius) + ZERO_CELSIUS == value:
        return f"{celsius} degC"
    return f"{plain(value)} K"
