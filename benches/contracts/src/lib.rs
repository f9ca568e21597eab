//! Benchmarks of contracts, and a prototype of a native engine for them.
//!
//! | where | what |
//! |---|---|
//! | [`modules`] | the contracts that are measured |
//! | [`cases`] | the calls that are measured |
//! | [`chain`] | the runtime that runs them: as its own WASM, as a node does, and compiled for the machine |
//! | [`native`] | the same contracts compiled for the machine by wasmtime: a prototype |
//! | [`measure`] | samples, medians, ratios |
//! | [`report`] | what the program prints and writes |
//!
//! `make bench-contracts` runs all of it.

pub mod cases;
pub mod chain;
pub mod measure;
pub mod modules;
pub mod native;
pub mod report;

/// The compute loop of `contracts/bench/compute`, compiled for the machine.
#[path = "../../../contracts/bench/compute/sha256.rs"]
pub mod sha256;
