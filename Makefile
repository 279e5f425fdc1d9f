# Tocsin's set-up. Needs Python 3.11 or newer and make, and nothing else: the rest comes from the lock files.
# uv is used for speed where it is on the PATH, pip otherwise.

PYTHON ?= python3
# Most of a test is waiting, for a browser, a database, a process: four at a time keep two cores busy.
JOBS   ?= 4
ARGS   ?=

BIN  := .venv/bin
RUN  := .venv/.ready-requirements.lock
DEV  := .venv/.ready-requirements-dev.lock
MARK := .venv/.demo-$(shell echo $$PPID)

# Many containers forbid Python to keep its bytecode. Here it may: each process that a test starts would else compile
# all that it loads, seconds of it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check bench fuzz docs components lock clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(RUN) $(MARK) ## Start Tocsin with a shop that breaks, a real runbook and a fake phone (ARGS=... is passed on)

# Interrupted alone, make tells no program that it started: it removes the file that was being made, and waits. So the
# demo is "made", and ends when its file or make itself is gone.
$(MARK): $(RUN)
	@touch $@; (while test -e $@ && kill -0 $$PPID && kill -0 $$$$; do sleep 1; done; rm -f $@; kill $$$$) >/dev/null 2>&1 & \
	exec $(BIN)/tocsin demo $(ARGS)

# Python keeps its bytecode by itself, but not where PYTHONDONTWRITEBYTECODE is set: there, as in many containers,
# each of the hundreds of processes that the tests start would compile everything anew.
test: $(DEV) components ## Run every test; name and count what had to be skipped (ARGS=... is passed to pytest)
	@$(BIN)/python -m compileall -q src/tocsin
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: $(DEV) ## Check lint, format, types and architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/architecture

bench: $(DEV) ## Take the measurements (ARGS=... is passed on)
	@$(BIN)/python -m compileall -q src/tocsin
	@$(BIN)/python -m tools.components alerta >/dev/null
	@$(BIN)/python -m benchmarks.run $(ARGS)

fuzz: $(DEV) ## Fuzz the compiler, guided by coverage, for ten minutes (ARGS=... goes to libFuzzer)
	@$(BIN)/python -m tools.fuzz $(ARGS)

docs: $(DEV) ## Write the pages of docs/ that come from the code
	@$(BIN)/python -m tools.finding_pages
	@$(BIN)/python -m tools.reference
	@$(BIN)/python -m tools.playbook_schema

components: $(DEV) ## Install the real programs that tests stand on, where that is allowed, and name the missing
	@$(BIN)/python -m tools.components

lock: $(RUN) ## Write the lock files anew from pyproject.toml (ARGS=--upgrade takes newer versions)
	@$(BIN)/python -m tools.lock $(ARGS)

clean: ## Remove the environment and everything that was built
	rm -rf .venv .demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# A second run finds the stamp and does nothing.
.venv/.ready-%: % pyproject.toml
	@$(PYTHON) -m tools.environment $<
	@touch $@
