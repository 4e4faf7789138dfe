"""Manufacturers' statements about fast charging, compared with solid-state parameter sets under the stated conditions.

Manufacturers publish no parameter sets, so that nothing is validated: the comparison shows whether the assumptions of
the packaged sets would be sufficient, and which conditions the statement leaves open.
"""

from functools import partial

import numpy as np

from ....models.thermal_laws import critical_current
from ....parameters import load
from ....protocols import Limit, Step
from ....protocols.language.units import ZERO_CELSIUS
from ....simulation.run import simulate
from ...claim_audit.maker_claims import maker_claims
from ..line import Found, Line, Point

ATM = 101325.0
MAKERS = {"quantumscape": ("QuantumScape", "single-layer prototypes, 2020 to 2022"), "factorial": ("Factorial", "FEST")}


def stated(key):
    """The manufacturer's statement of a charge time."""
    return next(f for f in maker_claims() if (f.maker, f.product) == MAKERS[key] and f.quantity == "charge time")


def cell_of(name, areal=None, pressure=None):
    """A packaged cell with a thicker or thinner cathode, for an areal capacity [mAh/cm²], at a pressure [Pa]."""
    cell, changes = load(name), {}
    if areal is not None:
        now = 0.1 * cell.nominal_capacity / cell.value("cell/electrode area")
        changes = {
            "positive electrode/thickness": cell.value("positive electrode/thickness") * areal / now,
            "cell/nominal capacity": cell.nominal_capacity * areal / now,
        }
    if pressure is not None:
        changes["cell/operating pressure"] = pressure
    return cell.with_(changes) if changes else cell


def minutes(cell, window, degrees, rate) -> tuple[float, float]:
    """Minutes from the first to the second state of charge [%], and the final state of charge [%].

    Isothermal CC-CV charge at `rate` [C] to the upper cut-off voltage.
    """
    end, upper = Limit("soc", window[1] / 100.0), cell.value("cell/upper voltage cut-off")
    steps = [Step("c-rate", -rate, until=(end,)), Step("voltage", upper, 4.0 * 3600.0, until=(end,))]
    found = simulate(cell, steps, soc=window[0] / 100.0, temperature=degrees + ZERO_CELSIUS)
    reached = found.steps[0]
    if reached.ending.name == "CAPACITY":
        return float(reached.t_end) / 60.0, float(window[1])
    soc = window[0] + 100.0 * sum(s.charge_capacity - s.discharge_capacity for s in found.steps) / _capacity(cell)
    return (found.t[-1] / 60.0, soc) if soc > window[1] - 0.1 else (float("inf"), soc)


def _capacity(cell):
    from ....models import capacity_between_cutoffs

    return float(capacity_between_cutoffs(cell))


def largest_loading(name, figure, pressure, degrees, rate, loading) -> float:
    """Largest areal capacity [mAh/cm²] with which the stated time is reached, by bisection below `loading`, to 2 %."""
    low, high = 0.0, loading
    while high - low > 0.02 * loading:
        middle = 0.5 * (low + high)
        t, _ = minutes(cell_of(name, middle, pressure), figure.conditions["window"], degrees, rate)
        low, high = (middle, high) if t <= figure.value else (low, middle)
    return low


def claimed_charges(key, name, temperatures, rate) -> Found:
    """Largest excess over the stated minutes within the stated temperatures."""
    figure = stated(key)
    where = figure.conditions
    pressure = 3.4 * ATM if where.get("pressure") == "3.4 atm" else None
    cell = cell_of(name, where.get("areal capacity"), pressure)
    points, short = [], []
    for degrees in temperatures:
        t, soc = minutes(cell, where["window"], degrees, rate)
        points.append(Point(f"{degrees} degC [min]", figure.value, t))
        if t == float("inf"):
            short.append(f"at {degrees} degC it stops at {soc:.0f} %")
    loading = 0.1 * cell.nominal_capacity / cell.value("cell/electrode area")
    if max(p.found for p in points) > figure.value:
        most = largest_loading(name, figure, pressure, min(temperatures), rate, loading)
        short.append(f"at {min(temperatures)} degC the set would do it with {most:.2g} mAh/cm² at most")
    remark = [f"{rate * loading:.3g} mA/cm2 at {rate:g}C", *short]
    if figure.not_stated:
        remark.append("the maker does not state " + ", ".join(figure.not_stated))
    limit = 0.1 * critical_current(cell, min(temperatures) + ZERO_CELSIUS)
    remark.append(
        f"lithium metal is not limited here; the critical current assumed in the set is {limit:.2g} mA/cm2 at "
        f"{min(temperatures)} degC"
        if np.isfinite(limit)
        else "no critical current in the set: whether lithium pierces the separator is not answered"
    )
    return Found(max(p.found for p in points) - figure.value, tuple(points), "; ".join(filter(None, remark)))


STATED = "the time that the maker states, which leaves nothing over"
LINES = (
    Line(
        "quantumscape-charge",
        "plausibility",
        "10 to 80 % in 15 min, single-layer cell, 3.3 mAh/cm², 3.4 atm, as "
        "stated; the set nmc_llzo_li, an assumed design with a garnet, with that areal capacity and pressure",
        "4C, then held at the upper cut-off",
        "nothing",
        "minutes at 25 and 45 degC",
        "minutes beyond those stated [min]",
        0.0,
        partial(claimed_charges, "quantumscape", "nmc_llzo_li", (25, 45), 4.0),
        "the set's conductivity, contact and interface do not carry it at 25 degC and all but do at 45; its cathode, "
        "unlike the maker's, is filled with garnet",
        STATED,
    ),
    Line(
        "factorial-charge",
        "plausibility",
        "15 to 90 % in 18 min at room temperature, FEST, as stated; the set "
        "target_nmc811_lpscl_li, all solid where FEST is called quasi-solid",
        "4C, then held at the upper cut-off",
        "nothing",
        "minutes at 25 degC",
        "minutes beyond those stated [min]",
        0.0,
        partial(claimed_charges, "factorial", "target_nmc811_lpscl_li", (25,), 4.0),
        "the set has thick electrodes; at what areal capacity FEST does it is not stated, so that nothing follows",
        STATED,
    ),
)
