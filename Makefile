# `make demo` and `make test` work from a fresh clone with Python 3.11 or newer and make, nothing else.
# Another Python: make demo PYTHON=/path/to/python3.12

VENV := .venv
# What the tests exercise beside the package itself: extras installed along with dev.
WITH_dev := ,web,read
WITH_mutants := ,dev,web,read
# Two processes with one thread each: more threads of one process wait for each other. One room is over sooner in one.
WORKERS ?= 2
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NPROC=1
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip install -qq

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && { echo $$p; break; }; done)

.PHONY: help demo test lint hooks chromium docs bench acceptance papers wheel versions minimum mutants stored clean

help:
	@echo "make demo        install into $(VENV) and run the dispute of May 2018"
	@echo "make test        style, types and tests; PART=policy: the tests of one room alone"
	@echo "make lint        style and types alone"
	@echo "make hooks       run make lint before every commit"
	@echo "make docs        build the documentation into site/"
	@echo "make bench       measure speed and memory"
	@echo "make acceptance  the tests that take minutes"
	@echo "make papers      published numbers beside computed ones"
	@echo "make mutants     change the code in 100 places: do the tests notice?"
	@echo "make wheel       build sdist and wheel, install the wheel elsewhere and use it"
	@echo "make versions    the core's tests with every Python that pyproject.toml claims"
	@echo "make minimum     the core's tests with the oldest libraries that it admits"
	@echo "make stored      compute the results anew that tests of the report read"
	@echo "make clean       remove $(VENV) and what was built"

demo: $(VENV)/.installed
	@$(BIN)/detente run us-china-2018

test: $(if $(PART),$(VENV)/.installed-dev,lint) chromium
	@$(ONE_THREAD) $(BIN)/python -m pytest $(if $(PART),tests/$(PART),-n $(WORKERS) --dist worksteal)

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

hooks: $(VENV)/.installed-dev
	@$(BIN)/pre-commit install

chromium:
	@sh tools/chromium.sh

docs: $(VENV)/.installed-docs
	@$(BIN)/python tools/docs.py
	@$(BIN)/zensical build --strict --clean

bench: $(VENV)/.installed-dev
	@kept=0; for run in run war packages talks ensemble; do $(BIN)/python benchmarks/$$run.py || kept=1; done; exit $$kept

acceptance: $(VENV)/.installed-dev chromium
	@$(BIN)/python -m pytest -m slow
	@DETENTE_STORED=compare $(BIN)/python -m pytest tests/report

stored: $(VENV)/.installed-dev
	@DETENTE_STORED=record $(BIN)/python -m pytest -q tests/report

papers: $(VENV)/.installed
	@set -e; for run in papers/*/run.py; do $(BIN)/python "$$run"; done
	@$(BIN)/python tools/docs.py

mutants: $(VENV)/.installed-mutants
	@$(ONE_THREAD) $(BIN)/python tools/mutants.py -n $(or $(N),100) --seed $(or $(SEED),1) --rooms $(ROOMS)

wheel: $(VENV)/.installed-release
	@$(BIN)/python tools/wheel.py

versions: $(VENV)/.installed-release
	@$(BIN)/tox run --skip-env minimum

minimum: $(VENV)/.installed-release
	@$(BIN)/tox run -e minimum

clean:
	rm -rf $(VENV) .tox build dist site .cache .pytest_cache .mypy_cache .ruff_cache

$(BIN)/python:
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then \
		found=$$($(or $(PYTHON),python3) --version 2>&1 || true); \
		echo "detente needs Python 3.11 or newer; found: $${found:-no python3}." >&2; \
		echo "Install one, or name it: make demo PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi
	@$(PYTHON) -m venv $(VENV)

# Each stamp is made anew when what the package needs has changed; a second run installs nothing.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "installing detente into $(VENV) (about a minute)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	@echo "installing detente[$*] into $(VENV) (about a minute)"
	@$(PIP) --editable '.[$*$(WITH_$*)]'
	@touch $@ $(VENV)/.installed
