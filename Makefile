# Everything this project does, one target each. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Changing any of these rebuilds the extension.
RUST_SOURCES := $(shell find crates -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock \
                $(wildcard python/gym_invmgmt/topologies/*.yaml)
EXTENSION := $(VENV)/.extension-built
TOOLS := $(VENV)/.tools-installed

.PHONY: help preflight build demo test lint lint-rust lint-python test-rust test-python parity bench bench-data bench-learning bench-instructions bench-scaling lp-check planners fit-check format clean test-browser test-rl test-gymnasium docs dist test-dashboard test-ray published standard test-video

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

preflight: ## Say what this machine lacks, and how to get it
	@bash tools/preflight.sh "$(PYTHON)"

$(TOOLS): requirements.lock
	@$(MAKE) --no-print-directory preflight
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@touch $@

$(EXTENSION): $(TOOLS) $(RUST_SOURCES) pyproject.toml
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/maturin develop --release --locked
	@touch $@

build: $(EXTENSION) ## Build the Python package into .venv (made if missing)

demo: $(EXTENSION) ## Thirty real days: two policies played, then six compared; pages in demo
	@mkdir -p demo
	$(BIN)/gym-invmgmt simulate --network network --demand data/m5_foods_3_382_ca_3.csv:units \
	    --policy constant:20 --policy basestock:240,40,580,0,0,0 --report demo/report.html
	@echo "The base-stock levels were tuned in hindsight on these thirty days. The page: demo/report.html"
	@echo
	$(BIN)/gym-invmgmt benchmark --suite data/thirty_days.yaml \
	    --policies newsvendor:blind,mpc:blind,mpc:family,newsvendor:informed,mpc:informed,oracle \
	    --force --out demo/benchmark
	@echo "Six policies, told apart by what they know of demand. The page: demo/benchmark/report.html"

test: lint test-rust test-python ## Format and lint checks, Rust tests, Python tests

lint: lint-rust lint-python ## Format and lint checks

lint-rust:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked --quiet -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --locked --quiet

lint-python: $(EXTENSION)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest gym_invmgmt._native --mypy-config-file pyproject.toml

test-rust: ## Rust unit, property, golden and command-line tests
	cargo test --workspace --locked --quiet

test-python: $(EXTENSION) ## Python tests
	$(BIN)/python -m pytest

# Kept outside the Python environment: the driver is a package of npm, pinned by its lock file.
DRIVER := tests/browser/node_modules/.installed

$(DRIVER): tests/browser/package.json tests/browser/package-lock.json
	npm ci --prefix tests/browser --no-audit --no-fund --ignore-scripts --silent
	@touch $@

test-browser: $(EXTENSION) $(DRIVER) .venv-dashboard/.installed docs ## Report, dashboard and site in headless Chromium; screenshots in build/browser
	$(BIN)/gym-invmgmt benchmark --suite published-26 --force --out build/browser/results \
	    --policies newsvendor:blind,ss:blind,exp-smoothing:blind,echelon-basestock:blind \
	    --policies newsvendor:informed,ss:informed,exp-smoothing:informed,echelon-basestock:informed
	node tests/browser/report.mjs build/browser/results/report.html
	node tests/browser/dashboard.mjs .venv-dashboard/bin/gym-invmgmt
	node tests/browser/site.mjs build/site

parity: $(EXTENSION) ## Whole episodes and data adapters against gym-invmgmt 0.2.1, installed in an environment of its own
	$(BIN)/python -m tests.parity.run
	$(BIN)/python -m tests.parity.adapters

# One virtual environment per framework, since they pin different versions of gymnasium: .venv-rl-*. Not part of `test`.
RL_WHEELS := target/wheels-rl
RL_WHEEL := $(RL_WHEELS)/.built
# The oldest version of gymnasium we allow, the one RLlib pins, and the newest.
GYMNASIUMS := 1.1.0 1.2.2 1.4.0
RL_PYTEST := -m pytest -o filterwarnings=default

$(RL_WHEEL): $(TOOLS) $(RUST_SOURCES) pyproject.toml $(shell find python -name '*.py')
	rm -rf $(RL_WHEELS)
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/maturin build --profile dev --locked --out $(RL_WHEELS)
	@touch $@

test-rl: $(RL_WHEEL) ## Tests with Stable-Baselines3, RLlib, PettingZoo and PufferLib, each in an environment of its own (7 GB)
	tools/framework_environment.sh marl $(RL_WHEELS)/*.whl $(PYTHON)
	.venv-rl-marl/bin/python $(RL_PYTEST) tests/rl/test_pettingzoo.py tests/rl/test_pages.py
	tools/framework_environment.sh sb3 $(RL_WHEELS)/*.whl $(PYTHON)
	.venv-rl-sb3/bin/python $(RL_PYTEST) tests/rl/test_sb3.py tests/rl/test_train_ppo.py tests/rl/test_pages.py
	tools/framework_environment.sh pufferlib $(RL_WHEELS)/*.whl $(PYTHON)
	.venv-rl-pufferlib/bin/python $(RL_PYTEST) tests/rl/test_pufferlib.py tests/rl/test_pages.py
	tools/framework_environment.sh ray $(RL_WHEELS)/*.whl $(PYTHON)
	.venv-rl-ray/bin/python $(RL_PYTEST) tests/rl/test_rllib.py tests/rl/test_pages.py

# Ray's core alone: the benchmark needs nothing of RLlib or torch.
test-ray: $(RL_WHEEL) ## The benchmark on a Ray cluster of two workers, one of them killed; in .venv-ray (300 MB)
	test -x .venv-ray/bin/python || $(PYTHON) -m venv .venv-ray
	.venv-ray/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements/ray.txt
	.venv-ray/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall $(RL_WHEELS)/*.whl
	.venv-ray/bin/python $(RL_PYTEST) tests/cluster

test-gymnasium: $(RL_WHEEL) ## The core's tests of the API with the oldest, RLlib's and the newest gymnasium
	for version in $(GYMNASIUMS); do \
	    tools/framework_environment.sh gymnasium-$$version $(RL_WHEELS)/*.whl $(PYTHON); \
	    .venv-rl-gymnasium-$$version/bin/python -m pytest tests/python/test_environment.py \
	        tests/python/test_action_modes.py tests/python/test_vector_*.py; \
	done

DASHBOARD := .venv-dashboard

# The wheel holds the page; the pinned packages are installed again only when their list changed.
$(DASHBOARD)/.installed: requirements/dashboard.txt $(RL_WHEEL)
	@test -x $(DASHBOARD)/bin/python || $(PYTHON) -m venv $(DASHBOARD)
	$(DASHBOARD)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements/dashboard.txt
	$(DASHBOARD)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall $(RL_WHEELS)/*.whl
	@touch $@

test-dashboard: $(DASHBOARD)/.installed ## The dashboard's page, run by Streamlit's tester in an environment of its own (0.8 GB)
	$(DASHBOARD)/bin/python $(RL_PYTEST) tests/dashboard

VIDEO := .venv-video

$(VIDEO)/.installed: requirements/video.txt $(RL_WHEEL)
	@test -x $(VIDEO)/bin/python || $(PYTHON) -m venv $(VIDEO)
	$(VIDEO)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements/video.txt
	$(VIDEO)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall $(RL_WHEELS)/*.whl
	@touch $@

test-video: $(VIDEO)/.installed ## Videos in MP4 with the real encoder, in an environment of its own (0.4 GB)
	$(VIDEO)/bin/python $(RL_PYTEST) tests/video

bench: $(EXTENSION) ## Steps per second through the public Python API, ours and the release's side by side
	$(BIN)/python benches/single_environment.py
	$(BIN)/python benches/vector_environment.py

# The release build of the engine under the interpreter that has torch.
bench-learning: $(EXTENSION) $(RL_WHEEL) ## Where an iteration of PPO spends its time, on ours and on the release
	tools/framework_environment.sh sb3 $(RL_WHEELS)/*.whl $(PYTHON)
	PYTHONPATH=python .venv-rl-sb3/bin/python benches/ppo_iteration.py

bench-data: $(EXTENSION) ## A full-size file of sales: its most volatile window, ours and the release's side by side
	$(BIN)/python benches/m5_window.py

bench-instructions: ## Instructions of the kernel per step, against benches/instructions.json (RECORD=--record)
	@$(PYTHON) tools/instruction_counts.py $(RECORD)

bench-scaling: ## Cost of a step by environments, horizon and size of the network: Markdown tables
	@cargo run --release --locked --quiet -p invmgmt --example scaling

HIGHS := .venv-highs

$(HIGHS)/.installed: requirements/highs.txt
	@test -x $(HIGHS)/bin/python || $(PYTHON) -m venv $(HIGHS)
	$(HIGHS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/highs.txt
	@touch $@

lp-check: $(HIGHS)/.installed ## 400 linear programmes solved by both our methods and by HiGHS
	cargo test --release --locked --quiet -p invmgmt-policy --lib -- --ignored write_instances
	$(HIGHS)/bin/python tools/check_programmes.py target/lp-instances

planners: ## The published planners on all problems, and what planning ahead gains: minutes
	cargo test --release --locked -p invmgmt-policy --test planners -- --include-ignored
	cargo run --release --locked --quiet -p invmgmt-policy --example published_matrix -- mpc:informed,mpc:family,mpc:blind
	cargo run --release --locked --quiet -p invmgmt-policy --example published_matrix -- mpc:informed,mpc:family,mpc:blind 10000-10009

published: $(EXTENSION) ## The thirteen published policies in one run, compared with the published summary; time of the runner
	$(BIN)/python tools/published_matrix.py build/published

standard: $(EXTENSION) ## Who earns what on standard-1, and that it is what it is meant to be: minutes (SEEDS=5 for the first five)
	$(BIN)/python tools/standard_suite.py build/standard $(SEEDS)

fit-check: ## Demand fitted to 5,000 simulated series: effects found, parameters within 15 %, false alarms
	cargo test --locked --quiet -p invmgmt-fit --test recovery -- --ignored --nocapture

# The site's tools have an environment of their own, since nothing else needs them.
DOCS_TOOLS := .venv-docs/.installed

$(DOCS_TOOLS): requirements/docs.txt
	@test -x .venv-docs/bin/python || $(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/docs.txt
	@touch $@

docs: $(DOCS_TOOLS) ## The pages as a site in build/site, its links checked; nothing in it is fetched from elsewhere
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet
	.venv-docs/bin/python tools/check_site.py build/site

dist: $(TOOLS) ## A wheel and the source distribution in dist, each installed into a fresh environment and played
	rm -rf dist
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/maturin build --release --locked --sdist --out dist
	$(BIN)/python tools/check_distribution.py dist

format: $(TOOLS) ## Put all sources into their standard form
	cargo fmt --all
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

clean: ## Remove everything that was built
	rm -rf target $(VENV) .venv-reference .venv-rl-* .venv-docs .venv-dashboard .venv-video .venv-ray .venv-highs demo dist build tests/browser/node_modules
