# make audit   installs into .venv, runs the main job, prints the verdict, writes report.html
# make test    the same environment with the test extras, runs the suite
# make docs    builds the documentation site into build/docs; warnings are errors
# make quick   a part of the suite, under a minute once kernels are compiled
# make examples   runs the examples and keeps their pictures
# make notebooks   runs the notebooks and keeps what they show
# make pybop   tests of the exchange with PyBOP in .pybop, an environment of their own, as it needs an older NumPy
# make bench   errors and times beside PyBaMM's, and the kernels alone; PART=dfn runs a part of it
PYTHON ?= python3
BIN := .venv/bin
export PYBAMM_DISABLE_TELEMETRY := true

.PHONY: audit test pybop quick examples lint docs notebooks bench clean

audit: .venv/installed
	$(BIN)/cellsim audit -o report.html

test: .venv/tested
	$(BIN)/python -m pytest -n 2 --dist loadfile

docs: .venv/documented
	$(BIN)/sphinx-build -W --keep-going -q docs build/docs

pybop: .pybop/installed
	.pybop/bin/python -m pytest tests/interop/test_pybop.py

quick: .venv/tested
	$(BIN)/python -m pytest -m quick

examples: .venv/tested
	for script in examples/[0-9]*.py; do $(BIN)/python $$script || exit 1; done

lint: .venv/linted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebooks: .venv/tested
	$(BIN)/python notebooks/refresh.py

bench: .venv/installed
	$(BIN)/python benchmarks $(PART)

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[processes]'
	@touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

.pybop/installed: pyproject.toml
	$(PYTHON) -m venv .pybop
	.pybop/bin/python -m pip install --quiet --editable '.[pybop]' pytest
	@touch $@

.venv/linted: .venv/tested
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

.venv/documented: .venv/installed
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	@touch $@

clean:
	rm -rf .venv .pybop build docs/generated report.html
