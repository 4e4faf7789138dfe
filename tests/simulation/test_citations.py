"""What to cite for a run: the papers of what it used and of nothing else, as text and as BibTeX."""

import pickle
import re
import sys
from pathlib import Path

import pytest

import cellsim
from cellsim import cli
from cellsim.errors import ReportError
from cellsim.parameters.sources import sources_used
from cellsim.simulation.citations import Citation, Citations, basis_in, citations_of, table
from cellsim.simulation.result import Result

WRITTEN = Path(__file__).parents[1] / "reference" / "written_by_0_1_0"
SMALL = {
    "DFN": cellsim.DFN((3, 2, 3), 4),
    "SPMe": cellsim.SPMe((3, 2, 3), 4),
    "SPM": cellsim.SPM(4),
    "ThinFilm": cellsim.ThinFilm(6, 4),
}


def keys(result):
    """Keys of what is to be cited, in the order of the list."""
    return [found.key for found in result.citations()]


@pytest.fixture(scope="module")
def result():
    """A short discharge of the DFN."""
    return cellsim.simulate("lgm50_chen2020", "Discharge at 1C for 60 s", SMALL["DFN"])


@pytest.mark.parametrize(
    "cell, model, papers",
    [
        ("lgm50_chen2020", "DFN", ["doyle1993", "fuller1994", "shampine1997", "druskin1999", "newman1968"]),
        ("lgm50_chen2020", "SPMe", ["marquis2019", "shampine1997", "druskin1999"]),
        ("lgm50_chen2020", "SPM", ["marquis2019", "shampine1997", "druskin1999", "newman1968"]),
        ("target_nmc811_lpscl_li", "DFN", ["doyle1993", "shampine1997", "druskin1999", "newman1968"]),
        ("danilov2011", "ThinFilm", ["danilov2011", "shampine1997", "druskin1999"]),
    ],
)
def test_the_model_and_its_methods(cell, model, papers):
    """Fuller's paper is for two insertion electrodes; BAND solves the models on porous volumes."""
    run = cellsim.simulate(cell, "Discharge at 0.5C for 10 s", SMALL[model])
    assert keys(run)[: 3 + len(papers)] == ["cellsim", "lam2015", "harris2020", *papers]
    assert f"Model {model}\n" in str(run.citations())


def test_heat_and_profiles_are_cited_where_they_ran(result):
    """Bernardi's balance and TR-BDF2; without a step of constant load no NDF."""
    assert not {"bernardi1985", "bank1985", "hosea1996"} & set(keys(result))
    warm = cellsim.simulate("lgm50_chen2020", "Discharge at 1C for 10 s", SMALL["SPM"], heat=True)
    assert "bernardi1985" in keys(warm)
    profile = cellsim.simulate("lgm50_chen2020", cellsim.profile([(0.0, 0.0), (5.0, 5.0), (10.0, 1.0)]), SMALL["SPM"])
    assert {"bank1985", "hosea1996"} <= set(keys(profile)) and "shampine1997" not in keys(profile)


def test_the_physics_of_lithium_metal_is_cited_where_it_is_active():
    """Creep that closes voids, and an interphase that grows."""
    cell = cellsim.load("target_nmc811_lpscl_li")
    part = "negative electrode"
    changed = cell.with_({f"{part}/void share": 0.1, f"{part}/creep current density": 1.0})
    run = cellsim.simulate(changed, "Discharge at 0.1C for 10 s", SMALL["SPM"])
    assert "masias2019" in keys(run) and "deal1965" not in keys(run)
    changed = cell.with_(
        {
            f"{part}/interphase conductivity": 1e-6,
            f"{part}/calendar interphase growth": 1e-5,
            f"{part}/interphase reaction rate": 1e-12,
        }
    )
    run = cellsim.simulate(changed, "Discharge at 0.1C for 10 s", SMALL["SPM"])
    assert "deal1965" in keys(run) and "masias2019" not in keys(run)


def test_the_sources_of_the_values_that_were_used(result):
    """Those of the design only with heat; none that no value names; assumptions and changes are a note."""
    cell = cellsim.load("lgm50_chen2020")
    assert keys(result)[-3:] == ["chen2020", "nyman2008", "lgdatasheet"]
    assert "10.1149/1945-7111/ab9050" in str(result.citations())
    assert "some values of lgm50_chen2020 were assumed" in str(result.citations())
    assert "variation made by the user" not in str(result.citations())
    assert set(sources_used(cell)) > set(sources_used(cell, design=False))
    assert "crc" in keys(cellsim.simulate(cell, "Discharge at 1C for 10 s", SMALL["SPM"], heat=True))
    changed = sources_used(cell.with_({"separator/thickness": 2e-5}, method="measured", source="A. Nobody, measured"))
    assert changed["measured"]["citation"] == "A. Nobody, measured"
    nyman = {row[0] for row in cell.provenance().rows if row[3] == "nyman2008"}
    numbers = {
        "electrolyte/conductivity": 1.0,
        "electrolyte/diffusivity": 3e-10,
        "electrolyte/cation transference number": 0.3,
    }
    assert nyman == set(numbers) and "nyman2008" not in sources_used(cell.with_(numbers))


def test_a_paper_of_the_table_has_its_full_entry_in_a_set_too():
    """The set of Marquis 2019 and the model of the same paper: one entry of BibTeX, by DOI."""
    run = cellsim.simulate("marquis2019", "Discharge at 1C for 10 s", SMALL["SPMe"])
    assert keys(run).count("marquis2019") == 2
    assert run.citations().bibtex().count("10.1149/2.0341915jes") == 1
    assert "@article{marquis2019," in run.citations().bibtex()


