"""Pictures of runs: internal states, several runs side by side, and the card of a notebook."""

from dataclasses import replace
from html.parser import HTMLParser

import matplotlib as mpl
import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, SPM, ReportError, charge, discharge, rest, simulate
from cellsim.drawing.style import clock
from cellsim.simulation.plots import states as drawn
from cellsim.simulation.plots.card import FIRST, LAST, SIZE
from cellsim.studies.comparison.plots import FEW, looks

V, C_E, C_N = "Voltage [V]", "Electrolyte concentration [mol.m-3]", "Negative particle concentration [mol.m-3]"
LIQUID, SOLID = "lgm50_chen2020", "target_nmc811_lpscl_li"
STEPS = [discharge(1.0, duration=1500.0), rest(300.0), charge(0.5, duration=600.0)]


@pytest.fixture(scope="module")
def result():
    return simulate(LIQUID, STEPS, DFN((8, 3, 8), 8))


@pytest.fixture
def window(monkeypatch):
    """A backend that says it is interactive; what is drawn goes nowhere."""
    import matplotlib.pyplot as plt

    monkeypatch.setattr(drawn, "interactive", lambda: True)
    yield
    plt.close("all")


def titles(figure):
    return [" ".join(a.get_title(loc="left").split()) for a in figure.axes if a.get_title(loc="left")]


def panel(figure, title):
    return next(a for a in figure.axes if " ".join(a.get_title(loc="left").split()) == title)


# ---- states over each other


def test_states_are_drawn_at_the_times_asked_for(result):
    """Dots are the values that `Result.at` gives, and a curve goes with them, from end to end of the cell."""
    figure = result.plot(states=[C_E], times=[0.0, 700.0, 2400.0])
    drawn_lines = panel(figure, "electrolyte concentration [mol.m-3]").lines[:6]
    lines, curves = drawn_lines[::2], drawn_lines[1::2]
    assert all(curve.get_xdata()[0] == 0.0 for curve in curves)
    for line, row in zip(lines, result.at(C_E, [0.0, 700.0, 2400.0]), strict=True):
        assert np.array_equal(line.get_ydata(), row)
        assert line.get_xdata() == approx(1e6 * result["x [m]"])
    assert [t.get_text() for t in figure.legends[0].texts] == ["0 min", "11.7 min", "40 min", drawn.INTERPOLATED]


PARTICLES = "Negative particle concentration [mol.m-3]"


@pytest.mark.parametrize("names", [[C_E], [PARTICLES], [C_E, PARTICLES]], ids=["field", "particles", "both"])
@pytest.mark.parametrize("times", [2, 6])
def test_the_legend_is_no_wider_than_the_picture(result, names, times):
    """With the note on curves, and with the styles of both ends of an electrode."""
    figure = result.plot(names, times=times)
    figure.canvas.draw()
    legend = figure.legends[0].get_window_extent()
    assert -1.0 <= legend.x0 < legend.x1 <= figure.bbox.x1 + 1.0 and legend.y0 >= -1.0


def test_by_default_every_state_that_varies_has_a_panel(result):
    """A solid electrolyte's concentration does not, nor do those of a model with one volume an electrode."""
    assert len(titles(result.plot(states=True))) == len(drawn.STATES)
    solid = titles(simulate(SOLID, STEPS, DFN((4, 4, 8), 8)).plot(states=True))
    assert "electrolyte potential [V]" in solid and "electrolyte concentration [mol.m-3]" not in solid
    assert not any(t.startswith("negative") for t in solid)
    single = titles(simulate(LIQUID, STEPS, SPM()).plot(states=True))
    assert single[0] == "voltage [V]" and not any("electrolyte" in t or "potential" in t for t in single)


