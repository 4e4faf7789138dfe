"""Laws that a user gives as a function, as points or as a file."""

import numpy as np
import pytest

import cellsim
from cellsim import ParameterError

CHEN = "lgm50_chen2020"
OCP, KAPPA, D = (
    "negative electrode/open-circuit potential",
    "electrolyte/conductivity",
    "negative electrode/particle diffusivity",
)


def graphite(x):
    return 1.9793 * np.exp(-39.3631 * x) + 0.2482 - 0.0909 * np.tanh(29.8538 * (x - 0.1234))


def test_a_function_is_sampled_with_the_error_that_is_stated():
    """On a grid of its own, ten times finer than any table; the note states no less, and the run no other voltage."""
    cell = cellsim.load(CHEN).with_({OCP: graphite})
    note, x = cell.record(OCP).note, np.linspace(0.001, 0.999, 20011)
    stated = float(note.partition("error ")[2].split()[0])
    found = np.abs(cell.law(OCP)(x, 298.15) - graphite(x)).max()
    assert found < 1.5 * stated < 1e-4  # measured at other places
    assert "function sampled at" in note and "below 0.001 and above 0.999" in note
    text = "1.9793*exp(-39.3631*x) + 0.2482 - 0.0909*tanh(29.8538*(x - 0.1234))"
    runs = [
        cellsim.simulate(cellsim.load(CHEN).with_({OCP: law}), "Discharge at 1C for 30 min") for law in (graphite, text)
    ]
    V = [run.at("Voltage [V]", [600.0, 1800.0]) for run in runs]
    assert np.abs(V[0] - V[1]).max() < 1e-4


def test_functions_of_single_numbers_and_of_the_temperature():
    def slow(c, T):
        return 1.0 if c > 500.0 else 0.5 + c / 1000.0 + 0.0 * T  # no array is compared with a number here

    cell = cellsim.load(CHEN).with_({KAPPA: slow})
    assert cell.law(KAPPA)(np.array([250.0, 900.0]), 298.15) == pytest.approx([0.75, 1.0], abs=1e-5)
    assert "at 298.15 K, and the same at others" in cell.record(KAPPA).note
    constant = cellsim.load(CHEN).with_({D: lambda x: 3e-14})
    assert constant.law(D)(np.array([0.2]), 298.15) == pytest.approx(3e-14)


def test_points_and_files_of_points(tmp_path):
    """In either order, by monotone cubics or straight lines, from numbers or a file: the same law."""
    x, y = [0.0, 400.0, 1000.0, 4000.0], [0.1, 0.5, 1.0, 0.2]
    (tmp_path / "kappa.csv").write_text(
        "c, kappa\n# measured\n" + "\n".join(f"{a}, {b}" for a, b in zip(x, y, strict=True))
    )
    base, c = cellsim.load(CHEN), np.linspace(0.0, 4000.0, 999)
    cubic = base.with_({KAPPA: (x, y)})
    for other in ((x[::-1], y[::-1]), np.array([x, y]), np.array([x, y]).T, tmp_path / "kappa.csv"):
        np.testing.assert_array_equal(base.with_({KAPPA: other}).law(KAPPA)(c, 298.15), cubic.law(KAPPA)(c, 298.15))
    assert "kappa.csv" in base.with_({KAPPA: str(tmp_path / "kappa.csv")}).record(KAPPA).note
    straight = base.with_({KAPPA: (x, y, "linear")})
    # but for a ten-thousandth of an interval beside each point
    assert np.abs(straight.law(KAPPA)(c, 298.15) - np.interp(c, x, y)).max() < 1e-3 * max(y)
    assert np.abs(cubic.law(KAPPA)(c, 298.15) - np.interp(c, x, y)).max() > 1e-2
    assert "straight lines; below 0 and above 4000 constant" in straight.record(KAPPA).note
    again = cellsim.Cell.from_json(straight.to_json(), "again")
    np.testing.assert_array_equal(again.law(KAPPA)(c, 298.15), straight.law(KAPPA)(c, 298.15))


