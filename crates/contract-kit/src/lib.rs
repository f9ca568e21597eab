//! Tests of contracts against the real runtime: in process, without a node, in milliseconds.
//!
//! A [`Sandbox`] is a chain of the development preset with the runtime's own code: the same gas, the same deposits, the same limits, the
//! same storage market as on a network, and blocks with all their hooks. A test takes accounts, deploys bundles, calls messages by their
//! names, and looks at answers, events, balances and errors:
//!
//! ```no_run
//! use blocs_contract_kit::{BLOC, CallOptions, Failure, Sandbox, bundle, json};
//!
//! let mut sandbox = Sandbox::new();
//! let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
//!
//! // Bundles are those that `blocs contract build`, or here `make contracts`, has built.
//! let flipper = sandbox.deploy(&bundle("flipper"), &alice, "new", &["false"], 0)?;
//! let outcome = sandbox.call(&flipper, &bob, "flip", &[])?;
//! assert!(outcome.gas.ref_time() > 0);
//! assert_eq!(json(&sandbox.read(&flipper, "get", &[])?), true);
//!
//! // What fails has a name, and leaves no trace.
//! let little = CallOptions { gas: Some((1_000, 1_000).into()), ..Default::default() };
//! let failure = sandbox.call_with(&flipper, &bob, "flip", &[], little).unwrap_err();
//! assert!(matches!(failure, Failure::OutOfGas { .. }), "{failure}");
//!
//! // Blocks and time go on as on the chain.
//! sandbox.advance_blocks(10);
//! sandbox.advance_time(24 * 60 * 60 * 1_000);
//!
//! // Branches: try something, go back.
//! let before = sandbox.snapshot();
//! sandbox.transfer(&alice, &flipper.address, BLOC)?;
//! sandbox.restore(&before);
//!
//! println!("{}", sandbox.gas_report());
//! # Ok::<(), Failure>(())
//! ```
//!
//! | what | how |
//! |---|---|
//! | accounts, blocks, time, branches, calls of the runtime | [`Sandbox`] |
//! | what a call did and cost | [`Outcome`]; [`Sandbox::gas_report`] for all |
//! | why it failed | [`Failure`] |
//! | providers that quote, prove, fall silent | [`Sandbox::market`] |
//! | where bundles lie | [`bundle()`], [`bundle_under_test`] |
//!
//! # In a crate of one's own
//!
//! ```toml
//! [dev-dependencies]
//! blocs-contract-kit = { path = "../blocs/crates/contract-kit" }
//! ```
//!
//! The kit links the whole runtime, natively: set `SKIP_WASM_BUILD=1`, and copy BLOCS' `Cargo.lock` beside the crate's manifest, so that both
//! are built of the same crates. `blocs contract test` builds the contract first and names its bundle in [`BUNDLE_VARIABLE`]: tests take
//! it with [`bundle_under_test`].
//!
//! # What is not as on a network
//!
//! - Calls are not signed and pay no fee: what an account spends is value and deposits. Gas limits hold all the same.
//! - A block takes any number of calls: its weight limit does not fill up.
//! - All blocks are authored by Alice, the only validator; nothing is finalized.
//! - The code runs natively, not as WASM inside a node: contracts themselves run in the same interpreter with the same metering.

mod bundle;
mod chain;
mod contracts;
mod failure;
mod gas;
mod market;
mod outcome;
mod run;
mod sandbox;

pub use blocs_chain::Decoded;
pub use blocs_contract::{Bundle, ContractEvent};
pub use blocs_primitives as primitives;
pub use blocs_primitives::{AccountId, Balance, BlockNumber, Hash};
pub use blocs_runtime as runtime;
pub use blocs_runtime::{
    Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin,
    units::{BLOC, EXISTENTIAL_DEPOSIT, MICRO, MILLI},
};
pub use bundle::{BUNDLE_VARIABLE, bundle, bundle_path, bundle_under_test};
pub use codec;
pub use failure::{Failure, OwnError};
pub use frame_support::weights::Weight;
pub use gas::{GasReport, MessageCost, Spread};
pub use market::{BOND, CAPACITY, Market, PRICE};
pub use outcome::{CallOptions, Contract, DeployOptions, Outcome, RawEvent};
pub use sandbox::{ENDOWMENT, Sandbox, Snapshot};
pub use sp_core;

/// A value as JSON, written as the `blocs` commands write it: accounts as addresses, bytes as hex, wide integers as text.
pub fn json(value: &Decoded) -> serde_json::Value {
    blocs_chain::value::to_json(value, &blocs_contract::properties())
}

/// An account as an argument of a call: its address.
pub fn address(account: &AccountId) -> String {
    blocs_chain::value::address(account, &blocs_contract::properties())
}
