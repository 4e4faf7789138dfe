"""Phases and sizes of particles that age: each kind by its own law, and together as one where they are alike."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
from composite_cells import parted
from pytest import approx
from test_ageing_cells import ended

import cellsim
from cellsim import DFN, SPM, ParameterError, SPMe
from cellsim.kernels.layout import unknowns
from cellsim.models import initial_state
from cellsim.models.health.potentials import half_cells
from cellsim.physics.constants import F

N, P = "negative electrode/", "positive electrode/"
FIRST, SECOND = N + "primary/", N + "secondary/"
MODELS = [DFN((4, 3, 4), 6), SPMe((4, 3, 4), 6), SPM(6)]
CYCLE = ["Discharge at 1C until 2.5 V", "Charge at 1C until 4.2 V", "Hold at 4.2 V until C/5", "Rest for 10 minutes"]
LOAD = cellsim.profile(np.array([[0.0, 0.0], [200.0, 5.0], [900.0, -4.0], [1200.0, 7.0], [1800.0, 1.0]]))
EVERYTHING = cellsim.load("okane2022")  # all five mechanisms
# the same material but for what ages it: a second phase that swells more, cracks and loses more, and films faster
OWN = {
    SECOND + "active material volume fraction": 0.05,
    SECOND + "particle radius": 2e-6,
    SECOND + "partial molar volume": 6e-6,
    SECOND + "LAM constant proportional term": 2e-6,
    SECOND + "SEI solvent diffusivity": 2.5e-20,
    SECOND + "lithium plating kinetic rate constant": 1e-9,
    SECOND + "cracking rate": 1e-20,
}
MIXED = parted("okane2022", (0.9, 0.1)).with_(OWN)
WIDE = EVERYTHING.with_({N + "particle radius standard deviation": 1.5e-6, N + "particle size classes": 3.0})
REFERENCE = Path(__file__).parents[1] / "reference" / "ageing" / "pybamm_composite.csv"
RUNS = int(os.environ.get("CELLSIM_AGEING_RUNS", "40")) // 2


def kept(sys, y):
    """Lithium in particles and in what side reactions made, and salt, both as charge per area [C/m2]."""
    v, lithium = sys.volume, sum(getattr(y, name).sum() for name in ("sei", "sei_on_cracks", "plated", "dead", "gone"))
    for side in range(2):
        here = np.flatnonzero(v["side"] == side)
        for k in range(v["kinds"][here[0]]):
            p = v["particle"][here] + k
            a = sys.ageing[sys.grain["sweep"][p[0]]]
            active = y.active[k, here] if sys.counts["loss"] else a["active"]
            lithium += np.sum(y.x[p] @ (3.0 * sys.shell["volume"]) * active * a["content"] * v["dx"][here])
    pores = np.where(y.porosity > 0.0, y.porosity, v["eps"]) if sys.counts["clogging"] else v["eps"]
    return lithium, F * np.sum(y.c_e * pores * v["dx"])


@pytest.mark.parametrize("cell", (MIXED, EVERYTHING), ids=("phases", "one"))
@pytest.mark.parametrize("model", MODELS[1:], ids=lambda m: type(m).__name__)
def test_tight_tolerances_are_met(cell, model):
    """The least tolerances but one: steps of rounding are no failures, nor are phases that change within 1e-9 s.

    1e-5 of the time: what a tolerance of 1e-6 leaves, some hundred steps of it.
    """
    wide, tight, tighter = (
        cellsim.simulate(cell, CYCLE[:3], model, soc=1.0, force=True, rtol=rtol).t[-1] for rtol in (1e-6, 1e-8, 1e-9)
    )
    assert tight == approx(wide, rel=1e-5) and tighter == approx(tight, rel=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("part", (N[:-1], P[:-1]))
def test_two_halves_age_as_one(part, model):
    """A cycle and a load: voltage, film, plated lithium, cracks and losses.

    1e-8: rounding.  In the SPM it makes a time step fall otherwise, from where on runs differ by their tolerance, which
    is 1e-7 there; plated lithium, exponential in potentials, by up to a hundred times that.
    """
    halves = parted("okane2022", (0.5, 0.5), part)
    steps, tight, near = ([*CYCLE, LOAD], {"rtol": 1e-7}, 1e-5) if isinstance(model, SPM) else (CYCLE, {}, 1e-8)
    two, one = (cellsim.simulate(cell, steps, model, soc=1.0, force=True, **tight) for cell in (halves, EVERYTHING))
    assert two.t[-1] == approx(one.t[-1], rel=near)
    assert two["Voltage [V]"][-1] == approx(one["Voltage [V]"][-1], rel=near)
    (sys, y), z = ended(two), ended(one)[1]
    here = sys.volume["side"] == (part == P[:-1])
    for name in ("sei", "sei_on_cracks", "plated", "dead", "inactive", "active", "draining", "gone"):
        assert getattr(y, name).sum(axis=0) == approx(getattr(z, name)[0], rel=near, abs=1e-12), name
    assert y.porosity == approx(z.porosity, rel=near)
    assert y.crack[:, here] == approx(np.tile(z.crack[0, here], (2, 1)), rel=near)
    name = part.partition(" ")[0]
    for words in (f"Loss of active material in {name} electrode [%]", "Capacity [A.h]"):
        assert two[words][-1] == approx(one[words][-1], rel=max(near, 1e-6))


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("cell", (MIXED, WIDE), ids=("phases", "sizes"))
def test_lithium_and_salt_add_up(cell, model):
    """A cycle, a load and a cycle of all mechanisms, at 10 degC: to 1e-12, as of cells with one kind of particle."""
    result = cellsim.simulate(cell, [*CYCLE, LOAD, *CYCLE], model, soc=1.0, temperature=283.15, force=True)
    sys, y = ended(result)
    before, after = kept(sys, unknowns(sys, initial_state(cell, sys, 1.0))), kept(sys, y)
    assert (np.abs(np.subtract(after, before)) <= 1e-12 * before[0]).all()
    assert all((getattr(y, name).sum(axis=1) > 0.0)[:2].all() for name in ("sei", "sei_on_cracks", "gone"))


def test_each_phase_ages_by_its_own_numbers():
    """Names of PyBaMM; the phase that is stated to be worse is, and both add up to the electrode, to rounding."""
    result = cellsim.simulate(MIXED, CYCLE, SPM(6), soc=1.0)
    for words in (
        "Loss of lithium to negative {}SEI [mol]",
        "Loss of lithium to negative {}SEI on cracks [mol]",
        "Loss of lithium to negative {}lithium plating [mol]",
        "Loss of lithium due to loss of {}active material in negative electrode [mol]",
    ):
        both = [result[words.format(phase)][-1] for phase in ("primary ", "secondary ")]
        assert sum(both) == approx(result[words.format("")][-1], rel=1e-12)
    lost = [result[f"Loss of {one} active material in negative electrode [%]"][-1] for one in ("primary", "secondary")]
    assert lost[1] > 3.0 * lost[0] > 0.0
    assert result["Negative secondary SEI thickness [m]"][-1, 0] > result["Negative primary SEI thickness [m]"][-1, 0]
    held = [result[f"Total lithium in {one} phase in negative electrode [mol]"][-1] for one in ("primary", "secondary")]
    assert sum(held) == approx(result["Total lithium in negative electrode [mol]"][-1], rel=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_losses_by_current_of_phases(model):
    """The charge passed times the factor of each phase; one stated for the electrode is shared by active material."""
    options = {"loss of active material": ("current-driven", "none")}
    cell = MIXED.with_ageing(False).with_({N + "current-driven LAM factor": 1e-7}).with_ageing(options)
    run = "Discharge at 1C for 20 minutes"
    charge = cell.nominal_capacity * 1200.0 / cell.value("cell/electrode area")
    active = np.array([cell.value(phase + "active material volume fraction") for phase in (FIRST, SECOND)])
    sys, y = ended(cellsim.simulate(cell, run, model))
    here = sys.volume["side"] == 0
    assert approx(np.tile(1e-7 * charge * active / active.sum(), (here.sum(), 1)), rel=1e-12) == y.inactive[:, here].T
    own = cell.with_({SECOND + "current-driven LAM factor": 3e-7})
    assert ended(cellsim.simulate(own, run, model))[1].inactive[1, here] == approx(3e-7 * charge, rel=1e-12)


def test_films_of_phases_grow_by_the_root_of_time():
    """At rest, by the solvent: L^2 linear in time for each phase with its own diffusivity; 1e-8, of the steps."""
    cell = MIXED.with_ageing(False).with_ageing({"SEI": "solvent-diffusion limited"})
    result = cellsim.simulate(cell, "Rest for 1000 hours", SPM(6), soc=0.5, rtol=1e-9)
    per = cell.value(N + "SEI partial molar volume") / cell.value(N + "ratio of lithium moles to SEI moles")
    first, c = cell.value(N + "initial SEI thickness"), cell.value(N + "bulk solvent concentration")
    for words, path in (("primary", N), ("secondary", SECOND)):
        L = np.sqrt(first**2 + 2.0 * per * cell.value(path + "SEI solvent diffusivity") * c * 3.6e6)
        assert result[f"Negative {words} SEI thickness [m]"][-1] == approx(L, rel=1e-8)  # noqa: SIM300


def test_options_are_of_phases():
    """A tuple for the phases, as in PyBaMM; a text for all; what is wrong is a sentence."""
    cell = cellsim.load("lgm50_composite")
    one = cell.with_ageing({"SEI": (("none", "ec reaction limited"), "none")})
    assert [one.options(N + name)["SEI"] for name in ("primary", "secondary")] == ["none", "ec reaction limited"]
    assert one.options(N[:-1])["SEI"] == "ec reaction limited"
    result = cellsim.simulate(one, "Charge at C/2 for 10 minutes", SPM(6), soc=0.2)
    assert "Loss of lithium to negative primary SEI [mol]" not in result.variables
    assert result["Loss of lithium to negative secondary SEI [mol]"][-1] > 0.0
    again = cellsim.Cell.from_json(one.to_json(), "again")
    assert again.options(N + "secondary") == one.options(N + "secondary")
    assert one.with_ageing(False).options(N + "secondary")["SEI"] == "none"
    with pytest.raises(ParameterError, match="has 2 phases; give one for each"):
        cell.with_ageing({"SEI": (("none",), "none")})
    with pytest.raises(ParameterError, match="negative electrode/primary/loss of active material: .*Young's modulus"):
        cell.with_ageing({"loss of active material": ("stress-driven", "none")})
    with pytest.raises(ParameterError, match="phases that age"):
        cellsim.to_pybamm(one, ageing=True)


def test_an_overlay_is_for_all_phases():
    """And the remark says so; its numbers stand in place of those of the phases."""
    cell = cellsim.with_overlay(MIXED, "kirkaldy2024")
    assert not cell.has(SECOND + "SEI solvent diffusivity")
    assert "all phases of the negative electrode" in cell.remarks[-1]


def test_equilibrium_of_phases_that_lost_different_shares():
    """Potentials of what is left are those of a cell made with so much: tables of the same law, 1e-9 V."""
    cell = cellsim.load("lgm50_composite")
    path = N + "secondary/active material volume fraction"
    less = half_cells(cell.with_({path: 0.4 * cell.value(path)})).negative
    left = half_cells(cell, left={N[:-1]: (1.0, 0.4)}).negative
    x = np.linspace(0.02, 0.98, 50)
    assert left(x) == approx(less(x), abs=1e-9)
    assert np.max(np.abs(left(x) - half_cells(cell).negative(x))) > 5e-3


def test_lives_of_composites_jump():
    """To the tolerance of 0.1 % of the capacity; rows have the phases, and windows follow what is left of them."""
    cell = MIXED.with_ageing({"lithium plating": "none", "SEI on cracks": "false"})
    cycle = "Discharge at 1C until 2.5 V; Charge at C/2 until 4.2 V; Hold at 4.2 V until C/20"
    both = [cellsim.age(cell, cycle, cycles=60, model=SPM(6), jump=jump, soc=1.0) for jump in (True, False)]
    rows = [life.table.iloc[-1] for life in both]
    assert both[0].jumped.simulated < 45
    key = "Discharge capacity [A.h]"
    assert abs(rows[0][key] - rows[1][key]) <= 1e-3 * both[1].table[key].iloc[0]
    for key in ("Loss of lithium inventory [%]", "Loss of secondary active material in negative electrode [%]"):
        assert rows[0][key] == approx(rows[1][key], rel=2e-2)
    assert np.isfinite(both[0].table["Capacity of equilibrium [A.h]"]).all()


def random_cell(rng):
    """Phases or sizes with a random subset of mechanisms, each phase with rates of its own."""
    names = ("reaction limited", "solvent-diffusion limited", "ec reaction limited", "interstitial-diffusion limited")
    each = lambda *texts: tuple(rng.choice(texts) for _ in range(2))  # noqa: E731
    base = EVERYTHING.with_ageing(False)
    if rng.random() < 0.3:
        wide = {N + "particle radius standard deviation": rng.uniform(5e-7, 3e-6), N + "particle size classes": 3.0}
        options = {"SEI": rng.choice(names), "loss of active material": ("stress-driven", "none")}
        return base.with_(wide).with_ageing(options), options
    share = rng.uniform(0.02, 0.5)
    cell = parted(base, (1.0 - share, share))
    keys = ("SEI solvent diffusivity", "SEI kinetic rate constant", "lithium plating kinetic rate constant")
    own = {SECOND + key: cell.value(N + key) * 10.0 ** rng.uniform(-2.0, 2.0) for key in (*keys, "cracking rate")}
    own |= {SECOND + "particle radius": 10.0 ** rng.uniform(-6.3, -4.9), SECOND + "partial molar volume": 6e-6}
    own |= {one + "LAM constant proportional term": 10.0 ** rng.uniform(-9.0, -5.5) for one in (FIRST, SECOND)}
    on = lambda *given: str(all(given) and rng.random() < 0.7).lower()  # noqa: E731
    films, plates = each("none", *names), each("none", "reversible", "partially reversible", "irreversible")
    losses, cracks = each("none", "stress-driven"), each("", "swelling and cracking")
    softer = ["swelling only" if loss != "none" else "none" for loss in losses]
    options = {
        "SEI": (films, "none"),
        "lithium plating": (plates, "none"),
        "particle mechanics": (tuple(crack or soft for crack, soft in zip(cracks, softer, strict=True)), "none"),
        "SEI on cracks": (tuple(on(f != "none", c) for f, c in zip(films, cracks, strict=True)), "false"),
        "SEI porosity change": (tuple(on(film != "none") for film in films), "false"),
        "loss of active material": (losses, "none"),
    }
    return cell.with_(own).with_ageing(options), options


@pytest.mark.parametrize("number", range(RUNS))
def test_random_composites_run_and_keep_what_they_hold(number):
    """No NaN, no failure of the solver, lithium and salt to 1e-12.  CELLSIM_AGEING_RUNS: twice as many as there are."""
    rng = random.Random(f"composite {number}")
    cell, options = random_cell(rng)
    out, into, T = rng.choice((0.3, 1.0, 2.0)), rng.choice((0.3, 1.0, 1.5)), rng.uniform(268.15, 318.15)
    steps = [f"Discharge at {out}C until 2.5 V", f"Charge at {into}C until 4.2 V", "Hold at 4.2 V until C/20"] * 2
    result = cellsim.simulate(cell, steps, rng.choice(MODELS), soc=1.0, temperature=T)
    about = f"{number}: {options}, {T:.1f} K, {steps}: {result.termination}"
    assert np.isfinite(result.final_state.state).all() and np.isfinite(result["Voltage [V]"]).all(), about
    assert not any(ending.is_failure for ending in result.endings), about
    sys, y = ended(result)
    if sys.ageing.size:
        first, last = kept(sys, unknowns(sys, initial_state(cell, sys, 1.0))), kept(sys, y)
        assert (np.abs(np.subtract(last, first)) <= 1e-12 * first[0]).all(), about


def test_cycles_of_graphite_and_silicon_agree_with_pybamm():
    """20 cycles, an SEI and a loss of its own on either phase.  Capacity within 0.05 %, lithium lost and the losses of
    both phases within 0.5 % of themselves, as asked of single materials; PyBaMM's mesh is worth 0.001 % and 0.01 %."""
    theirs = np.genfromtxt(REFERENCE, delimiter=",", names=True)
    faster = {N + "SEI solvent diffusivity": 2.5e-21, N + "SEI lithium interstitial diffusivity": 1e-19}
    losses = {FIRST + "reaction-driven LAM factor": 1e-4, SECOND + "reaction-driven LAM factor": 3e-4}
    films = (("solvent-diffusion limited", "interstitial-diffusion limited"), "none")
    options = {"SEI": films, "SEI porosity change": "true", "loss of active material": ("reaction-driven", "none")}
    cell = cellsim.load("lgm50_composite").with_(faster | losses).with_ageing(options)
    cycle = "Discharge at C/2 until 2.5 V; Charge at C/2 until 4.2 V; Hold at 4.2 V until C/20"
    table = cellsim.age(cell, cycle, 20, model=DFN((15, 8, 15), 15), soc=None, jump=False, until=None).table
    ours = table.loc[theirs["cycle"].astype(int)]
    assert ours["Discharge capacity [A.h]"].to_numpy() == approx(theirs["Q_dis_Ah"], rel=5e-4)
    assert ours["Loss of lithium inventory [%]"].to_numpy() == approx(theirs["LLI_pct"], rel=5e-3)
    assert ours["X-averaged negative electrode porosity"].to_numpy() == approx(theirs["porosity"], abs=1e-4)
    for phase, made in (("primary", 0.735), ("secondary", 0.015)):
        lost = 100.0 * (1.0 - theirs[f"eps_{phase}"] / made)
        found = ours[f"Loss of {phase} active material in negative electrode [%]"].to_numpy()
        assert found == approx(lost, rel=5e-3), phase


