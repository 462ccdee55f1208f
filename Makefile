SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
NPM := npm --prefix web/ui --no-fund --no-audit --no-update-notifier
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
           --generate-hashes --no-emit-index-url --no-header --quiet $(if $(UPGRADE),--upgrade)
# The tests to run, as pytest takes them: make test TESTS=tests/live
TESTS ?=
# How many files of tests are run at once: most of them wait more than they compute.
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))

# A stamp is newer than what it was made from, or the step is done again.
RUNNING := .venv/.running
DEVELOPING := .venv/.developing
NODE_MODULES := web/ui/node_modules/.installed
PAGES := .make/pages
PAGE_SOURCES := $(shell find web/ui -name node_modules -prune -o -type f -print 2>/dev/null)
# What the bot learns from its examples: bot/learning.py names the same sources.
LEARNT := bot/data/learnt.npz
LEARNT_SOURCES := $(wildcard bot/data/*.toml bot/data/examples/*.txt) bot/data/__init__.py \
                  $(patsubst %,bot/%.py,intents language learning masking search)
# What is not a benchmark itself, but what they stand on.
BENCH_GROUND := $(patsubst %,benchmarks/%.py,bot_talkers call_talkers compiled fan_servers figures \
                load opening peers picture_peer picture_viewers processes service)
BENCHMARKS := $(patsubst benchmarks/%.py,bench-%,$(subst _,-,$(filter-out \
              $(BENCH_GROUND),$(wildcard benchmarks/[a-z]*.py))))
ifeq ($(wildcard web/static/.),)
$(shell rm -f $(PAGES))
endif

.PHONY: help setup run test lint lint-python lint-types lint-imports lint-locks lint-pages format \
        bench doctor audit lock clean system-packages benchmark-packages

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(DEVELOPING) $(PAGES) $(LEARNT)  ## make .venv, the pages and what the bot learns, for developing

run: $(RUNNING) $(PAGES) $(LEARNT)  ## open a demo shop with a show that is running
	@exec $(BIN)/plusone demo

test: system-packages setup  ## run every test, the quick ones first (TESTS=tests/live: only those)
ifeq ($(TESTS),)
	$(NPM) test
endif
	$(BIN)/pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder $(TESTS)

lint: lint-python lint-types lint-imports lint-locks lint-pages  ## check style, types, imports, locks

lint-python: $(DEVELOPING)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

lint-types: $(DEVELOPING)
	$(BIN)/mypy .

lint-imports: $(DEVELOPING)
	$(BIN)/lint-imports --no-logo

lint-locks: $(DEVELOPING)
	$(BIN)/python -m tools.check_locks

lint-pages: $(NODE_MODULES)
	$(NPM) run check
	$(NPM) run lint
	$(NPM) run format:check

format: $(DEVELOPING) $(NODE_MODULES)  ## put everything into the house's form
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format
	$(NPM) run format

bench: $(BENCHMARKS)  ## run every benchmark, one after the other (JSON=1: a line for each figure)

bench-%: setup system-packages benchmark-packages  ## run one benchmark of benchmarks/
	@$(BIN)/python -m benchmarks.$(subst -,_,$*)

doctor:  ## say what this machine lacks
	@$(PYTHON) tools/doctor.py

audit: $(DEVELOPING)  ## ask for known weaknesses in what is pinned (needs the network)
	$(BIN)/pip-audit --disable-pip --require-hashes -r requirements-dev.txt
	$(NPM) audit

lock: $(DEVELOPING)  ## pin again after a change of dependencies (UPGRADE=1: take newer ones)
	$(COMPILE) --group build --output-file requirements.txt
	$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt
	$(NPM) $(if $(UPGRADE),update,install) --package-lock-only --ignore-scripts
	$(BIN)/python -m tools.check_locks

clean:  ## remove what was made: .venv, node_modules, pages, caches (data stays)
	rm -rf .venv .make dist web/static web/ui/node_modules $(LEARNT)
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

system-packages:
	@$(PYTHON) tools/doctor.py --provide-for-tests >&2

benchmark-packages:
	@$(PYTHON) tools/doctor.py --provide-for-benchmarks >&2

$(BIN)/pip:
	$(PYTHON) tools/doctor.py --python >&2
	$(PYTHON) -m venv .venv >&2

# Nothing is asked of an index but what a lock names, and pip compares every hash. The project
# itself is installed as it lies here, by the build backend that the lock holds.
$(RUNNING): requirements.txt pyproject.toml | $(BIN)/pip
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.txt >&2
	$(PIP) install --quiet --no-deps --no-build-isolation --editable . >&2
	@touch $@

$(DEVELOPING): requirements-dev.txt pyproject.toml | $(BIN)/pip
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.txt >&2
	$(PIP) install --quiet --no-deps --no-build-isolation --editable . >&2
	@touch $(RUNNING) $@

$(NODE_MODULES): web/ui/package.json web/ui/package-lock.json
	$(PYTHON) tools/doctor.py --node >&2
	$(NPM) ci >&2
	@touch $@

$(PAGES): $(NODE_MODULES) $(PAGE_SOURCES)
	$(NPM) run build >&2
	@mkdir -p $(@D) && touch $@

# To run needs no more than what runs; all else is developing.
$(LEARNT): $(LEARNT_SOURCES) | $(if $(filter run,$(MAKECMDGOALS)),$(RUNNING),$(DEVELOPING))
	$(BIN)/python -m bot.learning >&2
