//! What users of the market notice, by behaviour.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod deals;
mod money;
mod proofs;
mod providers;
