# make demo: set up, synthesise depth data, train, test, draw.   make test: set up, run the tests.
VENV ?= .venv
PYTHON ?= $(shell for v in 3.11 3.10; do p=$$(command -v python$$v) && $$p -c '' 2>/dev/null && echo $$p && exit; done; command -v python3)
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: env demo test clean

env: $(READY)

$(READY): requirements/standalone.txt setup.py
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv $(VENV)
	# chumpy, a requirement of mmpose, builds only with a pip below 26 and
	# without build isolation; setuptools 81 dropped pkg_resources.
	$(BIN)/python -m pip install -q --upgrade "pip<26" "setuptools<81" wheel
	$(BIN)/python -m pip install -q --no-build-isolation -r requirements/standalone.txt
	$(BIN)/python -m pip install -q --no-build-isolation --no-deps -e .
	$(BIN)/python -m pip check
	@touch $(READY)

demo: env
	$(BIN)/python tools/demo.py

test: env
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) build *.egg-info mmpose_cmb/.mim

.PHONY: lint docs test-fast

# Style, order of imports, mistakes; types of the numpy core.
lint: env
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

# The tests that are quick on a laptop, without its processes and trainings.
test-fast: env
	$(BIN)/python -m pytest -m "not slow"

# The documentation as a site in site/, in an environment of its own.
docs: .venv-docs/.ready
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet

.venv-docs/.ready: requirements/docs.txt
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install -q -r requirements/docs.txt
	@touch $@
