"""Impedance against PyBaMM, closed forms, the time domain and causality."""

import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from alternating import impedance_in_time
from pytest import approx
from scipy.optimize import nnls

import cellsim
from cellsim import DFN, SPM, ParameterError, ProtocolError, ReportError, SolveError, SPMe, cli
from cellsim.models import capacity_between_cutoffs, open_circuit_voltage
from cellsim.models.electrodes import PARTS
from cellsim.models.initial import stoichiometries
from cellsim.physics.constants import F, R
from cellsim.physics.small_signal import film, sphere
from cellsim.studies.spectra.spectrum import _left_by

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "impedance_pybamm.json").read_text())
MODELS = {"DFN": DFN(), "SPMe": SPMe(), "SPM": SPM()}
FINE = {"DFN": DFN((160, 40, 160), 2), "SPMe": SPMe((160, 40, 160), 2), "SPM": SPM(2)}
SOLID = "target_nmc811_lpscl_li"


def layered(name, capacity=0.2):
    """A packaged set with the double layers that PyBaMM's sets have."""
    return cellsim.load(name).with_(
        {f"{part} electrode/double-layer capacity": capacity for part in ("negative", "positive")}
    )


@pytest.mark.parametrize("soc", (0.2, 0.8))
def test_double_layers_charged_by_cations_or_anions_make_no_difference_here(soc):
    """Real and imaginary part too: within 0.2 % of the modulus, mostly mesh.  PyBaMM's are charged by anions."""
    curve = REFERENCE["curves"][f"Marquis2019 DFN {soc:g}"]
    there = np.array(curve["real"]) + 1j * np.array(curve["imaginary"])
    found = cellsim.impedance(layered("marquis2019"), REFERENCE["frequencies"], FINE["DFN"], soc=soc)
    assert np.abs(found.impedance / there - 1.0).max() < 2e-3


@pytest.mark.parametrize("name", ("marquis2019", SOLID))
@pytest.mark.parametrize("kind", MODELS)
def test_a_small_alternating_current_in_a_run_gives_the_same(name, kind):
    """10 mHz at 1 % of 1C without double layers; 0.3 %: shells, and a polygon of 64 points for a sine.

    What the run settles to after two periods; a sine from zero leaves the cell a constant charge lower.
    """
    cell, f = cellsim.load(name), 0.01
    model = {"DFN": DFN((12, 4, 12), 40), "SPMe": SPMe((12, 4, 12), 40), "SPM": SPM(40)}[kind]
    found = impedance_in_time(cell, f, 0.01 * cell.nominal_capacity, model, soc=0.5, rtol=1e-7)
    there = cellsim.impedance(cell, [f], FINE[kind], soc=0.5).impedance[0]
    assert abs(found / there - 1.0) < 3e-3


@pytest.mark.parametrize("name", ("lgm50_chen2020", SOLID))
@pytest.mark.parametrize("kind", MODELS)
def test_at_high_frequency_it_is_the_jump_of_the_voltage(name, kind):
    """On the mesh of a run, whose voltage jumps as a current begins; 1e-5: the current is not infinitely small."""
    cell, current = cellsim.load(name), 1e-4
    model = {"DFN": DFN((20, 6, 20), 8), "SPMe": SPMe((20, 6, 20), 8), "SPM": SPM(8)}[kind]
    run = cellsim.simulate(cell, cellsim.Step("c-rate", current, 1e-3), model, soc=0.5, rtol=1e-9)
    jump = (open_circuit_voltage(cell, 0.5) - run["Voltage [V]"][0]) / (current * cell.nominal_capacity)
    resistance = cellsim.impedance(cell, [1e13], model).impedance[0]
    assert resistance.real == approx(jump, rel=1e-5)


