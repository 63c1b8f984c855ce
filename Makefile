# Everything a developer or a new user asks for, one target each. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made
WARM := $(VENV)/.warm
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --annotation-style line --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)

# Python keeps what it compiled: without, every command of the demo and the tests would compile the libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env demo test check bench fuzz browser format lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env: $(WARM) ## make the environment in .venv from the lock; instant when nothing changed

# pip installs uv, uv installs the rest: every file is checked against its hash in the lock.
$(BIN)/uv: requirements/bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		"$$($(PYTHON) --version 2>&1) found, 3.11 or newer wanted: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(STAMP): $(BIN)/uv requirements/dev.lock pyproject.toml
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@test "$$(uname)" != Linux || $(BIN)/python -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
		then apt-get update -qq && apt-get install -y -qq --no-install-recommends libgomp1; \
		else echo "libgomp.so.1 not found, and LightGBM wants it: install the package libgomp1" >&2; exit 1; fi
	@touch $@

$(WARM): $(STAMP)
	@echo "compiling the numba kernels"; $(BIN)/python -m cleanclaim.warm
	@touch $@

demo: $(STAMP) ## simulate, ingest, train, evaluate, score, then serve the pages; SERVE=0 stops before serving
	$(BIN)/python -m cleanclaim.demo $(if $(filter 0,$(SERVE)),--no-serve)

test: env browser ## run every test, browser tests included; ARGS="-k word" narrows
	$(BIN)/pytest --numprocesses=auto --dist=loadfile $(ARGS)

check: $(STAMP) ## format, lint, types, import contracts, all of them even after one failed; no tests
	@failed=; for step in "ruff format --check ." "ruff check ." mypy "lint-imports --no-logo"; do \
		echo "== $$step"; $(BIN)/$$step || failed="$$failed $${step%% *}"; done; \
		[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

bench: env ## run every benchmark beside its peers
	@set -e; for bench in benchmarks/bench_*.py; do \
		[ -e "$$bench" ] || { echo "no benchmarks yet"; break; }; echo "== $$bench"; $(BIN)/python "$$bench"; done

fuzz: env ## look for bytes that break the readers, for MINUTES=60; what breaks them is kept in build/fuzz
	$(BIN)/python tests/fuzz/run.py $(or $(MINUTES),60)

browser: ## install chromium for the browser tests, where that is possible
	@command -v chromium >/dev/null || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
		then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; \
		else false; fi || \
		echo "no chromium here, so browser tests will be skipped: install the package chromium to run them" >&2

format: env ## format the code, and fix what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(BIN)/uv ## recompile the locks after a change of pyproject.toml; UPGRADE=1 takes newer versions
	$(COMPILE) pyproject.toml --all-extras --output-file requirements/dev.lock
	$(COMPILE) pyproject.toml --extra serve --constraints requirements/dev.lock --output-file requirements/serve.lock
	$(COMPILE) pyproject.toml --extra serve --extra train --extra notebook --constraints requirements/dev.lock \
		--output-file requirements/all.lock
	echo uv | $(COMPILE) - --constraints requirements/dev.lock --output-file requirements/bootstrap.lock

clean: ## remove the environment, caches and built files
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
