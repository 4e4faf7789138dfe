"""The rows of benchmarks/work_precision.py: what is run, against which converged curve, with which target."""

from dataclasses import dataclass, replace

import numpy as np
import paths  # noqa: F401
import reference_cases as cases
from measure import rms
from reference_cases import Case, columns
from reference_cells import HYSTERESIS_LOOPS, MSMR_STEPS, hysteresis

import cellsim
from cellsim import DFN, SPM, SPMe
from cellsim.protocols.drive_cycles import HOME as CYCLES

POINTS = 160
US06 = CYCLES / "US06_current.csv"
DRIVE_CELL = "lgm50_chen2020"
MESHES = (
    ((8, 3, 6), 8),
    ((12, 3, 9), 10),
    ((16, 3, 12), 12),
    ((20, 3, 15), 14),
    ((28, 4, 21), 18),
    ((40, 4, 30), 24),
    ((60, 6, 45), 36),
    ((80, 8, 60), 48),
)
RTOLS = (2e-3, 5e-4, 1e-4)


@dataclass(frozen=True)
class Row:
    """One line of the table.

    limit [mV]: the error both sides must meet.  times: how much faster than the best PyBaMM setting
    that meets it we want to be, or than its defaults where `against` says so; NaN where no target is stated.
    """

    key: str
    title: str
    case: Case
    limit: float
    times: float
    against: str = "tuned"
    uncertainty: float = np.nan  # of the converged curve [mV], where it is our own


def refined(case):
    """(t [s], V [V], uncertainty [mV]) of a case converged on our own meshes.

    Three meshes, volumes and shells doubled together, give two extrapolations of second order: the
    finer one, and as its uncertainty the rms difference between them.
    """
    kind = {"DFN": DFN, "SPMe": SPMe}[case.model]
    runs = [
        cellsim.simulate(
            case.cell,
            list(case.steps),
            kind((40 * k, 12 * k, 40 * k), 16 * k),
            rtol=1e-6,
            time_budget=100.0,
            **case.start,
        )
        for k in (1, 2, 4)
    ]
    end = 0.95 * min(run.t[-1] for run in runs)
    t = np.linspace(0.0, end, POINTS)[1:]
    if not isinstance(case.steps[0].target, int | float):
        t = np.arange(1.0, np.floor(end))  # where the profile has its corners
    V = [run.at("Voltage [V]", t) for run in runs]
    rough, good = (fine + (fine - coarse) / 3.0 for coarse, fine in zip(V[:-1], V[1:], strict=True))
    return t, good, 1e3 * rms(t, good - rough)


def _own(key, title, name, steps, start, limit, times, against="tuned"):
    cell = cellsim.load(name)
    blank = Case(key, cell, tuple(steps), np.zeros(1), np.zeros(1), start)
    t, V, uncertainty = refined(blank)
    return Row(key, title, replace(blank, t=t, V=V), limit, times, against, uncertainty)


def drive_cycle():
    """(times [s], currents [A]) of half an hour: the 600 s profile three times, scaled to a peak of 2C."""
    t, current = np.loadtxt(US06, delimiter=",", unpack=True)
    once = current[:-1] * 2.0 * cellsim.load(DRIVE_CELL).nominal_capacity / current.max()
    values = np.append(np.tile(once, 3), once[0])
    return np.arange(values.size, dtype=float), values


def _drive():
    times, values = drive_cycle()
    step = cellsim.Step("current", cellsim.Profile(times, values))
    start = {"soc": 0.7, "period": 1.0}  # stored every second, where the current has its corners
    return _own("drive", "drive cycle, 30 min, DFN", DRIVE_CELL, [step], start, 1.0, 10.0, "defaults")


def _cccv(heat=None):
    name = "lgm50_chen2020"
    top = cellsim.load(name).value("cell/upper voltage cut-off")
    key, words, more = ("cccv", "isothermal", {}) if heat is None else ("cccv-heat", "lumped heat", {"heat": heat})
    return _own(
        key,
        f"CC-CV charge 2C, DFN, {words}",
        name,
        [cellsim.charge(2.0), cellsim.hold(top)],
        {"soc": 0.1, **more},
        1.0,
        30.0,
        "defaults",
    )


def _known(key, title, name, limit, times, against="tuned"):
    found = {c.name: c for c in [*cases.pybamm_cases(), *cases.single_ion_cases(), *cases.composite_cases()]}
    return Row(key, title, found[name], limit, times, against)


