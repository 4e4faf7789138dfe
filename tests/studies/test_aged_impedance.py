"""Impedance of cells that have aged, against small signals in time, jumps and closed forms."""

import sys

import numpy as np
import pytest
from alternating import impedance_in_time
from pytest import approx
from worn_cells import ALL_OF, DRIES, LIQUID, WORN, N, P

import cellsim
from cellsim import DFN, SPM, ProtocolError, SPMe, age, cli
from cellsim.kernels.layout import unknowns
from cellsim.models.electrodes import PARTS
from cellsim.models.small_signal import Worn
from cellsim.models.small_signal.worn import state_on
from cellsim.physics.constants import F, R
from cellsim.studies.validation.lines.ageing.cases import FIVE

MODELS = {"DFN": DFN((8, 3, 8), 20), "SPMe": SPMe((8, 3, 8), 20), "SPM": SPM(20)}
OLD = LIQUID.with_(
    {N + "SEI solvent diffusivity": 2.5e-19, N + "LAM constant proportional term": 1e-5, N + "SEI resistivity": 1e6}
).with_ageing(FIVE)
PLATES = LIQUID.with_({N + "lithium plating kinetic rate constant": 2e-7}).with_ageing(
    {"lithium plating": "reversible", "lithium plating porosity change": "true"}
)
CYCLE = "Discharge at 1C for 40 minutes; Charge at 1C for 20 minutes; Rest for 10 hours"
SOLID_CYCLE = "Discharge at C/5 for 90 minutes; Charge at C/5 for 60 minutes; Rest for 2 hours"
WEARS = WORN.with_(
    {P + "contact loss": 20.0, P + "connection loss": 5.0, P + "cycling interphase growth": 5e-2}
).with_ageing(ALL_OF)
SOC = 0.9
CYCLE_OF_LIFE = "Discharge at 1C until 3 V; Charge at C/2 until 4.1 V; Hold at 4.1 V until C/10"


def layered(cell):
    """The cell with double layers that runs charge, too."""
    capacities = {f"{part}/double-layer capacity": 0.2 for part in PARTS}
    return cell.with_(capacities).with_surface_form("differential")


@pytest.fixture(scope="module")
def aged():
    """Runs that age a cell, by cell and model."""
    found = {}

    def run(cell, kind, protocol):
        key = cell, kind
        if key not in found:
            found[key] = cellsim.simulate(cell, protocol, MODELS[kind], soc=SOC)
        return found[key]

    return run


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    "cell, protocol, f",
    [(OLD, CYCLE, 0.01), (layered(OLD), CYCLE, 20.0), (PLATES, CYCLE, 2e-3), (layered(WEARS), SOLID_CYCLE, 1.0)],
    ids=["liquid", "liquid in the arc", "plates", "solid"],
)
def test_a_small_alternating_current_in_a_run_gives_the_same(aged, kind, cell, protocol, f):
    """0.3 %: shells, and a polygon of 64 points for a sine; what aged changes it by more than twice that."""
    run = aged(cell, kind, protocol)
    found = cellsim.impedance(cell, [f], MODELS[kind], after=run)
    made = cellsim.impedance(cell, [f], MODELS[kind], soc=float(run["State of charge"][-1]))
    there = impedance_in_time(cell, f, 0.01 * cell.nominal_capacity, start=run, rtol=1e-7, drift=2)
    assert abs(there / found.impedance[0] - 1.0) < 3e-3
    assert abs(made.impedance[0] / found.impedance[0] - 1.0) > 6e-3
    assert "fresh" not in found.note and "made" not in found.note


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    "cell, protocol", [(OLD, CYCLE), (WEARS, SOLID_CYCLE), (DRIES, CYCLE)], ids=["liquid", "solid", "dries"]
)
def test_at_high_frequency_it_is_the_jump_of_the_voltage(aged, kind, cell, protocol):
    """Against a rest, whose first potentials have the geometry renewed, too; 1e-4: the cell is not quite at rest.

    In a DFN 1e-3: on a plateau of the graphite its particles are not all as full after ten hours.
    """
    run, current = aged(cell, kind, protocol), 1e-4
    steps = cellsim.rest(1e-3), cellsim.Step("c-rate", current, 1e-3)
    V = [cellsim.simulate(cell, step, start=run, rtol=1e-9)["Voltage [V]"][0] for step in steps]
    jump = (V[0] - V[1]) / (current * cell.nominal_capacity)
    assert cellsim.impedance(cell, [1e13], MODELS[kind], after=run).impedance[0].real == approx(
        jump, rel=1e-3 if kind == "DFN" else 1e-4
    )


