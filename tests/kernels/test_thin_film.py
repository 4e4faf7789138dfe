"""The thin-film model beyond the lines of the validation: conservation, order, robustness, impedance."""

import copy

import numpy as np
import pytest
from alternating import impedance_in_time
from pytest import approx

import cellsim
from cellsim import DFN, SPM, Ending, ParameterError, SPMe, ThinFilm
from cellsim.physics import two_species
from cellsim.physics.constants import F, R
from cellsim.studies.validation.lines.films import danilov as films
from cellsim.studies.validation.lines.films.danilov import A0, D_MINUS, D_PLUS, DELTA, MEASURED, L, film

T, V = films.T, "Voltage [V]"
FASTEST = 512e-2 * 1e-4  # A at 51.2C
SIMULATED = {3.2: 9.86, 6.4: 9.63, 12.8: 9.17, 25.6: 8.61, 51.2: 6.72}  # uA.h to 3 V by Danilov 2011 itself


def discharge(rate, model=None, **options):
    return cellsim.simulate(film(), cellsim.discharge(rate), model, **options)


def test_conductivity_and_transference_are_those_of_the_diffusivities():
    """2.44e-6 S/cm (printed to three digits: 0.25 %) and 0.15, to 0.1 %."""
    cell, sigma = film(), F * F * DELTA * A0 * (D_PLUS + D_MINUS) / (R * T)
    assert cell.law("electrolyte/conductivity")(np.array([DELTA * A0]), T)[0] == approx(sigma, rel=1e-6)
    assert sigma == approx(2.44e-4, rel=2.5e-3)
    assert cell.value("electrolyte/cation transference number") == approx(0.15, rel=1e-3)
    assert cell.value("electrolyte/diffusivity") == approx(2.0 * D_PLUS * D_MINUS / (D_PLUS + D_MINUS), rel=1e-9)


def test_the_printed_recombination_rate_does_not_give_the_sources_own_figures():
    """A hundredth of what the set has: after 40 s a third less would be left at the film's face."""
    run = cellsim.simulate(film({"electrolyte/recombination rate": 0.9e-8}), cellsim.discharge(51.2))
    printed, used = (
        np.interp(40.0, r.t, r["Electrolyte concentration [mol.m-3]"][:, -1]) for r in (run, films.run(51.2))
    )
    assert printed < 0.67 * used


@pytest.mark.parametrize("rate", SIMULATED)
def test_end_capacities_are_at_least_as_close_as_the_sources_own_simulation(rate):
    """Which itself misses 10 % at 25.6C and 27 % at 51.2C; ours is on the same side and at least as near."""
    ours, theirs = (Q / MEASURED[rate] - 1.0 for Q in (1e6 * films.run(rate).discharge_capacity, SIMULATED[rate]))
    assert theirs - 1e-3 < ours < 0.0


def test_lithium_of_the_film_is_what_the_current_brought():
    """Over charge, hold, rest and discharge: 1e-10 of the film's lithium, rounding."""
    steps = [cellsim.charge(3.2), cellsim.hold(4.15, until_c_rate=0.5), cellsim.rest(60.0), cellsim.discharge(12.8)]
    run = cellsim.simulate(film(), steps, soc=0.3)
    held = run["Total lithium in positive electrode [mol]"] - run["Discharge capacity [A.h]"] * 3600.0 / F
    assert np.ptp(held) < 1e-10 * held[0]
    assert run.endings == (Ending.UPPER_VOLTAGE, Ending.CURRENT, Ending.DURATION, Ending.LOWER_VOLTAGE)


def test_mobile_pairs_are_conserved_where_none_recombine():
    """1e-10 of what there is, rounding; with recombination there are fewer after a discharge than at rest."""
    plain = cellsim.simulate(film({"electrolyte/recombination rate": 0.0}), cellsim.discharge(12.8))
    total = plain["Total lithium in electrolyte [mol]"]
    assert np.ptp(total) < 1e-10 * total[0]
    total = discharge(51.2)["Total lithium in electrolyte [mol]"]
    assert total.min() < 0.999 * total[0]


