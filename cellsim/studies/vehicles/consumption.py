"""Consumption of tested cars from their coast-down coefficients, with the same drivetrain for all of them.

The cars are those of `data/vehicles_epa_2022.csv`: test mass, coast-down coefficients, and energy from the wall on UDDS
and HWFET as measured.  Two numbers, efficiency and recovered share, are fitted to all cars at once; auxiliary power and
charging efficiency are fixed; nothing is fitted to one car.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...protocols.cycles.road_load import Vehicle, trip
from ...protocols.cycles.vehicles import Segment, vehicles
from ...protocols.drive_cycles import schedule

DATA = Path(__file__).parent / "data"
AUXILIARY = 250.0  # W of a car on the dynamometer; assumed, fixed in the fit
CYCLES = ("UDDS", "HWFET")
CITY = 0.55  # share of UDDS in the combined figure
LABEL = 0.7  # unadjusted over label: the agency's factor
Array = NDArray[np.float64]


@dataclass(frozen=True)
class TestedCar:
    """A car of the list: name, test mass [kg], coast-down coefficients, and Wh/km from the wall on CYCLES."""

    name: str
    mass: float
    coast_down: tuple[float, float, float]
    measured: tuple[float, float]

    @property
    def maker(self) -> str:
        """The first word of its name."""
        return self.name.split()[0].lower()


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table in `data/`, without its comments."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def tested_cars() -> tuple[TestedCar, ...]:
    """The 48 cars of the EPA's list of 2022."""
    return tuple(
        TestedCar(
            r["car"],
            float(r["test_mass_kg"]),
            (float(r["A_N"]), float(r["B_N_s_per_m"]), float(r["C_N_s2_per_m2"])),
            (float(r["udds_Wh_per_km_wall"]), float(r["hwfet_Wh_per_km_wall"])),
        )
        for r in rows("vehicles_epa_2022.csv")
    )


@dataclass(frozen=True)
class Drivetrain:
    """Efficiency battery to wheels, recovered share of the braking energy, charging efficiency."""

    efficiency: float
    recovered: float
    charging: float

    @classmethod
    def of(cls, segment: Segment) -> "Drivetrain":
        """That of a file of vehicles."""
        d = segment.drivetrain
        return cls(d.efficiency.value, d.recovered.value, d.charging_efficiency.value)


def packaged() -> Drivetrain:
    """The drivetrain of the packaged vehicles."""
    return Drivetrain.of(next(iter(vehicles().values())))


def from_wall(car: TestedCar, drivetrain: Drivetrain) -> Array:
    """Energy from the wall [Wh/km] on CYCLES, (2,)."""
    v = Vehicle(
        car.mass,
        0.03 * car.mass,
        0.0,
        0.0,
        drivetrain.efficiency,
        drivetrain.recovered,
        AUXILIARY,
        1.2,
        1,
        coast_down=car.coast_down,
    )
    return np.array([trip(*schedule(c), v).consumption for c in CYCLES]) / drivetrain.charging


def combined(values: Any) -> Array:
    """55 % UDDS and 45 % HWFET of values (..., 2)."""
    values = np.asarray(values, float)
    return np.asarray(CITY * values[..., 0] + (1.0 - CITY) * values[..., 1])


@dataclass(frozen=True)
class Errors:
    """Relative errors of predicted cars: rms on UDDS, HWFET and combined, and the mean of the combined ones."""

    cars: tuple[TestedCar, ...]
    predicted: Array  # (cars, 2) Wh/km from the wall

    @property
    def measured(self) -> Array:
        """(cars, 2) Wh/km from the wall."""
        return np.array([car.measured for car in self.cars])

    def rms(self, k: int) -> float:
        """On one of CYCLES."""
        return float(np.sqrt(np.mean((self.predicted[:, k] / self.measured[:, k] - 1.0) ** 2)))

    @property
    def relative(self) -> Array:
        """Of the combined figure of each car."""
        return np.asarray(combined(self.predicted) / combined(self.measured) - 1.0)

    @property
    def combined_rms(self) -> float:
        """Of the combined figure."""
        return float(np.sqrt(np.mean(self.relative**2)))

    @property
    def mean(self) -> float:
        """Of the combined figure, with its sign."""
        return float(self.relative.mean())


def predicted(drivetrain: Drivetrain | None = None, cars: Sequence[TestedCar] | None = None) -> Errors:
    """All cars with one drivetrain, by default the packaged one."""
    cars = tested_cars() if cars is None else tuple(cars)
    drivetrain = packaged() if drivetrain is None else drivetrain
    return Errors(tuple(cars), np.array([from_wall(car, drivetrain) for car in cars]))


@cache
def _parts(car: TestedCar) -> tuple[Array, Array, Array]:
    """Tractive energy, braking energy at the wheels and time per distance [Wh/km, Wh/km, h/km] on CYCLES."""
    one = from_wall(car, Drivetrain(1.0, 0.0, 1.0))
    accessories = np.array([AUXILIARY * s.times[-1] / 3600.0 / (1e-3 * np.trapezoid(*s[::-1])) for s in _schedules()])
    braking = one - from_wall(car, Drivetrain(1.0, 1.0, 1.0))
    return one - accessories, braking, accessories


def _schedules() -> list[Any]:
    return [schedule(c) for c in CYCLES]


def fit(cars: Iterable[TestedCar] | None = None) -> Drivetrain:
    """Efficiency and recovered share of all cars together, by least squares of the relative errors on both cycles.

    Linear in 1/efficiency and the recovered share; the charging efficiency is that of the packaged vehicles.
    """
    charging = packaged().charging
    matrix, wanted = [], []
    for car in tested_cars() if cars is None else cars:
        traction, braking, accessories = _parts(car)
        measured = np.array(car.measured)
        matrix.append(np.column_stack([traction, -braking]) / charging / measured[:, None])
        wanted.append(1.0 - accessories / charging / measured)
    inverse, recovered = np.linalg.lstsq(np.concatenate(matrix), np.concatenate(wanted), rcond=None)[0]
    return Drivetrain(1.0 / float(inverse), float(recovered), charging)


def held_out() -> Errors:
    """The cars of each maker, predicted with the drivetrain fitted to the cars of all other makers."""
    cars = tested_cars()
    guess = {maker: fit(c for c in cars if c.maker != maker) for maker in {c.maker for c in cars}}
    return Errors(cars, np.array([from_wall(car, guess[car.maker]) for car in cars]))


def label(car: Vehicle, charging: float) -> float:
    """Label consumption of a vehicle from the wall [kWh/100 km]: combined figure over the agency's factor."""
    used = [trip(*schedule(c), car).consumption / charging for c in CYCLES]
    return 0.1 * float(combined(used)) / LABEL


LABELLED = {  # segment: car of data/label_consumption_2024.csv
    "compact": "Nissan Leaf SV (40 kWh)",
    "sedan": "Tesla Model 3 Long Range AWD",
    "SUV": "Nissan Ariya Venture+ (87 kWh, front)",
    "pick-up": "Ford F-150 Lightning Extended Range",
    "supercar": "Audi e-tron GT",
}


def labels() -> tuple[tuple[str, float, float], ...]:
    """(segment, label as measured, label as computed) [kWh/100 km from the wall] of the cars of LABELLED."""
    stated = {r["car"]: float(r["combined_kWh_per_100km_wall"]) for r in rows("label_consumption_2024.csv")}
    known = vehicles()
    return tuple(
        (name, stated[car], label(known[name].vehicle(), known[name].charging_efficiency))
        for name, car in LABELLED.items()
    )
