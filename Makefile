# Everything this project does, one target each. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
export PYTHON
VENV := .venv
BIN := $(VENV)/bin
# Changing any of these rebuilds the extension.
RUST_SOURCES := $(shell find crates -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock \
                $(wildcard python/gym_invmgmt/topologies/*.yaml)
PYTHON_SOURCES := $(shell find python -name '*.py')
TOOLS := $(VENV)/.tools-installed
# Some build of the extension, and the release build. Tests take either: on a fresh clone the development build, which
# shares what `cargo test` compiles. What measures or shows takes the release build.
ANY_BUILD := $(VENV)/.extension-built
RELEASE_BUILD := $(VENV)/.release-built
DEVELOP := VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/maturin develop --locked

##@ Daily

.PHONY: help preflight build demo quick test test-rust test-python lint figures-page classics-page docs-rust format clean

help: ## List the targets
	@awk -F ':.*## ' '/^##@ /{print "\n" substr($$0, 5)} /^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

preflight: ## Say what this machine lacks, and how to get it
	@bash tools/preflight.sh "$(PYTHON)"

$(TOOLS): requirements.lock
	@$(MAKE) --no-print-directory preflight
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@touch $@

$(ANY_BUILD): $(TOOLS) $(RUST_SOURCES) pyproject.toml
	$(DEVELOP) --profile dev
	@rm -f $(RELEASE_BUILD)
	@touch $@

$(RELEASE_BUILD): $(TOOLS) $(RUST_SOURCES) pyproject.toml
	$(DEVELOP) --release
	@touch $@ $(ANY_BUILD)

build: $(RELEASE_BUILD) ## Build the Python package into .venv (made if missing)

demo: $(RELEASE_BUILD) ## Thirty real days: two policies played, then six compared; pages in demo
	@mkdir -p demo
	$(BIN)/gym-invmgmt simulate --network network --demand data/m5_foods_3_382_ca_3.csv:units \
	    --policy constant:20 --policy basestock:240,40,580,0,0,0 --report demo/report.html
	@echo "The base-stock levels were tuned in hindsight on these thirty days. The page: demo/report.html"
	@echo
	$(BIN)/gym-invmgmt benchmark --suite data/thirty_days.yaml \
	    --policies newsvendor:blind,mpc:blind,mpc:family,newsvendor:informed,mpc:informed,oracle \
	    --force --out demo/benchmark
	@echo "Six policies, told apart by what they know of demand. The page: demo/benchmark/report.html"
	@echo
	$(BIN)/gym-invmgmt plan data/m5_foods_3_382_ca_3.csv --date day --target fill-rate=0.97 --out demo/plan
	@echo "A plan from the same thirty days. The page: demo/plan/report.html"

# The engine's own tests and the Python package's, without pages, examples and whole suites: a minute or two.
quick: $(ANY_BUILD) ## The daily loop: the engine's tests, then Python's without pages and examples
	cargo test --locked --quiet -p invmgmt -p invmgmt-data -p invmgmt-policy
	$(BIN)/python -m pytest --exitfirst --deselect tests/python/test_docs.py --deselect tests/python/test_examples.py \
	    --deselect tests/python/test_standard_suite.py --deselect tests/python/test_distribution.py \
	    --deselect tests/python/test_moving_pictures.py --deselect tests/python/test_plots.py

test: test-rust test-python lint ## Rust tests, Python tests, then format and lint checks

test-rust: ## Rust unit, property, golden and command-line tests
	cargo test --workspace --locked --quiet

test-python: $(ANY_BUILD) ## Python tests
	$(BIN)/python -m pytest

lint: $(ANY_BUILD) ## Format and lint checks
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked --quiet -- --deny warnings
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest gym_invmgmt._native --mypy-config-file pyproject.toml
	$(BIN)/python tools/check_width.py

figures-page: $(ANY_BUILD) ## Write docs/figures.md from the list of key figures
	$(BIN)/python tools/figures_page.py

classics-page: $(ANY_BUILD) ## Write docs/classics.md from the classics, their suite and the board of who plays how well
	$(BIN)/python tools/classics_page.py

docs-rust: ## The crates' documentation in target/doc, without warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --locked --quiet

format: $(TOOLS) ## Put all sources into their standard form
	cargo fmt --all
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/python tools/check_width.py --fix

clean: ## Remove everything that was built
	rm -rf target $(VENV) .venv-* demo dist build tests/browser/node_modules

##@ Frameworks and faces, each in an environment of its own

.PHONY: parity test-rl test-jax test-gymnasium test-ray test-dashboard test-video test-browser docs large-chain

parity: $(ANY_BUILD) ## Whole episodes and data adapters against gym-invmgmt 0.2.1
	$(BIN)/python -m tests.parity.run
	$(BIN)/python -m tests.parity.adapters

WHEELS := target/wheels
WHEEL := $(WHEELS)/.built
# The oldest version of gymnasium we allow, the one RLlib pins, and the newest.
GYMNASIUMS := 1.1.0 1.2.2 1.4.0
# Frameworks warn about themselves.
FRAMEWORK_PYTEST := -m pytest -o filterwarnings=default

$(WHEEL): $(TOOLS) $(RUST_SOURCES) pyproject.toml $(PYTHON_SOURCES)
	rm -rf $(WHEELS)
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/maturin build --profile dev --locked --out $(WHEELS)
	@touch $@

exact-published: ## The long half of the published optima, a few minutes each
	cargo test --package invmgmt-exact --release --locked -- --ignored

test-rl: $(WHEEL) ## Stable-Baselines3, RLlib, PettingZoo and PufferLib (7 GB)
	tools/environment.sh rl-marl $(WHEELS)/*.whl
	.venv-rl-marl/bin/python $(FRAMEWORK_PYTEST) tests/rl/test_pettingzoo.py tests/rl/test_pages.py
	tools/environment.sh rl-sb3 $(WHEELS)/*.whl
	.venv-rl-sb3/bin/python $(FRAMEWORK_PYTEST) tests/rl/test_sb3.py tests/rl/test_train_ppo.py tests/rl/test_torch_gradient.py \
	    tests/rl/test_pages.py
	tools/environment.sh rl-pufferlib $(WHEELS)/*.whl
	.venv-rl-pufferlib/bin/python $(FRAMEWORK_PYTEST) tests/rl/test_pufferlib.py tests/rl/test_pages.py
	tools/environment.sh rl-ray $(WHEELS)/*.whl
	.venv-rl-ray/bin/python $(FRAMEWORK_PYTEST) tests/rl/test_rllib.py tests/rl/test_pages.py

test-jax: $(WHEEL) ## The differentiable step of JAX, and its example (0.5 GB)
	tools/environment.sh jax $(WHEELS)/*.whl
	.venv-jax/bin/python $(FRAMEWORK_PYTEST) tests/rl/test_jax_gradient.py tests/rl/test_pages.py

# Ray's core alone: the benchmark needs nothing of RLlib or torch.
test-ray: $(WHEEL) ## The benchmark on a Ray cluster of two workers, one of them killed (0.3 GB)
	tools/environment.sh ray $(WHEELS)/*.whl
	.venv-ray/bin/python $(FRAMEWORK_PYTEST) tests/cluster

test-gymnasium: $(WHEEL) ## The core's tests of the API with the oldest, RLlib's and the newest gymnasium
	for version in $(GYMNASIUMS); do \
	    tools/environment.sh rl-gymnasium-$$version $(WHEELS)/*.whl; \
	    .venv-rl-gymnasium-$$version/bin/python -m pytest tests/python/test_environment.py \
	        tests/python/test_action_modes.py tests/python/test_vector_*.py; \
	done

test-dashboard: $(WHEEL) ## The dashboard's page, run by Streamlit's tester (0.8 GB)
	tools/environment.sh dashboard $(WHEELS)/*.whl
	.venv-dashboard/bin/python $(FRAMEWORK_PYTEST) tests/dashboard

large-chain: ## A chain of 2,025 stages imported, checked, its safety stock placed, played and drawn, each in the time promised
	cargo test --release --locked --quiet -p invmgmt-cli --test command_line large_chain -- --include-ignored --nocapture

test-video: $(WHEEL) ## Videos in MP4 with the real encoder (0.4 GB)
	tools/environment.sh video $(WHEELS)/*.whl
	.venv-video/bin/python $(FRAMEWORK_PYTEST) tests/video

# Kept outside the Python environments: the driver is a package of npm, pinned by its lock file.
DRIVER := tests/browser/node_modules/.installed

$(DRIVER): tests/browser/package.json tests/browser/package-lock.json
	npm ci --prefix tests/browser --no-audit --no-fund --ignore-scripts --silent
	@touch $@

test-browser: $(ANY_BUILD) $(WHEEL) $(DRIVER) docs ## Report, dashboard and site in headless Chromium; screenshots in build/browser
	tools/environment.sh dashboard $(WHEELS)/*.whl
	$(BIN)/gym-invmgmt benchmark --suite published-26 --force --out build/browser/results \
	    --policies newsvendor:blind,ss:blind,exp-smoothing:blind,echelon-basestock:blind \
	    --policies newsvendor:informed,ss:informed,exp-smoothing:informed,echelon-basestock:informed
	node tests/browser/report.mjs build/browser/results/report.html
	node tests/browser/dashboard.mjs .venv-dashboard/bin/gym-invmgmt
	node tests/browser/game.mjs .venv-dashboard/bin/gym-invmgmt
	node tests/browser/assortment.mjs .venv-dashboard/bin/gym-invmgmt
	node tests/browser/site.mjs build/site

docs: ## The pages as a site in build/site, its links checked; nothing in it is fetched from elsewhere
	tools/environment.sh docs
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet
	.venv-docs/bin/python tools/check_site.py build/site

##@ Measurements

.PHONY: bench bench-learning bench-training bench-data bench-instructions bench-scaling bench-mechanisms bench-planners lp-check planners plan-check plan-full-size published standard learned classics fit-check full-size physics conformance bench-peers

full-size: $(ANY_BUILD) ## Read files of the size of the M5 competition's, and what that takes
	$(BIN)/python tools/full_size_m5.py

bench: $(RELEASE_BUILD) ## Steps per second through the public Python API, ours and the release's side by side
	$(BIN)/python benches/single_environment.py
	$(BIN)/python benches/vector_environment.py

# The release build of the engine under the interpreter that has torch.
bench-learning: $(RELEASE_BUILD) $(WHEEL) ## Where an iteration of PPO spends its time, on ours and on the release
	tools/environment.sh rl-sb3 $(WHEELS)/*.whl
	PYTHONPATH=python .venv-rl-sb3/bin/python benches/ppo_iteration.py

# PPO plays the wheel; the gradient is the release build of the command line.
bench-training: $(WHEEL) ## CPU seconds to the same profit, PPO beside the gradient: a Markdown table, ten minutes
	tools/environment.sh rl-sb3 $(WHEELS)/*.whl
	cargo build --release --locked --quiet -p invmgmt-cli
	.venv-rl-sb3/bin/python benches/train_beside_ppo.py target/release/gym-invmgmt S19

bench-data: $(RELEASE_BUILD) ## A full-size file of sales: its most volatile window, ours and the release's side by side
	$(BIN)/python benches/m5_window.py

bench-instructions: ## Instructions of the kernel per step, against benches/instructions.json (RECORD=--record)
	@$(PYTHON) tools/instruction_counts.py $(RECORD)

bench-scaling: ## Cost of a step by environments, horizon and size of the network: Markdown tables
	@cargo run --release --locked --quiet -p invmgmt --example scaling

bench-planners: ## Time and memory of a planner's decision on networks of 50 links and more, a quarter of an hour at most each
	@cargo build --release --locked --quiet -p invmgmt-policy --example planner_scale
	@echo "| links | first decision, s | later ones, median s | most s | peak memory, MB |"; echo "|--:|--:|--:|--:|--:|"
	@for row in "50 60" "100 20" "200 10" "500 3" "5000 2"; do \
		timeout 900 target/release/examples/planner_scale $$row || echo "| $${row% *} | more than 900 | | | |"; done

bench-mechanisms: ## What each mechanism of a network costs: a Markdown table
	@cargo run --release --locked --quiet -p invmgmt --example mechanism_cost

physics: ## Every known answer of the mechanisms over a million periods: minutes
	cargo test --locked --quiet -p invmgmt-cli --test conformance -- --include-ignored --skip write_the_page

conformance: ## Write docs/conformance.md, what others find beside what the engine finds: minutes
	cargo test --locked --quiet -p invmgmt-cli --test conformance -- --ignored write_the_page

bench-peers: ## Stocks simulated per second beside stockpyl and SupplyNetPy in one run, and what the same system costs
	tools/environment.sh peers
	.venv-peers/bin/python benches/peers.py

lp-check: ## 400 linear programmes solved by both our methods and by HiGHS, and lots of mpc beside optima it proves
	tools/environment.sh highs
	cargo test --release --locked --quiet -p invmgmt-policy --lib -- --ignored instances_for_another_solver
	.venv-highs/bin/python tools/check_programmes.py target/lp-instances

plan-check: ## Plans of assortments of known truth on unseen seeds, against the cheapest levels: half an hour
	cargo run --release --locked -p invmgmt-plan --example quality -- 300 0.90,0.95,0.97,0.99 11,12,13

plan-full-size: $(TOOLS) ## Plan 1,000 items and places, and a file of the size of M5's, killed half way: time and memory against the bars
	cargo build --release --locked --quiet -p invmgmt-cli
	$(BIN)/python tools/full_size_plan.py target/release/gym-invmgmt

planners: ## The published planners on all problems, and what planning ahead gains: minutes
	cargo test --release --locked -p invmgmt-policy --test planners -- --include-ignored
	cargo run --release --locked --quiet -p invmgmt-policy --example published_matrix -- mpc:informed,mpc:family,mpc:blind
	cargo run --release --locked --quiet -p invmgmt-policy --example published_matrix -- mpc:informed,mpc:family,mpc:blind 10000-10009

published: $(RELEASE_BUILD) ## The thirteen published policies in one run, compared with the published summary; time of the runner
	$(BIN)/python tools/published_matrix.py build/published

standard: $(RELEASE_BUILD) ## Who earns what on standard-1, and that it is what it is meant to be: minutes (SEEDS=5 for the first five)
	$(BIN)/python tools/standard_suite.py build/standard $(SEEDS)

learned: ## The policies that come along, trained anew, and what they earn: half an hour
	cargo build --release --locked --quiet -p invmgmt-cli
	$(PYTHON) tools/train_learned.py target/release/gym-invmgmt target/learned crates/invmgmt-policy/learned

classics: $(RELEASE_BUILD) ## The classics: published values met, optima proven anew where small, levels tuned, the board, OR-Gym: an hour
	cargo test --release --locked -p invmgmt-benchmark --test classics -- --include-ignored
	$(BIN)/python tools/classics_optima.py
	$(BIN)/python tools/classics_board.py data/classics_board.json build/classics
	tools/environment.sh or-gym
	.venv-or-gym/bin/python tools/compare_or_gym.py build/or-gym.json
	$(BIN)/python tools/compare_or_gym.py build/or-gym.json --here

fit-check: ## Demand fitted to 5,000 simulated series: effects found, parameters within 15 %, false alarms
	cargo test --locked --quiet -p invmgmt-fit --test recovery -- --ignored --nocapture

##@ Release

.PHONY: dist

dist: $(TOOLS) ## A wheel and the source distribution in dist, each installed into a fresh environment and played
	rm -rf dist
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/maturin build --release --locked --sdist --out dist
	$(BIN)/python tools/check_distribution.py dist
