"""Simulations: what is conserved, where steps end, what limits they obey, and how results are kept."""

import sys

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, SPM, Ending, Limit, SPMe, charge, discharge, hold, rest, simulate
from cellsim.models import open_circuit_voltage
from cellsim.physics.constants import F, R

LIQUID, SOLID, MARQUIS = "lgm50_chen2020", "target_nmc811_lpscl_li", "marquis2019"
V = "Voltage [V]"
MODELS = {"DFN": DFN((10, 4, 10), 12), "SPMe": SPMe((10, 4, 10), 12), "SPM": SPM(12)}
FULL_CYCLE = [discharge(1.0), rest(600.0), charge(0.5), hold(4.2, 0.05), rest(600.0)]


def slope_at_end(t, y):
    """dy/dt at the last row, by a parabola through the last three."""
    return np.polyval(np.polyder(np.polyfit(t[-3:] - t[-1], y[-3:], 2)), 0.0)


# ---- conservation


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", (LIQUID, "ecker2015"))
def test_lithium_is_conserved_over_a_cycle(name, kind):
    """Particles and electrolyte together, and the salt alone; 1e-10 is rounding over a few hundred steps."""
    result = simulate(name, FULL_CYCLE, MODELS[kind])
    assert result.endings[0] is Ending.LOWER_VOLTAGE and result.endings[3] is Ending.CURRENT
    salt = result["Total lithium in electrolyte [mol]"]
    negative, positive = (result[f"Total lithium in {side} electrode [mol]"] for side in ("negative", "positive"))
    assert np.ptp(salt) / salt[0] < 1e-10
    assert np.ptp(negative + positive) / (negative + positive)[0] < 1e-10
    assert negative[0] - negative.min() == approx(result["Discharge capacity [A.h]"].max() * 3600.0 / F, rel=1e-9)


@pytest.mark.parametrize("kind", ("DFN", "SPMe", "SPM"))
def test_lithium_is_conserved_in_a_solid_cell(kind):
    """What the cathode gains is the charge passed over F: the foil is a reservoir; salt stays where it is."""
    result = simulate(SOLID, [discharge(1.0), rest(600.0), charge(0.5)], MODELS[kind])
    positive = result["Total lithium in positive electrode [mol]"]
    passed = result["Discharge capacity [A.h]"] * 3600.0 / F
    assert passed.max() > 0.3 * positive.max()
    assert np.ptp(positive - passed) / positive.max() < 1e-10
    assert np.ptp(result["Electrolyte concentration [mol.m-3]"]) < 1e-7  # mol/m3 of 1e3 or more


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", (LIQUID, SOLID))
def test_the_reaction_currents_add_up_to_the_terminal_current(name, kind):
    """Area times j over each electrode is +I or -I; 1e-10 of the largest current: rounding."""
    cell, model = cellsim.load(name), MODELS[kind]
    result = simulate(cell, [discharge(1.0), rest(60.0), hold(4.1, 0.1)], model)
    volume = model.discretise(cell, result.temperature).volume
    I = result["Current density [A.m-2]"]  # noqa: E741
    for side, electrode, sign in ((0, "Negative", 1.0), (1, "Positive", -1.0)):
        key = f"{electrode} electrode interfacial current density [A.m-2]"
        if key in result.variables:
            total = result[key] @ volume["area"][volume["side"] == side]
            assert np.max(np.abs(total - sign * I)) < 1e-10 * np.abs(I).max()


# ---- events and endings

LOCATED = {
    "voltage": ([discharge(1.0, until_voltage=3.5)], V, 3.5),
    "voltage on charge": ([charge(1.0, until_voltage=4.0)], V, 4.0),
    "capacity": ([discharge(1.0, until=Limit("capacity", 2.0))], "Discharge capacity [A.h]", 2.0),
    "soc": ([discharge(1.0, until=Limit("soc", 0.5))], "State of charge", 0.5),
    "current": ([hold(4.1, 0.1)], "C-rate", -0.1),
}


