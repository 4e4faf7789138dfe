"""Files of users, whatever is in them: what is used, what is told, what is refused, always in a sentence.

The random part is a short slice; CELLSIM_FUZZ=20 makes it so many times longer.
"""

import json
import os
import pickle
import time
import warnings
from pathlib import Path

import pytest
from reference_cases import HOME

import cellsim
from cellsim import CellsimError, CellsimWarning, ClaimError, ParameterError, Protocol, ProtocolError
from cellsim.parameters.formats.bpx import read_bpx
from cellsim.parameters.laws.law import Law
from cellsim.parameters.load import home
from cellsim.studies.claim_audit.claim_file import DEFAULT
from cellsim.support.files import DEEPEST, cut, parse_json, quoted, read_text
from cellsim.support.yaml_file import MOST_NODES

LG = "lgm50_chen2020"
BPX = HOME / "about_energy" / "lfp_18650_cell_BPX.json"
LONG = int(os.environ.get("CELLSIM_FUZZ", "1"))
READERS = {".json": cellsim.load, ".yaml": cellsim.load_claim, ".csv": cellsim.profile}


@pytest.fixture(autouse=True)
def quiet():
    """Warnings about what is not used are asked for where they matter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CellsimWarning)
        yield


@pytest.fixture
def wrote(tmp_path):
    """A function that writes a file of a suffix and gives its path."""

    def write(suffix, content):
        path = tmp_path / f"mine{suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        return path

    return write


def laws_of(cell):
    """All laws of a cell by path."""
    return {row[0]: cell.law(row[0]) for row in cell.provenance().rows}


def bpx(change=lambda raw: None):
    """The text of the LFP file, changed."""
    raw = json.loads(BPX.read_text(encoding="utf-8"))
    change(raw)
    return json.dumps(raw)


# what goes wrong with any file


@pytest.mark.parametrize("suffix", READERS)
def test_what_is_no_file_is_refused_at_once(suffix, tmp_path):
    """A folder, a pipe that no one writes to, a device, nothing, and names that no file can have."""
    read = READERS[suffix]
    (tmp_path / f"folder{suffix}").mkdir()
    names = [
        tmp_path / f"folder{suffix}",
        tmp_path / f"none{suffix}",
        *(name + suffix for name in ("\0", "x" * 5000, "\ud800")),
    ]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / f"pipe{suffix}")
        (tmp_path / f"zero{suffix}").symlink_to("/dev/zero")
        names += [tmp_path / f"pipe{suffix}", tmp_path / f"zero{suffix}"]
    for name in names:
        began = time.process_time()
        with pytest.raises(CellsimError, match="cannot be read|give (the|a) path") as refused:
            read(name)
        assert time.process_time() - began < 2.0 and len(str(refused.value)) < 400
        str(refused.value).encode()  # can be printed


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("content", [b"\xff\xfe\x00a", b"\x80" * 100, "é".encode("latin-1") * 9])
def test_what_is_not_utf8_is_said(suffix, content, wrote):
    with pytest.raises(CellsimError, match="not text in UTF-8"):
        READERS[suffix](wrote(suffix, content))


def test_a_file_may_begin_with_a_byte_order_mark_and_end_its_lines_in_any_way(wrote):
    assert cellsim.load(wrote(".json", b"\xef\xbb\xbf" + (home() / f"{LG}.json").read_bytes())).title
    assert cellsim.load_claim(wrote(".yaml", b"\xef\xbb\xbf" + DEFAULT.read_bytes())).title
    assert read_text(wrote(".csv", b"\xef\xbb\xbf0,1\r\n1,2\r3,4\n"), ParameterError) == "0,1\n1,2\n3,4\n"


@pytest.mark.parametrize("suffix, much", [(".json", 11e6), (".yaml", 0.3e6), (".csv", 51e6)])
def test_large_files_are_refused_before_they_are_read(suffix, much, tmp_path):
    """Sparse files, which cost nothing to write."""
    path = tmp_path / f"large{suffix}"
    with open(path, "wb") as file:
        file.truncate(int(much))
    with pytest.raises(CellsimError, match="is larger than"):
        READERS[suffix](path)


def test_json_is_read_once_a_key_to_a_depth_and_without_odd_characters():
    """30,000 different keys and one twice take no time; the last level that is read, and the next."""
    many = ", ".join(f'"k{k}": 1' for k in range(30_000))
    began = time.process_time()
    with pytest.raises(ParameterError, match="'k7' appears twice"):
        parse_json(f'{{{many}, "k7": 2}}', "a", ParameterError)
    assert time.process_time() - began < 5.0  # 20 ms; 20 s where each key is compared with all
    assert parse_json("[" * DEEPEST + "]" * DEEPEST, "a", ParameterError)
    for text, words in (
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "too deeply"),
        ("[" * 10**6, "too deeply"),
        (r'["\u001b[2J"]', "control"),
        (r'{"\ud800": 1}', "character"),
        ("1" * 5000, "a: "),
        ("[1e5, Infinity]", "Infinity is not"),
        ("{", "not valid JSON"),
    ):
        with pytest.raises(ParameterError, match=words) as refused:
            parse_json(text, "a", ParameterError)
        assert str(refused.value).isprintable()


def test_values_are_quoted_without_being_written_out():
    """A structure that would take 10^12 characters, one that contains itself, an object that cannot say what it is."""
    huge: list = [1] * 10
    for _ in range(12):
        huge = [huge] * 10
    itself: list = []
    itself.append(itself)

    class Odd:
        def __repr__(self):
            raise RuntimeError

    for value in (huge, itself, Odd(), "x" * 10**7, {"a": huge}, 10**5000):
        assert len(quoted(value)) < 60
    assert len(cut("x" * 10**6)) < 200 and cut("a\x1bb") == "a\\x1bb"


# parameter sets


def test_all_that_a_missing_section_must_hold_is_named_at_once(wrote):
    raw = json.loads((home() / f"{LG}.json").read_text(encoding="utf-8"))
    del raw["electrolyte"], raw["separator"]
    with pytest.raises(ParameterError) as refused:
        cellsim.load(wrote(".json", json.dumps(raw)))
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert all(f"{key} [" in lines[1] for key in ("initial concentration", "conductivity", "diffusivity"))


def test_a_file_of_many_faults_is_answered_in_a_page(wrote):
    """Thousands of unknown keys, sources and wrong numbers."""
    raw = json.loads((home() / f"{LG}.json").read_text(encoding="utf-8"))
    raw["electrolyte"] |= {f"diffusivty {k}": k for k in range(20_000)}
    raw["sources"] |= {f"s{k}": 3 for k in range(20_000)}
    raw["positive electrode"]["open-circuit potential"] = {
        "table": {"x": ["a"] * 100_000, "y": [0.1] * 100_000},
        "unit": "V",
        "source": "s",
        "method": "fitted",
    }
    path, began = wrote(".json", json.dumps(raw)), time.process_time()
    with pytest.raises(ParameterError) as refused:
        cellsim.load(path)
    assert time.process_time() - began < 5.0  # 0.1 s; minutes where each key is compared with all names
    assert len(str(refused.value)) < 60_000 and "further faults" in str(refused.value)


@pytest.mark.parametrize("given", [None, 3, 1.5, ["lgm50_chen2020"], {}, b"lgm50_chen2020", object()])
def test_a_cell_is_a_name_a_path_or_a_cell(given):
    with pytest.raises(ParameterError, match="a cell is the name of a parameter set"):
        cellsim.load(given)


# expressions


@pytest.mark.parametrize(
    "text, instead",
    [
        ("x^2", r"x\*\*2"),
        ("1 if x > 0.5 else 2", "max and min"),
        ("log10(x)", r"log\(x\)/log\(10\)"),
        ("np.exp(x)", r"exp\(x\)"),
        ("ln(x)", r"log\(x\)"),
        ("2x", r"2\*x"),
        ("3(x + 1)", r"3\*\(x"),
        ("x²", r"x\*\*2"),
        ("1,5*x", "a point"),
        ("pi*x", "3.14159"),
        ("c_e/1000", "write x"),
        ("x < 1", "max and min"),
        ("pow(x, 2)", r"x\*\*2"),
        ("t*x", "write T"),
    ],
)
def test_what_is_written_otherwise_here_is_said(text, instead):
    with pytest.raises(ParameterError, match=instead):
        Law.of({"expression": text})


@pytest.mark.parametrize(
    "text, value",
    [
        ("1 + 1e-9/(x - 1000.05)", "x = 1000"),
        ("1 + 1e-9/(x - 700.01)**2", "x = 700"),
        ("1 + 1e-12/tanh(x - 812.34)", "x = 812"),
        ("1 + 1e-9*(x - 900.77)**-1", "x = 900"),
    ],
)
def test_a_pole_between_points_is_found(text, value):
    """They are 10 mol/m3 apart and the poles far narrower."""
    with pytest.raises(ParameterError, match=value):
        cellsim.load(LG).with_({"electrolyte/conductivity": text})


@pytest.mark.parametrize(
    "text",
    [
        "1 + sqrt((x - 1000.05)*(x - 1000.05))/1e4",
        "1 + abs(x - 1000.05)**0.3/100",
        "1/(1 + (x/1000)**2)",
        "1/((x/1000 - 1)**2 + 1e-2)",
        "1 + x/1000*log(x/1000 + 1)",
        "1/(1 + exp(-x/1000))",
    ],
)
def test_what_only_looks_like_a_pole_is_accepted(text):
    """Kinks, roots of squares, and divisors that stay away from zero."""
    law = cellsim.load(LG).with_({"electrolyte/conductivity": text}).law("electrolyte/conductivity")
    assert law.expression == text


def test_a_law_is_checked_at_the_temperature_of_a_run():
    """A conductivity that vanishes at 318.15 K; a diffusivity of Valoen and Reimers, whose pole lies within the salt's
    range below 249 K: named with the law, x and T, and nothing else is refused.
    """
    cell = cellsim.load(LG).with_(
        {
            "electrolyte/conductivity": "1-(T-298.15)*0.05",
            "electrolyte/diffusivity": "1e-4*10**(-4.43-54/(T-229-5e-3*x)-0.22e-3*x)",
        }
    )
    for T in (None, 298.15, 310.0, 260.0):
        assert cell.temperature(T) == (T or 298.15)
    with pytest.raises(ParameterError, match=r"electrolyte/conductivity: gives -0.75 .* T = 333.15 K"):
        cellsim.simulate(cell, "Rest for 1 s", temperature=333.15)
    with pytest.raises(ParameterError, match=r"electrolyte/diffusivity: gives inf at x = 2830.* T = 243.15 K"):
        cell.temperature(243.15)


@pytest.mark.parametrize("name", cellsim.cells())
def test_shipped_sets_hold_from_the_cold_to_the_heat(name):
    """No shipped law is without a value between -40 and 100 degC."""
    for celsius in (-40.0, -20.0, 0.0, 45.0, 60.0, 100.0):
        assert cellsim.load(name).temperature(celsius + 273.15) == celsius + 273.15


# BPX


def test_bpx_heat_is_that_of_the_file():
    """Density x volume x specific heat, 1940 * 1.7e-5 * 999 J/K, and the external surface; to rounding of a product."""
    from cellsim.design.thermal import cooling_area, heat_capacity

    cell = read_bpx(BPX)
    assert heat_capacity(cell) == pytest.approx(1940.0 * 1.7e-5 * 999.0, rel=1e-12)
    assert cooling_area(cell) == 0.00431


def test_a_run_of_a_bpx_cell_heats_up_by_its_own_heat_capacity():
    """As with both numbers given by hand, bit for bit; 20 K at 2C, where an assumed pouch rose by 1."""
    cell, T = read_bpx(BPX), "Cell temperature [K]"
    one = cellsim.simulate(cell, "Discharge at 2C", heat=True)
    by_hand = cellsim.Lumped(heat_capacity=1940 * 1.7e-05 * 999, cooling_area=0.00431)
    assert one[T].max() == pytest.approx(cellsim.simulate(cell, "Discharge at 2C", heat=by_hand)[T].max(), abs=1e-9)
    assert 15.0 < one[T].max() - 298.15 < 30.0


def test_what_is_not_used_of_bpx_is_a_remark_that_stays_with_the_cell(wrote):
    """In a warning, in variations, pickles, our own files made of it, and their schema."""
    import jsonschema

    from cellsim.parameters.schema import json_schema

    def change(raw):
        raw["Parameterisation"]["Cell"]["Initial temperature [K]"] = 310.0
        raw["Parameterisation"]["User-defined"] = {"Tab length [m]": 0.01}
        raw["Validation"] = {"1C": {"Time [s]": [0, 1], "Current [A]": [1, 1], "Voltage [V]": [3, 3]}}
        for key in ("Volume [m3]", "External surface area [m2]"):
            del raw["Parameterisation"]["Cell"][key]

    path = wrote(".json", bpx(change))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        cell = cellsim.load(path)
    assert [w.category for w in told] == [CellsimWarning] and Path(told[0].filename).name == "test_readers.py"
    for words in (
        "give simulate temperature=310",
        "Tab length",
        "measured runs",
        "Thermal conductivity",
        "factor of 2",
        "do not determine the heat capacity",
        "no external surface area",
    ):
        assert sum(words in remark for remark in cell.remarks) == 1 and words in str(told[0].message)
    for same in (
        cell.with_({"separator/thickness": 21e-6}),
        pickle.loads(pickle.dumps(cell)),
        cellsim.load(wrote(".json", json.dumps(cell.to_json()))),
    ):
        assert same.remarks == cell.remarks
    jsonschema.validate(cell.to_json(), json_schema())
    assert cellsim.load(LG).remarks == ()


def test_a_bpx_file_of_version_1_is_the_same_cell(wrote):
    """State says what stood in Cell and Electrolyte; it may give a coefficient of heat transfer and a start."""

    def change(raw):
        raw["Header"] |= {"BPX": "1.1.0"}
        cell, salt = raw["Parameterisation"]["Cell"], raw["Parameterisation"]["Electrolyte"]
        raw["State"] = {
            "Initial conditions": {
                "Initial state-of-charge": 0.5,
                "Initial temperature [K]": cell.pop("Initial temperature [K]"),
                "Initial electrolyte concentration [mol.m-3]": salt.pop("Initial concentration [mol.m-3]"),
            },
            "Thermal environment": {
                "Ambient temperature [K]": cell.pop("Ambient temperature [K]"),
                "Heat transfer coefficient [W.m-2.K-1]": 25.0,
            },
            "Degradation": {"LLI": 0.0, "LAM: Negative electrode": 0, "LAM: Positive electrode": None},
        }

    old, new = read_bpx(BPX), read_bpx(wrote(".json", bpx(change)))
    assert new.value("cell/heat transfer coefficient") == 25.0
    assert laws_of(old) == {path: law for path, law in laws_of(new).items() if path != "cell/heat transfer coefficient"}
    assert any("soc=0.5" in remark for remark in new.remarks) and not any("factor" in r for r in new.remarks)


def at(*keys, **new):
    """A change of a BPX file: entries of a section."""

    def change(raw):
        for key in keys:
            raw = raw.setdefault(key, {})
        raw |= {k.replace("_", " "): v for k, v in new.items()}

    return change


NEGATIVE = ("Parameterisation", "Negative electrode")


@pytest.mark.parametrize(
    "change, words",
    [
        (
            lambda raw: raw["Parameterisation"].update(
                {"User-defined": {"Negative electrode lithiation OCP [V]": 0.1}}
            ),
            "give 'OCP (lithiation) [V]' and 'OCP (delithiation) [V]'",
        ),
        (at(*NEGATIVE, **{"OCP (delithiation) [V]": 0.1}), "is one branch of a hysteresis; add 'lithiation"),
        (
            at("State", **{"Initial conditions": {"Initial hysteresis state: Negative electrode": "x"}}),
            "Initial hysteresis state: Negative electrode: a number is needed",
        ),
        (at(*NEGATIVE, Particle={"a": {}, "b": {}}), "Negative electrode/Particle/a/Particle radius [m]: a number is"),
        (at(*NEGATIVE, Particle=[]), "Negative electrode/Particle: must be an object of materials by name"),
        (at("State", Degradation={"LLI": 0.1}), "degraded states are not supported"),
        (at("State", Degradaton={}), "State/Degradaton"),
        (lambda raw: raw["Parameterisation"].pop("Electrolyte"), "Electrolyte: missing section"),
        (at("Header", Model="Partial"), "'Partial' is not supported"),
        (at("Colour", red=1), "Colour: unknown section"),
        (at("State", **{"Initial conditions": {"Initial state-of-charge": "x"}}), "a number is needed"),
        (at(*NEGATIVE, **{"Particle radius [m]": 1e999}), "Particle radius"),
    ],
)
def test_what_would_make_a_run_of_bpx_wrong_is_refused(change, words, wrote):
    text = bpx(change).replace("Infinity", "1e999")
    with pytest.raises(ParameterError) as refused:
        cellsim.load(wrote(".json", text))
    assert words in str(refused.value) and "mine.json" in str(refused.value)


def test_a_single_particle_is_an_electrode_and_a_model_a_remark(wrote):
    """The one member of Particle holds what else stands in the electrode."""

    def change(raw):
        raw["Header"]["Model"] = "SPMe"
        part = raw["Parameterisation"]["Negative electrode"]
        inner = {
            k: part.pop(k)
            for k in list(part)
            if k not in ("Thickness [m]", "Porosity", "Transport efficiency", "Conductivity [S.m-1]")
        }
        part["Particle"] = {"graphite": inner}

    cell = read_bpx(wrote(".json", bpx(change)))
    assert laws_of(cell) == laws_of(read_bpx(BPX))
    assert any("model=cellsim.SPMe()" in remark for remark in cell.remarks)


def test_the_command_line_reads_bpx_and_says_what_it_does_not_use(monkeypatch, capsys):
    from cellsim import cli

    monkeypatch.setattr("sys.argv", ["cellsim", "show", str(BPX)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr()
    assert not end.value.code and "LFP" in said.out and "Remark: Thermal conductivity" in said.out
    assert said.err.count("cellsim: note: ") == 2 and "Warning" not in said.err


# claims


def laughs(levels):
    """YAML in which ten aliases of ten aliases and so on stand for one line."""
    lines = ["l0: &l0 [a, a, a, a, a, a, a, a, a, a]"]
    lines += [f"l{k}: &l{k} [{', '.join([f'*l{k - 1}'] * 10)}]" for k in range(1, levels)]
    return "\n".join(lines) + f"\nfactor: *l{levels - 1}\n"


@pytest.mark.parametrize(
    "text, words",
    [
        (laughs(10), f"more than {MOST_NODES} values"),
        ("a: &a [*a]", "refers to a node that contains it"),
        ("a: &a {b: *a}", "refers to a node that contains it"),
        ("a: " + "[" * 5000, "too deeply"),
        ("a: 1\na: 2", "'a' appears twice"),
        ("a: {b: 1, b: 2}", "'b' appears twice"),
        ("a: !!python/object/apply:os.system [ls]", "the tag"),
        ("a: !!binary aGk=", "the tag"),
        ("? [a]\n: 1", "a key is a list"),
        ("a: " + "1" * 5000, "too many digits"),
        ("a: 1" + ":1" * 90_000, "too many digits"),
        ("- a", "contains no keys"),
        ("", "contains no keys"),
        ('a: "\\e[2J"', "control character"),
        ("a: [", "not valid YAML"),
        ("\0", "not valid YAML"),
    ],
)
def test_yaml_that_is_no_claim_is_refused_in_a_sentence(text, words, wrote):
    """Without being written out: within seconds."""
    began = time.process_time()
    with pytest.raises(ClaimError, match=words) as refused:
        cellsim.load_claim(wrote(".yaml", text))
    assert time.process_time() - began < 10.0 and len(str(refused.value)) < 1000


def test_a_date_in_yaml_is_text_and_an_alias_may_be_used(wrote):
    import yaml

    raw = yaml.safe_load(DEFAULT.read_text(encoding="utf-8")) | {"note": "@"}
    text = yaml.safe_dump(raw | {"title": "@"}).replace("'@'", "&t 2024-01-31", 1).replace("'@'", "*t", 1)
    found = cellsim.load_claim(wrote(".yaml", text))
    assert found.note == found.title == "2024-01-31"
    with pytest.raises(ClaimError, match="factor: .*'2024-01-31'"):
        cellsim.load_claim(wrote(".yaml", "factor: 2024-01-31"))


# protocols


@pytest.mark.parametrize("name", ["/etc/passwd", "secret", "secret.json", "../secret.csv", "nothing.csv", "secret.csv"])
def test_a_protocol_names_only_files_of_numbers_and_quotes_none(name, tmp_path, monkeypatch):
    """What is in a file never stands in the error."""
    (tmp_path / "inner").mkdir()
    for path in (tmp_path / "secret.csv", tmp_path / "inner" / "secret.csv", tmp_path / "inner" / "secret"):
        path.write_text("root:x:0:0\npassword,1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "inner")
    for files in (True, tmp_path / "inner", False):
        with pytest.raises(ProtocolError) as refused:
            Protocol(f'Run "{name}"', files=files)
        assert "x:0" not in str(refused.value) and "password" not in str(refused.value)
        assert files is not False or "files=False" in str(refused.value)
        assert str(tmp_path) not in str(refused.value)


def test_a_folder_is_where_the_files_of_a_protocol_lie(tmp_path):
    """Not beside it; and a file that has changed is read again."""
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "load.csv"
    path.write_text("0,1\n10,2\n", encoding="utf-8")
    (tmp_path / "load.csv").write_text("0,1\n10,2\n", encoding="utf-8")
    text = 'Run "load.csv"'
    assert Protocol(text, files=tmp_path / "in").steps[0].target.values == (1.0, 2.0)
    path.write_text("0,1\n10,3\n", encoding="utf-8")
    assert Protocol(text, files=str(tmp_path / "in")).steps[0].target.values == (1.0, 3.0)
    with pytest.raises(ProtocolError, match="lies outside the folder"):
        Protocol('Run "../load.csv"', files=tmp_path / "in")


@pytest.mark.parametrize("text", ["Discharge at 0 Ohm for 1 s", "Hold at 0 Ohm for 1 s"])
def test_a_short_circuit_is_no_rest(text):
    with pytest.raises(ProtocolError, match="a short circuit"):
        Protocol(text)