def test_a_composite_electrode_swells_by_the_lithium_of_each_phase():
    """Partial molar volumes times what each phase took, to rounding; a strain over a full cycle is met at its ends.

    1 %: at C/50 the phases share the charge nearly as at rest.
    """
    cell = cellsim.load("bonkile2024")
    pairs, area = cell.value("design/number of electrode pairs"), cell.value("cell/electrode area")
    part, run = "negative electrode", cellsim.simulate(cell, "Discharge at C/2 for 30 min", cellsim.SPMe(), soc=0.9)
    grown = sum(
        cell.value(f"{part}/{phase}/partial molar volume")
        * np.diff(run[f"Total lithium in {phase} phase in {part} [mol]"][[0, -1]])[0]
        for phase in ("primary", "secondary")
    )
    assert np.diff(run["Negative electrode thickness change [m]"][[0, -1]])[0] == approx(grown * pairs / area, rel=1e-9)
    still = cellsim.simulate(cell, "Rest for 1 min", cellsim.SPM(), soc=0.0)["Cell thickness change [m]"]
    assert abs(still[0]) < 1e-12 * cell.value(f"{part}/thickness")  # the fresh cell, discharged
    strains = {"primary": 0.1, "secondary": 2.0}
    own = cellsim.load("lgm50_composite").with_({f"{part}/{k}/volume change": s for k, s in strains.items()})
    full = cellsim.simulate(own, "Charge at C/50 until 4.2 V", cellsim.SPM(), soc=0.0)
    share = {k: own.value(f"{part}/{k}/active material volume fraction") for k in strains}
    layer = own.value("design/number of electrode pairs") * own.value(f"{part}/thickness")
    expected = layer * sum(strains[k] * share[k] for k in strains)
    assert full["Negative electrode thickness change [m]"][-1] == approx(expected, rel=1e-2)
