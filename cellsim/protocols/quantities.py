"""The quantities of protocols: what a step can control, end at, compare or constrain a charge by.

Each is one row of TABLE.  The language, the checks, the JSON form, the exchange with PyBaMM, the kernels' controls,
the constraints of charges and the tables of the documentation are derived from it.
Signs: discharge current, C-rate, current density, power and resistance are positive; limits of them are magnitudes.
"""

from dataclasses import dataclass

from ..errors import Ending
from ..physics.constants import ZERO_CELSIUS
from .roles import ConstraintRole, ControlRole, LimitRole, Need, Scale, Unit


@dataclass(frozen=True)
class Quantity:
    """One row: name in the language and in Python, unit in Python and JSON, and its roles.

    noun, example: in messages.  units: of the language that belong to this quantity; measured_in: the quantity whose
    units are used, if it has none of its own.  written: units in which a value is written, the first one that gives a
    short number without loss.
    scale: from the unit to the kernels', which count per electrode area.
    variable: of a `Result` that holds it at one moment; "" for what only a whole step has.
    flow: whether it is a current.  condition: whether a condition can compare it.  endings: for which `ended by` with
    this name holds.  needs: what a run must have.  pybamm_stop: the side on which PyBaMM ends a whole experiment.
    """

    name: str
    unit: str
    noun: str = ""
    example: str = ""
    units: tuple[Unit, ...] = ()
    measured_in: str = ""
    written: tuple[str, ...] = ()
    scale: Scale = "absolute"
    variable: str = ""
    flow: bool = False
    condition: bool = True
    endings: tuple[Ending, ...] = ()
    needs: Need = ""
    pybamm_stop: str = ""
    control: ControlRole | None = None
    limit: LimitRole | None = None
    constraint: ConstraintRole | None = None

    @property
    def measure(self) -> str:
        """The quantity whose units it is written in."""
        return self.measured_in or self.name

    @property
    def symbol(self) -> str:
        """The unit in Python and JSON, as the language spells it; "" if it has none."""
        units = BY_NAME[self.measure].units
        return next((u.spellings[0] for u in units if u.factor == u.divisor and not u.zero), "")


