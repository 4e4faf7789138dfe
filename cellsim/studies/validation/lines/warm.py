"""Measured discharges with cell temperature, simulated with the lumped thermal model without calibration."""

import json
from dataclasses import dataclass
from functools import partial

import numpy as np

from ....parameters import load
from ....protocols import Step
from ....simulation.run import simulate
from ..line import Found, Line, Point
from ..reference import curve, path, rms


@dataclass(frozen=True)
class Warm:
    """A measured discharge: file, parameter set, compared fraction of its time, and initial state."""

    file: str
    cell: str
    part: float


LG, ENERTECH = Warm("lgm50_789_1C_heat", "lgm50_oregan2022", 0.9), "enertech_ai2020"
ENERTECH_RUNS = {"0.5C": Warm("enertech_0p5C_heat", ENERTECH, 0.95), "1C": Warm("enertech_1C_heat", ENERTECH, 0.95)}


def facts(file) -> dict:
    """The first line of a measured file."""
    with open(path(f"measured/{file}.csv"), encoding="utf-8") as lines:
        return json.loads(next(lines).removeprefix("# "))


def differences(case, heat=True) -> tuple[float, float, float, float]:
    """Rms errors of voltage [mV] and temperature [K], and the highest temperature rise [K], measured and simulated."""
    t, V, T = curve(f"measured/{case.file}.csv", 2)
    said = facts(case.file)
    start = {"voltage": said["rest_V"]} if "rest_V" in said else {"soc": None}
    step = Step("current", said["current_A"])
    run = simulate(load(case.cell), [step], temperature=said["rest_K"], heat=heat, **start)
    k = t <= case.part * t[-1]
    dV, dT = run.at("Voltage [V]", t[k]) - V[k], run.at("Cell temperature [K]", t[k]) - T[k]
    ours = run.at("Cell temperature [K]", t[k]).max()
    return 1e3 * rms(t[k], dV), rms(t[k], dT), T[k].max() - said["rest_K"], ours - said["rest_K"]


def warm_discharges(cases, what) -> Found:
    """The largest rms error of `what`, "voltage" or "temperature", with all points."""
    points, errors, remarks = [], [], []
    for label, case in cases.items():
        dV, dT, theirs, ours = differences(case)
        errors.append(dV if what == "voltage" else dT)
        points.append(Point(f"{label}: rms {'[mV]' if what == 'voltage' else '[K]'}", 0.0, errors[-1]))
        if what == "temperature":
            points.append(Point(f"{label}: highest rise [K]", theirs, ours))
    if what == "voltage" and len(cases) == 1:
        remarks.append(f"without heat {differences(case, None)[0]:.3g} mV")
    return Found(float(np.max(errors)), tuple(points), "; ".join(remarks))


def _same_model(pybamm) -> str:
    return f"PyBaMM's DFN with the same set and lumped heat reaches {pybamm} on these data; the rest for two meshes"


def _lines(name, cases, data, protocol, limits, reasons, fails):
    for what, unit, limit, reason in zip(("voltage", "temperature"), ("mV", "K"), limits, reasons, strict=True):
        yield Line(
            f"{name}-{what}",
            "prediction",
            data,
            protocol,
            "nothing",
            f"{what} over time",
            f"largest rms [{unit}]",
            limit,
            partial(warm_discharges, cases, what),
            fails.get(what, ""),
            reason,
        )


LINES = (
    *_lines(
        "lgm50-heat",
        {"1C": LG},
        "discharge of an LG M50, Brosa Planella 2021, set of O'Regan 2022",
        "1C at 24.6 degC after rest, first 90 %; heat capacity from the layers, 10 W/m2/K from the can",
        (37.0, 1.0),
        (
            _same_model("35 mV on a fine mesh, 42 on its default one,"),
            "0.5 K of a thermocouple, and 0.5 K by which a can is cooler than its inside",
        ),
        {
            "temperature": "a cooling of 10 W/m2/K, assumed here and in PyBaMM's set (2.2 K off), "
            "is too little for this bench; 18 W/m2/K would leave 0.5 K, but that is a fit"
        },
    ),
    *_lines(
        "enertech-heat",
        ENERTECH_RUNS,
        "discharges of an Enertech pouch, Ai 2020, set of the same paper",
        "0.5C and 1C at 25 degC from the printed state, first 95 %; 35 W/m2/K as in the set",
        (23.0, 0.3),
        (_same_model("21.5 mV"), "a thermocouple against its own reading at the start, 0.3 K"),
        {},
    ),
)
