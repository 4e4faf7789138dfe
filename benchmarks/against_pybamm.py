"""PyBaMM's own runs of the reference cases, with its defaults (mesh, IDAKLU, tolerances) or tuned."""

from dataclasses import dataclass

import make_hysteresis_reference
import make_msmr_reference
import make_reference
import numpy as np
import pybamm
from measure import paired
from reference_cells import SINGLE_ION

SETS = {
    "lgm50_oregan2022": "ORegan2022",
    "lgm50_chen2020": "Chen2020",
    "ecker2015": "Ecker2015",
    "marquis2019": "Marquis2019",
    "lgm50_composite": "Chen2020_composite",
}


def _mpm():
    values = pybamm.ParameterValues("Marquis2019")
    return pybamm.get_size_distribution_parameters(values), pybamm.lithium_ion.MPM()


def _hysteresis():
    how = "one-state hysteresis"
    return make_hysteresis_reference.values_of(how), pybamm.lithium_ion.DFN({"open-circuit potential": how})


def _msmr():
    return pybamm.ParameterValues("MSMR_Example"), pybamm.lithium_ion.DFN(make_msmr_reference.OPTIONS)


OWN = {"mpm": _mpm, "hysteresis": _hysteresis, "msmr": _msmr}  # values and model, of the cases that are no stock set
RADII = ("r_n", "r_p", "r_n_prim", "r_n_sec", "r_p_prim", "r_p_sec")


@dataclass(frozen=True)
class Setting:
    """A mesh and a tolerance of PyBaMM: volumes a region, shells a particle, graded to the surface or not."""

    volumes: int = 20
    shells: int = 20
    graded: bool = False
    quadratic: bool = False  # extrapolation to surfaces by a parabola instead of a line
    rtol: float = 1e-4
    compiled: bool = False  # functions translated to C and compiled, which takes up to minutes

    def __str__(self):
        if self == Setting():
            return "defaults"
        return (
            f"{self.volumes} x {self.shells}{' graded' if self.graded else ''}"
            f"{' quadratic' if self.quadratic else ''}, {self.rtol:.0e}{', compiled' if self.compiled else ''}"
        )


SETTINGS = [
    Setting(),
    Setting(40, 40),
    *(
        Setting(volumes, shells, True, quadratic, rtol)
        for volumes, shells, quadratic, rtol in (
            (5, 12, False, 1e-4),
            (10, 12, False, 1e-3),
            (10, 12, False, 1e-4),
            (10, 12, True, 1e-4),
            (20, 20, False, 1e-3),
            (20, 20, False, 1e-4),
            (20, 20, True, 1e-4),
            (40, 30, True, 1e-4),
        )
    ),
]
FEW = [Setting(), Setting(10, 12, True, True)]  # for a first look, and for runs that take seconds
COMPILED = [
    Setting(volumes, shells, True, quadratic, rtol, True)
    for volumes, shells, quadratic, rtol in (
        (5, 12, False, 1e-4),
        (10, 12, False, 1e-3),
        (10, 12, True, 1e-3),
        (10, 12, True, 1e-4),
        (20, 20, False, 1e-3),
    )
]


def simulation(case, setting=None):
    """The PyBaMM simulation of a case, built, as a function without arguments that solves it.

    setting: PyBaMM's own defaults unless given.
    """
    solver, mesh = pybamm.IDAKLUSolver(), {}
    values, model = _model(case)
    if setting is not None:
        solver = pybamm.IDAKLUSolver(rtol=setting.rtol, options={"compile": setting.compiled})
        mesh = _mesh(model, setting)
    if len(case.steps) > 1:
        _start(values, case.start)
        built = pybamm.Simulation(model, parameter_values=values, solver=solver, experiment=_experiment(case), **mesh)
        return built.solve
    target, span = case.steps[0].target, [0.0, 1.2 * case.t[-1]]
    if isinstance(target, int | float):
        one_c = values["Nominal cell capacity [A.h]"] if case.name[:10] != "single_ion" else SINGLE_ION["one_c"]
        values["Current function [A]"] = target * (one_c if case.steps[0].control == "c-rate" else 1.0)
    else:
        times, currents = np.asarray(target.times, float), np.asarray(target.values, float)
        values["Current function [A]"] = pybamm.Interpolant(times, currents, pybamm.t)
        span = times
    _start(values, case.start)
    built = pybamm.Simulation(model, parameter_values=values, solver=solver, **mesh)
    built.build()
    return lambda: built.solve(span)


