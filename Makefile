SHELL := bash
.DEFAULT_GOAL := help
export CARGO_TARGET_DIR ?= $(HOME)/.cache/blocs/target

.PHONY: help setup build contracts demo test e2e test-long lint fmt network-test bench bench-chain bench-contracts bench-e2e bench-disk bench-election weights reference runtime-hash fuzz clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Everything is built into $(CARGO_TARGET_DIR); set CARGO_TARGET_DIR for another place."

setup: ## Install what the build needs: Debian packages, Rust, its WASM target
	@scripts/run setup

build: ## Set up and build every program and test
	@scripts/run setup build

contracts: ## Build and test the contracts in contracts/, and check how they are written
	@scripts/run setup build contracts

demo: ## Store a file at 4+2 on a chain with six providers, kill two, get it back
	@scripts/run setup build demo

test: ## Set up, build, run every test: unit, pallet, property, end to end
	@scripts/run setup js build contracts test

e2e: ## Run the end-to-end tests only; E2E=name picks some
	@scripts/run setup js build contracts
	@scripts/e2e $(E2E)

test-long: ## The tests that CI runs in a short form, at full length: 1,000 kills of the store, a million steps of the market
	@scripts/run setup build
	@source scripts/env && BLOCS_KILL_CYCLES=1000 cargo test --release --workspace --locked --test kill
	@source scripts/env && BLOCS_MODEL_STEPS=250000 cargo test --release --workspace --locked --lib -- tests::model

network-test: ## Networks of real nodes under load and under faults, about an hour; NETWORK_TEST="--only soak --minutes 5" picks some
	@scripts/run setup build
	@source scripts/env && "$$CARGO_TARGET_DIR/release/blocs-network-test" --report "$$CARGO_TARGET_DIR/network-test" $(NETWORK_TEST)

lint: ## Formatting, clippy, documentation, layers, licences, with -D warnings
	@scripts/run setup fmt layers links build clippy docs deny

fmt: ## Format the code
	@source scripts/env && cargo fmt --all

bench: ## Measure the parts: pipeline, proofs, draws
	@scripts/run setup build
	@source scripts/env && cargo bench --workspace --locked --profile release --bench '*'

bench-chain: ## Measure transfers a second, fill of blocks, time to inclusion and finality; BENCH_CHAIN="--runs dev" picks some
	@scripts/run setup build
	@source scripts/env && plain=$$(scripts/runtime-wasm sdk-default-weights) \
		&& "$$CARGO_TARGET_DIR/release/blocs-bench-chain" --plain-runtime "$$plain" --json "$$CARGO_TARGET_DIR/bench-chain.json" $(BENCH_CHAIN)

bench-contracts: ## Measure contracts: their calls, where the time goes, a native engine beside; BENCH_CONTRACTS="--rounds 9" is quick
	@scripts/run setup build contracts
	@source scripts/env && "$$CARGO_TARGET_DIR/release/blocs-bench-contracts" \
		--json "$$CARGO_TARGET_DIR/bench-contracts.json" $(BENCH_CONTRACTS)

bench-e2e: ## Measure put and get over loopback with six providers
	@scripts/run setup build
	@scripts/demo --bench

bench-disk: ## Measure how fast a provider's store takes a slot; TMPDIR names the disk
	@scripts/run setup build
	@source scripts/env && cargo test --release --workspace --locked --test store -- --ignored --nocapture speed_of_streaming_to_disk

weights: ## Measure the runtime's weights on this machine and write runtime/src/weights; installs frame-omni-bencher (45 minutes, once)
	@scripts/run setup
	@scripts/weights $(WEIGHTS)

bench-election: ## Measure how long the election of validators takes, and how much heap it needs
	@scripts/run setup build
	@source scripts/env && cargo test --release --workspace --locked --lib -- --ignored --nocapture how_long_an_election_takes

reference: ## Write docs/reference from the runtime's metadata
	@scripts/run setup build
	@source scripts/env && "$$CARGO_TARGET_DIR/release/blocs" runtime reference --out docs/reference \
		"$$CARGO_TARGET_DIR/release/wbuild/blocs-runtime/blocs_runtime.compact.compressed.wasm"

runtime-hash: ## Build the runtime's code for an upgrade, the same bytes everywhere, and print its hash
	@scripts/run setup build
	@scripts/runtime-hash

fuzz: ## Fuzz the proof verifier and what contracts pass, FUZZ_SECONDS (60) each; needs a nightly compiler and cargo-fuzz
	@scripts/fuzz

clean: ## Remove our own artefacts, keep the compiled dependencies
	@source scripts/env && cargo metadata --no-deps --format-version 1 --locked \
		| grep -o '"name":"[a-z-]*","version":"0.1.0"' | cut -d'"' -f4 | sed 's/^/-p /' | xargs cargo clean --release