def _stepped(key, title, cell, steps, t, V, times):
    """A row of steps at constant currents [A], from the state that PyBaMM's set states."""
    program = tuple(cellsim.Step("current", i, time) if i else cellsim.rest(time) for i, time in steps)
    return Row(key, title, Case(key, cell, program, t, V, {"soc": None}), 1.0, times, "defaults")


def _hysteresis():
    how, curves = "one-state hysteresis", columns("pybamm_hysteresis.csv")
    title = "hysteresis, loops and pulses, DFN"
    return _stepped(
        "hysteresis", title, hysteresis(how), HYSTERESIS_LOOPS, curves["time_s"], curves[f"DFN {how}"], 15.0
    )


def _msmr():
    curves = columns("pybamm_msmr.csv")
    t, V = curves["time_s 1C"], curves["DFN 1C"]
    return _stepped("msmr", "MSMR, 1C both ways, DFN", cellsim.load("msmr_example"), MSMR_STEPS["1C"], t, V, np.nan)


def _mpm():
    """PyBaMM's default distribution: a standard deviation of 0.3 radii in both electrodes."""
    cell = cellsim.load("marquis2019")
    radii = [f"{side} electrode/particle radius" for side in ("negative", "positive")]
    cell = cell.with_({f"{radius} standard deviation": 0.3 * cell.value(radius) for radius in radii})
    t, V = np.loadtxt(cases.HOME / "pybamm_mpm_dis_1.csv", delimiter=",", unpack=True)
    case = Case("mpm", cell, (cellsim.discharge(1.0),), t, V, {"soc": None}, "SPM")
    return Row("mpm", "many particles (MPM) 1C, Marquis2019", case, 1.0, 15.0, "defaults")


KINDS = ("composite", "mpm", "hysteresis", "msmr")  # of electrodes, together the part "kinds"
ACCURACIES = (3e-3, 2e-3, 5e-4)  # V, beside the default of 1 mV
ROWS = {
    "dfn": lambda: _known("dfn", "DFN 1C, Chen2020", "Chen2020_DFN_dis_1", 0.6, 10.0),
    "dfn-4c": lambda: _own(
        "dfn-4c", "DFN 4C, Chen2020", "lgm50_chen2020", [cellsim.discharge(4.0)], {"soc": 1.0}, 1.0, 10.0
    ),
    "dfn-charge": lambda: _known("dfn-charge", "DFN 2C charge, Chen2020", "Chen2020_DFN_chg_2", 1.0, 10.0),
    "ecker": lambda: _known("ecker", "DFN 1C, Ecker2015", "Ecker2015_DFN_dis_1", 1.0, 10.0),
    "spm": lambda: _known("spm", "SPM 1C, Chen2020", "Chen2020_SPM_dis_1", 0.3, 10.0),
    "spme": lambda: _known("spme", "SPMe 1C, Chen2020", "Chen2020_SPMe_dis_1", 0.3, 10.0),
    "composite": lambda: _known("composite", "DFN 1C, graphite + silicon", "composite_dis_1", 1.0, 15.0, "defaults"),
    "mpm": _mpm,
    "hysteresis": _hysteresis,
    "msmr": _msmr,
    "solid": lambda: _known("solid", "solid cell 1C (t+ = 1)", "single_ion_dis_1", 0.6, 10.0, "defaults"),
    "cccv": _cccv,
    "cccv-heat": lambda: _cccv(cases.heat_lump("Chen2020_cccv_2")),
    "drive": _drive,
}


def row(key):
    """A row with its converged curve; None where this version of cellsim cannot run it."""
    if key == "drive" and not hasattr(cellsim, "Profile"):
        return None
    return ROWS[key]()


def settings(model, quick=False):
    """(label, model, options of `simulate`) of cellsim's sweep; the first is the default."""
    kind = {"DFN": DFN, "SPMe": SPMe, "SPM": SPM}[model]
    yield "defaults", kind(), {}
    for accuracy in ACCURACIES:
        yield f"accuracy {1e3 * accuracy:g} mV", kind(), {"accuracy": accuracy}
    for volumes, shells in MESHES[1::3] if quick else MESHES:
        mesh = kind(shells) if kind is SPM else kind(volumes, shells)
        name = str(shells) if kind is SPM else f"{'/'.join(map(str, volumes))} x {shells}"
        for rtol in RTOLS[1:2] if quick else RTOLS:
            yield f"{name}, {rtol:.0e}", mesh, {"rtol": rtol}