@pytest.mark.parametrize("name", ("marquis2019", SOLID))
def test_at_low_frequency_it_is_the_slope_of_the_open_circuit_voltage(name):
    """Z = -dU/dQ / (2 pi i f) at 10 nHz: each electrode's slope over the charge it holds; 1e-4: differences of 1e-5."""
    cell, f, T, slope = cellsim.load(name), 1e-8, 298.15, 0.0
    for part, x in zip(PARTS, stoichiometries(cell, 0.5), strict=True):
        get = lambda key, part=part: cell.value(f"{part}/{key}")  # noqa: E731
        if cell.text(f"{part}/type") == "porous":
            held = F * get("active material volume fraction") * get("utilisation") * get("thickness")
            U = cell.law(f"{part}/open-circuit potential")(x + 1e-5 * np.array([-1.0, 1.0]), T)
            slope -= np.diff(U)[0] / 2e-5 / (held * get("maximum concentration"))
    Z = cellsim.impedance(cell, [f]).area_specific[0]
    assert -Z.imag * 2.0 * np.pi * f == approx(slope, rel=1e-4)


def test_a_single_particle_is_randles_circuit_at_high_frequency():
    """Charge transfer with Warburg's 1/sqrt(s D), beside a capacitor; 0.1 %: the curvature of the particles."""
    cell, f = layered("marquis2019"), np.geomspace(10.0, 1e3, 13)
    s, T, total = 2j * np.pi * f, 298.15, 0.0
    for part in ("negative", "positive"):
        get = lambda key, part=part: cell.value(f"{part} electrode/{key}")  # noqa: E731
        lo, hi = get("minimum stoichiometry"), get("maximum stoichiometry")
        x = np.array([lo + 0.5 * (hi - lo)])
        U, D = cell.law(f"{part} electrode/open-circuit potential"), get("particle diffusivity")
        slope = (U(x + 1e-6, T) - U(x - 1e-6, T)) / 2e-6
        i0 = 2.0 * get("exchange-current density") * np.sqrt(x * (1.0 - x))
        warburg = -slope / (F * get("maximum concentration")) / np.sqrt(s * D)
        y = 1.0 / (R * T / (F * i0) + warburg) + s * get("double-layer capacity")
        total += 1.0 / (y * 3.0 * get("active material volume fraction") / get("particle radius") * get("thickness"))
    found = cellsim.impedance(cell, f, SPM())
    assert np.abs(found.area_specific / total - 1.0).max() < 1e-3


def real_from_imaginary(f, Z):
    """What the imaginary part says about the real part, but for a constant, if the spectrum is causal.

    Relaxations of positive strength, ten a decade, and a capacitor in series, fitted to the imaginary part alone.
    """
    w = 2.0 * np.pi * f[:, None]
    tau = np.geomspace(0.03 / w.max(), 30.0 / w.min(), 10 * int(np.log10(w.max() / w.min()) + 3))
    imaginary = np.hstack([-w * tau / (1.0 + (w * tau) ** 2), -1.0 / w])
    found, _ = nnls(-imaginary / np.abs(Z)[:, None], -Z.imag / np.abs(Z))
    return (1.0 / (1.0 + (w * tau) ** 2)) @ found[:-1]


@pytest.mark.parametrize("name", ("lgm50_chen2020", SOLID))
def test_spectra_are_causal(name):
    """Kramers and Kronig: the real part follows from the imaginary one, within 0.5 % of the modulus, a fit's error.

    The same test notices a real part that drifts by 5 % over the spectrum.
    """
    cell, f = layered(name), np.geomspace(1e-3, 1e5, 120)
    Z = cellsim.impedance(cell, f, soc=0.7, accuracy=1e-4).impedance
    wrong = Z + 0.05 * Z.real * np.linspace(0.0, 1.0, f.size)[::-1]

    def misfit(Z):
        d = Z.real - real_from_imaginary(f, Z)
        return np.abs((d - np.median(d)) / np.abs(Z)).max()

    assert misfit(Z) < 5e-3 < 1e-2 < misfit(wrong)


@pytest.mark.parametrize("name", cellsim.cells())
def test_spectra_of_all_packaged_cells_are_those_of_passive_things(name):
    """At both ends of the range and inside, cold and hot: no negative resistance, no inductance (1e-6 is rounding).

    At 25 degC the polymer conducts so badly that rounding rules from 1e-3 on.
    """
    accuracy = 5e-3 if name == "lfp_peo_li" else 1e-3
    for soc, T in ((0.0, 253.15), (0.4, 298.15), (1.0, 353.15)):
        found = cellsim.impedance(layered(name), np.geomspace(1e-4, 1e5, 19), soc=soc, temperature=T, accuracy=accuracy)
        assert found.impedance.real.min() > 0.0 and found.impedance.imag.max() < 1e-6 * found.modulus.max()