def test_functions_of_pybamm_and_its_interpolants_are_laws():
    """Written with PyBaMM's functions, taken from its sets, or points in it: the same law as with NumPy."""
    import pybamm

    x, sampled = np.linspace(0.0, 1.0, 999), np.linspace(0.0, 1.0, 40)
    cell = cellsim.load(CHEN)

    def law(sto):
        return 0.3 - 0.1 * pybamm.tanh(5.0 * (sto - 0.3)) + pybamm.exp(-20.0 * sto)

    plain = 0.3 - 0.1 * np.tanh(5.0 * (x - 0.3)) + np.exp(-20.0 * x)
    of_pybamm = cell.with_({OCP: law}).law(OCP)(x, 298.15)
    inside = (x > 0.002) & (x < 0.998)
    assert np.abs(of_pybamm - plain)[inside].max() < 1e-4  # V, of a range of 1 V
    y = 0.5 - 0.4 * sampled
    line = cell.with_({OCP: lambda sto: pybamm.Interpolant(sampled, y, sto)}).law(OCP)(x, 298.15)
    assert np.abs(line - (0.5 - 0.4 * x))[inside].max() < 1e-9
    theirs = pybamm.ParameterValues("Chen2020")["Negative electrode OCP [V]"]
    ours = cellsim.from_pybamm("Chen2020").law(OCP)(x, 298.15)
    assert np.abs(cell.with_({OCP: theirs}).law(OCP)(x, 298.15) - ours)[inside].max() < 1e-4


def test_names_of_pybamm_bring_the_names_here():
    cell = cellsim.load(CHEN)
    for there, here in (
        ("Negative electrode OCP [V]", OCP),
        ("Separator porosity", "separator/electrolyte volume fraction"),
        ("Positive particle diffusivity [m2.s-1]", "positive electrode/particle diffusivity"),
    ):
        with pytest.raises(ParameterError, match=f"unknown quantity; did you mean '{here}'"):
            cell.with_({there: 1.0})


@pytest.mark.parametrize(
    "path, law, words",
    [
        (OCP, lambda x: 0.1 + x, "rises from 0.101 V at x = 0.001 to 1.099 V at 0.999"),
        (OCP, ([0.9, 0.1], [1.0, 0.5]), "give it over 1 - x"),
        (OCP, lambda x: np.where(x < 0.5, x, np.nan), "not finite at"),
        (OCP, lambda x, T, more: x, "a function of x, or of x and T"),
        (OCP, lambda x: "a", "failed"),
        (OCP, ([0.1, 0.2], [1.0, 0.9, 0.8]), "2 numbers for x and 3 for y"),
        (OCP, ([0.1, 0.1], [1.0, 0.9]), "more than once"),
        (OCP, ([0.1, 0.9], [1.0, 0.9], "cubic"), "interpolation 'cubic'"),
        (OCP, [1.0, 2.0, 3.0], "a pair"),
        (OCP, "no/such.csv", "cannot be read"),
        ("separator/thickness", lambda x: x, "depends on nothing"),
    ],
)
def test_what_is_no_law_is_refused(path, law, words):
    with pytest.raises(ParameterError, match=words):
        cellsim.load(CHEN).with_({path: law})


def test_a_number_too_large_for_a_float_is_refused():
    with pytest.raises(ParameterError, match="give a finite number"):
        cellsim.load(CHEN).with_({"separator/thickness": 10**5000})


def test_a_rate_constant_is_an_exchange_current():
    """BPX: i0 = F k / 2 at x = 0.5 and the initial concentration."""
    cell = cellsim.load(CHEN).with_({"negative electrode/reaction rate constant": 1e-11})
    assert cell.value("negative electrode/exchange-current density") == pytest.approx(
        96485.33212 * 1e-11 / 2, rel=1e-12
    )
    with pytest.raises(ParameterError, match="give one of them"):
        cell.with_({f"negative electrode/{key}": 1.0 for key in ("reaction rate constant", "exchange-current density")})
