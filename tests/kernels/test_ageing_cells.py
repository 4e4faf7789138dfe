"""Cells that age within a run: what is conserved, growth in closed form, what changes nothing, how pores end a run."""

import numpy as np
import pytest
from composite_cells import parted
from pytest import approx

import cellsim
from cellsim import DFN, SPM, Ending, SPMe
from cellsim.kernels.layout import unknowns
from cellsim.models import initial_state
from cellsim.parameters.catalogue.ageing import OPTIONS
from cellsim.physics.constants import F, R

N, P = "negative electrode/", "positive electrode/"
SET = cellsim.load("okane2022")
OFF = SET.with_ageing(False)
SOLVENT = {"SEI": "solvent-diffusion limited"}
EVERYTHING = {key: (SET.options("negative electrode")[key], SET.options("positive electrode")[key]) for key in OPTIONS}
MECHANISMS = {
    "SEI": {**SOLVENT, "SEI porosity change": "true"},
    "SEI on both": {"SEI": ("ec reaction limited", "solvent-diffusion limited")},
    "cracks": {**SOLVENT, "SEI on cracks": "true", "particle mechanics": ("swelling and cracking", "swelling only")},
    "plating": {"lithium plating": "reversible", "lithium plating porosity change": "true"},
    "irreversible plating": {"lithium plating": "irreversible"},
    "dead lithium": {**SOLVENT, "lithium plating": "partially reversible"},
    "Yang's plating": {"lithium plating": "Yang2017"},
    "inefficiency": {"coulombic inefficiency of particles": "constant"},
    "inefficiency beside plating": {
        **SOLVENT,
        "lithium plating": "partially reversible",
        "coulombic inefficiency of particles": "constant",
    },
    "loss by stress": {"loss of active material": "asymmetric stress-driven"},
    "loss by reaction": {**SOLVENT, "loss of active material": ("reaction-driven", "none")},
    "loss by current": {"loss of active material": "current-driven"},
}
FASTER = {  # rates at which every mechanism takes a share of a hundredth or more in two cycles
    N + "SEI solvent diffusivity": 2.5e-20,
    P + "SEI partial molar volume": 9.585e-5,
    P + "initial SEI thickness": 5e-9,
    P + "SEI resistivity": 2e5,
    P + "SEI solvent diffusivity": 2.5e-20,
    P + "bulk solvent concentration": 2636.0,
    N + "dead lithium decay constant": 1e-4,
    N + "coulombic efficiency of particles": 0.99,
    N + "lithium plating exchange-current density": 1e-4,
    N + "LAM constant proportional term": 1e-4,
    N + "LAM constant proportional term in compression": 1e-4,
    P + "LAM constant proportional term": 1e-4,
    P + "LAM constant proportional term in compression": 1e-4,
    N + "reaction-driven LAM factor": 1e-3,
    N + "current-driven LAM factor": 1e-7,
    P + "current-driven LAM factor": 1e-7,
    N + "cracking rate": 1e-18,
}
MODELS = [DFN((4, 3, 4), 6), SPMe((4, 3, 4), 6), SPM(6)]
CYCLE = ["Discharge at 1C until 2.5 V", "Charge at 1C until 4.2 V", "Hold at 4.2 V until C/5", "Rest for 10 minutes"]
LOAD = cellsim.profile(np.array([[0.0, 0.0], [200.0, 5.0], [900.0, -4.0], [1200.0, 7.0], [1800.0, 1.0]]))


def cell(options, changes=FASTER):
    """The cell with these options and no others."""
    return OFF.with_(changes).with_ageing(options) if options else OFF


def ended(result):
    """System and fields of the last state of a run."""
    end = result.final_state
    sys = end.model.discretise(end.cell, end.temperature)
    return sys, unknowns(sys, end.state)


def contents(sys, y):
    """Lithium without the salt by place, and salt, both as charge per area [C/m2]."""
    found, v = {}, sys.volume
    for side in range(2):
        here, a = np.flatnonzero(v["side"] == side), sys.ageing[side]
        active = y.active[0, here] if sys.counts["loss"] else a["active"]
        x = y.x[v["particle"][here]] @ (3.0 * sys.shell["volume"])
        found[f"particles {side}"] = np.sum(x * active * a["content"] * v["dx"][here])
    for name in ("sei", "sei_on_cracks", "plated", "dead", "gone"):
        found[name] = np.sum(getattr(y, name))
    eps = v["eps"].copy()
    if sys.counts["clogging"]:
        eps[v["side"] >= 0] = y.porosity[v["side"] >= 0]
    return found, F * np.sum(y.c_e * eps * v["dx"])