def _model(case):
    if case.name in OWN:
        return OWN[case.name]()
    if case.name.startswith("single_ion"):
        return make_reference.single_ion_values(), make_reference.half_cell()
    options = {"thermal": "lumped"} if "heat" in case.start else {}
    many = [str(max(len(case.cell.phases(f"{side} electrode")), 1)) for side in ("negative", "positive")]
    if many != ["1", "1"]:
        options["particle phases"] = tuple(many)
    return pybamm.ParameterValues(SETS[case.cell.name]), getattr(pybamm.lithium_ion, case.model)(options)


def _start(values, start):
    if "temperature" in start:
        values.update({f"{k} temperature [K]": start["temperature"] for k in ("Ambient", "Initial")})
    if "voltage" in start:
        values.set_initial_state(f"{start['voltage']} V")
    elif start["soc"] is not None:
        values.set_initial_state(start["soc"])


def _mesh(model, setting):
    """Keyword arguments of pybamm.Simulation."""
    classes = {var: n for var, n in model.default_var_pts.items() if var in ("R_n", "R_p")}  # of size: PyBaMM's own
    points = dict.fromkeys(("x_n", "x_s", "x_p"), setting.volumes) | dict.fromkeys(RADII, setting.shells) | classes
    sub, methods = dict(model.default_submesh_types), dict(model.default_spatial_methods)
    for key in [k for k in sub if k.endswith(" particle")]:
        if setting.graded:
            sub[key] = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, {"side": "right"})
        if setting.quadratic:
            methods[key] = pybamm.FiniteVolume(
                {"extrapolation": {"order": {"gradient": "quadratic", "value": "quadratic"}}}
            )
    return {"var_pts": points, "submesh_types": sub, "spatial_methods": methods}


def _experiment(case):
    """Charges at a C-rate and holds, in PyBaMM's words; or currents [A] and rests."""
    if all(step.control in ("current", "rest") for step in case.steps):
        return pybamm.Experiment(
            [
                pybamm.step.current(step.target if step.control == "current" else 0.0, duration=step.duration)
                for step in case.steps
            ]
        )
    words = []
    for step in case.steps:
        limits = {x.quantity: x.value for x in step.until}
        if step.control == "voltage":
            words.append(f"Hold at {step.target} V until C/{1.0 / limits['c-rate']:g}")
        else:
            top = limits.get("voltage", case.cell.value("cell/upper voltage cut-off"))
            words.append(f"Charge at {-step.target}C until {top} V")
    return pybamm.Experiment([tuple(words)])


def voltage(case, solution):
    """Voltages [V] at the compared times, NaN where the run has ended; of an SPMe as the references have it."""
    t = case.t[case.compared]
    values = _model(case)[0] if case.model == "SPMe" else None
    V = make_reference.voltage(solution, np.minimum(t, solution.t[-1]), values)
    return np.where(t <= solution.t[-1], V, np.nan)


def converged(case):
    """Voltages [V] at the compared times, free of PyBaMM's errors in x of first and second order, 60 shells."""
    V = [voltage(case, simulation(case, Setting(v, 60, True, True, 1e-7))()) for v in (40, 80, 160)]
    return (V[0] - 6.0 * V[1] + 8.0 * V[2]) / 3.0


def measure(case, repeats):
    """(median processor time of a solve [ms] after a warm-up, rms error [mV]); building is not timed."""
    solve = simulation(case)
    return float(np.median(paired([solve], repeats))), case.mismatch(voltage(case, solve()))[0]
