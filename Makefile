# Each target does its own set-up: a virtual environment in $(VENV), then what the target needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN ?= runs/vocoder_demo
# Folders or files of tests; all if empty.
TESTS ?=
# tiny: the site's notebooks are cut to three steps, as the tests run them.
NOTEBOOKS ?=

.PHONY: help demo test test-slow parity lint docs experiments notebooks benchmarks accelerator clean

help:
	@echo "make demo        hear the shipped models; train, score and hear a GAN vocoder (no accelerator)"
	@echo "make test        the tests"
	@echo "make test-slow   those that take long, which make test leaves out"
	@echo "make parity      the tests that compare with PyTorch and ONNX Runtime"
	@echo "make lint        ruff and mypy"
	@echo "make docs        the documentation as a site, in build/site; trains what the notebooks show, once (NOTEBOOKS=tiny: hardly)"
	@echo "make experiments the table of docs/experiments.md, from the experiments' docstrings"
	@echo "make notebooks   Jupyter Lab on notebooks/"
	@echo "make benchmarks  speed beside librosa and PyTorch"
	@echo "make accelerator right, fast and learning on a GPU or TPU, in eight minutes"

# DNSMOS, which takes minutes and means little for a robot's speech, is left out of the demo.
demo: $(VENV)/.demo
	$(BIN)/ganspeech gallery runs/gallery.html
	@echo "listen: runs/gallery.html plays the shipped models; now one is trained, in some minutes"
	$(BIN)/python train.py vocoder_demo --run $(RUN)
	$(BIN)/python eval.py quality --run $(RUN) --metrics pesq estoi mcd stft f0 vuv periodicity \
		--page $(RUN)/quality.html --json $(RUN)/quality.json
	@echo "listen: $(RUN)/quality.html"

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(TESTS) -n auto --maxprocesses 8

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow -n auto --maxprocesses 2

parity: $(VENV)/.parity
	$(BIN)/python -m pytest tests/parity tests/interop/export/test_onnx.py \
		tests/benchmarks/test_accelerator.py tests/benchmarks/test_fast.py tests/benchmarks/test_speed.py \
		tests/benchmarks/test_steps.py -n auto --maxprocesses 2

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.docs
	NOTEBOOKS=$(NOTEBOOKS) NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "open build/site/index.html"

experiments: $(VENV)/.dev
	PYTHONPATH=docs $(BIN)/python -m website.experiments

notebooks: $(VENV)/.notebooks
	$(BIN)/jupyter lab notebooks

benchmarks: $(VENV)/.parity
	$(BIN)/python benchmarks/features.py
	$(BIN)/python benchmarks/vocoder.py

accelerator: $(VENV)/.parity
	$(BIN)/python benchmarks/accelerator.py --out runs/accelerator

clean:
	rm -rf $(VENV) build *.egg-info

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ganspeech needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; try make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(call install,eval)
$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(call install,dev)
$(VENV)/.parity: pyproject.toml | $(VENV)/.dev
	$(BIN)/python -m pip install -q -e '.[dev,parity,onnx]'
	@touch $@
$(VENV)/.docs: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[docs]'
	@touch $@
$(VENV)/.notebooks: pyproject.toml | $(BIN)/python
	$(call install,notebooks)

# The pesq package has no wheel: where it cannot be compiled everything else is installed, and the
# tables say that PESQ is missing.
define install
	$(BIN)/python -m pip install -q -e '.[$(1)]'
	@if [ $(1) != notebooks ]; then $(BIN)/python -m pip install -q 'pesq>=0.0.4' \
		|| echo "PESQ is left out: its package needs a C compiler (gcc) and this machine has none."; fi
	@touch $@
endef