def drift(options, model, heat, steps):
    """Changes of all lithium and of the salt over a run, relative to the former; the contents at both ends."""
    one = cell(options)
    result = cellsim.simulate(one, steps, model, heat=heat, temperature=283.15, force=True)
    sys, y = ended(result)
    before, salt = contents(sys, unknowns(sys, initial_state(one, sys, 1.0)))
    after, salt_after = contents(sys, y)
    assert len(result.steps) == len(steps), result.termination
    inventory = sum(before.values())
    return (sum(after.values()) - inventory) / inventory, (salt_after - salt) / inventory, before, after


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("name", MECHANISMS)
def test_lithium_and_salt_add_up(name, model):
    """Two cycles and a load of changing current (the other integrator): to 1e-12 of the inventory, rounding of some
    thousand steps; and each mechanism took something, else nothing was tested."""
    lithium, salt, before, after = drift(MECHANISMS[name], model, None, [*CYCLE, LOAD, *CYCLE])
    assert abs(lithium) <= 1e-12 and abs(salt) <= 1e-12
    inventory = sum(before.values())
    taken = {key: (after[key] - before[key]) / inventory for key in before if not key.startswith("particles")}
    assert max(taken.values()) > 1e-5, taken


@pytest.mark.parametrize("heat", (None, True), ids=("isothermal", "with heat"))
@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_lithium_and_salt_add_up_with_everything(model, heat):
    """All five mechanisms of O'Kane 2022 at once, as above."""
    lithium, salt, before, after = drift(EVERYTHING, model, heat, [*CYCLE, LOAD, *CYCLE])
    assert abs(lithium) <= 1e-12 and abs(salt) <= 1e-12
    assert all(after[key] > before[key] for key in ("sei", "sei_on_cracks", "dead", "gone"))


def at_rest(options, changes, duration, model=MODELS[2], soc=0.5, T=298.15):
    """Cell, system and fields after a rest of so long at a tolerance of 1e-9, and the potential at its start [V]."""
    one = cell(options, changes)
    sys = model.discretise(one, T)
    v = -unknowns(sys, initial_state(one, sys, soc)).phi_e[0]
    result = cellsim.simulate(one, cellsim.rest(duration), model, soc=soc, temperature=T, rtol=1e-9)
    assert result.endings == (Ending.DURATION,)
    return one, *ended(result), v


# law: what of thickness L grows linearly in time at a potential v, and its rate without the factor of temperature
THIN = 5e-9
SLOW = {N + "SEI partial molar volume": 1e-2, N + "SEI growth activation energy": 38e3}  # little lithium for a film
TUNNELS = {N + "tunnelling barrier factor": 2e8, N + "SEI reaction exchange current density": 1e-4}
KOLZENBERG = TUNNELS | {
    N + "tunnelling distance for electrons": 3e-9,
    N + "SEI lithium ion conductivity": 1e-9,
    N + "SEI lithium interstitial diffusivity": 1e-20,
}


def grows(law, get, v, f):
    """(function of L, its rate) by hand."""
    j0, V = get("SEI reaction exchange current density"), get("SEI partial molar volume")
    per = V / get("ratio of lithium moles to SEI moles")
    U, k, D, c = (
        get(f"{key}")
        for key in (
            "SEI open-circuit potential",
            "SEI kinetic rate constant",
            "EC diffusivity",
            "EC initial concentration in electrolyte",
        )
    )
    if law == "reaction limited":
        return lambda L: L, per * j0 / F * np.exp(-0.5 * f * (v - U))
    if law == "reaction limited (asymmetric)":
        return lambda L: L, per * j0 / F * np.exp(-0.3 * f * (v - U))
    if law == "solvent-diffusion limited":
        return lambda L: L**2, 2.0 * per * get("SEI solvent diffusivity") * get("bulk solvent concentration")
    if law == "ec reaction limited":
        return lambda L: L / (k * np.exp(-0.5 * f * (v - U))) + L**2 / (2.0 * D), per * c
    if law == "electron-migration limited":
        return lambda L: L**2, 2.0 * per * get("SEI electron conductivity") * (U - v) / F
    i = get("SEI lithium interstitial diffusivity") * get("lithium interstitial reference concentration")
    if law == "interstitial-diffusion limited":
        return lambda L: L**2, 2.0 * per * i * np.exp(-f * v)
    if law == "tunnelling limited":
        beta = get("tunnelling barrier factor")
        return lambda L: np.exp(beta * L), beta * per * j0 / F * np.exp(-0.5 * f * v)
    L_diff, tunnels = F * i / j0 * np.exp(-0.5 * f * v), get("tunnelling distance for electrons")
    return lambda L: L + (L - tunnels) ** 2 / (2.0 * L_diff), per * j0 / F * np.exp(-0.5 * f * v)


