"""The thin-film model with two mobile species: closed forms, and Danilov 2011 (second-hand).

All values of the source are from the reading notes that the set danilov2011 cites; 1C is 10 uA.
"""

from functools import cache

import numpy as np

from .....models import ThinFilm, open_circuit_voltage
from .....numerics.grids import graded_faces
from .....parameters import load
from .....physics.constants import F, R
from .....physics.two_species import dissociation_rate, skewed_overpotential
from .....protocols import Step, discharge, rest
from .....simulation.run import simulate
from ....spectra.spectrum import impedance
from ...line import Found, Line, Point, largest, largest_percent

T, AREA = 298.15, 1e-4  # K, m2
D_PLUS, D_MINUS, A0, DELTA = 0.90e-15, 5.10e-15, 6.01e4, 0.18  # m2/s, mol/m3; basis of the laws of the set
L, FULL = 1.5e-6, 10.114  # m; uAh at 3 V in equilibrium
FASTEST = 51.2  # C, 5.12 A/m2
MEASURED = {1.6: 10.039, 3.2: 9.949, 6.4: 9.862, 12.8: 9.758, 25.6: 9.567, 51.2: 9.170}  # uAh to 3 V
PLATEAU = {1.6: -5.9, 3.2: -13.4, 6.4: -26.3, 12.8: -51.1, 25.6: -97.2, 51.2: -182.6}  # mV, median over 2 to 6 uAh
ELECTROLYTE = {15.0: -70.2, 30.0: -86.3, 50.4: -100.9}  # mV at 51.2C against s, from the simulation of the source
FACES = {20.0: (15.79, 5.70), 50.0: (17.27, 3.77)}  # kmol/m3 at lithium and film, from the same simulation
SLOW = (1.6, 3.2, 6.4)  # rates at which the simulation of the source agrees with its measurement
RATE = "electrolyte/recombination rate"


def film(changes=None):
    """The packaged set with changes."""
    return load("danilov2011").with_(changes or {})


@cache
def run(rate):
    """Discharge at a rate [C] on a fine mesh."""
    return simulate(film(), discharge(rate), ThinFilm(80, 120), rtol=1e-5)


def sigma() -> float:
    """Conductivity at equilibrium, F² c (D+ + D-) / RT [S/m]."""
    return F * F * DELTA * A0 * (D_PLUS + D_MINUS) / (R * T)


def _real(cell, frequency) -> float:
    """Real part of the impedance [Ohm m2]."""
    return float(impedance(cell, [frequency], soc=0.6).area_specific.real[0])


def conductivity() -> Found:
    """At high frequency double layers carry all current, and the resistance L / sigma of the electrolyte remains."""
    layers = {f"{side} electrode/double-layer capacity": 0.05 for side in ("negative", "positive")}
    return largest_percent([Point("conductivity [S/m]", sigma(), L / _real(film(layers), 1e10))])


def transference() -> Found:
    """Low-frequency resistance of ion pairs: L / sigma (1 / t+ - 1) without recombination, 0 if it is instantaneous."""
    blocked = _real(film({RATE: 0.0}), 1e-7) - _real(film({RATE: 1e3}), 1e-7)
    return largest_percent([Point("t+ [1]", D_PLUS / (D_PLUS + D_MINUS), 1.0 / (1.0 + blocked * sigma() / L))])


def first_drop() -> Found:
    """Initial voltage drop at 51.2C without film and charge transfer.

    With 1280 volumes, the concentration at a face differs from the uniform one by 0.07 % of the drop.
    """
    began, I = simulate(film(), Step("c-rate", FASTEST, 1e-6), ThinFilm(1280, 40)), 0.1 * FASTEST
    x = began["X-averaged positive particle surface stoichiometry"][0]
    i0 = 2.0 * film().value("positive electrode/exchange-current density") * x**0.4 * (1.0 - x) ** 0.6
    kinetic = skewed_overpotential.py_func(-I, i0, 0.6, T)[0]
    U = film().law("positive electrode/open-circuit potential")(np.array([x]), T)[0]
    return largest_percent([Point("drop [mV]", 1e3 * I * L / sigma(), 1e3 * (U + kinetic - began["Voltage [V]"][0]))])


def relaxation() -> Found:
    """After a small pulse, the slowest mode, a cosine over the thickness, decays by reaction and diffusion."""
    steps = [Step("c-rate", 0.5, 2.0), rest(200.0)]
    after = simulate(film(), steps, ThinFilm(80, 40), soc=0.6, rtol=1e-8)
    c, y = after["Electrolyte concentration [mol.m-3]"], after["x [m]"]
    k_r, c_eq = film().value(RATE), DELTA * A0
    closed = dissociation_rate(k_r, c_eq, A0) + 2.0 * k_r * c_eq
    closed += 2.0 * D_PLUS * D_MINUS / (D_PLUS + D_MINUS) * (np.pi / L) ** 2
    inside, times = slice(1, -1), after.steps[0].t_end + np.array([5.0, 25.0])
    mode = (c[:, inside] - c_eq) @ (np.cos(np.pi * y[inside] / L) * np.diff(graded_faces(80, L, 3.0, "both")))
    a, b = np.interp(times, after.t, np.log(np.abs(mode) + 1e-300))
    return largest_percent([Point("rate [1/s]", closed, (a - b) / np.ptp(times))])


