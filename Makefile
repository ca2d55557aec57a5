# make run    set up everything, build the index, serve on http://127.0.0.1:7860
# make test   set up everything, run all tests
# make check  tests, lint, types, import rules
# Needs Python 3.11 or newer and nothing else; PYTHON=… picks another interpreter.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check install lint bench load fuzz screenshots lock clean
.DEFAULT_GOAL := run

run: $(VENV)/run.done
	$(BIN)/python -m index build
	$(BIN)/python app.py

test: $(VENV)/dev.done
	$(BIN)/python tools/browser.py
	$(BIN)/python -m pytest

check: lint test

lint: $(VENV)/dev.done
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

install: $(VENV)/run.done

# Figures for the README; nothing else should run meanwhile.
bench: $(VENV)/dev.done
	$(BIN)/python -m index build
	$(BIN)/python tools/bench.py

# 200 visitors for two minutes, then ten times as many; nothing else should run meanwhile.
load: $(VENV)/dev.done
	$(BIN)/python -m index build
	$(BIN)/python tools/load.py

# 50,000 messages that nobody would write, and the same ones over and over; nothing else should run meanwhile.
fuzz: $(VENV)/dev.done
	$(BIN)/python tools/fuzz.py

# The pictures in docs/.
screenshots: $(VENV)/dev.done
	$(BIN)/python tools/browser.py
	$(BIN)/python -m index build
	$(BIN)/python tools/screenshots.py

# Pins what is installed after a change of pyproject.toml.
lock: $(VENV)/dev.done
	$(BIN)/python tools/lock.py > constraints.txt

$(VENV)/run.done: pyproject.toml constraints.txt tools/setup.py
	$(PYTHON) tools/setup.py $(VENV) build
	touch $@

$(VENV)/dev.done: pyproject.toml constraints.txt tools/setup.py
	$(PYTHON) tools/setup.py $(VENV) build,dev
	touch $@ $(VENV)/run.done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
