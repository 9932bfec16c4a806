# make ask    install, index the seeds, ask a question        make test   the whole test suite
# make app    open the chat in a browser                      make check  lint, types and the tests

PYTHON ?= python3
CORPUS ?= seeds
INDEX ?= index
QUESTION ?= what did Lavrov and Kerry discuss?
JOBS ?= 2
TESTS ?= tests

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export PIP_NO_INPUT := 1

.PHONY: ask app index test check lint types clean
.DEFAULT_GOAL := ask

ask: index
	@$(BIN)/qa ask "$(QUESTION)" --index "$(INDEX)"

app: .venv/.installed
	@$(BIN)/qa app --index "$(INDEX)" --corpus "$(CORPUS)"

# Builds the index, or brings it up to date: only what changed is read.
index: .venv/.installed
	@$(BIN)/qa index build --corpus "$(CORPUS)" --index "$(INDEX)"

test: .venv/.tested
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadscope $(TESTS)

check: lint types test

lint: .venv/.tested
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/.tested
	@$(BIN)/mypy

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "Creating .venv with $$($(PYTHON) --version)" >&2
	@$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml | .venv/bin/python
	@echo "Installing qa into .venv (a few minutes the first time: torch and streamlit are large)" >&2
	@$(PIP) --editable .
	@touch $@

.venv/.tested: .venv/.installed
	@echo "Installing what the tests need" >&2
	@$(PIP) --editable '.[pdf,docx,html,llm,dev]'
	@touch $@

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
