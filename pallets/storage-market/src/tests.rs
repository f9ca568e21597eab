//! What users of the market notice, by behaviour.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![allow(
    clippy::cloned_ref_to_slice_refs,
    reason = "a list of one provider reads like a list of two"
)]

mod attacks;
mod deals;
mod errors;
mod extend;
mod model;
mod money;
mod params;
mod proofs;
mod providers;
mod visits;
