# What can be done here; `make` alone lists it.
PYTHON ?= python3
# Compiled modules are kept: each worker and each process that a test starts would compile all of them again.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out

.DEFAULT_GOAL := help
.PHONY: help demo chat test test-later stories check bench proof bundle bundle-check pictures clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One set-up for everything: the packages of requirements-dev.lock, then the program itself. An office's own machine
# takes requirements.lock, which has no tools for tests (docs/running.md).
$(VENV)/ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(VENV)/ready ## play the sample town's year and write its papers to out/demo
	$(BIN)/gongkai demo --out $(OUT)/demo

chat: $(VENV)/ready ## serve the sample town's local page: any post to act as, a clock to move
	$(BIN)/gongkai chat $(OUT)/chat

# The tests' own folders in memory where there is room: thousands of commits need not outlive the machine here.
MEMORY := $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 4000000 {print "/dev/shm"}')

# One more than the cores of the machine on which all must pass: many a test waits for another process.
WORKERS ?= 3

test: $(VENV)/ready ## run the whole test suite
	$(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/python -m pytest -n $(WORKERS)

# Months ahead, and from one year into the next where the office is. Threads wait by the monotonic clock, and what
# lies on the disk was written today: faketime leaves both alone. Its own mending of waits ends each of them at once,
# and threads that wait for one another took five times the processor.
LATER = TZ=Asia/Shanghai FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0 NO_FAKE_STAT=1 \
	$(if $(MEMORY),TMPDIR=$(MEMORY)) faketime -f
LATER_TESTS = $(BIN)/python -m pytest -n $(WORKERS) -p tests.moved_clock

test-later: $(VENV)/ready ## run commands, pages and the demo under a later system clock; needs faketime
	$(LATER) '@2027-02-15 10:00:00' $(LATER_TESTS) tests/bot/cli tests/bot/channels/web \
		--ignore=tests/bot/channels/web/browser
	$(LATER) '@2026-12-31 23:59:50' $(LATER_TESTS) tests/bot/cli --ignore=tests/bot/cli/test_demo.py
	$(LATER) '@2026-12-31 23:59:55' $(BIN)/gongkai demo --out $(OUT)/later

STORIES = $(addprefix tests/bot/channels/web/browser/test_,setup.py request.py office_stories.py)

stories: $(VENV)/ready ## play the office's stories in a browser in every way: two widths, by pointer and by keyboard
	GONGKAI_STORY_LEGS=all $(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/python -m pytest -n $(WORKERS) -rP $(STORIES)

check: $(VENV)/ready ## format, lint, types, import contracts and known faults of libraries
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.dependency_audit

bench: $(VENV)/ready ## time what must be fast, each beside a baseline
	for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

proof: $(VENV)/ready stories ## the large seeded runs, with their figures
	$(BIN)/python -m tests.proof
	$(MAKE) bundle-check

bundle: $(VENV)/ready ## make out/bundle: a zip for each kind of office PC that reaches no registry
	$(BIN)/python -m offline.build $(OUT)/bundle

bundle-check: bundle ## install this machine's bundle in an empty place and use it; check the others
	$(BIN)/python -m offline.check $(OUT)/bundle

pictures: $(VENV)/ready ## draw the README's pictures anew, in a browser
	$(BIN)/python -m docs.pictures.draw

clean: ## remove what was made
	rm -rf $(OUT) build .mypy_cache .ruff_cache .hypothesis
