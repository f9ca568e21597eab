//! Proofs and the outboard.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod outboard;
mod proof;
mod support;
