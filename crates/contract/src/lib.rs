//! Contract bundles: metadata, arguments, results, checks; and, in [`chain`], contracts on a chain.
//!
//! A [`Bundle`] is what a build of a contract gives: its code and its metadata. The [`Abi`] inside is the metadata as far as a caller
//! needs it: what the contract can be asked, with which arguments, what it answers, and which events it emits. Arguments are written
//! and values are shown as everywhere else in BLOCS: see [`blocs_chain::dynamic`].

mod abi;
mod bundle;
mod callable;
pub mod chain;
mod code;
mod error;
mod event;
mod returned;
mod spec;

pub use abi::Abi;
pub use bundle::Bundle;
pub use callable::{Argument, Callable, CallableKind, EventSpec};
pub use code::{CodeSummary, MAX_CODE_BYTES, MAX_MEMORY_PAGES, check_code};
pub use error::{AbiError, ArgumentError, BundleError, CodeError, DecodeError};
pub use event::ContractEvent;
pub use returned::Returned;

use blocs_chain::ChainProperties;
use std::time::Duration;

/// The properties of BLOCS that the text of arguments and values depends on, for those who have no chain at hand.
pub fn properties() -> ChainProperties {
    ChainProperties {
        name: "BLOCS".to_owned(),
        token_symbol: "BLOC".to_owned(),
        token_decimals: 12,
        ss58_prefix: 42,
        existential_deposit: 10_000_000_000,
        period_length: 600,
        slot_duration: Duration::from_secs(6),
    }
}
