# The two that matter: `make run` and `make test`. Both set up whatever they need, and can be called again and again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TRACKER := $(BIN)/tracker
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run setup lint types test test-long clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## Set up, migrate, load seeds/, print the address and the one-time link, and serve
	@$(TRACKER) db upgrade
	@$(TRACKER) seeds load
	@$(TRACKER) users link
	@$(TRACKER) serve

setup: $(VENV)/.installed ## Create the environment and install what the tracker needs

lint: $(VENV)/.installed-test ## Check style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.installed-test ## Check types
	@$(BIN)/mypy

test: lint types ## Set up and run the tests (SQLite, PostgreSQL and a browser where there is one)
	@$(BIN)/python -m pytest -n 2 -m "not long"

test-long: lint types ## All tests, the heavy matrices included
	@$(BIN)/python -m pytest -n 2

clean: ## Remove the environment; instance/ and what is in it stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; call 'make PYTHON=/path/to/python3.11 ...'" >&2; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml pins.txt
	@echo "Installing what the tracker needs (once; under a minute)"
	@$(PIP) install --constraint pins.txt --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "Installing what the tests need (once; under a minute)"
	@$(PIP) install --constraint pins.txt --editable '.[test]'
	@touch $@