def test_the_film_is_the_difference_of_two_cells():
    """Of one particle at high frequency, by hand: what has grown, times the resistivity, over the surface that has it.

    Beside a charge transfer of the same state, which no film is in: of the cell whose film has no resistance; 1e-6.
    """
    cell = LIQUID.with_({N + "SEI solvent diffusivity": 2.5e-19}).with_ageing({"SEI": "solvent-diffusion limited"})
    run = cellsim.simulate(cell, CYCLE, SPM(8), soc=SOC)
    bare = cell.with_({N + "SEI resistivity": 0.0})
    Z = [cellsim.impedance(one, [1e10], SPM(), after=run).area_specific[0].real for one in (cell, bare)]
    get = lambda key: cell.value(N + key)  # noqa: E731
    surface = 3.0 * get("active material volume fraction") / get("particle radius") * get("thickness")
    film = get("SEI resistivity") * float(run["Negative SEI thickness [m]"][-1].mean()) / surface
    assert Z[0] - Z[1] == approx(film, rel=1e-6) and film > 5.0 * get("SEI resistivity") * 5e-9 / surface


def test_plating_is_a_second_path_beside_charge_transfer():
    """Of one particle at high frequency, plating in equilibrium: F i0 / RT of both, by hand; 1e-3: nearly."""
    plates = {N + "lithium plating kinetic rate constant": 1e-6}
    cell, T = LIQUID.with_(plates).with_ageing({"lithium plating": "reversible"}), 298.15
    run = cellsim.simulate(cell, "Rest for 10 hours", SPM(8), soc=0.5)
    slow = cell.with_({N + "lithium plating kinetic rate constant": 1e-30})
    ideal = slow.with_({N + "exchange-current density": 1e6})
    Z = [cellsim.impedance(one, [1e10], SPM(), after=run).area_specific[0].real for one in (cell, slow, ideal)]
    get = lambda key: cell.value(N + key)  # noqa: E731
    surface = 3.0 * get("active material volume fraction") / get("particle radius") * get("thickness")
    U = LIQUID.law(N + "open-circuit potential")(run["Average negative particle stoichiometry"][-1:], T)[0]
    salt, alpha = cell.value("electrolyte/initial concentration"), get("lithium plating transfer coefficient")
    plating = F / (R * T) * F * 1e-6 * salt * np.exp(-alpha * F * U / (R * T))
    alone, both = ((z - Z[2]) * surface for z in (Z[1], Z[0]))
    assert both == approx(1.0 / (1.0 / alone + plating), rel=1e-3) and both < 0.9 * alone


def test_a_mesh_of_its_own_takes_what_has_aged_where_it_is():
    """Amounts are kept to rounding, whatever the mesh; values stay within theirs; and the spectrum hardly moves."""
    run = cellsim.simulate(OLD, CYCLE, MODELS["DFN"], soc=SOC)
    end = run.final_state
    there = end.model.discretise(OLD, end.temperature)
    worn = Worn(there, end.first(there))
    past = unknowns(worn.sys, worn.state)
    for volumes in ((5, 2, 7), (16, 3, 16), (1, 1, 1)):
        sys = DFN(volumes, 2).discretise(OLD, end.temperature)
        y = unknowns(sys, state_on(OLD, sys, worn))
        for name in ("sei", "sei_on_cracks", "plated", "dead"):
            assert getattr(y, name).sum() == approx(getattr(past, name).sum(), rel=1e-12)
        assert y.crack.max() <= past.crack.max() * (1.0 + 1e-12)
    f = [0.01, 1.0]
    coarse, fine = (cellsim.impedance(OLD, f, model, after=run).impedance for model in (MODELS["DFN"], DFN()))
    assert np.abs(coarse / fine - 1.0).max() < 0.01


