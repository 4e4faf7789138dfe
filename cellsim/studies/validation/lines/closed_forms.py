"""Comparisons with closed forms."""

from functools import cache

from ....errors import Ending
from ....models import DFN
from ....models.initial import open_circuit_voltage
from ....models.volumes import transport_efficiency
from ....parameters import load
from ....physics.polymer import limiting_current, sand_time
from ....protocols import Step
from ....simulation.run import simulate
from ..line import Found, Line, Point, largest_percent

SLOW = 5e-5  # current density [A/m2] at which the reaction is uniform to 1e-4
SEPARATOR = 200e-6  # m; thick, as the volume of the lithium-metal electrode contains the salt of 10 nm
BEYOND = 4.0  # times the limiting current; the far side is then nine diffusion lengths away
END = 4.5  # V, at which less than 0.1 % of the salt is left at the lithium electrode


def ionic_resistance() -> Found:
    """Part of the initial voltage drop of the target cell that is proportional to 1/kappa, without the separator."""
    cell = load("target_nmc811_lpscl_li").with_({"positive electrode/exchange-current density": SLOW})
    kappa, L, L_s = (
        cell.value(f"{key}")
        for key in ("electrolyte/conductivity", "positive electrode/thickness", "separator/thickness")
    )
    I, T = 0.01, cell.temperature()

    def resistance(times):
        varied = cell.with_({"electrolyte/conductivity": times * kappa})
        step = Step("current", I * cell.value("cell/electrode area"), 1.0)
        run = simulate(varied, [step], DFN((1, 4, 60), shells=20), soc=0.5, rtol=1e-10)
        return (open_circuit_voltage(varied, 0.5, T) - run["Voltage [V]"][0]) / I

    ionic = 2.0 * (resistance(1.0) - resistance(2.0))
    found = 1e4 * (ionic - L_s / (kappa * transport_efficiency(cell, "separator")))
    closed = 1e4 * L / (3.0 * kappa * transport_efficiency(cell, "positive electrode"))
    return largest_percent([Point("resistance [Ohm cm2]", closed, found)])


@cache
def polymer():
    """The polymer cell with negligible salt in the positive electrode: lithium charged through a 200 um separator."""
    free = {
        "particle diffusivity": 1e-10,
        "exchange-current density": 100.0,
        "electrolyte volume fraction": 1e-3,
        "bruggeman exponent": 0.0,
        "active material volume fraction": 0.99,
        "maximum concentration": 2e5,
        "thickness": 1e-5,
        "minimum stoichiometry": 0.001,
        "maximum stoichiometry": 0.999,
    }
    return load("lfp_peo_li").with_(
        {f"positive electrode/{key}": value for key, value in free.items()}
        | {
            "cell/electrode area": 1.0,
            "cell/upper voltage cut-off": END,
            "separator/thickness": SEPARATOR,
            "negative electrode/interface resistance": 0.0,
            "electrolyte/conductivity": 0.1,
        }
    )


def _salt():
    get = lambda key: polymer().value(f"electrolyte/{key}")  # noqa: E731
    return float(get("initial concentration")), get("diffusivity"), get("cation transference number")


def _lasts(I, duration, volumes):
    """A charge at I [A/m2], which depletes the salt at the lithium electrode."""
    return simulate(polymer(), [Step("current", -I, duration)], DFN((1, volumes, 4), shells=8), soc=0.0, rtol=1e-5)


def limiting() -> Found:
    """Limiting current by bisection: the largest current with a steady salt profile."""
    c_0, D, t_plus = _salt()
    closed, settled = limiting_current(c_0, D, t_plus, SEPARATOR), 2.0 * SEPARATOR**2 / D
    low, high = 0.9 * closed, 1.1 * closed
    while high - low > 2e-4 * closed:
        I = 0.5 * (low + high)
        low, high = (I, high) if _lasts(I, settled, 50).endings[-1] == Ending.DURATION else (low, I)
    return largest_percent([Point("current density [A/m2]", closed, 0.5 * (low + high))])


def sand() -> Found:
    """Sand's time: depletion of salt at the lithium electrode far above the limiting current."""
    c_0, D, t_plus = _salt()
    I = BEYOND * limiting_current(c_0, D, t_plus, SEPARATOR)
    closed = sand_time(c_0, D, t_plus, I)
    run = _lasts(I, 10.0 * closed, 600)
    return largest_percent([Point("time [s]", closed, run.t[-1])], run.steps[-1].message)


POLYMER = "the salt of lfp_peo_li at 80 degC between a lithium foil and an electrode without salt, 200 um apart"
LINES = (
    Line(
        "ionic-resistance",
        "verification",
        "L / (3 kappa_eff), composite cathode of target_nmc811_lpscl_li",
        "first voltage drop at 0.01 A/m2 with slow kinetics",
        "nothing",
        "the part of the resistance that goes with 1/kappa, less the separator's",
        "[%]",
        0.1,
        ionic_resistance,
        reason="60 volumes of second order: 1/60^2 = 0.03 %, in each of two resistances",
    ),
    Line(
        "limiting-current",
        "verification",
        "2 c0 D F / ((1 - t+) L); " + POLYMER,
        "charge until the profile is steady",
        "nothing",
        "largest current that leaves salt at the foil",
        "[%]",
        0.1,
        limiting,
        reason="the bisection stops at 0.02 %, and 50 volumes of second order leave 1/50^2 = 0.04 %",
    ),
    Line(
        "sand-time",
        "verification",
        "pi D (c0 F / (2 (1 - t+) I))^2; " + POLYMER,
        f"charge at {BEYOND:g} times the limiting current",
        "nothing",
        "time until the salt at the foil is used up",
        "[%]",
        0.3,
        sand,
        reason="the run ends with up to a thousandth of the salt left at the lithium: 0.2 % of the time, as it falls "
        "with the root of time; 0.1 % for mesh and time steps",
    ),
)
