"""The built wheel, installed where nothing else of the project is: it carries all it needs."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OFFLINE = (
    "import socket, sys\n"
    "def refuse(*a, **k): raise OSError('no network in this test')\n"
    "socket.socket.connect = socket.getaddrinfo = refuse\n"
    "sys.argv[0] = 'cellsim'\n"
    "from cellsim.cli import main; main()"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("cellsim-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A clean environment with the wheel; dependencies come from the running one, cellsim does not."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    site = next(home.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:  # an installer does just this, and adds the script
        archive.extractall(site)
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    for path in sorted(site.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
    site.chmod(0o555)
    yield home / "bin" / "python", site
    for path in (site, *(p for p in site.rglob("*") if p.is_dir())):
        path.chmod(0o755)


def cli(python, tmp_path, *arguments):
    """Run the installed program offline, away from the checkout, with a cache of its own."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "HOME", "XDG_CACHE_HOME")}
    env |= {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "COLUMNS": "160"}
    return subprocess.run(
        [python, "-I", "-B", "-c", OFFLINE, *map(str, arguments)],
        cwd=tmp_path,
        env=env,
        text=True,
        capture_output=True,
        timeout=400,
    )


def test_wheel_carries_its_data(wheel):
    """Parameter sets, their schema, the claims, the page's template and the curves of the validation; no tests."""
    names = zipfile.ZipFile(wheel).namelist()
    for path in (ROOT / "parameter_sets").glob("*.json"):
        assert f"cellsim/_parameter_sets/{path.name}" in names
    for path in (ROOT / "parameter_sets" / "ageing").glob("*.json"):
        assert f"cellsim/_parameter_sets/ageing/{path.name}" in names
    assert "cellsim/py.typed" in names and "cellsim/studies/claim_audit/nissan_energy.yaml" in names
    for path in (ROOT / "cellsim" / "studies" / "claim_audit" / "claims").glob("*.yaml"):
        assert f"cellsim/studies/claim_audit/claims/{path.name}" in names
    assert "cellsim/_reference/dualfoil/C_Li_PEO_TiS2_5_bv.csv" in names  # what `cellsim validate` compares with
    assert "cellsim/_reference/pybamm_single_ion_dis_1.csv" in names
    assert "cellsim/_reference/impedance_pybamm.json" in names
    assert any(n.startswith("cellsim/studies/claim_audit/report/") and n.endswith(".j2") for n in names)
    assert wheel.name.endswith("-py3-none-any.whl")  # compiled kernels only where they are asked for
    assert not any("_compiled" in n or n.endswith((".nbi", ".nbc")) for n in names)
    assert not any(n.split("/")[-1].startswith("test") or n.startswith(("tests", "benchmarks")) for n in names)


def test_source_distribution_is_under_one_licence(tmp_path):
    """All but the folder under CC BY-SA 4.0, without which the tests of the distribution are collected, too."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "tests/conftest.py", "parameter_sets/leaf_2018.json", "pyproject.toml"} <= names
    assert "tests/reference/measured/README.md" in names and not any("about_energy" in name for name in names)


def test_installed_program_runs_offline_without_writing_to_itself(installed, tmp_path):
    """Simulates from the packaged sets; says once that it compiles; its own folder stays as it was."""
    python, site = installed
    before = {p: p.stat().st_mtime_ns for p in site.rglob("*")}
    done = cli(python, tmp_path, "simulate", "leaf_2018", "--discharge", "1")
    assert done.returncode == 0, done.stderr
    assert "reached the lower voltage limit" in done.stdout
    assert done.stderr.count("compiling kernels") == 1
    again = cli(python, tmp_path, "simulate", "leaf_2018", "--discharge", "1")
    assert again.stdout == done.stdout and again.stderr == ""
    assert {p: p.stat().st_mtime_ns for p in site.rglob("*")} == before


def test_installed_program_is_the_wheel_s(installed, tmp_path):
    """Not the checkout's, whose folder is on nobody's path here; bad input is a sentence there too."""
    python, site = installed
    where = subprocess.run(
        [python, "-I", "-c", "import cellsim; print(cellsim.__file__)"],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=True,
    ).stdout.strip()
    assert Path(where).is_relative_to(site.resolve()) or Path(where).is_relative_to(site)
    done = cli(python, tmp_path, "show", "leaf_2081")
    assert done.returncode == 2 and "did you mean 'leaf_2018'" in done.stderr
