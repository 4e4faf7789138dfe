"""Electrodes whose porosity, active fraction and particle radius vary from the current collector to the separator."""

import numpy as np
import pytest
from reference_cases import graded_cases
from reference_cells import ACTIVE, GRADED, NEGATIVE, PORES, POSITIVE, RADIUS, graded

import cellsim
from cellsim import DFN, SPM, ParameterError, SPMe, load
from cellsim.design import build
from cellsim.models.graded import active_shares, evenly_loaded, layer_borders
from cellsim.models.volumes import surface_area, transport_efficiency
from cellsim.parameters.laws.profile import Profile, averages

CHEN = load("lgm50_chen2020")
EPS, ACT, R_P = (f"{NEGATIVE}/{key}" for key in (PORES, ACTIVE, RADIUS))
SHARE = "thickness share"
FLAT = {
    "expression": {EPS: "0.25"},
    "expression in x": {EPS: "0.25 + 0*x"},
    "function": {EPS: lambda x: 0.25 + 0.0 * x},
    "table": {EPS: ([0.0, 0.3, 1.0], [0.25, 0.25, 0.25])},
    "layers": {EPS: [{SHARE: 0.3, "value": 0.25}, {SHARE: 0.7, "value": 0.25}]},
    "layers of all": {
        f"{NEGATIVE}/layers": [
            {SHARE: share, PORES: 0.25, ACTIVE: CHEN.value(ACT), RADIUS: CHEN.value(R_P)} for share in (0.1, 0.9)
        ]
    },
}
# a profile that is even but for rounding takes the way of a graded electrode, and gives the numbers of an even one
ALMOST = {EPS: "0.25 + 1e-12*x", ACT: f"{CHEN.value(ACT)!r} - 1e-12*x", R_P: f"{CHEN.value(R_P)!r}*(1 + 1e-12*x)"}


@pytest.mark.parametrize("changes", FLAT.values(), ids=list(FLAT))
def test_a_constant_profile_is_the_number_bit_for_bit(changes):
    cell = CHEN.with_(changes)
    assert [cell.value(path) for path in (EPS, ACT, R_P)] == [CHEN.value(path) for path in (EPS, ACT, R_P)]
    assert hash(cell.law(EPS)) == hash(CHEN.law(EPS)) and cell.law(EPS) == CHEN.law(EPS)
    ours, plain = (
        cellsim.simulate(c, "Discharge at 2C for 10 minutes", DFN((8, 3, 8), 8), period=60) for c in (cell, CHEN)
    )
    assert np.array_equal(ours["Voltage [V]"], plain["Voltage [V]"])


@pytest.mark.parametrize("model", [DFN((10, 5, 10), 12), SPMe((10, 5, 10), 12), SPM(12)], ids=["DFN", "SPMe", "SPM"])
def test_an_almost_constant_profile_gives_the_voltage_of_the_number(model):
    """Within 1e-7 V, ten times the tolerance of the runs: the profiles differ by 1e-12."""
    changes, times = ALMOST if isinstance(model, DFN) else {EPS: ALMOST[EPS]}, np.linspace(5.0, 895.0, 90)
    ours, plain = (
        cellsim.simulate(c, "Discharge at 2C for 10 minutes; Rest for 5 minutes", model, rtol=1e-8).at(
            "Voltage [V]", times
        )
        for c in (CHEN.with_(changes), CHEN)
    )
    np.testing.assert_allclose(ours, plain, atol=1e-7, rtol=0.0)


def test_an_almost_constant_profile_gives_the_impedance_of_the_number():
    """The mesh follows the profile, too; 1e-8: as above."""
    f = [1e-3, 1.0, 1e3]
    ours, plain = (cellsim.impedance(c, f, soc=0.5).impedance for c in (CHEN.with_(ALMOST), CHEN))
    np.testing.assert_allclose(ours, plain, rtol=1e-8)