def test_errors_in_space_are_of_second_order():
    """20, 40 and 80 volumes, at half of a discharge at 12.8C: 2 within 0.15."""
    at = np.array([130.0])
    V_ = {n: discharge(12.8, ThinFilm(n, 12), rtol=1e-8).at(V, at)[0] for n in (20, 40, 80)}
    errors = [V_[n] for n in (20, 40, 80)]
    orders = np.log2(np.abs(errors[0] - errors[1]) / np.abs(errors[1] - errors[2]))
    assert orders == approx(2.0, abs=0.15)


@pytest.mark.parametrize("rate", (3.2, 51.2))
def test_the_default_is_good_to_a_millivolt(rate):
    """Rms over the first 95 %, like the other models'."""
    fine, run = discharge(rate, ThinFilm(200, 14), rtol=1e-7), discharge(rate)
    t = np.linspace(0.0, 0.95 * fine.t[-1], 300)
    assert 1e3 * np.sqrt(np.mean((run.at(V, t) - fine.at(V, t)) ** 2)) < 1.0


@pytest.mark.parametrize(
    "thickness, rate, seconds",
    [
        (4e-6, 160.0, None),
        (4e-6, 20.0, 0.01),
        (1.5e-6, 120.0, 0.1),
        (0.5e-6, 51.2, 1.0),
        (8e-6, 10.0, 10.0),
        (3e-6, 30.0, None),
    ],
)
def test_the_default_is_good_to_a_millivolt_for_other_cells_and_loads(thickness, rate, seconds):
    """Discharges and pulses on thinner and thicker electrolytes: 3.5 mV on one mesh for all, at 4 um and 160C."""
    cell, soc = film({"separator/thickness": thickness}), 1.0 if seconds is None else 0.6
    fine, run = (
        cellsim.simulate(cell, cellsim.discharge(rate, duration=seconds), model, soc=soc, rtol=rtol)
        for model, rtol in ((ThinFilm(400, 16, 1e6), 1e-6), (None, None))
    )
    t = run.t[run.t <= (0.95 if seconds is None else 1.0) * fine.t[-1]]
    error = run[V][: t.size] - np.interp(t, fine.t, fine[V])
    assert 1e3 * np.sqrt(np.average(error**2, weights=np.gradient(t))) <= 1.0


@pytest.mark.parametrize("key, ratio", [("interface resistance", 10.0), ("contact resistance", 1.0)])
def test_lithium_that_touches_in_part_does_as_in_a_porous_cell(key, ratio):
    """A tenth of the area: ten times the drop of an interphase, which counts per area that touches, and the same drop
    of a contact, which counts per area of the cell; as by hand and as the porous model finds.  1e-6 V: kinetics."""
    N = "negative electrode/"

    def drop(cell, share, steps):
        found = [
            cellsim.simulate(cell.with_({N + "contact fraction": share, N + key: R_}), steps, soc=0.6, rtol=1e-9)[V][0]
            for R_ in (0.0, 1e-2)
        ]
        return found[0] - found[1]

    for cell, rate in ((film(), 3.2), (cellsim.load("target_nmc811_lpscl_li"), 0.1)):
        step = cellsim.discharge(rate, duration=1.0)
        current = rate * cell.nominal_capacity / cell.value("cell/electrode area")
        factor = 1.0
        if key == "contact resistance":  # pressure lowers it
            less = cell.value("cell/operating pressure") / cell.value(N + "contact reference pressure")
            factor = less ** -cell.value(N + "contact pressure exponent")
        assert drop(cell, 1.0, step) == approx(1e-2 * current * factor, abs=1e-6)
        assert drop(cell, 0.1, step) == approx(ratio * 1e-2 * current * factor, abs=1e-6)