@pytest.mark.parametrize("what", LOCATED)
@pytest.mark.parametrize("kind", ("DFN", "SPMe"))
def test_events_are_located_to_a_microsecond(what, kind):
    """Distance from the limit over the rate of change there, in seconds."""
    steps, name, limit = LOCATED[what]
    result = simulate(LIQUID, steps, MODELS[kind], soc={"voltage on charge": 0.3, "current": 0.8}.get(what, 1.0))
    y = result[name]
    assert result.endings[-1] in (Ending.LOWER_VOLTAGE, Ending.UPPER_VOLTAGE, Ending.CAPACITY, Ending.CURRENT)
    assert abs((y[-1] - limit) / slope_at_end(result.t, y)) < 1e-6


def stubborn(changes):
    """The liquid cell with voltage limits far away, so that something else must end a step."""
    return cellsim.load(LIQUID).with_({"cell/lower voltage cut-off": 0.1, "cell/upper voltage cut-off": 9.0} | changes)


ENDINGS = {
    Ending.DURATION: (LIQUID, discharge(1.0, duration=10.0), DFN(), 1.0),
    Ending.LOWER_VOLTAGE: (LIQUID, discharge(1.0), DFN(), 1.0),
    Ending.UPPER_VOLTAGE: (LIQUID, charge(1.0), DFN(), 0.2),
    Ending.CURRENT: (LIQUID, hold(4.2, 0.2), DFN(), 0.8),
    Ending.CAPACITY: (LIQUID, discharge(1.0, until=Limit("capacity", 1.0)), DFN(), 1.0),
    Ending.PARTICLE_EMPTY: (stubborn({"positive electrode/particle diffusivity": 4e-16}), charge(1.0), SPM(), 0.5),
    Ending.PARTICLE_FULL: (stubborn({"positive electrode/particle diffusivity": 4e-16}), discharge(1.0), SPM(), 0.9),
    Ending.ELECTROLYTE_DEPLETED: (LIQUID, discharge(3.0), SPMe(), 1.0),
    Ending.TEMPERATURE: (LIQUID, charge(2.0, until=Limit("temperature", 305.0)), DFN(), 0.1),
    Ending.PLATING_MARGIN: (LIQUID, charge(3.0, until=Limit("plating margin", 0.0)), DFN(), 0.1),
    Ending.CRITICAL_CURRENT: (
        cellsim.load("target_nmc811_lpscl_li").with_(
            {
                "negative electrode/critical current density": 50.0,
                "negative electrode/critical current density activation energy": 3e4,
            }
        ),
        charge(1.0, until=Limit("critical current margin", 5.0)),
        DFN(),
        0.1,
    ),
    Ending.LITHIUM_EXHAUSTED: (
        cellsim.load("target_nmc811_lpscl_li").with_(
            {"negative electrode/vanishing charge": 180.0, "design/lithium excess thickness": 0.0}
        ),
        discharge(0.05),
        DFN(),
        1.0,
    ),
    Ending.UNREACHABLE: (stubborn({}), cellsim.Step("power", 1e4), DFN(), 0.5),
    Ending.NO_LIMIT_MET: (LIQUID, cellsim.Step("rest", until=Limit("temperature", 310.0)), DFN(), 0.5),
    Ending.PORES_CLOGGED: (
        cellsim.load("okane2022")
        .with_({"negative electrode/SEI kinetic rate constant": 1e-9})
        .with_ageing(False)
        .with_ageing({"SEI": "ec reaction limited", "SEI porosity change": "true"}),
        cellsim.rest(1e6),
        SPM(),
        1.0,
    ),
    Ending.MATERIAL_LOST: (
        cellsim.load("okane2022")
        .with_({"negative electrode/LAM constant proportional term": 0.05})
        .with_ageing(False)
        .with_ageing({"particle mechanics": "swelling only", "loss of active material": "stress-driven"}),
        discharge(1.0),
        SPM(),
        1.0,
    ),
    Ending.TEMPERATURE_RANGE: (LIQUID, cellsim.Step("rest", duration=36000.0, heater=50.0), DFN(), 0.5),
}
WARM = (Ending.TEMPERATURE, Ending.NO_LIMIT_MET, Ending.TEMPERATURE_RANGE)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda e: e.name)
def test_every_physical_ending_is_reached_and_said_in_words(ending):
    """None of them is an error; the message is the ending's sentence with the voltage and the time."""
    cell, step, model, soc = ENDINGS[ending]
    result = simulate(cell, step, model, soc=soc, heat=ending in WARM)
    assert result.endings == (ending,) and not ending.is_failure
    said = result.steps[0].message.removeprefix("at once ")  # the current of 1C is beyond the critical one
    assert said.startswith(ending.sentence) and " V after " in said
    assert np.isfinite(result[V]).all()