INTEGRALS = {  # profile, function of it, lower and upper limit, integral in closed form
    "line": (Profile.of({"expression": "0.2 + 0.1*x"}), lambda e: e, 0.2, 0.7, 0.5 * (0.2 + 0.1 * 0.45)),
    "power": (Profile.of({"expression": "0.2 + 0.1*x"}), lambda e: e**-1.5, 0.0, 1.0, 20.0 * (0.2**-0.5 - 0.3**-0.5)),
    "kink": (Profile.of({"expression": "max(0.2, 0.5*x)"}), lambda e: e, 0.3, 0.5, 0.02 + 0.25 * (0.25 - 0.16)),
    "layers": (
        Profile.of({"layers": [{SHARE: 0.3, "value": 2.0}, {SHARE: 0.7, "value": 5.0}]}),
        lambda e: 1.0 / e,
        0.1,
        0.9,
        0.2 / 2.0 + 0.6 / 5.0,
    ),
    "table": (Profile.of({"table": {"x": [0, 0.5, 1], "y": [1, 3, 5]}}), lambda e: e * e, 0.0, 1.0, 31.0 / 3.0),
}


@pytest.mark.parametrize("case", INTEGRALS.values(), ids=list(INTEGRALS))
def test_integrals_are_those_of_the_profile(case):
    law, function, lo, hi, exact = case
    for stops in (np.array([lo, hi]), np.linspace(lo, hi, 8)):
        found = averages(stops, (law,), function) @ np.diff(stops)
        np.testing.assert_allclose(found, exact, rtol=1e-12)


@pytest.mark.parametrize("name", GRADED)
def test_volumes_hold_what_the_profile_does(name):
    """Pores, active material, surface and path of a coarse mesh are those of the electrode, to rounding."""
    cell = graded(name)
    sys = DFN((5, 3, 6), 4).discretise(cell, 298.15)
    for side, part in enumerate((NEGATIVE, POSITIVE)):
        v, L = sys.volume[sys.volume["side"] == side], cell.value(f"{part}/thickness")
        particle = sys.grain["R_p"][v["particle"]]
        np.testing.assert_allclose(v["eps"] @ v["dx"], L * cell.mean(f"{part}/{PORES}"), rtol=1e-12)
        np.testing.assert_allclose(v["area"] @ particle / 3.0, L * cell.mean(f"{part}/{ACTIVE}"), rtol=1e-12)
        np.testing.assert_allclose(v["area"].sum(), L * surface_area(cell, part), rtol=1e-12)
        np.testing.assert_allclose((v["dx"] / v["tau"]).sum(), L / transport_efficiency(cell, part), rtol=1e-12)
        shares = active_shares(sys, side) * np.ones(v.size)
        np.testing.assert_allclose(shares @ v["dx"], L, rtol=1e-12)


def test_layers_end_on_faces():
    sys = DFN((7, 3, 6), 4).discretise(graded("layers"), 298.15)
    faces = np.cumsum(sys.volume["dx"][:7]) / CHEN.value(f"{NEGATIVE}/thickness")
    assert layer_borders(graded("layers"), NEGATIVE) == (0.4,)
    assert np.abs(faces - 0.4).min() < 1e-14


@pytest.mark.parametrize("name", GRADED)
def test_lithium_and_charge_are_conserved(name):
    run = cellsim.simulate(graded(name), "Discharge at 1C for 30 minutes; Rest for 5 minutes; Charge at 1C until 4.2 V")
    held = [run[f"Total lithium in {part} [mol]"] for part in (NEGATIVE, POSITIVE)]
    assert np.ptp(held[0] + held[1]) < 1e-10 * (held[0] + held[1])[0]
    moved = (held[0][0] - held[0]) * 96485.33212 / 3600.0
    np.testing.assert_allclose(moved, run["Discharge capacity [A.h]"], atol=1e-10 * 5.0)


@pytest.mark.parametrize("name", GRADED)
def test_error_is_of_second_order_in_space(name):
    """At half past a 1C discharge, by doubling of all volumes; the border of the layers is on faces of every mesh."""

    def voltage(n):
        run = cellsim.simulate(graded(name), "Discharge at 1C for 30 minutes", DFN((n, n, n), 12), rtol=1e-8, soc=1.0)
        return run.at("Voltage [V]", np.array([600.0, 1200.0, 1800.0]))

    V = [voltage(n) for n in (10, 20, 40, 80)]
    steps = [np.abs(a - b).max() for a, b in zip(V, V[1:], strict=False)]
    order = np.log2(steps[-2] / steps[-1])
    assert abs(order - 2.0) <= 0.15