LAWS = {
    "solvent-diffusion limited": {},
    "reaction limited": SLOW,
    "reaction limited (asymmetric)": SLOW | {N + "SEI growth transfer coefficient": 0.3},
    "ec reaction limited": SLOW | {N + "SEI kinetic rate constant": 1e-17, N + "EC diffusivity": 2e-23},
    "electron-migration limited": SLOW,
    "interstitial-diffusion limited": SLOW,
    "tunnelling limited": SLOW | TUNNELS,
    "VonKolzenberg2020": SLOW | KOLZENBERG,
}


@pytest.mark.parametrize("law", LAWS)
def test_films_grow_by_closed_forms_at_rest(law):
    """To 1.3 times the first thickness, 15 K above the reference.  The solvent's law knows no potential: 1e-8.  The
    others' drifts as the particles lose lithium, by less than 1e-5 of it: 1e-7 V, or 4e-6 of a rate; 2e-5."""
    changes, T = LAWS[law], 313.15
    one = cell({"SEI": law}, changes)
    get = lambda key: one.value(N + key) if one.has(N + key) else OFF.with_(changes).value(N + key)  # noqa: E731
    sys = MODELS[2].discretise(one, T)
    g, rate = grows(law, get, -unknowns(sys, initial_state(one, sys, 0.5)).phi_e[0], F / (R * T))
    rate *= np.exp(38e3 / R * (1.0 / 298.15 - 1.0 / T))
    duration = float((g(1.3 * THIN) - g(THIN)) / rate)
    _, sys, y, _ = at_rest({"SEI": law}, changes, duration, T=T)
    here = sys.volume["side"] == 0
    L = y.sei[0, here] / sys.volume["area"][here] * get("SEI partial molar volume") / F
    L /= get("ratio of lithium moles to SEI moles")
    assert L / THIN == approx(1.3, rel=1e-8 if law.startswith("solvent") else 2e-5)  # noqa: SIM300