def test_kinetics_of_lithium_count_where_it_touches():
    """2 RT/F asinh at I / theta against I, by hand; 0.1 %: the salt at its face is not quite that at rest."""
    N, share, i_0, rate = "negative electrode/", 0.2, 0.05, 0.32
    step = cellsim.discharge(rate, duration=1.0)
    plain, part = (
        cellsim.simulate(
            film({N + "contact fraction": f, N + "exchange-current density": i_0}), step, soc=0.6, rtol=1e-9
        )[V][0]
        for f in (1.0, share)
    )
    I = rate * 1e-5 / 1e-4
    eta = 2.0 * R * T / F * (np.arcsinh(0.5 * I / share / i_0) - np.arcsinh(0.5 * I / i_0))
    assert plain - part == approx(eta + film().value(N + "interface resistance") * I * (1.0 / share - 1.0), rel=1e-3)


def test_random_films_never_stop_the_solver():
    """100 varied cells between C/20 and 100C, -20 and 100 degC, with every kind of step: physical endings only."""
    rng, ends = np.random.default_rng(7), set()
    for k in range(100):
        vary = lambda width: float(np.exp(rng.normal(0.0, width)))  # noqa: E731
        cell = film(
            {
                "positive electrode/particle diffusivity": 1.76e-15 * vary(1.0),
                "positive electrode/exchange-current density": 10.0 * vary(1.0),
                "positive electrode/anodic transfer coefficient": float(rng.uniform(0.2, 0.8)),
                "negative electrode/exchange-current density": 50.0 * vary(1.0),
                "electrolyte/recombination rate": 0.9e-6 * vary(2.0),
                "separator/thickness": L * vary(0.5),
            }
        )
        rate, temperature = float(10.0 ** rng.uniform(-1.3, 2.0)), float(rng.uniform(253.0, 373.0))
        back = [cellsim.charge(rate), cellsim.hold(4.2), cellsim.rest(100.0), cellsim.Step("power", 3.8e-5 * rate)]
        steps, soc = (cellsim.discharge(rate), 1.0) if k % 2 else (back, 0.1)
        run = cellsim.simulate(cell, steps, soc=soc, temperature=temperature)
        ends.update(run.endings)
    assert {Ending.LOWER_VOLTAGE, Ending.UPPER_VOLTAGE, Ending.CURRENT} <= ends


STEP = 1e-30j
TERMS = {
    "dissociation": (two_species.dissociation.py_func, (9e3, 1.08e4, 2e-3, 9e-7), (0,)),
    "skewed_overpotential, out": (two_species.skewed_overpotential.py_func, (7.0, 0.4, 0.6, 310.0), (0, 1)),
    "skewed_overpotential, in": (two_species.skewed_overpotential.py_func, (-7.0, 0.4, 0.6, 310.0), (0, 1)),
}


@pytest.mark.parametrize("name", TERMS)
def test_partials_are_those_of_the_value(name):
    """Complex step; rel 1e-12: an iteration to rounding."""
    term, args, positions = TERMS[name]
    _, *partials = term(*args)
    for position, partial in zip(positions, partials, strict=True):
        moved = list(args)
        moved[position] += STEP
        assert partial == approx(term(*moved)[0].imag / STEP.imag, rel=1e-12)


@pytest.mark.parametrize("i", (0.0, 1e-9, -1e-9, 3.0, -3.0, 1e6, -1e6))
@pytest.mark.parametrize("alpha", (0.2, 0.5, 0.6))
def test_the_overpotential_solves_butler_volmer(i, alpha):
    """Back to i; rel 1e-11: exponentials enlarge rounding."""
    i0 = 0.7
    eta = F / (R * T) * two_species.skewed_overpotential.py_func(i, i0, alpha, T)[0]
    back = i0 * (np.expm1(alpha * eta) - np.expm1((alpha - 1.0) * eta))
    assert back == approx(i, rel=1e-11, abs=1e-25)