TABLE = (
    Quantity(
        "time",
        "s",
        "a time",
        "10 min",
        units=(
            Unit(("s", "sec", "second", "seconds")),
            Unit(("m", "min", "minute", "minutes"), 60.0),
            Unit(("h", "hr", "hour", "hours"), 3600.0),
            Unit(("day", "days"), 86400.0),
        ),
        written=("hours", "minutes", "seconds"),
        endings=(Ending.DURATION,),
        pybamm_stop="above",
    ),
    Quantity(
        "voltage",
        "V",
        "a voltage",
        "4.2 V",
        units=(Unit(("V",)), Unit(("mV",), divisor=1e3)),
        written=("V",),
        variable="Voltage [V]",
        endings=(Ending.LOWER_VOLTAGE, Ending.UPPER_VOLTAGE),
        pybamm_stop="below",
        control=ControlRole("held", "VOLTAGE", profile=True, pybamm=("Voltage", "voltage")),
        limit=LimitRole(
            "by direction",
            "v_below",
            "v_above",
            sides=("above", "below"),
            signed=True,  # of symmetric cells, and of lithium on copper
            at_start=True,
            pybamm=("VoltageTermination",),
            pybamm_sided=True,
        ),
        constraint=ConstraintRole("voltage", "voltage", "below", ("voltage",), "V", inside=1e-4),
    ),
    Quantity(
        "current",
        "A",
        "a current",
        "2 A",
        units=(Unit(("A",)), Unit(("mA",), divisor=1e3)),
        written=("A",),
        scale="per area",
        variable="Current [A]",
        flow=True,
        endings=(Ending.CURRENT,),
        control=ControlRole("driven", "CURRENT", profile=True, pybamm=("Current", "current")),
        limit=LimitRole("falling", "i_end", "i_top", sides=("above",), rest=False, pybamm=("CurrentTermination",)),
    ),
    Quantity(
        "c-rate",
        "C",
        "a C-rate",
        "C/20",
        units=(Unit(("C",)), Unit(("mC",), divisor=1e3)),
        written=("C",),
        scale="capacity per area",
        variable="C-rate",
        flow=True,
        control=ControlRole("driven", "CURRENT", profile=True, pybamm=("CRate", "c_rate")),
        limit=LimitRole(
            "falling", "i_end", "i_top", sides=("above",), rest=False, pybamm=("CRateTermination", "CrateTermination")
        ),
        constraint=ConstraintRole("current", "c_rate", "below", ("c-rate", "current", "current density"), "C"),
    ),
    Quantity(
        "current density",
        "A.m-2",
        "a current density",
        "3 mA/cm2",
        units=(Unit(("mA/cm2", "mA/cm^2", "mA/cm²", "mA.cm-2"), 10.0), Unit(("A/m2", "A/m^2", "A/m²", "A.m-2"))),
        written=("mA/cm2", "A/m2"),
        variable="Current density [A.m-2]",
        flow=True,
        control=ControlRole("driven", "CURRENT", profile=True),
        limit=LimitRole("falling", "i_end", "i_top", sides=("above",), rest=False),
    ),
    Quantity(
        "power",
        "W",
        "a power",
        "5 W",
        units=(Unit(("W",)), Unit(("mW",), divisor=1e3), Unit(("kW",), 1e3)),
        written=("W",),
        scale="per area",
        variable="Power [W]",
        condition=False,
        control=ControlRole("driven", "POWER", profile=True, pybamm=("Power", "power")),
    ),
    Quantity(
        "resistance",
        "Ohm",
        "a resistance",
        "2 Ohm",
        units=(Unit(("Ohm", "Ohms", "Ω")), Unit(("mOhm", "mOhms", "mΩ"), divisor=1e3)),
        written=("Ohm",),
        scale="times area",
        condition=False,
        control=ControlRole("driven", "RESISTANCE", profile=True, pybamm=("Resistance", "resistance")),
    ),
    Quantity(
        "rest",
        "",
        "no current",
        "Rest",
        scale="per area",
        condition=False,
        control=ControlRole("rest", "CURRENT", pybamm=("Rest", "rest")),
    ),
    Quantity(
        "capacity",
        "A.h",
        "a charge",
        "2 Ah",
        units=(Unit(("Ah", "A.h")), Unit(("mAh", "mA.h"), divisor=1e3)),
        written=("Ah",),
        scale="charge per area",
        endings=(Ending.CAPACITY,),
        limit=LimitRole("charge passed", "q_lo", "q_hi", rest=False),
    ),
    Quantity(
        "soc",
        "0..1",
        "a state of charge",
        "80% SOC",
        units=(Unit(("%",), divisor=100.0),),
        written=("%",),
        scale="charge per area",
        variable="State of charge",
        endings=(Ending.CAPACITY,),
        limit=LimitRole("state of charge", "q_lo", "q_hi", highest=1.0, rest=False, profile=False, at_start=True),
    ),
    Quantity(
        "cell capacity",
        "A.h",
        "a capacity of the cell",
        "cell capacity 4 Ah",
        measured_in="capacity",
        written=("Ah",),
        variable="Capacity [A.h]",
        needs="porous electrodes",
        pybamm_stop="below",
    ),
    Quantity(
        "capacity retention",
        "0..1",
        "a share of the first capacity",
        "capacity retention 80%",
        measured_in="soc",
        written=("%",),
        variable="Capacity retention",
        needs="porous electrodes",
        pybamm_stop="below",
    ),
    Quantity(
        "plating margin",
        "V",
        "a plating margin",
        "plating margin 10 mV",
        measured_in="voltage",
        written=("mV", "V"),
        variable="Plating margin [V]",
        endings=(Ending.PLATING_MARGIN,),
        needs="porous negative electrode",
        control=ControlRole("held", "PLATING"),
        limit=LimitRole("falling", "plating", signed=True),
        constraint=ConstraintRole(
            "plating margin",
            "plating_margin",
            "above",
            ("voltage",),
            "mV",
            factor=1e3,
            inside=1e-4,
            front=(-1000.0, 1000.0),
            margin=10.0,
        ),
    ),
    Quantity(
        "critical current margin",
        "A.m-2",
        "a critical current margin",
        "critical current margin 0.5 mA/cm2",
        measured_in="current density",
        written=("mA/cm2", "A/m2"),
        variable="Critical current margin [A.m-2]",
        endings=(Ending.CRITICAL_CURRENT,),
        needs="lithium-metal electrode",
        control=ControlRole("held", "CRITICAL"),
        limit=LimitRole("falling", "critical", signed=True),
        constraint=ConstraintRole(
            "critical current margin",
            "critical_current_margin",
            "above",
            ("current density",),
            "mA/cm2",
            factor=0.1,
            inside=1e-2,
            front=(-1e4, 1e4),
            margin=0.1,
        ),
    ),
    Quantity(
        "temperature",
        "K",
        "a temperature",
        "45 degC",
        units=(Unit(("degC", "°C", "oC", "celsius"), zero=ZERO_CELSIUS), Unit(("K", "kelvin"))),
        written=("degC", "K"),
        variable="Surface temperature [K]",
        endings=(Ending.TEMPERATURE, Ending.TEMPERATURE_RANGE),
        needs="heat",
        control=ControlRole("held", "TEMPERATURE"),
        limit=LimitRole("by position", "T_lo", "T_hi", sides=("above", "below"), at_start=True),
        constraint=ConstraintRole(
            "temperature",
            "temperature",
            "below",
            ("temperature",),
            "degC",
            zero=ZERO_CELSIUS,
            inside=0.1,
            front=(-73.0, 127.0),
            margin=1.0,
        ),
    ),
    Quantity(
        "maximum temperature",
        "K",
        "a temperature",
        "maximum temperature 45 degC",
        measured_in="temperature",
        written=("degC", "K"),
        variable="Maximum cell temperature [K]",
        needs="heat",
        limit=LimitRole("rising", "", "T_top"),
    ),
)

BY_NAME: dict[str, Quantity] = {q.name: q for q in TABLE}
CONTROLS: dict[str, ControlRole] = {q.name: q.control for q in TABLE if q.control is not None}
LIMITS: dict[str, LimitRole] = {q.name: q.limit for q in TABLE if q.limit is not None}
CONSTRAINTS: dict[str, ConstraintRole] = {q.constraint.name: q.constraint for q in TABLE if q.constraint is not None}
CONSTRAINED: dict[str, Quantity] = {q.constraint.name: q for q in TABLE if q.constraint is not None}
CONDITIONS: tuple[str, ...] = tuple(q.name for q in TABLE if q.condition)
ENDED_BY: dict[str, tuple[Ending, ...]] = {q.name: q.endings for q in TABLE if q.endings}  # words of `ended by`
FLOWS: tuple[str, ...] = tuple(q.name for q in TABLE if q.flow)  # currents, in different units
DRIVEN: tuple[str, ...] = tuple(name for name, c in CONTROLS.items() if c.kind == "driven")
HELD: tuple[str, ...] = tuple(name for name, c in CONTROLS.items() if c.kind == "held")
FOLLOWED: tuple[str, ...] = tuple(name for name, c in CONTROLS.items() if c.profile)
