SHELL := bash
.DEFAULT_GOAL := help
export CARGO_TARGET_DIR ?= $(HOME)/.cache/blocs/target

.PHONY: help setup build demo test e2e test-long lint fmt bench bench-e2e bench-disk fuzz clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Everything is built into $(CARGO_TARGET_DIR); set CARGO_TARGET_DIR for another place."

setup: ## Install what the build needs: Debian packages, Rust, its WASM target
	@scripts/run setup

build: ## Set up and build every program and test
	@scripts/run setup build

demo: ## Store a file at 4+2 on a chain with six providers, kill two, get it back
	@scripts/run setup build demo

test: ## Set up, build, run every test: unit, pallet, property, end to end
	@scripts/run setup js build test

e2e: ## Run the end-to-end tests only; E2E=name picks some
	@scripts/run setup js build
	@scripts/e2e $(E2E)

test-long: ## The tests that CI runs in a short form, at full length: 1,000 kills of the store, a million steps of the market
	@scripts/run setup build
	@source scripts/env && BLOCS_KILL_CYCLES=1000 cargo test --release --workspace --locked --test kill
	@source scripts/env && BLOCS_MODEL_STEPS=250000 cargo test --release --workspace --locked --lib -- tests::model

lint: ## Formatting, clippy, documentation, layers, licences, with -D warnings
	@scripts/run setup fmt layers links build clippy docs deny

fmt: ## Format the code
	@source scripts/env && cargo fmt --all

bench: ## Measure the parts: pipeline, proofs, draws
	@scripts/run setup build
	@source scripts/env && cargo bench --workspace --locked --profile release --bench '*'

bench-e2e: ## Measure put and get over loopback with six providers
	@scripts/run setup build
	@scripts/demo --bench

bench-disk: ## Measure how fast a provider's store takes a slot; TMPDIR names the disk
	@scripts/run setup build
	@source scripts/env && cargo test --release --workspace --locked --test store -- --ignored --nocapture speed_of_streaming_to_disk

fuzz: ## Fuzz the proof verifier for FUZZ_SECONDS (60); needs a nightly compiler and cargo-fuzz
	@scripts/fuzz

clean: ## Remove our own artefacts, keep the compiled dependencies
	@source scripts/env && cargo metadata --no-deps --format-version 1 --locked \
		| grep -o '"name":"[a-z-]*","version":"0.1.0"' | cut -d'"' -f4 | sed 's/^/-p /' | xargs cargo clean --release
