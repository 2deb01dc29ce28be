# Forthwith. `make` lists the targets; each needs only python3 (3.11 or newer) and make.
# Package indexes come from pip's own configuration.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYVER = $(shell $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
LOCKED := --no-deps --require-hashes --no-build-isolation
HOST ?= 127.0.0.1
PORT ?= 8080
ARGS ?=

# Compiled modules are kept: the second start is faster for it.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
unexport PYTHONHOME

.PHONY: help install install-dev up test long check fix bench docs lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.main ## Make the environment (.venv), nothing else
install-dev: $(VENV)/.dev ## Make the environment with everything that tests and checks need

up: $(VENV)/.main ## Start everything: database, web server, job worker (HOST, PORT, ARGS)
	@exec $(BIN)/forthwith up --host $(HOST) --port $(PORT) $(ARGS)

test: $(VENV)/.dev $(VENV)/.browser ## Run the tests (ARGS: pytest's arguments)
	@$(BIN)/python -m pytest $(ARGS)

long: $(VENV)/.dev $(VENV)/.browser ## Run the long tests: faults, soak, floods, a million rows
	@FORTHWITH_LONG=1 $(BIN)/python -m pytest tests/load $(ARGS)

check: $(VENV)/.dev ## Check format, lint, types, the floors of the house, and that generated docs are fresh
	@$(BIN)/ruff format --check --quiet . || { echo "some files are not formatted: make fix" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m docs.generate --check

fix: $(VENV)/.dev ## Format, and mend what the linter can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

bench: $(VENV)/.dev ## Measure, and print the table
	@$(BIN)/python -m tests.load.bench $(ARGS)

docs: $(VENV)/.dev ## Write the generated pages of docs/reference
	@$(BIN)/python -m docs.generate

lock: $(VENV)/.dev ## Write requirements/ anew, for each Python (3.11 to 3.13) that is found
	@for version in 3.11 3.12 3.13; do \
	  command -v python$$version >/dev/null && python$$version -c '' 2>/dev/null || { echo "python$$version: not found, its locks are left"; continue; }; \
	  echo "python$$version"; \
	  PYTHON=python$$version requirements/lock; \
	done

clean: ## Remove the environment and caches (never data)
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache src/*.egg-info

# --- The environment, in steps that are taken once. A changed lock repeats its step.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Forthwith needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || echo not there)." >&2; \
	  echo "Name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "'$(PYTHON) -m venv' failed; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.main: $(BIN)/python requirements/build.in $(wildcard requirements/main-*.txt) pyproject.toml setup.py
	@test -f requirements/main-$(PYVER).txt || { \
	  echo "requirements/main-$(PYVER).txt is missing: Python $(PYVER) is not locked (make PYTHON=python3.11)" >&2; exit 1; }
	@echo "Installing dependencies (Python $(PYVER))…"
	@$(PIP) install $(LOCKED) -r requirements/main-$(PYVER).txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python requirements/build.in $(wildcard requirements/dev-*.txt) pyproject.toml setup.py
	@test -f requirements/dev-$(PYVER).txt || { \
	  echo "requirements/dev-$(PYVER).txt is missing: Python $(PYVER) is not locked (make PYTHON=python3.11)" >&2; exit 1; }
	@echo "Installing dependencies and tools (Python $(PYVER))…"
	@$(PIP) install $(LOCKED) -r requirements/dev-$(PYVER).txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@ $(VENV)/.main

# Browser tests use Debian's Chromium; without root somebody else must have installed it.
$(VENV)/.browser: | $(BIN)/python
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing chromium…"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium; } </dev/null >/dev/null 2>&1 \
	    || echo "chromium could not be installed" >&2; \
	fi
	@if command -v chromium >/dev/null; then touch $@; else echo "chromium is missing: install it for the browser tests" >&2; fi