def test_errors_by_the_mesh_are_of_second_order():
    """Each doubling of the volumes quarters the error at 10 Hz and 1 kHz: 2 within 0.15."""
    cell, f = layered("lgm50_chen2020"), [10.0, 1e3]
    Z = [cellsim.impedance(cell, f, DFN((n, n // 4, n), 2)).impedance for n in (40, 80, 160)]
    order = np.log2(np.abs(Z[0] - Z[1]) / np.abs(Z[1] - Z[2]))
    assert np.abs(order - 2.0).max() < 0.15


def test_the_mesh_is_refined_until_the_stated_error():
    """Both accuracies against a mesh far finer than either needs."""
    cell, f = layered("marquis2019"), np.geomspace(1e-3, 1e5, 9)
    there = cellsim.impedance(cell, f, DFN((2560, 300, 2560), 2)).impedance
    for accuracy in (1e-2, 1e-3):
        found = cellsim.impedance(cell, f, accuracy=accuracy)
        assert found.error.max() <= accuracy
        assert np.abs(found.impedance / there - 1.0).max() < 1.5 * accuracy  # the estimate is not a bound


def test_a_sphere_answers_as_its_limits_and_its_own_equation():
    """Slow: 3 / (R s), with the next term 1/5 R/D; fast: 1/sqrt(s D); its series joins on at the switch."""
    radius, D = 5e-6, 1e-14
    assert sphere(1e-9, radius, D) == approx(3.0 / (radius * 1e-9) + 0.2 * radius / D, rel=1e-7)
    assert abs(sphere(1e9j, radius, D) * np.sqrt(1e9j * D) - 1.0) < 1e-5
    switch = 0.01 * D / radius**2
    below, above = sphere(np.array([switch * (1.0 - 1e-9), switch * (1.0 + 1e-9)]) * 1j, radius, D)
    assert abs(below / above - 1.0) < 1e-8
    assert film(1e-9, radius, D) == approx(1.0 / (radius * 1e-9) + radius / (3.0 * D), rel=1e-6)


def test_lithium_metal_makes_an_arc_of_its_own():
    """Its interphase with a double layer beside it: 1 / (1/R + s C) on top of the cell without; exact to rounding."""
    cell = cellsim.load(SOLID).with_({"negative electrode/interface resistance": 1e-3})
    part, f, capacity = "negative electrode", np.geomspace(0.1, 1e4, 11), 0.05
    coated = cell.with_({f"{part}/double-layer capacity": capacity})
    plain, found = (cellsim.impedance(one, f, DFN((1, 4, 30), 2)).area_specific for one in (cell, coated))
    resistance = R * 298.15 / (F * cell.value(f"{part}/exchange-current density")) + 1e-3
    arc = resistance / (1.0 + 2j * np.pi * f * resistance * capacity)
    assert np.abs((found - plain - (arc - resistance)) / found).max() < 1e-9


N = "negative electrode/"
VOIDS = {
    N + "vanishing charge": 180.0,
    N + "void share": 1.0,
    N + "void height": 1e-5,
    N + "creep exponent": 1.9,
    N + "contact resistance": 5e-4,
    N + "contact fraction": 0.6,
    N + "contact spot radius": 1e-5,
}
EVERYTHING = VOIDS | {
    N + "host capacity": 28800.0,
    N + "calendar interphase growth": 2e-4,
    N + "interphase conductivity": 1e-5,
    N + "interphase lithium concentration": 6e4,
    N + "coulombic efficiency": 0.98,
    "cell/stack modulus": 1e9,
    "cell/stack height": 1.5e-4,
    "cell/stack compliance": 1e-12,
}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("changes", [VOIDS, EVERYTHING], ids=["voids", "everything"])
def test_after_a_run_it_is_the_jump_that_the_run_shows(kind, changes):
    """Half an hour after a discharge that left voids; their share of the jump is far more than the tolerance."""
    cell, current = cellsim.load(SOLID).with_(changes), 1e-4
    model = {"DFN": DFN((1, 4, 20), 8), "SPMe": SPMe((1, 4, 20), 8), "SPM": SPM(8)}[kind]
    steps = [cellsim.discharge(0.3, duration=3600.0), cellsim.rest(1800.0)]
    left = cellsim.simulate(cell, steps, model, soc=0.9)
    run = cellsim.simulate(cell, [*steps, cellsim.Step("c-rate", current, 1e-3)], model, soc=0.9, rtol=1e-9)
    first = np.flatnonzero(run.step_index == 2)[0]
    jump = (run["Voltage [V]"][first - 1] - run["Voltage [V]"][first]) / (current * cell.nominal_capacity)
    found, made = (
        cellsim.impedance(cell, [1e13], model, **at).impedance[0].real for at in ({"after": left}, {"soc": 0.6})
    )
    assert left["Active contact fraction"][-1] < 0.7
    assert found == approx(jump, rel=5e-3) and found > 1.05 * made


@pytest.mark.parametrize("host", (0.0, 28800.0))
@pytest.mark.parametrize("soc", (0.02, 0.3))
def test_lithium_that_runs_out_counts_in_the_slope_at_low_frequency(host, soc):
    """As above, of the cell's open-circuit voltage; without excess, where little metal is left or a host fills."""
    cell, f, d = (
        cellsim.load(SOLID).with_(VOIDS | {N + "host capacity": host, "design/lithium excess thickness": 0.0}),
        1e-9,
        1e-6,
    )
    U = open_circuit_voltage(cell, np.array([soc - d, soc + d]))
    charge = 2.0 * d * 3600.0 * capacity_between_cutoffs(cell)
    Z = cellsim.impedance(cell, [f], SPM(), soc=soc).impedance[0]
    assert -Z.imag * 2.0 * np.pi * f == approx(np.diff(U)[0] / charge, rel=1e-3)


def test_lost_contact_enlarges_the_arc_of_lithium():
    """Charge transfer, interphase and contact over the share that is left, the double layer times it; by hand."""
    cell = cellsim.load(SOLID).with_(
        {
            N + "void share": 1.0,
            N + "contact resistance": 5e-4,
            N + "void height": 1e-5,
            N + "double-layer capacity": 0.05,
            N + "creep exponent": 1.9,
        }
    )
    run = cellsim.simulate(cell, cellsim.discharge(0.3, duration=3600.0), soc=0.9)
    share, f = run["Active contact fraction"][-1], np.geomspace(0.1, 1e4, 11)
    soc = float(run["State of charge"][-1])
    left, made = (cellsim.impedance(cell, f, SPM(), **at).area_specific for at in ({"after": run}, {"soc": soc}))
    film = R * 298.15 / (F * cell.value(N + "exchange-current density")) + cell.value(N + "interface resistance")
    pressed = 5e-4 * (1e6 / cell.value("cell/operating pressure")) ** 0.5
    arc = lambda a: 1.0 / (1.0 / (film / a + pressed / a) + 2j * np.pi * f * 0.05 * a)  # noqa: E731
    assert share < 0.6
    assert np.abs((left - made - (arc(share) - arc(1.0))) / made).max() < 1e-6


def test_a_result_of_another_cell_is_refused():
    run = cellsim.simulate(SOLID, cellsim.rest(1.0))
    with pytest.raises(ProtocolError, match="after and soc 0.3: the spectrum is that of the end of the run; leave out"):
        cellsim.impedance(SOLID, [1.0], after=run, soc=0.3)
    with pytest.raises(ProtocolError, match="not of marquis2019"):
        cellsim.impedance("marquis2019", [1.0], after=run)
    with pytest.raises(ProtocolError, match="without evolving lithium metal"):
        cellsim.impedance(cellsim.load(SOLID).with_(VOIDS), [1.0], after=run)


def test_after_a_run_is_the_same_as_at_its_end_for_a_cell_without_lithium_metal():
    """Both stoichiometries are those of the charge that is left; 1e-6: they are summed over particles."""
    run = cellsim.simulate("lgm50_chen2020", cellsim.discharge(1.0, duration=600.0), temperature=310.0)
    soc = float(run["State of charge"][-1])
    Z = [
        cellsim.impedance("lgm50_chen2020", [0.01, 1.0], SPM(), **given).impedance
        for given in ({"after": run}, {"soc": soc, "temperature": 310.0})
    ]
    assert Z[0] == approx(Z[1], rel=1e-6)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"frequencies": [0.0, 1.0]}, "above 0"),
        ({"frequencies": [[1.0]]}, "one dimension"),
        ({"soc": 1.5}, "soc"),
        ({"temperature": 25.0}, "kelvin"),
        ({"model": "P2D"}, "SPMe()"),
        ({"accuracy": 1.0}, "accuracy"),
    ],
)
def test_wrong_questions_are_answered_in_a_sentence(arguments, words):
    with pytest.raises((ProtocolError, ParameterError), match=words.replace("(", r"\(").replace(")", r"\)")):
        cellsim.impedance("marquis2019", **arguments)


