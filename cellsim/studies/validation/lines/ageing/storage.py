"""Storage and growth of the SEI against PyBaMM, closed forms, and a measurement."""

import csv

import numpy as np

from .....models import ACCURACY, SPM
from .....parameters import load
from .....physics.constants import ZERO_CELSIUS, F, R
from .....protocols import Protocol
from .....protocols.step import LONGEST
from .....simulation.run import simulate
from .....simulation.start import at_start
from ....life.cycle_map import amounts_of
from ....life.store import store
from ...line import Found, Line, Point, largest_percent
from ...reference import path

STORAGE = "ageing/pybamm_storage.csv"
N = "negative electrode/"
SHELLS = 20
T = 298.15
RTOL = 1e-6
DAY = 24.0 * 3600.0
SLOPES = {303.15: 1.283, 323.15: 1.714}  # mAh/g/h^0.5, straight lines through the points of Smith 2011


def _cell(law, changes=None):
    return load("okane2022").with_ageing(False).with_(changes or {}).with_ageing({"SEI": law})


def _lithium_lost(law: str, volts: float, days: list[float]) -> list[float]:
    """Loss of lithium inventory [%] after days of rest from an open-circuit voltage."""
    cell, model, found, at = _cell(law), SPM(SHELLS), [], 0.0
    amounts = amounts_of(cell, model.discretise(cell, T))
    steps = Protocol("Rest for 1 h")
    fresh = amounts(at_start(cell, model, T, None, volts, None, steps, ACCURACY, None).state)["Q_Li"]
    how = {"model": model, "temperature": T, "voltage": volts}
    for until in days:
        while at < until:
            part = min((until - at) * DAY, LONGEST)
            run = simulate(cell, f"Rest for {part:.12g} s", rtol=RTOL, force=True, **how)
            how, at = {"start": run.final_state}, until if part < LONGEST else at + part / DAY
        found.append(100.0 * (1.0 - amounts(run.final_state.state)["Q_Li"] / fresh))
    return found


def _calendar() -> Found:
    """Four laws that know the potential and one that does not, at three states of charge."""
    rows = list(csv.DictReader(path(STORAGE).read_text(encoding="utf-8").splitlines()))
    points = []
    for law, soc in sorted({(row["law"], row["soc"]) for row in rows}):
        here = [row for row in rows if (row["law"], row["soc"]) == (law, soc)]
        days = [float(row["days"]) for row in here]
        for row, x in zip(here, _lithium_lost(law, float(here[0]["start_V"]), days), strict=True):
            words = f"{law}, {100.0 * float(soc):g} %, {float(row['days']):.4g} days [%]"
            points.append(Point(words, float(row["LLI_pct"]), x))
    return largest_percent(points)


def _thickness(cell, lost) -> np.ndarray:
    """Of the SEI [m] that holds more lithium [Ah] than that of the fresh cell."""
    part = "negative electrode"
    area = 3.0 * cell.value(f"{part}/active material volume fraction") / cell.value(f"{part}/particle radius")
    area *= cell.value(f"{part}/thickness") * cell.value("cell/electrode area")
    z, V = cell.value(f"{part}/ratio of lithium moles to SEI moles"), cell.value(f"{part}/SEI partial molar volume")
    return cell.value(f"{part}/initial SEI thickness") + 3600.0 * np.asarray(lost) / (F * area) * V / z


def _stored(cell, years, temperature):
    """Seconds and thickness [m] at rest."""
    table = store(cell, years, soc=0.5, temperature=temperature, model=SPM(SHELLS), points=6, rtol=RTOL).table
    t = 3600.0 * table["Time [h]"].to_numpy()
    return t, _thickness(cell, table["Loss of capacity to SEI [A.h]"].to_numpy())


def _arrhenius(cell, temperature) -> float:
    reference = cell.value("cell/reference temperature")
    return float(np.exp(cell.value(N + "SEI growth activation energy") / R * (1.0 / reference - 1.0 / temperature)))


def _solvent_law() -> Found:
    """L² - L0² is proportional to time, by a factor of Arrhenius."""
    cell, points = _cell("solvent-diffusion limited"), []
    z, V = cell.value(N + "ratio of lithium moles to SEI moles"), cell.value(N + "SEI partial molar volume")
    growth = V / z * cell.value(N + "SEI solvent diffusivity") * cell.value(N + "bulk solvent concentration")
    for temperature in (298.15, 318.15):
        t, L = _stored(cell, 10.0, temperature)
        closed = np.sqrt(
            cell.value(N + "initial SEI thickness") ** 2 + 2.0 * growth * _arrhenius(cell, temperature) * t
        )
        words = f"{temperature - ZERO_CELSIUS:g} °C, {{:.3g}} years [nm]"
        points += [
            Point(words.format(at / DAY / 365.25), 1e9 * a, 1e9 * b) for at, a, b in zip(t, closed, L, strict=True)
        ]
    return largest_percent(points)


