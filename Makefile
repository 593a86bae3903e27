# Phyght Cloud Storage. Only make and Python 3.11 or later are needed; everything else goes into .venv.
#
#   make run     start the dashboard on http://127.0.0.1:8501 (demo data until .env connects an account)
#   make test    every check: lint, types, import contracts, unit, page and browser tests
#   make lint    only lint, types and import contracts
#   make bench   the figures of docs/benchmarks.md
#   make clean   forget the environment and caches; data in .phyght/ stays
#   make lock    work out the pinned requirements again (make lock UPGRADE=--upgrade for newer versions)

SHELL := /bin/sh
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet install
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --annotation-style line \
	--custom-compile-command "make lock" $(UPGRADE)
TESTS ?= tests

# An environment that was moved, or whose Python is gone, is made again.
$(shell [ "$$(cat .venv/created 2>/dev/null)" = "$$(pwd -P)" ] && .venv/bin/python -c "" 2>/dev/null || rm -f .venv/created)

# What the tests and the app start, a hundred processes, would each compile the code anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint style bench clean lock
.DEFAULT_GOAL := run
.NOTPARALLEL:

run: .venv/installed
	@.venv/bin/python -m core demo --if-needed
	@exec .venv/bin/python -m dashboard

# `make test TESTS=tests/costs` runs a part of them; the types are always checked, beside the others
test: style
	@exec .venv/bin/python -m pytest -n 2 tests/test_types.py $(TESTS)

lint: style
	@.venv/bin/basedpyright

style: .venv/installed-dev
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet || { echo "Run .venv/bin/ruff format to mend the layout."; exit 1; }
	@.venv/bin/lint-imports --no-logo

bench: .venv/installed-dev .venv/aws/installed .venv/forecasting/installed
	@exec .venv/bin/python -m benchmarks

clean:
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: .venv/installed
	@$(PIP) uv
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	@{ echo "-r requirements.txt"; sed '/-c requirements.txt/d' requirements-dev.txt; } > .venv/dev.txt
	@mv .venv/dev.txt requirements-dev.txt

# Each of these files is written when its step is complete, so a killed step is done again.
.venv/created: .ci/create-venv
	@sh .ci/create-venv
	@pwd -P > $@

.venv/installed: requirements.txt .venv/created
	@echo "Installing what requirements.txt lists into .venv (once; a minute or two)..."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what requirements-dev.txt lists into .venv (once; a minute or two)..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

# What uploads are compared with; it wants another botocore than Phyght does.
.venv/aws/installed: benchmarks/requirements-aws.txt .venv/installed-dev
	@echo "Installing the AWS command line into .venv/aws (once; a minute)..."
	@.venv/bin/python -m venv --clear .venv/aws
	@.venv/aws/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

# What forecasts are compared with, and the daily series: 600 MB that only this needs.
.venv/forecasting/installed: benchmarks/requirements-forecasting.txt .venv/installed-dev
	@echo "Installing statsforecast into .venv/forecasting (once; a minute)..."
	@.venv/bin/python -m venv --clear .venv/forecasting
	@.venv/forecasting/bin/python -m pip --disable-pip-version-check --quiet install --no-deps -r $<
	@touch $@