def test_an_accuracy_out_of_reach_says_so_and_keeps_the_spectrum():
    with pytest.raises(SolveError, match="lower frequencies") as caught:
        cellsim.impedance(layered("marquis2019", 100.0), [1e7], accuracy=1e-8)
    assert np.isfinite(caught.value.result.impedance).all()


def test_double_layers_are_parameters_with_a_range():
    with pytest.raises(ParameterError, match="double-layer capacity"):
        layered("marquis2019", -1.0)


def test_a_run_does_not_see_the_double_layer():
    """Bit for bit: only the impedance uses it."""
    runs = [
        cellsim.simulate(cell, cellsim.discharge(1.0), SPM(10))["Voltage [V]"]
        for cell in (cellsim.load("marquis2019"), layered("marquis2019"))
    ]
    assert np.array_equal(*runs)


def test_a_spectrum_can_be_printed_tabulated_saved_and_drawn(tmp_path):
    found = cellsim.impedance("marquis2019", [1e3, 1.0], SPM())
    assert "50 % state of charge" in str(found) and "no charge-transfer arc" in str(found)
    frame = found.to_pandas()
    assert list(frame["Modulus [Ohm]"]) == list(np.abs(found.impedance))
    found.save(tmp_path / "z.csv")
    assert np.loadtxt(tmp_path / "z.csv", delimiter=",", skiprows=1)[:, 1] == approx(found.impedance.real, rel=1e-8)
    found.plot(tmp_path / "z.png")
    assert (tmp_path / "z.png").stat().st_size > 10_000
    with pytest.raises(ReportError, match=r"\.csv"):
        found.save(tmp_path / "z.xlsx")


