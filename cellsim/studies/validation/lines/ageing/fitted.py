"""Lives of measured cells: a rate of ageing fitted to early cycles, and the later ones predicted."""

from functools import partial

import numpy as np

from .....parameters import load
from ....life.fit import AgeingFit, fit_ageing
from ...line import Found, Line, Point
from ...reference import curve

CAPACITY = "measured/lco_pouch_capacity.csv"
CELL, N = "enertech_ai2020", "negative electrode/"
SEEN, LAST = 400.0, 1125  # cycle up to which is fitted, and which is predicted to
LAWS = {
    "reaction limited": (f"{N}SEI reaction exchange current density", (1e-12, 1e-3)),
    "solvent-diffusion limited": (f"{N}SEI solvent diffusivity", (1e-24, 1e-18)),
}
AMBIENT = 294.6  # K, as the authors' model of the cell


def fitted(law: str, until: float = SEEN):
    """The fit of one law of the SEI to a measured LCO pouch cell, with the capacity up to LAST."""
    cycles, capacity = curve(CAPACITY, 2)
    cell = load(CELL).with_ageing(False).with_ageing({"SEI": law})
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    steps = f"Charge at C/2 until {high:g} V; Hold at {high:g} V until C/20; Discharge at 1C until {low:g} V"
    path, bounds = LAWS[law]
    data = {"cycle": cycles - cycles[0] + 1.0, "relative capacity": capacity}  # counted from the first check-up
    return fit_ageing(
        cell,
        data,
        {path: bounds},
        protocol=steps,
        source="Pistorio 2026",
        until_cycle=until,
        predict_to=LAST,
        soc=0.0,
        temperature=AMBIENT,
    )


def percent_at(fit: AgeingFit, cycle: float) -> float:
    """Relative capacity of the curve of a fit at a cycle [%]."""
    return 100.0 * float(np.interp(cycle, fit.curve.index.to_numpy(float), fit.curve.iloc[:, 0].to_numpy()))


def predicted(fit: AgeingFit, seen: float, remark: str) -> Found:
    """Root mean square error of the cycles beyond the one `seen` last by a fit [%]."""
    cycles, capacity = fit.data["cycle"], fit.data["capacity"]
    points = [
        Point(f"cycle {n:g} [%]", 100.0 * a, percent_at(fit, n), fitted=bool(n <= seen))
        for n, a in zip(cycles, capacity, strict=True)
    ]
    return Found(100.0 * fit.rms_beyond, tuple(points), remark)


def _predicted(law: str) -> Found:
    """Root mean square error of the cycles beyond those fitted [%]."""
    fit = fitted(law)
    last = fit.curve.iloc[-1]
    words = (
        f"predicted at cycle {LAST}: {100 * last.iloc[0]:.1f} % ({100 * last['Low']:.1f} to {100 * last['High']:.1f})"
    )
    return predicted(fit, SEEN, f"{words}; a knee is in neither law")


def _line(name: str, law: str, fails: str = "") -> Line:
    return Line(
        f"ageing-lco-{name}",
        "prediction",
        "LCO | graphite pouch of 22 A.h: Pistorio et al., Applied Energy 404 (2026) 126744; set enertech_ai2020, "
        "another LCO pouch cell, SPM",
        f"C/2 CC-CV charge, 1C discharge; SEI {law}",
        f"the rate of the SEI, on cycles up to {SEEN:g}",
        "relative capacity of cycles 425 to 700",
        "rms [%]",
        1.0,
        partial(_predicted, law),
        fails,
        "neighbouring check-ups scatter by 0.2 % rms, and room temperature is known to 2 K, 1 % of the capacity "
        "(assumed)",
    )


LINES = (
    _line("reaction", "reaction limited"),
    _line(
        "diffusion",
        "solvent-diffusion limited",
        "a film that slows itself down loses ever less, and this cell loses as much in each hundred cycles",
    ),
)
