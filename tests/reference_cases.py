"""Every independent reference curve and the run that should give it.

Shared by tests/test_reference_*.py and benchmarks/compare.py; the curves lie in tests/reference.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import reference_cells as cells
from scipy.interpolate import CubicSpline

import cellsim
from cellsim import DFN, SPM, SPMe, Step, load
from cellsim.parameters.formats.bpx import read_bpx

HOME = Path(__file__).parent / "reference"
DEFAULT = {"DFN": DFN(), "SPMe": SPMe(), "SPM": SPM()}
FINE = {"DFN": DFN((160, 60, 160), shells=60), "SPMe": SPMe((80, 30, 80), shells=60), "SPM": SPM(shells=80)}
FINE_RTOL = 1e-6
# for measured curves, with which the runs agree to tens of millivolts: within 0.002 mV of what the mesh above gives
FINE_ENOUGH, ENOUGH_RTOL = DFN((60, 30, 60), shells=60), 1e-5
SETS = {"Chen2020": "lgm50_chen2020", "Marquis2019": "marquis2019", "Ecker2015": "ecker2015"}


def columns(name: str) -> dict[str, np.ndarray]:
    """The columns of a file in HOME by the names in its second line."""
    path = HOME / name
    names = path.read_text(encoding="utf-8").splitlines()[1].removeprefix("# ").split(",")
    return dict(zip(names, np.loadtxt(path, delimiter=",", unpack=True), strict=True))


@dataclass(frozen=True)
class Case:
    """A reference voltage and how to run it.

    t [s], V [V]: the curve.  start: arguments of `simulate` for the initial state.  part: share of
    the curve's duration that is compared.  pybamm: what PyBaMM's DFN reaches on a measured curve
    by the same measure [mV]; `benchmarks/compare.py --part measured` computes it afresh.
    accuracy [V]: what the mesh is chosen for.  fine, rtol: the fine mesh and its tolerance; those of FINE unless given.
    """

    name: str
    cell: cellsim.Cell
    steps: tuple[Step, ...]
    t: np.ndarray = field(repr=False)
    V: np.ndarray = field(repr=False)
    start: dict
    model: str = "DFN"
    part: float = 1.0
    pybamm: float = np.nan
    accuracy: float = 1e-3
    fine: DFN | None = None
    rtol: float = FINE_RTOL

    def __str__(self):
        return self.name

    @property
    def compared(self) -> np.ndarray:
        """Which points of the curve are compared."""
        return self.t <= self.part * self.t[-1]

    def run(self, fine=False, model=None) -> cellsim.Result:
        """Our run, on the mesh for its accuracy or on the fine one."""
        mesh = self.fine if fine and self.fine else (FINE if fine else DEFAULT)[model or self.model]
        return cellsim.simulate(
            self.cell,
            list(self.steps),
            mesh,
            **self.start,
            **({"rtol": self.rtol} if fine else {"accuracy": self.accuracy}),
        )

    def mismatch(self, V) -> tuple[float, float]:
        """(rms over time, largest) difference [mV] of voltages at the compared times.

        Infinite if some are NaN: the run did not get that far.
        """
        t, e = self.t[self.compared], 1e3 * (V - self.V[self.compared])
        if np.isnan(e).any():
            return np.inf, np.inf
        return float(np.sqrt(np.trapezoid(e * e, t) / np.ptp(t))), float(np.abs(e).max())

    def error(self, fine=False, model=None) -> tuple[float, float]:
        """`mismatch` of our run."""
        return self.mismatch(self.run(fine, model).at("Voltage [V]", self.t[self.compared]))


def heat_lump(name) -> cellsim.Lumped:
    """The heat capacity and conductance of PyBaMM's run with heat, from the first line of its curve."""
    said = (HOME / f"heat_{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(";")
    C, loss = (float(part.split()[0]) for part in said[1:])
    return cellsim.Lumped(C, loss, 1.0)


def _table(path, **options):
    return np.loadtxt(HOME / path, delimiter=",", unpack=True, **options)


# With the reaction spread evenly the salt at the positive collector runs out for good at 49.98 s;
# PyBaMM's run goes on beyond.  The first 95 % up to that end are compared.
DEPLETED = {"Chen2020_SPMe_dis_3": 47.4}  # s


@cache
def pybamm_cases() -> list[Case]:
    """The three stock sets by three models, each discharged at four rates and charged at two."""
    found = []
    for path in sorted(HOME.glob("pybamm_*_*_*_*.csv")):
        _, name, model, way, rate = path.stem.split("_")
        if name not in SETS:
            continue
        step = (cellsim.discharge if way == "dis" else cellsim.charge)(float(rate.replace("p", ".")))
        t, V = _table(path.name)
        k = t <= DEPLETED.get(path.stem[7:], np.inf)
        found.append(
            Case(path.stem[7:], load(SETS[name]), (step,), t[k], V[k], {"soc": 1.0 if way == "dis" else 0.1}, model)
        )
    return found


@cache
def composite_cases() -> list[Case]:
    """Graphite and silicon as phases, discharged from the state that the set states, at three rates."""
    return [
        Case(
            f"composite_dis_{rate}",
            load("lgm50_composite"),
            (cellsim.discharge(float(rate.replace("p", "."))),),
            *_table(f"pybamm_composite_dis_{rate}.csv"),
            {"soc": None},
            fine=DFN((80, 30, 80), shells=40),
        )
        for rate in ("0p2", "1", "2")
    ]


@cache
def graded_cases() -> list[Case]:
    """Graded electrodes, discharged from full at 1C and 2C."""
    return [
        Case(
            f"graded_{name}_{rate}",
            cells.graded(name),
            (cellsim.discharge(float(rate)),),
            *_table(f"pybamm_graded_{name}_{rate}.csv"),
            {"soc": 1.0},
            fine=DFN((80, 30, 80), shells=40),
        )
        for name in cells.GRADED
        for rate in (1, 2)
    ]


@cache
def single_ion_cases() -> list[Case]:
    """Lithium | solid electrolyte | composite cathode at C/3, 1C and 2C."""
    return [
        Case(
            f"single_ion_dis_{name}",
            cells.single_ion(),
            (cellsim.discharge(rate),),
            *_table(f"pybamm_single_ion_dis_{name}.csv"),
            {"soc": None},
        )
        for name, rate in (("0p333", 1.0 / 3.0), ("1", 1.0), ("2", 2.0))
    ]


@cache
def dualfoil_cases() -> list[Case]:
    """Graphite | LiCoO2 over the first 97 %, and lithium | PEO | TiS2.

    At 10 A/m2 the salt of the latter falls below 70 mol/m3 after 40 % of the run; at 65 its
    polynomial for the conductivity turns negative, and DUALFOIL carries on with that.
    """
    on, off = lambda i, s=None: Step("current", i, s), cellsim.rest
    runs = [(f"A_default_nofilm_{i}", cells.dualfoil_a(), (on(float(i)),), 0.97) for i in (10, 20, 40)]
    runs += [("A_default_film_20", cells.dualfoil_a(1e-3), (on(20.0),), 0.97)]
    runs += [
        (f"C_Li_PEO_TiS2_{i}_bv", cells.dualfoil_c(), (on(float(i), 60.0 * minutes),), part)
        for i, minutes, part in ((2, 500, 1.0), (5, 200, 1.0), (10, 53, 0.4))
    ]
    runs += [
        (
            "C_Li_PEO_TiS2_cycle_bv",
            cells.dualfoil_c(),
            (on(5.0, 5400.0), off(1800.0), on(-5.0, 3600.0), off(1800.0)),
            1.0,
        )
    ]
    found = []
    for name, cell, steps, part in runs:
        t, V, _ = _table(f"dualfoil/{name}.csv", skiprows=1)
        ends = np.cumsum([0.0] + [s.duration or np.inf for s in steps[:-1]])
        k = ~np.isin(t, ends)  # at a change of current either value would do
        found.append(Case(name, cell, steps, t[k], V[k], {"soc": None}, part=part, accuracy=5e-4))
    return found


COMSOL_RATES = {"01C": 0.1, "05C": 0.5, "1C": 1.0, "2C": 2.0, "3C": 3.0}


@cache
def comsol_cases() -> list[Case]:
    """Marquis 2019 from its initial stoichiometries, 24 A/m2 at 1C, down to the cut-off voltage."""
    cell = cells.comsol()
    found = []
    for name, rate in COMSOL_RATES.items():
        data = comsol_data(f"comsol_{name}")
        k = (data["voltage"] > cell.value("cell/lower voltage cut-off")) & (data["time"] > 0.0)
        step = Step("current", 24.0 * rate * cell.value("cell/electrode area"))
        curve = data["time"][k], data["voltage"][k]
        found.append(Case(f"comsol_{name}", cell, (step,), *curve, {"soc": None}))
    return found


def comsol_data(name) -> dict[str, np.ndarray]:
    """Arrays of a COMSOL run; fields are (points, times)."""
    raw = json.loads((HOME / "comsol" / f"{name}.json").read_text())
    return {key: np.array(values) for key, values in raw.items()}


COMSOL_FIELDS = {  # COMSOL's name: its axis, our name, our axis
    "c_e": ("x", "Electrolyte concentration [mol.m-3]", "x [m]"),
    "phi_e": ("x", "Electrolyte potential [V]", "x [m]"),
    "c_n_surf": ("x_n", "Negative particle surface concentration [mol.m-3]", "x_n [m]"),
    "c_p_surf": ("x_p", "Positive particle surface concentration [mol.m-3]", "x_p [m]"),
    "phi_n": ("x_n", "Negative electrode potential [V]", "x_n [m]"),
    "phi_p": ("x_p", "Positive electrode potential [V]", "x_p [m]"),
}


def comsol_fields(case, result) -> dict[str, float]:
    """Rms difference of each field from COMSOL's, in its own unit, over space and time.

    Our volume means stand at the centres; a cubic through those of a layer gives COMSOL's points.
    """
    data = comsol_data(case.name)
    edges = np.cumsum(
        [0.0]
        + [case.cell.value(f"{part}/thickness") for part in ("negative electrode", "separator", "positive electrode")]
    )
    at = (data["time_fields"] > 0.0) & (data["time_fields"] < result.t[-1])
    found = {}
    for theirs, (axis, ours, our_axis) in COMSOL_FIELDS.items():
        x, y = result[our_axis], result.at(ours, data["time_fields"][at])
        squares = []
        for left, right in zip(edges[:-1], edges[1:], strict=True):
            here = (x > left) & (x < right)
            there = (data[axis] >= left - 1e-12) & (data[axis] <= right + 1e-12)
            if here.any():
                fit = CubicSpline(x[here], y[:, here], axis=1)(data[axis][there])
                squares.append(((fit - data[theirs][there][:, at].T) ** 2).ravel())
        found[theirs] = float(np.sqrt(np.concatenate(squares).mean()))
    return found


def measured(path):
    """(facts, t [s], V [V]) of a measured discharge."""
    with open(HOME / f"{path}.csv", encoding="utf-8") as lines:
        facts = json.loads(next(lines).removeprefix("# "))
    return facts, *_table(f"{path}.csv", skiprows=2)


PYBAMM_REACHES = {  # mV; isothermal DFN on its default mesh, or as published for the BPX files
    "lgm50_782_0p1C lgm50_oregan2022": 19.1,
    "lgm50_783_0p1C lgm50_oregan2022": 15.9,
    "lgm50_786_0p5C lgm50_oregan2022": 27.4,
    "lgm50_787_0p5C lgm50_oregan2022": 23.3,
    "lgm50_789_1C lgm50_oregan2022": 46.2,  # 40 volumes and 120 shells: the default mesh ends too early
    "lgm50_782_0p1C lgm50_chen2020": 45.3,
    "lgm50_783_0p1C lgm50_chen2020": 48.1,
    "lgm50_786_0p5C lgm50_chen2020": 46.3,
    "lgm50_787_0p5C lgm50_chen2020": 50.0,
    "lgm50_789_1C lgm50_chen2020": 53.4,
    "ecker2015_1C ecker2015": 17.9,
    "ecker2015_5C ecker2015": 40.2,
    "NMC_Co20 nmc_pouch_cell_BPX": 15.97,
    "NMC_Co2 nmc_pouch_cell_BPX": 12.32,
    "NMC_1C nmc_pouch_cell_BPX": 13.40,
    "LFP_Co20 lfp_18650_cell_BPX": 7.12,
    "LFP_1C lfp_18650_cell_BPX": 133.01,
}


@cache
def measured_cases() -> list[Case]:
    """Discharges of real cells, run untuned from published sets; isothermal at the rest temperature.

    Compared as the folder's README says: LG M50 over 90 %, Ecker over 95 %, About:Energy whole.
    """
    found = []

    def add(path, cell, part, start):
        facts, t, V = measured(path)
        name = f"{path.split('/')[1]} {cell.name}"
        found.append(
            Case(
                name,
                cell,
                (Step("current", facts["current_A"]),),
                t,
                V,
                start(facts),
                part=part,
                pybamm=PYBAMM_REACHES.get(name, np.nan),
                fine=FINE_ENOUGH,
                rtol=ENOUGH_RTOL,
            )
        )

    for name in ("lgm50_oregan2022", "lgm50_chen2020"):
        for run in ("782_0p1C", "783_0p1C", "786_0p5C", "787_0p5C", "789_1C"):
            add(
                f"measured/lgm50_{run}",
                load(name),
                0.9,
                lambda facts: {"voltage": facts["rest_V"], "temperature": facts["rest_K"]},
            )
    for run in ("1C", "5C"):
        add(f"measured/ecker2015_{run}", load("ecker2015"), 0.95, lambda facts: {"soc": None})
    for file, runs in (("nmc_pouch_cell", ("Co20", "Co2", "1C")), ("lfp_18650_cell", ("Co20", "1C"))):
        cell = read_bpx(HOME / f"about_energy/{file}_BPX.json")
        for run in runs:
            add(f"about_energy/{file[:3].upper()}_{run}", cell, 1.0, lambda facts: {"soc": 1.0})
    return found