def test_pairs_form_as_fast_as_they_vanish_at_rest():
    """k_d from the share that is mobile: 18 % of 60.1 kmol/m3, k_d = k_r a0 delta2/(1 - delta)."""
    k_d = two_species.dissociation_rate(0.9e-6, DELTA * A0, A0)
    assert k_d == approx(0.9e-6 * A0 * DELTA**2 / (1.0 - DELTA), rel=1e-12)
    assert k_d * (A0 - DELTA * A0) == approx(0.9e-6 * (DELTA * A0) ** 2, rel=1e-12)


def test_impedance_is_what_a_small_alternating_current_shows():
    """20 mHz and 0.5 Hz at 0.1 % of 51.2C in a run; 0.5 %: shells, volumes, and a polygon of 64 points for a sine."""
    cell = film()
    for f in (0.02, 0.5):
        there = impedance_in_time(cell, f, 1e-3 * FASTEST, ThinFilm(80, 14), periods=8, settled=6, soc=0.6, rtol=1e-8)
        assert abs(there / cellsim.impedance(cell, [f], soc=0.6).impedance[0] - 1.0) < 5e-3


def test_double_layers_shorten_charge_transfer_at_high_frequency():
    """What is left at 1 MHz is the electrolyte's ohmic resistance, 61.5 Ohm of 1 cm2; 0.2 %: diffusion's rest."""
    cell = film({"positive electrode/double-layer capacity": 0.05, "negative electrode/double-layer capacity": 0.05})
    ohmic = L * R * T / (F * F * DELTA * A0 * (D_PLUS + D_MINUS)) / 1e-4
    found = cellsim.impedance(cell, [1e6], soc=0.6)
    assert found.model == "ThinFilm" and found.error.max() == 0.0 and "no arc" not in str(found)
    assert found.impedance[0].real == approx(ohmic, rel=2e-3) and ohmic == approx(61.5, rel=1e-3)
    assert cellsim.impedance(film(), [1e6], soc=0.6).impedance[0].real > ohmic + 20.0


def test_without_reaction_pairs_block_at_low_frequency():
    """Diffusion across the electrolyte adds ohmic (1/t+ - 1) = 348 Ohm of 1 cm2, and recombination takes some away."""
    f = [1e-5]
    ohmic = L * R * T / (F * F * DELTA * A0 * (D_PLUS + D_MINUS)) / 1e-4
    still, instant = (
        cellsim.impedance(film({"electrolyte/recombination rate": k}), f).impedance[0].real for k in (0.0, 1e3)
    )
    assert still - instant == approx(ohmic * (1.0 / 0.15 - 1.0), rel=2e-3)
    assert instant < cellsim.impedance(film(), f).impedance[0].real < still


@pytest.mark.parametrize("model", (DFN(), SPMe(), SPM(), DFN((5, 2, 5), 8)))
def test_a_film_is_no_porous_electrode(model):
    with pytest.raises(ParameterError, match=r"use ThinFilm\(\)"):
        cellsim.simulate("danilov2011", cellsim.discharge(1.0), model)
    with pytest.raises(ParameterError, match=r"use ThinFilm\(\)"):
        cellsim.impedance("danilov2011", [1.0], model)


def test_a_porous_electrode_is_no_film():
    with pytest.raises(ParameterError, match="type 'film'"):
        cellsim.simulate("marquis2019", cellsim.discharge(1.0), ThinFilm())


@pytest.mark.parametrize("value, words", [(None, "missing"), (1e4, "above the initial concentration")])
def test_recombination_needs_to_know_all_of_the_lithium(value, words):
    raw = copy.deepcopy(film().to_json())
    del raw["sources"]["variation"]
    if value is None:
        del raw["electrolyte"]["lithium concentration"]
    else:
        raw["electrolyte"]["lithium concentration"]["value"] = value
    with pytest.raises(ParameterError, match=words):
        cellsim.Cell.from_json(raw, "mine")