def _ec_law() -> Found:
    """L / k + L² / 2D is linear in time; of so thin a film that its lithium does not move the potential."""
    thin, D = 1e-12, 1e-28
    cell = _cell(
        "ec reaction limited",
        {N + "initial SEI thickness": thin, N + "EC diffusivity": D, N + "SEI kinetic rate constant": 1e-18},
    )
    potential = float(cell.law(N + "open-circuit potential")(_stoichiometry(cell, 0.5), T)[0])
    overpotential = potential - cell.value(N + "SEI open-circuit potential")
    k = cell.value(N + "SEI kinetic rate constant") * np.exp(-0.5 * F / R / T * overpotential)
    z, V = cell.value(N + "ratio of lithium moles to SEI moles"), cell.value(N + "SEI partial molar volume")
    t, L = _stored(cell, 0.05, T)
    rate = V / z * cell.value(N + "EC initial concentration in electrolyte")
    b = D / k
    closed = -b + np.sqrt((b + thin) ** 2 + 2.0 * D * rate * t)
    return largest_percent(
        [Point(f"{at / DAY:.3g} days [pm]", 1e12 * a, 1e12 * x) for at, a, x in zip(t, closed, L, strict=True)],
        f"reaction and diffusion are equal at {1e12 * b:.3g} pm",
    )


def _stoichiometry(cell, soc) -> np.ndarray:
    low, high = (cell.value(f"{N}{end} stoichiometry") for end in ("minimum", "maximum"))
    return np.array([low + soc * (high - low)])


def _smith() -> Found:
    """Slopes over the root of time at the two temperatures; the law between them says the third."""
    (cold, s_cold), (warm, s_warm) = SLOPES.items()
    E = 2.0 * R * np.log(s_warm / s_cold) / (1.0 / cold - 1.0 / warm)  # of the square of the slope
    cell = _cell(
        "solvent-diffusion limited", {N + "SEI growth activation energy": float(E), N + "initial SEI thickness": 1e-12}
    )
    slope = {}
    for temperature in (cold, 313.15, warm):
        t, L = _stored(cell, 0.05, temperature)
        slope[temperature] = float((L[-1] - L[0]) / (np.sqrt(t[-1]) - np.sqrt(t[0])))
    scale = s_cold / slope[cold]
    point = Point("slope at 50 °C [mAh/g/h^0.5]", s_warm, scale * slope[warm], fitted=True)
    words = f"activation energy of the slope {E / 2e3:.3g} kJ/mol; predicted at 40 °C: {scale * slope[313.15]:.4g}"
    return largest_percent([point], words, fitted=True)


PYBAMM = "PyBaMM 26.10.1.1, OKane2022 with the graphite potential of Chen 2020, SPM, rtol 1e-8; our own runs"
TABLES = "tables of the open-circuit potential are within 0.1 mV (assumed)"
STEPS = f"the tolerance of a step is {RTOL:g}, and a film takes some ten steps a decade of time"


def _line(name, kind, data, protocol, predicted, error, limit, run, reason, fitted="nothing"):
    return Line(f"ageing-{name}", kind, data, protocol, fitted, predicted, error, limit, run, reason=reason)


LINES = (
    _line("storage", "verification", f"{PYBAMM}: five laws of SEI growth",
          "two years at rest from 20, 50 and 90 %, 25 °C",
          "loss of lithium inventory after 30 days and two years", "largest [%]", 0.5, _calendar,
          f"{TABLES}, which is 0.4 % of a rate of growth that is exponential in it"),
    _line("solvent-law", "verification", "L² = L0² + 2 V D c t / z; set okane2022", "ten years at rest, 25 and 45 °C",
          "thickness of the SEI", "largest [%]", 1e-2, _solvent_law, STEPS),
    _line("ec-law", "verification", "L / k + L² / 2D linear in time; set okane2022 with a thin film",
          "18 days at rest", "thickness of the SEI", "largest [%]", 0.2, _ec_law,
          f"{TABLES}, which is 0.2 % of the rate"),
    _line("smith-slope", "fit", "graphite half-cells, charge that the SEI took at 30 and 50 °C: A. J. Smith et al., "
          "J. Electrochem. Soc. 158 (2011) A447, Fig. 7, second-hand (digitised by Attia et al.)",
          "storage, solvent-diffusion law", "slope over the root of time at 50 °C from that at 30 °C",
          "difference [%]", 0.1, _smith,
          "the slopes are stated to four digits", "growth and its activation energy, on both slopes"),
)  # fmt: skip
