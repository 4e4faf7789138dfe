"""Consumption of 48 tested cars, and labels of the cars of the segments."""

from ....vehicles.consumption import Errors, fit, held_out, labels, packaged, predicted
from ...line import Found, Line, Point, largest_percent

CARS = "48 cars of the US EPA's test list 2022: test mass, coast-down, energy from the wall (via FASTSim, second-hand)"
SPREAD = (
    "10 %, set beforehand: cars of equal road load differ by 5 to 10 % with their drivetrain and the way they "
    "recover, and one drivetrain stands for all"
)


def _found(errors: Errors) -> Found:
    points = (
        Point("combined, rms of 48 cars [%]", 0.0, 100.0 * errors.combined_rms),
        Point("combined, mean [%]", 0.0, 100.0 * errors.mean),
        Point("UDDS, rms [%]", 0.0, 100.0 * errors.rms(0)),
        Point("HWFET, rms [%]", 0.0, 100.0 * errors.rms(1)),
    )
    worst = max(range(len(errors.cars)), key=lambda k: abs(errors.relative[k]))
    said = f"farthest: {errors.cars[worst].name}, {100.0 * errors.relative[worst]:+.0f} %"
    return Found(100.0 * errors.combined_rms, points, said)


def all_cars() -> Found:
    """The packaged drivetrain."""
    return _found(predicted())


def mean() -> Found:
    """Its mean error."""
    found = all_cars()
    return Found(abs(found.points[1].found), found.points, found.remark)


def left_out() -> Found:
    """Each maker with the drivetrain of all others."""
    return _found(held_out())


def drivetrain() -> Found:
    """The packaged numbers against the fit they are rounded from."""
    fitted, kept = fit(), packaged()
    points = [
        Point("efficiency, battery to wheels", fitted.efficiency, kept.efficiency),
        Point("recovered share of braking", fitted.recovered, kept.recovered),
    ]
    return Found(max(abs(p.found - p.reference) for p in points), tuple(points))


def label() -> Found:
    """Labels of the cars of five segments."""
    return largest_percent([Point(f"{name} [kWh/100 km]", stated, ours) for name, stated, ours in labels()])


LINES = (
    Line(
        "vehicles-consumption",
        "fit",
        CARS,
        "UDDS and HWFET, level road",
        "efficiency and recovered share, to all 48 at once; nothing to one car",
        "combined consumption from the wall",
        "rms of 48 cars [%]",
        10.0,
        all_cars,
        reason=SPREAD,
    ),
    Line(
        "vehicles-mean",
        "fit",
        CARS,
        "UDDS and HWFET, level road",
        "the same two numbers",
        "mean of the combined error",
        "magnitude [%]",
        4.0,
        mean,
        reason="the charging efficiency is not measured car by car: 4 points of it move the mean by so much",
    ),
    Line(
        "vehicles-held-out",
        "prediction",
        CARS,
        "UDDS and HWFET, level road",
        "efficiency and recovered share on the cars of all other makers",
        "the cars of the maker left out, 16 times over",
        "rms of 48 cars [%]",
        10.0,
        left_out,
        reason=SPREAD,
    ),
    Line(
        "vehicles-drivetrain",
        "verification",
        CARS,
        "least squares of the relative errors",
        "the same two numbers",
        "the numbers in the file of vehicles",
        "largest difference",
        0.005,
        drivetrain,
        reason="the file holds two decimals",
    ),
    Line(
        "vehicles-labels",
        "prediction",
        "label of five cars, Natural Resources Canada 2024 (second-hand)",
        "UDDS and HWFET over 0.7, from data-sheet drag and rolling resistance",
        "nothing",
        "kWh/100 km from the wall",
        "largest [%]",
        20.0,
        label,
        reason="drag area and rolling resistance of data sheets instead of coast-down tests: 15 to 20 %",
    ),
)
