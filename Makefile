# make demo: set up, synthesise depth data, train, test, draw.   make test: set up, run the tests.
VENV ?= .venv
PYTHON ?= $(shell for v in 3.13 3.12 3.11 3.10; do p=$$(command -v python$$v) && $$p -c '' 2>/dev/null && echo $$p && exit; done; command -v python3)
# Builds of PyTorch: cpu, cuda, or auto (cpu where there is no GPU and the index
# has them).
TORCH ?= auto
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: env demo test clean

env: $(READY)

$(READY): requirements/standalone.txt requirements/openmmlab.txt setup.py
	@$(PYTHON) tools/check_python.py
	@$(PYTHON) tools/make_environment.py $(VENV) --torch $(TORCH) --index $(TORCH_INDEX)
	@touch $(READY)

demo: env
	$(BIN)/python tools/demo.py

test: env
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) build *.egg-info mmpose_cmb/.mim

.PHONY: lint docs test-fast torture soak

# Style, order of imports, mistakes; types of the numpy core.
lint: env
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

# The tests that are quick on a laptop, without its processes and trainings.
test-fast: env
	$(BIN)/python -m pytest -m "not slow"

# Damaged files of every kind, some 33,000, then processes that are killed,
# interrupted, without room or rights: a quarter of an hour on one core.
torture: env
	$(BIN)/python -W ignore -m tests.torture
	$(BIN)/python -W ignore -m tests.torture.faults

# Two hours of playback, 20,000 iterations of training: does anything grow?
soak: env
	$(BIN)/python -W ignore -m tests.torture.soak playback
	$(BIN)/python -W ignore -m tests.torture.soak training

# The documentation as a site in site/, in an environment of its own.
docs: .venv-docs/.ready
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet

.venv-docs/.ready: requirements/docs.txt
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install -q -r requirements/docs.txt
	@touch $@