def entries(text):
    """{key: {field: value}} of BibTeX with a field a line, braces balanced."""
    found = {}
    for block in re.findall(r"^@\w+\{.*?^\}$", text, re.M | re.S):
        assert len(re.findall(r"(?<!\\)\{", block)) == len(re.findall(r"(?<!\\)\}", block))
        key, *lines = block.splitlines()
        found[key.split("{")[1].rstrip(",")] = dict(
            re.fullmatch(r"  (\w+) = \{(.*)\},?", line).groups() for line in lines[:-1]
        )
    return found


def test_bibtex_has_an_entry_for_each_source_with_a_doi(result):
    text = result.citations().bibtex()
    found = entries(text)
    assert found["doyle1993"]["author"] == "M. Doyle and T. F. Fuller and J. Newman"
    assert found["doyle1993"]["doi"] == "10.1149/1.2221597" and found["doyle1993"]["pages"] == "1526--1533"
    assert found["cellsim"]["note"] == f"version {cellsim.__version__}"
    assert found["cellsim"]["author"] == "{cellsim developers}"
    assert "80534" in found["chen2020"]["note"]
    assert set(found) == set(keys(result)) - {"lgdatasheet"}
    assert re.search(r"^% lgdatasheet has no DOI: LG Chem", text, re.M)


def test_every_entry_of_the_table_is_complete():
    """Author, title, year, pages, place; a DOI of the right form or none."""
    for key, found in table().items():
        assert {"author", "title", "year", "pages"} <= set(found.fields) and key[-4:] == found.fields["year"]
        assert found.fields.get("journal") or found.fields.get("booktitle")
        assert not found.doi or re.fullmatch(r"10\.\d{4,}/\S+", found.doi)
        assert found.fields["year"] in str(found) and found.fields["title"] in str(found)
    assert [key for key, found in table().items() if not found.doi] == ["druskin1999"]
    assert str(table()["harris2020"]).startswith("C. R. Harris, K. J. Millman, S. J. van der Walt et al., Array")


def test_words_of_a_parameter_set_do_no_harm_in_bibtex():
    """Signs of LaTeX are escaped, keys are cleaned, and two sources never share one."""
    odd = (
        Citation("a, b}", "", {"note": "R&D {50 %} a_b \\input", "doi": "10.1/x}_"}, "misc"),
        Citation("a, b ", "", {"note": "another", "doi": "10.1/y"}, "misc"),
    )
    found = entries(Citations((("Set", odd),)).bibtex())
    assert found["a__b_"] == {"note": r"R\&D \{50 \%\} a\_b \textbackslash{}input", "doi": "10.1/x_"}
    assert found["a__b__"] == {"note": "another", "doi": "10.1/y"}


@pytest.mark.parametrize("kind", [".parquet", ".nc"])
def test_a_saved_result_cites_the_same(result, tmp_path, kind):
    result.save(tmp_path / f"run{kind}")
    assert str(Result.load(tmp_path / f"run{kind}").citations()) == str(result.citations())
    assert str(pickle.loads(pickle.dumps(result)).citations()) == str(result.citations())


def test_a_result_of_an_ensemble_cites_its_case():
    """Also where only some variables are kept."""
    case = cellsim.Case("lgm50_chen2020", "Discharge at 1C for 10 s", SMALL["SPM"], heat=True)
    kept = cellsim.simulate_many([case], keep=["Voltage [V]"]).results[0]
    assert {"bernardi1985", "chen2020", "marquis2019"} <= set(keys(kept))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["result.pickle", "result.parquet", "result.nc"])
def test_results_of_the_first_version_cite_all_but_their_set(name):
    """The test's own pickle is trusted; the package itself never unpickles one."""
    path = WRITTEN / name
    old = pickle.loads(path.read_bytes()) if path.suffix == ".pickle" else Result.load(path)
    assert keys(old)[:4] == ["cellsim", "lam2015", "harris2020", "marquis2019"] and "chen2020" not in keys(old)
    assert f"note: this result does not hold the sources of its parameter set {old.cell}" in str(old.citations())
    assert entries(citations_of(old).bibtex())["lam2015"]["year"] == "2015"


@pytest.mark.parametrize(
    "basis",
    [
        [],
        {"uses": "DFN", "sources": {}},
        {"uses": [], "sources": {"a": {}}},
        {"uses": [], "sources": {"a": {"citation": 3}}},
        {"uses": [1], "sources": {}},
    ],
)
def test_a_basis_of_another_form_is_refused(basis, result, tmp_path):
    with pytest.raises(ValueError, match="basis"):
        basis_in({"basis": basis})
    object.__setattr__(changed := pickle.loads(pickle.dumps(result)), "basis", basis)
    changed.save(tmp_path / "run.parquet")
    with pytest.raises(ReportError, match="basis: expected"):
        Result.load(tmp_path / "run.parquet")


def test_the_command_line_prints_and_writes_it(capsys, monkeypatch, tmp_path):
    """--cite after the result, --bibtex to a file of that kind only."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["cellsim", "simulate", "lgm50_chen2020", "--model", "SPM", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
            raise SystemExit(0)
        return end.value.code or 0, capsys.readouterr()

    code, out = call("--protocol", "Rest for 10 s", "--cite", "--bibtex", str(tmp_path / "run.bib"))
    assert code == 0 and "Parameter set lgm50_chen2020" in out.out and "Methods\n" in out.out
    assert "marquis2019" in entries((tmp_path / "run.bib").read_text(encoding="utf-8"))
    code, out = call("--protocol", "Rest for 10 s", "--bibtex", str(tmp_path / "run.pdf"))
    assert code == 2 and "save as .bib" in out.err