def test_a_state_of_a_life_is_what_a_run_to_it_leaves():
    """The state after the last cycle, and a result that goes on from it for a millisecond: the same to 1e-6."""
    steps = "Discharge at 1C for 20 minutes; Charge at 1C for 20 minutes"
    life = age(OLD, steps, 3, model=SPM(8), until=None, force=True)
    state = life.state(3)
    run = cellsim.simulate(OLD, cellsim.rest(1e-3), start=state)
    Z = [cellsim.impedance(OLD, [0.1, 10.0], SPM(), after=at).impedance for at in (state, run)]
    assert Z[0] == approx(Z[1], rel=1e-6)
    with pytest.raises(ProtocolError, match="or of a variation of it, and not of this"):
        cellsim.impedance(LIQUID, [1.0], SPM(), after=state)


def test_a_run_in_which_other_things_aged_is_refused():
    """A sentence, not a spectrum without its films."""
    plain = cellsim.simulate(LIQUID, cellsim.rest(1.0), SPM(4))
    with pytest.raises(ProtocolError, match="after: nothing ages in that run; simulate the same okane2022"):
        cellsim.impedance(OLD, [1.0], SPM(), after=plain)
    old = cellsim.simulate(OLD, cellsim.rest(1.0), SPM(4))
    with pytest.raises(ProtocolError, match="after: nothing ages in the cell of the impedance"):
        cellsim.impedance(LIQUID, [1.0], SPM(), after=old)
    other = LIQUID.with_ageing({"SEI": "solvent-diffusion limited"})
    with pytest.raises(ProtocolError, match="other things aged than in this cell"):
        cellsim.impedance(other, [1.0], SPM(), after=old)


def test_inefficiency_takes_half_of_a_current_that_oscillates():
    """Of one particle, whose share of the current falls by 1 + (1 - CE) / (2 CE), and the other's stays; 1e-9."""
    option = {"coulombic inefficiency of particles": "constant"}
    Z = []
    for efficiency in (1.0, 0.8, 0.5):
        one = LIQUID.with_({N + "coulombic efficiency of particles": efficiency}).with_ageing(option)
        Z.append(cellsim.impedance(one, [1.0], SPM(), soc=0.5).area_specific[0])
    first, second = (Z[0] - Z[k] for k in (1, 2))  # z (1 - 1/1.125) and z (1 - 1/1.5)
    assert second / first == approx((1.0 - 1.0 / 1.5) / (1.0 - 1.0 / 1.125), rel=1e-9)


def test_the_spectrum_of_a_saved_life_on_the_command_line(tmp_path, monkeypatch, capsys):
    """Numbers of Python's, after a cycle and after the last; each wrong input a sentence."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["cellsim", "impedance", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
            raise SystemExit(0)
        out = capsys.readouterr()
        return end.value.code or 0, " ".join((out.out + out.err).split())

    path = tmp_path / "life.parquet"
    life = age(cellsim.with_overlay("lgm50_chen2020", "kirkaldy2024"), CYCLE_OF_LIFE, 6, model=SPM(), until=None)
    life.save(path)
    how = ("lgm50_chen2020", "--lowest", 1, "--highest", 10, "--after", path)  # the model is that of the life
    for more, n in (((), 6), (("--cycle", 2), 2), (("--cycle", 0), 0)):
        code, said = run(*how, *more, "-o", tmp_path / "z.csv")
        assert code == 0 and f"after cycle {n} of 6" in said and "SPM of lgm50_chen2020" in said
        Z = np.loadtxt(tmp_path / "z.csv", delimiter=",", skiprows=1)
        known = cellsim.impedance(life.cell, Z[:, 0], "SPM", after=life.state(n)).impedance
        np.testing.assert_allclose(Z[:, 1], known.real, rtol=1e-6)
    assert run(*how, "--double-layer", 0.2)[0] == 0
    for wrong, words in (
        ((*how, "--cycle", 7), "the life has 6 cycles"),
        ((*how, "--cycle", -1), "--cycle -1: give a cycle of the life"),
        ((*how, "--soc", 0.4), "--soc 0.4: with --after"),
        (("okane2022", "--after", path), "this is a life of lgm50_chen2020; give it in place of okane2022"),
        (("lgm50_chen2020", "--cycle", 3), "give its file as --after"),
        (("lgm50_chen2020", "--after", tmp_path / "z.csv"), "a saved life is a .parquet file"),
        (("lgm50_chen2020", "--after", tmp_path / "no.parquet"), "there is no such file"),
    ):
        code, said = run(*wrong)
        assert code == 2 and words in said, said
