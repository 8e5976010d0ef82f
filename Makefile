# Needs Python 3.11 or newer and make; everything else is installed into .venv.

PYTHON ?= $(shell for one in python3.13 python3.12 python3.11 python3 python; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$one; break; }; done)
BIN := .venv/bin
PY := $(BIN)/python
INSTALLED := .venv/installed
PLUGINS := $(patsubst %/setup.cfg,%,$(wildcard plugins/*/setup.cfg))
# Percent of lines and branches that the tests on SQLite reach.
COVERAGE ?= 95
# One process more than cores, since some tests wait; what the tests of a file share is made once.
PARALLEL ?= -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist loadfile --no-loadscope-reorder

# Without it, every process that a test starts compiles everything.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

##@ Use

.PHONY: help
help: ## Show what can be made
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(INSTALLED) ## Start the demonstration network and say where to look at it
	$(BIN)/renda demo

##@ Check

.PHONY: test
test: $(INSTALLED) ## Run all tests, on PostgreSQL and on SQLite
	rm -rf .coverage
	$(PY) -m pytest $(PARALLEL) --database postgresql -m "not browser"
	$(PY) -m pytest $(PARALLEL) -p tests.covered

.PHONY: sure
sure: format-check lint types imports architecture coverage ## Run every other check, and coverage of the last `make test`

.PHONY: format-check lint types imports architecture coverage
format-check: $(INSTALLED)
	$(BIN)/ruff format --check
lint: $(INSTALLED)
	$(BIN)/ruff check
types: $(INSTALLED)
	$(BIN)/mypy
imports: $(INSTALLED)
	$(BIN)/lint-imports
architecture: $(INSTALLED)
	$(PY) -m pytest -q tests/test_architecture.py
coverage: $(INSTALLED)
	@ls .coverage/*.json >/dev/null 2>&1 || $(MAKE) test
	$(PY) -m slipcover --merge .coverage/*.json --out .coverage/all --skip-covered --fail-under $(COVERAGE)

.PHONY: soak
soak: $(INSTALLED) ## Run the property tests with very many examples
	HYPOTHESIS_PROFILE=soak $(PY) -m pytest $(PARALLEL) tests/core/indicators tests/tiers -m "not browser"

.PHONY: browser
browser: $(INSTALLED) ## Run the tests that use Chromium
	$(PY) -m pytest $(PARALLEL) -m browser

.PHONY: screenshots
screenshots: $(INSTALLED) ## Take the pictures of docs/images anew
	$(PY) -m tests.browser.screenshots docs/images

.PHONY: bench
bench: $(INSTALLED) ## Measure speed on this machine
	$(PY) -m tests.bench

##@ Develop

.PHONY: format
format: $(INSTALLED) ## Bring the code into its format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: migration
migration: $(INSTALLED) ## Write a migration from the models: component=training message="add venue"
	@test -n "$(component)" && test -n "$(message)" || { \
		echo 'Say which and why: make migration component=training message="add venue"'; exit 2; }
	$(PY) -m renda.migrate $(component) $(if $(filter core,$(component)),renda,renda_$(component)) "$(message)"

.PHONY: wheels
wheels: $(INSTALLED) ## Build the wheels of all distributions into dist/
	rm -rf dist
	$(PY) -m pip wheel --quiet --no-deps --wheel-dir dist . ./tiers $(addprefix ./,$(PLUGINS))
	rm -rf build tiers/build $(addsuffix /build,$(PLUGINS))
	@ls dist

.PHONY: install
install: $(INSTALLED) ## Install everything into .venv (the other targets do it when needed)

$(INSTALLED): pyproject.toml setup.cfg constraints.txt tiers/setup.cfg $(addsuffix /setup.cfg,$(PLUGINS))
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer is needed. Install it, or name it: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		-e '.[test,postgresql,redis]' -e ./tiers $(addprefix -e ./,$(PLUGINS))
	@touch $@

.PHONY: clean
clean: ## Remove everything that was made here
	rm -rf .venv build dist tiers/build $(addsuffix /build,$(PLUGINS)) .coverage demo-data
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find core tiers plugins tests -name __pycache__ -prune -exec rm -rf {} +
	find core tiers plugins -name '*.egg-info' -prune -exec rm -rf {} +
