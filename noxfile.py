"""The tests on every version of Python that cellsim supports, each in an environment of its own.

nox                                   all of them on every version that is installed
nox -s tests-3.13 -- tests/cli        some of them on one; after -- is what pytest takes
"""

import nox

VERSIONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))  # of the classifiers
nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True


@nox.session(python=VERSIONS)
def tests(session: nox.Session) -> None:
    """Install the package with what its tests need, and run them."""
    session.install("--editable", ".[test,cycler]")
    session.run("pytest", *session.posargs, env={"PYBAMM_DISABLE_TELEMETRY": "true"})
