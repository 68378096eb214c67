# `make run` shows Baton, `make test` proves it. Everything is installed into .venv from the pinned locks.

PYTHON ?= python3
BIN := .venv/bin
LOCKS := $(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
DEV_LOCKS := $(shell cat requirements.lock requirements-dev.lock pyproject.toml | cksum | cut -d' ' -f1)
RUN_STAMP := .venv/.run-$(LOCKS)
DEV_STAMP := .venv/.dev-$(DEV_LOCKS)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq --no-input
TESTS ?= tests
LONG ?= tests/services/test_races.py tests/services/test_takeover_races.py tests/services/test_crash_points.py tests/services/test_assignment_model.py tests/machine tests/chaos tests/realtime/test_pushed_equals_fresh.py
ROUNDS ?= 10

.DEFAULT_GOAL := help
.PHONY: help run install install-dev lint test test-long e2e bench css screenshots lock revision clean

help: ## what there is to make
	@grep -E '^[a-z0-9-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: $(RUN_STAMP) ## the demo: migrates, loads, serves, prints addresses and logins
	@exec $(BIN)/baton demo

install: $(RUN_STAMP) ## .venv with what Baton needs

install-dev: $(DEV_STAMP) ## and with what its tests need

lint: $(DEV_STAMP) ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## everything, under 15 minutes on 2 cores
	@$(BIN)/python -m tests.chromium
	$(BIN)/pytest -n 3 --dist worksteal $(TESTS) || { echo "What failed beside others, once more and alone:"; \
		$(BIN)/pytest --last-failed --last-failed-no-failures none $(TESTS); }

test-long: $(DEV_STAMP) ## the big races and the chaos runs; prints their figures
	$(BIN)/python -m pytest -p tests.rounds --rounds $(ROUNDS) $(LONG)

e2e: $(DEV_STAMP) ## the journeys in Chromium alone
	@$(BIN)/python -m tests.chromium
	$(BIN)/pytest tests/e2e

bench: $(DEV_STAMP) ## figures of one process with 300 pages and 100,000 conversations
	$(BIN)/python -m benchmarks

css: ## the stylesheet and what is vendored, from frontend/ (needs Node.js)
	cd frontend && npm ci --no-fund --no-audit && node build.mjs

screenshots: $(DEV_STAMP) ## every page, light and dark, wide and narrow, into build/screenshots
	@$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.e2e.screenshots

revision: $(DEV_STAMP) ## the next step of the schema from the models: make revision m="Add tags"
	$(BIN)/python -m migrations.revise "$(m)"

clean: ## forget .venv and what was built; the data folder stays
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(RUN_STAMP):
	@command -v git >/dev/null || { echo "git is missing: apt-get install -y git" >&2; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: apt-get install -y python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "venv is missing: apt-get install -y python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv …"
	@$(PIP) install --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f .venv/.run-*
	@touch $@

$(DEV_STAMP): | $(RUN_STAMP)
	@echo "Installing what the tests need …"
	@$(PIP) install --no-deps -r requirements-dev.lock
	@rm -f .venv/.dev-*
	@touch $@