def test_particles_are_shown_at_both_ends_of_an_electrode(result):
    figure = result.plot(states=[C_N], times=[1500.0])
    at = result.at(C_N, [1500.0])[0]
    collector, dashed, separator, dashless = figure.axes[0].lines[:4]
    assert np.array_equal(separator.get_ydata(), at[-1]) and np.array_equal(collector.get_ydata(), at[0])
    assert (dashless.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert {"particle at the separator", "particle at the collector"} < {t.get_text() for t in figure.legends[0].texts}


def test_the_separator_is_shaded_where_it_is(result):
    """Its edges follow from the centres of the volumes to rounding."""
    (shade,) = panel(result.plot(states=[C_E]), "electrolyte concentration [mol.m-3]").patches
    cell = cellsim.load(LIQUID)
    begin = 1e6 * cell.value("negative electrode/thickness")
    assert shade.get_x() == approx(begin) and shade.get_width() == approx(1e6 * cell.value("separator/thickness"))


def test_limits_are_those_of_the_whole_run(result):
    """So that pictures of different times can be compared."""
    low, high = panel(result.plot(states=[C_E], times=[0.0]), "electrolyte concentration [mol.m-3]").get_ylim()
    assert low < result[C_E].min() and high > result[C_E].max()


def test_states_of_a_loaded_result_are_those_of_the_run(result, tmp_path):
    result.save(tmp_path / "run.nc")
    figure = cellsim.Result.load(tmp_path / "run.nc").plot(states=True)
    assert titles(figure) == titles(result.plot(states=True))


def test_a_file_is_written_and_holds_no_slider(result, tmp_path, window):
    result.plot(tmp_path / "states.png", states=True)
    assert (tmp_path / "states.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ReportError, match="a file cannot contain a slider"):
        result.plot(tmp_path / "again.png", states=True, slider=True)


# ---- states with a slider


def test_the_slider_moves_every_line_to_the_state_at_its_time(result, window):
    """The marker on the voltage, and a field; after a change of step it is the later state that shows."""
    figure = result.plot(states=[V, C_E])
    marker = panel(figure, "voltage [V]").lines[1]
    field = panel(figure, "electrolyte concentration [mol.m-3]").lines[0]
    _, minutes = clock(result.t[-1])
    for row in (0, len(result.t) // 2, len(result.t) - 1, np.flatnonzero(np.diff(result.t) == 0.0)[0] + 1):
        figure.slider.set_val(result.t[row] / minutes)
        assert np.array_equal(field.get_ydata(), result[C_E][row])
        assert marker.get_xdata()[0] == result.t[row] / minutes and marker.get_ydata()[0] == result[V][row]


def test_between_stored_times_the_slider_shows_the_nearest_state(result, window):
    """Nothing is interpolated: what is shown was computed."""
    figure = result.plot(states=[C_E])
    figure.slider.set_val((0.6 * result.t[10] + 0.4 * result.t[11]) / 60.0)
    field = panel(figure, "electrolyte concentration [mol.m-3]").lines[0]
    assert np.array_equal(field.get_ydata(), result[C_E][10])
    assert set(figure.slider.valstep) == set(result.t / 60.0)


def test_the_mouse_stops_at_stored_times(result, window):
    """A press in the middle of the slider: the nearest stored time, and its state."""
    from matplotlib.backend_bases import MouseEvent

    figure = result.plot(states=[C_E])
    figure.canvas.draw()
    box = figure.slider.ax.bbox
    at = (0.5 * (box.x0 + box.x1), 0.5 * (box.y0 + box.y1))
    figure.canvas.callbacks.process("button_press_event", MouseEvent("button_press_event", figure.canvas, *at, 1))
    row = np.argmin(np.abs(result.t - 0.5 * result.t[-1]))
    assert figure.slider.val == approx(result.t[row] / 60.0)
    field = panel(figure, "electrolyte concentration [mol.m-3]").lines[0]
    assert np.array_equal(field.get_ydata(), result[C_E][row])


def test_without_a_window_states_are_drawn_over_each_other(result):
    """Tests run without one; to insist on a slider is refused with the remedy."""
    assert not drawn.interactive()
    assert not hasattr(result.plot(states=True), "slider")
    with pytest.raises(ReportError, match=r"not interactive.*cellsim\[notebook\]"):
        result.plot(states=True, slider=True)


BACKENDS = {
    "QtAgg": True,
    "widget": True,
    "nbagg": True,
    "agg": False,
    "svg": False,
    "module://matplotlib_inline.backend_inline": False,
}


@pytest.mark.parametrize("backend, moves", BACKENDS.items())
def test_which_backends_have_sliders(monkeypatch, backend, moves):
    monkeypatch.setattr(mpl, "get_backend", lambda: backend)
    assert drawn.interactive() is moves


BAD = {
    "unknown": ({"states": ["Electrolyte concentration"]}, "not a variable of DFN; did you mean"),
    "a coordinate": ({"states": ["x [m]"]}, "does not depend on time"),
    "none": ({"states": []}, "name at least one"),
    "no times": ({"states": True, "times": 0}, "at least one"),
    "after the end": ({"states": True, "times": [1e6]}, "between 0 and 2400 s"),
    "not a time": ({"states": True, "times": [float("nan")]}, "give a number of times"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_arguments_are_refused_in_one_sentence(result, what):
    arguments, words = BAD[what]
    with pytest.raises(ReportError, match=words):
        result.plot(**arguments)


def test_a_result_without_fields_says_why(result, tmp_path):
    result.save(tmp_path / "run.parquet")
    with pytest.raises(ReportError, match="save as .nc"):
        cellsim.Result.load(tmp_path / "run.parquet").plot(states=True)


# ---- runs side by side


@pytest.fixture(scope="module")
def ensemble():
    return cellsim.simulate_many(
        cellsim.cases(LIQUID, discharge, c_rate=[1.0, 2.0], temperature=[288.15, 308.15], model=SPM())
    )


def test_runs_are_named_after_what_differs(result, ensemble):
    assert cellsim.compare(ensemble).labels == (
        "15 °C, c_rate 1",
        "35 °C, c_rate 1",
        "15 °C, c_rate 2",
        "35 °C, c_rate 2",
    )
    assert cellsim.compare([result, replace(result, model="SPM")]).labels == ("DFN", "SPM")
    assert cellsim.compare([result, result]).labels == (f"{LIQUID} (1)", f"{LIQUID} (2)")
    other = replace(result, steps=result.steps[:1])
    assert cellsim.compare([result, other]).labels[1] == str(STEPS[0])
    assert cellsim.compare([result, ensemble], labels=list("abcde")).labels == tuple("abcde")


def test_a_row_of_the_table_is_a_run(result, ensemble):
    """Sums are those of the result; efficiencies only where charge went both ways, and came back."""
    there = simulate(LIQUID, [discharge(1.0, duration=600.0), charge(1.0, duration=600.0)], SPM(), soc=0.8)
    frame = cellsim.compare([result, there, ensemble]).to_pandas()
    assert len(frame) == 6 and list(frame["cell"].unique()) == [LIQUID]
    assert frame["endings"][0] == "DURATION, DURATION, DURATION" and frame["duration"][0] == approx(2400.0)
    assert frame["charge_capacity"][0] == result.charge_capacity
    assert frame["discharge_energy"][3] == ensemble.results[1].discharge_energy
    assert frame["energy_efficiency"].notna().tolist() == [False, True, False, False, False, False]
    assert frame["voltage_efficiency"].notna().tolist() == [True, True, False, False, False, False]
    # charge in equals charge out to 1e-6 here: step ends are exact in time, so the two efficiencies agree to that
    assert frame["energy_efficiency"][1] == approx(frame["voltage_efficiency"][1], rel=1e-6)
    assert 0.5 < frame["energy_efficiency"][1] < 1.0


def test_curves_are_those_of_the_runs(result, ensemble):
    """Over time, over a variable, and over the charge passed whichever way, which ends at all that was passed."""
    runs = cellsim.compare([result, ensemble])
    figure = runs.plot()
    assert [len(a.lines) for a in figure.axes] == [5, 5]
    assert np.array_equal(figure.axes[0].lines[0].get_ydata(), result[V])
    assert figure.axes[1].get_xlabel() == "time [min]" and len(figure.legends[0].texts) == 5
    line = runs.plot(y=V, x="State of charge").axes[0].lines[0]
    assert np.array_equal(line.get_xdata(), result["State of charge"])
    passed = runs.plot(y=V, x="Capacity [A.h]").axes[0].lines[0].get_xdata()
    # rows hold the end of every step, so nothing is cut off
    assert passed[-1] == approx(result.discharge_capacity + result.charge_capacity, rel=1e-9)
    assert np.all(np.diff(passed) >= 0.0)


def test_lines_are_told_apart_without_colour_while_they_are_few():
    """28 different lines, four neighbours never with the same dash; beyond that a scale of colours."""
    assert len({tuple(look.items()) for look in looks(FEW)}) == FEW
    assert len({look["linestyle"] for look in looks(4)}) == 4
    assert len({tuple(look["color"]) for look in looks(100)}) == 100


def test_a_comparison_is_written_to_a_file(result, tmp_path):
    cellsim.compare(result).plot(tmp_path / "runs.svg")
    assert "<svg" in (tmp_path / "runs.svg").read_text()


def _streamed(tmp_path):
    return cellsim.simulate_many(cellsim.cases(LIQUID, rest(1.0), model=SPM()), path=tmp_path / "runs.parquet")


def _never_began():
    return cellsim.simulate_many([cellsim.Case(LIQUID, [], model=SPM())])


WRONG = {
    "nothing": (lambda r, p: cellsim.compare([]), "nothing to compare"),
    "a name": (lambda r, p: cellsim.compare([LIQUID]), "expected results or ensembles, found str"),
    "in a file": (lambda r, p: cellsim.compare(_streamed(p)), "simulate it without `path`"),
    "failed": (lambda r, p: cellsim.compare(_never_began()), "case 0 did not start"),
    "labels": (lambda r, p: cellsim.compare([r], labels=["a", "b"]), "2 labels for 1 results"),
    "same labels": (lambda r, p: cellsim.compare([r, r], labels=["a", "a"]), "two labels are the same"),
    "unknown": (lambda r, p: cellsim.compare(r).plot(y="Voltage"), "has no variable 'Voltage'; did you mean"),
    "in space": (lambda r, p: cellsim.compare(r).plot(y=C_E), "depends on position"),
    "no panel": (lambda r, p: cellsim.compare(r).plot(y=()), "name at least one"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_compared_is_refused_in_one_sentence(result, tmp_path, what):
    make, words = WRONG[what]
    with pytest.raises(ReportError, match=words):
        make(result, tmp_path)


# ---- the card


class Seen(HTMLParser):
    """Tags, attributes and text of a piece of HTML; unbalanced tags fail."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], {}, ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {(tag, k): v for k, v in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {(tag, k): v for k, v in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_card_names_cell_model_and_how_each_step_ended(result):
    seen = Seen(result._repr_html_())
    for words in (LIQUID, "DFN", "25 °C", *(s.message for s in result.steps), *map(str, STEPS), "40 min"):
        assert words in seen.text
    assert f"{result.steps[0].discharge_energy:+.4g}" in seen.text
    assert f"{-result.steps[2].charge_capacity:+.4g}" in seen.text
    assert len(result._repr_html_()) < 10_000


def test_the_card_s_curve_stays_in_its_frame_and_reaches_both_edges(result):
    """Coordinates are rounded to a tenth of a pixel."""
    seen = Seen(result._repr_html_())
    points = np.array([p.split(",") for p in seen.attributes["polyline", "points"].split()], float)
    assert points.min(axis=0) == approx([1.0, 1.0]) and points.max(axis=0) == approx(np.array(SIZE) - 1.0)
    assert np.all(np.diff(points[:, 0]) >= 0.0)


def test_nothing_a_user_writes_is_markup_in_the_card(result):
    """No scripts, no events, nothing loaded from elsewhere."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    step = replace(result.steps[0], step=evil, message=evil)
    seen = Seen(replace(result, cell=evil, model=evil, steps=(step,))._repr_html_())
    assert not {"script", "img", "iframe", "link", "style"} & set(seen.tags)
    assert not any(k.startswith("on") or k in ("src", "href") for _, k in seen.attributes)
    assert seen.text.count(evil) == 4


def test_the_card_of_a_long_protocol_is_short(result):
    """First and last steps, and how many are between them."""
    many = replace(result, steps=result.steps * 40)
    seen = Seen(many._repr_html_())
    assert seen.tags.count("tr") == 2 + FIRST + LAST and f"{120 - FIRST - LAST} more" in seen.text


def test_a_rest_without_any_change_has_a_card(result):
    """A flat line in the middle."""
    assert "polyline" in simulate(LIQUID, rest(10.0), SPM())._repr_html_()


def test_runs_that_kept_no_voltage_still_have_a_card_and_a_row():
    """An ensemble with `keep` keeps what is asked for."""
    found = cellsim.simulate_many(cellsim.cases(LIQUID, rest(10.0), model=SPM()), keep=["Current [A]"])
    assert "svg" not in Seen(found.results[0]._repr_html_()).tags
    assert np.isnan(cellsim.compare(found).to_pandas()["final_voltage"][0])


def test_a_notebook_shows_any_picture_of_the_package(result):
    """Without a magic word, as a PNG of modest size."""
    png = result.plot()._repr_png_()
    assert png.startswith(b"\x89PNG") and len(png) < 100_000