@pytest.mark.parametrize("case", graded_cases(), ids=str)
def test_fine_mesh_gives_pybamms_voltage(case):
    """Within 0.3 mV rms, as for even electrodes."""
    assert case.error(fine=True)[0] <= 0.3


@pytest.mark.parametrize("case", graded_cases(), ids=str)
def test_default_mesh_is_good_to_a_millivolt(case):
    """Within 1 mV rms, what is promised of every cell."""
    assert case.error()[0] <= 1.0


def test_capacity_and_mass_are_those_of_the_mean():
    cell = graded("layers")
    mean = CHEN.with_({path: cell.mean(path) for path in (EPS, ACT)})
    assert cell.mean(ACT) == pytest.approx(0.4 * 0.78 + 0.6 * 0.68, rel=1e-14)
    assert build(cell).mass == pytest.approx(build(mean).mass, rel=1e-14)
    for end in ("minimum", "maximum"):
        path = f"{NEGATIVE}/{end} stoichiometry"
        assert cell.value(path) == pytest.approx(mean.value(path), rel=1e-12)


def test_a_distribution_of_sizes_in_a_graded_electrode_holds_what_it_should():
    """Lithium is conserved where the active material varies and particles of several sizes are everywhere."""
    cell = CHEN.with_({ACT: "0.7 - 0.1*x", f"{NEGATIVE}/particle radius standard deviation": 2e-6})
    run = cellsim.simulate(cell, "Discharge at 1C for 30 minutes", DFN((6, 3, 6), 10))
    held = [run[f"Total lithium in {part} [mol]"] for part in (NEGATIVE, POSITIVE)]
    assert np.ptp(held[0] + held[1]) < 1e-10 * (held[0] + held[1])[0]


def test_spme_loses_what_an_evenly_loaded_electrode_does():
    """Two layers in closed form: the integral of s^2 / tau over the relative position s, three times."""
    cell = CHEN.with_({EPS: [{SHARE: 0.4, "value": 0.16}, {SHARE: 0.6, "value": 0.25}]})
    tau = (0.16**1.5, 0.25**1.5)
    closed = 1.0 / (0.4**3 / tau[0] + (1.0 - 0.4**3) / tau[1])
    assert evenly_loaded(cell, NEGATIVE)[0] == pytest.approx(closed, rel=1e-12)
    slow = [cellsim.simulate(cell, "Discharge at C/50 for 5 hours", m)["Voltage [V]"][-1] for m in (SPMe(), DFN())]
    assert abs(slow[0] - slow[1]) < 1e-4  # the models differ by the square of the current: 2 mV at C/5


def test_sei_is_as_thick_everywhere_at_first():
    """It lies on the surface of particles of any size."""
    cell = load("okane2022").with_ageing(False).with_ageing({"SEI": "solvent-diffusion limited"})
    cell = cell.with_({R_P: "4e-6 + 4e-6*x"})
    run = cellsim.simulate(cell, "Rest for 1 second")
    np.testing.assert_allclose(run["Negative SEI thickness [m]"][0], cell.value(f"{NEGATIVE}/initial SEI thickness"))


