//! By behaviour, through real WASM contracts: what a contract can do, what it cannot, and what no input can break.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod codes;
mod deals;
mod hostile;