def electrolyte() -> Found:
    """Overpotential of the electrolyte, from electric field and concentrations of both species."""
    at, c = run(FASTEST), run(FASTEST)["Electrolyte concentration [mol.m-3]"]
    y = np.concatenate([[0.0], at["x [m]"][1:-1], [L]])
    gradient = np.gradient(c, y, axis=1, edge_order=2)
    field = R * T / F * (0.1 * FASTEST / F + (D_PLUS - D_MINUS) * gradient) / (c * (D_PLUS + D_MINUS))
    eta = 1e3 * (R * T / F * np.log(c[:, -1] / c[:, 0]) - np.trapezoid(field, y, axis=1))
    return largest([Point(f"after {t:g} s [mV]", there, np.interp(t, at.t, eta)) for t, there in ELECTROLYTE.items()])


def faces() -> Found:
    """Concentrations of mobile lithium at both faces of the electrolyte."""
    at, c = run(FASTEST), run(FASTEST)["Electrolyte concentration [mol.m-3]"]
    return largest(
        [
            Point(f"at the {name} after {t:g} s [kmol/m3]", there[k], 1e-3 * np.interp(t, at.t, c[:, -k]))
            for t, there in FACES.items()
            for k, name in enumerate(("lithium", "film"))
        ]
    )


def plateaus() -> Found:
    """Median over 2 to 6 uAh of the difference to the equilibrium voltage."""
    Q, points = np.linspace(2.0, 6.0, 101), []
    for rate, there in PLATEAU.items():
        voltage = np.interp(Q, 1e6 * run(rate)["Discharge capacity [A.h]"], run(rate)["Voltage [V]"])
        found = 1e3 * np.median(voltage - open_circuit_voltage(film(), 1.0 - Q / FULL))
        points.append(Point(f"{rate:g}C [mV]", there, found))
    return largest_percent(points)


def _capacities(rates) -> Found:
    return largest_percent(
        [Point(f"{rate:g}C [uA.h]", MEASURED[rate], 1e6 * run(rate).discharge_capacity) for rate in rates]
    )


SET = "Li | Li3PO4 | LiCoO2, set danilov2011"
PAPER = "Li | Li3PO4 | LiCoO2 of 10 uA.h, Danilov 2011 (second-hand)"
THEIRS = "nothing here; seven constants and the potential by the source, on these discharges"
REFINED = "the spectrum's mesh is refined until its last doubling changes it by less than 0.1 %"
VOLUME = "the capacity of a film is its volume, which is known to about 3 %: its thickness of 0.32 um to 0.01 um"


def _closed(name, form, protocol, predicted, limit, how, reason) -> Line:
    return Line(
        name, "verification", f"{form}; {SET}", protocol, "nothing", predicted, "[%]", limit, how, reason=reason
    )


LINES = (
    _closed(
        "danilov-conductivity",
        "F2 c (D+ + D-) / RT",
        "impedance at 10 GHz beside double layers",
        "conductivity of the electrolyte",
        0.1,
        conductivity,
        REFINED,
    ),
    _closed(
        "danilov-transference",
        "D+ / (D+ + D-)",
        "impedance at 0.1 uHz without recombination, and with it at once",
        "transference number of the electrolyte",
        0.1,
        transference,
        REFINED,
    ),
    _closed(
        "danilov-first-drop",
        "I L / sigma",
        "51.2C, after 1 us",
        "ohmic drop of the even electrolyte",
        0.1,
        first_drop,
        "half a volume's gradient between the last volume and the face is 0.07 % of the drop",
    ),
    _closed(
        "danilov-relaxation",
        "k_d + 2 k_r c + D (pi / L)2",
        "rest after C/2 for 2 s",
        "rate at which the electrolyte's gradient decays",
        0.5,
        relaxation,
        "the pulse changes the concentration at the faces by 0.2 %, and recombination is quadratic in it",
    ),
    Line(
        "danilov-electrolyte",
        "verification",
        "the source's own simulation, read from a figure; " + PAPER,
        "discharge at 51.2C",
        "nothing",
        "overpotential of the electrolyte",
        "largest [mV]",
        1.0,
        electrolyte,
        fails="after 15 s the curve falls by about 1.5 mV a second, so that an error of 1 s in reading the time would "
        "explain the difference; that cannot be decided without the figure",
        reason="1 % of the largest value read from the figure, 100.9 mV: what a curve can be read to",
    ),
    Line(
        "danilov-faces",
        "verification",
        "the source's own simulation, read from a figure; " + PAPER,
        "discharge at 51.2C",
        "nothing",
        "mobile lithium at both faces of the electrolyte",
        "largest [kmol/m3]",
        0.06,
        faces,
        reason="1 % of the largest value read from the figure would be 0.17; a third of that, as the printed "
        "values have two decimals",
    ),
    Line(
        "danilov-plateaus",
        "consistency",
        PAPER,
        "discharge at 1.6C to 51.2C",
        THEIRS,
        "overpotential of the plateau",
        "largest [%]",
        10.0,
        plateaus,
        fails="the constants of the source give overpotentials 2 to 7 mV too small at 3.2C to 25.6C",
        reason="1 mV of the equilibrium voltage, from which overpotentials are counted, is 7 % of that at 3.2C",
    ),
    Line(
        "danilov-capacities",
        "consistency",
        PAPER,
        "discharge at 1.6C to 6.4C to 3.0 V",
        THEIRS,
        "capacity",
        "largest [%]",
        3.0,
        lambda: _capacities(SLOW),
        reason=VOLUME,
    ),
    Line(
        "danilov-capacities-fast",
        "consistency",
        PAPER,
        "discharge at 12.8C to 51.2C to 3.0 V",
        THEIRS,
        "capacity",
        "largest [%]",
        3.0,
        lambda: _capacities([rate for rate in MEASURED if rate not in SLOW]),
        fails="these are the constants of the source, whose own simulation is 27 % short at 51.2C; it has one "
        "diffusivity for both phases of the film",
        reason=VOLUME,
    ),
)
