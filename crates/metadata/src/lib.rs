//! What a runtime's WASM says of itself: versions, reference pages, and the difference to another runtime.
//!
//! | what | where |
//! |---|---|
//! | versions, code hash and metadata of a WASM file | [`RuntimeCode`] |
//! | what an upgrade changes | [`diff`](fn@diff) |
//! | pages with every call, event, error, constant and storage entry | [`reference`](fn@reference) |
//!
//! Nothing here knows our runtime: everything is read from the metadata, of version 14, 15 or 16.

mod diff;
mod names;
mod reference;
mod render;
mod wasm;

pub use diff::{Change, Diff, Finding, Kind, Refusal, Section, Severity, VersionChange, diff};
pub use reference::{Page, reference};
pub use subxt_metadata::Metadata;
pub use wasm::{RuntimeCode, RuntimeError, Versions, code_hash, pack};
