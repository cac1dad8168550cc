# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo test lint bench clean

demo: .venv/core.stamp
	$(BIN)/builder demo

# Each worker starts a Label Studio of its own, half a GB each: four at most.
test: .venv/dev.stamp
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS)

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What the benchmarks compare with. A pip of 2023 fails on newspaper4k's own requirements.
bench: .venv/dev.stamp
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[bench]'

.venv/core.stamp: pyproject.toml
	@echo "Setting up .venv (about a minute; only when pyproject.toml is new)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable .
	@touch $@

.venv/dev.stamp: .venv/core.stamp
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

clean:
	rm -rf build .pytest_cache .mypy_cache .ruff_cache
