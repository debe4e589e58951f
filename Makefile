# A fresh machine needs Python >= 3.11 and make.
#
#   make forecast   set up, then forecast the pipeline that ships with the package
#   make test       set up, then pass every test (floors, lint, types, examples and code)
#   make            everything a release needs: check
#
# Stamps inside .venv remember what is installed, so a second call starts at once.
# pip reads its settings (PIP_*) from the environment as always.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
BARE   := build/bare
SOURCES := $(wildcard src tests benchmarks scenarios)

.DEFAULT_GOAL := check
.PHONY: check forecast test lint floors test-slow test-nojit golden bench docs bare clean

# --- what people ask for ------------------------------------------------------

check: test bare

forecast: $(VENV)/.package
	$(BIN)/funnelsim forecast --example

# Two workers, a file each at a time; what is timed to the half second runs after them, alone.
test: $(VENV)/.test
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "not alone"
	$(BIN)/python -m pytest -m alone

# --- shelves of the test suite, one at a time ---------------------------------

lint: $(VENV)/.test
	$(BIN)/python -m ruff format --check $(SOURCES)
	$(BIN)/python -m ruff check $(SOURCES)
	$(BIN)/python -m mypy

floors: $(VENV)/.test
	$(BIN)/lint-imports

docs: $(VENV)/.test
	$(BIN)/python -m pytest tests/docs

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest --slow

# The same tests on plain Python: catches what compiled code hides, and measures coverage.
# NumPy scalars warn where compiled integers wrap by intent; the statistical shelf would take hours.
test-nojit: $(VENV)/.dev
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m coverage run --source=src -m pytest \
	  -W "ignore:overflow encountered:RuntimeWarning" --ignore=tests/truth --ignore=tests/architecture
	$(BIN)/python -m coverage report --skip-covered

golden: $(VENV)/.test
	$(BIN)/python -m pytest --update-golden

bench: $(VENV)/.bench
	$(BIN)/python -m pytest benchmarks

# As a user gets it: a wheel with its runtime dependencies only, away from the source.
bare: $(VENV)/.made
	rm -rf $(BARE)
	$(BIN)/python -m venv $(BARE)
	$(BARE)/bin/python -m pip --disable-pip-version-check install --quiet -c constraints.txt .
	cd / && "$(CURDIR)/$(BARE)/bin/funnelsim" --version
	cd / && "$(CURDIR)/$(BARE)/bin/funnelsim" forecast --example

# --- environments -------------------------------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python must be 3.11 or newer; got $$($(PYTHON) --version). Name another: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.package: $(VENV)/.made pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.made pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/.package

$(VENV)/.dev: $(VENV)/.test
	$(PIP) install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	$(PIP) install --quiet -c constraints.txt -e '.[bench]'
	@touch $@

clean:
	rm -rf build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache .coverage
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