WRONG = {
    "no pore": ({EPS: "0.2 - 0.3*x"}, "profile is -0.1 at position 1"),
    "shares": ({EPS: [{SHARE: 0.5, "value": 0.25}]}, "add up to 0.5, not 1"),
    "share below 0": ({EPS: [{SHARE: -1.0, "value": 0.3}, {SHARE: 2.0, "value": 0.2}]}, "share of -1"),
    "too much": ({EPS: "0.2 + 0.5*x"}, "add up to 1.45 at position 1"),
    "part of a table": ({EPS: ([0.0, 0.5], [0.2, 0.2])}, "covers positions 0 to 0.5"),
    "temperature": ({EPS: "x*T"}, "depends on T"),
    "pole": ({EPS: "0.1/(x - 0.5)"}, "make it finite"),
    "other keys": ({EPS: [{"share": 0.5}]}, "give a list of layers"),
    "no number": ({EPS: [{SHARE: 1.0, "value": True}]}, "give a list of layers"),
    "not that": ({f"{NEGATIVE}/thickness": "1e-4*x"}, "must be a number"),
    "layers of a law": ({"electrolyte/conductivity": [{SHARE: 1.0, "value": 1.0}]}, "give a number"),
    "layers without quantities": ({f"{NEGATIVE}/layers": [{SHARE: 1.0}]}, "the same quantities"),
    "layers that differ": ({f"{NEGATIVE}/layers": [{SHARE: 0.5, PORES: 0.2}, {SHARE: 0.5}]}, "the same quantities"),
    "no layers": ({f"{NEGATIVE}/layers": {}}, "give a list of layers"),
    "twice": ({f"{NEGATIVE}/layers": [{SHARE: 1.0, PORES: 0.2}], EPS: 0.2}, "give one of them"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=list(WRONG))
def test_wrong_profiles_are_refused_in_a_sentence(case):
    changes, words = case
    with pytest.raises(ParameterError, match=words) as fault:
        CHEN.with_(changes)
    assert "\n" not in str(fault.value)


def test_a_file_states_profiles_and_its_faults_are_named():
    raw = graded("layers").to_json()
    again = cellsim.Cell.from_json(raw, "again")
    assert again.law(EPS) == graded("layers").law(EPS)
    raw[NEGATIVE][PORES] |= {"table": {"x": [0.0, 0.6, 0.5, 1.0], "y": [0.2, 0.2, 0.2, 0.2]}}
    with pytest.raises(ParameterError, match="give exactly one of value, expression, table or layers"):
        cellsim.Cell.from_json(raw, "again")
    raw[NEGATIVE][PORES].pop("layers")
    with pytest.raises(ParameterError, match="x increasing"):
        cellsim.Cell.from_json(raw, "again")


def test_what_needs_a_number_refuses_a_profile():
    cell = graded("radius")
    with pytest.raises(ParameterError, match=r"no number; its mean is cell.mean\(path\)"):
        cell.value(R_P)
    assert cell.mean(R_P) == pytest.approx(6e-6, rel=1e-14) and cell.mean(EPS) == cell.value(EPS)
    for model, varied in (
        (SPMe(), {R_P: "4e-6 + 4e-6*x"}),
        (SPMe(), {ACT: "0.74 - 0.1*x"}),
        (SPM(), {R_P: "4e-6 + 4e-6*x"}),
    ):
        with pytest.raises(ParameterError, match="takes for one particle"):
            cellsim.simulate(CHEN.with_(varied), "Discharge at 1C for 1 minute", model)
    for varied, words in (({ACT: "0.7 + 0.05*x"}, "loss of active"), ({R_P: "5e-6 + 1e-6*x"}, "cracking")):
        with pytest.raises(ParameterError, match=words):
            cellsim.simulate(load("okane2022").with_(varied), "Discharge at 1C for 1 minute")
    sized = {f"{NEGATIVE}/particle radius standard deviation": 1e-6}
    with pytest.raises(ParameterError, match="has no distribution"):
        cell.with_(sized)
    with pytest.raises(ParameterError, match="several kinds of particle"):
        cellsim.impedance(CHEN.with_({f"{POSITIVE}/{RADIUS}": "7e-6 - 4e-6*x", **sized}), [1.0], soc=0.5)
    with pytest.raises(ParameterError, match="BPX has no form"):
        cellsim.to_bpx(cell)
    composite = load("lgm50_composite")  # several materials share its surface
    for path in (EPS, f"{NEGATIVE}/primary/{ACTIVE}"):
        with pytest.raises(ParameterError, match="of one material"):
            composite.with_({path: "0.2 + 0.01*x"})
    with pytest.raises(ParameterError, match="must be a number"):
        load("danilov2011").with_({f"{POSITIVE}/{ACTIVE}": "0.9 - 0.1*x"})