def test_the_list_of_physical_endings_is_complete():
    assert set(ENDINGS) == {e for e in Ending if not e.is_failure}


def test_a_depleted_electrolyte_stops_where_the_salt_runs_out():
    """The SPMe of the LG M50 at 3C: nothing extrapolated below zero, and over at once."""
    result = simulate(LIQUID, [discharge(3.0), rest(60.0)], SPMe())
    lowest = result["Minimum electrolyte concentration [mol.m-3]"]
    assert len(result.steps) == 1 and 30.0 < result.t[-1] < 100.0
    assert 0.0 < lowest.min() <= lowest[-1] < 1e-3  # a millionth of the initial 1000 mol/m3


def test_a_run_out_of_time_keeps_its_partial_result():
    """A budget of nothing, and output too fine for one call of the kernel."""
    with pytest.raises(cellsim.SolveError, match="used up its time budget") as caught:
        simulate(LIQUID, discharge(1.0), SPM(), period=0.01, time_budget=1e-9)
    result = caught.value.result
    assert result.endings == (Ending.SOLVER_TIME_BUDGET,) and result.endings[0].is_failure
    assert len(result.t) > 100 and np.isfinite(result[V]).all()


def test_a_missing_optional_package_is_named(tmp_path, monkeypatch):
    """With the way to install it, and nothing is written."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(cellsim.ReportError, match=r"pyarrow is not installed: pip install 'cellsim\[table\]'"):
        simulate(LIQUID, rest(1.0), SPM()).save(tmp_path / "run.parquet")
    assert not list(tmp_path.iterdir())


def test_a_cell_that_comes_to_its_peak_power_says_so():
    """A large resistance, and voltages no cycler would allow: at the end more current gives no more power.

    1e-3: half-way through a step the power is interpolated, within the error tolerance.
    """
    cell = stubborn(
        {
            "cell/series resistance": 0.01,
            "negative electrode/particle diffusivity": 1e-12,
            "positive electrode/particle diffusivity": 1e-12,
        }
    )
    result = simulate(cell, cellsim.Step("power", 30.0), SPM())
    assert result.endings == (Ending.UNREACHABLE,) and result.t[-1] > 1.0
    assert result["Power [W]"] == approx(np.full(len(result.t), 30.0), rel=1e-3)
    dV, dI = (slope_at_end(result.t, result[name]) for name in (V, "Current [A]"))
    assert abs(dV / dI * result["Current [A]"][-1] / result[V][-1] + 1.0) < 0.2  # d(I V) / dI near 0


def test_a_step_that_cannot_begin_leaves_the_cell_as_it_was():
    """A discharge that is below the cut-off at once passes no charge; the rest after it is at open circuit."""
    cell = cellsim.load(SOLID).with_({"cell/series resistance": 0.1})
    result = simulate(cell, [discharge(10.0), rest(10.0)], soc=0.5)
    assert result.endings == (Ending.LOWER_VOLTAGE, Ending.DURATION) and result.discharge_capacity == 0.0
    assert result[V][-1] == approx(open_circuit_voltage(cell, 0.5), abs=1e-6)


def test_a_protocol_goes_on_after_a_voltage_limit_and_stops_at_a_physical_one():
    """Voltage limits are how cyclers work; an emptied particle is not."""
    assert len(simulate(LIQUID, [discharge(1.0), rest(10.0), charge(1.0)]).steps) == 3
    cell, step, model, soc = ENDINGS[Ending.PARTICLE_EMPTY]
    assert len(simulate(cell, [step, rest(10.0)], model, soc=soc).steps) == 1


# ---- consistent starts, and what each control holds


@pytest.mark.parametrize("kind", MODELS)
def test_the_first_row_is_consistent_with_the_rows_after_it(kind):
    """A microsecond later hardly anything has moved: 1e-5 V, where the load itself takes over 0.1 V."""
    result = simulate(LIQUID, discharge(1.0, duration=1e-6), MODELS[kind])
    assert abs(result[V][-1] - result[V][0]) < 1e-5
    assert open_circuit_voltage(cellsim.load(LIQUID), 1.0) - result[V][0] > 0.02


def test_a_rest_ends_at_the_open_circuit_voltage():
    """A week after a discharge; 1e-5 V: particles level out within hours, their filling across x within days."""
    result = simulate(LIQUID, [discharge(1.0, until=Limit("soc", 0.5)), rest(6e5)], MODELS["DFN"])
    assert result[V][-1] == approx(open_circuit_voltage(cellsim.load(LIQUID), 0.5), abs=1e-5)
    assert np.all(np.abs(result["Current [A]"][result.step_index == 1]) < 1e-9)


@pytest.mark.parametrize("kind", MODELS)
def test_a_power_step_holds_its_power_and_a_hold_its_voltage(kind):
    """Newton leaves 5 % of rtol = 5e-4 at most: 3e-5 relative."""
    power = simulate(LIQUID, cellsim.Step("power", 10.0, 600.0), MODELS[kind])
    assert power["Power [W]"] == approx(np.full(len(power.t), 10.0), rel=3e-5)
    held = simulate(LIQUID, hold(4.0, None, 600.0), MODELS[kind], soc=0.5)
    assert held[V] == approx(np.full(len(held.t), 4.0), rel=3e-5)


def test_currents_may_be_given_in_amperes_or_c_rates():
    """Five amperes are 1C of a five ampere-hour cell: the same run to the last digit."""
    one, other = simulate(LIQUID, cellsim.Step("current", 5.0)), simulate(LIQUID, discharge(1.0))
    assert np.array_equal(one[V], other[V])


@pytest.mark.parametrize("name", (LIQUID, SOLID))
def test_a_cell_starts_at_the_state_of_charge_or_voltage_asked_for(name):
    """At rest the terminal voltage is the open-circuit voltage; 1e-6 V from tables of it."""
    cell = cellsim.load(name)
    assert simulate(cell, rest(1.0), soc=0.4)[V][0] == approx(open_circuit_voltage(cell, 0.4), abs=1e-6)
    started = simulate(cell, rest(1.0), voltage=3.8)
    assert started[V][0] == approx(3.8, abs=1e-6) and 0.0 < started["State of charge"][0] < 1.0


def test_a_cell_may_start_at_the_stoichiometries_its_source_prints():
    """soc=None: the surface stoichiometries of the first row are the printed ones; rounding only."""
    cell = cellsim.load(LIQUID)
    result = simulate(cell, rest(1.0), SPM(), soc=None)
    assert result["X-averaged negative particle surface stoichiometry"][0] == approx(
        cell.value("negative electrode/initial stoichiometry"), abs=1e-9
    )


def test_a_cold_cell_delivers_less():
    """Arrhenius laws everywhere: at 253 K the energy is well below that at 298 K."""
    cold, warm = (simulate(MARQUIS, discharge(1.0), temperature=T).discharge_energy for T in (253.0, 298.0))
    assert 0.0 < cold < 0.8 * warm


# ---- analytic references


def test_the_salt_reaches_its_analytic_steady_state():
    """Constant D: even slopes across the separator, a parabola of x in an evenly reacting electrode.

    Finite volumes hold the averages of both exactly; 1e-6 is ten times the integrator's rtol.
    """
    D, rate = 3e-10, 0.2
    cell = cellsim.load(MARQUIS).with_({"electrolyte/diffusivity": D})
    model = SPMe((12, 6, 12), 8)
    result = simulate(cell, discharge(rate, duration=3600.0), model, rtol=1e-7)
    c, x = result["Electrolyte concentration [mol.m-3]"][-1], result["x [m]"]
    side = model.discretise(cell, 298.15).volume["side"]
    pull = (1.0 - cell.value("electrolyte/cation transference number")) * result["Current density [A.m-2]"][-1] / F / D
    separator, negative = side == -1, side == 0
    assert np.diff(c[separator]) / np.diff(x[separator]) == approx(-pull, rel=1e-6)
    tau, length = 0.3**1.5, cell.value("negative electrode/thickness")
    faces = np.append(0.0, np.cumsum(model.discretise(cell, 298.15).volume["dx"][negative]))
    square = np.diff(faces**3) / (3.0 * np.diff(faces))  # averages of x2
    assert np.diff(c[negative]) == approx(-pull / (2.0 * tau * length) * np.diff(square), rel=1e-6)


def test_the_ionic_resistance_of_a_composite_cathode_is_a_third_of_its_length_over_conductivity():
    """L_s / kappa + L / 3 kappa, from two conductivities that differ by 10 %; slow kinetics spread the reaction.

    2e-3: the reaction is uneven by the ratio of ionic to charge-transfer resistance, here 1e-3.
    """
    base = {"positive electrode/exchange-current density": 1e-4, "cell/lower voltage cut-off": 0.1}

    def resistance(kappa):
        cell = cellsim.load(SOLID).with_(base | {"electrolyte/conductivity": kappa})
        drops = [
            simulate(cell, cellsim.Step("current", i, 1e-6), DFN((1, 4, 60), 12), soc=0.5, rtol=1e-8)[V][0]
            for i in (1e-4, -1e-4)
        ]
        return (drops[1] - drops[0]) / 2e-4 * cell.value("cell/electrode area")

    cell = cellsim.load(SOLID)
    efficiency = cellsim.models.volumes.transport_efficiency
    length = sum(
        cell.value(f"{part}/thickness") / efficiency(cell, part) * share
        for part, share in (("separator", 1.0), ("positive electrode", 1.0 / 3.0))
    )
    assert resistance(0.10) - resistance(0.11) == approx(length * (1.0 / 0.10 - 1.0 / 0.11), rel=2e-3)


def test_values_between_rows_stay_between_them_where_a_law_jumps():
    """A diffusivity with a kink and a jump gives rows nanoseconds apart, from which a cubic overshoots by 1e6 V.

    The voltage rises throughout the charge, so that its ends bound what is between; 1 mV for the cubic's own error.
    """
    law = "(1e-15*10**(-8*max(x - 0.8, 0)))*(max(x, 0.866)/0.866)"
    cell = cellsim.load("lab_nmc811_lpscl_li").with_({"positive electrode/particle diffusivity": law})
    result = cellsim.simulate(cell, "Charge at 0.29C", soc=0.7336, temperature=317.89)
    rises = result.t[np.diff(result.t, prepend=-1.0) > 1e-6]
    between = 0.5 * (rises[1:] + rises[:-1])
    found = result.at(V, np.concatenate([between, np.linspace(0.0, result.t[-1], 200)]))
    assert found.min() > result[V].min() - 1e-3 and found.max() < result[V].max() + 1e-3


def test_charge_transfer_at_small_current_is_linear():
    """SPM of the solid cell at the first instant: RT/F over i0 and surface, foil included.

    rel 1e-5: Newton leaves 3e-6 of rtol, 3e-15 V, of a drop of 1e-9 V or more; D is made so large that
    the last half shell adds nothing.
    """
    cell = cellsim.load(SOLID).with_(
        {"negative electrode/interface resistance": 0.0, "positive electrode/particle diffusivity": 1e-7}
    )
    small = 1e-2
    drops = [simulate(cell, cellsim.Step("current", i, 1e-6), SPM(), soc=0.5, rtol=1e-9)[V][0] for i in (small, -small)]
    get = lambda key: cell.value(f"positive electrode/{key}")  # noqa: E731
    surface = (
        3.0
        * get("active material volume fraction")
        * get("utilisation")
        * get("contact fraction")
        / get("particle radius")
        * get("thickness")
    )
    x = get("maximum stoichiometry") - 0.5 * (get("maximum stoichiometry") - get("minimum stoichiometry"))
    i0 = 2.0 * get("exchange-current density") * np.sqrt(x * (1.0 - x)) * surface
    i0_foil = cell.value("negative electrode/exchange-current density")
    expected = R * cell.value("cell/ambient temperature") / F * (1.0 / i0 + 1.0 / i0_foil)
    found = (drops[1] - drops[0]) / (2.0 * small) * cell.value("cell/electrode area")
    assert found == approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", (LIQUID, SOLID))
def test_at_a_hundredth_of_c_all_models_agree(name):
    """Gradients vanish with the current.  Between 5 % and 95 % of the run the SPMe is within 0.1 mV rms
    of the DFN, and the SPM within 1.2 mV: the ohmic drop it leaves out, I times about 2 mOhm m2 for both.
    """
    runs = [simulate(name, discharge(0.01), model, rtol=1e-6) for model in (DFN(), SPMe(), SPM())]
    t = np.linspace(0.05, 0.95, 50) * runs[0].t[-1]
    curves = [run.at(V, t) for run in runs]
    for curve, bound in zip(curves[1:], (1e-4, 1.2e-3), strict=True):
        assert np.sqrt(np.mean((curve - curves[0]) ** 2)) < bound


# ---- results


@pytest.fixture(scope="module")
def result():
    steps = [discharge(1.0, duration=300.0), rest(100.0), charge(0.5, duration=50.0)]
    return simulate(LIQUID, steps, DFN((8, 3, 8), 8), soc=0.8)


def test_a_period_adds_rows_at_its_multiples():
    """Every 10 s of each step, to the microsecond; interpolated values lie on the curve of a finer run to 0.1 mV."""
    sampled = simulate(LIQUID, discharge(1.0, duration=95.0), MODELS["DFN"], period=10.0)
    for t in np.arange(10.0, 95.0, 10.0):
        assert np.min(np.abs(sampled.t - t)) < 1e-6
    fine = simulate(LIQUID, discharge(1.0, duration=95.0), MODELS["DFN"], rtol=1e-6)
    t = np.arange(20.0, 95.0, 10.0)
    assert sampled.at(V, t) == approx(fine.at(V, t), abs=1e-3)


def test_totals_are_those_of_the_steps(result):
    """Discharge and charge apart; energy is the integral of power (trapezoids on the rows, 1e-3)."""
    assert result.discharge_capacity == approx(5.0 * 300.0 / 3600.0, rel=1e-9)
    assert result.charge_capacity == approx(2.5 * 50.0 / 3600.0, rel=1e-9)
    rows = result.step_index == 0
    energy = np.trapezoid(result["Power [W]"][rows], result.t[rows]) / 3600.0
    assert result.discharge_energy == approx(energy, rel=1e-3)


@pytest.mark.parametrize("suffix", (".parquet", ".nc"))
def test_what_is_saved_is_what_is_loaded(result, tmp_path, suffix):
    """All variables over time, step numbers and endings, bit for bit; fields in space too in .nc."""
    path = tmp_path / f"run{suffix}"
    result.save(path)
    back = cellsim.Result.load(path)
    assert back.steps == result.steps and back.cell == result.cell and back.temperature == result.temperature
    assert np.array_equal(back.step_index, result.step_index)
    for name in back:
        assert np.array_equal(back[name], result[name]), name
    assert set(back) == (
        set(result) if suffix == ".nc" else {n for n in result if result.variables.dims(n) == ("Time [s]",)}
    )
    assert list(tmp_path.iterdir()) == [path]


def test_results_are_saved_as_parquet_or_netcdf_only(result, tmp_path):
    with pytest.raises(cellsim.ReportError, match="save as .parquet or .nc"):
        result.save(tmp_path / "run.pkl")
    with pytest.raises(cellsim.ReportError, match="cannot be written"):
        result.save(tmp_path / "nowhere" / "run.parquet")
    (tmp_path / "broken.nc").write_text("not a result")
    with pytest.raises(cellsim.ReportError, match="is not a saved cellsim result"):
        cellsim.Result.load(tmp_path / "broken.nc")
    assert [p.name for p in tmp_path.iterdir()] == ["broken.nc"]


def test_tables_hold_what_the_result_holds(result):
    frame, data = result.to_pandas(), result.to_xarray()
    assert np.array_equal(frame[V].to_numpy(), result[V]) and len(frame) == len(result.t)
    assert np.array_equal(
        data["Electrolyte concentration [mol.m-3]"].to_numpy(), result["Electrolyte concentration [mol.m-3]"]
    )
    assert data["Negative particle concentration [mol.m-3]"].dims == ("Time [s]", "x_n [m]", "r_n [m]")


def test_an_unknown_variable_suggests_the_nearest(result):
    with pytest.raises(KeyError, match="did you mean 'Voltage"):
        result["Voltage"]


def test_a_variable_between_rows_is_interpolated_within_its_step(result):
    """Outside the run there is nothing; at the border of two steps the later one counts."""
    times = result.at("Current [A]", [-1.0, 100.0, 300.0, 350.0, 425.0, 1e6])
    assert times == approx([np.nan, 5.0, 0.0, 0.0, -2.5, np.nan], abs=1e-9, nan_ok=True)


BAD = {
    "unknown control": (lambda: cellsim.Step("torque", 1.0), "choose one of"),
    "unknown limit": (lambda: Limit("heat", 1.0), "choose one of"),
    "negative limit": (lambda: Limit("current", -1.0), "zero or more"),
    "soc above one": (lambda: Limit("soc", 50.0), "between 0 and 1"),
    "not finite": (lambda: discharge(float("nan")), "finite number"),
    "rest without end": (lambda: cellsim.Step("rest"), "needs a duration"),
    "no current": (lambda: discharge(0.0), "is a rest"),
    "hold without end": (lambda: hold(4.2, None), "needs a duration or a current"),
    "negative duration": (lambda: rest(-1.0), "above 0"),
    "no steps": (lambda: simulate(LIQUID, []), "the protocol has no step; give at least one"),
    "not a step": (lambda: simulate(LIQUID, ["discharge"]), "expected at"),
    "percent": (lambda: simulate(LIQUID, discharge(), soc=80.0), "between 0 and 1"),
    "celsius": (lambda: simulate(LIQUID, discharge(), temperature=25.0), "give kelvin"),
    "sloppy": (lambda: simulate(LIQUID, discharge(), rtol=1.0), "choose between"),
    "no period": (lambda: simulate(LIQUID, discharge(), period=-1.0), "above 0"),
    "no cycles": (lambda: cellsim.cycle([rest(1.0)], 0), "from 1 to"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_step_is_refused_in_one_sentence(what):
    make, words = BAD[what]
    with pytest.raises(cellsim.ProtocolError, match=words):
        make()


def test_a_result_names_the_text_the_label_and_the_place_of_its_steps():
    """The text is read back as the step that was run; `index` leads to the step as it was written."""
    protocol = cellsim.Protocol(
        "Label up; Charge at 1C until 4 V; Rest for 1 s; Stop whenever time above 2 h\n"
        "Repeat 2: CCCV at 1C to 4.05 V for 90 s; Label pause; Rest for 1 s; End"
    )
    result = cellsim.simulate("lgm50_chen2020", protocol, cellsim.SPM(), soc=0.7)
    assert [(s.label, s.index) for s in result.steps][:3] == [("up", 0), ("", 1), ("", 2)]
    assert {(s.label, s.index) for s in result.steps[2:]} == {("", 2), ("", 3), ("pause", 1)}
    for step in result.steps:
        (ran,) = cellsim.Protocol(step.step).nodes
        written = protocol.steps[step.index]
        assert (ran.control, ran.target, ran.until) == (written.control, written.target, written.until)