def test_the_command_prints_and_saves(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "cellsim",
            "impedance",
            "lgm50_chen2020",
            "--soc",
            "0.3",
            "--double-layer",
            "0.2",
            "--model",
            "SPM",
            "-o",
            str(tmp_path / "z.svg"),
        ],
    )
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code and "30 % state of charge" in capsys.readouterr().out
    assert "Hz" in (tmp_path / "z.svg").read_text(encoding="utf-8")


def test_after_a_loss_of_active_material_particles_are_as_full_as_they_are():
    """Stoichiometry over what is left, to rounding; of a result read from a file the spectrum says what is as made."""
    both = {f"{part}/current-driven LAM factor": 1e-6 for part in PARTS}
    cell = cellsim.load("okane2022").with_ageing(False).with_(both)
    cell = cell.with_ageing({"loss of active material": "current-driven"})
    run = cellsim.simulate(cell, "Discharge at 1C for 30 minutes; Rest for 1 hour", SPM(6))
    assert run["Loss of active material in negative electrode [%]"][-1] > 5.0
    x, _ = _left_by(run, cell)
    means = [run[f"Average {which} particle stoichiometry"][-1] for which in ("negative", "positive")]
    assert x == approx(means, rel=1e-10)
    stored = dataclasses.replace(run, final_state=None)
    words = "does not hold what has aged: films, contact, pores and surfaces are as made"
    assert words in str(cellsim.impedance(cell, [1.0], SPM(), after=stored))
    assert words not in str(cellsim.impedance(cell, [1.0], SPM(), after=run))