@pytest.mark.parametrize("surface_form", ("false", "differential"))
@pytest.mark.parametrize("model", MODELS[1:], ids=lambda m: type(m).__name__)
def test_of_what_arrives_the_share_of_the_efficiency_enters(model, surface_form):
    """Of a charge Q dies (1 - CE) Q, and of a discharge nothing; 1e-6, beside double layers 1e-3: their own charge.

    In a DFN currents among its volumes at rest arrive somewhere, too.
    """
    layers = {f"{part} electrode/double-layer capacity": 0.2 for part in ("negative", "positive")}
    one = cell({"coulombic inefficiency of particles": "constant"}, FASTER | layers)
    steps = (
        "Discharge at 1C for 20 minutes; Charge at 1C for 10 minutes; Rest for 5 minutes; Discharge at 1C for 5 minutes"
    )
    result = cellsim.simulate(one, steps, model, soc=0.9, surface_form=surface_form)
    dead = result["Capacity of negative dead lithium [A.h]"]
    share = 1e-6 if surface_form == "false" else 1e-3
    after = [dead[result.step_index == k][-1] for k in range(4)]
    assert after[0] == approx(0.0, abs=1e-9) and after[1] == approx(0.01 * result.charge_capacity, rel=share)
    assert after[3] == approx(after[1], rel=share)
    taken = result["Total lithium in particles [mol]"][0] - result["Total lithium in particles [mol]"][-1]
    if surface_form == "false":  # else they hold some
        assert taken == approx(dead[-1] * 3600.0 / F, rel=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_efficiencies_of_phases_are_their_own(model):
    """Of two equal phases one kills lithium: half of what both would, as each takes half of it; 1 %: nearly."""
    both = parted("okane2022", (0.5, 0.5)).with_ageing(False)
    option = "coulombic inefficiency of particles"
    dead = []
    for texts in (("constant", "none"), ("constant", "constant")):
        one = both.with_({f"{N}{phase}/coulombic efficiency of particles": 0.99 for phase in both.phases(N[:-1])})
        result = cellsim.simulate(one.with_ageing({option: (texts, "none")}), CYCLE[1], model, soc=0.2)
        dead.append(sum(np.sum(y.dead) for y in [ended(result)[1]]))
    assert dead[0] == approx(0.5 * dead[1], rel=0.01) and dead[0] > 0.0


def test_a_film_on_cracks_grows_as_on_particles():
    """Cracks that do not grow: L^2 linear from a first thickness that is spread over them.  1e-7: as the film itself,
    of which this one is a tenth."""
    options = {**SOLVENT, "SEI on cracks": "true", "particle mechanics": ("swelling and cracking", "none")}
    one, sys, y, _ = at_rest(options, {N + "cracking rate": 0.0, N + "initial SEI on cracks thickness": 1e-9}, 3.6e6)
    get = lambda key: one.value(N + key)  # noqa: E731
    rough = 2.0 * get("initial crack length") * get("initial crack width") * get("number of cracks per unit area")
    per = get("SEI partial molar volume") / F / get("ratio of lithium moles to SEI moles")
    here = sys.volume["side"] == 0
    L = y.sei_on_cracks[0, here] / sys.volume["area"][here] * per / rough
    first = get("initial SEI on cracks thickness") / rough
    rate = 2.0 * F * per * get("SEI solvent diffusivity") * get("bulk solvent concentration")
    assert L == approx(np.sqrt(first**2 + rate * 3.6e6), rel=1e-7)  # noqa: SIM300


def test_plated_lithium_comes_to_its_equilibrium():
    """Nernst: c_pl = c_e exp(-F v / RT), after 40 relaxation times of 2,600 s or less; 1e-6, as rtol 1e-9 of 1 V is
    4e-8 of it and the last exponential 1e-17."""
    _, sys, y, _ = at_rest({"lithium plating": "reversible"}, {}, 1e5, DFN((3, 2, 3), 5), soc=1.0)
    here = sys.volume["side"] == 0
    v = (y.phi_s - y.phi_e)[here]
    expected = y.c_e[here] * np.exp(-F * v / (R * 298.15))
    assert y.plated[0, here] / (F * sys.volume["dx"][here]) == approx(expected, rel=1e-6)
    assert np.all(expected > 1.0) and not y.dead.any()


@pytest.mark.parametrize("law", ("irreversible", "Yang2017"))
def test_plating_without_a_way_back_is_linear_in_time(law):
    """At a potential that stays: F k c_e or j0, times exp(-alpha F v / RT).  1e-5: as of films."""
    changes = {N + "lithium plating kinetic rate constant": 1e-13, N + "lithium plating exchange-current density": 1e-5}
    one, sys, y, v = at_rest({"lithium plating": law}, changes, 3600.0)
    k = F * 1e-13 * sys.c_ref if law == "irreversible" else 1e-5
    slow = np.exp(-one.value(N + "lithium plating transfer coefficient") * F * v / (R * 298.15))
    here = sys.volume["side"] == 0
    assert y.dead[0, here] / sys.volume["area"][here] == approx(k * slow * 3600.0, rel=1e-5)
    assert not y.plated.any()


def test_plated_lithium_is_cut_off_exponentially():
    """Where nothing is plated or stripped; the sum stays to rounding.  1e-7: rtol 1e-9 of what weighs 40 times more."""
    changes = {
        N + "lithium plating kinetic rate constant": 0.0,
        N + "initial plated lithium concentration": 100.0,
        N + "dead lithium decay constant": 1e-4,
    }
    _, sys, y, _ = at_rest({"lithium plating": "partially reversible"}, changes, 1e4)
    here = sys.volume["side"] == 0
    first = 100.0 * F * sys.volume["dx"][here]
    assert y.plated[0, here] == approx(first * np.exp(-1.0), rel=1e-6)
    assert y.plated[0, here] + y.dead[0, here] == approx(first, rel=1e-13)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_losses_by_current_and_by_reaction(model):
    """The first is the charge passed times the factor, the second the lithium of the film: rounding, 1e-12."""
    options = {**SOLVENT, "loss of active material": ("reaction-driven", "current-driven")}
    result = cellsim.simulate(cell(options), "Discharge at 1C for 30 minutes", model)
    sys, y = ended(result)
    sides = sys.volume["side"]
    charge = result.discharge_capacity * 3600.0 / SET.value("cell/electrode area")
    assert y.inactive[0, sides == 1] == approx(1e-7 * charge, rel=1e-12)
    first = unknowns(sys, initial_state(cell(options), sys, 1.0)).sei
    taken = ((y.sei - first)[0] / sys.volume["dx"])[sides == 0]
    assert y.inactive[0, sides == 0] == approx(1e-3 * taken / F, rel=1e-10)


def test_stress_and_what_it_does_from_the_concentrations_of_the_run():
    """Cracks and lost material by quadrature over the run's own concentrations.  1e-3: of 400 rows a step."""
    options = {
        "particle mechanics": ("swelling and cracking", "none"),
        "loss of active material": ("stress-driven", "none"),
        "stress-induced diffusion": "false",
    }
    changes = {N + "LAM constant proportional term": 1e-6, N + "cracking rate": 1e-16}
    one = cell(options, changes)
    result = cellsim.simulate(one, "Discharge at 1C until 2.5 V", SPM(12), rtol=1e-6, period=8.0)
    sys, y = ended(result)
    get = lambda key: one.value(N + key)  # noqa: E731
    outside = result["Negative particle surface concentration [mol.m-3]"][:, 0]
    shells = 3.0 * sys.shell["volume"]
    mean = result["Negative particle concentration [mol.m-3]"][:, 0] @ shells
    tension = (
        get("partial molar volume") * get("Young's modulus") * (mean - outside) / 3.0 / (1 - get("Poisson's ratio"))
    )
    tension, t = np.maximum(tension, 0.0), result.t
    lost = np.trapezoid(
        1e-6 * (2.0 / 3.0 * tension / get("critical stress")) ** get("LAM constant exponential term"), t
    )
    here = sys.volume["side"] == 0
    assert y.inactive[0, here] == approx(lost, rel=1e-3)
    m, start = get("Paris' law constant m"), get("initial crack length")
    pull = (get("Paris' law constant b") * tension * np.sqrt(np.pi)) ** m
    grown = (1.0 - 0.5 * m) * np.trapezoid(1e-16 / 3600.0 * pull, t)
    length = (start ** (1.0 - 0.5 * m) + grown) ** (1.0 / (1.0 - 0.5 * m))  # dl/dt = rate l^(m/2)
    assert y.crack[0, here] - start == approx(length - start, rel=1e-3)
    assert length > 1.01 * start


def test_the_film_takes_its_share_of_the_voltage():
    """At the first instant of a discharge: current density times resistivity times thickness; 1e-6 of side currents."""
    drops = []
    for film in ("none", "distributed"):
        one = cell({**SOLVENT, "SEI film resistance": film}, {N + "SEI resistivity": 1e6})
        drops.append(cellsim.simulate(one, "Discharge at 1C for 1 s", SPM(6))["Voltage [V]"][0])
    sys = SPM(6).discretise(one, 298.15)
    here = sys.volume["side"] == 0
    surface = np.sum(sys.volume["area"][here]) * SET.value("cell/electrode area")
    assert drops[0] - drops[1] == approx(5.0 / surface * 1e6 * THIN, rel=1e-5)


NOTHING = {
    N + "SEI reaction exchange current density": 0.0,
    N + "initial SEI on cracks thickness": 0.0,
    N + "lithium plating kinetic rate constant": 0.0,
    N + "cracking rate": 0.0,
    N + "LAM constant proportional term": 0.0,
    P + "LAM constant proportional term": 0.0,
}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_nothing_ages_at_rates_of_zero(model):
    """All mechanisms on, every rate 0, film without resistance: the run of a cell without ageing, to rounding."""
    options = EVERYTHING | {
        "SEI": "reaction limited",
        "SEI film resistance": "none",
        "stress-induced diffusion": "false",
        "lithium plating": "reversible",
    }
    still, plain = (cellsim.simulate(one, CYCLE, model) for one in (cell(options, NOTHING), OFF))
    if isinstance(model, SPMe):  # finds the current of a hold by other iterations: to a tenth of its tolerance, 5e-4
        assert [k.t_end for k in still.steps] == approx([k.t_end for k in plain.steps], rel=5e-5)
    else:  # times follow from quotients of small differences, which hold 1e-8 of them; a falling voltage follows them
        assert still.t == approx(plain.t, rel=1e-8) and still["Voltage [V]"] == approx(plain["Voltage [V]"], abs=1e-8)
    off = 1e-6 if isinstance(model, SPMe) else 1e-9  # SPMe of a cell that ages converges 1,000 times further
    assert still["Voltage [V]"][:50] == approx(plain["Voltage [V]"][:50], abs=off)
    sys, y = ended(still)
    one = cell(options, NOTHING)
    first = unknowns(sys, initial_state(one, sys, 1.0))
    for name in ("sei", "sei_on_cracks", "plated", "dead", "crack", "inactive", "active", "gone", "porosity"):
        assert np.array_equal(getattr(y, name), getattr(first, name)), name


def test_a_cell_without_ageing_has_none_of_it():
    """Nor its fields in the state; and numbers of ageing without an option of it change nothing, bit for bit."""
    for one in (OFF, cellsim.load("lgm50_chen2020"), cell({"particle mechanics": "swelling only"})):
        sys = MODELS[0].discretise(one, 298.15)
        assert sys.ageing.size == 0 and not any(sys.counts[name] for name in ("sei", "plating", "loss", "clogging"))
    assert MODELS[0].discretise(SET, 298.15).ageing.size == 2
    a, b = (cellsim.simulate(one, CYCLE, MODELS[0]) for one in (OFF, OFF.with_(FASTER)))
    assert np.array_equal(a["Voltage [V]"], b["Voltage [V]"])


@pytest.mark.parametrize("law", ("ec reaction limited", "solvent-diffusion limited", "tunnelling limited"))
def test_a_film_told_otherwise_is_the_same(law):
    """Twice the lithium and twice the volume per mole of SEI; solvent twice as dense and half as fast; EC's potential
    moved into its rate constant.  Rounding, grown by a hundred steps: 1e-10."""
    value = lambda key: SET.value(N + key)  # noqa: E731
    shift = np.exp(0.5 * F / (R * 298.15) * value("SEI open-circuit potential"))
    otherwise = {
        N + "ratio of lithium moles to SEI moles": 2.0 * value("ratio of lithium moles to SEI moles"),
        N + "SEI partial molar volume": 2.0 * value("SEI partial molar volume"),
        N + "SEI solvent diffusivity": 0.5 * value("SEI solvent diffusivity"),
        N + "bulk solvent concentration": 2.0 * value("bulk solvent concentration"),
        N + "SEI open-circuit potential": 0.0,
        N + "SEI kinetic rate constant": value("SEI kinetic rate constant") * shift,
    }
    a, b = (
        cellsim.simulate(cell({"SEI": law, "SEI porosity change": "true"}, TUNNELS | more), CYCLE, MODELS[0])
        for more in ({}, otherwise)
    )
    assert b.t == approx(a.t, rel=1e-9) and b["Voltage [V]"] == approx(a["Voltage [V]"], abs=1e-9)
    assert ended(b)[1].sei == approx(ended(a)[1].sei, rel=1e-10)


def test_two_runs_are_one():
    """A run that goes on from another one: as one run, to the tolerance of 1e-6 that both are solved to."""
    one = cell(EVERYTHING)
    whole = cellsim.simulate(one, CYCLE * 2, MODELS[0], rtol=1e-6)
    half = cellsim.simulate(one, CYCLE, MODELS[0], rtol=1e-6)
    rest = cellsim.simulate(one, CYCLE, start=half, rtol=1e-6)
    a, b = ended(whole)[1], ended(rest)[1]
    for name in ("sei", "sei_on_cracks", "dead", "crack", "inactive", "gone", "porosity"):
        assert getattr(b, name) == approx(getattr(a, name), rel=1e-5), name


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_pores_that_clog_end_a_run_in_words(model):
    """EC that reacts at once and diffuses fast, at rest; salt stays in what is left of the pores."""
    changes = {N + "SEI kinetic rate constant": 1e-9, N + "EC diffusivity": 2e-16}
    one = cell({"SEI": "ec reaction limited", "SEI porosity change": "true"}, changes)
    result = cellsim.simulate(one, "Rest for 100 hours", model)
    assert result.endings == (Ending.PORES_CLOGGED,)
    assert "the pores of an electrode were clogged" in result.termination
    sys, y = ended(result)
    before = contents(sys, unknowns(sys, initial_state(one, sys, 1.0)))
    after = contents(sys, y)
    assert after[1] == approx(before[1], rel=1e-11)
    assert sum(after[0].values()) == approx(sum(before[0].values()), rel=1e-12)
